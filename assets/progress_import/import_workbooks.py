"""One import: filled workbooks in, the ledger longer by one file, the warehouse published anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from assets.ingest.decisions import Decisions, missing_imports, published
from assets.ingest.file_names import readable
from assets.progress_import import ledger
from assets.progress_import.parse_workbook import NotReturnedError, Returned, read_returned
from assets.progress_import.task_lookup import known_tasks
from assets.progress_import.validate_rows import Judged, judge
from extractors.limits import DEFAULT_LIMITS, Limits
from warehouse import store
from warehouse.errors import FewerDecisionsError, WarehouseChangedError
from warehouse.store.snapshots import KEPT

CHINA: Final = ZoneInfo("Asia/Shanghai")
SPREADSHEETS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods"})
TEMPORARY: Final = ("~$", ".~", ".")
"""How the names of the files begin that office programs keep beside an open one."""


@dataclass(slots=True)
class Imported:
    """What an import did. `files` is name -> (rows taken, rows refused) of those read, `refused_files` name -> why."""

    judged: Judged
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    refused_files: dict[str, str] = field(default_factory=dict)
    repeated_files: list[tuple[str, str]] = field(default_factory=list)
    """(name, name of the file with the same bytes)."""

    @property
    def clean(self) -> bool:
        """True where nothing was refused."""
        return not self.judged.issues and not self.refused_files


def listed(paths: Iterable[Path]) -> list[Path]:
    """The files meant: a folder stands for the spreadsheets in it and below."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(
                one
                for one in path.rglob("*")
                if one.is_file() and one.suffix.lower() in SPREADSHEETS and not one.name.startswith(TEMPORARY)
            )
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def import_progress(
    warehouse: Path,
    folder: Path,
    paths: Sequence[Path],
    *,
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
    keep: int = KEPT,
) -> Imported:
    """Read filled workbooks into the ledger at `folder` and publish the warehouse with it.

    `now` has a time zone, `keep` is the number of former editions that stay. All of it takes place or nothing: where
    publishing fails, the ledger is as before. Raises WarehouseChangedError where no warehouse of this version of the
    program stands (publishing would begin a new one, with nothing but progress in it),
    FewerDecisionsError where imports that stand published are not in the ledger, the errors of
    `warehouse.store.publish`, OSError where the ledger cannot be written.
    """
    with store.writing(warehouse):
        if store.condition(warehouse) is not store.Condition.CURRENT:
            raise WarehouseChangedError(
                f"仓库文件已缺失、损坏或由其他版本的程序生成，不能导入进展：{warehouse}。请先运行 wenming build"
            )
        before, there = published(warehouse), Decisions(imports=ledger.digests(folder))
        missing = missing_imports(there, before)
        if missing:
            raise FewerDecisionsError(
                f"{'；'.join(missing)}。没有导入，仓库和台账保持原样。请核对进展台账的文件夹（{folder}）是否正确，"
                "或从备份恢复；确实要减少的，请先运行 wenming build --fewer-decisions"
            )
        rows, refused, repeated = _read(paths, limits)
        known = known_tasks(warehouse, {row.key.task_id for row in rows if row.key is not None})
        judged = judge(rows, known, now.astimezone(CHINA).date())
        frame = ledger.rows_of(
            judged.reports, judged.issues, refused, now, max({*before.digests, *there.digests}, default="")
        )
        if not frame.is_empty():
            written = ledger.write(folder, frame)
            held = Decisions(before.corrections, before.counterparts, ledger.digests(folder))
            try:
                store.publish(
                    warehouse, add={}, replace=ledger.read(folder), notes=held.note, cause="progress", keep=keep
                )
            except BaseException:
                # An interruption may come after the warehouse was published: what it holds stays in the ledger.
                if written.stem not in published(warehouse).digests:
                    written.unlink()
                raise
    taken = Counter(one.row.file for one in judged.reports)
    left = Counter(one.row.file for one in judged.issues)
    names = dict.fromkeys(row.file for row in rows)
    return Imported(
        judged,
        {name: (taken[name], left[name]) for name in names},
        {name: message for name, (_, message) in refused.items()},
        repeated,
    )


def _read(
    paths: Sequence[Path], limits: Limits
) -> tuple[list[Returned], dict[str, tuple[str | None, str]], list[tuple[str, str]]]:
    """All rows, name -> (sha256, why) of the files refused, and (name, other name) of files with the same bytes."""
    rows: list[Returned] = []
    refused: dict[str, tuple[str | None, str]] = {}
    repeated: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    often = Counter(path.name for path in paths)
    for path in paths:
        name = readable(path.name if often[path.name] == 1 else str(path))
        try:
            found = read_returned(path, name, limits)
        except NotReturnedError as error:
            refused[name] = (error.sha256, str(error))
            continue
        if found and (first := seen.setdefault(found[0].sha256, name)) != name:
            repeated.append((name, first))
            continue
        rows += found
    return rows, refused, repeated
