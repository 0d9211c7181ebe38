"""Decisions of people, kept as CSV files in one folder: corrections, layouts, units, ownership and match overrides.

The folder is `warehouse/corrections` unless the settings say otherwise. `对应关系.csv` holds the match overrides (is
this task the same as that one?), `版式.csv` the confirmed layouts (see `confirmed_layouts`), `单位.csv` what printed
forms of units stand for (see `confirmed_units`), `归属.csv` whose notices they are (see `ownership`); every other
`*.csv` is part of the register of corrections. All are read whole by every build; the review appends to `复核.csv`,
`版式.csv`, `单位.csv` and `归属.csv`. `操作记录.csv` tells who changed what in the browser (see `change_log`) and
decides nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from assets.ingest.build_plan import PublishedFile
from assets.ingest.change_log import CHANGES_FILE
from assets.ingest.confirmed_layouts import read_layouts, select_fitting
from assets.ingest.confirmed_units import read_units, select_fitting_units
from assets.ingest.csv_input import append_decisions, read_header, read_lines
from assets.ingest.ownership import OWNERSHIP_FILE, OwnershipRow, read_ownership
from extractors.corrections import Correction
from extractors.layouts import LAYOUTS_FILE, ConfirmedLayout, LayoutDecision
from extractors.unit_decisions import UNITS_FILE, UnitDecision
from schemas.ops import REVIEW_RELATIONS
from warehouse import store

REGISTER_FILE: Final = "复核.csv"
"""The file that the review appends to; people may keep others beside it."""
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
REQUIRED_COLUMNS: Final = ("locator", "field", "expected", "value", "reason", "who", "when")

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
MatchOverride = Mapping[str, Any]
"""One row of `ops.counterpart_reviews`, by column."""
RELATION_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {"相同": "equal", "含于": "subset", "包含": "superset", "部分相同": "overlap", "无关": "unrelated"}
)
"""Chinese name of a relation -> its code; the file may use either."""

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


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One line of the register. `file` is the source path, empty where the locator begins with it."""

    file: str
    correction: Correction
    location: str
    """File name and line number of the entry, in Chinese."""


@dataclass(slots=True)
class Register:
    """All decisions of a folder except the match overrides, and its unusable lines (in Chinese)."""

    folder: Path = Path()
    entries: list[RegisterEntry] = field(default_factory=list)
    layout_decisions: Sequence[LayoutDecision] = ()
    unit_decisions: Mapping[int, UnitDecision] = field(default_factory=dict)
    """By line of `单位.csv`."""
    ownership: Sequence[OwnershipRow] = ()
    problems: list[str] = field(default_factory=list)
    _by_file: dict[str, list[Correction]] = field(default_factory=lambda: defaultdict(list))
    _without_file: list[Correction] = field(default_factory=list)

    @property
    def layouts(self) -> tuple[ConfirmedLayout, ...]:
        """The confirmed layouts, with which every file is read."""
        return tuple(decision.layout for decision in self.layout_decisions)

    @property
    def units(self) -> tuple[UnitDecision, ...]:
        """What people decided about units, with which every file is read."""
        return tuple(self.unit_decisions.values())

    def digest_for(self, file: PublishedFile) -> str | None:
        """Return the fingerprint of the decisions with which a published file would be read now."""
        # The members of an archive are read without corrections.
        corrections = () if file.is_member else self.for_file(file.source_path)
        return decisions_digest(
            corrections,
            select_fitting(self.layouts, file.source_path, file.issuer, file.headers),
            select_fitting_units(self.units, file.units),
        )

    def add(self, entry: RegisterEntry) -> None:
        """Add one line."""
        self.entries.append(entry)
        if entry.file:
            self._by_file[entry.file].append(entry.correction)
        else:
            self._without_file.append(entry.correction)

    def for_file(self, source_path: str) -> tuple[Correction, ...]:
        """Return the corrections of one file, in the order of the register."""
        if not self.entries:
            return ()
        corrections = list(self._by_file.get(source_path, ()))
        for correction in self._without_file:
            if correction.locator.startswith(f"{source_path} "):
                locator = correction.locator[len(source_path) + 1 :].strip()
                corrections.append(Correction(locator, *astuple(correction)[1:]))
        return tuple(corrections)

    def find_orphans(self, source_paths: Iterable[str]) -> list[RegisterEntry]:
        """Return the lines about files that are not among `source_paths`."""
        existing = set(source_paths)
        return [
            entry
            for entry in self.entries
            if (
                entry.file not in existing
                if entry.file
                else not any(entry.correction.locator.startswith(f"{path} ") for path in existing)
            )
        ]


