"""Tables in plain text with every cell on lines of its own and no serial numbers: a score in each row tells the rows.

Between two scores stand the cells that end a row, the heading of a group of rows if another begins, and what the next
row asks for. Where each begins is told by signs alone: numbers of headings and items, points of headings, lines known
from other rows. Where one of them is missing, items do not count on, or scores are not those of their heading or total,
nothing is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from extractors.readers.text.line_tables import LineTable
from extractors.readers.text.tables import LIST_MARK, SECTION, RawCell
from extractors.table_words import TableWords

_ADDED: Final = re.compile(r"[（(][^（）()]{1,14}[）)]")
"""（20分）, （4项） on a line of its own belong to the line above."""
_HEADING_POINTS: Final = re.compile(r"[（(](\d{1,3}(?:\.\d{1,2})?)分[）)]$")
_NUMBER_ONLY: Final = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])")
"""一、 on a line of its own belongs to the line below."""
_LABEL: Final = re.compile(r"([（(]?)(?:(\d{1,2})(?:[、)）]|[.．](?!\d))|([①-⑳]))")
_SCORE: Final = re.compile(r"\d{1,3}(?:\.\d{1,2})?分?")
_MAX_NAME: Final = 14
_MIN_COLUMNS: Final = 3
_MAX_COLUMNS: Final = 8
_MIN_ROWS: Final = 4
_MAX_BLOCK: Final = 12
"""Lines between two scores; more are the text behind the table."""
_MIN_PLAIN: Final = 2
"""Blocks without a heading and with a line for each cell, which tell what the columns hold."""
_MAX_ADDED: Final = 2
"""Lines of a cell behind its first: 材料审核, 实地考察, 走访群众."""
_MAX_LONGER: Final = 2
"""The last cell of a table is no more times as long as the longest of its column: a text behind the table."""
_MAX_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class _Layout:
    """A header, and the lines of the scores below it."""

    names: Sequence[RawCell]
    score: int
    """The column of the scores: the first, or the second below headings, is the one before."""
    places: Sequence[int]
    first: int
    """The line below the header."""

    @property
    def n_behind(self) -> int:
        return len(self.names) - 1 - self.score


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines between two scores: cells that end a row, a heading, and what the next row asks for."""

    behind: Sequence[range]
    heading: range
    content: range


def find_scored_tables(lines: Sequence[str], words: TableWords) -> dict[int, LineTable]:
    """Return the tables of a text by their first line."""
    places = [place for place, line in enumerate(lines) if line.strip(" \t\u3000\r")]
    texts = [lines[place].strip(" \t\u3000\r") for place in places]
    found: dict[int, LineTable] = {}
    end = tries = 0
    for start, text in enumerate(texts):
        if start < end or tries > _MAX_TRIES or not words.is_header_word(text):
            continue
        tries += 1
        layout = _find_layout(texts, start, words)
        table = _read_table(texts, layout, words) if layout is not None else None
        if table is None or any("\t" in line or "|" in line for line in lines[places[start] : places[table.end - 1]]):
            continue
        rows = [[RawCell(cell.text, places[cell.line]) for cell in row] for row in table.rows]
        found[places[start]] = LineTable(rows, places[table.end - 1] + 1)
        end = table.end
    return found


def _find_layout(texts: Sequence[str], start: int, words: TableWords) -> _Layout | None:
    """Return the header that begins at a line: known words, the scores among them, without serial numbers."""
    names: list[RawCell] = []
    place = start
    while place < len(texts) and len(names) <= _MAX_COLUMNS and words.is_header_word(texts[place]):
        if not _is_name(texts[place]):
            break
        stop = place + 1
        while stop < len(texts) and _ADDED.fullmatch(texts[stop]) and not SECTION.match(texts[stop]):
            stop += 1
        names.append(RawCell("".join(texts[place:stop]), place))
        place = stop
    header = [name.text for name in names]
    scores = [column for column, name in enumerate(header) if words.is_score_header(name)]
    if not _MIN_COLUMNS <= len(names) <= _MAX_COLUMNS or len(scores) != 1 or not 1 <= scores[0] <= 2:
        return None
    places = list(_find_scores(texts, place, words))
    if len(places) < _MIN_ROWS or any(map(words.is_serial_header, header)) or not words.is_header(header):
        return None
    return _Layout(names, scores[0], places, place)


def _find_scores(texts: Sequence[str], first: int, words: TableWords) -> Iterator[int]:
    last = first
    for place in range(first, len(texts)):
        if place - last > _MAX_BLOCK or words.is_total(texts[place]):
            return
        if _SCORE.fullmatch(texts[place]):
            yield place
            last = place


def _is_name(text: str) -> bool:
    return len(text) <= _MAX_NAME and not LIST_MARK.search(text) and not SECTION.match(text)


