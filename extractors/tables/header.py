"""Where the header of a table is and what its columns are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from extractors.normalize import squeeze
from extractors.parsers.column_headers import bare, header_word, is_header
from extractors.tables.grid import Grid, GridCell

_SEARCH_ROWS = 6


@dataclass(frozen=True, slots=True)
class Header:
    """`start`..`stop` are the header rows (stop exclusive, equal when there is none); `columns` one text a column."""

    start: int
    stop: int
    columns: tuple[str, ...]

    @property
    def found(self) -> bool:
        return self.stop > self.start


def _distinct(row: list[GridCell]) -> list[GridCell]:
    return list({id(spot): spot for spot in row}.values())


def _texts(grid: Grid, r: int) -> list[str]:
    return [s.text for s in _distinct(grid.at[r])]


def _is_second_row(grid: Grid, r: int) -> bool:
    """True when row `r` finishes the header that row `r - 1` began: it divides a wide cell or fills under tall ones.

    A carrier without spans may write a wide cell out in each of its columns.
    """
    above, here = grid.at[r - 1], grid.at[r]
    fresh = [(a, b) for a, b in zip(above, here, strict=True) if a is not b]
    shared = len(here) - len(fresh)
    if not fresh:
        return True
    divided = all(a.cols > 1 or not b.text for a, b in fresh)
    short = all(len(squeeze(b.text)) <= 14 and not squeeze(b.text).isdigit() for _, b in fresh)
    named = [b for _, b in fresh if b.text]
    if grid.spans_known:
        return bool(shared and divided and short and named)
    # a carrier without spans: the second row stands only under blank or repeated cells of the first
    twice = {a.text for a, following in pairwise(above) if a.text and a.text == following.text}
    gaps = [
        b for a, b in zip(above, here, strict=True) if b.text and (not a.text or a.text == b.text or a.text in twice)
    ]
    first_blank = not here[0].text
    return bool(first_blank and short and len(named) >= 2 and gaps and _has_known_words(named))


def _has_known_words(named: list[GridCell]) -> bool:
    return sum(header_word(s.text).known for s in named) * 2 >= len(named)


def _column_names(grid: Grid, start: int, stop: int) -> tuple[str, ...]:
    columns = []
    for c in range(grid.n_cols):
        parts: list[str] = []
        for r in range(start, stop):
            text = squeeze(grid.at[r][c].text)
            if text and text not in parts:
                parts.append(text)
        columns.append("/".join(parts))
    return tuple(columns)


def find_header(grid: Grid, told: int | None) -> Header:
    """The header of `grid`; `told` is the number of header rows the carrier marks, None when it says nothing.

    Title rows above the header (one cell over the whole width) are skipped, not part of it.
    """
    for r in range(min(_SEARCH_ROWS, grid.n_rows)):
        if not is_header(_texts(grid, r)):
            continue
        stop = r + 1
        while stop < min(r + 3, grid.n_rows) and _is_second_row(grid, stop):
            stop += 1
        return Header(r, stop, _column_names(grid, r, stop))
    if told and told < grid.n_rows and _could_be_header(grid, told):
        return Header(0, told, _column_names(grid, 0, told))
    return Header(0, 0, ("",) * grid.n_cols)


def _could_be_header(grid: Grid, told: int) -> bool:
    """A row the carrier marks as header although its words are unknown: most columns named, in short words."""
    named = [t for t in _column_names(grid, 0, told) if t]
    return len(named) * 3 >= grid.n_cols * 2 and len(set(named)) >= 2 and all(len(t) <= 24 for t in named)


def _header_words(row: list[GridCell]) -> Iterator[str]:
    return (t for s in _distinct(row) if (t := bare(s.text)))


def find_repeated_rows(body: Grid, header: Header, head: Grid) -> list[int]:
    """The body rows that write the header, or one row of it, again (a page began)."""
    lines = [list(_header_words(line)) for line in head.at]
    words = {bare(part) for column in header.columns for part in column.split("/")} - {""}
    known = words.union(*lines)
    return [r for r, row in enumerate(body.at) if _is_repetition(row, lines, words, known)]


def _is_repetition(row: list[GridCell], lines: list[list[str]], words: set[str], known: set[str]) -> bool:
    for spot in row:
        if (word := bare(spot.text)) and word not in known:
            return False
    named = list(_header_words(row))
    if len(named) < 2:
        return False
    return named in lines or (words.issuperset(named) and len(set(named)) * 2 >= len(words))
