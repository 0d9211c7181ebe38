"""Find the header rows of a table and the names of its columns.

Every row above the body is a title (one cell over the width), a header row or already body. `header_row_values` says
what is observed of a row; a fitted model scores the three classes, and the best sequence title…, header…, body wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from extractors.normalize import strip_whitespace
from extractors.parsers.column_headers import header_word, is_header, is_listed_header, normalize_header
from extractors.parsers.points import cell_points
from extractors.parsers.responsible_units import looks_like_party
from extractors.parsers.row_patterns import is_total
from extractors.tables.column_roles import is_number
from extractors.tables.grid import Grid, GridCell
from extractors.tables.header_ngrams import ngram_scores
from extractors.tables.linear_model import load_model
from extractors.tables.numbering import numbering

_SEARCH_ROWS: Final = 6
"""A header ends in the first six rows, titles above it included."""
_MAX_HEADER_ROWS: Final = 3
_SURE: Final = -0.001
"""Log-probability from which a row is body, and with it all below."""
_BELOW: Final = 8
"""Rows below a row that it is compared with."""
_SENTENCE: Final = frozenset("，,。；;：:")
_OF_HEADINGS: Final = ("chinese", "bracket", "roman", "dotted")
"""一、组织领导 below a header opens a section; no header word is numbered so."""
TITLE, HEADER, BODY = "title", "header", "body"

HEADER_ROW_NAMES: Final = (
    "filled", "distinct", "length", "longest", "short", "known", "listed", "reads_as_header", "ngrams", "numbers",
    "points", "sentence", "party", "total", "wide", "row", "first", "marked", "unmarked", "shorter", "differs",
    "numbers_below", "like_below", "repeated_below", "groups", "divides", "continued", "divided_above", "known_below",
    "first_blank", "serial_first", "numbered", "wide_after",
)  # fmt: skip
"""The observed values of a row in the order of `header_row_values`."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header rows `start`..`stop` (stop exclusive, equal if there are none) and one text per column.

    `margin` is the log-odds of this header against the best one with other rows.
    """

    start: int
    stop: int
    columns: tuple[str, ...]
    margin: float = 0.0

    @property
    def is_found(self) -> bool:
        """True if the table has a header."""
        return self.stop > self.start


def find_header(grid: Grid, marked_rows: int | None) -> Header:
    """Return the most probable header of a grid; rows below a sure row of the body are body.

    Args:
        grid: the table with its header rows.
        marked_rows: the number of rows that the format marks as header, None if it marks none.
    """
    if marked_rows and marked_rows < grid.n_rows and not any(_texts(row) for row in grid.cells[:marked_rows]):
        # A Markdown table always has a header row; without words there is none, or the next row is it.
        stop = marked_rows + is_header([cell.text for cell in _distinct(grid.cells[marked_rows])])
        return Header(marked_rows, stop, column_names(grid, marked_rows, stop))
    model = load_model("header_rows")
    scored: list[dict[str, float]] = []
    for r in range(min(_SEARCH_ROWS, grid.n_rows)):
        scored.append(model.log_probabilities(header_row_values(grid, r, marked_rows)))
        if scored[-1][BODY] > _SURE:
            break
    found = sorted(_score_headers(grid, scored), key=lambda item: (-item[0], item[1], item[2]))
    if not found:
        return Header(0, 0, ("",) * grid.n_cols)
    (best, start, stop), second = found[0], found[1][0] if found[1:] else found[0][0]
    return Header(start, stop, column_names(grid, start, stop), best - second)


def _score_headers(grid: Grid, scored: Sequence[Mapping[str, float]]) -> Iterator[tuple[float, int, int]]:
    """Yield log-probability, start and stop of every possible header among the upper rows."""
    rows = len(scored)
    for start in range(rows):
        above = sum(row[TITLE] for row in scored[:start])
        for stop in range(start, min(start + _MAX_HEADER_ROWS, rows) + 1):
            if (stop == start and start) or any(_opens_section(grid, r) for r in range(start + 1, stop)):
                continue
            if stop > start and all(_is_over_all(grid, r) for r in range(start, stop)):
                continue
            yield (
                above + sum(row[HEADER] for row in scored[start:stop]) + sum(row[BODY] for row in scored[stop:]),
                start,
                stop,
            )


def header_row_values(grid: Grid, r: int, marked_rows: int | None) -> list[float]:
    """Return what is observed of row `r`: the values of `HEADER_ROW_NAMES`."""
    row = grid.cells[r]
    cells = _distinct(row)
    own = [cell for cell in cells if cell.row == r]
    texts = [strip_whitespace(cell.text) for cell in own if cell.text]
    words = [normalize_header(text) for text in texts]
    n = max(len(texts), 1)
    lengths = [len(text) for text in texts]
    known = [header_word(word).known for word in words]
    below = [grid.cells[i] for i in range(r + 1, min(r + 1 + _BELOW, grid.n_rows))]
    above = grid.cells[r - 1] if r else None
    divided = sum(a.cols > 1 and a is not b and a.row < r for a, b in zip(above, row, strict=True)) if above else 0
    return [
        len(texts) / max(len(cells), 1),
        len(set(texts)) / n,
        min(sum(lengths) / n / 10, 4.0),
        min(max(lengths, default=0) / 15, 4.0),
        sum(length <= 8 for length in lengths) / n,
        sum(known) / n,
        sum(is_listed_header(word, "roster") or is_listed_header(word, "form") for word in words) / n,
        float(is_header([cell.text for cell in cells])),
        sum([max(ngram_scores(word).values()) for word in words]) / n / 3,
        sum(is_number(text) for text in texts) / n,
        sum(cell_points(text) is not None for text in texts) / n,
        sum(not _SENTENCE.isdisjoint(text) for text in texts) / n,
        sum(looks_like_party(text) and not header_word(text).known for text in texts) / n,
        float(any(is_total(text) for text in texts[:2])),
        float(len(texts) == 1 and any(cell.cols == grid.n_cols for cell in own)),
        min(r, 5) / 5,
        float(r == 0),
        float(marked_rows is not None and r < marked_rows),
        float(marked_rows is not None and r >= marked_rows),
        *_contrast(row, below),
        float(any(cell.cols > 1 for cell in own if cell.text) and len(texts) > 1),
        divided / grid.n_cols,
        sum(cell.row < r for cell in cells) / max(len(cells), 1),
        float(above is not None and any(c.cols > 1 for c in _distinct(above)) and len(_distinct(above)) > 1),
        _known_share(below[0]) if below else 0.0,
        float(not row[0].text),
        float(bool(texts) and is_number(texts[0])),
        float(bool(texts) and numbering(texts[0]) in _OF_HEADINGS),
        float(len(texts) == 1 and any(len(_texts(line)) > 1 for line in grid.cells[:r])),
    ]


def _contrast(row: Sequence[GridCell], below: Sequence[Sequence[GridCell]]) -> list[float]:
    """Return how a row differs from the rows below it: shorter, of other kinds, numbers below, alike, repeated."""
    n = len(row)
    shorter = differs = numbers = alike = 0.0
    for c, cell in enumerate(row):
        text = strip_whitespace(cell.text)
        column = [t for line in below if line[c] is not cell and (t := strip_whitespace(line[c].text))]
        if not text or not column:
            continue
        mean = sum(map(len, column)) / len(column)
        shorter += len(text) * 2 <= mean
        numeric = sum(is_number(t) or cell_points(t) is not None for t in column) / len(column) > 0.5
        is_numeric = is_number(text) or cell_points(text) is not None
        numbers += numeric
        differs += numeric != is_numeric
        alike += numeric == is_numeric and 0.5 <= (len(text) + 1) / (mean + 1) <= 2
    words = [normalize_header(cell.text) for cell in row]
    repeated = any(
        all(normalize_header(cell.text) == word for cell, word in zip(line, words, strict=True)) for line in below
    )
    return [shorter / n, differs / n, numbers / n, alike / n, float(repeated and len(set(words)) > 1)]


def _is_over_all(grid: Grid, r: int) -> bool:
    """Return whether a row is one cell over all columns: it names no column."""
    return grid.n_cols > 1 and len(_distinct(grid.cells[r])) == 1


def _opens_section(grid: Grid, r: int) -> bool:
    """Return whether a row below another has one text that divides no wider cell: it belongs to the body."""
    own = [cell for cell in _distinct(grid.cells[r]) if cell.row == r and cell.text]
    return len(own) == 1 and all(above.cols <= own[0].cols for above in grid.cells[r - 1] if above.col == own[0].col)


def _texts(row: Sequence[GridCell]) -> list[str]:
    return [cell.text for cell in _distinct(row) if cell.text]


def _known_share(row: Sequence[GridCell]) -> float:
    words = [normalize_header(cell.text) for cell in _distinct(row) if cell.text]
    return sum(header_word(word).known for word in words) / max(len(words), 1)


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


def column_names(grid: Grid, start: int, stop: int) -> tuple[str, ...]:
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


def _distinct(row: Sequence[GridCell]) -> list[GridCell]:
    return list({id(cell): cell for cell in row}.values())


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
