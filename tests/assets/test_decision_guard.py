"""Decisions that a build would lose are named, five at most, and the rest is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.ingest.decision_guard import Decisions, describe_missing_imports, require_no_fewer
from assets.ingest.decisions import read_register
from warehouse.errors import FewerDecisionsError


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
