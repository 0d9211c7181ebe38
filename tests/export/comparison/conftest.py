"""The comparison of the five notices, and a spoilt copy of their warehouse."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.conftest import Ask, ask
from warehouse.export.comparison.load import Comparison, find_notice_ids, load_comparison

__all__ = ["Ask", "ask"]

Spoil = Callable[..., Path]


@pytest.fixture(scope="session")
def all_ids(five: Path) -> list[str]:
    """The five notices in the order of places."""
    return find_notice_ids(five, [])


@pytest.fixture(scope="session")
def comparison(five: Path, all_ids: list[str]) -> Comparison:
    """The comparison of all five."""
    return load_comparison(five, all_ids)


@pytest.fixture
def spoil(five: Path, tmp_path: Path) -> Spoil:
    """A function that copies the warehouse and runs statements on the copy."""

    def spoilt(*statements: str) -> Path:
        copy = tmp_path / "spoilt.duckdb"
        shutil.copyfile(five, copy)
        with duckdb.connect(str(copy)) as connection:
            for statement in statements:
                connection.execute(statement)
        return copy

    return spoilt
