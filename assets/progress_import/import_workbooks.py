"""Import filled workbooks: validate their rows, write them to the ledger and publish the warehouse again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl

from assets.ingest import progress_ledger
from assets.ingest.decision_guard import Decisions, describe_missing_imports, published_decisions
from assets.ingest.discover_files import decode_name
from assets.progress_import.parse_workbook import NotATaskListError, ReturnedRow, read_workbook
from assets.progress_import.validate_rows import (
    AcceptedRow,
    RowIssue,
    ValidationResult,
    read_known_tasks,
    validate_rows,
)
from extractors.limits import DEFAULT_LIMITS, Limits
from warehouse import store
from warehouse.clock import CHINA
from warehouse.errors import FewerDecisionsError, WarehouseChangedError
from warehouse.store_options import DEFAULT_SNAPSHOTS

SPREADSHEETS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods"})
TEMPORARY_PREFIXES: Final = ("~$", ".~", ".")
"""Prefixes of the lock files of office programs."""


@dataclass(slots=True)
class ImportResult:
    """What an import did.

    `files` is name -> (accepted rows, rejected rows), `refused_files` is name -> reason.
    """

    validation: ValidationResult
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    refused_files: dict[str, str] = field(default_factory=dict)
    repeated_files: list[tuple[str, str]] = field(default_factory=list)
    """(name, name of the file with the same bytes)."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was rejected."""
        return not self.validation.issues and not self.refused_files


def expand_paths(paths: Iterable[Path]) -> list[Path]:
    """Replace folders by the spreadsheets in and below them."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(
                file
                for file in path.rglob("*")
                if file.is_file()
                and file.suffix.lower() in SPREADSHEETS
                and not file.name.startswith(TEMPORARY_PREFIXES)
            )
        else:
            files.append(path)
    return list(dict.fromkeys(files))


def import_progress(
    warehouse: Path,
    folder: Path,
    paths: Sequence[Path],
    *,
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
    keep: int = DEFAULT_SNAPSHOTS,
) -> ImportResult:
    """Read filled workbooks into the ledger and publish the warehouse with them.

    If publishing fails, the ledger is restored.

    Args:
        warehouse: The published file.
        folder: The ledger.
        paths: The workbooks.
        now: The time of the import, with time zone.
        limits: Limits of the reader.
        keep: Number of previous snapshots to keep.

    Raises:
        WarehouseChangedError: There is no warehouse of this version of the program; publishing would create one that
            holds nothing but progress.
        FewerDecisionsError: Published imports are missing from the ledger.
        WarehouseError: The warehouse could not be published.
        OSError: The ledger cannot be written.
    """
    with store.write_lock(warehouse):
        before, current = _require_importable(warehouse, folder)
        rows, refused, repeated = _read_workbooks(paths, limits)
        known = read_known_tasks(warehouse, {row.key.task_id for row in rows if row.key is not None})
        validation = validate_rows(rows, known, now.astimezone(CHINA).date())
        frame = make_import_frame(
            validation.reports, validation.issues, refused, now, max({*before.digests, *current.digests}, default="")
        )
        if not frame.is_empty():
            _publish_import(warehouse, folder, frame, before, keep)
    accepted = Counter(row.row.file for row in validation.reports)
    rejected = Counter(issue.row.file for issue in validation.issues)
    names = dict.fromkeys(row.file for row in rows)
    return ImportResult(
        validation,
        {name: (accepted[name], rejected[name]) for name in names},
        {name: message for name, (_, message) in refused.items()},
        repeated,
    )


def _require_importable(warehouse: Path, folder: Path) -> tuple[Decisions, Decisions]:
    """Return the published decisions and the imports on disk; refuse a warehouse or a ledger that is not complete."""
    if store.check_condition(warehouse) is not store.Condition.CURRENT:
        raise WarehouseChangedError(
            f"仓库文件已缺失、损坏或由其他版本的程序生成，不能导入进展：{warehouse}。请先运行 wenming build"
        )
    before, current = published_decisions(warehouse), Decisions(imports=progress_ledger.file_digests(folder))
    missing = describe_missing_imports(current, before)
    if missing:
        raise FewerDecisionsError(
            f"{'；'.join(missing)}。没有导入，仓库和台账保持原样。请核对进展台账的文件夹（{folder}）是否正确，"
            "或从备份恢复；确实要减少的，请先运行 wenming build --fewer-decisions"
        )
    return before, current


def _publish_import(warehouse: Path, folder: Path, frame: pl.DataFrame, before: Decisions, keep: int) -> None:
    """Write one import to the ledger and publish the warehouse with it; a failed publication removes it again."""
    written = progress_ledger.write_import(folder, frame)
    decisions = replace(before, imports=progress_ledger.file_digests(folder))
    try:
        store.publish(
            warehouse,
            add={},
            replace=progress_ledger.read_ledger(folder),
            notes=decisions.note,
            cause="progress",
            keep=keep,
        )
    except BaseException:
        # If the warehouse was published before the interruption, the import stays in the ledger.
        if written.stem not in published_decisions(warehouse).digests:
            written.unlink()
        raise


def _read_workbooks(
    paths: Sequence[Path], limits: Limits
) -> tuple[list[ReturnedRow], dict[str, tuple[str | None, str]], list[tuple[str, str]]]:
    """Return all rows, name -> (sha256, reason) of rejected files, and (name, other name) of equal files."""
    rows: list[ReturnedRow] = []
    refused: dict[str, tuple[str | None, str]] = {}
    repeated: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    often = Counter(path.name for path in paths)
    for path in paths:
        name = decode_name(path.name if often[path.name] == 1 else str(path))
        try:
            workbook_rows = read_workbook(path, name, limits)
        except NotATaskListError as error:
            refused[name] = (error.sha256, str(error))
        else:
            first = seen.setdefault(workbook_rows[0].sha256, name) if workbook_rows else name
            if first == name:
                rows += workbook_rows
            else:
                repeated.append((name, first))
    return rows, refused, repeated


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
    import_id = moment.strftime(progress_ledger.IMPORT_ID_FORMAT)
    if import_id <= last:
        import_id = (datetime.strptime(last, progress_ledger.IMPORT_ID_FORMAT) + timedelta(microseconds=1)).strftime(
            progress_ledger.IMPORT_ID_FORMAT
        )
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
    dtypes = progress_ledger.ledger_dtypes()
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in dtypes}, schema=dtypes)


def _row_location(row: ReturnedRow) -> dict[str, Any]:
    return {"file": row.file, "sheet": row.sheet, "row": row.row, "sha256": row.sha256}
