"""Cards of labels and values below each other, laid out as one row for each card with the labels as header.

指标名称 | 道德讲堂, 责任部门 | 工会 | 完成时限 | 每季度末, 指标名称 | 身边好人, …: a text that comes again at the same
place of each card is a label, what stands beside or below it is its value. Cells keep the place they are printed at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.column_headers import header_word
from extractors.parsers.points import cell_points
from extractors.parsers.row_patterns import is_total
from extractors.tables.column_roles import is_number
from extractors.tables.grid import Grid, GridCell, join_cells, renumber
from extractors.tables.numbering import numbering

_LEAST_CARDS: Final = 2
LEAST_LABELS: Final = 3
_MANY_CARDS: Final = 4
"""任务 | …, 责任单位 | …: so many cards may have two labels, one of them a known word."""
_LEAST_LINES: Final = 2
"""Lines of a card; cards of one line are rows that repeat their header."""
_LONGEST_LABEL: Final = 12
_NO_LABEL: Final = re.compile("[，,。；;√✓□☑]")
_SIDE_BY_SIDE: Final = (2, 3)
_SHARE: Final = 0.6
"""Share of the cards that have a label, and of the values that are filled in: other cards are to be filled in."""
_MOSTLY: Final = 0.5
_TWICE: Final = 1.6
"""责任人 beside 牵头部门 and beside 配合部门: a label that cards have twice."""
_LEAST_LENGTH: Final = 4
_LEAST_KNOWN: Final = 2
"""Known labels that two cards need; 上午 | 下午 | 晚上 beside two days are labels too."""


@dataclass(frozen=True, slots=True)
class CardTable:
    """A table of cards laid out: `n_above` title rows, a row of labels, a row for each card.

    `dropped` are labels that come again.
    """

    grid: Grid
    n_above: int
    dropped: list[str]


class _Field(NamedTuple):
    name: str
    label: GridCell
    value: GridCell


@dataclass(slots=True)
class _Card:
    """A card: its fields by name, the texts above it, the last of them next to it, and what stands at its left.

    A sum between cards has two cells, each other text one.
    """

    fields: dict[str, _Field] = field(default_factory=dict)
    above: list[Sequence[GridCell]] = field(default_factory=list)
    side: GridCell | None = None
    lines: int = 0


@dataclass(slots=True)
class _Line:
    """A printed line: its fields, or the cells of one text without a label or of a sum."""

    fields: list[_Field]
    texts: Sequence[GridCell] = ()
    side: GridCell | None = None


def lay_out_cards(grid: Grid, titles: Sequence[tuple[int, GridCell]] = ()) -> CardTable | None:
    """Return a table of cards as one row for each card, None for any other table.

    Args:
        grid: one table, or tables of the same width below each other.
        titles: lines between the tables, each with the row it stands above.
    """
    grid = _stack_cards(grid) if not titles else grid
    lines = _Reader(grid).lines(titles)
    if lines is None:
        return None
    cards, below = _cut_cards(lines)
    if not _are_cards(cards):
        return None
    dropped = _drop_repeated_texts(cards)
    blank = [card for card in cards if not any(one.value.text for one in card.fields.values())]
    dropped += [one.label.text for card in blank for one in card.fields.values()]
    dropped += [cell.text for card in blank for texts in card.above for cell in texts]
    found = _lay_out([card for card in cards if card not in blank], below)
    return replace(found, dropped=[*dropped, *found.dropped])


def _stack_cards(grid: Grid) -> Grid:
    """Return a table whose cards stand side by side with each card below the one at its left, any other as it is."""
    for parts in _SIDE_BY_SIDE:
        width, rest = divmod(grid.n_cols, parts)
        starts = [i * width for i in range(parts)]
        if not rest and width >= _LEAST_LINES and _repeats_labels(grid, starts):
            return _concat_cards(grid, starts)
    return grid


def _repeats_labels(grid: Grid, starts: Sequence[int]) -> bool:
    """Return whether most rows have the same label at the beginning of each part, and values behind it that differ."""
    rows = [[grid.cell(r, c) for c in starts] for r in range(grid.n_rows)]
    own = [cells for cells in rows if all(cell.row == cells[0].row for cell in cells) and cells[0] is not cells[-1]]
    alike = [cells for cells in own if can_be_label(cells[0].text) and len({_name(cell) for cell in cells}) == 1]
    if any(cell.col not in starts for cells in rows if cells[0] is not cells[-1] for cell in cells):
        return False
    return len(alike) >= LEAST_LABELS and len(alike) > _SHARE * len(rows)


def _concat_cards(grid: Grid, starts: Sequence[int]) -> Grid:
    """Return the parts of each row of cards below each other; a row over all of them stays one."""
    first = _name(grid.cell(0, 0)) if len(_own_cells(grid, 0)) > 1 else _name(grid.cell(min(1, grid.n_rows - 1), 0))
    width = starts[1]
    blocks: list[list[list[GridCell]]] = [[]]
    for row in grid.cells:
        is_wide = row[0] is row[-1]
        if is_wide or _name(row[0]) == first:
            blocks.append([])
        blocks[-1].append(row)
        if is_wide:
            blocks.append([])
    rows: list[list[GridCell]] = []
    for block in blocks:
        if block and block[0][0] is block[0][-1]:
            rows.append(block[0][:width])
        else:
            rows += [row[start : start + width] for start in starts for row in block]
    return renumber(rows, spans_known=grid.spans_known)


class _Reader:
    """Reads the lines of a table: which texts are labels, and what their values are."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._taken: set[int] = set()
        self._own = [_own_cells(grid, r) for r in range(grid.n_rows)]
        # Columns repeat their texts: of 2,600 cells of 13 notices a half is looked at.
        texts = {cell.text for row in self._own for cell in row}
        labels = {text for text in texts if can_be_label(text)}
        cells = [cell for row in self._own for cell in row if cell.text in labels]
        self._counts = Counter((_name(cell), cell.col) for cell in cells)
        first = next((n for cell in cells if (n := self._counts[_name(cell), cell.col]) >= _LEAST_CARDS), 0)
        self._cards = first
        self._least = max(_LEAST_CARDS, _SHARE * first)

    def lines(self, titles: Sequence[tuple[int, GridCell]]) -> list[_Line] | None:
        """Return the lines of the table, None where one is neither of labels and values nor a single text.

        Args:
            titles: texts, each with the row it stands above.
        """
        if self._cards < _LEAST_CARDS:
            return None
        lines: list[_Line] = []
        r = 0
        while r < self._grid.n_rows:
            lines += [_Line([], [cell]) for above, cell in titles if above == r]
            row = [cell for cell in self._own[r] if id(cell) not in self._taken]
            side, row = self._take_side(row)
            if not row or not any(cell.text for cell in row):
                r += 1
                continue
            height = self._read(row, r, side, lines)
            if not height:
                return None
            r += height
        return lines

    def _read(self, row: list[GridCell], r: int, side: GridCell | None, lines: list[_Line]) -> int:
        """Add the line of row `r`, and return how many rows it takes; 0 for a row that is none."""
        below = self._own[r + 1] if r + 1 < self._grid.n_rows else []
        if self._are_above(row, below):
            fields = [self._field(label, [value], row) for label, value in zip(row, below, strict=True)]
            lines.append(_Line(fields, side=side))
            return 2
        filled = [cell for cell in row if cell.text]
        if lines and (continued := _continue(lines[-1].fields, row)):
            lines[-1].fields = continued
            return 1
        is_sum = is_total(filled[0].text)
        if pairs := [] if is_sum else self._pairs(row):
            fields = [self._field(label, self._with_rows_below(label, values), row) for label, values in pairs]
            lines.append(_Line(fields, side=side))
            return 1
        if len(filled) > 1 and not is_sum:
            return 0
        lines.append(_Line([], filled, side))
        return 1

    def _take_side(self, row: list[GridCell]) -> tuple[GridCell | None, list[GridCell]]:
        """Return the cell at the left of the lines of a card (任务一), and the others."""
        if len(row) > 2 and row[0].col == 0 and row[0].rows > 1 and self._is_label(row[1]):
            return row[0], row[1:]
        return None, row

    def _is_label(self, cell: GridCell) -> bool:
        return can_be_label(cell.text) and self._counts[_name(cell), cell.col] >= self._least

    def _may_be_label(self, cell: GridCell) -> bool:
        """Return whether a text comes again at its place; 配合部门 stands on a few cards only."""
        return can_be_label(cell.text) and (
            self._counts[_name(cell), cell.col] >= _LEAST_CARDS or header_word(_name(cell)).known
        )

    def _are_above(self, row: Sequence[GridCell], below: Sequence[GridCell]) -> bool:
        """Return whether a row of labels stands above a row of values."""
        if not all(map(self._is_label, row)) or [(c.col, c.cols) for c in row] != [(c.col, c.cols) for c in below]:
            return False
        return not all(map(self._is_label, _trim(below)[::2]))

    def _pairs(self, row: Sequence[GridCell]) -> list[tuple[GridCell, list[GridCell]]]:
        """Return labels with the cells beside them; [] where texts do not alternate."""
        if len(row) == 1:
            return []
        cells = _trim(row)
        if len(cells) % 2 and self._is_label(cells[-1]):
            cells.append(row[len(cells)] if len(cells) < len(row) else replace(cells[-1], raw="", text=""))
        labels = cells[::2]
        if len(cells) % 2 == 0 and all(map(self._may_be_label, labels)) and any(map(self._is_label, labels)):
            return [(label, [value]) for label, value in zip(labels, cells[1::2], strict=True)]
        if len(cells) > 2 and self._is_label(cells[0]) and not any(map(self._is_label, cells[1:])):
            return [(cells[0], cells[1:])]
        if len(cells) == 2 and self._may_be_label(cells[0]) and self._has_shape(row):
            return [(cells[0], cells[1:])]
        return []

    def _has_shape(self, row: Sequence[GridCell]) -> bool:
        """Return whether a row is drawn like one that begins with a label."""
        shape = [(cell.col, cell.cols) for cell in row]
        return any(self._is_label(own[0]) and [(c.col, c.cols) for c in own] == shape for own in self._own if own)

    def _with_rows_below(self, label: GridCell, values: list[GridCell]) -> list[GridCell]:
        """Return the values of a label over several rows."""
        found = list(values)
        for r in range(label.row + 1, min(label.row + label.rows, self._grid.n_rows)):
            more = [cell for cell in self._own[r] if cell.col >= values[0].col]
            self._taken.update(map(id, more))
            found += more
        return found

    def _field(self, label: GridCell, values: Sequence[GridCell], row: Sequence[GridCell]) -> _Field:
        name = _name(label)
        if label is not row[0] and self._count_all(name) > _TWICE * self._cards:
            name = _name(row[0]) + name
        return _Field(name, label, join_cells(values))

    def _count_all(self, name: str) -> int:
        return sum(n for (text, _), n in self._counts.items() if text == name)


