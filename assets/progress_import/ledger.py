"""The ledger of imports: one Parquet file per import in a folder of its own, never changed once written.

Progress reports cannot be read again from the notices, so they are stored apart from the warehouse file, which may be
rebuilt at any time: every publication fills `ops.progress`, `ops.progress_materials` and `ops.progress_issues` from
here. Accepted and rejected rows of one import share one file, so that an import is stored completely or not at all.
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
from schemas.ops import ALL_MATERIALS, IMPORT_PATTERN

if TYPE_CHECKING:
    from assets.progress_import.parse_workbook import ReturnedRow
    from assets.progress_import.validate_rows import AcceptedRow, RowIssue

PROGRESS: Final = "ops.progress"
MATERIALS: Final = "ops.progress_materials"
ISSUES: Final = "ops.progress_issues"
TABLES: Final = (PROGRESS, MATERIALS, ISSUES)
IMPORT_ID_FORMAT: Final = "%Y%m%dT%H%M%S%fZ"
SUFFIX: Final = ".parquet"

ImportPart = tuple[pl.DataFrame, pl.DataFrame]
"""The rows of one import for `ops.progress` and for `ops.progress_issues`."""

_IMPORT_NAME: Final = re.compile(IMPORT_PATTERN)
_DTYPES: Final = schemas.TABLES[PROGRESS].dtypes | schemas.TABLES[ISSUES].dtypes
"""Columns of a file of the ledger; a rejected row has a `kind`."""


def list_imports(folder: Path) -> frozenset[str]:
    """Return the imports of the ledger; a missing folder holds none."""
    return frozenset(path.stem for path in _list_files(folder))


def file_digests(folder: Path) -> dict[str, str]:
    """Return import -> digest of its file, "" if it cannot be read; a file of the ledger never changes."""
    digests = {}
    for path in _list_files(folder):
        try:
            digests[path.stem] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        except OSError:
            digests[path.stem] = ""
    return digests


def _list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if _IMPORT_NAME.fullmatch(path.stem))


def make_import_frame(
    reports: Sequence[AcceptedRow],
    issues: Sequence[RowIssue],
    files: Mapping[str, tuple[str | None, str]],
    now: datetime,
    last: str = "",
) -> pl.DataFrame:
    """Return one import as a frame of the ledger.

    The id of an import is its time; if the clock was ahead at the last import, this one is numbered right after it,
    because the later import has the later report.

    Args:
        reports: The accepted rows.
        issues: The rejected rows.
        files: Name -> (sha256, message) of the rejected files.
        now: The time of the import, with time zone.
        last: The id of the last import.
    """
    moment = now.astimezone(UTC)
    import_id = moment.strftime(IMPORT_ID_FORMAT)
    if import_id <= last:
        import_id = (datetime.strptime(last, IMPORT_ID_FORMAT) + timedelta(microseconds=1)).strftime(IMPORT_ID_FORMAT)
    rows: list[dict[str, Any]] = []

    def add(row: Mapping[str, Any]) -> None:
        rows.append(
            {"import_id": import_id, "line": len(rows) + 1, "imported_at": moment.replace(tzinfo=None)} | dict(row)
        )

    for report in reports:
        status, done_on, on_hand, note = report.content
        add(
            _row_location(report.row)
            | {"task_id": report.key.task_id, "party": report.key.party, "wording": report.key.wording}
            | {"status": status, "done_on": done_on, "evidence_on_hand": on_hand, "note": note}
            | {"requirement": report.requirement}
        )
    for issue in issues:
        key = issue.row.key
        add(
            _row_location(issue.row)
            | {"kind": issue.kind, "message": issue.message, "content": json.dumps(issue.row.cells, ensure_ascii=False)}
            | {"task_id": key.task_id if key else None, "party": key.party if key else None}
        )
    for name, (sha256, message) in files.items():
        add({"kind": "file", "message": message, "file": name, "sha256": sha256})
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in _DTYPES}, schema=_DTYPES)


def _row_location(row: ReturnedRow) -> dict[str, Any]:
    return {"file": row.file, "sheet": row.sheet, "row": row.row, "sha256": row.sha256}


def write_import(folder: Path, frame: pl.DataFrame) -> Path:
    """Write one import to the ledger atomically. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{frame['import_id'][0]}{SUFFIX}"
    temporary = path.with_suffix(".writing")
    try:
        frame.write_parquet(temporary)
        with temporary.open("rb+") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def read_ledger(folder: Path) -> dict[str, pl.DataFrame]:
    """Return the whole content of the three tables from all files of the ledger.

    A file that cannot be read or breaks the rules of the tables becomes one row of `ops.progress_issues`.
    """
    parts = [_read_import(path) for path in _list_files(folder)]
    progress = pl.concat([schemas.empty(PROGRESS), *(taken for taken, _ in parts)])
    issues = pl.concat([schemas.empty(ISSUES), *(refused for _, refused in parts)])
    return {PROGRESS: progress, MATERIALS: schemas.frame(MATERIALS, _iter_materials(progress)), ISSUES: issues}


def _read_import(path: Path) -> ImportPart:
    """Read the accepted and the rejected rows of one import; for an invalid file one row about that."""
    try:
        stored = pl.read_parquet(path)
        missing = [pl.lit(None, dtype).alias(name) for name, dtype in _DTYPES.items() if name not in stored.columns]
        stored = stored.with_columns(missing).cast(pl.Schema(_DTYPES))
    except (OSError, pl.exceptions.PolarsError) as error:
        return _damaged_import(path, str(error).splitlines()[0][:200])
    progress = stored.filter(pl.col("kind").is_null()).select(list(schemas.TABLES[PROGRESS].dtypes))
    issues = stored.filter(pl.col("kind").is_not_null()).select(list(schemas.TABLES[ISSUES].dtypes))
    failures = [*schemas.check(PROGRESS, progress), *schemas.check(ISSUES, issues)]
    return _damaged_import(path, failures[0].message) if failures else (progress, issues)


def _damaged_import(path: Path, why: str) -> ImportPart:
    message = f"进展台账中的 {path.name} 无法使用（{why}），其中的进展未计入。请从备份恢复该文件"
    moment = datetime.strptime(path.stem, IMPORT_ID_FORMAT)
    row = {"import_id": path.stem, "line": 1, "kind": "file", "message": message, "file": path.name}
    return schemas.empty(PROGRESS), schemas.frame(ISSUES, [row | {"imported_at": moment}])


def _iter_materials(progress: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the materials that each report lists."""
    # This import takes half a second: every build uses this module, but few have materials to parse.
    from extractors.parsers.evidence import is_complete_statement, read_evidence

    reported = progress.filter(pl.col("evidence_on_hand").is_not_null())
    for import_id, line, text in reported.select("import_id", "line", "evidence_on_hand").iter_rows():
        if is_complete_statement(text):
            materials = [(ALL_MATERIALS, 1, text)]
        else:
            materials = [
                (item.kind, 1 if item.min_count is None else item.min_count, item.raw) for item in read_evidence(text)
            ]
        for ordinal, (kind, items, raw) in enumerate(materials, start=1):
            place = {"import_id": import_id, "line": line, "ordinal": ordinal}
            yield place | {"kind": kind, "items": items, "raw": raw or text}
