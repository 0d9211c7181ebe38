"""From a table declaration to its pandera model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from schemas.columns import ColumnSpec

if TYPE_CHECKING:
    from schemas.tables import Ordered, TableSpec

ElementTest = Callable[[pl.Expr], pl.Expr]

NOT_BLANK: Final = r"\S"
"""What text must match where blank text is refused."""


def model(table: TableSpec) -> pa.DataFrameSchema:
    """The pandera model of `table`: exact types, exact columns in order, value checks, unique key."""
    return pa.DataFrameSchema(
        {spec.name: _column(spec) for spec in table.columns},
        checks=[_order_check(pair, table) for pair in table.ordered],
        strict=True,
        ordered=True,
        unique=list(table.key),
        name=table.full_name,
        title=table.label,
        description=table.comment,
    )


def _column(spec: ColumnSpec) -> pa.Column:
    return pa.Column(
        spec.dtype,
        checks=_value_checks(spec),
        nullable=spec.nullable,
        title=spec.label,
        description=spec.description,
        metadata={"duckdb_type": spec.type, "unit": spec.unit},
    )


def _value_checks(spec: ColumnSpec) -> list[pa.Check]:
    """One check per bound, so that a failure names the bound that was broken."""
    checks: list[pa.Check] = []
    minimum, maximum, values, pattern = spec.minimum, spec.maximum, list(spec.values), spec.pattern
    if minimum is not None:
        checks.append(_check(spec, f"不得小于 {minimum}", lambda element: element >= minimum))
    if maximum is not None:
        checks.append(_check(spec, f"不得大于 {maximum}", lambda element: element <= maximum))
    if values:
        checks.append(_check(spec, "只能取 " + "、".join(values), lambda element: element.is_in(values)))
    if pattern is not None:
        checks.append(_check(spec, f"须符合格式 {pattern}", lambda element: element.str.contains(pattern)))
    if spec.filled:
        checks.append(_check(spec, "不得为空白文字", lambda element: element.str.contains(NOT_BLANK)))
    if spec.is_list:
        checks.append(_check(spec, "列表中不得有空值", lambda element: element.is_not_null()))
    return checks


def _check(spec: ColumnSpec, message: str, holds: ElementTest) -> pa.Check:
    """A check of each value, or of each element of a list column; a missing value passes."""

    def run(data: PolarsData) -> pl.LazyFrame:
        column = pl.col(data.key or spec.name)
        if spec.is_list:
            return data.lazyframe.select(column.list.eval(holds(pl.element()).fill_null(True)).list.all())
        return data.lazyframe.select(holds(column).fill_null(True))

    return pa.Check(run, name=message, error=message)


def _order_check(pair: Ordered, table: TableSpec) -> pa.Check:
    first, second = table.column[pair.first], table.column[pair.second]
    message = f"{first.name}（{first.label}）不得晚于或大于 {second.name}（{second.label}）"

    def run(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select((pl.col(first.name) <= pl.col(second.name)).fill_null(True))

    return pa.Check(run, name=message, error=message)
