"""Rows of a table that are not drawn: a row begins where texts begin side by side, or with the next serial or mark.

A text begins below white in its column, below a line that had room left, or with a mark. Below white it begins a row by
itself; below a line with room only beside another that begins, as a heading is often written on several lines; with a
mark also where the marks of its column usually begin rows.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from extractors.layout.model import TextLine, Word
from extractors.layout.rulings import Segment, cluster_values
from extractors.layout.text_lines import (
    ends_sentence,
    find_line_end,
    has_open_bracket,
    is_wrapped,
    join_line,
    starts_item,
    words_to_lines,
)
from extractors.table_words import TableWords

_CHUNK_GAP: Final = 0.7
"""In type sizes: white between the chunks of two columns."""
_PITCH_QUANTILE: Final = 3
"""The line distance of a table is the value a third from the lowest of all steps."""
_WHITE_STEP: Final = 0.25
"""In type sizes beyond the line distance: a wider step has white between the lines."""
_MIN_PADDING: Final = 0.35
"""In type sizes: white between rows of one line; by less do the lines of one text differ, as beside Roman numerals."""
_SAME_LINE: Final = 0.5
"""Of the line distance: lines whose middles differ by less are side by side."""
_CROSSING: Final = 0.5
"""In type sizes on both sides of an edge: a text that reaches this far over it spans both columns."""
_MIN_STARTS: Final = 2
"""Texts that begin side by side below lines with room left, to begin a row."""
_ROOM: Final = 0.3
"""In type sizes: room that the widest line of a column may have left."""
_MAX_OPEN: Final = 500
"""Characters behind an opened bracket after which it no longer counts."""
_MAX_HEADING_WIDTH: Final = 8.0
"""In type sizes: a wider column holds no headings on several lines."""
_MIN_HEADINGS: Final = 2
"""Texts that show whether those of their column begin with a mark."""
_MAX_HEADER_LINES: Final = 8
_MIN_FULL_LINES: Final = 3
"""Lines that must end together to show where a column ends."""
MAX_GUTTER: Final = 3.0
"""In type sizes: white between two columns that padding makes; what is wider is room that the lines had."""
_MAX_HANGING: Final = 1.2
"""In type sizes: what punctuation may hang over."""
_MIN_FULL_SHARE: Final = 0.8
"""Of the lines: if so many fill every column, each is a row of one line."""
_MIN_COMPANIONS: Final = 3
_MIN_COMPANION_SHARE: Final = 0.75
"""Of the texts of one column, three or more, beside which another column begins one: so many make it a habit."""
_MAX_SPAN_SHARE: Final = 0.5
"""Of the rows: a column that begins a text in no more of them has headings over several rows."""
_MAX_CUT_SHARE: Final = 0.1
"""Of the rows: none or one in forty of the tables that are read well cut the longest texts, of centred ones a fifth."""
_MIN_SHIFT: Final = 0.3
"""In type sizes: of 10.5 points and of 15 set beside each other, the middles are a quarter apart."""
_MIN_ROW_HEIGHT: Final = 1.1
"""In type sizes: no two rows begin nearer to each other, as each has a line; a line centred beside two is nearer."""
_SAME_CENTRE: Final = 0.2
"""In type sizes: two texts whose centres differ by less are centred in one row."""
_MIN_MARKS: Final = 3
_MIN_MARK_SHARE: Final = 0.6
"""Of the marks of a column, three or more: if so many begin rows by other signs, all do."""

_NUMBER: Final = re.compile(r"[（(]?(\d{1,3})")
_HALF_WIDTH: Final = str.maketrans("（）", "()")
"""Brackets are often opened in one width and closed in the other."""


@dataclass(slots=True)
class Chunk:
    """Words of one line without a column gap between them."""

    words: list[Word]
    x0: float = field(init=False)
    x1: float = field(init=False)

    def __post_init__(self) -> None:
        self.x0 = self.words[0].x0
        self.x1 = max(w.x1 for w in self.words)

    @property
    def text(self) -> str:
        """Its words without blanks."""
        return "".join(w.text for w in self.words)


@dataclass(slots=True)
class _ColumnLine:
    """A line of one column and how it begins: below white, with a mark, or below a line that had room for it."""

    text: TextLine
    is_below_white: bool = False
    is_marked: bool = False
    is_new: bool = False
    is_rest: bool = False
    """Whether it belongs to a heading that began above with a mark."""
    is_mid_sentence: bool = False
    """Whether the line above ends no sentence although the texts of the column do."""
    is_below_score: bool = False
    """Whether the text above ends with points in brackets, as an item may."""
    is_in_wide_column: bool = False
    is_below_sentence: bool = False
    """Whether the line above, which had room left, also ends a sentence."""

    @property
    def middle(self) -> float:
        return (self.text.top + self.text.bottom) / 2

    @property
    def is_plain_start(self) -> bool:
        """Whether more than room in the line above shows that a text begins."""
        return self.is_below_white or self.is_marked or self.is_below_sentence

    @property
    def is_start(self) -> bool:
        return self.is_below_white or self.is_marked or self.is_new


@dataclass(frozen=True, slots=True)
class _RunningText:
    """The middles of the first and the last line of a text of one column, and its type size."""

    first: float
    last: float
    size: float
    is_below_white: bool

    @property
    def centre(self) -> float:
        return (self.first + self.last) / 2


@dataclass(slots=True)
class RowsOfColumns:
    """The borders between rows from top to bottom, and the lines of every column."""

    borders: list[float]
    columns: list[list[_ColumnLine]]
    bands: list[float] = field(default_factory=list)
    """Middles of lines whose text spans columns."""
    n_header_rows: int = 0
    has_unsure_texts: bool = False
    """Whether texts below the header stand in the middle of their rows, or are one over white."""

    @property
    def are_unsure(self) -> bool:
        """Whether single texts are, or the longest ones run on where rows begin, as beside centred texts."""
        if self.has_unsure_texts:
            return True
        longest = max(self.columns, key=lambda column: sum(len(line.text.text) for line in column))
        n_cut = sum(_runs_on(longest, y) for y in self.borders)
        return n_cut > _MAX_CUT_SHARE * len(self.borders)

    def texts(self, row: int) -> list[str]:
        """Return the text of each column in a row, without those that span columns."""
        bounds = [float("-inf"), *self.borders, float("inf")]
        return [
            "".join(line.text.text for line in column if bounds[row] < line.middle < bounds[row + 1])
            for column in self.columns
        ]

    def add_border(self, y: float, distance: float) -> None:
        """Add a drawn border, in place of one found within `distance`, below which every column begins a text."""
        self.borders = sorted([*(border for border in self.borders if abs(border - y) > distance), y])
        for column in self.columns:
            _start_below(column, sum(line.middle < y for line in column))

    def spanned_edges(self) -> list[int]:
        """Return the edges between columns that a heading over several columns of a header of two rows reaches over."""
        if self.n_header_rows < 2:
            return []
        upper, lower = self.texts(0), self.texts(1)
        return [i for i in range(1, len(lower)) if lower[i - 1] and lower[i] and not upper[i]]

    def segments(self, edges: Sequence[float]) -> list[Segment]:
        """Return the borders as lines, left out where the text of a column runs on from row to row."""
        drawn: list[Segment] = []
        has_lower = self.texts(1) if self.n_header_rows > 1 else []
        for row, y in enumerate(self.borders):
            for column, ((left, right), lines) in enumerate(zip(pairwise(edges), self.columns, strict=True)):
                if row == 0 and has_lower and not has_lower[column]:
                    continue
                if not _runs_on(lines, y):
                    drawn.append(Segment(y, left, right))
        return drawn


def _runs_on(column: Sequence[_ColumnLine], y: float) -> bool:
    """Return whether a text of a column goes on over a border."""
    below = bisect_left(column, y, key=lambda line: line.middle)
    return 0 < below < len(column) and not column[below].is_start


def line_to_chunks(line: Sequence[Word]) -> list[Chunk]:
    """Return the chunks of a line, parted at its wide gaps."""
    groups = [[line[0]]]
    for left, right in pairwise(line):
        if right.x0 - left.x1 >= _CHUNK_GAP * min(left.size, right.size):
            groups.append([])
        groups[-1].append(right)
    return [Chunk(group) for group in groups]


def find_rows(
    lines: Sequence[Sequence[Chunk]], edges: Sequence[float], table_words: TableWords, header: Sequence[str] = ()
) -> RowsOfColumns:
    """Find where the rows of a table begin that no line parts.

    Args:
        lines: The chunks of each line of the table on one page.
        edges: The edges of its columns from left to right, the outer ones included.
        table_words: Tells scores and headers.
        header: The texts of a header that the page may repeat, one for each column.
    """
    by_column: list[list[Word]] = [[] for _ in edges[1:]]
    bands: list[float] = []
    for line in lines:
        for chunk in line:
            slack = _CROSSING * chunk.words[0].size
            if any(chunk.x0 < edge - slack and chunk.x1 > edge + slack for edge in edges[1:-1]):
                bands.append(chunk.words[0].y_center)
            else:
                by_column[sum(edge <= (chunk.x0 + chunk.x1) / 2 for edge in edges[1:-1])] += chunk.words
    columns = [[_ColumnLine(join_line(line, 0)) for line in words_to_lines(own)] for own in by_column]
    steps = sorted(b.text.top - a.text.top for column in columns for a, b in pairwise(column))
    pitch = steps[len(steps) // _PITCH_QUANTILE] if steps else 0.0
    for column, right in zip(columns, edges[1:], strict=True):
        _mark_starts(column, pitch, right, table_words)
    for column, n_lines in zip(columns, _repeated_header(columns, header), strict=True):
        _start_below(column, n_lines)
    leading = _find_leading(columns, pitch)
    texts = [_running_texts(column, leading) for column in columns]
    rows = RowsOfColumns([], columns, bands)
    rows.borders = _find_borders(rows, pitch, table_words)
    rows.n_header_rows = _count_header_rows(rows, table_words)
    if rows.n_header_rows:
        for column in columns:
            _start_below(column, sum(line.middle < rows.borders[rows.n_header_rows - 1] for line in column))
    top = rows.borders[rows.n_header_rows - 1] if rows.n_header_rows else float("-inf")
    below_header = [[text for text in own if text.first > top] for own in texts]
    rows.has_unsure_texts = (
        _have_shifted_starts(below_header)
        or _have_common_centres(below_header)
        or any(
            _joins_over_white([line for line in column if line.middle > top], rows.borders, leading)
            for column in columns
        )
    )
    return rows


def _find_leading(columns: Sequence[Sequence[_ColumnLine]], pitch: float) -> float:
    """Return the distance of the lines of one text: less than the usual one where most rows are single lines apart."""
    steps = [(b.text.top - a.text.top, b.text.size) for column in columns for a, b in pairwise(column)]
    least, size = min((each for each in steps if each[0] > each[1]), default=(pitch, 0.0))
    return least if pitch - least > _MIN_PADDING * size else pitch


def _is_white_between(above: _ColumnLine, line: _ColumnLine, leading: float) -> bool:
    return line.text.top - above.text.top > leading + _WHITE_STEP * line.text.size


def _joins_over_white(column: Sequence[_ColumnLine], borders: Sequence[float], leading: float) -> bool:
    """Return whether two lines with white between them are in one row, as those of two rows of one line each."""
    return any(
        _is_white_between(above, line, leading)
        and not (line.is_start and bisect_left(borders, above.middle) < bisect_left(borders, line.middle))
        for above, line in pairwise(column)
    )


def _running_texts(column: Sequence[_ColumnLine], leading: float) -> list[_RunningText]:
    """Return the texts of a column, each up to the line above the next one."""
    below_white = [True, *(_is_white_between(above, line, leading) for above, line in pairwise(column))]
    is_below_white = [line.is_below_white or white for line, white in zip(column, below_white, strict=False)]
    firsts = [i for i, line in enumerate(column) if line.is_start or is_below_white[i]]
    return [
        _RunningText(column[i].middle, column[stop - 1].middle, column[i].text.size, is_below_white[i])
        for i, stop in pairwise([*firsts, len(column)])
    ]


def _have_shifted_starts(columns: Sequence[Sequence[_RunningText]]) -> bool:
    """Return whether texts below white begin too far from each other for one row and too near for two."""
    texts = sorted((t for column in columns for t in column if t.is_below_white), key=lambda text: text.first)
    steps = ((below.first - text.first, max(text.size, below.size)) for text, below in pairwise(texts))
    return any(_MIN_SHIFT * size < step < _MIN_ROW_HEIGHT * size for step, size in steps)


def _have_common_centres(columns: Sequence[Sequence[_RunningText]]) -> bool:
    """Return whether a text that is alone beside a longer one begins below it and has the same centre."""
    for own, longer in ((a, b) for a in columns for b in columns if a is not b):
        for text in longer:
            beside = [other for other in own if other.first <= text.last and other.last >= text.first]
            if len(beside) == 1 and text.is_below_white and _is_centred_beside(beside[0], text):
                return True
    return False


def _is_centred_beside(text: _RunningText, longer: _RunningText) -> bool:
    """Return whether a text below white has the centre of a longer one and not its top."""
    is_lower = text.is_below_white and text.first - longer.first > _MIN_SHIFT * longer.size
    return is_lower and abs(text.centre - longer.centre) < _SAME_CENTRE * longer.size


def _count_header_rows(rows: RowsOfColumns, table_words: TableWords) -> int:
    """Return how many rows the header has: two if a second one fills what a heading over several columns leaves."""
    if not rows.borders or not table_words.is_header([text for text in rows.texts(0) if text]):
        return 0
    if len(rows.borders) == 1:
        return 1
    upper, lower = rows.texts(0), rows.texts(1)
    n_below_heading = sum(bool(low) and not up for up, low in zip(upper, lower, strict=True))
    n_below_text = sum(bool(low) and bool(up) for up, low in zip(upper, lower, strict=True))
    has_value = any(table_words.is_score(text) for text in lower)
    return 2 if n_below_heading > n_below_text and not has_value and not all(lower) else 1


def _repeated_header(columns: Sequence[Sequence[_ColumnLine]], header: Sequence[str]) -> list[int]:
    """Return how many lines of each column repeat the header; none unless all texts of it are there."""
    counts = [0] * len(columns)
    if len(header) != len(columns) or not any(header):
        return counts
    for i, (column, text) in enumerate(zip(columns, header, strict=True)):
        found = ""
        while len(found) < len(text) and counts[i] < len(column):
            found += column[counts[i]].text.text.replace(" ", "")
            counts[i] += 1
        if found != text:
            return [0] * len(columns)
    return counts


def _start_below(column: Sequence[_ColumnLine], n_lines: int) -> None:
    """Begin a text below the first lines of a column, which are its header."""
    if n_lines < len(column):
        column[n_lines].is_below_white = True


def _mark_starts(column: Sequence[_ColumnLine], pitch: float, right: float, table_words: TableWords) -> None:
    """Note how each line of a column begins."""
    if not column:
        return
    column[0].is_below_white = True
    margins = min(line.text.x0 for line in column), _right_margin(column, right)
    for line in column:
        line.is_in_wide_column = margins[1] - margins[0] > _MAX_HEADING_WIDTH * column[0].text.size
    text = column[0].text.text
    for above, line in pairwise(column):
        size = line.text.size
        are_scores = table_words.is_score(above.text.text) and table_words.is_score(line.text.text)
        has_room = not is_wrapped(above.text, line.text, margins[0], margins[1] + _ROOM * size)
        is_below_white = line.text.top - above.text.top > pitch + _WHITE_STEP * size
        line.is_below_white = is_below_white or (are_scores and has_room) or _is_sign(line.text.text)
        line.is_marked = starts_item(above.text.text, line.text.text)
        is_score = table_words.is_score(line.text.text) and not table_words.is_score(above.text.text)
        is_bracket = line.text.text[:1] in "（(" and not line.is_marked and not line.is_in_wide_column
        line.is_rest = is_bracket or has_open_bracket(text.translate(_HALF_WIDTH))
        line.is_new = (has_room or is_score) and not line.is_rest
        line.is_below_sentence = line.is_new and ends_sentence(above.text.text)
        line.is_below_score = line.is_new and _ends_with_score(above.text.text, table_words)
        text = line.text.text if line.is_start else (text + line.text.text)[-_MAX_OPEN:]
    _keep_headings_whole(column)
    starts = [(above, line) for above, line in pairwise(column) if line.is_start]
    n_ended = sum(ends_sentence(above.text.text) for above, _ in starts)
    is_one_text = column[0].is_in_wide_column and len(starts) < _MIN_STARTS
    if is_one_text or n_ended >= _MIN_MARK_SHARE * max(len(starts), 1):
        for above, line in pairwise(column):
            line.is_mid_sentence = not ends_sentence(above.text.text)


def _ends_with_score(text: str, table_words: TableWords) -> bool:
    """Return whether a text ends with points in brackets."""
    rest = text.rstrip("。；; ").translate(_HALF_WIDTH)
    return rest.endswith(")") and table_words.is_score(rest[rest.rfind("(") + 1 : -1])


def _is_sign(text: str) -> bool:
    """Return whether a line is one sign (★, √), which is a cell of its own."""
    return len(text) == 1 and unicodedata.category(text).startswith("S")


def _right_margin(column: Sequence[_ColumnLine], right: float) -> float:
    """Return where lines wrap: closing punctuation may hang over an end that several lines keep to.

    Args:
        column: The lines.
        right: Where the next column begins.
    """
    end, size = max(line.text.x1 for line in column), column[0].text.size
    if right - end > MAX_GUTTER * size:
        return right - MAX_GUTTER * size
    ends = sorted(line.text.x1 for line in column if find_line_end(line.text) == line.text.x1)
    is_kept_to = len(ends) >= _MIN_FULL_LINES and ends[-1] - ends[-_MIN_FULL_LINES] <= size
    return ends[-1] if is_kept_to and end - ends[-1] <= _MAX_HANGING * size else end


def _keep_headings_whole(column: Sequence[_ColumnLine]) -> None:
    """Let lines without a mark run on where the texts of the column begin with one, as headings with a code do."""
    if column[0].is_in_wide_column:
        return
    n_marked = sum(line.is_marked for line in column)
    n_others = sum(line.is_below_white and not line.is_marked for line in column[1:])
    if n_marked >= _MIN_HEADINGS and n_marked >= _MIN_MARK_SHARE * (n_marked + n_others):
        for line in column:
            line.is_rest = line.is_rest or not (line.is_marked or line.is_below_white)
            line.is_new = line.is_new and not line.is_rest


def _find_borders(rows: RowsOfColumns, pitch: float, table_words: TableWords) -> list[float]:
    """Return the borders between rows: halfway between the first lines of a row and the last ones above."""
    lines = [line for column in rows.columns for line in column]
    middles = sorted([line.middle for line in lines] + rows.bands)
    groups = cluster_values(middles, _SAME_LINE * pitch)
    places = [sum(group) / len(group) for group in groups]
    beside: list[list[_ColumnLine]] = [[] for _ in places]
    for line in lines:
        beside[_nearest(places, line.middle)].append(line)
    has_band = [False] * len(places)
    for band in rows.bands:
        has_band[_nearest(places, band)] = True
    full = [len(each) == len(rows.columns) for each in beside]
    if sum(full) >= _MIN_FULL_SHARE * len(full) and len(full) > _MIN_STARTS:
        for line in [line for each, is_full in zip(beside, full, strict=True) if is_full for line in each]:
            line.is_new = True
    is_first = [
        _is_first_line(beside[i], len(rows.columns)) or has_band[i] or (i > 0 and has_band[i - 1])
        for i in range(len(places))
    ]
    for i in range(1, _count_header_lines(rows.columns, places, table_words)):
        is_first[i] = False
    for column in rows.columns:
        for marked in ([x for x in column if x.is_marked], [x for x in column if x.is_below_score]):
            marks = [_nearest(places, line.middle) for line in marked]
            is_usual = len(marks) >= _MIN_MARKS and sum(is_first[i] for i in marks) >= _MIN_MARK_SHARE * len(marks)
            if is_usual or _run_over_rows(marked, [is_first[i] for i in marks]):
                for i in marks:
                    is_first[i] = True
    _keep_spans_whole(rows.columns, places, is_first)
    _start_with_companions(rows.columns, places, is_first)
    _start_with_most(rows.columns, places, is_first)
    return [(places[i - 1] + places[i]) / 2 for i in range(1, len(places)) if is_first[i]]


def _count_header_lines(
    columns: Sequence[Sequence[_ColumnLine]], places: Sequence[float], table_words: TableWords
) -> int:
    """Return how many lines at the top, joined in every column, first read like a header; 0 if none do."""
    texts = ["" for _ in columns]
    for i in range(min(len(places), _MAX_HEADER_LINES)):
        for c, column in enumerate(columns):
            texts[c] += "".join(line.text.text for line in column if _nearest(places, line.middle) == i)
        if table_words.is_header([text for text in texts if text]):
            return i + 1
    return 0


def _keep_spans_whole(
    columns: Sequence[Sequence[_ColumnLine]], places: Sequence[float], is_first: Sequence[bool]
) -> None:
    """Let lines run on in narrow columns of headings over several rows: a line with room left was broken by hand."""
    n_rows = sum(is_first)
    for column in columns:
        n_beside = sum(is_first[_nearest(places, line.middle)] for line in column if line.is_start)
        if column and not column[0].is_in_wide_column and n_beside <= _MAX_SPAN_SHARE * n_rows:
            for line in column:
                line.is_new = line.is_new and line.is_plain_start


def _start_with_companions(
    columns: Sequence[Sequence[_ColumnLine]], places: Sequence[float], is_first: Sequence[bool]
) -> None:
    """Begin a text where another column begins one, in columns that usually begin theirs beside that one."""
    lines_at = [{_nearest(places, line.middle): line for line in reversed(column)} for column in columns]
    starts = [{i for i, line in found.items() if is_first[i] and line.is_start} for found in lines_at]
    plain = [{i for i, line in found.items() if is_first[i] and line.is_plain_start} for found in lines_at]
    for own, found in enumerate(lines_at):
        for other, places_of_other in enumerate(plain):
            n_beside = len(places_of_other & starts[own])
            if other != own and n_beside >= max(_MIN_COMPANIONS, _MIN_COMPANION_SHARE * len(places_of_other)):
                for i in places_of_other & found.keys():
                    found[i].is_new = found[i].is_new or not (found[i].is_rest or found[i].is_mid_sentence)


def _is_first_line(lines: Sequence[_ColumnLine], n_columns: int) -> bool:
    """Return whether lines side by side are the first ones of a row."""
    if any(line.is_below_white for line in lines):
        return True
    n_starts = sum(line.is_start for line in lines)
    if n_starts < _MIN_STARTS:
        return False
    if any(line.is_plain_start for line in lines):
        return True
    if len(lines) == n_columns and 2 * n_starts >= n_columns:
        return True
    wide = [line.is_start for line in lines if line.is_in_wide_column]
    return any(wide) and all(wide) and 2 * n_starts >= len(lines) and 2 * len(lines) >= n_columns


def _start_with_most(
    columns: Sequence[Sequence[_ColumnLine]], places: Sequence[float], is_first: Sequence[bool]
) -> None:
    """Begin a text where a row begins in most other columns, or below a row of one line, unless in mid-sentence."""
    beside: dict[int, list[_ColumnLine]] = {}
    for column in columns:
        for line in column[1:]:
            beside.setdefault(_nearest(places, line.middle), []).append(line)
    for i, lines in beside.items():
        n_starts = sum(line.is_start for line in lines)
        is_below_one_line = i > 0 and is_first[i - 1] and n_starts >= max(_MIN_STARTS, len(lines) / 2)
        is_most = n_starts >= max(_MIN_COMPANIONS, _MIN_COMPANION_SHARE * len(lines))
        if is_first[i] and (is_most or is_below_one_line):
            for line in lines:
                line.is_new = line.is_new or not (line.is_rest or line.is_mid_sentence)


def _run_over_rows(marked: Sequence[_ColumnLine], begins_row: Sequence[bool]) -> bool:
    """Return whether marks count on from row to row, so that each begins one; a list in a cell begins at 1 again."""
    found = [_NUMBER.match(line.text.text) for line in marked]
    numbers = [int(number[1]) if number else 0 for number in found]
    n_rows = sum(begins_row)
    return n_rows >= _MIN_STARTS and numbers[0] > 0 and all(a < b for a, b in pairwise(numbers))


def _nearest(places: Sequence[float], y: float) -> int:
    """Return the index of the place next to y; places are sorted."""
    after = min(bisect_left(places, y), len(places) - 1)
    return after - 1 if after and y - places[after - 1] <= places[after] - y else after
