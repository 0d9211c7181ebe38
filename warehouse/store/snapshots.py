"""The published snapshots of a warehouse: each has a number, and the last few are kept beside the published file.

The folder `.<name>.editions` holds one whole DuckDB file per previous snapshot: a hard link to the file that was
published, which costs no extra space, or a copy where the file system has no hard links.
"""

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
from warehouse.errors import SnapshotError, WarehouseError, WarehouseLockedError
from warehouse.store.connection import check_condition, reading, spare_database

CAUSES: Final[Mapping[str, str]] = MappingProxyType(
    {"build": "构建", "progress": "导入进展", "ownership": "归属认定", "restore": "恢复旧版"}
)
"""Why a snapshot was published."""

NUMBER: Final = "edition"
PUBLISHED_AT: Final = "published_at"
CAUSE: Final = "published_by"
ORIGIN: Final = "restored_from"
META_KEYS: Final = (NUMBER, PUBLISHED_AT, CAUSE, ORIGIN)
"""Keys in `ops.meta` that identify a snapshot."""
DECISIONS: Final = "decisions"
"""Key in `ops.meta`: the decisions of people that the snapshot contains."""
RUN_TABLES: Final = ("ops.runs", "ops.run_carriers", "ops.run_slowest")
"""Tables about builds, not about notices: they are carried on whichever snapshot is restored."""

_TIME_FORMAT: Final = "%Y%m%dT%H%M%S%fZ"
_FILE_NAME: Final = re.compile(r"(\d{6,})_(\d{8}T\d{12}Z)\.duckdb")
_PARTIAL_SUFFIX: Final = ".copying"


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """The identity of a snapshot.

    Attributes:
        number: Number of the snapshot, from 1.
        published_at: Time of publication (UTC).
        cause: A key of `CAUSES`.
        restored_from: Number of the snapshot that was restored, if any.
    """

    number: int
    published_at: datetime
    cause: str = "build"
    restored_from: int | None = None

    @property
    def meta(self) -> dict[str, str]:
        """The rows of `ops.meta`."""
        rows = {NUMBER: str(self.number), PUBLISHED_AT: self.published_at.isoformat(), CAUSE: self.cause}
        return rows if self.restored_from is None else rows | {ORIGIN: str(self.restored_from)}

    @property
    def file_name(self) -> str:
        """The name of the file in the folder of snapshots."""
        return f"{self.number:06d}_{self.published_at.strftime(_TIME_FORMAT)}.duckdb"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot and its file. `info`, `notices` and `tasks` are None where the file can no longer be read."""

    number: int
    path: Path
    is_current: bool
    info: SnapshotInfo | None
    notices: int | None
    tasks: int | None

    @property
    def published_at(self) -> datetime | None:
        """Time of publication (UTC)."""
        return self.info.published_at if self.info else None


def read_snapshots(path: Path) -> list[Snapshot]:
    """Return all snapshots of the warehouse at `path`, newest first, including the published one where it is sound."""
    return [_read_snapshot_file(number, file, file == path) for number, file in _snapshot_files(path).items()]


def read_snapshot(path: Path, number: int) -> Snapshot:
    """Return one snapshot of the warehouse at `path`.

    Raises:
        SnapshotError: There is no such snapshot, or it cannot be read.
    """
    files = _snapshot_files(path)
    if number not in files:
        existing = "、".join(map(str, files)) or "无"
        raise SnapshotError(f"没有第 {number} 版。现有的版：{existing}。全部列表见 wenming editions")
    snapshot = _read_snapshot_file(number, files[number], files[number] == path)
    if snapshot.info is None:
        raise SnapshotError(f"第 {number} 版的文件已损坏，无法使用：{snapshot.path}")
    return snapshot


def list_snapshots(path: Path) -> dict[int, Path]:
    """Return the previous snapshots beside the warehouse at `path`, number -> file, oldest first."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        files = {
            int(match[1]): file
            for file in snapshot_folder(path).iterdir()
            if (match := _FILE_NAME.fullmatch(file.name))
        }
        return dict(sorted(files.items()))
    return {}


def snapshot_folder(path: Path) -> Path:
    """Return the folder of the snapshots of the warehouse at `path`."""
    return path.with_name(f".{path.name}.editions")


def find_history_file(path: Path | str) -> Path | None:
    """Return the file that holds the history of the warehouse at `path`.

    The published file where it is sound, else the newest sound snapshot beside it; None where there is neither.
    """
    path = Path(path)
    candidates = (path, *reversed(list_snapshots(path).values()))
    return next((file for file in candidates if check_condition(file).is_sound), None)


def read_info(file: Path) -> SnapshotInfo | None:
    """Return the identity of a sound warehouse file; None for one from before snapshots were numbered.

    Raises:
        duckdb.Error: The file is not a sound warehouse file.
    """
    with spare_database() as connection:
        connection.execute(f"ATTACH {literal(str(file))} AS snapshot (READ_ONLY)")
        info = read_info_from(connection, "snapshot.ops.meta")
        connection.execute("DETACH snapshot")
    return info


def read_info_from(connection: duckdb.DuckDBPyConnection, table: str = "ops.meta") -> SnapshotInfo | None:
    """Return the identity in `table` of an open warehouse file; None where it has none."""
    meta = dict(connection.execute(f"SELECT key, value FROM {table}").fetchall())
    if NUMBER not in meta:
        return None
    origin = meta.get(ORIGIN)
    published_at = datetime.fromisoformat(meta[PUBLISHED_AT])
    return SnapshotInfo(int(meta[NUMBER]), published_at, meta[CAUSE], None if origin is None else int(origin))


