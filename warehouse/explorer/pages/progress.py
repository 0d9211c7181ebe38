"""Progress page: reports of units, overdue and soon due tasks, missing materials, rejected rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.requests import Request

from warehouse.clock import today
from warehouse.errors import QueryError
from warehouse.explorer import queries_progress, urls
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import MAX_SUGGESTIONS, Lookups
from warehouse.explorer.pages.questions import split_names
from warehouse.explorer.pages.search import Pagination, paginate
from warehouse.explorer.queries import Query
from warehouse.explorer.queries_progress import ProgressScope
from warehouse.explorer.rendering import CODE_LABELS, Page, get_parameter
from warehouse.own_duties import SEE_FILTER
from warehouse.questions import find_notices

PAGE_SIZE: Final = 50
EVERYTHING: Final = "all"
"""Value of the filter `whose` that leaves nothing out."""
PREVIEW_ROWS: Final = 10
"""Rows per list on the overview."""
STATUS_LABELS: Final[Mapping[str, str]] = {
    name: CODE_LABELS["progress"].get(name, "未填报")
    for name in ("done", "in_progress", "blocked", "not_started", "unreported", "not_applicable")
}
"""Status codes with labels, in the order of the bar."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Definition of a list: title, query, and text shown without rows."""

    title: str
    query: Callable[[ProgressScope, int], Query]
    empty: str


@dataclass(frozen=True, slots=True)
class ListView:
    """Displayed part of a list; `total` counts all rows, at most `MAX_ROWS` if `pages` is set."""

    name: str
    listing: Listing
    rows: Any
    total: int
    address: str
    pages: Pagination | None = None


LISTS: Final[Mapping[str, Listing]] = {
    "parties": Listing("各单位进展", queries_progress.by_party, "没有符合条件的责任单位。"),
    "overdue": Listing("逾期任务", queries_progress.overdue, "没有逾期的任务。"),
    "soon": Listing(
        f"{queries_progress.DUE_SOON_DAYS} 天内到期",
        queries_progress.due_soon,
        f"今后 {queries_progress.DUE_SOON_DAYS} 天内没有到期而未办完的任务。",
    ),
    "gaps": Listing("材料缺口", queries_progress.missing_evidence, "没有缺少的材料。"),
    "issues": Listing("未导入的填报", queries_progress.issues, "最近一次导入的填报全部采用，没有遗留问题。"),
}


def find_caveat(lookups: Lookups, scope: ProgressScope) -> str | None:
    """Return what is doubtful about the notices of a scope; without a choice these are the current ones."""
    current = [notice.notice_id for notice in lookups.notices.values() if notice.is_current]
    return lookups.caveat_of_notices(current if scope.notices is None else scope.notices)


def progress(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show the first rows of all lists, or one page of the list named by the parameter `list`."""
    filters = read_filters(request, lookups)
    list_name, error_message = get_parameter(request, "list"), ""
    totals: Mapping[str, Any] | None = None
    views: list[ListView] = []
    caveat, cut = None, ""
    try:
        scope = build_scope(session, lookups, filters)
    except QueryError as error:
        error_message = str(error)
    else:
        caveat = find_caveat(lookups, scope)
        cut = describe_counted(lookups, scope)
        if list_name in LISTS:
            totals, views = (
                session.row(queries_progress.totals(scope)),
                [_single_list(request, session, scope, list_name, filters)],
            )
        else:
            totals, views = _all_lists(session, scope, filters)
    return Page(
        "progress.html",
        {
            "filters": filters,
            "field": lookups.label(filters["notice"]),
            "one_notice": filters["notice"] in lookups.notices,
            "error": error_message,
            "no_party": queries_progress.NO_PARTY,
            "labels": [notice.label for notice in lookups.notices.values() if notice.is_current][:MAX_SUGGESTIONS],
            "totals": totals or {},
            "states": STATUS_LABELS,
            "caveat": caveat,
            "cut": cut,
            "has_reports": session.row(queries_progress.any_report()) is not None,
            "lists": views,
            "single": list_name in LISTS,
            "downloads": {
                "parties": urls.download("progress", **filters),
                "overdue": urls.download("overdue", **filters),
            },
        },
        400 if error_message else 200,
    )


def describe_counted(lookups: Lookups, scope: ProgressScope) -> str:
    """Return in Chinese which notices are counted, and what is left out."""
    return lookups.scopes.describe(scope.notices, today(), everything=scope.everything, remedy=SEE_FILTER)


def read_filters(request: Request, lookups: Lookups) -> dict[str, str]:
    """Return the filters of the request.

    `notice` is an id or parts of names, `party` a name or a part of one, `whose` is "all" to leave nothing out.
    """
    filters = {name: get_parameter(request, name) for name in ("notice", "party", "whose")}
    if filters["notice"] not in lookups.notices:
        ids = [notice.notice_id for notice in lookups.notices.values() if notice.label == filters["notice"]]
        filters["notice"] = ids[0] if ids else filters["notice"]
    return filters


def build_scope(session: Session, lookups: Lookups, filters: Mapping[str, str]) -> ProgressScope:
    """Return the restriction that the filters express.

    Raises:
        QueryError: A part of a notice name matches nothing.
    """
    is_exact_party = filters["party"] in lookups.known_parties
    scope = ProgressScope(
        party=filters["party"], is_exact_party=is_exact_party, everything=filters["whose"] == EVERYTHING
    )
    notice = filters["notice"]
    if not notice:
        return scope
    if notice in lookups.notices:
        return replace(scope, notices=[notice])
    return replace(scope, notices=session.run(lambda cursor: find_notices(cursor, split_names(notice))))


def _all_lists(
    session: Session, scope: ProgressScope, filters: Mapping[str, str]
) -> tuple[dict[str, Any] | None, list[ListView]]:
    """Return totals and the first rows of all lists; without filters they are cached per day and file."""

    def load(session: Session) -> tuple[dict[str, Any] | None, list[ListView]]:
        views = []
        for name, listing in LISTS.items():
            rows = session.rows(listing.query(scope, PREVIEW_ROWS))
            total = rows[0]["total"] if rows else 0
            views.append(ListView(name, listing, rows, total, urls.progress(**filters, list=name)))
        return session.row(queries_progress.totals(scope)), views

    if scope != ProgressScope():
        return load(session)
    return session.cached(f"progress on {today()}", load)


def _single_list(
    request: Request, session: Session, scope: ProgressScope, name: str, filters: Mapping[str, str]
) -> ListView:
    listing, address = LISTS[name], urls.progress(**filters, list=name)
    all_rows = session.rows(listing.query(scope, queries_progress.MAX_ROWS + 1))
    rows, pages = paginate(request, all_rows, PAGE_SIZE, queries_progress.MAX_ROWS, address)
    return ListView(name, listing, rows, pages.total, address, pages)
