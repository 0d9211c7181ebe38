"""Files of task lists: never overwritten once filled in, and refreshed only where the content changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from warehouse.errors import ExportError, QueryError
from warehouse.export import ExportFormat
from warehouse.export.task_lists import TaskList, keep_tasks
from warehouse.export.write_files import WriteOptions, refresh_folder, write_list_files, write_single_file


@pytest.fixture(scope="module")
def longest(lists: list[TaskList]) -> TaskList:
    """A list with merged scores."""
    return max((item for item in lists if item.merges), key=lambda item: len(item.rows))


def test_one_file_with_a_sheet_per_party(lists: list[TaskList], tmp_path: Path) -> None:
    own = [item for item in lists if item.notice == lists[0].notice]
    write_single_file(own, tmp_path / "全部.xlsx", WriteOptions(ExportFormat.XLSX))
    book = load_workbook(tmp_path / "全部.xlsx", read_only=True)
    assert len(book.sheetnames) == len(own) + 3
    with pytest.raises(QueryError, match="一份只写一个责任单位"):
        write_single_file(own, tmp_path / "全部.docx", WriteOptions(ExportFormat.DOCX))


def test_a_file_that_differs_is_not_replaced(longest: TaskList, tmp_path: Path) -> None:
    (path,) = write_list_files([longest], tmp_path, WriteOptions(ExportFormat.XLSX))
    assert list(write_list_files([longest], tmp_path, WriteOptions(ExportFormat.XLSX))) == [path]
    path.write_bytes(b"filled in by somebody")
    with pytest.raises(ExportError, match="可能有人填写过"):
        list(write_list_files([longest], tmp_path, WriteOptions(ExportFormat.XLSX)))
    assert path.read_bytes() == b"filled in by somebody"
    list(write_list_files([longest], tmp_path, WriteOptions(ExportFormat.XLSX, overwrite=True)))
    assert path.read_bytes().startswith(b"PK")
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_only_lists_that_changed_are_written_and_never_over_filled_ones(lists: list[TaskList], tmp_path: Path) -> None:
    own = [item for item in lists if item.notice == lists[0].notice][:3]
    assert len(refresh_folder(own, tmp_path).written) == 3
    again = refresh_folder(own, tmp_path)
    assert (again.written, len(again.unchanged)) == ([], 3)

    shorter = keep_tasks(own[0], {row.task.task_id for row in own[0].rows[:1]})
    changed = refresh_folder([shorter, *own[1:]], tmp_path)
    assert (len(changed.written), len(changed.unchanged), changed.written_beside) == (1, 2, [])

    path = next(path for path in tmp_path.rglob("*.xlsx") if path.stem == own[0].unit)
    path.write_bytes(path.read_bytes() + b"filled in")
    before = path.read_bytes()
    beside = refresh_folder(own, tmp_path)
    assert (beside.written, len(beside.written_beside)) == ([], 1)
    assert path.read_bytes() == before
    assert path.with_stem(f"{path.stem}（更新1）").exists()
    assert refresh_folder(own, tmp_path).written_beside == []
    assert len(refresh_folder([shorter, *own[1:]], tmp_path).written_beside) == 1
    assert path.with_stem(f"{path.stem}（更新2）").exists()
    assert len(refresh_folder(own[1:], tmp_path).obsolete) == 1
    assert path.read_bytes() == before


def test_a_lost_record_costs_nothing_but_copies(lists: list[TaskList], tmp_path: Path) -> None:
    refresh_folder(lists[:1], tmp_path)
    (tmp_path / ".state.json").write_text("nonsense", "utf-8")
    assert len(refresh_folder(lists[:1], tmp_path).written_beside) == 1
    assert len(list(tmp_path.rglob("*.xlsx"))) == 2
