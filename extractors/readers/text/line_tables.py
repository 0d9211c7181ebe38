"""Tables in plain text with every cell on a line of its own, as copied from a web page.

Nothing marks a row but its serial number: rows are as long as the distance that most serial numbers are apart. Cells of
several lines and headings that stand before their first row only make some rows longer; each line of these goes where
it is most like the lines of the other rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile
from math import inf
from typing import Final

from extractors.readers.text.column_profiles import MAX_MISSING, ColumnProfile, find_filled_columns
from extractors.readers.text.tables import LIST_MARK, SECTION, RawCell
from extractors.table_words import TableWords

SERIAL: Final = re.compile(r"(\d{1,3})[.、．]?")
_SECTION_NUMBER: Final = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．]?")
_MIN_ROWS: Final = 3
"""1, 2: two numbers on lines of their own may be anything."""
_MAX_CELLS: Final = 14
"""Cells of a row behind its serial number."""
MAX_LEADING: Final = 4
"""类别 | 项目 | 内容 | 序号: levels before the serial number."""
MAX_ABOVE: Final = _MAX_CELLS + 2 * MAX_LEADING
"""Lines above the first serial number in which a header begins."""
_MAX_EXTRA: Final = 12
"""Lines by which a row with headings and cells of several lines may be longer than most."""
_USUAL: Final = 0.4
"""At least this share of the serial numbers are as far apart as a row is long."""
HEADER_LENGTH: Final = 14
"""责任单位（牵头单位列首位）: a longer line is no header."""
_LEVEL_LENGTH: Final = 8
"""考评项目 before 序号: a longer line above it is a title."""
_MAX_TRIES: Final = 40
"""Numbers 1 at which a table is looked for; few texts have more than a handful of tables."""
_PROBED: Final = 150
"""Lines that tell how long a row is."""
_COMPARED: Final = 40
"""The last row is compared with so many before it."""
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
_MIN_SHORT: Final = 2
"""One row that is too short may have lost a cell."""
_HEADING: Final = 0.4
"""Cost of a line that is a heading of the row below, where the header has columns for it."""
_SECTION_ROW: Final = 0.6
"""Cost of 一、党的建设 as a row of its own."""
_BAND: Final = 3.0
"""Cost of another line as a row of its own."""


@dataclass(frozen=True, slots=True)
class LineTable:
    """A table with a cell on every line.

    Attributes:
        rows: its rows.
        end: the line after it.
        odd_rows: the rows whose cells are told by their likeness alone, by their serial numbers or how they begin.
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

    def repeated(self, length: int) -> int:
        """Return how many headings stand before the serial number in each row, if rows are `length` lines long."""
        return max(length - 1 - self.following, 0) if self.leading else 0


def find_line_tables(lines: Sequence[str], words: TableWords) -> dict[int, LineTable]:
    """Return the tables of a text by their first line."""
    texts = [line.strip(" \t\u3000\r") for line in lines]
    # A TAB marks a cell.
    marked = ["\t" in line for line in lines]
    matches = [None if mark else SERIAL.fullmatch(text) for text, mark in zip(texts, marked, strict=True)]
    numbers = [int(match[1]) if match else None for match in matches]
    if sum(number is not None for number in numbers) < _MIN_ROWS:
        return {}
    # Where blank lines separate the cells they are none.
    dense = [i for i, text in enumerate(texts) if text]
    found: dict[int, LineTable] = {}
    for positions in (list(range(len(texts))), dense):
        for table in find_rows([texts[i] for i in positions], [numbers[i] for i in positions], words):
            rows = [[RawCell(cell.text, positions[cell.line]) for cell in row] for row in table.rows]
            start, end = rows[0][0].line, positions[table.end - 1] + 1
            if not any(marked[start:end]) and not any(
                start < other.end and first < end for first, other in found.items()
            ):
                found[start] = LineTable(rows, end, table.odd_rows)
    return found


