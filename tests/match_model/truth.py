"""The truth of tests/gold/counterparts with the texts of its tasks."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from warehouse.transform.task_words import letters, subject_pattern

GOLD: Final = Path(__file__).parents[1] / "gold"
FOLDER: Final = GOLD / "counterparts"
UNRELATED: Final = "unrelated"
RELATED: Final = "related"
"""Of a pair whose relation nobody settled."""


@dataclass(frozen=True, slots=True)
class GoldTask:
    """A task of a gold notice; `heading` is empty where the text names its subject."""

    notice: str
    table: int
    row: int
    text: str
    topic: str
    heading: str


@dataclass(frozen=True, slots=True)
class GoldPair:
    """Two tasks and how people say they are related."""

    first: GoldTask
    second: GoldTask
    relation: str
    is_held_out: bool = False

    @property
    def is_related(self) -> bool:
        """Whether something done for the one serves the other."""
        return self.relation != UNRELATED


@cache
def gold_tasks() -> Mapping[tuple[str, int, int], GoldTask]:
    """Return every task of the gold notices by notice, table and row."""
    found = {}
    for path in sorted(GOLD.glob("*/tasks.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            task = json.loads(line)
            key = path.parent.name, task["table"], task["row"]
            text = task["requirement"] or task["criteria"] or ""
            name = task["path"][-1]["name"] if task["path"] else None
            found[key] = GoldTask(*key, text, task["topic"], heading_of(text, name))
    return found


def heading_of(text: str, name: str | None) -> str:
    """Return the letters of the heading of a task whose text does not name its subject; empty for another."""
    return "" if re.search(subject_pattern(), text) else letters(name or "")


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of tests/gold/counterparts."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def gold_pairs(*, held_out: bool) -> list[GoldPair]:
    """Return the pairs that evaluate, or those that teach."""
    pairs = [
        GoldPair(_task(row, "a"), _task(row, "b"), row["relation"], row["held_out"] == "1")
        for row in read_rows("pairs.csv")
    ]
    return [pair for pair in pairs if pair.is_held_out == held_out]


def judged_answers() -> list[GoldPair]:
    """Return the pairs that a first model proposed and people judged."""
    return [
        GoldPair(_task(row, "a"), _task(row, "b"), RELATED if row["related"] == "1" else UNRELATED)
        for row in read_rows("answers.csv")
    ]


def _task(row: Mapping[str, str], side: str) -> GoldTask:
    return gold_tasks()[row[f"notice_{side}"], int(row[f"table_{side}"]), int(row[f"row_{side}"])]
