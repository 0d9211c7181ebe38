"""One page → its lines of running text, its tables and its footnotes, from top to bottom."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from extractors.layout.borderless_tables import (
    OpenTable,
    find_columns_in_frame,
    find_half_ruled_tables,
    find_unruled_tables,
)
from extractors.layout.model import Box, Page, TextLine, Word
from extractors.layout.rulings import (
    GridCell,
    PageTable,
    Rulings,
    drop_unused_edges,
    group_touching,
    map_squares,
    merge_rulings,
    rulings_to_table,
)
from extractors.layout.text_lines import cell_words_to_lines, join_line, measure_ems, words_to_lines
from extractors.table_words import NO_WORDS, TableWords

_MIN_SEPARATOR_LENGTH: Final = 40.0
"""Points: the line above footnotes is at least this long."""
_MAX_SEPARATOR_SHARE: Final = 0.45
"""Of the page's width: the line above footnotes is at most this long."""
_MIN_SEPARATOR_DEPTH: Final = 0.3
"""Of the page's height: footnotes begin below this."""
_SEPARATOR_INDENT: Final = 12.0
"""Points between the left ends of the line and of the footnotes."""
_SEPARATOR_CLEARANCE: Final = 2.0
"""Points above the line in which no text may be: that would make it an underline."""
_NOTE_SIZE_RATIO: Final = 0.95
"""Of the usual type size above: footnotes are set smaller than this."""
_NESTING_TOLERANCE: Final = 1.0
"""Points by which a table inside another one may overlap its border."""
_SPLIT_CLEARANCE: Final = 0.3
"""In type sizes: a word is split at a border only if it reaches this far to both sides."""
_SAME_EDGE: Final = 0.5
"""Points: rounding of the edges of columns that one page takes from another."""
_AT_POINT = re.compile(r".?\d\.\d|\d\.\d.?")
"""Two characters on either side of a place next to a decimal point: a figure too wide for its cell is still one."""

Item = TextLine | PageTable


@dataclass(slots=True)
class PageItems:
    """The content of a page in reading order; `notes` are its footnotes."""

    number: int
    width: float
    height: float
    items: list[Item] = field(default_factory=list)
    notes: list[TextLine] = field(default_factory=list)
    lost_chars: int = 0
    """Non-blank characters of words that came into no line and no cell."""

    def open_table(self, before: OpenTable | None) -> OpenTable | None:
        """Return the table at the end of the page whose columns are not drawn; one that went on keeps its header."""
        tables = [item for item in self.items if isinstance(item, PageTable)]
        if not tables or tables[-1].is_ruled:
            return None
        edges = tuple(tables[-1].xs)
        if (
            before is not None
            and len(edges) == len(before.edges)
            and max(abs(a - b) for a, b in zip(edges[1:-1], before.edges[1:-1], strict=True)) < _SAME_EDGE
        ):
            return before
        n_rows = max((c.row_span for c in tables[-1].cells if c.row == 0), default=1)
        header = ["" for _ in edges[1:]]
        for cell in tables[-1].cells:
            if cell.row < n_rows and cell.col_span == 1:
                header[cell.col] += "".join(line.text for line in cell.lines).replace(" ", "")
        return OpenTable(edges, tuple(header))


