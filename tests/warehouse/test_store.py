"""The published file: replaced whole or not at all, readers undisturbed, one writer, only named rows change."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

import schemas
from tests import asking
from tests.schemas.samples import frames, notice, sources
from warehouse import store
from warehouse.errors import (
    PublishError,
    WarehouseBusyError,
    WarehouseChangedError,
    WarehouseDamagedError,
    WarehouseForeignError,
    WarehouseMissingError,
)
from warehouse.store import Condition, connection, load, snapshots
from warehouse.store.staging_files import OWNER, Parts, find_faults
from warehouse.transform import derivation
from warehouse.transform.view_files import all_views

CORE = [name for name in schemas.TABLES if name.startswith("core.")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "仓库 1" / "文明.duckdb"


@pytest.fixture
def no_marts(few_views: Callable[..., None]) -> None:
    """For tests of the file and not of what is derived in it."""
    few_views()


@pytest.fixture(scope="module")
def two_notices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published") / "w.duckdb"
    store.publish(path, add=frames(2, 1), replace=sources(1, 2))
    return path


@pytest.fixture
def published(two_notices: Path, path: Path) -> Path:
    """A warehouse of notices 1 and 2, for this test alone."""
    path.parent.mkdir()
    shutil.copyfile(two_notices, path)
    return path


def rows(path: Path, name: str) -> list[tuple[object, ...]]:
    return asking.rows(path, f"SELECT * FROM {name}")


def all_rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All but what tells one edition from the next."""
    found = {name: rows(path, name) for name in schemas.TABLES}
    return found | {"ops.meta": [row for row in found["ops.meta"] if row[0] not in snapshots.META_KEYS]}


def of_notice(found: dict[str, list[tuple[object, ...]]], number: int) -> dict[str, list[tuple[object, ...]]]:
    """The rows that name the file, the notice or one of its parts."""
    marks = (f"file-{number}", f"notice-{number}")
    return {name: [row for row in found[name] if any(str(value).startswith(marks) for value in row)] for name in CORE}


def in_folder(path: Path) -> set[str]:
    return {item.name for item in path.parent.iterdir()} - {f".{path.name}.lock", f".{path.name}.edition"}


def test_a_fresh_warehouse_holds_what_was_added(published: Path) -> None:
    assert store.check_condition(published) is Condition.CURRENT
    assert in_folder(published) == {published.name}
    for name, frame in frames(1, 2).items():
        table = schemas.TABLES[name]
        with contextlib.closing(store.connect(published)) as connection:
            found = connection.sql(f"SELECT * FROM {name}").pl()
        assert dict(found.schema) == table.dtypes
        assert found.rows() == frame.sort(table.order, nulls_last=False).rows()


@pytest.mark.usefixtures("no_marts")
def test_publish_says_what_it_did(path: Path) -> None:
    first = store.publish(path, add=frames(1), replace=sources(1))
    assert (first.rebuild_reason, first.rows["core.cells"], first.rows["core.tasks"]) == (Condition.ABSENT, 2, 1)
    second = store.publish(path, add=frames(2), replace=sources(1, 2))
    assert (second.rebuild_reason, second.rows["core.cells"], second.rows["ops.sources"]) == (None, 4, 2)


def test_every_view_and_column_has_a_chinese_comment(published: Path) -> None:
    with contextlib.closing(store.connect(published)) as connection:
        uncommented = connection.execute(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE database_name = 'warehouse' "
            "AND NOT internal AND NOT regexp_matches(coalesce(comment, ''), '[一-龥]')"
        ).fetchall()
        views = connection.execute(
            "SELECT count(*) FROM duckdb_views() WHERE database_name = 'warehouse' AND comment LIKE '用途：%'"
        ).fetchall()
        tables = connection.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'warehouse' AND comment LIKE '用途：%'"
        ).fetchall()
    assert uncommented == []
    assert views == [(len([view for view in all_views() if not view.stored]),)]
    assert tables == [(len([view for view in all_views() if view.stored]),)]


def test_dropping_a_file_removes_that_notice_from_every_table_and_nothing_else(published: Path) -> None:
    before = all_rows(published)
    assert all(of_notice(before, 1).values())
    store.publish(published, drop_files=["file-1"], add={})
    after = all_rows(published)
    assert not any(of_notice(after, 1).values())
    assert of_notice(after, 2) == of_notice(before, 2)
    assert {name: after[name] for name in after if name.startswith("ops.")} == {
        name: before[name] for name in before if name.startswith("ops.")
    }


