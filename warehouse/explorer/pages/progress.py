"""How the tasks stand: what units reported, what is overdue, due soon or missing, and what an import did not take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from starlette.requests import Request

from warehouse.errors import QueryError
from warehouse.explorer import queries_progress as ask
from warehouse.explorer import urls
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import SUGGESTED, Catalog
from warehouse.explorer.pages.questions import names
from warehouse.explorer.pages.search import Pages, part
from warehouse.explorer.queries import Query
from warehouse.explorer.queries_progress import Scope
from warehouse.explorer.rendering import Page, parameter
from warehouse.explorer.template_filters import CODES
from warehouse.questions import find_notices

SIZE: Final = 50
FEW: Final = 10
"""Rows of each list on the page that shows them all."""
STATES: Final[Mapping[str, str]] = {
    name: CODES["progress"].get(name, "未填报")
    for name in ("done", "in_progress", "blocked", "not_started", "unreported", "not_applicable")
}
"""What a task counts as, in the order of the bar."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the page: its title, its rows, and what no rows mean."""

    title: str
    query: Callable[[Scope, int], Query]
    empty: str


LISTS: Final[Mapping[str, Listing]] = {
    "parties": Listing("各单位进展", ask.by_party, "没有符合条件的责任单位。"),
    "overdue": Listing("逾期任务", ask.overdue, "没有逾期的任务。"),
    "soon": Listing(f"{ask.SOON} 天内到期", ask.due_soon, f"今后 {ask.SOON} 天内没有到期而未办完的任务。"),
    "gaps": Listing("材料缺口", ask.gaps, "没有缺少的材料。"),
    "issues": Listing("未导入的填报", ask.issues, "最近一次导入的填报全部采用，没有遗留问题。"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of a list that is drawn. `total` counts all rows, at most `ask.CAP` where `pages` is given."""

    name: str
    listing: Listing
    rows: Any
    total: int
    address: str
    pages: Pages | None = None


def progress(request: Request, session: Session, known: Catalog) -> Page:
    """All lists with their first rows, or the one that `list` names page by page."""
    given = read(request, known)
    chosen, wrong = parameter(request, "list"), ""
    totals: Mapping[str, Any] | None = None
    shown: list[Shown] = []
    try:
        limits = scope(session, known, given)
    except QueryError as error:
        wrong = str(error)
    else:
        if chosen in LISTS:
            totals, shown = session.row(ask.totals(limits)), [_whole(request, session, limits, chosen, given)]
        else:
            totals, shown = _overview(session, limits, given)
    return Page(
        "progress.html",
        {
            "given": given,
            "field": known.label(given["notice"]),
            "one_notice": given["notice"] in known.notices,
            "wrong": wrong,
            "nobody": ask.NOBODY,
            "labels": [one.label for one in known.notices.values() if one.is_current][:SUGGESTED],
            "totals": totals or {},
            "states": STATES,
            "begun": session.row(ask.begun()) is not None,
            "lists": shown,
            "single": chosen in LISTS,
            "downloads": {
                "parties": urls.download("progress", **given),
                "overdue": urls.download("overdue", **given),
            },
        },
        400 if wrong else 200,
    )


def read(request: Request, known: Catalog) -> dict[str, str]:
    """The filters of the request: `notice` an id or parts of names, `party` a name or a part of one."""
    given = {name: parameter(request, name) for name in ("notice", "party")}
    if given["notice"] not in known.notices:
        whole = [one.notice_id for one in known.notices.values() if one.label == given["notice"]]
        given["notice"] = whole[0] if whole else given["notice"]
    return given


def scope(session: Session, known: Catalog, given: Mapping[str, str]) -> Scope:
    """What these filters mean. Raises QueryError for a notice that there is not."""
    wanted = Scope(party=given["party"], known=given["party"] in known.known_parties)
    notice = given["notice"]
    if not notice:
        return wanted
    if notice in known.notices:
        return replace(wanted, notices=[notice])
    return replace(wanted, notices=session.use(lambda cursor: find_notices(cursor, names(notice))))


def _overview(session: Session, limits: Scope, given: Mapping[str, str]) -> tuple[dict[str, Any] | None, list[Shown]]:
    """The totals and the first rows of every list; those of all notices are looked up once a day and file."""

    def look(session: Session) -> tuple[dict[str, Any] | None, list[Shown]]:
        found = []
        for name, listing in LISTS.items():
            rows = session.rows(listing.query(limits, FEW))
            total = rows[0]["total"] if rows else 0
            found.append(Shown(name, listing, rows, total, urls.progress(**given, list=name)))
        return session.row(ask.totals(limits)), found

    if limits != Scope():
        return look(session)
    return session.once(f"progress on {date.today()}", look)


def _whole(request: Request, session: Session, limits: Scope, name: str, given: Mapping[str, str]) -> Shown:
    listing, address = LISTS[name], urls.progress(**given, list=name)
    found = session.rows(listing.query(limits, ask.CAP + 1))
    rows, pages = part(request, found, SIZE, ask.CAP, address)
    return Shown(name, listing, rows, pages.total, address, pages)
