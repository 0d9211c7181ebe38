"""Records of one notice: one dataclass per core table of the warehouse, and the rules of findings.

Field names and order equal the columns of the pandera models in `schemas/`; a test compares them. Ids are
deterministic: the same bytes give the same ids on every machine. The dataclasses are not frozen because a notice has
thousands of rows, and creating frozen instances is three times slower.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self


class Severity(StrEnum):
    """How much a finding matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Rule(StrEnum):
    """The rules of findings that the extractors report, each with its Chinese title.

    The value is the id in `core.findings.rule`.
    """

    title_zh: str

    def __new__(cls, value: str, title_zh: str) -> Self:
        """Make the member of this id."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.title_zh = title_zh
        return member

    # What a reader met in the file.
    ANNOTATION = "annotation", "批注未读取"
    ATTACHMENT_LINK = "attachment_link", "附件另有链接"
    BAD_CHARACTERS = "bad_characters", "字符编码有误"
    BAD_SPAN = "bad_span", "合并区域有误"
    CELL_LINES = "cell_lines", "每格一行的表"
    CONTACT_IN_NAME = "contact_in_name", "文件名含联系方式"
    DAMAGED_FILE = "damaged_file", "文件不完整"
    EMBEDDED_FILE = "embedded_file", "内嵌附件"
    EXTENSION_MISMATCH = "extension_mismatch", "扩展名与内容不符"
    FORMULA_ERROR = "formula_error", "公式显示错误值"
    FORMULA_WITHOUT_VALUE = "formula_without_value", "公式没有结果"
    HIDDEN_COLUMNS = "hidden_columns", "有隐藏列"
    HIDDEN_MERGED_TEXT = "hidden_merged_text", "合并格内有隐藏文字"
    HIDDEN_ROWS = "hidden_rows", "有隐藏行"
    HIDDEN_SHEET = "hidden_sheet", "有隐藏工作表"
    INFERRED_ROWS = "inferred_rows", "无框线的表"
    COLUMNS_OUTSIDE_TABLES = "columns_outside_tables", "分列文字未成表"
    LOST_PAGE = "lost_page", "页面损坏"
    LOST_PART = "lost_part", "内容缺失"
    LOW_CONFIDENCE = "low_confidence", "文字识别把握低"
    PAGE_WITHOUT_TEXT = "page_without_text", "页面没有文字"
    PICTURE = "picture", "图片中的文字"
    PUBLICATION = "publication", "网页标注的发布信息"
    TRADITIONAL_CHARACTERS = "traditional_characters", "原文为繁体字"
    UNSURE_ROWS = "unsure_rows", "行的界线不清"

    # What the notice does not state, or states inconsistently.
    BODY_DIFFERS = "body_differs", "正文与表格不一致"
    CORRECTION_STALE = "correction_stale", "更正记录已失效"
    DEADLINE_UNREAD = "deadline_unread", "时限未读全"
    DEBRIS = "debris", "疑似乱码"
    DISMISSAL_STALE = "dismissal_stale", "处理意见已失效"
    DOUBTFUL_FIGURE = "doubtful_figure", "数字辨认存疑"
    EVIDENCE_REPEATED = "evidence_repeated", "材料重复索要"
    FIELD_UNREADABLE = "field_unreadable", "栏目无法解析"
    FORM_TEXT = "form_text", "没有任务的表"
    HEADING_VS_PARTS = "heading_vs_parts", "标题分值与下级之和不符"
    HEADING_VS_TASKS = "heading_vs_tasks", "标题分值与各项之和不符"
    HEADING_WITHOUT_POINTS = "heading_without_points", "标题未标分值"
    HEADINGS_VS_TASKS = "headings_vs_tasks", "各标题分值与各项之和不符"
    INLINE_VS_POINTS = "inline_vs_points", "括注分值与分值栏不符"
    LOST_TEXT = "lost_text", "文字未落实"
    LAYOUT_DOUBT = "layout_doubt", "表格版式存疑"
    NOT_A_NOTICE = "not_a_notice", "不是通知"
    NO_DEADLINE = "no_deadline", "未写完成时限"
    NO_LEAD = "no_lead", "未写牵头单位"
    NO_PARTY = "no_party", "未写责任单位"
    NO_POINTS = "no_points", "未写分值"
    NO_TASKS = "no_tasks", "未读出任务"
    NO_REQUIREMENT = "no_requirement", "任务文字不可读"
    NOTE_ROW = "note_row", "表内说明"
    PROSE_DOUBT = "prose_doubt", "正文条目存疑"
    REPAIRED = "repaired", "已按正文补正"
    STALE_YEAR = "stale_year", "年份可能过时"
    STATED_COUNT = "stated_count", "所称条数不符"
    TITLE_ROW = "title_row", "标题行"
    TOPIC_OTHER = "topic_other", "未能归入主题"
    TOTAL_ROW = "total_row", "合计行"
    TOTAL_VS_STATED = "total_vs_stated", "总分与所称不符"
    TOTAL_VS_TASKS = "total_vs_tasks", "合计与各项之和不符"
    UNKNOWN_HEADER = "unknown_header", "不认识的表头"
    UNKNOWN_MARK = "unknown_mark", "不认识的标记"
    UNREAD_TEXT = "unread_text", "文字未归入栏目"


OTHER = "other"
"""`core.notices.kind` of a document that is no notice: it gives no tasks, indicators or marts."""


@dataclass(slots=True)
class NoticeRow:
    """A row of `core.notices`: the metadata of one notice."""

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
    """The title without years and version words: equal for all versions of one notice."""
    corrected: list[str] = field(default_factory=list)
    confidence: float | None = None
    """How sure the reading of its tables is (0–1): the least of those that hold much of its text; None without one."""
    kind: str = "notice"
    """What the document is; `other` is no notice, and gives no tasks, indicators or marts."""
    kind_reason: str | None = None
    """Why it is that, in Chinese."""
    stated_total: Decimal | None = None
    """The points without bonus that it states for itself."""
    stated_bonus: Decimal | None = None
    """The points of the bonus that it states for itself."""


@dataclass(slots=True)
class TableRow:
    """A row of `core.tables`: one table of a notice."""

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
    confidence: float | None = None
    """How sure the reading is (0–1, calibrated)."""
    reading: str | None = None
    """What the table was understood as, in Chinese."""
    alternative: str | None = None
    """What else it could be, in Chinese."""
    alternative_roles: list[str] = field(default_factory=list)
    """The roles of the columns in the best other reading; empty if nothing else comes into question."""


@dataclass(slots=True)
class CellRow:
    """A row of `core.cells`: one cell as printed, header rows at negative row numbers."""

    table_id: str
    row: int
    col: int
    row_span: int
    col_span: int
    text: str
    locator: str


@dataclass(slots=True)
class IndicatorRow:
    """A row of `core.indicators`: a heading above tasks."""

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
    """A row of `core.tasks`: one task of a table, or of the running text (`table_id` None)."""

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
    """Fields set by a correction."""


@dataclass(slots=True)
class PartyRow:
    """A row of `core.task_parties`: a responsible unit of a task."""

    task_id: str
    ordinal: int
    party: str
    raw: str
    role: str
    scope: str | None
    role_stated: bool
    collective: bool
    basis: str
    """Where the role is from: cell, header, rule or order."""
    party_id: str | None = None


@dataclass(slots=True)
class UnitRow:
    """A row of `core.parties`: a unit of one notice with all its spellings, or a text of units that is illegible."""

    party_id: str
    notice_id: str
    ordinal: int
    name: str | None
    kind: str | None
    printed: list[str]
    defined_at: str | None
    defined_locator: str | None
    parent_id: str | None
    illegible: str | None
    function: str | None
    locator: str


@dataclass(slots=True)
class DeadlineRow:
    """A row of `core.task_deadlines`: a date or period of a task."""

    task_id: str
    ordinal: int
    kind: str
    starts_on: date | None
    ends_on: date | None
    recurrence: str | None
    anchor: str | None
    raw: str
    basis: str = "cell"
    """Where it is from: cell, header or rule."""


@dataclass(slots=True)
class EvidenceRow:
    """A row of `core.task_evidence`: a material to hand in for a task."""

    task_id: str
    ordinal: int
    kind: str
    min_count: int | None
    unit: str | None
    min_words: int | None
    points: Decimal | None
    raw: str
    choice: str | None
    """Items of one task with the same value are alternatives."""
    shared_rows: int | None = None
    """Number of tasks that its cell serves, None if it is of this task alone."""
    is_repeated: bool = False
    """Whether its cell is listed with an earlier task already: it is handed in once."""
    format: str | None = None
    """What the rules of the notice ask of its form."""
    basis: str = "cell"
    """Where it is from, or its least number where it names none: cell or rule."""


@dataclass(slots=True)
class ThresholdRow:
    """A row of `core.task_thresholds`: a number that a task must meet."""

    task_id: str
    ordinal: int
    subject: str | None
    operator: str
    value: Decimal
    unit: str | None
    raw: str


@dataclass(slots=True)
class ScoringRow:
    """A row of `core.scoring_rules`: how points of a task are won or lost."""

    task_id: str
    ordinal: int
    effect: str
    condition: str | None
    points: Decimal | None
    cap: Decimal | None
    raw: str
    choice: str | None
    """Rules of one task with the same value exclude each other."""


@dataclass(slots=True)
class StageRow:
    """A row of `core.stages`: a dated stage of the plan."""

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
    """A row of `core.members`: a person in a leading group."""

    notice_id: str
    ordinal: int
    group_name: str | None
    role: str | None
    person: str
    locator: str


@dataclass(slots=True)
class ClauseRow:
    """A row of `core.clauses`: a numbered clause of the body text."""

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
    """A row of `core.footnotes`: a footnote or table note."""

    notice_id: str
    ordinal: int
    mark: str
    text: str
    orgs: list[str]
    locator: str


@dataclass(slots=True)
class RuleRow:
    """A row of `core.rules`: a sentence that holds for the whole notice, a table or a section."""

    rule_id: str
    notice_id: str
    table_id: str | None
    ordinal: int
    kind: str
    scope: str
    section: str | None
    text: str
    applies_to: str
    value: Decimal | None
    value_max: Decimal | None
    unit: str | None
    tasks: int
    """Number of tasks that have a fact from it."""
    locator: str


@dataclass(slots=True)
class PassageRow:
    """A row of `core.passages`: a paragraph of running text that became no clause, task or other record."""

    notice_id: str
    ordinal: int
    text: str
    locator: str


@dataclass(slots=True)
class FindingRow:
    """A row of `core.findings`: something that a person should look at."""

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
    """The decision about the finding; None while it is open."""


@dataclass(slots=True)
class Extraction:
    """The content of one file; each list holds the rows of one core table."""

    format: str
    notice: NoticeRow
    tables: list[TableRow] = field(default_factory=list)
    cells: list[CellRow] = field(default_factory=list)
    indicators: list[IndicatorRow] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    parties: list[UnitRow] = field(default_factory=list)
    task_parties: list[PartyRow] = field(default_factory=list)
    task_deadlines: list[DeadlineRow] = field(default_factory=list)
    task_evidence: list[EvidenceRow] = field(default_factory=list)
    task_thresholds: list[ThresholdRow] = field(default_factory=list)
    scoring_rules: list[ScoringRow] = field(default_factory=list)
    stages: list[StageRow] = field(default_factory=list)
    members: list[MemberRow] = field(default_factory=list)
    clauses: list[ClauseRow] = field(default_factory=list)
    footnotes: list[FootnoteRow] = field(default_factory=list)
    rules: list[RuleRow] = field(default_factory=list)
    passages: list[PassageRow] = field(default_factory=list)
    findings: list[FindingRow] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    """Linked files that were read with a saved page, as paths relative to its folder."""
    chars_total: int = 0
    """Non-blank characters in tables."""
    chars_accounted: int = 0
    """Those of them that are in a field of a record or in a finding that quotes them."""
    text_total: int = 0
    """Non-blank characters of the whole file; of fixed pages all but headers, footers and page numbers."""
    text_accounted: int = 0
    """Those of them that are in a cell, a field, a clause, a passage, or in a finding that quotes them."""
    review_reason: str | None = None
    """Why a person has to look at the notice before its tasks can be relied on, in Chinese; None if nobody has to."""
