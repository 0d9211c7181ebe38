"""Row by row: is it the task that was sent out, and can what was filled in be taken?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from assets.progress_import.parse_workbook import Returned
from assets.progress_import.task_lookup import Content, Known
from extractors.body.redaction import redact
from extractors.parsers.dates import read_date
from schemas.ops import PROGRESS_STATUSES
from warehouse.export.columns import DONE_ON, ENDS, FILL_IN, NOTE, ON_HAND, STARTS, STATUS, STATUS_WORDS
from warehouse.export.row_keys import RowKey, fill_digest, row_digest

SAID: Final = {word: code for code, word in PROGRESS_STATUSES.items()} | {
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
"""Words for a status that people write instead of choosing."""

EXCEL_EPOCH: Final = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 36_526, 73_415
"""2000 and 2100 as Excel counts days."""
SHOWN: Final = 30
_TIME: Final = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2})?$")
_COMPACT: Final = re.compile(r"(20\d\d)(\d\d)(\d\d)")


@dataclass(frozen=True, slots=True)
class Report:
    """A row that was taken."""

    row: Returned
    key: RowKey
    requirement: str | None
    content: Content


@dataclass(frozen=True, slots=True)
class Issue:
    """A row that was not taken, and why: a code of `schemas.ops.IMPORT_PROBLEMS` and a Chinese message."""

    row: Returned
    kind: str
    message: str


@dataclass(slots=True)
class Judged:
    """Reports and issues in the order of the rows; `untouched` rows say nothing new, `same` say what is known."""

    reports: list[Report] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    untouched: int = 0
    same: int = 0


def judge(rows: Sequence[Returned], known: Known, today: date) -> Judged:
    """Judge all rows of one import together, since two of them may disagree."""
    judged = Judged()
    reports: dict[tuple[str, str | None], list[Report]] = defaultdict(list)
    for row in rows:
        found = _row(row, known, today)
        if found is None:
            judged.untouched += 1
        elif isinstance(found, Issue):
            judged.issues.append(found)
        else:
            reports[found.key.task_id, found.key.party].append(found)
    for same in reports.values():
        first = same[0]
        if any(one.content != first.content for one in same):
            judged.issues += [_disagreement(one, same) for one in same]
        elif known.latest.get((first.key.task_id, first.key.party, first.key.wording)) == first.content:
            judged.same += len(same)
        else:
            judged.reports.append(first)
            judged.same += len(same) - 1
    return judged


def _row(row: Returned, known: Known, today: date) -> Report | Issue | None:
    """A report or an issue; None for a row that nobody touched."""
    if row.merged:
        names = "、".join(header for header in FILL_IN if header in row.merged)
        return Issue(row, "merged", f"“{names}”的单元格被合并，不知道是否每一行都适用。请取消合并，逐行填写")
    if row.key is None:
        return Issue(row, "key", "这一行没有任务键，不是清单中原有的任务。请填在清单原有的行内")
    if fill_digest(_written(row.cells)) == row.key.filled and not row.formulas:
        return None
    if row.formulas:
        names = "、".join(header for header in FILL_IN if header in row.formulas)
        return Issue(row, "formula", f"“{names}”中是公式，其结果会变。请直接填写文字或日期")
    refused = _task_refused(row, row.key, known)
    if refused is not None:
        return refused
    content = _content(row, today)
    if isinstance(content, Issue):
        return content
    return Report(row, row.key, known.tasks[row.key.task_id].requirement, content)


def _task_refused(row: Returned, key: RowKey, known: Known) -> Issue | None:
    """Why the row cannot stand for its task, None where it can."""
    task = known.tasks.get(key.task_id)
    if task is None:
        return Issue(row, "unknown_task", "库中没有这条任务，可能所属通知已被撤下或替换。请重新导出清单")
    if row_digest(_written(row.cells)) != key.row:
        now = (task.requirement or "")[:SHOWN]
        return Issue(
            row,
            "changed_cell",
            f"受保护的内容与导出时不同，可能改动了文字，或把别的行粘贴到了这里。这一行原来的任务是“{now}…”，请核对后重新填写",
        )
    if task.wording != key.wording:
        return Issue(row, "reworded", "导出之后任务要求有改动。请重新导出清单，核对后再填写")
    if key.party is not None and key.party not in task.parties:
        return Issue(row, "reworded", f"导出之后责任单位有调整，“{key.party}”已不在其中。请重新导出清单")
    if not task.is_current and task.unchanged_later is None:
        return Issue(row, "superseded", "所属通知已有新版，这条任务在新版中已删去。请用新版导出的清单")
    if not task.is_current and not task.unchanged_later:
        return Issue(row, "reworded", "所属通知已有新版，这条任务的要求或时限有改动。请用新版导出的清单")
    return None


def _written(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells with days as they were written: another program may show them in another way."""
    days = {header: day_of(cells.get(header, "")) for header in (STARTS, ENDS, DONE_ON)}
    return {**cells} | {header: day.isoformat() for header, day in days.items() if day is not None}


def _content(row: Returned, today: date) -> Content | Issue:
    status_text, day_text, on_hand, note = (row.cells.get(header, "") for header in (STATUS, DONE_ON, ON_HAND, NOTE))
    if not any((status_text, day_text, on_hand, note)):
        return Issue(row, "cleared", "原来填报的进展被清空。如要更正，请选择“未开始”等状态")
    status = SAID.get(re.sub(r"\s+", "", status_text).strip("。√✓"))
    if status is None:
        told = f"状态“{status_text}”不认识" if status_text else "填写了内容，但没有选择状态"
        return Issue(row, "status", f"{told}。可选：{'、'.join(STATUS_WORDS)}")
    day = day_of(day_text) if day_text else None
    if day_text and day is None:
        return Issue(row, "date", f"完成日期“{day_text}”不是完整的日期。请写成 2026-03-31 的样子")
    if day is not None and status != "done":
        return Issue(row, "contradiction", f"填了完成日期，但状态是“{PROGRESS_STATUSES[status]}”。请改正其中一项")
    if day is not None and day > today:
        return Issue(row, "contradiction", f"完成日期 {day.isoformat()} 还没有到。请核对日期")
    return status, day, redact(on_hand) or None, redact(note) or None


def day_of(text: str) -> date | None:
    """A day as people type it or as Excel keeps it (2026-3-5, 2026年3月5日, 20260305, 46086); None for all else."""
    solid = _TIME.sub("", text.strip())
    if solid.isdecimal() and FIRST_SERIAL <= int(solid) <= LAST_SERIAL:
        return EXCEL_EPOCH + timedelta(days=int(solid))
    if compact := _COMPACT.fullmatch(solid):
        solid = "-".join(compact.groups())
    return read_date(solid)


def _disagreement(one: Report, same: Sequence[Report]) -> Issue:
    others = "；".join(
        f"{other.row.file} {other.row.sheet} 第 {other.row.row} 行为“{PROGRESS_STATUSES[other.content[0]]}”"
        for other in same
        if other is not one
    )
    return Issue(one.row, "disagreement", f"同一任务几处填写不一致（{others}），都没有采用。请统一后再导入")
