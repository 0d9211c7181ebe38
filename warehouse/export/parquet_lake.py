"""Core tables of a published warehouse as Hive-partitioned Parquet files for other engines.

`<folder>/<table>/division=370300/year=2023/data_0.parquet`: one folder per core table, partitioned by prefecture (the
first four digits of the division code and 00) and year of the notice, `unknown` if the notice does not state them.
Only partitions whose files or notices changed are rewritten; empty ones are removed.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
from filelock import FileLock, Timeout

import schemas
from schemas import TableSpec
from schemas.ddl import literal, quoted, relation
from warehouse import store
from warehouse.errors import PublishError, WarehouseBusyError

UNKNOWN: Final = "unknown"
DIVISION: Final = "division"
YEAR: Final = "year"
STATE_FILE: Final = "_state.json"
"""Digest of the source of each partition; engines ignore names that begin with an underscore."""
TABLES: Final = tuple(name for name in schemas.TABLES if name.startswith("core."))
_PARTITIONS_SQL: Final = f"""
CREATE TEMP TABLE file_partitions AS
SELECT f.file_id, n.notice_id,
       coalesce(left(n.division_code, 4) || '00', '{UNKNOWN}') AS lake_division,
       coalesce(n.year::VARCHAR, '{UNKNOWN}') AS lake_year,
       md5(to_json(f)::VARCHAR || coalesce(to_json(n)::VARCHAR, '')) AS digest
FROM core.files AS f LEFT JOIN core.notices AS n USING (file_id)
"""
_DIGESTS_SQL: Final = """
SELECT lake_division, lake_year, md5(string_agg(digest, '' ORDER BY file_id))
FROM file_partitions GROUP BY ALL ORDER BY ALL
"""
_PARTITION_JOINS: Final[Mapping[str, str]] = {
    "file_id": "JOIN file_partitions AS p ON p.file_id = t.file_id",
    "notice_id": "JOIN file_partitions AS p ON p.notice_id = t.notice_id",
    "table_id": "JOIN core.tables AS o USING (table_id) JOIN file_partitions AS p ON p.notice_id = o.notice_id",
    "task_id": "JOIN core.tasks AS o USING (task_id) JOIN file_partitions AS p ON p.notice_id = o.notice_id",
}
"""Join that finds the partition of a row, by the first of these columns that its table has."""
Partition = tuple[str, str]
"""Division and year."""
_IS_CHANGED: Final = """
SELECT 1 FROM changed AS c
WHERE c.lake_division = file_partitions.lake_division AND c.lake_year = file_partitions.lake_year
"""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """Numbers of partitions that were written, removed and left unchanged."""

    written: int
    removed: int
    unchanged: int


def sync_lake(warehouse: Path, folder: Path) -> SyncResult:
    """Update the lake in `folder` to the published warehouse; an interrupted run is completed by the next one.

    Raises:
        WarehouseBusyError: Another run writes the lake.
        PublishError: The lake cannot be written.
        WarehouseError: As raised by `store.connect`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "_lock", timeout=0), contextlib.closing(store.connect(warehouse)) as connection:
            return _sync(connection, folder)
    except Timeout as error:
        raise WarehouseBusyError(f"另一个程序正在写入数据湖：{folder}。请等它结束后再运行。") from error
    except (OSError, duckdb.Error) as error:
        raise PublishError(f"数据湖写入失败：{folder}。请检查磁盘空间和权限后重新运行。（{error}）") from error


def _sync(connection: duckdb.DuckDBPyConnection, folder: Path) -> SyncResult:
    connection.execute(_PARTITIONS_SQL)
    digests: dict[Partition, str] = {
        (division, year): digest for division, year, digest in connection.execute(_DIGESTS_SQL).fetchall()
    }
    old_digests = _read_state(folder)
    changed = {partition for partition, digest in digests.items() if old_digests.get(partition) != digest}
    removed = old_digests.keys() - digests.keys()
    if changed or removed:
        # A partition that is being rewritten is not listed until the end, so that an interrupted run writes it again.
        _write_state(
            folder,
            {partition: digest for partition, digest in old_digests.items() if partition not in changed | removed},
        )
        _write_partitions(connection, folder, changed, removed)
    _write_state(folder, digests)
    return SyncResult(len(changed), len(removed), len(digests) - len(changed))


