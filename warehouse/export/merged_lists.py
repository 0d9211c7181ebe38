"""One task list for one unit over all its notices: each requirement once, as a list to fill in or to print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb

from warehouse import questions
from warehouse.errors import QueryError
from warehouse.export.task_lists import TaskList, make_list
from warehouse.export.task_query import Material, Notice, Task, TaskFilter, read_selections
from warehouse.store import reading

MAX_NAMED: Final = 8
"""Units that a message names."""
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")

_UNITS: Final = """
SELECT unit_id, any_value(unit), any_value(place), list_sort(list(DISTINCT notice_id))
FROM mart.unit_tasks WHERE notice_id IN (SELECT unnest($notices)) AND contains(unit, $part)
GROUP BY unit_id ORDER BY 2, 1
"""
_TASKS: Final = """
SELECT u.obligation_id, u.task_id, l.label, t.locator, u.reported_by
FROM mart.unit_tasks AS u JOIN core.tasks AS t USING (task_id) JOIN mart.notice_labels AS l ON l.notice_id = u.notice_id
JOIN core.notices AS n ON n.notice_id = u.notice_id
WHERE u.unit_id = $unit AND u.notice_id IN (SELECT unnest($notices))
ORDER BY u.obligation_id, u.task_id <> u.obligation_id, n.issued_on NULLS LAST, u.notice_id, t.ordinal, u.task_id
"""
_MATERIALS: Final = """
SELECT u.obligation_id, m.material_id, e.kind, e.min_count, e.unit, e.min_words, e.raw
FROM mart.unit_materials AS m JOIN mart.unit_tasks AS u USING (unit_id, task_id)
JOIN core.task_evidence AS e ON e.task_id = m.task_id AND e.ordinal = m.ordinal
WHERE u.unit_id = $unit AND u.notice_id IN (SELECT unnest($notices))
ORDER BY u.obligation_id, u.task_id <> u.obligation_id, u.task_id, m.ordinal
"""

_ISSUER: Final = """
SELECT any_value(issuer) FROM core.notices WHERE notice_id IN (SELECT unnest($notices))
HAVING count(DISTINCT issuer) = 1 AND count(issuer) = count(*)
"""
_SUSPECTS: Final = (
    "SELECT obligation_id, suspects FROM mart.unit_obligations WHERE unit_id = $unit AND len(suspects) > 0"
)
# The strictest number of each kind where several tasks state one.
_BOUNDS: Final = """
SELECT u.obligation_id,
       concat(coalesce(h.subject, ''), CASE WHEN h.operator IN ('<=', '<') THEN '不超过' ELSE '不少于' END),
       CASE WHEN h.operator IN ('<=', '<') THEN min(h.value) ELSE max(h.value) END::DOUBLE, coalesce(h.unit, '')
FROM mart.unit_tasks AS u JOIN core.task_thresholds AS h USING (task_id)
WHERE u.unit_id = $unit AND u.notice_id IN (SELECT unnest($notices)) AND h.operator IN ('>=', '>', '<=', '<')
GROUP BY u.obligation_id, h.subject, h.operator, h.unit HAVING count(DISTINCT h.value) > 1
ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class _Unit:
    unit_id: str
    name: str
    place: str | None
    notices: list[str]


def build_merged_list(warehouse: Path, part: str, notices: Sequence[str] = (), *, persons: bool = True) -> TaskList:
    """Return the merged list of one unit.

    A row stands for all its sources: it has the fullest text, every time limit, the earliest day as its only due day,
    and the union of the materials with the greatest numbers. Its key is that of the fullest task, so that a report in
    the list that comes back counts for all sources (`mart.unit_obligations.covered`). A row that may ask for the same
    as another stays a row of its own and names that one.

    Args:
        warehouse: The published file.
        part: The name of the unit or a part of it.
        notices: Parts of the names of notices; all current ones if empty.
        persons: Whether to include names of persons.

    Raises:
        QueryError: No unit, or more than one, fits.
        WarehouseError: As raised by `warehouse.store.connect`.
    """
    with reading(warehouse) as connection:
        unit = _find_unit(connection, questions.find_notices(connection, notices), part)
        parameters = {"unit": unit.unit_id, "notices": unit.notices}
        sources = connection.execute(_TASKS, parameters).fetchall()
        materials = connection.execute(_MATERIALS, parameters).fetchall()
        bounds = connection.execute(_BOUNDS, parameters).fetchall()
        suspects = dict(connection.execute(_SUSPECTS, {"unit": unit.unit_id}).fetchall())
        issuer = connection.execute(_ISSUER, {"notices": unit.notices}).fetchone()
        tasks: dict[str, Task] = {}
        topics: dict[str, str] = {}
        for selection in read_selections(connection, unit.notices, TaskFilter()):
            tasks |= {task.task_id: task for task in selection.tasks}
            topics = selection.topics
    groups: dict[str, list[tuple[Any, ...]]] = {}
    for row in sources:
        groups.setdefault(row[0], []).append(row)
    merged = {
        head: (
            _state_bounds(
                _merge(rows, tasks, [row for row in materials if row[0] == head], unit.name),
                [row for row in bounds if row[0] == head],
            ),
            str(rows[0][4]),
        )
        for head, rows in groups.items()
    }
    ordered = sorted(
        merged, key=lambda head: (not (days := merged[head][0].due_days), days[:1], merged[head][0].task_id)
    )
    serials = {head: serial for serial, head in enumerate(ordered, start=1)}
    listed = [
        (replace(task, look_alikes=_name_rows(serials, suspects.get(head, ()))), reporter)
        for head in ordered
        for task, reporter in [merged[head]]
    ]
    notice = Notice(
        "", f"{unit.name}合并", f"约束{unit.name}的{len(unit.notices)}份通知", issuer[0] if issuer else None, None, ""
    )
    return make_list(notice, unit.name, listed, persons=persons, topics=topics)


