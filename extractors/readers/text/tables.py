"""Tables in plain text: markdown tables, one row per line with TABs, one cell per line.

Nothing in the notation with one cell per line marks the end of a row: blank lines separate rows, but also occur inside
cells. The width is the one for which rows most often end before a blank line; the last cell ends where text that does
not fit its column begins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractors.document import Cell, Table
from extractors.normalize import strip_whitespace
from extractors.readers.text.column_profiles import MAX_MISSING, ColumnProfile, find_filled_columns
from extractors.table_words import TableWords

RULE_LINE = re.compile(r"\s*(?:\|\s*)?:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*(?:\|\s*)?$")
PIPE = re.compile(r"(?<!\\)\|")
"""What parts two cells of a row."""
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MIN_COMPLETE = 2
"""Rows with all cells that tell what the columns hold."""
_MAX_WIDTH = 20
_MAX_SHORT = 10
_MIN_EVEN_FIT = 0.9
_MIN_SENTENCE = 10
_SENTENCE_END = re.compile(r"[。；：:!！？]$")
_OUTSIDE_TABLE = re.compile(
    r"^\s*(附件|附表|附录|注[:：1１]|备注[:：]|填表说明|说明[:：]|[①-⑳]|第[一二三四五六七八九十]+|[一二三四五六七八九十]+、|#)"
)
SECTION = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[章部])"
)
"""The number of a heading: 一、 （二） 第三章."""
_MAX_SECTION = 40
"""Characters of a heading between two rows; a longer line continues a cell."""
_CELL_MARK = re.compile(r"[\t|]")
_NAME = re.compile(r"\s*[^\s\d。；;，][^\d。；;，]{0,13}\s*")
"""A cell of a header: 责任单位（牵头单位列首位）."""
LIST_MARK = re.compile(r"[。；;，]")
"""What no name of a column or a heading holds."""
_RULE_CELL = re.compile(r"\s*:?-{2,}:?\s*")


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell of a text table: its text and the zero-based number of its first line."""

    text: str
    line: int


def build_table(rows: Sequence[Sequence[RawCell]], name: str, header_rows: int | None = None) -> Table:
    """Build a `Table` from rows of unequal length; blank columns on the right are dropped."""
    width = max((i + 1 for row in rows for i, cell in enumerate(row) if cell.text.strip()), default=0)
    cells = [
        Cell(r, c, cell.text.strip(" \t\n\u3000"), f"{name} 第{r + 1}行第{c + 1}列（文本第{cell.line + 1}行）")
        for r, row in enumerate(rows)
        for c, cell in enumerate(row[:width])
    ]
    return Table(tuple(cells), len(rows), width, name, spans_known=False, header_rows=header_rows)


def read_pipe_table(lines: list[str], start: int, name: str) -> tuple[Table, int] | None:
    """Read the table with a rule of dashes and bars at line `start`; return it with the line after it, or None."""
    if (
        "|" not in lines[start]
        or start + 1 >= len(lines)
        or not RULE_LINE.match(lines[start + 1])
        or "|" not in lines[start + 1]
    ):
        return None
    rows = [split_cells(lines[start], PIPE, start)]
    end = start + 2
    while (
        end < len(lines)
        and "|" in lines[end]
        and lines[end].strip().startswith("|") == lines[start].strip().startswith("|")
    ):
        if not RULE_LINE.match(lines[end]):
            rows.append(split_cells(lines[end], PIPE, end))
        end += 1
    return build_table(rows, name, header_rows=1), end


def read_cell_per_line_table(lines: list[str], start: int, name: str, words: TableWords) -> tuple[Table, int] | None:
    """Read the table with one cell per line at line `start`; return it with the line after it, or None."""
    if not _is_cell_start(lines[start]) or not _is_cell_per_line(lines, start):
        return None
    cells, ends, _ = _collect_cells(lines, start)
    breaks = _table_starts(cells, words)
    if breaks:
        cells, ends = cells[: breaks[0]], ends[: breaks[0]]
    rows = _split_rows(cells, ends, words)
    last = rows[-1][-1]
    column = [row[-1].text for row in rows[:-1] if len(row) == len(rows[-1])]
    trimmed, n_lines = _trim_last_cell(last, column)
    rows[-1] = [*rows[-1][:-1], trimmed]
    return build_table(rows, name), last.line + n_lines


def read_tsv_table(lines: list[str], start: int, name: str) -> tuple[Table, int] | None:
    """Read the TAB-separated table at line `start`; return it with the line after it, or None.

    A single line with TABs is no table; a line without TAB between two rows continues the last cell.
    """
    if not _is_tsv_row(lines[start]):
        return None
    between, end = _find_lines_between(lines, start)
    bands = find_bands(lines, start, {place: lines[place - 1].rsplit("\t", 1)[1] for place in between})
    rows: list[list[RawCell]] = []
    for place in range(start, end):
        if place in bands:
            rows.append([RawCell(lines[place].strip(), place)])
        elif place in between:
            last = rows[-1][-1]
            rows[-1][-1] = RawCell(f"{last.text}\n{lines[place]}", last.line)
        else:
            rows.append([RawCell(text, place) for text in lines[place].split("\t")])
    rows = [r for r in rows if not all(_RULE_CELL.fullmatch(c.text) for c in r)]
    if all(len(r) == 2 and not r[0].text.strip() for r in rows):
        return None  # paragraphs indented by a TAB
    rows = place_short_rows(rows)
    if len(rows) < 2:
        return None if rows and max(len(r) for r in rows) < 3 else (build_table(rows, name), end)
    return build_table(rows, name), end


