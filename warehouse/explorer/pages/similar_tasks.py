"""Tasks that mean what was searched for in other words, below those that hold all words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from warehouse.explorer import urls
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.search_params import SearchFilter
from warehouse.search.find_tasks import find_tasks

MAX_EXACT: Final = 10
"""Tasks with all words beyond which none in other words are looked for."""
MAX_SIMILAR: Final = 10
MAX_TASKS: Final = 200_000
"""Tasks that are searched by meaning; a hundred thousand take about half a second, more would keep the page waiting."""
_NOTICE_FILTERS: Final = frozenset({"q", "place", "unit", "notice", "editions"})
"""Filters that choose notices; with a filter on tasks the words are taken as they are."""


@dataclass(frozen=True, slots=True)
class SimilarTasks:
    """Tasks in other words (task_id -> the words found in it), and questions that may be meant with their addresses."""

    words: dict[str, tuple[str, ...]]
    proposed: list[tuple[str, str]]


def find_similar_tasks(
    session: Session, lookups: Lookups, search_filter: SearchFilter, exact: Collection[dict[str, Any]]
) -> SimilarTasks:
    """Return the tasks that mean the words of a search, without those in `exact`; none where there are enough."""
    names = {name for name, _ in search_filter.items()}
    if not search_filter.words or len(exact) >= MAX_EXACT or names - _NOTICE_FILTERS:
        return SimilarTasks({}, [])
    notices = [
        notice.notice_id
        for notice in lookups.notices.values()
        if (search_filter.notice in ("", notice.notice_id))
        and (notice.is_current or search_filter.editions or search_filter.notice)
        and search_filter.place in notice.place
        and search_filter.unit in (notice.unit or "")
    ]
    if sum(lookups.notices[notice].tasks for notice in notices) > MAX_TASKS:
        return SimilarTasks({}, [])
    question = " ".join(search_filter.words)
    found = session.run(lambda connection: find_tasks(connection, question, notices, MAX_EXACT + MAX_SIMILAR))
    listed = {hit["task_id"] for hit in exact}
    others = [task for task in found.tasks if task.task_id not in listed][:MAX_SIMILAR]
    proposed = [(one, urls.search(**dict(search_filter.items()) | {"q": one})) for one in found.proposed]
    return SimilarTasks({task.task_id: task.words for task in others}, proposed)
