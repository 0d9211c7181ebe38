"""The task lists of the five published notices."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.conftest import five
from warehouse.export.task_lists import TaskList, build_task_lists
from warehouse.export.task_query import Selection, TaskFilter, select_tasks

__all__ = ["five"]


@pytest.fixture(scope="session")
def selection(five: Path) -> Selection:
    """Every task of the five notices."""
    return select_tasks(five, TaskFilter())


@pytest.fixture(scope="session")
def lists(selection: Selection) -> list[TaskList]:
    """One list per notice and party."""
    return list(build_task_lists(selection))


@pytest.fixture(scope="session")
def nameless(selection: Selection) -> list[TaskList]:
    """The same without names of people."""
    return list(build_task_lists(selection, persons=False))
