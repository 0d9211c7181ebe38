"""Text added to a pdf page: FreeText annotations (typewriter tool) and filled form fields."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from extractors.layout.glyph_runs import CharBox, Run
from extractors.layout.text_lines import breadth

_TYPED = frozenset({pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_WIDGET})
_UNSEEN = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
_MOST = 5_000
"""Annotations of one page; a form has some hundreds of fields."""
_FLATTENED = 1
_USUAL_TYPE = 10.5
_LONGEST = 20_000
"""Bytes of a value that bears no appearance."""


@dataclass(frozen=True, slots=True)
class TypedText:
    """A field value without appearance stream, and its rectangle in user space."""

    text: str
    box: CharBox

    def runs(self, turn: int) -> list[Run]:
        """Lay out its lines from the upper left of the rectangle in a size that fits."""
        x0, y0, x1, y1 = self.box
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        height, width = (y1 - y0, x1 - x0) if turn % 2 == 0 else (x1 - x0, y1 - y0)
        longest = max((breadth(line) for line in lines), default=1.0) or 1.0
        size = min(_USUAL_TYPE, height / max(len(lines), 1), width / longest)
        out: list[Run] = []
        for at, line in enumerate(lines):
            above, along = (height - len(lines) * size) / 2 + at * size, breadth(line) * size
            box = {
                0: (x0, y1 - above - size, x0 + along, y1 - above),
                1: (x0 + above, y0, x0 + above + size, y0 + along),
                2: (x1 - along, y0 + above, x1, y0 + above + size),
                3: (x1 - above - size, y1 - along, x1 - above, y1),
            }[turn % 4]
            out.append(Run(turn % 4, list(line), *box, visible=True, unmapped=False, em=1.0))
        return out


def flatten_typed_text(page: pdfium.PdfPage) -> tuple[bool, list[TypedText]]:
    """Flatten FreeText and widget annotations into the page, in memory; reload the page to see them.

    Return whether anything changed, and the values without appearance. Hidden annotations, comments, links and
    stamps are left out.
    """
    raw = page.raw
    count = min(pdfium_c.FPDFPage_GetAnnotCount(raw), _MOST)
    drawn = False
    bare: list[TypedText] = []
    kept: list[bool] = []
    for index in range(count):
        item = pdfium_c.FPDFPage_GetAnnot(raw, index)
        kind = pdfium_c.FPDFAnnot_GetSubtype(item)
        wanted = kind in _TYPED and not pdfium_c.FPDFAnnot_GetFlags(item) & _UNSEEN
        if wanted and pdfium_c.FPDFAnnot_HasKey(item, b"AP"):
            drawn = True
        elif wanted:
            value = _value(item, b"Contents" if kind == pdfium_c.FPDF_ANNOT_FREETEXT else b"V")
            bare += [TypedText(value, _rectangle(item))] if value else []
            wanted = False
        kept.append(wanted)
        pdfium_c.FPDFPage_CloseAnnot(item)
    if not drawn:
        return False, bare
    for index in reversed(range(count)):
        if not kept[index]:
            pdfium_c.FPDFPage_RemoveAnnot(raw, index)
    return pdfium_c.FPDFPage_Flatten(raw, pdfium_c.FLAT_NORMALDISPLAY) == _FLATTENED, bare


def _value(item: object, key: bytes) -> str:
    size = pdfium_c.FPDFAnnot_GetStringValue(item, key, None, 0)
    if not 2 < size <= _LONGEST:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    pdfium_c.FPDFAnnot_GetStringValue(item, key, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0").strip()


def _rectangle(item: object) -> CharBox:
    found = pdfium_c.FS_RECTF()
    pdfium_c.FPDFAnnot_GetRect(item, ctypes.byref(found))
    x0, x1 = sorted((found.left, found.right))
    y0, y1 = sorted((found.bottom, found.top))
    return x0, y0, x1, y1
