"""Comparison as an Excel workbook: findings, native charts, and one sheet per table with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from warehouse.errors import QueryError
from warehouse.export.cell_styles import CellStyles, make_cell
from warehouse.export.comparison import narrative
from warehouse.export.comparison.load import Comparison, load_comparison
from warehouse.export.comparison.similar_tasks import similar_tasks_table
from warehouse.export.comparison.tables import (
    FILTER_ROWS,
    NUMERIC_KINDS,
    PLACE,
    TITLE,
    Column,
    ColumnKind,
    Table,
    concentration_table,
    deadlines_table,
    due_months_table,
    evidence_table,
    format_cell,
    methods_table,
    notices_table,
    parties_table,
    similarity_table,
    threshold_comparison_table,
    thresholds_table,
    topic_points_table,
    topic_weights_table,
    unique_tasks_table,
)
from warehouse.export.office_files import save_workbook
from warehouse.formatting import CHART_COLORS
from warehouse.heading import Heading
from warehouse.printing import (
    BODY_SIZE,
    FONT,
    HEADER_ROW,
    HEADING_STYLES,
    PAGE_WIDTH,
    SAMPLE_ROWS,
    heading_height,
    row_height,
    set_up_page,
    share_widths,
)
from warehouse.xlsx import read_style

NUMBER_FORMATS: Final = {
    "count": "#,##0_ ",
    "value": "#,##0.##_ ",
    "index": "0.000_ ",
    "share": "0.0%_ ",
    "change": "+0.0%_ ;-0.0%_ ;0.0%_ ",
}
"""Number formats by style name, with a space before the right border.

