"""The command line speaks Chinese, tells wrong usage from failure, and shows no traceback."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import openpyxl
import pytest

from pipelines.cli import COMMAND_GROUPS, app
from pipelines.cli_common import OK, SOME_FAILED, find_program
from pipelines.errors import WRONG_USAGE, SettingsError
from pipelines.settings import CONFIG_VARIABLE, Settings, load_settings
from tests.pipelines.conftest import CommandResult, Workspace, run_without_dagster
from tests.pipelines.sample_notices import as_text
from warehouse.printing import HEADER_ROW

RunCommand = Callable[..., CommandResult]


@pytest.fixture(scope="module")
def built_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one notice and one file that cannot be read, built."""
    workspace = Workspace(tmp_path_factory.mktemp("built_workspace"))
    workspace.put("甲.md", as_text("甲州", 3, "[b]:smile:方案"))
    workspace.put("坏.xyz", "不是通知")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.commands.build._run_job", run_without_dagster)
        assert workspace.build() == SOME_FAILED
    return workspace


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("buld",), "没有“buld”这个命令"),
        (("build", "--rwa", "x"), "没有“--rwa”这个选项"),
        (("build", "--raw"), "选项 --raw 的写法不对"),
        (("build", "--workers", "many"), "--workers' 的值不可用：须是整数"),
        (("watch", "--every", "often"), "--every' 的值不可用：须是数字"),
        (("ask", "1", "--limit", "0"), "--limit' 的值不可用：不能小于 1"),
        (("serve", "--port", "99999"), "--port' 的值不可用：不能大于 65535"),
        (("ask", "1", "--date", "2023年"), "“2023年”不是日期，应写作 2023-08-01 这样"),
        (("review", "--unt", "x"), "没有“--unt”这个选项，是否要用 --unit、"),
        (("build", "--workers", "0"), "不得小于 1"),
        (("build", "多余"), "多出了参数“多余”"),
        (("sql",), "缺少参数"),
        (("sql", "SELECT 1", "--format", "pdf"), "--format"),
        (("build", "--raw", "没有这个文件夹"), "找不到存放通知原件的文件夹：没有这个文件夹"),
    ],
)
def test_wrong_usage_is_explained(run_command: RunCommand, arguments: tuple[str, ...], message: str) -> None:
    result = run_command(*arguments)
    assert result.code == WRONG_USAGE
    assert message in result.err
    assert "Traceback" not in result.err
    assert not any(word in result.err for word in ("Error", "Usage", "Invalid", "No such", "Missing"))


def test_help_lists_what_a_newcomer_needs_first(run_command: RunCommand) -> None:
    """The commands are grouped by purpose, in the order of a first day and not that of the source."""
    lines = [line.split()[0] for line in run_command("--help").out.partition("建库：")[2].splitlines() if line.strip()]
    wanted = [word for title, names in COMMAND_GROUPS.items() for word in (f"{title}：", *names)]
    assert lines == wanted[1:]
    assert [word for word in wanted if word.endswith("：")] == ["建库：", "查询：", "任务：", "自动：", "维护："]
    assert {name for names in COMMAND_GROUPS.values() for name in names} == {
        *(command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands),
        *(group.name for group in app.registered_groups),
    }


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("sttaus", "status"),
        ("extract", "export"),
        ("Build", "build"),
        ("serv", "serve"),
        ("提醒", "remind"),
        ("笔记本", "notebook"),
        ("恢复", "restore"),
    ],
)
def test_a_mistyped_command_is_answered_with_the_one_that_may_be_meant(
    run_command: RunCommand, typed: str, suggested: str
) -> None:
    result = run_command(typed)
    assert result.code == WRONG_USAGE
    assert f"没有“{typed}”这个命令。您是不是要用：{suggested}" in result.err


def test_a_word_like_no_command_is_answered_without_a_guess(run_command: RunCommand) -> None:
    for typed in ("xyzzy", "天气预报"):
        assert f"没有“{typed}”这个命令\n" in run_command(typed).err
    assert "您是不是要用：tasks？" in run_command("export", "task").err


