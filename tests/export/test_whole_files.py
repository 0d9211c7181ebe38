"""Whole lists, papers, calendars and comparisons, compared line by line with `tests/export/files`.

What is kept is what is written today; a file that changes on purpose is written anew by the command that the failure
names, and a reviewer reads the difference.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from tests.export.comparison.drawn import drawn
from tests.export.drawn_lists import drawn_selection
from tests.golden_files import difference_from_golden, shorten_numbers
from warehouse.export.comparison import load, narrative, report, tables
from warehouse.export.comparison.load import Comparison
from warehouse.export.comparison.similar_tasks import similar_tasks_table
from warehouse.export.comparison.tables import format_cell
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
DATA_DAY = re.compile(r"数据日期：\d{4}-\d\d-\d\d")
DRAWN = 16
DRAWN_LISTS = {
    "lists.xlsx": 2,
    "paper.docx": 4,
    "paper-of-all.docx": 4,
    "calendar.ics": 8,
    "lists.csv": 8,
    "lists.json": 4,
}
TABLES = (
    tables.notices_table, tables.topic_weights_table, tables.topic_points_table, tables.similarity_table,
    tables.methods_table, tables.evidence_table, tables.due_months_table, tables.deadlines_table,
    tables.threshold_comparison_table, tables.thresholds_table, tables.concentration_table, tables.parties_table,
    tables.unique_tasks_table, similar_tasks_table,
)  # fmt: skip
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
    # The warehouse of the tests is built on the day of the tests.
    return shorten_numbers(DATA_DAY.sub("数据日期：当日", text))


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


@pytest.mark.parametrize(("name", "seeds"), DRAWN_LISTS.items())
def test_lists_drawn_by_lot_are_written_as_kept(name: str, seeds: int, tmp_path: Path, update_golden: bool) -> None:
    text = ""
    for seed in range(seeds):
        selection = drawn_selection(seed)
        lists = [
            *build_task_lists(selection, persons=bool(seed % 2)),
            *build_task_lists(selection, by_party=False, persons=bool(seed % 2)),
        ]
        WRITERS[name](lists, tmp_path / name)
        text += f"== {seed}\n{text_of(tmp_path / name)}"
    difference = difference_from_golden(GOLDEN_FOLDER / f"drawn-{name}.txt", text, update_golden)
    assert not difference, f"{name} differs; if this is meant: {UPDATE}\n{difference}"


def test_a_comparison_is_written_as_kept(five: Path, tmp_path: Path, update_golden: bool) -> None:
    ids = load.find_notice_ids(five, [])[:3]
    write_comparison(five, ids, tmp_path / "comparison.xlsx")
    now = text_of(tmp_path / "comparison.xlsx")
    difference = difference_from_golden(GOLDEN_FOLDER / "comparison.xlsx.txt", now, update_golden)
    assert not difference, f"comparison.xlsx differs; if this is meant: {UPDATE}\n{difference}"


def test_comparisons_drawn_by_lot_are_told_as_kept(monkeypatch: pytest.MonkeyPatch, update_golden: bool) -> None:
    monkeypatch.setattr(report, "_to_svg", lambda chart, font: chart.to_dict())
    text = "".join(told_of(drawn(seed), f"== {seed}") for seed in range(DRAWN))
    difference = difference_from_golden(GOLDEN_FOLDER / "comparisons.txt", shorten_numbers(text), update_golden)
    assert not difference, f"comparisons differ; if this is meant: {UPDATE}\n{difference}"


def told_of(comparison: Comparison, title: str) -> str:
    """All that tables, sentences and the report say of a comparison, a line each; charts as their descriptions."""
    lines = [title]
    lines += [f"{gap.heading}：{gap.text}" for gap in narrative.find_gaps(comparison)]
    for make in TABLES:
        table = make(comparison)
        lines += [f"-- {table.name} {table.has_groups}", *(str(column) for column in table.columns if column.group)]
        lines += [
            "|".join(format_cell(one, c.kind) for one, c in zip(row, table.columns, strict=True)) for row in table.rows
        ]
    for section in report.build_sections(comparison, "字体"):
        lines += [f"-- {section['title']}", *(f"{one['heading']}：{one['text']}" for one in section["findings"])]
        lines += [json.dumps(one, ensure_ascii=False) for one in section["pictures"]]
        for table in section["tables"]:
            lines += [f"{table['title']} {table['note']} {table['empty']}", str(table["columns"])]
            lines += ["|".join(row) for row in table["rows"]]
    return "\n".join([*lines, ""])


def test_nothing_is_kept_that_no_way_writes() -> None:
    names = (*WRITERS, *(f"drawn-{name}" for name in DRAWN_LISTS), "comparison.xlsx", "comparisons")
    kept = {f"{name}.txt" for name in names}
    assert {path.name for path in GOLDEN_FOLDER.iterdir()} == kept
