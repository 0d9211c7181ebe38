"""State and report of fetching, in the hidden folder `.fetch` of raw/.

The state between runs is a JSON line per address; the last line of an address counts. It is only a cache: the files and
the manifest show what was fetched from where, and a run without it requests once what it could have known. Beside it
lies the log of all events.
"""

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
from warehouse.formatting import escape_formula

STATE_FOLDER: Final = ".fetch"
LOG_FILE: Final = "log.csv"
LOG_HEADERS: Final = ("时间", "来源", "结果", "标题", "网址", "文件", "说明")
_MAX_STALE_LINES: Final = 1_000
"""Outdated lines after which the file is rewritten."""
_REPLACE_LOCK: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """One address as it was last seen; the field names are those of the file.

    `role` is list, notice, file (an attachment) or passed (rejected by its title). `path` is the newest file below
    raw/, `print` the fingerprint of the content, `owner` the page of an attachment, `changed` the time of change in a
    sitemap or feed, `at` the target of permanent redirects.
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
    """Links of a list page, for when it answers "not modified"."""


_FIELD_TYPES: Final = {item.name: {"gone": bool, "listed": list}.get(item.name, str) for item in fields(AddressRecord)}


class SourceMemory:
    """The address records of one source."""

    def __init__(self, raw: Path, source: str) -> None:
        self._path = raw / STATE_FOLDER / file_name(source, ".jsonl", set())
        self._known: dict[str, AddressRecord] = {}
        lines = 0
        text = _read_text(self._path)
        # A line that was truncated by a power cut must not swallow the next one.
        self._is_cut = bool(text) and not text.endswith("\n")
        for line in filter(None, text.split("\n")):
            lines += 1
            if (record := _parse_record(line)) is not None:
                self._known[record.url] = record
        self._stale = lines - len(self._known)

    def get(self, url: str) -> AddressRecord | None:
        """Return the record of an address."""
        return self._known.get(url)

    def __iter__(self) -> Iterator[AddressRecord]:
        return iter(list(self._known.values()))

    def store(self, record: AddressRecord) -> None:
        """Store the record of an address. Raises OSError."""
        self._stale += record.url in self._known
        self._known[record.url] = record
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write("\n" * self._is_cut + _format_record(record))
        self._is_cut = False

    def tidy(self) -> None:
        """Rewrite the file if many lines are outdated. Raises OSError."""
        if self._stale > max(_MAX_STALE_LINES, len(self._known)):
            write_atomically(self._path, "".join(_format_record(record) for record in self).encode())
            self._stale, self._is_cut = 0, False

    def touch(self, record: AddressRecord, day: str) -> None:
        """Record that an address was checked and has not changed."""
        self.store(replace(record, checked=day, gone=False))


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file atomically, replacing an existing one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _temporary_file(path, data) as temporary:
        temporary.replace(path)
    _sync_folder(path.parent)


def write_new(path: Path, data: bytes) -> None:
    """Write a file atomically, never over an existing one. Raises FileExistsError, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _temporary_file(path, data) as temporary:
        try:
            os.link(temporary, path)
        except OSError:
            # The file exists, or the file system has no hard links: then the lock separates sources that share a
            # folder (only one fetch runs at a time).
            with _REPLACE_LOCK:
                if path.exists():
                    raise FileExistsError(path) from None
                temporary.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Flush new names to disk: a record that outlives its file would look like a file removed by hand."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def _temporary_file(path: Path, data: bytes) -> Iterator[Path]:
    """Write a temporary file beside `path`, under a name that builds ignore."""
    temporary = path.with_name(f".{os.getpid()}-{threading.get_ident():x}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _format_record(record: AddressRecord) -> str:
    values = {name: value for name, value in asdict(record).items() if value}
    return json.dumps(values, ensure_ascii=False) + "\n"


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _parse_record(line: str) -> AddressRecord | None:
    """Parse a line; return None if it is truncated, damaged or of another version."""
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


class FetchOutcome(StrEnum):
    """Outcome of a page or file that did not fail."""

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
    """One line of the report. `failed` sets the exit status 1; `path` is relative to raw/."""

    source: str
    outcome: FetchOutcome | FetchFailure
    title: str = ""
    url: str = ""
    path: str = ""
    text: str = ""
    failed: bool = False
    stopped: bool = False
    """True if the source could not be read, or not completely."""


QUIET_OUTCOMES: Final = frozenset({FetchOutcome.SAME, FetchOutcome.PASSED})
"""Reported as numbers only."""


@dataclass(frozen=True, slots=True)
class FetchReport:
    """All events of a run, in the order of the sources, and the unusable entries of the sources file."""

    events: tuple[FetchEvent, ...]
    problems: tuple[str, ...]
    sources: tuple[str, ...]
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether anything failed."""
        return bool(self.problems) or any(event.failed for event in self.events)

    @property
    def stopped(self) -> set[str]:
        """The sources that could not be read."""
        return {event.source for event in self.events if event.stopped}

    @property
    def notable(self) -> list[FetchEvent]:
        """The events that get a line of their own."""
        return [event for event in self.events if event.outcome not in QUIET_OUTCOMES]

    def counts(self, source: str | None = None) -> Counter[str]:
        """Return the number of events by outcome, of one source or of all."""
        return Counter(str(event.outcome) for event in self.events if source in (None, event.source))


def append_log(raw: Path, events: Sequence[FetchEvent], now: datetime) -> None:
    """Append events to the log. Raises OSError."""
    path = raw / STATE_FOLDER / LOG_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists()
    with path.open("a", encoding="utf-8-sig" if fresh else "utf-8", newline="") as stream:
        writer = csv.writer(stream)
        if fresh:
            writer.writerow(LOG_HEADERS)
        for event in events:
            cells = (
                now.isoformat(" ", "seconds"),
                event.source,
                event.outcome,
                event.title,
                event.url,
                event.path,
                event.text,
            )
            writer.writerow([escape_formula(str(cell)) for cell in cells])
