"""The warehouse of the five published notices, built once even where several workers run the tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.explorer.house import publish
from warehouse import checks, derive, store
from warehouse.views import all_views

Ask = Callable[..., list[tuple[Any, ...]]]


def rows(warehouse: Path) -> Ask:
    """A function that asks this warehouse."""

    def asked(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with closing(store.connect(warehouse)) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    return asked


@pytest.fixture(scope="session")
def five(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """The warehouse of raw/; nobody writes to it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "five"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.is_dir():
            shutil.copytree(repository / "raw", folder / "raw")
            publish(folder)
    return folder / "wenming.duckdb"


@pytest.fixture
def few_views(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Publish from here on with the named views and those they ask alone, and without the checks of marts.

    Most of a second of every publication goes into the others, which a test of pairs, editions or files never asks.
    """

    def only(*names: str) -> None:
        wanted = {*names, *(name for _, asks in derive.COMPUTED.values() for name in asks)}
        kept = []
        for view in reversed(all_views()):
            if view.full_name in wanted:
                wanted |= view.asks
                kept.append(view)
        monkeypatch.setattr(derive, "all_views", lambda: tuple(reversed(kept)))
        monkeypatch.setattr(checks, "record", lambda connection: None)

    return only


@pytest.fixture(scope="session")
def ask(five: Path) -> Ask:
    """Rows of a query on the warehouse of the five notices."""
    return rows(five)
