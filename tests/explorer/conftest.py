"""One warehouse for all tests of the explorer, built once even where several workers run them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock

from tests import asking
from tests.explorer.sample_site import build, publish, serving
from warehouse.explorer import create_app

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def warehouse(shared: Path) -> Path:
    """The warehouse; nobody writes to it."""
    folder = shared / "explorer"
    with FileLock(folder.with_suffix(".lock")):
        return folder / "wenming.duckdb" if folder.is_dir() else build(folder)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse without any notice."""
    return publish(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="session")
def ask(warehouse: Path) -> Ask:
    """Rows of a query on the warehouse, for what a page must show."""

    def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return asking.rows(warehouse, sql, *parameters)

    return rows


@pytest.fixture(scope="session")
def site(warehouse: Path) -> Iterator[str]:
    """The address of an explorer over the warehouse."""
    with serving(create_app(warehouse)) as address:
        yield address


@pytest.fixture(scope="session")
def web(site: str) -> Iterator[httpx.Client]:
    """A client of that explorer."""
    with httpx.Client(base_url=site, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def labels(ask: Ask) -> dict[str, str]:
    """notice_id by the first letters of the file's name."""
    return {
        path.partition("-")[0].partition(".")[0]: notice_id
        for path, notice_id in ask("SELECT source_path, notice_id FROM mart.notice_labels")
    }


@pytest.fixture(scope="session")
def empty_web(empty: Path) -> Iterator[httpx.Client]:
    """A client of an explorer over the warehouse without any notice."""
    with serving(create_app(empty)) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        yield client
