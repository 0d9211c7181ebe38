"""Convert the tables of a document into clean tables.

Tables cut by a page are joined, repeated headers dropped, spans filled; every column gets a role and every row a kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from extractors.document import Document, Paragraph, Table
from extractors.layouts import ConfirmedLayout, settle_document_kind, settle_layout
from extractors.normalize import is_page_number, strip_whitespace
from extractors.parsers.points import inline_points
from extractors.tables.body_columns import body_features
from extractors.tables.card_tables import PlacedTable, find_runs, place_tables
from extractors.tables.column_roles import ColumnRole, ColumnRoles, is_roster
from extractors.tables.confidence import (
    MAX_LOG_ODDS,
    NO_TASKS,
    OPEN_CONFIDENCE,
    alternative_roles,
    confidence,
    confidence_values,
    describe_alternative,
    describe_reading,
    find_ticked_names,
    find_unproven_points,
    other_confidence,
    posterior,
)
from extractors.tables.equal_headers import settle_equal_headers
from extractors.tables.fill_spans import fill_body
from extractors.tables.grid import Grid, resolve_dittos, take_rows
from extractors.tables.halves import has_split_numbering, stack_halves
from extractors.tables.header import Header, find_header
from extractors.tables.points_in_parts import find_rival_points
from extractors.tables.revisions import take_new_wording
from extractors.tables.role_assignment import ColumnReading, read_columns
from extractors.tables.row_kinds import BodyRows, RowKind, classify_rows
from extractors.tables.split_columns import split_columns
from extractors.tables.table_demands import weigh_demands
from extractors.tables.table_parts import TablePart, join_parts
from extractors.tables.task_tables import LEAST_TASK_LOG_ODDS
from extractors.tables.turned import turn_grid
from extractors.tables.unfold_periods import unfold_periods

_MAX_SEARCHED_ROWS = 6
"""A header of a confirmed layout is searched in so many rows: a title, the unit, the date may stand above it."""
_KIND_OF_CLASS: Mapping[str, RowKind] = MappingProxyType(
    {
        "item": RowKind.TASK,
        "continuation": RowKind.REST,
        "section": RowKind.BAND,
        "subtotal": RowKind.TOTAL,
        "total": RowKind.TOTAL,
        "note": RowKind.NOTE,
        "header": RowKind.BLANK,
        "blank": RowKind.BLANK,
    }
)
"""Class of a row in a confirmed layout -> its kind."""


_KINDS_WITH_TASKS = ("rubric", "task_list", "plan")
"""What a document is that lists tasks, as people settle it."""


class TableKind(StrEnum):
    """What a table is used for."""

    RUBRIC = "rubric"
    TASK_LIST = "task_list"
    APPLICATION = "application"
    ROSTER = "roster"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ReadingGrounds:
    """What the confidence in a reading is computed from: header, columns, and log-odds of the kind of each row."""

    header: Header
    columns: ColumnReading
    margins: list[float]


@dataclass(slots=True)
class CleanTable:
    """A table that can be read row by row. `grid` is the body; row 0 is the first row below the header."""

    ordinal: int
    title: str | None
    columns: tuple[str, ...]
    roles: ColumnRoles
    grid: Grid
    kinds: list[RowKind]
    kind: TableKind
    head: Grid
    above: Grid
    locator: str
    first_page: int | None
    last_page: int | None
    dropped: list[str] = field(default_factory=list)
    confidence: float | None = None
    """The probability that the table was understood rightly."""
    reading: str | None = None
    """How it was understood, in Chinese."""
    alternative: str | None = None
    """What else it could be, in Chinese."""
    alternative_roles: tuple[ColumnRole, ...] = ()
    """The roles of the columns in the best reading that gives other facts."""
    observed: tuple[float, ...] = ()
    """The values that the confidence rests on."""
    grounds: ReadingGrounds | None = None
    """What the confidence was computed from; None where people confirmed the layout, or the table lists no tasks."""
    ordinals: tuple[int, ...] = ()
    """Zero-based numbers of the tables of the document that it was joined from."""
    remark: str | None = None
    """What a reader should know of how it was read, in Chinese."""

    def task_rows(self) -> list[int]:
        """Return the rows in which a task begins; none in rosters, forms and other tables."""
        if self.kind in (TableKind.ROSTER, TableKind.OTHER):
            return []
        return [r for r, kind in enumerate(self.kinds) if kind is RowKind.TASK]

    def settle_rows(self, rows: Collection[int]) -> None:
        """Count rows as tasks beyond doubt, and weigh the reading again.

        A row without a sentence between two others is a doubtful task, until the notice itself says what stood in it.
        """
        if self.grounds is None or not rows:
            return
        for r in rows:
            self.kinds[r] = RowKind.TASK
            self.grounds.margins[r] = MAX_LOG_ODDS
        self._weigh(self.grounds)

    def with_roles(self, roles: ColumnRoles) -> CleanTable:
        """Return the table with other roles of its columns, and what it is read as."""
        table = replace(self, roles=roles)
        if table.grounds is not None:
            table._weigh(table.grounds)
        return table

    def _weigh(self, grounds: ReadingGrounds) -> None:
        """Set how the table was understood, what else it could be and how sure that is."""
        header, read, margins = grounds.header, grounds.columns, grounds.margins
        self.observed = tuple(confidence_values(header, read, self.grid, self.kinds, margins))
        self.confidence = min(confidence(self.observed), posterior(header, read, margins))
        if has_split_numbering(self.grid, self.roles.columns(ColumnRole.SERIAL)):
            self.confidence = min(self.confidence, OPEN_CONFIDENCE)
        described = describe_reading(header, self.columns, self.roles, self.kinds)
        self.reading = f"{described}；{self.remark}" if self.remark else described
        self.alternative = describe_alternative(header, read, self.grid, self.kinds, margins)
        if ticked := find_ticked_names(self.columns, self.roles.names):
            self.confidence = min(self.confidence, OPEN_CONFIDENCE)
            self.alternative = f"{'、'.join(f'“{name}”' for name in ticked)}也可能是责任单位"
        if column := find_unproven_points(self.columns, self.roles.names, self.grid, self.kinds):
            self.confidence = min(self.confidence, OPEN_CONFIDENCE)
            self.alternative = f"“{column}”也可能不是分值"
        if rivals := find_rival_points(self.columns, self.roles.names, self.grid, self.task_rows()):
            self.confidence = min(self.confidence, OPEN_CONFIDENCE)
            named = "、".join(f"“{self.columns[c]}”" for c in rivals)
            self.alternative = f"{named}也可能是分值，各列的分值对象不同，只取了一列"


def clean_tables(
    document: Document, titles: Sequence[str | None], layouts: Sequence[ConfirmedLayout] = ()
) -> list[CleanTable]:
    """Return the clean tables of a document in reading order.

    Args:
        document: the document.
        titles: the title of every `Table` block, None for a table without one.
        layouts: the confirmed layouts that concern the notice, as `select_layouts` orders them.
    """
    found = _clean_tables(document, titles, layouts)
    if settle_document_kind(layouts) in _KINDS_WITH_TASKS and not any(table.task_rows() for table in found):
        return _clean_tables(document, titles, layouts, has_tasks=True)
    return found


def _clean_tables(
    document: Document,
    titles: Sequence[str | None],
    layouts: Sequence[ConfirmedLayout],
    *,
    has_tasks: bool = False,
) -> list[CleanTable]:
    text_before = _has_text_before(document, titles)
    parts = [
        (cards or split_header(table, layouts), text_before[table.ordinal])
        for table, cards in find_runs(place_tables(document, titles))
    ]
    return read_parts(join_parts(parts), layouts, has_tasks=has_tasks)


def read_parts(
    parts: Iterable[TablePart], layouts: Sequence[ConfirmedLayout] = (), *, has_tasks: bool = False
) -> list[CleanTable]:
    """Return joined tables with their spans filled and their columns and rows classified.

    Args:
        parts: the tables of a document.
        layouts: the confirmed layouts that concern the notice.
        has_tasks: whether a person said that the document lists tasks, which no table seems to do.
    """
    found = [_read_part(part) for part in parts]
    readings = settle_equal_headers([read for _, read in found])
    pairs = zip((part for part, _ in found), readings, strict=True)
    return [
        _build_table(part, read, ordinal, layouts, has_tasks=has_tasks) for ordinal, (part, read) in enumerate(pairs, 1)
    ]


def _build_table(
    part: TablePart, read: ColumnReading, ordinal: int, layouts: Sequence[ConfirmedLayout], *, has_tasks: bool
) -> CleanTable:
    body = part.body
    columns, roles = read.columns, read.roles
    confirmed = settle_layout(layouts, columns, ordinal)
    if confirmed is not None:
        roles = _confirm_roles(roles, confirmed.column_roles(columns))
    kinds, margins = classify_rows(read.rows if confirmed is None else BodyRows(body, roles))
    if confirmed is not None:
        kinds = _confirm_kinds(kinds, body, confirmed)
    fill_body(body, roles, kinds)
    is_settled = has_tasks or (confirmed is not None and confirmed.has_requirement)
    lists_tasks = is_settled or read.task_log_odds >= LEAST_TASK_LOG_ODDS
    lists_people = is_roster(columns, roles.names)
    kind = _table_kind(part, columns, roles, kinds) if lists_tasks or lists_people else TableKind.OTHER
    other = alternative_roles(read)
    grounds = ReadingGrounds(part.header, read, list(margins))
    table = CleanTable(
        ordinal, part.title, tuple(columns), roles, body, kinds, kind, part.head, part.above, part.locator,
        part.first_page, part.last_page, part.dropped, alternative_roles=other.roles if other else (), grounds=grounds,
        ordinals=tuple(part.ordinals), remark=part.remark,
    )  # fmt: skip
    table._weigh(grounds)
    if confirmed is not None:
        table.confidence, table.alternative, table.alternative_roles, table.grounds = 1.0, None, (), None
    elif kind in (TableKind.OTHER, TableKind.ROSTER):
        # What lists no tasks for want of any text to be one leaves no doubt.
        is_sure = lists_people or (lists_tasks and not _has_requirements(body, roles))
        table.confidence = 1.0 if is_sure else other_confidence(read.task_log_odds)
        if not is_sure and weigh_demands(columns, body_features(body), roles.names).are_open:
            table.confidence = min(table.confidence, OPEN_CONFIDENCE)
        table.reading, table.alternative, table.alternative_roles, table.grounds = NO_TASKS, table.reading, (), None
    return table


def _read_part(part: TablePart) -> tuple[TablePart, ColumnReading]:
    """Return how a table is understood; months side by side are unfolded if the texts below them are the tasks."""
    resolve_dittos(part.body)
    part = take_new_wording(split_columns(part))
    if (unfolded := unfold_periods(part)) is not None:
        table, content = unfolded
        read = read_columns(table.header.columns, table.body)
        if read.roles.requirement == content:
            return table, read
    return part, read_columns(part.header.columns, part.body)


def _has_requirements(body: Grid, roles: ColumnRoles) -> bool:
    requirement = roles.requirement
    return requirement is not None and any(body.cell(r, requirement).text for r in range(body.n_rows))


def _confirm_roles(roles: ColumnRoles, confirmed: Mapping[int, str]) -> ColumnRoles:
    """Return the roles with the confirmed ones in place of their own; only one column holds the requirement."""
    names = [ColumnRole(confirmed.get(c, name)) for c, name in enumerate(roles.names)]
    requirement = next((c for c, role in sorted(confirmed.items()) if role == ColumnRole.REQUIREMENT), None)
    if requirement is not None:
        for c, name in enumerate(names):
            if name is ColumnRole.REQUIREMENT and c not in confirmed:
                names[c] = ColumnRole.LEVEL if c < requirement else ColumnRole.CRITERIA
    return ColumnRoles(tuple(names), tuple(c for c in roles.unknown if c not in confirmed))


def _confirm_kinds(kinds: Sequence[RowKind], body: Grid, confirmed: ConfirmedLayout) -> list[RowKind]:
    """Return the kinds of the rows with the confirmed ones in place of their own."""
    out = []
    for r, kind in enumerate(kinds):
        row_class = confirmed.row_class([cell.text for cell in body.cells_of_row(r) if cell.row == r], r)
        out.append(kind if row_class is None else _KIND_OF_CLASS[row_class])
    return out


def split_header(placed: PlacedTable, layouts: Sequence[ConfirmedLayout] = ()) -> TablePart:
    """Find the header of a table and separate it from the body; a confirmed layout may name one of unknown words."""
    table, grid = placed.table, placed.grid
    marked_rows, dropped = table.header_rows, list[str]()
    if (turned := turn_grid(grid)) is not None:
        (grid, dropped), marked_rows = turned, 1
    elif (stacked := stack_halves(grid)) is not None:
        grid, marked_rows, dropped = stacked.grid, stacked.stop, stacked.dropped
    header = _find_confirmed_header(grid, layouts) or find_header(grid, marked_rows)
    n_above = header.start - _heads_section(grid, header)
    above = take_rows(grid, range(n_above))
    head = take_rows(grid, range(header.start, header.stop))
    body = take_rows(grid, [*range(n_above, header.start), *range(header.stop, grid.n_rows)])
    return TablePart(
        [placed.ordinal], placed.title, header, head, body, above, table.locator, table.first_page, table.last_page,
        dropped,
    )  # fmt: skip


def _heads_section(grid: Grid, header: Header) -> bool:
    """Return whether the row above the header is the heading of a section, as others above the same header below are.

    第一季度, header, rows; 第二季度, header, rows. A title that is printed again with the header is the same text.
    """
    if header.stop - header.start != 1 or not header.start:
        return False
    names = [cell.text for cell in grid.cells[header.start]]
    rows = [r for r in range(header.start, grid.n_rows) if [cell.text for cell in grid.cells[r]] == names]
    above = [{cell.text for cell in grid.cells[r - 1] if cell.text} for r in rows]
    banners = [texts.pop() for texts in above if len(texts) == 1]
    return len(rows) > 1 and len(set(banners)) == len(rows)


def _find_confirmed_header(grid: Grid, layouts: Sequence[ConfirmedLayout]) -> Header | None:
    """Return the first of the upper rows that is the header of a confirmed layout, None if there is none."""
    headers = [layout.header for layout in layouts if layout.header and layout.has_requirement]
    for r in range(min(_MAX_SEARCHED_ROWS, grid.n_rows)) if headers else ():
        texts = tuple(strip_whitespace(grid.cell(r, c).text) for c in range(grid.n_cols))
        if texts in headers:
            return Header(r, r + 1, texts)
    return None


def _has_text_before(document: Document, titles: Sequence[str | None]) -> list[bool]:
    """Return for every table whether text other than its title or a page number separates it from the one before."""
    out: list[bool] = []
    between: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            between.append(strip_whitespace(block.text))
        elif isinstance(block, Table):
            title = strip_whitespace(titles[len(out)] or "") if len(out) < len(titles) else ""
            out.append(any(t and t != title and not is_page_number(t) for t in between))
            between = []
    return out


def _table_kind(part: TablePart, columns: Sequence[str], roles: ColumnRoles, kinds: Sequence[RowKind]) -> TableKind:
    body = part.body
    if is_roster(columns, roles.names):
        return TableKind.ROSTER
    requirement = roles.requirement
    tasks = [r for r, kind in enumerate(kinds) if kind is RowKind.TASK]
    texts = [body.cell(r, requirement).text for r in tasks] if requirement is not None else []
    if not any(texts):
        return TableKind.OTHER
    names = strip_whitespace((part.title or "") + "".join(columns))
    if "网上申报" in names or ("申报" in names and "测评" not in names):
        return TableKind.APPLICATION
    headings = "".join(body.cell(r, c).text for r in tasks for c in roles.columns(ColumnRole.LEVEL))
    has_points = (
        roles.columns(ColumnRole.POINTS, ColumnRole.SCORING)
        or inline_points(headings)
        or any(inline_points(t) for t in texts)
    )
    return TableKind.RUBRIC if has_points else TableKind.TASK_LIST
