"""`wenming export merged`: a workbook to fill in and a form; what comes back counts for all sources of a row."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
from openpyxl import load_workbook

from pipelines.cli_common import OK
from pipelines.errors import WRONG_USAGE
from tests.pipelines.conftest import CommandResult
from tests.progress.conftest import fill
from tests.warehouse.conftest import rows
from tests.warehouse.test_unit_obligations import office
from warehouse.export.xlsx import FIRST_ROW, HEADER_ROW

__all__ = ["office"]

RunCommand = Callable[..., CommandResult]


def test_the_files_and_the_way_back(office: Path, tmp_path: Path, run_command: RunCommand) -> None:
    path = tmp_path / "w.duckdb"
    shutil.copyfile(office, path)
    where = ("--party", "教育局", "--warehouse", str(path))
    for form in ("xlsx", "docx"):
        done = run_command("export", "merged", *where, "--format", form, "--output", str(tmp_path / "清单"))
        assert done.code == OK, done.err
    order = docx.Document(str(tmp_path / "清单" / "教育局合并任务清单.docx"))
    texts = "\n".join(cell.text for table in order.tables for row in table.rows for cell in row.cells)
    assert "交通劝导" in texts + "\n".join(paragraph.text for paragraph in order.paragraphs)
    book = tmp_path / "清单" / "教育局合并任务清单.xlsx"
    sheet = load_workbook(book).worksheets[0]
    place = [cell.value for cell in sheet[HEADER_ROW]].index("任务要求")
    cells = [str(row[place].value) for row in sheet.iter_rows(min_row=FIRST_ROW)]
    index = next(number for number, text in enumerate(cells) if "交通劝导" in text)
    fill(book, {index: {"状态": "已完成", "完成日期": date(2024, 5, 1)}})
    assert run_command("progress", "import", str(book), "--warehouse", str(path)).code == OK
    found = rows(path)("SELECT tasks, covered FROM mart.unit_obligations WHERE unit = '教育局' AND covered > 0")
    assert found == [(3, 3)]


def test_a_template_is_for_forms(office: Path, run_command: RunCommand) -> None:
    done = run_command("export", "merged", "--party", "教育局", "--template", "x.docx", "--warehouse", str(office))
    assert done.code == WRONG_USAGE
