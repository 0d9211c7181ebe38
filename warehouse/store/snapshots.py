"""The published editions of a warehouse: each carries its number, and the last few are kept beside the newest.

The folder `.<name>.editions` holds one whole DuckDB file for each former edition. It is a second name of the file that
was published (a hard link), so that keeping one costs nothing but the space it took anyway; where the file system
knows no such links it is a copy."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

import duckdb

from schemas.ddl import literal
from warehouse import store
from warehouse.errors import SnapshotError, WarehouseError, WarehouseLockedError
from warehouse.store import Condition

DEFAULT_SNAPSHOTS: Final = 5
"""Former editions that are kept where nobody says otherwise."""

CAUSES: Final[Mapping[str, str]] = MappingProxyType({"build": "构建", "progress": "导入进展", "restore": "恢复旧版"})
"""Why an edition was published."""

NUMBER: Final = "edition"
MOMENT: Final = "published_at"
CAUSE: Final = "published_by"
ORIGIN: Final = "restored_from"
META_KEYS: Final = (NUMBER, MOMENT, CAUSE, ORIGIN)
"""Keys in `ops.meta` that tell one edition from the next."""
DECISIONS: Final = "decisions"
"""Key in `ops.meta`: what people decided, as far as the edition holds it."""

_TIME_FORMAT: Final = "%Y%m%dT%H%M%S%fZ"
_FILE_NAME: Final = re.compile(r"(\d{6,})_(\d{8}T\d{12}Z)\.duckdb")
_PARTIAL_SUFFIX: Final = ".copying"


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """Which edition a file is. `published_at` is UTC; `restored_from` the number of the edition it repeats, if any."""

    number: int
    published_at: datetime
    cause: str = "build"
    restored_from: int | None = None

    @property
    def meta(self) -> dict[str, str]:
        """What stands in `ops.meta`."""
        found = {NUMBER: str(self.number), MOMENT: self.published_at.isoformat(), CAUSE: self.cause}
        return found if self.restored_from is None else found | {ORIGIN: str(self.restored_from)}

    @property
    def file_name(self) -> str:
        """The name under which the edition is kept."""
        return f"{self.number:06d}_{self.published_at.strftime(_TIME_FORMAT)}.duckdb"


def snapshot_folder(path: Path) -> Path:
    """Where the editions of the warehouse at `path` are kept."""
    return path.with_name(f".{path.name}.editions")


def list_snapshots(path: Path) -> dict[int, Path]:
    """The former editions beside the warehouse at `path`, number -> file, oldest first."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        found = {
            int(name[1]): one for one in snapshot_folder(path).iterdir() if (name := _FILE_NAME.fullmatch(one.name))
        }
        return dict(sorted(found.items()))
    return {}


def read_info(file: Path) -> SnapshotInfo | None:
    """The stamp of a sound warehouse file; None where it was published before editions were numbered.

    Raises duckdb.Error for anything but a sound warehouse file.
    """
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH {literal(str(file))} AS edition (READ_ONLY)")
        return read_info_from(connection, "edition.ops.meta")


def read_info_from(connection: duckdb.DuckDBPyConnection, table: str = "ops.meta") -> SnapshotInfo | None:
    """The stamp that stands in `table` of an open warehouse file; None where it has none."""
    meta = dict(connection.execute(f"SELECT key, value FROM {table}").fetchall())
    if NUMBER not in meta:
        return None
    origin = meta.get(ORIGIN)
    moment = datetime.fromisoformat(meta[MOMENT])
    return SnapshotInfo(int(meta[NUMBER]), moment, meta[CAUSE], None if origin is None else int(origin))


def read_current_info(path: Path) -> SnapshotInfo:
    """The stamp of the sound warehouse file at `path`; one without a number follows the last one kept."""
    found = read_info(path)
    if found is not None:
        return found
    return SnapshotInfo(max(list_snapshots(path), default=0) + 1, _modification_time(path))


def _modification_time(file: Path) -> datetime:
    """When an edition without a number was written."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def next_info(path: Path, cause: str, former: SnapshotInfo | None, restored_from: int | None = None) -> SnapshotInfo:
    """The stamp of the successor of the file at `path`, whose own is `former`; None where no sound file stands.

    No number is given twice: not after the file was lost or damaged either.
    """
    last = max([*list_snapshots(path), former.number if former else 0, _last_assigned_number(path)])
    return SnapshotInfo(last + 1, datetime.now(UTC), cause, restored_from)


def _last_assigned_number(path: Path) -> int:
    """The highest number that was ever given to an edition of the warehouse at `path`, as far as it was noted."""
    try:
        return int(_counter_file(path).read_text("ascii"))
    except (OSError, ValueError):
        return 0


def record_number(path: Path, number: int) -> None:
    """Note beside the warehouse that `number` is given away, before the edition stands there. Raises OSError."""
    file = _counter_file(path)
    half = file.with_suffix(_PARTIAL_SUFFIX)
    with half.open("w", encoding="ascii") as stream:
        stream.write(f"{number}\n")
        stream.flush()
        os.fsync(stream.fileno())
    half.replace(file)


def _counter_file(path: Path) -> Path:
    return path.with_name(f".{path.name}.edition")


def save_snapshot(path: Path, stamp: SnapshotInfo) -> None:
    """Keep the sound warehouse file at `path` under a second name, for when it is replaced. Raises OSError."""
    target = snapshot_folder(path) / stamp.file_name
    if target.exists():
        return
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(path.resolve(), target)
    except OSError:
        # No hard links here (FAT, some network drives): a copy, which is there whole or not at all.
        half = target.with_suffix(_PARTIAL_SUFFIX)
        try:
            shutil.copyfile(path, half)
            with half.open("rb+") as handle:
                os.fsync(handle.fileno())
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)


def prune_snapshots(path: Path, number: int) -> None:
    """Remove all but the last `number` former editions, and what an interrupted copy left behind.

    The warehouse is published already when this is called: a file that cannot be removed now (Windows: somebody has it
    open) is left to the next publication.
    """
    folder = snapshot_folder(path)
    if not folder.is_dir():
        return
    known = list(list_snapshots(path).values())
    for file in (*folder.glob(f"*{_PARTIAL_SUFFIX}"), *known[: max(len(known) - number, 0)]):
        with contextlib.suppress(OSError):
            file.unlink()
    if not number:
        with contextlib.suppress(OSError):
            folder.rmdir()


# The editions of a warehouse: list them, and publish an old one again.


RUN_TABLES: Final = ("ops.runs", "ops.run_carriers", "ops.run_slowest")
"""Tables that tell what was done, not what is so: they go on, whatever edition stands."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published edition. `stamp`, `notices` and `tasks` are None where the file can no longer be read."""

    number: int
    path: Path
    is_current: bool
    stamp: SnapshotInfo | None
    notices: int | None
    tasks: int | None

    @property
    def published_at(self) -> datetime | None:
        """When it was published (UTC)."""
        return self.stamp.published_at if self.stamp else None


