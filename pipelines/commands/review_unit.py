"""A unit in `wenming review`: record what a printed form stands for in all notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A line of `单位.csv` that is to be recorded, and the files that are read again because of it."""

    line: Mapping[str, str]
    files: Sequence[str]


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
    require_reason(reason, who)
    printed, name = split_choice(strip_whitespace(choice), "--unit 打印名=规范名，不是单位的写 --unit 打印名=----")
    change = prepare_unit(settings.warehouse, printed, name, function=function, reason=reason, who=who, today=today)
    return _describe_next_step(record_unit(settings.corrections, change.line), change.files)


def prepare_unit(
    warehouse: Path, printed: str, name: str, *, function: str, reason: str, who: str, today: date
) -> UnitChange:
    """Return the line that records a decision about a unit, as `settle_unit` describes it. Raises ReviewError."""
    line = {"printed": strip_whitespace(printed), "name": strip_whitespace(name), "function": function.strip()}
    line |= {"reason": reason.strip(), "who": who.strip(), "when": today.isoformat()}
    _, problems = combine_lines([(1, line)])
    if problems:
        raise ReviewError("填了职能（--function），规范名须是一个单位")
    decision = make_decision(line)
    with store.reading(warehouse) as connection:
        forms = {path: join_forms(found) for path, found in connection.execute(FORMS_SQL).fetchall()}
    if not any(decision.printed in found for found in forms.values()):
        known = sorted(frozenset[str]().union(*forms.values()))
        similar = get_close_matches(decision.printed, known, MAX_SUGGESTED, 0.3)
        hint = f"相近的有：{'、'.join(similar)}" if similar else "可查看 core.parties 的 printed 一列"
        raise ReviewError(f"各通知的责任单位中没有“{decision.printed}”这种写法。{hint}")
    return UnitChange(line, [file for file, found in forms.items() if decision.concerns(found)])


def record_unit(folder: Path, line: Mapping[str, str]) -> Path:
    """Append a line to `单位.csv`. Raises ReviewError."""
    with explain_unwritten(folder / UNITS_FILE):
        return append_unit_line(folder, line)


def _describe_next_step(path: Path, files: Sequence[str]) -> str:
    more = f" 等 {len(files)} 个文件" if len(files) > MAX_NAMED else ""
    return (
        f"已记入 {path}（1 行）。下次运行 wenming build 时重新读取 {'、'.join(files[:MAX_NAMED])}{more}；"
        "今后各通知中同样的写法都照此认定"
    )
