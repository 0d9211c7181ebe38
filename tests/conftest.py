"""Fixtures shared by every room. The paths are read-only: safe to use from several workers at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests import asking
from warehouse.transform import derivation, mart_checks
from warehouse.transform.view_files import all_views

TESTS = Path(__file__).resolve().parent

# Tests start many processes, each of which would compile all modules anew: 160 seconds become nearly 300.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


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
def notices() -> Path:
    """Published notices, never written to: `text/<slug>.txt|md` and `docx/<slug>.docx`."""
    return TESTS / "notices"


@pytest.fixture(scope="session")
def gold() -> Path:
    """What people read in those notices: `<slug>/tasks.jsonl`, `grid.json`, `facts.json` and, for some, more."""
    return TESTS / "gold"


def leave_out_views(patch: pytest.MonkeyPatch, *names: str) -> None:
    """Publish from here on with the named views and those they ask alone, and without the checks of marts.

    Most of a second of every publication goes into the others, which a test of pairs, editions or files never asks.
    """
    wanted = {*names, *(name for asks in derivation.PYTHON_TABLES.values() for name in asks)}
    kept = []
    for view in reversed(all_views()):
        if view.full_name in wanted:
            wanted |= view.dependencies
            kept.append(view)
    patch.setattr(derivation, "all_views", lambda: tuple(reversed(kept)))
    patch.setattr(mart_checks, "run_checks", lambda *_: None)


@pytest.fixture
def few_views(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function for this test: from here on publish with the named views alone."""
    return partial(leave_out_views, monkeypatch)