def lay_out_page(page: Page, max_cells: int, table_words: TableWords, open_table: OpenTable | None = None) -> PageItems:
    """Find the tables of a page first, then the lines of the words outside of them.

    Args:
        page: Words and rulings.
        max_cells: The most squares the grid of a table may have.
        table_words: Tells a header of a table without lines.
        open_table: A table without lines that reached the end of the page before.
    """
    rulings = merge_rulings(page.rulings, page.width, page.height)
    words = [w for w in page.words if w.text.strip()]
    ruled, unused = _find_ruled_tables(
        rulings, words, page.number, max_cells, table_words=table_words, open_table=open_table
    )
    outside = _assign_words_to_cells(ruled, words)
    result = PageItems(page.number, page.width, page.height)
    notes_top = _find_notes_top(unused, outside, ruled, page)
    inferred: list[PageTable] = []
    half_ruled = find_half_ruled_tables(unused, outside, page.width, table_words, open_table)
    above_notes = [w for w in outside if w.top < notes_top]
    unruled = find_unruled_tables(above_notes, table_words, open_table)
    for table_rulings in [*half_ruled, *unruled]:
        table = rulings_to_table(table_rulings, page.number, max_cells)
        if table is not None and not _overlaps_any(table, [*ruled, *inferred]):
            table.is_ruled = False
            inferred.append(table)
    outside = _assign_words_to_cells(inferred, outside)
    for table in ruled + inferred:
        _read_cell_lines(table)
    frames = [t for t in ruled if len(t.cells) == 1]
    lines = [join_line(line, page.number) for line in words_to_lines(outside)]
    result.notes = [line for line in lines if line.top >= notes_top]
    result.items = [line for line in lines if line.top < notes_top]
    result.items += [line for t in frames for line in t.cells[0].lines]
    result.items += [t for t in ruled + inferred if len(t.cells) > 1]
    result.items.sort(key=_position)
    result.lost_chars = _count_non_blank(w.text for w in words) - _count_characters(result)
    return result


def _count_characters(page: PageItems) -> int:
    cells = (cell for item in page.items if isinstance(item, PageTable) for cell in item.cells)
    lines = [*page.notes, *(item for item in page.items if isinstance(item, TextLine))]
    lines += [line for cell in cells for line in cell.lines]
    return _count_non_blank(line.text for line in lines)


def _count_non_blank(texts: Iterable[str]) -> int:
    return len("".join("".join(texts).split()))


def find_ruled_tables(page: Page, max_cells: int) -> list[PageTable]:
    """Return the fully ruled tables of a page without unused grid lines, as a recogniser reads them cell by cell."""
    rulings = merge_rulings(page.rulings, page.width, page.height)
    tables, _ = _find_ruled_tables(rulings, page.words, page.number, max_cells)
    return [drop_unused_edges(table) for table in tables]


def _position(item: Item) -> tuple[float, float]:
    return (item.top, item.x0) if isinstance(item, TextLine) else (item.box.top, item.box.x0)


def _find_ruled_tables(
    rulings: Rulings,
    words: Sequence[Word],
    page: int,
    max_cells: int,
    *,
    table_words: TableWords = NO_WORDS,
    open_table: OpenTable | None = None,
) -> tuple[list[PageTable], Rulings]:
    """Return the fully ruled tables, and the lines that belong to none; framed rows are split at their white."""
    tables: list[PageTable] = []
    unused = Rulings()
    for group in group_touching(rulings):
        table = rulings_to_table(group, page, max_cells)
        if (
            table is not None
            and len(table.xs) == 2
            and (with_columns := find_columns_in_frame(group, words, table_words, open_table)) is not None
        ):
            table = rulings_to_table(with_columns, page, max_cells)
            if table is not None:
                table.is_ruled = False
        if table is None:
            unused.horizontal += group.horizontal
            unused.vertical += group.vertical
        else:
            tables.append(table)
    return _drop_nested(tables), unused


def _drop_nested(tables: list[PageTable]) -> list[PageTable]:
    """Drop page frames, and what is drawn inside a cell of another table (its words stay in that cell)."""
    outer_tables: list[PageTable] = []
    by_size = sorted(tables, key=lambda t: -(t.box.width * t.box.height))
    for i, table in enumerate(by_size):
        inner = [t for t in by_size[i + 1 :] if _is_inside(t.box, table.box)]
        if len(table.cells) == 1 and inner:
            continue
        if any(_is_inside(table.box, outer.box) for outer in outer_tables):
            continue
        outer_tables.append(table)
    return sorted(outer_tables, key=lambda t: (t.box.top, t.box.x0))


def _is_inside(inner: Box, outer: Box) -> bool:
    slack = _NESTING_TOLERANCE
    return (
        inner.x0 >= outer.x0 - slack and inner.x1 <= outer.x1 + slack
        and inner.top >= outer.top - slack and inner.bottom <= outer.bottom + slack
    )  # fmt: skip


