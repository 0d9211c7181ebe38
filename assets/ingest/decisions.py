"""The register of corrections: CSV files that people keep, read for the build and appended to by the review."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, astuple, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl
from filelock import FileLock

import schemas
from assets.ingest.csv_input import append_line, read_header, read_lines
from extractors.corrections import Correction
from schemas.ops import RELATIONS
from warehouse import store
from warehouse.formatting import as_text

REGISTER_FILE: Final = "复核.csv"
"""The file that a review appends to; people may keep others beside it."""
LOCK_SECONDS: Final = 30.0
"""How long one review waits for another that writes; filelock.Timeout is an OSError."""

CORRECTION_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
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

_REQUIRED_COLUMNS: Final = ("locator", "field", "expected", "value", "reason", "who", "when")


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One line of the register. `file` is the source path, empty where the locator begins with it."""

    file: str
    correction: Correction
    place: str
    """Where the line stands: file name and line number, in Chinese."""


@dataclass(slots=True)
class Register:
    """All corrections of a folder, and the lines that cannot be used (Chinese, with place and remedy)."""

    folder: Path = Path()
    entries: list[RegisterEntry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _by_file: dict[str, list[Correction]] = field(default_factory=lambda: defaultdict(list))
    _loose: list[Correction] = field(default_factory=list)

    def add(self, entry: RegisterEntry) -> None:
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
                found.append(_with_locator(one, one.locator[len(source_path) + 1 :].strip()))
        return tuple(found)

    def without_file(self, source_paths: Iterable[str]) -> list[RegisterEntry]:
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


def _with_locator(one: Correction, locator: str) -> Correction:
    return Correction(locator, *astuple(one)[1:])


def corrections_digest(corrections: Iterable[Correction]) -> str | None:
    """A fingerprint of a file's corrections, None without any: a file whose corrections changed is read again."""
    listed = [astuple(one) for one in corrections]
    if not listed:
        return None
    return hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).hexdigest()[:16]


def read_register(folder: Path) -> Register:
    """Every `*.csv` of the folder, by name, but that of counterparts; a folder that is not there holds none."""
    register = Register(folder)
    for path in sorted(folder.glob("*.csv")):
        if path.name == OVERRIDES_FILE:
            continue
        lines, fault = read_lines(path, CORRECTION_HEADERS, _REQUIRED_COLUMNS)
        for line in lines:
            _add_line(f"{path.name} 第 {line.number} 行", line.values, register)
        if fault:
            register.problems.append(f"更正记录 {path.name} {fault}")
    return register


def _add_line(place: str, values: Mapping[str, str], register: Register) -> None:
    blank = [
        CORRECTION_HEADERS[column] for column in ("locator", "field", "reason", "who", "when") if not values[column]
    ]
    if blank:
        register.problems.append(f"更正记录 {place} 未填：{'、'.join(blank)}，该条更正未生效，请补填")
        return
    one = Correction(*(values[item.name] for item in fields(Correction)))
    register.add(RegisterEntry(values["file"], one, place))


