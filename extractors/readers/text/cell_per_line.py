"""Tables dumped one cell at a time: every cell begins on a line of its own behind a single TAB.

Nothing in such a dump says where a row ends: blank lines stand between rows, but also inside cells. The width is
the one for which rows most often end before a blank line; the last cell ends where text foreign to its column
begins.
"""

from __future__ import annotations

import re

from extractors.document import Table
from extractors.normalize import strip_whitespace
from extractors.readers.text.lines import RawCell, build_table
from extractors.table_words import TableWords

_WIDEST = 20
_SHORT = 10
_EVEN = 0.9
_PHRASE = 10
_SENTENCE_END = re.compile(r"[。；：:!！？]$")
_FOREIGN = re.compile(
    r"^\s*(附件|附表|附录|注[:：1１]|备注[:：]|填表说明|说明[:：]|[①-⑳]|第[一二三四五六七八九十]+|[一二三四五六七八九十]+、|#)"
)


def _is_start(line: str) -> bool:
    return line.startswith("\t") and "\t" not in line[1:].rstrip("\t \n")


def _is_dump(lines: list[str], at: int) -> bool:
    """At least three cell starts in a row of lines, with no row-per-line table between them."""
    starts = 0
    if _is_prose(lines[at : at + 60]):
        return False
    for line in lines[at : at + 60]:
        if "\t" in line and not _is_start(line):
            return False
        starts += _is_start(line)
        if starts >= 3:
            return True
    return False


def _is_prose(lines: list[str]) -> bool:
    """True for paragraphs indented by a TAB: no blank cell among them, and the first of them sentences."""
    starts = [line.strip() for line in lines if _is_start(line)]
    return all(starts) and all(len(t) > _PHRASE and _SENTENCE_END.search(t) for t in starts[:3])


def _collect(lines: list[str], at: int) -> tuple[list[RawCell], list[bool], int]:
    """The cells from line `at` on, whether a blank line stands before the next cell, and the line after them."""
    starts = [at]
    end = at + 1
    while end < len(lines):
        line = lines[end]
        if "\t" in line:
            if not _is_start(line):
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


def _fit(ends: list[bool], width: int, header: int) -> float:
    """How well rows of `width` cells behind a header of `header` cells agree with the blank lines, at most 1."""
    body = ends[header:-1]
    at_end = [b for i, b in enumerate(body, 1) if i % width == 0]
    inside = [b for i, b in enumerate(body, 1) if i % width]
    if not at_end:
        return -1.0
    loss = sum(inside) / len(inside) if inside else 1.0
    remainder = (len(ends) - header) % width
    return sum(at_end) / len(at_end) - loss - (0.3 if remainder else 0.0) + (0.1 if ends[header - 1] else 0.0)


def _shape(cells: list[RawCell], ends: list[bool], words: TableWords) -> tuple[int, int]:
    """(cells of the header, cells of a body row)."""
    if not any(ends[:-1]):
        return _shape_of_header(cells, words)
    first = next((i + 1 for i, e in enumerate(ends) if e), len(ends))
    best = (-9.0, first, first)
    for width in range(2, min(_WIDEST, len(cells)) + 1):
        for header in {first, width}:
            if header > width or header >= len(cells):
                continue
            if not words.is_header([c.text for c in cells[:header]]) and header != width:
                continue
            best = max(best, (_fit(ends, width, header) - 0.02 * (width - header), -header, width))
    return abs(best[1]), best[2]


def _shape_of_header(cells: list[RawCell], words: TableWords) -> tuple[int, int]:
    """Without blank lines only the header tells the width: as many known words as stand at the beginning."""
    known = next((i for i, c in enumerate(cells) if not words.is_header_word(c.text)), len(cells))
    widths = [w for w in range(2, known + 1) if len(cells) % w == 0] or [max(known, 2)]
    return widths[-1], widths[-1]


def _groups(cells: list[RawCell], ends: list[bool], width: int) -> list[list[RawCell]]:
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


def _rows(cells: list[RawCell], ends: list[bool], words: TableWords) -> list[list[RawCell]]:
    """The cells cut into rows: of equal width where that agrees with the blank lines, else at the blank lines."""
    header, width = _shape(cells, ends, words)
    even = [cells[:header], *(cells[i : i + width] for i in range(header, len(cells), width))]
    if _fit(ends, width, header) > _EVEN:
        return even
    sizes: list[int] = []
    run = 0
    for end in ends:
        run += 1
        if end:
            sizes.append(run)
            run = 0
    usual = max(set(sizes), key=lambda n: (sizes.count(n), n), default=width)
    ragged = _groups(cells, ends, usual)
    regular = sum(len(r) == usual for r in ragged[1:]) / max(len(ragged) - 1, 1)
    return ragged if regular > 0.5 and max(map(len, ragged)) == usual else even


def _table_breaks(cells: list[RawCell], words: TableWords) -> list[int]:
    """Where another table begins inside the run: a header row right behind a cell with foreign text in its tail."""
    return [
        i
        for i in range(3, len(cells) - 3)
        if "\n\n" in cells[i - 1].text.strip("\t ")
        and words.is_header([c.text for c in cells[i : i + 3]])
        and re.search(r"\n\s*\n\s*\S", cells[i - 1].text)
    ]


def _belongs(part: str, column: list[str]) -> bool:
    """True when a paragraph after a blank line can still be part of a cell of this column."""
    lines = {strip_whitespace(line) for text in column for line in text.split("\n")} - {""}
    solid = strip_whitespace(part)
    if solid in lines:
        return True
    longest = max((len(line) for line in lines), default=0)
    return not _FOREIGN.match(part) and len(solid) <= min(_SHORT, longest)


def _cut_last(cell: RawCell, column: list[str]) -> tuple[RawCell, int]:
    """The last cell of a table without the text behind it, and the number of lines it keeps."""
    lines = cell.text.split("\n")
    kept = 1
    for i, line in enumerate(lines):
        if not line.strip():
            continue
        after_blank = i > 0 and not lines[i - 1].strip()
        if after_blank and not _belongs(line, column):
            break
        kept = i + 1
    return RawCell("\n".join(lines[:kept]), cell.line), kept


def table_at(lines: list[str], at: int, name: str, words: TableWords) -> tuple[Table, int] | None:
    """The table that begins on line `at`, with the number of the line after it; None when there is none."""
    if not _is_start(lines[at]) or not _is_dump(lines, at):
        return None
    cells, ends, _ = _collect(lines, at)
    breaks = _table_breaks(cells, words)
    if breaks:
        cells, ends = cells[: breaks[0]], ends[: breaks[0]]
    rows = _rows(cells, ends, words)
    last = rows[-1][-1]
    column = [row[-1].text for row in rows[:-1] if len(row) == len(rows[-1])]
    cut, kept = _cut_last(last, column)
    rows[-1] = [*rows[-1][:-1], cut]
    return build_table(rows, name), last.line + kept