def _find_unit(connection: duckdb.DuckDBPyConnection, notices: Sequence[str], part: str) -> _Unit:
    """Return the unit with exactly this name, else the only one that fits."""
    found = [_Unit(*row) for row in connection.execute(_UNITS, {"notices": list(notices), "part": part}).fetchall()]
    exact = [unit for unit in found if unit.name == part]
    chosen = exact if exact else found
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        raise QueryError(f"所选通知没有含有“{part}”的责任单位。")
    names = "、".join(f"{unit.name}（{unit.place or '所属不明'}）" for unit in chosen[:MAX_NAMED])
    raise QueryError(f"有 {len(chosen)} 个单位含有“{part}”：{names}。请写全名称，或用 --notice 指定通知。")


def _merge(
    rows: Sequence[tuple[Any, ...]], tasks: dict[str, Task], materials: Sequence[tuple[Any, ...]], unit: str
) -> Task:
    """Return the task that stands for all: the fullest one of those asked for, with what the others add."""
    reporter = rows[0][4]
    own = [tasks[task_id] for _, task_id, _, _, _ in rows if task_id in tasks]
    head = own[0]
    days = sorted(day for task in own for day in task.due_days)
    texts = dict.fromkeys(
        text for task in own if (text := task.deadline or "；".join(item.raw for item in task.deadlines))
    )
    is_single = len(own) == 1
    return replace(
        head,
        score=head.score if is_single else None,
        points_rows=head.points_rows if is_single else 1,
        deadline="；".join(texts) or None,
        deadlines=head.deadlines if is_single else (),
        due_days=tuple(days[:1]) if not is_single else head.due_days,
        evidence=tuple(_merge_materials(materials)) or head.evidence,
        parties=tuple(replace(one, party=unit) if one.party == reporter else one for one in head.parties),
        progress=tuple(replace(one, party=unit) for one in head.progress if one.party in (reporter, None)),
        locator="；".join(f"{label} {locator}" for _, _, label, locator, _ in rows),
        is_doubtful=any(task.is_doubtful for task in own),
    )


def _name_rows(serials: dict[str, int], heads: Sequence[str]) -> str:
    """Return the rows of these requirements: 第 2、5 行; those of other notices are in no row."""
    found = sorted(serials[head] for head in heads if head in serials)
    return f"第 {'、'.join(map(str, found))} 行" if found else ""


def _state_bounds(task: Task, bounds: Sequence[tuple[Any, ...]]) -> Task:
    """Return the task with the strictest numbers of all its sources where its own text has others."""
    stated = [f"{what}{value:g}{unit}" for _, what, value, unit in bounds]
    own = set(_NUMBER.findall(task.requirement or ""))
    missing = [text for text, row in zip(stated, bounds, strict=True) if f"{row[2]:g}" not in own]
    return replace(task, requirement=f"{task.requirement or ''}（各处最严：{'；'.join(missing)}）") if missing else task


def _merge_materials(rows: Sequence[tuple[Any, ...]]) -> list[Material]:
    """Return each material once, with the greatest numbers."""
    by_id: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_id.setdefault(row[1], []).append(row)
    merged = []
    for own in by_id.values():
        _, _, kind, _, _, _, raw = own[0]
        counts = [row[3] for row in own if row[3] is not None]
        words = [row[5] for row in own if row[5] is not None]
        unit = next((row[4] for row in own if row[4]), None)
        merged.append(Material(kind, max(counts, default=None), unit, max(words, default=None), raw, None))
    return merged
