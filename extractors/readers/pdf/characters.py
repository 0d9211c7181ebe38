"""The characters of a pdf page through pdfium's raw interface, in runs.

Most characters follow the one before them on its line without a gap. Stretches of such characters are found for a
whole page at once, and only where one begins is a character looked at alone.
"""

from __future__ import annotations

import ctypes
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, Final, NamedTuple

import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
from numpy.typing import NDArray

from extractors.layout.model import round_to_quarter_turns
from extractors.layout.page_content import (
    BASELINE_TOLERANCE,
    DIGIT_LOOKBACK,
    MAX_OVERLAP,
    MIN_ADVANCE,
    CharBox,
    GlyphRun,
    GlyphRuns,
    append_to_run,
    continues_run,
    start_run,
)
from extractors.layout.text_lines import MIN_BLANK_GAP

_INVISIBLE: Final = 3
"""Text render mode: neither filled nor stroked, as in the text layer behind a scan."""
_LINE_BREAKS: Final = frozenset("\n\r")
_BLANKS: Final = frozenset(" \u3000")
_NO_CHARACTER: Final = "\0"
"""What stands for a code that is no character."""
_REPLACEMENT: Final = "\ufffd"
_HALF_OF_PAIR: Final = "\n"
"""What stands for the first half of a pair of surrogates; it is skipped as a line feed is."""
_UNSURE_TEXT: Final = re.compile("[\x00\x02\ud800-\udfff\ufff0-\uffff\U00010000-\U0010ffff]")
"""Hyphens that pdfium marks, surrogates and pairs of them, and codes that are no characters."""
_NEAR: Final = 0.2
"""In heights of a character: one that stands further from the one before it is looked at alone."""


def read_glyph_runs(page: pdfium.PdfTextPage, count: int) -> GlyphRuns:
    """Return the first `count` characters of a page in runs."""
    text = _read_text(page.raw, count)
    # Line breaks are put in by pdfium; a line may go on behind one.
    indices = [index for index, char in enumerate(text) if char not in _LINE_BREAKS]
    if not indices:
        return GlyphRuns()
    chars = text.replace("\r", "").replace("\n", "")
    boxes = _read_boxes(page.raw, indices)
    reader = _RunReader(page.raw, indices, chars, boxes)
    for stretch in _find_stretches(chars, boxes):
        reader.add_stretch(stretch)
    return reader.glyphs


class _Stretch(NamedTuple):
    """Characters `start` to `end` of a page, each of which but the first begins about where the one before it ends.

    None of them is blank, and an ideograph, letter or figure has another one among the few before it.
    """

    start: int
    end: int
    least_gap: float
    most_gap: float
    least_middle: float
    most_middle: float

    def continues(self, run: GlyphRun) -> bool:
        """Return whether all of it but the first character continues a run that is read to the right."""
        size, middle = run.y1 - run.y0, (run.y0 + run.y1) / 2
        return (
            self.least_gap >= -MAX_OVERLAP * (MIN_ADVANCE * size)
            and self.most_gap <= MIN_BLANK_GAP * size * (run.em or 1.0)
            and abs(self.least_middle - middle) <= BASELINE_TOLERANCE * size
            and abs(self.most_middle - middle) <= BASELINE_TOLERANCE * size
        )


class _RunReader:
    """Puts characters into runs."""

    def __init__(self, page: Any, indices: Sequence[int], chars: str, boxes: ctypes.Array[Any]) -> None:
        self.glyphs = GlyphRuns()
        self._page = page
        self._indices = indices
        self._chars = chars
        self._boxes = boxes
        self._run: GlyphRun | None = None

    def add_stretch(self, stretch: _Stretch) -> None:
        """Add the characters of a stretch: one by one up to the first that sets the height of a run, then the rest."""
        start, end = stretch.start, stretch.end
        self._add(start)
        while (start := start + 1) < end:
            run = self._run
            if (
                run is not None and run.quarter_turns == 0
                and self._chars[start - 1].isalnum() and run.x1 == self._boxes[start - 1].right
                and stretch.continues(run)
            ):  # fmt: skip
                run.chars.extend(self._chars[start:end])
                run.x1 = self._boxes[end - 1].right
                return
            self._add(start)

    def _add(self, index: int) -> None:
        char, run, box = self._chars[index], self._run, self._boxes[index]
        corners: CharBox = (box.left, box.bottom, box.right, box.top)
        if corners[2] - corners[0] <= 0.0 and char in (" ", _NO_CHARACTER):
            return
        char = _REPLACEMENT if char == _NO_CHARACTER else char
        follows = run is not None and continues_run(run, char, corners)
        if char in _BLANKS:
            if run is not None and follows:
                append_to_run(run, " ", corners)
        elif run is not None and follows:
            append_to_run(run, char, corners)
        else:
            self._start_run(self._indices[index], char, corners)

    def _start_run(self, index: int, char: str, box: CharBox) -> None:
        quarter_turns = round_to_quarter_turns(pdfium_c.FPDFText_GetCharAngle(self._page, index))
        if quarter_turns is None:
            self.glyphs.n_tilted += 1
            self._run = None
            return
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(pdfium_c.FPDFText_GetTextObject(self._page, index))
        is_unmapped = bool(pdfium_c.FPDFText_HasUnicodeMapError(self._page, index) == 1)
        self._run = start_run(quarter_turns, char, box, is_visible=mode != _INVISIBLE, is_unmapped=is_unmapped)
        self.glyphs.runs.append(self._run)