def _find_lines_between(lines: Sequence[str], start: int) -> tuple[list[int], int]:
    """Return the lines without a TAB between two rows each, and the line after the last row."""
    between: list[int] = []
    end = start
    while end < len(lines) and (_is_tsv_row(lines[end]) or lines[end].strip()):
        if not _is_tsv_row(lines[end]):
            if not any(map(_is_tsv_row, lines[end + 1 : end + 2])):
                break
            between.append(end)
        end += 1
    return between, end


def find_bands(lines: Sequence[str], header: int, between: Mapping[int, str]) -> set[int]:
    """Return the lines between rows that are headings of the rows below, and no second line of the last cell above.

    二、志愿服务（30分） is one, unless that cell is a list of such numbers. A line below a header of names, where no
    cell goes on, tells that all short lines without a sentence are: 一月份：温暖过年.

    Args:
        lines: the lines of the text.
        header: the line of the header.
        between: the lines between rows, and the last cell above each.
    """
    titles = {place: lines[place].strip() for place in between if len(lines[place].strip()) <= _MAX_SECTION}
    titles = {place: title for place, title in titles.items() if not LIST_MARK.search(title)}
    if header + 1 in titles and all(map(_NAME.fullmatch, _CELL_MARK.split(lines[header].strip("|\r\n")))):
        return set(titles)
    return {p for p, title in titles.items() if SECTION.match(title) and not SECTION.match(between[p].strip())}


def place_short_rows(rows: list[list[RawCell]]) -> list[list[RawCell]]:
    """Return the rows with blank cells where those that span several rows go on, as a browser copies them.

    Rows that only lack cells at their end are left as they are.
    """
    width = len(rows[0]) if rows else 0
    complete = [row for row in rows[1:] if len(row) == width]
    profiles = [ColumnProfile([row[c].text.strip() for row in complete]) for c in range(width)]
    out = list(rows)
    for size in range(max(width - MAX_MISSING, 2), width) if len(complete) >= _MIN_COMPLETE else ():
        short = [r for r, row in enumerate(rows) if len(row) == size and row[0].text.strip()]
        columns = (
            find_filled_columns([[cell.text.strip() for cell in rows[r]] for r in short], profiles) if short else ()
        )
        for r in short:
            cells = [RawCell("", rows[r][0].line)] * width
            for c, cell in zip(columns, rows[r], strict=True):
                cells[c] = cell
            out[r] = cells
    return out


def split_cells(line: str, separator: re.Pattern[str], number: int) -> list[RawCell]:
    """Return the cells of a line, which may begin and end with the separator."""
    body = line.strip()
    parts = separator.split(body)
    if parts and not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return [RawCell(_LINE_BREAK.sub("\n", p.replace("\\|", "|")).strip(), number) for p in parts]


def _is_cell_start(line: str) -> bool:
    return line.startswith("\t") and "\t" not in line[1:].rstrip("\t \n")


def _is_cell_per_line(lines: list[str], start: int) -> bool:
    """Return whether at least three cells start in the next lines, without a row-per-line table between them."""
    n_starts = 0
    if _is_indented_prose(lines[start : start + 60]):
        return False
    for line in lines[start : start + 60]:
        if "\t" in line and not _is_cell_start(line):
            return False
        n_starts += _is_cell_start(line)
        if n_starts >= 3:
            return True
    return False


def _is_indented_prose(lines: list[str]) -> bool:
    """Return whether the lines are TAB-indented paragraphs: no blank cell, the first ones sentences."""
    starts = [line.strip() for line in lines if _is_cell_start(line)]
    return all(starts) and all(len(t) > _MIN_SENTENCE and _SENTENCE_END.search(t) for t in starts[:3])


def _collect_cells(lines: list[str], start: int) -> tuple[list[RawCell], list[bool], int]:
    """Return the cells from line `start`, whether a blank line follows each, and the line after them."""
    starts = [start]
    end = start + 1
    while end < len(lines):
        line = lines[end]
        if "\t" in line:
            if not _is_cell_start(line):
                break
            starts.append(end)
        end += 1
    bounds = [*starts[1:], end]
    cells, row_ends = [], []
    for cell_start, stop in zip(starts, bounds, strict=True):
        text = "\n".join([lines[cell_start][1:], *lines[cell_start + 1 : stop]])
        cells.append(RawCell(text, cell_start))
        row_ends.append(stop > cell_start + 1 and not lines[stop - 1].strip())
    return cells, row_ends, end