@pytest.mark.usefixtures("no_marts")
def test_a_finding_of_a_file_that_never_became_a_notice_goes_with_the_file(path: Path) -> None:
    file = notice(3)["core.files"][0] | {"status": "unreadable"}
    finding = notice(3)["core.findings"][0] | {"notice_id": None, "table_id": None, "task_id": None}
    add = {
        "core.files": schemas.frame("core.files", [file]),
        "core.findings": schemas.frame("core.findings", [finding]),
    }
    store.publish(path, add=add)
    assert len(rows(path, "core.findings")) == 1
    store.publish(path, drop_files=["file-3"], add=frames(1))
    assert [row[0] for row in rows(path, "core.findings")] == ["notice-1-f1"]


def test_one_changed_notice_leaves_the_others_as_they_were(published: Path) -> None:
    before = all_rows(published)
    changed = notice(1)["core.tasks"][0] | {"requirement": "改了"}
    add = frames(1) | {"core.tasks": schemas.frame("core.tasks", [changed])}
    store.publish(published, drop_files=["file-1"], add=add)
    after = all_rows(published)
    assert after["core.tasks"] != before["core.tasks"]
    compared = {"core.tasks", "mart.task_pairs", "mart.unit_tasks", "mart.unit_materials"}
    assert {name: after[name] for name in after if name not in compared} == {
        name: before[name] for name in before if name not in compared
    }
    assert of_notice(after, 2) == of_notice(before, 2)


def test_rows_stand_in_the_same_order_whatever_the_history(
    path: Path, tmp_path: Path, few_views: Callable[..., None]
) -> None:
    few_views(*derivation.PYTHON_TABLES)
    store.publish(path, add=frames(3, 1))
    store.publish(path, drop_files=["file-1"], add=frames(2))
    store.publish(path, add=frames(1))
    other = tmp_path / "at-once.duckdb"
    store.publish(other, add=frames(2, 3, 1))
    assert all_rows(path) == all_rows(other)


@pytest.mark.usefixtures("no_marts")
def test_a_whole_table_can_be_replaced(published: Path) -> None:
    store.publish(published, add={}, replace=sources(2))
    assert [row[0] for row in rows(published, "ops.sources")] == ["370000/某市/通知2.docx"]
    assert len(rows(published, "core.files")) == 2


def test_a_key_that_is_there_already_is_refused_and_the_old_file_stands(published: Path) -> None:
    before = published.read_bytes()
    with pytest.raises(PublishError, match="主键重复：file_id=file-1"):
        store.publish(published, add=frames(1))
    assert published.read_bytes() == before
    assert in_folder(published) == {published.name}


