"""The rows that one notice yields, one dataclass per core table of the warehouse contract.

Field names and order equal the columns of the pandera models in `schemas/` (a test holds them together).
Ids are deterministic: the same bytes give the same ids on every machine. The rows are not frozen: a notice makes some
thousand of them, and one that is frozen costs three times as much to make.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class NoticeRow:
    notice_id: str
    title: str | None
    doc_number: str | None
    issuer: str | None
    province: str | None
    city: str | None
    county: str | None
    division_code: str | None
    issued_on: date | None
    period_start: date | None
    period_end: date | None
    year: int | None
    campaign: str | None
    award_level: str | None
    award: str | None
    subject: str | None = None
    """The title without years and editions: equal for the editions of one notice."""
    corrected: list[str] = field(default_factory=list)


@dataclass(slots=True)
class TableRow:
    table_id: str
    notice_id: str
    ordinal: int
    title: str | None
    kind: str
    n_rows: int
    n_cols: int
    columns: list[str]
    roles: list[str]
    first_page: int | None
    last_page: int | None


@dataclass(slots=True)
class CellRow:
    table_id: str
    row: int
    col: int
    row_span: int
    col_span: int
    text: str
    locator: str


@dataclass(slots=True)
class IndicatorRow:
    indicator_id: str
    notice_id: str
    table_id: str | None
    parent_id: str | None
    level: int
    ordinal: int
    code: str | None
    name: str
    points: Decimal | None
    bonus: bool
    topic: str | None
    locator: str
    corrected: list[str] = field(default_factory=list)


@dataclass(slots=True)
class TaskRow:
    task_id: str
    notice_id: str
    table_id: str | None
    indicator_id: str | None
    ordinal: int
    row: int | None
    label: str | None
    requirement: str | None
    criteria: str | None
    points: Decimal | None
    points_rows: int
    inline_points: list[Decimal]
    evidence: str | None
    methods: list[str]
    deadline: str | None
    leader: str | None
    persons: list[str]
    bonus: bool
    topic: str | None
    topic_score: float | None
    repaired: list[str]
    remark: str | None
    scoring: str | None
    locator: str
    corrected: list[str] = field(default_factory=list)
    """Fields that a person set by a correction."""


@dataclass(slots=True)
class PartyRow:
    task_id: str
    ordinal: int
    party: str
    raw: str
    role: str
    scope: str | None
    role_stated: bool
    collective: bool


@dataclass(slots=True)
class DeadlineRow:
    task_id: str
    ordinal: int
    kind: str
    starts_on: date | None
    ends_on: date | None
    recurrence: str | None
    anchor: str | None
    raw: str


@dataclass(slots=True)
class EvidenceRow:
    task_id: str
    ordinal: int
    kind: str
    min_count: int | None
    unit: str | None
    min_words: int | None
    points: Decimal | None
    raw: str
    choice: str | None
    """Items of one task with the same mark are alternatives."""


@dataclass(slots=True)
class ThresholdRow:
    task_id: str
    ordinal: int
    subject: str | None
    operator: str
    value: Decimal
    unit: str | None
    raw: str


@dataclass(slots=True)
class ScoringRow:
    task_id: str
    ordinal: int
    effect: str
    condition: str | None
    points: Decimal | None
    cap: Decimal | None
    raw: str
    choice: str | None
    """Rules of one task with the same mark exclude each other."""


@dataclass(slots=True)
class StageRow:
    notice_id: str
    ordinal: int
    name: str
    starts_on: date | None
    ends_on: date | None
    raw: str
    text: str | None
    locator: str


@dataclass(slots=True)
class MemberRow:
    notice_id: str
    ordinal: int
    group_name: str | None
    role: str | None
    person: str
    locator: str


@dataclass(slots=True)
class ClauseRow:
    clause_id: str
    notice_id: str
    ordinal: int
    section: str | None
    label: str | None
    text: str
    points: list[Decimal]
    locator: str


@dataclass(slots=True)
class FootnoteRow:
    notice_id: str
    ordinal: int
    mark: str
    text: str
    orgs: list[str]
    locator: str


@dataclass(slots=True)
class FindingRow:
    finding_id: str
    notice_id: str
    table_id: str | None
    task_id: str | None
    rule: str
    severity: str
    message: str
    declared: Decimal | None
    computed: Decimal | None
    locator: str | None
    dismissed: str | None = None
    """What a person decided about it; None while it is open."""


@dataclass(slots=True)
class Extraction:
    """All that one file says. The lists hold the rows of one core table each."""

    format: str
    notice: NoticeRow
    tables: list[TableRow] = field(default_factory=list)
    cells: list[CellRow] = field(default_factory=list)
    indicators: list[IndicatorRow] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    task_parties: list[PartyRow] = field(default_factory=list)
    task_deadlines: list[DeadlineRow] = field(default_factory=list)
    task_evidence: list[EvidenceRow] = field(default_factory=list)
    task_thresholds: list[ThresholdRow] = field(default_factory=list)
    scoring_rules: list[ScoringRow] = field(default_factory=list)
    stages: list[StageRow] = field(default_factory=list)
    members: list[MemberRow] = field(default_factory=list)
    clauses: list[ClauseRow] = field(default_factory=list)
    footnotes: list[FootnoteRow] = field(default_factory=list)
    findings: list[FindingRow] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    """Files beside a page that were read with it, as paths from its folder."""
    chars_total: int = 0
    """Non-blank characters standing in tables."""
    chars_accounted: int = 0
    """Of these, those that landed in a field of a record or in a finding that quotes them."""
