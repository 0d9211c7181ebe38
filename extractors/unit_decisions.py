"""Decisions about units: what a printed form stands for in all notices, and which offices do the same elsewhere.

A line of 单位.csv settles one printed form. Reading the file is left to the caller, who passes its lines; here they are
checked and put together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from extractors.normalize import is_placeholder, strip_whitespace

UNITS_FILE: Final = "单位.csv"
UNIT_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "printed": "打印名",
        "name": "规范名",
        "function": "职能",
        "reason": "理由",
        "who": "经办人",
        "when": "日期",
    }
)
"""Column of the file -> its Chinese name; the file may use either."""
REQUIRED_COLUMNS: Final = ("printed", "name", "reason", "who", "when")
_BETWEEN_NAMES: Final = re.compile(r"、(?![^（(]{0,40}[）)])")
"""A separator outside of brackets: 各镇（街、区） is one name."""


@dataclass(frozen=True, slots=True)
class UnitDecision:
    """What people decided about one printed form of a unit.

    Attributes:
        printed: the printed form without whitespace.
        names: the canonical names it stands for; empty if it is no unit.
        function: what the unit does, one word for all offices that do the same; None if nothing was said.
        reason: why.
        who: the person who decided it.
        when: the day of the decision.
    """

    printed: str
    names: tuple[str, ...]
    function: str | None
    reason: str
    who: str
    when: str

    @property
    def basis(self) -> str:
        """Reason, person and day as one text."""
        return f"{self.reason}（{self.who}，{self.when}）"

    def concerns(self, forms: Collection[str]) -> bool:
        """Return whether a notice is or may have been read with it: it has the printed form or one of the names.

        The names count because a unit may have got its name by the decision, for a form that the notice itself makes of
        what is printed (机关纪委 of 纪委).
        """
        return self.printed in forms or any(name in forms for name in self.names)


def combine_lines(lines: Iterable[tuple[int, Mapping[str, str]]]) -> tuple[dict[int, UnitDecision], list[str]]:
    """Return the decisions by the number of their line, and Chinese messages about the lines that cannot be used.

    Args:
        lines: number and values of each line, by the columns of `UNIT_HEADERS`, "" where a cell is empty. Of several
            lines about one printed form the last counts.
    """
    found: dict[str, tuple[int, UnitDecision]] = {}
    problems = []
    for number, values in lines:
        if fault := _find_fault(values):
            problems.append(f"{UNITS_FILE} 第 {number} 行{fault}，该条认定未生效，请改正")
            continue
        decision = make_decision(values)
        found.pop(decision.printed, None)
        found[decision.printed] = number, decision
    return dict(found.values()), problems


def make_decision(values: Mapping[str, str]) -> UnitDecision:
    """Return the decision of a line without faults."""
    name = strip_whitespace(values["name"])
    names = () if is_placeholder(name) else tuple(part for part in _BETWEEN_NAMES.split(name) if part)
    function = values["function"].strip() or None
    return UnitDecision(
        strip_whitespace(values["printed"]), names, function, values["reason"], values["who"], values["when"]
    )


def _find_fault(values: Mapping[str, str]) -> str | None:
    """Return in Chinese what is wrong with a line, None if nothing is."""
    blank = [UNIT_HEADERS[column] for column in REQUIRED_COLUMNS if not values[column].strip()]
    if blank:
        return f"未填：{'、'.join(blank)}（不是单位的，规范名写 ----）"
    if values["function"] and len(make_decision(values).names) != 1:
        return "填了职能，规范名须是一个单位"
    return None
