"""The inbox: what a person has to check, the weightiest first, each settled in place or beside its cell."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request

from warehouse.explorer import queries, queries_editing
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.pages.home import RULE_TITLES
from warehouse.explorer.pages.search import paginate
from warehouse.explorer.rendering import Page, get_parameter

PAGE_SIZE: Final = 30


def inbox(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show the findings to check, of all notices or of one, of all kinds or of one."""
    filters = {name: get_parameter(request, name) for name in ("notice", "rule")}
    matching = session.rows(queries_editing.inbox(filters["notice"], filters["rule"]))
    query = urlencode({name: value for name, value in filters.items() if value})
    address = f"/inbox?{query}" if query else "/inbox"
    page_items, pages = paginate(request, matching, PAGE_SIZE, queries.MAX_FINDINGS, address)
    return Page(
        "inbox.html",
        {
            "rows": page_items,
            "pages": pages,
            "filters": filters,
            "by_notice": _count_by(session, "notice_id"),
            "by_rule": _count_by(session, "rule"),
            "titles": RULE_TITLES,
        },
    )


def _count_by(session: Session, column: str) -> list[tuple[str, int]]:
    """Return the number of findings to check for each value of a column."""
    rows = session.cached(f"inbox {column}", lambda session: session.rows(queries_editing.inbox_counts(column)))
    return [(row["name"], row["findings"]) for row in rows]
