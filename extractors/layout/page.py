"""One page → its lines of running text and its tables, top to bottom."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractors.layout.borderless_tables import borderless, framed, half_ruled
from extractors.layout.grid import PageTable, Square, build, compact, find_cell
from extractors.layout.model import Box, Line, Page, Word
from extractors.layout.rulings import Ruling, groups, straighten
from extractors.layout.text_lines import breadth, group_lines, line_of, upright
from extractors.table_words import TableWords

_NOTE_RULE = (40.0, 0.45)
"""A footnote separator is at least this long in points and at most this part of the page's width."""
_AT_POINT = re.compile(r".?\d\.\d|\d\.\d.?")
"""Two characters on either side of a place next to a decimal point: a figure too wide for its cell is still one."""

Item = Line | PageTable


@dataclass(slots=True)
class PageItems:
    """What a page holds, in reading order; `notes` are its footnotes."""

    number: int
    width: float
    height: float
    items: list[Item] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)


def read_page(page: Page, max_cells: int, known: TableWords) -> PageItems:
    """Tables first, the words outside of them in lines around them."""
    ruling = straighten(page.rules, page.width, page.height)
    words = [w for w in page.words if w.text.strip()]
    tables, loose = _ruled(ruling, words, page.number, max_cells)
    outside = _fill(tables, words)
    out = PageItems(page.number, page.width, page.height)
    notes = _note_top(loose, outside, tables, page)
    found: list[PageTable] = []
    for lines in [*half_ruled(loose, outside, page.width), *borderless([w for w in outside if w.top < notes], known)]:
        table = build(lines, page.number, max_cells)
        if table is not None and not _overlaps(table, [*tables, *found]):
            table.ruled = False
            found.append(table)
    outside = _fill(found, outside)
    for table in tables + found:
        _settle(table)
    boxed = [t for t in tables if len(t.cells) == 1]
    loose_lines = [line_of(line, page.number) for line in group_lines(outside)]
    out.notes = [line for line in loose_lines if line.top >= notes]
    out.items = [line for line in loose_lines if line.top < notes]
    out.items += [line for t in boxed for line in t.cells[0].lines]
    out.items += [t for t in tables + found if len(t.cells) > 1]
    out.items.sort(key=_place)
    return out


def ruled_tables(page: Page, max_cells: int) -> list[PageTable]:
    """The fully ruled tables of a page, unneeded grid lines left out: what a recogniser has to read cell by cell."""
    tables, _ = _ruled(straighten(page.rules, page.width, page.height), page.words, page.number, max_cells)
    return [compact(table) for table in tables]


def _place(item: Item) -> tuple[float, float]:
    return (item.top, item.x0) if isinstance(item, Line) else (item.box.top, item.box.x0)


def _ruled(ruling: Ruling, words: Sequence[Word], page: int, max_cells: int) -> tuple[list[PageTable], Ruling]:
    """The fully ruled tables, and the lines that belong to none of them; frames of rows are cut by their white."""
    tables: list[PageTable] = []
    loose = Ruling()
    for group in groups(ruling):
        table = build(group, page, max_cells) if group.across and group.down else None
        if table is not None and len(table.xs) == 2 and (columns := framed(group, words)) is not None:
            table = build(columns, page, max_cells)
        if table is None:
            loose.across += group.across
            loose.down += group.down
        else:
            tables.append(table)
    return _outermost(tables), loose


def _outermost(tables: list[PageTable]) -> list[PageTable]:
    """Without page frames, and without what is drawn inside a cell of another table (its words stay in that cell)."""
    kept: list[PageTable] = []
    by_size = sorted(tables, key=lambda t: -(t.box.width * (t.box.bottom - t.box.top)))
    for i, table in enumerate(by_size):
        inner = [t for t in by_size[i + 1 :] if _inside(t.box, table.box)]
        if len(table.cells) == 1 and inner:
            continue
        if any(_inside(table.box, outer.box) for outer in kept):
            continue
        kept.append(table)
    return sorted(kept, key=lambda t: (t.box.top, t.box.x0))


