"""What one notice teaches about its own words: names of departments and persons, characters side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractors.normalize import strip_whitespace
from extractors.parsers.persons import collect_names
from extractors.parsers.responsible_units import PartyLexicon, collect_parties
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import PARTY_ROLES


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names and text of one notice."""

    parties: PartyLexicon
    persons: set[str]
    text: str
    """All that body and tables say, without blanks: knows the pairs of characters that the notice writes."""


def _cells(tables: Sequence[CleanTable], *roles: str) -> Iterable[str]:
    for table in tables:
        wanted = table.roles.columns(*roles)
        for r, row in enumerate(table.grid.at if wanted else ()):
            for c in wanted:
                spot = row[c]
                if spot.row == r and spot.col == c and spot.text:
                    yield spot.raw


def build_lexicon(
    tables: Sequence[CleanTable], body: str, roster: Iterable[str], prose_parties: Iterable[str] = ()
) -> Lexicon:
    """Read the party, leader and person columns of all tables, the roster and the body once."""
    columns = _cells(tables, *(r for r in PARTY_ROLES if r != "unit"))
    parties = collect_parties([*columns, *prose_parties], body)
    persons = collect_names(_cells(tables, "leader", "person"), roster)
    texts = _cells(tables, "requirement", "criteria", "evidence", "scoring")
    return Lexicon(parties, persons, strip_whitespace("\n".join([body, *texts])))
