"""The objects of a pdf page through pdfium's raw interface: drawn paths and pictures, typed-in text."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from extractors.layout.model import IDENTITY, Matrix, multiply_matrices
from extractors.layout.page_content import (
    PALE_LEVEL,
    CharBox,
    Drawing,
    GlyphRun,
    Subpath,
)
from extractors.layout.text_lines import measure_ems

_MAX_FORM_DEPTH: Final = 8
"""Form objects within form objects that are opened."""
_TYPED_KINDS: Final = frozenset({pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_WIDGET})
_HIDDEN_FLAGS: Final = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
_MAX_ANNOTATIONS: Final = 5_000
"""Annotations of one page; a form has some hundreds of fields."""
_FLATTEN_SUCCESS: Final = 1
_DEFAULT_SIZE: Final = 10.5
"""Points: the type size of a value without appearance, where its field has room for it."""
_MAX_VALUE_BYTES: Final = 20_000
"""Bytes of a value without appearance."""


def read_drawing(page: pdfium.PdfPage, max_marks: int) -> Drawing:
    """Return the lines and pictures of a page; stops with `is_over_limit` after `max_marks` objects and segments."""
    reader = _DrawingReader(max_marks)
    count = pdfium_c.FPDFPage_CountObjects(page.raw)
    if count > max_marks:
        return Drawing(is_over_limit=True)
    reader.add_objects(page.raw, count, pdfium_c.FPDFPage_GetObject, IDENTITY, 0)
    return reader.drawing


class _DrawingReader:
    """Collects page objects within a budget of marks."""

    def __init__(self, max_marks: int) -> None:
        self.drawing = Drawing()
        self._marks_left = max_marks

    def add_objects(self, owner: Any, count: int, get_object: Any, matrix: Matrix, depth: int) -> None:
        """Add the objects of a page or of a form object; form objects in it are opened."""
        get_type = pdfium_c.FPDFPageObj_GetType
        for index in range(count):
            self._marks_left -= 1
            if self._marks_left < 0:
                self.drawing.is_over_limit = True
                return
            item = get_object(owner, index)
            kind = get_type(item)
            if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
                self._add_path(item, matrix)
            elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
                self.drawing.add_picture(*_get_bounds(item, matrix))
            elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
                inner = multiply_matrices(_get_matrix(item), matrix)
                inside = pdfium_c.FPDFFormObj_CountObjects(item)
                self.add_objects(item, inside, pdfium_c.FPDFFormObj_GetObject, inner, depth + 1)
            if self.drawing.is_over_limit:
                return

    def _add_path(self, item: Any, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDFPath_GetDrawMode(item, ctypes.byref(fill), ctypes.byref(stroke))
        is_stroked = bool(stroke.value) and _is_color_visible(item, pdfium_c.FPDFPageObj_GetStrokeColor)
        is_filled = bool(fill.value) and _is_color_visible(item, pdfium_c.FPDFPageObj_GetFillColor)
        if not is_stroked and not is_filled:
            return
        count = pdfium_c.FPDFPath_CountSegments(item)
        self._marks_left -= count
        if self._marks_left < 0:
            self.drawing.is_over_limit = True
            return
        to_page = multiply_matrices(_get_matrix(item), matrix)
        self.drawing.add_path(_read_subpaths(item, count, to_page), is_stroked=is_stroked)


def _read_subpaths(item: Any, count: int, matrix: Matrix) -> list[Subpath]:
    """Return the parts of a path; a curve ends the straight stretch before it, since curves are no ruling."""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    x_pointer, y_pointer = ctypes.byref(x), ctypes.byref(y)
    subpaths: list[Subpath] = []
    for i in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(item, i)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x_pointer, y_pointer)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO or not subpaths:
            subpaths.append(Subpath([[point]]))
            continue
        subpath = subpaths[-1]
        if kind == pdfium_c.FPDF_SEGMENT_LINETO:
            subpath.polylines[-1].append(point)
        else:
            subpath.has_curves = True
            subpath.polylines.append([point])
        if pdfium_c.FPDFPathSegment_GetClose(segment) and kind == pdfium_c.FPDF_SEGMENT_LINETO:
            subpath.polylines[-1].append(subpath.polylines[-1][0])
    return subpaths


def _is_color_visible(item: Any, get_color: Any) -> bool:
    """Return whether a stroke or fill is visible on white paper."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not get_color(item, *(ctypes.byref(v) for v in (red, green, blue, alpha))):
        return True
    return alpha.value > 0 and min(red.value, green.value, blue.value) < PALE_LEVEL


