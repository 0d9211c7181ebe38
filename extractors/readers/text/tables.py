"""Tables in plain text: markdown and box tables, one row per line with TABs, one cell per line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.document import Cell, Table
from extractors.normalize import squeeze
from extractors.table_words import TableWords

_RULE_LINE = re.compile(r"\s*(?:\|\s*)?:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*(?:\|\s*)?$")
_BORDER_LINE = re.compile(r"\s*[┌┐├┤└┘╔╗╠╣╚╝=\-|│┃║]*[┬┼┴─━═╦╬╩+][┌┬┐├┼┤└┴┘─━╔╦╗╠╬╣╚╩╝═+=\-|│┃║]*\s*$")
_BOX = re.compile(r"[│┃║]")
_PIPE = re.compile(r"(?<!\\)\|")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MAX_WIDTH = 20
_MAX_SHORT = 10
_MIN_EVEN_FIT = 0.9
_MIN_SENTENCE = 10
_SENTENCE_END = re.compile(r"[。；：:!！？]$")
_OUTSIDE_TABLE = re.compile(
    r"^\s*(附件|附表|附录|注[:：1１]|备注[:：]|填表说明|说明[:：]|[①-⑳]|第[一二三四五六七八九十]+|[一二三四五六七八九十]+、|#)"
)
_RULE_CELL = re.compile(r"\s*:?-{2,}:?\s*")


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell of a text table: its text and the zero-based number of the line it begins on."""

    text: str
    line: int


def build_table(rows: Sequence[Sequence[RawCell]], name: str, header_rows: int | None = None) -> Table:
    """Rows of unequal length → `Table`; columns that are blank throughout on the right are dropped."""
    width = max((i + 1 for row in rows for i, cell in enumerate(row) if cell.text.strip()), default=0)
    cells = [
        Cell(r, c, cell.text.strip(" \t\n\u3000"), f"{name} 第{r + 1}行第{c + 1}列（文本第{cell.line + 1}行）")
        for r, row in enumerate(rows)
        for c, cell in enumerate(row[:width])
    ]
    return Table(tuple(cells), len(rows), width, name, spans_known=False, header_rows=header_rows)


def read_pipe_table(lines: list[str], at: int, name: str) -> tuple[Table, int] | None:
    """The table that begins on line `at`, with the number of the line after it; None when there is none."""
    return _read_markdown_table(lines, at, name) or _read_box_table(lines, at, name)


def read_cell_per_line_table(lines: list[str], at: int, name: str, words: TableWords) -> tuple[Table, int] | None:
    """The table that begins on line `at`, with the number of the line after it; None when there is none."""
    if not _is_cell_start(lines[at]) or not _is_cell_per_line(lines, at):
        return None
    cells, ends, _ = _collect_cells(lines, at)
    breaks = _table_starts(cells, words)
    if breaks:
        cells, ends = cells[: breaks[0]], ends[: breaks[0]]
    rows = _split_rows(cells, ends, words)
    last = rows[-1][-1]
    column = [row[-1].text for row in rows[:-1] if len(row) == len(rows[-1])]
    cut, kept = _trim_last_cell(last, column)
    rows[-1] = [*rows[-1][:-1], cut]
    return build_table(rows, name), last.line + kept


def read_tsv_table(lines: list[str], at: int, name: str) -> tuple[Table, int] | None:
    """The table that begins on line `at`, with the number of the line after it; None when there is none.

    A single line of text with TABs is no table; a line without TAB between two rows continues the last cell.
    """
    if not _is_tsv_row(lines[at]):
        return None
    rows: list[list[RawCell]] = []
    end = at
    while end < len(lines):
        if _is_tsv_row(lines[end]):
            rows.append([RawCell(text, end) for text in lines[end].split("\t")])
        elif lines[end].strip() and end + 1 < len(lines) and _is_tsv_row(lines[end + 1]):
            last = rows[-1][-1]
            rows[-1][-1] = RawCell(f"{last.text}\n{lines[end]}", last.line)
        else:
            break
        end += 1
    rows = [r for r in rows if not all(_RULE_CELL.fullmatch(c.text) for c in r)]
    if all(len(r) == 2 and not r[0].text.strip() for r in rows):
        return None  # paragraphs indented by a TAB
    if len(rows) < 2:
        return None if rows and max(len(r) for r in rows) < 3 else (build_table(rows, name), end)
    return build_table(rows, name), end