def _inside(inner: Box, outer: Box) -> bool:
    slack = 1.0
    return (
        inner.x0 >= outer.x0 - slack and inner.x1 <= outer.x1 + slack
        and inner.top >= outer.top - slack and inner.bottom <= outer.bottom + slack
    )  # fmt: skip


def _overlaps(table: PageTable, others: Iterable[PageTable]) -> bool:
    a = table.box
    return any(a.top < b.box.bottom and a.bottom > b.box.top and a.x0 < b.box.x1 and a.x1 > b.box.x0 for b in others)


def _fill(tables: list[PageTable], words: list[Word]) -> list[Word]:
    """Put every word into the cell its centre lies in; returns those outside of all tables."""
    covers = [(table, table.box, find_cell(table)) for table in tables]
    outside: list[Word] = []
    for word in words:
        for table, box, cells in covers:
            if box.top <= word.middle <= box.bottom and box.x0 <= word.x1 and word.x0 <= box.x1:
                row = min(bisect_right(table.ys, word.middle), len(table.ys) - 1) - 1
                for piece in _split(word, table, row, cells):
                    if piece.x1 < box.x0 or piece.x0 > box.x1 or not box.x0 <= piece.centre <= box.x1:
                        outside.append(piece)
                        continue
                    col = min(bisect_right(table.xs, piece.centre), len(table.xs) - 1) - 1
                    cells[max(row, 0), max(col, 0)].words.append(piece)
                break
        else:
            outside.append(word)
    return outside


def _split(word: Word, table: PageTable, row: int, cells: dict[tuple[int, int], Square]) -> list[Word]:
    """A word run over a cell's side is cut there, at the character nearest to it, but never at a decimal point."""
    slack = 0.3 * word.size
    row = max(row, 0)
    cuts = [
        x
        for c, x in enumerate(table.xs)
        if word.x0 + slack < x < word.x1 - slack and cells.get((row, c - 1)) is not cells.get((row, c))
    ]
    if not cuts or len(word.text) < 2:
        return [word]
    unit = (word.x1 - word.x0) / (breadth(word.text) or 1.0)
    out: list[Word] = []
    text, x = "", word.x0
    start = x
    for at, char in enumerate(word.text):
        step = breadth(char) * unit
        if cuts and x + step / 2 > cuts[0] and not _AT_POINT.fullmatch(word.text[max(at - 2, 0) : at + 2]):
            if text.strip():
                out.append(Word(text.strip(), start, word.top, x, word.bottom, word.confidence))
            text, start = "", x
            cuts = [cut for cut in cuts if x + step / 2 <= cut]
        text += char
        x += step
    if text.strip():
        out.append(Word(text.strip(), start, word.top, word.x1, word.bottom, word.confidence))
    return out


def _settle(table: PageTable) -> None:
    """Read the lines of every cell; the words themselves are no longer needed."""
    compact(table)
    for cell in table.cells:
        cell.lines = upright(cell.words, table.page)
        cell.words = []


def _note_top(loose: Ruling, words: list[Word], tables: list[PageTable], page: Page) -> float:
    """Where the footnotes begin: below a short line at the left, in smaller type; infinity when there are none."""
    least, most = _NOTE_RULE
    body = max((t.box.bottom for t in tables), default=0.0)
    for line in sorted(loose.across, key=lambda h: h.at):
        if not (least <= line.length <= most * page.width and line.at > max(body, page.height * 0.3)):
            continue
        above = sorted(w.size for w in words if w.middle < line.at)
        below = [w for w in words if w.middle > line.at]
        if not below or not above or abs(min(w.x0 for w in below) - line.lo) > 12.0:
            continue
        beside = any(w.bottom > line.at - 2.0 and w.middle < line.at and w.x0 < line.hi for w in words)
        if not beside and max(w.size for w in below) < 0.95 * above[len(above) // 2]:
            return line.at
    return float("inf")
