"""Tasks of clean tables with their responsible units."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, partial
from itertools import pairwise
from typing import NamedTuple, TypeVar

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.notice.bonus_columns import find_bonus_rows
from extractors.notice.cell_fields import read_cell_fields
from extractors.notice.findings import Guard, quote
from extractors.notice.indicators import IndicatorBuilder, OpenLevel, push_band
from extractors.notice.lexicon import Lexicon
from extractors.notice.prose_fields import FoundFields
from extractors.notice.section_fields import SectionFields
from extractors.notice.section_rows import find_rows_beyond_outline, find_unit_sections
from extractors.notice.table_heads import TableHead
from extractors.notice.time_columns import join_times
from extractors.notice.unit_columns import read_matrix_roles
from extractors.parsers.column_headers import header_word
from extractors.parsers.illegible_units import Illegible
from extractors.parsers.item_labels import (
    Item,
    outline_number,
    split_following_label,
    split_label,
    split_outline_number,
)
from extractors.parsers.item_points import stated_points
from extractors.parsers.lead_rules import SectionUnits, label_bracket, order_roles, states_lead
from extractors.parsers.methods import leading_methods, split_methods
from extractors.parsers.persons import split_persons
from extractors.parsers.points import cell_points, column_points, header_sign, inline_points, signed_points
from extractors.parsers.responsible_units import Party, UnitsRead, is_collective, read_units
from extractors.parsers.row_patterns import is_penalty
from extractors.parsers.unit_legend import name_numbered_units
from extractors.parsers.unit_roles import matrix_role
from extractors.records import IndicatorRow, PartyRow, Rule, Severity, TaskRow
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_features import follows
from extractors.tables.column_roles import ColumnRole
from extractors.tables.grid import GridCell
from extractors.tables.row_kinds import RowKind
from extractors.tables.table_parts import without_continuation

_SIGNED_ROLES = (ColumnRole.POINTS, ColumnRole.SCOREBOX, ColumnRole.OTHER)
"""Columns of which a cell may hold points with a sign instead of the points of the task."""
_FIELD_UNITS = (ColumnRole.LEAD, ColumnRole.PARTY, ColumnRole.SUPPORT)
_SHARED_FIELDS = {
    "criteria": ColumnRole.CRITERIA,
    "scoring": ColumnRole.SCORING,
    "evidence": ColumnRole.EVIDENCE,
}
_MIN_OUTLINE = 3
_OUTLINE = 0.6
"""Share of the requirements with numbers of an outline, and of those that count on; some items may have none."""
_OWN_TIME = re.compile(r"\d{1,2}[月日][^，。；]{0,6}前|[月季年]度?[底末]前?|完成时[限间]")
"""10月15日前完成…: what a task says itself of its time."""
_T = TypeVar("_T")


@dataclass(slots=True)
class TableTasks:
    """The tasks of one table in order, their responsible units, and the body rows each of them covers."""

    tasks: list[TaskRow] = field(default_factory=list)
    parties: dict[str, list[PartyRow]] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)
    shared: dict[str, set[str]] = field(default_factory=dict)
    """Task → which of its fields `criteria` and `scoring` stand in cells that begin above it."""
    assessed: set[str] = field(default_factory=set)
    """The tasks whose units only assess them: 由县委宣传部负责考核."""
    unit_places: dict[str, str] = field(default_factory=dict)
    """Unit as written → where it stands first."""
    illegible_units: dict[Illegible, str] = field(default_factory=dict)
    """Text in a cell of units that is none → where it stands first."""

    def note_units(self, units: UnitsRead | None, locator: str) -> None:
        """Note where the units of a cell stand, None if it could not be parsed."""
        for party in units.parties if units else ():
            self.unit_places.setdefault(party.raw, locator)
        for illegible in units.illegible if units else ():
            self.illegible_units.setdefault(illegible, locator)


class TableReading(NamedTuple):
    """A table of the notice with its id and its tasks."""

    table_id: str
    table: CleanTable
    table_tasks: TableTasks


@dataclass
class TaskBuilder:
    """Builds the tasks of one clean table, row by row.

    Attributes:
        table: the table.
        table_id: its id.
        notice_id: the id of the notice.
        lexicon: the names that occur in the notice.
        guard: isolates parser errors.
        repaired: the repaired fields of each row.
        first_leads: whether the notice says that the first of several units leads.
        head: what is said above the table of all its tasks.
        result: the tasks built so far.
    """

    table: CleanTable
    table_id: str
    notice_id: str
    lexicon: Lexicon
    guard: Guard
    repaired: dict[int, list[str]] = field(default_factory=dict)
    first_leads: bool = False
    head: TableHead = field(default_factory=TableHead)
    result: TableTasks = field(default_factory=TableTasks)
    _reported: set[str] = field(default_factory=set)
    _above: SectionFields = field(default_factory=SectionFields)
    """What the headings above the row say of it."""
    _units_of_cells: dict[tuple[str, str | None], UnitsRead] = field(default_factory=dict)
    _task_ids: dict[int, str] = field(default_factory=dict)
    _columns: dict[tuple[ColumnRole, ...], tuple[int, ...]] = field(default_factory=dict)
    """The columns of the roles that are asked for in each row, sixteen times."""
    _persons_of_cells: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def _cell_fields(self) -> Mapping[int, FoundFields]:
        """The fields in the requirement cells, by row."""
        return read_cell_fields(self.table)

    def _field_texts(self, r: int, role: ColumnRole) -> list[str]:
        found = self._cell_fields.get(r)
        return [text for name, text in found.fields if name is role] if found else []

    @cached_property
    def _bonus_rows(self) -> Set[int]:
        return find_bonus_rows(self.table)

    @cached_property
    def _mark_roles(self) -> Mapping[str, str]:
        """What the marks below the names of units mean."""
        return read_matrix_roles(self.table, self.lexicon.mark_roles)

    @cached_property
    def _counts_on(self) -> bool:
        """Whether the requirements are the items of an outline: 1.1…, 1.2…, 2.1…."""
        c = self.table.roles.requirement
        texts = [self.table.grid.cell(r, c).text for r in self.table.task_rows()] if c is not None else []
        numbers = [number for text in texts if len(number := outline_number(text)) > 1]
        steps = sum(follows(below, number) for number, below in pairwise(numbers))
        return len(numbers) >= max(_MIN_OUTLINE, _OUTLINE * len(texts)) and steps >= _OUTLINE * (len(numbers) - 1)

    def _split_item(self, text: str) -> Item:
        item = split_outline_number(text) if self._counts_on else None
        item = item if item is not None and item.label else split_label(text)
        if item.label or not self.result.tasks:
            return item
        return split_following_label(text, self.result.tasks[-1].label)

    @cached_property
    def _beyond_outline(self) -> Set[int]:
        return find_rows_beyond_outline(self.table)

    @cached_property
    def _unit_bands(self) -> Mapping[int, str]:
        return find_unit_sections(self.table)

    @cached_property
    def _names_responsible_units(self) -> bool:
        """Whether a header says that the units below it are responsible; others may be those that help."""
        return any(c not in self.table.roles.unknown for c in self.table.roles.columns(ColumnRole.PARTY))

    def cells(self, r: int, *roles: ColumnRole) -> list[GridCell]:
        """Return the cells of row `r` in columns of these roles, each once."""
        columns = self._columns.get(roles)
        if columns is None:
            columns = self._columns[roles] = self.table.roles.columns(*roles)
        if not columns:
            return []
        row = self.table.grid.cells[r]
        if len(columns) == 1:
            return [row[columns[0]]]
        return list({id(row[c]): row[c] for c in columns}.values())

    def texts(self, r: int, *roles: ColumnRole) -> list[str]:
        """Return the texts of row `r` in columns of these roles, without placeholders."""
        return [s.text for s in self.cells(r, *roles) if s.text and not is_placeholder(s.text)]

    def _parse(self, field: str, read: Callable[[], _T], empty: _T, r: int, cell: GridCell | None) -> _T:
        """Parse a cell of the task in row `r`, guarded; a continuation row belongs to the task above."""
        is_continuation = self.table.kinds[r] is RowKind.REST and bool(self.result.tasks)
        return self.guard(
            field,
            read,
            empty,
            text=cell.text if cell else None,
            locator=cell.locator if cell else self.table.locator,
            table_id=self.table_id,
            task_id=self.result.tasks[-1].task_id if is_continuation else self._task_id(r),
        )

    def _task_id(self, r: int) -> str:
        if r not in self._task_ids:
            self._task_ids[r] = f"{self.table_id}-r{r + 1:04d}"
        return self._task_ids[r]

    def parties(self, r: int) -> list[Party]:
        """Return the responsible units of a row.

        Lead and support columns decide the role of each of their units; else labels and marks in the cell; else the
        heading of the section; else a sentence of the notice; else the first unit leads.
        """
        leads = [
            p if p.stated else replace(p, role="lead", stated=True, source="header")
            for cell in self.cells(r, ColumnRole.LEAD)
            for p in self._parse_parties(r, cell)
        ]
        supports = [
            replace(p, source="header")
            for cell in self.cells(r, ColumnRole.SUPPORT)
            for p in self._parse_parties(r, cell, "support")
        ]
        named = self._above.texts.get(ColumnRole.SUPPORT)
        if named and not self.table.roles.columns(ColumnRole.SUPPORT):
            supports = self._parties_above(r, named, "support")
        free = [p for cell in self.cells(r, ColumnRole.PARTY) for p in self._parse_parties(r, cell)]
        if r in self._cell_fields:
            leads, free, supports = (self._parties_of_fields(r, role) for role in _FIELD_UNITS)
        if not leads and not any(p.stated and p.role == "lead" for p in free):
            leads = self._section_leads(r, has_units=bool(free))
        if leads:
            free = [replace(p, role="support", stated=True, source="header") for p in free]
        else:
            text = "\n".join(self.texts(r, ColumnRole.REQUIREMENT, ColumnRole.CRITERIA))
            free = order_roles(free, text, first_leads=self.first_leads)
        units = self._matrix_parties(r)
        first: dict[tuple[str, str | None], Party] = {}
        for party in (*leads, *free, *supports, *units):
            first.setdefault((party.name, party.scope), party)
        merged = list(first.values())
        if merged and not units and not supports and not any(p.role == "lead" for p in merged):
            merged[0] = replace(merged[0], role="lead")
        self._report_misread(r, merged)
        return merged

    def _parties_of_fields(self, r: int, column: ColumnRole) -> list[Party]:
        """Return the units that the requirement cell of a row names as such a column would."""
        role = None if column is ColumnRole.PARTY else "lead" if column is ColumnRole.LEAD else "support"
        cell = next(iter(self.cells(r, ColumnRole.REQUIREMENT)), None)
        parties: list[Party] = []
        for text in self._field_texts(r, column):
            parties += self._parse("责任单位", partial(self._split_parties, text, role), [], r, cell)
        return parties

    def _parties_above(self, r: int, names: str, role: str | None) -> list[Party]:
        read = partial(self._split_parties, names, role)
        parties: list[Party] = self._parse("责任单位", read, [], r, None)
        return [replace(p, source="header") for p in parties]

    def _section_leads(self, r: int, *, has_units: bool) -> list[Party]:
        """Return the units of the section for a task: those that lead it, or those responsible if it names none."""
        section = self._above.units
        if section is None or (has_units and not section.leads and self._names_responsible_units):
            return []
        return self._parties_above(r, section.text, None if states_lead(section.text) else "lead")

    def _report_misread(self, r: int, parties: list[Party]) -> None:
        """Report a misread unit where it first stands in the table."""
        for party in parties:
            name = self.lexicon.parties.misread.get(party.raw)
            if name is None or party.raw in self._reported:
                continue
            self._reported.add(party.raw)
            cell = next(iter(self.cells(r, ColumnRole.LEAD, ColumnRole.PARTY, ColumnRole.SUPPORT)), None)
            self.guard.findings.add(
                Rule.REPAIRED,
                Severity.WARNING,
                f"单位{quote(party.raw)}与{quote(name)}只差一字，疑为识别有误，已按{quote(name)}计，请核对",
                table_id=self.table_id,
                task_id=self._task_id(r),
                locator=cell.locator if cell else self.table.locator,
            )

    def _parse_parties(self, r: int, cell: GridCell, role: str | None = None) -> list[Party]:
        """Return the units of a cell; equal cells are parsed once."""
        empty: list[Party] = []
        raw = name_numbered_units(label_bracket(self.table.columns[cell.col], cell.raw), self.lexicon.legend)
        parties = self._parse("责任单位", partial(self._split_parties, raw, role), empty, r, cell)
        self.result.note_units(self._units_of_cells.get((raw, role)), cell.locator)
        return parties

    def _split_parties(self, raw: str, role: str | None) -> list[Party]:
        key = (raw, role)
        if key not in self._units_of_cells:
            self._units_of_cells[key] = read_units(raw, self.lexicon.parties, role)
        return self._units_of_cells[key].parties

    def _matrix_parties(self, r: int) -> list[Party]:
        out: list[Party] = []
        is_stated = "lead" in self._mark_roles.values()
        for c in self.table.roles.columns(ColumnRole.UNIT):
            cell = self.table.grid.cell(r, c)
            upper, _, name = self.table.columns[c].rpartition("/")
            if role := self._mark_roles.get(strip_whitespace(cell.text)):
                says_role = is_stated or header_word(upper).role == ColumnRole.SUPPORT
                # Ticks of one kind say who takes part; as in a list, the first unit leads then.
                role = role if says_role or out else "lead"
                resolutions = self.lexicon.parties.resolve(name)
                out += [Party(full_name, f"{name}{cell.text}", role, stated=says_role) for full_name, _ in resolutions]
        return out

    def persons(self, r: int, role: ColumnRole) -> list[str]:
        """Return the persons in the columns of this role."""
        field = "责任领导" if role is ColumnRole.LEADER else "责任人"
        names: list[str] = []
        for cell in self.cells(r, role):
            names += self._parse(field, partial(self._split_persons, cell.raw), [], r, cell)
        for text in self._field_texts(r, role):
            names += self._parse(field, partial(self._split_persons, text), [], r, None)
        return list(dict.fromkeys(names))

    def _persons_above(self, r: int, role: ColumnRole) -> list[str]:
        """Return the persons that a heading names of a table without a column of them."""
        text = self._above.texts.get(role)
        if not text or self.table.roles.columns(role):
            return []
        field = "责任领导" if role is ColumnRole.LEADER else "责任人"
        return self._parse(field, partial(self._split_persons, text), [], r, None)

    def _split_persons(self, raw: str) -> list[str]:
        """Return the persons of a text; equal texts are parsed once."""
        if raw not in self._persons_of_cells:
            self._persons_of_cells[raw] = split_persons(raw, self.lexicon.persons)
        return self._persons_of_cells[raw]

    def methods(self, r: int) -> list[str]:
        """Return the assessment methods of a row; a cell that says how points are given may begin with them."""
        out: list[str] = []
        for cell in self.cells(r, ColumnRole.METHOD):
            out.extend(self._parse("测评方法", partial(split_methods, cell.raw), [], r, cell))
        for cell in self.cells(r, ColumnRole.SCORING):
            out.extend(self._parse("测评方法", partial(leading_methods, cell.raw), [], r, cell))
        for c in self.table.roles.columns(ColumnRole.METHOD_MARK):
            cell = self.table.grid.cell(r, c)
            if matrix_role(cell.text):
                name = self.table.columns[c].rsplit("/", maxsplit=1)[-1]
                out.extend(self._parse("测评方法", partial(split_methods, name), [], r, cell))
        if not self.table.roles.columns(ColumnRole.METHOD, ColumnRole.METHOD_MARK):
            named = self._above.texts.get(ColumnRole.METHOD, "")
            out.extend(self._parse("测评方法", partial(split_methods, named), [], r, None) if named else [])
        return list(dict.fromkeys(out))

    def _deadline_above(self, r: int) -> str | None:
        """Return when the tasks of a section are done, for one that names no time in a table without a column of it."""
        has_column = self.table.roles.columns(ColumnRole.DEADLINE, ColumnRole.MONTH_MARK)
        has_own = any(map(_OWN_TIME.search, self.texts(r, ColumnRole.REQUIREMENT, ColumnRole.CRITERIA)))
        return None if has_column or has_own else self._above.texts.get(ColumnRole.DEADLINE)

    def _marked_months(self, r: int) -> str | None:
        """Return the months that are ticked in a row; of several kinds of ticks the last says when the task is done."""
        cells = [(c, self.table.grid.cell(r, c).text) for c in self.table.roles.columns(ColumnRole.MONTH_MARK)]
        marked = [(c, text) for c, text in cells if text]
        if len({text for _, text in marked}) > 1:
            marked = marked[-1:]
        return "、".join(strip_whitespace(self.table.columns[c].rsplit("/", maxsplit=1)[-1]) for c, _ in marked) or None

    def text_of(self, r: int, separator: str, *roles: ColumnRole) -> str | None:
        """Return the text of these columns joined by `separator`.

        A requirement that is drawn into one of them remains a requirement.
        """
        required = self.table.roles.requirement
        requirement = None if required is None else self.table.grid.cell(r, required)
        cells = [cell for cell in self.cells(r, *roles) if cell.text and not is_placeholder(cell.text)]
        cells = [cell for cell in cells if cell is not requirement]
        texts = join_times(cells, self.table.columns) if ColumnRole.DEADLINE in roles else [c.text for c in cells]
        texts += [text for role in roles for text in self._field_texts(r, role)]
        return _join(texts, separator)

    def remark(self, r: int) -> str | None:
        """Return the remarks, and the texts of columns without a role under their header."""
        texts = self.texts(r, ColumnRole.REMARK)
        for c in self.table.roles.columns(ColumnRole.OTHER, ColumnRole.SCOREBOX):
            cell = self.table.grid.cell(r, c)
            if cell.text and not is_placeholder(cell.text) and not self._signed_text(r, c):
                texts.append(f"{self.table.columns[c]}：{cell.text}")
        return _join([*texts, *self._field_texts(r, ColumnRole.REMARK)], "；")

    def scoring(self, r: int) -> str | None:
        """Return the scoring texts of a row, and its points that are added or taken away (+5, 扣分：10)."""
        signed = [self._signed_text(r, c) for c in self.table.roles.columns(*_SIGNED_ROLES)]
        return _join([*self.texts(r, ColumnRole.SCORING), *filter(None, signed)], "\n")

    def _signed_text(self, r: int, c: int) -> str | None:
        """Return a cell outside the scoring columns whose points have a sign, in it or in the header of its column.

        -2 below 得分 is what somebody got.
        """
        cell, column = self.table.grid.cell(r, c), self.table.columns[c]
        has_sign = header_sign(column) is not None
        if cell.row != r or not cell.text or (self.table.roles.names[c] is ColumnRole.SCOREBOX and not has_sign):
            return None
        if signed_points(cell.text):
            return cell.text
        is_number = has_sign and cell_points(cell.text) is not None
        return f"{column.rsplit('/', maxsplit=1)[-1]}：{cell.text}" if is_number else None

    def points(self, r: int, rows: list[int], stated: Decimal | None) -> tuple[Decimal | None, int]:
        """Return the points of the row, and the number of task rows that share the points cell.

        Without a points column they are those that its text states.
        """
        columns = [c for c in self.table.roles.columns(ColumnRole.POINTS) if header_sign(self.table.columns[c]) is None]
        if not columns:
            return stated, 1
        cell = self.table.grid.cell(r, columns[0])
        value = self._parse("分值", partial(column_points, cell.text), None, r, cell)
        sharing = rows[bisect_left(rows, cell.row) : bisect_left(rows, cell.row + cell.rows)]
        if value is None:
            return None, 1
        return (value if sharing and sharing[0] == r else None), max(len(sharing), 1)

    def _extra_points(self, r: int) -> Decimal | None:
        """Return the points that a row of the points column adds to the total: +5, or 5 below 加分; else None."""
        for c in self.table.roles.columns(ColumnRole.POINTS)[:1]:
            cell = self.table.grid.cell(r, c)
            if cell.row != r:
                return None
            if header_sign(self.table.columns[c]) == "+" and (points := column_points(cell.text)) is not None:
                return points
            signed = signed_points(cell.text)
            if len(signed) == 1 and not signed[0].is_deduction and not signed[0].condition:
                return signed[0].points
        return None

    def requirement(self, r: int) -> tuple[str | None, str | None, GridCell | None]:
        """Return the requirement with its label, the criteria, and the cell of the requirement."""
        own = [s for s in self.cells(r, ColumnRole.REQUIREMENT) if s.text]
        criteria = _join(self.texts(r, ColumnRole.CRITERIA), "\n")
        if own:
            found = self._cell_fields.get(r)
            return found.text if found else own[0].text, criteria, own[0]
        for role in (ColumnRole.CRITERIA, ColumnRole.EVIDENCE, ColumnRole.SCORING, ColumnRole.LEVEL):
            cells = [s for s in self.cells(r, role) if s.text and s.row == r]
            if cells and role is ColumnRole.CRITERIA:
                return criteria, None, cells[0]
            if cells and role is ColumnRole.LEVEL:
                return cells[-1].text, criteria, cells[-1]
        return None, criteria, None

    def task(self, r: int, rows: list[int], path: list[IndicatorRow]) -> TaskRow:
        """Return the task that begins in row `r`; `rows` are all task rows of the table."""
        text, criteria, cell = self.requirement(r)
        item = self._parse("任务编号", partial(self._split_item, text or ""), Item(None, text or ""), r, cell)
        inline: list[Decimal] = self._parse("括注分值", partial(inline_points, item.text), [], r, cell)
        points, points_rows = self.points(r, rows, sum(inline, Decimal(0)) if inline else stated_points(item.text))
        scoring = self.scoring(r)
        if points is not None and not inline and any(h.points is None and is_penalty(h.name) for h in path):
            # 第三部分 扣分 over 5: what a section of deductions counts is taken away.
            scoring, points, points_rows = _join([scoring or "", f"扣分：{points.normalize():f}"], "\n"), None, 1
        is_extra = points is None and (points := self._extra_points(r)) is not None
        leaders = self.persons(r, ColumnRole.LEADER) or self._persons_above(r, ColumnRole.LEADER)
        anchor = cell or self.table.grid.cell(r, 0)
        return TaskRow(
            task_id=self._task_id(r),
            notice_id=self.notice_id,
            table_id=self.table_id,
            indicator_id=path[-1].indicator_id if path else None,
            ordinal=len(self.result.tasks) + 1,
            row=r,
            label=item.label,
            requirement=item.text or None,
            criteria=criteria,
            points=points,
            points_rows=points_rows,
            inline_points=inline,
            evidence=self.text_of(r, "\n", ColumnRole.EVIDENCE),
            methods=self.methods(r),
            deadline=self.text_of(r, "；", ColumnRole.DEADLINE) or self._marked_months(r) or self._deadline_above(r),
            leader="、".join(leaders) or None,
            persons=self.persons(r, ColumnRole.PERSON) or self._persons_above(r, ColumnRole.PERSON),
            bonus=is_extra or self.head.lists_bonus or r in self._bonus_rows or any(p.bonus for p in path),
            topic=None,
            topic_score=None,
            repaired=list(self.repaired.get(r, [])),
            remark=self.remark(r),
            scoring=scoring,
            locator=anchor.locator,
        )

    def add_continuation(self, r: int) -> None:
        """Add a row that continues the one above (a split unit or deadline cell) to its task."""
        last = self.result.tasks[-1]
        own_columns = {s.col for s in self.table.grid.cells[r] if s.row == r and not s.is_blank}
        previous = self.result.rows[last.task_id][0]
        deadline = last.deadline
        if own_columns & set(self.table.roles.columns(ColumnRole.DEADLINE)):
            deadline = _join([deadline or "", self.text_of(r, "；", ColumnRole.DEADLINE) or ""], "；")
        persons = last.persons
        if own_columns & set(self.table.roles.columns(ColumnRole.PERSON)):
            persons = list(
                dict.fromkeys(
                    [
                        *(persons if self._has_own_cell(previous, ColumnRole.PERSON) else []),
                        *self.persons(r, ColumnRole.PERSON),
                    ]
                )
            )
        self.result.tasks[-1] = replace(last, deadline=deadline, persons=persons)
        if own_columns & set(self.table.roles.columns(ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT)):
            before = (
                self.result.parties[last.task_id]
                if self._has_own_cell(previous, ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT)
                else []
            )
            known = [
                Party(p.party, p.raw, p.role, p.scope, p.role_stated, p.basis if p.role_stated else None)
                for p in before
            ]
            more = [p for p in self.parties(r) if not any(k.name == p.name for k in known)]
            if known:
                more = [p if p.stated else replace(p, role="support") for p in more]
            self.result.parties[last.task_id] = party_rows(last.task_id, [*known, *more])
        self.result.rows[last.task_id].append(r)

    def _has_own_cell(self, r: int, *roles: ColumnRole) -> bool:
        """Return whether a cell of these roles begins in the row instead of being shared from above."""
        return any(s.row == r and not s.is_blank for s in self.cells(r, *roles))

    def _is_shared(self, r: int, name: str, role: ColumnRole) -> bool:
        """Return whether a field of the last task is that of the task above it, in a cell that spans both.

        Where the format draws no spans it may repeat the text of one.
        """
        cells = [cell for cell in self.cells(r, role) if cell.text]
        if not cells or all(cell.row < r for cell in cells):
            return bool(cells)
        texts = [getattr(task, name) for task in self.result.tasks[-2:]]
        is_repeated = len(texts) == 2 and texts[0] == texts[1] and not signed_points(texts[0] or "")
        return is_repeated and not self.table.grid.spans_known

    def build(self, indicators: IndicatorBuilder) -> TableTasks:
        """Return all tasks of the table."""
        rows = self.table.task_rows()
        task_rows = set(rows)
        bands: list[OpenLevel] = []
        of_unit = SectionFields()
        indicators.close_levels()
        for r, kind in enumerate(self.table.kinds):
            if kind is RowKind.BAND and rows and any(cell.text for cell in self.table.grid.cells[r]):
                if r in self._unit_bands:
                    of_unit = SectionFields(units=SectionUnits(self._unit_bands[r], leads=False))
                    continue
                level = indicators.band_level(self.table, self.table_id, r)
                bare = without_continuation(level.heading.name)
                if bare != level.heading.name and any(bare == band.heading.name for band in bands):
                    # 一、育人行动（续） behind a page cut.
                    continue
                push_band(bands, level)
                of_unit = SectionFields()
            elif kind is RowKind.TASK and r in task_rows:
                if r in self._beyond_outline:
                    bands.pop()
                path = indicators.path_above(self.table, self.table_id, r, bands)
                self._above = of_unit.within(indicators.fields_above()).within(self.head.fields)
                task = self.task(r, rows, path)
                self.result.tasks.append(task)
                self.result.shared[task.task_id] = {
                    name for name, role in _SHARED_FIELDS.items() if self._is_shared(r, name, role)
                }
                self.result.parties[task.task_id] = party_rows(task.task_id, self.parties(r))
                self.result.rows[task.task_id] = [r]
            elif kind is RowKind.REST and self.result.tasks:
                self.add_continuation(r)
        indicators.mark_bonus(self.result.tasks)
        return self.result


def party_rows(task_id: str, parties: list[Party]) -> list[PartyRow]:
    """Return the numbered rows of the responsible units of one task."""
    return [
        PartyRow(task_id, i, p.name, p.raw, p.role, p.scope, p.stated, is_collective(p.name), p.basis)
        for i, p in enumerate(parties, 1)
    ]


def _join(texts: list[str], separator: str) -> str | None:
    return separator.join(filter(None, dict.fromkeys(texts))) or None