def _continue(fields: Sequence[_Field], row: Sequence[GridCell]) -> list[_Field]:
    """Return the fields of the line above with the texts of a row without labels; [] where one is below no value."""
    texts = {cell.col: cell for cell in row if cell.text}
    if row[0].text or not texts.keys() <= {one.value.col for one in fields}:
        return []
    more = ((one, texts.get(one.value.col)) for one in fields)
    return [one if cell is None else one._replace(value=join_cells([one.value, cell])) for one, cell in more]


def _trim(row: Sequence[GridCell]) -> list[GridCell]:
    """Return a row without the blank cells at its end, which a format without spans leaves of a wide cell."""
    last = max((i for i, cell in enumerate(row) if cell.text), default=0)
    return list(row[: last + 1])


def _own_cells(grid: Grid, r: int) -> list[GridCell]:
    return [cell for cell in grid.cells_of_row(r) if cell.row == r]


def _name(cell: GridCell) -> str:
    return strip_whitespace(cell.text).rstrip(":：")


def can_be_label(text: str) -> bool:
    """Return whether a text is short enough for a label, no number, no sentence and no box."""
    compact = strip_whitespace(text)
    is_short = 1 < len(compact) <= _LONGEST_LABEL
    return is_short and not is_number(compact) and not is_placeholder(compact) and _NO_LABEL.search(compact) is None