def _split_cells(line: str, bar: re.Pattern[str], number: int) -> list[RawCell]:
    body = line.strip()
    parts = bar.split(body)
    if parts and not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return [RawCell(_LINE_BREAK.sub("\n", p.replace("\\|", "|")).strip(), number) for p in parts]


def _read_markdown_table(lines: list[str], at: int, name: str) -> tuple[Table, int] | None:
    if "|" not in lines[at] or at + 1 >= len(lines) or not _RULE_LINE.match(lines[at + 1]) or "|" not in lines[at + 1]:
        return None
    rows = [_split_cells(lines[at], _PIPE, at)]
    end = at + 2
    while (
        end < len(lines)
        and "|" in lines[end]
        and lines[end].strip().startswith("|") == lines[at].strip().startswith("|")
    ):
        if not _RULE_LINE.match(lines[end]):
            rows.append(_split_cells(lines[end], _PIPE, end))
        end += 1
    return build_table(rows, name, header_rows=1), end


def _merge_lines(parts: list[list[RawCell]]) -> list[RawCell]:
    """The printed lines between two rules are one row."""
    width = max(len(p) for p in parts)
    columns = [[p[i] for p in parts if i < len(p)] for i in range(width)]
    return [RawCell("\n".join(c.text for c in column if c.text), column[0].line) for column in columns]


def _read_box_table(lines: list[str], at: int, name: str) -> tuple[Table, int] | None:
    if not (_BORDER_LINE.match(lines[at]) and at + 1 < len(lines) and _BOX.search(lines[at + 1])):
        return None
    rows: list[list[RawCell]] = []
    pending: list[list[RawCell]] = []
    end = at
    while end < len(lines) and (_BORDER_LINE.match(lines[end]) or _BOX.search(lines[end])):
        if _BORDER_LINE.match(lines[end]):
            if pending:
                rows.append(_merge_lines(pending))
            pending = []
        else:
            pending.append(_split_cells(lines[end], _BOX, end))
        end += 1
    if pending:
        rows.append(_merge_lines(pending))
    return (build_table(rows, name), end) if rows else None


def _is_cell_start(line: str) -> bool:
    return line.startswith("\t") and "\t" not in line[1:].rstrip("\t \n")


def _is_cell_per_line(lines: list[str], at: int) -> bool:
    """At least three cell starts in a row of lines, with no row-per-line table between them."""
    starts = 0
    if _is_indented_prose(lines[at : at + 60]):
        return False
    for line in lines[at : at + 60]:
        if "\t" in line and not _is_cell_start(line):
            return False
        starts += _is_cell_start(line)
        if starts >= 3:
            return True
    return False


def _is_indented_prose(lines: list[str]) -> bool:
    """True for paragraphs indented by a TAB: no blank cell among them, and the first of them sentences."""
    starts = [line.strip() for line in lines if _is_cell_start(line)]
    return all(starts) and all(len(t) > _MIN_SENTENCE and _SENTENCE_END.search(t) for t in starts[:3])


def _collect_cells(lines: list[str], at: int) -> tuple[list[RawCell], list[bool], int]:
    """The cells from line `at` on, whether a blank line stands before the next cell, and the line after them."""
    starts = [at]
    end = at + 1
    while end < len(lines):
        line = lines[end]
        if "\t" in line:
            if not _is_cell_start(line):
                break
            starts.append(end)
        end += 1
    bounds = [*starts[1:], end]
    cells, ends = [], []
    for start, stop in zip(starts, bounds, strict=True):
        text = "\n".join([lines[start][1:], *lines[start + 1 : stop]])
        cells.append(RawCell(text, start))
        ends.append(stop > start + 1 and not lines[stop - 1].strip())
    return cells, ends, end


def _width_score(ends: list[bool], width: int, header: int) -> float:
    """How well rows of `width` cells behind a header of `header` cells agree with the blank lines, at most 1."""
    body = ends[header:-1]
    at_end = [b for i, b in enumerate(body, 1) if i % width == 0]
    inside = [b for i, b in enumerate(body, 1) if i % width]
    if not at_end:
        return -1.0
    loss = sum(inside) / len(inside) if inside else 1.0
    remainder = (len(ends) - header) % width
    return sum(at_end) / len(at_end) - loss - (0.3 if remainder else 0.0) + (0.1 if ends[header - 1] else 0.0)


