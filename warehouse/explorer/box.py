"""Statements that people write themselves: each in a process of its own, which is killed when it goes too far.

It goes too far in time, in memory, or when nobody waits for the answer any more. Pages never wait for a statement.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

import anyio
from starlette.requests import Request as WebRequest

import warehouse
from warehouse.boxed import TOO_SLOW, Request
from warehouse.errors import QueryError, WarehouseError
from warehouse.explorer.reading import BusyError, Limits, too_slow
from warehouse.query import Result

AT_ONCE: Final = 2
"""Statements that run at the same time."""
WAIT_SECONDS: Final = 20.0
"""How long one more waits for its turn before it is told to try again."""
START_SECONDS: Final = 20.0
"""What the start of the process may take on a busy machine, beside the time of the statement."""
SECRETS: Final = "WENMING_"
"""What begins the names of settings, which are no business of a statement."""
BROKEN: Final = "这条语句用的内存太多或使数据库出错，已停止。请加上条件、缩小范围后再试。"

Answer = TypeVar("Answer")


class GoneError(Exception):
    """Nobody waits for the answer any more."""


class Box:
    """Runs statements on the published file at `path`."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self._turns = anyio.Semaphore(AT_ONCE)

    async def ask(self, sql: str, rows: int) -> Result:
        """The answer to one statement, cut after `rows` rows. Raises WarehouseError."""
        with anyio.move_on_after(WAIT_SECONDS) as waiting:
            await self._turns.acquire()
        if waiting.cancelled_caught:
            raise BusyError("同时运行的查询语句太多，请过一会儿再试。")
        try:
            asked = Request(str(self.path), sql, self.limits.seconds, rows, self.limits.box_bytes)
            code, content = await self._run(pickle.dumps(asked))
        finally:
            self._turns.release()
        if code == TOO_SLOW:
            raise too_slow(self.limits.seconds)
        if code != 0:
            raise QueryError(BROKEN)
        found: Result | WarehouseError = pickle.loads(content)
        if isinstance(found, WarehouseError):
            raise found
        return found

    async def _run(self, asked: bytes) -> tuple[int, bytes]:
        """Exit status and output of the process, which is gone afterwards whatever happens."""
        command = [sys.executable, "-P", "-m", "warehouse.boxed"]
        process = await anyio.open_process(command, stderr=subprocess.DEVNULL, env=_environment())
        assert process.stdin is not None
        assert process.stdout is not None
        content = bytearray()
        try:
            with anyio.move_on_after(self.limits.seconds + START_SECONDS) as scope:
                try:
                    await process.stdin.send(asked)
                    await process.stdin.aclose()
                    async for chunk in process.stdout:
                        content += chunk
                except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                    # It has ended before it was asked, or while it answered; its exit status tells.
                    content.clear()
                code = await process.wait()
            return (TOO_SLOW, b"") if scope.cancelled_caught else (code, bytes(content))
        finally:
            with anyio.CancelScope(shield=True):
                if process.returncode is None:
                    process.kill()
                await process.aclose()


async def while_wanted(request: WebRequest, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """What `work` gives; it is broken off with GoneError when the reader leaves. Raises what `work` raises."""
    found: list[Answer] = []
    failed: list[Exception] = []

    async with anyio.create_task_group() as group:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(watch)
        try:
            found.append(await work())
        except Exception as error:
            failed.append(error)
        group.cancel_scope.cancel()
    if failed:
        raise failed[0]
    if not found:
        raise GoneError
    return found[0]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(SECRETS)}
    return kept | {"PYTHONPATH": str(Path(warehouse.__file__).parents[1]), "PYTHONUTF8": "1"}
