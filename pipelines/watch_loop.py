"""What `wenming watch` does at each look: decide, build, tell, and call for help where a build fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

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
from pipelines.cli_common import china_time
from pipelines.commands.build import Built, build
from pipelines.json_logging import LOGGER
from pipelines.notify import failure_text, notify, reason_of, recovery_text
from pipelines.settings import Settings
from warehouse.errors import WarehouseBusyError

LOG: Final = logging.getLogger(LOGGER)
WHAT: Final = "读入通知、发布仓库"
REMEDY: Final = "仓库保持上一版，查询不受影响，稍后自动再试。一再失败时请在命令行运行 wenming --debug build 查看原因"


def incremental(settings: Settings, waiting: tuple[str, ...]) -> Built:
    """The Dagster job in this process, as `wenming build` runs it."""
    return build(settings, full=False, progress=ignore_progress, waiting=waiting)


@dataclass(slots=True)
class Watcher:
    """Looks, decides, builds, tells.

    `build` takes the settings and the source paths to leave out; `clock` gives epoch seconds.
    """

    settings: Settings
    say: Callable[[str], None]
    build: Callable[[Settings, tuple[str, ...]], Built] = incremental
    clock: Callable[[], float] = time.time
    state: WatchState = field(default_factory=WatchState)
    told: str = ""
    """What was said last about a state that lasts, so that it is said once."""
    alarmed: bool = False
    """True from the notice of a failure to that of the recovery."""

    def step(self) -> None:
        """One look at raw/ and, where it is time, one build. No failure of a build leaves this method."""
        timing = Timing(self.settings.watch_settle, self.settings.watch_longest)
        try:
            seen = take_snapshot(self.settings.raw, self.settings.warehouse, self.state)
            decision = decide(seen, self.state, self.clock(), timing)
        except UnsafeToReadError as error:
            self._once(str(error))
            return
        except Exception as error:
            self._once(f"暂时无法查看（{reason_of(error)}），稍后再试")
            LOG.error("look_failed", extra={"error": type(error).__name__, "reason": str(error)})
            return
        self.state = decision.state
        if decision.build:
            self._build(decision)
        elif decision.changes:
            self._once(f"有 {decision.changes} 个文件新增、变化或移走，等文件放稳")
        else:
            self.told = ""

    def _build(self, decision: Decision) -> None:
        self.told = ""
        LOG.info("batch", extra={"changes": decision.changes, "waiting": len(decision.waiting)})
        if decision.changes:
            self.say(f"{decision.changes} 个文件与仓库不同，开始读入")
        for path in decision.waiting[:3]:
            self.say(f"仍在写入，这次先不读：{path}")
        try:
            built = self.build(self.settings, decision.waiting)
        except Exception as error:
            self._failed(error)
            return
        self.state = after_success(self.state)
        self.say(_told(built))
        if self.alarmed:
            self.alarmed = False
            notify(self.settings.webhook, recovery_text(WHAT, _told(built), china_time(self._moment())))

    def _failed(self, error: Exception) -> None:
        now = self.clock()
        self.state = after_failure(self.state, now)
        reason, pause = reason_of(error), self.state.retry_at - now
        self.say(f"这次没有完成：{reason}。仓库保持上一版，{pause:.0f} 秒后再试")
        LOG.error("build_failed", extra={"error": type(error).__name__, "reason": reason, "retry_seconds": pause})
        # Somebody else who is building will be done before long; nobody has to be called for that.
        if not self.alarmed and not isinstance(error, WarehouseBusyError):
            self.alarmed = True
            notify(self.settings.webhook, failure_text(WHAT, reason, REMEDY, china_time(self._moment())))

    def _once(self, text: str) -> None:
        if text != self.told:
            self.told = text
            self.say(text)

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


def _told(built: Built) -> str:
    if not built.published:
        return f"已核对，仓库没有变化（{built.unchanged} 个文件）"
    counts = f"新读 {built.read} 个文件，未变 {built.unchanged} 个，移除 {built.removed} 个"
    refused = f"，拒绝 {built.refused} 个（原因见 wenming status）" if built.refused else ""
    problems = f"；更正记录有 {len(built.problems)} 处不能使用（见 wenming build）" if built.problems else ""
    return f"仓库已更新：{counts}{refused}，用时 {built.seconds:.1f} 秒{problems}"
