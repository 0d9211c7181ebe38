"""The inbox: what a person has to check, the weightiest first, each settled in place or beside its cell."""

from __future__ import annotations

from collections import Counter
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request

from extractors.records import Rule
from warehouse.explorer import queries_editing
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.pages.search import paginate
from warehouse.explorer.rendering import Page, get_parameter

PAGE_SIZE: Final = 30
MAX_ITEMS: Final = 100_000
RULE_TITLES: Final = {rule.value: rule.title_zh for rule in Rule}
"""Id of a rule -> its title; rules of the warehouse itself have none."""


def inbox(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show the findings to check, of all notices or of one, of all kinds or of one."""
    everything = session.cached("inbox", lambda session: session.rows(queries_editing.inbox()))
    filters = {name: get_parameter(request, name) for name in ("notice", "rule")}
    matching = [
        row
        for row in everything
        if filters["notice"] in ("", row["notice_id"]) and filters["rule"] in ("", row["rule"])
    ]
    query = urlencode({name: value for name, value in filters.items() if value})
    address = f"/inbox?{query}" if query else "/inbox"
    page_items, pages = paginate(request, matching, PAGE_SIZE, MAX_ITEMS, address)
    return Page(
        "inbox.html",
        {
            "rows": page_items,
            "pages": pages,
            "total": len(everything),
            "filters": filters,
            "by_notice": Counter(row["notice_id"] for row in everything if row["notice_id"]).most_common(),
            "by_rule": Counter(row["rule"] for row in everything).most_common(),
            "titles": RULE_TITLES,
        },
    )
