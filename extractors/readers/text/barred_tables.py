"""Tables in plain text whose cells are parted by bars, without a rule below the header, as converters of pages write.

Five notations: a row on a line, `序号 | 任务 | 单位`; a cell on a line of its own (or several), closed by a bar,
`序号 |`; such cells below a header on one line (`coded_lines.py`); cells that a bar begins, `| 任务`, in rows that a
bar alone ends; and cells with a bar on a line of its own behind each, in rows that serial numbers begin. A row with
fewer cells than the widest one, because others span it, ends with as many more bars.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Final

from extractors.readers.text.coded_lines import part_coded_rows
from extractors.readers.text.column_profiles import NUMBER
from extractors.readers.text.line_tables import SERIAL, LineTable, are_exact, find_rows
from extractors.readers.text.parted_cells import LostCells
from extractors.readers.text.tables import (
    LIST_MARK,
    PIPE,
    RULE_LINE,
    RawCell,
    find_bands,
    place_short_rows,
    split_cells,
)
from extractors.table_words import TableWords

_ONLY_BARS: Final = re.compile(r"\s*\|[|\s]*")
_MIN_ROWS: Final = 3
"""A header and two rows; two lines with bars may be links at the foot of a page."""
_MIN_COLUMNS: Final = 3
_MAX_COLUMNS: Final = 14
_MIN_WHOLE: Final = 0.5
"""Rows with as many cells as most have."""
_MAX_BETWEEN: Final = 6
"""Lines without a bar between two rows: the rest of a cell of several lines."""
_MAX_LINES: Final = 40
"""Lines of a cell."""
_MAX_BLANK: Final = 2
"""备注 and 得分: blank columns at the end, which rows on a line are written without."""
_NUMBERED: Final = re.compile(r"(?:\d{1,2}[.．](?=\d)|(?=\d{1,2}[.．、]))(\d{1,2})[.．、]?(?=[^\d]{4})")
"""3.2 供水。, 2、供水。 but not 2.5分"""
_SHORT: Final = 14
"""责任单位（牵头单位列首位）: what stands in a column of names."""
_MIN_ALIKE: Final = 0.75
"""Cells of a kind with most of their column (number, name, sentence), where the width is right."""


def find_barred_tables(lines: Sequence[str], words: TableWords) -> dict[int, LineTable | LostCells]:
    """Return the tables of a text by their first line, and lines with bars that are no table of any width."""
    found: dict[int, LineTable | LostCells] = {}
    place = 0
    while place < len(lines):
        table, end = (
            _read_rows_on_one_line(lines, place)
            or _read_coded_lines(lines, place, words)
            or _read_row_lines(lines, place, words)
            or _read_cell_lines(lines, place, words)
            or _read_begun_cells(lines, place, words)
            or _read_closed_cells(lines, place, words)
            or (None, place + 1)
        )
        if table is not None:
            found[place] = table
        place = end
    return found


_Read = tuple[LineTable | LostCells | None, int]
"""A table, or None, and the line from which on another one may begin."""


def _read_row_lines(lines: Sequence[str], start: int, words: TableWords) -> _Read | None:
    """Read the table with a row on a line that begins at `start`; None if no row does."""
    if not _is_row_line(lines[start]):
        return None
    cells = {place: split_cells(lines[place], PIPE, place) for place in _row_lines(lines, start, words)}
    end = max(cells) + 1
    has_rule = any(RULE_LINE.match(lines[place]) for place in cells)
    rows = [] if has_rule else _complete_rows(_join_lines(lines, cells), words)
    width, n_whole = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    is_table = n_whole >= _MIN_ROWS and width >= _MIN_COLUMNS and n_whole >= _MIN_WHOLE * len(rows)
    if not is_table or max(map(len, rows)) > width or not _has_table_content(rows, words):
        is_named = _is_header(cells[start], words) or words.is_serial_header(cells[start][0].text)
        if not has_rule and len(cells) >= _MIN_ROWS and is_named:
            return LostCells(end, is_prose=False), end
        # Links of the page may stand above the header.
        is_late = rows and not _is_header(cells[start], words)
        return None, next((i for i in cells if is_late and _is_header(cells[i], words)), end)
    return LineTable(_fit_rows(rows, width, words), end), end


def _complete_rows(rows: list[list[RawCell]], words: TableWords) -> list[list[RawCell]]:
    """Return the rows with the blank cells at their end that all are written without: 备注 below a known header.

    Serial numbers tell that no cell is missing at the beginning; one between others is written as two bars.
    """
    header, body = (rows[0], [row for row in rows[1:] if len(row) > 1]) if rows else ([], [])
    sizes = {len(row) for row in body}
    is_short = len(sizes) == 1 and 0 < len(header) - len(body[0]) <= _MAX_BLANK and _is_header(header, words)
    if not is_short or not words.is_serial_header(header[0].text):
        return rows
    if not all(SERIAL.fullmatch(row[0].text) for row in body):
        return rows
    return [header, *([*row, *[RawCell("", row[0].line)] * (len(header) - len(row))] for row in rows[1:])]


def _join_lines(lines: Sequence[str], cells: Mapping[int, Sequence[RawCell]]) -> list[list[RawCell]]:
    """Return the rows with the lines between them, which go on with the last cell above or are headings.

    There are none where a line end parts the last cell from its row and it holds text.
    """
    start, end = min(cells), max(cells) + 1
    between: dict[int, str] = {}
    above = ""
    is_broken = False
    for place in range(start, end):
        if place in cells:
            above, is_broken = cells[place][-1].text, False
        elif _ONLY_BARS.fullmatch(lines[place]):
            is_broken = True
        elif lines[place].strip() and is_broken:
            return []  # the text of a last cell that a line end parts from its row
        elif lines[place].strip() and not RULE_LINE.match(lines[place]):
            between[place] = above
    bands = find_bands(lines, start, between)
    rows: list[list[RawCell]] = []
    for place in range(start, end):
        text = lines[place].strip()
        if place in cells:
            rows.append(list(cells[place]))
        elif place in bands:
            rows.append([RawCell(text, place)])
        elif place in between:
            rows[-1][-1] = RawCell(f"{rows[-1][-1].text}\n{text}", rows[-1][-1].line)
    return rows


def _row_lines(lines: Sequence[str], start: int, words: TableWords) -> Iterator[int]:
    """Yield the lines that are rows of the table that begins at `start`."""
    header, n_between = [cell.text for cell in split_cells(lines[start], PIPE, start)], 0
    for place in range(start, len(lines)):
        if _is_row_line(lines[place]):
            cells = split_cells(lines[place], PIPE, place)
            if n_between and ([cell.text for cell in cells] == header or _is_header(cells, words)):
                return
            yield place
            n_between = 0
        elif lines[place].strip() and not _ONLY_BARS.fullmatch(lines[place]):
            n_between += 1
        if n_between > _MAX_BETWEEN:
            return


def _is_header(cells: Sequence[RawCell], words: TableWords) -> bool:
    return words.is_header([cell.text for cell in cells])


def _has_table_content(rows: Sequence[Sequence[RawCell]], words: TableWords) -> bool:
    """Return whether rows are a table and no links: names that are known, or names above rows with a sentence."""
    header, *body = [[cell.text for cell in row] for row in rows]
    if any(map(LIST_MARK.search, header)):
        return False
    return words.is_header(header) or 2 * sum("sentence" in map(_kind, row) for row in body) > len(body)


def _is_row_line(line: str) -> bool:
    return len(split_cells(line, PIPE, 0)) >= 2 and not _ONLY_BARS.fullmatch(line)


def _read_rows_on_one_line(lines: Sequence[str], start: int) -> _Read | None:
    """Report the line that holds several rows: cells numbered one after the other, with a blank one between each two.

    Without line ends the rows cannot be told, nor is there a header.
    """
    if lines[start].count("|") < 2 * _MIN_ROWS:
        return None
    texts = [cell.text for cell in split_cells(lines[start], PIPE, start)]
    numbered = [(place, int(match[1])) for place, text in enumerate(texts) if (match := _NUMBERED.match(text))]
    are_rows = len(numbered) >= _MIN_ROWS and all(
        b == a + 1 and "" in texts[first:second] for (first, a), (second, b) in pairwise(numbered[:_MIN_ROWS])
    )
    return (LostCells(start + 1, is_prose=False), start + 1) if are_rows else None


def _read_begun_cells(lines: Sequence[str], start: int, words: TableWords) -> _Read | None:
    """Read the table whose cells a bar begins, in rows that a bar alone ends; None if none begins at `start`."""
    if "|" in lines[start] or not lines[start].strip() or not any(map(_is_begun, lines[start + 1 : start + 2])):
        return None
    header = _read_begun_row(lines, start)
    if header is None or len(header[0]) < _MIN_COLUMNS or not _is_header(header[0], words):
        return None
    rows, end = [header[0]], header[1]
    is_whole = True
    while (following := _read_begun_row(lines, end)) is not None:
        cells, stop = following
        first = RawCell(cells[0].text.rsplit("\n", 1)[-1], cells[0].line)
        if _is_header([first, *cells[1:]], words):
            break
        rows.append(cells)
        end = stop
    else:
        # A blank cell looks like the end of its row.
        is_whole = not any(_is_begun(line) or _ONLY_BARS.fullmatch(line) for line in lines[end : end + _MAX_LINES])
    if len(rows) < _MIN_ROWS:
        return None
    is_table = is_whole and all(len(row) in (1, len(rows[0])) for row in rows)
    return LineTable(rows, end) if is_table else LostCells(end, is_prose=False), end


def _read_closed_cells(lines: Sequence[str], start: int, words: TableWords) -> _Read | None:
    """Read the table whose cells a bar on a line of its own closes; None if none begins at `start`."""
    if (
        not lines[start].strip()
        or "|" in lines[start]
        or not any(map(_ONLY_BARS.fullmatch, lines[start + 1 : start + 2]))
    ):
        return None
    if not _is_header(_collect_closed(lines, start, _MIN_COLUMNS)[0], words):
        return None
    cells, end = _collect_closed(lines, start, len(lines))
    texts = [cell.text for cell in cells]
    matches = map(SERIAL.fullmatch, texts)
    table = next(find_rows(texts, [int(match[1]) if match else None for match in matches], words), None)
    header, *body = table.rows if table is not None else [[]]
    column = next((c for c, cell in enumerate(header) if words.is_serial_header(cell.text)), 0)
    is_complete = table is not None and header[0].line == 0 and table.end == len(cells) and not table.odd_rows
    if not is_complete or not are_exact(body, len(header), column):
        return LostCells(end, is_prose=False), end
    return LineTable([[RawCell(cell.text, cells[cell.line].line) for cell in row] for row in (header, *body)], end), end


def _collect_closed(lines: Sequence[str], start: int, max_count: int) -> tuple[list[RawCell], int]:
    """Return up to so many cells that a bar on a line of its own closes, and the line after the last."""
    cells: list[RawCell] = []
    own: list[RawCell] = []
    end = start
    for place in range(start, len(lines)):
        text = lines[place].strip()
        if _ONLY_BARS.fullmatch(text):
            cells.append(RawCell("\n".join(line.text for line in own), own[0].line if own else place))
            cells += [RawCell("", place)] * (text.count("|") - 1)
            own, end = [], place + 1
        elif text:
            own.append(RawCell(text, place))
        if ("|" in text and own) or len(own) > _MAX_LINES or len(cells) >= max_count:
            break
    return cells, end


def _read_begun_row(lines: Sequence[str], start: int) -> tuple[list[RawCell], int] | None:
    """Return the cells of the row that begins at a line, and the line after it; None if no bar alone ends it."""
    cells: list[RawCell] = [RawCell("", start)]
    for place in range(start, min(start + _MAX_LINES, len(lines))):
        if _ONLY_BARS.fullmatch(lines[place]):
            is_row = lines[place].count("|") == 1 and any(cell.text for cell in cells)
            return (cells, place + 1) if is_row else None
        text = lines[place].strip()
        if _is_begun(text):
            cells.append(RawCell(text[1:].strip(), place))
        elif "|" in text:
            return None
        elif text:
            cells[-1] = RawCell(f"{cells[-1].text}\n{text}".strip(), cells[-1].line if cells[-1].text else place)
    return None


def _is_begun(line: str) -> bool:
    """Return whether a line begins with its only bar: | 测评项目."""
    return line.count("|") == 1 and line.lstrip().startswith("|") and not _ONLY_BARS.fullmatch(line)


def _read_coded_lines(lines: Sequence[str], start: int, words: TableWords) -> _Read | None:
    """Read the table with its header on line `start` and a cell on every line below; None if there are no such."""
    below = [line for line in lines[start + 1 : start + 1 + 2 * _MIN_COLUMNS] if line.strip()][:_MIN_COLUMNS]
    if not _is_row_line(lines[start]) or len(below) < _MIN_COLUMNS or not all(map(_is_closed, below)):
        return None
    header = [cell for cell in split_cells(lines[start], PIPE, start) if cell.text]
    if len(header) < _MIN_COLUMNS or not _is_header(header, words):
        return None
    cells, _, end = _collect(lines, start + 1, words)
    rows = part_coded_rows(header, [cell for cell in cells if cell.text])
    if rows is not None:
        return LineTable([header, *rows], end), end
    # Headings may stand between the header and rows on a line each.
    other = _read_row_lines(lines, start, words)
    return other if other is not None and other[0] is not None else (LostCells(end, is_prose=False), end)


def _read_cell_lines(lines: Sequence[str], start: int, words: TableWords) -> _Read | None:
    """Read the table with a cell on every line that begins at `start`; None if no cells do."""
    beginning = [line for line in lines[start : start + 2 * _MIN_COLUMNS] if line.strip()][:_MIN_COLUMNS]
    if len(beginning) < _MIN_COLUMNS or not all(map(_is_closed, beginning)):
        return None
    cells, pads, end = _collect(lines, start, words)
    width = _choose_width(cells, pads)
    if width is not None and _has_table_content(rows := _part_rows(cells, pads, width), words):
        return LineTable(_fit_rows(rows, width, words), end), end
    if words.is_header_word(cells[0].text) and _is_header(cells[:_MIN_COLUMNS], words):
        return LostCells(end, is_prose=False), end
    # Data of the page may stand above the header.
    headers = (cells[i].line for i in range(1, len(cells)) if _is_header(cells[i : i + _MIN_COLUMNS], words))
    return None, next(headers, end)


def _part_rows(cells: Sequence[RawCell], pads: set[int], width: int) -> list[list[RawCell]]:
    """Return the rows of a table of this width without the cells that only fill them up."""
    starts = range(0, len(cells), width)
    return [[cells[i] for i in range(start, min(start + width, len(cells))) if i not in pads] for start in starts]


def _collect(lines: Sequence[str], start: int, words: TableWords) -> tuple[list[RawCell], set[int], int]:
    """Return the cells from line `start` on, which of them only fill up a row, and the line after the last."""
    cells: list[RawCell] = []
    pads: set[int] = set()
    end = place = start
    while place < len(lines):
        if _ONLY_BARS.fullmatch(lines[place]):
            blanks = lines[place].count("|")
            pads.update(range(len(cells), len(cells) + blanks))
            cells += [RawCell("", place)] * blanks
            place += 1
        else:
            own = list(takewhile(lambda i: "|" not in lines[i], range(place, min(place + _MAX_LINES, len(lines)))))
            closing = place + len(own)
            if closing >= len(lines) or not _is_closed(lines[closing]) or _begins_table(lines, own, closing, words):
                break
            text = "\n".join([*(lines[i] for i in own), lines[closing].rstrip().removesuffix("|")])
            cells.append(RawCell(text.strip(), place))
            place = closing + 1
        end = place
    return cells, pads, end


def _is_closed(line: str) -> bool:
    """Return whether a line ends with its only bar: 测评项目 |."""
    return line.count("|") == 1 and line.rstrip().endswith("|") and not _ONLY_BARS.fullmatch(line)


def _begins_table(lines: Sequence[str], above: Sequence[int], closing: int, words: TableWords) -> bool:
    """Return whether a cell with lines above it is the first of the header of another table, below its title."""
    names = [line.rstrip().removesuffix("|").strip() for line in lines[closing : closing + _MIN_COLUMNS]]
    return any(lines[i].strip() for i in above) and words.is_header(names)


def _choose_width(cells: Sequence[RawCell], pads: set[int]) -> int | None:
    """Return the number of columns: all rows are whole, end where they are filled up, and have cells of a kind."""
    ends = [place + 1 for place in pads if place + 1 not in pads]
    best: tuple[float, int] | None = None
    for width in range(_MIN_COLUMNS, _MAX_COLUMNS + 1):
        if len(cells) % width or len(cells) < _MIN_ROWS * width or any(end % width for end in ends):
            continue
        alike = _share_alike(cells, pads, width)
        if alike >= _MIN_ALIKE and (best is None or alike > best[0]):
            best = alike, width
    return None if best is None else best[1]


def _share_alike(cells: Sequence[RawCell], pads: set[int], width: int) -> float:
    """Return how many cells of the rows that are not filled up are of the kind that most of their column are."""
    complete = [row for row in range(width, len(cells), width) if row + width - 1 not in pads]
    columns = [Counter(_kind(cells[row + c].text) for row in complete) for c in range(width)]
    return sum(max(column.values(), default=0) for column in columns) / max(len(complete) * width, 1)


def _kind(text: str) -> str:
    if NUMBER.fullmatch(text) or not text:
        return "number" if text else "blank"
    return "name" if len(text) <= _SHORT and not LIST_MARK.search(text) else "sentence"


def _fit_rows(rows: Sequence[Sequence[RawCell]], width: int, words: TableWords) -> list[list[RawCell]]:
    """Return the rows with as many cells as the table has columns: those that span rows are blank where they go on."""
    header, *body = map(list, rows)
    serials = [row[0].text for row in body if len(row) == width]
    missing = [RawCell("", header[0].line)] * (width - len(header))
    # A name that spans the serial numbers and the column behind them is written once.
    is_spanned = all(map(SERIAL.fullmatch, serials)) and not words.is_serial_header(header[0].text)
    return place_short_rows([[*missing, *header] if is_spanned else [*header, *missing], *body])
