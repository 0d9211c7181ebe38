"""Declarations of columns and tables.

A column is declared once, in a `core_*.py`, `mart.py` or `ops.py` module, with the constructors below. The polars type,
the DuckDB type, the pandera checks, the `COMMENT ON` text, the data dictionary and the Excel header follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandera.polars as pa
    import polars as pl

Bound = int | float | Decimal | date

ID_PATTERN: Final = r"^[0-9A-Za-z][0-9A-Za-z._:\-]{2,127}$"
FIRST_DAY: Final = date(1980, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)


@cache
def polars_types() -> Mapping[str, pl.DataType]:
    """Return DuckDB type -> polars type; no other types are allowed."""
    # Names and comments of columns are needed by commands that should not pay for the import of polars.
    import polars as pl

    points = pl.Decimal(9, 3)
    return MappingProxyType(
        {
            "VARCHAR": pl.String(),
            "INTEGER": pl.Int32(),
            "BIGINT": pl.Int64(),
            "DOUBLE": pl.Float64(),
            "BOOLEAN": pl.Boolean(),
            "DATE": pl.Date(),
            "TIMESTAMP": pl.Datetime("us"),
            "DECIMAL(9,3)": points,
            "DECIMAL(18,4)": pl.Decimal(18, 4),
            "VARCHAR[]": pl.List(pl.String()),
            "DECIMAL(9,3)[]": pl.List(points),
        }
    )


@dataclass(frozen=True)
class ColumnSpec:
    """One column of one table.

    The constraints `minimum`, `maximum`, `pattern`, `values` and `filled` apply to each value, and to each element of a
    list column.

    Attributes:
        name: Name of the column.
        type: DuckDB type, a key of `polars_types()`.
        label: Chinese header (Excel).
        description: Chinese meaning.
        unit: Chinese unit of a number.
        nullable: Whether NULL is allowed.
        minimum: Lowest allowed value.
        maximum: Highest allowed value.
        pattern: Regular expression that text must match.
        values: Allowed value -> its Chinese meaning.
        filled: Whether blank text is refused.
    """

    name: str
    type: str
    label: str
    description: str
    unit: str | None = None
    nullable: bool = True
    minimum: Bound | None = None
    maximum: Bound | None = None
    pattern: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    filled: bool = False

    @property
    def dtype(self) -> pl.DataType:
        """The polars type."""
        return polars_types()[self.type]

    @property
    def is_list(self) -> bool:
        """True for a column of lists."""
        return self.type.endswith("[]")

    @property
    def comment(self) -> str:
        """The text of `COMMENT ON COLUMN`: label, meaning, unit and the meaning of each allowed value."""
        parts = [f"{self.label}：{self.description}"]
        if self.unit:
            parts.append(f"单位：{self.unit}")
        if self.values:
            parts.append("取值：" + "，".join(f"{value}={meaning}" for value, meaning in self.values.items()))
        return "。".join(part.rstrip("。") for part in parts)


@dataclass(frozen=True)
class ForeignKey:
    """`columns` of this table refer to a row of `table` by its `references` columns; NULL refers to none."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Ordered:
    """`first` may not be greater than `second` where both are known (dates, page numbers)."""

    first: str
    second: str


@dataclass(frozen=True)
class TableSpec:
    """One table of the warehouse.

    Attributes:
        schema: `core`, `mart` or `ops`.
        name: Name of the table.
        label: Chinese name.
        comment: Chinese purpose: what one row is and where it comes from.
        key: Primary key, unique and never NULL.
        columns: The columns in order.
        foreign_keys: References to other tables.
        ordered: Pairs of columns of which the first may not exceed the second.
        sort: Columns that sort the published rows before the key.
    """

    schema: str
    name: str
    label: str
    comment: str
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    ordered: tuple[Ordered, ...] = ()
    sort: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """`schema.name`, the key of `schemas.TABLES`."""
        return f"{self.schema}.{self.name}"

    @property
    def order(self) -> tuple[str, ...]:
        """Columns that sort the published rows; it ends with the key, so that the order is total."""
        return (*self.sort, *(name for name in self.key if name not in self.sort))

    @cached_property
    def column(self) -> Mapping[str, ColumnSpec]:
        """The columns by name."""
        return {spec.name: spec for spec in self.columns}

    @cached_property
    def dtypes(self) -> dict[str, pl.DataType]:
        """The polars types by column name, in order."""
        return {spec.name: spec.dtype for spec in self.columns}

    @cached_property
    def model(self) -> pa.DataFrameSchema:
        """The pandera model, for eager frames (a LazyFrame would skip the value checks)."""
        # Importing pandera takes half a second: only validation should pay for it.
        from schemas.pandera_models import build_model

        return build_model(self)

    @cached_property
    def quick_model(self) -> pa.DataFrameSchema:
        """The pandera model that tests whether `model` would pass, without listing failures; much faster."""
        from schemas.pandera_models import build_quick_model

        return build_quick_model(self)


