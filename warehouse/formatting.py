"""Values of a result as a person reads them."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def format_value(value: Any) -> str:
    """One value as text: lists joined by 、, decimals without trailing zeros, 是/否, nothing for NULL."""
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


def escape_formula(text: str) -> str:
    """`text` for CSV: a leading ' keeps a spreadsheet from running what looks like a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def format_number(value: Any, places: int = 2) -> str:
    """A number rounded half up to `places`, without trailing zeros; a dash for nothing."""
    if value is None:
        return "—"
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:,f}".rstrip("0").rstrip(".") if places else f"{rounded:,f}"


def format_percent(value: Any) -> str:
    """A share in percent with one decimal; a dash for nothing."""
    return "—" if value is None else f"{format_number(Decimal(str(value)) * 100, 1)}%"


def format_decimal(value: Decimal) -> str:
    """A decimal without trailing zeros and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_json_value(value: Any) -> Any:
    """One value for JSON: numbers stay numbers, dates are ISO text, lists and structs keep their shape."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        number = float(value)
        # A decimal of more digits than a double holds is written out rather than rounded.
        return (
            (int(value) if value == int(value) else number) if Decimal(repr(number)) == value else format_decimal(value)
        )
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


# The colours of kinds in charts and pictures, the most distinct first.

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
