"""Corrections applied to the rows of one notice, each with its guard: what no longer stands there is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from extractors.corrections import WHOLE_NOTICE, Correction
from extractors.notice.findings import ERROR, INFO, Findings, number, quote
from extractors.notice.lexicon import Lexicon
from extractors.notice.tasks import TableTasks, party_rows
from extractors.parsers.methods import split_methods
from extractors.parsers.persons import split_persons
from extractors.parsers.responsible_units import split_parties
from extractors.records import IndicatorRow, NoticeRow, PartyRow, TaskRow

STALE = "correction_stale"
STALE_DISMISSAL = "dismissal_stale"
_BLANK = re.compile(r"\s+")
_YES = {"是": True, "否": False}


class _Unfit(Exception):  # noqa: N818  # never leaves this module
    """The new value cannot stand in the field; the text is Chinese."""


def _text(value: str) -> str | None:
    return value.strip() or None


def _points(value: str) -> Decimal | None:
    try:
        found = Decimal(value.strip().removesuffix("分")) if value.strip() else None
    except InvalidOperation as error:
        raise _Unfit(f"“{value}”不是数字") from error
    if found is not None and not 0 <= found < 100_000:
        raise _Unfit(f"“{value}”不是可用的分值")
    return found


def _flag(value: str) -> bool:
    if value.strip() not in _YES:
        raise _Unfit("只能写“是”或“否”")
    return _YES[value.strip()]


def _required(value: str) -> str:
    if not value.strip():
        raise _Unfit("不能为空")
    return value.strip()


@dataclass(slots=True)
class Rows:
    """The rows of a notice that may be corrected; changed in place."""

    notice: NoticeRow
    indicators: list[IndicatorRow]
    tables: Sequence[TableTasks]
    lexicon: Lexicon


TASK_FIELDS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("label", "requirement", "criteria", "evidence", "deadline", "leader", "remark", "scoring"), _text),
    "points": _points,
    "methods": split_methods,
    "bonus": _flag,
    "topic": _required,
}
INDICATOR_FIELDS: dict[str, Callable[[str], Any]] = {
    "code": _text,
    "name": _required,
    "points": _points,
    "bonus": _flag,
    "topic": _required,
}
NOTICE_FIELDS: dict[str, Callable[[str], Any]] = dict.fromkeys(
    ("title", "doc_number", "issuer", "province", "city", "county", "campaign", "award"), _text
)
FIELDS = (
    *(f"notices.{name}" for name in NOTICE_FIELDS),
    *(f"indicators.{name}" for name in INDICATOR_FIELDS),
    *(f"tasks.{name}" for name in (*TASK_FIELDS, "persons", "parties")),
)
"""Every field that a correction may name."""


def shown(value: object) -> str:
    """A value as a correction writes it: lists joined by 、, 是 and 否, points without superfluous zeros."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, list):
        return "、".join(p.raw if isinstance(p, PartyRow) else str(p) for p in value)
    return str(value)


def correct(rows: Rows, corrections: Sequence[Correction], findings: Findings) -> None:
    """Apply every correction that is no dismissal; one whose place, field or old value does not fit is an error."""
    for one in corrections:
        if one.dismisses:
            continue
        try:
            _correct(rows, one)
        except _Unfit as error:
            findings.add(
                STALE, ERROR,
                f"更正未生效（{one.field}，原值{quote(one.expected)}，改为{quote(one.value)}）：{error}。请核对后修改更正记录",
                locator=one.locator,
            )  # fmt: skip


def dismiss(corrections: Sequence[Correction], findings: Findings) -> None:
    """Mark the findings that a person settled; a dismissal without its finding is told."""
    for one in corrections:
        if not one.dismisses:
            continue
        rule = one.field.removeprefix("findings.")
        hits = [
            k
            for k, row in enumerate(findings.rows)
            if row.rule == rule and (row.locator or WHOLE_NOTICE) == one.locator and _same(row.message, one.expected)
        ]
        for k in hits:
            findings.rows[k] = replace(findings.rows[k], dismissed=f"{one.reason}（{one.who}，{one.when}）")
        if not hits:
            message = f"已处理的问题不再出现（{rule}：{quote(one.expected)}），可以删去这条处理意见"
            findings.add(STALE_DISMISSAL, INFO, message, locator=one.locator)


def _same(have: str, expected: str) -> bool:
    return _BLANK.sub("", have) == _BLANK.sub("", expected)


def _only(hits: list[int], one: Correction) -> int:
    if not hits:
        raise _Unfit(f"原文“{one.locator}”处没有这样的内容")
    if len(hits) > 1:
        raise _Unfit(f"“{one.locator}”处有 {len(hits)} 项同样的内容，无法确定是哪一项")
    return hits[0]


def _checked(current: object, one: Correction) -> None:
    fits = _points(one.expected) == current if isinstance(current, Decimal) else _same(shown(current), one.expected)
    if not fits:
        raise _Unfit(f"现在的值是{quote(shown(current))}，与更正记录中的原值不符")


def _correct(rows: Rows, one: Correction) -> None:
    level, _, name = one.field.partition(".")
    if one.field not in FIELDS:
        raise _Unfit(f"没有可以更正的字段“{one.field}”")
    if level == "notices":
        _checked(getattr(rows.notice, name), one)
        done = [*rows.notice.corrected, name]
        rows.notice = replace(rows.notice, **{name: NOTICE_FIELDS[name](one.value), "corrected": done})
    elif level == "indicators":
        at = _only([k for k, row in enumerate(rows.indicators) if row.locator == one.locator], one)
        row = rows.indicators[at]
        _checked(getattr(row, name), one)
        done = [*row.corrected, name]
        rows.indicators[at] = replace(row, **{name: INDICATOR_FIELDS[name](one.value), "corrected": done})
    else:
        _correct_task(rows, one, name)


def _correct_task(rows: Rows, one: Correction, name: str) -> None:
    places = [(t, k) for t in rows.tables for k, task in enumerate(t.tasks) if task.locator == one.locator]
    table, at = places[_only(list(range(len(places))), one)]
    task = table.tasks[at]
    if name == "parties":
        _checked(table.parties[task.task_id], one)
        table.parties[task.task_id] = party_rows(task.task_id, split_parties(one.value, rows.lexicon.parties))
        changed: dict[str, Any] = {}
    elif name == "persons":
        _checked(task.persons, one)
        changed = {"persons": split_persons(one.value, rows.lexicon.persons)}
    else:
        _checked(getattr(task, name), one)
        changed = {name: TASK_FIELDS[name](one.value)}
        if name == "topic":
            changed["topic_score"] = 1.0
    table.tasks[at] = _corrected(task, name, changed)


def _corrected(task: TaskRow, name: str, changed: dict[str, Any]) -> TaskRow:
    return replace(task, **changed, corrected=[*task.corrected, name])
