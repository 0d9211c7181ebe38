"""Run `job_process` and pass on what it reports."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from pipelines.editing.job_process import dump_settings
from pipelines.editing.job_queue import JobFailedError, Order, Progress
from pipelines.json_logging import LOGGER
from pipelines.settings import Settings

LOG: Final = logging.getLogger(LOGGER)
STOP_SECONDS: Final = 10.0
PREVIEW_EXTRA_SECONDS: Final = 30.0
"""Seconds for a preview beyond the time limit of a file: the process has to start."""
DIED: Final = "处理中断（进程意外结束）。所作的改动已经记下，下次构建时生效"
NO_PREVIEW: Final = "原件读取超过时限或中断，不能预览"


@dataclass(slots=True)
class ChildRunner:
    """Does jobs in processes of their own; `close` ends those that run."""

    settings: Settings
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: set[subprocess.Popen[str]] = field(default_factory=set)
    _is_closed: bool = False

    def do(self, order: Order, progress: Progress) -> Sequence[str]:
        """Do an order of the queue. Raises JobFailedError."""
        lines: list[str] = self._ask(make_request(order), progress, None)
        return lines

    def preview(self, table_id: str, lines: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:
        """Return what `layout_preview.preview_layout` finds. Raises JobFailedError."""
        request = {"kind": "preview", "table_id": table_id, "lines": [dict(line) for line in lines]}
        seconds = self.settings.timeout + PREVIEW_EXTRA_SECONDS
        found: Mapping[str, Any] = self._ask(request, None, seconds)
        return found

    def close(self) -> None:
        """End the running processes; a build ends as it does on Ctrl-C."""
        with self._lock:
            self._is_closed = True
            running = list(self._running)
        for process in running:
            process.terminate()

    def _ask(self, request: Mapping[str, Any], progress: Progress | None, seconds: float | None) -> Any:
        process = self._start()
        timer = threading.Timer(seconds, process.kill) if seconds is not None else None
        try:
            if timer is not None:
                timer.daemon = True
                timer.start()
            given = json.dumps({"settings": dump_settings(self.settings), "request": request}, ensure_ascii=False)
            return _read_answer(process, given, progress, DIED if seconds is None else NO_PREVIEW)
        finally:
            if timer is not None:
                timer.cancel()
            _wait(process)
            with self._lock:
                self._running.discard(process)

    def _start(self) -> subprocess.Popen[str]:
        with self._lock:
            if self._is_closed:
                raise JobFailedError("服务正在停止。所作的改动已经记下，下次构建时生效")
            process = subprocess.Popen(
                [sys.executable, "-m", "pipelines.editing.job_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                # Ctrl-C in the terminal reaches the server, which ends its processes itself.
                start_new_session=True,
            )
            self._running.add(process)
            return process


def make_request(order: Order) -> dict[str, Any]:
    """Return an order as the request of `job_process`."""
    return {
        "kind": "build" if order.is_build else "import",
        "source_paths": list(order.source_paths),
        "added": list(order.added),
        "books": [asdict(book) for book in order.books],
    }


def _read_answer(process: subprocess.Popen[str], given: str, progress: Progress | None, died: str) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(given)
        process.stdin.close()
    except OSError as error:
        raise JobFailedError(died) from error
    for line in process.stdout:
        if not line.endswith("\n"):
            # Killed while it wrote.
            break
        event = json.loads(line)
        if "result" in event:
            return event["result"]
        if "error" in event:
            if "detail" in event:
                LOG.error("job_failed", extra={"reason": event["error"], "detail": event["detail"]})
            raise JobFailedError(event["error"])
        if progress is not None:
            progress(event["done"], event["total"])
    raise JobFailedError(died)


def _wait(process: subprocess.Popen[str]) -> None:
    """Wait for the end of a process that has answered or was asked to end; kill one that goes on."""
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
