"""Rows of one table as Parquet files: what the workers of a build write and the loader reads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

import schemas
from schemas.ddl import literal, quoted

OWNER: Final = "_file_id"
"""A column that every part has behind those of its table: the `file_id` of the file that a row came from."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows of a table in Parquet files, less those of the files `without` (their file_ids)."""

    table: str
    paths: tuple[str, ...] = ()
    rows: int = 0
    """How many rows there are without those of `without`."""
    without: tuple[str, ...] = ()

    def select(self, *columns: str) -> str:
        """SQL for these columns of the rows. Only where there are `paths`."""
        listed = ", ".join(literal(path) for path in self.paths)
        names = ", ".join(map(literal, self.without))
        left_out = f" WHERE coalesce({OWNER} NOT IN ({names}), true)" if self.without else ""
        return f"SELECT {', '.join(map(quoted, columns))} FROM read_parquet([{listed}]){left_out}"

    def frame(self) -> pl.DataFrame:
        """The rows as a frame of the table; for tables that are known to be small."""
        columns = schemas.TABLES[self.table].dtypes
        if not self.paths:
            return schemas.empty(self.table)
        return (
            pl.scan_parquet(list(self.paths), glob=False)
            .filter(~pl.col(OWNER).is_in(list(self.without)).fill_null(value=False))
            .select(list(columns))
            .collect()
        )


def find_faults(listed: Iterable[Parts]) -> dict[str, str]:
    """What is wrong with the files (Chinese), by table: torn ones, columns or types of another table, rows missing."""
    faults = {}
    with contextlib.closing(duckdb.connect()) as connection:
        for one in listed:
            if not one.paths:
                continue
            expected = {**schemas.TABLES[one.table].dtypes, OWNER: pl.String()}
            try:
                # DuckDB compares the columns of the others with those of the first.
                same = dict(pl.read_parquet_schema(one.paths[0])) == expected
                (found,) = connection.execute(f"SELECT count(*) FROM ({one.select(OWNER)})").fetchone() or (0,)
            except (OSError, duckdb.Error, pl.exceptions.PolarsError) as error:
                faults[one.table] = f"{one.table} 的批次文件无法读取（{error}）"
                continue
            if not same:
                faults[one.table] = f"{one.table} 的批次文件列名或类型不符"
            elif found != one.rows:
                faults[one.table] = f"{one.table} 的批次文件应有 {one.rows} 行，实有 {found} 行"
    return faults


def write_part(frame: pl.DataFrame, path: Path) -> None:
    """Write the rows of a table, with the column `OWNER`, as one part. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path, compression="lz4", statistics=False)


def stage_frame(table: str, frame: pl.DataFrame, path: Path) -> Parts:
    """A frame of `table` as a part at `path`; no file where it has no rows."""
    if frame.is_empty():
        return Parts(table)
    write_part(frame.with_columns(pl.lit(None, pl.String).alias(OWNER)), path)
    return Parts(table, (str(path),), frame.height)
