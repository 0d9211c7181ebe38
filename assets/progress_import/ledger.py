"""The ledger of imports: one Parquet file per import in a folder of its own, never changed once written.

What units reported cannot be read again from the notices, so it is kept apart from the warehouse file, which may be
rebuilt at any time: every publication fills `ops.progress`, `ops.progress_materials` and `ops.progress_issues` from
here. Taken and refused rows of one import stand in one file, so that none is ever half there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

import schemas
from schemas.ops_progress import ALL_MATERIALS, IMPORT_PATTERN

if TYPE_CHECKING:
    from assets.progress_import.parse_workbook import Returned
    from assets.progress_import.validate_rows import Issue, Report

PROGRESS: Final = "ops.progress"
MATERIALS: Final = "ops.progress_materials"
ISSUES: Final = "ops.progress_issues"
TABLES: Final = (PROGRESS, MATERIALS, ISSUES)
STAMP: Final = "%Y%m%dT%H%M%S%fZ"
SUFFIX: Final = ".parquet"

Part = tuple[pl.DataFrame, pl.DataFrame]
"""The rows of one import for `ops.progress` and for `ops.progress_issues`."""

_NAMED: Final = re.compile(IMPORT_PATTERN)
_DTYPES: Final = schemas.TABLES[PROGRESS].dtypes | schemas.TABLES[ISSUES].dtypes
"""Columns of a file of the ledger; a refused row has a `kind`."""


def import_ids(folder: Path) -> frozenset[str]:
    """The imports of the ledger; a folder that is not there holds none."""
    return frozenset(path.stem for path in _files(folder))


def digests(folder: Path) -> dict[str, str]:
    """Import -> digest of its file, "" where that cannot be read; a file of the ledger never changes."""
    found = {}
    for path in _files(folder):
        try:
            found[path.stem] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        except OSError:
            found[path.stem] = ""
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if _NAMED.fullmatch(path.stem))


def rows_of(
    reports: Sequence[Report],
    issues: Sequence[Issue],
    files: Mapping[str, tuple[str | None, str]],
    now: datetime,
    last: str = "",
) -> pl.DataFrame:
    """One import as a frame of the ledger. `files` is file name -> (sha256, message) of the files that were refused.

    `last` is the import before this one. The later of two reports is the one of the later import: where the clock was
    ahead at the last one, this one is numbered right after it.
    """
    moment = now.astimezone(UTC)
    import_id = moment.strftime(STAMP)
    if import_id <= last:
        import_id = (datetime.strptime(last, STAMP) + timedelta(microseconds=1)).strftime(STAMP)
    rows: list[dict[str, Any]] = []

    def add(row: Mapping[str, Any]) -> None:
        rows.append(
            {"import_id": import_id, "line": len(rows) + 1, "imported_at": moment.replace(tzinfo=None)} | dict(row)
        )

    for report in reports:
        status, done_on, on_hand, note = report.content
        add(
            _place(report.row)
            | {"task_id": report.key.task_id, "party": report.key.party, "wording": report.key.wording}
            | {"status": status, "done_on": done_on, "evidence_on_hand": on_hand, "note": note}
            | {"requirement": report.requirement}
        )
    for issue in issues:
        key = issue.row.key
        add(
            _place(issue.row)
            | {"kind": issue.kind, "message": issue.message, "content": json.dumps(issue.row.cells, ensure_ascii=False)}
            | {"task_id": key.task_id if key else None, "party": key.party if key else None}
        )
    for name, (sha256, message) in files.items():
        add({"kind": "file", "message": message, "file": name, "sha256": sha256})
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in _DTYPES}, schema=_DTYPES)


def _place(row: Returned) -> dict[str, Any]:
    return {"file": row.file, "sheet": row.sheet, "row": row.row, "sha256": row.sha256}


def write(folder: Path, frame: pl.DataFrame) -> Path:
    """Add one import to the ledger: the file is there whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{frame['import_id'][0]}{SUFFIX}"
    aside = path.with_suffix(".writing")
    try:
        frame.write_parquet(aside)
        with aside.open("rb+") as handle:
            os.fsync(handle.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path


def read(folder: Path) -> dict[str, pl.DataFrame]:
    """The whole content of the three tables, from every file of the ledger.

    A file that cannot be read, or whose rows break the rules of the tables, becomes one row of `ops.progress_issues`.
    """
    parts = [_read_file(path) for path in _files(folder)]
    progress = pl.concat([schemas.empty(PROGRESS), *(taken for taken, _ in parts)])
    issues = pl.concat([schemas.empty(ISSUES), *(refused for _, refused in parts)])
    return {PROGRESS: progress, MATERIALS: schemas.frame(MATERIALS, _materials(progress)), ISSUES: issues}


def _read_file(path: Path) -> Part:
    """The reports and the refused rows of one import; of a file that breaks the rules, a row that says so."""
    try:
        whole = pl.read_parquet(path)
        missing = [pl.lit(None, dtype).alias(name) for name, dtype in _DTYPES.items() if name not in whole.columns]
        whole = whole.with_columns(missing).cast(pl.Schema(_DTYPES))
    except (OSError, pl.exceptions.PolarsError) as error:
        return _damaged(path, str(error).splitlines()[0][:200])
    progress = whole.filter(pl.col("kind").is_null()).select(list(schemas.TABLES[PROGRESS].dtypes))
    issues = whole.filter(pl.col("kind").is_not_null()).select(list(schemas.TABLES[ISSUES].dtypes))
    failures = [*schemas.check(PROGRESS, progress), *schemas.check(ISSUES, issues)]
    return _damaged(path, failures[0].message) if failures else (progress, issues)


def _damaged(path: Path, why: str) -> Part:
    message = f"进展台账中的 {path.name} 无法使用（{why}），其中的进展未计入。请从备份恢复该文件"
    moment = datetime.strptime(path.stem, STAMP)
    row = {"import_id": path.stem, "line": 1, "kind": "file", "message": message, "file": path.name}
    return schemas.empty(PROGRESS), schemas.frame(ISSUES, [row | {"imported_at": moment}])


def _materials(progress: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """What each report says of the material that is there."""
    # Half a second of import: every build asks this module which imports there are, few have any to read.
    from extractors.parsers.evidence import is_complete_statement, read_evidence

    reported = progress.filter(pl.col("evidence_on_hand").is_not_null())
    for import_id, line, text in reported.select("import_id", "line", "evidence_on_hand").iter_rows():
        if is_complete_statement(text):
            found = [(ALL_MATERIALS, 1, text)]
        else:
            found = [
                (item.kind, 1 if item.min_count is None else item.min_count, item.raw) for item in read_evidence(text)
            ]
        for ordinal, (kind, items, raw) in enumerate(found, start=1):
            place = {"import_id": import_id, "line": line, "ordinal": ordinal}
            yield place | {"kind": kind, "items": items, "raw": raw or text}