def decisions_digest(
    corrections: Iterable[Correction], layouts: Iterable[ConfirmedLayout] = (), units: Iterable[UnitDecision] = ()
) -> str | None:
    """Return a fingerprint of the corrections, confirmed layouts and decided units of a file, None if there are none.

    A file is read again when its fingerprint changes.
    """
    rows: list[object] = [astuple(correction) for correction in corrections]
    rows += [asdict(layout) for layout in layouts]
    rows += [asdict(unit) for unit in units]
    if not rows:
        return None
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:16]


def read_register(folder: Path) -> Register:
    """Read every `*.csv` of the folder, by name, except the match overrides; a missing folder holds none."""
    register = Register(folder)
    register.layout_decisions, layout_problems = read_layouts(folder)
    register.unit_decisions, unit_problems = read_units(folder)
    register.ownership, ownership_problems = read_ownership(folder)
    register.problems = [*layout_problems, *unit_problems, *ownership_problems]
    for path in sorted(folder.glob("*.csv")):
        if path.name in (OVERRIDES_FILE, LAYOUTS_FILE, UNITS_FILE, OWNERSHIP_FILE, CHANGES_FILE):
            continue
        lines, fault = read_lines(path, CORRECTION_HEADERS, REQUIRED_COLUMNS)
        for line in lines:
            _add_line(f"{path.name} 第 {line.number} 行", line.values, register)
        if fault:
            register.problems.append(f"更正记录 {path.name} {fault}")
    return register


def append_correction(folder: Path, source_path: str, correction: Correction) -> Path:
    """Append one line to the register of the review; all other lines stay as they are.

    Returns:
        The path of the register.

    Raises:
        NotAppendedError: The register is damaged.
        OSError: The register cannot be written.
    """
    line = make_correction_line(folder, source_path, correction)
    return append_decisions(folder / REGISTER_FILE, CORRECTION_HEADERS, REQUIRED_COLUMNS, [line])


def make_correction_line(folder: Path, source_path: str, correction: Correction) -> dict[str, str]:
    """Return a correction as the register of this folder writes it, by column."""
    values = {"file": source_path, **asdict(correction)}
    columns = read_header(folder / REGISTER_FILE, CORRECTION_HEADERS)
    if columns and "file" not in columns:
        values |= {"file": "", "locator": f"{source_path} {correction.locator}"}
    return values


def read_match_overrides(folder: Path) -> tuple[list[MatchOverride], list[str]]:
    """Return the rows of `ops.counterpart_reviews`, and messages about unusable lines (Chinese, with remedy)."""
    path = folder / OVERRIDES_FILE
    if not path.is_file():
        return [], []
    lines, file_fault = read_lines(path, OVERRIDE_HEADERS, OVERRIDE_HEADERS)
    overrides: list[MatchOverride] = []
    problems: list[str] = []
    for line in lines:
        fault = _override_fault(line.values)
        if fault:
            problems.append(f"{OVERRIDES_FILE} 第 {line.number} 行{fault}，该条认定未生效")
        else:
            relation = RELATION_CODES.get(line.values["relation"], line.values["relation"])
            overrides.append({**line.values, "line": line.number, "relation": relation})
    if file_fault:
        problems.append(f"{OVERRIDES_FILE} {file_fault}")
    return overrides, problems


def list_ineffective_overrides(warehouse: Path) -> list[str]:
    """Return Chinese messages about published overrides that name no task, or two tasks of one notice."""
    with store.reading(warehouse) as connection:
        unplaced = connection.execute(_UNPLACED_SQL).fetchall()
        same_notice = connection.execute(_SAME_NOTICE_SQL).fetchall()
    return [
        *(
            f"{OVERRIDES_FILE} 第 {line} 行所指的任务不存在（{location}），请按 cn.任务清单 的出处核对文件和位置"
            for line, location in unplaced
        ),
        *(
            f"{OVERRIDES_FILE} 第 {line} 行的两条任务同属一份通知，对应关系只在不同通知之间认定，该条认定未生效"
            for (line,) in same_notice
        ),
    ]


def _add_line(location: str, values: Mapping[str, str], register: Register) -> None:
    blank = [
        CORRECTION_HEADERS[column] for column in ("locator", "field", "reason", "who", "when") if not values[column]
    ]
    if blank:
        register.problems.append(f"更正记录 {location} 未填：{'、'.join(blank)}，该条更正未生效，请补填")
        return
    correction = Correction(*(values[item.name] for item in fields(Correction)))
    register.add(RegisterEntry(values["file"], correction, location))


def _override_fault(values: Mapping[str, str]) -> str | None:
    blank = [OVERRIDE_HEADERS[column] for column in OVERRIDE_HEADERS if not values[column]]
    if blank:
        return f"未填：{'、'.join(blank)}"
    if RELATION_CODES.get(values["relation"], values["relation"]) not in REVIEW_RELATIONS:
        return f"的关系“{values['relation']}”不认识，可填：{'、'.join(RELATION_CODES)}"
    return None
