"""The register of corrections: CSV files that people keep, read for the build and appended to by the review."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final

from extractors.corrections import Correction

REGISTER: Final = "复核.csv"
"""The file that a review appends to; people may keep others beside it."""

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "file": "文件",
        "locator": "位置",
        "field": "字段",
        "expected": "原值",
        "value": "改为",
        "reason": "理由",
        "who": "经办人",
        "when": "日期",
    }
)
"""Column -> its Chinese name; a file may use either."""

ELSEWHERE: Final = frozenset({"对应关系.csv"})
"""Files of the folder that hold decisions of another kind."""

_NEEDED: Final = ("locator", "field", "expected", "value", "reason", "who", "when")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_GUARD: Final = "'"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register. `file` is the source path, empty where the locator begins with it."""

    file: str
    correction: Correction
    place: str
    """Where the line stands: file name and line number, in Chinese."""


@dataclass(slots=True)
class Register:
    """All corrections of a folder, and the lines that cannot be used (Chinese, with place and remedy)."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _by_file: dict[str, list[Correction]] = field(default_factory=lambda: defaultdict(list))
    _loose: list[Correction] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Take one line in."""
        self.entries.append(entry)
        if entry.file:
            self._by_file[entry.file].append(entry.correction)
        else:
            self._loose.append(entry.correction)

    def of(self, source_path: str) -> tuple[Correction, ...]:
        """The corrections of one file, in the order of the register."""
        if not self.entries:
            return ()
        found = list(self._by_file.get(source_path, ()))
        for one in self._loose:
            if one.locator.startswith(f"{source_path} "):
                found.append(_moved(one, one.locator[len(source_path) + 1 :].strip()))
        return tuple(found)

    def without_file(self, source_paths: Iterable[str]) -> list[Entry]:
        """The lines that speak of a file that is not there."""
        there = set(source_paths)
        return [
            entry
            for entry in self.entries
            if (
                entry.file not in there
                if entry.file
                else not any(entry.correction.locator.startswith(f"{p} ") for p in there)
            )
        ]


def _moved(one: Correction, locator: str) -> Correction:
    return Correction(locator, *astuple(one)[1:])


def digest(corrections: Iterable[Correction]) -> str | None:
    """A fingerprint of a file's corrections, None without any: a file whose corrections changed is read again."""
    listed = [astuple(one) for one in corrections]
    if not listed:
        return None
    return hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).hexdigest()[:16]


def read_register(folder: Path) -> Register:
    """Every `*.csv` of the folder, by name; a folder that is not there holds none."""
    register = Register()
    for path in sorted(folder.glob("*.csv")):
        if path.name in ELSEWHERE:
            continue
        try:
            text = decoded(path.read_bytes())
        except OSError as error:
            register.problems.append(
                f"更正记录 {path.name} 无法打开（{error.strerror}），其中的更正未生效，请检查该文件"
            )
            continue
        _read_file(path.name, text, register)
    return register


def decoded(data: bytes) -> str:
    """The text of a CSV that a person saved: UTF-8, else what Chinese Excel writes."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _read_file(name: str, text: str, register: Register) -> None:
    rows = csv.reader(io.StringIO(text, newline=""))
    meanings = {chinese: column for column, chinese in HEADERS.items()} | {column: column for column in HEADERS}
    try:
        header = [meanings.get(cell.strip(), "") for cell in next(rows, [])]
        missing = [HEADERS[column] for column in _NEEDED if column not in header]
        if missing:
            register.problems.append(
                f"更正记录 {name} 第 1 行缺少列：{'、'.join(missing)}，其中的更正未生效，请补上表头"
            )
            return
        for row in rows:
            if any(cell.strip() for cell in row):
                _read_row(f"{name} 第 {rows.line_num} 行", dict(zip(header, row, strict=False)), register)
    except csv.Error as error:
        register.problems.append(
            f"更正记录 {name} 第 {rows.line_num} 行无法读取（{error}），请用 WPS/Excel 重新另存为 CSV"
        )


def _read_row(place: str, row: Mapping[str, str], register: Register) -> None:
    values = {column: unguarded(row.get(column, "").strip()) for column in HEADERS}
    blank = [HEADERS[column] for column in ("locator", "field", "reason", "who", "when") if not values[column]]
    if blank:
        register.problems.append(f"更正记录 {place} 未填：{'、'.join(blank)}，该条更正未生效，请补填")
        return
    one = Correction(*(values[item.name] for item in fields(Correction)))
    register.add(Entry(values["file"], one, place))


def append(folder: Path, entry_file: str, one: Correction) -> Path:
    """Add one line to the register of the review and return its path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / REGISTER
    fresh = not path.exists()
    with path.open("a", encoding="utf-8-sig" if fresh else "utf-8", newline="") as stream:
        writer = csv.writer(stream)
        if fresh:
            writer.writerow(HEADERS.values())
        writer.writerow([_guarded(value) for value in (entry_file, *astuple(one))])
    return path


def _guarded(value: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe, which reading takes off again."""
    return _GUARD + value if value.startswith(_FORMULA) else value


def unguarded(value: str) -> str:
    """A value without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return value[1:] if value.startswith(_GUARD) and value[1:].startswith(_FORMULA) else value
