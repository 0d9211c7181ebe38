"""Queries of the page on progress: what units reported, what is late or due soon, what is missing, what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from warehouse.explorer.queries import Query, placeholders

NOBODY: Final = "（未写明）"
"""Stands for the party of the tasks that name none."""
CAP: Final = 10_000
"""Rows of a list that are counted and can be paged through."""
SOON: Final = 30
"""Days ahead in which a task is due soon; those of mart.progress_by_party."""
HISTORY: Final = 100
"""Reports on one task that its page lists."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The notices (None: every current one) and the party asked for (empty: all); `known` where it is a whole name."""

    notices: Sequence[str] | None = None
    party: str = ""
    known: bool = False

    def tests(self, alias: str) -> Query:
        """A condition on `notice_id` and `party` of a table, and its parameters."""
        tests, parameters = [], list[Any]()
        if self.notices is None:
            tests.append(f"{alias}.notice_id IN (SELECT notice_id FROM core.notices WHERE is_current)")
        else:
            tests.append(f"{alias}.notice_id IN ({placeholders(self.notices)})")
            parameters += self.notices
        test, names = self.of_party(alias)
        return " AND ".join([*tests, test]), [*parameters, *names]

    def of_party(self, alias: str) -> Query:
        """A condition on `party` alone."""
        if not self.party:
            return "true", []
        if self.party == NOBODY:
            return f"{alias}.party IS NULL", []
        return (f"{alias}.party = ?" if self.known else f"contains({alias}.party, ?)"), [self.party]


def totals(scope: Scope) -> Query:
    """Sums over all parties, and the day that they are counted on."""
    condition, parameters = scope.tests("p")
    sums = ", ".join(
        f"coalesce(sum({name}), 0)::BIGINT AS {name}"
        for name in (
            *("tasks", "done", "in_progress", "blocked", "not_started", "unreported", "not_applicable"),
            *("overdue", "due_soon"),
        )
    )
    return (
        f"SELECT {sums}, count(DISTINCT party) AS parties, current_date AS today, "
        f"{_day('max(reported_at)')} AS reported FROM mart.progress_by_party AS p WHERE {condition}",
        parameters,
    )


def begun() -> Query:
    """A row where anything was ever reported."""
    return "SELECT 1 AS one FROM ops.progress UNION ALL SELECT 1 FROM ops.progress_issues LIMIT 1", []


def by_party(scope: Scope, limit: int) -> Query:
    """Parties of each notice with their counts, those with the most overdue first; `total` is that of all rows."""
    condition, parameters = scope.tests("p")
    return (
        f"SELECT p.*, {_day('p.reported_at')} AS reported, count(*) OVER () AS total "
        f"FROM mart.progress_by_party AS p WHERE {condition} "
        "ORDER BY p.overdue DESC, p.due_soon DESC, p.tasks DESC, p.party NULLS FIRST, p.notice_id LIMIT ?",
        [*parameters, limit],
    )


def overdue(scope: Scope, limit: int) -> Query:
    """Overdue tasks by party, the longest overdue first."""
    condition, parameters = scope.tests("o")
    return _with_tasks(
        f"SELECT o.*, count(*) OVER () AS total FROM mart.overdue AS o WHERE {condition} "
        "ORDER BY o.days_overdue DESC, o.notice_id, o.task_id, o.role, o.party LIMIT ?",
        "x.days_overdue DESC, x.notice_id, b.ordinal NULLS FIRST, t.ordinal, x.task_id, x.role, x.party",
        [*parameters, limit],
    )


def due_soon(scope: Scope, limit: int) -> Query:
    """Tasks by party that are due from today on within `SOON` days and still open, the next first."""
    condition, parameters = scope.tests("d")
    return _with_tasks(
        "SELECT d.notice_id, d.task_id, d.party, d.role, d.status, min(d.due_on) AS due_on, "
        "min(d.due_on) - current_date AS days_left, count(*) OVER () AS total FROM mart.open_days AS d "
        f"WHERE d.due_on BETWEEN current_date AND current_date + {SOON} AND {condition} "
        "AND d.notice_id IN (SELECT notice_id FROM core.notices WHERE is_current) "
        "GROUP BY d.notice_id, d.task_id, d.party, d.role, d.status "
        "ORDER BY due_on, d.notice_id, d.task_id, d.role, d.party LIMIT ?",
        "x.due_on, x.notice_id, b.ordinal NULLS FIRST, t.ordinal, x.task_id, x.role, x.party",
        [*parameters, limit],
    )


