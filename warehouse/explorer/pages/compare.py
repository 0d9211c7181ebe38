"""Two to four notices side by side, theme by theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from starlette.requests import Request

from warehouse.explorer import queries_notice as ask
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Catalog
from warehouse.explorer.rendering import LONGEST_ID, NotFoundError, Page, WrongRequestError, parameter

LEAST: Final = 2
MOST: Final = 4
LISTED: Final = 60
"""Tasks of one notice and theme that are listed; the rest is one search away."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme over the compared notices; weights by notice_id, `spread` between the largest and smallest share."""

    topic: str
    weights: Mapping[str, dict[str, Any]]
    tasks: Mapping[str, Sequence[dict[str, Any]]]
    spread: float

    def share(self, notice_id: str) -> float:
        """The share by which this notice is compared."""
        return weight(self.weights.get(notice_id))


def weight(row: Mapping[str, Any] | None) -> float:
    """Share of points, of tasks where the notice gives no points."""
    if row is None:
        return 0.0
    return float(row["share"] if row["share"] is not None else row["task_share"] or 0)


def chosen(request: Request, known: Catalog) -> list[str]:
    """The notices to compare, each once. Raises NotFoundError, WrongRequestError for more than MOST."""
    ids = list(dict.fromkeys(one[:LONGEST_ID] for one in request.query_params.getlist("n") if one))
    if unknown := [one for one in ids if one not in known.notices]:
        raise NotFoundError(f"仓库中没有编号为 {unknown[0]} 的通知。")
    if len(ids) > MOST:
        raise WrongRequestError(f"一次最多比较 {MOST} 份通知，这里选了 {len(ids)} 份。")
    return ids


def compare(request: Request, session: Session, known: Catalog) -> Page:
    """The comparison; with fewer than two notices, the list to choose from."""
    ids = chosen(request, known)
    if len(ids) < LEAST:
        near = [row["notice_b"] for row in session.rows(ask.most_similar(ids[0], 50))] if ids else []
        first = [known.notices[one] for one in near if one in known.notices]
        rest = [one for one in known.notices.values() if one.is_current and one.notice_id not in {*near, *ids}]
        return Page("choose.html", {"ids": ids, "near": first, "rest": rest[: 200 - len(first)]})
    by_difference = parameter(request, "sort") == "diff"
    found = themes(session, known, ids, by_difference=by_difference)
    similar = {(row["notice_a"], row["notice_b"]): row for row in session.rows(ask.similarity(ids))}
    return Page(
        "compare.html",
        {
            "ids": ids,
            "notices": [known.notices[one] for one in ids],
            "themes": found,
            "largest": max((theme.share(one) for theme in found for one in ids), default=0.0),
            "without_points": [one for one in ids if not _has_points(found, one)],
            "pairs": [(a, b, similar.get((a, b)), similar.get((b, a))) for a, b in combinations(ids, 2)],
            "matches": _matches(session, ids),
            "by_difference": by_difference,
            "address": "/compare?" + "&".join(f"n={one}" for one in ids),
        },
    )


def themes(session: Session, known: Catalog, ids: Sequence[str], *, by_difference: bool = False) -> list[Theme]:
    """Every theme that one of the notices has, in the order of the themes or by the largest difference."""
    weights: dict[str, dict[str, dict[str, Any]]] = {}
    for row in session.rows(ask.topic_weights(ids)):
        weights.setdefault(row["topic"], {})[row["notice_id"]] = row
    tasks: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in session.rows(ask.compared_tasks(ids, LISTED)):
        tasks.setdefault((row["topic"], row["notice_id"]), []).append(row)
    found = []
    for topic, by_notice in weights.items():
        shares = [weight(by_notice.get(one)) for one in ids]
        listed = {one: tasks.get((topic, one), []) for one in ids}
        found.append(Theme(topic, by_notice, listed, max(shares) - min(shares)))
    order = {topic: place for place, topic in enumerate(known.topics)}
    if by_difference:
        return sorted(found, key=lambda theme: (-theme.spread, order.get(theme.topic, len(order)), theme.topic))
    return sorted(found, key=lambda theme: (order.get(theme.topic, len(order)), theme.topic))


def _has_points(found: Sequence[Theme], notice_id: str) -> bool:
    return any((theme.weights.get(notice_id) or {}).get("share") is not None for theme in found)


def _matches(session: Session, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """By task: its counterparts among the compared notices."""
    matches: dict[str, list[dict[str, Any]]] = {}
    for row in session.rows(ask.counterparts_between(ids)):
        matches.setdefault(row["task_a"], []).append(row)
    return matches
