"""The round trip of every list of the five notices through LibreOffice."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from extractors.readers.office.converter import find_python, find_soffice
from tests.progress.conftest import Office
from warehouse.export.columns import FILL_IN
from warehouse.export.sheet_columns import lay_out_list
from warehouse.export.task_lists import TaskList, build_task_lists
from warehouse.export.task_query import TaskFilter, select_tasks
from warehouse.export.xlsx import FIRST_ROW, HEADER_ROW

PROGRAM = find_soffice()
CLERK = Path(__file__).with_name("clerk.py")
STATUSES = ("已完成", "进行中", "未开始", "需协调", "不适用")

pytestmark = [
    pytest.mark.export,
    pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not installed"),
]


def typed(one: TaskList, first: int) -> list[tuple[int, int, str]]:
    """What the clerk types: a status for every row, more beside it, and something into a cell that is protected."""
    cells: list[tuple[int, int, str]] = []
    headers = lay_out_list(one).headers
    for index in range(len(one.rows)):
        status = STATUSES[(first + index) % len(STATUSES)]
        row = FIRST_ROW - 1 + index
        cells.append((row, headers.index("状态"), status))
        cells.append((row, headers.index("说明"), f"第 {first + index} 条，=1+1 不是公式"))
        if status == "已完成":
            cells.append((row, headers.index("完成日期"), f"2026-03-{index % 28 + 1:02}"))
            cells.append((row, headers.index("已备材料"), "方案1份、照片3张"))
    return [*cells, (FIRST_ROW - 1, headers.index("任务要求"), "改掉")]


def protected(path: Path) -> list[list[Any]]:
    """Every cell that is not to be filled in, as stored."""
    sheet = load_workbook(path).worksheets[0]
    headers = [cell.value for cell in sheet[HEADER_ROW]]
    return [
        [cell.value for header, cell in zip(headers, cells, strict=False) if header not in FILL_IN]
        for cells in sheet.iter_rows(min_row=HEADER_ROW, max_col=len(headers))
    ]


def clerk(office: Office, books: list[dict[str, Any]]) -> Any:
    """The cells that the clerk could not change in each workbook."""
    assert PROGRAM is not None
    requests = {"soffice": str(PROGRAM), "profile": str(office.folder / "profile"), "books": books}
    done = subprocess.run(
        [find_python(PROGRAM), str(CLERK)],
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return json.loads(done.stdout)


def test_everything_typed_in_libreoffice_arrives_once(office: Office) -> None:
    lists = list(build_task_lists(select_tasks(office.warehouse, TaskFilter())))
    books, sent = [], 0
    for number, one in enumerate(lists):
        source = office.send(one, f"{number}.xlsx")
        books.append(
            {"source": str(source), "target": str(office.folder / f"{number}-填.xlsx"), "typed": typed(one, sent)}
        )
        sent += len(one.rows)
    assert clerk(office, books) == [1] * len(lists)
    returned = [Path(str(book["target"])) for book in books]
    for book in books:
        assert protected(Path(str(book["target"]))) == protected(Path(str(book["source"])))

    taken = office.take(*returned)
    assert taken.validation.issues == []
    assert len(taken.validation.reports) == sent
    found = office.ask("SELECT task_id, party, status, done_on, note FROM ops.progress")
    assert len({(task, party) for task, party, *_ in found}) == len(found) == sent
    words = dict(zip(STATUSES, ("done", "in_progress", "not_started", "blocked", "not_applicable"), strict=True))
    wanted, place = {}, 0
    for one in lists:
        for index, row in enumerate(one.rows):
            status = STATUSES[place % len(STATUSES)]
            day = date(2026, 3, index % 28 + 1) if status == "已完成" else None
            wanted[row.task.task_id, one.party] = (words[status], day, f"第 {place} 条，=1+1 不是公式")
            place += 1
    assert {(task, party): tuple(rest) for task, party, *rest in found} == wanted


def test_rows_sorted_in_libreoffice_keep_their_keys(office: Office) -> None:
    lists = build_task_lists(select_tasks(office.warehouse, TaskFilter()))
    one = max((each for each in lists if not each.merges), key=lambda each: len(each.rows))
    source, target = office.send(one), office.folder / "排过序.xlsx"
    headers = lay_out_list(one).headers
    words = [
        (FIRST_ROW - 1 + at, headers.index(header), text)
        for at, row in enumerate(one.rows)
        for header, text in (("状态", "进行中"), ("说明", row.task.task_id))
    ]
    # What the arrows of the filter sort.
    rows = load_workbook(source).worksheets[0].auto_filter.ref
    book = {"source": str(source), "target": str(target), "typed": words, "by": (rows, headers.index("任务要求"))}
    assert clerk(office, [book]) == [0]
    assert protected(target) != protected(source)
    taken = office.take(target)
    assert taken.validation.issues == []
    found = office.ask("SELECT task_id, note FROM ops.progress")
    assert len(found) == len(one.rows)
    assert all(task == note for task, note in found)
