"""Parts of a table on consecutive pages → one table: repeated headers dropped, cut rows and cut spans joined.

`TableBuilder` takes the pages in turn; `ColumnStats` decides from the cells so far whether the first row of a page
goes on from the last row of the page before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from extractors.document import Cell, Table
from extractors.layout.borderless_rows import MAX_GUTTER
from extractors.layout.model import Box, Certainty, TextLine, page_locator
from extractors.layout.rulings import GridCell, PageTable, cluster_values
from extractors.layout.text_lines import (
    ITEM_LABEL,
    MAX_ENTRY_CHARS,
    MIN_ENTRY_CHARS,
    ends_sentence,
    has_open_bracket,
    is_wrapped,
    lines_to_text,
    split_entries,
)
from extractors.table_words import TableWords

_EDGE_TOLERANCE: Final = 5.0
"""Points: columns of two pages whose edges differ by less are the same column."""
_MAX_PADDING: Final = 12.0
"""Points: text further from the left border is centred or indented."""
_PADDING_QUANTILE: Final = 8
"""The padding of a table is the value an eighth from the lowest of all cells."""
_MAX_HEADER_ROWS: Final = 4
"""Rows at the top of a table that later pages may repeat."""
_MAX_FREE_SPACE: Final = 0.9
"""In type sizes: less room below the text of a cell holds no further line."""
_MAX_BLANK_SHARE: Final = 0.12
"""Of the cells of a column: a column with fewer blanks is normally filled."""
_MAX_KEY_BLANK_SHARE: Final = 0.05
"""Of the cells of the key column: with fewer blanks a blank there is no new row."""
_MAX_RECENT_CELLS: Final = 1_500
"""Cells that a column is compared by: enough to show its habits, few enough for a table of a thousand pages."""
_MIN_EVIDENCE: Final = 3
"""Cells that must agree before a habit of the column counts."""
_MIN_HABIT_SHARE: Final = 0.8
"""Share of the cells of a column that makes a habit."""
_MIN_PROSE_CHARS: Final = 8.0
"""Characters on a line from which a column is wide enough for its line breaks to mean something."""
_MAX_KEPT_LINES: Final = 3.0
"""Lines of room above an edge that lines kept together may leave: two, and what is less than one."""
_LEADING: Final = 1.4
"""In type sizes: the distance of lines in a cell of one line."""
_MIN_LABELS: Final = 2
"""Words of headers that begin rows on both sides of a page edge, where each item is a card of labels and values."""
_COLUMN_EPSILON: Final = 0.001
"""Points; absorbs rounding where a position is looked up among column edges."""


@dataclass(slots=True)
class CellPart:
    """The part of a cell on one page."""

    page: int
    box: Box
    lines: list[TextLine]


@dataclass(slots=True)
class MultiPageCell:
    """A cell of a table that may span pages. Columns are known by their edges until all pages are read."""

    row: int
    row_span: int
    x0: float
    x1: float
    parts: list[CellPart]
    is_at_top: bool = False
    """Whether it begins at the top of a page below the first, where a blank may only be the rest of a span."""

    @property
    def is_blank(self) -> bool:
        """Whether it has no text on any page."""
        return not any(part.lines for part in self.parts)

    @property
    def lines(self) -> list[TextLine]:
        """Its lines on all pages."""
        return [line for part in self.parts for line in part.lines]

    @property
    def text(self) -> str:
        """Its lines joined without separators."""
        return "".join(line.text for line in self.lines)


CellPair = tuple[MultiPageCell, MultiPageCell]
"""A cell of the last row above a page edge and the one below it in the same column."""


@dataclass(slots=True)
class ColumnStats:
    """What the cells read so far show of the columns of a table."""

    cells: list[MultiPageCell]
    paddings: list[float]
    table_words: TableWords
    text_ends: dict[int, list[float]] | None = None
    """Where borders between columns are not drawn: the right ends of the longest lines by the left edge of a column."""
    new_cells: list[MultiPageCell] = field(default_factory=list)
    """Cells of the page being added, which show as much of the habits of a column as those before."""

    def recent_cells(self) -> list[MultiPageCell]:
        """Return the last cells, by which a column is compared."""
        return self.cells[-_MAX_RECENT_CELLS:]

    def add_paddings(self, paddings: list[float]) -> None:
        """Add the distances of texts from their left borders on another page, as long as that adds knowledge."""
        if len(self.paddings) < _MAX_RECENT_CELLS:
            self.paddings = sorted(self.paddings + paddings)

    def padding(self) -> float:
        """Return the room between the border of a cell and its text, in points."""
        return self.paddings[len(self.paddings) // _PADDING_QUANTILE] if self.paddings else 0.0

    def text_margins(self, cell: MultiPageCell) -> tuple[float, float]:
        """Return the left and right edge of the text of a cell, in points."""
        padding = self.padding()
        lines = cell.lines
        end = cell.x1 - padding
        if self.text_ends is not None:
            ends = self.text_ends.get(round(cell.x0), [])
            if len(ends) == _MIN_EVIDENCE and lines and ends[-1] - ends[0] <= lines[0].size:
                end = min(max(ends[-1], end - MAX_GUTTER * lines[0].size), end)
        return min([cell.x0 + padding, *(line.x0 for line in lines)]), max([end, *(line.x1 for line in lines)])

    def add_text_ends(self, cells: Sequence[MultiPageCell]) -> None:
        """Note how far the lines of each column reach, where its right border is not drawn."""
        if self.text_ends is None:
            return
        for cell in cells:
            ends = [*self.text_ends.get(round(cell.x0), []), *(line.x1 for line in cell.lines)]
            self.text_ends[round(cell.x0)] = sorted(ends)[-_MIN_EVIDENCE:]

    def is_row_cut(self, pairs: Sequence[tuple[MultiPageCell | None, MultiPageCell]]) -> bool:
        """Return whether the page edge cuts a row: the first row of the new page holds only what did not fit.

        Args:
            pairs: The cells of that row, each with the one above it in the same column.
        """
        if any(above is None for above, _ in pairs):
            return False
        known = [(above, cell) for above, cell in pairs if above is not None]
        filled = [(above, cell) for above, cell in known if not cell.is_blank and not self._is_pushed_down(above, cell)]
        if any(above.is_blank for above, _ in filled):
            return False
        votes = {id(cell): self._continuation_vote(above, cell) for above, cell in filled}
        if any(self._is_new_value(above, cell) for above, cell in filled):
            return False
        if not all(self._is_full(above) for above, _ in filled):
            is_closing = is_closing_row([cell for _, cell in pairs], self.table_words)
            return not is_closing and self._is_row_cut_with_room(known, filled)
        if any(
            cell.is_blank and above.row_span == cell.row_span == 1 and self._is_always_filled(above)
            for above, cell in known
        ):
            return True
        key, key_below = self._key_column(known)
        if key_below.is_blank:
            if (
                not key.is_blank
                and self._blank_share(key) <= _MAX_KEY_BLANK_SHARE
                and min(votes.values(), default=0) >= 0
            ):
                return True
        elif votes[id(key_below)] or ITEM_LABEL.match(key_below.lines[0].text.strip()):
            return votes[id(key_below)] > 0
        telling = [
            (above, cell)
            for above, cell in filled
            if self._line_capacity(above) > _MIN_PROSE_CHARS or self._is_unfinished(above)
        ]
        return sum(votes[id(cell)] for above, cell in telling if above.row_span == 1) > 0

    def is_same_span(self, above: MultiPageCell, cell: MultiPageCell) -> bool:
        """Return whether a cell at the top of a page is the rest of the span that reached the edge, in a new row."""
        has_span = above.row_span > 1 or cell.row_span > 1
        if cell.is_blank:
            return cell.row_span > 1 or (
                (has_span or self._has_spans(above)) and self._blank_share(above) <= _MAX_BLANK_SHARE
            )
        if not has_span:
            return False
        if above.is_blank:
            return self._is_pushed_down(above, cell)
        if self._is_new_value(above, cell) or self._are_separate_entries(above, cell):
            return False
        return self._is_full(above) and self._continuation_vote(above, cell) > 0

    def _is_row_cut_with_room(self, known: Sequence[CellPair], filled: Sequence[CellPair]) -> bool:
        """Return the same where the text left room above the edge, as it does when lines are kept together.

        Either a column that every row fills is blank and the texts that go on come near the edge, or every text that
        goes on breaks off in mid-sentence: in three columns, or in one whose texts end like sentences.
        """
        is_near = all(self._free_lines(above) < _MAX_KEPT_LINES for above, _ in filled)
        if is_near and any(
            cell.is_blank and above.row_span == cell.row_span == 1 and self._is_always_filled(above, _MIN_EVIDENCE)
            for above, cell in known
        ):
            return True
        if min(self._continuation_vote(above, cell) for above, cell in filled) <= 0:
            return False
        if (
            len(filled) >= _MIN_EVIDENCE
            and max(self._line_capacity(above) for above, _ in filled) > _MIN_PROSE_CHARS
        ):  # fmt: skip
            return True
        return (
            is_near
            and all(self._breaks_mid_sentence(above, cell) for above, cell in filled)
            and any(self._holds_sentences(above) for above, _ in filled)
        )

    def _breaks_mid_sentence(self, above: MultiPageCell, cell: MultiPageCell) -> bool:
        """Return whether a line that ends no sentence had no room for the text at the top of the page."""
        before, after = above.lines[-1], cell.lines[0]
        is_new = ends_sentence(before.text) or ITEM_LABEL.match(after.text.strip())
        return not is_new and is_wrapped(before, after, *self.text_margins(above))

    def _free_lines(self, cell: MultiPageCell) -> float:
        """Return how many lines of its own the room below the text of a cell would hold."""
        part = cell.parts[-1]
        if not part.lines:
            return float("inf")
        last = part.lines[-1]
        leading = min((b.top - a.top for a, b in pairwise(part.lines) if b.top > a.top), default=_LEADING * last.size)
        return (part.box.bottom - last.bottom) / max(leading, last.size)

    def _line_capacity(self, cell: MultiPageCell) -> float:
        """Return how many characters a line of the cell holds."""
        left, right = self.text_margins(cell)
        return (right - left) / cell.lines[-1].size

    def _is_new_value(self, above: MultiPageCell, cell: MultiPageCell) -> bool:
        """Return whether a column of single values (a serial, points, a date) has another one here."""
        if all(self.table_words.is_score(c.text) for c in (above, cell)):
            return True
        column = [c for c in self._cells_of_column(above) if not c.is_blank]
        n_single = sum(len(c.lines) == 1 for c in column)
        if len(column) < _MIN_EVIDENCE or n_single < _MIN_HABIT_SHARE * len(column) or len(above.lines) != 1:
            return False
        return self._continuation_vote(above, cell) <= 0

    def _key_column(self, known: Sequence[CellPair]) -> CellPair:
        """Return the column that distinguishes rows best: the one with the longest texts of those filled most often."""
        counts: list[tuple[int, int]] = []
        for above, _ in known:
            column = [c for c in self._cells_of_column(above) if not c.is_blank and c.row_span == 1]
            counts.append((len(column), sum(len(line.text) for c in column for line in c.lines)))
        min_filled = _MIN_HABIT_SHARE * max(n_cells for n_cells, _ in counts)
        return max(
            zip(counts, known, strict=True), key=lambda counted: (counted[0][0] >= min_filled, counted[0][1])
        )[1]  # fmt: skip

    def _is_pushed_down(self, above: MultiPageCell, cell: MultiPageCell) -> bool:
        """Return whether the text of a span had no room above the page edge, where its upper rows are empty."""
        has_span = above.row_span > 1 or cell.row_span > 1
        return above.is_blank and not cell.is_blank and has_span and self._blank_share(above) <= _MAX_BLANK_SHARE

    def _are_separate_entries(self, above: MultiPageCell, cell: MultiPageCell) -> bool:
        """Return whether both texts are also whole texts of other cells: two names, neither of them cut."""
        whole_texts = {c.text for c in self._cells_of_column(above)}
        return all(c.text in whole_texts for c in (above, cell))

    def _cells_of_column(self, cell: MultiPageCell) -> list[MultiPageCell]:
        """Return the other cells of the column of `cell`, without those at the tops of pages."""
        return [
            c
            for c in (*self.recent_cells(), *self.new_cells)
            if c is not cell
            and not c.is_at_top
            and abs(c.x0 - cell.x0) <= _EDGE_TOLERANCE
            and abs(c.x1 - cell.x1) <= _EDGE_TOLERANCE
        ]

    def _blank_share(self, cell: MultiPageCell) -> float:
        """Return the share of blank cells in the column of `cell`, ignoring rows mostly blank (bands, totals)."""
        n_filled: Counter[tuple[bool, int]] = Counter()
        for is_old, group in ((True, self.recent_cells()), (False, self.new_cells)):
            for c in group:
                n_filled[is_old, c.row] += -1 if c.is_blank else 1
        old_ids = {id(c) for c in self.recent_cells()}
        column = [c for c in self._cells_of_column(cell) if n_filled[id(c) in old_ids, c.row] > 0]
        return sum(c.is_blank for c in column) / len(column) if column else 0.0

    def _has_spans(self, cell: MultiPageCell) -> bool:
        return any(c.row_span > 1 for c in self._cells_of_column(cell))

    def _is_always_filled(self, cell: MultiPageCell, min_cells: int = 2) -> bool:
        """Return whether every row, of `min_cells` or more, has its own text in the column: a blank is no new row."""
        column = self._cells_of_column(cell)
        return len(column) >= min_cells and not any(c.is_blank or c.row_span > 1 for c in column)

    def _is_full(self, cell: MultiPageCell) -> bool:
        """Return whether the text of a cell reaches the bottom border, so that no further line had room."""
        part = cell.parts[-1]
        if not part.lines:
            return False
        last = part.lines[-1]
        return part.box.bottom - last.bottom < _MAX_FREE_SPACE * last.size

    def _continuation_vote(self, above: MultiPageCell, cell: MultiPageCell) -> int:
        """Return 1 if the text of `cell` plainly continues `above`, -1 if it plainly starts a new text, else 0."""
        before, after = above.lines[-1], cell.lines[0]
        if self._is_unfinished(above):
            return 1
        if ITEM_LABEL.match(after.text.strip()):
            return -1
        return int(not ends_sentence(before.text) and is_wrapped(before, after, *self.text_margins(above)))

    def _is_unfinished(self, cell: MultiPageCell) -> bool:
        """Return whether the text lacks a closing bracket, or the end of a sentence that its column normally has."""
        text = cell.text
        return has_open_bracket(text) or (not ends_sentence(text) and self._holds_sentences(cell))

    def _holds_sentences(self, cell: MultiPageCell) -> bool:
        """Return whether the texts of the column end like sentences, so that one that does not must go on."""
        column = [c for c in self._cells_of_column(cell) if not c.is_blank]
        n_ended = sum(ends_sentence(c.lines[-1].text) for c in column)
        return len(column) >= _MIN_EVIDENCE and n_ended >= _MIN_HABIT_SHARE * len(column)


@dataclass(slots=True)
class TableBuilder:
    """A table that later pages may continue."""

    columns: ColumnStats
    n_rows: int
    first_page: int
    last_page: int
    box: Box
    is_ruled: bool
    has_inferred_rows: bool
    has_unsure_rows: bool
    header_texts: list[tuple[str, ...]]
    """Texts of the first rows, which later pages may repeat."""

    @classmethod
    def from_page_table(cls, table: PageTable, table_words: TableWords) -> TableBuilder:
        """Start a table with its part on the first page."""
        cells = page_table_to_cells(table)
        n_rows = len(table.ys) - 1
        header_texts = [row_texts(cells, row) for row in range(min(n_rows, _MAX_HEADER_ROWS))]
        columns = ColumnStats(cells, left_paddings(table), table_words, None if table.is_ruled else {})
        columns.add_text_ends(cells)
        return cls(
            columns, n_rows, table.page, table.page, table.box, table.is_ruled,
            table.has_inferred_rows, table.has_unsure_rows, header_texts,
        )  # fmt: skip

    def is_continued_by(self, table: PageTable) -> bool:
        """Return whether `table`, the first item of the next page, has the same columns and begins no new table."""
        if table.page != self.last_page + 1 or table.is_ruled != self.is_ruled:
            return False
        cells = page_table_to_cells(table)
        edges, new_edges = column_edges(self.columns.recent_cells()), column_edges(cells)
        if self.has_inferred_rows and table.has_inferred_rows:
            # The outer edges are where the texts of a page happen to end.
            edges, new_edges = edges[1:-1], new_edges[1:-1]
        elif abs(edges[0] - new_edges[0]) > _EDGE_TOLERANCE or abs(edges[-1] - new_edges[-1]) > _EDGE_TOLERANCE:
            return False
        n_shared = sum(any(abs(new - old) <= _EDGE_TOLERANCE for old in edges) for new in new_edges)
        if n_shared < min(len(edges), len(new_edges)):
            return False
        if self._count_repeated_rows(table, cells):
            return True
        is_header = self.columns.table_words.is_header(list(row_texts(cells, 0)))
        return not is_header or self._holds_cards(cells)

    def append_page(self, table: PageTable) -> None:
        """Add the part of the table on the next page."""
        cells = page_table_to_cells(table)
        n_repeated = self._count_repeated_rows(table, cells)
        cells = [c for c in cells if c.row >= n_repeated]
        if self.has_inferred_rows:
            self._take_outer_edges(cells)
            self.has_unsure_rows |= table.has_unsure_rows
        for cell in cells:
            cell.row -= n_repeated
        self.columns.add_paddings(left_paddings(table))
        self.columns.add_text_ends(cells)
        self.last_page = table.page
        if not cells:
            return
        top_row = [c for c in cells if c.row == 0]
        for cell in top_row:
            cell.is_at_top = True
        self.columns.new_cells = [c for c in cells if c.row]
        pairs = [(self._find_cell_above(cell), cell) for cell in top_row]
        is_cut = self.columns.is_row_cut(pairs)
        offset = self.n_rows - (1 if is_cut else 0)
        joined = (
            [(above, cell) for above, cell in pairs if above is not None] if is_cut else self._find_open_spans(pairs)
        )
        self.columns.new_cells = []
        for cell in cells:
            cell.row += offset
        for above, cell in joined:
            above.row_span = cell.row + cell.row_span - above.row
            above.parts += cell.parts
        joined_ids = {id(cell) for _, cell in joined}
        self.columns.cells += [c for c in cells if id(c) not in joined_ids]
        self.n_rows = offset + len(table.ys) - 1 - n_repeated

    def _take_outer_edges(self, cells: Sequence[MultiPageCell]) -> None:
        """Give the outer cells of another page the outer edges of the table, in place."""
        left, right = min(c.x0 for c in self.columns.cells), max(c.x1 for c in self.columns.cells)
        new_left, new_right = min((c.x0 for c in cells), default=0.0), max((c.x1 for c in cells), default=0.0)
        for cell in cells:
            cell.x0 = left if cell.x0 == new_left else cell.x0
            cell.x1 = right if cell.x1 == new_right else cell.x1

    def build(self, max_columns: int, certainty: Certainty) -> Table:
        """Return the table with all its pages.

        Args:
            max_columns: The most columns it may have; further edges are ignored.
            certainty: Receives how certain the recogniser was of every cell.
        """
        groups = cluster_values((x for c in self.columns.cells for x in (c.x0, c.x1)), _EDGE_TOLERANCE)
        edges = [group[0] for group in groups][: max_columns + 1]
        texts = [lines_to_text(cell.lines, *self.columns.text_margins(cell)) for cell in self.columns.cells]
        entries: dict[int, set[str]] = {}
        for cell, text in zip(self.columns.cells, texts, strict=True):
            if MIN_ENTRY_CHARS <= len(text) <= MAX_ENTRY_CHARS and "\n" not in text:
                entries.setdefault(_find_column(edges, cell.x0), set()).add(text)
        cells: list[Cell] = []
        for cell, joined in zip(self.columns.cells, texts, strict=True):
            col, end = _find_column(edges, cell.x0), _find_column(edges, cell.x1)
            text = split_entries(joined, entries.get(col, set()))
            page, box = cell.parts[0].page, cell.parts[0].box
            locator = page_locator(page, box)
            certainty.add(locator, cell.lines)
            cells.append(Cell(cell.row, col, text, locator, cell.row_span, max(end - col, 1)))
        cells.sort(key=lambda c: (c.row, c.col))
        return Table(
            tuple(cells), self.n_rows, max(len(edges) - 1, 1), page_locator(self.first_page, self.box),
            spans_known=not self.has_inferred_rows, first_page=self.first_page, last_page=self.last_page,
        )  # fmt: skip

    def _find_open_spans(self, pairs: Sequence[tuple[MultiPageCell | None, MultiPageCell]]) -> list[CellPair]:
        """Return the spans that reach from the last row into a new one; totals and notes end them on either side."""
        if is_closing_row([cell for _, cell in pairs], self.columns.table_words):
            return []
        last = self.n_rows - 1
        last_row = [c for c in self.columns.recent_cells() if c.row == last]
        is_closed = is_closing_row(last_row, self.columns.table_words)
        reaching = [
            (above, cell) for above, cell in pairs if above is not None and not (is_closed and above.row == last)
        ]
        spans = [pair for pair in reaching if self.columns.is_same_span(*pair)]
        blank_spans = {(above.row, cell.row_span) for above, cell in spans if cell.is_blank and above.row_span > 1}
        span_ids = {id(cell) for _, cell in spans}
        # A cell merged beside another one over the same rows continues where that one does.
        return [
            (above, cell)
            for above, cell in reaching
            if id(cell) in span_ids
            or (
                cell.is_blank
                and not above.is_blank
                and above.row_span > 1
                and (above.row, cell.row_span) in blank_spans
            )
        ]  # fmt: skip

    def _find_cell_above(self, cell: MultiPageCell) -> MultiPageCell | None:
        """Return the cell of the last row so far with the same column edges."""
        for other in reversed(self.columns.cells):
            is_last = other.row + other.row_span == self.n_rows
            if is_last and abs(other.x0 - cell.x0) <= _EDGE_TOLERANCE and abs(other.x1 - cell.x1) <= _EDGE_TOLERANCE:
                return other
        return None

    def _count_repeated_rows(self, table: PageTable, cells: Sequence[MultiPageCell]) -> int:
        """Return how many rows at the top of the next page, with these cells, repeat the first rows of the table."""
        n_same = 0
        while n_same < min(len(self.header_texts), len(table.ys) - 2):
            texts, new_texts = self.header_texts[n_same], row_texts(cells, n_same)
            if texts != new_texts or (n_same == 0 and not any(texts)):
                break
            n_same += 1
        while n_same and any(c.row < n_same < c.row + c.row_span for c in cells):
            n_same -= 1
        return 0 if n_same and self._holds_cards(cells) else n_same

    def _holds_cards(self, cells: Sequence[MultiPageCell]) -> bool:
        """Return whether rows below the top of the next page begin like those of the table: with labels, no header.

        The first row of the table comes again, or two words of headers stand at the beginning of rows before and after.
        """
        rows: dict[int, list[str]] = {}
        for cell in cells:
            rows.setdefault(cell.row, []).append(cell.text.replace(" ", ""))
        inside = [tuple(texts) for row, texts in rows.items() if row]
        if any(self.header_texts[0]) and self.header_texts[0] in inside:
            return True
        words = self.columns.table_words
        labels = {texts[0] for texts in inside if words.is_header_word(texts[0]) and not words.is_total(texts[0])}
        if len(labels) < _MIN_LABELS:
            return False
        before = {cell.text.replace(" ", "") for cell in self.columns.recent_cells()}
        return len(labels & before) >= _MIN_LABELS


def page_table_to_cells(table: PageTable) -> list[MultiPageCell]:
    """Return the cells of the part of a table on one page."""
    return [_grid_cell_to_cell(table.page, cell) for cell in table.cells]


def _grid_cell_to_cell(page: int, cell: GridCell) -> MultiPageCell:
    part = CellPart(page, cell.box, cell.lines)
    return MultiPageCell(cell.row, cell.row_span, cell.box.x0, cell.box.x1, [part])


def column_edges(cells: Sequence[MultiPageCell]) -> list[float]:
    """Return the positions of the edges of columns, in points."""
    return [group[0] for group in cluster_values((x for c in cells for x in (c.x0, c.x1)), _EDGE_TOLERANCE)]


def left_paddings(table: PageTable) -> list[float]:
    """Return the distances of texts from their left borders, as far as they are plausible as padding."""
    return sorted(
        distance
        for cell in table.cells
        for line in cell.lines
        if 0.0 <= (distance := line.x0 - cell.box.x0) <= _MAX_PADDING
    )


def row_texts(cells: Sequence[MultiPageCell], row: int) -> tuple[str, ...]:
    """Return the texts of one row without blanks, to compare rows by."""
    return tuple(cell.text.replace(" ", "") for cell in cells if cell.row == row)


def is_closing_row(row: Sequence[MultiPageCell], table_words: TableWords) -> bool:
    """Return whether a row holds totals or a note, into which no cell above reaches."""
    filled = [cell.text.strip() for cell in row if not cell.is_blank]
    return any(table_words.is_total(text) for text in filled[:2]) or (
        len(filled) == 1 and table_words.is_note(filled[0])
    )


def _find_column(edges: Sequence[float], x: float) -> int:
    """Return the index of the edge that `x` belongs to."""
    index = 0
    for i, edge in enumerate(edges):
        if x >= edge - _COLUMN_EPSILON:
            index = i
    return index