def find_rows(
    texts: Sequence[str], numbers: Sequence[int | None], words: TableWords, max_tries: int = _MAX_TRIES
) -> Iterator[LineTable]:
    """Yield the tables whose rows begin with some of the numbers; a cell has its place among the texts."""
    end = tries = 0
    for first, number in enumerate(numbers):
        if number != 1 or first < end or tries > max_tries:
            continue
        if not any(map(words.is_header_word, texts[max(end, first - MAX_ABOVE) : first])):
            continue
        tries += 1
        beginning = numbers[: first + _PROBED]
        lengths = range(2, _MAX_CELLS + MAX_LEADING + 2)
        length = max(lengths, key=lambda n: (_regular(_chain(beginning, first, {n}), n), -n))
        chain = _chain(beginning, first, {length})
        header = _find_header(texts, chain, length, end, words) if len(chain) >= _MIN_ROWS else None
        if header is None:
            continue
        sizes = {length, header.width, header.following + 1}
        chain = _chain(numbers, first, sizes)
        while _counts(numbers, chain) and not _is_row(texts, chain, length, header):
            chain.pop()
        regular = sum(b - a in sizes for a, b in pairwise(chain))
        if _counts(numbers, chain) and regular >= max(_USUAL * (len(chain) - 1), _MIN_ROWS - 1):
            table = _build(texts, chain, length, header)
            end = table.end
            yield table


def are_exact(rows: Sequence[Sequence[RawCell]], width: int, column: int) -> bool:
    """Return whether rows have a line for each cell from the serial number in `column` on, or are numbered headings."""
    complete = [row for row in rows if len(row) == width]
    is_other = any(len(row) != width and not SECTION.match(row[0].text) for row in rows)
    return not is_other and all(b.line == a.line + 1 for row in complete for a, b in pairwise(row[column:]))


def _chain(numbers: Sequence[int | None], first: int, sizes: Collection[int]) -> list[int]:
    """Return the positions of consecutive serial numbers from `first`, which may begin again at 1.

    Points are numbers as well: of all chains one of the longest with the most distances among `sizes` is taken.
    """
    shortest, longest = min(sizes), max(sizes) + _MAX_EXTRA
    best: dict[int, tuple[int, int, int]] = {first: (1, 0, first)}
    reached = first
    for i in range(first + shortest, len(numbers)):
        if i - reached > longest:
            break
        before = [
            j
            for j in range(max(first, i - longest), i - shortest + 1)
            if j in best and numbers[i] in (1, _next(numbers[j]))
        ]
        if before:
            best[i] = max((best[j][0] + 1, best[j][1] + (i - j in sizes), j) for j in before)
            reached = i
    last = max(best, key=lambda i: (best[i][:2], i))
    chain = [last]
    while chain[-1] != first:
        chain.append(best[chain[-1]][2])
    return chain[::-1]


def _counts(numbers: Sequence[int | None], chain: Sequence[int]) -> bool:
    """Return whether a chain counts on from its beginning: 1, 1, 1 are no serial numbers."""
    return [numbers[i] for i in chain[:_MIN_ROWS]] == list(range(1, _MIN_ROWS + 1))


def _is_row(texts: Sequence[str], chain: Sequence[int], length: int, header: _Header) -> bool:
    """Return whether the lines behind the last serial number are like those behind the others; points are no serial."""
    profiles = _profiles(texts, _blocks(texts, chain[-_COMPARED:], header), header, length)
    lines = [texts[i] for i in _last_block(texts, chain, header)] + [""] * header.following
    costs = []
    for spanned in range(min(MAX_MISSING + 1, header.following)):
        own = profiles[spanned:]
        costs.append(sum(profile.cost(text) for profile, text in zip(own, lines, strict=False)) / len(own))
    return min(costs) <= _UNLIKE or not any(profile.texts for profile in profiles)


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
    for place in range(first - 2, max(least, first - MAX_ABOVE) - 1, -1):
        if not words.is_serial_header(texts[place]):
            continue
        levels = takewhile(lambda i: is_name(texts[i], _LEVEL_LENGTH), range(place - 1, least - 1, -1))
        leading = len(list(islice(levels, MAX_LEADING)))
        names = takewhile(lambda i: is_name(texts[i], HEADER_LENGTH), range(place + 1, first))
        n_names = len(list(names))
        likely = (length - 1, length - 1 - leading, first - place - 1 - leading) if leading else (n_names,)
        following = next((n for n in likely if 0 < n <= n_names), 0)
        between = first - (place + 1 + following)
        # Every heading stands before the first row: without one the lines above the header are a title.
        leading = min(leading, between)
        header = _Header(place - leading, leading, following)
        if following and between <= leading + _BANDS * header.width:
            return header
    header = _Header(first - length, 0, length - 1)
    header_names = texts[max(header.start, least) : header.stop]
    is_header = all(is_name(name, HEADER_LENGTH) for name in header_names) and words.is_header(header_names)
    return header if is_header and len(header_names) == length else None