def test_the_version_is_told(run_command: RunCommand) -> None:
    result = run_command("--version")
    assert (result.code, result.out) == (OK, f"wenming {version('wenming-warehouse')}\n")


def test_without_a_command_the_help_is_shown_where_nobody_looks_on(run_command: RunCommand) -> None:
    result = run_command()
    assert result.code == WRONG_USAGE
    assert result.out.startswith("用法：wenming")


def test_without_a_command_on_a_terminal_the_warehouse_is_built_and_the_browser_opened(
    run_command: RunCommand, built_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[Path, bool]] = []
    monkeypatch.setattr("pipelines.cli.is_terminal", lambda: True)
    monkeypatch.setattr(
        "pipelines.commands.serve.serve",
        lambda _, settings, *, open_page, **__: served.append((settings.warehouse, open_page)),
    )
    monkeypatch.setenv("WENMING_RAW", str(built_workspace.raw))
    monkeypatch.setenv("WENMING_WAREHOUSE", str(built_workspace.warehouse))
    result = run_command()
    assert (result.code, served) == (OK, [(built_workspace.warehouse, True)])
    assert "没有变化，仓库保持原样" in result.out


def test_a_build_names_only_commands_that_work_as_printed(
    run_command: RunCommand, built_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--raw", str(built_workspace.raw), "--warehouse", str(built_workspace.warehouse))
    monkeypatch.setattr("sys.argv", ["some where/wenming"])
    printed = run_command("build", *where).out.partition("接着可以运行：\n")[2].splitlines()
    commands = [shlex.split(line.rpartition("  ")[0]) for line in printed]
    assert {command[0] for command in commands} == {"some where/wenming"}
    # There is nothing to review.
    assert [command[1] for command in commands] == ["status", "ask", "serve", "export"]
    assert all(run_command(*command[1:]).code == OK for command in commands if command[1] in ("status", "ask"))
    monkeypatch.setenv("WENMING_WAREHOUSE", str(built_workspace.warehouse))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "uvicorn" else sys)
    printed = run_command("build", *where).out.partition("接着可以运行：\n")[2].splitlines()
    assert [line.rpartition("  ")[0].split()[2:] for line in printed][:3] == [["status"], ["ask"], ["export", "tasks"]]


@pytest.mark.parametrize("command", [(), ("build",), ("status",), ("sql",), ("ask",), ("config",)])
def test_help_is_chinese(run_command: RunCommand, command: tuple[str, ...]) -> None:
    result = run_command(*command, "--help")
    assert result.code == OK
    assert result.out.startswith("用法：wenming")
    assert not any(word in result.out for word in ("Usage", "Options", "Commands", "Show this", "default", "required"))


def test_ask_lists_the_questions_and_answers_one(
    run_command: RunCommand, built_workspace: Workspace, tmp_path: Path
) -> None:
    listed = run_command("ask")
    assert listed.code == OK
    assert all(
        part in listed.out
        for part in ("各科室承担几项多少分", "三十天内到期", "--date", "wenming ask 题号", "权重", "核对")
    )
    there = ("--warehouse", str(built_workspace.warehouse))
    result = run_command("ask", "11", "--notice", "甲州", *there)
    assert result.code == OK
    for part in ("11 各科室承担几项多少分", "责任单位", "平分分值把每条任务的分在其责任单位之间平分", "通知：甲州"):
        assert part in result.out
    none = run_command("ask", "6", *there)
    assert none.code == OK
    assert "没有结果：所选通知在库中没有上一版" in none.out
    data = json.loads(run_command("ask", "1", "--format", "json", "--limit", "1", *there).out)
    assert set(data[0]) >= {"通知", "主题", "分值"}
    target = tmp_path / "答案.xlsx"
    assert run_command("ask", "1", "--format", "xlsx", "--output", str(target), *there).code == OK
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    assert [cell.value for cell in sheet[HEADER_ROW]][:3] == ["通知", "城市", "主题"]


