"""When is it time to read raw/ anew? One decision, shared by the sensor of Dagster and by `wenming watch`.

A look at raw/ is a listing of sizes and time stamps; nobody has to send events, so that network shares can be watched
too. A change is read once nothing has moved for a while: a folder that is being copied is one batch. A file that
never comes to rest does not keep the others waiting for ever; it is left out of the build (`Decision.waiting`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

import extractors
from assets.ingest import discover_files
from warehouse import store

Mark = tuple[int, int]
"""Size (bytes) and time stamp (nanoseconds) of a file; GONE for one that is no longer there."""

GONE: Final[Mark] = (-2, 0)
FIRST_RETRY: Final = 60.0
LONGEST_RETRY: Final = 3600.0
"""Seconds until a build that failed is tried again: doubled from failure to failure, up to an hour."""
_KNOWN: Final = "SELECT source_path, bytes, mtime_ns FROM ops.sources"


class Fresh(BaseModel):
    """A file that differs from what is published: how it looked last, and since when (epoch seconds) it does."""

    model_config = ConfigDict(frozen=True)

    mark: Mark
    since: float


class State(BaseModel):
    """What is remembered from one look to the next; as JSON it is the cursor of the sensor."""

    model_config = ConfigDict(frozen=True)

    built: str = ""
    """Digest of the files that the last build was asked to read."""
    version: str = ""
    """Version of the extractor at that build."""
    batch: str = ""
    """Name of the last build, another one for each batch; empty once its end is accounted for."""
    fresh: dict[str, Fresh] = {}
    began: float | None = None
    """When the first change of this batch was seen (epoch seconds)."""
    failures: Annotated[int, Field(ge=0)] = 0
    """How often the last build has failed."""
    retry_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Timing:
    """`settle`: seconds without a change after which a file is whole; `longest`: seconds that a batch waits at most."""

    settle: float
    longest: float


@dataclass(frozen=True, slots=True)
class Look:
    """Files below raw/ and published files, by source path. `published` may be empty where nothing has changed."""

    listing: Mapping[str, Mark]
    published: Mapping[str, Mark]
    version: str
    """Version of the extractor: a new one reads everything anew."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`build` says whether to build now, leaving out the files in `waiting`; `state` is to be remembered."""

    state: State
    build: bool = False
    waiting: tuple[str, ...] = ()
    changes: int = 0
    """Files that differ from what is published."""


class UnsafeToReadError(Exception):
    """raw/ looks as if it were not there: a build would take every notice for removed. The text is Chinese."""


def guard(raw: Path, listing: Collection[str], published: Collection[str]) -> None:
    """Refuse what nobody watches over to take a share that is not connected for a folder that was emptied.

    Raises:
        UnsafeToReadError: `raw` is no folder, or holds nothing while files are published.
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


def look(raw: Path, warehouse: Path, state: State) -> Look:
    """Look at raw/ now; the warehouse is asked only where something has changed.

    Raises:
        UnsafeToReadError: raw/ is not there, or empty while files are published.
        warehouse.errors.WarehouseError: the warehouse cannot be opened.
    """
    version = extractors.version()
    listing = discover_files.listing(raw)
    known: dict[str, Mark] = {}
    if digest(listing, version) != state.built and store.check_condition(warehouse) is store.Condition.CURRENT:
        with closing(store.connect(warehouse)) as connection:
            known = {path: (size, stamp) for path, size, stamp in connection.execute(_KNOWN).fetchall()}
    guard(raw, listing, known)
    return Look(listing, known, version)


def digest(listing: Mapping[str, Mark], version: str) -> str:
    """What a listing comes down to: the same files of the same size and time have the same digest everywhere."""
    lines = (f"{path}\0{size}\0{stamp}\n" for path, (size, stamp) in sorted(listing.items()))
    total = hashlib.sha256(f"{version}\n".encode())
    for line in lines:
        total.update(line.encode())
    return total.hexdigest()[:32]


def decide(seen: Look, state: State, now: float, timing: Timing) -> Decision:
    """Whether to build now. Pure: the same look, state and moment (epoch seconds) give the same decision."""
    key = digest(seen.listing, seen.version)
    if key == state.built:
        # What had begun to change is as it was.
        calm = state.model_copy(update={"fresh": {}, "began": None})
        return Decision(calm, build=state.failures > 0 and now >= state.retry_at)
    fresh = _fresh(seen, state, now)
    if not fresh and seen.version == state.version:
        # Somebody else has built meanwhile.
        return Decision(State(built=key, version=seen.version))
    moving = {path for path, one in fresh.items() if now - one.since < timing.settle}
    began = state.began if state.began is not None and state.began <= now else now
    if not moving:
        return Decision(
            State(built=key, version=seen.version, batch=_batch(key, began)), build=True, changes=len(fresh)
        )
    held = state.model_copy(update={"fresh": fresh, "began": began})
    waiting = tuple(sorted(moving & seen.listing.keys()))
    if now - began < timing.longest:
        return Decision(held, waiting=waiting, changes=len(fresh))
    at_rest = digest(_without(seen, waiting), seen.version)
    if at_rest == state.built:
        again = state.failures > 0 and now >= state.retry_at
        return Decision(held, build=again, waiting=waiting, changes=len(fresh))
    begun = State(built=at_rest, version=seen.version, batch=_batch(at_rest, began), fresh=fresh, began=now)
    return Decision(begun, build=True, waiting=waiting, changes=len(fresh))


def failed(state: State, now: float) -> State:
    """The state after the build of this state failed at `now`."""
    pause = min(FIRST_RETRY * 2 ** min(state.failures, 10), LONGEST_RETRY)
    return state.model_copy(update={"failures": state.failures + 1, "retry_at": now + pause})


def succeeded(state: State) -> State:
    """The state after its build has done its work."""
    return state.model_copy(update={"failures": 0, "retry_at": 0.0, "batch": ""})


def _batch(key: str, began: float) -> str:
    """The same files can come back after they were taken away: the moment tells the two batches apart."""
    return f"{key}-{began:.0f}"


def _fresh(seen: Look, state: State, now: float) -> dict[str, Fresh]:
    """Every file that differs from what is published; its clock starts anew with each change of it."""
    differing: dict[str, Mark] = {p: mark for p, mark in seen.listing.items() if seen.published.get(p) != mark}
    for path in seen.published.keys() - seen.listing.keys():
        if not _inside_an_archive(path, seen.listing):
            differing[path] = GONE
    found = {}
    for path, mark in sorted(differing.items()):
        before = state.fresh.get(path)
        # A clock that was put back must not make a file look as if it were moving for years.
        same = before is not None and before.mark == mark and before.since <= now
        found[path] = before if same and before is not None else Fresh(mark=mark, since=now)
    return found


def _inside_an_archive(path: str, listing: Mapping[str, Mark]) -> bool:
    """True where a folder of this path is a file: the archive that the path is a member of."""
    parts = path.split("/")
    return any("/".join(parts[:n]) in listing for n in range(1, len(parts)))


def _without(seen: Look, waiting: tuple[str, ...]) -> dict[str, Mark]:
    """The listing as if the waiting files had not been touched."""
    left_out = set(waiting)
    found = {path: mark for path, mark in seen.listing.items() if path not in left_out}
    return found | {path: seen.published[path] for path in waiting if path in seen.published}
