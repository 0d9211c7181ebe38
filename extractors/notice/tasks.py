"""Tasks of clean tables with their responsible parties."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import TypeVar

from extractors.normalize import says_nobody
from extractors.notice.findings import Guard
from extractors.notice.indicators import IndicatorBuilder, OpenLevel, push_band
from extractors.notice.lexicon import Lexicon
from extractors.parsers.item_labels import Item, split_label
from extractors.parsers.methods import SAME_AS_ABOVE, split_methods
from extractors.parsers.persons import split_persons
from extractors.parsers.points import cell_points, inline_points
from extractors.parsers.responsible_units import Party, is_collective, matrix_role, split_parties
from extractors.records import IndicatorRow, PartyRow, TaskRow
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import ColumnRole
from extractors.tables.grid import GridCell
from extractors.tables.row_kinds import RowKind

_T = TypeVar("_T")


@dataclass(slots=True)
class TableTasks:
    """The tasks of one table in order, their parties, and the body rows each of them covers."""

    tasks: list[TaskRow] = field(default_factory=list)
    parties: dict[str, list[PartyRow]] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)


def party_rows(task_id: str, parties: list[Party]) -> list[PartyRow]:
    """Number the parties of one task."""
    return [
        PartyRow(task_id, i, p.name, p.raw, p.role, p.scope, p.stated, is_collective(p.name))
        for i, p in enumerate(parties, 1)
    ]


def _join(texts: list[str], mark: str) -> str | None:
    return mark.join(filter(None, dict.fromkeys(texts))) or None


@dataclass(slots=True)
class TaskBuilder:
    """Reads the rows of one clean table."""

    table: CleanTable
    table_id: str
    notice_id: str
    lexicon: Lexicon
    guard: Guard
    repaired: dict[int, list[str]] = field(default_factory=dict)
    done: TableTasks = field(default_factory=TableTasks)
    _parties: dict[tuple[str, str | None], list[Party]] = field(default_factory=dict)

    def cells(self, r: int, *roles: ColumnRole) -> list[GridCell]:
        """The cells of row `r` in columns of these roles, each once."""
        columns = self.table.roles.columns(*roles)
        if not columns:
            return []
        row = self.table.grid.cells[r]
        if len(columns) == 1:
            return [row[columns[0]]]
        return list({id(row[c]): row[c] for c in columns}.values())

    def texts(self, r: int, *roles: ColumnRole) -> list[str]:
        return [s.text for s in self.cells(r, *roles) if s.text and not says_nobody(s.text)]

    def _read(self, field: str, read: Callable[[], _T], empty: _T, r: int, cell: GridCell | None) -> _T:
        """What a grammar makes of a cell of the task in row `r`; a row that goes on belongs to the task above."""
        goes_on = self.table.kinds[r] is RowKind.REST and bool(self.done.tasks)
        return self.guard(
            field,
            read,
            empty,
            text=cell.text if cell else None,
            locator=cell.locator if cell else self.table.locator,
            table_id=self.table_id,
            task_id=self.done.tasks[-1].task_id if goes_on else self._task_id(r),
        )

    def _task_id(self, r: int) -> str:
        return f"{self.table_id}-r{r + 1:04d}"

    def parties(self, r: int) -> list[Party]:
        """Parties of the row: lead and support columns decide the role, else the first named leads."""
        found: list[Party] = []
        for cell in self.cells(r, ColumnRole.LEAD):
            found.extend(self._named(r, cell))
        leads = [Party(p.name, p.raw, "lead" if i == 0 else p.role, p.scope, stated=True) for i, p in enumerate(found)]
        supports = [p for cell in self.cells(r, ColumnRole.SUPPORT) for p in self._named(r, cell, "support")]
        free = [p for cell in self.cells(r, ColumnRole.PARTY) for p in self._named(r, cell)]
        if leads:
            free = [Party(p.name, p.raw, "support", p.scope, stated=True) for p in free]
        units = self._matrix(r)
        first: dict[tuple[str, str | None], Party] = {}
        for party in (*leads, *free, *supports, *units):
            first.setdefault((party.name, party.scope), party)
        merged = list(first.values())
        if merged and not units and not supports and not any(p.role == "lead" for p in merged):
            merged[0] = replace(merged[0], role="lead")
        return merged

    def _named(self, r: int, cell: GridCell, role: str | None = None) -> list[Party]:
        """The parties of a cell; many cells of a table name the same ones, and are read once."""
        return self._read("责任单位", partial(self._split, cell.raw, role), [], r, cell)

    def _split(self, raw: str, role: str | None) -> list[Party]:
        key = (raw, role)
        if key not in self._parties:
            self._parties[key] = split_parties(raw, self.lexicon.parties, role)
        return self._parties[key]

    def _matrix(self, r: int) -> list[Party]:
        out = []
        for c in self.table.roles.columns(ColumnRole.UNIT):
            cell = self.table.grid.cell(r, c)
            name = self.table.columns[c].split("/")[-1]
            role = matrix_role(cell.text)
            if role:
                out.append(Party(name, f"{name}{cell.text}", role, stated=True))
        return out

    def persons(self, r: int, role: ColumnRole) -> list[str]:
        field = "责任领导" if role is ColumnRole.LEADER else "责任人"
        names: list[str] = []
        for cell in self.cells(r, role):
            names += self._read(field, partial(split_persons, cell.raw, self.lexicon.persons), [], r, cell)
        return list(dict.fromkeys(names))

    def methods(self, r: int) -> list[str]:
        out: list[str] = []
        for cell in self.cells(r, ColumnRole.METHOD):
            if SAME_AS_ABOVE.match(cell.text) and self.done.tasks:
                out.extend(self.done.tasks[-1].methods)
            else:
                out.extend(self._read("测评方法", partial(split_methods, cell.raw), [], r, cell))
        for c in self.table.roles.columns(ColumnRole.METHOD_MARK):
            if matrix_role(self.table.grid.cell(r, c).text):
                out.extend(split_methods(self.table.columns[c].split("/")[-1]))
        return list(dict.fromkeys(out))

    def said(self, r: int, mark: str, *roles: ColumnRole) -> str | None:
        """The text of these columns joined by `mark`; 同上 becomes what it refers to."""
        texts = []
        for text in self.texts(r, *roles):
            if SAME_AS_ABOVE.match(text) and self.done.tasks:
                before = self.done.tasks[-1]
                texts.append((before.evidence if ColumnRole.EVIDENCE in roles else before.deadline) or text)
            else:
                texts.append(text)
        return _join(texts, mark)

    def remark(self, r: int) -> str | None:
        """Remarks, and whatever columns of no role of their own say, under their header."""
        texts = self.texts(r, ColumnRole.REMARK)
        for c in self.table.roles.columns(ColumnRole.OTHER, ColumnRole.SCOREBOX):
            cell = self.table.grid.cell(r, c)
            if cell.text and not says_nobody(cell.text):
                texts.append(f"{self.table.columns[c]}：{cell.text}")
        return _join(texts, "；")

    def points(self, r: int, rows: list[int], inline: list[Decimal]) -> tuple[Decimal | None, int]:
        """(points of the row, number of task rows that share the score cell)."""
        columns = self.table.roles.columns(ColumnRole.POINTS)
        if not columns:
            return (sum(inline, Decimal(0)) if inline else None), 1
        cell = self.table.grid.cell(r, columns[0])
        value = self._read("分值", partial(cell_points, cell.text), None, r, cell)
        sharing = rows[bisect_left(rows, cell.row) : bisect_left(rows, cell.row + cell.rows)]
        if value is None:
            return None, 1
        return (value if sharing and sharing[0] == r else None), max(len(sharing), 1)

    def requirement(self, r: int) -> tuple[str | None, str | None, GridCell | None]:
        """(requirement with label, criteria, the cell the requirement stands in)."""
        own = [s for s in self.cells(r, ColumnRole.REQUIREMENT) if s.text]
        criteria = _join(self.texts(r, ColumnRole.CRITERIA), "\n")
        if own:
            return own[0].text, criteria, own[0]
        for role in (ColumnRole.CRITERIA, ColumnRole.EVIDENCE, ColumnRole.SCORING, ColumnRole.LEVEL):
            cells = [s for s in self.cells(r, role) if s.text and s.row == r]
            if cells and role is ColumnRole.CRITERIA:
                return criteria, None, cells[0]
            if cells and role is ColumnRole.LEVEL:
                return cells[-1].text, criteria, cells[-1]
        return None, criteria, None

    def task(self, r: int, rows: list[int], path: list[IndicatorRow]) -> TaskRow:
        """The task that begins in row `r`; `rows` are all task rows of the table."""
        text, criteria, cell = self.requirement(r)
        item = self._read("任务编号", partial(split_label, text or ""), Item(None, text or ""), r, cell)
        inline: list[Decimal] = self._read("括注分值", partial(inline_points, item.text), [], r, cell)
        points, points_rows = self.points(r, rows, inline)
        leaders = self.persons(r, ColumnRole.LEADER)
        anchor = cell or self.table.grid.cell(r, 0)
        return TaskRow(
            task_id=self._task_id(r),
            notice_id=self.notice_id,
            table_id=self.table_id,
            indicator_id=path[-1].indicator_id if path else None,
            ordinal=len(self.done.tasks) + 1,
            row=r,
            label=item.label,
            requirement=item.text or None,
            criteria=criteria,
            points=points,
            points_rows=points_rows,
            inline_points=inline,
            evidence=self.said(r, "\n", ColumnRole.EVIDENCE),
            methods=self.methods(r),
            deadline=self.said(r, "；", ColumnRole.DEADLINE),
            leader="、".join(leaders) or None,
            persons=self.persons(r, ColumnRole.PERSON),
            bonus=any(p.bonus for p in path),
            topic=None,
            topic_score=None,
            repaired=list(self.repaired.get(r, [])),
            remark=self.remark(r),
            scoring=_join(self.texts(r, ColumnRole.SCORING), "\n"),
            locator=anchor.locator,
        )

    def add_rest(self, r: int) -> None:
        """A row that only goes on with the one above (a split department or deadline cell)."""
        last = self.done.tasks[-1]
        own = {s.col for s in self.table.grid.cells[r] if s.row == r and not s.is_blank}
        previous = self.done.rows[last.task_id][0]
        deadline = last.deadline
        if own & set(self.table.roles.columns(ColumnRole.DEADLINE)):
            deadline = _join([deadline or "", self.said(r, "；", ColumnRole.DEADLINE) or ""], "；")
        persons = last.persons
        if own & set(self.table.roles.columns(ColumnRole.PERSON)):
            persons = list(
                dict.fromkeys(
                    [*(persons if self._own(previous, ColumnRole.PERSON) else []), *self.persons(r, ColumnRole.PERSON)]
                )
            )
        self.done.tasks[-1] = replace(last, deadline=deadline, persons=persons)
        if own & set(self.table.roles.columns(ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT)):
            before = (
                self.done.parties[last.task_id]
                if self._own(previous, ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT)
                else []
            )
            known = [Party(p.party, p.raw, p.role, p.scope, p.role_stated) for p in before]
            more = [p for p in self.parties(r) if not any(k.name == p.name for k in known)]
            if known:
                more = [replace(p, role="support") for p in more]
            self.done.parties[last.task_id] = party_rows(last.task_id, [*known, *more])
        self.done.rows[last.task_id].append(r)

    def _own(self, r: int, *roles: ColumnRole) -> bool:
        """True when the row writes a cell of these roles itself instead of sharing one from above."""
        return any(s.row == r and not s.is_blank for s in self.cells(r, *roles))

    def read(self, indicators: IndicatorBuilder) -> TableTasks:
        """All tasks of the table."""
        rows = self.table.task_rows()
        wanted = set(rows)
        bands: list[OpenLevel] = []
        indicators.close()
        for r, kind in enumerate(self.table.kinds):
            if kind is RowKind.BAND and rows:
                push_band(bands, indicators.band(self.table, self.table_id, r))
            elif kind is RowKind.TASK and r in wanted:
                path = indicators.path_of(self.table, self.table_id, r, bands)
                task = self.task(r, rows, path)
                self.done.tasks.append(task)
                self.done.parties[task.task_id] = party_rows(task.task_id, self.parties(r))
                self.done.rows[task.task_id] = [r]
            elif kind is RowKind.REST and self.done.tasks:
                self.add_rest(r)
        return self.done
