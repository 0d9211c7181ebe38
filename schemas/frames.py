"""Convert rows (mappings or record dataclasses) to frames of exactly the declared types."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import chain
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any, Final

from schemas.registry import TABLES
from schemas.specs import ColumnSpec, TableSpec
from schemas.validate import STRUCTURE, UNKNOWN_COLUMN, Failure, make_failure

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa  # type: ignore[import-untyped]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Lone surrogates, left by broken UTF-16 files, cannot be stored as UTF-8."""

_BUILT_BY_ARROW: Final = frozenset({"DECIMAL(9,3)", "DECIMAL(18,4)", "VARCHAR[]", "DECIMAL(9,3)[]"})
"""Types whose columns are built by arrow: polars would round numbers silently, and convert lists one by one."""

Row = Mapping[str, Any] | Any
"""A mapping, or an instance of a dataclass."""


class RowsRefusedError(ValueError):
    """Values of rows do not fit the declared types; `failures` lists all of them."""

    def __init__(self, failures: list[Failure]) -> None:
        super().__init__("；".join(failure.message for failure in failures[:5]))
        self.failures = failures


def empty(name: str) -> pl.DataFrame:
    """Return a frame of table `name` without rows."""
    import polars as pl

    return pl.DataFrame(schema=TABLES[name].dtypes)


