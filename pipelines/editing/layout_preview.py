"""What a decision about a table would change: its file is read with it, and nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import extractors
from assets.ingest.build_plan import Candidate, is_archive_member
from assets.ingest.csv_input import read_lines
from assets.ingest.decisions import read_register
from assets.ingest.discover_files import hash_file
from assets.ingest.read_file import read_candidate
from extractors.layouts import LAYOUT_HEADERS, LAYOUTS_FILE, REQUIRED_COLUMNS, ConfirmedLayout, combine_lines
from extractors.limits import Limits
from extractors.records import Extraction, Severity
from pipelines.settings import MIB, Settings
from warehouse import store
from warehouse.inbox import OPEN

MAX_SHOWN: Final = 20
"""Differences that are shown; the others are counted."""
FILE_SQL: Final = """
SELECT f.source_path, f.container, n.notice_id
FROM core.tables AS t JOIN core.notices AS n USING (notice_id) JOIN core.files AS f USING (file_id)
WHERE t.table_id = ?
"""
TASKS_SQL: Final = """
SELECT t.locator, t.requirement, t.points, t.deadline,
       (SELECT list(p.raw ORDER BY p.ordinal) FROM core.task_parties AS p WHERE p.task_id = t.task_id) AS parties
FROM core.tasks AS t WHERE t.notice_id = ? ORDER BY t.ordinal
"""
COUNTS_SQL: Final = f"""
SELECT (SELECT count(*) FROM core.tasks WHERE notice_id = $notice),
       (SELECT count(*) FROM core.indicators WHERE notice_id = $notice),
       (SELECT coalesce(sum(points), 0) FROM core.tasks WHERE notice_id = $notice AND NOT bonus),
       (SELECT count(*) FROM core.findings WHERE notice_id = $notice AND {OPEN})
"""
COUNT_NAMES: Final = ("任务", "指标", "任务分值合计", "待核对")
ABSENT: Final = "（不是任务）"


class PreviewError(Exception):
    """The table cannot be read again; the text is Chinese."""


def preview_layout(settings: Settings, table_id: str, lines: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return what these lines of 版式.csv would change about the notice of a table, as JSON.

    Raises:
        PreviewError: The source file is gone, inside an archive, or cannot be read.
    """
    with store.reading(settings.warehouse) as connection:
        found = connection.execute(FILE_SQL, [table_id]).fetchone()
        if found is None:
            raise PreviewError("仓库中没有这张表格")
        source_path, container, notice_id = found
        now_tasks = _describe_rows(connection.execute(TASKS_SQL, [notice_id]).fetchall())
        (now_counts,) = connection.execute(COUNTS_SQL, {"notice": notice_id}).fetchall()
    if is_archive_member(source_path, container):
        raise PreviewError("压缩包中的文件不能预览，请把它解压后放入 raw 文件夹")
    extraction = _read(settings, source_path, lines)
    differences = _compare(now_tasks, _describe_rows(_list_tasks(extraction)))
    then_counts = _count(extraction)
    return {
        "counts": {
            name: [_format(now), _format(then)]
            for name, now, then in zip(COUNT_NAMES, now_counts, then_counts, strict=True)
        },
        "differences": differences[:MAX_SHOWN],
        "more": max(len(differences) - MAX_SHOWN, 0),
    }


def _read(settings: Settings, source_path: str, lines: Sequence[Mapping[str, str]]) -> Extraction:
    path = settings.raw / source_path
    register = read_register(settings.corrections)
    try:
        status = path.stat()
        candidate = Candidate(
            source_path,
            str(path),
            status.st_size,
            status.st_mtime_ns,
            hash_file(path),
            register.for_file(source_path),
        )
    except OSError as error:
        raise PreviewError(f"原件不在 raw 文件夹中，不能预览（{source_path}）") from error
    limits = Limits(max_bytes=settings.max_bytes, max_expanded_bytes=int(settings.expanded_mb * MIB))
    reading = read_candidate(
        candidate,
        extractors.extract,
        limits,
        layouts=_read_layouts(settings.corrections, lines),
        units=register.units,
    )
    if reading.extraction is None:
        raise PreviewError(f"不能预览：{reading.reason or '压缩包中有几份通知'}")
    return reading.extraction


def _read_layouts(folder: Path, lines: Sequence[Mapping[str, str]]) -> list[ConfirmedLayout]:
    """Return the confirmed layouts as they would be with further lines."""
    path = folder / LAYOUTS_FILE
    known = read_lines(path, LAYOUT_HEADERS, REQUIRED_COLUMNS)[0] if path.is_file() else []
    further = [{name: line.get(name, "") for name in LAYOUT_HEADERS} for line in lines]
    numbered = [*((line.number, line.values) for line in known), *enumerate(further, 1_000_000)]
    decisions, _ = combine_lines(numbered)
    return [decision.layout for decision in decisions]


def _list_tasks(extraction: Extraction) -> Iterable[Sequence[Any]]:
    parties: dict[str, list[str]] = {}
    for party in extraction.task_parties:
        parties.setdefault(party.task_id, []).append(party.raw)
    for task in extraction.tasks:
        yield task.locator, task.requirement, task.points, task.deadline, parties.get(task.task_id)


def _describe_rows(rows: Iterable[Sequence[Any]]) -> dict[tuple[str, int], str]:
    """Return each task as one text, by its locator and its number among those at the same place."""
    seen: Counter[str] = Counter()
    described = {}
    for locator, requirement, points, deadline, parties in rows:
        facts = [
            None if points is None else f"{_format(points)} 分",
            "、".join(parties) if parties else None,
            deadline,
        ]
        described[locator, seen[locator]] = "；".join([requirement or "", *filter(None, facts)])
        seen[locator] += 1
    return described


def _compare(now: Mapping[tuple[str, int], str], then: Mapping[tuple[str, int], str]) -> list[list[str]]:
    """Return locator, what is read now and what would be read, where they differ; in the order of the file."""
    places = [*now, *(place for place in then if place not in now)]
    return [
        [place[0], now.get(place, ABSENT), then.get(place, ABSENT)]
        for place in places
        if now.get(place) != then.get(place)
    ]


def _count(extraction: Extraction) -> tuple[object, ...]:
    points = sum((task.points or Decimal(0) for task in extraction.tasks if not task.bonus), Decimal(0))
    findings = [row for row in extraction.findings if row.dismissed is None and row.severity != Severity.INFO]
    return len(extraction.tasks), len(extraction.indicators), points, len(findings)


def _format(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
