"""The table of tasks that ask for the same: every task once, in groups, with its relation to the tasks above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.code_labels import BASES, RELATIONS
from warehouse.export.comparison.load import Comparison, Row
from warehouse.export.comparison.tables import PLACE, Column, Table
from warehouse.formatting import format_number

TURNED: Final = {"subset": "superset", "superset": "subset"}
"""Relations that are others when seen from the second task of a pair."""


@dataclass(slots=True)
class GroupedTask:
    """A task of a pair.

    Attributes:
        notice_id: Its notice.
        values: Topic, requirement, points and place, by name.
        pairs: The pairs that it is a part of.
    """

    notice_id: str
    values: Row
    pairs: list[Row] = field(default_factory=list)


def similar_tasks_table(comparison: Comparison) -> Table:
    """Return one row per task that is similar to a task of another notice; those of one group are adjacent."""
    rows = [
        [
            task.values["name"],
            group_number,
            number,
            comparison.labels[task.notice_id],
            task.values["requirement"],
            task.values["points"],
            relations,
            task.values["locator"],
        ]
        for group_number, group in enumerate(group_tasks(comparison), start=1)
        for number, (task, relations) in enumerate(_describe_group(group), start=1)
    ]
    return Table(
        name="对应事项",
        title="同一件事各通知怎样要求",
        note="同组的任务直接或间接地要求同一件事，每条只列一次；“与上列各条的关系”写明和组内哪几条直接对应，没有写的不直接对应。"
        "相似度按文字计算，1 为文字相同；说法不同而意思相同的，相似度低；是否同一件事请对照原文。"
        "高、低几分是本条的分值与该条相比；满分不同的通知，只供参考。",
        source="任务对应表（mart.topic_crosswalk）",
        columns=[
            Column("主题", width=9),
            Column("组", "count", 5),
            Column("条", "count", 5),
            Column("通知", width=14),
            Column("任务要求", "long", 44),
            Column("分值", "number", 6),
            Column("与上列各条的关系", "long", 26),
            PLACE,
        ],
        rows=rows,
        empty="所选通知之间没有要求相近的任务。",
        key_columns=3,
    )


def group_tasks(comparison: Comparison) -> list[list[GroupedTask]]:
    """Return the tasks of all pairs in groups that pairs connect, in the order of the pairs.

    The tasks of a group are in the order of the notices.
    """
    tasks: dict[str, GroupedTask] = {}
    members: dict[str, list[str]] = {}
    for pair in comparison.similar_tasks:
        for side in "ab":
            task_id = pair[f"task_{side}"]
            if task_id not in tasks:
                values = {name: pair[f"{name}_{side}"] for name in ("requirement", "points", "locator")}
                tasks[task_id] = GroupedTask(pair[f"notice_{side}"], {"name": pair["name"], **values})
                members[task_id] = [task_id]
            tasks[task_id].pairs.append(pair)
        first, second = (members[pair[name]] for name in ("task_a", "task_b"))
        if first is not second:
            first.extend(second)
            members.update(dict.fromkeys(second, first))
    order = {notice.notice_id: place for place, notice in enumerate(comparison.notices)}
    groups = {id(group): group for group in members.values()}
    return [
        sorted((tasks[task_id] for task_id in group), key=lambda task: order[task.notice_id])
        for group in groups.values()
    ]


def _describe_group(group: Sequence[GroupedTask]) -> Iterator[tuple[GroupedTask, str | None]]:
    """Yield each task with a line per pair that ties it to an earlier one."""
    seen: dict[int, int] = {}
    for number, task in enumerate(group, start=1):
        lines = sorted((seen[id(pair)], _describe_relation(pair, task)) for pair in task.pairs if id(pair) in seen)
        yield task, "\n".join(f"第{earlier}条：{text}" for earlier, text in lines) or None
        seen.update(dict.fromkeys(map(id, task.pairs), number))


def _describe_relation(pair: Row, task: GroupedTask) -> str:
    """Return the relation of `task` to the other one of the pair, likeness and difference of points."""
    is_first = task.notice_id == pair["notice_a"]
    stated: str = pair["relation"]
    relation = stated if is_first else TURNED.get(stated, stated)
    words = RELATIONS[relation] + (f"（{BASES['review']}）" if pair["basis"] == "review" else "")
    parts = [words, _describe_similarity(pair["similarity"]), _describe_difference(pair, is_first)]
    return "，".join(part for part in parts if part)


def _describe_similarity(similarity: Any) -> str:
    return "" if similarity is None else f"相似度{format_number(similarity, 2)}"


def _describe_difference(pair: Row, is_first: bool) -> str:
    a, b = pair["points_a"], pair["points_b"]
    if a is None or b is None or a == b:
        return ""
    difference = a - b if is_first else b - a
    return f"{'高' if difference > 0 else '低'}{format_number(abs(difference))}分"
