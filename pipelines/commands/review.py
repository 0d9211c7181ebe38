"""`wenming review`: list open findings, show the source cell beside the extracted values, record a decision.

What concerns the layout of a whole table is in `review_layout`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.ingest.build_plan import is_archive_member
from assets.ingest.decisions import REGISTER_FILE, append_correction
from extractors.corrections import WHOLE_NOTICE, Correction
from extractors.notice.apply_corrections import FIELDS, InvalidValueError, check_value, format_value
from extractors.records import Rule, Severity
from pipelines.commands.review_common import ReviewError, explain_unwritten, require_reason
from pipelines.commands.review_layout import (
    LayoutChoice,
    describe_next_step,
    make_layout_lines,
    print_table_place,
    read_table_place,
    record_layout,
)
from pipelines.settings import Settings
from pipelines.summary import SEVERITY_LABELS
from warehouse import store

MAX_LISTED: Final = 30
NO_ACTION: Final = "无需处理"
"""The opinion of a dismissal."""
FINDINGS_SQL: Final = """
SELECT d.finding_id, d.rule, d.severity, d.message, coalesce(d.locator, '整份通知') AS locator, d.notice_id, d.task_id,
       f.source_path, n.title, d.table_id, f.container
FROM core.findings AS d JOIN core.notices AS n USING (notice_id) JOIN core.files AS f ON f.file_id = n.file_id
LEFT JOIN core.tasks AS t ON t.task_id = d.task_id
WHERE d.dismissed IS NULL
ORDER BY NOT (d.rule = 'layout_doubt' OR (d.rule = 'form_text' AND d.severity = 'warning')),
         CASE d.severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END,
         coalesce(abs(d.declared - d.computed), t.points, 0) DESC, f.source_path, d.finding_id