def _read_text(page: Any, count: int) -> str:
    """Return the character of every index.

    The text of a page is asked for in one call. It leaves out or replaces some characters; then each is asked for.
    """
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium_c.FPDFText_GetText(page, 0, count, buffer) == count + 1:
        text = bytes(buffer).decode("utf-16-le", "surrogatepass")[:count]
        if not _UNSURE_TEXT.search(text):
            return text
    return _read_text_by_character(page, count)


def _read_text_by_character(page: Any, count: int) -> str:
    chars: list[str] = []
    high = 0
    for index in range(count):
        code = pdfium_c.FPDFText_GetUnicode(page, index)
        if 0xD800 <= code <= 0xDBFF:
            high = code
            chars.append(_HALF_OF_PAIR)
            continue
        if 0xDC00 <= code <= 0xDFFF:
            code = 0x10000 + ((high & 0x3FF) << 10) + (code & 0x3FF) if high else 0xFFFD
        high = 0
        chars.append(chr(code) if code <= 0x10FFFF else _REPLACEMENT)
    return "".join(chars)


def _read_boxes(page: Any, indices: Sequence[int]) -> ctypes.Array[Any]:
    """Return the boxes of the characters in the order left, top, right, bottom."""
    boxes: ctypes.Array[Any] = (pdfium_c.FS_RECTF * len(indices))()
    # The loop over the characters runs in C.
    deque(map(pdfium_c.FPDFText_GetLooseCharBox, repeat(page), indices, boxes), maxlen=0)
    return boxes


def _find_stretches(chars: str, boxes: ctypes.Array[Any]) -> Iterator[_Stretch]:
    """Yield the stretches of a page; what is in none is a stretch of one character."""
    left, top, right, bottom = np.frombuffer(bytes(boxes), np.float32).reshape(-1, 4).astype(np.float64).T
    middle, size = (bottom + top) / 2, top - bottom
    gap = np.zeros_like(left)
    gap[1:] = left[1:] - right[:-1]
    codes = np.frombuffer(chars.encode("utf-32-le"), np.uint32)
    is_plain = (codes > ord(" ")) & (codes != ord("\u3000"))
    is_start = np.ones(len(chars), np.bool_)
    is_start[1:] = ~(
        is_plain[1:] & is_plain[:-1]
        & (left[1:] >= left[:-1]) & (right[1:] >= right[:-1])
        & (np.abs(gap) <= _NEAR * size)[1:] & (np.abs(middle[1:] - middle[:-1]) <= _NEAR * size[1:])
    )  # fmt: skip
    is_start |= _has_no_letter_before(chars)
    starts = np.flatnonzero(is_start)
    most_gap, least_gap = np.where(is_start, -np.inf, gap), np.where(is_start, np.inf, gap)
    for row in zip(
        starts.tolist(), [*starts[1:].tolist(), len(chars)],
        np.minimum.reduceat(least_gap, starts).tolist(), np.maximum.reduceat(most_gap, starts).tolist(),
        np.minimum.reduceat(middle, starts).tolist(), np.maximum.reduceat(middle, starts).tolist(), strict=True,
    ):  # fmt: skip
        yield _Stretch(*row)


def _has_no_letter_before(chars: str) -> NDArray[np.bool_]:
    """Return for every character whether it would be the first ideograph, letter or figure that a run looks back on."""
    is_letter = np.fromiter(map(str.isalnum, chars), np.bool_, len(chars))
    index = np.arange(len(chars))
    before = np.full(len(chars), -DIGIT_LOOKBACK - 1)
    before[1:] = np.maximum.accumulate(np.where(is_letter, index, -DIGIT_LOOKBACK - 1))[:-1]
    is_first: NDArray[np.bool_] = is_letter & (index - before > DIGIT_LOOKBACK)
    return is_first
