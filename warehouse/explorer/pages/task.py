"""One task: all its fields, each with the cell it was read from, and what other notices ask in its place."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from warehouse.explorer import queries, queries_progress
from warehouse.explorer import queries_notice as ask
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Catalog
from warehouse.explorer.pages.search import paths
from warehouse.explorer.rendering import NotFoundError, Page, path_id

COUNTERPARTS: Final = 30


def task(request: Request, session: Session, known: Catalog) -> Page:
    """One task with its parties, deadlines, evidence, thresholds, rules, findings and counterparts."""
    task_id = path_id(request, "task_id")
    found = session.row(queries.tasks([task_id]))
    if found is None:
        raise NotFoundError(f"仓库中没有编号为 {task_id} 的任务。")
    indicator_id = found["indicator_id"]
    stands = session.rows(queries_progress.stands(task_id))
    former = sorted({row["carried_from"] for row in stands if row["carried_from"]})
    return Page(
        "task.html",
        {
            "task": found,
            "label": known.label(found["notice_id"]),
            "path_above": paths(session, [indicator_id]).get(indicator_id or "", []),
            "points": session.row(ask.task_points(task_id)) or {"points_each": None},
            "parties": session.rows(ask.of_task("core.task_parties", task_id)),
            "deadlines": session.rows(ask.of_task("core.task_deadlines", task_id)),
            "evidence": session.rows(ask.of_task("core.task_evidence", task_id)),
            "thresholds": session.rows(ask.of_task("core.task_thresholds", task_id)),
            "rules": session.rows(ask.of_task("core.scoring_rules", task_id)),
            "findings": session.rows(ask.task_findings(task_id, found["notice_id"])),
            "counterparts": session.rows(ask.counterparts(task_id, COUNTERPARTS)),
            "editions": session.rows(ask.editions_of_task(task_id)),
            "stands": stands,
            "history": session.rows(queries_progress.history(task_id, former)),
            "notice": session.row(ask.notice(found["notice_id"])) or {},
        },
    )
