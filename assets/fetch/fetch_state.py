"""What is remembered between runs, in the hidden folder `.fetch` of raw/: a JSON line per address, the last one holds.

Nothing that matters is lost with it: files and manifest say by themselves what was fetched from where, and a run
without this memory asks once for what it could have known.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from warehouse.export.filenames import file_name

FOLDER: Final = ".fetch"
_SLACK: Final = 1_000
"""Lines that may be out of date before the file is written anew."""
_PLACING: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Known:
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


_KINDS: Final = {one.name: {"gone": bool, "listed": list}.get(one.name, str) for one in fields(Known)}


class Memory:
    """The known addresses of one source."""

    def __init__(self, raw: Path, source: str) -> None:
        self._path = raw / FOLDER / file_name(source, ".jsonl", set())
        self._known: dict[str, Known] = {}
        lines = 0
        text = _text(self._path)
        # A line that a power cut left half written must not swallow the one that will follow it.
        self._is_cut = bool(text) and not text.endswith("\n")
        for line in filter(None, text.split("\n")):
            lines += 1
            if (one := _parsed(line)) is not None:
                self._known[one.url] = one
        self._stale = lines - len(self._known)

    def get(self, url: str) -> Known | None:
        """What is known of an address."""
        return self._known.get(url)

    def __iter__(self) -> Iterator[Known]:
        return iter(list(self._known.values()))

    def keep(self, one: Known) -> None:
        """Remember an address from now on. Raises OSError."""
        self._stale += one.url in self._known
        self._known[one.url] = one
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write("\n" * self._is_cut + _line(one))
        self._is_cut = False

    def tidy(self) -> None:
        """Write the file anew where much of it is out of date. Raises OSError."""
        if self._stale > max(_SLACK, len(self._known)):
            put(self._path, "".join(_line(one) for one in self).encode())
            self._stale, self._is_cut = 0, False

    def touch(self, one: Known, day: str) -> None:
        """Remember that an address was looked at and had not changed."""
        self.keep(replace(one, checked=day, gone=False))


def put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, replacing what is there. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _aside(path, data) as aside:
        aside.replace(path)
    _settle(path.parent)


def put_new(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and never over another one. Raises FileExistsError, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _aside(path, data) as aside:
        try:
            os.link(aside, path)
        except OSError:
            # It stands there already, or this is a file system without hard links, where the lock keeps sources
            # that share a folder apart (one fetch runs at a time).
            with _PLACING:
                if path.exists():
                    raise FileExistsError(path) from None
                aside.replace(path)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make new names last: memory must not outlive a file, which would then pass for one removed by hand."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def _aside(path: Path, data: bytes) -> Iterator[Path]:
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


def _line(one: Known) -> str:
    said = {name: value for name, value in asdict(one).items() if value}
    return json.dumps(said, ensure_ascii=False) + "\n"


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _parsed(line: str) -> Known | None:
    """A line as it was kept; None for one that was cut off, damaged, or comes from another version."""
    try:
        said: Any = json.loads(line)
        if not isinstance(said, dict) or not {"url", "role"} <= set(said):
            return None
        if any(not isinstance(value, _KINDS.get(name, type(None))) for name, value in said.items()):
            return None
        date.fromisoformat(said.get("checked") or "2000-01-01")
    except (ValueError, RecursionError):
        return None
    return Known(**said)
