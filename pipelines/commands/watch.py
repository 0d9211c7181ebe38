"""`wenming watch`: take snapshots of raw/, decide, build, report, and notify people of failures, until Ctrl-C."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import sleep as pause
from typing import Final

from rich.console import Console
from rich.markup import escape

from assets.ingest.raw_changes import (
    Decision,
    Timing,
    UnsafeToReadError,
    WatchState,
    after_failure,
    after_success,
    decide,
    take_snapshot,
)
from assets.ingest.results import ignore_progress
from pipelines.cli_common import format_china_time, sigterm_as_interrupt
from pipelines.commands.build import BuildSummary, build
from pipelines.json_logging import LOGGER
from pipelines.notify import failure_text, notify, reason_of, recovery_text
from pipelines.settings import Settings
from warehouse.errors import WarehouseBusyError

LOG: Final = logging.getLogger(LOGGER)
TASK_NAME: Final = "读入通知、发布仓库"
REMEDY: Final = "仓库保持上一版，查询不受影响，稍后自动再试。一再失败时请在命令行运行 wenming --debug build 查看原因"


def run_watch(settings: Settings) -> None:
    """Watch raw/ until Ctrl-C or SIGTERM."""
    out = Console(highlight=False, soft_wrap=True)

    def print_message(text: str) -> None:
        out.print(f"{format_china_time(datetime.now(UTC))}　{escape(text)}", soft_wrap=True)

    watcher = Watcher(settings, print_message)
    print_message(
        f"开始监测 {settings.raw}：有文件新增、变化、移走，{settings.watch_settle:g} 秒不再变化后自动读入"
        f"仓库 {settings.warehouse}（按 Ctrl-C 停止）"
    )
    with sigterm_as_interrupt():
        try:
            while True:
                watcher.step()
                pause(settings.watch_every)
        except KeyboardInterrupt:
            print_message("已停止。仓库保持最近一次发布的内容")


def run_incremental_build(settings: Settings, waiting: tuple[str, ...]) -> BuildSummary:
    """Run the Dagster job in this process, as `wenming build` does."""
    return build(settings, full=False, progress=ignore_progress, waiting=waiting)


@dataclass(slots=True)
class Watcher:
    """Takes snapshots, decides, builds and reports.

    `build` is called with the settings and the source paths to leave out; `clock` returns epoch seconds.
    """

    settings: Settings
    print_message: Callable[[str], None]
    build: Callable[[Settings, tuple[str, ...]], BuildSummary] = run_incremental_build
    clock: Callable[[], float] = time.time
    state: WatchState = field(default_factory=WatchState)
    last_message: str = ""
    """The last message about a lasting state, so that it is printed once."""
    is_alarmed: bool = False
    """True between the notification of a failure and that of the recovery."""

    def step(self) -> None:
        """Take one snapshot of raw/ and build if it is time; exceptions of the build are reported, not raised."""
        timing = Timing(self.settings.watch_settle, self.settings.watch_longest)
        try:
            snapshot = take_snapshot(self.settings.raw, self.settings.warehouse, self.state)
            decision = decide(snapshot, self.state, self.clock(), timing)
        except UnsafeToReadError as error:
            self._say_once(str(error))
            return
        except Exception as error:
            self._say_once(f"暂时无法查看（{reason_of(error)}），稍后再试")
            LOG.error("look_failed", extra={"error": type(error).__name__, "reason": str(error)})
            return
        self.state = decision.state
        if decision.build:
            self._build(decision)
        elif decision.changes:
            self._say_once(f"有 {decision.changes} 个文件新增、变化或移走，等文件复制完成")
        else:
            self.last_message = ""

    def _build(self, decision: Decision) -> None:
        self.last_message = ""
        LOG.info("batch", extra={"changes": decision.changes, "waiting": len(decision.waiting)})
        if decision.changes:
            self.print_message(f"{decision.changes} 个文件与仓库不同，开始读入")
        for path in decision.waiting[:3]:
            self.print_message(f"仍在写入，这次先不读：{path}")
        try:
            built = self.build(self.settings, decision.waiting)
        except Exception as error:
            self._failed(error)
            return
        self.state = after_success(self.state)
        self.print_message(_describe_build(built))
        if self.is_alarmed:
            self.is_alarmed = False
            notify(
                self.settings.webhook,
                recovery_text(TASK_NAME, _describe_build(built), format_china_time(self._now())),
            )

    def _failed(self, error: Exception) -> None:
        now = self.clock()
        self.state = after_failure(self.state, now)
        reason, pause = reason_of(error), self.state.retry_at - now
        self.print_message(f"这次没有完成：{reason}。仓库保持上一版，{pause:.0f} 秒后再试")
        LOG.error("build_failed", extra={"error": type(error).__name__, "reason": reason, "retry_seconds": pause})
        # Another build will be done before long; that needs no notification.
        if not self.is_alarmed and not isinstance(error, WarehouseBusyError):
            self.is_alarmed = True
            notify(self.settings.webhook, failure_text(TASK_NAME, reason, REMEDY, format_china_time(self._now())))

    def _say_once(self, text: str) -> None:
        if text != self.last_message:
            self.last_message = text
            self.print_message(text)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


def _describe_build(built: BuildSummary) -> str:
    if not built.published:
        return f"已核对，仓库没有变化（{built.unchanged} 个文件）"
    counts = f"新读 {built.read} 个文件，未变 {built.unchanged} 个，移除 {built.removed} 个"
    refused = f"，拒绝 {built.refused} 个（原因见 wenming status）" if built.refused else ""
    problems = f"；更正记录有 {len(built.problems)} 处不能使用（见 wenming build）" if built.problems else ""
    return f"仓库已更新：{counts}{refused}，用时 {built.seconds:.1f} 秒{problems}"