def gaps(scope: Scope, limit: int) -> Query:
    """Materials that are still missing, those of the tasks that are due first in front; of a party: those it leads."""
    condition, parameters = scope.tests("g")
    return _with_tasks(
        f"SELECT g.*, count(*) OVER () AS total FROM mart.evidence_gaps AS g WHERE {condition} "
        "ORDER BY g.first_due NULLS LAST, g.notice_id, g.task_id, g.ordinal LIMIT ?",
        "x.first_due NULLS LAST, x.notice_id, b.ordinal NULLS FIRST, t.ordinal, x.task_id, x.ordinal",
        [*parameters, limit],
    )


def issues(scope: Scope, limit: int) -> Query:
    """What the latest import did not take. A row whose task is unknown belongs to every notice."""
    condition, parameters = scope.of_party("i")
    tests = [condition]
    if scope.notices is not None:
        tests.append(f"(t.task_id IS NULL OR t.notice_id IN ({placeholders(scope.notices)}))")
        parameters += scope.notices
    return (
        f"SELECT i.*, t.requirement AS wanted, {_day('i.imported_at')} AS imported, count(*) OVER () AS total "
        "FROM ops.progress_issues AS i LEFT JOIN core.tasks AS t ON t.task_id = i.task_id "
        "WHERE i.import_id = greatest((SELECT max(import_id) FROM ops.progress), "
        f"(SELECT max(import_id) FROM ops.progress_issues)) AND {' AND '.join(tests)} ORDER BY i.line LIMIT ?",
        [*parameters, limit],
    )


def history(task_id: str, former: Sequence[str]) -> Query:
    """Every report on a task, and on those of former editions that its progress is carried on from; newest first.

    `stale` tells that the task was reworded since.
    """
    ids = [task_id, *former]
    return (
        "SELECT p.party, p.status, p.done_on, p.evidence_on_hand, p.note, p.file, p.sheet, p.row, "
        f"{_day('p.imported_at')} AS imported, p.task_id <> ? AS former, "
        "p.wording IS DISTINCT FROM left(md5(coalesce(t.requirement, '')), 12) AS stale "
        "FROM ops.progress AS p LEFT JOIN core.tasks AS t ON t.task_id = p.task_id "
        f"WHERE p.task_id IN ({placeholders(ids)}) ORDER BY p.import_id DESC, p.line DESC LIMIT {HISTORY}",
        [task_id, *ids],
    )


def stands(task_id: str) -> Query:
    """How a task stands with each of its parties today, with its next open day."""
    return (
        "SELECT p.party, p.role, p.status, p.settled, p.carried_from, d.due_on, d.due_on < current_date AS late "
        "FROM mart.task_progress AS p LEFT JOIN (SELECT party, min(due_on) AS due_on FROM mart.open_days "
        "WHERE task_id = ? GROUP BY party) AS d ON d.party IS NOT DISTINCT FROM p.party "
        "WHERE p.task_id = ? ORDER BY p.role, p.party",
        [task_id, task_id],
    )


def _with_tasks(found: str, order: str, parameters: list[Any]) -> Query:
    """The rows of `found`, whose number is limited, with the texts of their tasks."""
    return (
        f"WITH found AS MATERIALIZED ({found}) SELECT x.*, t.label, t.requirement, t.deadline, t.table_id, t.locator "
        "FROM found AS x JOIN core.tasks AS t ON t.task_id = x.task_id "
        f"LEFT JOIN core.tables AS b ON b.table_id = t.table_id ORDER BY {order}",
        parameters,
    )


def _day(moment: str) -> str:
    """A point in time as a day in China."""
    return f"strftime({moment} + INTERVAL 8 HOUR, '%Y-%m-%d')"
