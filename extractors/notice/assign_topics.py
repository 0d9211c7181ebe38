"""Themes of tasks and indicators, so that rubrics of different cities can be laid side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, partial

from extractors.notice.corrections import Rows
from extractors.notice.findings import INFO, Findings
from extractors.notice.guarded import Guard
from extractors.records import IndicatorRow
from extractors.topics import OTHER, Topic, classify, indicator_texts, task_texts

_SHOWN = 12


def give_topics(rows: Rows, titles: Mapping[str, str | None], findings: Findings, guard: Guard) -> None:
    """Set topic and score of every task and the topic of every indicator; tasks of no theme are told, table by table.

    `titles` are the titles of the tables by id.
    """
    path_of = cache(partial(_path, levels={row.indicator_id: row for row in rows.indicators}))
    tasks = [task for table in rows.tables for task in table.tasks]
    children: dict[str | None, list[str]] = defaultdict(list)
    for row in rows.indicators:
        children[row.parent_id].append(row.name)
    for task in tasks:
        children[task.indicator_id] += [task.requirement] if task.requirement else []
    of_tasks = [task_texts(t.requirement, path_of(t.indicator_id), t.criteria, t.evidence) for t in tasks]
    of_rows = [indicator_texts(r.name, path_of(r.parent_id), children[r.indicator_id]) for r in rows.indicators]
    given = [*of_tasks, *of_rows]
    above = [titles.get(task.table_id or "") for task in tasks]
    silent = [Topic(OTHER, 0.0)] * len(given)
    topics = iter(guard("主题", partial(classify, given, above), silent))
    unsettled: dict[str | None, list[str]] = defaultdict(list)
    for table in rows.tables:
        for task in table.tasks:
            found = next(topics)
            task.topic, task.topic_score = found.slug, round(min(max(found.score, 0.0), 1.0), 4)
            if found.slug == OTHER:
                unsettled[task.table_id].append(task.locator)
    for row, found in zip(rows.indicators, topics, strict=True):
        row.topic = found.slug
    for table_id, places in unsettled.items():
        listed = "、".join(places[:_SHOWN]) + ("等" if len(places) > _SHOWN else "")
        findings.add(
            "topic_other", INFO, f"{len(places)} 项任务未能归入主题（{listed}），可用 wenming review 指定",
            table_id=table_id, computed=Decimal(len(places)), locator=places[0],
        )  # fmt: skip


def _path(indicator_id: str | None, levels: Mapping[str, IndicatorRow]) -> list[str]:
    """The names of a heading and of those above it, outermost first."""
    names: list[str] = []
    while indicator_id is not None and indicator_id in levels:
        names.insert(0, levels[indicator_id].name)
        indicator_id = levels[indicator_id].parent_id
    return names
