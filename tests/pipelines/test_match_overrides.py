"""A person's decision on two tasks changes the comparison, and nothing is read again for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assets.ingest.decisions import OVERRIDES_FILE
from tests.pipelines.conftest import CommandResult, Workspace
from tests.pipelines.sample_notices import as_text

HEADER = "甲文件,甲位置,乙文件,乙位置,关系,理由,经办人,日期\n"
PAIRS = """
SELECT fa.source_path, a.locator, b.locator, x.relation, x.basis
FROM mart.topic_crosswalk AS x JOIN core.tasks AS a ON a.task_id = x.task_a JOIN core.tasks AS b ON b.task_id = x.task_b
JOIN core.notices AS na ON na.notice_id = a.notice_id JOIN core.files AS fa ON fa.file_id = na.file_id
ORDER BY ALL
"""


@pytest.mark.usefixtures("without_dagster")
def test_a_decision_overrides_wording_both_ways_until_it_is_taken_back(
    workspace: Workspace, run_command: Callable[..., CommandResult], tmp_path: Path
) -> None:
    workspace.put("甲.md", as_text("甲州", 3))
    workspace.put("乙.md", as_text("乙州", 3))
    build = ("build", "--raw", str(workspace.raw), "--warehouse", str(workspace.warehouse))
    assert "仓库已更新" in run_command(*build).out
    worded = workspace.ask(PAIRS)
    assert {basis for *_, basis in worded} == {"wording"}
    locators = [row[0] for row in workspace.ask("SELECT DISTINCT locator FROM core.tasks ORDER BY 1")]
    assert ("甲.md", locators[0], locators[0], "equal", "wording") in worded

    register = tmp_path / "corrections" / OVERRIDES_FILE
    register.parent.mkdir(exist_ok=True)
    register.write_text(
        HEADER
        + f"甲.md,{locators[0]},乙.md,{locators[0]},无关,范围不同,甲,2026-11-01\n"
        + f"甲.md,{locators[0]},乙.md,{locators[1]},含于,对照原文,甲,2026-11-01\n"
        + f"甲.md,表9 第9行,乙.md,{locators[1]},相同,写错了位置,甲,2026-11-01\n"
        + f"甲.md,{locators[0]},甲.md,{locators[1]},相同,同一份通知,甲,2026-11-01\n"
        + f"甲.md,{locators[2]},乙.md,{locators[2]},无关,看错了,甲,2026-11-01\n"
        + f"乙.md,{locators[2]},甲.md,{locators[2]},含于,改正上一行,甲,2026-11-02\n",
        "utf-8",
    )
    result = run_command(*build).out
    assert "仓库已更新：新读 0 个文件，未变 2 个" in result
    assert f"{OVERRIDES_FILE} 第 5 行的两条任务同属一份通知" in result
    assert "未通过核对" not in result
    assert f"{OVERRIDES_FILE} 第 4 行所指的任务不存在（甲.md 表9 第9行）" in result
    decided = workspace.ask(PAIRS)
    assert ("甲.md", locators[0], locators[1], "subset", "review") in decided
    assert ("乙.md", locators[1], locators[0], "superset", "review") in decided
    assert [row for row in decided if row[1:3] == (locators[2], locators[2])] == [
        ("乙.md", locators[2], locators[2], "subset", "review"),
        ("甲.md", locators[2], locators[2], "superset", "review"),
    ]
    assert len({row[:3] for row in decided}) == len(decided)
    assert ("甲.md", locators[0], locators[0], "equal", "wording") not in decided
    assert ("乙.md", locators[0], locators[0], "equal", "wording") not in decided
    assert "没有变化" in run_command(*build).out

    register.unlink()
    assert "对应关系认定已发布 6 条，现在只有 0 条" in run_command(*build).err
    assert "仓库已更新：新读 0 个文件" in run_command(*build, "--fewer-decisions").out
    assert workspace.ask(PAIRS) == worded


@pytest.mark.usefixtures("without_dagster")
def test_a_check_that_fails_is_reported_with_the_figures_not_to_trust(
    workspace: Workspace, run_command: Callable[..., CommandResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    from warehouse.transform import mart_checks

    broken = mart_checks.MartCheck("mart.task_points", "never", "永远不成立", "SELECT '甲州'")
    monkeypatch.setattr(mart_checks, "CHECKS", (*mart_checks.CHECKS, broken))
    workspace.put("甲.md", as_text("甲州", 3))
    result = run_command("build", "--raw", str(workspace.raw), "--warehouse", str(workspace.warehouse))
    assert result.code == 0
    message = "汇总表 mart.task_points 有 1 处未通过核对（永远不成立；如 甲州），引用其中数字前请先核实"
    assert message in result.out
    assert message in run_command("status", "--warehouse", str(workspace.warehouse)).out
    assert workspace.ask("SELECT count(*) FROM mart.task_points") == [(3,)]
