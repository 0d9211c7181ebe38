"""Pages of one notice and of one task."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from starlette.requests import Request

from warehouse.explorer import queries, queries_progress
from warehouse.explorer.access import may_edit
from warehouse.explorer.connections import Session
from warehouse.explorer.editing import Editing
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.pages.search import indicator_paths
from warehouse.explorer.pages.settle_panel import read_notice_panel
from warehouse.explorer.rendering import Handler, NotFoundError, Page, get_parameter, get_path_id

TEN_DAYS: Final = ("上旬", "中旬", "下旬")
MAX_SIMILAR_NOTICES: Final = 8
TEXT_TABLES: Final = ("clauses", "stages", "members", "footnotes", "rules")
"""Tables extracted from the running text."""
MAX_ROWS: Final = 500
"""Maximum rows of a list on the page; the rest can be found by search."""
MAX_SIMILAR_TASKS: Final = 30


def notice_page(editing: Editing | None = None) -> Handler:
    """Return the handler of the page of a notice; an editor corrects there what it says of the notice itself."""

    def show(request: Request, session: Session, lookups: Lookups) -> Page:
        return notice(request, session, lookups, editing if may_edit(request) else None)

    return show


def notice(request: Request, session: Session, lookups: Lookups, editing: Editing | None = None) -> Page:
    """Show metadata, tables, topics, parties, text and findings of a notice."""
    notice_id = get_path_id(request, "notice_id")
    notice_row = session.row(queries.notice(notice_id))
    if notice_row is None:
        raise NotFoundError(f"仓库中没有编号为 {notice_id} 的通知。")
    lists = {name: session.rows(queries.rows_of_notice(f"core.{name}", notice_id)) for name in TEXT_TABLES}
    weights = session.rows(queries.topic_weights([notice_id]))
    units = session.rows(queries.rows_of_notice("core.parties", notice_id, "ordinal"))
    party_load = session.rows(queries.rows_of_notice("mart.responsibility_load", notice_id, "rank, party"))
    indicators = session.rows(queries.rows_of_notice("core.indicators", notice_id))
    audit = session.rows(queries.rows_of_notice("mart.rubric_audit", notice_id, "kind, scope"))
    findings = session.rows(queries.rows_of_notice("core.findings", notice_id, queries.FINDINGS_ORDER))
    locator = get_parameter(request, "at")
    return Page(
        "notice.html",
        {
            "notice": notice_row,
            "label": lookups.label(notice_id),
            "counts": session.row(queries.notice_counts(notice_id)) or {},
            "tables": session.rows(queries.rows_of_notice("core.tables", notice_id)),
            "weights": weights,
            "by_points": any(row["share"] is not None for row in weights),
            "largest": _largest_weight(weights),
            "load": party_load[:MAX_ROWS],
            "spellings": {row["name"]: [form for form in row["printed"] if form != row["name"]] for row in units},
            "heaviest": max((row["share"] or 0 for row in party_load), default=0),
            "concentration": session.row(
                queries.rows_of_notice("mart.responsibility_concentration", notice_id, "notice_id")
            ),
            "indicators": indicators[:MAX_ROWS],
            "indicators_left": max(len(indicators) - MAX_ROWS, 0),
            "outline": {row["indicator_id"]: row for row in indicators},
            "audit": [row for row in audit if row["difference"]],
            "calendar": _calendar(session.rows(queries.rows_of_notice("mart.deadline_calendar", notice_id, "month"))),
            "ten_days": TEN_DAYS,
            **lists,
            "sections": [
                (name, list(rows)) for name, rows in groupby(lists["clauses"], key=lambda row: row["section"])
            ],
            "lit": _find_highlighted(lists, locator),
            "at": locator,
            "findings": findings[:MAX_ROWS],
            "findings_total": len(findings),
            "similar": session.rows(queries.similar_notices(notice_id, MAX_SIMILAR_NOTICES)),
            "changes": session.rows(queries.changes(notice_id)),
            "next": session.row(queries.next_version(notice_id)),
            "panel": None if editing is None else read_notice_panel(session, lookups, editing, notice_id, locator),
        },
    )


def task(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show a task with its parties, deadlines, evidence, thresholds, rules, findings, reports and similar tasks."""
    task_id = get_path_id(request, "task_id")
    task_row = session.row(queries.tasks([task_id]))
    if task_row is None:
        raise NotFoundError(f"仓库中没有编号为 {task_id} 的任务。")
    indicator_id = task_row["indicator_id"]
    statuses = session.rows(queries_progress.party_status(task_id))
    previous_ids = sorted({row["carried_from"] for row in statuses if row["carried_from"]})
    return Page(
        "task.html",
        {
            "task": task_row,
            "label": lookups.label(task_row["notice_id"]),
            "path_above": indicator_paths(session, [indicator_id]).get(indicator_id or "", []),
            "points": session.row(queries.task_points(task_id)) or {"points_each": None},
            "parties": session.rows(queries.rows_of_task("core.task_parties", task_id)),
            "deadlines": session.rows(queries.rows_of_task("core.task_deadlines", task_id)),
            "evidence": session.rows(queries.rows_of_task("core.task_evidence", task_id)),
            "thresholds": session.rows(queries.rows_of_task("core.task_thresholds", task_id)),
            "rules": session.rows(queries.rows_of_task("core.scoring_rules", task_id)),
            "findings": session.rows(queries.task_findings(task_id, task_row["notice_id"])),
            "similar_tasks": session.rows(queries.similar_tasks(task_id, MAX_SIMILAR_TASKS)),
            "versions": session.rows(queries.task_versions(task_id)),
            "statuses": statuses,
            "history": session.rows(queries_progress.history(task_id, previous_ids)),
            "notice": session.row(queries.notice(task_row["notice_id"])) or {},
        },
    )


def _calendar(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Return the tasks due by month and ten-day period."""
    months: dict[str, dict[str, int]] = {}
    for row in rows:
        months.setdefault(row["month"], {})[row["ten_day"]] = row["tasks_due"]
    return months


def _largest_weight(weights: list[dict[str, Any]]) -> float:
    """Return the largest weight, which gives the longest bar."""
    return float(
        max((row["share"] if row["share"] is not None else row["task_share"] or 0 for row in weights), default=0)
    )


def _find_highlighted(lists: Mapping[str, list[dict[str, Any]]], locator: str) -> tuple[str, int] | None:
    """Return table name and ordinal of the text row at a locator."""
    rows = ((name, row) for name in TEXT_TABLES for row in lists[name])
    return next(((name, row["ordinal"]) for name, row in rows if locator and row["locator"] == locator), None)