def _overlaps_any(table: PageTable, others: Iterable[PageTable]) -> bool:
    box = table.box
    return any(
        box.top < o.box.bottom and box.bottom > o.box.top and box.x0 < o.box.x1 and box.x1 > o.box.x0 for o in others
    )


def _assign_words_to_cells(tables: list[PageTable], words: list[Word]) -> list[Word]:
    """Put every word into the cell its centre lies in; return those outside of all tables."""
    if not tables:
        return words
    grids = [(table, table.box, map_squares(table)) for table in tables]
    outside: list[Word] = []
    for word in words:
        for table, box, cells in grids:
            if box.top <= word.y_center <= box.bottom and box.x0 <= word.x1 and word.x0 <= box.x1:
                row = min(bisect_right(table.ys, word.y_center), len(table.ys) - 1) - 1
                for piece in _split_word_at_borders(word, table, row, cells):
                    if piece.x1 < box.x0 or piece.x0 > box.x1 or not box.x0 <= piece.x_center <= box.x1:
                        outside.append(piece)
                        continue
                    col = min(bisect_right(table.xs, piece.x_center), len(table.xs) - 1) - 1
                    cells[max(row, 0), max(col, 0)].words.append(piece)
                break
        else:
            outside.append(word)
    return outside


def _split_word_at_borders(
    word: Word, table: PageTable, row: int, cells: dict[tuple[int, int], GridCell]
) -> list[Word]:
    """Split a word that crosses a border at the character nearest to it, but never at a decimal point."""
    slack = _SPLIT_CLEARANCE * word.size
    row = max(row, 0)
    borders = [
        x
        for col, x in enumerate(table.xs)
        if word.x0 + slack < x < word.x1 - slack and cells.get((row, col - 1)) is not cells.get((row, col))
    ]
    if not borders or len(word.text) < 2:
        return [word]
    em = (word.x1 - word.x0) / (measure_ems(word.text) or 1.0)
    pieces: list[Word] = []
    text, x = "", word.x0
    start = x
    for i, char in enumerate(word.text):
        advance = measure_ems(char) * em
        if borders and x + advance / 2 > borders[0] and not _AT_POINT.fullmatch(word.text[max(i - 2, 0) : i + 2]):
            if text.strip():
                pieces.append(_cut_word(word, text.strip(), start, x))
            text, start = "", x
            borders = [border for border in borders if x + advance / 2 <= border]
        text += char
        x += advance
    if text.strip():
        pieces.append(_cut_word(word, text.strip(), start, word.x1))
    return pieces


def _cut_word(word: Word, text: str, x0: float, x1: float) -> Word:
    """Return the part of a word that has a text."""
    doubtful = "".join(char for char in word.doubtful if char in text)
    return Word(text, x0, word.top, x1, word.bottom, word.confidence, doubtful=doubtful)


def _read_cell_lines(table: PageTable) -> None:
    """Replace the words of every cell by its lines."""
    drop_unused_edges(table)
    for cell in table.cells:
        cell.lines = cell_words_to_lines(cell.words, table.page)
        cell.words = []


def _find_notes_top(unused: Rulings, words: list[Word], tables: list[PageTable], page: Page) -> float:
    """Return where the footnotes begin: below a short line at the left, in smaller type; infinity if there are none."""
    tables_bottom = max((t.box.bottom for t in tables), default=0.0)
    for line in sorted(unused.horizontal, key=lambda h: h.position):
        y = line.position
        if not (
            _MIN_SEPARATOR_LENGTH <= line.length <= _MAX_SEPARATOR_SHARE * page.width
            and y > max(tables_bottom, page.height * _MIN_SEPARATOR_DEPTH)
        ):
            continue
        sizes_above = sorted(w.size for w in words if w.y_center < y)
        below = [w for w in words if w.y_center > y]
        if not below or not sizes_above or abs(min(w.x0 for w in below) - line.start) > _SEPARATOR_INDENT:
            continue
        is_underline = any(w.bottom > y - _SEPARATOR_CLEARANCE and w.y_center < y and w.x0 < line.end for w in words)
        if not is_underline and max(w.size for w in below) < _NOTE_SIZE_RATIO * sizes_above[len(sizes_above) // 2]:
            return y
    return float("inf")
