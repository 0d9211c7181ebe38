"""The rows of a query, and how values are formatted for people."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import duckdb

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""First characters of text that a spreadsheet reads as a formula."""

CHART_COLORS: Final = (
    "#2f6f8f",
    "#d98f3f",
    "#6b9a5b",
    "#b45b5b",
    "#7a6ba8",
    "#4fa3a5",
    "#a7844f",
    "#8a8f98",
    "#c9a9a6",
    "#9fb4c4",
    "#c2b280",
    "#b7c9a8",
)
"""Colors of categories in charts and pictures, the most distinct first."""


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of one query.

    Attributes:
        columns: Names of the columns.
        types: DuckDB type names, one per column.
        rows: The rows.
        truncated: True where a limit cut off further rows.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool = False

    @classmethod
    def fetch(cls, cursor: duckdb.DuckDBPyConnection, limit: int | None = None) -> Result:
        """Fetch the rows of an executed query, at most `limit`."""
        description = cursor.description or []
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
        return cls(
            tuple(str(column[0]) for column in description),
            tuple(str(column[1]) for column in description),
            tuple(rows[:limit]),
            limit is not None and len(rows) > limit,
        )


def format_value(value: Any) -> str:
    """Return a value as text: lists joined by 、, decimals without trailing zeros, 是/否, empty for None."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, list | tuple):
        return "、".join(format_value(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(to_json_value(value), ensure_ascii=False)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def format_decimal(value: Decimal) -> str:
    """Return a decimal without trailing zeros and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_number(value: Any, places: int = 2) -> str:
    """Return a number rounded half up to `places`, without trailing zeros; a dash for None."""
    if value is None:
        return "—"
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:,f}".rstrip("0").rstrip(".") if places else f"{rounded:,f}"


def format_percent(value: Any) -> str:
    """Return a share in percent with one decimal; a dash for None."""
    return "—" if value is None else f"{format_number(Decimal(str(value)) * 100, 1)}%"


def escape_formula(text: str) -> str:
    """Return `text` for CSV: a leading ' keeps a spreadsheet from running text that looks like a formula.

    Text that looks as if it had that ' already gets another one, so that `strip_formula_guard` gives back any text.
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def strip_formula_guard(value: str) -> str:
    """Return the text that `escape_formula` made into this value."""
    is_guarded = value.startswith("'") and value.lstrip("'").startswith(FORMULA_STARTS)
    return value[1:] if is_guarded else value


def to_json_value(value: Any) -> Any:
    """Return a value for JSON: numbers stay numbers, dates become ISO text, lists and structs keep their shape."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        number = float(value)
        if Decimal(repr(number)) != value:
            # More digits than a float has: text instead of a rounded number.
            return format_decimal(value)
        return int(value) if value == int(value) else number
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, list | tuple):
        return [to_json_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_json_value(item) for key, item in value.items()}
    return format_value(value)
