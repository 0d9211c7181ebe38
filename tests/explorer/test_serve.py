"""`wenming serve`: what it says, when it refuses, and how it stops."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from rich.console import Console

from pipelines.cli import run
from pipelines.commands import serve as server
from pipelines.settings import Settings
from warehouse.extras import install_command
from warehouse.request_guard import is_loopback

RunCommand = Callable[..., tuple[int, str]]


@pytest.fixture
def run_command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> RunCommand:
    """Exit status and words of one command."""
    monkeypatch.delenv("WENMING_TOKEN", raising=False)

    def heard(*arguments: str) -> tuple[int, str]:
        code = run(list(arguments))
        out, err = capfd.readouterr()
        return code, out + err

    return heard


@contextmanager
def started(warehouse: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """The command in a process of its own: the process, its address, and what it said by then."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WENMING_")}
    code = "import sys; from pipelines.cli import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "serve", "--warehouse", str(warehouse), "--port", "0", *arguments]
    environment |= {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", env=environment
    )
    assert process.stdout is not None
    message = []
    try:
        for line in process.stdout:
            message.append(line)
            if "仓库文件：" in line:
                break
        result = re.search(r"http://\S+:\d+/", "".join(message))
        assert result, message
        yield process, result[0], message
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def answer(address: str) -> httpx.Response:
    """The first answer; the server may still be starting behind its open port."""
    return httpx.get(address, trust_env=False, timeout=60)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.browser
def test_it_serves_until_ctrl_c(warehouse: Path) -> None:
    with started(warehouse) as (process, address, _):
        assert answer(address + "healthz").text == "ok"
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)
        assert process.returncode == 0
    assert rest.strip().splitlines()[-1] == "已停止"
    assert "Traceback" not in rest


@pytest.mark.browser
def test_a_missing_warehouse_is_served_with_advice(tmp_path: Path) -> None:
    with started(tmp_path / "none.duckdb", "--token", "长口令长口令长口令") as (process, address, _):
        assert process.stdout is not None
        assert "还没有数据仓库" in process.stdout.readline()
        assert answer(address).status_code == 303
        assert answer(address + "healthz").status_code == 503


def test_a_port_in_use_names_the_way_out(run_command: RunCommand, warehouse: Path) -> None:
    with socket.socket() as used:
        used.bind(("127.0.0.1", 0))
        used.listen()
        port = used.getsockname()[1]
        code, message = run_command("serve", "--warehouse", str(warehouse), "--port", str(port))
    assert code == 1
    assert f"端口 {port} 已被占用" in message
    assert f"--port {port + 1}" in message


def test_a_foreign_address_and_a_short_token_are_refused(run_command: RunCommand, warehouse: Path) -> None:
    code, message = run_command("serve", "--warehouse", str(warehouse), "--host", "203.0.113.9", "--port", "0")
    assert (code, "不是本机的地址" in message) == (1, True)
    code, message = run_command("serve", "--warehouse", str(warehouse), "--token", "short", "--port", "0")
    assert (code, "口令太短" in message) == (1, True)
    code, message = run_command("serve", "--port", "99999")
    assert (code, "--port" in message) == (2, True)


def test_an_empty_token_is_refused(run_command: RunCommand, warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, message = run_command("serve", "--warehouse", str(warehouse), "--token", "", "--port", "0")
    assert (code, "口令是空的" in message) == (2, True)
    monkeypatch.setenv("WENMING_TOKEN", " ")
    code, message = run_command("serve", "--warehouse", str(warehouse), "--port", "0")
    assert (code, "口令是空的" in message) == (2, True)


@pytest.mark.parametrize("missing", ["uvicorn", "starlette.applications", "jinja2"])
def test_without_the_extra_the_command_to_install_is_named(
    run_command: RunCommand, warehouse: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in list(sys.modules):
        if name.startswith("warehouse.explorer"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    code, message = run_command("serve", "--warehouse", str(warehouse), "--port", "0")
    assert code == 1
    assert f"请运行 {install_command('explore')}" in message


@pytest.mark.parametrize(
    ("host", "token", "warned"),
    [
        ("127.0.0.1", None, False),
        ("localhost", None, False),
        ("0.0.0.0", None, True),
        ("0.0.0.0", "a-long-token", False),
    ],
)
def test_an_open_address_without_a_token_is_warned_about(
    run_command: RunCommand, monkeypatch: pytest.MonkeyPatch, host: str, token: str | None, *, warned: bool
) -> None:
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: None)
    code, message = run_command("serve", "--host", host, "--port", "0", *(["--token", token] if token else []))
    assert code == 0
    assert ("任何人都能打开" in message) is warned
    assert re.search(r"http://(127\.0\.0\.1|localhost):\d+/", message)


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_browser_is_opened_only_if_asked_for(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, is_asked: bool
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("pipelines.commands.serve.open_when_ready", lambda _, url: opened.append(url))
    monkeypatch.setattr(
        "pipelines.commands.serve._make_server", lambda *_: SimpleNamespace(run=lambda **_: time.sleep(0.1))
    )
    server.serve(Console(quiet=True), Settings(warehouse=warehouse), host="127.0.0.1", port=0, open_page=is_asked)
    assert [url.startswith("http://127.0.0.1:") for url in opened] == [True] * is_asked


def test_addresses() -> None:
    assert server.page_url("0.0.0.0", 1) == "http://127.0.0.1:1/"
    assert server.page_url("::1", 2) == "http://[::1]:2/"
    assert [is_loopback(one) for one in ("127.0.0.2", "::1", "LocalHost", "0.0.0.0", "10.0.0.1", "x")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


def test_the_token_is_a_setting_that_is_never_shown(run_command: RunCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENMING_TOKEN", "very-secret-token")
    code, message = run_command("config")
    assert code == 0
    assert "token" in message
    assert "very-secret" not in message


def test_where_nothing_can_be_changed_it_says_so(run_command: RunCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: None)
    for arguments, is_told in (
        ((), False),
        (("--token", "a-long-token"), True),
        (("--token", "a-long-token", "--editor-token", "another-token"), False),
        (("--host", "0.0.0.0"), True),
        (("--host", "0.0.0.0", "--editor-token", "another-token"), False),
    ):
        code, message = run_command("serve", "--port", "0", *arguments)
        assert (code, "网页只供查看" in message) == (0, is_told), arguments
    code, message = run_command("serve", "--port", "0", "--token", "a-long-token", "--editor-token", "a-long-token")
    assert (code, "不能相同" in message) == (1, True)