def _get_matrix(item: Any) -> Matrix:
    matrix = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix)):
        return IDENTITY
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _get_bounds(item: Any, matrix: Matrix) -> tuple[float, float, float, float]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium_c.FPDFPageObj_GetBounds(item, *(ctypes.byref(v) for v in (left, bottom, right, top)))
    a, b, c, d, e, f = matrix
    corners = [(x.value, y.value) for x in (left, right) for y in (bottom, top)]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class TypedText:
    """The value of a field without appearance stream, and its rectangle in user space."""

    text: str
    box: CharBox

    def to_runs(self, quarter_turns: int) -> list[GlyphRun]:
        """Lay out its lines from the upper left of the rectangle in a size that fits."""
        x0, y0, x1, y1 = self.box
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        height, width = (y1 - y0, x1 - x0) if quarter_turns % 2 == 0 else (x1 - x0, y1 - y0)
        longest = max((measure_ems(line) for line in lines), default=1.0) or 1.0
        size = min(_DEFAULT_SIZE, height / max(len(lines), 1), width / longest)
        runs: list[GlyphRun] = []
        for i, line in enumerate(lines):
            above, length = (height - len(lines) * size) / 2 + i * size, measure_ems(line) * size
            box = {
                0: (x0, y1 - above - size, x0 + length, y1 - above),
                1: (x0 + above, y0, x0 + above + size, y0 + length),
                2: (x1 - length, y0 + above, x1, y0 + above + size),
                3: (x1 - above - size, y1 - length, x1 - above, y1),
            }[quarter_turns % 4]
            runs.append(GlyphRun(quarter_turns % 4, list(line), *box, is_visible=True, is_unmapped=False, em=1.0))
        return runs


def flatten_typed_text(page: pdfium.PdfPage) -> tuple[bool, list[TypedText]]:
    """Flatten FreeText (typewriter tool) and widget annotations into the page, in memory; reload it to see them.

    Hidden annotations, comments, links and stamps are left out.

    Returns:
        Whether anything changed, and the values without appearance.
    """
    raw = page.raw
    count = min(pdfium_c.FPDFPage_GetAnnotCount(raw), _MAX_ANNOTATIONS)
    has_appearance = False
    values: list[TypedText] = []
    is_kept: list[bool] = []
    for index in range(count):
        item = pdfium_c.FPDFPage_GetAnnot(raw, index)
        kind = pdfium_c.FPDFAnnot_GetSubtype(item)
        is_typed = kind in _TYPED_KINDS and not pdfium_c.FPDFAnnot_GetFlags(item) & _HIDDEN_FLAGS
        if is_typed and pdfium_c.FPDFAnnot_HasKey(item, b"AP"):
            has_appearance = True
        elif is_typed:
            value = _get_value(item, b"Contents" if kind == pdfium_c.FPDF_ANNOT_FREETEXT else b"V")
            values += [TypedText(value, _get_rectangle(item))] if value else []
            is_typed = False
        is_kept.append(is_typed)
        pdfium_c.FPDFPage_CloseAnnot(item)
    if not has_appearance:
        return False, values
    for index in reversed(range(count)):
        if not is_kept[index]:
            pdfium_c.FPDFPage_RemoveAnnot(raw, index)
    return pdfium_c.FPDFPage_Flatten(raw, pdfium_c.FLAT_NORMALDISPLAY) == _FLATTEN_SUCCESS, values


def _get_value(item: object, key: bytes) -> str:
    size = pdfium_c.FPDFAnnot_GetStringValue(item, key, None, 0)
    if not 2 < size <= _MAX_VALUE_BYTES:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    pdfium_c.FPDFAnnot_GetStringValue(item, key, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0").strip()


def _get_rectangle(item: object) -> CharBox:
    rectangle = pdfium_c.FS_RECTF()
    pdfium_c.FPDFAnnot_GetRect(item, ctypes.byref(rectangle))
    x0, x1 = sorted((rectangle.left, rectangle.right))
    y0, y1 = sorted((rectangle.bottom, rectangle.top))
    return x0, y0, x1, y1
