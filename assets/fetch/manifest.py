"""`raw/manifest.csv`: a row for every downloaded file, appended to the rows that people have written."""

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

from assets.fetch.fetch_state import write_atomically
from assets.ingest.csv_input import decode_text
from warehouse.formatting import escape_formula, strip_formula_guard

MANIFEST_FILE: Final = "manifest.csv"
UNKNOWN: Final = "未记录"


class ManifestError(Exception):
    """The manifest cannot be read or added to; the text is Chinese and names the remedy."""


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One row of the manifest; `path` is relative to raw/, both dates are ISO."""

    path: str
    sha256: str
    bytes: str
    publisher: str
    published: str
    retrieved: str
    source: str
    note: str


COLUMNS: Final = tuple(column.name for column in fields(ManifestEntry))


def make_entry(
    path: str, data: bytes, *, publisher: str, published: str, retrieved: str, source: str, note: str
) -> ManifestEntry:
    """Return the row of a file with these bytes."""
    values = (publisher or UNKNOWN, published or UNKNOWN, retrieved, source, " ".join(note.split()))
    return ManifestEntry(path, hashlib.sha256(data).hexdigest(), str(len(data)), *values)


class Manifest:
    """The manifest of a raw folder, shared by all sources of a run."""

    def __init__(self, raw: Path) -> None:
        self._path = raw / MANIFEST_FILE
        self._lock = threading.Lock()
        self._by_path: dict[str, ManifestEntry] = {}
        self._by_source: dict[str, list[ManifestEntry]] = defaultdict(list)
        self._by_content: dict[str, ManifestEntry] = {}
        self._data = b""
        self._read()

    def find_path(self, path: str) -> ManifestEntry | None:
        """Return the row of a file."""
        with self._lock:
            return self._by_path.get(path)

    def find_source(self, url: str, folder: str | None = None) -> ManifestEntry | None:
        """Return the last row of a file from this URL, in `folder` if one is given."""
        with self._lock:
            listed = reversed(self._by_source.get(url, []))
            return next((row for row in listed if folder in (None, row.path.rpartition("/")[0])), None)

    def find_content(self, sha256: str) -> ManifestEntry | None:
        """Return a row of a file with this SHA-256."""
        with self._lock:
            return self._by_content.get(sha256)

    def add(self, entries: Sequence[ManifestEntry]) -> None:
        """Append rows, all or none; paths that are already listed are skipped. Raises ManifestError."""
        with self._lock:
            text = self._read()
            new_entries = [row for row in entries if row.path not in self._by_path]
            if not new_entries:
                return
            out = io.StringIO(newline="")
            writer = csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n")
            if not text.strip():
                writer.writerow(COLUMNS)
            elif not text.endswith("\n"):
                out.write("\n")
            writer.writerows([escape_formula(value) for value in astuple(row)] for row in new_entries)
            data = (text + out.getvalue()).encode(_encoding(self._data))
            try:
                write_atomically(self._path, data)
            except OSError as error:
                raise ManifestError(
                    f"无法写入 {self._path}（{error.strerror}），请检查权限，并关闭正打开它的程序"
                ) from error
            self._data = data
            for row in new_entries:
                self._index(row)

    def _read(self) -> str:
        """Return the current text of the file and index its rows if it has changed. Raises ManifestError."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError as error:
            raise ManifestError(f"无法读取 {self._path}（{error.strerror}），请检查权限") from error
        text = decode_text(data)
        if data == self._data:
            return text
        listed = self._rows(text)
        self._by_path.clear()
        self._by_source.clear()
        self._by_content.clear()
        for row in listed:
            self._index(row)
        self._data = data
        return text

    def _rows(self, text: str) -> list[ManifestEntry]:
        rows = csv.reader(io.StringIO(text, newline=""))
        try:
            header = next(rows, list(COLUMNS))
            if tuple(header) != COLUMNS:
                raise ManifestError(f"{self._path} 的表头不对，应为：{','.join(COLUMNS)}。请改正后再运行")
            padded = ([*row, *[""] * len(COLUMNS)][: len(COLUMNS)] for row in rows if row)
            return [ManifestEntry(*(strip_formula_guard(cell) for cell in row)) for row in padded]
        except csv.Error as error:
            raise ManifestError(
                f"{self._path} 第 {rows.line_num} 行无法读取（{error}），请用 WPS/Excel 重新另存为 CSV"
            ) from error

    def _index(self, row: ManifestEntry) -> None:
        self._by_path[row.path] = row
        self._by_source[row.source].append(row)
        self._by_content.setdefault(row.sha256, row)


def _encoding(data: bytes) -> str:
    """Return the encoding for rewriting a file with content `data`, readable by the program that wrote it."""
    try:
        data.decode()
    except UnicodeDecodeError:
        # Excel saved it as GBK and would read UTF-8 without a byte order mark as GBK.
        return "utf-8-sig"
    return "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
