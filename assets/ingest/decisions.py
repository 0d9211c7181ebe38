"""Guard against publishing fewer human decisions than the published warehouse holds.

Corrections, decisions on counterparts and imports of progress lie in files of their own. Where the folder is another
one, or a file was cut off, a build would find nothing wrong and publish without them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from assets.ingest.corrections import Register
from assets.progress_import import ledger
from warehouse import store
from warehouse.errors import FewerDecisionsError
from warehouse.store.snapshots import DECISIONS

NAMED: Final = 5
"""Number of decisions that a message lists by name."""
_REVIEWS: Final = "SELECT file_a, locator_a, file_b, locator_b FROM ops.counterpart_reviews"
_IMPORTS: Final = "SELECT import_id FROM ops.progress UNION SELECT import_id FROM ops.progress_issues"


@dataclass(frozen=True, slots=True)
class Decisions:
    """Keys of corrections and counterpart decisions, and the progress imports with the digests of their files.

    The digest is "" where nobody noted one.
    """

    corrections: Sequence[str] = ()
    counterparts: Sequence[str] = ()
    imports: Mapping[str, str] | None = None

    @property
    def note(self) -> dict[str, str]:
        """The entry of `ops.meta` that records them."""
        return {DECISIONS: json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)}

    @property
    def digests(self) -> Mapping[str, str]:
        """Import -> digest of its file."""
        return self.imports or {}


def current_decisions(register: Register, reviews: pl.DataFrame, progress: Path) -> Decisions:
    """Return the decisions on disk now; `progress` is the folder of the ledger."""
    places = (f"{one.file} {one.correction.locator} {one.correction.field}".strip() for one in register.entries)
    pairs = reviews.select("file_a", "locator_a", "file_b", "locator_b").rows()
    return Decisions(sorted(places), sorted(map(" ".join, pairs)), ledger.digests(progress))


def published(warehouse: Path) -> Decisions:
    """Return the published decisions; for a lost or damaged warehouse those of the newest sound edition."""
    source = store.find_history_file(warehouse)
    if source is None:
        return Decisions()
    with closing(store.connect(source)) as connection:
        noted = connection.execute("SELECT value FROM ops.meta WHERE key = ?", [DECISIONS]).fetchall()
        if noted:
            return Decisions(**json.loads(noted[0][0]))
        try:
            pairs = connection.execute(_REVIEWS).fetchall()
            imports = connection.execute(_IMPORTS).fetchall()
        except duckdb.CatalogException:
            # A version of the program that knew neither.
            return Decisions()
    return Decisions((), sorted(map(" ".join, pairs)), {import_id: "" for (import_id,) in imports})


def missing_imports(now: Decisions, before: Decisions) -> list[str]:
    """Describe in Chinese the published imports whose ledger file is missing or changed."""
    gone = sorted(before.digests.keys() - now.digests.keys())
    changed = [
        name for name, digest in sorted(before.digests.items()) if digest and now.digests.get(name, digest) != digest
    ]
    told = []
    if gone:
        told.append(f"进展台账少了 {len(gone)} 次导入：{_named([name + ledger.SUFFIX for name in gone])}")
    if changed:
        told.append(
            f"进展台账中有 {len(changed)} 个文件与发布时不同，可能被截断或损坏："
            f"{_named([name + ledger.SUFFIX for name in changed])}"
        )
    return told


def guard(now: Decisions, before: Decisions, *, register: Register, progress: Path) -> None:
    """Refuse a build that would publish fewer decisions than are published.

    `register` and the ledger at `progress` are what was read. Raises FewerDecisionsError.
    """
    told = []
    for label, held, there in (
        ("更正记录", now.corrections, before.corrections),
        ("对应关系认定", now.counterparts, before.counterparts),
    ):
        if len(held) < len(there):
            lost = sorted((Counter(there) - Counter(held)).elements())
            told.append(f"{label}已发布 {len(there)} 条，现在只有 {len(held)} 条，少了：{_named(lost)}")
    if told and register.problems:
        told.append(f"不能使用的有：{_named(register.problems)}")
    told += missing_imports(now, before)
    if told:
        raise FewerDecisionsError(
            f"这次构建会丢掉已发布的人工决定，没有发布，仓库保持原样。{'；'.join(told)}。"
            f"请核对更正记录的文件夹（{register.folder}）和进展台账的文件夹（{progress}）是否正确，或从备份恢复；"
            "确实要减少的，请运行 wenming build --fewer-decisions"
        )


def _named(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 处" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more
