"""Native charts of the workbook, drawn by Excel, LibreOffice or WPS from the cells of the sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.worksheet.worksheet import Worksheet

from warehouse.export.comparison.sheet_layout import header_row
from warehouse.export.comparison.table_model import Grid
from warehouse.formatting import CHART_COLORS

THEMES: Final = 12
KINDS: Final = 10
"""Themes, and kinds of material, that a chart shows at most."""
BARS: Final = 60
"""Bars that a page has room for."""
FEWEST: Final = 5
LABELLED: Final = 3
"""Series up to which each bar can bear its figure."""
WIDTH: Final = 26
HEIGHT: Final = 15
"""Size of a chart in cm: a page of A4 across."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart: which columns of which grid (0-based, from `first` to `last`) it shows.

    `rows` are the first rows at most. `stacked` bars are the parts of a whole and lie one behind the other, a bar per
    column; else bars stand side by side, upright where `upright`. The scale of a `whole` ends at 100%.
    """

    grid: str
    title: str
    form: str
    first: int
    last: int
    rows: int = 12
    stacked: bool = False
    upright: bool = False
    whole: bool = False


def drawings(grids: Mapping[str, Grid]) -> list[Drawing]:
    """The charts of these grids by name; those of a grid without a row are left out."""
    notices = len(grids["通知情况"].rows)
    room = max(FEWEST, BARS // notices)
    themes, kinds = min(THEMES, room), min(KINDS, room)
    wanted = [
        Drawing("主题权重", f"各通知的主题权重（比重之和最大的 {themes} 个主题）", "0%", 1, notices, rows=themes),
        Drawing("责任集中度", "责任集中度：最重一家、最重三家占多少", "0%", 3, 4, rows=notices, whole=True),
        Drawing("测评方法", "各测评方法的比重", "0%", 1, notices, rows=KINDS, stacked=True),
        Drawing("材料负担", "各类材料的件数（写明的最少数量）", "0", 1, notices, rows=kinds),
        Drawing("到期月份", "各月到期的任务（次）", "0", 1, notices, upright=True),
    ]
    return [one for one in wanted if grids[one.grid].rows]


def chart(sheet: Worksheet, grid: Grid, drawing: Drawing) -> BarChart:
    """The chart over the cells of `sheet`, which holds `grid`."""
    head = header_row(grid)
    last_row = head + min(len(grid.rows), drawing.rows)
    drawn = BarChart()
    drawn.type = "col" if drawing.upright else "bar"
    drawn.grouping = "percentStacked" if drawing.stacked else "clustered"
    drawn.overlap = 100 if drawing.stacked else None
    drawn.gapWidth = 60
    drawn.width, drawn.height = WIDTH, HEIGHT
    first, last = drawing.first + 1, drawing.last + 1
    # A stack is a notice and its parts are the methods: there the rows of the sheet are the series.
    data = Reference(
        sheet, min_col=1 if drawing.stacked else first, max_col=last, min_row=head + drawing.stacked, max_row=last_row
    )
    if drawing.stacked:
        drawn.add_data(data, from_rows=True, titles_from_data=True)
        names = Reference(sheet, min_col=first, max_col=last, min_row=head)
    else:
        drawn.add_data(data, titles_from_data=True)
        names = Reference(sheet, min_col=1, min_row=head + 1, max_row=last_row)
    for series in drawn.series:
        series.cat = AxDataSource(strRef=StrRef(str(names)))
    _dress(drawn, drawing)
    return drawn


def _dress(drawn: BarChart, drawing: Drawing) -> None:
    strong = ParagraphProperties(defRPr=_letters(1400, bold=True))
    heading = Paragraph(pPr=strong, r=[RegularTextRun(t=drawing.title)])
    drawn.title = Title(tx=Text(rich=RichText(p=[heading])), overlay=False)
    drawn.legend.position = "b"
    drawn.legend.txPr = _text(1000)
    for axis in (drawn.x_axis, drawn.y_axis):
        axis.delete = False
        axis.txPr = _text(1000)
    if drawing.whole:
        drawn.y_axis.scaling.max = 1
    drawn.y_axis.numFmt = drawn.y_axis.number_format = drawing.form
    drawn.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="E6EAEE")))
    if drawn.type == "bar":
        # The first row of the sheet on top; the scale stays below.
        drawn.x_axis.scaling.orientation = "maxMin"
        drawn.y_axis.crosses = "max"
    for series, colour in zip(drawn.series, _colours(len(drawn.series)), strict=True):
        series.graphicalProperties = GraphicalProperties(solidFill=colour.removeprefix("#"))
        series.invertIfNegative = False
    if len(drawn.series) <= LABELLED or drawing.stacked:
        drawn.dataLabels = DataLabelList(
            showVal=True,
            showSerName=False,
            showCatName=False,
            showLegendKey=False,
            showPercent=False,
            showBubbleSize=False,
            txPr=_text(900),
        )
        drawn.dataLabels.numFmt = drawing.form


def _colours(count: int) -> Sequence[str]:
    return [CHART_COLORS[place % len(CHART_COLORS)] for place in range(count)]


def _letters(size: int, *, bold: bool = False) -> Any:
    return CharacterProperties(sz=size, b=bold, solidFill="1F2D3D")


def _text(size: int) -> RichText:
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_letters(size)), endParaRPr=_letters(size))])
