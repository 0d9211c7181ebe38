"""The drawn paths of a page → ruling lines, and how much of it pictures cover."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from extractors.layout.drawing import Drawing, Outline

_PALE = 245
"""Of 255: lighter colours are not seen on paper."""
_DEEPEST = 8

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class _Reader:
    def __init__(self, most: int) -> None:
        self.out = Drawing()
        self._left = most

    def object(self, item: Any, matrix: Matrix, depth: int) -> None:
        """Take one page object; forms are opened."""
        self._left -= 1
        if self._left < 0:
            self.out.too_many = True
            return
        kind = pdfium_c.FPDFPageObj_GetType(item)
        if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            self._path(item, matrix)
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            self._picture(item, matrix)
        elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            inner = _times(_matrix(item), matrix)
            for i in range(pdfium_c.FPDFFormObj_CountObjects(item)):
                if self.out.too_many:
                    return
                self.object(pdfium_c.FPDFFormObj_GetObject(item, i), inner, depth + 1)

    def _picture(self, item: Any, matrix: Matrix) -> None:
        self.out.picture(*_bounds(item, matrix))

    def _path(self, item: Any, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDFPath_GetDrawMode(item, ctypes.byref(fill), ctypes.byref(stroke))
        stroked = bool(stroke.value) and _seen(item, pdfium_c.FPDFPageObj_GetStrokeColor)
        filled = bool(fill.value) and _seen(item, pdfium_c.FPDFPageObj_GetFillColor)
        if not stroked and not filled:
            return
        count = pdfium_c.FPDFPath_CountSegments(item)
        self._left -= count
        if self._left < 0:
            self.out.too_many = True
            return
        whole = _times(_matrix(item), matrix)
        self.out.path(_outlines(item, count, whole), stroked=stroked)


def read_drawing(page: pdfium.PdfPage, most: int) -> Drawing:
    """Lines and pictures of a page; stops with `too_many` after `most` objects and path segments."""
    reader = _Reader(most)
    count = pdfium_c.FPDFPage_CountObjects(page.raw)
    if count > most:
        return Drawing(too_many=True)
    for i in range(count):
        if reader.out.too_many:
            break
        reader.object(pdfium_c.FPDFPage_GetObject(page.raw, i), _IDENTITY, 0)
    return reader.out


def _outlines(item: Any, count: int, matrix: Matrix) -> list[Outline]:
    """The parts of a path; curves end the stretch they stand in, since they rule nothing."""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    px, py = ctypes.byref(x), ctypes.byref(y)
    found: list[Outline] = []
    for k in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(item, k)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        pdfium_c.FPDFPathSegment_GetPoint(segment, px, py)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO or not found:
            found.append(Outline([[point]]))
            continue
        outline = found[-1]
        if kind == pdfium_c.FPDF_SEGMENT_LINETO:
            outline.stretches[-1].append(point)
        else:
            outline.curved = True
            outline.stretches.append([point])
        if pdfium_c.FPDFPathSegment_GetClose(segment) and kind == pdfium_c.FPDF_SEGMENT_LINETO:
            outline.stretches[-1].append(outline.stretches[-1][0])
    return found


def _seen(item: Any, colour: Any) -> bool:
    """Whether a stroke or fill leaves a mark on white paper."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not colour(item, *(ctypes.byref(v) for v in (red, green, blue, alpha))):
        return True
    return alpha.value > 0 and min(red.value, green.value, blue.value) < _PALE


def _matrix(item: Any) -> Matrix:
    found = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(item, ctypes.byref(found)):
        return _IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    if outer == _IDENTITY:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _bounds(item: Any, matrix: Matrix) -> tuple[float, float, float, float]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium_c.FPDFPageObj_GetBounds(item, *(ctypes.byref(v) for v in (left, bottom, right, top)))
    a, b, c, d, e, f = matrix
    corners = [(x.value, y.value) for x in (left, right) for y in (bottom, top)]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)
