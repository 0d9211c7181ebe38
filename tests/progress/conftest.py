"""Workbooks that a person filled in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from assets.progress_import.import_workbooks import ImportResult, import_progress
from tests.warehouse.conftest import Ask, five, rows
from warehouse.export.task_lists import TaskList, build_task_lists
from warehouse.export.task_query import TaskFilter, select_tasks
from warehouse.export.xlsx import FIRST_ROW, HEADER_ROW, write_workbook

__all__ = ["five"]

NOW = datetime(2026, 4, 1, 2, tzinfo=UTC)


class Office:
    """A warehouse of its own, the lists it sends out, and what comes back."""

    def __init__(self, folder: Path, warehouse: Path) -> None:
        self.folder = folder
        self.warehouse = folder / "wenming.duckdb"
        self.ledger = folder / "progress"
        shutil.copyfile(warehouse, self.warehouse)

    def lists(self, notice: str) -> list[TaskList]:
        """The lists of the parties of a notice."""
        return list(build_task_lists(select_tasks(self.warehouse, TaskFilter(notices=(notice,)))))

    def send(self, one: TaskList, name: str = "清单.xlsx") -> Path:
        """The workbook of a list."""
        path = self.folder / name
        write_workbook([one], path)
        return path

    def take(self, *paths: Path, at: datetime = NOW) -> ImportResult:
        """Import workbooks."""
        return import_progress(self.warehouse, self.ledger, list(paths), now=at)

    @property
    def ask(self) -> Ask:
        """Rows of a query on the published file."""
        return rows(self.warehouse)


def fill(path: Path, fill_in: Mapping[int, Mapping[str, Any]]) -> Path:
    """Fill cells in: index of the row of the list -> header -> value."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value: number for number, cell in enumerate(sheet[HEADER_ROW], start=1)}
    for index, cells in fill_in.items():
        for header, value in cells.items():
            sheet.cell(FIRST_ROW + index, columns[header]).value = value
    book.save(path)
    return path


@pytest.fixture
def marts_of_lists(few_views: Callable[..., None]) -> None:
    """What is taken in is published with the marts that lists, and the next import, ask: the others take a second."""
    few_views("mart.topics", "mart.notice_labels", "mart.unchanged_tasks", "mart.task_progress")


@pytest.fixture
def office(five: Path, tmp_path: Path) -> Office:
    """An office that sends out and takes back."""
    return Office(tmp_path, five)
