"""Validate returned rows: does the row belong to an exported task, and is its content acceptable?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from assets.progress_import.parse_workbook import ReturnedRow
from extractors.body.redaction import redact
from extractors.parsers.dates import read_date
from schemas.ops import PROGRESS_STATUSES
from warehouse import store
from warehouse.export.columns import (
    DONE_ON,
    ENDS,
    FILL_IN,
    NOTE,
    ON_HAND,
    STARTS,
    STATUS,
    STATUS_LABELS,
    RowKey,
    digest_fill_in,
    digest_row,
)

STATUS_SYNONYMS: Final = {word: code for code, word in PROGRESS_STATUSES.items()} | {
    "完成": "done",
    "已办结": "done",
    "办结": "done",
    "正在进行": "in_progress",
    "办理中": "in_progress",
    "未启动": "not_started",
    "未完成": "in_progress",
    "待协调": "blocked",
    "不涉及": "not_applicable",
}
"""Word for a status -> its code: those to choose from, and others that people write."""

EXCEL_EPOCH: Final = date(1899, 12, 30)
FIRST_EXCEL_DAY, LAST_EXCEL_DAY = 36_526, 73_415
"""The years 2000 and 2100 as Excel day numbers."""
MAX_REQUIREMENT_CHARS: Final = 30
_TIME: Final = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2})?$")
_COMPACT: Final = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_TASKS_SQL: Final = """
SELECT
    t.task_id, t.requirement, wording_hash(t.requirement) AS wording, n.is_current,
    (SELECT list(DISTINCT party ORDER BY party) FROM core.task_parties AS p WHERE p.task_id = t.task_id) AS parties
