"""The start page and the search over tasks and indicators; the list of notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request

from warehouse.explorer import queries
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Catalog
from warehouse.explorer.rendering import Page, parameter
from warehouse.explorer.search_params import BONUS, LABELS, TASKS_ONLY, Filter, number, words
from warehouse.explorer.template_filters import code

SIZE: Final = 30
NOTICES_SIZE: Final = 50
NEAR: Final = 12
"""Notices that are named beside the hits."""
KINDS: Final = ("tasks", "indicators")


@dataclass(frozen=True, slots=True)
class Pages:
    """Which part of a list is shown. `total` is None where nothing was counted."""

    number: int
    size: int
    total: int
    capped: bool
    address: str

    @property
    def last(self) -> int:
        """The last page, at least 1."""
        return max(-(-self.total // self.size), 1)

    def to(self, page: int) -> str:
        """The address of another page."""
        return f"{self.address}{'&' if '?' in self.address else '?'}page={page}"


def part(request: Request, items: Sequence[Any], size: int, cap: int, address: str) -> tuple[Sequence[Any], Pages]:
    """The items of the page that is asked for; of more than `cap` items only these are counted."""
    total = min(len(items), cap)
    last = max(-(-total // size), 1)
    page = number(request.query_params.get("page"), default=1, least=1, most=last)
    shown = items[(page - 1) * size : min(page * size, total)]
    return shown, Pages(page, size, total, len(items) > cap, address)


def search(request: Request, session: Session, known: Catalog) -> Page:
    """Hits of the words and filters; the overview where nothing is asked for."""
    wanted = Filter.read(request.query_params)
    kind = parameter(request, "kind")
    kind = kind if kind in KINDS else "tasks"
    choices = {"wanted": wanted, "bonus": BONUS, "kind": kind, "labels": LABELS}
    if not wanted:
        first = [label for label in known.notices.values() if label.is_current][:NOTICES_SIZE]
        return Page("start.html", {**choices, "notices": first})
    found = {"tasks": task_hits(session, known, wanted), "indicators": indicator_hits(session, known, wanted)}
    hits = found[kind] or []
    address = f"/?{wanted.address(kind=kind)}"
    shown, pages = part(request, hits, SIZE, queries.CAP, address)
    key = f"{kind[:-1]}_id"
    ids = [hit[key] for hit in shown]
    rows = task_rows(session, ids) if kind == "tasks" else indicator_rows(session, ids)
    near = Counter(hit["notice_id"] for hit in hits[: queries.CAP]).most_common(NEAR)
    return Page(
        "search.html",
        {
            **choices,
            "chips": list(_chips(wanted, known, session)),
            "counts": {name: None if one is None else min(len(one), queries.CAP) for name, one in found.items()},
            "capped": {name: one is not None and len(one) > queries.CAP for name, one in found.items()},
            "rows": rows,
            "groups": _by_notice(rows, {hit[key] for hit in shown if hit["elsewhere"]}, key),
            "pages": pages,
            "near": [
                (known.label(notice_id), count, f"/?{wanted.address(kind=kind, notice=notice_id)}")
                for notice_id, count in near
            ],
            "download": f"/download?what={kind}&{wanted.address()}",
        },
    )


def notices(request: Request, session: Session, known: Catalog) -> Page:
    """All notices, with what is needed to choose some for a comparison."""
    q, place, unit = parameter(request, "q"), parameter(request, "place"), parameter(request, "unit")
    editions = parameter(request, "editions")
    asked = words(q)
    found = [
        one
        for one in known.notices.values()
        if (editions == "all" or one.is_current)
        and place in one.place
        and unit in (one.unit or "")
        and all(word in f"{one.label} {one.title or ''} {one.place} {one.campaign or ''}" for word in asked)
    ]
    given = {"q": q, "place": place, "unit": unit, "editions": editions}
    address = f"/notices?{urlencode({name: value for name, value in given.items() if value})}"
    shown, pages = part(request, found, NOTICES_SIZE, len(found), address)
    return Page("notices.html", {"given": given, "notices": shown, "pages": pages})


def task_hits(session: Session, known: Catalog, wanted: Filter) -> list[dict[str, Any]]:
    """Ids of the tasks that fit."""
    query = queries.task_hits(
        wanted, known_unit=wanted.unit in known.known_units, known_party=wanted.department in known.known_parties
    )
    return session.rows(query)


def indicator_hits(session: Session, known: Catalog, wanted: Filter) -> list[dict[str, Any]] | None:
    """Ids of the indicators that fit; None where a filter says something about tasks alone."""
    if any(getattr(wanted, name) for name in TASKS_ONLY):
        return None
    return session.rows(queries.indicator_hits(wanted, known_unit=wanted.unit in known.known_units))


def task_rows(session: Session, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Whole tasks in the order of `ids`, each with `path`, the indicators above it from the outermost."""
    if not ids:
        return []
    by_id = {row["task_id"]: row for row in session.rows(queries.tasks(ids))}
    found = [by_id[one] for one in ids if one in by_id]
    ways = paths(session, (row["indicator_id"] for row in found))
    return [row | {"path": ways.get(row["indicator_id"] or "", [])} for row in found]


def indicator_rows(session: Session, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Whole indicators in the order of `ids`, each with `path` without itself, and the number of its tasks."""
    if not ids:
        return []
    by_id = {row["indicator_id"]: row for row in session.rows(queries.indicators(ids))}
    ways = paths(session, ids)
    return [by_id[one] | {"path": ways.get(one, [])[:-1]} for one in ids if one in by_id]


def paths(session: Session, indicator_ids: Iterable[str | None]) -> dict[str, list[dict[str, Any]]]:
    """By indicator: the indicators from the outermost down to it."""
    wanted = {one for one in indicator_ids if one}
    known: dict[str, dict[str, Any]] = {}
    missing = wanted
    while missing:
        found = session.rows(queries.steps(sorted(missing)))
        known |= {row["indicator_id"]: row for row in found}
        missing = {row["parent_id"] for row in found if row["parent_id"]} - known.keys()
    return {one: _way(one, known) for one in wanted if one in known}


def _way(indicator_id: str, known: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    way: list[dict[str, Any]] = []
    step = known.get(indicator_id)
    while step is not None and step not in way:
        way.append(step)
        step = known.get(step["parent_id"] or "")
    return way[::-1]


def _by_notice(rows: Sequence[dict[str, Any]], elsewhere: set[str], key: str) -> list[tuple[bool, str, list[Any]]]:
    """Neighbouring rows of the same notice together, those with hits `elsewhere` apart."""
    grouped = groupby(rows, key=lambda row: (row[key] in elsewhere, row["notice_id"]))
    return [(rank, notice_id, list(group)) for (rank, notice_id), group in grouped]


def _chips(wanted: Filter, known: Catalog, session: Session) -> Iterable[tuple[str, str, str]]:
    """Name, value and the address without it, of each filter that is set."""
    for name, value in wanted.pairs():
        if name != "q":
            yield LABELS[name], _shown(name, value, known, session), f"/?{wanted.address(**{name: ''})}"


def _shown(name: str, value: str, known: Catalog, session: Session) -> str:
    """The value of a filter in words."""
    if name == "indicator":
        way = paths(session, [value]).get(value, [])
        return str(way[-1]["name"]) if way else value
    if name == "evidence":
        return code(value, "evidence")
    words_of = {
        "theme": known.topic(value),
        "notice": known.label(value),
        "bonus": BONUS.get(value, value),
        "editions": "包括旧版",
    }
    return words_of.get(name, value)
