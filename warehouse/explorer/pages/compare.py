"""Page that compares two to four notices by topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from starlette.requests import Request

from warehouse.explorer import queries
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.rendering import MAX_ID_LENGTH, BadRequestError, NotFoundError, Page, get_parameter

MIN_NOTICES: Final = 2
MAX_NOTICES: Final = 4
MAX_TASKS: Final = 60
"""Maximum number of tasks listed per notice and topic."""


@dataclass(frozen=True, slots=True)
class ComparedTopic:
    """Topic with weights and tasks by notice_id; `largest_difference` is the largest minus the smallest share."""

    topic: str
    weights: Mapping[str, dict[str, Any]]
    tasks: Mapping[str, Sequence[dict[str, Any]]]
    largest_difference: float

    def share(self, notice_id: str) -> float:
        """Return the share by which this notice is compared."""
        return topic_weight(self.weights.get(notice_id))


def topic_weight(row: Mapping[str, Any] | None) -> float:
    """Return the share of points; the share of tasks if the notice has no points."""
    if row is None:
        return 0.0
    return float(row["share"] if row["share"] is not None else row["task_share"] or 0)


def read_notice_ids(request: Request, lookups: Lookups) -> list[str]:
    """Return the distinct ids of the notices to compare.

    Raises:
        NotFoundError: A notice does not exist.
        BadRequestError: There are more than MAX_NOTICES notices.
    """
    ids = list(dict.fromkeys(notice_id[:MAX_ID_LENGTH] for notice_id in request.query_params.getlist("n") if notice_id))
    if unknown := [notice_id for notice_id in ids if notice_id not in lookups.notices]:
        raise NotFoundError(f"仓库中没有编号为 {unknown[0]} 的通知。")
    if len(ids) > MAX_NOTICES:
        raise BadRequestError(f"一次最多比较 {MAX_NOTICES} 份通知，这里选了 {len(ids)} 份。")
    return ids


def compare(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show the comparison; with fewer than two notices, a list to choose from."""
    ids = read_notice_ids(request, lookups)
    if len(ids) < MIN_NOTICES:
        nearest = [row["notice_b"] for row in session.rows(queries.similar_notices(ids[0], 50))] if ids else []
        similar_first = [lookups.notices[notice_id] for notice_id in nearest if notice_id in lookups.notices]
        excluded = {*nearest, *ids}
        current = [notice for notice in lookups.notices.values() if notice.is_current]
        others = [notice for notice in current if notice.notice_id not in excluded]
        return Page("choose.html", {"ids": ids, "near": similar_first, "rest": others[: 200 - len(similar_first)]})
    by_difference = get_parameter(request, "sort") == "diff"
    topics = compare_topics(session, lookups, ids, by_difference=by_difference)
    similar = {(row["notice_a"], row["notice_b"]): row for row in session.rows(queries.notice_similarity(ids))}
    return Page(
        "compare.html",
        {
            "ids": ids,
            "notices": [lookups.notices[notice_id] for notice_id in ids],
            "topics": topics,
            "largest": max((topic.share(notice_id) for topic in topics for notice_id in ids), default=0.0),
            "without_points": [notice_id for notice_id in ids if not _has_points(topics, notice_id)],
            "pairs": [(a, b, similar.get((a, b)), similar.get((b, a))) for a, b in combinations(ids, 2)],
            "matches": _similar_tasks(session, ids),
            "bonus_only": find_bonus_topics(session, ids),
            "mixture": lookups.kinds.describe(ids, filters=None),
            "same_kind": list_same_kind(lookups, ids),
            "by_difference": by_difference,
            "address": address_of(ids),
        },
    )


def find_bonus_topics(session: Session, ids: Sequence[str]) -> set[tuple[str, str]]:
    """Return (notice_id, topic) where a notice has a topic among bonus items only."""
    return {(row["notice_id"], row["topic"]) for row in session.rows(queries.bonus_topics(ids))}


def address_of(ids: Sequence[str]) -> str:
    """Return the address of the comparison of these notices."""
    return "/compare?" + "&".join(f"n={notice_id}" for notice_id in ids)


def list_same_kind(lookups: Lookups, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return title and address of the comparisons of those of the notices that share a campaign, or a level."""
    shared: dict[str, list[str]] = {}
    for notice_id in ids:
        notice = lookups.notices[notice_id]
        for name, value in (("类别", notice.campaign), ("级别", notice.award_level)):
            if value:
                shared.setdefault(f"只比{name}为{value}的", []).append(notice_id)
    return [(title, address_of(of_kind)) for title, of_kind in shared.items() if MIN_NOTICES <= len(of_kind) < len(ids)]


def compare_topics(
    session: Session, lookups: Lookups, ids: Sequence[str], *, by_difference: bool = False
) -> list[ComparedTopic]:
    """Return all topics of the notices, in topic order or by difference."""
    weights: dict[str, dict[str, dict[str, Any]]] = {}
    for row in session.rows(queries.topic_weights(ids)):
        weights.setdefault(row["topic"], {})[row["notice_id"]] = row
    tasks: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in session.rows(queries.compared_tasks(ids, MAX_TASKS)):
        tasks.setdefault((row["topic"], row["notice_id"]), []).append(row)
    topics = []
    for topic, by_notice in weights.items():
        shares = [topic_weight(by_notice.get(notice_id)) for notice_id in ids]
        listed = {notice_id: tasks.get((topic, notice_id), []) for notice_id in ids}
        topics.append(ComparedTopic(topic, by_notice, listed, max(shares) - min(shares)))
    order = {topic: index for index, topic in enumerate(lookups.topics)}
    if by_difference:
        return sorted(
            topics, key=lambda topic: (-topic.largest_difference, order.get(topic.topic, len(order)), topic.topic)
        )
    return sorted(topics, key=lambda topic: (order.get(topic.topic, len(order)), topic.topic))


def _has_points(topics: Sequence[ComparedTopic], notice_id: str) -> bool:
    return any((topic.weights.get(notice_id) or {}).get("share") is not None for topic in topics)


def _similar_tasks(session: Session, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the similar tasks within the compared notices, by task id."""
    matches: dict[str, list[dict[str, Any]]] = {}
    for row in session.rows(queries.similar_tasks_between(ids)):
        matches.setdefault(row["task_a"], []).append(row)
    return matches
