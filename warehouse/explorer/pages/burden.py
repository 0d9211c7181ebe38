"""Page on the burden of the grassroots: what may be dropped, by rule and by unit, with every hit and its cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request

from warehouse.errors import QueryError
from warehouse.explorer import queries_burden, urls
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import MAX_SUGGESTIONS, Lookups
from warehouse.explorer.pages.progress import build_scope, find_caveat, read_filters
from warehouse.explorer.pages.search import paginate
from warehouse.explorer.queries_progress import NO_PARTY
from warehouse.explorer.rendering import Page, get_parameter

PAGE_SIZE: Final = 50
MAX_PARTIES: Final = 30
"""Units listed, those with most hits."""


def burden(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show the sums by rule and by unit, and the hits page by page; `rule` restricts the hits to one rule."""
    filters = read_filters(request, lookups) | {"rule": get_parameter(request, "rule")}
    rules: Sequence[dict[str, Any]] = []
    parties: Sequence[dict[str, Any]] = []
    found: Sequence[dict[str, Any]] = []
    error_message = ""
    caveat = None
    try:
        scope = build_scope(session, lookups, filters)
    except QueryError as error:
        error_message = str(error)
    else:
        rules = session.rows(queries_burden.by_rule(scope))
        if filters["rule"] not in {row["rule"] for row in rules}:
            filters["rule"] = ""
        parties = session.rows(queries_burden.by_party(scope, MAX_PARTIES))
        found = session.rows(queries_burden.hits(scope, filters["rule"], queries_burden.MAX_ROWS + 1))
        caveat = find_caveat(lookups, scope)
    rows, pages = paginate(request, found, PAGE_SIZE, queries_burden.MAX_ROWS, urls.burden(**filters))
    return Page(
        "burden.html",
        {
            "filters": filters,
            "field": lookups.label(filters["notice"]),
            "one_notice": filters["notice"] in lookups.notices,
            "error": error_message,
            "no_party": NO_PARTY,
            "labels": [notice.label for notice in lookups.notices.values() if notice.is_current][:MAX_SUGGESTIONS],
            "rules": rules,
            "parties": parties,
            "max_parties": MAX_PARTIES,
            "rows": rows,
            "pages": pages,
            "caveat": caveat,
            "download": urls.download("burden", **filters),
        },
        400 if error_message else 200,
    )
