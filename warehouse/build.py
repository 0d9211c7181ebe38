"""Building a warehouse file: the rows that stay, the rows that come, what is derived from them, all comments."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

import schemas
from schemas import TableSpec
from schemas.ddl import literal, quoted, relation
from warehouse.derive import DERIVED_TABLES, derive
from warehouse.errors import PublishError
from warehouse.parts import Parts

META: Final = "ops.meta"
FILLING_MEMORY: Final = "1GB"
NOTICES: Final = "core.notices"


def build(
    target: Path,
    old: Path | None,
    *,
    drop_files: Collection[str],
    add: Mapping[str, pl.DataFrame | Parts],
    replace: Mapping[str, pl.DataFrame],
    meta: Mapping[str, str],
) -> dict[str, int]:
    """Write a whole new warehouse file at `target` and close it; a failure leaves a file that is good for nothing.

    `old` is the file whose rows are carried on, less those of `drop_files`; `meta` what `ops.meta` says of the new
    file beside its structure. Returns the rows of each table.
    Raises ValueError for an unknown table or a frame of other columns, PublishError for a key that comes twice,
    duckdb.Error where the files cannot be read or written.
    """
    _check_frames({**add, **replace})
    with contextlib.closing(duckdb.connect(str(target))) as connection:
        if old is not None:
            connection.execute(f"ATTACH {literal(str(old))} AS old (READ_ONLY)")
        # Sorting the cells of ten thousand notices would take what memory there is; past this it goes to disk.
        connection.execute(f"SET memory_limit = '{FILLING_MEMORY}'")
        connection.execute("BEGIN")
        for statement in schemas.ddl():
            connection.execute(statement)
        for key, value in {"fingerprint": schemas.fingerprint(), **meta}.items():
            connection.execute(f"INSERT INTO {META} VALUES ({literal(key)}, {literal(value)})")
        dropped = pl.DataFrame({"file_id": sorted(drop_files)}, schema={"file_id": pl.String})
        connection.register("dropped", dropped)
        for name, table in schemas.TABLES.items():
            if name != META and name not in DERIVED_TABLES:
                _fill(connection, table, carried=old is not None, add=add.get(name), replace=replace.get(name))
        connection.unregister("dropped")
        renewed = _notice_ids(connection, add.get(NOTICES))
        # DuckDB plans with the sizes of committed tables alone: joins over fresh ones would take it by surprise.
        connection.execute("COMMIT")
        connection.execute("RESET memory_limit")
        derive(connection, carried=old is not None, renewed=renewed)
        rows = _counts(connection)
        if old is not None:
            connection.execute("DETACH old")
        connection.execute("CHECKPOINT")
    return rows


def _notice_ids(connection: duckdb.DuckDBPyConnection, added: pl.DataFrame | Parts | None) -> list[str]:
    if isinstance(added, Parts):
        found = connection.execute(added.select("notice_id")).fetchall() if added.paths else []
        return [notice_id for (notice_id,) in found]
    return [] if added is None else added["notice_id"].to_list()


def _check_frames(frames: Mapping[str, pl.DataFrame | Parts]) -> None:
    for name, frame in frames.items():
        if name not in schemas.TABLES or name == META or name in DERIVED_TABLES:
            raise ValueError(f"no table to publish: {name}")
        if isinstance(frame, Parts):
            if frame.table != name:
                raise ValueError(f"{name}: parts of {frame.table}")
        elif dict(frame.schema) != schemas.TABLES[name].dtypes:
            raise ValueError(f"{name}: wrong columns or types: {dict(frame.schema)}")


def _fill(
    connection: duckdb.DuckDBPyConnection,
    table: TableSpec,
    *,
    carried: bool,
    add: pl.DataFrame | Parts | None,
    replace: pl.DataFrame | None,
) -> None:
    """Fill one empty table; sorted, so that the same rows stand in the same order whatever the history."""
    columns = ", ".join(quoted(spec.name) for spec in table.columns)
    parts = []
    if carried and replace is None:
        parts.append(f"SELECT {columns} FROM old.{relation(table)} WHERE {_stays(table)}")
    if isinstance(add, Parts):
        parts += [add.select(*table.column)] if add.paths else []
        add = None
    incoming = {"incoming": add, "whole": replace}
    for name, frame in incoming.items():
        if frame is not None and not frame.is_empty():
            connection.register(name, frame)
            parts.append(f"SELECT {columns} FROM {name}")
    if parts:
        order = ", ".join(f"{quoted(name)} NULLS FIRST" for name in table.order)
        source = " UNION ALL ".join(parts)
        connection.execute(f"INSERT INTO {relation(table)} SELECT * FROM ({source}) ORDER BY {order}")
        _refuse_double_keys(connection, table)
    for name, frame in incoming.items():
        if frame is not None and not frame.is_empty():
            connection.unregister(name)


def _stays(table: TableSpec) -> str:
    """SQL: true for the rows of the old table that do not belong to a dropped file."""
    gone_files = "SELECT file_id FROM dropped"
    gone_notices = f"SELECT notice_id FROM old.core.notices WHERE file_id IN ({gone_files})"
    owners = {
        "file_id": gone_files,
        "notice_id": gone_notices,
        "table_id": f"SELECT table_id FROM old.core.tables WHERE notice_id IN ({gone_notices})",
        "task_id": f"SELECT task_id FROM old.core.tasks WHERE notice_id IN ({gone_notices})",
    }
    if table.schema != "core":
        return "true"
    tests = [f"coalesce({column} IN ({gone}), false)" for column, gone in owners.items() if column in table.column]
    return f"NOT ({' OR '.join(tests)})"


def _refuse_double_keys(connection: duckdb.DuckDBPyConnection, table: TableSpec) -> None:
    key = ", ".join(quoted(name) for name in table.key)
    double = connection.execute(
        f"SELECT {key} FROM {relation(table)} GROUP BY ALL HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if double is not None:
        values = "，".join(f"{name}={value}" for name, value in zip(table.key, double, strict=True))
        raise PublishError(f"{table.full_name}（{table.label}）主键重复：{values}。原有仓库没有改动。")


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts = (f"SELECT {literal(name)}, count(*) FROM {relation(table)}" for name, table in schemas.TABLES.items())
    return dict(connection.execute(" UNION ALL ".join(counts)).fetchall())
