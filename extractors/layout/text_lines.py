"""Words → lines → text: what stands side by side, what was wrapped and what was broken on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from itertools import pairwise

from extractors.layout.model import Line, Word
from extractors.layout.rulings import clusters

_WIDE = re.compile(
    r"[\u1100-\u11ff\u2190-\u22ff\u2460-\u27bf\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60“”‘’…—ⅰ-ↈ]"
)
_NO_START = frozenset("，。、；：！？）》」』】〕〉”’…,.;:!?)]}％%·—")
_NO_END = frozenset("（《「『【〔〈“‘([{")
_QUOTES = frozenset("“‘”’")
_ENDS = frozenset("。！？!?；;：:")
_CLOSERS = "”’\"'》）)】」』"
_OPEN_ENDS = frozenset("一二三四五六七八九十0123456789、，,—-－")
"""What ends a line in the middle of a list or a number, so that a label below it is none (五 / 一、五四)."""
LEAST_ENTRY, MOST_ENTRY = 2, 12
"""Characters of a name or an office that stands alone in its cell."""
_LONGEST_LIST = 60
_SLACK = 0.15
"""Of a character: how far a wrapped line may stay behind the room it had, by rounding."""
LABEL = re.compile(
    r"[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）、.．](?!\d)|[（(](?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）]"
    r"|[①-⑳ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ●◆■★]|[IVX]{1,4}\s*[-—－]\s*\d|第[一二三四五六七八九十]{1,3}[章节条]|附\s*件\s*(?:\d{1,2}\s*)?[:：]?$|附\s*件\s*\d"
)
"""How a new item, section or attachment begins."""
_CODE_CUT = re.compile(r"[IVXⅠ-Ⅻ]\s*[-—－]\s*\d$")
_CODE_REST = re.compile(r"\d(?![\d.、．)）])")
"""Ⅲ-1 / 2: nobody types a line feed inside the number of a code."""
_PAIRS = (("《", "》"), ("（", "）"), ("(", ")"), ("“", "”"), ("〔", "〕"))


def unbalanced(text: str) -> bool:
    """Whether a bracket or quotation opened in `text` is not closed in it."""
    return any(text.count(a) > text.count(b) for a, b in _PAIRS)


def ended(text: str) -> bool:
    """Whether `text` ends like a sentence, closing quotation marks and brackets aside."""
    return text.rstrip().rstrip(_CLOSERS)[-1:] in _ENDS


def begins_item(before: str, text: str) -> bool:
    """Whether `text` begins a new item below a line that ends `before`."""
    return LABEL.match(text.strip()) is not None and not unbalanced(before) and before.rstrip()[-1:] not in _OPEN_ENDS


def is_wide(char: str) -> bool:
    """Whether a character takes a full square, as ideographs and their punctuation do."""
    return _WIDE.match(char) is not None


def breadth(text: str) -> float:
    """Width of `text` in full squares; narrow letters and blanks count half."""
    return sum(1.0 if _WIDE.match(c) else 0.5 for c in text)


def group_lines(words: Iterable[Word]) -> list[list[Word]]:
    """Words in lines, top to bottom, each line left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.middle, w.x0)):
        last = lines[-1] if lines else None
        if last is not None and _beside(last, word):
            last.append(word)
        else:
            lines.append([word])
    for line in lines:
        line.sort(key=lambda w: w.x0)
    return lines


def _beside(line: list[Word], word: Word) -> bool:
    anchor = max(line, key=lambda w: w.size) if len(line) < 4 else line[0]
    overlap = min(anchor.bottom, word.bottom) - max(anchor.top, word.top)
    return overlap >= 0.5 * min(anchor.size, word.size)


def line_of(words: Sequence[Word], page: int) -> Line:
    """One line of the words standing side by side; gaps that a reader sees become blanks."""
    parts = [words[0].text]
    for left, right in pairwise(words):
        parts += [_blanks(left, right), right.text]
    sure = [w.confidence for w in words if w.confidence is not None]
    return Line(
        "".join(parts),
        words[0].x0,
        min(w.top for w in words),
        max(w.x1 for w in words),
        max(w.bottom for w in words),
        max(words, key=lambda w: len(w.text)).size,
        page,
        min(sure) if sure else None,
    )


def blank_gap(left: str, right: str) -> float:
    """The gap, in type sizes, that reads as a blank between two characters.

    Typesetting itself puts a quarter between ideographs and letters, and almost nothing between two ideographs.
    """
    wide = is_wide(left) + is_wide(right)
    return (0.15, 0.5, 0.2)[wide]


def _blanks(left: Word, right: Word) -> str:
    size = min(left.size, right.size)
    gap = right.x0 - left.x1
    if left.text[-1:].isspace() or right.text[:1].isspace():
        return ""
    if gap < blank_gap(left.text[-1:], right.text[:1]) * size:
        return ""
    return " " if gap < 0.9 * size else "  "


