"""The editions of a warehouse: list them, and publish an old one again."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from schemas.ddl import literal
from warehouse import store
from warehouse.errors import EditionError, WarehouseError, WarehouseLockedError
from warehouse.store import Condition, snapshots
from warehouse.store.snapshots import Stamp

RUNS: Final = ("ops.runs", "ops.run_carriers", "ops.run_slowest")
"""Tables that tell what was done, not what is so: they go on, whatever edition stands."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One published edition. `stamp`, `notices` and `tasks` are None where the file can no longer be read."""

    number: int
    path: Path
    is_current: bool
    stamp: Stamp | None
    notices: int | None
    tasks: int | None

    @property
    def published_at(self) -> datetime | None:
        """When it was published (UTC)."""
        return self.stamp.published_at if self.stamp else None


def editions(path: Path) -> list[Edition]:
    """The editions of the warehouse at `path`, newest first; the published one among them where it is sound."""
    return [_edition(number, file, file == path) for number, file in _files(path).items()]


def edition(path: Path, number: int) -> Edition:
    """One of them. Raises EditionError where it is not there or cannot be read."""
    files = _files(path)
    if number not in files:
        there = "、".join(map(str, files)) or "无"
        raise EditionError(f"没有第 {number} 版。现有的版：{there}。全部列表见 wenming editions")
    found = _edition(number, files[number], files[number] == path)
    if found.stamp is None:
        raise EditionError(f"第 {number} 版的文件已损坏，无法使用：{found.path}")
    return found


def _files(path: Path) -> dict[int, Path]:
    """Number -> file, newest first."""
    files = dict(snapshots.kept(path))
    if store.condition(path).sound:
        files[snapshots.current_stamp(path).number] = path
    return dict(sorted(files.items(), reverse=True))


def restore(path: Path, number: int, *, keep: int) -> Stamp:
    """Publish edition `number` again, as the newest one; the edition that stood is kept like any other.

    The rows of the runs stay as they are now. Returns the stamp of the new edition. Raises EditionError where there is
    no such edition, it stands already or it was made by another version of this program, WarehouseBusyError,
    WarehouseForeignError, PublishError; in each case the published file stands unchanged.
    """
    with store.writing(path):
        found = store.replaceable(path)
        wanted = edition(path, number)
        if wanted.is_current:
            raise EditionError(f"第 {number} 版就是现在的仓库，无需恢复")
        if store.condition(wanted.path) is not Condition.CURRENT:
            raise EditionError(
                f"第 {number} 版由其他版本的程序生成，不能直接恢复。需要其中的内容时，请直接打开文件：{wanted.path}"
            )
        former = snapshots.current_stamp(path) if found.sound else None
        stamp = snapshots.next_stamp(path, "restore", former, restored_from=number)
        newest = store.history_source(path)
        if newest is not None and store.condition(newest) is not Condition.CURRENT:
            newest = None
        store.put_in_place(
            path,
            lambda aside: _write(aside, wanted.path, newest, stamp),
            found=found,
            former=former,
            stamp=stamp,
            keep=keep,
        )
    store.LOG.info("published", extra={"warehouse": str(path), "found": found.value, **stamp.meta})
    return stamp


def _write(aside: Path, wanted: Path, newest: Path | None, stamp: Stamp) -> None:
    shutil.copyfile(wanted, aside)
    with contextlib.closing(duckdb.connect(str(aside))) as connection:
        for key in snapshots.KEYS:
            connection.execute("DELETE FROM ops.meta WHERE key = ?", [key])
        for key, value in stamp.meta.items():
            connection.execute("INSERT INTO ops.meta VALUES (?, ?)", [key, value])
        if newest is not None:
            connection.execute(f"ATTACH {literal(str(newest))} AS newest (READ_ONLY)")
            for table in RUNS:
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} SELECT * FROM newest.{table}")
            # What people decided since is not to be forgotten: the next build holds it again, or says that it is gone.
            noted = "SELECT * FROM newest.ops.meta WHERE key = ?"
            if connection.execute(noted, [snapshots.DECISIONS]).fetchall():
                connection.execute("DELETE FROM ops.meta WHERE key = ?", [snapshots.DECISIONS])
                connection.execute(f"INSERT INTO ops.meta {noted}", [snapshots.DECISIONS])
            connection.execute("DETACH newest")
        connection.execute("CHECKPOINT")


def _edition(number: int, file: Path, is_current: bool) -> Edition:
    try:
        with contextlib.closing(store.connect(file)) as connection:
            stamp = snapshots.stamp_in(connection) or Stamp(number, snapshots.moment_of(file))
            counts = "SELECT (SELECT count(*) FROM core.notices), (SELECT count(*) FROM core.tasks)"
            ((notices, tasks),) = connection.execute(counts).fetchall()
    except WarehouseLockedError:
        raise
    except (duckdb.Error, WarehouseError):
        # Whatever ails a kept file, the others are listed.
        return Edition(number, file, is_current, None, None, None)
    return Edition(number, file, is_current, stamp, notices, tasks)
