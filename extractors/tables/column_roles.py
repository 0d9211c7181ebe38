"""The roles of columns, and what marks a position number, a roster or a form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from extractors.normalize import strip_whitespace
from extractors.parsers.column_headers import HeaderWord, header_word, is_listed_header, normalize_header

_SERIAL = re.compile(
    r"[（(]?[\d一二三四五六七八九十]{1,3}[）)]?[.、．]?|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ①-⑳]|[甲乙丙丁戊己庚辛壬癸][.、．]"
    r"|第[\d一二三四五六七八九十]{1,3}[件条项号卷盒册页题]"
)
_DOTTED = re.compile(r"\d{1,2}(?:[.．]\d{1,2})+")
_PERIOD = re.compile(
    r"(?:\d{4}年)?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?(?:[上中下]旬)?|第?[一二三四1-4]季度?)"
)
_PERIOD_FIRST = re.compile(rf"(?P<period>{_PERIOD.pattern}|[上下]半年)(?![底末初前中上下旬])(?P<rest>[^\d].+)")
_LONGEST_SERIAL = 6
"""（十二）、: a longer text is no serial number."""


class ColumnRole(StrEnum):
    """What the cells of a column hold."""

    SERIAL = "serial"
    LEVEL = "level"
    CRITERIA = "criteria"
    REQUIREMENT = "requirement"
    POINTS = "points"
    SCOREBOX = "scorebox"
    """An empty column for the scores that a unit gives itself or gets."""
    SCORING = "scoring"
    METHOD = "method"
    METHOD_MARK = "method_mark"
    """Ticks below the name of a method."""
    MONTH_MARK = "month_mark"
    """Ticks below the name of a month or quarter."""
    EVIDENCE = "evidence"
    PARTY = "party"
    LEAD = "lead"
    SUPPORT = "support"
    UNIT = "unit"
    """Ticks below the name of a unit."""
    LEADER = "leader"
    PERSON = "person"
    DEADLINE = "deadline"
    REMARK = "remark"
    OTHER = "other"


MARK_ROLES = (ColumnRole.UNIT, ColumnRole.METHOD_MARK, ColumnRole.MONTH_MARK)
"""Roles of columns of ticks, whose headers are names."""
PARTY_ROLES = (ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT, ColumnRole.UNIT)
SHARED_ROLES = (
    ColumnRole.PARTY,
    ColumnRole.LEAD,
    ColumnRole.SUPPORT,
    ColumnRole.LEADER,
    ColumnRole.PERSON,
    ColumnRole.METHOD,
    ColumnRole.POINTS,
)
"""Roles whose blank cell continues the cell above where the format draws no spans."""
_BESIDE_NAMES = frozenset(
    {ColumnRole.SERIAL, ColumnRole.PERSON, ColumnRole.LEADER, *PARTY_ROLES, ColumnRole.REMARK, ColumnRole.OTHER}
)
"""序号 | 姓名 | 单位 | 备注: the columns of a list of people."""


def names_period(header: str) -> bool:
    """Return whether a header names a month or quarter: 3月, 十一月份, 六月上旬, 第二季度."""
    return _PERIOD.fullmatch(strip_whitespace(header)) is not None


def split_period(header: str) -> tuple[str, str] | None:
    """Return the month, quarter or half of a year that a header begins with, and the rest: 上半年, 要做的事."""
    match = _PERIOD_FIRST.fullmatch(strip_whitespace(header))
    return (match["period"], match["rest"]) if match else None


def is_serial(text: str) -> bool:
    """Return whether `text` is a serial number: 3, 3., 十二、, （一）, Ⅱ, ④."""
    return _is_serial(strip_whitespace(text))


def _is_serial(compact: str) -> bool:
    return len(compact) <= _LONGEST_SERIAL and _SERIAL.fullmatch(compact) is not None


@lru_cache(maxsize=4096)
def is_number(text: str) -> bool:
    """Return whether `text` is only a position number: a serial number, digits, 1.1, 2.3.1."""
    compact = strip_whitespace(text)
    return _is_serial(compact) or compact.isdigit() or is_dotted(compact)


def is_dotted(compact: str) -> bool:
    """Return whether a text without whitespace is a dotted number (1.1, 2.3.1): a position, or decimal points."""
    return _DOTTED.fullmatch(compact) is not None


@dataclass(frozen=True)
class ColumnRoles:
    """The roles of the columns of one table, `names[c]` of column c.

    `unknown` are the columns whose header word is not in the vocabulary.
    """

    names: tuple[ColumnRole, ...]
    unknown: tuple[int, ...]

    def columns(self, *roles: ColumnRole) -> tuple[int, ...]:
        """Return the columns of these roles, left to right."""
        return _columns(self.names, roles)

    @cached_property
    def requirement(self) -> int | None:
        """The requirement column, None if there is none."""
        columns = self.columns(ColumnRole.REQUIREMENT)
        return columns[0] if columns else None


def header_word_of(column: str) -> HeaderWord:
    """Return the meaning of a column name; of a two-row header the lower word counts first, then the upper."""
    for part in reversed(column.split("/")):
        word = header_word(part)
        if word.known:
            return word
    return header_word(column)


def is_roster(columns: Sequence[str], roles: Sequence[ColumnRole] = ()) -> bool:
    """Return whether a table is a list of people by its header, or by names beside nothing but units and remarks.

    Args:
        columns: the header text of each column.
        roles: the role of each column.
    """
    words = [normalize_header(part) for c in columns for part in c.split("/")]
    people = sum(is_listed_header(w, "roster") for w in words if w)
    if "姓名" in words and roles and _BESIDE_NAMES.issuperset(roles):
        return True
    return ("姓名" in words and people >= 2) or people >= 3


@lru_cache(maxsize=4096)
def _columns(names: tuple[ColumnRole, ...], roles: tuple[ColumnRole, ...]) -> tuple[int, ...]:
    return tuple(c for c, name in enumerate(names) if name in roles)
