"""Queries of the page on units: units with what binds them, the merged list of one, what one file serves."""

from __future__ import annotations

from typing import Final

from warehouse.explorer.queries import Query

MAX_ROWS: Final = 10_000
"""Maximum number of units or requirements that are counted and listed."""


def units(part: str, limit: int) -> Query:
    """Units whose name contains `part`, those that several notices bind first."""
    return (
        f"""
        SELECT o.unit_id, any_value(o.unit) AS unit, any_value(o.place) AS place, sum(o.tasks) AS tasks,
               count(*) AS obligations, any_value(n.notices) AS notices,
               coalesce(any_value(s.saved), 0) AS saved
        FROM mart.unit_obligations AS o
        JOIN (SELECT unit_id, count(DISTINCT notice_id) AS notices FROM mart.unit_tasks GROUP BY unit_id) AS n
            USING (unit_id)
        LEFT JOIN (SELECT unit_id, sum(saved) AS saved FROM mart.shared_evidence GROUP BY unit_id) AS s USING (unit_id)
        WHERE contains(o.unit, ?)
        GROUP BY o.unit_id
        ORDER BY notices DESC, sum(o.tasks) - count(*) DESC, sum(o.tasks) DESC, unit, o.unit_id LIMIT {limit}
        """,
        [part],
    )


def obligations(unit_id: str, limit: int) -> Query:
    """The merged list of a unit: what several notices ask first, then by day."""
    return (
        f"""
        SELECT * FROM mart.unit_obligations WHERE unit_id = ?
        ORDER BY tasks DESC, due_on NULLS LAST, obligation_id LIMIT {limit}
        """,
        [unit_id],
    )


def shared_evidence(unit_id: str, limit: int) -> Query:
    """The materials of a unit that serve several tasks."""
    return (
        f"SELECT * FROM mart.shared_evidence WHERE unit_id = ? ORDER BY saved DESC, material_id LIMIT {limit}",
        [unit_id],
    )


def notices_of(unit_id: str) -> Query:
    """The notices that bind a unit."""
    return ("SELECT DISTINCT notice_id FROM mart.unit_tasks WHERE unit_id = ? ORDER BY notice_id", [unit_id])
