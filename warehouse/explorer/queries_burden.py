"""Queries of the page on the burden of the grassroots: sums by rule and by unit, and the hits."""

from __future__ import annotations

from typing import Final

from warehouse.explorer.queries import Query
from warehouse.explorer.queries_progress import ProgressScope

MAX_ROWS: Final = 10_000
"""Maximum number of hits or units that are counted and listed."""


def by_rule(scope: ProgressScope) -> Query:
    """All rules in their order, with the number of hits and tasks, and the stated amounts."""
    condition, parameters = scope.condition("b")
    return (
        f"""
        SELECT r.rule, r.name, r.aspect, r.source, r.advice,
               count(b.task_id) AS hits, count(DISTINCT b.task_id) AS tasks,
               sum(b.amount) FILTER (WHERE r.additive) AS amount, max(b.amount) AS largest,
               CASE WHEN count(DISTINCT b.unit) > 1 THEN '件' ELSE max(b.unit) END AS unit
        FROM mart.burden_rules AS r
        LEFT JOIN (SELECT * FROM mart.burden AS b WHERE {condition}) AS b ON b.rule = r.rule
        GROUP BY r.rule, r.ordinal, r.name, r.aspect, r.source, r.advice
        ORDER BY r.ordinal
        """,
        parameters,
    )


def by_party(scope: ProgressScope, limit: int) -> Query:
    """Units with hits (notice_id, party), those with most hits first."""
    condition, parameters = scope.condition("b")
    return (
        f"""
        SELECT b.notice_id, b.party, count(*) AS hits, count(DISTINCT b.task_id) AS tasks,
               count(DISTINCT b.rule) AS rules,
               sum(coalesce(b.amount, 1)) FILTER (WHERE b.rule = 'photos') AS photos,
               sum(b.amount) FILTER (WHERE b.rule = 'report_length') AS words
        FROM mart.burden AS b WHERE {condition}
        GROUP BY b.notice_id, b.party
        ORDER BY hits DESC, b.notice_id, b.party NULLS LAST LIMIT {limit}
        """,
        parameters,
    )


def hits(scope: ProgressScope, rule: str, limit: int) -> Query:
    """The hits of one rule, or of all for an empty text, in the order of notices, tables and tasks."""
    condition, parameters = scope.condition("b")
    if rule:
        condition, parameters = f"{condition} AND b.rule = ?", [*parameters, rule]
    return (
        f"""
        SELECT b.*, r.name, r.advice, t.table_id, t.label, t.requirement
        FROM mart.burden AS b
        JOIN mart.burden_rules AS r USING (rule)
        JOIN core.tasks AS t USING (task_id)
        WHERE {condition}
        ORDER BY b.notice_id, t.table_id NULLS FIRST, t.ordinal, r.ordinal, b.ordinal LIMIT {limit}
        """,
        parameters,
    )
