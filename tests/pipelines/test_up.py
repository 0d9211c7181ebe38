"""`wenming up`: what it prepares, and two processes that live and end together (here small ones in their place)."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from dagster._core.instance.ref import InstanceRef

from pipelines.commands import up
from pipelines.settings import Settings
from tests.pipelines.conftest import CommandResult, Workspace
from warehouse.extras import install_command

RunCommand = Callable[..., CommandResult]
PAGE = """
import socket, subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open({note!r}, "w").write(str(grandchild.pid))
listening = socket.create_server(("127.0.0.1", {port}))
time.sleep(60)
"""


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        number = found.getsockname()[1]
        assert isinstance(number, int)
        return number


def gone(pid: int) -> bool:
    """True once a process has ended, which takes a moment after the signal."""
    for _ in range(200):
        try:
            if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def office(workspace: Workspace, port: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Callable[[], int]]:
    """Put a page that listens, with a child of its own, and this daemon in the place of Dagster's."""

    def prepared(daemon: str) -> Callable[[], int]:
        note = workspace.folder / "grandchild"
        page = PAGE.format(note=str(note), port=port)
        monkeypatch.setattr(
            up,
            "process_commands",
            lambda *_, **__: {"webserver": [sys.executable, "-c", page], "daemon": [sys.executable, "-c", daemon]},
        )
        monkeypatch.setattr(up, "_check_definitions", lambda *_: None)
        monkeypatch.setattr(up, "POLL_SECONDS", 0.02)
        return lambda: int(note.read_text())

    return prepared


def arguments(workspace: Workspace, port: int) -> tuple[str, ...]:
    return ("up", "--raw", str(workspace.raw), "--warehouse", str(workspace.warehouse), "--port", str(port))


posix = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at /proc")


@posix
def test_when_one_ends_the_other_is_ended_and_its_last_words_are_shown(
    workspace: Workspace, port: int, office: Callable[[str], Callable[[], int]], run_command: RunCommand
) -> None:
    grandchild = office(
        f"import socket, time\n"
        f"while socket.socket().connect_ex(('127.0.0.1', {port})): time.sleep(0.02)\n"
        "time.sleep(0.2); print('no space [red]'); raise SystemExit(3)"
    )
    result = run_command(*arguments(workspace, port))
    assert result.code == 1
    assert f"已启动：http://127.0.0.1:{port}/" in result.out
    assert "Dagster 后台已停止（退出码 3）" in result.out
    assert "no space [red]" in result.out
    assert "没有设置 webhook" in result.out
    assert gone(grandchild())
    assert "no space" in (workspace.folder / ".dagster" / up.LOG_FOLDER / "daemon.log").read_text("utf-8")
    with socket.create_server(("127.0.0.1", port)):
        pass


@posix
def test_sigterm_ends_both_even_one_that_does_not_listen(
    workspace: Workspace,
    port: int,
    office: Callable[[str], Callable[[], int]],
    run_command: RunCommand,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grandchild = office("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")
    monkeypatch.setattr(up, "GRACE_SECONDS", 0.2)

    def stop() -> None:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.02)
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop, daemon=True).start()
    result = run_command(*arguments(workspace, port))
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("正在停止……\n已停止\n")
    assert gone(grandchild())


def test_dagster_takes_the_settings_that_are_written_once(tmp_path: Path) -> None:
    up.prepare_home(tmp_path)
    settings = InstanceRef.from_dir(str(tmp_path)).settings
    assert settings["telemetry"] == {"enabled": False}
    assert settings["nux"] == {"enabled": False}
    assert settings["run_monitoring"] == {"enabled": True, "start_timeout_seconds": 300}
    assert settings["concurrency"] == {"runs": {"max_concurrent_runs": 1}}
    own = tmp_path / up.INSTANCE
    assert yaml.safe_load(own.read_text("utf-8"))["retention"]["sensor"]["purge_after_days"]["skipped"] == 2
    own.write_text("telemetry:\n  enabled: false\n", "utf-8")
    up.prepare_home(tmp_path)
    assert own.read_text("utf-8") == "telemetry:\n  enabled: false\n"


@pytest.mark.parametrize(
    ("cron", "text"),
    [
        ("0 3 * * *", "每天 3:00"),
        ("30 22 * * *", "每天 22:30"),
        ("0 3 * * 1", "按定时规则 0 3 * * 1 "),
        ("*/5 * * * *", "按定时规则 */5 * * * * "),
    ],
)
def test_when_the_warehouse_is_rebuilt_is_said_in_words(cron: str, text: str) -> None:
    assert up.describe_cron(cron) == text


def test_the_home_is_beside_the_warehouse_unless_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(warehouse=tmp_path / "库" / "w.duckdb")
    monkeypatch.delenv(up.HOME_VARIABLE, raising=False)
    assert up.find_home(settings) == tmp_path / "库" / ".dagster"
    monkeypatch.setenv(up.HOME_VARIABLE, str(tmp_path / "h"))
    assert up.find_home(settings) == tmp_path / "h"
    assert up.find_home(Settings(dagster_home=tmp_path / "g")) == tmp_path / "g"


def test_the_processes_get_the_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(raw=Path("原件"), warehouse=Path("w.duckdb"), up_host="0.0.0.0", up_port=3999)
    result = up.process_environment(settings, tmp_path)
    assert (result["WENMING_RAW"], result["WENMING_WAREHOUSE"]) == (str(tmp_path / "原件"), str(tmp_path / "w.duckdb"))
    assert result[up.HOME_VARIABLE] == str(tmp_path)
    webserver, daemon = up.process_commands(settings, read_only=True).values()
    assert webserver[-5:] == ["-h", "0.0.0.0", "-p", "3999", "--read-only"]
    assert daemon[1:] == ["-m", "dagster._daemon", "run", "-m", "pipelines.definitions"]


def test_what_is_missing_or_taken_is_reported(
    workspace: Workspace, port: int, run_command: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", port)):
        result = run_command(*arguments(workspace, port))
    assert (result.code, f"端口 {port} 已被占用" in result.err) == (1, True)
    home = workspace.folder / ".dagster"
    with up._lock_home(home):
        result = run_command(*arguments(workspace, port))
    assert (result.code, "wenming up 已在运行" in result.err) == (1, True)
    with monkeypatch.context() as patch:
        patch.setattr("importlib.util.find_spec", lambda _: None)
        result = run_command(*arguments(workspace, port))
    assert (result.code, install_command("explore") in result.err) == (2, True)
    monkeypatch.setenv("WENMING_NIGHTLY_CRON", "61 25 * * *")
    result = run_command(*arguments(workspace, port))
    assert (result.code, "nightly_cron" in result.err) == (2, True)


def test_the_tables_of_the_home_are_there_before_two_processes_look_for_them(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    up.prepare_home(tmp_path)
    up._check_definitions(Settings(raw=tmp_path / "raw", warehouse=tmp_path / "w.duckdb"), tmp_path)
    tables = {}
    for path in tmp_path.rglob("*.db"):
        with closing(sqlite3.connect(path)) as connection:
            tables[path.stem] = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert tables.keys() == {"runs", "index", "schedules"}
    assert all("alembic_version" in names for names in tables.values())
