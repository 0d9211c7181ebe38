"""The server over a real connection of the official SDK; left out where that is not installed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from pipelines.cli_common import SOME_FAILED
from pipelines.commands import mcp as command
from tests.pipelines.conftest import CommandResult, run_command
from tests.warehouse.conftest import five

__all__ = ["five", "run_command"]

REPOSITORY = Path(__file__).parents[2]
RUN = "import sys; from pipelines.cli import run; sys.exit(run(sys.argv[1:]))"


def test_without_the_sdk_the_remedy_is_told(
    five: Path, run_command: Callable[..., CommandResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    done = run_command("mcp", "--warehouse", str(five))
    assert done.code == SOME_FAILED
    assert ".[mcp]" in done.err
    assert done.out == ""


def test_a_program_asks_over_standard_input_and_output(five: Path) -> None:
    sdk: Any = pytest.importorskip("mcp", reason="extra mcp is not installed")
    from warehouse.mcp import server

    path = os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    parameters = sdk.StdioServerParameters(
        command=sys.executable,
        args=["-c", RUN, "mcp", "--warehouse", str(five)],
        env=os.environ | {"PYTHONPATH": path},
    )

    async def talk() -> None:
        async with sdk.Client(parameters) as client:
            listed = (await client.list_tools()).tools
            assert {tool.name for tool in listed} == set(server.TOOLS)
            assert all(tool.annotations.read_only_hint for tool in listed)
            assert all("的" in tool.description for tool in listed)
            answer = await client.call_tool("find_tasks", {"words": "志愿者服务时间"})
            (task, *_) = json.loads(answer.content[0].text)["tasks"]
            assert task["locator"]
            answer = await client.call_tool("run_sql", {"sql": "SELECT task_id FROM core.tasks", "limit": 2})
            assert len(json.loads(answer.content[0].text)["sources"]) == 2
            refused = await client.call_tool("run_sql", {"sql": "DROP TABLE core.tasks"})
            assert refused.is_error

    anyio.run(talk)
