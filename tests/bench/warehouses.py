"""Large warehouses for the benches of marts and explorer: rows in the manner of the notices in tests/notices.

Requirements are those of the real notices with clauses left out, joined and reworded; a third of all tasks repeat a
text word for word, as notices do that pass on a text from above. The same seed gives the same rows.

    python -m tests.bench.warehouses FILE NOTICES [TASKS_OF_EACH]
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

import schemas
from assets.ingest.publish import TOPICS, topic_rows
from extractors import extract
from tests.bench.wording import divisions, pick, words
from warehouse import store

NOTICES = Path(__file__).parents[1] / "notices" / "text"
VARIANTS = 150
"""Wordings made of one requirement."""
METHODS = ("材料审核", "实地考察", "问卷调查", "网上申报")
CLAUSE = re.compile(r"[^，。；;、]+[，。；;、]?")


@cache
def seeds() -> list[tuple[str, str]]:
    """(topic, requirement) of every task of the real notices."""
    found = []
    for path in sorted(NOTICES.glob("*.txt")):
        for task in extract(path.read_bytes(), path.name).tasks:
            if task.requirement and task.topic:
                found.append((task.topic, task.requirement))
    return found


@cache
def wordings(seed: int) -> tuple[list[str], list[str]]:
    """Themes and texts, `VARIANTS` of each requirement; the first of each is the requirement itself."""
    rng = random.Random(f"wordings/{seed}")
    groups = list(words()["words"].values())
    by_topic: dict[str, list[str]] = {}
    for topic, text in seeds():
        by_topic.setdefault(topic, []).extend(CLAUSE.findall(text))
    topics, texts = [], []
    for topic, text in seeds():
        topics += [topic] * VARIANTS
        texts.append(text)
        for _ in range(VARIANTS - 1):
            clauses = [one for one in CLAUSE.findall(text) if rng.random() < 0.75] or [text]
            clauses += [pick(rng, by_topic[topic]) for _ in range(int(rng.random() * 3))]
            changed = "".join(clauses)
            for group in groups:
                for word in group:
                    if word in changed:
                        changed = changed.replace(word, pick(rng, group))
            texts.append(changed)
    return topics, texts


def frames(first: int, number: int, tasks_of_each: int, seed: int = 1) -> dict[str, pl.DataFrame]:
    """Frames of `core.*` for the notices `first` … `first + number - 1`."""
    topics, texts = wordings(seed)
    units = words()["words"]["departments"]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in schemas.TABLES if name.startswith("core.")}
    for index in range(first, first + number):
        rng = random.Random(f"{seed}/{index}")
        _notice(rows, index, tasks_of_each)
        for place in range(tasks_of_each):
            at = int(rng.random() * len(texts))
            at -= at % VARIANTS if rng.random() < 0.33 else 0
            _task(rows, index, place, (topics[at], texts[at], pick(rng, units), pick(rng, units)), rng)
    return {
        name: pl.DataFrame(listed, schema=schemas.TABLES[name].dtypes, orient="row") if listed else schemas.empty(name)
        for name, listed in rows.items()
    }


def _notice(rows: dict[str, list[dict[str, Any]]], index: int, tasks: int) -> None:
    cities = [one.name for one in divisions() if one.name.endswith("市")]
    file, name = f"file-{index:06}", f"notice-{index:06}"
    city = cities[index % len(cities)]
    year = 2018 + index % 7
    place = {"province": "某省", "city": city, "county": None, "division_code": f"{370000 + index % 9000}"}
    rows["core.files"].append(
        {"file_id": file, "source_path": f"{city}/通知{index}.docx", "sha256": f"{index:064x}", "format": "docx"}
        | {"bytes": 9999, "status": "loaded", "ingested_at": datetime(2026, 1, 1), "extractor_version": "1"}
    )
    rows["core.notices"].append(
        {"notice_id": name, "file_id": file, "title": f"{city}第{index}单位文明单位测评细则", "year": year}
        | {"issuer": f"{city}第{index}单位", "issued_on": date(year, 3, 1) + timedelta(days=index % 200)}
        | {"period_start": date(year, 1, 1), "period_end": date(year, 12, 31), "campaign": "文明单位", "version": 1}
        | {
            "is_current": True,
            "subject": f"测评细则{index}",
            "corrected": [],
            "table_chars": 1,
            "accounted_chars": 1,
            "kind": "rubric",
        }
        | {"text_chars": 1, "accounted_text_chars": 1}
        | place
    )
    rows["core.tables"].append(
        {"table_id": f"{name}-t1", "notice_id": name, "ordinal": 1, "title": "测评细则", "kind": "rubric"}
        | {
            "n_rows": tasks,
            "n_cols": 2,
            "columns": ["测评内容", "分值"],
            "roles": ["requirement", "points"],
            "alternative_roles": [],
        }
    )


def _task(
    rows: dict[str, list[dict[str, Any]]], index: int, place: int, texts: tuple[str, str, str, str], rng: random.Random
) -> None:
    topic, text, lead, support = texts
    name = f"notice-{index:06}"
    task, table = f"{name}-k{place:04}", f"{name}-t1"
    locator = f"表1 第{place + 2}行第1列"
    rows["core.tasks"].append(
        {"task_id": task, "notice_id": name, "table_id": table, "ordinal": place, "row": place, "points_rows": 1}
        | {"requirement": text, "points": 1 + int(rng.random() * 4), "inline_points": [], "evidence": "说明报告1份"}
        | {"methods": [pick(rng, METHODS)], "persons": [], "bonus": rng.random() < 0.05, "topic": topic}
        | {"topic_score": 1.0, "repaired": [], "corrected": [], "locator": locator}
    )
    cell = {"table_id": table, "row": place, "row_span": 1, "col_span": 1, "locator": locator}
    rows["core.cells"] += [cell | {"col": 0, "text": text}, cell | {"col": 1, "text": "2"}]
    for ordinal, (party, role) in enumerate(((lead, "lead"), (support, "support")), 1):
        if ordinal == 1 or (support != lead and rng.random() < 0.3):
            rows["core.task_parties"].append(
                {"task_id": task, "ordinal": ordinal, "party": party, "raw": party, "role": role}
                | {"role_stated": True, "collective": False, "basis": "header"}
            )
    if rng.random() < 0.5:
        day = date(2018 + index % 7, 1 + int(rng.random() * 12), 1 + int(rng.random() * 28))
        rows["core.task_deadlines"].append(
            {"task_id": task, "ordinal": 1, "kind": "by", "ends_on": day, "raw": f"{day.month}月{day.day}日前"}
            | {"basis": "cell"}
        )
    rows["core.task_evidence"].append(
        {"task_id": task, "ordinal": 1, "kind": "report", "min_count": 1, "unit": "份", "raw": "说明报告1份"}
        | {"is_repeated": False, "basis": "cell"}
    )


def publish(path: Path, notices: int, tasks_of_each: int = 100, first: int = 0) -> None:
    """Add so many notices to the warehouse at `path`, in one publication."""
    topics: Mapping[str, pl.DataFrame] = {TOPICS: topic_rows()}
    store.publish(path, add=frames(first, notices, tasks_of_each), replace=topics)


if __name__ == "__main__":
    start = time.perf_counter()
    made = frames(0, int(sys.argv[2]), int([*sys.argv, "50"][3]))
    print(f"made {made['core.tasks'].height} tasks in {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    store.publish(Path(sys.argv[1]), add=made, replace={TOPICS: topic_rows()})
    print(f"published in {time.perf_counter() - start:.1f} s")
