"""The summary of one notice."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from starlette.requests import Request

from warehouse.explorer import queries_notice as ask
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Catalog
from warehouse.explorer.rendering import NotFoundError, Page, parameter, path_id

TEN_DAYS: Final = ("上旬", "中旬", "下旬")
SIMILAR: Final = 8
TEXT: Final = ("clauses", "stages", "members", "footnotes")
"""Tables read from the running text."""
MOST: Final = 500
"""Rows of one list that the page shows; a notice with more is a rarity, and search finds the rest."""


def notice(request: Request, session: Session, known: Catalog) -> Page:
    """Identity, tables, themes, parties, text and findings of one notice."""
    notice_id = path_id(request, "notice_id")
    found = session.row(ask.notice(notice_id))
    if found is None:
        raise NotFoundError(f"仓库中没有编号为 {notice_id} 的通知。")
    lists = {name: session.rows(ask.of_notice(f"core.{name}", notice_id)) for name in TEXT}
    weights = session.rows(ask.topic_weights([notice_id]))
    load = session.rows(ask.of_notice("mart.responsibility_load", notice_id, "rank, party"))
    indicators = session.rows(ask.of_notice("core.indicators", notice_id))
    audit = session.rows(ask.of_notice("mart.rubric_audit", notice_id, "kind, scope"))
    findings = session.rows(ask.of_notice("core.findings", notice_id, ask.HEAVIEST_FIRST))
    at = parameter(request, "at")
    return Page(
        "notice.html",
        {
            "notice": found,
            "label": known.label(notice_id),
            "counts": session.row(ask.notice_counts(notice_id)) or {},
            "tables": session.rows(ask.of_notice("core.tables", notice_id)),
            "weights": weights,
            "by_points": any(row["share"] is not None for row in weights),
            "largest": _largest(weights),
            "load": load[:MOST],
            "heaviest": max((row["share"] or 0 for row in load), default=0),
            "concentration": session.row(ask.of_notice("mart.responsibility_concentration", notice_id, "notice_id")),
            "indicators": indicators[:MOST],
            "indicators_left": max(len(indicators) - MOST, 0),
            "outline": {row["indicator_id"]: row for row in indicators},
            "audit": [row for row in audit if row["difference"]],
            "calendar": _calendar(session.rows(ask.of_notice("mart.deadline_calendar", notice_id, "month"))),
            "ten_days": TEN_DAYS,
            **lists,
            "sections": [
                (name, list(rows)) for name, rows in groupby(lists["clauses"], key=lambda row: row["section"])
            ],
            "lit": _lit(lists, at),
            "at": at,
            "findings": findings[:MOST],
            "findings_total": len(findings),
            "similar": session.rows(ask.most_similar(notice_id, SIMILAR)),
            "changes": session.rows(ask.changes(notice_id)),
            "next": session.row(ask.next_edition(notice_id)),
        },
    )


def _calendar(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Tasks due by month and ten-day period."""
    months: dict[str, dict[str, int]] = {}
    for row in rows:
        months.setdefault(row["month"], {})[row["ten_day"]] = row["tasks_due"]
    return months


def _largest(weights: list[dict[str, Any]]) -> float:
    """The longest bar."""
    return float(
        max((row["share"] if row["share"] is not None else row["task_share"] or 0 for row in weights), default=0)
    )


def _lit(lists: Mapping[str, list[dict[str, Any]]], at: str) -> tuple[str, int] | None:
    """Name and ordinal of the row of running text at a place."""
    rows = ((name, row) for name in TEXT for row in lists[name])
    return next(((name, row["ordinal"]) for name, row in rows if at and row["locator"] == at), None)
