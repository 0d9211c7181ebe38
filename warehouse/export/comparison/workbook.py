"""The comparison as an Excel workbook for the leadership: what it says, charts, then the tables with their sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from warehouse.errors import QueryError
from warehouse.export.comparison import detail_tables, narrative, summary_tables
from warehouse.export.comparison.excel_charts import chart, drawings
from warehouse.export.comparison.load import Comparison, read
from warehouse.export.comparison.sheet_layout import TITLE, looks_of, put_row, write_grid
from warehouse.export.comparison.table_model import Grid
from warehouse.export.deterministic_zip import save
from warehouse.export.styles import Looks, print_on_a4, put

GRIDS: Final[Sequence[Callable[[Comparison], Grid]]] = (
    summary_tables.notices,
    summary_tables.weights,
    summary_tables.amounts,
    summary_tables.likeness,
    detail_tables.side_by_side,
    detail_tables.thresholds,
    detail_tables.concentration,
    detail_tables.parties,
    detail_tables.unique,
    detail_tables.counterparts,
    summary_tables.methods,
    summary_tables.materials,
    summary_tables.deadlines,
    summary_tables.months,
)
"""In the order of the sheets."""
FRONT: Final = "说明"
FRONT_WIDTHS: Final = (28.0, 112.0)
CHARTS: Final = "图表"
CHART_ROWS: Final = 32
"""Rows of the chart sheet that a page holds."""
ROW_HEIGHT: Final = 15.0


def write_workbook(warehouse: Path, notice_ids: Sequence[str], target: Path) -> None:
    """Compare these notices, in their order, in a workbook at `target`; the same warehouse gives the same bytes.

    Raises QueryError for fewer than 2 or more than 12 notices, an unknown id, or a target that cannot be written; the
    errors of `warehouse.store.connect`.
    """
    found = read(warehouse, notice_ids)
    made = {grid.name: grid for grid in (make(found) for make in GRIDS)}
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "文明测评数据仓库"
    book.properties.title = TITLE
    looks = looks_of(book)
    _write_front(book.create_sheet(FRONT), looks, found, made)
    shown = book.create_sheet(CHARTS)
    for grid in made.values():
        write_grid(book.create_sheet(grid.name), looks, grid)
    _draw(book, shown, looks, made)
    try:
        save(book, target)
    except OSError as error:
        raise QueryError(f"无法写入 {target}。请检查文件夹是否存在、文件是否正被打开。（{error}）") from error


def _write_front(sheet: Worksheet, looks: Looks, found: Comparison, made: Mapping[str, Grid]) -> None:
    for letter, width in zip("AB", FRONT_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    put_row(sheet, looks, [TITLE, None], ["title", "title"], FRONT_WIDTHS)
    sheet.row_dimensions[1].height = 30
    sheet.merge_cells("A1:B1")
    _block(sheet, looks, "主要情况", [(one.heading, one.text) for one in narrative.findings(found)])
    _block(sheet, looks, "各份通知的出处，和没有写明的内容", _sources(found))
    _block(sheet, looks, "怎样看各工作表（点击名称可跳转）", [])
    pages = [(CHARTS, "主题权重、责任、测评方法、材料、时限的图，由后面各表的单元格画出。")]
    for name, text in [*pages, *((grid.name, f"{grid.title}。{grid.note}") for grid in made.values())]:
        put_row(sheet, looks, [name, text], ["link", None], FRONT_WIDTHS)
        place = f"A{sheet.max_row}"
        sheet[place].hyperlink = Hyperlink(ref=place, location=f"'{name}'!A1", display=name)
    print_on_a4(sheet, "1:1", f"{TITLE}　{FRONT}")


def _sources(found: Comparison) -> list[tuple[str, str]]:
    gaps = {one.heading: one.text for one in narrative.gaps(found)}
    return [
        (one.label, "\n".join([narrative.origin(one), gaps.get(one.label, "各项内容都有写明。")]))
        for one in found.notices
    ]


def _block(sheet: Worksheet, looks: Looks, heading: str, rows: Sequence[tuple[str, str]]) -> None:
    sheet.append([])
    put_row(sheet, looks, [heading, None], ["header", "header"], FRONT_WIDTHS)
    sheet.merge_cells(f"A{sheet.max_row}:B{sheet.max_row}")
    for name, text in rows:
        put_row(sheet, looks, [name, text], ["strong", None], FRONT_WIDTHS)


def _draw(book: Workbook, sheet: Worksheet, looks: Looks, made: Mapping[str, Grid]) -> None:
    """A page for each chart, with the source of its figures below."""
    print_on_a4(sheet, "1:1", f"{TITLE}　{CHARTS}")
    # Excel pays no heed to page breaks on a sheet that is fitted to the page.
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
    sheet.append([put(sheet, looks, "图表（由后面各表的单元格画出）", "subtitle")])
    sheet.sheet_format.defaultRowHeight = ROW_HEIGHT
    sheet.sheet_format.customHeight = True
    wanted = drawings(made)
    for place, drawing in enumerate(wanted):
        top = place * CHART_ROWS + 2
        while sheet.max_row < top - 1:
            sheet.append([None])
        said = f"数据见工作表“{drawing.grid}”，来源：{made[drawing.grid].source}。"
        sheet.append([put(sheet, looks, said, "subtitle")])
        sheet.add_chart(chart(book[drawing.grid], made[drawing.grid], drawing), f"A{top + 1}")
        if place + 1 < len(wanted):
            sheet.row_breaks.append(Break(id=top + CHART_ROWS - 1))
    if not wanted:
        sheet.append([put(sheet, looks, "所选通知没有可以画图的数据。", "subtitle")])