"""
CELL_SQL: Final = """
SELECT c.text FROM core.cells AS c JOIN core.tables AS b USING (table_id)
WHERE b.notice_id = ? AND c.locator = ? ORDER BY c.row, c.col LIMIT 1
"""
TASK_SQL: Final = (
    "SELECT * FROM core.tasks WHERE notice_id = ? AND (task_id = ? OR locator = ?) ORDER BY task_id = ? DESC"
)
INDICATOR_SQL: Final = "SELECT * FROM core.indicators WHERE notice_id = ? AND locator = ? ORDER BY level DESC"
NOTICE_SQL: Final = "SELECT * FROM core.notices WHERE notice_id = ?"
PARTIES_SQL: Final = "SELECT raw FROM core.task_parties WHERE task_id = ? ORDER BY ordinal"


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """One finding without a decision."""

    finding_id: str
    rule: str
    severity: str
    message: str
    locator: str
    notice_id: str
    task_id: str | None
    source_path: str
    title: str | None
    table_id: str | None
    container: str | None

    @property
    def is_about_layout(self) -> bool:
        """Whether the layout of a table is in doubt: it may be another, or a table with sentences gave no task."""
        is_silent = self.rule == Rule.FORM_TEXT and self.severity == Severity.WARNING
        return self.table_id is not None and (self.rule == Rule.LAYOUT_DOUBT or is_silent)


@dataclass(frozen=True, slots=True)
class FindingPlace:
    """Source and extracted values of a finding: the text of the cell, and field -> (locator, value as text)."""

    cell: str | None
    fields: Mapping[str, tuple[str, str]]


def list_open_findings(
    warehouse: Path, *, notice: str | None = None, rule: str | None = None, severity: str | None = None
) -> list[OpenFinding]:
    """Return the open findings: doubtful tables first, on which all else depends, then the most important.

    `notice` is a part of title or path.
    """
    with store.reading(warehouse) as connection:
        findings = [OpenFinding(*row) for row in connection.execute(FINDINGS_SQL).fetchall()]
    return [
        finding
        for finding in findings
        if (not notice or notice in (finding.title or "") or notice in finding.source_path)
        and (not rule or rule == finding.rule)
        and (not severity or severity == finding.severity)
    ]


def choose_finding(findings: list[OpenFinding], which: str) -> OpenFinding:
    """Return the finding with this number in the list, or with this id. Raises ReviewError."""
    if which.isdigit() and 1 <= int(which) <= len(findings):
        return findings[int(which) - 1]
    for finding in findings:
        if finding.finding_id == which:
            return finding
    raise ReviewError(f"没有这条待处理的问题：{which}。请用 wenming review 查看编号（筛选条件须与列出时相同）")


def read_place(warehouse: Path, finding: OpenFinding) -> FindingPlace:
    """Read the source cell of a finding and the fields that a correction can name."""
    return read_fields(warehouse, finding.notice_id, finding.locator, finding.task_id)


def read_fields(warehouse: Path, notice_id: str, locator: str, task_id: str | None) -> FindingPlace:
    """Read the cell at a place of a notice, and the fields of its task, its indicator and its notice."""
    with store.reading(warehouse) as connection:

        def rows(query: str, *values: object) -> list[dict[str, Any]]:
            done = connection.execute(query, list(values))
            names = [column[0] for column in done.description or []]
            return [dict(zip(names, row, strict=True)) for row in done.fetchall()]

        cells = rows(CELL_SQL, notice_id, locator)
        tasks = rows(TASK_SQL, notice_id, task_id, locator, task_id)[:1]
        for task in tasks:
            task["parties"] = [row["raw"] for row in rows(PARTIES_SQL, task["task_id"])]
        indicators = rows(INDICATOR_SQL, notice_id, locator)[:1]
        notices = [row | {"locator": WHOLE_NOTICE} for row in rows(NOTICE_SQL, notice_id)]
    fields: dict[str, tuple[str, str]] = {}
    for level, records in (("tasks", tasks), ("indicators", indicators), ("notices", notices)):
        for row in records:
            fields |= {
                name: (row["locator"], format_value(_to_decimal(row[name.partition(".")[2]])))
                for name in FIELDS
                if name.startswith(f"{level}.")
            }
    return FindingPlace(cells[0]["text"] if cells else None, fields)


def _to_decimal(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, float) else value


def make_dismissal(finding: OpenFinding, reason: str, who: str, today: date, opinion: str = NO_ACTION) -> Correction:
    """Return the register line that dismisses a finding."""
    return Correction(
        finding.locator, f"findings.{finding.rule}", finding.message, opinion, reason, who, today.isoformat()
    )


def make_correction(place: FindingPlace, field: str, value: str, *, reason: str, who: str, today: date) -> Correction:
    """Return the register line that corrects a field; it expects the value in the warehouse. Raises ReviewError."""
    if field not in place.fields:
        raise ReviewError(f"此处没有字段“{field}”。可以更正的有：{'、'.join(place.fields)}")
    locator, expected = place.fields[field]
    if expected == value.strip():
        raise ReviewError(f"“{field}”现在就是“{value}”，无需更正")
    require_possible(field, value, field)
    return Correction(locator, field, expected, value.strip(), reason, who, today.isoformat())


def require_possible(field: str, value: str, label: str) -> None:
    """Raise ReviewError where a field, which the message calls `label`, cannot have this value."""
    try:
        check_value(field, value)
    except InvalidValueError as error:
        raise ReviewError(f"“{label}”不能改为“{value}”：{error}") from error


def require_correctable(source_path: str, container: str | None) -> None:
    """Raise ReviewError for a file in an archive, which is read without corrections."""
    if is_archive_member(source_path, container):
        raise ReviewError("压缩包中的文件不能在这里更正，请把它解压后放入 raw 文件夹")


def record_decision(folder: Path, finding: OpenFinding, decision: Correction) -> Path:
    """Append one decision to the register. Raises ReviewError."""
    require_reason(decision.reason, decision.who)
    require_correctable(finding.source_path, finding.container)
    with explain_unwritten(folder / REGISTER_FILE):
        return append_correction(folder, finding.source_path, decision)


def settle_layout(
    settings: Settings, finding: OpenFinding, choice: LayoutChoice, *, reason: str, who: str, today: date
) -> str:
    """Record a decision about the layout of the table of a finding; return in Chinese what happens next.

    Raises:
        ReviewError: The finding has no table, or the decision cannot be recorded.
    """
    if finding.table_id is None:
        raise ReviewError(
            "这条问题不是某张表的，不能认定版式。请选一条版式存疑的问题（wenming review --rule layout_doubt）"
        )
    place = read_table_place(settings.warehouse, finding.table_id)
    lines = make_layout_lines(place, choice, reason=reason, who=who, today=today)
    return describe_next_step(place, record_layout(settings.corrections, lines), lines)


def print_list(console: Console, findings: list[OpenFinding], limit: int) -> None:
    """Print the most important findings as a table."""
    if not findings:
        console.print("没有待处理的问题")
        return
    notes = sum(finding.severity == Severity.INFO for finding in findings)
    more = f"；提示 {notes} 条" if notes else ""
    table = Table(title=f"待核对：{len(findings) - notes} 条{more}", title_justify="left")
    table.add_column("编号", justify="right", no_wrap=True)
    table.add_column("程度", no_wrap=True)
    for header in ("说明", "位置", "规则"):
        table.add_column(header, overflow="fold")
    for number, finding in enumerate(findings[:limit], 1):
        label = SEVERITY_LABELS[finding.severity]
        table.add_row(
            str(number),
            label,
            escape(finding.message),
            escape(f"{finding.source_path} {finding.locator}"),
            finding.rule,
        )
    console.print(table)
    if len(findings) > limit:
        console.print(f"只列出最重要的 {limit} 条；全部列出请加 --all")
    console.print("逐条处理：wenming review 编号", highlight=False)


def print_finding(console: Console, warehouse: Path, finding: OpenFinding, which: str) -> None:
    """Print a finding with its source cell, and the table in doubt or the extracted values; `which` chose it."""
    _print_place(console, finding, read_place(warehouse, finding))
    if finding.is_about_layout and finding.table_id is not None:
        print_table_place(console, read_table_place(warehouse, finding.table_id), which)


def _print_place(console: Console, finding: OpenFinding, place: FindingPlace) -> None:
    console.print(f"[bold]{SEVERITY_LABELS[finding.severity]}[/] {escape(finding.message)}", soft_wrap=True)
    console.print(f"出处：{escape(finding.source_path)} {escape(finding.locator)}", soft_wrap=True)
    console.print(f"规则：{finding.rule}　编号：{finding.finding_id}")
    console.print(
        f"原文：{escape(place.cell) if place.cell else '（此处不是单个单元格，请按出处查看原件）'}", soft_wrap=True
    )
    if finding.is_about_layout:
        return
    table = Table(title="读出的内容", title_justify="left")
    for header in ("字段", "现在的值"):
        table.add_column(header, overflow="fold")
    for field, (_, value) in place.fields.items():
        if value or not field.startswith("notices."):
            table.add_row(field, escape(value or "（空）"))
    console.print(table)
    for line in (
        "更正：wenming review 编号 --field 字段 --value 新值 --reason 理由 --who 经办人",
        "无需处理：wenming review 编号 --dismiss --reason 理由 --who 经办人",
    ):
        console.print(line, soft_wrap=True)
