"""The lake holds what the warehouse holds, for any engine, and follows it partition by partition."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.dataset as ds  # type: ignore[import-untyped]
import pytest
from filelock import FileLock

import schemas
from tests.warehouse.conftest import Ask
from warehouse import store
from warehouse.errors import WarehouseBusyError
from warehouse.export import parquet_lake


@pytest.fixture(scope="module")
def lake(five: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of the five notices; read-only."""
    folder = tmp_path_factory.mktemp("lake")
    assert parquet_lake.sync_lake(five, folder) == parquet_lake.SyncResult(written=5, removed=0, unchanged=0)
    return folder


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.read_bytes())
        for path in folder.rglob("*.parquet")
    }


@pytest.mark.parametrize("table", ["notices", "tasks", "cells", "findings", "task_parties", "files"])
def test_every_engine_reads_the_rows_of_the_warehouse(lake: Path, five: Path, table: str) -> None:
    columns = [name for name in schemas.TABLES[f"core.{table}"].column if name != "year"]
    order = list(schemas.TABLES[f"core.{table}"].order)
    with closing(store.connect(five)) as connection:
        wanted = connection.sql(f"SELECT {', '.join(columns)} FROM core.{table}").pl().sort(order)
    with closing(duckdb.connect()) as connection:
        path = f"{lake}/{table}/**/*.parquet"
        in_duckdb = connection.sql(f"SELECT * FROM read_parquet('{path}', hive_partitioning = true)").pl()
    in_polars = pl.scan_parquet(lake / table, hive_partitioning=True).collect()
    in_arrow = pl.from_arrow(ds.dataset(lake / table, partitioning="hive").to_table())
    assert isinstance(in_arrow, pl.DataFrame)
    for found in (in_duckdb, in_polars, in_arrow):
        assert found.columns == [*columns, "division", "year"]
        assert found.select(columns).sort(order).equals(wanted)


def test_partitions_are_prefecture_and_year_of_the_notice(lake: Path, ask: Ask) -> None:
    found = {path.relative_to(lake / "tasks").parts[:2] for path in (lake / "tasks").rglob("*.parquet")}
    wanted = ask("SELECT left(division_code, 4) || '00', coalesce(year::VARCHAR, 'unknown') FROM core.notices")
    assert found == {(f"division={division}", f"year={year}") for division, year in wanted}
    assert {year for _, year in found} > {"year=unknown"}


def test_only_what_changed_is_written_and_what_is_gone_goes(lake: Path, five: Path, tmp_path: Path) -> None:
    warehouse, folder = tmp_path / "w.duckdb", tmp_path / "lake"
    shutil.copy(five, warehouse)
    shutil.copytree(lake, folder)
    before = files(folder)
    assert parquet_lake.sync_lake(warehouse, folder) == parquet_lake.SyncResult(0, 0, 5)
    assert files(folder) == before
    with closing(duckdb.connect(str(warehouse))) as connection:
        connection.execute("DELETE FROM core.files WHERE source_path LIKE '%zibo%'")
        connection.execute("DELETE FROM core.notices WHERE file_id NOT IN (SELECT file_id FROM core.files)")
        connection.execute("DELETE FROM core.clauses WHERE notice_id IN (SELECT notice_id FROM core.notices)")
        connection.execute("UPDATE core.notices SET is_current = false WHERE year = 2016")
    assert parquet_lake.sync_lake(warehouse, folder) == parquet_lake.SyncResult(written=1, removed=1, unchanged=3)
    after = files(folder)
    assert not [name for name in after if "division=370300" in name]
    assert not (folder / "tasks" / "division=370300").exists()
    assert not [name for name in after if name.startswith("clauses/division=441500")]
    moved = {name for name in after if before[name] != after[name]}
    assert moved
    assert all("division=441500/year=2016" in name for name in moved)


def test_a_run_that_was_broken_off_is_made_good(
    lake: Path, five: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(parquet_lake, "_replace_files", broken_off)
        with pytest.raises(KeyboardInterrupt):
            parquet_lake.sync_lake(five, tmp_path)
    assert parquet_lake.sync_lake(five, tmp_path) == parquet_lake.SyncResult(5, 0, 0)
    assert {name: content for name, (_, content) in files(tmp_path).items()} == {
        name: content for name, (_, content) in files(lake).items()
    }


def broken_off(new: Path, old: Path) -> None:
    raise KeyboardInterrupt


def test_a_second_writer_has_to_wait(five: Path, tmp_path: Path) -> None:
    with FileLock(tmp_path / "_lock"), pytest.raises(WarehouseBusyError, match="数据湖"):
        parquet_lake.sync_lake(five, tmp_path)
