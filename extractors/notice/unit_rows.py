"""The units of a notice with all their spellings, from the responsible units of its tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from extractors.body.outline import Outline
from extractors.normalize import strip_whitespace
from extractors.notice.lexicon import Lexicon, matrix_units
from extractors.notice.tasks import TableTasks
from extractors.parsers.responsible_units import Source, names_units, read_units
from extractors.parsers.unit_abbreviations import find_definitions
from extractors.parsers.unit_kinds import find_kind, find_parent
from extractors.parsers.unit_names import has_unit_suffix
from extractors.parsers.unit_roles import strip_role
from extractors.records import PartyRow, UnitRow
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import ColumnRole
from extractors.tables.row_kinds import RowKind
from extractors.unit_decisions import UnitDecision

_Text = tuple[str, str]
"""A text of the notice and its place."""


class _Basis(NamedTuple):
    """What gives a unit its full name, as `core.parties.defined_at` calls it, and where."""

    defined_at: str
    locator: str | None


@dataclass(slots=True)
class _Unit:
    """A unit as far as its mentions were read."""

    locator: str
    printed: dict[str, str] = field(default_factory=dict)
    """Spelling → its first place."""
    only_assesses: bool = True


@dataclass(frozen=True, slots=True)
class _Explanations:
    """What may give a unit its full name: the lexicon, the texts of the notice and what they define, decisions."""

    lexicon: Lexicon
    texts: UnitTexts
    definitions: Mapping[str, _Basis]
    decisions: Mapping[str, UnitDecision]


@dataclass(frozen=True, slots=True)
class UnitTexts:
    """Texts of a notice that may explain the names of units: lines and cells, without whitespace."""

    texts: Sequence[_Text]
    assessors: Sequence[_Text]
    """The cells that name who has no part in a duty but scores or inspects it."""
    heads: frozenset[str]
    """The names above the columns of a matrix of units."""

    @classmethod
    def of(cls, outline: Outline, tables: Iterable[CleanTable]) -> UnitTexts:
        """Collect the lines of the body, and the cells of the tables with their headers and titles."""
        tables = list(tables)
        lines = [(line.text, line.locator) for line in outline.lines]
        grids = [grid for table in tables for grid in (table.above, table.head, table.grid)]
        cells = [(cell.raw, cell.locator) for grid in grids for cell in grid.unique_cells() if cell.text]
        compact = [(strip_whitespace(text), locator) for text, locator in (*lines, *cells)]
        assessors = [text for table in tables for text in _assessor_cells(table)]
        return cls(compact, assessors, matrix_units(tables))

    def definitions(self) -> Mapping[str, _Basis]:
        """Return short and full name → the first explanation of it."""
        found: dict[str, _Basis] = {}
        places = dict(reversed(self.texts))
        for text in dict.fromkeys(text for text, _ in self.texts):
            for definition in find_definitions(text, lambda name: name in self.heads or has_unit_suffix(name)):
                basis = _Basis(definition.how, places[text])
                found.setdefault(definition.short, basis)
                found.setdefault(definition.name, basis)
        return found

    def place_of(self, name: str) -> str | None:
        """Return the first place that holds a name."""
        return next((locator for text, locator in self.texts if name in text), None)


def build_units(
    notice_id: str,
    task_lists: Sequence[TableTasks],
    lexicon: Lexicon,
    texts: UnitTexts,
    decisions: Sequence[UnitDecision] = (),
) -> list[UnitRow]:
    """Return the units of a notice in the order of their first mention, and key the responsible units of tasks to them.

    Texts in cells of units that are none follow behind them, without a name.

    Args:
        notice_id: the id of the notice.
        task_lists: the tasks with their responsible units, which get the id of their unit.
        lexicon: the names of the notice, by which a spelling was resolved.
        texts: the texts that may explain a name.
        decisions: what people decided about units.
    """
    units = _collect_units(task_lists)
    for text, locator in texts.assessors:
        for party in read_units(text, lexicon.parties).parties:
            units.setdefault(party.name, _Unit(locator)).printed.setdefault(strip_role(party.raw), locator)
    ids = {name: f"{notice_id}-u{number:03d}" for number, name in enumerate(units, 1)}
    for row in _party_rows(task_lists):
        row.party_id = ids[row.party]
    functions = {d.names[0]: d.function for d in decisions if d.function and d.names}
    by_printed = {decision.printed: decision for decision in decisions}
    given = _Explanations(lexicon, texts, texts.definitions(), by_printed)
    rows = []
    for ordinal, (name, unit) in enumerate(units.items(), 1):
        basis = _find_basis(name, unit, given)
        parent = find_parent(name, (other for other in units if other != name))
        rows.append(
            UnitRow(
                party_id=ids[name],
                notice_id=notice_id,
                ordinal=ordinal,
                name=name,
                kind="assessor" if unit.only_assesses else find_kind(name),
                printed=list(unit.printed),
                defined_at=basis.defined_at if basis else None,
                defined_locator=basis.locator if basis else None,
                parent_id=ids[parent] if parent else None,
                illegible=None,
                function=functions.get(name),
                locator=unit.locator,
            )
        )
    return [*rows, *_illegible_rows(notice_id, len(rows), task_lists, by_printed)]


def _assessor_cells(table: CleanTable) -> Iterable[_Text]:
    """Return the cells of remarks below a word for units: they name who scores or inspects (评分部门, 督查单位)."""
    columns = [c for c in table.roles.columns(ColumnRole.REMARK) if names_units(table.columns[c])]
    return (
        (cell.raw, cell.locator)
        for c in columns
        for r, cell in enumerate(table.grid.column(c))
        if table.kinds[r] is RowKind.TASK and cell.text
    )


def _party_rows(task_lists: Iterable[TableTasks]) -> Iterable[PartyRow]:
    return (row for lists in task_lists for task in lists.tasks for row in lists.parties[task.task_id])


def _collect_units(task_lists: Iterable[TableTasks]) -> dict[str, _Unit]:
    units: dict[str, _Unit] = {}
    for lists in task_lists:
        for task in lists.tasks:
            for row in lists.parties[task.task_id]:
                place = lists.unit_places.get(row.raw, task.locator)
                unit = units.setdefault(row.party, _Unit(place))
                unit.printed.setdefault(strip_role(row.raw), place)
                unit.only_assesses = unit.only_assesses and task.task_id in lists.assessed
    return units


_BASIS_OF: Final = {Source.BODY: "body", Source.CELL: "cell", Source.REPAIR: "repair"}


def _find_basis(name: str, unit: _Unit, given: _Explanations) -> _Basis | None:
    """Return what gives a unit its name: a decision, an explanation of the notice, or its full name elsewhere in it."""
    sources: dict[Source, str] = {}
    for written in unit.printed:
        for resolution in given.lexicon.parties.resolve(written):
            if resolution.name == name and resolution.source is not None:
                sources.setdefault(resolution.source, written)
    if Source.DECISION in sources:
        printed = sources[Source.DECISION]
        decision = given.decisions.get(printed) or next((d for d in given.decisions.values() if name in d.names), None)
        return _Basis("decision", decision.basis if decision else None)
    defined = next((text for text in (*unit.printed, name) if text in given.definitions), None)
    if defined is not None:
        return given.definitions[defined]
    source = next((source for source in _BASIS_OF if source in sources), None)
    if source is None:
        return None
    own_place = None if source is Source.BODY else unit.printed.get(name)
    return _Basis(_BASIS_OF[source], own_place or given.texts.place_of(name))


def _illegible_rows(
    notice_id: str, known: int, task_lists: Sequence[TableTasks], decisions: Mapping[str, UnitDecision]
) -> list[UnitRow]:
    """Return a row for each text in cells of units that is none, with its reason."""
    found: dict[str, tuple[str, str]] = {}
    for lists in task_lists:
        for illegible, locator in lists.illegible_units.items():
            decision = decisions.get(strip_role(illegible.text))
            reason = illegible.reason if decision is None else f"{illegible.reason}：{decision.basis}"
            found.setdefault(illegible.text, (reason, locator))
    return [
        UnitRow(
            party_id=f"{notice_id}-u{number:03d}",
            notice_id=notice_id,
            ordinal=number,
            name=None,
            kind=None,
            printed=[text],
            defined_at=None,
            defined_locator=None,
            parent_id=None,
            illegible=reason,
            function=None,
            locator=locator,
        )
        for number, (text, (reason, locator)) in enumerate(found.items(), known + 1)
    ]