@pytest.mark.parametrize("form", [(), ("--format", "csv"), ("--format", "json"), ("--format", "table")])
@pytest.mark.parametrize("command", [("ask", "25"), ("sql", "SELECT requirement FROM core.tasks")])
def test_signs_in_a_notice_are_printed_as_they_stand(
    run_command: RunCommand, built_workspace: Workspace, command: tuple[str, ...], form: tuple[str, ...]
) -> None:
    result = run_command(*command, *form, "--warehouse", str(built_workspace.warehouse))
    assert result.code == OK
    assert "[b]:smile:" in result.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("99",), "没有第 99 题"),
        (("1", "--notice", "乌有"), "没有通知含有“乌有”"),
        (("1", "--days", "3"), "不用参数 --days"),
        (("18", "--date", "明天"), "--date"),
        (("1", "--format", "xlsx"), "xlsx 格式须用 --output 指定文件"),
        (("十日谈",), "没有与“十日谈”有关的题目"),
    ],
)
def test_ask_says_what_is_wrong_with_a_wish(
    run_command: RunCommand, built_workspace: Workspace, arguments: tuple[str, ...], message: str
) -> None:
    result = run_command("ask", *arguments, "--warehouse", str(built_workspace.warehouse))
    assert result.code == WRONG_USAGE
    assert message in result.err
    assert not any(word in result.err for word in ("Error", "Usage", "Invalid", "Traceback"))


def test_without_a_warehouse_the_next_command_is_named(run_command: RunCommand, tmp_path: Path) -> None:
    for command in (("status",), ("sql", "SELECT 1"), ("ask", "1")):
        result = run_command(*command, "--warehouse", str(tmp_path / "w.duckdb"))
        assert result.code == SOME_FAILED
        assert "请先运行 wenming build" in result.err


def test_build_says_what_stands_and_what_failed(run_command: RunCommand, built_workspace: Workspace) -> None:
    result = run_command("build", "--raw", str(built_workspace.raw), "--warehouse", str(built_workspace.warehouse))
    assert result.code == SOME_FAILED
    for part in (
        "没有变化",
        "共 2 个（已入库 1，无法读取 1）",
        "通知 1，表格 1，指标 2，任务 3",
        "表内文字解析率：100%",
        "坏.xyz",
        "原因：",
        "办法：",
        "wenming status",
    ):
        assert part in result.out
    assert result.err == ""


def test_status_shows_each_notice(run_command: RunCommand, built_workspace: Workspace) -> None:
    result = run_command("status", "--warehouse", str(built_workspace.warehouse))
    assert result.code == OK
    line = next(line for line in result.out.splitlines() if "关于印发" in line)
    cells = [cell.strip() for cell in line.split("│")]
    assert cells[4:8] == ["3", "12", "0", "100%"]
    assert "坏.xyz" in result.out


def test_sql_in_every_format(run_command: RunCommand, built_workspace: Workspace, tmp_path: Path) -> None:
    base = (
        "sql",
        "SELECT label, points FROM core.tasks ORDER BY ordinal",
        "--warehouse",
        str(built_workspace.warehouse),
    )
    assert "│ 2）" in run_command(*base).out
    assert run_command(*base, "--format", "csv").out.splitlines()[1] == "1）,5"
    assert json.loads(run_command(*base, "--format", "json").out)[2]["label"] == "1）"
    target = tmp_path / "结果.xlsx"
    assert run_command(*base, "--format", "xlsx").code == WRONG_USAGE
    assert run_command(*base, "--format", "xlsx", "--output", str(target)).code == OK
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    assert [cell.value for cell in sheet[HEADER_ROW + 2]] == ["2）", 3]


def test_a_wrong_query_is_explained(run_command: RunCommand, built_workspace: Workspace) -> None:
    result = run_command("sql", "SELECT * FROM core.taks", "--warehouse", str(built_workspace.warehouse))
    assert result.code == WRONG_USAGE
    assert "core.tasks" in result.err
    assert (
        run_command("sql", "DROP TABLE core.tasks", "--warehouse", str(built_workspace.warehouse)).code == WRONG_USAGE
    )