def append_correction(folder: Path, entry_file: str, one: Correction) -> Path:
    """Add one line to the register of the review and return its path; what people have in it stays as it is.

    Raises NotAppendedError where the register cannot be added to as it is, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / REGISTER_FILE
    with FileLock(folder / f".{REGISTER_FILE}.lock", timeout=LOCK_SECONDS):
        values = {"file": entry_file, **asdict(one)}
        columns = read_header(path, CORRECTION_HEADERS)
        if columns and "file" not in columns:
            values |= {"file": "", "locator": f"{entry_file} {one.locator}"}
        append_line(
            path, CORRECTION_HEADERS, _REQUIRED_COLUMNS, {name: as_text(value) for name, value in values.items()}
        )
    return path


# What people decided about counterparts: `对应关系.csv` among the corrections, read whole for every publication.

OVERRIDES_FILE: Final = "对应关系.csv"
OVERRIDES_TABLE: Final = "ops.counterpart_reviews"

OVERRIDE_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "file_a": "甲文件",
        "locator_a": "甲位置",
        "file_b": "乙文件",
        "locator_b": "乙位置",
        "relation": "关系",
        "reason": "理由",
        "who": "经办人",
        "when": "日期",
    }
)
"""Column -> its Chinese name; the file may use either."""

RELATION_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {"相同": "equal", "含于": "subset", "包含": "superset", "部分相同": "overlap", "无关": "unrelated"}
)
"""What a person writes for a relation, besides its code."""

_PLACES_SQL: Final = """
WITH place AS (
    SELECT f.source_path, t.locator, t.notice_id
    FROM core.tasks AS t JOIN core.notices AS n USING (notice_id) JOIN core.files AS f USING (file_id)
)
"""
_UNPLACED_SQL: Final = f"""{_PLACES_SQL}
SELECT r.line, r.file_a || ' ' || r.locator_a FROM ops.counterpart_reviews AS r
WHERE NOT EXISTS (SELECT 1 FROM place AS p WHERE p.source_path = r.file_a AND p.locator = r.locator_a)
UNION ALL
SELECT r.line, r.file_b || ' ' || r.locator_b FROM ops.counterpart_reviews AS r
WHERE NOT EXISTS (SELECT 1 FROM place AS p WHERE p.source_path = r.file_b AND p.locator = r.locator_b)
ORDER BY ALL
"""
_SAME_NOTICE_SQL: Final = f"""{_PLACES_SQL}
SELECT DISTINCT r.line FROM ops.counterpart_reviews AS r
JOIN place AS a ON a.source_path = r.file_a AND a.locator = r.locator_a
JOIN place AS b ON b.source_path = r.file_b AND b.locator = r.locator_b
WHERE a.notice_id = b.notice_id
ORDER BY ALL
"""


def read_match_overrides(folder: Path) -> tuple[pl.DataFrame, list[str]]:
    """The rows of `ops.counterpart_reviews`, and the lines that cannot be used (Chinese, with place and remedy)."""
    path = folder / OVERRIDES_FILE
    if not path.is_file():
        return schemas.empty(OVERRIDES_TABLE), []
    lines, broken = read_lines(path, OVERRIDE_HEADERS, OVERRIDE_HEADERS)
    rows: list[Mapping[str, object]] = []
    problems: list[str] = []
    for line in lines:
        fault = _override_fault(line.values)
        if fault:
            problems.append(f"{OVERRIDES_FILE} 第 {line.number} 行{fault}，该条认定未生效")
        else:
            relation = RELATION_CODES.get(line.values["relation"], line.values["relation"])
            rows.append({**line.values, "line": line.number, "relation": relation})
    if broken:
        problems.append(f"{OVERRIDES_FILE} {broken}")
    return schemas.frame(OVERRIDES_TABLE, rows), problems


def _override_fault(values: Mapping[str, str]) -> str | None:
    blank = [OVERRIDE_HEADERS[column] for column in OVERRIDE_HEADERS if not values[column]]
    if blank:
        return f"未填：{'、'.join(blank)}"
    if RELATION_CODES.get(values["relation"], values["relation"]) not in RELATIONS:
        return f"的关系“{values['relation']}”不认识，可填：{'、'.join(RELATION_CODES)}"
    return None


def list_ineffective_overrides(warehouse: Path) -> list[str]:
    """Decisions that nothing of the published warehouse follows: no such task, or two tasks of one notice (Chinese)."""
    with closing(store.connect(warehouse)) as connection:
        unplaced = connection.execute(_UNPLACED_SQL).fetchall()
        alike = connection.execute(_SAME_NOTICE_SQL).fetchall()
    return [
        *(
            f"{OVERRIDES_FILE} 第 {line} 行所指的任务不存在（{place}），请按 cn.任务清单 的出处核对文件和位置"
            for line, place in unplaced
        ),
        *(
            f"{OVERRIDES_FILE} 第 {line} 行的两条任务同属一份通知，对应关系只在不同通知之间认定，该条认定未生效"
            for (line,) in alike
        ),
    ]
