"""Building a warehouse file: the rows that stay, the rows that come, what is derived from them, all comments.

Where little changes, the new file begins as a copy of the former one and is brought up to date (`_update`); else it is
written whole, every table sorted (`_write`). Both give the same rows. Their order within a table is that of
`TableSpec.order` in a file that was written whole only: whoever wants an order asks for it.
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
from warehouse import transform
from warehouse.errors import PublishError
from warehouse.store.snapshots import META_KEYS
from warehouse.store.staging_files import Parts
from warehouse.transform.incremental import UpdateMode

META: Final = "ops.meta"
MEMORY_LIMIT: Final = "1GB"
"""What DuckDB may take; past this it sorts and joins on disk, in the folder `<file>.tmp`."""
FILES: Final = "core.files"
NOTICES: Final = "core.notices"
MAX_INCREMENTAL_SHARE: Final = 0.05
"""Share of the files that may come or go where the former file is brought up to date."""
FULL_BUILD_BYTES: Final = "whole_bytes"
"""Key in `ops.meta`: the bytes of the file that was last written whole, 0 in that file itself."""
MAX_BLOAT: Final = 1.5
BLOAT_SLACK_BYTES: Final = 64 << 20
"""Rows that fell away leave holes: a file that grew to so many times those bytes, and so many bytes more, is written
whole again."""


def build_file(
    target: Path,
    old: Path | None,
    *,
    drop_files: Collection[str],
    add: Mapping[str, pl.DataFrame | Parts],
    replace: Mapping[str, pl.DataFrame],
    meta: Mapping[str, str],
) -> dict[str, int]:
    """Write a new warehouse file at `target` and close it; a failure leaves a file that is good for nothing.

    `old` is the file whose rows are carried on, less those of `drop_files`; `meta` what `ops.meta` says of the new
    file beside its structure. Returns the rows of each table.
    Raises ValueError for an unknown table or a frame of other columns, PublishError for a key that comes twice,
    duckdb.Error where the files cannot be read or written.
    """
    _check_frames({**add, **replace})
    in_place = old is not None and _can_update_in_place(old, drop_files, add, replace)
    if old is not None and in_place:
        shutil.copyfile(old, target)
    size = target.stat().st_size if in_place else 0
    with contextlib.closing(duckdb.connect(str(target))) as connection:
        # Sorting the cells of ten thousand notices would take what memory there is.
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        if in_place:
            # One checkpoint, at the end: in between it would write anew what is changed again.
            connection.execute("SET wal_autocheckpoint = '1TB'")
        if old is not None:
            connection.execute(f"ATTACH {literal(str(old))} AS old (READ_ONLY)")
        dropped = pl.DataFrame({"file_id": sorted(drop_files)}, schema={"file_id": pl.String})
        connection.register("dropped", dropped)
        # DuckDB plans with the sizes of committed tables alone: joins over fresh ones would take it by surprise.
        connection.execute("BEGIN")
        if in_place:
            replaced = _update_tables(connection, add, replace, meta, size)
        else:
            replaced = _write_tables(connection, old, add, replace, meta)
        connection.execute("COMMIT")
        connection.unregister("dropped")
        transform.derive(
            connection,
            carry=_choose_mode(connection, old, in_place),
            renewed=_notice_ids(connection, add.get(NOTICES)),
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
    """Whether `old` was derived by this program, has few holes, and little of it changes."""
    added = add.get(FILES)
    coming = 0 if added is None else added.rows if isinstance(added, Parts) else added.height
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH {literal(str(old))} AS old (READ_ONLY)")
        (files,) = connection.execute("SELECT count(*) FROM old.core.files").fetchone() or (0,)
        whole = connection.execute("SELECT value FROM old.ops.meta WHERE key = ?", [FULL_BUILD_BYTES]).fetchall()
        return (
            coming + len(drop_files) <= MAX_INCREMENTAL_SHARE * files
            and not any(name.startswith("core.") for name in replace)
            and whole != []
            and (whole == [("0",)] or old.stat().st_size <= MAX_BLOAT * int(whole[0][0]) + BLOAT_SLACK_BYTES)
            and transform.has_same_derivation(connection)
        )


def _choose_mode(connection: duckdb.DuckDBPyConnection, old: Path | None, in_place: bool) -> UpdateMode:
    if in_place:
        return UpdateMode.IN_PLACE
    return UpdateMode.ROWS if old is not None and transform.has_same_computation(connection) else UpdateMode.NOTHING


def _write_tables(
    connection: duckdb.DuckDBPyConnection,
    old: Path | None,
    add: Mapping[str, pl.DataFrame | Parts],
    replace: Mapping[str, pl.DataFrame],
    meta: Mapping[str, str],
) -> set[str]:
    """Make all tables and fill those that are not derived; all of them are new."""
    for statement in schemas.ddl():
        connection.execute(statement)
    _write_meta(connection, {"fingerprint": schemas.fingerprint(), FULL_BUILD_BYTES: "0", **meta})
    for name, table in schemas.TABLES.items():
        if name != META and name not in transform.DERIVED_TABLES:
            carried = []
            if old is not None and name not in replace:
                carried = [
                    f"SELECT {_column_list(table)} FROM old.{relation(table)} WHERE NOT ({_rows_of_dropped_files(table)})"
                ]
            with _incoming_rows(connection, table, add.get(name), replace.get(name)) as coming:
                if _insert(connection, table, carried + coming):
                    _require_unique_keys(connection, table, "")
    return set(schemas.TABLES)


def _update_tables(
    connection: duckdb.DuckDBPyConnection,
    add: Mapping[str, pl.DataFrame | Parts],
    replace: Mapping[str, pl.DataFrame],
    meta: Mapping[str, str],
    size: int,
) -> set[str]:
    """Delete what was dropped and add what comes; returns the tables of `replace` that are not as they were."""
    changed = set()
    connection.execute(f"DELETE FROM {META} WHERE key IN ({', '.join(map(literal, {*META_KEYS, *meta}))})")
    connection.execute(f"UPDATE {META} SET value = '{size}' WHERE key = {literal(FULL_BUILD_BYTES)} AND value = '0'")
    _write_meta(connection, meta)
    for name, table in schemas.TABLES.items():
        if name == META or name in transform.DERIVED_TABLES:
            continue
        with _incoming_rows(connection, table, add.get(name), replace.get(name)) as coming:
            rows = " UNION ALL ".join(coming) or f"SELECT {_column_list(table)} FROM {relation(table)} LIMIT 0"
            if name in replace:
                if _has_same_rows(connection, table, rows):
                    continue
                connection.execute(f"DELETE FROM {relation(table)}")
                changed.add(name)
            elif _rows_of_dropped_files(table) != "false":
                connection.execute(f"DELETE FROM {relation(table)} WHERE {_rows_of_dropped_files(table)}")
            if _insert(connection, table, coming):
                key = quoted(table.key[0])
                _require_unique_keys(connection, table, f" WHERE {key} IN (SELECT {key} FROM ({rows}))")
    return changed


def _has_same_rows(connection: duckdb.DuckDBPyConnection, table: TableSpec, rows: str) -> bool:
    there = f"SELECT {_column_list(table)} FROM {relation(table)}"
    differing = f"(({there}) EXCEPT ALL ({rows})) UNION ALL (({rows}) EXCEPT ALL ({there}))"
    return not connection.execute(f"SELECT 1 FROM ({differing}) LIMIT 1").fetchall()


def _write_meta(connection: duckdb.DuckDBPyConnection, meta: Mapping[str, str]) -> None:
    for key, value in meta.items():
        connection.execute(f"INSERT INTO {META} VALUES ({literal(key)}, {literal(value)})")


def _notice_ids(connection: duckdb.DuckDBPyConnection, added: pl.DataFrame | Parts | None) -> list[str]:
    if isinstance(added, Parts):
        found = connection.execute(added.select("notice_id")).fetchall() if added.paths else []
        return [notice_id for (notice_id,) in found]
    return [] if added is None else added["notice_id"].to_list()


def _check_frames(frames: Mapping[str, pl.DataFrame | Parts]) -> None:
    for name, frame in frames.items():
        if name not in schemas.TABLES or name == META or name in transform.DERIVED_TABLES:
            raise ValueError(f"no table to publish: {name}")
        if isinstance(frame, Parts):
            if frame.table != name:
                raise ValueError(f"{name}: parts of {frame.table}")
        elif dict(frame.schema) != schemas.TABLES[name].dtypes:
            raise ValueError(f"{name}: wrong columns or types: {dict(frame.schema)}")


@contextlib.contextmanager
def _incoming_rows(
    connection: duckdb.DuckDBPyConnection,
    table: TableSpec,
    add: pl.DataFrame | Parts | None,
    replace: pl.DataFrame | None,
) -> Iterator[list[str]]:
    """SELECTs of the rows that come into a table, which hold within this block."""
    selects, registered = [], []
    if isinstance(add, Parts):
        selects += [add.select(*table.column)] if add.paths else []
        add = None
    for name, frame in {"incoming": add, "whole": replace}.items():
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
    """Insert rows in the order of the table; False where there is nothing to insert."""
    if selects:
        order = ", ".join(f"{quoted(name)} NULLS FIRST" for name in table.order)
        source = " UNION ALL ".join(selects)
        connection.execute(f"INSERT INTO {relation(table)} SELECT * FROM ({source}) ORDER BY {order}")
    return bool(selects)


def _column_list(table: TableSpec) -> str:
    return ", ".join(quoted(spec.name) for spec in table.columns)


def _rows_of_dropped_files(table: TableSpec) -> str:
    """SQL: true for the rows of the old table that belong to a dropped file."""
    gone_files = "SELECT file_id FROM dropped"
    gone_notices = f"SELECT notice_id FROM old.core.notices WHERE file_id IN ({gone_files})"
    owners = {
        "file_id": gone_files,
        "notice_id": gone_notices,
        "table_id": f"SELECT table_id FROM old.core.tables WHERE notice_id IN ({gone_notices})",
        "task_id": f"SELECT task_id FROM old.core.tasks WHERE notice_id IN ({gone_notices})",
    }
    if table.schema != "core":
        return "false"
    tests = [f"coalesce({column} IN ({gone}), false)" for column, gone in owners.items() if column in table.column]
    return " OR ".join(tests)


def _require_unique_keys(connection: duckdb.DuckDBPyConnection, table: TableSpec, where: str) -> None:
    key = ", ".join(quoted(name) for name in table.key)
    double = connection.execute(
        f"SELECT {key} FROM {relation(table)}{where} GROUP BY ALL HAVING count(*) > 1 LIMIT 1"
    ).fetchall()
    if double:
        values = "，".join(f"{name}={value}" for name, value in zip(table.key, double[0], strict=True))
        raise PublishError(f"{table.full_name}（{table.label}）主键重复：{values}。原有仓库没有改动。")


def _count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts = (f"SELECT {literal(name)}, count(*) FROM {relation(table)}" for name, table in schemas.TABLES.items())
    return dict(connection.execute(" UNION ALL ".join(counts)).fetchall())
