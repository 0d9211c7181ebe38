"""The true evidence, thresholds, deadlines and rules of the gold notices stand in the rows that they name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from schemas.core_tasks import EVIDENCE_KINDS, SCORING_RULES, TASK_DEADLINES, TASK_THRESHOLDS

TEXTS = ("requirement", "criteria", "evidence", "deadline", "scoring", "scoring_rule")
IN_FULL = (
    "ah-chuzhou-plan-2022",
    "gd-zhanjiang-minors-2020",
    "gs-dingxi-2019",
    "gx-lingui-2021",
    "hb-honghu-township-2019",
    "hb-xiaogan-2022",
    "he-handan-month-2020",
    "hn-sanya-school-2021",
    "js-yancheng-2022",
    "js-yancheng-2023",
    "jx-index-2018",
    "sc-mianyang-city-2023",
    "sd-mixed-2024",
    "zj-anji-2013",
)
"""Notices of which every row was read for every kind of fact."""
IN_PART = ("huarong-2021", "shanwei-2016", "tongchuan", "yiyang-2021", "zibo-2023")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def rows(folder: Path) -> dict[tuple[int, int], dict[str, Any]]:
    return {(task["table"], task["row"]): task for task in lines(folder / "tasks.jsonl")}


def text(task: dict[str, Any]) -> str:
    names = [level["name"] or "" for level in task["path"]]
    return re.sub(r"\s", "", "\n".join([*(task.get(field) or "" for field in TEXTS), *names]))


def of_rows(path: Path) -> list[dict[str, Any]]:
    """The lines that name a row; others are of the body, or of a text that stands in many rows."""
    return [line for line in lines(path) if line.get("row") is not None]


def key(line: dict[str, Any]) -> tuple[int, int]:
    return line["table"], line["row"]


@pytest.mark.parametrize("slug", IN_FULL)
def test_every_row_was_read_for_evidence_and_rules(gold: Path, slug: str) -> None:
    tasks = rows(gold / slug)
    for name in ("evidence", "scoring"):
        assert [key(line) for line in lines(gold / slug / f"{name}.jsonl")] == list(tasks)
    dated = {key(line) for line in of_rows(gold / slug / "deadlines.jsonl") if "field" not in line}
    assert dated == {row for row, task in tasks.items() if task["deadline"]}


@pytest.mark.parametrize("slug", IN_FULL + IN_PART)
def test_every_quoted_fact_stands_in_its_row(gold: Path, slug: str) -> None:
    folder = gold / slug
    tasks = rows(folder)
    quoted = [(key(line), item["raw"]) for line in lines(folder / "evidence.jsonl") for item in line["items"]]
    quoted += [(key(line), rule["raw"]) for line in lines(folder / "scoring.jsonl") for rule in line["rules"]]
    quoted += [(key(line), line["raw"]) for line in of_rows(folder / "thresholds.jsonl")]
    quoted += [(key(line), line["text"]) for line in of_rows(folder / "deadlines.jsonl")]
    assert [(row, raw) for row, raw in quoted if re.sub(r"\s", "", raw) not in text(tasks[row])] == []


@pytest.mark.parametrize("slug", IN_FULL + IN_PART)
def test_kinds_are_those_of_the_warehouse(gold: Path, slug: str) -> None:
    folder = gold / slug
    evidence = [item for line in lines(folder / "evidence.jsonl") for item in line["items"]]
    assert {kind for item in evidence for kind in [item["kind"], *item.get("alt", [])]} <= EVIDENCE_KINDS.keys()
    rules = [rule for line in lines(folder / "scoring.jsonl") for rule in line["rules"]]
    assert {rule["effect"] for rule in rules} <= SCORING_RULES.column["effect"].values.keys()
    assert {line["kind"] for line in lines(folder / "deadlines.jsonl")} <= TASK_DEADLINES.column["kind"].values.keys()
    operators = {line["op"] for line in lines(folder / "thresholds.jsonl")}
    assert operators <= TASK_THRESHOLDS.column["operator"].values.keys()
