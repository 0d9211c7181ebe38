"""Tables in plain text whose cells are parted by lines that hold nothing but a TAB, as copied from a page.

Where the cells of a page hold paragraphs, a copy has a line with a TAB between two cells of a row, and line breaks
alone between rows. So what stands between two TABs is a cell, or the last cell of a row and the first of the next. How
far a row is set off is seen below the header; paragraphs of one cell stand as close or closer. Of all ways to part the
cells into rows the one is taken by which rows have as many cells as the header, or lack the same, and columns fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from extractors.readers.text.line_tables import LineTable
from extractors.readers.text.row_parting import CellLine, PartedRow, Piece, join_lines, part_rows, read_columns
from extractors.readers.text.tables import RawCell
from extractors.table_words import TableWords

_ALONE: Final = re.compile(r"[^\t]*\t[ \u3000\xa0\r]*")
"""A TAB behind which nothing stands."""
_SENTENCE: Final = re.compile(r"[。：:；]$|，")
_BLANKS: Final = " \u3000\xa0\r"
_MIN_TABS: Final = 5
"""A header and a row of three cells have four; fewer lines with a TAB only may be anything."""
_MAX_BETWEEN: Final = 20
"""Lines between two TABs; more are the text between two tables."""
_MAX_COLUMNS: Final = 14
_MIN_COLUMNS: Final = 2
_HEADER_BEGIN: Final = 3
"""Cells by which the header of another table is known."""
_TRIED_WIDTHS: Final = 3
"""Places at which the header may end: a cell of two lines looks like an end."""
_MAX_LINES: Final = 10_000
"""Lines and TABs of a table; one of 800 rows and six columns has as many."""
_QUOTED: Final = 12
"""Characters by which a row is named."""


@dataclass(frozen=True, slots=True)
class LostCells:
    """Lines that TABs part, but into no rows below a header.

    Attributes:
        end: the line after the last TAB.
        is_prose: whether most of them are sentences, and no cells.
    """

    end: int
    is_prose: bool


def find_parted_tables(lines: Sequence[str], words: TableWords) -> dict[int, LineTable | LostCells]:
    """Return what lines with a TAB only part, by the first line of each."""
    found: dict[int, LineTable | LostCells] = {}
    for pieces, end in _find_pieces(lines):
        for part in _split_at_headers(pieces, words):
            found[part[0][-1].place] = _read_table(part, words) or _lose(part, end)
    return found


def _lose(pieces: Sequence[Piece], end: int) -> LostCells:
    texts = [line.text for piece in pieces for line in piece]
    n_sentences = sum(_SENTENCE.search(text) is not None for text in texts)
    return LostCells(pieces[-1][0].place if pieces[-1] else end, 2 * n_sentences > len(texts))


def _find_pieces(lines: Sequence[str]) -> Iterator[tuple[list[Piece], int]]:
    """Yield what stands between the TABs of each region of lines with a TAB only, and the line after the last TAB."""
    marked = [place for place, line in enumerate(lines) if "\t" in line]
    regions: list[list[int]] = []
    for place in marked:
        between = sum(bool(line.strip()) for line in lines[regions[-1][-1] + 1 : place]) if regions else 0
        if not regions or between > _MAX_BETWEEN:
            regions.append([])
        regions[-1].append(place)
    for region in regions:
        alone = sum(_ALONE.fullmatch(lines[place]) is not None for place in region)
        # A TAB before a text marks the beginning of a cell: another notation.
        begins = any(lines[place].startswith("\t") and lines[place].strip() for place in region)
        if alone >= _MIN_TABS and 2 * alone >= len(region) and not begins:
            pieces = _pieces(lines, region)
            if pieces[0]:
                yield pieces, region[-1] + 1


def _pieces(lines: Sequence[str], region: Sequence[int]) -> list[Piece]:
    """Return the lines between the TABs, from the last line above the first to those that may belong to the last."""
    first = next((place for place in range(region[0] - 1, -1, -1) if lines[place].strip()), region[0])
    if lines[region[0]].strip():
        first = region[0]
    pieces: list[list[CellLine]] = [[]]
    n_blank = 0
    for place in range(first, len(lines)):
        parts = lines[place].split("\t")
        for number, part in enumerate(parts):
            if number:
                if pieces[-1]:
                    pieces[-1][-1] = replace(pieces[-1][-1], blank_after=n_blank)
                pieces.append([])
                n_blank = 0
            text = part.strip(_BLANKS)
            if text:
                pieces[-1].append(CellLine(text, place, n_blank))
                n_blank = 0
        n_blank += len(parts) == 1 and not parts[0].strip(_BLANKS)
        if place > region[-1] and len(pieces[-1]) > _MAX_BETWEEN:
            break
    return list(pieces)


def _split_at_headers(pieces: list[Piece], words: TableWords) -> Iterator[list[Piece]]:
    """Yield the pieces of each table: another one begins with another header."""
    start = 0
    for place in range(_HEADER_BEGIN, len(pieces) - _HEADER_BEGIN):
        if len(pieces[place]) < 2 or place - start < _HEADER_BEGIN:
            continue
        above = [piece[0].text for piece in pieces[place - _HEADER_BEGIN : place] if piece]
        names = [piece[0].text for piece in pieces[place + 1 : place + _HEADER_BEGIN] if piece]
        # A cell of two lines inside of a header begins none.
        if words.is_header([pieces[place][-1].text, *names]) and not words.is_header(above):
            yield [*pieces[start:place], pieces[place][:-1]]
            pieces[place] = pieces[place][-1:]
            start = place
    yield pieces[start:]


def _read_table(pieces: Sequence[Piece], words: TableWords) -> LineTable | None:
    """Return the table of some pieces, the first of which ends with the first cell of its header."""
    if sum(len(piece) + 1 for piece in pieces) > _MAX_LINES:
        return None
    ends = [place for place, piece in enumerate(pieces[:_MAX_COLUMNS]) if place and len(piece) > 1][:_TRIED_WIDTHS]
    names = [pieces[0][-1].text, *(piece[0].text if piece else "" for piece in pieces[1:_MAX_COLUMNS])]
    widths = [end + 1 for end in ends if end + 1 >= _MIN_COLUMNS and words.is_header(names[: end + 1])]
    found = [rows for width in widths for rows in part_rows(pieces, width, words)]
    if not found:
        return None
    width = len(min(found, key=lambda parted: parted.plain_cost).rows[0].cells)
    best = min((parted for parted in found if len(parted.rows[0].cells) == width), key=lambda parted: parted.cost)
    header, *body = _complete_last(best.rows, pieces[-1])
    return _build(header, body, best.apart, words) if body else None


def _build(header: PartedRow, body: Sequence[PartedRow], apart: int, words: TableWords) -> LineTable:
    width = len(header.cells)
    columns = read_columns([header, *body], apart, words)
    rows = [[_raw(cell, 0) for cell in header.cells], *_band_rows(header.bands)]
    odd: list[str] = []
    end = 0
    for row in body:
        end = max((line.place + 1 for cell in row.cells for line in cell), default=end)
        place = next((line.place for cell in row.cells for line in cell), end)
        cells = [RawCell("", place)] * width
        is_total = row.is_total(words)
        filled = columns.of_total(row.texts) if is_total else columns.of(len(row.cells))
        for c, cell in zip(filled, row.cells, strict=True):
            cells[c] = _raw(cell, place)
        rows += [cells, *_band_rows(row.bands)]
        # Likeness alone tells which of the inner cells are missing, and whose a paragraph between two rows is.
        is_odd = not is_total and filled[0] != width - len(filled)
        is_odd |= any(line.blank_before >= apart for cell in (row.cells[0], row.cells[-1]) for line in cell[1:])
        odd += [f"“{join_lines(row.cells[0])[:_QUOTED]}”"] if is_odd else []
    return LineTable(rows, end, tuple(odd))


def _complete_last(rows: Sequence[PartedRow], last: Piece) -> Sequence[PartedRow]:
    """Return the rows with all lines of the last cell that stand in cells above it; text follows behind them."""
    *above, row = rows
    known = {line.text for other in above for line in other.cells[-1]}
    stop = len(row.cells[-1])
    while 0 < stop < len(last) and last[stop].text in known:
        stop += 1
    return [*above, PartedRow([*row.cells[:-1], last[:stop]])]


def _raw(cell: Piece, place: int) -> RawCell:
    return RawCell(join_lines(cell), cell[0].place if cell else place)


def _band_rows(bands: Piece) -> list[list[RawCell]]:
    return [[RawCell(line.text, line.place)] for line in bands]
