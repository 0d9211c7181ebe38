"""Names that one notice uses: units, persons, and the text they occur in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extractors.normalize import strip_whitespace
from extractors.parsers.lead_rules import label_bracket
from extractors.parsers.matrix_marks import read_mark_roles
from extractors.parsers.persons import collect_names
from extractors.parsers.responsible_units import PartyLexicon
from extractors.parsers.unit_legend import name_numbered_units, read_unit_legend
from extractors.parsers.unit_lexicon import collect_parties
from extractors.parsers.unit_names import has_unit_suffix
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import PARTY_ROLES, ColumnRole
from extractors.tables.row_kinds import RowKind
from extractors.unit_decisions import UnitDecision


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names and text of one notice."""

    parties: PartyLexicon
    persons: set[str]
    legend: Mapping[str, str]
    """Number → unit where the tables name units by numbers: 注：①办公室；②财务科."""
    mark_roles: Mapping[str, str]
    """Mark of a matrix of units → role, as the notice explains it."""
    text: str
    """All text of body and tables without whitespace, the source of its character bigrams."""


def build_lexicon(
    tables: Sequence[CleanTable],
    body: str,
    roster: Iterable[str],
    prose_parties: Iterable[str] = (),
    decisions: Iterable[UnitDecision] = (),
) -> Lexicon:
    """Build the lexicon from the unit, leader and person columns of all tables, the roster and the body.

    Args:
        tables: the clean tables.
        body: the running text.
        roster: the persons of leading groups.
        prose_parties: the texts of responsible units in the running text.
        decisions: what people decided about printed forms of units.
    """
    notes = list(_notes(tables))
    legend = read_unit_legend([*body.splitlines(), *notes], has_unit_suffix)
    columns = [name_numbered_units(cell, legend) for cell in _unit_cells(tables)]
    explaining = [*notes, *(cell.raw for table in tables for cell in table.grid.unique_cells() if cell.text)]
    decided = {decision.printed: decision.names for decision in decisions}
    parties = collect_parties([*columns, *prose_parties], body, explaining, decided, matrix_units(tables))
    persons = collect_names(_cells(tables, ColumnRole.LEADER, ColumnRole.PERSON), roster)
    texts = _cells(tables, ColumnRole.REQUIREMENT, ColumnRole.CRITERIA, ColumnRole.EVIDENCE, ColumnRole.SCORING)
    text = strip_whitespace("\n".join([body, *texts]))
    parties.note_misread(text)
    return Lexicon(parties, persons, legend, read_mark_roles([*body.splitlines(), *notes]), text)


def matrix_units(tables: Iterable[CleanTable]) -> frozenset[str]:
    """Return the names above the columns of all matrices of units."""
    return frozenset(
        table.columns[c].rpartition("/")[2] for table in tables for c in table.roles.columns(ColumnRole.UNIT)
    )


def _notes(tables: Sequence[CleanTable]) -> Iterable[str]:
    """Yield the notes in the rows of tables, their headers and the texts above those, and the remarks beside rows."""
    for table in tables:
        yield from (cell.raw for cell in (*table.above.unique_cells(), *table.head.unique_cells()) if cell.text)
        for r, kind in enumerate(table.kinds):
            if kind is RowKind.NOTE:
                yield from (cell.raw for cell in table.grid.cells_of_row(r) if cell.text)
    yield from _cells(tables, ColumnRole.REMARK)


def _unit_cells(tables: Sequence[CleanTable]) -> Iterable[str]:
    for table in tables:
        for c in table.roles.columns(*(role for role in PARTY_ROLES if role is not ColumnRole.UNIT)):
            for cell in table.grid.column(c):
                if cell.text:
                    yield label_bracket(table.columns[c], cell.raw)


def _cells(tables: Sequence[CleanTable], *roles: ColumnRole) -> Iterable[str]:
    for table in tables:
        wanted = table.roles.columns(*roles)
        for r, row in enumerate(table.grid.cells if wanted else ()):
            for c in wanted:
                cell = row[c]
                if cell.row == r and cell.col == c and cell.text:
                    yield cell.raw
