"""Tables of a document that hold cards: each card may be a table of its own, below its title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import accumulate, pairwise
from typing import Final

from extractors.document import Document, Paragraph, Table
from extractors.normalize import clean, is_page_number, strip_whitespace
from extractors.parsers.column_headers import normalize_header
from extractors.tables.cards import LEAST_LABELS, can_be_label, lay_out_cards
from extractors.tables.confidence import MAX_LOG_ODDS
from extractors.tables.form_lists import take_form_list
from extractors.tables.grid import Grid, GridCell, build_grid, concat, take_rows
from extractors.tables.header import Header, column_names
from extractors.tables.numbering import numbering
from extractors.tables.table_parts import TablePart
from extractors.tables.turned import turn_grid

_COUNTED: Final = re.compile(r"[\u4e00-\u9fff]{1,2}[一二三四五六七八九十\d]")
"""任务一, 卡01, 专项3"""
_LONGEST_LINE: Final = 40
_SENTENCE: Final = re.compile("[。；;]")


@dataclass(frozen=True)
class PlacedTable:
    """A table of a document, its zero-based number, its title, and the short lines between it and the table before."""

    ordinal: int
    table: Table
    title: str | None
    above: Sequence[Paragraph] = ()

    @cached_property
    def grid(self) -> Grid:
        """The cells of the table."""
        return build_grid(self.table)


def place_tables(document: Document, titles: Sequence[str | None]) -> list[PlacedTable]:
    """Return the tables of a document that have cells.

    Args:
        document: the document.
        titles: the title of every table, None for a table without one.
    """
    placed: list[PlacedTable] = []
    above: list[Paragraph] = []
    ordinal = 0
    for block in document.blocks:
        if isinstance(block, Paragraph):
            text = strip_whitespace(block.text)
            if 0 < len(text) <= _LONGEST_LINE and not _SENTENCE.search(text) and not is_page_number(text):
                above.append(block)
            continue
        if block.cells:
            title = titles[ordinal] if ordinal < len(titles) else None
            placed.append(PlacedTable(ordinal, block, title, above))
            above = []
        ordinal += 1
    return placed


def find_runs(tables: Sequence[PlacedTable]) -> Iterator[tuple[PlacedTable, TablePart | None]]:
    """Yield the tables, each form with its list, the first of those that hold cards with all these cards."""
    starts = [i for i in range(len(tables)) if not i or not _share_labels(tables[i - 1].table, tables[i].table)]
    for start, stop in pairwise([*starts, len(tables)]):
        run = tables[start:stop]
        if any(forms := [_read_form(table) for table in run]):
            yield from zip(run, forms, strict=True)
            continue
        cards = _read_cards(run)
        if cards is not None or len(run) == 1:
            yield run[0], cards
        else:
            yield from ((table, _read_cards([table])) for table in run)


def _read_form(table: PlacedTable) -> TablePart | None:
    """Return the list of a form, None for any other table."""
    found = take_form_list(table.grid)
    part = _part_of([table], table.title, found.grid, found.n_above, []) if found is not None else None
    return replace(part, is_form=True) if part is not None else None


def _read_cards(run: Sequence[PlacedTable]) -> TablePart | None:
    """Return a table with a row for each card of tables that follow each other, None where they hold no cards.

    A table with a column for each task has a label before each row as a card does.
    """
    grids = [one.grid for one in run]
    if all(turn_grid(grid) is not None for grid in grids):
        return None
    starts = accumulate((grid.n_rows for grid in grids[:-1]), initial=0)
    lines = _lines_above(run)
    titles = [
        (r, GridCell(0, 0, line.text, clean(line.text), line.locator))
        for r, own in zip(starts, lines, strict=True)
        for line in own
    ]
    found = lay_out_cards(reduce(concat, grids), titles)
    if found is None:
        return None
    return _part_of(run, _title_of_all(run[0].title, lines[0]), found.grid, found.n_above, found.dropped)


def _part_of(run: Sequence[PlacedTable], title: str | None, grid: Grid, start: int, dropped: list[str]) -> TablePart:
    """Return tables that were laid out as one with their header in row `start`."""
    header = Header(start, start + 1, column_names(grid, start, start + 1), MAX_LOG_ODDS)
    head, body = take_rows(grid, [start]), take_rows(grid, range(start + 1, grid.n_rows))
    return TablePart(
        [one.ordinal for one in run], title, header, head, body, take_rows(grid, range(start)),
        run[0].table.locator, run[0].table.first_page, run[-1].table.last_page, dropped,
    )  # fmt: skip


def _lines_above(run: Sequence[PlacedTable]) -> list[list[Paragraph]]:
    """Return the lines above each table of a run that name its card or a section; they say the same of no two tables.

    Above the first table stands the letter too: lines that begin like those above the others are its own.
    """
    later = [list(one.above) for one in run[1:]]
    counts = Counter(strip_whitespace(line.text) for lines in later for line in lines)
    later = [[line for line in lines if counts[strip_whitespace(line.text)] == 1] for lines in later]
    likes = {_beginning(line.text) for lines in later for line in lines}
    is_named = all(later) and "" in likes
    first: list[Paragraph] = []
    for line in reversed(run[0].above):
        if _beginning(line.text) not in likes - {""} and not (is_named and not first):
            break
        first.insert(0, line)
    return [first if later else [], *later]


def _beginning(text: str) -> str:
    """Return how a line begins: its kind of numbering, or 任务 of 任务一：….

    A line that is not numbered and has no number behind its first two characters begins like any other.
    """
    compact = strip_whitespace(text)
    return numbering(compact) or (compact[:2] if _COUNTED.match(compact) else "")


def _title_of_all(title: str | None, first: Sequence[Paragraph]) -> str | None:
    """Return the title of the first table if it is that of all cards, and not the name of the first."""
    own = {strip_whitespace(line.text) for line in first}
    return None if strip_whitespace(title or "") in own else title


def _share_labels(one: Table, other: Table) -> bool:
    """Return whether two tables of one width have labels in common, of the first column too."""
    if one.n_cols != other.n_cols:
        return False
    labels = {(cell.col, normalize_header(cell.text)) for cell in one.cells if can_be_label(cell.text)}
    common = labels.intersection((cell.col, normalize_header(cell.text)) for cell in other.cells)
    return len(common) >= LEAST_LABELS - 1 and any(col == 0 for col, _ in common)
