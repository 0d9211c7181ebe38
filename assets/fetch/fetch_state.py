"""What is remembered between runs, in the hidden folder `.fetch` of raw/: a JSON line per address, the last one holds.

Nothing that matters is lost with it: files and manifest say by themselves what was fetched from where, and a run
without this memory asks once for what it could have known."""

from __future__ import annotations

import csv
import json
import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from assets.fetch.http_client import FetchFailure
from warehouse.filenames import file_name
from warehouse.formatting import as_text

STATE_FOLDER: Final = ".fetch"
_MAX_STALE_LINES: Final = 1_000
"""Lines that may be out of date before the file is written anew."""
_REPLACE_LOCK: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """One address as it was last seen.

    `role` is list, notice, file (an attachment) or passed (not wanted, by its own title). `path` is the newest file
    below raw/, `print` the fingerprint of what the page says, `owner` the address of an attachment's page,
    `changed` when a sitemap or feed says it was changed, `at` where permanent redirects led.
    """

    url: str
    role: str
    etag: str = ""
    modified: str = ""
    sha256: str = ""
    print: str = ""
    path: str = ""
    title: str = ""
    owner: str = ""
    changed: str = ""
    at: str = ""
    checked: str = ""
    gone: bool = False
    listed: list[dict[str, str]] = field(default_factory=list)
    """Of a list page: the links found there, for the day on which it answers that nothing has changed."""


_FIELD_TYPES: Final = {one.name: {"gone": bool, "listed": list}.get(one.name, str) for one in fields(AddressRecord)}


class SourceMemory:
    """The known addresses of one source."""

    def __init__(self, raw: Path, source: str) -> None:
        self._path = raw / STATE_FOLDER / file_name(source, ".jsonl", set())
        self._known: dict[str, AddressRecord] = {}
        lines = 0
        text = _read_text(self._path)
        # A line that a power cut left half written must not swallow the one that will follow it.
        self._is_cut = bool(text) and not text.endswith("\n")
        for line in filter(None, text.split("\n")):
            lines += 1
            if (one := _parse_record(line)) is not None:
                self._known[one.url] = one
        self._stale = lines - len(self._known)

    def get(self, url: str) -> AddressRecord | None:
        """What is known of an address."""
        return self._known.get(url)

    def __iter__(self) -> Iterator[AddressRecord]:
        return iter(list(self._known.values()))

    def keep(self, one: AddressRecord) -> None:
        """Remember an address from now on. Raises OSError."""
        self._stale += one.url in self._known
        self._known[one.url] = one
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write("\n" * self._is_cut + _format_record(one))
        self._is_cut = False

    def tidy(self) -> None:
        """Write the file anew where much of it is out of date. Raises OSError."""
        if self._stale > max(_MAX_STALE_LINES, len(self._known)):
            write_atomically(self._path, "".join(_format_record(one) for one in self).encode())
            self._stale, self._is_cut = 0, False

    def touch(self, one: AddressRecord, day: str) -> None:
        """Remember that an address was looked at and had not changed."""
        self.keep(replace(one, checked=day, gone=False))


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, replacing what is there. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _temporary_file(path, data) as aside:
        aside.replace(path)
    _sync_folder(path.parent)


def write_new(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and never over another one. Raises FileExistsError, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _temporary_file(path, data) as aside:
        try:
            os.link(aside, path)
        except OSError:
            # It stands there already, or this is a file system without hard links, where the lock keeps sources
            # that share a folder apart (one fetch runs at a time).
            with _REPLACE_LOCK:
                if path.exists():
                    raise FileExistsError(path) from None
                aside.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make new names last: memory must not outlive a file, which would then pass for one removed by hand."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def _temporary_file(path: Path, data: bytes) -> Iterator[Path]:
    """A file beside `path` with these bytes on the disk; its name is one that no build looks at."""
    aside = path.with_name(f".{os.getpid()}-{threading.get_ident():x}.tmp")
    try:
        with aside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        yield aside
    finally:
        aside.unlink(missing_ok=True)


def _format_record(one: AddressRecord) -> str:
    values = {name: value for name, value in asdict(one).items() if value}
    return json.dumps(values, ensure_ascii=False) + "\n"


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _parse_record(line: str) -> AddressRecord | None:
    """A line as it was kept; None for one that was cut off, damaged, or comes from another version."""
    try:
        values: Any = json.loads(line)
        if not isinstance(values, dict) or not {"url", "role"} <= set(values):
            return None
        if any(not isinstance(value, _FIELD_TYPES.get(name, type(None))) for name, value in values.items()):
            return None
        date.fromisoformat(values.get("checked") or "2000-01-01")
    except (ValueError, RecursionError):
        return None
    return AddressRecord(**values)


# What a fetch did, line by line, and the log of all fetches.


LOG_FILE: Final = "log.csv"
LOG_HEADERS: Final = ("时间", "来源", "结果", "标题", "网址", "文件", "说明")


class FetchOutcome(StrEnum):
    """What became of a page or file, besides the troubles."""

    NEW = "新增"
    CHANGED = "新版"
    SAME = "未变化"
    REPEATED = "已有相同文件"
    MOVED = "已迁移"
    PLANNED = "将下载"
    LATER = "留待下次"
    PASSED = "标题不符"


@dataclass(frozen=True, slots=True)
class FetchEvent:
    """One line of the report. `failed` makes the exit status 1; `path` is below raw/."""

    source: str
    outcome: FetchOutcome | FetchFailure
    title: str = ""
    url: str = ""
    path: str = ""
    text: str = ""
    failed: bool = False
    stopped: bool = False
    """The whole source could not be read, or not to its end."""


QUIET_OUTCOMES: Final = frozenset({FetchOutcome.SAME, FetchOutcome.PASSED})
"""Told as numbers only."""


@dataclass(frozen=True, slots=True)
class FetchReport:
    """All events of a run, in the order of the sources, and entries of the sources file that cannot be used."""

    events: tuple[FetchEvent, ...]
    problems: tuple[str, ...]
    sources: tuple[str, ...]
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether anything could not be done."""
        return bool(self.problems) or any(event.failed for event in self.events)

    @property
    def stopped(self) -> set[str]:
        """The sources that could not be read."""
        return {event.source for event in self.events if event.stopped}

    @property
    def notable(self) -> list[FetchEvent]:
        """The events worth a line."""
        return [event for event in self.events if event.outcome not in QUIET_OUTCOMES]

    def counts(self, source: str | None = None) -> Counter[str]:
        """Number of events by outcome, of one source or of all."""
        return Counter(str(one.outcome) for one in self.events if source in (None, one.source))


def append_log(raw: Path, events: Sequence[FetchEvent], now: datetime) -> None:
    """Add events to the log. Raises OSError."""
    path = raw / STATE_FOLDER / LOG_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists()
    with path.open("a", encoding="utf-8-sig" if fresh else "utf-8", newline="") as stream:
        writer = csv.writer(stream)
        if fresh:
            writer.writerow(LOG_HEADERS)
        for one in events:
            cells = (now.isoformat(" ", "seconds"), one.source, one.outcome, one.title, one.url, one.path, one.text)
            writer.writerow([as_text(str(cell)) for cell in cells])
