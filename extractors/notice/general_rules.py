"""Rules of a whole notice, a table or a section, from the sentences outside of tasks, and the tasks that they cover.

A sentence in a section that holds tasks covers those; in a part of another section about contents (三、主要任务
（二）环境整治) it covers none; below a table or inside of it, the tasks of that table; in an attachment, those of its
tables; elsewhere all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, Generic, NamedTuple, TypeVar

from extractors import vocabulary
from extractors.body.letterhead import Annex
from extractors.body.outline import Outline, OutlineItem, TableContext
from extractors.body.sentences import Sentence, note_sentences, read_sentences, split_sentences
from extractors.normalize import strip_whitespace
from extractors.notice.body_requirements import BodyRequirement
from extractors.parsers.general_rules import (
    Cover,
    DeadlineRule,
    FormatRule,
    read_consequences,
    read_deadline_rule,
    read_format_rules,
)
from extractors.parsers.lead_rules import says_first_leads, says_mark_leads, says_parts_match, says_who_leads
from extractors.parsers.points import cell_points
from extractors.parsers.row_patterns import is_bonus
from extractors.parsers.stated_amounts import StatedAmount, find_bonus, find_counts, find_results, find_totals
from extractors.records import PartyRow, RuleRow
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import ColumnRole
from extractors.tables.row_kinds import RowKind

T = TypeVar("T")
_POINTING_BACK: Final = ("以上", "上述", "下列", "以下")
"""What points to a place near it; in the letter nobody can tell to which."""
_MAX_TEXT: Final = 400
"""Characters of a sentence that are kept."""


class Scope(NamedTuple):
    """What a sentence covers.

    Attributes:
        name: notice, table or section.
        tables: The ids of the tables; None for all.
        prose: The ids of the tasks of the running text; None for all.
        section: The heading of the section.
    """

    name: str
    tables: frozenset[str] | None = None
    prose: frozenset[str] | None = None
    section: str | None = None

    def covers(self, task_id: str, table_id: str | None) -> bool:
        """Return whether a task is covered."""
        if table_id is None:
            return self.prose is None or task_id in self.prose
        return self.tables is None or table_id in self.tables

    @property
    def table_id(self) -> str | None:
        """The only table it covers, None if it covers others or none."""
        return next(iter(self.tables)) if self.name == "table" and self.tables and len(self.tables) == 1 else None


class _Stated(NamedTuple):
    """A sentence with what it covers; `of_header` marks the words of a header, which say who leads at most."""

    sentence: Sentence
    scope: Scope
    is_note: bool = False
    of_header: bool = False


@dataclass(frozen=True, slots=True)
class CoveringRule(Generic[T]):
    """A rule with its row and what it covers."""

    rule: T
    row: RuleRow
    scope: Scope


@dataclass(slots=True)
class GeneralRules:
    """The rules of one notice.

    Attributes:
        rows: Their rows, in reading order.
        leads: The sentences about the order of units, with what they cover.
        lead_rows: Their rows.
        deadlines: The time limits of many tasks.
        formats: The forms of materials.
    """

    rows: list[RuleRow] = field(default_factory=list)
    leads: list[tuple[str, Scope]] = field(default_factory=list)
    lead_rows: list[RuleRow] = field(default_factory=list)
    deadlines: list[CoveringRule[DeadlineRule]] = field(default_factory=list)
    formats: list[CoveringRule[FormatRule]] = field(default_factory=list)

    def first_leads(self, table_id: str | None, task_id: str = "") -> bool:
        """Return whether the first unit leads by the sentences that cover a table, or a task of the running text."""
        return says_first_leads([text for text, scope in self.leads if scope.covers(task_id, table_id)])

    def count_leads(self, parties: Mapping[str, Sequence[PartyRow]], tables: Mapping[str, str | None]) -> None:
        """Count the tasks whose roles rest on the sentences about the order of units.

        Args:
            parties: the units of each task.
            tables: the table of each task.
        """
        ordered = [task_id for task_id, rows in parties.items() if any(row.basis == "rule" for row in rows)]
        for (_, scope), row in zip(self.leads, self.lead_rows, strict=True):
            row.tasks = sum(scope.covers(task_id, tables[task_id]) for task_id in ordered)

    def drop_totals(self, points: set[Decimal]) -> None:
        """Drop the totals that are the points of a heading of the running text."""
        self.rows = [row for row in self.rows if row.kind != "total" or row.value not in points]


@dataclass(slots=True)
class _Reader:
    notice_id: str
    rules: GeneralRules = field(default_factory=GeneralRules)
    seen: set[tuple[str, ...]] = field(default_factory=set)

    def read(self, stated: _Stated) -> None:
        """Read all that one sentence lays down."""
        text = stated.sentence.text
        if says_who_leads(text) or says_parts_match(text):
            if (row := self.add("lead", "责任单位", stated)) is not None:
                self.rules.leads.append((text, stated.scope))
                self.rules.lead_rows.append(row)
        elif says_mark_leads(text):
            self.add("lead", "标记", stated)
        if stated.of_header:
            return
        deadline = read_deadline_rule(text, stated.sentence.heading, is_note=stated.is_note)
        if deadline is not None and (row := self.add("deadline", deadline.subject, stated)) is not None:
            if stated.scope.name == "notice" and deadline.subject.startswith(_POINTING_BACK):
                deadline = replace(deadline, covers=None)
            self.rules.deadlines.append(CoveringRule(deadline, row, stated.scope))
        for form in [] if deadline is not None and deadline.covers is not Cover.MATERIALS else read_format_rules(text):
            row = self.add("evidence", form.subject, stated, StatedAmount("", form.low, form.high, form.unit, ""))
            if row is not None:
                self.rules.formats.append(CoveringRule(form, row, stated.scope))
        results = self.read_amounts(stated)
        # A=100%，B=66%，其余不得分: what is left over is a grade as well.
        for consequence in read_consequences(text) if not results else ():
            amount = StatedAmount("", consequence.points, None, "分" if consequence.points is not None else None, "")
            self.add("scoring", consequence.condition, stated, amount)

    def read_amounts(self, stated: _Stated) -> list[StatedAmount]:
        """Read the figures of one sentence and return the lines of results among them."""
        text = stated.sentence.text
        results = find_results(text)
        for kind, amounts in (("tier", results), ("total", find_totals(text)), ("bonus", find_bonus(text))):
            for amount in amounts:
                self.add(kind, amount.subject, stated, amount)
        self.read_counts(stated)
        return results

    def read_counts(self, stated: _Stated) -> None:
        """Read the numbers of one sentence; a title states no other figures."""
        for amount in find_counts(stated.sentence.text):
            self.add("count", amount.subject, stated, amount)

    def add(self, kind: str, subject: str, stated: _Stated, amount: StatedAmount | None = None) -> RuleRow | None:
        """Add the row of a rule; None if the notice says the same twice."""
        text, scope = stated.sentence.text[:_MAX_TEXT], stated.scope
        key = (kind, subject, text, scope.table_id or "", scope.section or "")
        if key in self.seen:
            return None
        self.seen.add(key)
        number = len(self.rules.rows) + 1
        row = RuleRow(
            rule_id=f"{self.notice_id}-g{number:03d}",
            notice_id=self.notice_id,
            table_id=scope.table_id,
            ordinal=number,
            kind=kind,
            scope=scope.name,
            section=scope.section,
            text=text,
            applies_to=subject[:_MAX_TEXT],
            value=amount.low if amount else None,
            value_max=amount.high if amount else None,
            unit=amount.unit if amount else None,
            tasks=0,
            locator=stated.sentence.locator,
        )
        self.rules.rows.append(row)
        return row


def read_general_rules(
    notice_id: str,
    title: str | None,
    outline: Outline,
    tables: Sequence[tuple[str, CleanTable]],
    requirements: Sequence[BodyRequirement],
) -> GeneralRules:
    """Return the rules that the sentences of a notice outside of its tasks lay down.

    Args:
        notice_id: the id of the notice.
        title: its title.
        outline: its outline.
        tables: its tables with their ids.
        requirements: the items of the running text that are tasks.
    """
    reader = _Reader(notice_id)
    place = outline.lines[0].locator if outline.lines else ""
    for sentence in split_sentences(title or "", place):
        reader.read_counts(_Stated(sentence, Scope("notice")))
    for stated in _body(outline, tables, requirements, notice_id):
        reader.read(stated)
    for table_id, table in tables:
        scope = Scope("table", frozenset({table_id}), frozenset())
        for sentence in split_sentences(table.title or "", table.locator):
            reader.read_counts(_Stated(sentence, scope))
        for stated in _inside(table, scope):
            reader.read(stated)
        for ordinal in table.ordinals:
            for sentence in note_sentences(outline.tables[ordinal].notes) if ordinal < len(outline.tables) else ():
                reader.read(_Stated(sentence, scope, is_note=True))
        _read_total_rows(reader, table, scope)
    return reader.rules


def _body(
    outline: Outline,
    tables: Sequence[tuple[str, CleanTable]],
    requirements: Sequence[BodyRequirement],
    notice_id: str,
) -> Iterator[_Stated]:
    """Yield the sentences of the body that are no tasks."""
    tasks = {id(requirement.item): f"{notice_id}-p{n:03d}" for n, requirement in enumerate(requirements, 1)}
    inside = _tasks_inside(outline.items, tasks) if tasks else {}
    of_annex = _tables_by_annex(outline, tables)
    for sentence in read_sentences(outline):
        if not sentence.items or id(sentence.items[0]) not in tasks:
            scope = _scope_of(sentence, inside, of_annex)
            if sentence.is_note and scope.name == "notice":
                # A note below no table is that of one of them, and only with a single one is it known of which.
                listing = frozenset(table_id for table_id, table in tables if table.task_rows())
                is_known = len(listing) == 1 and not tasks
                scope = Scope("table", listing if is_known else frozenset(), frozenset())
            yield _Stated(sentence, scope)


def _tasks_inside(items: Iterable[OutlineItem], tasks: Mapping[int, str]) -> dict[int, frozenset[str]]:
    """Return the tasks in each item, itself included, by the identity of the item; none for an item without tasks."""
    found: dict[int, frozenset[str]] = {}
    for item in items:
        below = _tasks_inside(item.children, tasks)
        inside = frozenset().union(*(below.get(id(child), ()) for child in item.children))
        if id(item) in tasks:
            inside |= {tasks[id(item)]}
        found |= {**below, id(item): inside} if inside else below
    return found


def _scope_of(sentence: Sentence, inside: Mapping[int, frozenset[str]], of_annex: dict[str, frozenset[str]]) -> Scope:
    for item in sentence.items if not sentence.is_note else ():
        if id(item) in inside:
            return Scope("section", frozenset(), inside[id(item)], item.full_heading or None)
    if len(sentence.items) > 1 and not sentence.is_note and _is_content(sentence.items[-1]):
        return Scope("section", frozenset(), frozenset(), sentence.items[0].full_heading or None)
    of_tables = of_annex.get(sentence.annex or "")
    return Scope("table", of_tables, frozenset()) if of_tables else Scope("notice")


def _is_content(item: OutlineItem) -> bool:
    """Return whether a section says what is to be done (三、主要任务) and not how (五、工作要求)."""
    words = vocabulary.load_toml("general_rules")["sections"]
    return item.heading.endswith(tuple(words["content"])) and not item.heading.endswith(tuple(words["general"]))


def _tables_by_annex(outline: Outline, tables: Sequence[tuple[str, CleanTable]]) -> dict[str, frozenset[str]]:
    """Return the title of an attachment -> the tables in it."""
    found: dict[str, frozenset[str]] = {}
    for annex in outline.letterhead.annexes:
        inside = frozenset(
            table_id
            for table_id, table in tables
            if any(_is_in(outline.tables[i], annex) for i in table.ordinals if i < len(outline.tables))
        )
        if annex.title and inside:
            found[annex.title] = inside
    return found


def _is_in(table: TableContext, annex: Annex) -> bool:
    """Return whether a table stands in an attachment: by its number, without one by the title."""
    return table.annex == annex.number if annex.number is not None else table.title == annex.title


def _inside(table: CleanTable, scope: Scope) -> Iterator[_Stated]:
    """Yield the sentences that stand in a table: above its header, in the header, in rows of notes, in remarks."""
    for cell in table.head.unique_cells():
        for sentence in split_sentences(cell.text, cell.locator):
            yield _Stated(sentence, scope, of_header=True)
    cells = [cell for cell in table.above.unique_cells() if cell.text]
    for r, kind in enumerate(table.kinds):
        if kind is RowKind.NOTE:
            cells += [cell for cell in table.grid.cells_of_row(r) if cell.text and cell.row == r]
    for cell in cells:
        for sentence in split_sentences(cell.text, cell.locator):
            yield _Stated(sentence, scope, is_note=True)
    for c in table.roles.columns(ColumnRole.REMARK):
        for r in range(table.grid.n_rows):
            cell = table.grid.cell(r, c)
            for sentence in split_sentences(cell.text, cell.locator) if cell.row == r else ():
                yield _Stated(sentence, scope, of_header=True)


def _read_total_rows(reader: _Reader, table: CleanTable, scope: Scope) -> None:
    """Read the totals that rows of a table state; a sub-total or the sum of a bonus is none."""
    column = next(iter(table.roles.columns(ColumnRole.POINTS)), None)
    for r, kind in enumerate(table.kinds) if column is not None else ():
        value = cell_points(table.grid.cell(r, column or 0).text) if kind is RowKind.TOTAL else None
        words = [cell.text for cell in table.grid.cells_of_row(r) if cell.text and cell.row == r]
        text = strip_whitespace("　".join(dict.fromkeys(words)))
        if value is not None and "小计" not in text and not is_bonus(text):
            sentence = Sentence(text, "", table.grid.cell(r, column or 0).locator)
            reader.add("total", "合计", _Stated(sentence, scope), StatedAmount("合计", value, None, "分", text))
