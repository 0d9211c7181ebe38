"""Run user-written SQL, each statement in a separate process.

The process is killed when it exceeds its time or memory, or when the client disconnects. Other pages are not delayed.
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
from warehouse.errors import QueryError, WarehouseError
from warehouse.explorer.connections import BusyError, Limits, too_slow_error
from warehouse.query import Result
from warehouse.sql_process import TIMEOUT_EXIT_CODE, SqlRequest

MAX_CONCURRENT: Final = 2
"""Statements that run at the same time."""
WAIT_SECONDS: Final = 20.0
"""Seconds that a further statement waits for a free slot."""
START_SECONDS: Final = 20.0
"""Seconds allowed for starting the process on a busy machine, in addition to the time of the statement."""
SECRET_PREFIX: Final = "WENMING_"
"""Prefix of environment variables that the process must not see."""
FAILED_MESSAGE: Final = "这条语句用的内存太多或使数据库出错，已停止。请加上条件、缩小范围后再试。"
T = TypeVar("T")


class ClientDisconnectedError(Exception):
    """Raised if the client closes the connection before the answer is ready."""


class SqlRunner:
    """Runs statements against the published file at `path`, at most `MAX_CONCURRENT` at a time."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self._turns = anyio.Semaphore(MAX_CONCURRENT)

    async def run(self, sql: str, rows: int) -> Result:
        """Return the result of one statement, truncated after `rows` rows.

        Raises:
            WarehouseError: The statement failed, exceeded a limit, or had to wait too long.
        """
        with anyio.move_on_after(WAIT_SECONDS) as waiting:
            await self._turns.acquire()
        if waiting.cancelled_caught:
            raise BusyError("同时运行的查询语句太多，请过一会儿再试。")
        try:
            request = SqlRequest(str(self.path), sql, self.limits.seconds, rows, self.limits.answer_bytes)
            code, content = await self._run_process(pickle.dumps(request))
        finally:
            self._turns.release()
        if code == TIMEOUT_EXIT_CODE:
            raise too_slow_error(self.limits.seconds)
        if code != 0:
            raise QueryError(FAILED_MESSAGE)
        result: Result | WarehouseError = pickle.loads(content)
        if isinstance(result, WarehouseError):
            raise result
        return result

    async def _run_process(self, request: bytes) -> tuple[int, bytes]:
        """Return exit status and output of the process; it is always terminated afterwards."""
        command = [sys.executable, "-P", "-m", "warehouse.sql_process"]
        process = await anyio.open_process(command, stderr=subprocess.DEVNULL, env=_environment())
        assert process.stdin is not None
        assert process.stdout is not None
        content = bytearray()
        try:
            with anyio.move_on_after(self.limits.seconds + START_SECONDS) as scope:
                try:
                    await process.stdin.send(request)
                    await process.stdin.aclose()
                    async for chunk in process.stdout:
                        content += chunk
                except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                    # The process ended early; its exit status gives the reason.
                    content.clear()
                code = await process.wait()
            return (TIMEOUT_EXIT_CODE, b"") if scope.cancelled_caught else (code, bytes(content))
        finally:
            with anyio.CancelScope(shield=True):
                if process.returncode is None:
                    process.kill()
                await process.aclose()


async def run_until_disconnect(request: WebRequest, work: Callable[[], Awaitable[T]]) -> T:
    """Await `work` and return its result; cancel it when the client disconnects.

    Raises:
        ClientDisconnectedError: The client disconnected; otherwise any error of `work`.
    """
    results: list[T] = []
    errors: list[Exception] = []

    async with anyio.create_task_group() as group:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(watch)
        try:
            results.append(await work())
        except Exception as error:
            errors.append(error)
        group.cancel_scope.cancel()
    if errors:
        raise errors[0]
    if not results:
        raise ClientDisconnectedError
    return results[0]


def _environment() -> dict[str, str]:
    variables = {name: value for name, value in os.environ.items() if not name.upper().startswith(SECRET_PREFIX)}
    return variables | {"PYTHONPATH": str(Path(warehouse.__file__).parents[1]), "PYTHONUTF8": "1"}
