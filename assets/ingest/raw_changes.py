"""Decide when raw/ has to be read again, for the Dagster sensor and for `wenming watch`.

A snapshot of raw/ is a listing of sizes and time stamps; no file system events are needed, so that network shares can
be watched too. Changes are read once no file has changed for a while: a folder that is being copied is one batch. A
file that keeps changing does not hold up the others forever; it is left out of the build (`Decision.waiting`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

import extractors
from assets.ingest import discover_files
from warehouse import store

FileStat = tuple[int, int]
"""Size (bytes) and time stamp (nanoseconds) of a file, or DELETED."""

DELETED: Final[FileStat] = (-2, 0)
FIRST_RETRY: Final = 60.0
LONGEST_RETRY: Final = 3600.0
"""Upper bound in seconds; the pause before a failed build is repeated doubles with each failure."""
_PUBLISHED_FILES_SQL: Final = "SELECT source_path, bytes, mtime_ns FROM ops.sources"


class ChangedFile(BaseModel):
    """A file that differs from the published one: its `FileStat`, and since when (epoch seconds) it has it."""

    model_config = ConfigDict(frozen=True)

    mark: FileStat
    since: float


class WatchState(BaseModel):
    """State between two snapshots; its JSON is the cursor of the sensor, so that its field names are persistent."""

    model_config = ConfigDict(frozen=True)

    built: str = ""
    """Digest of the files that the last build read."""
    version: str = ""
    """Version of the extractor at that build."""
    batch: str = ""
    """Name of the last build, unique for each batch; empty once its end was processed."""
    fresh: dict[str, ChangedFile] = {}
    began: float | None = None
    """When the first change of this batch was seen (epoch seconds)."""
    failures: Annotated[int, Field(ge=0)] = 0
    """How often the last build has failed."""
    retry_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds without a change after which a file is complete, and the maximum wait of a batch."""

    settle: float
    longest: float


@dataclass(frozen=True, slots=True)
class RawSnapshot:
    """Files below raw/ and published files by source path; `published` may be empty where nothing has changed."""

    listing: Mapping[str, FileStat]
    published: Mapping[str, FileStat]
    version: str
    """Version of the extractor; a new one reads everything again."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to build now, without the files in `waiting`, and the state to be stored."""

    state: WatchState
    build: bool = False
    waiting: tuple[str, ...] = ()
    changes: int = 0
    """Files that differ from what is published."""


class UnsafeToReadError(Exception):
    """raw/ seems to be unmounted: a build would remove every notice. The text is Chinese."""


def require_mounted(raw: Path, listing: Collection[str], published: Collection[str]) -> None:
    """Refuse an unattended run that would treat an unmounted share as "all files deleted".

    Raises:
        UnsafeToReadError: `raw` is not a folder, or is empty while files are published.
    """
    if not raw.is_dir():
        raise UnsafeToReadError(
            f"找不到存放通知原件的文件夹 {raw}，可能是网络盘没有连上。仓库保持原样；请连上网络盘，或核对设置 raw"
        )
    if published and not listing:
        raise UnsafeToReadError(
            f"文件夹 {raw} 是空的，而仓库中有 {len(published)} 个文件，可能是网络盘没有连上。"
            "仓库保持原样；确实要全部移除的，请运行 wenming build"
        )


def take_snapshot(raw: Path, warehouse: Path, state: WatchState) -> RawSnapshot:
    """List raw/ now; the warehouse is queried only if something has changed.

    Raises:
        UnsafeToReadError: raw/ is missing, or empty while files are published.
        warehouse.errors.WarehouseError: The warehouse cannot be opened.
    """
    version = extractors.version()
    listing = discover_files.list_files(raw)
    known: dict[str, FileStat] = {}
    if listing_digest(listing, version) != state.built and store.check_condition(warehouse) is store.Condition.CURRENT:
        with store.reading(warehouse) as connection:
            known = {path: (size, stamp) for path, size, stamp in connection.execute(_PUBLISHED_FILES_SQL).fetchall()}
    require_mounted(raw, listing, known)
    return RawSnapshot(listing, known, version)


