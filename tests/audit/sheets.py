"""The worksheet that a person signs: one drawn fact a row, boxes for 对 and 错, who judged and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

import schemas
from tests.audit.drawing import DrawnFact
from warehouse.export.office_files import make_printable, save_workbook

WIDTHS = {
    "序号": 6,
    "表": 18,
    "通知": 22,
    "出处": 20,
    "原文": 60,
    "所在单元格": 40,
    "读出的内容": 50,
    "对": 5,
    "错": 5,
    "说明": 30,
    "审核人": 14,
    "日期": 12,
}
HEADER_ROW = 2
INSTRUCTION = (
    "抽样审核：种子 {seed}，每表至多 {count} 行。对照原文，在“对”或“错”栏打√；判错的写明正确内容；签审核人和日期。"
)
UNSIGNED = "人工复核待签"
"""What stands for the reviewer while no person has signed."""


class SheetError(Exception):
    """A worksheet that cannot be counted: says which row and why."""


@dataclass(frozen=True, slots=True)
class JudgedFact:
    """A row of a worksheet that came back."""

    number: int
    table: str
    slug: str
    locator: str
    right: bool | None
    """None: neither box is ticked."""
    note: str
    reviewer: str
    day: str

    @property
    def is_signed(self) -> bool:
        """Whether a person stands by it."""
        return bool(self.reviewer and self.reviewer != UNSIGNED and self.day)


def write_sheet(drawn: Sequence[DrawnFact], target: Path, *, seed: int, count: int) -> None:
    """Write the worksheet; the same facts give the same bytes.

    Raises:
        FileExistsError: `target` is there already; a sheet that somebody may have signed is never overwritten.
    """
    if target.exists():
        raise FileExistsError(target)
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "抽样审核"
    sheet.append([INSTRUCTION.format(seed=seed, count=count)])
    sheet.append(list(WIDTHS))
    for number, one in enumerate(drawn, start=1):
        label = schemas.TABLES[f"core.{one.table}"].label
        texts = (f"{label} {one.table}", one.slug, one.locator, one.source, one.cell, one.fact)
        sheet.append([number])
        for column, text in enumerate(texts, start=2):
            cell = sheet.cell(HEADER_ROW + number, column)
            # Text that begins with = is no formula.
            cell.value, cell.data_type = make_printable(text), "s"
    _format(sheet)
    target.parent.mkdir(parents=True, exist_ok=True)
    save_workbook(book, target)


def _format(sheet: Any) -> None:
    wrap = Alignment(wrap_text=True, vertical="top")
    for row in sheet.iter_rows(min_row=HEADER_ROW):
        for cell in row:
            cell.alignment = wrap
    for cell in sheet[HEADER_ROW]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFDDE6F0")
    for column, width in enumerate(WIDTHS.values(), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 1)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def read_sheet(path: Path) -> list[JudgedFact]:
    """Read the judgements of a worksheet.

    Raises:
        SheetError: The columns are others, or a row is ticked as right and as wrong, or wrong without a word why.
    """
    book = load_workbook(path, read_only=True)
    lines = list(book.worksheets[0].iter_rows(min_row=HEADER_ROW, values_only=True))
    book.close()
    if not lines or [*lines[0]][: len(WIDTHS)] != list(WIDTHS):
        raise SheetError(f"{path.name}: the columns are not those of an audit")
    return [
        _judged(path, {name: _text(value) for name, value in zip(WIDTHS, line, strict=False)}) for line in lines[1:]
    ]


def _judged(path: Path, line: dict[str, str]) -> JudgedFact:
    if line["对"] and line["错"]:
        raise SheetError(f"{path.name}, 序号 {line['序号']}: ticked as right and as wrong")
    if line["错"] and not line["说明"]:
        raise SheetError(f"{path.name}, 序号 {line['序号']}: wrong, but not said why")
    return JudgedFact(
        int(line["序号"]),
        line["表"].rsplit(" ", 1)[-1],
        line["通知"],
        line["出处"],
        bool(line["对"]) if line["对"] or line["错"] else None,
        line["说明"],
        line["审核人"],
        line["日期"][:10],
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
