"""What the rooms read, as rows of the core tables."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from extractors.body.clauses import Clause
from extractors.body.footnotes import Footnote
from extractors.body.outline import Outline
from extractors.body.rosters import Member, read_member_table, read_members
from extractors.body.stages import Stage
from extractors.notice.metadata import Identity
from extractors.parsers.item_labels import title_subject
from extractors.records import CellRow, ClauseRow, FootnoteRow, MemberRow, NoticeRow, StageRow, TableRow
from extractors.tables.clean_table import CleanTable
from extractors.tables.grid import Grid


def notice_id_of(data: bytes) -> str:
    """The id of the notice that these bytes hold."""
    return f"n{hashlib.sha256(data).hexdigest()[:16]}"


def notice_row(notice_id: str, who: Identity) -> NoticeRow:
    return NoticeRow(
        notice_id, who.title, who.doc_number, who.issuer, who.province, who.city, who.county, who.division_code,
        who.issued_on, who.period_start, who.period_end, who.year, who.campaign, who.award_level, who.award,
        title_subject(who.title),
    )  # fmt: skip


def table_row(table: CleanTable, notice_id: str, table_id: str) -> TableRow:
    return TableRow(
        table_id, notice_id, table.ordinal, table.title, table.kind, table.grid.n_rows, table.grid.n_cols,
        list(table.columns), list(table.roles.names), table.first_page, table.last_page,
    )  # fmt: skip


def _cell_rows(grid: Grid, table_id: str, offset: int) -> list[CellRow]:
    """The cells of a part of a table; `offset` moves header rows above row 0."""
    return [CellRow(table_id, s.row + offset, s.col, s.rows, s.cols, s.text, s.locator) for s in grid.spots()]


def table_cells(table: CleanTable, table_id: str) -> list[CellRow]:
    """The table as it stands: body rows from 0, the header above them at -1, -2, …, titles above the header."""
    head, above = table.head.n_rows, table.above.n_rows
    return [
        *_cell_rows(table.above, table_id, -head - above),
        *_cell_rows(table.head, table_id, -head),
        *_cell_rows(table.grid, table_id, 0),
    ]


def members(source: Outline, tables: Sequence[CleanTable]) -> list[Member]:
    members = read_members(source)
    for table in tables:
        if table.kind == "roster":
            rows = [[s.raw.replace("\n", "  ") for s in row] for row in table.grid.at]
            members.extend(read_member_table(list(table.columns), rows, table.title, table.locator))
    return members


def stage_rows(notice_id: str, stages: Sequence[Stage]) -> list[StageRow]:
    return [
        StageRow(notice_id, i, s.name, s.starts_on, s.ends_on, s.raw, s.text or None, s.locator)
        for i, s in enumerate(stages, 1)
    ]


def member_rows(notice_id: str, members: Sequence[Member]) -> list[MemberRow]:
    return [MemberRow(notice_id, i, m.group, m.role, m.person, m.locator) for i, m in enumerate(members, 1)]


def clause_rows(notice_id: str, clauses: Sequence[Clause]) -> list[ClauseRow]:
    return [
        ClauseRow(
            f"{notice_id}-c{i:03d}", notice_id, i, c.section or None, c.label or None, c.text, c.points, c.locator
        )
        for i, c in enumerate(clauses, 1)
    ]


def footnote_rows(notice_id: str, notes: Sequence[Footnote]) -> list[FootnoteRow]:
    return [FootnoteRow(notice_id, i, f.mark, f.text, f.orgs, f.locator) for i, f in enumerate(notes, 1)]