def _read_table(texts: Sequence[str], layout: _Layout, words: TableWords) -> LineTable | None:
    """Return the table of a header, None if a sign is missing."""
    inner = [range(a + 1, b) for a, b in pairwise(layout.places)]
    plain = [block for block in inner if len(block) == layout.n_behind + 1]
    if len(plain) < _MIN_PLAIN or any(is_heading(texts[place]) for block in plain for place in block):
        return None
    signs = _Signs(texts, plain, layout)
    blocks = [signs.begin(range(layout.first, layout.places[0])), *map(signs.part, inner)]
    last = signs.end(layout.places[-1] + 1, words)
    rows: list[list[RawCell]] = [list(layout.names)]
    for number, place in enumerate(layout.places):
        block, following = blocks[number], (*blocks, last)[number + 1]
        if block is None or following is None:
            return None
        headings = [block.heading] if layout.score == 2 else []
        cells = [*headings, block.content, range(place, place + 1), *following.behind]
        rows.append([RawCell("\n".join(texts[line] for line in cell), cell.start) for cell in cells])
    end = max(last.behind[-1].stop if last and last.behind else 0, layout.places[-1] + 1)
    body, behind = rows[1:], texts[end:]
    is_whole = (
        not signs.is_row(behind, words)
        and _is_total(behind, body, layout.score, words)
        and _agree(body, layout.score)
        and (not signs.has_labels or _count_on(body, layout.score, behind))
    )
    return LineTable(rows, end) if is_whole else None


def is_heading(text: str) -> bool:
    """Return whether a line is or begins the heading of a group of rows: 一、组织领导, 组织领导（20分）."""
    return SECTION.match(text) is not None or _HEADING_POINTS.search(text) is not None


def _agree(rows: Sequence[Sequence[RawCell]], score: int) -> bool:
    """Return whether headings are alike, and no line stands in a column once and elsewhere in another one.

    Such a line is a cell of that other column, where a blank one is missing.
    """
    behind = zip(*(row[score + 1 :] for row in rows), strict=True)
    columns = [Counter(line for cell in column for line in cell.text.split("\n")) for column in behind]
    is_stray = any(n == 1 < other[line] for own in columns for line, n in own.items() for other in columns)
    return not is_stray and (score == 1 or _have_same_signs(rows))


def _have_same_signs(rows: Sequence[Sequence[RawCell]]) -> bool:
    """Return whether all headings are numbered or none, and have points, which are the sums below them, or none."""
    headings = [row[0].text for row in rows if row[0].text]
    numbered = sum(SECTION.match(heading) is not None for heading in headings)
    points = [match and Decimal(match[1]) for match in map(_HEADING_POINTS.search, headings)]
    starts = [place for place, row in enumerate(rows) if row[0].text]
    sums = [_sum(row[2].text for row in rows[a:b]) for a, b in pairwise([*starts, len(rows)])]
    is_named = all(_HEADING_POINTS.sub("", SECTION.sub("", heading, 1)).strip() for heading in headings)
    has_points = any(point is not None for point in points)
    return is_named and numbered in (0, len(headings)) and (points == sums or not has_points)


def _sum(scores: Iterable[str]) -> Decimal:
    return sum((Decimal(score.removesuffix("分")) for score in scores), Decimal())


def _is_total(behind: Sequence[str], rows: Sequence[Sequence[RawCell]], score: int, words: TableWords) -> bool:
    """Return whether the total behind a table is that of its scores; True where there is none."""
    is_stated = len(behind) > 1 and words.is_total(behind[0]) and _SCORE.fullmatch(behind[1]) is not None
    return not is_stated or _sum(behind[1:2]) == _sum(row[score].text for row in rows)


def _read_label(text: str) -> tuple[str, int] | None:
    """Return the kind of the number that a line begins with, and the number."""
    match = _LABEL.match(text)
    if match is None:
        return None
    bracket, number, circled = match.groups()
    return ("（"[: len(bracket)], int(number)) if number else ("①", ord(circled) - ord("①") + 1)


def _count_on(rows: Sequence[Sequence[RawCell]], score: int, behind: Sequence[str]) -> bool:
    """Return whether the items of rows are numbered one after the other, beginning again below headings only.

    No other line in an item, and not the one behind the table, has a number of that kind.
    """
    above: tuple[str, int] | None = None
    for row in rows:
        first, *others = map(_read_label, row[score - 1].text.split("\n"))
        if first is None or any(other is not None and other[0] == first[0] for other in others):
            return False
        begins = first[1] == 1 and (above is None or score == 1 or row[0].text != "")
        if not begins and above is not None and first != (above[0], above[1] + 1):
            return False
        above = first
    return above is None or not behind or _read_label(behind[0]) != (above[0], above[1] + 1)


