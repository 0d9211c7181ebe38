"""`Document` → clean tables: joined, without repeated headers, spans settled, every column with its role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.document import Document, Paragraph, Table
from extractors.normalize import is_page_number, strip_whitespace
from extractors.parsers.points import inline_points
from extractors.tables.align_header import spread
from extractors.tables.centered_headings import regroup
from extractors.tables.column_features import features
from extractors.tables.column_roles import Roles, assign_roles, is_form, is_roster
from extractors.tables.fill_spans import fold_headings, settle_spans
from extractors.tables.grid import Grid
from extractors.tables.join_fragments import Part, join, part_of
from extractors.tables.row_kinds import TASK, classify


@dataclass(slots=True)
class CleanTable:
    """A table ready to be read row by row. `grid` holds the body; row 0 is the first row below the header."""

    ordinal: int
    title: str | None
    columns: tuple[str, ...]
    roles: Roles
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


def _text_before(document: Document, titles: Sequence[str | None]) -> list[bool]:
    """For every table: does running text other than its title or a page number stand between it and the one before?"""
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


def _kind(part: Part, columns: Sequence[str], roles: Roles, kinds: list[str]) -> str:
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
    about = strip_whitespace((part.title or "") + "".join(columns))
    if "网上申报" in about or ("申报" in about and "测评" not in about):
        return "application"
    heads = "".join(body.at[r][c].text for r in tasks for c in roles.columns("level"))
    scored = roles.columns("points", "scoring") or inline_points(heads) or any(inline_points(t) for t in texts)
    return "rubric" if scored else "task_list"


def clean_table(part: Part, ordinal: int) -> CleanTable:
    """Settle one joined table."""
    body = part.body
    by_column = [features(body.column(c), body.n_rows) for c in range(body.n_cols)]
    columns = part.header.columns
    if part.header.found and not columns[-1] and by_column[-1].filled:
        columns = spread(columns, by_column)
    roles = assign_roles(columns, by_column)
    folded = fold_headings(body, roles)
    if not body.spans_known:
        regroup(body, roles)
        # A heading written again at a page's edge alone leaves blanks elsewhere in its column.
        settle_spans(body, roles, written_out=any(by_column[c].filled == 1 for c in folded))
        fold_headings(body, roles)
    kinds = classify(body, roles)
    kind = _kind(part, columns, roles, kinds)
    return CleanTable(
        ordinal, part.title, tuple(columns), roles, body, kinds, kind, part.head, part.above, part.locator,
        part.first_page, part.last_page, part.dropped,
    )  # fmt: skip


def clean_tables(document: Document, titles: Sequence[str | None]) -> list[CleanTable]:
    """The tables of a document in reading order; `titles` has one entry per `Table` block."""
    before = _text_before(document, titles)
    parts = [
        (part_of(table, i, titles[i] if i < len(titles) else None), before[i])
        for i, table in enumerate(document.tables())
        if table.cells
    ]
    return [clean_table(part, ordinal) for ordinal, part in enumerate(join(parts), 1)]