`value` is for numbers with decimals: Excel would show a whole number with a trailing point.
"""
GROUP_ROW: Final = HEADER_ROW
MIN_COLUMN: Final = 7.0
"""A column is not made narrower than this to make a table fit the page."""
MAX_TOPICS: Final = 12
"""Maximum number of topics in a chart."""
MAX_KINDS: Final = 10
"""Maximum number of methods or kinds of material in a chart."""
MAX_BARS: Final = 60
"""Maximum number of bars in a chart."""
MIN_TOPICS: Final = 5
MAX_LABELLED_SERIES: Final = 3
"""Up to this number of series, bars have data labels."""
CHART_WIDTH: Final = 26
CHART_HEIGHT: Final = 15
"""Size of a chart in cm: one A4 landscape page."""
TABLE_BUILDERS: Final[Sequence[Callable[[Comparison], Table]]] = (
    notices_table,
    topic_weights_table,
    topic_points_table,
    similarity_table,
    concentration_table,
    methods_table,
    evidence_table,
    deadlines_table,
    due_months_table,
    parties_table,
    threshold_comparison_table,
    thresholds_table,
    unique_tasks_table,
    similar_tasks_table,
)
"""Builders of the tables, in the order of the sheets: what sums up comes first, lists of tasks come last."""
FRONT_SHEET: Final = "说明"
FILES_NOTE: Final = f"位置是在该通知文件中的位置，文件见“{FRONT_SHEET}”。"
"""Note of a table whose rows name their place: the file, which is that of the notice, is named once."""
FRONT_WIDTHS: Final = (24.0, PAGE_WIDTH - 24.0)
CHART_SHEET: Final = "图表"
ROWS_PER_CHART: Final = 32
"""Rows per page of the chart sheet."""
ROW_HEIGHT: Final = 15.0


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """Definition of a chart.

    Attributes:
        table: Name of the table to draw.
        title: Chart title.
        number_format: Number format of the values.
        first_column: First column to draw, 0-based.
        last_column: Last column to draw.
        max_rows: Maximum number of rows to draw.
        is_stacked: Whether to draw one stacked bar per column instead of bars side by side.
        is_vertical: Whether the bars are vertical.
        is_percentage: Whether the scale ends at 100%.
    """

    table: str
    title: str
    number_format: str
    first_column: int
    last_column: int
    max_rows: int = 12
    is_stacked: bool = False
    is_vertical: bool = False
    is_percentage: bool = False


def create_styles(book: Workbook) -> CellStyles:
    """Return the common cell styles and those of comparison figures."""
    styles = CellStyles(book)
    sheet = book.create_sheet()

    def like(name: str) -> Cell:
        return Cell(sheet, row=1, column=1, style_array=styles.by_name[name][0])

    for name, form in NUMBER_FORMATS.items():
        cell = like("framed_number")
        cell.number_format = form
        cell.alignment = Alignment(horizontal="right", vertical="center")
        styles.by_name[name] = read_style(cell)
    note = like("subtitle")
    note.alignment = Alignment(vertical="top", wrap_text=True)
    note.font = Font(name=FONT, size=BODY_SIZE, color="5A6672")
    strong = like("framed_text")
    strong.font = Font(name=FONT, size=BODY_SIZE, bold=True)
    link = like("framed_text")
    link.font = Font(name=FONT, size=BODY_SIZE, color="1F5F8B", underline="single")
    for name, cell in (("note", note), ("strong", strong), ("link", link)):
        cell.quotePrefix = True
        styles.by_name[name] = read_style(cell)
    book.remove(sheet)
    return styles


def header_row(table: Table) -> int:
    """Return the number of the sheet row with the column names."""
    return GROUP_ROW + 1 if table.has_groups else GROUP_ROW


def write_table(sheet: Worksheet, styles: CellStyles, table: Table, day: date | None) -> None:
    """Write a table to an empty sheet; a table without rows shows its text `empty`. `day` is that of the data."""
    head = header_row(table)
    last = get_column_letter(len(table.columns))
    widths = fit_widths(table)
    note = table.note + (FILES_NOTE if PLACE in table.columns else "")
    heading = Heading(table.title, note, source=table.source, day=day)
    for number, (line, style) in enumerate(zip(heading.lines, HEADING_STYLES, strict=True), start=1):
        sheet.append([make_cell(sheet, styles, line, style if style == "title" else "note")])
        sheet.merge_cells(f"A{number}:{last}{number}")
        sheet.row_dimensions[number].height = heading_height(line, style, sum(widths))
    _write_header(sheet, styles, table, widths)
    for values in table.rows:
        named = [_style_name(value, column.kind) for value, column in zip(values, table.columns, strict=True)]
        append_row(sheet, styles, values, named, widths)
    if not table.rows:
        sheet.append([make_cell(sheet, styles, table.empty, "note")])
        sheet.merge_cells(f"A{head + 1}:{last}{head + 1}")
        sheet.row_dimensions[head + 1].height = row_height([table.empty], [sum(widths)])
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = f"{get_column_letter(table.key_columns + 1)}{head + 1}"
    if len(table.rows) > FILTER_ROWS:
        sheet.auto_filter.ref = f"A{head}:{last}{head + len(table.rows)}"
    if table.is_shaded and table.rows:
        _add_color_scale(sheet, table, head)
    set_up_page(sheet, f"{GROUP_ROW}:{head}", f"{TITLE}　{table.name}")


def fit_widths(table: Table) -> list[float]:
    """Return the widths of the columns; where they are wider than the page, long texts get what short ones leave."""
    widths = [column.width for column in table.columns]
    if sum(widths) <= PAGE_WIDTH:
        return widths
    texts = [
        [column.name, *(format_cell(row[place], column.kind) for row in table.rows[:SAMPLE_ROWS])]
        for place, column in enumerate(table.columns)
    ]
    return share_widths(texts, minimum=[min(width, MIN_COLUMN) for width in widths], maximum=widths)


def append_row(
    sheet: Worksheet, styles: CellStyles, values: Sequence[Any], names: Sequence[str | None], widths: Sequence[float]
) -> None:
    """Append a row of values with named styles and set its height, which not every program does on opening."""
    cells = [
        _make_framed_cell(sheet, styles, value, style_name) for value, style_name in zip(values, names, strict=True)
    ]
    sheet.append(cells)
    texts = [value if isinstance(value, str) else "" for value in values]
    sheet.row_dimensions[cells[0].row].height = row_height(texts, widths)


def chart_specs(tables: Mapping[str, Table]) -> list[ChartSpec]:
    """Return the charts of these tables (by name); tables without rows are left out."""
    notices = len(tables["通知情况"].rows)
    max_topics = max(MIN_TOPICS, MAX_BARS // notices)
    topics, kinds = min(MAX_TOPICS, max_topics), min(MAX_KINDS, max_topics)
    specs = [
        ChartSpec("主题权重", f"各通知的主题权重（比重之和最大的 {topics} 个主题）", "0%", 1, notices, max_rows=topics),
        ChartSpec(
            "责任集中度", "责任集中度：最重一家、最重三家占多少", "0%", 3, 4, max_rows=notices, is_percentage=True
        ),
        ChartSpec("测评方法", "各测评方法的比重", "0%", 1, notices, max_rows=MAX_KINDS, is_stacked=True),
        ChartSpec("材料负担", "各类材料的件数（写明的最少数量）", "0", 1, notices, max_rows=kinds),
        ChartSpec("到期月份", "各月到期的任务（次）", "0", 1, notices, is_vertical=True),
    ]
    return [spec for spec in specs if tables[spec.table].rows]


def build_chart(sheet: Worksheet, table: Table, spec: ChartSpec) -> BarChart:
    """Return the native chart over the cells of `sheet`, which contains `table`."""
    head = header_row(table)
    last_row = head + min(len(table.rows), spec.max_rows)
    chart = BarChart()
    chart.type = "col" if spec.is_vertical else "bar"
    chart.grouping = "percentStacked" if spec.is_stacked else "clustered"
    chart.overlap = 100 if spec.is_stacked else None
    chart.gapWidth = 60
    chart.width, chart.height = CHART_WIDTH, CHART_HEIGHT
    first, last = spec.first_column + 1, spec.last_column + 1
    # A stacked bar is a notice, its segments are methods: the rows of the sheet are the series.
    data = Reference(
        sheet, min_col=1 if spec.is_stacked else first, max_col=last, min_row=head + spec.is_stacked, max_row=last_row
    )
    if spec.is_stacked:
        chart.add_data(data, from_rows=True, titles_from_data=True)
        names = Reference(sheet, min_col=first, max_col=last, min_row=head)
    else:
        chart.add_data(data, titles_from_data=True)
        names = Reference(sheet, min_col=1, min_row=head + 1, max_row=last_row)
    for series in chart.series:
        series.cat = AxDataSource(strRef=StrRef(str(names)))
    _style_chart(chart, spec)
    return chart


def write_workbook(warehouse: Path, notice_ids: Sequence[str], target: Path) -> None:
    """Write the comparison as an Excel workbook; the same warehouse gives identical bytes.

    Args:
        warehouse: Published warehouse file.
        notice_ids: Notices to compare, in the order of the workbook.
        target: File to write.

    Raises:
        QueryError: The number of notices is out of range, an id is unknown, or `target` cannot be written.
        WarehouseError: As raised by `warehouse.store.connect`.
    """
    comparison = load_comparison(warehouse, notice_ids)
    tables = {table.name: table for table in (build(comparison) for build in TABLE_BUILDERS)}
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "文明测评数据仓库"
    book.properties.title = TITLE
    styles = create_styles(book)
    _write_front(book.create_sheet(FRONT_SHEET), styles, comparison, tables)
    chart_sheet = book.create_sheet(CHART_SHEET)
    for table in tables.values():
        write_table(book.create_sheet(table.name), styles, table, comparison.read_on)
    _write_charts(book, chart_sheet, styles, tables)
    try:
        save_workbook(book, target)
    except OSError as error:
        raise QueryError(f"无法写入 {target}。请检查文件夹是否存在、文件是否正被打开。（{error}）") from error


def _make_framed_cell(sheet: Worksheet, styles: CellStyles, value: Any, style_name: str | None) -> Cell:
    """Return a cell with borders; None gives a truly empty cell, which charts do not treat as text."""
    if value is None or value == "":
        return Cell(sheet, row=1, column=1, style_array=styles.by_name[style_name or "framed_text"][0])
    return make_cell(sheet, styles, value, style_name, prefix="framed_")


def _style_name(value: Any, kind: ColumnKind) -> str | None:
    """Return the style name of a number; None if the style depends on the value."""
    if kind not in NUMERIC_KINDS or value is None or isinstance(value, str):
        return None
    if kind == "number":
        return "count" if value == int(value) else "value"
    return kind


def _write_header(sheet: Worksheet, styles: CellStyles, table: Table, widths: Sequence[float]) -> None:
    names = [column.name if column.group or not table.has_groups else None for column in table.columns]
    if table.has_groups:
        sheet.append([make_cell(sheet, styles, column.group or column.name, "header") for column in table.columns])
        _merge_groups(sheet, table.columns)
    sheet.append([_make_framed_cell(sheet, styles, name, "header") for name in names])
    names_height = row_height([column.name for column in table.columns], [width - 1 for width in widths])
    sheet.row_dimensions[header_row(table)].height = names_height + 4


def _merge_groups(sheet: Worksheet, columns: Sequence[Column]) -> None:
    first = 0
    for place, column in enumerate(columns):
        letter = get_column_letter(place + 1)
        if not column.group:
            sheet.merge_cells(f"{letter}{GROUP_ROW}:{letter}{GROUP_ROW + 1}")
        elif place + 1 == len(columns) or columns[place + 1].group != column.group:
            sheet.merge_cells(f"{get_column_letter(first + 1)}{GROUP_ROW}:{letter}{GROUP_ROW}")
        if place + 1 < len(columns) and columns[place + 1].group != column.group:
            first = place + 1


def _add_color_scale(sheet: Worksheet, table: Table, head: int) -> None:
    """Shade the adjacent columns of shares by size."""
    places = [place for place, column in enumerate(table.columns, start=1) if column.kind == "share" and column.group]
    places = places or [place for place, column in enumerate(table.columns, start=1) if column.kind == "share"]
    ends = {"start_type": "num", "start_value": 0, "end_type": "max"}
    rule = ColorScaleRule(**ends, start_color="FFFFFF", end_color="8FBBD3")  # type: ignore[no-untyped-call]
    first, last = get_column_letter(min(places)), get_column_letter(max(places))
    sheet.conditional_formatting.add(f"{first}{head + 1}:{last}{head + len(table.rows)}", rule)


def _style_chart(chart: BarChart, spec: ChartSpec) -> None:
    strong = ParagraphProperties(defRPr=_font(1400, bold=True))
    heading = Paragraph(pPr=strong, r=[RegularTextRun(t=spec.title)])
    chart.title = Title(tx=Text(rich=RichText(p=[heading])), overlay=False)
    chart.legend.position = "b"
    chart.legend.txPr = _rich_text(1000)
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _rich_text(1000)
    if spec.is_percentage:
        chart.y_axis.scaling.max = 1
    chart.y_axis.numFmt = chart.y_axis.number_format = spec.number_format
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="E6EAEE")))
    if chart.type == "bar":
        # The first row of the sheet on top; the scale stays below.
        chart.x_axis.scaling.orientation = "maxMin"
        chart.y_axis.crosses = "max"
    for series, colour in zip(chart.series, _series_colors(len(chart.series)), strict=True):
        series.graphicalProperties = GraphicalProperties(solidFill=colour.removeprefix("#"))
        series.invertIfNegative = False
    if len(chart.series) <= MAX_LABELLED_SERIES or spec.is_stacked:
        chart.dataLabels = DataLabelList(
            showVal=True,
            showSerName=False,
            showCatName=False,
            showLegendKey=False,
            showPercent=False,
            showBubbleSize=False,
            txPr=_rich_text(1000),
        )
        chart.dataLabels.numFmt = spec.number_format


def _series_colors(count: int) -> Sequence[str]:
    return [CHART_COLORS[place % len(CHART_COLORS)] for place in range(count)]


def _font(size: int, *, bold: bool = False) -> Any:
    return CharacterProperties(sz=size, b=bold, solidFill="1F2D3D")


def _rich_text(size: int) -> RichText:
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_font(size)), endParaRPr=_font(size))])


def _write_front(sheet: Worksheet, styles: CellStyles, comparison: Comparison, tables: Mapping[str, Table]) -> None:
    for letter, width in zip("AB", FRONT_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    append_row(sheet, styles, [TITLE, None], ["title", "title"], FRONT_WIDTHS)
    sheet.row_dimensions[1].height = 30
    sheet.merge_cells("A1:B1")
    _append_block(
        sheet, styles, "主要情况", [(finding.heading, finding.text) for finding in narrative.build_findings(comparison)]
    )
    _append_block(sheet, styles, "各份通知的出处，和没有写明的内容", _notice_sources(comparison))
    _append_block(sheet, styles, "怎样看各工作表（点击名称可跳转）", [])
    entries = [(CHART_SHEET, "主题权重、责任、测评方法、材料、时限的图，由后面各表的单元格画出。")]
    for name, text in [*entries, *((table.name, table.title) for table in tables.values())]:
        append_row(sheet, styles, [name, text], ["link", None], FRONT_WIDTHS)
        ref = f"A{sheet.max_row}"
        sheet[ref].hyperlink = Hyperlink(ref=ref, location=f"'{name}'!A1", display=name)
    set_up_page(sheet, "1:1", f"{TITLE}　{FRONT_SHEET}")


def _notice_sources(comparison: Comparison) -> list[tuple[str, str]]:
    gaps = {notice.heading: notice.text for notice in narrative.find_gaps(comparison)}
    return [
        (notice.label, "\n".join([narrative.format_source(notice), gaps.get(notice.label, "各项内容都有写明。")]))
        for notice in comparison.notices
    ]


def _append_block(sheet: Worksheet, styles: CellStyles, heading: str, rows: Sequence[tuple[str, str]]) -> None:
    sheet.append([])
    append_row(sheet, styles, [heading, None], ["header", "header"], FRONT_WIDTHS)
    sheet.merge_cells(f"A{sheet.max_row}:B{sheet.max_row}")
    for name, text in rows:
        append_row(sheet, styles, [name, text], ["strong", None], FRONT_WIDTHS)


def _write_charts(book: Workbook, sheet: Worksheet, styles: CellStyles, tables: Mapping[str, Table]) -> None:
    """Write one page per chart, with the source of its figures."""
    set_up_page(sheet, "1:1", f"{TITLE}　{CHART_SHEET}")
    # Excel pays no heed to page breaks on a sheet that is fitted to the page.
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
    sheet.append([make_cell(sheet, styles, "图表（由后面各表的单元格画出）", "subtitle")])
    sheet.sheet_format.defaultRowHeight = ROW_HEIGHT
    sheet.sheet_format.customHeight = True
    specs = chart_specs(tables)
    for place, spec in enumerate(specs):
        top = place * ROWS_PER_CHART + 2
        while sheet.max_row < top - 1:
            sheet.append([None])
        text = f"数据见工作表“{spec.table}”，来源：{tables[spec.table].source}。"
        sheet.append([make_cell(sheet, styles, text, "subtitle")])
        sheet.add_chart(build_chart(book[spec.table], tables[spec.table], spec), f"A{top + 1}")
        if place + 1 < len(specs):
            sheet.row_breaks.append(Break(id=top + ROWS_PER_CHART - 1))
    if not specs:
        sheet.append([make_cell(sheet, styles, "所选通知没有可以画图的数据。", "subtitle")])
