"""What a command imports: nothing heavy before it is needed, since that is most of the time of a short command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.pipelines.conftest import Workspace, run_without_dagster
from tests.pipelines.sample_notices import as_text

REPOSITORY: Final = Path(__file__).parents[2]
FRAMES: Final = frozenset({"numpy", "pandera", "polars", "pyarrow"})
READERS: Final = frozenset({"docx", "lxml", "openpyxl", "pdfplumber", "pypdfium2", "rapidfuzz"})
SERVERS: Final = frozenset({"asyncio", "dagster", "distributed", "httpx", "jinja2", "pebble", "starlette", "uvicorn"})
WATCHED: Final = FRAMES | READERS | SERVERS | {"duckdb", "pydantic"}
SETTINGS: Final = frozenset({"asyncio", "pydantic"})
"""What reading the settings imports: pydantic-settings imports asyncio."""
RUN: Final = """
import json, sys
from pipelines.cli import run
run(sys.argv[1:])
print("imported", json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def built_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one notice, built, and a second build noted."""
    workspace = Workspace(tmp_path_factory.mktemp("built_workspace"))
    workspace.put("甲.md", as_text("甲州", 3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.commands.build._run_job", run_without_dagster)
        workspace.build()
        workspace.build()
    return workspace


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("--help",), frozenset()),
        (("--version",), frozenset()),
        (("不认识",), SETTINGS),
        (("build", "--help"), SETTINGS),
        (("export", "--help"), SETTINGS),
        (("check", "--help"), SETTINGS),
        (("mcp", "--help"), SETTINGS),
        (("find", "志愿服务"), SETTINGS | {"duckdb"}),
        (("config",), SETTINGS),
        (("ask",), SETTINGS),
        (("notebook",), SETTINGS),
        (("status",), SETTINGS | {"duckdb"}),
        (("sql", "SELECT 1"), SETTINGS | {"duckdb"}),
        (("ask", "11"), SETTINGS | {"duckdb"}),
        (("editions",), SETTINGS | {"duckdb"}),
        (("progress", "show"), SETTINGS | {"duckdb"}),
        (("build",), SETTINGS | {"duckdb"}),
    ],
    ids=lambda names: " ".join(names if isinstance(names, tuple) else sorted(names)),
)
def test_a_command_imports_only_what_it_needs(
    built_workspace: Workspace, arguments: tuple[str, ...], needed: frozenset[str]
) -> None:
    environment = os.environ | {
        "PYTHONPATH": str(REPOSITORY),
        "WENMING_RAW": str(built_workspace.raw),
        "WENMING_WAREHOUSE": str(built_workspace.warehouse),
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    imported = json.loads(done.stderr.rpartition("imported ")[2])
    assert WATCHED.intersection(name.partition(".")[0] for name in imported) <= needed
    if arguments == ("build",):
        assert "没有变化，仓库保持原样" in done.stdout
