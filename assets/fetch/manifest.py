"""`raw/manifest.csv`: a row for every downloaded file, added behind what people keep there."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

from assets.fetch.fetch_state import put
from assets.ingest.csv_input import decoded, unguarded
from warehouse.formatting import escape_formula

FILE: Final = "manifest.csv"
UNKNOWN: Final = "未记录"


class ManifestError(Exception):
    """The manifest cannot be read or added to; the text is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, in the columns of the manifest; `path` is relative to raw/, the two days are ISO."""

    path: str
    sha256: str
    bytes: str
    publisher: str
    published: str
    retrieved: str
    source: str
    note: str


COLUMNS: Final = tuple(one.name for one in fields(Entry))


def entry(path: str, data: bytes, *, publisher: str, published: str, retrieved: str, source: str, note: str) -> Entry:
    """The row of a file with these bytes; what is not known is said to be unknown."""
    told = (publisher or UNKNOWN, published or UNKNOWN, retrieved, source, " ".join(note.split()))
    return Entry(path, hashlib.sha256(data).hexdigest(), str(len(data)), *told)


class Manifest:
    """The manifest of a raw folder, shared by all sources of a run."""

    def __init__(self, raw: Path) -> None:
        self._path = raw / FILE
        self._lock = threading.Lock()
        self._by_path: dict[str, Entry] = {}
        self._by_source: dict[str, list[Entry]] = defaultdict(list)
        self._by_content: dict[str, Entry] = {}
        self._data = b""
        self._read()

    def at(self, path: str) -> Entry | None:
        """The row of a file."""
        with self._lock:
            return self._by_path.get(path)

    def from_source(self, url: str, folder: str | None = None) -> Entry | None:
        """The last row whose file came from this address, and lies in this folder where one is given."""
        with self._lock:
            listed = reversed(self._by_source.get(url, []))
            return next((one for one in listed if folder in (None, one.path.rpartition("/")[0])), None)

    def same(self, sha256: str) -> Entry | None:
        """A row of a file with these bytes."""
        with self._lock:
            return self._by_content.get(sha256)

    def add(self, entries: Sequence[Entry]) -> None:
        """Add rows, whole or not at all; a path that is listed already is left as it is. Raises ManifestError."""
        with self._lock:
            text = self._read()
            fresh = [one for one in entries if one.path not in self._by_path]
            if not fresh:
                return
            out = io.StringIO(newline="")
            writer = csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n")
            if not text.strip():
                writer.writerow(COLUMNS)
            elif not text.endswith("\n"):
                out.write("\n")
            writer.writerows([escape_formula(value) for value in astuple(one)] for one in fresh)
            data = (text + out.getvalue()).encode(_encoding(self._data))
            try:
                put(self._path, data)
            except OSError as error:
                raise ManifestError(
                    f"无法写入 {self._path}（{error.strerror}），请检查权限，并关闭正打开它的程序"
                ) from error
            self._data = data
            for one in fresh:
                self._take(one)

    def _read(self) -> str:
        """The text of the file as it is now; its rows are taken in where it was changed. Raises ManifestError."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError as error:
            raise ManifestError(f"无法读取 {self._path}（{error.strerror}），请检查权限") from error
        text = decoded(data)
        if data == self._data:
            return text
        listed = self._rows(text)
        self._by_path.clear()
        self._by_source.clear()
        self._by_content.clear()
        for one in listed:
            self._take(one)
        self._data = data
        return text

    def _rows(self, text: str) -> list[Entry]:
        rows = csv.reader(io.StringIO(text, newline=""))
        try:
            header = next(rows, list(COLUMNS))
            if tuple(header) != COLUMNS:
                raise ManifestError(f"{self._path} 的表头不对，应为：{','.join(COLUMNS)}。请改正后再运行")
            whole = ([*row, *[""] * len(COLUMNS)][: len(COLUMNS)] for row in rows if row)
            return [Entry(*(unguarded(cell) for cell in row)) for row in whole]
        except csv.Error as error:
            raise ManifestError(
                f"{self._path} 第 {rows.line_num} 行无法读取（{error}），请用 WPS/Excel 重新另存为 CSV"
            ) from error

    def _take(self, one: Entry) -> None:
        self._by_path[one.path] = one
        self._by_source[one.source].append(one)
        self._by_content.setdefault(one.sha256, one)


def _encoding(data: bytes) -> str:
    """How a file is written that stood there as `data`, so that whoever opened it before can open it again."""
    try:
        data.decode()
    except UnicodeDecodeError:
        # Excel saved it as GBK, and would take UTF-8 without a mark for that.
        return "utf-8-sig"
    return "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
