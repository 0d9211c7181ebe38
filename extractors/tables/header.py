"""Find the header rows of a table and the names of its columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from extractors.normalize import strip_whitespace
from extractors.parsers.column_headers import header_word, is_header, normalize_header
from extractors.tables.grid import Grid, GridCell

_SEARCH_ROWS = 6
_MAX_HEADER_ROWS = 3
_MAX_SECOND_ROW_TEXT = 14
_MAX_MARKED_HEADER_TEXT = 24


@dataclass(frozen=True, slots=True)
class Header:
    """The header rows `start`..`stop` (stop exclusive, equal if there are none) and one text per column."""

    start: int
    stop: int
    columns: tuple[str, ...]

    @property
    def is_found(self) -> bool:
        """True if the table has a header."""
        return self.stop > self.start


def find_header(grid: Grid, marked_rows: int | None) -> Header:
    """Return the header of a grid.

    Title rows above the header (one cell over the whole width) are skipped and not part of it.

    Args:
        grid: the table with its header rows.
        marked_rows: the number of rows that the format marks as header, None if it marks none.
    """
    for r in range(min(_SEARCH_ROWS, grid.n_rows)):
        if not is_header(_row_texts(grid, r)):
            continue
        stop = r + 1
        while stop < min(r + _MAX_HEADER_ROWS, grid.n_rows) and _is_second_row(grid, stop):
            stop += 1
        return Header(r, stop, _column_names(grid, r, stop))
    if marked_rows and marked_rows < grid.n_rows and _could_be_header(grid, marked_rows):
        return Header(0, marked_rows, _column_names(grid, 0, marked_rows))
    return Header(0, 0, ("",) * grid.n_cols)


def find_repeated_rows(body: Grid, header: Header, head: Grid) -> list[int]:
    """Return the body rows that repeat the header, or one row of it (as at the top of a new page).

    Args:
        body: the rows below the header.
        header: the header.
        head: its rows.
    """
    head_rows = [list(_header_words(row)) for row in head.cells]
    names = {normalize_header(part) for column in header.columns for part in column.split("/")} - {""}
    known = names.union(*head_rows)
    return [r for r, row in enumerate(body.cells) if _is_repetition(row, head_rows, names, known)]


def _distinct(row: list[GridCell]) -> list[GridCell]:
    return list({id(cell): cell for cell in row}.values())


def _row_texts(grid: Grid, r: int) -> list[str]:
    return [cell.text for cell in _distinct(grid.cells[r])]


def _is_second_row(grid: Grid, r: int) -> bool:
    """Return whether row `r` completes the header of row `r - 1`: it divides a wide cell or fills under tall ones.

    Formats without spans may repeat a wide cell in each of its columns.
    """
    above, here = grid.cells[r - 1], grid.cells[r]
    own = [(a, b) for a, b in zip(above, here, strict=True) if a is not b]
    shared = len(here) - len(own)
    if not own:
        return True
    divides = all(a.cols > 1 or not b.text for a, b in own)
    short = all(
        len(strip_whitespace(b.text)) <= _MAX_SECOND_ROW_TEXT and not strip_whitespace(b.text).isdigit() for _, b in own
    )
    named = [b for _, b in own if b.text]
    if grid.spans_known:
        return bool(shared and divides and short and named)
    # Without spans, a second row has text only under blank or repeated cells of the first.
    repeated = {a.text for a, following in pairwise(above) if a.text and a.text == following.text}
    gaps = [
        b for a, b in zip(above, here, strict=True) if b.text and (not a.text or a.text == b.text or a.text in repeated)
    ]
    first_blank = not here[0].text
    return bool(first_blank and short and len(named) >= 2 and gaps and _has_known_words(named))


def _has_known_words(named: list[GridCell]) -> bool:
    return sum(header_word(cell.text).known for cell in named) * 2 >= len(named)


def _column_names(grid: Grid, start: int, stop: int) -> tuple[str, ...]:
    """Return the texts of the header rows of each column, joined by `/`."""
    columns = []
    for c in range(grid.n_cols):
        parts: list[str] = []
        for r in range(start, stop):
            text = strip_whitespace(grid.cell(r, c).text)
            if text and text not in parts:
                parts.append(text)
        columns.append("/".join(parts))
    return tuple(columns)


def _could_be_header(grid: Grid, marked_rows: int) -> bool:
    """Return whether marked rows of unknown words can be a header: most columns have a short name."""
    named = [t for t in _column_names(grid, 0, marked_rows) if t]
    return (
        len(named) * 3 >= grid.n_cols * 2
        and len(set(named)) >= 2
        and all(len(t) <= _MAX_MARKED_HEADER_TEXT for t in named)
    )


def _header_words(row: list[GridCell]) -> Iterator[str]:
    return (word for cell in _distinct(row) if (word := normalize_header(cell.text)))


def _is_repetition(row: list[GridCell], head_rows: list[list[str]], names: set[str], known: set[str]) -> bool:
    for cell in row:
        if (word := normalize_header(cell.text)) and word not in known:
            return False
    words = list(_header_words(row))
    if len(words) < 2:
        return False
    return words in head_rows or (names.issuperset(words) and len(set(words)) * 2 >= len(names))
