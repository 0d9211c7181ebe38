"""Guard against publishing fewer human decisions than the published warehouse holds.

Corrections, match overrides and progress imports are stored outside the warehouse. If the settings name another
folder, or a file was truncated, a build would find nothing wrong and publish without them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import duckdb

from assets.ingest import progress_ledger
from assets.ingest.change_log import count_withdrawn
from assets.ingest.decisions import MatchOverride, Register
from assets.ingest.ownership import describe_row
from warehouse import store
from warehouse.errors import FewerDecisionsError
from warehouse.store.snapshots import DECISIONS

MAX_NAMED: Final = 5
"""Number of decisions that a message lists by name."""
_REVIEWS_SQL: Final = "SELECT file_a, locator_a, file_b, locator_b FROM ops.counterpart_reviews"
IMPORTS_SQL: Final = "SELECT import_id FROM ops.progress UNION SELECT import_id FROM ops.progress_issues"


@dataclass(frozen=True, slots=True)
class Decisions:
    """Keys of corrections, match overrides, layouts and units, and the progress imports with the digests of files.

    A digest is "" where none was recorded. Of the ownership of notices it is the whole lines.
    """

    corrections: Sequence[str] = ()
    counterparts: Sequence[str] = ()
    imports: Mapping[str, str] | None = None
    layouts: Sequence[str] = ()
    units: Sequence[str] = ()
    ownership: Sequence[str] = ()

    @property
    def note(self) -> dict[str, str]:
        """The entry of `ops.meta` that records them."""
        return {DECISIONS: json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)}

    @property
    def digests(self) -> Mapping[str, str]:
        """Import -> digest of its file."""
        return self.imports or {}


def current_decisions(register: Register, reviews: Sequence[MatchOverride], progress: Path) -> Decisions:
    """Return the decisions on disk now; `progress` is the folder of the ledger."""
    corrections = (
        f"{entry.file} {entry.correction.locator} {entry.correction.field}".strip() for entry in register.entries
    )
    pairs = (tuple(row[name] for name in ("file_a", "locator_a", "file_b", "locator_b")) for row in reviews)
    layouts = sorted(key for decision in register.layout_decisions for key in decision.keys)
    units = sorted(unit.printed for unit in register.units)
    return Decisions(
        sorted(corrections),
        sorted(map(" ".join, pairs)),
        progress_ledger.file_digests(progress),
        layouts,
        units,
        sorted(map(describe_row, register.ownership)),
    )


def published_decisions(warehouse: Path) -> Decisions:
    """Return the published decisions; for a lost or damaged warehouse those of the newest sound snapshot."""
    source = store.find_history_file(warehouse)
    if source is None:
        return Decisions()
    with store.reading(source) as connection:
        recorded = connection.execute("SELECT value FROM ops.meta WHERE key = ?", [DECISIONS]).fetchall()
        if recorded:
            return Decisions(**json.loads(recorded[0][0]))
        try:
            pairs = connection.execute(_REVIEWS_SQL).fetchall()
            imports = connection.execute(IMPORTS_SQL).fetchall()
        except duckdb.CatalogException:
            # Published by a version of the program that had neither table.
            return Decisions()
    return Decisions((), sorted(map(" ".join, pairs)), {import_id: "" for (import_id,) in imports})


def read_decisions(
    warehouse: Path, register: Register, reviews: Sequence[MatchOverride], progress: Path, *, fewer: bool
) -> Decisions:
    """Return the decisions on disk, refusing them if they are fewer than the published ones.

    Args:
        warehouse: The published file.
        register: The corrections that were read.
        reviews: The match overrides as rows of `ops.counterpart_reviews`.
        progress: The folder of the ledger of progress imports.
        fewer: Accept fewer decisions than are published.

    Raises:
        FewerDecisionsError: Decisions would be lost and `fewer` is false.
    """
    current = current_decisions(register, reviews, progress)
    if not fewer:
        require_no_fewer(current, published_decisions(warehouse), register=register, progress=progress)
    return current


def describe_missing_imports(now: Decisions, before: Decisions) -> list[str]:
    """Describe in Chinese the published imports whose ledger file is missing or changed."""
    missing = sorted(before.digests.keys() - now.digests.keys())
    changed = [
        name for name, digest in sorted(before.digests.items()) if digest and now.digests.get(name, digest) != digest
    ]
    messages = []
    if missing:
        messages.append(
            f"进展台账少了 {len(missing)} 次导入：{_join_names([name + progress_ledger.SUFFIX for name in missing])}"
        )
    if changed:
        messages.append(
            f"进展台账中有 {len(changed)} 个文件与发布时不同，可能被截断或损坏："
            f"{_join_names([name + progress_ledger.SUFFIX for name in changed])}"
        )
    return messages


def require_no_fewer(now: Decisions, before: Decisions, *, register: Register, progress: Path) -> None:
    """Refuse a build that would publish fewer decisions than are published.

    What people withdrew in the browser, as the log of changes says, is not missed.

    Args:
        now: The decisions on disk.
        before: The published decisions.
        register: The corrections that were read, for the message.
        progress: The folder of the ledger, for the message.

    Raises:
        FewerDecisionsError: Decisions would be lost.
    """
    messages = []
    withdrawn = count_withdrawn(register.folder)
    for label, current, published in (
        ("更正记录", now.corrections, before.corrections),
        ("对应关系认定", now.counterparts, before.counterparts),
        ("版式认定", now.layouts, before.layouts),
        ("单位认定", now.units, before.units),
        ("归属认定", now.ownership, before.ownership),
    ):
        missing = Counter(published) - Counter(current)
        excused = missing & withdrawn
        if len(current) + excused.total() < len(published):
            lost = sorted((missing - excused).elements())
            messages.append(f"{label}已发布 {len(published)} 条，现在只有 {len(current)} 条，少了：{_join_names(lost)}")
    if messages and register.problems:
        messages.append(f"不能使用的有：{_join_names(register.problems)}")
    messages += describe_missing_imports(now, before)
    if messages:
        raise FewerDecisionsError(
            f"这次构建会丢掉已发布的人工决定，没有发布，仓库保持原样。{'；'.join(messages)}。"
            f"请核对更正记录的文件夹（{register.folder}）和进展台账的文件夹（{progress}）是否正确，或从备份恢复；"
            "确实要减少的，请运行 wenming build --fewer-decisions"
        )


def _join_names(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 处" if len(names) > MAX_NAMED else ""
    return "、".join(names[:MAX_NAMED]) + more
