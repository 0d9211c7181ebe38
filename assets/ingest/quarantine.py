"""Convert the rows of notices to frames and find the notices that must not be loaded.

A notice that breaks a rule is quarantined as a whole; the others are loaded. The rules run once over the whole batch,
and notice by notice only if that run finds a breach, because validation costs more per call than per row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import accumulate, chain, repeat
from typing import Any

import polars as pl

import schemas
from assets.ingest import validation_rules
from extractors.records import Extraction, NoticeRow

FILES = "core.files"
_CORE_WITHOUT_FILES = tuple(name for name in validation_rules.CORE if name != FILES)
_MAX_NUMBER = 10**6
"""Numbers of a finding are DECIMAL(9,3); a stated total of seven digits is neither points nor a count."""
Breaches = dict[tuple[str, str], list[validation_rules.Breach]]
"""Breaches by rule and table."""
FROM_EXTRACTION: Mapping[str, str] = {
    f"core.{item.name}": item.name for item in fields(Extraction) if f"core.{item.name}" in schemas.TABLES
}
"""Core table name -> field of `Extraction` that holds its rows."""
_REFERENCED_TABLES: Mapping[str, str] = {
    "notice_id": validation_rules.NOTICES,
    "table_id": "core.tables",
    "task_id": validation_rules.TASKS,
}
"""Column of a finding -> core table that it refers to."""
NoticeRows = Mapping[str, Sequence[Any]]
"""Rows of one notice as records or mappings, by core table name."""


@dataclass(frozen=True, slots=True)
class NoticeBatch:
    """Notices of a batch ready for validation: their rows are concatenated in one frame per core table."""

    files: Sequence[Mapping[str, Any]]
    """The row of `core.files` of each notice."""
    frames: Mapping[str, pl.DataFrame]
    """Every core table by name."""
    heights: Mapping[str, Sequence[int]]
    """Number of rows of each notice, by table name."""

    def subset(self, wanted: Sequence[int]) -> NoticeBatch:
        """Return the notices at these positions, which are in ascending order."""
        if len(wanted) == len(self.files):
            return self
        frames = {}
        for name, frame in self.frames.items():
            starts = [0, *accumulate(self.heights[name])]
            slices = [frame.slice(starts[index], self.heights[name][index]) for index in wanted]
            frames[name] = pl.concat(slices) if slices else frame.clear()
        heights = {name: [listed[index] for index in wanted] for name, listed in self.heights.items()}
        return NoticeBatch([self.files[index] for index in wanted], frames, heights)

    def with_file_id(self, name: str, owner: str) -> pl.DataFrame:
        """Return the rows of table `name` with an extra column `owner`: the file_id of the file of each row."""
        file_ids = (str(file["file_id"]) for file in self.files)
        column = list(chain.from_iterable(map(repeat, file_ids, self.heights[name])))
        return self.frames[name].with_columns(pl.Series(owner, column, dtype=pl.String))


def to_frames(
    rows: Mapping[str, NoticeRows], files: Mapping[str, Mapping[str, Any]]
) -> tuple[NoticeBatch, dict[str, list[str]]]:
    """Convert notices to frames of the declared types.

    The frames of all notices are built at once, because a frame costs more than its rows; notice by notice only after
    a failure.

    Args:
        rows: Rows of each notice by source path.
        files: Row of `core.files` of each notice by source path.

    Returns:
        The notices whose values fit, in the order given, and Chinese messages about the others by source path.
    """
    try:
        return _build_frames(rows, files), {}
    except schemas.RowsRefusedError:
        refused = {path: messages for path, notice in rows.items() if (messages := _find_type_errors(notice))}
        if not refused:
            raise
        return _build_frames({path: notice for path, notice in rows.items() if path not in refused}, files), refused


def _build_frames(rows: Mapping[str, NoticeRows], files: Mapping[str, Mapping[str, Any]]) -> NoticeBatch:
    tables = {name: [notice[name] for notice in rows.values()] for name in _CORE_WITHOUT_FILES}
    tables[FILES] = [[files[path]] for path in rows]
    frames = {name: schemas.frame(name, chain.from_iterable(listed)) for name, listed in tables.items()}
    heights = {name: list(map(len, listed)) for name, listed in tables.items()}
    return NoticeBatch([files[path] for path in rows], frames, heights)


def _find_type_errors(rows: NoticeRows) -> list[str]:
    """Return Chinese messages about the values of a notice that do not fit the declared types."""
    messages: list[str] = []
    for name in _CORE_WITHOUT_FILES:
        try:
            schemas.frame(name, rows[name])
        except schemas.RowsRefusedError as error:
            messages.extend(failure.message for failure in error.failures)
    return messages


def build_notice_rows(extraction: Extraction, file_id: str) -> NoticeRows:
    """Return the rows of an extraction by core table name, without `core.files`.

    Table text that no field and no finding covers gets a finding here, so that no loss is silent.
    """
    rows: dict[str, Sequence[Any]] = {name: getattr(extraction, item) for name, item in FROM_EXTRACTION.items()}
    notice = extraction.notice
    rows[validation_rules.NOTICES] = [
        _fields(notice)
        | {"file_id": file_id, "version": 1, "is_current": True}
        | {"table_chars": extraction.chars_total, "accounted_chars": extraction.chars_accounted}
        | {"text_chars": extraction.text_total, "accounted_text_chars": extraction.text_accounted}
    ]
    findings = [_fields(finding) | {"file_id": file_id} for finding in extraction.findings]
    rows[validation_rules.FINDINGS] = _replace_invalid_findings(
        findings, rows, notice.notice_id
    ) + _unaccounted_text_finding(extraction, notice, file_id)
    return {name: rows.get(name, ()) for name in _CORE_WITHOUT_FILES}


def _replace_invalid_findings(
    findings: Sequence[dict[str, Any]], rows: NoticeRows, notice_id: str
) -> list[dict[str, Any]]:
    """Replace findings that could not be published by an error about them: only facts may quarantine a notice."""
    ids = {key: {_value(row, key) for row in rows[table]} for key, table in _REFERENCED_TABLES.items()}
    seen: set[str] = set()
    out = []
    for nth, finding in enumerate(findings, 1):
        wrong = [key for key, known in ids.items() if finding[key] is not None and finding[key] not in known]
        sound = finding["finding_id"] not in seen and not wrong and _has_valid_values(finding)
        published = finding if sound else _replacement(finding, notice_id, nth)
        seen.add(published["finding_id"])
        out.append(published)
    return out


def _has_valid_values(finding: Mapping[str, Any]) -> bool:
    """Return whether the values of a finding are valid; building a frame for each would cost more than the finding."""
    columns = schemas.TABLES[validation_rules.FINDINGS].column
    if finding["severity"] not in columns["severity"].values or not all(
        str(finding[name] or "").strip() for name in ("rule", "message")
    ):
        return False
    numbers = [Decimal(finding[name]) for name in ("declared", "computed") if finding[name] is not None]
    return all(number.is_finite() and abs(number) < _MAX_NUMBER and number == round(number, 3) for number in numbers)


def _replacement(finding: Mapping[str, Any], notice_id: str, nth: int) -> dict[str, Any]:
    """Return the error that replaces a finding that could not be published; the locator stays."""
    where = str(finding["locator"] or "")
    place = f"“{where}”处" if where else ""
    return {
        "finding_id": f"{notice_id}-{validation_rules.DROPPED}-{nth}",
        "notice_id": notice_id,
        "rule": validation_rules.DROPPED,
        "severity": "error",
        "message": f"{place}有一条核对提示与读出的内容对不上，已略去，其余内容照常入库；请对照原件核对",
        "locator": where or None,
        "file_id": finding["file_id"],
    }


def find_invalid_notices(notices: NoticeBatch) -> tuple[dict[str, list[str]], Breaches]:
    """Find the notices that must not be loaded.

    Returns:
        Chinese breach messages by source path, and the breaches that remain after removing those notices (empty unless
        two notices share a key).
    """
    broken = validation_rules.find_breaches(notices.frames)
    if not broken:
        return {}, {}
    messages: dict[str, list[str]] = {}
    left = []
    for index, file in enumerate(notices.files):
        breaches = validation_rules.find_breaches(notices.subset([index]).frames, broken)
        if breaches:
            messages[str(file["source_path"])] = [breach.message for listed in breaches.values() for breach in listed]
        else:
            left.append(index)
    return messages, validation_rules.find_breaches(notices.subset(left).frames, broken)


def _unaccounted_text_finding(extraction: Extraction, notice: NoticeRow, file_id: str) -> list[dict[str, Any]]:
    missing = extraction.chars_total - extraction.chars_accounted
    if not missing:
        return []
    return [
        {
            "finding_id": f"{notice.notice_id}-{validation_rules.UNACCOUNTED}",
            "notice_id": notice.notice_id,
            "rule": validation_rules.UNACCOUNTED,
            "severity": "error",
            "message": f"表格中有 {missing} 个字符既未落入字段，也未被问题引用，请对照原件核对",
            "declared": extraction.chars_total,
            "computed": extraction.chars_accounted,
            "file_id": file_id,
        }
    ]


def _value(row: Any, key: str) -> Any:
    return row[key] if isinstance(row, Mapping) else getattr(row, key)


def _fields(row: Any) -> dict[str, Any]:
    return {item.name: getattr(row, item.name) for item in fields(row)}
