"""Tables in plain text with every cell on a line of its own, as copied from a web page.

Nothing marks a row but its serial number: rows are as long as the distance that most serial numbers are apart. Cells of
several lines and headings that stand before their first row only make some rows longer; each line of these goes where
it is most like the lines of the other rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, islice, pairwise, takewhile
from math import inf, log
from statistics import fmean
from typing import Final

from extractors.readers.text.tables import RawCell
from extractors.table_words import TableWords

_SERIAL: Final = re.compile(r"(\d{1,3})[.、．]?")
_SERIAL_HEADER: Final = re.compile(r"序号?|编号|项次|No\.?", re.IGNORECASE)
_SECTION: Final = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[章部])"
)
_SECTION_NUMBER: Final = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．]?")
_NUMBER: Final = re.compile(r"[\d.]+[分%]?")
_SENTENCE: Final = re.compile(r"[。；;，]")
_MIN_ROWS: Final = 3
"""1, 2: two numbers on lines of their own may be anything."""
_MAX_CELLS: Final = 14
"""Cells of a row behind its serial number."""
_MAX_LEADING: Final = 4
"""类别 | 项目 | 内容 | 序号: levels before the serial number."""
_MAX_EXTRA: Final = 12
"""Lines by which a row with headings and cells of several lines may be longer than most."""
_USUAL: Final = 0.4
"""At least this share of the serial numbers are as far apart as a row is long."""
_HEADER_LENGTH: Final = 14
"""责任单位（牵头单位列首位）: a longer line is no header."""
_LEVEL_LENGTH: Final = 8
"""考评项目 before 序号: a longer line above it is a title."""
_LOST_HEADER: Final = 3
"""测评项目, 测评内容, 分值 on lines of their own are the header of a table."""
_MAX_TRIES: Final = 40
"""Numbers 1 at which a table is looked for; few texts have more than a handful of tables."""
_PROBED: Final = 400
"""Lines that tell how long a row is."""
_UNLIKE: Final = 0.8
"""Mean cost of the cells of the last row above which it is none: a text behind the table."""
_BANDS: Final = 2
"""一、组织领导 and （一）机构 as rows of their own between the header and the first row."""
_ANOTHER_LINE: Final = 1.5
"""Cost of a line that continues a cell; 1 is a cell of nearly three times the usual length."""
_NO_LINE: Final = 2.0
"""Cost of a cell without a line."""
_SPANNED: Final = 0.2
"""The same in a column whose cells span several rows: they stand in the first of them only."""
_NO_HEADINGS: Final = 1.0
"""Cost for each row if the columns that span rows are not those next to the serial number, where headings are."""
_MAX_SPANNED: Final = 3
"""Columns behind the serial number whose cells span several rows."""
_MIN_SHORT: Final = 2
"""One row that is too short may have lost a cell."""
_HEADING: Final = 0.4
"""Cost of a line that is a heading of the row below, where the header has columns for it."""
_SECTION_ROW: Final = 0.6
"""Cost of 一、党的建设 as a row of its own."""
_BAND: Final = 3.0
"""Cost of another line as a row of its own."""
_MISPLACED: Final = 3.0
"""Cost of a text where the other rows are blank; of a blank line where they have text, half of it."""


@dataclass(frozen=True, slots=True)
class LineTable:
    """A table with a cell on every line.

    Attributes:
        rows: its rows.
        end: the line after it.
        odd_rows: the serial numbers of the rows whose cells are told by their likeness alone.
    """

    rows: list[list[RawCell]]
    end: int
    odd_rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Header:
    start: int
    leading: int
    """Columns before the serial number."""
    following: int
    """Columns behind the serial number."""

    @property
    def width(self) -> int:
        return self.leading + 1 + self.following

    @property
    def stop(self) -> int:
        return self.start + self.width


@dataclass
class _Profile:
    """The lines of one column in rows of the usual length."""

    texts: list[str] = field(default_factory=list)
    is_spanned: bool = False
    """Whether cells span several rows."""

    @cached_property
    def _numbers(self) -> float:
        return sum(_NUMBER.fullmatch(text) is not None for text in self.texts) / max(len(self.texts), 1)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.texts)

    @cached_property
    def _blank(self) -> float:
        return sum(not text for text in self.texts) / max(len(self.texts), 1)

    @cached_property
    def _length(self) -> float:
        lengths = [len(text) for text in self.texts if text]
        return fmean(lengths) if lengths else 0.0

    def cost(self, text: str) -> float:
        """Return how unlike a line is to those of the column."""
        if not text:
            return _MISPLACED / 2 * (1 - self._blank)
        if text in self._known:
            return 0.0
        if not self._length:
            return _MISPLACED
        unlike = abs((_NUMBER.fullmatch(text) is not None) - self._numbers)
        return min(abs(log((len(text) + 1) / (self._length + 1))) + _MISPLACED * unlike, _MISPLACED) + self._blank


def find_line_tables(lines: Sequence[str], words: TableWords) -> dict[int, LineTable]:
    """Return the tables of a text by their first line."""
    texts = [line.strip(" \t\u3000\r") for line in lines]
    # A TAB marks a cell.
    marked = ["\t" in line for line in lines]
    matches = [None if mark else _SERIAL.fullmatch(text) for text, mark in zip(texts, marked, strict=True)]
    numbers = [int(match[1]) if match else None for match in matches]
    if sum(number is not None for number in numbers) < _MIN_ROWS:
        return {}
    # Where blank lines separate the cells they are none.
    dense = [i for i, text in enumerate(texts) if text]
    found: dict[int, LineTable] = {}
    for positions in (list(range(len(texts))), dense):
        for table in _find([texts[i] for i in positions], [numbers[i] for i in positions], words):
            rows = [[RawCell(cell.text, positions[cell.line]) for cell in row] for row in table.rows]
            start, end = rows[0][0].line, positions[table.end - 1] + 1
            if not any(marked[start:end]) and not any(
                start < other.end and first < end for first, other in found.items()
            ):
                found[start] = LineTable(rows, end, table.odd_rows)
    return found


def find_lost_header(lines: Sequence[str], words: TableWords) -> int | None:
    """Return the first of several lines that are different known headers with cells below them, else None."""
    texts = [line.strip() for line in lines if line.strip()]
    known = [words.is_header_word(text) for text in texts]
    for i in range(len(texts) - 2 * _LOST_HEADER + 1):
        header = texts[i : i + _LOST_HEADER]
        if all(known[i : i + _LOST_HEADER]) and len(set(header)) == _LOST_HEADER:
            return next(line for line, text in enumerate(lines) if text.strip() == header[0])
    return None


def _find(texts: Sequence[str], numbers: Sequence[int | None], words: TableWords) -> Iterator[LineTable]:
    end = tries = 0
    for first, number in enumerate(numbers):
        if number != 1 or first < end or tries > _MAX_TRIES:
            continue
        tries += 1
        beginning = numbers[: first + _PROBED]
        lengths = range(2, _MAX_CELLS + _MAX_LEADING + 2)
        length = max(lengths, key=lambda n: (_regular(_chain(beginning, first, {n}), n), -n))
        chain = _chain(beginning, first, {length})
        header = _find_header(texts, chain, length, end, words) if len(chain) >= _MIN_ROWS else None
        if header is None:
            continue
        sizes = {length, header.width, header.following + 1}
        chain = _chain(numbers, first, sizes)
        while len(chain) >= _MIN_ROWS and not _is_row(texts, chain, header):
            chain.pop()
        in_order = {numbers[i] for i in chain} >= set(range(1, _MIN_ROWS + 1))
        regular = sum(b - a in sizes for a, b in pairwise(chain))
        if in_order and regular >= max(_USUAL * (len(chain) - 1), _MIN_ROWS - 1):
            table = _build(texts, chain, length, header)
            end = table.end
            yield table


def _chain(numbers: Sequence[int | None], first: int, sizes: Collection[int]) -> list[int]:
    """Return the positions of consecutive serial numbers from `first`, which may begin again at 1.

    Points are numbers as well: of all chains one of the longest with the most distances among `sizes` is taken.
    """
    shortest, longest = min(sizes), max(sizes) + _MAX_EXTRA
    best: dict[int, tuple[int, int, int]] = {first: (1, 0, first)}
    reached = first
    for i in range(first + shortest, len(numbers)):
        number = numbers[i]
        if number is None:
            continue
        if i - reached > longest:
            break
        before = [
            j
            for j in range(max(first, i - longest), i - shortest + 1)
            if j in best and number in (1, _next(numbers[j]))
        ]
        if before:
            best[i] = max((best[j][0] + 1, best[j][1] + (i - j in sizes), j) for j in before)
            reached = i
    last = max(best, key=lambda i: (best[i][:2], i))
    chain = [last]
    while chain[-1] != first:
        chain.append(best[chain[-1]][2])
    return chain[::-1]


def _is_row(texts: Sequence[str], chain: Sequence[int], header: _Header) -> bool:
    """Return whether the lines behind the last serial number are like those behind the others; points are no serial."""
    *others, last = chain
    rows = [texts[i + 1 : i + 1 + header.following] for i in others]
    profiles = [_Profile([row[c] for row in rows if c < len(row)]) for c in range(header.following)]
    lines = [*texts[last + 1 : last + 1 + header.following], *[""] * header.following]
    costs = []
    for spanned in range(min(_MAX_SPANNED + 1, header.following)):
        own = profiles[spanned:]
        costs.append(sum(profile.cost(text) for profile, text in zip(own, lines, strict=False)) / len(own))
    return min(costs) <= _UNLIKE


def _next(number: int | None) -> int | None:
    return None if number is None else number + 1


def _regular(chain: Sequence[int], length: int) -> int:
    """Return how many rows have this length."""
    return sum(b - a == length for a, b in pairwise(chain))


def _find_header(
    texts: Sequence[str], chain: Sequence[int], length: int, least: int, words: TableWords
) -> _Header | None:
    """Return the header above the first row: as many short lines as a row has cells.

    A line such as 序号 says which column the serial numbers are in; without one it is the first.
    """
    first = chain[0]
    for place in range(first - 2, max(least, first - _MAX_CELLS - 2 * _MAX_LEADING) - 1, -1):
        if not _SERIAL_HEADER.fullmatch(texts[place].replace(" ", "")):
            continue
        levels = takewhile(lambda i: _is_name(texts[i], _LEVEL_LENGTH), range(place - 1, least - 1, -1))
        leading = len(list(islice(levels, _MAX_LEADING)))
        names = takewhile(lambda i: _is_name(texts[i], _HEADER_LENGTH), range(place + 1, first))
        n_names = len(list(names))
        likely = (length - 1, length - 1 - leading, first - place - 1 - leading) if leading else (n_names,)
        following = next((n for n in likely if 0 < n <= n_names), 0)
        header = _Header(place - leading, leading, following)
        if following and first - header.stop <= leading + _BANDS * header.width:
            return header
    header = _Header(first - length, 0, length - 1)
    header_names = texts[max(header.start, least) : header.stop]
    is_header = all(_is_name(name, _HEADER_LENGTH) for name in header_names) and words.is_header(header_names)
    return header if is_header and len(header_names) == length else None


def _is_name(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and not _SENTENCE.search(text) and not _SECTION.match(text)


def _build(texts: Sequence[str], chain: Sequence[int], length: int, header: _Header) -> LineTable:
    """Return the rows of the table whose serial numbers stand at `chain`."""
    names = list(texts[header.start : header.stop])
    repeated = max(length - 1 - header.following, 0) if header.leading else 0
    blocks = [_without_header(texts, range(a + 1, b), names) for a, b in pairwise(chain)]
    profiles = [_Profile() for _ in range(header.following)]
    complete = [block for block in blocks if len(block) == header.following + repeated]
    for block in complete or [block for block in blocks if len(block) > header.following + repeated]:
        for profile, line in zip(profiles, block, strict=False):
            profile.texts.append(texts[line])
    _mark_spanned(texts, blocks, profiles)
    end = min(chain[-1] + 1 + header.following, len(texts))
    blocks.append(list(range(chain[-1] + 1, end)))
    rows = [[RawCell(texts[line], line) for line in range(header.start, header.stop)]]
    between = list(range(header.stop, chain[0]))
    n_bands = max(len(between) - header.leading, 0)
    rows += _band_rows(texts, between[:n_bands], header)
    above = between[n_bands:]
    sizes: list[tuple[str, int]] = []
    for n, (serial, block) in enumerate(zip(chain, blocks, strict=True)):
        is_last = n == len(chain) - 1
        cells, bands, leading = _split(texts, block, profiles, header, 0 if is_last else repeated, is_last=is_last)
        missing = [RawCell("", serial)] * (header.leading - len(above))
        sizes.append((texts[serial], sum(map(len, cells))))
        own = [RawCell("\n".join(texts[i] for i in lines).strip("\n"), (lines or [serial])[0]) for lines in cells]
        rows.append([*missing, *(RawCell(texts[i], i) for i in above), RawCell(texts[serial], serial), *own])
        rows += _band_rows(texts, bands, header)
        above = leading
    usual = {header.following, header.following - sum(profile.is_spanned for profile in profiles)}
    return LineTable(rows, end, tuple(serial for serial, size in sizes if size not in usual))


def _mark_spanned(texts: Sequence[str], blocks: Sequence[Sequence[int]], profiles: Sequence[_Profile]) -> None:
    """Mark the columns without a line in most of the rows that are too short: those that fit best if left out."""
    sizes = Counter(len(block) for block in blocks if len(profiles) - _MAX_SPANNED <= len(block) < len(profiles))
    if not sizes:
        return
    size, count = sizes.most_common(1)[0]
    if count < _MIN_SHORT:
        return
    short = [[texts[line] for line in block] for block in blocks if len(block) == size]

    def cost(columns: Sequence[int]) -> float:
        are_headings = columns[0] == len(profiles) - size
        unlike = sum(profiles[c].cost(text) for row in short for c, text in zip(columns, row, strict=True))
        return unlike + (0.0 if are_headings else _NO_HEADINGS * len(short))

    filled = min(combinations(range(len(profiles)), size), key=cost)
    for c in set(range(len(profiles))).difference(filled):
        profiles[c].is_spanned = True


def _without_header(texts: Sequence[str], block: range, names: Sequence[str]) -> list[int]:
    """Return the lines of a row without a header that is printed again at the top of a page."""
    lines = list(block)
    for i in range(len(lines) - len(names) + 1):
        if [texts[line] for line in lines[i : i + len(names)]] == list(names):
            return [*lines[:i], *lines[i + len(names) :]]
    return lines


def _split(
    texts: Sequence[str],
    block: Sequence[int],
    profiles: Sequence[_Profile],
    header: _Header,
    repeated: int,
    *,
    is_last: bool,
) -> tuple[list[list[int]], list[int], list[int]]:
    """Return the lines of each cell of a row, those that are rows of their own, and the headings of the row below."""
    n, m = len(block), len(profiles)
    best: tuple[float, list[list[int]], list[int], list[int]] | None = None
    for stop in range(n + 1):
        rest = list(block[stop:])
        for leading in range(0 if is_last else min(repeated, len(rest)), min(len(rest), header.leading) + 1):
            bands = rest[: len(rest) - leading]
            cost = _HEADING * max(leading - repeated, 0) + _bands_cost([texts[i] for i in bands], header)
            if best is not None and cost >= best[0]:
                continue
            own, cells = _align(texts, block[:stop], profiles)
            if best is None or cost + own < best[0]:
                best = cost + own, cells, bands, rest[len(rest) - leading :]
    if best is None:
        return [[] for _ in range(m)], [], []
    return best[1:]


def _bands_cost(bands: Sequence[str], header: _Header) -> float:
    """Return the cost of lines between two rows as rows of their own: a cell, or a whole row of cells, is one."""
    if len(bands) == header.width and _SECTION_NUMBER.fullmatch(bands[0]):
        return _SECTION_ROW
    return sum(0.0 if not text else _SECTION_ROW if _SECTION.match(text) else _BAND for text in bands)


def _band_rows(texts: Sequence[str], bands: Sequence[int], header: _Header) -> list[list[RawCell]]:
    cells = [RawCell(texts[i], i) for i in bands]
    if len(cells) == header.width and _SECTION_NUMBER.fullmatch(cells[0].text):
        return [cells]
    return [[cell] for cell in cells if cell.text]


def _align(texts: Sequence[str], block: Sequence[int], profiles: Sequence[_Profile]) -> tuple[float, list[list[int]]]:
    """Return the cheapest way to lay consecutive lines into the cells of a row."""
    n, m = len(block), len(profiles)
    # cost[c][i]: the first i lines are in the first c cells.
    cost = [[inf] * (n + 1) for _ in range(m + 1)]
    starts = [[0] * (n + 1) for _ in range(m + 1)]
    cost[0][0] = 0.0
    for c, profile in enumerate(profiles, 1):
        for i in range(n + 1):
            for start in range(i + 1):
                if cost[c - 1][start] >= cost[c][i]:
                    continue
                value = cost[c - 1][start] + _cell_cost([texts[line] for line in block[start:i]], profile)
                if value < cost[c][i]:
                    cost[c][i], starts[c][i] = value, start
    cells: list[list[int]] = []
    stop = n
    for c in range(m, 0, -1):
        cells.append(list(block[starts[c][stop] : stop]))
        stop = starts[c][stop]
    return cost[m][n], cells[::-1]


def _cell_cost(lines: Sequence[str], profile: _Profile) -> float:
    if not lines:
        return _SPANNED if profile.is_spanned else _NO_LINE
    return profile.cost("\n".join(filter(None, lines))) + _ANOTHER_LINE * (len(lines) - 1)
