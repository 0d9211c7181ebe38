"""Start page, search over tasks and indicators, list of notices, list of findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request

from schemas.core_files import NOTICE_SCOPES
from warehouse.explorer import queries
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.pages.home import RULE_TITLES, read_today
from warehouse.explorer.pages.similar_tasks import SimilarTasks, find_similar_tasks
from warehouse.explorer.rendering import CODE_LABELS, Page, code_label, get_parameter
from warehouse.explorer.search_params import (
    BONUS_LABELS,
    FILTER_LABELS,
    TASK_FILTERS,
    SearchFilter,
    parse_number,
    split_words,
)

PAGE_SIZE: Final = 30
NOTICES_PAGE_SIZE: Final = 50
MAX_NOTICE_LINKS: Final = 12
"""Maximum number of notices linked beside the hits."""
KINDS: Final = ("tasks", "indicators")
FINDINGS_PAGE_SIZE: Final = 50
FINDING_STATES: Final = {"open": "尚待处理", "settled": "已说明", "all": "全部"}


@dataclass(frozen=True, slots=True)
class Pagination:
    """Displayed page of a list."""

    number: int
    size: int
    total: int
    capped: bool
    address: str

    @property
    def last(self) -> int:
        """Number of the last page, at least 1."""
        return max(-(-self.total // self.size), 1)

    def page_address(self, page: int) -> str:
        """Return the address of another page."""
        return f"{self.address}{'&' if '?' in self.address else '?'}page={page}"


def paginate(
    request: Request, items: Sequence[Any], size: int, cap: int, address: str
) -> tuple[Sequence[Any], Pagination]:
    """Return the items of the requested page; at most `cap` items are counted and listed."""
    total = min(len(items), cap)
    last = max(-(-total // size), 1)
    page = parse_number(request.query_params.get("page"), default=1, minimum=1, maximum=last)
    page_items = items[(page - 1) * size : min(page * size, total)]
    return page_items, Pagination(page, size, total, len(items) > cap, address)


def search(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show the hits of words and filters; without any, the overview."""
    search_filter = SearchFilter.from_parameters(request.query_params)
    kind = get_parameter(request, "kind")
    kind = kind if kind in KINDS else "tasks"
    choices = {"search_filter": search_filter, "bonus": BONUS_LABELS, "kind": kind, "labels": FILTER_LABELS}
    if not search_filter:
        first = [label for label in lookups.notices.values() if label.is_current][:NOTICES_PAGE_SIZE]
        lists = {"today": read_today(session, lookups), "rule_titles": RULE_TITLES}
        return Page("start.html", {**choices, "notices": first, **lists})
    hits_by_kind = {
        "tasks": find_tasks(session, lookups, search_filter),
        "indicators": find_indicators(session, lookups, search_filter),
    }
    hits = hits_by_kind[kind] or []
    address = f"/?{search_filter.query_string(kind=kind)}"
    page_items, pages = paginate(request, hits, PAGE_SIZE, queries.MAX_HITS, address)
    key = f"{kind[:-1]}_id"
    ids = [hit[key] for hit in page_items]
    rows = load_tasks(session, ids) if kind == "tasks" else load_indicators(session, ids)
    similar = SimilarTasks({}, [])
    if kind == "tasks" and pages.number == 1 and not pages.capped:
        similar = find_similar_tasks(session, lookups, search_filter, hits)
    nearest = Counter(hit["notice_id"] for hit in hits[: queries.MAX_HITS]).most_common(MAX_NOTICE_LINKS)
    return Page(
        "search.html",
        {
            **choices,
            "chips": list(_active_filters(search_filter, lookups, session)),
            "counts": {
                name: None if kind_hits is None else min(len(kind_hits), queries.MAX_HITS)
                for name, kind_hits in hits_by_kind.items()
            },
            "capped": {
                name: kind_hits is not None and len(kind_hits) > queries.MAX_HITS
                for name, kind_hits in hits_by_kind.items()
            },
            "rows": rows,
            "groups": _group_by_notice(rows, {hit[key] for hit in page_items if hit["elsewhere"]}, key),
            "pages": pages,
            "similar": load_tasks(session, list(similar.words)),
            "similar_words": similar.words,
            "proposed": similar.proposed,
            "near": [
                (lookups.label(notice_id), count, f"/?{search_filter.query_string(kind=kind, notice=notice_id)}")
                for notice_id, count in nearest
            ],
            "download": f"/download?what={kind}&{search_filter.query_string()}",
        },
    )


