"""The points that a notice states for itself: its total without bonus, and the bonus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from extractors.records import IndicatorRow, RuleRow, TaskRow


def find_stated_total(
    rules: Iterable[RuleRow], indicators: Sequence[IndicatorRow], tasks: Sequence[TaskRow]
) -> Decimal | None:
    """Return the total that a notice states: in a sentence or a row of totals, else by its outermost headings.

    The totals of several rubrics are added up. Of several totals of one (细则满分60分；实地察看满分40分) it is the one
    that the headings or else the tasks add up to; where they add up to none, nobody can tell.

    Args:
        rules: the rules of the notice.
        indicators: its headings.
        tasks: its tasks.
    """
    earning = [task for task in tasks if task.points is not None and not task.bonus]
    sources = list(dict.fromkeys(task.table_id for task in earning))
    rows = [row for row in rules if row.kind == "total" and row.value is not None]
    headings = _sum_of_headings(earning, indicators)
    values = {row.value for row in rows}
    if not values:
        return headings
    by_source = [{row.value for row in rows if row.table_id == source} for source in sources]
    if len(sources) > 1 and all(len(of_source) == 1 for of_source in by_source):
        return sum((value for of_source in by_source for value in of_source if value is not None), Decimal(0))
    if len(values) == 1:
        return values.pop()
    computed = sum((task.points for task in earning if task.points is not None), Decimal(0))
    return next((known for known in (headings, computed) if known in values), None)


def find_stated_bonus(rules: Iterable[RuleRow], indicators: Iterable[IndicatorRow]) -> Decimal | None:
    """Return the bonus that a notice states: in a sentence, else by its outermost bonus headings; None if in doubt.

    Args:
        rules: the rules of the notice.
        indicators: its headings.
    """
    values = {row.value for row in rules if row.kind == "bonus"}
    headings = [row.points for row in indicators if row.bonus and row.level == 1]
    declared = [points for points in headings if points is not None]
    of_headings = sum(declared, Decimal(0)) if declared and len(declared) == len(headings) else None
    if len(values) == 1:
        return values.pop()
    return of_headings if not values or of_headings in values else None


def _sum_of_headings(earning: Sequence[TaskRow], indicators: Sequence[IndicatorRow]) -> Decimal | None:
    """Return the sum of the outermost headings above the tasks that earn points, None where one declares none."""
    rows = {row.indicator_id: row for row in indicators}
    tops: dict[str | None, IndicatorRow | None] = {}
    for task in earning:
        row = rows.get(task.indicator_id or "")
        while row is not None and row.parent_id in rows:
            row = rows[row.parent_id]
        tops[row.indicator_id if row else None] = row
    declared = [row.points for row in tops.values() if row is not None and row.points is not None]
    return sum(declared, Decimal(0)) if declared and len(declared) == len(tops) else None