FROM core.tasks AS t JOIN core.notices AS n USING (notice_id)
WHERE t.task_id IN (SELECT task_id FROM requested)
"""
_LATEST_SQL: Final = """
SELECT task_id, party, wording, status, done_on, evidence_on_hand, note
FROM ops.progress WHERE task_id IN (SELECT task_id FROM requested)
QUALIFY row_number() OVER (PARTITION BY task_id, party ORDER BY import_id DESC, line DESC) = 1
"""
_LATER_SQL: Final = """
WITH RECURSIVE later AS (
    SELECT v.previous_task_id AS origin, v.task_id, u.task_id IS NOT NULL AS unchanged
    FROM mart.task_versions AS v LEFT JOIN mart.unchanged_tasks AS u USING (task_id, previous_task_id)
    WHERE v.previous_task_id IN (SELECT task_id FROM requested)
    UNION ALL
    SELECT l.origin, v.task_id, l.unchanged AND u.task_id IS NOT NULL
    FROM later AS l JOIN mart.task_versions AS v ON v.previous_task_id = l.task_id
    LEFT JOIN mart.unchanged_tasks AS u ON u.task_id = v.task_id AND u.previous_task_id = v.previous_task_id
)
SELECT l.origin, l.unchanged FROM later AS l
JOIN core.tasks AS t USING (task_id) JOIN core.notices AS n USING (notice_id) WHERE n.is_current
"""

ReportContent = tuple[str, date | None, str | None, str | None]
"""Status, date of completion, materials and note of a report."""


@dataclass(frozen=True, slots=True)
class KnownTask:
    """A task in the warehouse.

    For a task of a superseded notice, `unchanged_later` is whether the current version has it unchanged (None if it
    does not have it at all).
    """

    task_id: str
    requirement: str | None
    wording: str
    is_current: bool
    parties: frozenset[str]
    unchanged_later: bool | None


@dataclass(frozen=True, slots=True)
class KnownTasks:
    """Tasks by id, and the latest report by (task, party, wording)."""

    tasks: dict[str, KnownTask]
    latest: dict[tuple[str, str | None, str], ReportContent]


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """A row that was accepted."""

    row: ReturnedRow
    key: RowKey
    requirement: str | None
    content: ReportContent


@dataclass(frozen=True, slots=True)
class RowIssue:
    """A row that was rejected: a code of `schemas.ops.IMPORT_PROBLEMS` and a Chinese message."""

    row: ReturnedRow
    kind: str
    message: str


@dataclass(slots=True)
class ValidationResult:
    """Accepted rows and issues in order, and the numbers of untouched rows and of rows that repeat a known report."""

    reports: list[AcceptedRow] = field(default_factory=list)
    issues: list[RowIssue] = field(default_factory=list)
    untouched: int = 0
    same: int = 0


def validate_rows(rows: Sequence[ReturnedRow], known: KnownTasks, today: date) -> ValidationResult:
    """Validate all rows of one import together, because two of them may disagree.

    Args:
        rows: The returned rows.
        known: The tasks and the latest reports in the warehouse.
        today: The date in China; later dates are rejected.
    """
    result = ValidationResult()
    reports: dict[tuple[str, str | None], list[AcceptedRow]] = defaultdict(list)
    for row in rows:
        outcome = _validate_row(row, known, today)
        if outcome is None:
            result.untouched += 1
        elif isinstance(outcome, RowIssue):
            result.issues.append(outcome)
        else:
            reports[outcome.key.task_id, outcome.key.party].append(outcome)
    for same in reports.values():
        first = same[0]
        if any(accepted.content != first.content for accepted in same):
            result.issues += [_disagreement_issue(accepted, same) for accepted in same]
        elif known.latest.get((first.key.task_id, first.key.party, first.key.wording)) == first.content:
            result.same += len(same)
        else:
            result.reports.append(first)
            result.same += len(same) - 1
    return result


def read_known_tasks(warehouse: Path, task_ids: Collection[str]) -> KnownTasks:
    """Look up tasks and their latest reports. Raises the errors of `warehouse.store.connect`."""
    requested = pl.DataFrame({"task_id": sorted(task_ids)}, schema={"task_id": pl.String})
    with closing(store.connect(warehouse)) as connection:
        connection.register("requested", requested)
        later = dict(connection.execute(_LATER_SQL).fetchall())
        tasks = {
            task_id: KnownTask(task_id, requirement, wording, current, frozenset(parties or ()), later.get(task_id))
            for task_id, requirement, wording, current, parties in connection.execute(_TASKS_SQL).fetchall()
        }
        latest: dict[tuple[str, str | None, str], ReportContent] = {
            (task_id, party, wording): (status, done_on, on_hand, note)
            for task_id, party, wording, status, done_on, on_hand, note in connection.execute(_LATEST_SQL).fetchall()
        }
    return KnownTasks(tasks, latest)


def _validate_row(row: ReturnedRow, known: KnownTasks, today: date) -> AcceptedRow | RowIssue | None:
    """Return an accepted row or an issue; None for a row that was not filled in."""
    if row.merged:
        names = "、".join(header for header in FILL_IN if header in row.merged)
        return RowIssue(row, "merged", f"“{names}”的单元格被合并，不知道是否每一行都适用。请取消合并，逐行填写")
    if row.key is None:
        return RowIssue(row, "key", "这一行没有系统编号，不是清单中原有的任务。请填在清单原有的行内")
    if digest_fill_in(_normalize_dates(row.cells)) == row.key.filled and not row.formulas:
        return None
    if row.formulas:
        names = "、".join(header for header in FILL_IN if header in row.formulas)
        return RowIssue(row, "formula", f"“{names}”中是公式，其结果会变。请直接填写文字或日期")
    refused = _check_task(row, row.key, known)
    if refused is not None:
        return refused
    content = _parse_content(row, today)
    if isinstance(content, RowIssue):
        return content
    return AcceptedRow(row, row.key, known.tasks[row.key.task_id].requirement, content)


def _check_task(row: ReturnedRow, key: RowKey, known: KnownTasks) -> RowIssue | None:
    """Return an issue if the row does not match its task, else None."""
    task = known.tasks.get(key.task_id)
    if task is None:
        return RowIssue(row, "unknown_task", "库中没有这条任务，可能所属通知已被撤下或替换。请重新导出清单")
    if digest_row(_normalize_dates(row.cells)) != key.row:
        now = (task.requirement or "")[:MAX_REQUIREMENT_CHARS]
        return RowIssue(
            row,
            "changed_cell",
            f"受保护的内容与导出时不同，可能改动了文字，或把别的行粘贴到了这里。这一行原来的任务是“{now}…”，请核对后重新填写",
        )
    if task.wording != key.wording:
        return RowIssue(row, "reworded", "导出之后任务要求有改动。请重新导出清单，核对后再填写")
    if key.party is not None and key.party not in task.parties:
        return RowIssue(row, "reworded", f"导出之后责任单位有调整，“{key.party}”已不在其中。请重新导出清单")
    if not task.is_current and task.unchanged_later is None:
        return RowIssue(row, "superseded", "所属通知已有新版，这条任务在新版中已删去。请用新版导出的清单")
    if not task.is_current and not task.unchanged_later:
        return RowIssue(row, "reworded", "所属通知已有新版，这条任务的要求或时限有改动。请用新版导出的清单")
    return None


def _normalize_dates(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the cells with dates as they were exported: another program may display them differently."""
    days = {header: parse_day(cells.get(header, "")) for header in (STARTS, ENDS, DONE_ON)}
    return {**cells} | {header: day.isoformat() for header, day in days.items() if day is not None}


