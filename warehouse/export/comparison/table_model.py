"""A table of the comparison before it becomes a sheet of the workbook or a table of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal

from warehouse.formatting import format_number, format_value

Kind = Literal["text", "long", "count", "number", "index", "share", "change", "day"]
"""Short text, sentences, whole number, points, index of three decimals, share of 1, difference of shares, date."""

NUMERIC: Final[frozenset[Kind]] = frozenset({"count", "number", "index", "share", "change"})
MANY: Final = 30
"""Rows from which on a table wants a filter."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `group` stands above several columns side by side, `width` in half-width characters."""

    name: str
    kind: Kind = "text"
    width: float = 10
    group: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """`name` is the sheet's; `note` says how to read it, `source` whence its figures are, `empty` why it has no row.

    Every row has a value or None for each column; the first `key` columns name the row. Of a grid that is `shaded` the
    shares are tinted by size.
    """

    name: str
    title: str
    note: str
    source: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    empty: str
    key: int = 1
    shaded: bool = False

    @property
    def grouped(self) -> bool:
        """Whether the head has a second row above the names."""
        return any(column.group for column in self.columns)


def said(value: Any, kind: Kind) -> str:
    """A value as the report writes it: shares and indexes with a fixed number of decimals; a dash for nothing."""
    if value is None or value == "":
        return "—"
    if kind == "share":
        return f"{_fixed(value * 100, 1)}%"
    if kind == "change":
        return f"{'+' if value > 0 else ''}{_fixed(value * 100, 1)}"
    if kind == "index":
        return _fixed(value, 3)
    return format_number(value) if kind in NUMERIC else format_value(value)


def _fixed(value: float, places: int) -> str:
    return f"{Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
