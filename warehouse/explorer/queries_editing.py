"""Queries of the pages on which people settle what is in doubt; each returns SQL and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from warehouse.explorer.queries import FINDINGS_ORDER, MAX_FINDINGS, Query
from warehouse.inbox import INBOX_SQL, OPEN

CHOICES: Final = 400
"""Maximum number of names that are offered."""


def inbox(notice: str, rule: str, limit: int = MAX_FINDINGS + 1) -> tuple[str, dict[str, Any]]:
    """Findings that a person has to check, those first on which most rows rest."""
    return INBOX_SQL, {"notice": notice, "rule": rule, "most": limit}


def inbox_counts(column: str) -> Query:
    """Number of findings to check for each notice or each rule, the largest first."""
    return (
        f"SELECT {column} AS name, count(*) AS findings FROM core.findings WHERE {OPEN} AND {column} IS NOT NULL "
        f"GROUP BY {column} ORDER BY findings DESC, {column} LIMIT {CHOICES}",
        [],
    )


def findings_at(notice_id: str, table_id: str, locators: Sequence[str], task_ids: Sequence[str]) -> Query:
    """Open findings of a table as a whole, of these cells and of these tasks; those about its layout first."""
    return (
        f"SELECT d.* FROM core.findings AS d WHERE d.notice_id = ? AND {OPEN} "
        "AND (list_contains(?, d.locator) OR list_contains(?, d.task_id) "
        "OR (d.table_id = ? AND (d.rule IN ('layout_doubt', 'form_text') "
        "OR NOT EXISTS (SELECT 1 FROM core.cells AS c WHERE c.table_id = d.table_id AND c.locator = d.locator)))) "
        f"ORDER BY d.rule NOT IN ('layout_doubt', 'form_text'), {FINDINGS_ORDER}",
        [notice_id, list(locators), list(task_ids), table_id],
    )


def findings_of_text(notice_id: str, locator: str) -> Query:
    """Open findings at a place of the running text; without a place, those of the notice as a whole."""
    place = "d.locator = ?" if locator else "d.locator IS NULL AND ? = ''"
    return (
        f"SELECT d.* FROM core.findings AS d WHERE d.notice_id = ? AND d.table_id IS NULL AND {OPEN} AND {place} "
        f"ORDER BY {FINDINGS_ORDER}",
        [notice_id, locator],
    )


def task_place(task_id: str) -> Query:
    """Locator of a task."""
    return "SELECT locator FROM core.tasks WHERE task_id = ?", [task_id]


def units_of_task(task_id: str) -> Query:
    """Printed forms of the units of a task: the name of each, and how many tasks and notices have it."""
    return (
        "WITH forms AS (SELECT raw, list(DISTINCT party ORDER BY party) AS names, min(ordinal) AS place "
        "FROM core.task_parties WHERE task_id = ? GROUP BY raw) "
        "SELECT f.raw, f.names, count(DISTINCT p.task_id) AS tasks, count(DISTINCT t.notice_id) AS notices "
        "FROM forms AS f JOIN core.task_parties AS p USING (raw) JOIN core.tasks AS t ON t.task_id = p.task_id "
        "GROUP BY f.raw, f.names, f.place ORDER BY f.place",
        [task_id],
    )


def unit_names(notice_id: str) -> Query:
    """Names of the units of a notice."""
    return f"SELECT DISTINCT name FROM core.parties WHERE notice_id = ? ORDER BY name LIMIT {CHOICES}", [notice_id]


def parties_of_notice(notice_id: str) -> Query:
    """Responsible units of a notice."""
    return (
        "SELECT DISTINCT p.party FROM core.task_parties AS p JOIN core.tasks AS t USING (task_id) "
        "WHERE t.notice_id = ? ORDER BY p.party",
        [notice_id],
    )
