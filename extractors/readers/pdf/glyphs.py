"""The characters of a pdf page → runs."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from extractors.layout.coordinates import quarter
from extractors.layout.glyph_runs import Glyphs, Run, append, begin, follows

_INVISIBLE = 3
"""Text render mode: neither filled nor stroked, as in the text layer behind a scan."""


def _characters(page: pdfium.PdfTextPage, count: int) -> Iterator[tuple[int, int, float, float, float, float]]:
    """Index, code point and box (x0, y0, x1, y1) of every character."""
    raw = page.raw
    box = pdfium_c.FS_RECTF()
    pointer = ctypes.byref(box)
    unicode, measure = pdfium_c.FPDFText_GetUnicode, pdfium_c.FPDFText_GetLooseCharBox
    high = 0
    for index in range(count):
        code = unicode(raw, index)
        if 0xD800 <= code <= 0xDBFF:
            high = code
            continue
        if 0xDC00 <= code <= 0xDFFF:
            code = 0x10000 + ((high & 0x3FF) << 10) + (code & 0x3FF) if high else 0xFFFD
        high = 0
        measure(raw, index, pointer)
        yield index, code, box.left, box.bottom, box.right, box.top


def read_glyphs(page: pdfium.PdfTextPage, count: int) -> Glyphs:
    """The first `count` characters of a page in runs."""
    out = Glyphs()
    run: Run | None = None
    raw = page.raw
    for index, code, x0, y0, x1, y1 in _characters(page, count):
        if code in (0x0A, 0x0D) or (x1 - x0 <= 0.0 and code in (0x20, 0)):
            continue
        char = chr(code) if 0 < code <= 0x10FFFF else "\ufffd"
        if code in (0x20, 0x3000):
            if run is not None and follows(run, char, (x0, y0, x1, y1)):
                append(run, " ", (x0, y0, x1, y1))
            continue
        if run is not None and follows(run, char, (x0, y0, x1, y1)):
            append(run, char, (x0, y0, x1, y1))
            continue
        turn = quarter(pdfium_c.FPDFText_GetCharAngle(raw, index))
        if turn is None:
            out.tilted += 1
            run = None
            continue
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(pdfium_c.FPDFText_GetTextObject(raw, index))
        unmapped = bool(pdfium_c.FPDFText_HasUnicodeMapError(raw, index) == 1)
        run = begin(turn, char, (x0, y0, x1, y1), visible=mode != _INVISIBLE, unmapped=unmapped)
        out.runs.append(run)
    return out
