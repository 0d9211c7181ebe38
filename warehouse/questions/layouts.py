"""The rows of an answer as a cross-table and as bars, as the head of the question lays them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from warehouse.formatting import Result
from warehouse.questions.definitions import ROW_COUNT, Layout

MAX_COLUMNS: Final = 12
"""Notices that fit side by side; with more there is no cross-table."""
MIN_COLUMNS: Final = 2
MAX_PANELS: Final = 6
"""Panels of a chart, one for each notice."""
MAX_BARS: Final = 10
"""Bars of a panel: the longest, or the first where they stand in the order of their names."""
MAX_NAMED_BARS: Final = 24
"""Bars of a panel in the order of their names."""
PANELS: Final = "通知"
"""Column whose values are the panels of a chart."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """The bars of one notice: name and value; `name` is empty where the bars are the notices."""

    name: str
    bars: Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels of bars with one scale.

    Attributes:
        measure: What the bars measure, as the column is called.
        panels: The panels.
        largest: The largest value.
        is_cut: Whether bars or panels were left out.
    """

    measure: str
    panels: Sequence[Panel]
    largest: float
    is_cut: bool


def build_crosstab(rows: Sequence[Row], layout: Layout) -> Result | None:
    """Return the cross-table of the columns with a value; None with fewer than two of them or more than fit."""
    used = _select(rows, layout)
    columns = list(dict.fromkeys(str(row[layout.columns or ""]) for row in used))
    cells: dict[str, dict[str, Any]] = {}
    for row in used:
        cell = cells.setdefault(str(row[layout.rows]), {})
        column, value = str(row[layout.columns or ""]), _value(row, layout)
        cell[column] = cell[column] + value if layout.value == ROW_COUNT and column in cell else value
    columns = [column for column in columns if any(cell.get(column) is not None for cell in cells.values())]
    if not MIN_COLUMNS <= len(columns) <= MAX_COLUMNS:
        return None
    is_number = all(value is None or _is_number(value) for cell in cells.values() for value in cell.values())
    names = list(cells)
    if layout.is_sorted_by_name:
        names.sort()
    elif is_number:
        names.sort(key=lambda name: -sum(value or 0 for value in cells[name].values()))
    found = tuple((name, *(cells[name].get(column, layout.blank) for column in columns)) for name in names)
    type_ = "DOUBLE" if is_number and layout.blank is None else "VARCHAR"
    return Result((layout.rows, *columns), ("VARCHAR", *(type_ for _ in columns)), found)


def build_chart(rows: Sequence[Row], layout: Layout) -> Chart | None:
    """Return the chart; None without a value above zero."""
    bars: dict[str, list[tuple[str, float]]] = {}
    for row in _select(rows, layout):
        value = _value(row, layout)
        if value is not None and value > 0:
            panel = "" if layout.rows == PANELS else str(row.get(PANELS, ""))
            bars.setdefault(panel, []).append((str(row[layout.rows]), float(value)))
    if not bars:
        return None
    limit = MAX_NAMED_BARS if layout.is_sorted_by_name else MAX_BARS
    panels = []
    for name, listed in list(bars.items())[:MAX_PANELS]:
        ordered = sorted(listed) if layout.is_sorted_by_name else sorted(listed, key=lambda pair: -pair[1])
        panels.append(Panel(name, ordered[:limit]))
    is_cut = len(bars) > MAX_PANELS or any(len(listed) > limit for listed in bars.values())
    largest = max(value for panel in panels for _, value in panel.bars)
    return Chart(layout.value, panels, largest, is_cut)


def _select(rows: Sequence[Row], layout: Layout) -> list[Row]:
    """Return the rows that the layout uses."""
    return [
        row
        for row in rows
        if (layout.only is None or row[layout.only[0]] == layout.only[1])
        and (layout.excluded is None or row[layout.excluded[0]] != layout.excluded[1])
    ]


def _value(row: Row, layout: Layout) -> Any:
    return 1 if layout.value == ROW_COUNT else row[layout.value]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