def _read_state(folder: Path) -> dict[Partition, str]:
    """Return the digests of the partitions; of a lake with another table structure delete all files."""
    path = folder / STATE_FILE
    state = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    if state.get("fingerprint") != schemas.fingerprint():
        for name in TABLES:
            shutil.rmtree(folder / name.removeprefix("core."), ignore_errors=True)
        return {}
    return {(division, year): digest for division, year, digest in state["partitions"]}


def _write_state(folder: Path, digests: Mapping[Partition, str]) -> None:
    partitions = [[division, year, digest] for (division, year), digest in sorted(digests.items())]
    new_file = folder / f"{STATE_FILE}.new"
    new_file.write_text(json.dumps({"fingerprint": schemas.fingerprint(), "partitions": partitions}, indent=0), "utf-8")
    new_file.replace(folder / STATE_FILE)


def _write_partitions(
    connection: duckdb.DuckDBPyConnection, folder: Path, changed: Collection[Partition], removed: Collection[Partition]
) -> None:
    new_folder = folder / "_new"
    shutil.rmtree(new_folder, ignore_errors=True)
    connection.execute("CREATE TEMP TABLE changed (lake_division VARCHAR, lake_year VARCHAR)")
    if changed:
        connection.executemany("INSERT INTO changed VALUES (?, ?)", [list(partition) for partition in sorted(changed)])
    # With a single thread, each partition is one file with rows in table order.
    connection.execute("SET threads = 1")
    connection.execute(f"DELETE FROM file_partitions WHERE NOT EXISTS ({_IS_CHANGED})")
    for name in TABLES:
        table = schemas.TABLES[name]
        new = new_folder / table.name
        if changed:
            new.mkdir(parents=True)
            connection.execute(_copy_sql(table, new))
        for division, year in sorted({*changed, *removed}):
            partition_folder = Path(f"{DIVISION}={division}", f"{YEAR}={year}")
            _replace_files(new / partition_folder, folder / table.name / partition_folder)
    shutil.rmtree(new_folder, ignore_errors=True)


def _copy_sql(table: TableSpec, target: Path) -> str:
    """Return SQL that writes the changed partitions of `table` below `target`. The year is in the folder name only."""
    columns = ", ".join(f"t.{quoted(name)}" for name in table.column if name != YEAR)
    join = next(_PARTITION_JOINS[name] for name in _PARTITION_JOINS if name in table.column)
    order = ", ".join(f"t.{quoted(name)} NULLS FIRST" for name in table.order)
    return (
        f"COPY (SELECT {columns}, p.lake_division AS {DIVISION}, p.lake_year AS {YEAR} "
        f"FROM {relation(table)} AS t {join} ORDER BY {DIVISION}, p.lake_year, {order}) TO {literal(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, PARTITION_BY ({DIVISION}, {YEAR}), OVERWRITE_OR_IGNORE)"
    )


def _replace_files(new: Path, old: Path) -> None:
    """Replace the files of `old` by those of `new`, each atomically."""
    new_files = sorted(new.iterdir()) if new.is_dir() else []
    if new_files:
        old.mkdir(parents=True, exist_ok=True)
    for path in new_files:
        path.replace(old / path.name)
    names = {path.name for path in new_files}
    for path in [*old.iterdir()] if old.is_dir() else []:
        if path.name not in names:
            path.unlink()
    if not new_files and old.is_dir():
        old.rmdir()
        with contextlib.suppress(OSError):  # other years of the division are still there
            old.parent.rmdir()
