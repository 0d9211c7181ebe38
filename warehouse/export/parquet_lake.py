"""The facts of a published warehouse as a lake of Parquet files that other engines read.

`<folder>/<table>/division=370300/year=2023/data_0.parquet`: one folder per core table, partitioned as Hive does it, by
the prefecture (the first four digits of the division code and 00) and the year of the notice, `unknown` where a notice
does not say. Only partitions whose files or notices changed are written anew; those that hold nothing more are removed.
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
STATE: Final = "_state.json"
"""What each partition was made from; engines pass over names that begin with an underscore."""
TABLES: Final = tuple(name for name in schemas.TABLES if name.startswith("core."))

_PLACED: Final = f"""
CREATE TEMP TABLE placed AS
SELECT f.file_id, n.notice_id,
       coalesce(left(n.division_code, 4) || '00', '{UNKNOWN}') AS lake_division,
       coalesce(n.year::VARCHAR, '{UNKNOWN}') AS lake_year,
       md5(to_json(f)::VARCHAR || coalesce(to_json(n)::VARCHAR, '')) AS mark
FROM core.files AS f LEFT JOIN core.notices AS n USING (file_id)
"""
_MARKS: Final = """
SELECT lake_division, lake_year, md5(string_agg(mark, '' ORDER BY file_id)) FROM placed GROUP BY ALL ORDER BY ALL
"""
_JOINS: Final[Mapping[str, str]] = {
    "file_id": "JOIN placed AS p ON p.file_id = t.file_id",
    "notice_id": "JOIN placed AS p ON p.notice_id = t.notice_id",
    "table_id": "JOIN core.tables AS o ON o.table_id = t.table_id JOIN placed AS p ON p.notice_id = o.notice_id",
    "task_id": "JOIN core.tasks AS o ON o.task_id = t.task_id JOIN placed AS p ON p.notice_id = o.notice_id",
}
"""How the partition of a row is found, by the first of these columns that its table has."""
Partition = tuple[str, str]
"""Division and year."""


@dataclass(frozen=True, slots=True)
class Synced:
    """Partitions of the lake: written anew, removed, left as they were."""

    written: int
    removed: int
    kept: int


def sync(warehouse: Path, folder: Path) -> Synced:
    """Bring the lake in `folder` up to what is published.

    A run that is broken off is made good by the next one. Raises WarehouseBusyError where another run writes the lake,
    PublishError where it cannot be written, and what `store.connect` raises.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "_lock", timeout=0), contextlib.closing(store.connect(warehouse)) as connection:
            return _sync(connection, folder)
    except Timeout as error:
        raise WarehouseBusyError(f"另一个程序正在写入数据湖：{folder}。请等它结束后再运行。") from error
    except (OSError, duckdb.Error) as error:
        raise PublishError(f"数据湖写入失败：{folder}。请检查磁盘空间和权限后重新运行。（{error}）") from error


def _sync(connection: duckdb.DuckDBPyConnection, folder: Path) -> Synced:
    connection.execute(_PLACED)
    wanted: dict[Partition, str] = {(at, year): mark for at, year, mark in connection.execute(_MARKS).fetchall()}
    there = _state(folder)
    changed = {partition for partition, mark in wanted.items() if there.get(partition) != mark}
    gone = there.keys() - wanted.keys()
    if changed or gone:
        # Until all is written, what is being changed counts as not there.
        _note(folder, {partition: mark for partition, mark in there.items() if partition not in changed | gone})
        _write(connection, folder, changed, gone)
    _note(folder, wanted)
    return Synced(len(changed), len(gone), len(wanted) - len(changed))


def _state(folder: Path) -> dict[Partition, str]:
    """The marks of the partitions; none where the lake is of another structure, whose files are all removed."""
    path = folder / STATE
    found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    if found.get("fingerprint") != schemas.fingerprint():
        for name in TABLES:
            shutil.rmtree(folder / name.removeprefix("core."), ignore_errors=True)
        return {}
    return {(division, year): mark for division, year, mark in found["partitions"]}


def _note(folder: Path, marks: Mapping[Partition, str]) -> None:
    listed = [[division, year, mark] for (division, year), mark in sorted(marks.items())]
    aside = folder / f"{STATE}.new"
    aside.write_text(json.dumps({"fingerprint": schemas.fingerprint(), "partitions": listed}, indent=0), "utf-8")
    aside.replace(folder / STATE)


def _write(
    connection: duckdb.DuckDBPyConnection, folder: Path, changed: Collection[Partition], gone: Collection[Partition]
) -> None:
    aside = folder / "_new"
    shutil.rmtree(aside, ignore_errors=True)
    connection.execute("CREATE TEMP TABLE wanted (lake_division VARCHAR, lake_year VARCHAR)")
    if changed:
        connection.executemany("INSERT INTO wanted VALUES (?, ?)", [list(one) for one in sorted(changed)])
    # With one thread a partition is one file, its rows in the order of the table.
    connection.execute("SET threads = 1")
    connection.execute(f"DELETE FROM placed WHERE NOT EXISTS ({_IS_WANTED})")
    for name in TABLES:
        table = schemas.TABLES[name]
        new = aside / table.name
        if changed:
            new.mkdir(parents=True)
            connection.execute(_copy(table, new))
        for division, year in sorted({*changed, *gone}):
            place = Path(f"{DIVISION}={division}", f"{YEAR}={year}")
            _exchange(new / place, folder / table.name / place)
    shutil.rmtree(aside, ignore_errors=True)


_IS_WANTED: Final = """
SELECT 1 FROM wanted AS w WHERE w.lake_division = placed.lake_division AND w.lake_year = placed.lake_year
"""


def _copy(table: TableSpec, target: Path) -> str:
    """SQL: the rows of `table` in the wanted partitions below `target`. The year of a notice stands in its folder."""
    columns = ", ".join(f"t.{quoted(name)}" for name in table.column if name != YEAR)
    join = next(_JOINS[name] for name in _JOINS if name in table.column)
    order = ", ".join(f"t.{quoted(name)} NULLS FIRST" for name in table.order)
    return (
        f"COPY (SELECT {columns}, p.lake_division AS {DIVISION}, p.lake_year AS {YEAR} "
        f"FROM {relation(table)} AS t {join} ORDER BY {DIVISION}, p.lake_year, {order}) TO {literal(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, PARTITION_BY ({DIVISION}, {YEAR}), OVERWRITE_OR_IGNORE)"
    )


def _exchange(new: Path, old: Path) -> None:
    """Put the files of `new` in place of those of `old`; a reader never finds half a file."""
    fresh = sorted(new.iterdir()) if new.is_dir() else []
    if fresh:
        old.mkdir(parents=True, exist_ok=True)
    for path in fresh:
        path.replace(old / path.name)
    names = {path.name for path in fresh}
    for path in [*old.iterdir()] if old.is_dir() else []:
        if path.name not in names:
            path.unlink()
    if not fresh and old.is_dir():
        old.rmdir()
        with contextlib.suppress(OSError):  # other years of the division are still there
            old.parent.rmdir()
