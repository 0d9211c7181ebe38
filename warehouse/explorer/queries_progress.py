"""Queries of the progress page: reports, overdue and soon due tasks, missing materials, rejected rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from warehouse.explorer.queries import Query, placeholders

NO_PARTY: Final = "（未写明）"
"""Placeholder for the party of tasks without one."""
MAX_ROWS: Final = 10_000
"""Maximum number of rows of a list that are counted and listed."""
DUE_SOON_DAYS: Final = 30
"""Days within which a task is due soon, as in mart.progress_of_all."""
MAX_REPORTS: Final = 100
"""Maximum number of reports listed for a task."""


@dataclass(frozen=True, slots=True)
class ProgressScope:
    """Restriction of the progress page.

    Attributes:
        notices: Notice ids; None for all current notices.
        party: Party name or a part of one; empty for all.
        is_exact_party: Whether `party` is a whole name.
        everything: Whether duties count that are not ours now, see mart.duty_scope.
    """

    notices: Sequence[str] | None = None
    party: str = ""
    is_exact_party: bool = False
    everything: bool = False

    def condition(self, alias: str) -> Query:
        """Return a condition on `notice_id` and `party` of a table, and its parameters."""
        tests, parameters = [], list[Any]()
        if self.notices is None:
            tests.append(f"{alias}.notice_id IN (SELECT notice_id FROM core.notices WHERE is_current)")
        else:
            tests.append(f"{alias}.notice_id IN ({placeholders(self.notices)})")
            parameters += self.notices
        test, names = self.party_condition(alias)
        return " AND ".join([*tests, test]), [*parameters, *names]

    def duty_condition(self, alias: str) -> Query:
        """Return `condition` restricted to the duties that are ours now, unless all are asked for."""
        test, parameters = self.condition(alias)
        if self.everything:
            return test, parameters
        counted = (
            "SELECT 1 FROM mart.duty_scope AS w WHERE w.left_out IS NULL "
            f"AND w.notice_id = {alias}.notice_id AND w.party IS NOT DISTINCT FROM {alias}.party"
        )
        return f"{test} AND EXISTS ({counted})", parameters

    def party_condition(self, alias: str) -> Query:
        """Return a condition on `party` only, and its parameters."""
        if not self.party:
            return "true", []
        if self.party == NO_PARTY:
            return f"{alias}.party IS NULL", []
        return (f"{alias}.party = ?" if self.is_exact_party else f"contains({alias}.party, ?)"), [self.party]


def totals(scope: ProgressScope) -> Query:
    """Sums over all parties, and the current date."""
    condition, parameters = scope.duty_condition("p")
    sums = ", ".join(
        f"coalesce(sum({name}), 0)::BIGINT AS {name}"
        for name in (
            *("tasks", "done", "in_progress", "blocked", "not_started", "unreported", "not_applicable"),
            *("overdue", "due_soon"),
        )
    )
    return (
        f"SELECT {sums}, count(DISTINCT party) AS parties, current_date AS today, "
        f"{_date_in_china('max(reported_at)')} AS reported FROM mart.progress_of_all AS p WHERE {condition}",
        parameters,
    )


def any_report() -> Query:
    """One row if there is any report."""
    return "SELECT 1 AS one FROM ops.progress UNION ALL SELECT 1 FROM ops.progress_issues LIMIT 1", []


def by_party(scope: ProgressScope, limit: int) -> Query:
    """Parties of each notice with their counts, most overdue first; `total` is the number of all rows."""
    condition, parameters = scope.duty_condition("p")
    return (
        f"SELECT p.*, {_date_in_china('p.reported_at')} AS reported, count(*) OVER () AS total "
        f"FROM mart.progress_of_all AS p WHERE {condition} "
        "ORDER BY p.overdue DESC, p.due_soon DESC, p.tasks DESC, p.party NULLS FIRST, p.notice_id LIMIT ?",
        [*parameters, limit],
    )


def overdue(scope: ProgressScope, limit: int) -> Query:
    """Overdue tasks by party, longest overdue first."""
    condition, parameters = scope.duty_condition("o")
    return _with_tasks(
        f"SELECT o.*, count(*) OVER () AS total FROM mart.overdue_of_all AS o WHERE {condition} "
        "ORDER BY o.days_overdue DESC, o.notice_id, o.task_id, o.role, o.party LIMIT ?",
        "x.days_overdue DESC, x.notice_id, b.ordinal NULLS FIRST, t.ordinal, x.task_id, x.role, x.party",
        [*parameters, limit],
    )


def due_soon(scope: ProgressScope, limit: int) -> Query:
    """Open tasks by party that are due within `DUE_SOON_DAYS` days, next first."""
    condition, parameters = scope.duty_condition("d")
    return _with_tasks(
        "SELECT d.notice_id, d.task_id, d.party, d.role, d.status, min(d.due_on) AS due_on, "
        "min(d.due_on) - current_date AS days_left, count(*) OVER () AS total FROM mart.open_days AS d "
        f"WHERE d.due_on BETWEEN current_date AND current_date + {DUE_SOON_DAYS} AND {condition} "
        "AND d.notice_id IN (SELECT notice_id FROM core.notices WHERE is_current) "
        "GROUP BY d.notice_id, d.task_id, d.party, d.role, d.status "
        "ORDER BY due_on, d.notice_id, d.task_id, d.role, d.party LIMIT ?",
        "x.due_on, x.notice_id, b.ordinal NULLS FIRST, t.ordinal, x.task_id, x.role, x.party",
        [*parameters, limit],
    )


def missing_evidence(scope: ProgressScope, limit: int) -> Query:
    """Missing materials by due day; for a party, those of the tasks it leads.

    A task counts as ours where any of its parties does.
    """
    condition, parameters = scope.condition("g")
    if not scope.everything:
        condition += (
            " AND g.task_id IN (SELECT p.task_id FROM mart.task_progress AS p JOIN mart.duty_scope AS w "
            "ON w.notice_id = p.notice_id AND w.party IS NOT DISTINCT FROM p.party WHERE w.left_out IS NULL)"
        )
    return _with_tasks(
        f"SELECT g.*, count(*) OVER () AS total FROM mart.evidence_gaps AS g WHERE {condition} "
        "ORDER BY g.first_due NULLS LAST, g.notice_id, g.task_id, g.ordinal LIMIT ?",
        "x.first_due NULLS LAST, x.notice_id, b.ordinal NULLS FIRST, t.ordinal, x.task_id, x.ordinal",
        [*parameters, limit],
    )


def issues(scope: ProgressScope, limit: int) -> Query:
    """Rows rejected by the latest import; rows with an unknown task are listed for every notice."""
    condition, parameters = scope.party_condition("i")
    tests = [condition]
    if scope.notices is not None:
        tests.append(f"(t.task_id IS NULL OR t.notice_id IN ({placeholders(scope.notices)}))")
        parameters += scope.notices
    return (
        f"SELECT i.*, t.requirement AS task_requirement, {_date_in_china('i.imported_at')} AS imported, "
        "count(*) OVER () AS total "
        "FROM ops.progress_issues AS i LEFT JOIN core.tasks AS t ON t.task_id = i.task_id "
        "WHERE i.import_id = greatest((SELECT max(import_id) FROM ops.progress), "
        f"(SELECT max(import_id) FROM ops.progress_issues)) AND {' AND '.join(tests)} ORDER BY i.line LIMIT ?",
        [*parameters, limit],
    )


def history(task_id: str, previous: Sequence[str]) -> Query:
    """Reports on a task and on its versions `previous`, newest first.

    `stale` is true if the task was reworded after the report.
    """
    ids = [task_id, *previous]
    return (
        "SELECT p.party, p.status, p.done_on, p.evidence_on_hand, p.note, p.file, p.sheet, p.row, "
        f"{_date_in_china('p.imported_at')} AS imported, p.task_id <> ? AS former, "
        "p.wording IS DISTINCT FROM wording_hash(t.requirement) AS stale "
        "FROM ops.progress AS p LEFT JOIN core.tasks AS t ON t.task_id = p.task_id "
        f"WHERE p.task_id IN ({placeholders(ids)}) ORDER BY p.import_id DESC, p.line DESC LIMIT {MAX_REPORTS}",
        [task_id, *ids],
    )


def party_status(task_id: str) -> Query:
    """Status of a task for each of its parties, with its next open due day."""
    return (
        "SELECT p.party, p.role, p.status, p.settled, p.carried_from, d.due_on, d.due_on < current_date AS late "
        "FROM mart.task_progress AS p LEFT JOIN (SELECT party, min(due_on) AS due_on FROM mart.open_days "
        "WHERE task_id = ? GROUP BY party) AS d ON d.party IS NOT DISTINCT FROM p.party "
        "WHERE p.task_id = ? ORDER BY p.role, p.party",
        [task_id, task_id],
    )


def _with_tasks(rows_sql: str, order: str, parameters: list[Any]) -> Query:
    """Return a query that adds the task columns to the rows of a limited query."""
    return (
        f"WITH hit AS MATERIALIZED ({rows_sql}) SELECT x.*, t.label, t.requirement, t.deadline, t.table_id, t.locator "
        "FROM hit AS x JOIN core.tasks AS t ON t.task_id = x.task_id "
        f"LEFT JOIN core.tables AS b ON b.table_id = t.table_id ORDER BY {order}",
        parameters,
    )


def _date_in_china(moment: str) -> str:
    """Return SQL for the date of a timestamp in China."""
    return f"strftime(china_time({moment}), '%Y-%m-%d')"
