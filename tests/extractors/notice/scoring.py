"""How far an extraction agrees with what people read: field F1 over the tasks of a notice, topics aside."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extractors.records import Extraction, IndicatorRow

FIELDS = (
    "requirement",
    "criteria",
    "names",
    "codes",
    "heading_points",
    "label",
    "points",
    "points_rows",
    "inline",
    "evidence",
    "methods",
    "deadline",
    "parties",
    "lead",
    "leader",
    "persons",
    "bonus",
)


def plain(text: str | None) -> str:
    """For comparing: NFKC without blanks, one kind of dash and quotation mark."""
    compact = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text or ""))
    return re.sub(r"[“”]", '"', re.sub(r"[‘’]", "'", compact.replace("—", "-")))


def number(value: Any) -> float | None:
    return None if value is None else round(float(value), 4)


def fields_of(**values: Any) -> dict[str, Any]:
    """Return the comparable fields of a task by name."""
    return values


def expected(task: dict[str, Any]) -> dict[str, Any]:
    """The comparable fields of one line of tasks.jsonl."""
    path, parties = task["path"], task["parties"] or []
    return fields_of(
        requirement=plain(task["requirement"]),
        criteria=plain(task["criteria"]),
        names=[plain(p["name"]) for p in path],
        codes=[plain(p["code"]) for p in path],
        heading_points=[number(p["points"]) for p in path],
        label=plain(task["label"]).strip(".、,:"),
        points=number(task["points"]),
        points_rows=task["points_rows"] or 1,
        inline=[number(x) for x in task["inline_points"]],
        evidence=plain(task["evidence"]),
        methods=sorted(map(plain, task["methods"] or [])),
        deadline=plain(task["deadline"]).rstrip("。.;"),
        parties=sorted(plain(p["name"]) for p in parties),
        lead=next((plain(p["name"]) for p in parties if p["role"] == "lead"), ""),
        leader=plain(task["leader"]),
        persons=[plain(p) for p in task["persons"] or []],
        bonus=bool(task["bonus"]),
    )


def extracted(found: Extraction) -> list[dict[str, Any]]:
    """The comparable fields of every task of an extraction, in order."""
    nodes = {i.indicator_id: i for i in found.indicators}
    out = []
    for task in found.tasks:
        path: list[IndicatorRow] = []
        at = task.indicator_id
        while at in nodes:
            path.insert(0, nodes[at])
            at = nodes[at].parent_id
        parties = [p for p in found.task_parties if p.task_id == task.task_id]
        out.append(
            fields_of(
                requirement=plain(task.requirement),
                criteria=plain(task.criteria),
                names=[plain(p.name) for p in path],
                codes=[plain(p.code) for p in path],
                heading_points=[number(p.points) for p in path],
                label=plain(task.label).strip(".、,:"),
                points=number(task.points),
                points_rows=task.points_rows,
                inline=[number(x) for x in task.inline_points],
                evidence=plain(task.evidence),
                methods=sorted(map(plain, task.methods)),
                deadline=plain(task.deadline).rstrip("。.;"),
                parties=sorted(plain(p.party) for p in parties),
                lead=next((plain(p.party) for p in parties if p.role == "lead"), ""),
                leader=plain(task.leader),
                persons=[plain(p) for p in task.persons],
                bonus=task.bonus,
            )
        )
    return out


def _nothing(value: Any, field: str) -> bool:
    """Nothing said neither earns nor costs."""
    if isinstance(value, list):
        return not any(x not in (None, "") for x in value)
    return value in (None, "", False) or (field == "points_rows" and value == 1)


def _pairs(wanted: list[dict[str, Any]], got: list[dict[str, Any]]) -> dict[int, int]:
    pairs: dict[int, int] = {}
    for i, task in enumerate(wanted):
        same = (
            j for j, g in enumerate(got) if j not in pairs.values() and g["requirement"] == task["requirement"] != ""
        )
        if (j := next(same, None)) is not None:
            pairs[i] = j
    for i, task in enumerate(wanted):
        if i in pairs:
            continue
        rest = [j for j in range(len(got)) if j not in pairs.values()]
        ratio = {
            j: difflib.SequenceMatcher(None, task["requirement"], got[j]["requirement"], autojunk=False).ratio()
            for j in rest
        }
        best = max(ratio, key=lambda j: ratio[j], default=None)
        if best is not None and ratio[best] > 0.55:
            pairs[i] = best
    return pairs


_SAID_AS = {"names": "path", "codes": "path", "heading_points": "path", "lead": "parties", "inline": "inline_points"}


def _unsure(folder: Path) -> dict[tuple[int, int], set[str]]:
    """(table, row) → fields that two people may read differently."""
    out: dict[tuple[int, int], set[str]] = {}
    for entry in json.loads((folder / "facts.json").read_text("utf-8")).get("ambiguous", []):
        if isinstance(entry, dict) and entry.get("row") is not None:
            fields = re.split(r"[/, ]+", str(entry.get("field", "")))
            out.setdefault((entry.get("table", 1), entry["row"]), set()).update(fields)
    return out


def f1(found: Extraction, folder: Path) -> float:
    """Field F1 of an extraction against the gold folder.

    Fields that people could not read, or may read differently, earn where they agree and cost nothing where not.
    """
    doubtful = _unsure(folder)
    tasks = [json.loads(line) for line in (folder / "tasks.jsonl").read_text("utf-8").splitlines()]
    wanted, got = [expected(t) for t in tasks], extracted(found)
    open_fields = {
        i: {
            *(task.get("unreadable") or ()),
            *(task.get("partly_unreadable") or ()),
            *doubtful.get((task["table"], task["row"]), ()),
        }
        for i, task in enumerate(tasks)
    }
    return compare(wanted, got, open_fields)[0]


def compare(
    wanted: list[dict[str, Any]], got: list[dict[str, Any]], open_fields: Mapping[int, set[str]] | None = None
) -> tuple[float, dict[int, int]]:
    """Compare tasks field by field.

    Args:
        wanted: the true tasks.
        got: the tasks that were read.
        open_fields: index of a true task to the fields that cost nothing where they differ.

    Returns:
        The field F1, and the index of the task read for each true task that has one.
    """
    pairs = _pairs(wanted, got)
    score: Counter[str] = Counter()
    for i, task in enumerate(wanted):
        mine = got[pairs[i]] if i in pairs else None
        free = (open_fields or {}).get(i, set())
        for field in FIELDS:
            right, values = task[field], mine[field] if mine else None
            same = mine is not None and (right == values or (_nothing(right, field) and _nothing(values, field)))
            if same:
                score["right"] += not _nothing(right, field)
            elif _SAID_AS.get(field, field) not in free:
                score["extra"] += not _nothing(values, field)
                score["missed"] += not _nothing(right, field)
    score["extra"] += 6 * (len(got) - len(pairs))
    return 2 * score["right"] / max(2 * score["right"] + score["extra"] + score["missed"], 1), pairs