def frame(name: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Convert rows to a frame with the columns and types of table `name`; missing fields become NULL.

    Nothing is rounded, truncated or cast: polars would silently convert 1.239 to 1.24 and True to 1. Ranges, keys and
    allowed values are checked by `schemas.check`.

    Raises:
        RowsRefusedError: Lists every value of a wrong type and every unknown field.
    """
    table, records = TABLES[name], list(rows)
    if not records:
        return empty(name)
    fields, columns = _columns(table, records)
    with suppress(*_refusals()):
        if fields <= frozenset(table.column) and all(_is_plain(spec, columns[spec.name]) for spec in table.columns):
            return _frame(table, columns)
    # Slow: looks at every value to name the failures.
    mappings = [_mapping(row) for row in records]
    failures = _unknown_fields(table, mappings)
    for spec in table.columns:
        failures.extend(_wrong_values(table, spec, columns[spec.name], mappings))
    if failures:
        raise RowsRefusedError(failures)
    return _frame(table, columns)


def _columns(table: TableSpec, rows: list[Row]) -> tuple[frozenset[str], dict[str, Sequence[Any]]]:
    """Return the fields of the rows, and the values of each column of the table."""
    kinds = set(map(type, rows))
    columns: dict[str, Sequence[Any]]
    if len(kinds) == 1 and dataclasses.is_dataclass(kind := kinds.pop()):
        fields, missing = frozenset(_field_names(kind)), (None,) * len(rows)
        columns = {
            spec.name: list(map(attrgetter(spec.name), rows)) if spec.name in fields else missing
            for spec in table.columns
        }
    else:
        records = [_mapping(row) for row in rows]
        fields = frozenset(chain.from_iterable(records))
        columns = {spec.name: [record.get(spec.name) for record in records] for spec in table.columns}
    moments = {spec.name: list(map(_utc, columns[spec.name])) for spec in table.columns if spec.type == "TIMESTAMP"}
    return fields, columns | moments


def _frame(table: TableSpec, columns: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame([_series(spec, columns[spec.name]) for spec in table.columns])


def _series(spec: ColumnSpec, values: Sequence[Any]) -> pl.Series:
    import polars as pl

    if spec.type in _BUILT_BY_ARROW:
        import pyarrow as pa

        return pl.Series(spec.name, pa.array(values, type=_arrow_types()[spec.type])).cast(spec.dtype)
    return pl.Series(spec.name, values, dtype=spec.dtype, strict=True)


def _is_plain(spec: ColumnSpec, values: Sequence[Any]) -> bool:
    """Return whether all values have types that polars and arrow either keep unchanged or refuse."""
    if spec.type == "VARCHAR":
        # polars refuses anything but text.
        return True
    if spec.is_list:
        if not _LISTS.issuperset(map(type, values)):
            return False
        values = list(chain.from_iterable(filter(None, values)))
    return _PLAIN[spec.type.removesuffix("[]")].issuperset(map(type, values))


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in dataclasses.fields(kind))


def _mapping(row: Row) -> Mapping[str, Any]:
    if isinstance(row, Mapping):
        return row
    kind = type(row)
    if dataclasses.is_dataclass(kind):
        return {name: getattr(row, name) for name in _field_names(kind)}
    raise TypeError(f"a row is a mapping or a dataclass, not {kind.__name__}")


def _unknown_fields(table: TableSpec, records: list[Mapping[str, Any]]) -> list[Failure]:
    failures = []
    known = frozenset(table.column)
    for index, record in enumerate(records):
        for field in record:
            if field not in known:
                key = _key(table, record)
                failures.append(
                    make_failure(table, str(field), UNKNOWN_COLUMN, STRUCTURE[UNKNOWN_COLUMN], row=index, key=key)
                )
    return failures


def _wrong_values(
    table: TableSpec, spec: ColumnSpec, values: Sequence[Any], records: list[Mapping[str, Any]]
) -> list[Failure]:
    fits, is_list = _FITS[spec.type.removesuffix("[]")], spec.is_list
    failures = []
    for index, value in enumerate(values):
        if value is None:
            continue
        if is_list:
            is_valid = isinstance(value, list | tuple) and all(item is None or fits(item) for item in value)
        else:
            is_valid = fits(value)
        if not is_valid:
            key = _key(table, records[index])
            problem = f"类型应为 {spec.type}"
            failures.append(make_failure(table, spec.name, "dtype", problem, value=repr(value), row=index, key=key))
    return failures


def _key(table: TableSpec, record: Mapping[str, Any]) -> str | None:
    return "，".join(f"{name}={record[name]}" for name in table.key if name in record) or None


def _utc(value: Any) -> Any:
    """Return a timestamp with a time zone as naive UTC, anything else unchanged."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not _SURROGATE.search(value)


def _is_integer(bits: int) -> Callable[[Any], bool]:
    limit = 2 ** (bits - 1)
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit


def _is_decimal(precision: int, scale: int) -> Callable[[Any], bool]:
    limit = Decimal(10) ** (precision - scale)

    def fits(value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return False
        number = Decimal(value)
        return number.is_finite() and -limit < number < limit and round(number, scale) == number

    return fits


_FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "VARCHAR": _is_text,
    "INTEGER": _is_integer(32),
    "BIGINT": _is_integer(64),
    "DOUBLE": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "BOOLEAN": lambda value: isinstance(value, bool),
    "DATE": lambda value: isinstance(value, date) and not isinstance(value, datetime),
    "TIMESTAMP": lambda value: isinstance(value, datetime),
    "DECIMAL(9,3)": _is_decimal(9, 3),
    "DECIMAL(18,4)": _is_decimal(18, 4),
}

_LISTS: Final = frozenset({list, tuple, NoneType})
_PLAIN: Final[Mapping[str, frozenset[type]]] = {
    "VARCHAR": frozenset({str, NoneType}),
    "INTEGER": frozenset({int, NoneType}),
    "BIGINT": frozenset({int, NoneType}),
    "DOUBLE": frozenset({int, float, NoneType}),
    "BOOLEAN": frozenset({bool, NoneType}),
    "DATE": frozenset({date, NoneType}),
    "TIMESTAMP": frozenset({datetime, NoneType}),
    "DECIMAL(9,3)": frozenset({int, Decimal, NoneType}),
    "DECIMAL(18,4)": frozenset({int, Decimal, NoneType}),
}
"""Types whose values polars keeps unchanged or refuses. Subclasses are checked value by value."""


@cache
def _arrow_types() -> Mapping[str, pa.DataType]:
    """Return the arrow types of `_BUILT_BY_ARROW`."""
    import pyarrow as pa

    return {
        "DECIMAL(9,3)": pa.decimal128(9, 3),
        "DECIMAL(18,4)": pa.decimal128(18, 4),
        "VARCHAR[]": pa.large_list(pa.large_string()),
        "DECIMAL(9,3)[]": pa.large_list(pa.decimal128(9, 3)),
    }


def _refusals() -> tuple[type[Exception], ...]:
    """Return the errors of polars and arrow for a value that does not fit the type."""
    import polars as pl

    return TypeError, ValueError, OverflowError, pl.exceptions.PolarsError
