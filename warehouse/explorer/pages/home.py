"""What the home page shows of today: what is due, what has to be checked, and what was read last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from extractors.records import Rule
from warehouse.clock import today
from warehouse.explorer import queries, queries_editing, queries_progress
from warehouse.explorer.connections import Session, TooSlowError
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.queries_progress import ProgressScope
from warehouse.own_duties import SEE_FILTER

MAX_ROWS: Final = 5
"""Rows of each list."""
RULE_TITLES: Final = {rule.value: rule.title_zh for rule in Rule}
"""Id of a rule -> its title; rules of the warehouse itself have none."""


@dataclass(frozen=True, slots=True)
class Today:
    """The lists of the home page.

    Attributes:
        totals: Numbers of overdue tasks and of those due soon, of each unit.
        due: Tasks that are due next.
        counted: In Chinese, which notices these count.
        doubtful: Findings on which most rows rest.
        added: Notices that were read last, with the day.
    """

    totals: Mapping[str, Any]
    due: Sequence[Mapping[str, Any]]
    counted: str
    doubtful: Sequence[Mapping[str, Any]]
    added: Sequence[Mapping[str, Any]]


def read_today(session: Session, lookups: Lookups) -> Today | None:
    """Return what the home page shows, read once for each day and published file; None where it takes too long.

    It must be the last that a request reads: the search below it works in any case.
    """

    def load(session: Session) -> Today:
        scope = ProgressScope()
        return Today(
            session.row(queries_progress.totals(scope)) or {},
            session.rows(queries_progress.due_soon(scope, MAX_ROWS)),
            lookups.scopes.describe(None, today(), everything=False, remedy=SEE_FILTER),
            session.rows(queries_editing.inbox("", "", MAX_ROWS)),
            session.rows(queries.latest_notices(MAX_ROWS)),
        )

    try:
        return session.cached(f"home on {today()}", load)
    except TooSlowError:
        return None
