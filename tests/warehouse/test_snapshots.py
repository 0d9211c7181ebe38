"""Former snapshots are kept, listed, compared and restored."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from filelock import FileLock, Timeout

import schemas
from tests.schemas.samples import frames, notice, sources
from tests.warehouse import publish_processes
from warehouse import store
from warehouse.errors import PublishError, QueryError, SnapshotError, WarehouseBusyError
from warehouse.store import diff, snapshots


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    publish_processes.without_views(monkeypatch.setattr)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose edition n holds the notices 1 to n, three of them; the last knows of one run."""
    file = tmp_path_factory.mktemp("three") / "仓 库" / "w.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        publish_processes.without_views(patch.setattr)
        for number in (1, 2):
            add(file, number)
        runs = {name: schemas.frame(name, notice(1)[name]) for name in snapshots.RUN_TABLES}
        store.publish(file, add=with_bytes("a"), replace={**sources(1, 2, 3), **runs}, keep=5)
    return file


@pytest.fixture
def path(three: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    shutil.copytree(three.parent, tmp_path / three.parent.name)
    return tmp_path / three.parent.name / three.name


def add(path: Path, number: int, keep: int = 5, cause: str = "build") -> store.PublishResult:
    return store.publish(path, add=frames(number), replace=sources(*range(1, number + 1)), keep=keep, cause=cause)


def with_bytes(mark: str) -> dict[str, pl.DataFrame]:
    """Notice 3 as it is called where the bytes of its file are `mark`."""
    ids = pl.col(pl.String)
    return {
        name: frame.with_columns(ids.str.replace("^notice-3", f"n{mark}").str.replace("^file-3", f"f-{mark}"))
        for name, frame in frames(3).items()
    }


def listed(path: Path) -> list[tuple[int, bool, int | None]]:
    return [(one.number, one.is_current, one.notices) for one in snapshots.read_snapshots(path)]


def test_the_last_editions_stay_beside_the_published_one(path: Path) -> None:
    assert listed(path) == [(3, True, 3), (2, False, 2), (1, False, 1)]
    published = path.stat().st_ino
    assert add(path, 4, keep=2, cause="progress").snapshot.number == 4
    assert snapshots.list_snapshots(path)[3].stat().st_ino == published
    assert listed(path) == [(4, True, 4), (3, False, 3), (2, False, 2)]
    newest = snapshots.read_snapshot(path, 4)
    assert newest.info is not None
    assert (newest.info.cause, newest.info.restored_from) == ("progress", None)
    moments = [one.published_at or datetime.min for one in snapshots.read_snapshots(path)]
    assert moments == sorted(moments, reverse=True)
    assert timedelta(0) < datetime.now(moments[0].tzinfo) - moments[0] < timedelta(minutes=10)
    add(path, 5, keep=0)
    assert listed(path) == [(5, True, 5)]
    assert not snapshots.snapshot_folder(path).exists()


def test_what_is_kept_is_a_copy_where_there_are_no_links(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", publish_processes.without_links)
    before = path.read_bytes()
    store.restore(path, 1, keep=5)
    assert snapshots.list_snapshots(path)[3].read_bytes() == before
    assert {one.suffix for one in snapshots.snapshot_folder(path).iterdir()} == {".duckdb"}


def test_an_edition_that_cannot_be_kept_is_not_replaced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("磁盘已满")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(PublishError, match="原有仓库没有改动"):
        store.restore(path, 1, keep=5)
    assert listed(path)[0] == (3, True, 3)


def test_a_damaged_former_edition_is_listed_and_never_used(path: Path) -> None:
    snapshots.list_snapshots(path)[1].write_bytes(b"no database")
    assert listed(path) == [(3, True, 3), (2, False, 2), (1, False, None)]
    with pytest.raises(SnapshotError, match="第 1 版的文件已损坏"):
        store.restore(path, 1, keep=5)
    with pytest.raises(SnapshotError, match="没有第 9 版。现有的版：3、2、1"):
        snapshots.read_snapshot(path, 9)


def test_restoring_publishes_an_old_edition_as_the_newest_and_keeps_what_stood(path: Path) -> None:
    with closing(store.connect(path)) as reader:
        stamp = store.restore(path, 1, keep=5)
        assert reader.execute("SELECT count(*) FROM core.notices").fetchall() == [(3,)]
    assert (stamp.number, stamp.cause, stamp.restored_from) == (4, "restore", 1)
    assert listed(path) == [(4, True, 1), (3, False, 3), (2, False, 2), (1, False, 1)]
    assert snapshots.read_info(path) == stamp
    assert (
        store.read_published_state(path)["source_path"].to_list() == sources(1)["ops.sources"]["source_path"].to_list()
    )
    assert diff.summarize_changes(snapshots.list_snapshots(path)[1], path).result.rows == ()
    with pytest.raises(SnapshotError, match="就是现在的仓库"):
        store.restore(path, 4, keep=5)
    # The run history stays, whichever snapshot is published.
    with closing(store.connect(path)) as connection:
        assert [connection.execute(f"SELECT count(*) FROM {name}").fetchall() for name in snapshots.RUN_TABLES] == [
            [(1,)]
        ] * 3


def test_an_edition_of_another_version_of_the_program_is_not_restored(path: Path) -> None:
    with closing(duckdb.connect(str(snapshots.list_snapshots(path)[1]))) as connection:
        connection.execute("UPDATE ops.meta SET value = 'older' WHERE key = 'fingerprint'")
    before = path.read_bytes()
    with pytest.raises(SnapshotError, match="其他版本的程序"):
        store.restore(path, 1, keep=5)
    assert path.read_bytes() == before


def test_a_lost_or_damaged_warehouse_comes_back_from_an_edition(path: Path) -> None:
    path.unlink()
    assert listed(path) == [(2, False, 2), (1, False, 1)]
    assert store.restore(path, 2, keep=5).number == 4
    path.write_bytes(b"no database" * 100)
    assert store.restore(path, 1, keep=5).number == 5
    assert listed(path) == [(5, True, 1), (2, False, 2), (1, False, 1)]
    assert path.with_name("w.duckdb.damaged").exists()


def test_a_restoration_waits_for_no_other_writer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise Timeout("lock")

    monkeypatch.setattr(FileLock, "acquire", busy)
    with pytest.raises(WarehouseBusyError, match="另一个构建"):
        store.restore(path, 1, keep=5)


def test_differences_by_table_and_by_row(path: Path) -> None:
    """Notice 1 says something else, 2 went, 4 came; 3 has other bytes, hence other ids, and another standard."""
    changed = notice(1)["core.tasks"][0] | {"requirement": "改了", "points": None}
    new = frames(1, 4) | {"core.tasks": schemas.frame("core.tasks", [changed, *notice(4)["core.tasks"]])}
    other = with_bytes("b")
    other["core.tasks"] = other["core.tasks"].with_columns(criteria=pl.lit("新的标准"))
    new = {name: frame.vstack(other[name]) for name, frame in new.items()}
    store.publish(path, drop_files=["file-1", "file-2", "f-a"], add=new, keep=5)
    older, newer = snapshots.list_snapshots(path)[3], path
    found = diff.summarize_changes(older, newer)
    counts = {row[0]: row[2:] for row in found.result.rows}
    criteria = schemas.TABLES["core.tasks"].column["criteria"].label
    assert counts["core.tasks"] == (1, 1, 2, f"任务要求 1，{criteria} 1，分值 1")
    assert counts["core.notices"] == (1, 1, 0, None)
    assert "core.topics" not in counts
    assert "ops.meta" not in counts
    assert found.uncompared == ()
    rows = diff.list_row_changes(older, newer, "任务")
    assert rows.columns == ("变化", "通知", "所在位置", "任务编号", "列", "原内容", "现内容")
    place = notice(1)["core.tasks"][0]["locator"]
    assert rows.rows[:3] == (
        ("修改", "通知3", place, "nb-k1", criteria, "诚信建设制度化", "新的标准"),
        ("修改", "通知1", place, "notice-1-k1", "任务要求", "开展诚信教育1", "改了"),
        ("修改", "通知1", place, "notice-1-k1", "分值", "3.400", None),
    )
    went, came = rows.rows[3:]
    assert (went[:2], went[6]) == (("删除", "通知2"), None)
    assert (came[:2], came[5]) == (("新增", "通知4"), None)
    for text, number in ((went[5], 2), (came[6], 4)):
        assert f"任务要求：开展诚信教育{number}" in text
        assert "测评方法：材料审核、实地考察；" in text
        assert "是否加分：否" in text
        assert "编号" not in text
    whole = len(diff.list_row_changes(older, newer, "core.tasks").rows)
    bounded = [diff.list_row_changes(older, newer, "core.tasks", limit=whole + more) for more in (-1, 0, 1)]
    assert [(len(one.rows), one.truncated) for one in bounded] == [(whole - 1, True), (whole, False), (whole, False)]
    with pytest.raises(QueryError, match="可以比较的表：core"):
        diff.list_row_changes(older, newer, "ops.runs")


def test_tables_that_the_older_program_kept_otherwise_are_named(path: Path) -> None:
    with closing(duckdb.connect(str(snapshots.list_snapshots(path)[1]))) as connection:
        connection.execute("ALTER TABLE core.stages DROP COLUMN ordinal")
        connection.execute("ALTER TABLE core.tasks DROP COLUMN remark")
    found = diff.summarize_changes(snapshots.list_snapshots(path)[1], path)
    assert found.uncompared == ("core.stages",)
    assert {row[0]: row[2:5] for row in found.result.rows}["core.tasks"] == (2, 0, 0)
    with pytest.raises(QueryError, match="无法逐行比较"):
        diff.list_row_changes(snapshots.list_snapshots(path)[1], path, "core.stages")