def listing_digest(listing: Mapping[str, FileStat], version: str) -> str:
    """Return a digest of a listing that is equal for the same files with the same sizes and time stamps."""
    lines = (f"{path}\0{size}\0{stamp}\n" for path, (size, stamp) in sorted(listing.items()))
    total = hashlib.sha256(f"{version}\n".encode())
    for line in lines:
        total.update(line.encode())
    return total.hexdigest()[:32]


def decide(snapshot: RawSnapshot, state: WatchState, now: float, timing: Timing) -> Decision:
    """Decide whether to build now. Pure: depends on snapshot, state and `now` (epoch seconds) alone."""
    key = listing_digest(snapshot.listing, snapshot.version)
    if key == state.built:
        # Changed files were restored to what they were.
        calm = state.model_copy(update={"fresh": {}, "began": None})
        return Decision(calm, build=state.failures > 0 and now >= state.retry_at)
    fresh = _changed_files(snapshot, state, now)
    if not fresh and snapshot.version == state.version:
        # Another process has built in the meantime.
        return Decision(WatchState(built=key, version=snapshot.version))
    moving = {path for path, file in fresh.items() if now - file.since < timing.settle}
    began = state.began if state.began is not None and state.began <= now else now
    if not moving:
        return Decision(
            WatchState(built=key, version=snapshot.version, batch=_batch_name(key, began)),
            build=True,
            changes=len(fresh),
        )
    pending = state.model_copy(update={"fresh": fresh, "began": began})
    waiting = tuple(sorted(moving & snapshot.listing.keys()))
    if now - began < timing.longest:
        return Decision(pending, waiting=waiting, changes=len(fresh))
    at_rest = listing_digest(_listing_without_changes(snapshot, waiting), snapshot.version)
    if at_rest == state.built:
        again = state.failures > 0 and now >= state.retry_at
        return Decision(pending, build=again, waiting=waiting, changes=len(fresh))
    begun = WatchState(
        built=at_rest, version=snapshot.version, batch=_batch_name(at_rest, began), fresh=fresh, began=now
    )
    return Decision(begun, build=True, waiting=waiting, changes=len(fresh))


def after_failure(state: WatchState, now: float) -> WatchState:
    """Return the state after the build of this state failed at `now`."""
    pause = min(FIRST_RETRY * 2 ** min(state.failures, 10), LONGEST_RETRY)
    return state.model_copy(update={"failures": state.failures + 1, "retry_at": now + pause})


def after_success(state: WatchState) -> WatchState:
    """Return the state after its build succeeded."""
    return state.model_copy(update={"failures": 0, "retry_at": 0.0, "batch": ""})


def _batch_name(key: str, began: float) -> str:
    """Return a name that is unique even if the same files are removed and come back: it contains the time."""
    return f"{key}-{began:.0f}"


def _changed_files(snapshot: RawSnapshot, state: WatchState, now: float) -> dict[str, ChangedFile]:
    """Return every file that differs from the published one; its clock restarts with each change."""
    differing: dict[str, FileStat] = {
        p: mark for p, mark in snapshot.listing.items() if snapshot.published.get(p) != mark
    }
    for path in snapshot.published.keys() - snapshot.listing.keys():
        if not _is_inside_archive(path, snapshot.listing):
            differing[path] = DELETED
    changed = {}
    for path, mark in sorted(differing.items()):
        before = state.fresh.get(path)
        # A clock that was set back must not make a file appear to change for years.
        same = before is not None and before.mark == mark and before.since <= now
        changed[path] = before if same and before is not None else ChangedFile(mark=mark, since=now)
    return changed


def _is_inside_archive(path: str, listing: Mapping[str, FileStat]) -> bool:
    """Return whether a parent of this path is a file: the archive that contains it."""
    parts = path.split("/")
    return any("/".join(parts[:n]) in listing for n in range(1, len(parts)))


def _listing_without_changes(snapshot: RawSnapshot, waiting: tuple[str, ...]) -> dict[str, FileStat]:
    """Return the listing as if the waiting files had not changed."""
    left_out = set(waiting)
    unchanged = {path: mark for path, mark in snapshot.listing.items() if path not in left_out}
    return unchanged | {path: snapshot.published[path] for path in waiting if path in snapshot.published}