class _Signs:
    """What tells the cells between two scores apart."""

    def __init__(self, texts: Sequence[str], plain: Sequence[range], layout: _Layout) -> None:
        self._texts = texts
        self._n_behind = layout.n_behind
        self._has_headings = layout.score == 2
        self._known = [{texts[block[column]] for block in plain} for column in range(layout.n_behind)]
        self.has_labels = all(_LABEL.match(texts[block[-1]]) for block in plain)
        """Whether what rows ask for begins with a number."""

    def begin(self, block: range) -> _Block | None:
        """Part the lines above the first score: a heading, if there is a column for it, and what the row asks for."""
        no_heading = range(block.start, block.start), self._find_content(block)
        parts = self._part_heading(block) if self._has_headings else no_heading
        if parts is None or bool(parts[0]) != self._has_headings or len(parts[0]) + len(parts[1]) != len(block):
            return None
        return self._checked(_Block((), *parts))

    def part(self, block: range) -> _Block | None:
        """Part the lines between two scores."""
        content = self._find_content(block)
        before = range(block.start, content.start)
        start = self._heading_start(before) if self._has_headings else before.stop
        # A heading without a number may begin a line above.
        is_ended = self.has_labels if start == before.stop else SECTION.match(self._texts[start]) is not None
        behind = self._part_behind(range(before.start, start), is_ended)
        parts = self._part_heading(range(start, block.stop)) if start < before.stop else (range(start, start), content)
        return None if behind is None or parts is None else self._checked(_Block(behind, *parts))

    def _checked(self, block: _Block) -> _Block | None:
        """Return a block, None if it has no content or one that holds a heading or a cell that ends rows."""
        texts = [self._texts[place] for place in block.content]
        is_other = any(is_heading(text) or any(text in known for known in self._known) for text in texts)
        return block if texts and not is_other else None

    def _part_heading(self, lines: range) -> tuple[range, range] | None:
        """Part a heading from what stands below it: it ends with its points, or before the number of an item."""
        points = [place for place in lines if _HEADING_POINTS.search(self._texts[place])]
        if points:
            stop = points[-1] + 1
        elif self.has_labels:
            stop = self._find_content(lines).start
        else:
            stop = lines.start + (2 if _NUMBER_ONLY.fullmatch(self._texts[lines.start]) else 1)
            if lines.stop - stop != 1:
                return None
        is_numbered = SECTION.match(self._texts[lines.start]) is not None
        is_signed = is_numbered or (len(points) > 0 and (self.has_labels or stop - lines.start <= 2))
        return (range(lines.start, stop), range(stop, lines.stop)) if is_signed else None

    def end(self, first: int, words: TableWords) -> _Block | None:
        """Return the cells behind the last score; what stands behind them is text, and none of it is a cell."""
        cells: list[range] = []
        for column in range(self._n_behind):
            stop = first + 1
            while stop < len(self._texts) and self._texts[stop] in self._known[column]:
                stop += 1
            text = self._texts[first] if first < len(self._texts) else ""
            is_long = len(text) > max(_MAX_LONGER * max(map(len, self._known[column])), _MAX_NAME)
            if not text or words.is_note(text) or LIST_MARK.search(text) or is_long:
                return None
            cells.append(range(first, stop))
            first = stop
        return _Block(cells, range(0), range(0))

    def is_row(self, behind: Sequence[str], words: TableWords) -> bool:
        """Return whether the lines behind the last row are another, whose score is missing."""
        ends = behind[1 : 1 + self._n_behind]
        return any(text in known for text, known in zip(ends, self._known, strict=False)) and not words.is_note(
            behind[0]
        )

    def _find_content(self, block: range) -> range:
        """Return the lines from the number of an item to the score; the last line alone where items have none."""
        if not self.has_labels:
            return range(max(block.stop - 1, block.start), block.stop)
        start = next((place for place in block if _LABEL.match(self._texts[place])), block.stop)
        return range(start, block.stop)

    def _heading_start(self, lines: range) -> int:
        """Return the line with which a heading begins, the line behind them if there is none."""
        for place in lines:
            if SECTION.match(self._texts[place]):
                return place
            if _HEADING_POINTS.search(self._texts[place]):
                # （20分） alone belongs to the line above.
                is_alone = _ADDED.fullmatch(self._texts[place]) is not None
                return max(place - is_alone, lines.start)
        return lines.stop

    def _part_behind(self, lines: range, is_ended: bool) -> Sequence[range] | None:
        """Return the cells behind a score, None if they cannot be told.

        Args:
            lines: their lines.
            is_ended: whether a sign stands behind them, so that they are no beginning of something else.
        """
        if self._n_behind == 1 and is_ended and 0 < len(lines) <= 1 + _MAX_ADDED:
            return [lines]
        cells: list[range] = []
        place = lines.start
        for column, known in enumerate(self._known):
            stop = place + 1
            while stop < lines.stop and len(lines) > self._n_behind and self._texts[stop] in known:
                stop += 1
            # A line that no other row has may end the cell before, where there are lines to spare.
            is_open = column > 0 and stop - place > 1 and self._texts[place] not in known
            if is_open:
                return None
            cells.append(range(place, stop))
            place = stop
        return cells if place == lines.stop else None
