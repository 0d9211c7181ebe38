"""Small made-up notices with points, themes, units, materials and days; tests work out their sums by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

import schemas
from assets.ingest.publish import topic_rows
from tests.schemas.samples import notice
from warehouse import store

Rows = dict[str, list[dict[str, Any]]]
KEPT = ("core.files", "core.notices", "core.tables")
FACTS = (
    "core.indicators",
    "core.tasks",
    "core.task_parties",
    "core.task_deadlines",
    "core.task_evidence",
    "core.task_thresholds",
    "core.scoring_rules",
    "core.findings",
)


@dataclass(frozen=True, slots=True)
class Item:
    """A task.

    `rows` is the number of tasks that share its score cell (the first states it); `parties` are names,
    the first leads; `wants` are (kind, least number); `rules` are (effect, condition, points, cap, wording);
    `thresholds` are (subject, operator, value, unit).
    """

    text: str
    topic: str = "volunteering"
    points: str | None = None
    rows: int = 1
    bonus: bool = False
    parties: Sequence[str] = ()
    wants: Sequence[tuple[str, int]] = ()
    days: Sequence[date] = ()
    deadline: str | None = None
    methods: Sequence[str] = ()
    rules: Sequence[tuple[str, str, str | None, str | None, str]] = ()
    thresholds: Sequence[tuple[str, str, str, str]] = ()
    indicator: int | None = None


@dataclass(frozen=True, slots=True)
class Small:
    """A notice of a place; `headings` are (name, points) of its first level, counted from 1 in `Item.indicator`."""

    place: str
    items: Sequence[Item]
    headings: Sequence[tuple[str, str | None]] = ()
    values: Mapping[str, Any] | None = None

    @property
    def label(self) -> str:
        """The label that the warehouse gives it."""
        return f"{self.place}文明办 2023"


def _rows(number: int, small: Small) -> Rows:
    made = notice(number)
    name = f"notice-{number}"
    rows: Rows = {kept: made[kept] for kept in KEPT} | {fact: [] for fact in FACTS}
    own: dict[str, Any] = {
        "city": small.place,
        "county": None,
        "issuer": f"{small.place}文明办",
        "corrected": [],
        "title": f"{small.place}清单",
    }
    own |= {"stated_total": None, "stated_bonus": None, "subject": f"{small.place}测评"}
    rows["core.notices"] = [made["core.notices"][0] | own | dict(small.values or {})]
    for place, (heading, points) in enumerate(small.headings, 1):
        values: dict[str, Any] = {
            "indicator_id": f"{name}-i{place}",
            "parent_id": None,
            "level": 1,
            "ordinal": place,
            "code": f"Ⅰ-{place}",
        }
        values |= {
            "name": heading,
            "points": None if points is None else Decimal(points),
            "bonus": False,
            "corrected": [],
        }
        rows["core.indicators"].append(made["core.indicators"][0] | values)
    for place, item in enumerate(small.items, 1):
        _add_item(rows, made, f"{name}-k{place}", place, item)
    return rows


def _add_item(rows: Rows, made: Rows, task: str, place: int, item: Item) -> None:
    name = made["core.notices"][0]["notice_id"]
    values: dict[str, Any] = {
        "task_id": task,
        "ordinal": place,
        "row": place,
        "requirement": item.text,
        "criteria": None,
    }
    values |= {"points": None if item.points is None else Decimal(item.points), "points_rows": item.rows}
    values |= {"bonus": item.bonus, "topic": item.topic, "methods": list(item.methods), "deadline": item.deadline}
    values |= {"inline_points": [], "persons": [], "leader": None, "repaired": [], "corrected": [], "scoring": None}
    values |= {"indicator_id": None if item.indicator is None else f"{name}-i{item.indicator}", "evidence": None}
    rows["core.tasks"].append(made["core.tasks"][0] | values | {"locator": f"表1 第{place}行"})
    for number, party in enumerate(item.parties, 1):
        role = "lead" if number == 1 else "support"
        values = {"task_id": task, "ordinal": number, "party": party, "raw": party, "role": role, "scope": None}
        values |= {"party_id": None, "collective": party.startswith("各"), "role_stated": True}
        rows["core.task_parties"].append(made["core.task_parties"][0] | values)
    for number, day in enumerate(item.days, 1):
        values = {"task_id": task, "ordinal": number, "kind": "by", "starts_on": None, "ends_on": day, "anchor": None}
        rows["core.task_deadlines"].append(made["core.task_deadlines"][0] | values | {"recurrence": None})
    for number, (kind, count) in enumerate(item.wants, 1):
        values = {"task_id": task, "ordinal": number, "kind": kind, "min_count": count, "choice": None, "raw": kind}
        rows["core.task_evidence"].append(made["core.task_evidence"][0] | values)
    for number, (subject, operator, value, unit) in enumerate(item.thresholds, 1):
        values = {"task_id": task, "ordinal": number, "subject": subject, "operator": operator, "unit": unit}
        rows["core.task_thresholds"].append(values | {"value": Decimal(value), "raw": f"{value}{unit}"})
    for number, (effect, condition, points, cap, wording) in enumerate(item.rules, 1):
        values = {"task_id": task, "ordinal": number, "effect": effect, "condition": condition, "raw": wording}
        values |= {"points": points and Decimal(points), "cap": cap and Decimal(cap), "choice": None}
        rows["core.scoring_rules"].append(values)


def publish_small(path: Path, *smalls: Small) -> Path:
    """Publish a warehouse of these notices; their ids are notice-1, notice-2, …, and their tasks notice-1-k1, …"""
    made = [_rows(number, small) for number, small in enumerate(smalls, 1)]
    add: dict[str, pl.DataFrame] = {
        table: schemas.frame(table, [row for rows in made for row in rows[table]]) for table in (*KEPT, *FACTS)
    }
    store.publish(path, add=add, replace={"mart.topics": topic_rows()})
    return path


def repeated(item: Item, times: int) -> list[Item]:
    """The item several times, with texts of their own."""
    return [replace(item, text=f"{item.text}（第{number}项）") for number in range(1, times + 1)]