def _cut_cards(lines: Sequence[_Line]) -> tuple[list[_Card], list[Sequence[GridCell]]]:
    """Return the cards, and the texts below the last; a card ends where one of its labels comes again."""
    cards, below = _cut_before(lines, None)
    # A card that lacks its first line does not take that of the next one.
    firsts = Counter(next(iter(card.fields)) for card in cards)
    return _cut_before(lines, firsts.most_common(1)[0][0]) if cards else (cards, below)


def _cut_before(lines: Sequence[_Line], first: str | None) -> tuple[list[_Card], list[Sequence[GridCell]]]:
    """Return the cards, each of which begins with the label `first` or with one that the card above has."""
    cards: list[_Card] = []
    above: list[Sequence[GridCell]] = []
    for line in lines:
        if line.texts:
            above.append(line.texts)
            continue
        names = [one.name for one in line.fields]
        if not cards or above or names[0] == first or not cards[-1].fields.keys().isdisjoint(names):
            cards.append(_Card(above=above))
            above = []
        card = cards[-1]
        card.fields |= {one.name: one for one in line.fields}
        card.side = card.side or line.side
        card.lines += 1
    for card, last in zip(cards[1:], cards, strict=False):
        if card.side is None and last.side is not None and _covers(last.side, card):
            card.side = last.side
    return cards, above


