"""A unit in `wenming review`: record what a printed form stands for in all notices."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from assets.ingest.confirmed_units import FORMS_SQL, append_unit_line, join_forms
from extractors.normalize import strip_whitespace
from extractors.unit_decisions import UNITS_FILE, combine_lines, make_decision
from pipelines.commands.review_common import ReviewError, explain_unwritten, require_reason, split_choice
from pipelines.settings import Settings
from warehouse import store

MAX_SUGGESTED: Final = 5
"""Printed forms that a message names where the given one is in no notice."""
MAX_NAMED: Final = 3
"""Files that a message names."""


def settle_unit(settings: Settings, choice: str, *, function: str, reason: str, who: str, today: date) -> str:
    """Record a decision about a unit; return in Chinese what happens next.

    Args:
        settings: The settings.
        choice: `打印名=规范名`; several names are joined by 、, ---- says that it is no unit.
        function: What the unit does, "" if nothing is said of it.
        reason: Why.
        who: The person who decides.
        today: The day of the decision.

    Raises:
        ReviewError: The printed form is in no notice, the decision is incomplete, or it cannot be written.
    """
    line = _make_line(choice, function=function, reason=reason, who=who, today=today)
    decision = make_decision(line)
    with closing(store.connect(settings.warehouse)) as connection:
        forms = {path: join_forms(found) for path, found in connection.execute(FORMS_SQL).fetchall()}
    if not any(decision.printed in found for found in forms.values()):
        known = sorted(frozenset[str]().union(*forms.values()))
        similar = get_close_matches(decision.printed, known, MAX_SUGGESTED, 0.3)
        hint = f"相近的有：{'、'.join(similar)}" if similar else "可查看 core.parties 的 printed 一列"
        raise ReviewError(f"各通知的责任单位中没有“{decision.printed}”这种写法。{hint}")
    with explain_unwritten(settings.corrections / UNITS_FILE):
        path = append_unit_line(settings.corrections, line)
    return _describe_next_step(path, [file for file, found in forms.items() if decision.concerns(found)])


def _make_line(choice: str, *, function: str, reason: str, who: str, today: date) -> dict[str, str]:
    require_reason(reason, who)
    printed, name = split_choice(strip_whitespace(choice), "--unit 打印名=规范名，不是单位的写 --unit 打印名=----")
    line = {"printed": printed, "name": name, "function": function.strip()}
    line |= {"reason": reason.strip(), "who": who.strip(), "when": today.isoformat()}
    _, problems = combine_lines([(1, line)])
    if problems:
        raise ReviewError("填了职能（--function），规范名须是一个单位")
    return line


def _describe_next_step(path: Path, files: Sequence[str]) -> str:
    more = f" 等 {len(files)} 个文件" if len(files) > MAX_NAMED else ""
    return (
        f"已记入 {path}（1 行）。下次运行 wenming build 时重新读取 {'、'.join(files[:MAX_NAMED])}{more}；"
        "今后各通知中同样的写法都照此认定"
    )