def notices(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show the matching notices, with checkboxes to compare some."""
    q, place, unit = get_parameter(request, "q"), get_parameter(request, "place"), get_parameter(request, "unit")
    editions = get_parameter(request, "editions")
    kind = {name: get_parameter(request, name) for name in ("campaign", "level", "scope")}
    words = split_words(q)
    matching = [
        notice
        for notice in lookups.notices.values()
        if (editions == "all" or notice.is_current)
        and place in notice.place
        and unit in (notice.unit or "")
        and kind["campaign"] in ("", notice.campaign)
        and kind["level"] in ("", notice.award_level)
        and kind["scope"] in ("", lookups.scopes.notices[notice.notice_id].scope)
        and all(word in f"{notice.label} {notice.title or ''} {notice.place} {notice.campaign or ''}" for word in words)
    ]
    filters = {"q": q, "place": place, "unit": unit, "editions": editions, **kind}
    address = f"/notices?{urlencode({name: value for name, value in filters.items() if value})}"
    page_items, pages = paginate(request, matching, NOTICES_PAGE_SIZE, len(matching), address)
    return Page("notices.html", {"filters": filters, "notices": page_items, "pages": pages, "scopes": NOTICE_SCOPES})


def find_tasks(session: Session, lookups: Lookups, search_filter: SearchFilter) -> list[dict[str, Any]]:
    """Return the ids of the matching tasks."""
    query = queries.task_hits(
        search_filter,
        is_exact_unit=search_filter.unit in lookups.known_units,
        is_exact_party=search_filter.department in lookups.known_parties,
    )
    return session.rows(query)


def find_indicators(session: Session, lookups: Lookups, search_filter: SearchFilter) -> list[dict[str, Any]] | None:
    """Return the ids of the matching indicators; None if a filter applies to tasks only."""
    if any(getattr(search_filter, name) for name in TASK_FILTERS):
        return None
    return session.rows(queries.indicator_hits(search_filter, is_exact_unit=search_filter.unit in lookups.known_units))


def load_tasks(session: Session, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the tasks in the order of `ids`, each with `path`, its indicators from the outermost."""
    if not ids:
        return []
    by_id = {row["task_id"]: row for row in session.rows(queries.tasks(ids))}
    rows = [by_id[item_id] for item_id in ids if item_id in by_id]
    paths = indicator_paths(session, (row["indicator_id"] for row in rows))
    return [row | {"path": paths.get(row["indicator_id"] or "", [])} for row in rows]


def load_indicators(session: Session, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the indicators in the order of `ids`, each with `path`, its ancestors, and the number of its tasks."""
    if not ids:
        return []
    by_id = {row["indicator_id"]: row for row in session.rows(queries.indicators(ids))}
    paths = indicator_paths(session, ids)
    return [by_id[item_id] | {"path": paths.get(item_id, [])[:-1]} for item_id in ids if item_id in by_id]


def indicator_paths(session: Session, indicator_ids: Iterable[str | None]) -> dict[str, list[dict[str, Any]]]:
    """Return the path of each indicator, from the outermost down to itself."""
    wanted_ids = {indicator_id for indicator_id in indicator_ids if indicator_id}
    by_id: dict[str, dict[str, Any]] = {}
    missing = wanted_ids
    while missing:
        rows = session.rows(queries.indicator_steps(sorted(missing)))
        by_id |= {row["indicator_id"]: row for row in rows}
        missing = {row["parent_id"] for row in rows if row["parent_id"]} - by_id.keys()
    return {indicator_id: _indicator_path(indicator_id, by_id) for indicator_id in wanted_ids if indicator_id in by_id}


def findings(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show the matching findings, most severe first."""
    filters = read_finding_filters(request)
    matching = find_findings(session, filters)
    address = "/findings?" + urlencode({name: value for name, value in filters.items() if value})
    page_items, pages = paginate(request, matching, FINDINGS_PAGE_SIZE, queries.MAX_FINDINGS, address)
    rules = session.cached("rules", lambda session: session.rows(queries.finding_rules()))
    return Page(
        "findings.html",
        {
            "filters": filters,
            "rows": page_items,
            "pages": pages,
            "severities": CODE_LABELS["severity"],
            "states": FINDING_STATES,
            "rules": list(dict.fromkeys(row["rule"] for row in rules)),
            "download": "/download?what=findings&" + urlencode(filters),
        },
    )


def read_finding_filters(request: Request) -> dict[str, str]:
    """Return the filters of the request."""
    filters = {name: get_parameter(request, name) for name in ("q", "severity", "rule", "notice", "state")}
    filters["severity"] = filters["severity"] if filters["severity"] in CODE_LABELS["severity"] else ""
    filters["state"] = filters["state"] if filters["state"] in FINDING_STATES else "open"
    return filters


def find_findings(session: Session, filters: dict[str, str]) -> list[dict[str, Any]]:
    """Return the findings that match the filters."""
    query = queries.findings(
        severity=filters["severity"],
        rule=filters["rule"],
        notice=filters["notice"],
        state=filters["state"],
        words=split_words(filters["q"]),
    )
    return session.rows(query)


def _indicator_path(indicator_id: str, by_id: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    path: list[dict[str, Any]] = []
    step = by_id.get(indicator_id)
    while step is not None and step not in path:
        path.append(step)
        step = by_id.get(step["parent_id"] or "")
    return path[::-1]


def _group_by_notice(
    rows: Sequence[dict[str, Any]], elsewhere: set[str], key: str
) -> list[tuple[bool, str, list[Any]]]:
    """Group adjacent rows of the same notice, separating hits `elsewhere`."""
    grouped = groupby(rows, key=lambda row: (row[key] in elsewhere, row["notice_id"]))
    return [(rank, notice_id, list(group)) for (rank, notice_id), group in grouped]


def _active_filters(search_filter: SearchFilter, lookups: Lookups, session: Session) -> Iterable[tuple[str, str, str]]:
    """Yield label and value of each active filter, and the address without it."""
    for name, value in search_filter.items():
        if name != "q":
            yield (
                FILTER_LABELS[name],
                _filter_text(name, value, lookups, session),
                f"/?{search_filter.query_string(**{name: ''})}",
            )


def _filter_text(name: str, value: str, lookups: Lookups, session: Session) -> str:
    """Return the value of a filter as Chinese text."""
    if name == "indicator":
        path = indicator_paths(session, [value]).get(value, [])
        return str(path[-1]["name"]) if path else value
    if name == "evidence":
        return code_label(value, "evidence")
    texts = {
        "theme": lookups.topic(value),
        "notice": lookups.label(value),
        "bonus": BONUS_LABELS.get(value, value),
        "editions": "包括旧版",
    }
    return texts.get(name, value)
