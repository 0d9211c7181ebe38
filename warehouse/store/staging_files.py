"""Rows of one table staged as Parquet files, written by the workers of a build and read by the loader."""

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
"""The last column of every staging file: the `file_id` of the source file of a row."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows of one table in Parquet files.

    Attributes:
        table: Name of the table (`schema.name`).
        paths: The staging files.
        rows: Number of rows without those of `excluded`.
        excluded: file_ids whose rows are excluded.
    """

    table: str
    paths: tuple[str, ...] = ()
    rows: int = 0
    excluded: tuple[str, ...] = ()

    def select(self, *columns: str) -> str:
        """Return SQL that selects these columns; requires `paths`."""
        listed = ", ".join(literal(path) for path in self.paths)
        names = ", ".join(map(literal, self.excluded))
        left_out = f" WHERE coalesce({OWNER} NOT IN ({names}), true)" if self.excluded else ""
        return f"SELECT {', '.join(map(quoted, columns))} FROM read_parquet([{listed}]){left_out}"

    def frame(self) -> pl.DataFrame:
        """Return the rows as a frame of the table; for tables that are known to be small."""
        columns = schemas.TABLES[self.table].dtypes
        if not self.paths:
            return schemas.empty(self.table)
        return (
            pl.scan_parquet(list(self.paths), glob=False)
            .filter(~pl.col(OWNER).is_in(list(self.excluded)).fill_null(value=False))
            .select(list(columns))
            .collect()
        )


def find_faults(listed: Iterable[Parts]) -> dict[str, str]:
    """Return what is wrong with the staging files, by table (Chinese).

    Unreadable files, columns or types of another table, and a wrong number of rows.
    """
    faults = {}
    with contextlib.closing(duckdb.connect()) as connection:
        for parts in listed:
            if not parts.paths:
                continue
            expected = {**schemas.TABLES[parts.table].dtypes, OWNER: pl.String()}
            try:
                # DuckDB compares the columns of the other files with those of the first.
                is_same = dict(pl.read_parquet_schema(parts.paths[0])) == expected
                ((rows,),) = connection.execute(f"SELECT count(*) FROM ({parts.select(OWNER)})").fetchall()
            except (OSError, duckdb.Error, pl.exceptions.PolarsError) as error:
                faults[parts.table] = f"{parts.table} 的批次文件无法读取（{error}）"
                continue
            if not is_same:
                faults[parts.table] = f"{parts.table} 的批次文件列名或类型不符"
            elif rows != parts.rows:
                faults[parts.table] = f"{parts.table} 的批次文件应有 {parts.rows} 行，实有 {rows} 行"
    return faults


def write_part(frame: pl.DataFrame, path: Path) -> None:
    """Write the rows of a table, with the column `OWNER`, to one staging file. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path, compression="lz4", statistics=False)


def stage_frame(table: str, frame: pl.DataFrame, path: Path) -> Parts:
    """Write a frame of `table` to a staging file at `path`; no file where it has no rows."""
    if frame.is_empty():
        return Parts(table)
    write_part(frame.with_columns(pl.lit(None, pl.String).alias(OWNER)), path)
    return Parts(table, (str(path),), frame.height)
