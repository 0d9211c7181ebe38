"""How one table is declared: its columns, key, links and the order between its dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from schemas.columns import ColumnSpec

if TYPE_CHECKING:
    import pandera.polars as pa


@dataclass(frozen=True)
class ForeignKey:
    """`columns` of this table name a row of `table` by its `references` columns (NULL names none)."""

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

    `key` is unique and never NULL. `order` sorts the published rows; it ends in the key so that the order is total.
    `comment` is the Chinese purpose of the table: what one row is and where it comes from.
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
        """Columns that sort the published rows."""
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
        # pandera costs half a second of import: only validation should pay for it.
        from schemas.pandera_models import model

        return model(self)

    @cached_property
    def verdict(self) -> pa.DataFrameSchema:
        """The pandera model that says whether `model` would pass, at a fraction of the cost."""
        from schemas.pandera_models import verdict

        return verdict(self)
