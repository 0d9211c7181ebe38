"""Themes of tasks and indicators, so that rubrics of different cities can be laid side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from extractors.notice.corrections import Rows
from extractors.notice.findings import INFO, Findings
from extractors.records import IndicatorRow
from extractors.topics import OTHER, classify, classify_indicator

_SHOWN = 12


def give_topics(rows: Rows, titles: Mapping[str, str | None], findings: Findings) -> None:
    """Set topic and score of every task and the topic of every indicator; tasks of no theme are told, table by table.

    `titles` are the titles of the tables by id.
    """
    levels = {row.indicator_id: row for row in rows.indicators}
    unsettled: dict[str | None, list[str]] = defaultdict(list)
    children: dict[str, list[str]] = defaultdict(list)
    for row in rows.indicators:
        if row.parent_id:
            children[row.parent_id].append(row.name)
    for table in rows.tables:
        for k, task in enumerate(table.tasks):
            path = _path(task.indicator_id, levels)
            title = titles.get(task.table_id or "")
            found = classify(task.requirement, path, title, task.criteria, task.evidence)
            table.tasks[k] = replace(task, topic=found.slug, topic_score=round(min(max(found.score, 0.0), 1.0), 4))
            if task.indicator_id and task.requirement:
                children[task.indicator_id].append(task.requirement)
            if found.slug == OTHER:
                unsettled[task.table_id].append(task.locator)
    for k, row in enumerate(rows.indicators):
        above = _path(row.parent_id, levels)
        rows.indicators[k] = replace(row, topic=classify_indicator(row.name, above, children[row.indicator_id]).slug)
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
