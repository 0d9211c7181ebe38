"""The commands that send lists out and take them back in."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from pipelines.cli_common import OK, SOME_FAILED
from pipelines.definitions import EXPORT_JOB, build_definitions
from pipelines.errors import WRONG_USAGE
from pipelines.settings import Settings
from tests.pipelines.conftest import CommandResult
from tests.progress.conftest import fill
from tests.warehouse.conftest import five, rows

__all__ = ["five"]

RunCommand = Callable[..., CommandResult]


@pytest.fixture
def copy(five: Path, tmp_path: Path) -> Path:
    """The warehouse of the five notices, to be written to."""
    path = tmp_path / "w.duckdb"
    shutil.copyfile(five, path)
    return path


def test_lists_are_written_by_party_and_named(five: Path, tmp_path: Path, run_command: RunCommand) -> None:
    done = run_command("export", "tasks", "--notice", "淄博", "--output", str(tmp_path), "--warehouse", str(five))
    assert done.code == OK, done.err
    names = sorted(path.name for path in tmp_path.rglob("*.xlsx"))
    assert "法宣科.xlsx" in names
    assert f"共 {len(names)} 个文件" in done.out
    assert {path.parent.name for path in tmp_path.rglob("*.xlsx")} == {"淄博市国防动员办公室 2023"}


@pytest.mark.parametrize("form", ["docx", "ics", "csv", "json"])
def test_other_forms(form: str, five: Path, tmp_path: Path, run_command: RunCommand) -> None:
    folder = tmp_path / "清单2026.11"
    wanted = ["--notice", "华容", "--party", "财金", "--format", form, "--output", str(folder), "--no-persons"]
    done = run_command("export", "tasks", *wanted, "--warehouse", str(five))
    assert done.code == OK, done.err
    (path,) = folder.rglob(f"*.{form}")
    if form == "csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            headers = next(csv.reader(stream))
        assert "任务要求" in headers
        assert "责任人" not in headers
    if form == "json":
        assert len(json.loads(path.read_text("utf-8"))) > 0
    if form == "ics":
        assert "全部任务都已写入日历" in done.out


def test_tasks_without_a_day_make_no_calendar_and_are_reported(
    five: Path, tmp_path: Path, run_command: RunCommand
) -> None:
    where = ["--output", str(tmp_path), "--warehouse", str(five)]
    done = run_command("export", "tasks", "--notice", "淄博", "--format", "ics", *where)
    assert done.code == OK
    assert "63 条任务未明确日期，没有写入日历" in done.out
    assert not list(tmp_path.rglob("*.ics"))


def test_filters_that_fit_nothing_are_reported(five: Path, tmp_path: Path, run_command: RunCommand) -> None:
    where = ["--output", str(tmp_path), "--warehouse", str(five)]
    assert run_command("export", "tasks", "--party", "没有这个单位", *where).code == WRONG_USAGE
    refused = run_command("export", "tasks", "--template", "x.docx", *where)
    assert refused.code == WRONG_USAGE
    assert "--template 只用于" in refused.err
    single = run_command("export", "tasks", "--format", "docx", "--single", *where)
    assert single.code == WRONG_USAGE
    assert "一份只写一个责任单位" in single.err
    assert not list(tmp_path.rglob("*.*"))


def test_filled_lists_come_back_and_the_problems_are_named(copy: Path, tmp_path: Path, run_command: RunCommand) -> None:
    where = ["--warehouse", str(copy)]
    out = tmp_path / "out"
    run_command("export", "tasks", "--notice", "淄博", "--party", "综合科", "--output", str(out), *where)
    (path,) = out.rglob("*.xlsx")
    fill(path, {0: {"状态": "已完成", "完成日期": "2023-05-01"}, 1: {"状态": "[bold]乱写"}})
    (out / "别的.xlsx").write_bytes(b"PK nonsense")
    done = run_command("progress", "import", str(out), *where)
    assert done.code == SOME_FAILED
    assert "采用 1 条" in done.out
    assert "[bold]乱写" in done.out
    assert "别的.xlsx" in done.out
    # The cycle of 2023 is over.
    shown = run_command("progress", "show", "--notice", "淄博", "--party", "综合", "--all", *where)
    assert shown.code == OK
    assert "综合科" in shown.out
    assert "法宣科" not in shown.out
    assert rows(copy)("SELECT status FROM ops.progress") == [("done",)]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run_command("progress", "import", str(empty), *where).code == WRONG_USAGE


@pytest.mark.usefixtures("core_alone")
def test_a_build_keeps_what_was_reported_even_from_nothing(copy: Path, tmp_path: Path, run_command: RunCommand) -> None:
    where = ["--warehouse", str(copy)]
    run_command("export", "tasks", "--notice", "淄博", "--party", "综合科", "--output", str(tmp_path / "out"), *where)
    (path,) = (tmp_path / "out").rglob("*.xlsx")
    run_command("progress", "import", str(fill(path, {0: {"状态": "进行中"}})), *where)
    shutil.copytree(copy.parent / "progress", tmp_path / "kept")
    raw = tmp_path / "raw"
    raw.mkdir()
    copy.unlink()
    done = run_command("build", "--raw", str(raw), *where)
    assert done.code == OK, done.err
    assert rows(copy)("SELECT party, status FROM ops.progress") == [("综合科", "in_progress")]


def test_reminders_without_anything_due(five: Path, run_command: RunCommand) -> None:
    done = run_command("remind", "--warehouse", str(five))
    assert done.code == OK
    assert "没有逾期的任务" in done.out


@pytest.mark.parametrize(
    "command",
    [
        "export tasks --notice 淄博 --party 综合科 --output",
        "export merged --party 综合科 --output",
        "export comparison 淄博 汕尾 --format xlsx --output",
        "check 材料 --notice 益阳 --party 工会 --output",
        "remind --all --out",
    ],
)
def test_a_file_filled_in_is_replaced_by_no_command_unless_told_so(
    five: Path, tmp_path: Path, run_command: RunCommand, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "材料").mkdir()
    (tmp_path / "材料" / "总结.txt").write_text("总结", "utf-8")
    target = "核对.xlsx" if command.startswith("check") else "写出"
    arguments = (*command.split(), target, "--warehouse", str(five))
    run_command(*arguments)
    filled = next(tmp_path.rglob("*.xlsx"))
    filled.write_bytes("有人填写过".encode())
    assert "可能有人填写过" in run_command(*arguments).err
    assert filled.read_bytes() == "有人填写过".encode()
    run_command(*arguments, "--overwrite")
    assert filled.read_bytes().startswith(b"PK")


def test_a_comparison_for_the_leadership(five: Path, tmp_path: Path, run_command: RunCommand) -> None:
    arguments = ["--format", "xlsx", "--output", str(tmp_path), "--warehouse", str(five)]
    done = run_command("export", "comparison", "淄博", "汕尾", *arguments)
    assert done.code == OK, done.err
    assert (tmp_path / "通知比较.xlsx").read_bytes().startswith(b"PK")
    assert "创建类别不同（文明单位 1 份、文明城市 1 份）" in done.out
    assert "--campaign" in done.out
    assert run_command("export", "comparison", "市", "--campaign", "文明乡镇", *arguments).code == WRONG_USAGE
    assert run_command("export", "comparison", "淄博", *arguments).code == WRONG_USAGE


def test_the_monthly_job_writes_lists_and_reminders(five: Path, tmp_path: Path) -> None:
    settings = Settings(warehouse=five, exports=tmp_path / "exports", raw=tmp_path)
    defs = build_definitions(settings, staging=tmp_path / "staging")
    logging = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        done = defs.resolve_job_def(EXPORT_JOB).execute_in_process(run_config=logging, instance=instance)
    written = {
        event.asset_key.to_user_string(): event.materialization.metadata["写出"].value
        for event in done.get_asset_materialization_events()
        if event.asset_key is not None
    }
    assert written["exports/task_lists"] == len(list((tmp_path / "exports").rglob("*.xlsx"))) > 40
    assert written["exports/reminders"] == 0
    schedule = defs.get_repository_def().get_schedule_def("monthly_lists")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 8 1 * *", "Asia/Shanghai")
