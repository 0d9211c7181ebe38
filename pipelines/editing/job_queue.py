"""One job after another: builds and imports that the browser asked for, in the order in which they came.

A build that has not begun takes on further changes, so that ten quick corrections cost two builds and not ten.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pipelines.json_logging import LOGGER
from warehouse.explorer.editing import JobReport

LOG: Final = logging.getLogger(LOGGER)
MAX_REMEMBERED: Final = 200
"""Jobs whose state is remembered."""
STOP_SECONDS: Final = 15.0
WAITING_LINE: Final = "另一个程序正在构建仓库，等它结束后开始"


class JobFailedError(Exception):
    """A job failed; the text is Chinese and says what became of the changes."""


@dataclass(frozen=True, slots=True)
class UploadedBook:
    """A filled workbook: its name as sent, and where it is for now."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Order:
    """What a job does.

    Attributes:
        title: What people call it.
        source_paths: The files that a build should have read again, for its report; for an import none.
        added: Those of them that were uploaded.
        books: The workbooks to import; a build has none.
        finish: Called when the job is over, whatever came of it.
    """

    title: str
    source_paths: Sequence[str] = ()
    added: Sequence[str] = ()
    books: Sequence[UploadedBook] = ()
    finish: Callable[[], None] | None = None

    @property
    def is_build(self) -> bool:
        """Whether it is a build, and not an import."""
        return not self.books


Progress = Callable[[int, int], None]
"""Called with the number of files that were read and of all; (0, 0) while another program builds."""
Work = Callable[[Order, Progress], Sequence[str]]
"""Does a job and returns the lines of its report. Raises JobFailedError."""


@dataclass(slots=True)
class JobQueue:
    """Runs orders one by one in a thread of its own, which starts with the first of them."""

    work: Work
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _waiting: deque[tuple[int, Order]] = field(default_factory=deque)
    _reports: OrderedDict[int, JobReport] = field(default_factory=OrderedDict)
    _thread: threading.Thread | None = None
    _is_closed: bool = False

    def submit(self, order: Order) -> int:
        """Queue an order and return the number of its job, which is that of a waiting build for a further build."""
        with self._changed:
            if self._waiting and order.is_build and self._waiting[-1][1].is_build:
                job_id, waiting = self._waiting[-1]
                joined = replace(
                    waiting,
                    title="、".join(dict.fromkeys([*waiting.title.split("、"), order.title])),
                    source_paths=(*waiting.source_paths, *order.source_paths),
                    added=(*waiting.added, *order.added),
                )
                self._waiting[-1] = job_id, joined
                self._reports[job_id] = replace(self._reports[job_id], title=joined.title)
                return job_id
            job_id = max(self._reports, default=0) + 1
            self._waiting.append((job_id, order))
            self._reports[job_id] = JobReport(job_id, order.title)
            while len(self._reports) > MAX_REMEMBERED:
                self._reports.popitem(last=False)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="wenming-editing", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return job_id

    def find(self, job_id: int) -> JobReport | None:
        """Return the state of a job, None if it is unknown."""
        with self._changed:
            return self._reports.get(job_id)

    def list(self) -> list[JobReport]:
        """Return the jobs, the newest first."""
        with self._changed:
            return list(reversed(self._reports.values()))

    def close(self) -> None:
        """Begin no further job, and wait a while for the running one."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._is_closed:
                    self._changed.wait()
                if self._is_closed:
                    return
                job_id, order = self._waiting.popleft()
            self._do(job_id, order)

    def _do(self, job_id: int, order: Order) -> None:
        def report(done: int, total: int) -> None:
            lines = () if total else (WAITING_LINE,)
            self._update(job_id, state="running", done=done, total=total, lines=lines)

        self._update(job_id, state="running")
        try:
            lines = self.work(order, report)
        except JobFailedError as error:
            self._update(job_id, state="failed", lines=(str(error),))
        except Exception as error:
            # A defect of the program must not end the thread: later changes would wait for ever.
            LOG.error("job_failed", extra={"error": type(error).__name__, "reason": str(error)})
            line = f"程序内部出错（{type(error).__name__}）。所作的改动已经记下，下次构建时生效"
            self._update(job_id, state="failed", lines=(line,))
        else:
            self._update(job_id, state="done", lines=tuple(lines))
        finally:
            if order.finish is not None:
                order.finish()

    def _update(self, job_id: int, **changes: object) -> None:
        with self._changed:
            if job_id in self._reports:
                self._reports[job_id] = replace(self._reports[job_id], **changes)  # type: ignore[arg-type]
