"""What one notice teaches about its own words: names of departments and persons, pairs of characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractors.phrases.labels import bigrams
from extractors.phrases.parties import PartyLexicon, collect
from extractors.phrases.persons import known_names
from extractors.tables.clean import CleanTable
from extractors.tables.roles import PARTY_ROLES


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names and character pairs of one notice."""

    parties: PartyLexicon
    persons: set[str]
    pairs: Counter[str]


def _cells(tables: Sequence[CleanTable], *roles: str) -> Iterable[str]:
    for table in tables:
        wanted = set(table.roles.columns(*roles))
        for spot in table.grid.spots():
            if spot.col in wanted and not spot.blank:
                yield spot.raw


def build_lexicon(
    tables: Sequence[CleanTable], body: str, roster: Iterable[str], prose_parties: Iterable[str] = ()
) -> Lexicon:
    """Read the party, leader and person columns of all tables, the roster and the body once."""
    columns = _cells(tables, *(r for r in PARTY_ROLES if r != "unit"))
    parties = collect([*columns, *prose_parties], body)
    persons = known_names(_cells(tables, "leader", "person"), roster)
    texts = _cells(tables, "requirement", "criteria", "evidence", "scoring")
    return Lexicon(parties, persons, bigrams("\n".join([body, *texts])))
