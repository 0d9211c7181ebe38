"""`wenming editions`, `diff`, `restore`, the record of runs and the structured log, as a person sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from assets import runs
from pipelines.shell import OK, SOME_FAILED, WRONG_USAGE
from tests.pipelines.conftest import House, Said
from tests.pipelines.made_up import as_docx, as_text
from warehouse import history

Say = Callable[..., Said]


@pytest.fixture(scope="module")
def first(start: Callable[..., House]) -> House:
    """Two notices and an empty file, built."""
    return start({"甲.md": as_text("甲州", 3), "乙/乙.md": as_text("乙州"), "空.md": ""})


@pytest.fixture
def built(first: House, core_alone: None, tmp_path: Path) -> House:
    """A copy of it for one test."""
    return first.copy(tmp_path)


def there(house: House) -> list[str]:
    return ["--warehouse", str(house.warehouse)]


def test_a_change_is_seen_undone_and_brought_in_again(built: House, say: Say) -> None:
    said = say("diff", *there(built))
    assert (said.code, "只有一版" in said.err) == (WRONG_USAGE, True)
    built.put("甲.md", as_text("甲州", 3, extra="召开创建工作推进会"))
    (built.raw / "空.md").unlink()
    assert built.build() == OK
    shown = say("editions", *there(built))
    assert shown.code == OK
    assert "2（现在）" in shown.out
    assert shown.out.count("构建") == 2
    summary = say("diff", *there(built), "--format", "csv").out.splitlines()
    assert "core.tasks,任务,0,0,1,任务要求 1" in summary
    assert "从第 1 版" in say("diff", *there(built)).out
    rows = json.loads(say("diff", "1", "2", *there(built), "--table", "任务", "--format", "json").out)
    assert [(row["变化"], row["列"], row["原内容"], row["现内容"]) for row in rows] == [
        ("修改", "任务要求", "制定年度创建工作方案", "召开创建工作推进会")
    ]

    said = say("restore", "1", *there(built))
    assert said.code == OK
    assert "第 3 版" in said.out
    assert "wenming build" in said.out
    assert "恢复第 1 版" in say("editions", *there(built)).out
    assert built.ask("SELECT count(*) FROM core.tasks WHERE requirement = '制定年度创建工作方案'") == [(2,)]
    assert built.build() == OK
    assert built.ask("SELECT count(*) FROM core.tasks WHERE requirement = '制定年度创建工作方案'") == [(1,)]
    assert [row[0] for row in built.ask("SELECT value FROM ops.meta WHERE key = 'edition'")] == ["4"]
    assert built.ask("SELECT read, removed FROM ops.runs ORDER BY run_id") == [(3, 0), (1, 1), (1, 1)]


def test_what_cannot_be_done_is_said_in_chinese(built: House, say: Say, tmp_path: Path) -> None:
    assert "没有第 9 版" in say("restore", "9", *there(built)).err
    assert "无需恢复" in say("restore", "1", *there(built)).err
    assert say("restore", "1", *there(built)).code == SOME_FAILED
    assert "还没有数据仓库" in say("editions", "--warehouse", str(tmp_path / "无.duckdb")).err
    assert "--output" in say("diff", "1", *there(built), "--format", "xlsx").err
    assert "没有“天气”这张表" in say("diff", "1", *there(built), "--table", "天气").err
    assert "没有变化" in say("diff", "1", "1", *there(built)).out
    target = tmp_path / "变化.xlsx"
    assert say("diff", "1", "1", *there(built), "--format", "xlsx", "--output", str(target)).code == OK
    assert [cell.value for cell in next(load_workbook(target).worksheets[0].rows)][:2] == ["表", "含义"]


def test_the_setting_says_how_many_editions_stay(built: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENMING_EDITIONS", "1")
    for number in (1, 2):
        built.put("丁.md", as_text(f"丁州{number}"))
        assert built.build() == SOME_FAILED
    assert [one.number for one in history.editions(built.warehouse)] == [3, 2]


def test_each_run_is_recorded_with_what_became_of_its_files(built: House, say: Say) -> None:
    built.put("甲.docx", as_docx("甲州", 3))
    built.put("坏.docx", b"not a zip")
    built.put("散文.md", "今天天气很好。\n")
    assert built.build() == SOME_FAILED
    ((run_id, read, loaded, no_tables, duplicate, held, unreadable, removed, unchanged, size, seconds),) = built.ask(
        "SELECT run_id, read, loaded, no_tables, duplicate, held_back, unreadable, removed, unchanged, bytes, seconds "
        "FROM ops.runs ORDER BY run_id DESC LIMIT 1"
    )
    assert (read, removed, held) == (3, 0, 0)
    assert loaded + no_tables + duplicate + unreadable == 3
    assert unreadable == 1
    assert unchanged == 3
    assert size == sum((built.raw / name).stat().st_size for name in ("甲.docx", "坏.docx", "散文.md"))
    assert seconds > 0
    carriers = built.ask(f"SELECT carrier, files, bytes FROM ops.run_carriers WHERE run_id = '{run_id}' ORDER BY ALL")
    assert [row[0] for row in carriers] == ["docx", "text", "unknown"]
    assert sum(row[2] for row in carriers) == size
    slowest = built.ask(f"SELECT rank, seconds FROM ops.run_slowest WHERE run_id = '{run_id}' ORDER BY rank")
    assert [row[0] for row in slowest] == [1, 2, 3]
    assert [row[1] for row in slowest] == sorted((row[1] for row in slowest), reverse=True)
    shown = say("status", *there(built)).out
    assert "最近的构建" in shown
    assert "暂不入库" in shown
    assert built.ask("SELECT count(*) FROM ops.runs") == [(2,)]
    assert built.build() == SOME_FAILED
    assert built.ask("SELECT count(*) FROM ops.runs") == [(2,)]


def test_only_the_last_runs_are_carried_on(built: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "REMEMBERED", 1)
    built.put("丙.md", as_text("丙州"))
    built.build()
    assert built.ask("SELECT read FROM ops.runs") == [(1,)]
    assert built.ask("SELECT DISTINCT source_path FROM ops.run_slowest") == [("丙.md",)]


def test_the_log_is_json_where_it_is_asked_for_and_silent_elsewhere(
    built: House, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert say("restore", "9", *there(built)).err.count("\n") == 1
    monkeypatch.setenv("WENMING_LOG", "json")
    built.put("丙.md", as_text("丙州"))
    said = say("build", "--raw", str(built.raw), *there(built))
    events = [json.loads(line) for line in said.err.splitlines()]
    published = next(one for one in events if one["event"] == "published")
    assert (published["edition"], published["published_by"], published["level"]) == ("2", "build", "info")
    assert published["rows"]["core.notices"] == 3
    assert published["timestamp"].endswith("Z")
    failed = json.loads(say("restore", "9", *there(built)).err.splitlines()[0])
    assert (failed["event"], failed["level"], failed["error"]) == ("failed", "error", "EditionError")
