"""Words → lines → text: which words are side by side, where a line was wrapped and where it was broken on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache
from itertools import pairwise
from typing import Final

from extractors.layout.model import TextLine, Word
from extractors.layout.rulings import cluster_values

MIN_ENTRY_CHARS: Final = 2
MAX_ENTRY_CHARS: Final = 12
"""Characters of a name or an office that is alone in its cell."""
_MAX_LIST_CHARS: Final = 60
"""Characters of a cell that may be a list of such entries."""
_MIN_LINE_OVERLAP: Final = 0.5
"""Of the smaller type size: vertical overlap of words on one line."""
_MAX_SINGLE_BLANK: Final = 0.9
"""In type sizes: a wider gap becomes two blanks, so that names set apart stay apart."""
_COLUMN_TOLERANCE: Final = 0.5
"""In type sizes: distance of the characters of one vertical line across it."""
_MIN_COLUMN_CHARS: Final = 4
"""Characters that several vertical lines need at least; fewer are an ordinary line with gaps."""
_BLANK_GAPS: Final = (0.15, 0.5, 0.2)
"""In type sizes: the least gap that reads as a blank between two characters of which none, one or both are wide."""
MIN_BLANK_GAP: Final = min(_BLANK_GAPS)
"""In type sizes: the least of them."""
_MIN_EM, _MAX_EM = 0.95, 1.15
"""In type sizes: bounds of the width of an ideograph measured from a line."""
_INDENT_TOLERANCE: Final = 0.4
"""In ems: a line that begins further from the left margin is indented."""
_CENTRING_TOLERANCE: Final = 0.7
"""In ems: difference of the room left and right of a centred line."""
_LATIN_GAP: Final = 0.25
"""In ems: typesetting's gap between an ideograph and a letter."""
_WRAP_SLACK: Final = 0.15
"""In ems: how far a wrapped line may stay behind the room it had, by rounding."""

_MAX_KNOWN_CHARS: Final = 8192
"""Characters whose width is kept; a notice has some thousand."""
_WIDE = re.compile(
    r"[\u1100-\u11ff\u2190-\u22ff\u2460-\u27bf\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60“”‘’…—ⅰ-ↈ]"
)
_NO_LINE_START = frozenset("，。、；：！？）》」』】〕〉”’…,.;:!?)]}％%·—")
_NO_LINE_END = frozenset("（《「『【〔〈“‘([{")
_QUOTES = frozenset("“‘”’")
_SENTENCE_ENDS = frozenset("。！？!?；;：:")
_CLOSERS = "”’\"'》）)】」』"
_OPEN_ENDS = frozenset("一二三四五六七八九十0123456789、，,—-－")
"""Line ends in the middle of a list or number, below which a label is none (五 / 一、五四)."""
ITEM_LABEL: Final = re.compile(
    r"[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）、.．](?!\d)|[（(](?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）]"
    r"|[①-⑳ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ●◆■★]|[IVX]{1,4}\s*[-—－]\s*\d|第[一二三四五六七八九十]{1,3}[章节条]|附\s*件\s*(?:\d{1,2}\s*)?[:：]?$|附\s*件\s*\d"
)
"""How an item, section or attachment begins."""
_FIRST_LABELS: Final = "一二三四五六七八九十①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"
"""Characters that number a vertical heading, which then reads from the left."""
_CODE_START = re.compile(r"[IVXⅠ-Ⅻ]\s*[-—－]\s*\d$")
_CODE_REST = re.compile(r"\d(?![\d.、．)）])")
"""Ⅲ-1 / 2: a line feed inside the number of a code is always a wrap."""
_BRACKET_PAIRS: Final = (("《", "》"), ("（", "）"), ("(", ")"), ("“", "”"), ("〔", "〕"))


def has_open_bracket(text: str) -> bool:
    """Return whether a bracket or quotation opened in `text` is not closed in it."""
    return any(text.count(opening) > text.count(closing) for opening, closing in _BRACKET_PAIRS)


def ends_sentence(text: str) -> bool:
    """Return whether `text` ends like a sentence, ignoring closing quotation marks and brackets."""
    return text.rstrip().rstrip(_CLOSERS)[-1:] in _SENTENCE_ENDS


def starts_item(before: str, text: str) -> bool:
    """Return whether `text` starts a new item below a line that ends in `before`."""
    return (
        ITEM_LABEL.match(text.strip()) is not None
        and not has_open_bracket(before)
        and before.rstrip()[-1:] not in _OPEN_ENDS
    )