def is_name(text: str, longest: int) -> bool:
    """Return whether a text of a line may be the name of a column."""
    return 0 < len(text) <= longest and not LIST_MARK.search(text) and not SECTION.match(text)


def _blocks(texts: Sequence[str], chain: Sequence[int], header: _Header) -> list[list[int]]:
    """Return the lines between two serial numbers each."""
    names = list(texts[header.start : header.stop])
    return [_without_header(texts, range(a + 1, b), names) for a, b in pairwise(chain)]


def _last_block(texts: Sequence[str], chain: Sequence[int], header: _Header) -> range:
    """Return the lines behind the last serial number that may be cells of its row."""
    return range(chain[-1] + 1, min(chain[-1] + 1 + header.following, len(texts)))


def _profiles(
    texts: Sequence[str], blocks: Sequence[Sequence[int]], header: _Header, length: int
) -> list[ColumnProfile]:
    """Return what the columns behind the serial number hold, by the rows with a line for each of them."""
    profiles = [ColumnProfile() for _ in range(header.following)]
    size = header.following + header.repeated(length)
    complete = [block for block in blocks if len(block) == size]
    for block in complete or [block for block in blocks if len(block) > size]:
        for profile, line in zip(profiles, block, strict=False):
            profile.texts.append(texts[line])
    _mark_spanned(texts, blocks, profiles)
    return profiles


def _usual_sizes(profiles: Sequence[ColumnProfile]) -> set[int]:
    """Return the numbers of lines of a row with all columns, and of one without those that span rows."""
    return {len(profiles), len(profiles) - sum(profile.is_spanned for profile in profiles)}


def _build(texts: Sequence[str], chain: Sequence[int], length: int, header: _Header) -> LineTable:
    """Return the rows of the table whose serial numbers stand at `chain`."""
    blocks = _blocks(texts, chain, header)
    profiles = _profiles(texts, blocks, header, length)
    usual = _usual_sizes(profiles)
    between = list(range(header.stop, chain[0]))
    n_bands = max(len(between) - header.leading, 0)
    above = between[n_bands:]
    rows = [[RawCell(texts[line], line) for line in range(header.start, header.stop)]]
    rows += _band_rows(texts, between[:n_bands], header)
    odd: list[str] = []
    for serial, block in zip(chain, blocks, strict=False):
        cells, bands, leading = _split(texts, block, profiles, header, header.repeated(length))
        rows.append(_row(texts, above, serial, cells, header))
        rows += _band_rows(texts, bands, header)
        odd += [texts[serial]] if sum(map(len, cells)) not in usual else []
        above = leading
    cells = _split_last(texts, _last_block(texts, chain, header), profiles, usual)
    rows.append(_row(texts, above, chain[-1], cells, header))
    return LineTable(rows, chain[-1] + 1 + sum(map(len, cells)), tuple(odd))


def _row(
    texts: Sequence[str], above: Sequence[int], serial: int, cells: Sequence[Sequence[int]], header: _Header
) -> list[RawCell]:
    """Return a row: its headings, which may have gone on from a row above, its serial number and its cells."""
    missing = [RawCell("", serial)] * (header.leading - len(above))
    own = [RawCell("\n".join(texts[i] for i in lines).strip("\n"), lines[0] if lines else serial) for lines in cells]
    return [*missing, *(RawCell(texts[i], i) for i in above), RawCell(texts[serial], serial), *own]


