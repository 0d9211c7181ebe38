"""Rows of one notice as frames, and which notices may be loaded.

A notice that breaks a rule is held back whole; the others load. The rules run once over the whole batch, and notice
by notice only where that run finds a breach, because validation costs more per call than per row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any

import polars as pl

import schemas
from assets import rules
from extractors.records import Extraction, NoticeRow

FILES = "core.files"
Breaches = dict[tuple[str, str], list[rules.Breach]]
"""What is broken, by rule and table."""
FROM_EXTRACTION: Mapping[str, str] = {
    f"core.{item.name}": item.name for item in fields(Extraction) if f"core.{item.name}" in schemas.TABLES
}
"""Core table name -> field of `Extraction` that holds its rows."""
NoticeRows = Mapping[str, Sequence[Any]]
"""Rows of one notice as records or mappings, by core table name."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice ready to be judged: its `core.files` row and the frames of every other core table."""

    file: Mapping[str, Any]
    frames: Mapping[str, pl.DataFrame]

    @property
    def source_path(self) -> str:
        """The file it came from, relative to raw/."""
        return str(self.file["source_path"])

    @property
    def notice_id(self) -> str:
        """The id of the notice."""
        return str(self.frames[rules.NOTICES].item(0, "notice_id"))


def notice_frames(rows: Sequence[NoticeRows]) -> list[dict[str, pl.DataFrame] | schemas.RowsRefusedError]:
    """The rows of each notice as frames of exact types, by core table name (`core.files` not among them).

    In the order given; the error stands where a value of a notice cannot stand in the declared type. The frames of all
    notices are made at once and cut, because a frame costs more than its rows; one by one only after a refusal.
    """
    names = [name for name in rules.CORE if name != FILES]
    try:
        whole = {name: schemas.frame(name, chain.from_iterable(one[name] for one in rows)) for name in names}
    except schemas.RowsRefusedError:
        return [_own_frames(one, names) for one in rows]
    made: list[dict[str, pl.DataFrame] | schemas.RowsRefusedError] = []
    done = dict.fromkeys(names, 0)
    for one in rows:
        made.append({name: whole[name].slice(done[name], len(one[name])) for name in names})
        for name in names:
            done[name] += len(one[name])
    return made


def _own_frames(rows: NoticeRows, names: Sequence[str]) -> dict[str, pl.DataFrame] | schemas.RowsRefusedError:
    frames, failures = {}, []
    for name in names:
        try:
            frames[name] = schemas.frame(name, rows[name])
        except schemas.RowsRefusedError as error:
            failures.extend(error.failures)
    return schemas.RowsRefusedError(failures) if failures else frames


def notice_rows(extraction: Extraction, file_id: str) -> NoticeRows:
    """The rows of an extraction by core table name, `core.files` not among them.

    Table text that landed nowhere gets a finding here, so that no loss is silent.
    """
    rows: dict[str, Sequence[Any]] = {name: getattr(extraction, item) for name, item in FROM_EXTRACTION.items()}
    notice = extraction.notice
    rows[rules.NOTICES] = [
        _fields(notice)
        | {"file_id": file_id, "version": 1, "is_current": True}
        | {"table_chars": extraction.chars_total, "accounted_chars": extraction.chars_accounted}
    ]
    findings = [_fields(finding) | {"file_id": file_id} for finding in extraction.findings]
    rows[rules.FINDINGS] = findings + _shortfall(extraction, notice, file_id)
    return {name: rows.get(name, ()) for name in rules.CORE if name != FILES}


def held_back(notices: Sequence[Notice]) -> tuple[dict[str, list[str]], Breaches]:
    """Which notices may not be loaded: Chinese breach messages by source path.

    And what is still broken without them, which a notice alone cannot show: nothing, as long as they share no key.
    """
    broken = rules.breaches(concatenated(notices))
    if not broken:
        return {}, {}
    found = {notice.source_path: rules.breaches(concatenated([notice]), broken) for notice in notices}
    messages = {
        source_path: [breach.message for listed in pairs.values() for breach in listed]
        for source_path, pairs in found.items()
        if pairs
    }
    return messages, rules.breaches(concatenated([one for one in notices if one.source_path not in messages]), broken)


def concatenated(notices: Iterable[Notice], owner: str | None = None) -> dict[str, pl.DataFrame]:
    """The frames of all notices, one per core table, `core.files` included.

    `owner` names a column to be added to each: the file_id of the file that a row came from.
    """
    listed = list(notices)
    frames = {FILES: schemas.frame(FILES, [notice.file for notice in listed])}
    if owner is not None:
        frames[FILES] = frames[FILES].with_columns(pl.col("file_id").alias(owner))
    for name in rules.CORE:
        if name != FILES:
            held = [notice.frames[name] for notice in listed if notice.frames[name].height]
            owners = [str(notice.file["file_id"]) for notice in listed if notice.frames[name].height]
            frame = pl.concat(held) if held else schemas.empty(name)
            if owner is not None:
                column = [file_id for file_id, part in zip(owners, held, strict=True) for _ in range(part.height)]
                frame = frame.with_columns(pl.Series(owner, column, dtype=pl.String))
            frames[name] = frame
    return frames


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