@lru_cache(_MAX_KNOWN_CHARS)
def is_wide(char: str) -> bool:
    """Return whether a character takes a full em, as ideographs and their punctuation do."""
    return _WIDE.match(char) is not None


def measure_ems(text: str) -> float:
    """Return the width of `text` in ems (squares of an ideograph); narrow letters and blanks count half."""
    return 0.5 * (len(text) + len(_WIDE.findall(text)))


def min_blank_gap(left: str, right: str) -> float:
    """Return the least gap, in type sizes, that reads as a blank between two characters.

    Typesetting itself puts a quarter between ideographs and letters, and almost nothing between two ideographs.
    """
    return _BLANK_GAPS[is_wide(left) + is_wide(right)]


def words_to_lines(words: Iterable[Word]) -> list[list[Word]]:
    """Group words that are side by side, from top to bottom, each group from left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.y_center, w.x0)):
        last = lines[-1] if lines else None
        if last is not None and _is_beside(last, word):
            last.append(word)
        else:
            lines.append([word])
    for line in lines:
        line.sort(key=lambda w: w.x0)
    return lines


def _is_beside(line: list[Word], word: Word) -> bool:
    anchor = max(line, key=lambda w: w.size) if len(line) < 4 else line[0]
    overlap = min(anchor.bottom, word.bottom) - max(anchor.top, word.top)
    return overlap >= _MIN_LINE_OVERLAP * min(anchor.size, word.size)


def join_line(words: Sequence[Word], page: int) -> TextLine:
    """Join the words of one line; gaps that a person sees become blanks."""
    if len(words) == 1:
        word = words[0]
        return TextLine(
            word.text, word.x0, word.top, word.x1, word.bottom, word.size, page, word.confidence, word.doubtful
        )
    parts = [words[0].text]
    for left, right in pairwise(words):
        parts += [_blanks_between(left, right), right.text]
    confidences = [w.confidence for w in words if w.confidence is not None]
    return TextLine(
        "".join(parts),
        words[0].x0,
        min(w.top for w in words),
        max(w.x1 for w in words),
        max(w.bottom for w in words),
        max(words, key=lambda w: len(w.text)).size,
        page,
        min(confidences) if confidences else None,
        "".join(w.doubtful for w in words),
    )


def _blanks_between(left: Word, right: Word) -> str:
    size = min(left.size, right.size)
    gap = right.x0 - left.x1
    if left.text[-1:].isspace() or right.text[:1].isspace():
        return ""
    if gap < min_blank_gap(left.text[-1:], right.text[:1]) * size:
        return ""
    return " " if gap < _MAX_SINGLE_BLANK * size else "  "


def cell_words_to_lines(words: list[Word], page: int) -> list[TextLine]:
    """Return the lines of a cell in reading order; vertical writing is read downwards."""
    rotated = [w for w in words if w.rotation]
    if rotated:
        # Text that runs downwards has its first line at the right, text that runs upwards at the left.
        rotated.sort(key=lambda w: -w.x0 if w.rotation == 270 else w.x0)
        unrotated = [w for w in words if not w.rotation]
        return [join_line([w], page) for w in rotated] + cell_words_to_lines(unrotated, page)
    columns = _find_vertical_lines(words)
    if columns is None:
        return [join_line(line, page) for line in words_to_lines(words)]
    return [
        TextLine(
            "".join(w.text for w in column),
            min(w.x0 for w in column),
            column[0].top,
            max(w.x1 for w in column),
            column[-1].bottom,
            column[0].size,
            page,
            min((w.confidence for w in column if w.confidence is not None), default=None),
            "".join(w.doubtful for w in column),
        )
        for column in columns
    ]


def _find_vertical_lines(words: list[Word]) -> list[list[Word]] | None:
    """Return the columns of vertical writing in reading order, or None for ordinary lines."""
    if len(words) < 2 or any(len(w.text) > 1 or not is_wide(w.text) for w in words):
        return None
    size = sorted(w.size for w in words)[len(words) // 2]
    groups = cluster_values((w.x_center for w in words), size * _COLUMN_TOLERANCE)
    if len(groups) == 1:
        return [sorted(words, key=lambda w: w.top)]
    if len(words) < _MIN_COLUMN_CHARS:
        return None
    columns = [
        sorted((w for w in words if group[0] <= w.x_center <= group[-1]), key=lambda w: w.top) for group in groups
    ]
    gap = min(min(w.x0 for w in right) - max(w.x1 for w in left) for left, right in pairwise(columns))
    leads = sorted(lower.top - upper.bottom for column in columns for upper, lower in pairwise(column))
    if not leads or leads[len(leads) // 2] >= gap:
        return None
    first = columns[0][0]
    is_numbered = first.text in _FIRST_LABELS and first.top <= columns[-1][0].top
    return columns if is_numbered else columns[::-1]


def _measure_em(line: TextLine) -> float:
    """Return the width of an ideograph in this line, in points."""
    ems = measure_ems(line.text)
    return max(min((line.x1 - line.x0) / ems, line.size * _MAX_EM), line.size * _MIN_EM) if ems else line.size


def _unbreakable_prefix_ems(text: str) -> float:
    """Return the width in ems of what must stay together at the start of a line: what a wrap carries over."""
    i = 0
    while i < len(text) and text[i] in _NO_LINE_END:
        i += 1
    if i < len(text) and not is_wide(text[i]):
        while i < len(text) and not is_wide(text[i]) and not text[i].isspace():
            i += 1
    else:
        i += 1
    while i < len(text):
        if text[i] in _QUOTES:
            i += 2  # quotation marks stay with the characters on both sides
        elif text[i] in _NO_LINE_START:
            i += 1
        else:
            break
    return measure_ems(text[:i])


def find_line_end(line: TextLine) -> float:
    """Return where a line ends, without closing punctuation that may hang over the margin."""
    is_hanging = line.text[-1:] in _NO_LINE_START and is_wide(line.text[-1:])
    return line.x1 - _measure_em(line) if is_hanging else line.x1


def is_wrapped(before: TextLine, after: TextLine, left: float, right: float) -> bool:
    """Return whether `before` had no room for the start of `after`.

    Args:
        before: The upper line.
        after: The line below it.
        left: Left margin of the text in points.
        right: Right margin of the text in points.
    """
    em = _measure_em(before)
    end = before.x1
    indent, rest = before.x0 - left, right - before.x1
    is_centred = indent > em * _INDENT_TOLERANCE and abs(indent - rest) < em * _CENTRING_TOLERANCE
    if is_centred and after.x0 > left + em * _INDENT_TOLERANCE:
        end = left + (before.x1 - before.x0)
    gap = _LATIN_GAP if is_wide(before.text[-1:]) != is_wide(after.text[:1]) else 0.0
    return end + (_unbreakable_prefix_ems(after.text) + gap + _WRAP_SLACK) * em > right


def lines_to_text(lines: Sequence[TextLine], left: float, right: float) -> str:
    """Join the lines of a cell: wrapped lines run on, lines broken on purpose keep their line feed."""
    if not lines:
        return ""
    parts = [lines[0].text.strip()]
    for before, after in pairwise(lines):
        text = after.text.strip()
        if _CODE_START.search(before.text) and _CODE_REST.match(text):
            parts.append(text)
            continue
        if starts_item(parts[-1], text) or not is_wrapped(before, after, left, right):
            parts.append("\n")
        elif parts[-1][-1:].isascii() and text[:1].isascii() and _needs_blank(parts[-1][-1:], text[:1]):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)


def _needs_blank(before: str, after: str) -> bool:
    return (before.isalpha() and after.isalpha()) or (before in ",.;:" and after.isalnum())


def split_entries(text: str, entries: Set[str]) -> str:
    """Put line feeds between the entries of a list whose line breaks look like wraps.

    In a narrow column a name or an office may fill its line to the edge. Where each of them is also alone in another
    cell of the column, they are entries of a list.

    Args:
        text: The text of a cell.
        entries: Texts that are alone in other cells of the column.

    Returns:
        The entries one per line if `text` consists of two or more of them and nothing else, else `text` itself.
    """
    if len(text) > _MAX_LIST_CHARS:
        return text
    splits: dict[int, list[str]] = {0: []}
    for start in range(len(text)):
        if start in splits:
            for end in range(start + MIN_ENTRY_CHARS, min(start + MAX_ENTRY_CHARS, len(text)) + 1):
                if text[start:end] in entries and end - start < len(text):
                    splits.setdefault(end, [*splits[start], text[start:end]])
    return "\n".join(splits[len(text)]) if len(splits.get(len(text), ())) > 1 else text