def _mark_spanned(texts: Sequence[str], blocks: Sequence[Sequence[int]], profiles: Sequence[ColumnProfile]) -> None:
    """Mark the columns without a line in most of the rows that are too short: those that fit best if left out."""
    sizes = Counter(len(block) for block in blocks if len(profiles) - MAX_MISSING <= len(block) < len(profiles))
    if not sizes:
        return
    size, count = sizes.most_common(1)[0]
    if count < _MIN_SHORT:
        return
    short = [[texts[line] for line in block] for block in blocks if len(block) == size]
    filled = find_filled_columns(short, profiles)
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
    profiles: Sequence[ColumnProfile],
    header: _Header,
    repeated: int,
) -> tuple[list[list[int]], list[int], list[int]]:
    """Return the lines of each cell of a row, those that are rows of their own, and the headings of the row below."""
    alignment = _align(texts, block, profiles)
    best: tuple[float, int, int] | None = None
    for stop in range(len(block) + 1):
        n_rest = len(block) - stop
        for leading in range(min(repeated, n_rest), min(n_rest, header.leading) + 1):
            bands = [texts[i] for i in block[stop : len(block) - leading]]
            cost = alignment.cost(stop) + _HEADING * max(leading - repeated, 0) + _bands_cost(bands, header)
            if best is None or cost < best[0]:
                best = cost, stop, leading
    _, stop, leading = best or (0.0, 0, 0)
    n_own = len(block) - leading
    return alignment.cells(stop), list(block[stop:n_own]), list(block[n_own:])


def _split_last(
    texts: Sequence[str], block: Sequence[int], profiles: Sequence[ColumnProfile], sizes: Collection[int]
) -> list[list[int]]:
    """Return the lines of each cell of the last row; what stands behind it is none of the table."""
    alignment = _align(texts, block, profiles)
    return alignment.cells(min((n for n in sizes if n <= len(block)), key=alignment.cost, default=len(block)))


def _bands_cost(bands: Sequence[str], header: _Header) -> float:
    """Return the cost of lines between two rows as rows of their own: a cell, or a whole row of cells, is one."""
    if len(bands) == header.width and _SECTION_NUMBER.fullmatch(bands[0]):
        return _SECTION_ROW
    return sum(0.0 if not text else _SECTION_ROW if SECTION.match(text) else _BAND for text in bands)


def _band_rows(texts: Sequence[str], bands: Sequence[int], header: _Header) -> list[list[RawCell]]:
    cells = [RawCell(texts[i], i) for i in bands]
    if len(cells) == header.width and _SECTION_NUMBER.fullmatch(cells[0].text):
        return [cells]
    return [[cell] for cell in cells if cell.text]


@dataclass(frozen=True)
class _Alignment:
    """The cheapest ways to lay the first lines of a block into the cells of a row."""

    block: Sequence[int]
    costs: list[list[float]]
    """costs[c][i]: the first i lines in the first c cells."""
    starts: list[list[int]]
    """starts[c][i]: the line with which the last of these cells begins."""

    def cost(self, stop: int) -> float:
        """Return the cost of the first `stop` lines in all cells."""
        return self.costs[-1][stop]

    def cells(self, stop: int) -> list[list[int]]:
        """Return the lines of each cell if the first `stop` lines are laid into all of them."""
        cells: list[list[int]] = []
        for c in range(len(self.costs) - 1, 0, -1):
            start = self.starts[c][stop]
            cells.append(list(self.block[start:stop]))
            stop = start
        return cells[::-1]


def _align(texts: Sequence[str], block: Sequence[int], profiles: Sequence[ColumnProfile]) -> _Alignment:
    n, m = len(block), len(profiles)
    costs = [[inf] * (n + 1) for _ in range(m + 1)]
    starts = [[0] * (n + 1) for _ in range(m + 1)]
    costs[0][0] = 0.0
    for c, profile in enumerate(profiles, 1):
        for i in range(n + 1):
            for start in range(i + 1):
                if costs[c - 1][start] < costs[c][i]:
                    value = costs[c - 1][start] + _cell_cost([texts[line] for line in block[start:i]], profile)
                    if value < costs[c][i]:
                        costs[c][i], starts[c][i] = value, start
    return _Alignment(block, costs, starts)


def _cell_cost(lines: Sequence[str], profile: ColumnProfile) -> float:
    if not lines:
        return _SPANNED if profile.is_spanned else _NO_LINE
    return profile.cost("\n".join(filter(None, lines))) + _ANOTHER_LINE * (len(lines) - 1)