def test_config_names_value_and_origin(
    run_command: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wenming.toml").write_text("timeout = 7.5\nmax_mb = 30\n", "utf-8")
    monkeypatch.setenv("WENMING_MAX_MB", "40")
    result = run_command("config")
    assert result.code == OK
    lines = {cells[1].strip(): cells for line in result.out.splitlines() if len(cells := line.split("│")) > 4}
    assert [lines["timeout"][2].strip(), lines["timeout"][3].strip()] == ["7.5", "设置文件 wenming.toml"]
    assert [lines["max_mb"][2].strip(), lines["max_mb"][3].strip()] == ["40.0", "环境变量 WENMING_MAX_MB"]
    assert lines["raw"][3].strip() == "默认值"


@pytest.mark.parametrize(("cores", "workers"), [(3, 3), (None, 1)])
def test_all_cores_read_where_a_system_keeps_no_set_of_cores_by_process(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, workers: int
) -> None:
    monkeypatch.delenv("WENMING_WORKERS")
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert Settings().workers == workers


@pytest.mark.parametrize("content", ["tiemout = 1\n", "timeout = -1\n", "timeout = \n", 'timeout = "long"\n'])
def test_a_broken_setting_is_explained(
    run_command: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wenming.toml").write_text(content, "utf-8")
    result = run_command("config")
    assert result.code == WRONG_USAGE
    assert "设置" in result.err
    assert "Traceback" not in result.err


def test_an_internal_error_shows_its_traceback_to_debug_alone(
    run_command: RunCommand, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inner")

    monkeypatch.setattr("pipelines.commands.build._run_job", broken)
    arguments = ("build", "--raw", str(workspace.raw), "--warehouse", str(workspace.warehouse))
    result = run_command(*arguments)
    assert result.code == SOME_FAILED
    assert "程序内部出错（ZeroDivisionError：inner）" in result.err
    assert "Traceback" not in result.err
    monkeypatch.setenv("WENMING_DEBUG", "")
    assert "Traceback" in run_command("--debug", *arguments).err


def test_asking_costs_no_import_of_dagster(built_workspace: Workspace) -> None:
    code = (
        "import sys; from pipelines.cli import run; "
        f"assert run(['status', '--warehouse', {str(built_workspace.warehouse)!r}]) == 0; "
        f"assert run(['sql', 'SELECT 1', '--warehouse', {str(built_workspace.warehouse)!r}]) == 0; "
        "assert not {'dagster', 'pandera'} & set(sys.modules), 'heavy import'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_build_reaches_no_other_machine_without_certificates(
    workspace: Workspace, run_command: Callable[..., CommandResult]
) -> None:
    workspace.put("甲.md", as_text("甲州"))
    folders = ("--raw", str(workspace.raw), "--warehouse", str(workspace.warehouse))
    result = run_command("build", *folders, "--cluster", "tcp://192.0.2.1:8786")
    assert (result.code, "CLUSTER.zh-CN.md" in result.err, "--cluster-plain" in result.err) == (1, True, True)
    assert not workspace.warehouse.exists()


def test_settings_come_from_the_file_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = tmp_path / "甲.toml"
    monkeypatch.setenv(CONFIG_VARIABLE, str(named))
    with pytest.raises(SettingsError, match="所指的设置文件不存在"):
        load_settings()
    named.write_text('host_names = "wm.example, 甲.example、b.example"\nmax_mb = 1.5\nworkers = 3\n', "utf-8")
    found = load_settings(workers=2, max_mb=None)
    assert found.named_hosts == ("wm.example", "甲.example", "b.example")
    assert (found.workers, found.max_bytes) == (2, 3 << 19)
    assert Settings(host_names="").named_hosts == ()


def test_the_program_is_called_as_it_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = tmp_path / "my tools" / "wenming"
    typed.parent.mkdir()
    typed.write_text("#!/bin/sh\n")
    typed.chmod(0o755)
    for argv, path, called in (
        (str(typed), typed.parent, "wenming"),
        (str(typed), tmp_path, f"'{typed}'"),
        ("/usr/lib/python3/pytest", tmp_path, "wenming"),
    ):
        monkeypatch.setattr(sys, "argv", [argv])
        monkeypatch.setenv("PATH", str(path))
        assert find_program() == called