@pytest.mark.usefixtures("no_marts")
def test_failures_and_interruptions_midway_leave_the_old_file_byte_for_byte_and_the_next_build_goes_through(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise duckdb.IOException("磁盘已满")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for module, moment, happens in (
        (load, "_require_unique_keys", fail),
        (derivation, "derive", fail),
        (load, "_count_rows", fail),
        (store, "_fsync_file", interrupt),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, moment, happens)
            with pytest.raises((PublishError, KeyboardInterrupt)) as caught:
                store.publish(published, drop_files=["file-1"], add=frames(3))
        assert isinstance(caught.value, KeyboardInterrupt if happens is interrupt else PublishError)
        assert happens is interrupt or "原有仓库没有改动" in str(caught.value)
        assert published.read_bytes() == before
        assert in_folder(published) == {published.name}
    store.publish(published, drop_files=["file-1"], add=frames(3))
    assert [row[0] for row in rows(published, "core.files")] == ["file-2", "file-3"]


@pytest.mark.usefixtures("no_marts")
def test_what_a_killed_build_left_behind_is_cleared_away(published: Path) -> None:
    leftover = published.with_name(f".{published.name}.building")
    leftover.write_bytes(b"half a file")
    leftover.with_name(f"{leftover.name}.wal").write_bytes(b"half a log")
    store.publish(published, add=frames(3))
    assert in_folder(published) == {published.name}
    assert len(rows(published, "core.notices")) == 3


def test_a_reader_keeps_the_file_it_opened_and_a_new_one_sees_the_new(
    published: Path, few_views: Callable[..., None]
) -> None:
    few_views()
    with contextlib.closing(store.connect(published)) as reader:
        store.publish(published, drop_files=["file-1"], add={})
        assert reader.execute("SELECT count(*) FROM core.notices").fetchall() == [(2,)]
        assert rows(published, "core.notices") == [row for row in rows(published, "core.notices") if "notice-2" in row]
        assert reader.execute("SELECT count(*) FROM cn.任务清单").fetchall() == [(2,)]


def test_connections_are_read_only_and_know_the_views_by_name(published: Path) -> None:
    with contextlib.closing(store.connect(published)) as connection:
        assert connection.execute("SELECT count(*) FROM 任务清单").fetchall() == [(2,)]
        assert connection.execute("SELECT count(*) FROM tasks").fetchall() == [(2,)]
        for statement in ("DELETE FROM core.tasks", "CREATE TABLE core.t(a INT)", "DROP VIEW cn.任务清单"):
            with pytest.raises(duckdb.Error, match="read-only"):
                connection.execute(statement)


def test_one_reader_after_the_other_finds_the_database_of_the_last_as_it_was(
    published: Path, few_views: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    few_views()
    started: list[duckdb.DuckDBPyConnection] = []
    start = duckdb.connect

    def counted() -> duckdb.DuckDBPyConnection:
        started.append(start())
        return started[-1]

    connection._spare.clear()
    with monkeypatch.context() as patch:
        patch.setattr(duckdb, "connect", counted)
        with store.reading(published) as reader, store.reading(published) as other:
            assert reader is not other
            assert reader.execute("SELECT count(*) FROM 任务清单").fetchall() == [(2,)]
            with pytest.raises(duckdb.Error, match="read-only"):
                other.execute("DELETE FROM core.tasks")
        with store.reading(published) as again:
            assert again.execute("SELECT count(*) FROM 任务清单").fetchall() == [(2,)]
        with connection.spare_database() as spare:
            found = spare.execute(
                "SELECT database_name, current_schemas(false) FROM duckdb_databases() WHERE NOT internal"
            )
            assert found.fetchall() == [("memory", ["main"])]
    assert len(started) == 2
    store.publish(published, drop_files=["file-1"], add={})
    with store.reading(published) as later:
        assert later.execute("SELECT count(*) FROM core.notices").fetchall() == [(1,)]


def test_after_an_error_the_next_reader_gets_another_database(published: Path) -> None:
    with pytest.raises(duckdb.CatalogException), store.reading(published) as reader:
        reader.execute("FROM nothing")
    with pytest.raises(duckdb.ConnectionException, match="closed"):
        reader.execute("SELECT 1")
    with store.reading(published) as other:
        assert other.execute("SELECT count(*) FROM core.notices").fetchall() == [(2,)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks on this system")
def test_a_child_inherits_no_database() -> None:
    with connection.spare_database():
        pass
    assert len(connection._spare) == 1
    if (child := os.fork()) == 0:
        os._exit(len(connection._spare))
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.usefixtures("no_marts")
def test_a_second_writer_is_refused_at_once(published: Path) -> None:
    before = published.read_bytes()
    errors: list[BaseException] = []

    def write() -> None:
        try:
            store.publish(published, add=frames(3))
        except WarehouseBusyError as error:
            errors.append(error)

    with store.write_lock(published):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        assert [str(error) for error in errors] == [f"另一个构建正在写入仓库：{published}。请等它结束后再运行。"]
        assert published.read_bytes() == before
        store.publish(published, add=frames(3))
    assert len(rows(published, "core.notices")) == 3


def test_a_second_writer_in_another_process_is_refused(published: Path, repository: Path) -> None:
    program = (
        "import sys\nfrom warehouse import store\n"
        "try:\n    store.publish(sys.argv[1], add={})\n"
        "except store.WarehouseBusyError:\n    sys.exit(7)\n"
    )
    command = [sys.executable, "-c", program, str(published)]
    with store.write_lock(published):
        assert subprocess.run(command, cwd=repository, check=False).returncode == 7
    assert subprocess.run(command, cwd=repository, check=False).returncode == 0


def test_the_state_of_the_last_build(published: Path) -> None:
    state = store.read_published_state(published)
    assert dict(state.schema) == store.state_dtypes()
    assert state.select("source_path", "file_id", "status").rows() == [
        ("370000/某市/通知1.docx", "file-1", "loaded"),
        ("370000/某市/通知2.docx", "file-2", "loaded"),
    ]


def test_without_a_file_there_is_no_state_and_nothing_to_open(path: Path) -> None:
    assert store.check_condition(path) is Condition.ABSENT
    state = store.read_published_state(path)
    assert (state.height, dict(state.schema)) == (0, store.state_dtypes())
    with pytest.raises(WarehouseMissingError, match="wenming build"):
        store.connect(path)
    assert not path.parent.exists()


def damage(path: Path, how: str) -> Condition:
    if how == "garbage":
        path.write_bytes(b"no database" * 1000)
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "truncated":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        change = {
            "older": "UPDATE ops.meta SET value = 'older' WHERE key = 'fingerprint'",
            "no fingerprint": "DELETE FROM ops.meta",
            "no views": "DROP SCHEMA cn CASCADE; UPDATE ops.meta SET value = 'older' WHERE key = 'fingerprint'",
        }
        with contextlib.closing(duckdb.connect(str(path))) as connection:
            connection.execute(change[how])
        return Condition.OUTDATED
    return Condition.DAMAGED


@pytest.mark.usefixtures("no_marts")
@pytest.mark.parametrize("how", ["garbage", "empty", "truncated", "older", "no fingerprint", "no views"])
def test_a_file_that_cannot_be_carried_on_is_rebuilt_and_the_caller_informed(published: Path, how: str) -> None:
    condition = damage(published, how)
    assert store.check_condition(published) is condition
    assert store.read_published_state(published).is_empty()
    broken = published.read_bytes()
    with pytest.raises(WarehouseChangedError, match="重新运行"):
        store.publish(published, drop_files=["file-1"], add=frames(3))
    assert published.read_bytes() == broken
    done = store.publish(published, add=frames(3), replace=sources(3))
    assert done.rebuild_reason is condition
    aside = published.with_name(f"{published.name}.damaged")
    assert (aside.exists() and aside.read_bytes() == broken) is (condition is Condition.DAMAGED)
    assert store.check_condition(published) is Condition.CURRENT
    assert [row[0] for row in rows(published, "core.notices")] == ["notice-3"]


def test_a_database_of_someone_else_is_neither_read_nor_overwritten(path: Path) -> None:
    path.parent.mkdir()
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute("CREATE TABLE ledger AS SELECT 1 AS a")
    before = path.read_bytes()
    assert store.check_condition(path) is Condition.FOREIGN
    with pytest.raises(WarehouseForeignError, match="换一个文件名"):
        store.connect(path)
    with pytest.raises(WarehouseForeignError, match="不能覆盖"):
        store.publish(path, add=frames(1))
    assert path.read_bytes() == before


def test_a_damaged_file_is_named_to_the_reader(published: Path) -> None:
    damage(published, "garbage")
    with pytest.raises(WarehouseDamagedError, match="已损坏"):
        store.connect(published)


def test_only_whole_frames_of_known_tables_are_taken(path: Path) -> None:
    with pytest.raises(ValueError, match=r"core\.nothing"):
        store.publish(path, add={"core.nothing": pl.DataFrame()})
    with pytest.raises(ValueError, match="wrong columns"):
        store.publish(path, add={"core.files": schemas.empty("core.files").drop("status")})
    with pytest.raises(ValueError, match=r"ops\.meta"):
        store.publish(path, add={}, replace={"ops.meta": schemas.empty("ops.meta")})
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(PublishError, match="无法写入"):
        store.publish(blocked / "w.duckdb", add={})


def test_what_is_wrong_with_staging_files_is_said_by_table(tmp_path: Path) -> None:
    frame = schemas.empty("core.notices").clear(2).with_columns(pl.lit("f1").alias(OWNER))
    sound, other, broken = tmp_path / "a.parquet", tmp_path / "b.parquet", tmp_path / "c.parquet"
    frame.write_parquet(sound)
    frame.drop("title").write_parquet(other)
    broken.write_bytes(b"PAR1")
    faults = {
        (): None,
        (sound,): None,
        (other,): "core.notices 的批次文件列名或类型不符",
        (broken,): "core.notices 的批次文件无法读取",
        (sound, tmp_path / "none.parquet"): "core.notices 的批次文件无法读取",
    }
    for paths, fault in faults.items():
        said = find_faults([Parts("core.notices", tuple(map(str, paths)), 2 if paths else 0), Parts("core.tables")])
        assert (said.get("core.notices") or "").startswith(fault or "")
        assert bool(said) is bool(fault)
    assert find_faults([Parts("core.notices", (str(sound),), 3)]) == {
        "core.notices": "core.notices 的批次文件应有 3 行，实有 2 行"
    }
    assert find_faults([Parts("core.notices", (str(sound),), 0, ("f1",))]) == {}
