"""Build a warehouse file: reused rows, new rows, everything derived from them, and all comments.

Where little changes, the new file starts as a copy of the previous one and is updated (`_update_tables`); otherwise all
tables are written anew, sorted (`_write_tables`). Both give the same rows; only a file that was written anew has its
rows in the order of `TableSpec.order`, so that queries must sort for themselves.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

import schemas
from schemas import TableSpec
from schemas.ddl import literal, quoted, relation
from warehouse.errors import PublishError
from warehouse.store.connection import spare_database
from warehouse.store.snapshots import META_KEYS
from warehouse.store.staging_files import Parts
from warehouse.transform import derivation
from warehouse.transform.incremental import UpdateMode

META: Final = "ops.meta"
FILES: Final = "core.files"
NOTICES: Final = "core.notices"
MEMORY_LIMIT: Final = "1GB"
"""Memory limit of DuckDB; beyond it DuckDB sorts and joins on disk, in the folder `<file>.tmp`."""
MAX_INCREMENTAL_SHARE: Final = 0.05
"""Share of the files that may be added or dropped in an incremental update."""
FULL_BUILD_BYTES: Final = "whole_bytes"
"""Key in `ops.meta`: size of the file when all of it was last rewritten, 0 in that file itself."""
MAX_BLOAT: Final = 1.5
BLOAT_SLACK_BYTES: Final = 64 << 20
"""Deleted rows leave holes: a file larger than `MAX_BLOAT` times its size at the last full build, plus this many bytes,
is rewritten."""


def build_file(
    target: Path,
    old: Path | None,
    *,
    drop_files: Collection[str],
    add: Mapping[str, pl.DataFrame | Parts],
    replace: Mapping[str, pl.DataFrame],
    meta: Mapping[str, str],
) -> dict[str, int]:
    """Write a new warehouse file; on failure the target file is incomplete and must be deleted.

    Args:
        target: The file to write.
        old: The file whose rows are reused, except those of `drop_files`.
        drop_files: file_ids whose rows are deleted.
        add: New rows by table name.
        replace: The new content of whole tables.
        meta: Rows of `ops.meta` in addition to those about the structure.

    Returns:
        The number of rows of each table.

    Raises:
        ValueError: A table is unknown, or a frame has wrong columns or types.
        PublishError: A primary key is not unique.
        duckdb.Error: A file cannot be read or written.
    """
    _check_frames({**add, **replace})
    is_copy = old is not None and _can_update_in_place(old, drop_files, add, replace)
    if old is not None and is_copy:
        shutil.copyfile(old, target)
    size = target.stat().st_size if is_copy else 0
    with contextlib.closing(duckdb.connect(str(target))) as connection:
        # Sorting the cells of ten thousand notices would otherwise take all memory.
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        if is_copy:
            # One checkpoint, at the end: an earlier one would write rows that change again.
            connection.execute("SET wal_autocheckpoint = '1TB'")
        if old is not None:
            connection.execute(f"ATTACH {literal(str(old))} AS old (READ_ONLY)")
        dropped = pl.DataFrame({"file_id": sorted(drop_files)}, schema={"file_id": pl.String})
        connection.register("dropped", dropped)
        # DuckDB estimates joins by the sizes of committed tables only: the rows are committed before they are joined.
        connection.execute("BEGIN")
        if is_copy:
            replaced = _update_tables(connection, add, replace, meta, size)
        else:
            replaced = _write_tables(connection, old, add, replace, meta)
        connection.execute("COMMIT")
        connection.unregister("dropped")
        derivation.derive(
            connection,
            mode=_choose_mode(connection, old, is_copy),
            changed=_notice_ids(connection, add.get(NOTICES)),
            replaced=replaced,
        )
        rows = _count_rows(connection)
        if old is not None:
            connection.execute("DETACH old")
        connection.execute("CHECKPOINT")
    return rows


def _can_update_in_place(
    old: Path, drop_files: Collection[str], add: Mapping[str, pl.DataFrame | Parts], replace: Mapping[str, pl.DataFrame]
) -> bool:
    """Return whether `old` was derived by this program, is not bloated, and few of its files change."""
    files = add.get(FILES)
    added = 0 if files is None else files.rows if isinstance(files, Parts) else files.height
    with spare_database() as connection:
        connection.execute(f"ATTACH {literal(str(old))} AS old (READ_ONLY)")
        ((old_files,),) = connection.execute("SELECT count(*) FROM old.core.files").fetchall()
        full_bytes = connection.execute("SELECT value FROM old.ops.meta WHERE key = ?", [FULL_BUILD_BYTES]).fetchall()
        can_update = (
            added + len(drop_files) <= MAX_INCREMENTAL_SHARE * old_files
            and not any(name.startswith("core.") for name in replace)
            and full_bytes != []
            and (full_bytes == [("0",)] or old.stat().st_size <= MAX_BLOAT * int(full_bytes[0][0]) + BLOAT_SLACK_BYTES)
            and derivation.has_same_derivation(connection)
        )
        connection.execute("DETACH old")
    return can_update


def _choose_mode(connection: duckdb.DuckDBPyConnection, old: Path | None, is_copy: bool) -> UpdateMode:
    if is_copy:
        return UpdateMode.INCREMENTAL
    if old is not None and derivation.has_same_computation(connection):
        return UpdateMode.REUSE
    return UpdateMode.REBUILD


def _write_tables(
    connection: duckdb.DuckDBPyConnection,
    old: Path | None,
    add: Mapping[str, pl.DataFrame | Parts],
    replace: Mapping[str, pl.DataFrame],
    meta: Mapping[str, str],
) -> set[str]:
    """Create all tables and fill those that are not derived; return the names of all tables."""
    for statement in schemas.build_ddl():
        connection.execute(statement)
    _write_meta(connection, {"fingerprint": schemas.fingerprint(), FULL_BUILD_BYTES: "0", **meta})
    for name, table in schemas.TABLES.items():
        if name != META and name not in derivation.DERIVED_TABLES:
            reused = []
            if old is not None and name not in replace:
                dropped = _rows_of_dropped_files(table)
                reused = [f"SELECT {_column_list(table)} FROM old.{relation(table)} WHERE NOT ({dropped})"]
            with _new_rows(connection, table, add.get(name), replace.get(name)) as new:
                if _insert(connection, table, reused + new):
                    _require_unique_keys(connection, table, "")
    return set(schemas.TABLES)


def _update_tables(
    connection: duckdb.DuckDBPyConnection,
    add: Mapping[str, pl.DataFrame | Parts],
    replace: Mapping[str, pl.DataFrame],
    meta: Mapping[str, str],
    size: int,
) -> set[str]:
    """Delete the dropped rows and insert the new ones; return the tables of `replace` whose content changed."""
    changed = set()
    connection.execute(f"DELETE FROM {META} WHERE key IN ({', '.join(map(literal, {*META_KEYS, *meta}))})")
    connection.execute(f"UPDATE {META} SET value = '{size}' WHERE key = {literal(FULL_BUILD_BYTES)} AND value = '0'")
    _write_meta(connection, meta)
    for name, table in schemas.TABLES.items():
        if name == META or name in derivation.DERIVED_TABLES:
            continue
        with _new_rows(connection, table, add.get(name), replace.get(name)) as new:
            rows = " UNION ALL ".join(new) or f"SELECT {_column_list(table)} FROM {relation(table)} LIMIT 0"
            dropped = _rows_of_dropped_files(table)
            if name in replace:
                if _has_same_rows(connection, table, rows):
                    continue
                connection.execute(f"DELETE FROM {relation(table)}")
                changed.add(name)
            elif dropped != "false":
                connection.execute(f"DELETE FROM {relation(table)} WHERE {dropped}")
            if _insert(connection, table, new):
                key = quoted(table.key[0])
                _require_unique_keys(connection, table, f" WHERE {key} IN (SELECT {key} FROM ({rows}))")
    return changed


def _has_same_rows(connection: duckdb.DuckDBPyConnection, table: TableSpec, rows: str) -> bool:
    current = f"SELECT {_column_list(table)} FROM {relation(table)}"
    difference = f"(({current}) EXCEPT ALL ({rows})) UNION ALL (({rows}) EXCEPT ALL ({current}))"
    return not connection.execute(f"SELECT 1 FROM ({difference}) LIMIT 1").fetchall()


def _write_meta(connection: duckdb.DuckDBPyConnection, meta: Mapping[str, str]) -> None:
    for key, value in meta.items():
        connection.execute(f"INSERT INTO {META} VALUES ({literal(key)}, {literal(value)})")


def _notice_ids(connection: duckdb.DuckDBPyConnection, added: pl.DataFrame | Parts | None) -> list[str]:
    if isinstance(added, Parts):
        rows = connection.execute(added.select("notice_id")).fetchall() if added.paths else []
        return [notice_id for (notice_id,) in rows]
    return [] if added is None else added["notice_id"].to_list()


def _check_frames(frames: Mapping[str, pl.DataFrame | Parts]) -> None:
    for name, frame in frames.items():
        if name not in schemas.TABLES or name == META or name in derivation.DERIVED_TABLES:
            raise ValueError(f"no table to publish: {name}")
        if isinstance(frame, Parts):
            if frame.table != name:
                raise ValueError(f"{name}: parts of {frame.table}")
        elif dict(frame.schema) != schemas.TABLES[name].dtypes:
            raise ValueError(f"{name}: wrong columns or types: {dict(frame.schema)}")


@contextlib.contextmanager
def _new_rows(
    connection: duckdb.DuckDBPyConnection,
    table: TableSpec,
    add: pl.DataFrame | Parts | None,
    replace: pl.DataFrame | None,
) -> Iterator[list[str]]:
    """Yield SELECTs of the new rows of a table, which are valid within this block."""
    selects, registered = [], []
    if isinstance(add, Parts):
        selects += [add.select(*table.column)] if add.paths else []
        add = None
    for name, frame in {"added_rows": add, "replacing_rows": replace}.items():
        if frame is not None and not frame.is_empty():
            connection.register(name, frame)
            registered.append(name)
            selects.append(f"SELECT {_column_list(table)} FROM {name}")
    try:
        yield selects
    finally:
        for name in registered:
            connection.unregister(name)


def _insert(connection: duckdb.DuckDBPyConnection, table: TableSpec, selects: Collection[str]) -> bool:
    """Insert rows in the order of the table; return False where there is nothing to insert."""
    if selects:
        order = ", ".join(f"{quoted(name)} NULLS FIRST" for name in table.order)
        source = " UNION ALL ".join(selects)
        connection.execute(f"INSERT INTO {relation(table)} SELECT * FROM ({source}) ORDER BY {order}")
    return bool(selects)


def _column_list(table: TableSpec) -> str:
    return ", ".join(quoted(spec.name) for spec in table.columns)


def _rows_of_dropped_files(table: TableSpec) -> str:
    """Return an SQL condition for the rows of the old table that belong to a dropped file."""
    return schemas.belongs_to(table, {FILES: "SELECT file_id FROM dropped"}, "old") or "false"


def _require_unique_keys(connection: duckdb.DuckDBPyConnection, table: TableSpec, where: str) -> None:
    key = ", ".join(quoted(name) for name in table.key)
    duplicate = connection.execute(
        f"SELECT {key} FROM {relation(table)}{where} GROUP BY ALL HAVING count(*) > 1 LIMIT 1"
    ).fetchall()
    if duplicate:
        values = "，".join(f"{name}={value}" for name, value in zip(table.key, duplicate[0], strict=True))
        raise PublishError(f"{table.full_name}（{table.label}）主键重复：{values}。原有仓库没有改动。")


def _count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts = (f"SELECT {literal(name)}, count(*) FROM {relation(table)}" for name, table in schemas.TABLES.items())
    return dict(connection.execute(" UNION ALL ".join(counts)).fetchall())
