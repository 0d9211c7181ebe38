"""The rooms are where they are said to be, and published bytes are safe from the version control."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOMS = {"assets", "extractors", "notebooks", "pipelines", "raw", "schemas", "tests", "warehouse"}
PAGES = {
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "GUIDE.zh-CN.md",
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "SECURITY.md",
    "constraints.txt",
    "pyproject.toml",
}


@pytest.fixture(scope="module")
def tracked(repository: Path) -> list[str]:
    """Paths under version control; the tests that need them are left out where there is no git."""
    if shutil.which("git") is None or not (repository / ".git").exists():
        pytest.skip("no git checkout")
    listing = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files", "-z"], cwd=repository, capture_output=True, check=True
    )
    return listing.stdout.decode("utf-8").rstrip("\0").split("\0")


def test_top_level_is_rooms_and_pages(tracked: list[str]) -> None:
    top = {path.split("/")[0] for path in tracked}
    assert {name for name in top if not name.startswith(".")} - ROOMS - PAGES == set()


def test_git_never_rewrites_a_notice(repository: Path, tracked: list[str]) -> None:
    kept = [path for path in tracked if path.startswith(("raw/", "tests/notices/", "tests/gold/"))]
    kept = [path for path in kept if path not in ("raw/README.md", "raw/manifest.csv", "raw/sources.toml")]
    assert kept
    answer = subprocess.run(
        ["git", "-c", "core.quotepath=off", "check-attr", "-z", "text", "--", *kept],
        cwd=repository,
        capture_output=True,
        check=True,
    )
    fields = answer.stdout.decode("utf-8").rstrip("\0").split("\0")
    assert {path: value for path, value in zip(fields[0::3], fields[2::3], strict=True) if value != "unset"} == {}


def test_no_published_warehouse_is_tracked(tracked: list[str]) -> None:
    assert [path for path in tracked if path.endswith((".duckdb", ".wal", ".parquet"))] == []
