"""Apply corrections to the rows of one notice; a correction that no longer fits is reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from extractors import vocabulary
from extractors.corrections import WHOLE_NOTICE, Correction, is_same_value
from extractors.normalize import is_placeholder
from extractors.notice.findings import Findings, format_points, quote
from extractors.notice.lexicon import Lexicon
from extractors.notice.tasks import TableTasks, party_rows
from extractors.parsers.methods import split_methods
from extractors.parsers.persons import split_persons
from extractors.parsers.responsible_units import Party, PartyLexicon, split_parties
from extractors.records import IndicatorRow, NoticeRow, PartyRow, Rule, Severity, TaskRow

_YES_NO = {"是": True, "否": False}
MAX_POINTS = 100_000
"""Points of a rubric stay below; 1000 is a large total."""
SMALLEST_POINTS = Decimal("0.001")
"""The tables hold three decimals; a row with more would keep its whole notice out of the warehouse."""


class InvalidValueError(Exception):
    """A correction does not fit its field or place; the message is Chinese and becomes a finding."""


def _parse_text(value: str) -> str | None:
    return value.strip() or None


def _parse_points(value: str) -> Decimal | None:
    try:
        points = Decimal(value.strip().removesuffix("分")) if value.strip() else None
    except InvalidOperation as error:
        raise InvalidValueError(f"“{value}”不是数字") from error
    if points is not None and not (points.is_finite() and 0 <= points < MAX_POINTS):
        raise InvalidValueError(f"“{value}”不是可用的分值")
    if points is not None and points != points.quantize(SMALLEST_POINTS):
        raise InvalidValueError(f"“{value}”的小数超过三位")
    return points


def _parse_flag(value: str) -> bool:
    if value.strip() not in _YES_NO:
        raise InvalidValueError("只能写“是”或“否”")
    return _YES_NO[value.strip()]


def _parse_required(value: str) -> str:
    if not value.strip():
        raise InvalidValueError("不能为空")
    return value.strip()


def _parse_parties(value: str, lexicon: PartyLexicon) -> list[Party]:
    """Return the units of a value; none only where it says so (无, blank)."""
    parties = split_parties(value, lexicon)
    if not parties and value.strip() and not is_placeholder(value):
        raise InvalidValueError(f"“{value}”中认不出责任单位。没有责任单位的，请写“无”")
    return parties


def _parse_topic(value: str) -> str:
    if value.strip() not in _topics():
        raise InvalidValueError(f"没有“{value}”这个主题")
    return value.strip()


@cache
def _topics() -> frozenset[str]:
    return frozenset(row["topic"] for row in vocabulary.load_csv("topics"))


TASK_FIELDS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(
        ("label", "requirement", "criteria", "evidence", "deadline", "leader", "remark", "scoring"), _parse_text
    ),
    "points": _parse_points,
    "methods": split_methods,
    "bonus": _parse_flag,
    "topic": _parse_topic,
}
INDICATOR_FIELDS: dict[str, Callable[[str], Any]] = {
    "code": _parse_text,
    "name": _parse_required,
    "points": _parse_points,
    "bonus": _parse_flag,
    "topic": _parse_topic,
}
NOTICE_FIELDS: dict[str, Callable[[str], Any]] = dict.fromkeys(
    ("title", "doc_number", "issuer", "province", "city", "county", "campaign", "award"), _parse_text
)
FIELDS = (
    *(f"notices.{name}" for name in NOTICE_FIELDS),
    *(f"indicators.{name}" for name in INDICATOR_FIELDS),
    *(f"tasks.{name}" for name in (*TASK_FIELDS, "persons", "parties")),
)
"""The fields that a correction may name."""


@dataclass(slots=True)
class CorrectableRows:
    """The rows of a notice that can be corrected, in place."""

    notice: NoticeRow
    indicators: list[IndicatorRow]
    tables: Sequence[TableTasks]
    lexicon: Lexicon


def format_value(value: object) -> str:
    """Return a value as a correction writes it: lists joined by 、, 是 and 否, points without trailing zeros."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format_points(value)
    if isinstance(value, list):
        return "、".join(p.raw if isinstance(p, PartyRow) else str(p) for p in value)
    return str(value)


def check_value(field: str, value: str) -> None:
    """Raise InvalidValueError where a field cannot have this value, whatever the notice says."""
    level, _, name = field.partition(".")
    parsers = {"notices": NOTICE_FIELDS, "indicators": INDICATOR_FIELDS, "tasks": TASK_FIELDS}[level]
    if name in parsers:
        parsers[name](value)
    elif name == "parties":
        _parse_parties(value, PartyLexicon())


