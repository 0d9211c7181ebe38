"""Task lists for other programs: CSV with the standard columns, JSON with all data of a list."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from warehouse.export.columns import POINTS, select_columns
from warehouse.export.task_lists import DOUBTFUL_TASK, CellValue, TaskList, TaskRow
from warehouse.formatting import escape_formula, format_value, to_json_value

NOTICE: Final = "通知"
UNIT: Final = "责任单位"
TASK_ID: Final = "任务编号"
READ_ON: Final = "read_on"
"""Day of reading: what a file says may not change because its notice was read again."""
CSV_COLUMNS: Final = (NOTICE, UNIT, TASK_ID)
"""Columns before the standard ones: notice and party of the list, and id of the task."""


def write_csv(lists: Iterable[TaskList], target: Path) -> None:
    """Write the rows of all lists under one header, as UTF-8 with byte-order mark and CR LF.

    Text that looks like a formula is prefixed with '. Names of persons are left out if any list leaves them out.

    Raises:
        OSError: `target` cannot be written.
    """
    all_lists = list(lists)
    headers = [
        column.header for column in select_columns(persons=all(task_list.shows_persons for task_list in all_lists))
    ]
    with target.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        writer.writerow([*CSV_COLUMNS, *headers])
        for task_list in all_lists:
            for row in task_list.rows:
                values: list[CellValue] = [task_list.notice.label, task_list.unit, row.task.task_id]
                values += [row.cells[header] for header in headers]
                writer.writerow(
                    [
                        escape_formula(format_value(value)) if isinstance(value, str) else format_value(value)
                        for value in values
                    ]
                )


def write_json(lists: Iterable[TaskList], target: Path) -> None:
    """Write an array of lists, each with its notice, party and tasks; dates as ISO text, points as numbers.

    Keys without a value are null; only `leader` and `persons` are missing in lists without names of persons, and
    `caveat` where the layout of the table is sure.

    Raises:
        OSError: `target` cannot be written.
    """
    data = [_list_data(task_list) for task_list in lists]
    target.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n")


def _list_data(task_list: TaskList) -> dict[str, Any]:
    return {
        "notice": {name: value for name, value in asdict(task_list.notice).items() if name != READ_ON},
        "party": task_list.party,
        "unit": task_list.unit,
        "whole": task_list.is_whole,
        "tasks": [_task_data(task_list, row) for row in task_list.rows],
    }


def _task_data(task_list: TaskList, row: TaskRow) -> dict[str, Any]:
    """Return the JSON object of a task; `points` of a shared score cell appear in its first row only."""
    task = row.task
    names = {"leader": task.leader, "persons": task.persons} if task_list.shows_persons else {}
    data = {
        "task_id": task.task_id,
        "code": task.code,
        "indicators": task.indicator_names,
        "label": task.label,
        "requirement": task.requirement,
        "criteria": task.criteria,
        "scoring": task.scoring,
        "remark": task.remark,
        "points": row.cells[POINTS],
        "points_rows": task.points_rows,
        "bonus": task.bonus,
        "topic": task.topic,
        "topic_name": task_list.topics.get(task.topic or ""),
        "parties": [asdict(party) for party in task.parties],
        **names,
        "deadline": task.deadline,
        "deadlines": [asdict(deadline) for deadline in task.deadlines],
        "due_days": task.due_days,
        "evidence_text": task.evidence_text,
        "evidence": [asdict(material) for material in task.evidence],
        "methods": task.methods,
        "progress": [asdict(report) for report in task.progress if report.party in (task_list.party, None)],
        **({"caveat": DOUBTFUL_TASK} if task.is_doubtful else {}),
        "source": {"file": task_list.notice.source_path, "locator": task.locator},
    }
    return {key: to_json_value(value) for key, value in data.items()}
