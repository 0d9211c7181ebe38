"""Fixtures shared by every room. All of them are read-only paths: safe to use from several workers at once."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent


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
