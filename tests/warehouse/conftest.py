"""The warehouse of the five published notices, built once even where several workers run the tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests import asking
from tests.explorer.sample_site import publish

Ask = Callable[..., list[tuple[Any, ...]]]


def rows(warehouse: Path) -> Ask:
    """A function that asks this warehouse."""

    def run_query(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return asking.rows(warehouse, sql, *parameters)

    return run_query


@pytest.fixture(scope="session")
def five(shared: Path, repository: Path) -> Path:
    """The warehouse of raw/; read-only."""
    folder = shared / "five"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.is_dir():
            shutil.copytree(repository / "raw", folder / "raw")
            publish(folder)
    return folder / "wenming.duckdb"


@pytest.fixture(scope="session")
def ask(five: Path) -> Ask:
    """Rows of a query on the warehouse of the five notices."""
    return rows(five)
