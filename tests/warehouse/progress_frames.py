"""Made-up notices whose tasks have due days and wanted materials, and reports on them, as frames."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

import schemas
from tests.schemas.samples import notice

Rows = dict[str, list[dict[str, Any]]]
MADE = ("core.files", "core.notices", "core.tables", "core.indicators", "core.tasks", "core.task_parties")
HELD = (*MADE, "core.parties", "core.task_deadlines", "core.task_evidence")


@dataclass(frozen=True, slots=True)
class Duty:
    """A task. `days` are its due days, `parties` are (name, role), `wants` are (kind, least number, choice)."""

    text: str
    parties: Sequence[tuple[str, str]] = (("甲科", "lead"),)
    days: Sequence[date] = ()
    wants: Sequence[tuple[str, int | None, str | None]] = ()
    deadline: str | None = None
    recurrence: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report by `party` (None: of the whole list) in the import of day `at` of January 2026."""

    task: str
    party: str | None
    status: str
    at: int = 1
    done_on: date | None = None
    wording: str | None = None
    note: str | None = None
    materials: Sequence[tuple[str, int]] = field(default=())


def notice_rows(
    number: int, duties: Sequence[Duty], *, year: int = 2023, issuer: str | None = "某市文明办", **columns: Any
) -> Rows:
    """The rows of notice `number`; its tasks are notice-N-k1, notice-N-k2, …; `columns` are further ones of it."""
    made = notice(number)
    rows: Rows = {name: [] for name in HELD} | {name: made[name] for name in MADE[:4]}
    name = f"notice-{number}"
    values: dict[str, Any] = {"year": year, "issued_on": date(year, 3, 1), "issuer": issuer}
    rows["core.notices"] = [made["core.notices"][0] | values | columns]
    for k, duty in enumerate(duties, 1):
        task = f"{name}-k{k}"
        values = {"task_id": task, "ordinal": k, "row": k, "requirement": duty.text, "deadline": duty.deadline}
        rows["core.tasks"].append(made["core.tasks"][0] | values)
        for place, (party, role) in enumerate(duty.parties, 1):
            values = {
                "party": party,
                "raw": party,
                "role": role,
                "scope": None,
                "role_stated": True,
                "collective": False,
                "basis": "header",
            }
            rows["core.task_parties"].append({"task_id": task, "ordinal": place} | values)
        for place, day in enumerate(duty.days, 1):
            due = {"kind": "by", "starts_on": None, "ends_on": day, "recurrence": None, "anchor": None, "raw": "底前"}
            due["basis"] = "cell"
            rows["core.task_deadlines"].append({"task_id": task, "ordinal": place} | due)
        if duty.recurrence is not None:
            due = {"kind": "recurring", "recurrence": duty.recurrence, "anchor": None, "raw": "每季度"}
            due |= {"starts_on": None, "ends_on": None, "basis": "cell"}
            rows["core.task_deadlines"].append({"task_id": task, "ordinal": 1} | due)
        for place, (kind, count, choice) in enumerate(duty.wants, 1):
            want = {
                "kind": kind,
                "min_count": count,
                "unit": "份",
                "min_words": None,
                "points": None,
                "raw": f"{kind}{place}",
                "is_repeated": False,
                "format": None,
                "basis": "cell",
            }
            rows["core.task_evidence"].append({"task_id": task, "ordinal": place, "choice": choice} | want)
    return rows


def frames(*notices: Rows) -> dict[str, pl.DataFrame]:
    """The tables of `core` of these notices."""
    return {name: schemas.frame(name, [row for rows in notices for row in rows[name]]) for name in HELD}


def wording(text: str) -> str:
    """The digest of a requirement that a report carries."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:12]


def reports(given: Sequence[Report], *notices: Rows) -> dict[str, pl.DataFrame]:
    """`ops.progress` and its materials; a report without a wording was made on the task as it stands in `notices`."""
    texts = {row["task_id"]: row["requirement"] for rows in notices for row in rows["core.tasks"]}
    progress, materials = [], []
    for line, one in enumerate(given, 1):
        moment = datetime(2026, 1, one.at, 9)
        place = {"import_id": f"{moment:%Y%m%dT%H%M%S%f}Z", "line": line}
        values = {
            "task_id": one.task,
            "party": one.party,
            "status": one.status,
            "done_on": one.done_on,
            "note": one.note,
        }
        values |= {"wording": wording(one.wording or texts[one.task]), "requirement": one.wording or texts[one.task]}
        values |= {"evidence_on_hand": "、".join(f"{kind}{items}份" for kind, items in one.materials) or None}
        where = {"file": f"{one.party or '全部'}.xlsx", "sheet": "任务清单", "row": 4 + line, "sha256": "ab" * 32}
        progress.append(place | values | where | {"imported_at": moment})
        for ordinal, (kind, items) in enumerate(one.materials, 1):
            materials.append(place | {"ordinal": ordinal, "kind": kind, "items": items, "raw": f"{kind}{items}份"})
    return {
        "ops.progress": schemas.frame("ops.progress", progress),
        "ops.progress_materials": schemas.frame("ops.progress_materials", materials),
    }