def read_current_info(path: Path) -> SnapshotInfo:
    """Return the identity of the sound warehouse file at `path`; without a number it follows the last snapshot."""
    info = read_info(path)
    if info is not None:
        return info
    return SnapshotInfo(max(list_snapshots(path), default=0) + 1, _modification_time(path))


def next_info(path: Path, cause: str, previous: SnapshotInfo | None, restored_from: int | None = None) -> SnapshotInfo:
    """Return the identity of the next snapshot of the warehouse at `path`.

    No number is assigned twice, not even after the file was lost or damaged.

    Args:
        path: The warehouse file.
        cause: A key of `CAUSES`.
        previous: The identity of the published file, None where there is no sound one.
        restored_from: Number of the snapshot that is restored, if any.
    """
    last = max([*list_snapshots(path), previous.number if previous else 0, _last_assigned_number(path)])
    return SnapshotInfo(last + 1, datetime.now(UTC), cause, restored_from)


def record_number(path: Path, number: int) -> None:
    """Record beside the warehouse that `number` is assigned, before the snapshot is published.

    Raises:
        OSError: The file cannot be written.
    """
    file = _counter_file(path)
    partial = file.with_suffix(_PARTIAL_SUFFIX)
    with partial.open("w", encoding="ascii") as stream:
        stream.write(f"{number}\n")
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)


def save_snapshot(path: Path, info: SnapshotInfo) -> None:
    """Save the sound warehouse file at `path` as a snapshot, before it is replaced.

    Raises:
        OSError: The file can be neither linked nor copied.
    """
    target = snapshot_folder(path) / info.file_name
    if target.exists():
        return
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(path.resolve(), target)
    except OSError:
        # No hard links here (FAT, some network drives): an atomic copy.
        partial = target.with_suffix(_PARTIAL_SUFFIX)
        try:
            shutil.copyfile(path, partial)
            with partial.open("rb+") as handle:
                os.fsync(handle.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


def prune_snapshots(path: Path, keep: int) -> None:
    """Delete all but the last `keep` previous snapshots, and what an interrupted copy left behind.

    Called after the warehouse is published: a file that cannot be deleted now (on Windows one that is open) is left to
    the next publication.
    """
    folder = snapshot_folder(path)
    if not folder.is_dir():
        return
    files = list(list_snapshots(path).values())
    for file in (*folder.glob(f"*{_PARTIAL_SUFFIX}"), *files[: max(len(files) - keep, 0)]):
        with contextlib.suppress(OSError):
            file.unlink()
    if not keep:
        with contextlib.suppress(OSError):
            folder.rmdir()


def write_restored(target: Path, snapshot: Path, newest: Path | None, info: SnapshotInfo) -> None:
    """Write a copy of `snapshot` to `target` with a new identity.

    The run history and the decisions of people are those of `newest`, the most recent sound file, if there is one.
    """
    shutil.copyfile(snapshot, target)
    with contextlib.closing(duckdb.connect(str(target))) as connection:
        for key in META_KEYS:
            connection.execute("DELETE FROM ops.meta WHERE key = ?", [key])
        for key, value in info.meta.items():
            connection.execute("INSERT INTO ops.meta VALUES (?, ?)", [key, value])
        if newest is not None:
            connection.execute(f"ATTACH {literal(str(newest))} AS newest (READ_ONLY)")
            for table in RUN_TABLES:
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} SELECT * FROM newest.{table}")
            # The next build applies later decisions again, or reports that they are missing.
            decisions = "SELECT * FROM newest.ops.meta WHERE key = ?"
            if connection.execute(decisions, [DECISIONS]).fetchall():
                connection.execute("DELETE FROM ops.meta WHERE key = ?", [DECISIONS])
                connection.execute(f"INSERT INTO ops.meta {decisions}", [DECISIONS])
            connection.execute("DETACH newest")
        connection.execute("CHECKPOINT")


def _snapshot_files(path: Path) -> dict[int, Path]:
    """Return number -> file, newest first, including the published file where it is sound."""
    files = dict(list_snapshots(path))
    if check_condition(path).is_sound:
        files[read_current_info(path).number] = path
    return dict(sorted(files.items(), reverse=True))


def _read_snapshot_file(number: int, file: Path, is_current: bool) -> Snapshot:
    try:
        with reading(file) as connection:
            info = read_info_from(connection) or SnapshotInfo(number, _modification_time(file))
            counts = "SELECT (SELECT count(*) FROM core.notices), (SELECT count(*) FROM core.tasks)"
            ((notices, tasks),) = connection.execute(counts).fetchall()
    except WarehouseLockedError:
        raise
    except (duckdb.Error, WarehouseError):
        # One unreadable snapshot must not hide the others.
        return Snapshot(number, file, is_current, None, None, None)
    return Snapshot(number, file, is_current, info, notices, tasks)


def _modification_time(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _last_assigned_number(path: Path) -> int:
    """Return the highest number recorded by `record_number`, 0 where there is none."""
    try:
        return int(_counter_file(path).read_text("ascii"))
    except (OSError, ValueError):
        return 0


def _counter_file(path: Path) -> Path:
    return path.with_name(f".{path.name}.edition")