def read_snapshots(path: Path) -> list[Snapshot]:
    """The editions of the warehouse at `path`, newest first; the published one among them where it is sound."""
    return [_read_snapshot_file(number, file, file == path) for number, file in _snapshot_files(path).items()]


def read_snapshot(path: Path, number: int) -> Snapshot:
    """One of them. Raises EditionError where it is not there or cannot be read."""
    files = _snapshot_files(path)
    if number not in files:
        there = "、".join(map(str, files)) or "无"
        raise SnapshotError(f"没有第 {number} 版。现有的版：{there}。全部列表见 wenming editions")
    found = _read_snapshot_file(number, files[number], files[number] == path)
    if found.stamp is None:
        raise SnapshotError(f"第 {number} 版的文件已损坏，无法使用：{found.path}")
    return found


def _snapshot_files(path: Path) -> dict[int, Path]:
    """Number -> file, newest first."""
    files = dict(list_snapshots(path))
    if store.check_condition(path).sound:
        files[read_current_info(path).number] = path
    return dict(sorted(files.items(), reverse=True))


def restore(path: Path, number: int, *, keep: int) -> SnapshotInfo:
    """Publish edition `number` again, as the newest one; the edition that stood is kept like any other.

    The rows of the runs stay as they are now. Returns the stamp of the new edition. Raises EditionError where there is
    no such edition, it stands already or it was made by another version of this program, WarehouseBusyError,
    WarehouseForeignError, PublishError; in each case the published file stands unchanged.
    """
    with store.write_lock(path):
        found = store._require_replaceable(path)
        wanted = read_snapshot(path, number)
        if wanted.is_current:
            raise SnapshotError(f"第 {number} 版就是现在的仓库，无需恢复")
        if store.check_condition(wanted.path) is not Condition.CURRENT:
            raise SnapshotError(
                f"第 {number} 版由其他版本的程序生成，不能直接恢复。需要其中的内容时，请直接打开文件：{wanted.path}"
            )
        former = read_current_info(path) if found.sound else None
        stamp = next_info(path, "restore", former, restored_from=number)
        newest = store.find_history_file(path)
        if newest is not None and store.check_condition(newest) is not Condition.CURRENT:
            newest = None
        store._build_and_swap(
            path,
            lambda aside: _write_restored(aside, wanted.path, newest, stamp),
            found=found,
            former=former,
            stamp=stamp,
            keep=keep,
        )
    store.LOG.info("published", extra={"warehouse": str(path), "found": found.value, **stamp.meta})
    return stamp


def _write_restored(aside: Path, wanted: Path, newest: Path | None, stamp: SnapshotInfo) -> None:
    shutil.copyfile(wanted, aside)
    with contextlib.closing(duckdb.connect(str(aside))) as connection:
        for key in META_KEYS:
            connection.execute("DELETE FROM ops.meta WHERE key = ?", [key])
        for key, value in stamp.meta.items():
            connection.execute("INSERT INTO ops.meta VALUES (?, ?)", [key, value])
        if newest is not None:
            connection.execute(f"ATTACH {literal(str(newest))} AS newest (READ_ONLY)")
            for table in RUN_TABLES:
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} SELECT * FROM newest.{table}")
            # What people decided since is not to be forgotten: the next build holds it again, or says that it is gone.
            noted = "SELECT * FROM newest.ops.meta WHERE key = ?"
            if connection.execute(noted, [DECISIONS]).fetchall():
                connection.execute("DELETE FROM ops.meta WHERE key = ?", [DECISIONS])
                connection.execute(f"INSERT INTO ops.meta {noted}", [DECISIONS])
            connection.execute("DETACH newest")
        connection.execute("CHECKPOINT")


def _read_snapshot_file(number: int, file: Path, is_current: bool) -> Snapshot:
    try:
        with contextlib.closing(store.connect(file)) as connection:
            stamp = read_info_from(connection) or SnapshotInfo(number, _modification_time(file))
            counts = "SELECT (SELECT count(*) FROM core.notices), (SELECT count(*) FROM core.tasks)"
            ((notices, tasks),) = connection.execute(counts).fetchall()
    except WarehouseLockedError:
        raise
    except (duckdb.Error, WarehouseError):
        # Whatever ails a kept file, the others are listed.
        return Snapshot(number, file, is_current, None, None, None)
    return Snapshot(number, file, is_current, stamp, notices, tasks)
