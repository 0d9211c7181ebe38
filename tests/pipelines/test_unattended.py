"""`wenming up` and `wenming watch` as they are: started, files come, change and go, the warehouse follows, stopped.

`pytest -n 0 -m fuzz tests/pipelines/test_unattended.py`; eight minutes where the
machine has other work too.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import httpx
import pytest

from pipelines.commands.up import LOG_FOLDER
from tests.pipelines.conftest import Workspace
from tests.pipelines.sample_notices import as_docx, as_text
from tests.pipelines.webhook_server import run_webhook_server
from warehouse.errors import WarehouseError

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX"),
]
LONGEST = 400.0


def until(what: Callable[[], object], child: subprocess.Popen[str]) -> None:
    """Wait until `what` gives something true, as long as the program runs."""
    deadline = time.monotonic() + LONGEST
    while not what():
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.2)


@contextmanager
def running(workspace: Workspace, repository: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A command of `wenming` on this workspace, and the file of its output; in the end SIGTERM stops it in order."""
    output = workspace.folder / "gesagt"
    folders = ("--raw", str(workspace.raw), "--warehouse", str(workspace.warehouse))
    program = "from pipelines.cli import main; main()"
    # Beyond the test's own folder, so that a relative path would show.
    env = os.environ | {"PYTHONPATH": str(repository), "WENMING_WATCH_EVERY": "1", "WENMING_WATCH_SETTLE": "2"}
    with output.open("w") as out:
        child = subprocess.Popen(
            [sys.executable, "-c", program, *arguments, *folders],
            cwd=workspace.folder,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield child, output
            child.send_signal(signal.SIGTERM)
            assert child.wait(60) == 0
            assert "已停止" in output.read_text("utf-8")
        finally:
            if child.poll() is None:
                # It ends what it has started; killed, it could not.
                child.terminate()
                child.wait(60)


def sources(workspace: Workspace) -> set[str]:
    """Files of the published warehouse."""
    try:
        return {path for (path,) in workspace.ask("SELECT source_path FROM core.files WHERE status = 'loaded'")}
    except WarehouseError:
        return set()


def test_the_office_reads_what_comes_and_tells_what_fails(workspace: Workspace, repository: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = str(found.getsockname()[1])
    home = workspace.folder / ".dagster"
    with run_webhook_server() as webhook_server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("WENMING_WEBHOOK", webhook_server.webhook.get_secret_value())
        patch.setenv("NO_PROXY", "127.0.0.1")
        with running(workspace, repository, "up", "--port", port) as (child, output):
            until(lambda: "已启动" in output.read_text("utf-8"), child)
            page = f"http://127.0.0.1:{port}/graphql"
            for headers in ({"host": "attacker.example"}, {"origin": "http://attacker.example"}):
                result = httpx.post(page, json={"query": "{ version }"}, headers=headers, trust_env=False)
                assert result.status_code == 403
            workspace.put("甲.md", as_text("甲州"))
            until(lambda: sources(workspace) == {"甲.md"}, child)
            workspace.put("乙/乙.docx", as_docx("乙州"))
            (workspace.raw / "甲.md").rename(workspace.raw / "丙.md")
            until(lambda: sources(workspace) == {"丙.md", "乙/乙.docx"}, child)
            # A file in the place of the folder between the steps: the next run has to fail, and to say so.
            shutil.rmtree(workspace.folder / ".staging")
            (workspace.folder / ".staging").write_text("no folder", "utf-8")
            workspace.put("丁.md", as_text("丁州"))
            until(lambda: webhook_server.texts, child)
    assert "读入通知、发布仓库失败" in webhook_server.texts[0]
    assert sources(workspace) == {"丙.md", "乙/乙.docx"}
    assert {one.name for one in (home / LOG_FOLDER).iterdir()} == {"webserver.log", "daemon.log"}
    with dg.DagsterInstance.from_config(str(home)) as instance:
        statuses = [one.status.value for one in instance.get_runs()]
    # One run for each batch, and the one of the empty folder at the beginning.
    assert statuses[0] == "FAILURE"
    assert set(statuses[1:]) == {"SUCCESS"}
    assert len(statuses) <= 4
    assert webhook_server.webhook.get_secret_value() not in "".join(
        path.read_text("utf-8", "replace") for path in (home / LOG_FOLDER).iterdir()
    )
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(home) not in left
    assert f"-p {port}" not in left


def test_the_watch_reads_what_comes(workspace: Workspace, repository: Path) -> None:
    with running(workspace, repository, "watch", "--every", "0.2", "--settle", "1") as (child, output):
        for number in range(20):
            workspace.put(f"{number:02d}.md", as_text(f"甲{number}州", number + 1))
            time.sleep(0.1)
        until(lambda: len(sources(workspace)) == 20, child)
        (workspace.raw / "00.md").unlink()
        until(lambda: len(sources(workspace)) == 19, child)
        until(lambda: output.read_text("utf-8").count("仓库已更新") == 2, child)
        workspace.put("~$草稿.docx", b"x")
        time.sleep(3)
        result = output.read_text("utf-8")
    assert result.count("仓库已更新") == 2
    assert "新读 20 个文件" in result
    assert "移除 1 个" in result
