"""Rows of one notice as frames, and which notices may be loaded.

A notice that breaks a rule is held back whole; the others load. The rules run once over the whole batch, and notice
by notice only where that run finds a breach, because validation costs more per call than per row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import polars as pl

import schemas
from assets import rules
from extractors.records import Extraction, NoticeRow

FILES = "core.files"
FROM_EXTRACTION: Mapping[str, str] = {
    f"core.{item.name}": item.name for item in fields(Extraction) if f"core.{item.name}" in schemas.TABLES
}
"""Core table name -> field of `Extraction` that holds its rows."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice ready to be judged: its `core.files` row and the frames of every other core table."""

    file: Mapping[str, Any]
    frames: Mapping[str, pl.DataFrame]

    @property
    def source_path(self) -> str:
        """The file it came from, relative to raw/."""
        return str(self.file["source_path"])


def notice_frames(extraction: Extraction, file_id: str) -> dict[str, pl.DataFrame]:
    """The rows of an extraction as frames of exact types, by core table name (`core.files` not among them).

    Table text that landed nowhere gets a finding here, so that no loss is silent.
    Raises schemas.RowsRefusedError where a value cannot stand in the declared type.
    """
    rows: dict[str, list[Any]] = {name: list(getattr(extraction, item)) for name, item in FROM_EXTRACTION.items()}
    notice = extraction.notice
    rows[rules.NOTICES] = [
        _fields(notice)
        | {"file_id": file_id, "version": 1, "is_current": True}
        | {"table_chars": extraction.chars_total, "accounted_chars": extraction.chars_accounted}
    ]
    findings = [_fields(finding) | {"file_id": file_id} for finding in extraction.findings]
    rows[rules.FINDINGS] = findings + _shortfall(extraction, notice, file_id)
    frames, failures = {}, []
    for name in rules.CORE:
        if name == FILES:
            continue
        try:
            frames[name] = schemas.frame(name, rows.get(name, []))
        except schemas.RowsRefusedError as error:
            failures.extend(error.failures)
    if failures:
        raise schemas.RowsRefusedError(failures)
    return frames


def held_back(notices: Sequence[Notice]) -> dict[str, list[str]]:
    """Chinese breach messages by source path, of the notices that may not be loaded."""
    broken = rules.breaches(concatenated(notices))
    if not broken:
        return {}
    found = {notice.source_path: rules.breaches(concatenated([notice]), broken) for notice in notices}
    return {
        source_path: [breach.message for listed in pairs.values() for breach in listed]
        for source_path, pairs in found.items()
        if pairs
    }


def concatenated(notices: Iterable[Notice]) -> dict[str, pl.DataFrame]:
    """The frames of all notices, one per core table, `core.files` included."""
    listed = list(notices)
    frames = {
        name: pl.concat([schemas.empty(name), *(notice.frames[name] for notice in listed)])
        for name in rules.CORE
        if name != FILES
    }
    return {FILES: schemas.frame(FILES, [notice.file for notice in listed]), **frames}


def _shortfall(extraction: Extraction, notice: NoticeRow, file_id: str) -> list[dict[str, Any]]:
    missing = extraction.chars_total - extraction.chars_accounted
    if not missing:
        return []
    return [
        {
            "finding_id": f"{notice.notice_id}-{rules.UNACCOUNTED}",
            "notice_id": notice.notice_id,
            "rule": rules.UNACCOUNTED,
            "severity": "error",
            "message": f"表格中有 {missing} 个字符既未落入字段，也未被问题引用，请对照原件核对",
            "declared": extraction.chars_total,
            "computed": extraction.chars_accounted,
            "file_id": file_id,
        }
    ]


def _fields(row: Any) -> dict[str, Any]:
    return {item.name: getattr(row, item.name) for item in fields(row)}
