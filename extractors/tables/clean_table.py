"""Convert a `Document` into clean tables: parts joined, spans filled, every column with a role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractors.document import Document, Paragraph, Table
from extractors.normalize import squeeze
from extractors.parsers.column_headers import bare
from extractors.parsers.points import inline_points
from extractors.parsers.row_patterns import is_page_number
from extractors.tables.column_roles import ColumnRoles, align_header, assign_roles, column_features, is_form, is_roster
from extractors.tables.fill_spans import fill_blank_cells, merge_repeated_headings, regroup_centered_headings
from extractors.tables.grid import Grid, build_grid, concat, take_rows
from extractors.tables.header import Header, find_header, find_repeated_rows
from extractors.tables.row_kinds import TASK, classify_rows


@dataclass(slots=True)
class TablePart:
    """A table of the document under work: where it stands, its header and its body without header rows."""

    ordinals: list[int]
    title: str | None
    header: Header
    head: Grid
    body: Grid
    above: Grid
    """Title rows that stood above the header inside the table."""
    locator: str
    first_page: int | None
    last_page: int | None
    dropped: list[str]
    """Texts of header rows written again and left out."""


def split_header(table: Table, ordinal: int, title: str | None) -> TablePart:
    """Find the header of one table and split it off."""
    grid = build_grid(table)
    header = find_header(grid, table.header_rows)
    above = take_rows(grid, range(header.start))
    head = take_rows(grid, range(header.start, header.stop))
    body = take_rows(grid, range(header.stop, grid.n_rows))
    return TablePart([ordinal], title, header, head, body, above, table.locator, table.first_page, table.last_page, [])


def _drop_repeated_headers(part: TablePart) -> None:
    """Leave out header rows written again inside the body."""
    if not part.header.found:
        return
    again = find_repeated_rows(part.body, part.header, part.head)
    if again:
        part.dropped.extend(s.text for r in again for s in dict.fromkeys(part.body.at[r]) if s.text)
        part.body = take_rows(part.body, [r for r in range(part.body.n_rows) if r not in again])


def _has_same_header(a: Header, b: Header) -> bool:
    return a.found and b.found and [bare(c) for c in a.columns] == [bare(c) for c in b.columns]


def is_continuation(part: TablePart, following: TablePart, text_between: bool) -> bool:
    """True when `following` is the rest of `part`: the same header again under no other title, or no header at all
    right behind it with as many columns.
    """
    same_title = following.title is None or following.title == part.title
    if _has_same_header(part.header, following.header):
        return same_title and (not text_between or following.title is not None)
    return (
        not following.header.found
        and not text_between
        and part.header.found
        and following.body.n_cols == part.body.n_cols
    )


def join_parts(parts: list[tuple[TablePart, bool]]) -> list[TablePart]:
    """Join the parts of cut tables. The flag of a part says whether running text stands before it."""
    out: list[TablePart] = []
    for part, text_between in parts:
        _drop_repeated_headers(part)
        last = out[-1] if out else None
        if last is not None and is_continuation(last, part, text_between):
            if part.header.found:
                last.dropped.extend(s.text for s in part.head.spots() if s.text)
            last.dropped.extend(s.text for s in part.above.spots() if s.text)
            last.body = concat(last.body, part.body)
            last.ordinals.extend(part.ordinals)
            last.last_page = part.last_page or last.last_page
        else:
            out.append(replace(part))
    return out


# `Document` → clean tables: joined, without repeated headers, spans settled, every column with its role.


@dataclass(slots=True)
class CleanTable:
    """A table ready to be read row by row. `grid` holds the body; row 0 is the first row below the header."""

    ordinal: int
    title: str | None
    columns: tuple[str, ...]
    roles: ColumnRoles
    grid: Grid
    kinds: list[str]
    kind: str
    head: Grid
    above: Grid
    locator: str
    first_page: int | None
    last_page: int | None
    dropped: list[str] = field(default_factory=list)

    def task_rows(self) -> list[int]:
        """The rows that begin a task; none in rosters, forms and other tables."""
        if self.kind in ("roster", "other"):
            return []
        return [r for r, kind in enumerate(self.kinds) if kind == TASK]


def _has_text_before(document: Document, titles: Sequence[str | None]) -> list[bool]:
    """For every table: does running text other than its title or a page number stand between it and the one before?"""
    out: list[bool] = []
    between: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            between.append(squeeze(block.text))
        elif isinstance(block, Table):
            title = squeeze(titles[len(out)] or "") if len(out) < len(titles) else ""
            out.append(any(t and t != title and not is_page_number(t) for t in between))
            between = []
    return out


def _table_kind(part: TablePart, columns: Sequence[str], roles: ColumnRoles, kinds: list[str]) -> str:
    """rubric | task_list | application | roster | other."""
    if is_roster(columns):
        return "roster"
    body = part.body
    requirement = roles.requirement
    tasks = [r for r, kind in enumerate(kinds) if kind == TASK]
    texts = [body.at[r][requirement].text for r in tasks] if requirement is not None else []
    if not part.header.found or requirement is None or not any(texts):
        return "other"
    cells = [s for s in body.spots() if roles.names[s.col] != "serial"]
    blank = sum([not s.text for s in cells]) / max(len(cells), 1)
    if (is_form(columns) and blank > 0.3) or blank > 0.9:
        return "other"
    if requirement in roles.unknown and blank > 0.3 and sum(map(len, texts)) < 10 * len(texts):
        return "other"
    about = squeeze((part.title or "") + "".join(columns))
    if "网上申报" in about or ("申报" in about and "测评" not in about):
        return "application"
    heads = "".join(body.at[r][c].text for r in tasks for c in roles.columns("level"))
    scored = roles.columns("points", "scoring") or inline_points(heads) or any(inline_points(t) for t in texts)
    return "rubric" if scored else "task_list"


def clean_table(part: TablePart, ordinal: int) -> CleanTable:
    """Settle one joined table."""
    body = part.body
    by_column = [column_features(body.column(c), body.n_rows) for c in range(body.n_cols)]
    columns = part.header.columns
    if part.header.found and not columns[-1] and by_column[-1].filled:
        columns = align_header(columns, by_column)
    roles = assign_roles(columns, by_column)
    folded = merge_repeated_headings(body, roles)
    if not body.spans_known:
        regroup_centered_headings(body, roles)
        # A heading written again at a page's edge alone leaves blanks elsewhere in its column.
        fill_blank_cells(body, roles, written_out=any(by_column[c].filled == 1 for c in folded))
        merge_repeated_headings(body, roles)
    kinds = classify_rows(body, roles)
    kind = _table_kind(part, columns, roles, kinds)
    return CleanTable(
        ordinal, part.title, tuple(columns), roles, body, kinds, kind, part.head, part.above, part.locator,
        part.first_page, part.last_page, part.dropped,
    )  # fmt: skip


def clean_tables(document: Document, titles: Sequence[str | None]) -> list[CleanTable]:
    """The tables of a document in reading order; `titles` has one entry per `Table` block."""
    before = _has_text_before(document, titles)
    parts = [
        (split_header(table, i, titles[i] if i < len(titles) else None), before[i])
        for i, table in enumerate(document.tables())
        if table.cells
    ]
    return [clean_table(part, ordinal) for ordinal, part in enumerate(join_parts(parts), 1)]
