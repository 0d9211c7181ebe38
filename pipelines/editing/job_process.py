"""Do one job in a process of its own: `python -m pipelines.editing.job_process`.

The pages stay quick while a notice is read, a defect of a reader cannot end the server, and the workers of a build are
forked from a process without threads. The request is read from standard input as JSON; each line of standard output is
one event as JSON: the progress, and at the end the result or the error.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from pipelines.cli_common import sigterm_as_interrupt
from pipelines.commands.build import NotAWarehouseError, build
from pipelines.editing import job_results, layout_preview
from pipelines.json_logging import configure_logging
from pipelines.settings import Settings
from warehouse import store_options
from warehouse.errors import WarehouseBusyError, WarehouseError, WarehouseLockedError

BUSY_SECONDS: Final = 1_800.0
"""How long a job waits for a build of another program, such as a nightly one."""
BUSY_PAUSE: Final = 0.5
PROGRESS_PAUSE: Final = 0.2
"""Least seconds between two reports of progress."""
SECRETS: Final = frozenset({"token", "editor_token", "webhook"})
"""Settings that the process has no use for."""
Send = Callable[[Mapping[str, Any]], None]


def run_request(settings: Settings, request: Mapping[str, Any], send: Send) -> None:
    """Do what the request asks for and send its result, or the error as Chinese text."""
    try:
        if request["kind"] == "preview":
            send({"result": layout_preview.preview_layout(settings, request["table_id"], request["lines"])})
        elif request["kind"] == "import":
            send({"result": wait_while_busy(lambda: _import(settings, request), send)})
        else:
            send({"result": wait_while_busy(lambda: _build(settings, request, send), send)})
    except (WarehouseError, NotAWarehouseError, layout_preview.PreviewError) as error:
        send({"error": str(error)})
    except OSError as error:
        send({"error": f"读写文件时出错（{error.strerror or type(error).__name__}：{error.filename or ''}）"})


def wait_while_busy(work: Callable[[], list[str]], send: Send, seconds: float = BUSY_SECONDS) -> list[str]:
    """Return the result of `work`, which is tried again while another program builds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return work()
        except WarehouseLockedError:
            # The holder is no build; it was waited for already.
            raise
        except WarehouseBusyError:
            if time.monotonic() >= deadline:
                raise
            send({"done": 0, "total": 0})
            time.sleep(BUSY_PAUSE)


def _build(settings: Settings, request: Mapping[str, Any], send: Send) -> list[str]:
    reported = 0.0

    def progress(done: int, total: int, source_path: str) -> None:
        nonlocal reported
        if time.monotonic() - reported >= PROGRESS_PAUSE or done == total:
            reported = time.monotonic()
            send({"done": done, "total": total})

    built = build(settings, full=False, progress=progress)
    return job_results.describe_build(settings, built, request["source_paths"], request["added"])


def _import(settings: Settings, request: Mapping[str, Any]) -> list[str]:
    from assets.progress_import.import_workbooks import import_progress
    from pipelines.import_report import describe_import

    paths = [Path(book["path"]) for book in request["books"]]
    done = import_progress(settings.warehouse, settings.progress, paths, now=datetime.now(UTC), keep=settings.editions)
    return describe_import(done).lines


def dump_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings as JSON for the process, without secrets."""
    return settings.model_dump(mode="json", exclude=set(SECRETS))


def _take_output() -> IO[str]:
    """Return standard output for events alone: whatever else is printed goes to standard error."""
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return stream


def main() -> None:
    """Answer the request on standard input."""
    configure_logging()
    output = _take_output()

    def send(event: Mapping[str, Any]) -> None:
        print(json.dumps(event, ensure_ascii=False), file=output, flush=True)

    given = json.loads(sys.stdin.buffer.read())
    settings = Settings(**given["settings"])
    store_options.set_lock_wait(settings.lock_wait, lambda _: send({"done": 0, "total": 0}))
    try:
        with sigterm_as_interrupt():
            run_request(settings, given["request"], send)
    except KeyboardInterrupt:
        send({"error": "服务已停止，这次没有完成；所作的改动已经记下，下次构建时生效"})
    except Exception as error:
        send({"error": f"程序内部出错（{type(error).__name__}）", "detail": traceback.format_exc()})


if __name__ == "__main__":
    main()