def _drop_repeated_texts(cards: Sequence[_Card]) -> list[str]:
    """Take the texts that stand above most cards (任务卡), and labels without a value, from them, and return them."""
    counts = Counter(strip_whitespace(texts[0].text) for card in cards for texts in card.above)
    repeated = {text for text, n in counts.items() if n > _MOSTLY * len(cards)}.union(*(card.fields for card in cards))
    dropped: list[str] = []
    for card in cards:
        own = [texts for texts in card.above if strip_whitespace(texts[0].text) in repeated]
        dropped += [cell.text for texts in own for cell in texts]
        card.above = [texts for texts in card.above if texts not in own]
    return dropped


def _covers(side: GridCell, card: _Card) -> bool:
    return all(side.row <= one.label.row < side.row + side.rows for one in card.fields.values())


def _are_cards(cards: Sequence[_Card]) -> bool:
    """Return whether cards share their labels, are filled in, and say different things at some length."""
    counts = Counter(name for card in cards for name in card.fields)
    names = [name for name in counts if counts[name] >= _SHARE * len(cards)]
    known = sum(header_word(name).known for name in names)
    if len(cards) < _LEAST_CARDS or len(names) < LEAST_LABELS - (len(cards) >= _MANY_CARDS and known > 0):
        return False
    if any(sum(name in card.fields for name in names) <= _MOSTLY * len(names) for card in cards):
        return False
    if max(card.lines for card in cards) < _LEAST_LINES:
        return False
    if len(cards) == _LEAST_CARDS and known < _LEAST_KNOWN:
        return False
    values = [one.value.text for card in cards for one in card.fields.values()]
    if sum(map(bool, values)) < _SHARE * len(values):
        return False
    return any(_are_texts([card.fields[name].value.text for card in cards if name in card.fields]) for name in names)


