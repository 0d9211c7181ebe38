"""Units that a notice numbers in a legend (注：①办公室；②财务科) and names by their numbers in its tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from extractors.normalize import strip_whitespace

_NUMBER: Final = "[①-⑳]"
_ENTRY: Final = re.compile(rf"(?P<number>{_NUMBER})[:：]?(?P<name>[^①-⑳、，,；;。：:\s]{{2,24}})")
_NUMBERS: Final = re.compile(rf"{_NUMBER}(?:[、，,；;\s]*{_NUMBER})*")
_LEAST_ENTRIES: Final = 2


def read_unit_legend(lines: Iterable[str], is_unit: Callable[[str], bool]) -> dict[str, str]:
    """Return number → unit of the first line that numbers nothing but units, {} if none does.

    Args:
        lines: the lines of the body and the notes of its tables.
        is_unit: whether a text ends like the name of a unit.
    """
    for line in lines:
        entries = {m["number"]: m["name"] for m in _ENTRY.finditer(strip_whitespace(line))}
        if len(entries) >= _LEAST_ENTRIES and all(map(is_unit, entries.values())):
            return entries
    return {}


def name_numbered_units(cell: str, legend: Mapping[str, str]) -> str:
    """Return a cell of nothing but numbers with the units they stand for; any other cell as it is."""
    if not legend or _NUMBERS.fullmatch(cell.strip()) is None:
        return cell
    numbers = re.findall(_NUMBER, cell)
    return "、".join(legend[number] for number in numbers) if all(number in legend for number in numbers) else cell
