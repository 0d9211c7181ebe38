"""Decisions that a build would lose are named, five at most, and the rest is counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from assets.ingest.decision_guard import Decisions, describe_missing_imports, published_decisions, require_no_fewer
from assets.ingest.decisions import read_register
from tests.warehouse.small_notices import Item, Small, publish_small
from warehouse.errors import FewerDecisionsError
from warehouse.store.snapshots import DECISIONS


@pytest.mark.parametrize(("number", "more"), [(1, ""), (4, ""), (5, ""), (6, " 等 6 处"), (7, " 等 7 处")])
def test_five_are_named_and_the_rest_is_counted(number: int, more: str) -> None:
    names = [f"i{at}" for at in range(number)]
    named = "、".join(f"{name}.parquet" for name in names[:5])
    before = Decisions(imports=dict.fromkeys(names, "a"))
    assert describe_missing_imports(Decisions(), before) == [f"进展台账少了 {number} 次导入：{named}{more}"]
    assert describe_missing_imports(Decisions(imports=dict.fromkeys(names, "b")), before) == [
        f"进展台账中有 {number} 个文件与发布时不同，可能被截断或损坏：{named}{more}"
    ]
    assert describe_missing_imports(before, before) == []
    assert describe_missing_imports(before, Decisions(imports=dict.fromkeys(names, ""))) == []


def test_a_warehouse_that_recorded_no_keys_tells_them_by_its_rows(
    tmp_path: Path, few_views: Callable[..., None]
) -> None:
    few_views()
    path = publish_small(tmp_path / "w.duckdb", Small("甲市", [Item("开展普法")]))
    assert published_decisions(tmp_path / "none.duckdb") == Decisions()
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM ops.meta WHERE key = ?", [DECISIONS])
        review = {"file_a": "甲.md", "locator_a": "表1 第2行", "file_b": "乙.md", "locator_b": "表1 第3行"}
        more = {"line": 2, "relation": "subset", "reason": "对照原文", "who": "甲", "when": "2026-11-01"}
        row = review | more
        names = ", ".join(f'"{name}"' for name in row)
        connection.execute(
            f"INSERT INTO ops.counterpart_reviews ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )
    assert published_decisions(path) == Decisions((), ["甲.md 表1 第2行 乙.md 表1 第3行"], {})


@pytest.mark.parametrize(("now", "lost"), [(("甲",), ["乙", "乙"]), (("甲", "乙", "乙"), []), (("丙", "丁", "戊"), [])])
def test_fewer_decisions_of_a_kind_are_refused(tmp_path: Path, now: tuple[str, ...], lost: list[str]) -> None:
    register = read_register(tmp_path)
    before = ("甲", "乙", "乙")
    for label, old, new in (
        ("更正记录", Decisions(corrections=before), Decisions(corrections=now)),
        ("对应关系认定", Decisions(counterparts=before), Decisions(counterparts=now)),
        ("版式认定", Decisions(layouts=before), Decisions(layouts=now)),
        ("单位认定", Decisions(units=before), Decisions(units=now)),
    ):
        if not lost:
            require_no_fewer(new, old, register=register, progress=tmp_path)
            continue
        with pytest.raises(FewerDecisionsError) as caught:
            require_no_fewer(new, old, register=register, progress=tmp_path)
        assert f"{label}已发布 3 条，现在只有 1 条，少了：{'、'.join(lost)}。" in str(caught.value)
