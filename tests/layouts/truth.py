"""The true rows of a table, without any layout: from the gold notices and from made-up ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

GOLD: Final = Path(__file__).parents[1] / "gold"
MOST_DEPTH: Final = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A level above items: its name, and its points where they are the sum of its items."""

    name: str
    code: str | None = None
    points: float | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One task as a person reads it. `points` of a cell over several rows are on its first, `points_rows` on all."""

    path: tuple[Heading, ...]
    label: str | None
    requirement: str
    points: float | None
    points_rows: int
    inline_points: tuple[float, ...]
    evidence: str | None
    methods: tuple[str, ...]
    deadline: str | None
    lead: tuple[str, ...]
    support: tuple[str, ...]
    leader: str | None
    persons: tuple[str, ...]
    bonus: bool = False
    criteria: str | None = None
    """A broader standard in a cell of its own, for the items of one heading."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The items of one table in order."""

    slug: str
    title: str
    items: tuple[Item, ...]

    @property
    def depth(self) -> int:
        """How many levels stand above the items."""
        return len(self.items[0].path)

    def has(self, field: str) -> bool:
        """Return whether any item says something in a field of `Item`."""
        return any(getattr(item, field) not in (None, (), "") for item in self.items)

    @property
    def units(self) -> list[str]:
        """Every responsible unit, in order of appearance."""
        return list(dict.fromkeys(unit for item in self.items for unit in (*item.lead, *item.support)))


def slugs() -> list[str]:
    """Return the notices that have a truth."""
    return sorted(path.parent.name for path in GOLD.glob("*/tasks.jsonl"))


def truths(slug: str) -> list[Truth]:
    """Return the tables of a gold notice that can be laid out anew: every item readable, all at one depth."""
    lines = (GOLD / slug / "tasks.jsonl").read_text("utf-8").splitlines()
    titles = {
        table["ordinal"]: table["title"] or slug
        for table in json.loads((GOLD / slug / "grid.json").read_text("utf-8"))["tables"]
    }
    found = []
    for table, tasks in groupby(map(json.loads, lines), key=lambda task: task["table"]):
        kept = [task for task in tasks if task["requirement"] and not task.get("unreadable")]
        depths = {len(task["path"]) for task in kept}
        if len(kept) > 2 and len(depths) == 1 and depths <= set(range(MOST_DEPTH + 1)) and _whole(kept):
            found.append(_summed(Truth(slug, titles[table], tuple(map(_item, kept)))))
    return found


def _whole(tasks: Sequence[dict[str, Any]]) -> bool:
    """Return whether every cell of points over several rows is complete."""
    left = 0
    for task in tasks:
        rows = task["points_rows"] or 1
        if left == 0:
            if rows > 1 and task["points"] is None:
                return False
            left = rows
        left -= 1
    return left == 0


def _item(task: dict[str, Any]) -> Item:
    parties = task["parties"] or []
    named = list(dict.fromkeys(party["name"] for party in parties))
    lead = tuple(dict.fromkeys(party["name"] for party in parties if party["role"] == "lead")) or tuple(named[:1])
    return Item(
        path=tuple(Heading(level["name"], level["code"]) for level in task["path"]),
        label=task["label"],
        requirement=task["requirement"],
        points=None if task["points"] is None else float(task["points"]),
        points_rows=task["points_rows"] or 1,
        inline_points=tuple(map(float, task["inline_points"])),
        evidence=task["evidence"],
        methods=tuple(task["methods"] or ()),
        deadline=task["deadline"],
        lead=lead,
        support=tuple(name for name in named if name not in lead),
        leader=task["leader"],
        persons=tuple(task["persons"] or ()),
        bonus=task["bonus"],
        criteria=task["criteria"],
    )


def _summed(truth: Truth) -> Truth:
    """Give headings the sums of their items, so that what a layout shows of them adds up."""
    items = list(truth.items)
    if truth.depth and not truth.has("criteria"):
        items = [replace(item, criteria=f"{item.path[-1].name}工作扎实有效，制度健全，职工满意。") for item in items]
    for level in range(truth.depth):
        for _, numbered in groupby(enumerate(items), key=lambda pair: [h.name for h in pair[1].path[: level + 1]]):
            group = list(numbered)
            points = [item.points for _, item in group if item.points is not None]
            total = round(sum(points), 4) if points else None
            for i, item in group:
                path = list(item.path)
                path[level] = replace(path[level], points=total)
                items[i] = replace(items[i], path=tuple(path))
    return replace(truth, items=tuple(items))


def runs(items: Sequence[Item], level: int) -> Iterator[tuple[int, int]]:
    """Yield first and last index of the items below the same headings down to `level` (0 = outermost)."""
    start = 0
    for i in range(1, len(items) + 1):
        if i == len(items) or items[i].path[: level + 1] != items[start].path[: level + 1]:
            yield start, i - 1
            start = i
