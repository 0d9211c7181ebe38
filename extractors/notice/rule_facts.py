"""Facts that tasks have from the rules of a notice: a time limit where they name none, the form of their materials."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from extractors.notice.general_rules import CoveringRule, GeneralRules
from extractors.parsers.deadlines import Deadline, Period, find_deadlines, read_deadlines
from extractors.parsers.general_rules import Cover, DeadlineRule, FormatRule, MonthLimit, read_month_limit
from extractors.records import EvidenceRow, TaskRow

_COLON = re.compile("[:：]")
_MONTHS_OF_QUARTER = 3
_LONGEST_MONTH = 31
_DATED = ("by", "window", "recurring")


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """Applies the rules of one notice to its tasks, and counts the tasks that have a fact from each.

    Attributes:
        rules: the rules.
        period: the period of the notice.
    """

    rules: GeneralRules
    period: Period

    def within_month(self, task: TaskRow, month: Deadline) -> Deadline | None:
        """Return the day that a rule names within the month of a task (当月25日前), None if it changes nothing."""
        for covering in self._covering(task):
            limit = read_month_limit(covering.row.text)
            end = _end_within(month, limit) if limit is not None and covering.rule.covers is not None else None
            if end is not None and end != month.ends_on:
                covering.row.tasks += 1
                starts = month.starts_on if month.starts_on and month.starts_on <= end else None
                return replace(month, starts_on=starts, ends_on=end, raw=f"{month.raw}；{covering.row.text}")
        return None

    def default_deadlines(self, task: TaskRow, *, has_materials: bool) -> Sequence[Deadline]:
        """Return the time limit of a task that names none; none where two rules of equal reach differ."""
        found = [
            (covering, deadlines)
            for covering in self._covering(task)
            if covering.rule.covers is not None and (has_materials or covering.rule.covers is not Cover.MATERIALS)
            if read_month_limit(covering.row.text) is None
            if (deadlines := _deadlines_of(covering.row.text, self.period))
        ]
        if not found:
            return ()
        best = min(_reach(covering) for covering, _ in found)
        nearest = [(covering, deadlines) for covering, deadlines in found if _reach(covering) == best]
        if any(_days(deadlines) != _days(nearest[0][1]) for _, deadlines in nearest[1:]):
            return ()
        nearest[0][0].row.tasks += 1
        return nearest[0][1]

    def apply_formats(self, task: TaskRow, evidence: list[EvidenceRow]) -> list[EvidenceRow]:
        """Return the materials of a task with the form that the rules ask of them, and those asked of each task."""
        rows = list(evidence)
        for covering in self.rules.formats:
            rule = covering.rule
            if not covering.scope.covers(task.task_id, task.table_id) or rule.is_conditional:
                continue
            fitting = [row for row in rows if rule.kind is None or row.kind == rule.kind]
            if rule.for_each and rule.kind is not None and not fitting:
                rows.append(_asked_of_each(task, rule, len(rows) + 1))
                covering.row.tasks += 1
            for row in fitting:
                _add_format(row, rule)
            covering.row.tasks += bool(fitting)
        return rows

    def _covering(self, task: TaskRow) -> Iterable[CoveringRule[DeadlineRule]]:
        return (rule for rule in self.rules.deadlines if rule.scope.covers(task.task_id, task.table_id))


def _reach(covering: CoveringRule[DeadlineRule]) -> tuple[int, int]:
    """Return how far a rule reaches: a section before a table before the notice, tasks before materials."""
    scopes = ("section", "table", "notice")
    return scopes.index(covering.scope.name), int(covering.rule.covers is Cover.MATERIALS)


def _days(deadlines: Sequence[Deadline]) -> list[tuple[date | None, date | None, str | None]]:
    return [(d.starts_on, d.ends_on, d.recurrence) for d in deadlines]


@lru_cache(maxsize=256)
def _deadlines_of(text: str, period: Period) -> tuple[Deadline, ...]:
    """Return the dated limits of a rule: those of a sentence, else of what stands behind its label (完成时间：…)."""
    found = find_deadlines(text, period) or read_deadlines(_COLON.split(text)[-1], period)
    return tuple(d for d in found if d.kind in _DATED and (d.ends_on or d.recurrence))


def _end_within(month: Deadline, limit: MonthLimit) -> date | None:
    """Return the day of a limit in the month that a deadline is, or in the next one."""
    end = month.ends_on
    if end is None or month.starts_on is None or (end - month.starts_on).days >= _LONGEST_MONTH * _MONTHS_OF_QUARTER:
        return None
    year, number = (end.year + (end.month == 12), end.month % 12 + 1) if limit.is_next else (end.year, end.month)
    last = monthrange(year, number)[1]
    return date(year, number, min(limit.day or last, last))


def _asked_of_each(task: TaskRow, rule: FormatRule, ordinal: int) -> EvidenceRow:
    least = int(rule.low) if rule.low is not None and rule.unit != "字" else None
    return EvidenceRow(
        task.task_id, ordinal, rule.kind or "other", least, rule.unit if least is not None else None, None, None,
        rule.text, None, format=rule.text, basis="rule",
    )  # fmt: skip


def _add_format(row: EvidenceRow, rule: FormatRule) -> None:
    """Add the form to a material, and the least number where its cell names none.

    A number that is asked of materials of every kind (佐证材料不少于3份) is not that of each.
    """
    row.format = "；".join(filter(None, dict.fromkeys([row.format, rule.text])))
    if rule.low is None or rule.kind is None:
        return
    low = int(rule.low)
    if rule.unit == "字" and row.min_words is None:
        row.min_words, row.basis = low, "rule"
    elif rule.unit != "字" and row.min_count is None and row.unit in (None, rule.unit):
        row.min_count, row.unit, row.basis = low, rule.unit, "rule"
