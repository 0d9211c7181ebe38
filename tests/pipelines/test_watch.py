"""`wenming watch`: what it does at each look, with a clock of the test's own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipelines.commands import watch as command
from pipelines.commands.build import BuildSummary
from pipelines.commands.watch import Watcher
from pipelines.settings import Settings
from tests.pipelines.conftest import CommandResult, Workspace
from tests.pipelines.sample_notices import as_text
from tests.pipelines.webhook_server import WebhookServer, run_webhook_server
from warehouse.errors import PublishError, WarehouseBusyError, WarehouseLockedError

RunCommand = Callable[..., CommandResult]


@dataclass
class Bench:
    """A watcher whose clock, builds and words are in the hands of the test."""

    raw: Path
    settings: Settings
    now: float = 1000.0
    builds: list[tuple[str, ...]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.watcher = Watcher(self.settings, self.messages.append, self.build, lambda: self.now)

    def build(self, _settings: Settings, waiting: tuple[str, ...]) -> BuildSummary:
        self.builds.append(waiting)
        if self.error is not None:
            raise self.error
        return BuildSummary(read=2, refused=0, removed=1, unchanged=3, published=True, rebuilt=False, seconds=1.25)

    def after(self, seconds: float) -> list[str]:
        """What is said at a look that many seconds later."""
        self.now += seconds
        self.messages.clear()
        self.watcher.step()
        return self.messages


@pytest.fixture
def webhook_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with run_webhook_server() as listening:
        yield listening


@pytest.fixture
def bench(tmp_path: Path, webhook_server: WebhookServer) -> Bench:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "甲.md").write_text("x", "utf-8")
    settings = Settings(raw=raw, warehouse=tmp_path / "w.duckdb", webhook=webhook_server.webhook)
    return Bench(raw, settings)


def test_a_batch_is_built_once_and_reported(bench: Bench) -> None:
    assert bench.after(0) == ["有 1 个文件新增、变化或移走，等文件复制完成"]
    assert bench.after(5) == []
    assert bench.after(5) == [
        "1 个文件与仓库不同，开始读入",
        "仓库已更新：新读 2 个文件，未变 3 个，移除 1 个，用时 1.2 秒",
    ]
    assert bench.after(100) == []
    assert bench.builds == [()]


def test_a_build_that_fails_is_reported_and_tried_again(bench: Bench, webhook_server: WebhookServer) -> None:
    bench.error = PublishError("磁盘空间不足")
    bench.after(0)
    assert bench.after(10)[-1] == "这次没有完成：磁盘空间不足。仓库保持上一版，60 秒后再试"
    assert bench.after(30) == []
    assert bench.after(31)[-1].endswith("120 秒后再试")
    bench.error = None
    assert bench.after(120)[-1].startswith("仓库已更新")
    assert bench.after(9999) == []
    assert len(bench.builds) == 3
    # One alarm for the whole failure, and one word when it is over.
    first, last = webhook_server.texts
    assert "读入通知、发布仓库失败" in first
    assert "原因：磁盘空间不足" in first
    assert "已恢复正常" in last


def test_another_build_at_work_is_waited_for_without_an_alarm(bench: Bench, webhook_server: WebhookServer) -> None:
    bench.error = WarehouseBusyError("另一个构建正在进行")
    bench.after(0)
    assert "另一个构建正在进行" in bench.after(10)[-1]
    bench.error = None
    bench.after(60)
    assert len(bench.builds) == 2
    assert webhook_server.received == []


def test_a_warehouse_that_another_program_holds_is_reported_and_tried_again(
    bench: Bench, webhook_server: WebhookServer
) -> None:
    bench.error = WarehouseLockedError("仓库文件正被 /opt/看表（进程号 7）以可写方式打开")
    bench.after(0)
    assert "进程号 7" in bench.after(10)[-1]
    bench.error = None
    assert bench.after(60)[-1].startswith("仓库已更新")
    assert webhook_server.received == []


def test_a_share_that_is_gone_is_reported_once_and_nothing_is_removed(bench: Bench) -> None:
    bench.after(0)
    bench.after(10)
    bench.raw.rename(bench.raw.with_name("moved"))
    assert "网络盘没有连上" in bench.after(100)[0]
    assert bench.after(100) == []
    bench.raw.with_name("moved").rename(bench.raw)
    assert bench.after(100) == []
    assert bench.builds == [()]


def test_an_unexpected_error_of_a_look_does_not_end_the_watch(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.commands.watch.take_snapshot", broken)
        assert bench.after(0)[0].startswith("暂时无法查看")
    bench.after(0)
    bench.after(10)
    assert bench.builds == [()]


def test_files_that_are_still_written_are_left_out(bench: Bench) -> None:
    growing = bench.raw / "大.pdf"
    for second in range(0, 905, 5):
        growing.write_bytes(b"x" * second)
        bench.after(5)
    assert bench.builds == [("大.pdf",)]


def test_the_command_builds_at_once_and_ends_at_sigterm(
    workspace: Workspace, run_command: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.put("甲.md", as_text("甲州"))
    pauses, built = [], []

    def build(settings: Settings, **how: object) -> BuildSummary:
        built.append((settings.raw, how["waiting"]))
        return BuildSummary(read=1, refused=1, removed=0, unchanged=0, published=True, rebuilt=False, seconds=1)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)

    monkeypatch.setattr(command, "pause", pause)
    monkeypatch.setattr("pipelines.commands.watch.build", build)
    before = signal.getsignal(signal.SIGTERM)
    result = run_command(
        "watch", "--raw", str(workspace.raw), "--warehouse", str(workspace.warehouse), "--settle", "0", "--every", "7"
    )
    assert (result.code, pauses, built) == (0, [7, 7], [(workspace.raw, ())])
    assert "拒绝 1 个（原因见 wenming status）" in result.out
    assert "已停止" in result.out
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path, run_command: RunCommand) -> None:
    result = run_command("watch", "--raw", str(tmp_path / "没有"))
    assert result.code == 2
    assert "找不到存放通知原件的文件夹" in result.err
