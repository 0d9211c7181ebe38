"""Corrections applied to the rows of one notice, each with its guard: what no longer stands there is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from extractors.corrections import WHOLE_NOTICE, Correction
from extractors.notice.findings import ERROR, INFO, Findings, format_points, quote
from extractors.notice.lexicon import Lexicon
from extractors.notice.tasks import TableTasks, party_rows
from extractors.parsers.methods import split_methods
from extractors.parsers.persons import split_persons
from extractors.parsers.responsible_units import split_parties
from extractors.records import IndicatorRow, NoticeRow, PartyRow, TaskRow

STALE = "correction_stale"
STALE_DISMISSAL = "dismissal_stale"
_BLANK = re.compile(r"\s+")
_YES_NO = {"是": True, "否": False}


class InvalidValueError(Exception):  # never leaves this module
    """The new value cannot stand in the field; the text is Chinese."""


def _parse_text(value: str) -> str | None:
    return value.strip() or None


def _parse_points(value: str) -> Decimal | None:
    try:
        found = Decimal(value.strip().removesuffix("分")) if value.strip() else None
    except InvalidOperation as error:
        raise InvalidValueError(f"“{value}”不是数字") from error
    if found is not None and not 0 <= found < 100_000:
        raise InvalidValueError(f"“{value}”不是可用的分值")
    return found


def _parse_flag(value: str) -> bool:
    if value.strip() not in _YES_NO:
        raise InvalidValueError("只能写“是”或“否”")
    return _YES_NO[value.strip()]


def _parse_required(value: str) -> str:
    if not value.strip():
        raise InvalidValueError("不能为空")
    return value.strip()


@dataclass(slots=True)
class CorrectableRows:
    """The rows of a notice that may be corrected; changed in place."""

    notice: NoticeRow
    indicators: list[IndicatorRow]
    tables: Sequence[TableTasks]
    lexicon: Lexicon


TASK_FIELDS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(
        ("label", "requirement", "criteria", "evidence", "deadline", "leader", "remark", "scoring"), _parse_text
    ),
    "points": _parse_points,
    "methods": split_methods,
    "bonus": _parse_flag,
    "topic": _parse_required,
}
INDICATOR_FIELDS: dict[str, Callable[[str], Any]] = {
    "code": _parse_text,
    "name": _parse_required,
    "points": _parse_points,
    "bonus": _parse_flag,
    "topic": _parse_required,
}
NOTICE_FIELDS: dict[str, Callable[[str], Any]] = dict.fromkeys(
    ("title", "doc_number", "issuer", "province", "city", "county", "campaign", "award"), _parse_text
)
FIELDS = (
    *(f"notices.{name}" for name in NOTICE_FIELDS),
    *(f"indicators.{name}" for name in INDICATOR_FIELDS),
    *(f"tasks.{name}" for name in (*TASK_FIELDS, "persons", "parties")),
)
"""Every field that a correction may name."""


def format_value(value: object) -> str:
    """A value as a correction writes it: lists joined by 、, 是 and 否, points without superfluous zeros."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format_points(value)
    if isinstance(value, list):
        return "、".join(p.raw if isinstance(p, PartyRow) else str(p) for p in value)
    return str(value)


def apply_corrections(rows: CorrectableRows, corrections: Sequence[Correction], findings: Findings) -> None:
    """Apply every correction that is no dismissal; one whose place, field or old value does not fit is an error."""
    for one in corrections:
        if one.dismisses:
            continue
        try:
            _apply(rows, one)
        except InvalidValueError as error:
            findings.add(
                STALE, ERROR,
                f"更正未生效（{one.field}，原值{quote(one.expected)}，改为{quote(one.value)}）：{error}。请核对后修改更正记录",
                locator=one.locator,
            )  # fmt: skip


def apply_dismissals(corrections: Sequence[Correction], findings: Findings) -> None:
    """Mark the findings that a person settled; a dismissal without its finding is told."""
    for one in corrections:
        if not one.dismisses:
            continue
        rule = one.field.removeprefix("findings.")
        hits = [
            k
            for k, row in enumerate(findings.rows)
            if row.rule == rule and (row.locator or WHOLE_NOTICE) == one.locator and _is_same(row.message, one.expected)
        ]
        for k in hits:
            findings.rows[k] = replace(findings.rows[k], dismissed=f"{one.reason}（{one.who}，{one.when}）")
        if not hits:
            message = f"已处理的问题不再出现（{rule}：{quote(one.expected)}），可以删去这条处理意见"
            findings.add(STALE_DISMISSAL, INFO, message, locator=one.locator)


def _is_same(have: str, expected: str) -> bool:
    return _BLANK.sub("", have) == _BLANK.sub("", expected)


def _single_match(hits: list[int], one: Correction) -> int:
    if not hits:
        raise InvalidValueError(f"原文“{one.locator}”处没有这样的内容")
    if len(hits) > 1:
        raise InvalidValueError(f"“{one.locator}”处有 {len(hits)} 项同样的内容，无法确定是哪一项")
    return hits[0]


def _check_expected(current: object, one: Correction) -> None:
    fits = (
        _parse_points(one.expected) == current
        if isinstance(current, Decimal)
        else _is_same(format_value(current), one.expected)
    )
    if not fits:
        raise InvalidValueError(f"现在的值是{quote(format_value(current))}，与更正记录中的原值不符")


def _apply(rows: CorrectableRows, one: Correction) -> None:
    level, _, name = one.field.partition(".")
    if one.field not in FIELDS:
        raise InvalidValueError(f"没有可以更正的字段“{one.field}”")
    if level == "notices":
        _check_expected(getattr(rows.notice, name), one)
        done = [*rows.notice.corrected, name]
        rows.notice = replace(rows.notice, **{name: NOTICE_FIELDS[name](one.value), "corrected": done})
    elif level == "indicators":
        at = _single_match([k for k, row in enumerate(rows.indicators) if row.locator == one.locator], one)
        row = rows.indicators[at]
        _check_expected(getattr(row, name), one)
        done = [*row.corrected, name]
        rows.indicators[at] = replace(row, **{name: INDICATOR_FIELDS[name](one.value), "corrected": done})
    else:
        _apply_to_task(rows, one, name)


def _apply_to_task(rows: CorrectableRows, one: Correction, name: str) -> None:
    places = [(t, k) for t in rows.tables for k, task in enumerate(t.tasks) if task.locator == one.locator]
    table, at = places[_single_match(list(range(len(places))), one)]
    task = table.tasks[at]
    if name == "parties":
        _check_expected(table.parties[task.task_id], one)
        table.parties[task.task_id] = party_rows(task.task_id, split_parties(one.value, rows.lexicon.parties))
        changed: dict[str, Any] = {}
    elif name == "persons":
        _check_expected(task.persons, one)
        changed = {"persons": split_persons(one.value, rows.lexicon.persons)}
    else:
        _check_expected(getattr(task, name), one)
        changed = {name: TASK_FIELDS[name](one.value)}
        if name == "topic":
            changed["topic_score"] = 1.0
    table.tasks[at] = _mark_corrected(task, name, changed)


def _mark_corrected(task: TaskRow, name: str, changed: dict[str, Any]) -> TaskRow:
    return replace(task, **changed, corrected=[*task.corrected, name])
