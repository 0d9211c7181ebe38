"""Rows of the published file that outlive a new version of the program."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

import schemas
from warehouse import store

_COLUMNS: Final = (
    "SELECT column_name FROM duckdb_columns() WHERE database_name = 'warehouse' "
    "AND schema_name || '.' || table_name = ?"
)


def remembered(warehouse: Path, names: Sequence[str]) -> dict[str, pl.DataFrame]:
    """The published rows of these tables; none where one of them is missing or has other columns.

    A file of another version of the program is asked too: that its notices are read anew is no reason to forget. Where
    the published file is lost or damaged, the newest sound edition beside it is asked.
    """
    found = {name: schemas.empty(name) for name in names}
    source = store.find_history_file(warehouse)
    if source is None:
        return found
    with contextlib.closing(store.connect(source)) as connection:
        there = {name: {column for (column,) in connection.execute(_COLUMNS, [name]).fetchall()} for name in names}
        if any(there[name] != set(schemas.TABLES[name].dtypes) for name in names):
            return found
        for name in names:
            rows: pl.DataFrame = connection.sql(f"SELECT * FROM {name}").pl()
            found[name] = rows.select(list(schemas.TABLES[name].dtypes)).cast(pl.Schema(schemas.TABLES[name].dtypes))
    return found