def identifier(name: str, label: str, description: str, *, nullable: bool = False) -> ColumnSpec:
    """Declare a deterministic id: Latin letters, digits and `._:-`, 3 to 128 characters."""
    return ColumnSpec(name, "VARCHAR", label, description, nullable=nullable, pattern=ID_PATTERN)


def text(
    name: str,
    label: str,
    description: str,
    *,
    required: bool = False,
    blank: bool = False,
    pattern: str | None = None,
    values: Mapping[str, str] | None = None,
) -> ColumnSpec:
    """Declare a text. `required` refuses NULL and, unless `blank` is set, blank text too."""
    return ColumnSpec(
        name,
        "VARCHAR",
        label,
        description,
        nullable=not required,
        pattern=pattern,
        values=values or {},
        filled=required and not blank and not values and pattern is None,
    )


def texts(name: str, label: str, description: str, *, blank: bool = False) -> ColumnSpec:
    """Declare a list of texts, never NULL; empty where the notice has none."""
    return ColumnSpec(name, "VARCHAR[]", label, description, nullable=False, filled=not blank)


def integer(
    name: str,
    label: str,
    description: str,
    *,
    required: bool = False,
    unit: str | None = None,
    minimum: int | None = 0,
    maximum: int | None = None,
) -> ColumnSpec:
    """Declare a 32-bit integer, not negative unless `minimum` is given."""
    return ColumnSpec(
        name, "INTEGER", label, description, unit=unit, nullable=not required, minimum=minimum, maximum=maximum
    )


def big_integer(
    name: str, label: str, description: str, *, required: bool = False, unit: str | None = None
) -> ColumnSpec:
    """Declare a 64-bit integer, not negative."""
    return ColumnSpec(name, "BIGINT", label, description, unit=unit, nullable=not required, minimum=0)


def points(name: str, label: str, description: str) -> ColumnSpec:
    """Declare points of a rubric: three decimals, never negative (a deduction is stored as its absolute value)."""
    return ColumnSpec(name, "DECIMAL(9,3)", label, description, unit="分", minimum=0)


def points_list(name: str, label: str, description: str) -> ColumnSpec:
    """Declare a list of points, never NULL, without negative elements."""
    return ColumnSpec(name, "DECIMAL(9,3)[]", label, description, unit="分", nullable=False, minimum=0)


def quantity(name: str, label: str, description: str, *, required: bool = False) -> ColumnSpec:
    """Declare a quantity with four decimals; its unit is a column of its own."""
    return ColumnSpec(name, "DECIMAL(18,4)", label, description, nullable=not required)


def share(name: str, label: str, description: str) -> ColumnSpec:
    """Declare a floating-point number from 0 to 1."""
    return ColumnSpec(name, "DOUBLE", label, description, minimum=0, maximum=1)


def flag(name: str, label: str, description: str) -> ColumnSpec:
    """Declare a boolean, never NULL."""
    return ColumnSpec(name, "BOOLEAN", label, description, nullable=False)


def day(name: str, label: str, description: str) -> ColumnSpec:
    """Declare a date from 1980 to 2100."""
    return ColumnSpec(name, "DATE", label, description, minimum=FIRST_DAY, maximum=LAST_DAY)


def moment(name: str, label: str, description: str, *, required: bool = False) -> ColumnSpec:
    """Declare a timestamp: UTC, microseconds."""
    return ColumnSpec(name, "TIMESTAMP", label, f"{description}（世界协调时 UTC）", nullable=not required)