def upright(words: list[Word], page: int) -> list[Line]:
    """The lines of a cell in reading order; columns of single characters are read downwards."""
    turned = [w for w in words if w.turn]
    if turned:
        # Text that runs downwards has its first line at the right, text that runs upwards at the left.
        turned.sort(key=lambda w: -w.x0 if w.turn == 270 else w.x0)
        return [line_of([w], page) for w in turned] + upright([w for w in words if not w.turn], page)
    columns = _columns(words)
    if columns is None:
        return [line_of(line, page) for line in group_lines(words)]
    return [
        Line(
            "".join(w.text for w in column),
            min(w.x0 for w in column),
            column[0].top,
            max(w.x1 for w in column),
            column[-1].bottom,
            column[0].size,
            page,
            min((w.confidence for w in column if w.confidence is not None), default=None),
        )
        for column in columns
    ]


def _columns(words: list[Word]) -> list[list[Word]] | None:
    """Columns of vertical writing in reading order; None for ordinary lines."""
    if len(words) < 2 or any(len(w.text) > 1 or not is_wide(w.text) for w in words):
        return None
    size = sorted(w.size for w in words)[len(words) // 2]
    found = clusters((w.centre for w in words), size * 0.5)
    if len(found) == 1:
        return [sorted(words, key=lambda w: w.top)]
    if len(words) < 4:
        return None
    columns = [sorted((w for w in words if group[0] <= w.centre <= group[-1]), key=lambda w: w.top) for group in found]
    between = min(min(w.x0 for w in right) - max(w.x1 for w in left) for left, right in pairwise(columns))
    steps = sorted(b.top - a.bottom for column in columns for a, b in pairwise(column))
    if not steps or steps[len(steps) // 2] >= between:
        return None
    leftmost = columns[0][0]
    numbered = leftmost.text in "一二三四五六七八九十①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ" and leftmost.top <= columns[-1][0].top
    return columns if numbered else columns[::-1]


def _unit(line: Line) -> float:
    """Width of one full square in this line."""
    squares = breadth(line.text)
    return max(min((line.x1 - line.x0) / squares, line.size * 1.15), line.size * 0.95) if squares else line.size


def _token(text: str) -> float:
    """Squares that must stand together at the beginning of a line, which is what a wrap carries over."""
    i = 0
    while i < len(text) and text[i] in _NO_END:
        i += 1
    if i < len(text) and not is_wide(text[i]):
        while i < len(text) and not is_wide(text[i]) and not text[i].isspace():
            i += 1
    else:
        i += 1
    while i < len(text):
        if text[i] in _QUOTES:
            i += 2  # quotation marks cling to what stands on either side
        elif text[i] in _NO_START:
            i += 1
        else:
            break
    return breadth(text[:i])


def end_of(line: Line) -> float:
    """Where a line ends, a closing punctuation mark that may hang over the margin left out."""
    return line.x1 - _unit(line) if line.text[-1:] in _NO_START and is_wide(line.text[-1:]) else line.x1


def wraps(before: Line, after: Line, left: float, right: float) -> bool:
    """Whether `before` had no room for the beginning of `after` between the margins `left` and `right`."""
    unit = _unit(before)
    end = before.x1
    indent, rest = before.x0 - left, right - before.x1
    if indent > unit * 0.4 and abs(indent - rest) < unit * 0.7 and after.x0 > left + unit * 0.4:
        end = left + (before.x1 - before.x0)
    between = 0.25 if is_wide(before.text[-1:]) != is_wide(after.text[:1]) else 0.0
    return end + (_token(after.text) + between + _SLACK) * unit > right


def join_text(lines: Sequence[Line], left: float, right: float) -> str:
    """The text of a cell: wrapped lines run on, broken ones keep their line feed."""
    if not lines:
        return ""
    out = [lines[0].text.strip()]
    for before, after in pairwise(lines):
        text = after.text.strip()
        if _CODE_CUT.search(before.text) and _CODE_REST.match(text):
            out.append(text)
            continue
        if begins_item(out[-1], text) or not wraps(before, after, left, right):
            out.append("\n")
        elif out[-1][-1:].isascii() and text[:1].isascii() and _letters(out[-1][-1:], text[:1]):
            out.append(" ")
        out.append(text)
    return "".join(out)


def set_apart(text: str, known: Set[str]) -> str:
    """`text` with a line feed between the entries it is made of, when it is made of `known` ones and nothing else.

    In a narrow column a name or an office may fill its line to the edge, so that the line break behind it looks like
    a wrap; where each of them also stands alone in another cell of the column, they are entries of a list.
    """
    if len(text) > _LONGEST_LIST:
        return text
    ways: dict[int, list[str]] = {0: []}
    for at in range(len(text)):
        if at in ways:
            for end in range(at + LEAST_ENTRY, min(at + MOST_ENTRY, len(text)) + 1):
                if text[at:end] in known and end - at < len(text):
                    ways.setdefault(end, [*ways[at], text[at:end]])
    return "\n".join(ways[len(text)]) if len(ways.get(len(text), ())) > 1 else text


def _letters(before: str, after: str) -> bool:
    return (before.isalpha() and after.isalpha()) or (before in ",.;:" and after.isalnum())
