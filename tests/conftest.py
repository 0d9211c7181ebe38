"""Fixtures shared by every room. The paths are read-only: safe to use from several workers at once."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

import schemas
from tests import asking
from warehouse.transform import derivation, mart_checks
from warehouse.transform.derivation import PYTHON_TABLES
from warehouse.transform.view_files import all_views

BARE_TABLES = tuple(statement for statement in schemas.build_ddl() if not statement.startswith("COMMENT"))
TESTS = Path(__file__).resolve().parent

# Tests start many processes, each of which would compile all modules anew: 160 seconds become nearly 300.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Eleven thousand tests are 600,000 objects, none of them garbage: at 700 new ones each time it is looked for too often.
gc.set_threshold(50_000, 20, 20)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew from what is read now")


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether the golden files are to be written and not compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session", autouse=True)
def closed_in_the_end() -> Iterator[None]:
    """No file stays open that a test asked."""
    yield
    asking.close()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top folder of the repository."""
    return TESTS.parent


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share; whoever makes something in it holds a lock beside it."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def notices() -> Path:
    """Published notices, never written to: `text/<slug>.txt|md` and `docx/<slug>.docx`."""
    return TESTS / "notices"


@pytest.fixture(scope="session")
def gold() -> Path:
    """What people read in those notices: `<slug>/tasks.jsonl`, `grid.json`, `facts.json` and, for some, more."""
    return TESTS / "gold"


def leave_out_views(patch: pytest.MonkeyPatch, *names: str) -> None:
    """Publish from here on with the named views, computed tables and those they ask alone.

    The names of notices stay as well: an update of a file asks them. Most of a publication goes into the others, the
    checks of marts and the comments on hundreds of columns, which a test of files or states never asks.
    """
    views = {view.full_name: view for view in all_views()}
    wanted: set[str] = set()
    asked = [*names, "mart.notice_names"]
    while asked:
        name = asked.pop()
        if name not in wanted:
            wanted.add(name)
            asked += views[name].dependencies if name in views else PYTHON_TABLES.get(name, ())
    kept = tuple(view for view in all_views() if view.full_name in wanted)
    computed = {name: asks for name, asks in PYTHON_TABLES.items() if name in wanted}
    patch.setattr(derivation, "all_views", lambda: kept)
    patch.setattr(derivation, "PYTHON_TABLES", computed)
    patch.setattr(mart_checks, "run_checks", lambda *_: None)
    patch.setattr(schemas, "build_ddl", lambda: BARE_TABLES)


@pytest.fixture
def few_views(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function for this test: from here on publish with the named views and computed tables alone."""
    return partial(leave_out_views, monkeypatch)
