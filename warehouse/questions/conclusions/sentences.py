"""What the conclusions share: numbers, lists and notices in Chinese sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from warehouse.formatting import format_number

MAX_NOTICES: Final = 5
"""Notices of which a sentence says the figures one by one; of more it says those of the heaviest."""
MAX_NAMES: Final = 3
"""Names that a sentence lists."""
OTHER_TOPIC: Final = "其他"
"""Name of the topic of tasks without a specific topic."""
ALL: Final = "全部"
"""Name of the row that sums up a notice."""

Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked: the name of the topic, the part of the name of a unit, the first day and the number of days."""

    topic: str | None = None
    party: str | None = None
    day: date | None = None
    days: int | None = None


Conclude = Callable[[Rows, Scope], str]


def number(value: Any, places: int = 2) -> str:
    """Return a number without trailing zeros."""
    return format_number(value, places)


def percent(value: Any) -> str:
    """Return a figure that counts hundredths, as 38.8%."""
    return f"{format_number(value, 1)}%"


def group_by(rows: Rows, column: str = "通知") -> dict[str, list[Row]]:
    """Return the rows by the value of a column, in the order of the rows."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return groups


def join_names(names: Iterable[str], max_names: int = MAX_NAMES, unit: str = "个") -> str:
    """Join the first names; with the number of all, counted by `unit`, where some are left out."""
    listed = list(names)
    return "、".join(listed[:max_names]) + (f"等 {len(listed)} {unit}" if len(listed) > max_names else "")


def pad(label: str) -> str:
    """Return a label to go before Chinese text: one that ends in a year is followed by a blank."""
    return f"{label} " if label[-1:].isascii() else label


def say_each(parts: Mapping[str, str], heading: str = "", weights: Mapping[str, float] | None = None) -> str:
    """Say what holds of each notice; of more than `MAX_NOTICES`, of the heaviest `MAX_NAMES` and how many are left.

    Args:
        parts: Text by label.
        heading: What the heaviest have most of, as 件数最多; empty where none is heavier than another.
        weights: Weight by label; without it the first notices are told.
    """
    if not parts:
        return ""
    if len(parts) <= MAX_NOTICES:
        return "；".join(f"{label}：{text}" for label, text in parts.items()) + "。"
    heaviest = sorted(parts, key=lambda label: -(weights or {}).get(label, 0))[:MAX_NAMES]
    listed = "；".join(f"{label}：{parts[label]}" for label in heaviest)
    which = f"{heading}的 {MAX_NAMES} 份是：" if heading else ""
    return f"{len(parts)} 份通知中，{which}{listed}；其余 {len(parts) - MAX_NAMES} 份见表。"


def top(rows: Rows, column: str) -> list[Row]:
    """Return the rows with the highest value of a column, all of them where several share it; none without a value."""
    values = [row[column] for row in rows if row[column] is not None]
    return [row for row in rows if row[column] == max(values)] if values else []


def say_month(month: str) -> str:
    """Return a month like 2021-06 as 2021 年 6 月."""
    year, _, number_ = month.partition("-")
    return f"{year} 年 {int(number_)} 月"


def say_names(names: Sequence[str], unit: str = "个") -> str:
    """Return names in a sentence: 甲, 甲和乙, 甲、乙、丙等 5 个; digits have a blank beside them."""
    if len(names) != 2:
        return join_names(names, unit=unit)
    first, second = names
    blank = " " if second[:1].isascii() else ""
    return f"{pad(first)}和{blank}{second}"


def say_tied(names: Sequence[str], unit: str = "个") -> str:
    """Return names that share a place before what they have: 甲, 甲和乙并列, 甲、乙、丙等 5 个并列."""
    return names[0] if len(names) == 1 else f"{pad(say_names(names, unit))}并列"


def say_first(what: str, count: int, unit: str) -> str:
    """Begin what is said of the first of the highest rows: 相差最多的是, of several 相差最多的有 2 对，如.

    Args:
        what: What they have most of.
        count: How many share the highest value.
        unit: What they are counted by.
    """
    return f"{what}的是" if count == 1 else f"{what}的有 {count} {unit}，如"


def say_unit(place: str | None, unit: str) -> str:
    """Return a unit with what it belongs to, as 桃源县的教育局."""
    return f"{pad(place)}的{unit}" if place else unit
