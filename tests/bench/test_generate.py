"""The generated notices differ, are the same each time, and say in every format what they were made to say."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

from extractors import extract
from extractors.readers.office import converter
from tests.bench.formats import OFFICE, render, suffix
from tests.bench.generate import generate
from tests.bench.notices import Notice, compose

SMALL = 14
FAST = ("docx", "xlsx", "html", "txt", "md", "zip")


def plain(text: str | None) -> str:
    return "".join((text or "").split())


def check(notice: Notice, file_format: str, *, support: bool = True) -> None:
    """The reader finds exactly what the notice was made of; without `support`, only the first-named unit counts."""
    found = extract(render(notice, file_format), f"notice{suffix(file_format)}")
    assert (found.notice.title, found.notice.doc_number) == (notice.title, notice.doc_number)
    assert found.notice.issuer == notice.issuer
    assert [plain(task.requirement) for task in found.tasks] == [plain(task.requirement) for task in notice.tasks]
    assert [(task.points, task.points_rows) for task in found.tasks] == [
        (task.points, task.points_rows) for task in notice.tasks
    ]
    named = {task.task_id: list[str]() for task in found.tasks}
    for party in found.task_parties:
        named[party.task_id].append(party.party)
    most = None if support else 1
    assert [units[:most] for units in named.values()] == [list(task.parties[:most]) for task in notice.tasks]
    assert [task.deadline for task in found.tasks if task.deadline] == [
        task.deadline for task in notice.tasks if task.deadline
    ]


@pytest.mark.parametrize("file_format", FAST)
def test_the_reader_finds_what_was_generated(file_format: str) -> None:
    # Text has no merged cells: an empty cell of a supporting unit cannot be told from one merged with that above.
    check(compose(2, SMALL), file_format, support=file_format not in ("txt", "md"))


@pytest.mark.parametrize(("number", "tasks"), [(1, SMALL), (9, 22)])
def test_pages_hold_what_was_generated(number: int, tasks: int) -> None:
    # In the second a page edge goes through a row, and the typesetter leaves room above it.
    check(compose(number, tasks), "pdf")


@pytest.mark.bench
@pytest.mark.skipif(
    converter.find_soffice() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)
@pytest.mark.parametrize("file_format", sorted(OFFICE))
def test_office_formats_hold_what_was_generated(file_format: str) -> None:
    check(compose(1, SMALL), file_format)


def test_notices_are_distinct() -> None:
    notices = [compose(index) for index in range(15)]
    assert all(len(notice.tasks) == 60 for notice in notices)
    assert len({notice.doc_number for notice in notices}) == 15
    texts = [task.requirement for notice in notices for task in notice.tasks]
    assert len(set(texts)) > 0.9 * len(texts)
    layouts = {tuple(cell.text for cell in table.cells if cell.row == 0) for one in notices for table in one.tables}
    assert len(layouts) > 13
    tables = [table for notice in notices for table in notice.tables]
    assert {table.header_rows for table in tables} == {1, 2}
    assert any(cell.text == "小计" for table in tables for cell in table.cells)
    for one, other in pairwise(notices):
        assert not {task.requirement for task in one.tasks} >= {task.requirement for task in other.tasks}


@pytest.mark.parametrize("file_format", ["docx", "xlsx", "pdf"])
def test_same_seed_same_bytes(file_format: str, tmp_path: Path) -> None:
    once, again = (generate(tmp_path / name, 1, file_format=file_format, tasks=8) for name in ("once", "again"))
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]


def test_another_seed_says_something_else() -> None:
    one, other = compose(0), compose(0, seed=1)
    assert not {task.requirement for task in one.tasks} & {task.requirement for task in other.tasks}
    assert one == compose(0)
