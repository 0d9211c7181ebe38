"""Build the pandera models of a table declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from schemas.specs import ColumnSpec

if TYPE_CHECKING:
    from schemas.specs import Ordered, TableSpec

ElementTest = Callable[[pl.Expr], pl.Expr]

NOT_BLANK: Final = r"\S"
"""Pattern of text that is not blank."""


def build_model(table: TableSpec) -> pa.DataFrameSchema:
    """Return the pandera model of `table`: exact types, exact columns in order, value checks, unique key."""
    return pa.DataFrameSchema(
        {spec.name: _pandera_column(spec) for spec in table.columns},
        checks=[_build_order_check(pair, table) for pair in table.ordered],
        strict=True,
        ordered=True,
        unique=list(table.key),
        name=table.full_name,
        title=table.label,
        description=table.comment,
    )


def build_quick_model(table: TableSpec) -> pa.DataFrameSchema:
    """Return the pandera model that tests whether `build_model` would pass a frame of the declared columns and types.

    One check evaluates all constraints at once and reports no details; the full model needs several queries per column.
    """
    required = [spec.name for spec in table.columns if not spec.nullable]
    passes = pl.all_horizontal(
        *(_for_each_value(spec, spec.name, test).all() for spec in table.columns for _, test in _value_checks(spec)),
        *(_in_order(pair).all() for pair in table.ordered),
        pl.struct(*table.key).is_duplicated().not_().all(),
    )

    def run(data: PolarsData) -> bool:
        frame = data.lazyframe.collect()
        return all(_has_no_missing(frame.get_column(name)) for name in required) and bool(frame.select(passes).item())

    return pa.DataFrameSchema(checks=[pa.Check(run)], name=table.full_name)


def _pandera_column(spec: ColumnSpec) -> pa.Column:
    return pa.Column(
        spec.dtype,
        checks=[_build_check(spec, message, test) for message, test in _value_checks(spec)],
        nullable=spec.nullable,
        title=spec.label,
        description=spec.description,
        metadata={"duckdb_type": spec.type, "unit": spec.unit},
    )


def _value_checks(spec: ColumnSpec) -> list[tuple[str, ElementTest]]:
    """Return the value checks of a column, each with a Chinese message."""
    checks: list[tuple[str, ElementTest]] = []
    minimum, maximum, values, pattern = spec.minimum, spec.maximum, list(spec.values), spec.pattern
    if minimum is not None:
        checks.append((f"不得小于 {minimum}", lambda element: element >= minimum))
    if maximum is not None:
        checks.append((f"不得大于 {maximum}", lambda element: element <= maximum))
    if values:
        checks.append(("只能取 " + "、".join(values), lambda element: element.is_in(values)))
    if pattern is not None:
        checks.append((f"须符合格式 {pattern}", lambda element: element.str.contains(pattern)))
    if spec.filled:
        checks.append(("不得为空白文字", lambda element: element.str.contains(NOT_BLANK)))
    if spec.is_list:
        checks.append(("列表中不得有空值", lambda element: element.is_not_null()))
    return checks


def _build_check(spec: ColumnSpec, message: str, test: ElementTest) -> pa.Check:
    def run(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(_for_each_value(spec, data.key or spec.name, test))

    return pa.Check(run, name=message, error=message)


def _for_each_value(spec: ColumnSpec, name: str, test: ElementTest) -> pl.Expr:
    """Apply a test to each value, or to each element of a list column; missing values pass."""
    if spec.is_list:
        return pl.col(name).list.eval(test(pl.element()).fill_null(True)).list.all()
    return test(pl.col(name)).fill_null(True)


def _has_no_missing(column: pl.Series) -> bool:
    """Return whether no value is missing; pandera treats NaN as missing."""
    return not column.has_nulls() and not (column.dtype.is_float() and column.is_nan().any())


def _build_order_check(pair: Ordered, table: TableSpec) -> pa.Check:
    first, second = table.column[pair.first], table.column[pair.second]
    message = f"{first.name}（{first.label}）不得晚于或大于 {second.name}（{second.label}）"

    def run(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(_in_order(pair))

    return pa.Check(run, name=message, error=message)


def _in_order(pair: Ordered) -> pl.Expr:
    return (pl.col(pair.first) <= pl.col(pair.second)).fill_null(True)
