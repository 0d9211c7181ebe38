"""Task lists for other programs: CSV with the standard columns, JSON with everything that a list knows."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from warehouse.export.columns import POINTS, columns
from warehouse.export.task_lists import Row, TaskList, Value
from warehouse.formatting import escape_formula, format_value, to_json_value

NOTICE: Final = "通知"
UNIT: Final = "责任单位"
TASK_ID: Final = "任务编号"
AROUND: Final = (NOTICE, UNIT, TASK_ID)
"""Columns of the CSV before the standard ones: whose list of which notice a row stands in, and which task it is."""


def write_csv(lists: Iterable[TaskList], target: Path) -> None:
    """Write the rows of all lists under one header: UTF-8 with a byte-order mark, lines ending in CR LF.

    Text that looks like a formula gets a leading '. Without names of people where any list is without. Raises OSError.
    """
    every = list(lists)
    headers = [column.header for column in columns(persons=all(one.persons for one in every))]
    with target.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        writer.writerow([*AROUND, *headers])
        for one in every:
            for row in one.rows:
                values: list[Value] = [one.notice.label, one.unit, row.task.task_id]
                values += [row.cells[header] for header in headers]
                writer.writerow(
                    [
                        escape_formula(format_value(value)) if isinstance(value, str) else format_value(value)
                        for value in values
                    ]
                )


def write_json(lists: Iterable[TaskList], target: Path) -> None:
    """Write an array of lists, each with its notice, party and tasks; dates as ISO text, points as numbers.

    Keys without a value are null, never missing, but for `leader` and `persons` in lists without names. Raises OSError.
    """
    data = [_listed(one) for one in lists]
    target.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n")


def _listed(one: TaskList) -> dict[str, Any]:
    return {
        "notice": asdict(one.notice),
        "party": one.party,
        "unit": one.unit,
        "whole": one.whole,
        "tasks": [_task(one, row) for row in one.rows],
    }


def _task(one: TaskList, row: Row) -> dict[str, Any]:
    """A task in the words of the contract: of a shared score, only the first row bears `points`."""
    task = row.task
    names = {"leader": task.leader, "persons": task.persons} if one.persons else {}
    data = {
        "task_id": task.task_id,
        "code": task.code,
        "indicators": task.names,
        "label": task.label,
        "requirement": task.requirement,
        "criteria": task.criteria,
        "scoring": task.scoring,
        "remark": task.remark,
        "points": row.cells[POINTS],
        "points_rows": task.points_rows,
        "bonus": task.bonus,
        "topic": task.topic,
        "topic_name": one.topics.get(task.topic or ""),
        "parties": [asdict(party) for party in task.parties],
        **names,
        "deadline": task.deadline,
        "deadlines": [asdict(deadline) for deadline in task.deadlines],
        "due_days": task.due_days,
        "evidence_text": task.evidence_text,
        "evidence": [asdict(material) for material in task.evidence],
        "methods": task.methods,
        "progress": [asdict(reported) for reported in task.progress if reported.party in (one.party, None)],
        "source": {"file": one.notice.source_path, "locator": task.locator},
    }
    return {key: to_json_value(value) for key, value in data.items()}
