"""Whole lists, papers, calendars and comparisons, compared line by line with `tests/export/files`.

What is kept is what is written today; a file that changes on purpose is written anew by the command that the failure
names, and a reviewer reads the difference.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from tests.golden_files import difference_from_golden, shorten_numbers
from warehouse.export.comparison import load as comparison
from warehouse.export.comparison.workbook import write_workbook as write_comparison
from warehouse.export.csv_json import write_csv, write_json
from warehouse.export.docx import write_docx
from warehouse.export.ics import write_ics
from warehouse.export.task_lists import TaskList, build_task_lists, keep_tasks
from warehouse.export.task_query import TaskFilter, select_tasks
from warehouse.export.xlsx import write_workbook

GOLDEN_FOLDER = Path(__file__).parent / "files"
UPDATE = ".venv/bin/pytest --update-golden tests/export/test_whole_files.py"
LEFT_OUT = (
    "theme", "docProps", "fontTable", "settings.xml", "webSettings", "numbering.xml", "word/styles.xml", "media/",
)  # fmt: skip
"""Parts that come from a library or the template as they are."""
ROWS = 6
WRITERS: dict[str, Callable[[list[TaskList], Path], object]] = {
    "lists.xlsx": write_workbook,
    "paper.docx": lambda lists, target: write_docx(lists[0], target),
    "paper-of-all.docx": lambda lists, target: write_docx(lists[-1], target),
    "calendar.ics": write_ics,
    "lists.csv": write_csv,
    "lists.json": write_json,
}


def text_of(path: Path) -> str:
    """A file as lines: the parts of a package one behind the other, each element on a line of its own."""
    if not zipfile.is_zipfile(path):
        return path.read_text("utf-8-sig").replace("\r\n", "\n")
    text = ""
    with zipfile.ZipFile(path) as package:
        for part in package.namelist():
            if not any(name in part for name in LEFT_OUT):
                lines = package.read(part).decode("utf-8").replace("><", ">\n<")
                text += f"== {part}\n{unescape(lines)}\n"
    return shorten_numbers(text)


@pytest.fixture(scope="module")
def chosen(five: Path) -> list[TaskList]:
    """Lists of two offices, one of nobody and one of all, the first rows of each."""
    found: list[TaskList] = []
    for place in ("华容", "淄博"):
        selection = select_tasks(five, TaskFilter(notices=(place,)))
        mine = [one for one in build_task_lists(selection) if len(one.rows) > 1]
        (whole,) = build_task_lists(selection, by_party=False)
        found += [*mine[:2], *(one for one in mine if one.party is None), whole]
    return [keep_tasks(one, {row.task.task_id for row in one.rows[:ROWS]}) for one in found]


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_written_as_kept(name: str, chosen: list[TaskList], tmp_path: Path, update_golden: bool) -> None:
    target = tmp_path / name
    WRITERS[name](chosen, target)
    difference = difference_from_golden(GOLDEN_FOLDER / f"{name}.txt", text_of(target), update_golden)
    assert not difference, f"{name} differs; if this is meant: {UPDATE}\n{difference}"


def test_a_comparison_is_written_as_kept(five: Path, tmp_path: Path, update_golden: bool) -> None:
    ids = comparison.find_notice_ids(five, [])[:3]
    write_comparison(five, ids, tmp_path / "comparison.xlsx")
    now = text_of(tmp_path / "comparison.xlsx")
    difference = difference_from_golden(GOLDEN_FOLDER / "comparison.xlsx.txt", now, update_golden)
    assert not difference, f"comparison.xlsx differs; if this is meant: {UPDATE}\n{difference}"


def test_nothing_is_kept_that_no_way_writes() -> None:
    assert {path.name for path in GOLDEN_FOLDER.iterdir()} == {f"{name}.txt" for name in (*WRITERS, "comparison.xlsx")}
