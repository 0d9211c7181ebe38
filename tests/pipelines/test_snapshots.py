"""`wenming editions`, `diff`, `restore`, the record of runs and the structured log, as a person sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

import pipelines.commands.build
from assets.ingest import unpublished_runs
from pipelines.cli_common import OK, SOME_FAILED
from pipelines.errors import WRONG_USAGE
from tests.pipelines.conftest import CommandResult, Workspace
from tests.pipelines.sample_notices import as_docx, as_text
from warehouse.errors import PublishError
from warehouse.printing import HEADER_ROW
from warehouse.store import snapshots

RunCommand = Callable[..., CommandResult]


@pytest.fixture(scope="module")
def first(start: Callable[..., Workspace]) -> Workspace:
    """Two notices and an empty file, built."""
    return start({"甲.md": as_text("甲州", 3), "乙/乙.md": as_text("乙州"), "空.md": ""})


@pytest.fixture
def built(first: Workspace, core_alone: None, tmp_path: Path) -> Workspace:
    """A copy of it for one test."""
    return first.copy(tmp_path)


def there(workspace: Workspace) -> list[str]:
    return ["--warehouse", str(workspace.warehouse)]


def test_a_change_is_seen_undone_and_brought_in_again(
    built: Workspace, run_command: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENMING_EDITIONS", "2")
    message = run_command("diff", *there(built))
    assert (message.code, "只有一版" in message.err) == (WRONG_USAGE, True)
    built.put("甲.md", as_text("甲州", 3, extra="召开创建工作推进会"))
    (built.raw / "空.md").unlink()
    (built.raw / "乙/乙.md").unlink()
    assert built.build() == OK
    retired = "SELECT n.source_path, n.is_current, count(*) FROM ops.retired_notices AS n JOIN ops.retired_tasks AS t "
    retired += "USING (notice_id) GROUP BY ALL"
    assert built.ask(retired) == [("乙/乙.md", False, 3)]
    assert built.ask("SELECT count(*) FROM core.notices") == [(1,)]
    shown = run_command("editions", *there(built))
    assert shown.code == OK
    assert "2（现在）" in shown.out
    assert shown.out.count("构建") == 2
    summary = run_command("diff", *there(built), "--format", "csv").out.splitlines()
    assert "core.tasks,任务,0,3,1,任务要求 1，主题把握 1" in summary
    assert "从第 1 版" in run_command("diff", *there(built)).out
    rows = json.loads(run_command("diff", "1", "2", *there(built), "--table", "任务", "--format", "json").out)
    seen = {(row["变化"], row["列"], row["原内容"], row["现内容"]) for row in rows}
    assert ("修改", "任务要求", "制定年度创建工作方案", "召开创建工作推进会") in seen
    assert [row["变化"] for row in rows].count("删除") == 3

    message = run_command("restore", "1", *there(built))
    assert message.code == OK
    assert "第 3 版" in message.out
    assert "wenming build" in message.out
    assert "恢复第 1 版" in run_command("editions", *there(built)).out
    assert built.ask("SELECT count(*) FROM core.tasks WHERE requirement = '制定年度创建工作方案'") == [(2,)]
    built.put("乙/搬走.md", as_text("乙州"))
    assert built.build() == OK
    assert built.ask(retired) == []
    assert built.ask("SELECT count(*) FROM core.tasks WHERE requirement = '制定年度创建工作方案'") == [(1,)]
    assert [one.number for one in snapshots.read_snapshots(built.warehouse)] == [4, 3, 2]
    assert [row[0] for row in built.ask("SELECT value FROM ops.meta WHERE key = 'edition'")] == ["4"]
    assert built.ask("SELECT read, removed FROM ops.runs ORDER BY run_id") == [(3, 0), (1, 2), (2, 2)]


def test_what_cannot_be_done_is_reported_in_chinese(built: Workspace, run_command: RunCommand, tmp_path: Path) -> None:
    message = run_command("restore", "9", *there(built))
    assert "没有第 9 版" in message.err
    assert message.err.count("\n") == 1
    assert "无需恢复" in run_command("restore", "1", *there(built)).err
    assert run_command("restore", "1", *there(built)).code == SOME_FAILED
    assert "还没有数据仓库" in run_command("editions", "--warehouse", str(tmp_path / "无.duckdb")).err
    assert "--output" in run_command("diff", "1", *there(built), "--format", "xlsx").err
    assert "没有“天气”这张表" in run_command("diff", "1", *there(built), "--table", "天气").err
    assert "没有变化" in run_command("diff", "1", "1", *there(built)).out
    target = tmp_path / "变化.xlsx"
    assert run_command("diff", "1", "1", *there(built), "--format", "xlsx", "--output", str(target)).code == OK
    assert [cell.value for cell in load_workbook(target).worksheets[0][HEADER_ROW]][:2] == ["表", "含义"]


def test_each_run_is_recorded_with_what_became_of_its_files(built: Workspace, run_command: RunCommand) -> None:
    built.put("甲.docx", as_docx("甲州", 3))
    built.put("坏.docx", b"not a zip")
    built.put("散文.md", "今天天气很好。\n")
    assert built.build() == SOME_FAILED
    ((run_id, read, loaded, other, duplicate, held, unreadable, removed, unchanged, size, seconds),) = built.ask(
        "SELECT run_id, read, loaded, not_a_notice, duplicate, held_back, unreadable, removed, unchanged, bytes, "
        "seconds FROM ops.runs ORDER BY run_id DESC LIMIT 1"
    )
    assert (read, removed, held) == (3, 0, 0)
    assert (loaded, other, duplicate, unreadable) == (1, 1, 0, 1)
    assert unchanged == 3
    assert size == sum((built.raw / name).stat().st_size for name in ("甲.docx", "坏.docx", "散文.md"))
    assert seconds > 0
    formats = built.ask(f"SELECT carrier, files, bytes FROM ops.run_carriers WHERE run_id = '{run_id}' ORDER BY ALL")
    assert [row[0] for row in formats] == ["docx", "text", "unknown"]
    assert sum(row[2] for row in formats) == size
    slowest = built.ask(f"SELECT rank, seconds FROM ops.run_slowest WHERE run_id = '{run_id}' ORDER BY rank")
    assert [row[0] for row in slowest] == [1, 2, 3]
    assert [row[1] for row in slowest] == sorted((row[1] for row in slowest), reverse=True)
    shown = run_command("status", *there(built)).out
    assert "最近的构建" in shown
    assert "暂不入库" in shown
    assert built.build() == SOME_FAILED
    assert built.ask("SELECT count(*) FROM ops.runs") == [(2,)]
    assert "没有变化" in run_command("status", *there(built)).out


def test_a_build_that_fails_is_recorded_at_once_and_taken_in_by_the_next(
    built: Workspace, run_command: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise PublishError("磁盘已满")

    built.put("丙.md", as_text("丙州"))
    with monkeypatch.context() as patch:
        patch.setattr(pipelines.commands.build, "_run_job", full)
        assert built.build() == SOME_FAILED
    assert "失败的原因：磁盘已满" in run_command("status", *there(built)).out
    assert built.ask("SELECT outcome FROM ops.runs") == [("published",)]
    monkeypatch.setenv("WENMING_LOG", "json")
    message = run_command("build", "--raw", str(built.raw), *there(built))
    assert built.ask("SELECT outcome, reason, read FROM ops.runs ORDER BY run_id") == [
        ("published", None, 3),
        ("failed", "磁盘已满", None),
        ("published", None, 1),
    ]
    assert unpublished_runs.read_notes(built.warehouse) == []
    events = [json.loads(line) for line in message.err.splitlines()]
    published = next(one for one in events if one["event"] == "published")
    assert (published["edition"], published["published_by"], published["level"]) == ("2", "build", "info")
    assert published["rows"]["core.notices"] == 3
    assert published["timestamp"].endswith("Z")
    failed = json.loads(run_command("restore", "9", *there(built)).err.splitlines()[0])
    assert (failed["event"], failed["level"], failed["error"]) == ("failed", "error", "SnapshotError")