def _width_score(row_ends: list[bool], width: int, header: int) -> float:
    """Score how well rows of `width` cells after a header of `header` cells fit the blank lines, at most 1."""
    body = row_ends[header:-1]
    at_end = [b for i, b in enumerate(body, 1) if i % width == 0]
    inside = [b for i, b in enumerate(body, 1) if i % width]
    if not at_end:
        return -1.0
    loss = sum(inside) / len(inside) if inside else 1.0
    remainder = (len(row_ends) - header) % width
    return sum(at_end) / len(at_end) - loss - (0.3 if remainder else 0.0) + (0.1 if row_ends[header - 1] else 0.0)


def _guess_widths(cells: list[RawCell], row_ends: list[bool], words: TableWords) -> tuple[int, int]:
    """Return the number of cells of the header and of a body row."""
    if not any(row_ends[:-1]):
        return _guess_width_by_header(cells, words)
    first = next((i + 1 for i, e in enumerate(row_ends) if e), len(row_ends))
    best = (-9.0, first, first)
    for width in range(2, min(_MAX_WIDTH, len(cells)) + 1):
        for header in {first, width}:
            has_body = header <= width and header < len(cells)
            if has_body and (header == width or words.is_header([c.text for c in cells[:header]])):
                best = max(best, (_width_score(row_ends, width, header) - 0.02 * (width - header), -header, width))
    return abs(best[1]), best[2]


def _guess_width_by_header(cells: list[RawCell], words: TableWords) -> tuple[int, int]:
    """Return the width without blank lines: the number of known header words at the beginning."""
    known = next((i for i, c in enumerate(cells) if not words.is_header_word(c.text)), len(cells))
    widths = [w for w in range(2, known + 1) if len(cells) % w == 0] or [max(known, 2)]
    return widths[-1], widths[-1]


def _rows_by_blank_lines(cells: list[RawCell], row_ends: list[bool], width: int) -> list[list[RawCell]]:
    """Split rows at blank lines, for files that write a merged cell only once: rows may be short.

    Groups that together make up one full row are one row (a blank line inside a cell).
    """
    groups: list[list[RawCell]] = [[]]
    for cell, end in zip(cells, row_ends, strict=True):
        groups[-1].append(cell)
        if end:
            groups.append([])
    rows: list[list[RawCell]] = []
    first = 0
    while first < len(groups):
        size, stop = len(groups[first]), first + 1
        while stop < len(groups) and size + len(groups[stop]) <= width and len(groups[first]) > 1:
            size += len(groups[stop])
            stop += 1
        if size != width:
            stop = first + 1
        rows.append([c for g in groups[first:stop] for c in g])
        first = stop
    return [r for r in rows if r]


def _split_rows(cells: list[RawCell], row_ends: list[bool], words: TableWords) -> list[list[RawCell]]:
    """Split the cells into rows: of equal width if that fits the blank lines, else at the blank lines."""
    header, width = _guess_widths(cells, row_ends, words)
    equal_rows = [cells[:header], *(cells[i : i + width] for i in range(header, len(cells), width))]
    if _width_score(row_ends, width, header) > _MIN_EVEN_FIT:
        return equal_rows
    sizes: list[int] = []
    row_size = 0
    for end in row_ends:
        row_size += 1
        if end:
            sizes.append(row_size)
            row_size = 0
    usual_size = max(set(sizes), key=lambda n: (sizes.count(n), n), default=width)
    ragged = _rows_by_blank_lines(cells, row_ends, usual_size)
    regular = sum(len(r) == usual_size for r in ragged[1:]) / max(len(ragged) - 1, 1)
    return ragged if regular > 0.5 and max(map(len, ragged)) == usual_size else equal_rows


def _table_starts(cells: list[RawCell], words: TableWords) -> list[int]:
    """Return where another table begins: a header row after a cell with unrelated text at its end."""
    return [
        i
        for i in range(3, len(cells) - 3)
        if "\n\n" in cells[i - 1].text.strip("\t ")
        and words.is_header([c.text for c in cells[i : i + 3]])
        and re.search(r"\n\s*\n\s*\S", cells[i - 1].text)
    ]


def _belongs_to_column(part: str, column: list[str]) -> bool:
    """Return whether a paragraph after a blank line can still be part of a cell of this column."""
    lines = {strip_whitespace(line) for text in column for line in text.split("\n")} - {""}
    compact = strip_whitespace(part)
    if compact in lines:
        return True
    longest = max((len(line) for line in lines), default=0)
    return not _OUTSIDE_TABLE.match(part) and len(compact) <= min(_MAX_SHORT, longest)


def _trim_last_cell(cell: RawCell, column: list[str]) -> tuple[RawCell, int]:
    """Return the last cell of a table without the text after it, and the number of lines kept."""
    lines = cell.text.split("\n")
    n_lines = 1
    for i, line in enumerate(lines):
        if not line.strip():
            continue
        after_blank = i > 0 and not lines[i - 1].strip()
        if after_blank and not _belongs_to_column(line, column):
            break
        n_lines = i + 1
    return RawCell("\n".join(lines[:n_lines]), cell.line), n_lines


def _is_tsv_row(line: str) -> bool:
    return "\t" in line.strip(" \n") and bool(line.strip())
