"""The register of corrections: CSV files that people keep, read for the build and appended to by the review."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final

from filelock import FileLock

from assets.ingest.csv_input import append_line, header_of, read_lines
from assets.ingest.match_overrides import FILE as COUNTERPARTS
from extractors.corrections import Correction
from warehouse.formatting import escape_formula

REGISTER: Final = "复核.csv"
"""The file that a review appends to; people may keep others beside it."""
LOCK_SECONDS: Final = 30.0
"""How long one review waits for another that writes; filelock.Timeout is an OSError."""

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

_NEEDED: Final = ("locator", "field", "expected", "value", "reason", "who", "when")


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

    folder: Path = Path()
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
    """Every `*.csv` of the folder, by name, but that of counterparts; a folder that is not there holds none."""
    register = Register(folder)
    for path in sorted(folder.glob("*.csv")):
        if path.name == COUNTERPARTS:
            continue
        lines, fault = read_lines(path, HEADERS, _NEEDED)
        for line in lines:
            _take(f"{path.name} 第 {line.number} 行", line.values, register)
        if fault:
            register.problems.append(f"更正记录 {path.name} {fault}")
    return register


def _take(place: str, values: Mapping[str, str], register: Register) -> None:
    blank = [HEADERS[column] for column in ("locator", "field", "reason", "who", "when") if not values[column]]
    if blank:
        register.problems.append(f"更正记录 {place} 未填：{'、'.join(blank)}，该条更正未生效，请补填")
        return
    one = Correction(*(values[item.name] for item in fields(Correction)))
    register.add(Entry(values["file"], one, place))


def append(folder: Path, entry_file: str, one: Correction) -> Path:
    """Add one line to the register of the review and return its path; what people have in it stays as it is.

    Raises NotAppendedError where the register cannot be added to as it is, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / REGISTER
    with FileLock(folder / f".{REGISTER}.lock", timeout=LOCK_SECONDS):
        values = {"file": entry_file, **asdict(one)}
        columns = header_of(path, HEADERS)
        if columns and "file" not in columns:
            values |= {"file": "", "locator": f"{entry_file} {one.locator}"}
        append_line(path, HEADERS, _NEEDED, {name: escape_formula(value) for name, value in values.items()})
    return path
