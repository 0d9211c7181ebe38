"""Data of a published file that every page needs, read once: labels of notices and topics, filter choices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from schemas.core_files import AWARD_LEVELS
from warehouse.comparability import Comparability, read_comparability
from warehouse.doubtful_tables import SEE_ORIGINAL, DoubtfulTables
from warehouse.explorer import queries
from warehouse.explorer.connections import Session
from warehouse.own_duties import NoticeScopes, read_scopes

MAX_SUGGESTIONS: Final = 400
"""Maximum number of suggestions of an input field."""


@dataclass(frozen=True, slots=True)
class NoticeLabel:
    """Summary of a notice; `place` is city and county, points are None if the notice states none."""

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
class Lookups:
    """Notices by id, topics by code, the choices of the filters, and what is in doubt."""

    notices: Mapping[str, NoticeLabel]
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
    doubtful_tables: DoubtfulTables
    scopes: NoticeScopes
    kinds: Comparability

    @property
    def is_empty(self) -> bool:
        """Whether the warehouse has no notice."""
        return not self.notices

    def label(self, notice_id: str | None) -> str:
        """Return the label of a notice; the id itself if it is unknown."""
        notice = self.notices.get(notice_id or "")
        return notice.label if notice else notice_id or ""

    def caveat_of_notices(self, notice_ids: Collection[str]) -> str | None:
        """Return the line about doubtful tables of these notices, None if there are none."""
        return self.doubtful_tables.describe_notices(notice_ids, SEE_ORIGINAL)

    def caveat_of_tables(self, table_ids: Collection[str | None]) -> str | None:
        """Return the line about these tables, None if none is doubtful."""
        return self.doubtful_tables.describe_tables(table_ids, SEE_ORIGINAL)

    @property
    def campaigns(self) -> list[str]:
        """The campaigns of the notices."""
        return sorted({notice.campaign for notice in self.notices.values() if notice.campaign})

    @property
    def award_levels(self) -> list[str]:
        """The levels of award of the notices, highest first."""
        present = {notice.award_level for notice in self.notices.values()}
        return [level for level in AWARD_LEVELS if level in present]

    def topic(self, code: str | None) -> str:
        """Return the Chinese name of a topic."""
        return self.topics.get(code, code) if code else "未归类"


def load_lookups(session: Session) -> Lookups:
    """Return the lookups of the file that this session reads."""
    return session.cached("lookups", _read_lookups)


def _read_lookups(session: Session) -> Lookups:
    notices = {row["notice_id"]: NoticeLabel(**row) for row in session.rows(queries.notice_labels())}
    parties = [row["name"] for row in session.rows(queries.parties())]
    units = Counter(notice.unit for notice in notices.values() if notice.unit)
    places = Counter(notice.place for notice in notices.values() if notice.place)
    topics = {row["topic"]: row["name"] for row in session.rows(queries.topics())}
    return Lookups(
        notices=notices,
        topics=topics,
        topic_counts={row["topic"]: row["tasks"] for row in session.rows(queries.topic_counts())},
        places=[name for name, _ in places.most_common(MAX_SUGGESTIONS)],
        units=[name for name, _ in units.most_common(MAX_SUGGESTIONS)],
        parties=parties[:MAX_SUGGESTIONS],
        methods=[row["name"] for row in session.rows(queries.methods())][:MAX_SUGGESTIONS],
        evidence_kinds=[row["name"] for row in session.rows(queries.evidence_kinds())],
        months=[row["name"] for row in session.rows(queries.months())],
        known_units=frozenset(units),
        known_parties=frozenset(parties),
        totals=session.row(queries.warehouse_totals()) or {},
        doubtful_tables=DoubtfulTables(
            {row["table_id"]: row["notice_id"] for row in session.rows(queries.doubtful_tables())},
            frozenset(row["notice_id"] for row in session.rows(queries.unread_notices())),
        ),
        scopes=session.run(read_scopes),
        kinds=session.run(read_comparability),
    )