def _are_texts(values: Sequence[str]) -> bool:
    filled = [strip_whitespace(text) for text in values if text]
    return len(set(filled)) > _MOSTLY * len(values) and sum(map(len, filled)) >= _LEAST_LENGTH * len(filled)


def _lay_out(cards: Sequence[_Card], below: Sequence[Sequence[GridCell]]) -> CardTable:
    names = _in_order(cards)
    labels = [next(card.fields[name].label for card in cards if name in card.fields) for name in names]
    headers = [replace(label, raw=name, text=name) for label, name in zip(labels, names, strict=True)]
    has_titles = sum(bool(card.above) and len(card.above[-1]) == 1 for card in cards) >= _SHARE * len(cards)
    has_sides = any(card.side is not None for card in cards)
    unnamed = [GridCell(0, 0, "", "", labels[0].locator) for is_drawn in (has_sides, has_titles) if is_drawn]
    head = [*unnamed, *headers]
    points = next((len(head) - len(names) + i for i, name in enumerate(names) if _are_points(cards, name)), 0)
    above: list[list[GridCell]] = []
    rows: list[list[GridCell]] = []
    between = [card.above[: len(card.above) - has_titles] for card in cards]
    for card, texts in zip(cards, between, strict=True):
        sections = [_text_row(cells, len(head), points) for cells in texts]
        if not rows and not _opens_section(between):
            above = sections
        else:
            rows += sections
        left = [card.side or _blank_of(card)] if has_sides else []
        left += [join_cells(card.above[-1]) if card.above else _blank_of(card)] if has_titles else []
        rows.append([*left, *(_value(card, name) for name in names)])
    rows += [_text_row(texts, len(head), points) for texts in below]
    used = set(map(id, labels))
    dropped = [one.label.text for card in cards for one in card.fields.values() if id(one.label) not in used]
    return CardTable(renumber([*above, head, *rows], spans_known=True), len(above), dropped)


def _are_points(cards: Sequence[_Card], name: str) -> bool:
    texts = [card.fields[name].value.text for card in cards if name in card.fields]
    return sum(cell_points(text) is not None for text in texts) > _MOSTLY * len(texts)


def _text_row(texts: Sequence[GridCell], width: int, points: int) -> list[GridCell]:
    """Return a row for a text over all columns; a sum stands in the column of points."""
    if len(texts) == 1 or not points:
        return [join_cells(texts)] * width
    label, value = texts[0], join_cells(texts[1:])
    rest = [GridCell(0, 0, "", "", value.locator) for _ in range(points + 1, width)]
    return [*[label] * points, value, *rest]


def _opens_section(between: Sequence[Sequence[Sequence[GridCell]]]) -> bool:
    """Return whether the text above the first card is a section like those above later ones, and no title of all."""
    first, *later = [[numbering(cells[0].text) for cells in texts] for texts in between]
    return bool(first) and any(first[-1] in kinds for kinds in later)


def _value(card: _Card, name: str) -> GridCell:
    value = card.fields[name].value if name in card.fields else None
    return value if value is not None and value.text else _blank_of(card)


def _blank_of(card: _Card) -> GridCell:
    """Return a blank cell that is a part of one with text, so that no cell of another card is taken to go on in it."""
    filled = next((one.value for one in card.fields.values() if one.value.text), None)
    return GridCell(0, 0, "", "", filled.locator if filled else "")


def _in_order(cards: Sequence[_Card]) -> list[str]:
    """Return all labels in the order of the fullest card, those that it lacks behind the label before them."""
    fullest = max(cards, key=lambda card: len(card.fields))
    names = list(fullest.fields)
    for card in cards:
        own = list(card.fields)
        for i, name in enumerate(own):
            if name not in names:
                names.insert(names.index(own[i - 1]) + 1 if i else 0, name)
    return names