def _parse_content(row: ReturnedRow, today: date) -> ReportContent | RowIssue:
    status_text, day_text, on_hand, note = (row.cells.get(header, "") for header in (STATUS, DONE_ON, ON_HAND, NOTE))
    if not any((status_text, day_text, on_hand, note)):
        return RowIssue(row, "cleared", "原来填报的进展被清空。如要更正，请选择“未开始”等状态")
    status = STATUS_SYNONYMS.get(re.sub(r"\s+", "", status_text).strip("。√✓"))
    if status is None:
        message = f"状态“{status_text}”不认识" if status_text else "填写了内容，但没有选择状态"
        return RowIssue(row, "status", f"{message}。可选：{'、'.join(STATUS_LABELS)}")
    day = parse_day(day_text) if day_text else None
    if day_text and day is None:
        return RowIssue(row, "date", f"完成日期“{day_text}”不是完整的日期。请写成 2026-03-31 的样子")
    if day is not None and status != "done":
        return RowIssue(row, "contradiction", f"填了完成日期，但状态是“{PROGRESS_STATUSES[status]}”。请改正其中一项")
    if day is not None and day > today:
        return RowIssue(row, "contradiction", f"完成日期 {day.isoformat()} 还没有到。请核对日期")
    return status, day, redact(on_hand) or None, redact(note) or None


def parse_day(text: str) -> date | None:
    """Parse a date as people type it or Excel stores it: 2026-3-5, 2026年3月5日, 20260305, 46086; else return None."""
    cleaned = _TIME.sub("", text.strip())
    if cleaned.isdecimal() and FIRST_EXCEL_DAY <= int(cleaned) <= LAST_EXCEL_DAY:
        return EXCEL_EPOCH + timedelta(days=int(cleaned))
    if digits := _COMPACT.fullmatch(cleaned):
        cleaned = "-".join(digits.groups())
    return read_date(cleaned)


def _disagreement_issue(accepted: AcceptedRow, same: Sequence[AcceptedRow]) -> RowIssue:
    others = "；".join(
        f"{other.row.file} {other.row.sheet} 第 {other.row.row} 行为“{PROGRESS_STATUSES[other.content[0]]}”"
        for other in same
        if other is not accepted
    )
    return RowIssue(accepted.row, "disagreement", f"同一任务几处填写不一致（{others}），都没有采用。请统一后再导入")