def _guess_widths(cells: list[RawCell], ends: list[bool], words: TableWords) -> tuple[int, int]:
    """(cells of the header, cells of a body row)."""
    if not any(ends[:-1]):
        return _guess_width_by_header(cells, words)
    first = next((i + 1 for i, e in enumerate(ends) if e), len(ends))
    best = (-9.0, first, first)
    for width in range(2, min(_MAX_WIDTH, len(cells)) + 1):
        for header in {first, width}:
            if header > width or header >= len(cells):
                continue
            if not words.is_header([c.text for c in cells[:header]]) and header != width:
                continue
            best = max(best, (_width_score(ends, width, header) - 0.02 * (width - header), -header, width))
    return abs(best[1]), best[2]


def _guess_width_by_header(cells: list[RawCell], words: TableWords) -> tuple[int, int]:
    """Without blank lines only the header tells the width: as many known words as stand at the beginning."""
    known = next((i for i, c in enumerate(cells) if not words.is_header_word(c.text)), len(cells))
    widths = [w for w in range(2, known + 1) if len(cells) % w == 0] or [max(known, 2)]
    return widths[-1], widths[-1]


def _rows_by_blank_lines(cells: list[RawCell], ends: list[bool], width: int) -> list[list[RawCell]]:
    """Rows as the blank lines give them, for dumps that write a merged cell once only: rows may be short.

    Groups that together make up one full row are one row (a blank line inside a cell).
    """
    groups: list[list[RawCell]] = [[]]
    for cell, end in zip(cells, ends, strict=True):
        groups[-1].append(cell)
        if end:
            groups.append([])
    rows: list[list[RawCell]] = []
    at = 0
    while at < len(groups):
        size, upto = len(groups[at]), at + 1
        while size < width and upto < len(groups) and size + len(groups[upto]) <= width and len(groups[at]) > 1:
            size += len(groups[upto])
            upto += 1
        if size != width:
            upto = at + 1
        rows.append([c for g in groups[at:upto] for c in g])
        at = upto
    return [r for r in rows if r]


def _split_rows(cells: list[RawCell], ends: list[bool], words: TableWords) -> list[list[RawCell]]:
    """The cells cut into rows: of equal width where that agrees with the blank lines, else at the blank lines."""
    header, width = _guess_widths(cells, ends, words)
    even = [cells[:header], *(cells[i : i + width] for i in range(header, len(cells), width))]
    if _width_score(ends, width, header) > _MIN_EVEN_FIT:
        return even
    sizes: list[int] = []
    run = 0
    for end in ends:
        run += 1
        if end:
            sizes.append(run)
            run = 0
    usual = max(set(sizes), key=lambda n: (sizes.count(n), n), default=width)
    ragged = _rows_by_blank_lines(cells, ends, usual)
    regular = sum(len(r) == usual for r in ragged[1:]) / max(len(ragged) - 1, 1)
    return ragged if regular > 0.5 and max(map(len, ragged)) == usual else even


def _table_starts(cells: list[RawCell], words: TableWords) -> list[int]:
    """Where another table begins inside the run: a header row right behind a cell with foreign text in its tail."""
    return [
        i
        for i in range(3, len(cells) - 3)
        if "\n\n" in cells[i - 1].text.strip("\t ")
        and words.is_header([c.text for c in cells[i : i + 3]])
        and re.search(r"\n\s*\n\s*\S", cells[i - 1].text)
    ]


def _belongs_to_column(part: str, column: list[str]) -> bool:
    """True when a paragraph after a blank line can still be part of a cell of this column."""
    lines = {squeeze(line) for text in column for line in text.split("\n")} - {""}
    solid = squeeze(part)
    if solid in lines:
        return True
    longest = max((len(line) for line in lines), default=0)
    return not _OUTSIDE_TABLE.match(part) and len(solid) <= min(_MAX_SHORT, longest)


def _trim_last_cell(cell: RawCell, column: list[str]) -> tuple[RawCell, int]:
    """The last cell of a table without the text behind it, and the number of lines it keeps."""
    lines = cell.text.split("\n")
    kept = 1
    for i, line in enumerate(lines):
        if not line.strip():
            continue
        after_blank = i > 0 and not lines[i - 1].strip()
        if after_blank and not _belongs_to_column(line, column):
            break
        kept = i + 1
    return RawCell("\n".join(lines[:kept]), cell.line), kept


def _is_tsv_row(line: str) -> bool:
    return "\t" in line.strip(" \n") and bool(line.strip())
