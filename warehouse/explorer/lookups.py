"""What every page needs of a published file, read once: names of notices and themes, choices of the filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from warehouse.explorer import queries
from warehouse.explorer.connections import Session

SUGGESTED: Final = 400
"""Names that an input offers while typing; any other can still be typed."""


@dataclass(frozen=True, slots=True)
class Label:
    """A notice in one line. `place` is city and county; points are None where the notice gives none."""

    notice_id: str
    label: str
    place: str
    unit: str | None
    year: int | None
    campaign: str | None
    award_level: str | None
    title: str | None
    is_current: bool
    tables: int
    tasks: int
    points: Decimal | None
    bonus_points: Decimal | None
    source_path: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Notices by id and themes by code, both in their order, and the choices of the filters."""

    notices: Mapping[str, Label]
    topics: Mapping[str, str]
    topic_counts: Mapping[str, int]
    places: Sequence[str]
    units: Sequence[str]
    parties: Sequence[str]
    methods: Sequence[str]
    evidence_kinds: Sequence[str]
    months: Sequence[str]
    known_units: frozenset[str]
    known_parties: frozenset[str]
    totals: Mapping[str, Any]

    @property
    def empty(self) -> bool:
        """True where no notice was loaded yet."""
        return not self.notices

    def label(self, notice_id: str | None) -> str:
        """The short name of a notice; the id itself where it is unknown."""
        found = self.notices.get(notice_id or "")
        return found.label if found else notice_id or ""

    def topic(self, code: str | None) -> str:
        """The Chinese name of a theme."""
        return self.topics.get(code, code) if code else "未归类"


def catalog(session: Session) -> Catalog:
    """The catalog of the file that this session reads."""
    return session.once("catalog", _read)


def _read(session: Session) -> Catalog:
    notices = {row["notice_id"]: Label(**row) for row in session.rows(queries.labels())}
    parties = [row["name"] for row in session.rows(queries.parties())]
    units = Counter(label.unit for label in notices.values() if label.unit)
    places = Counter(label.place for label in notices.values() if label.place)
    topics = {row["topic"]: row["name"] for row in session.rows(queries.topics())}
    return Catalog(
        notices=notices,
        topics=topics,
        topic_counts={row["topic"]: row["tasks"] for row in session.rows(queries.topic_counts())},
        places=[name for name, _ in places.most_common(SUGGESTED)],
        units=[name for name, _ in units.most_common(SUGGESTED)],
        parties=parties[:SUGGESTED],
        methods=[row["name"] for row in session.rows(queries.methods())][:SUGGESTED],
        evidence_kinds=[row["name"] for row in session.rows(queries.evidence_kinds())],
        months=[row["name"] for row in session.rows(queries.months())],
        known_units=frozenset(units),
        known_parties=frozenset(parties),
        totals=session.row(queries.totals()) or {},
    )