def apply_corrections(rows: CorrectableRows, corrections: Sequence[Correction], findings: Findings) -> None:
    """Apply all corrections except dismissals, in place.

    A correction whose place, field or old value does not fit becomes an error finding.
    """
    for correction in corrections:
        if correction.is_dismissal:
            continue
        try:
            _apply(rows, correction)
        except InvalidValueError as error:
            findings.add(
                Rule.CORRECTION_STALE, Severity.ERROR,
                f"更正未生效（{correction.field}，原值{quote(correction.expected)}，改为{quote(correction.value)}）：{error}。请核对后修改更正记录",
                locator=correction.locator,
            )  # fmt: skip


def apply_dismissals(corrections: Sequence[Correction], findings: Findings) -> None:
    """Mark the findings that were dismissed, in place; a dismissal without its finding is reported."""
    for correction in corrections:
        if not correction.is_dismissal:
            continue
        rule = correction.field.removeprefix("findings.")
        matches = [
            index
            for index, row in enumerate(findings.rows)
            if row.rule == rule
            and (row.locator or WHOLE_NOTICE) == correction.locator
            and is_same_value(row.message, correction.expected)
        ]
        for index in matches:
            findings.rows[index] = replace(
                findings.rows[index], dismissed=f"{correction.reason}（{correction.who}，{correction.when}）"
            )
        if not matches:
            message = f"已处理的问题不再出现（{rule}：{quote(correction.expected)}），可以删去这条处理意见"
            findings.add(Rule.DISMISSAL_STALE, Severity.INFO, message, locator=correction.locator)


def _single_match(matches: list[int], correction: Correction) -> int:
    if not matches:
        raise InvalidValueError(f"原文“{correction.locator}”处没有这样的内容")
    if len(matches) > 1:
        raise InvalidValueError(f"“{correction.locator}”处有 {len(matches)} 项同样的内容，无法确定是哪一项")
    return matches[0]


def _check_expected(current: object, correction: Correction) -> None:
    fits = (
        _parse_points(correction.expected) == current
        if isinstance(current, Decimal)
        else is_same_value(format_value(current), correction.expected)
    )
    if not fits:
        raise InvalidValueError(f"现在的值是{quote(format_value(current))}，与更正记录中的原值不符")


def _apply(rows: CorrectableRows, correction: Correction) -> None:
    level, _, name = correction.field.partition(".")
    if correction.field not in FIELDS:
        raise InvalidValueError(f"没有可以更正的字段“{correction.field}”")
    if level == "notices":
        _check_expected(getattr(rows.notice, name), correction)
        corrected = [*rows.notice.corrected, name]
        rows.notice = replace(rows.notice, **{name: NOTICE_FIELDS[name](correction.value), "corrected": corrected})
    elif level == "indicators":
        index = _single_match(
            [k for k, row in enumerate(rows.indicators) if row.locator == correction.locator], correction
        )
        row = rows.indicators[index]
        _check_expected(getattr(row, name), correction)
        corrected = [*row.corrected, name]
        rows.indicators[index] = replace(
            row, **{name: INDICATOR_FIELDS[name](correction.value), "corrected": corrected}
        )
    else:
        _apply_to_task(rows, correction, name)


def _apply_to_task(rows: CorrectableRows, correction: Correction, name: str) -> None:
    places = [(t, k) for t in rows.tables for k, task in enumerate(t.tasks) if task.locator == correction.locator]
    table, index = places[_single_match(list(range(len(places))), correction)]
    task = table.tasks[index]
    if name == "parties":
        _check_expected(table.parties[task.task_id], correction)
        parties = _parse_parties(correction.value, rows.lexicon.parties)
        table.parties[task.task_id] = party_rows(task.task_id, parties)
        changed: dict[str, Any] = {}
    elif name == "persons":
        _check_expected(task.persons, correction)
        changed = {"persons": split_persons(correction.value, rows.lexicon.persons)}
    else:
        _check_expected(getattr(task, name), correction)
        changed = {name: TASK_FIELDS[name](correction.value)}
        if name == "topic":
            changed["topic_score"] = 1.0
    table.tasks[index] = _mark_corrected(task, name, changed)


def _mark_corrected(task: TaskRow, name: str, changed: dict[str, Any]) -> TaskRow:
    return replace(task, **changed, corrected=[*task.corrected, name])
