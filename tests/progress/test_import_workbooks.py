"""Workbooks out, filled in, mistreated as people do, and in again."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from assets.ingest import progress_ledger
from assets.progress_import.import_workbooks import expand_paths, make_import_frame
from assets.progress_import.parse_workbook import NotATaskListError, read_workbook
from tests.progress.conftest import NOW, Office, fill
from warehouse import store
from warehouse.errors import PublishError, WarehouseChangedError
from warehouse.export.columns import COLUMNS, KEY, OLD_KEY
from warehouse.export.task_lists import build_task_lists
from warehouse.export.task_query import TaskFilter, select_tasks
from warehouse.export.xlsx import FIRST_ROW, HEADER_ROW

pytestmark = pytest.mark.usefixtures("marts_of_lists")


def test_what_was_filled_in_arrives_once_and_comes_back_in_the_next_list(office: Office) -> None:
    one = max(office.lists("淄博"), key=lambda each: len(each.rows))
    path = fill(
        office.send(one),
        {
            0: {"状态": "已完成", "完成日期": date(2026, 3, 5), "已备材料": "说明报告1份、图片3张", "说明": "已报送"},
            1: {"状态": "进行中"},
            2: {"状态": "已完成", "完成日期": "2026年3月6日", "已备材料": "已备齐"},
            3: {"状态": "随便", "说明": "看不懂"},
        },
    )
    done = office.take(path)
    assert (len(done.validation.reports), len(done.validation.issues)) == (3, 1)
    assert done.validation.untouched == len(one.rows) - 4
    found = office.ask(
        "SELECT task_id, party, status, done_on, evidence_on_hand, note, file, sheet, row, imported_at "
        "FROM ops.progress ORDER BY line"
    )
    task = one.rows[0].task.task_id
    place = ("清单.xlsx", one.unit, FIRST_ROW)
    moment = NOW.replace(tzinfo=None)
    assert found[0] == (task, one.party, "done", date(2026, 3, 5), "说明报告1份、图片3张", "已报送", *place, moment)
    assert [row[2] for row in found] == ["done", "in_progress", "done"]
    materials = office.ask("SELECT line, kind, items FROM ops.progress_materials ORDER BY line, ordinal")
    assert materials == [(1, "report", 1), (1, "photo", 3), (3, "all", 1)]
    ((kind, row, content),) = office.ask("SELECT kind, row, content FROM ops.progress_issues")
    assert (kind, row, json.loads(content)["说明"]) == ("status", FIRST_ROW + 3, "看不懂")

    again = office.take(path, at=NOW + timedelta(hours=1))
    assert (again.validation.reports, again.validation.same) == ([], 3)
    assert office.ask("SELECT count(*) FROM ops.progress") == [(3,)]
    (mine,) = [each for each in office.lists("淄博") if each.party == one.party]
    assert [mine.rows[0].cells[header] for header in ("状态", "完成日期", "说明")] == [
        "已完成",
        date(2026, 3, 5),
        "已报送",
    ]
    later = fill(office.send(mine, "第二次.xlsx"), {0: {"说明": "补报"}})
    assert len(office.take(later, at=NOW + timedelta(days=1)).validation.reports) == 1
    assert office.ask(
        f"SELECT status, note FROM mart.task_progress WHERE task_id = '{task}' AND party = '{one.party}'"
    ) == [("done", "补报")]


def test_sorted_renamed_widened_and_shortened_lists_still_fit(office: Office) -> None:
    one = max(office.lists("华容"), key=lambda each: len(each.rows))
    path = office.send(one)
    book = load_workbook(path)
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[HEADER_ROW]]
    body = [[cell.value for cell in cells] for cells in sheet.iter_rows(min_row=FIRST_ROW)]
    mixed = Workbook()
    other = mixed.active
    assert other is not None
    other.title = "改了名"
    other.append(["随手加的一行"])
    order = [headers.index(KEY), *(number for number, header in enumerate(headers) if header != KEY)]
    other.append([headers[number] for number in order])
    for number, values in enumerate(reversed(body[5:]), start=1):
        values[headers.index("状态")] = "进行中"
        values[headers.index("序号")] = number
        other.append([values[column] for column in order])
    other.column_dimensions["A"].width = 90
    mixed.save(path)
    done = office.take(path)
    assert (len(done.validation.reports), done.validation.issues) == (len(body) - 5, [])
    assert {one.row.sheet for one in done.validation.reports} == {"改了名"}


def test_a_list_sent_out_in_the_former_layout_is_still_taken(office: Office) -> None:
    """It has a column for every fact, the header in the third row, and the former header over the keys."""
    one = max(office.lists("淄博"), key=lambda each: len(each.rows))
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    headers = [column.header for column in COLUMNS]
    for line in ([one.title], [f"责任单位：{one.unit}"], [*headers, OLD_KEY]):
        sheet.append(line)
    for number, row in enumerate(one.rows):
        filled = {"状态": "已完成", "完成日期": date(2026, 3, 5)} if number == 1 else {}
        cells = row.cells | filled | ({"任务要求": "改掉", "状态": "进行中"} if number == 2 else {})
        sheet.append([*(cells[header] for header in headers), str(row.key)])
    path = office.folder / "旧清单.xlsx"
    book.save(path)
    done = office.take(path)
    assert [accepted.row.row for accepted in done.validation.reports] == [5]
    assert [(issue.kind, issue.row.row) for issue in done.validation.issues] == [("changed_cell", 6)]
    assert done.validation.untouched == len(one.rows) - 2


def test_a_text_of_the_sheet_that_was_changed_is_refused(office: Office) -> None:
    one = max(office.lists("华容"), key=lambda each: len(each.rows))
    for number, header in enumerate(("任务要求", "责任分工", "材料要求")):
        path = fill(office.send(one, f"{number}.xlsx"), {0: {header: "改掉", "状态": "进行中"}})
        (issue,) = office.take(path).validation.issues
        assert issue.kind == "changed_cell", header


def test_formulas_merged_cells_and_pasted_rows_are_listed(office: Office) -> None:
    one = max(office.lists("淄博"), key=lambda each: len(each.rows))
    path = fill(
        office.send(one), {0: {"状态": "已完成", "完成日期": "=TODAY()"}, 1: {"状态": "进行中"}, 6: {"状态": "进行中"}}
    )
    book = load_workbook(path)
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[HEADER_ROW]]
    status = headers.index("状态") + 1
    letter = get_column_letter(status)
    sheet.merge_cells(f"{letter}{FIRST_ROW + 1}:{letter}{FIRST_ROW + 3}")
    for column in range(1, status):
        value = sheet.cell(FIRST_ROW + 7, column).value
        if headers[column - 1] != "分值":
            sheet.cell(FIRST_ROW + 6, column).value = value
    sheet.cell(FIRST_ROW + len(one.rows), 2).value = "制表人：甲"
    for row in range(FIRST_ROW + len(one.rows) + 1, FIRST_ROW + len(one.rows) + 10_000):
        sheet.cell(row, 1).value = " "
    sheet.cell(FIRST_ROW + len(one.rows) + 10_000, status).value = "进行中"
    book.save(path)
    rows = read_workbook(path, path.name)
    assert len(rows) == len(one.rows) + 1
    done = office.take(path)
    assert done.validation.reports == []
    kinds = [(issue.kind, issue.row.row - FIRST_ROW) for issue in done.validation.issues]
    assert kinds == [
        ("formula", 0),
        ("merged", 1),
        ("merged", 2),
        ("merged", 3),
        ("changed_cell", 6),
        ("key", len(one.rows) + 10_000),
    ]


def test_a_copy_of_a_list_is_named_and_counts_once(office: Office) -> None:
    path = fill(office.send(office.lists("淄博")[0]), {0: {"状态": "进行中"}})
    copy = path.with_name("清单 - 副本.xlsx")
    copy.write_bytes(path.read_bytes())
    done = office.take(path, copy)
    assert (len(done.validation.reports), done.repeated_files) == (1, [(copy.name, path.name)])
    assert done.is_clean is True


def test_files_that_are_no_lists(office: Office, tmp_path: Path) -> None:
    stranger = tmp_path / "别的表.xlsx"
    Workbook().save(stranger)
    keyless = office.send(office.lists("淄博")[0], "没有键.xlsx")
    book = load_workbook(keyless)
    sheet = book.worksheets[0]
    sheet.delete_cols([cell.value for cell in sheet[HEADER_ROW]].index(KEY) + 1)
    book.save(keyless)
    macro = tmp_path / "宏.xlsm"
    macro.write_bytes(office.send(office.lists("淄博")[0]).read_bytes())
    with zipfile.ZipFile(macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    locked = tmp_path / "加密.xlsx"
    locked.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4096)
    text = tmp_path / "表.csv"
    text.write_text("状态\n已完成\n", "utf-8")
    messages = {
        stranger: "不是本程序导出的任务清单",
        keyless: "系统编号列已被删去",
        macro: "有宏",
        text: "csv",
        tmp_path / "没有.xlsx": "无法打开",
    }
    for path, message in messages.items():
        with pytest.raises(NotATaskListError, match=message):
            read_workbook(path, path.name)
    with pytest.raises(NotATaskListError):
        read_workbook(locked, locked.name)
    done = office.take(stranger, keyless, macro, text, locked)
    assert set(done.refused_files) == {"别的表.xlsx", "没有键.xlsx", "宏.xlsm", "表.csv", "加密.xlsx"}
    assert not done.is_clean
    assert office.ask("SELECT DISTINCT kind, row FROM ops.progress_issues") == [("file", None)]
    assert office.ask("SELECT count(*) FROM ops.progress_issues") == [(5,)]


def test_a_publication_that_fails_leaves_ledger_and_warehouse_as_they_were(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fill(office.send(office.lists("淄博")[0]), {0: {"状态": "进行中"}})
    before = office.warehouse.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise PublishError("磁盘已满")

    with monkeypatch.context() as patch:
        patch.setattr(store, "publish", full)
        with pytest.raises(PublishError):
            office.take(path)
    assert list(office.ledger.iterdir()) == []
    assert office.warehouse.read_bytes() == before
    assert len(office.take(path).validation.reports) == 1


def test_the_ledger_outlives_the_warehouse_and_tells_of_damage(tmp_path: Path) -> None:
    assert progress_ledger.read_ledger(tmp_path)["ops.progress"].is_empty()
    frame = make_import_frame([], [], {"别的表.xlsx": (None, "不是清单")}, datetime(2026, 4, 1, tzinfo=UTC))
    written = progress_ledger.write_import(tmp_path, frame)
    assert progress_ledger.file_digests(tmp_path).keys() == {written.stem} == {"20260401T000000000000Z"}
    assert [path.name for path in tmp_path.iterdir()] == [written.name]
    written.with_name("20260402T000000000000Z.parquet").write_bytes(b"nonsense")
    wrong = frame.with_columns(kind=pl.lit("anything"), import_id=pl.lit("20260403T000000000000Z"))
    wrong.write_parquet(tmp_path / "20260403T000000000000Z.parquet")
    (tmp_path / "笔记.parquet").write_bytes(b"not ours")
    issues = progress_ledger.read_ledger(tmp_path)["ops.progress_issues"]
    assert issues["file"].to_list() == [
        "别的表.xlsx",
        "20260402T000000000000Z.parquet",
        "20260403T000000000000Z.parquet",
    ]
    assert "请从备份恢复" in issues["message"][1]
    assert len(progress_ledger.file_digests(tmp_path).keys()) == 3


def test_folders_stand_for_the_spreadsheets_in_them(tmp_path: Path) -> None:
    for name in ("甲/甲科.xlsx", "甲/~$甲科.xlsx", "乙.ods", "说明.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert expand_paths([tmp_path, tmp_path / "说明.txt"]) == [
        tmp_path / "乙.ods",
        tmp_path / "甲/甲科.xlsx",
        tmp_path / "说明.txt",
    ]


def test_a_list_of_the_whole_notice_counts_for_each_party(office: Office) -> None:
    (whole,) = build_task_lists(select_tasks(office.warehouse, TaskFilter(notices=("淄博",))), by_party=False)
    done = office.take(fill(office.send(whole), {0: {"状态": "已完成"}}))
    assert [report.key.party for report in done.validation.reports] == [None]
    task = whole.rows[0].task
    assert set(office.ask(f"SELECT party, status FROM mart.task_progress WHERE task_id = '{task.task_id}'")) == {
        (one.party, "done") for one in task.parties
    }
    (again,) = build_task_lists(select_tasks(office.warehouse, TaskFilter(notices=("淄博",))), by_party=False)
    assert (again.rows[0].cells["状态"], again.rows[1].cells["状态"]) == ("已完成", None)


def test_progress_alone_never_becomes_a_warehouse(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a newer version of the program meets the file of an older one."""
    path = fill(office.send(office.lists("淄博")[0]), {0: {"状态": "进行中"}})
    before = office.warehouse.read_bytes()
    monkeypatch.setattr("schemas.fingerprint", lambda: "another")
    with pytest.raises(WarehouseChangedError, match="wenming build"):
        office.take(path)
    assert office.warehouse.read_bytes() == before
    assert not office.ledger.exists()
