"""Task lists as an Excel workbook that a unit fills in and sends back.

One sheet per list, then the sources, a summary and a sheet that explains the columns. Only the fill-in cells can be
edited; the last, hidden column ties each row to its task (see `columns.RowKey`). Identical lists give identical bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell

from schemas.ops import PROGRESS_STATUSES
from warehouse.errors import QueryError
from warehouse.export.cell_styles import CellStyles, make_cell
from warehouse.export.columns import ENDS, FILL_IN, KEY, POINTS
from warehouse.export.office_files import save_workbook
from warehouse.export.sheet_columns import SHEET_COLUMNS, ListSheet, lay_out_list
from warehouse.export.source_sheet import NAMES, SOURCES, build_source_rows, choose_source_columns, split_row
from warehouse.export.task_lists import TaskList
from warehouse.export.task_sheet import FIRST_ROW, write_list
from warehouse.filenames import sheet_name
from warehouse.heading import Heading
from warehouse.printing import HEADER_ROW, PAGE_WIDTH, row_height, write_heading
from warehouse.xlsx import MAX_ROWS, accept_only_cells

__all__ = ["FIRST_ROW", "HEADER_ROW", "write_workbook"]

TITLE_ROW: Final = 1
SUMMARY_WIDTHS: Final = (40.0, 14.0, 14.0)
INSTRUCTION_WIDTHS: Final = (18.0, 14.0, PAGE_WIDTH - 32.0)
NO_DATE: Final = "未明确日期"
OTHER_TOPIC: Final = "其他"
INSTRUCTIONS: Final = (
    "填写：只在黄色各列填写，其他单元格受保护，请不要改动内容；可以筛选。",
    "排序、删行：先撤销工作表保护（审阅—撤销工作表保护，没有口令）；排序用表头的筛选箭头，分值有合并单元格的先取消合并。",
    f"交回：保存后把本文件交回。隐藏的最后一列“{KEY}”用来对应任务，请保留。",
    "颜色：黄色为请填写的单元格；序号和时限红色为已逾期，蓝色为 30 天内到期，绿色为已完成或不适用，按打开当天计算。",
    f"打印：A4 横向，每页重复表头。全部为空的列不列出；所属指标、评分标准、原文位置等见“{SOURCES}”。",
)
_STATUS_MEANINGS: Final = {
    "not_started": "还没有开始办理",
    "in_progress": "正在办理",
    "done": "已经办完，请同时填写完成日期",
    "blocked": "有困难，需要上级或其他单位协调，请在说明中写明",
    "not_applicable": "与本单位无关或不需要办理，请在说明中写明原因",
}


def write_workbook(lists: Sequence[TaskList], target: Path) -> None:
    """Write one workbook with a sheet for each list.

    Raises:
        QueryError: A list has more rows than a sheet can hold.
        OSError: `target` cannot be written.
    """
    longest = max(len(task_list.rows) for task_list in lists)
    if longest > MAX_ROWS:
        raise QueryError(f"清单有 {longest} 行，超出 Excel 工作表的上限。请按通知、责任单位或时段分开导出。")
    book = Workbook(write_only=True)
    book.properties.creator = "文明测评数据仓库"
    book.properties.title = lists[0].title
    styles = CellStyles(book)
    taken_titles: set[str] = set()
    titles = [sheet_name(_sheet_title(task_list, lists), taken_titles) for task_list in lists]
    list_sheets = [lay_out_list(task_list) for task_list in lists]
    for task_list, sheet, title in zip(lists, list_sheets, titles, strict=True):
        write_list(book.create_sheet(title), styles, task_list, sheet)
    _write_sources(book.create_sheet(sheet_name(SOURCES, taken_titles)), styles, lists, list_sheets, titles)
    _write_summary(book.create_sheet(sheet_name("汇总", taken_titles)), styles, lists)
    _write_instructions(book.create_sheet(sheet_name("填写说明", taken_titles)), styles, list_sheets)
    save_workbook(book, target)


def _sheet_title(task_list: TaskList, lists: Sequence[TaskList]) -> str:
    """Return the sheet title, with the notice label if the workbook holds several notices."""
    several = len({item.notice.notice_id for item in lists}) > 1
    return f"{task_list.notice.label} {task_list.unit}" if several else task_list.unit


def _write_sources(
    sheet: Any, styles: CellStyles, lists: Sequence[TaskList], list_sheets: Sequence[ListSheet], titles: Sequence[str]
) -> None:
    """Write what each task rests on: levels, standards, and the place in the notice."""
    rows = build_source_rows(lists, list_sheets, titles)
    places, widths = choose_source_columns(rows, several=len(lists) > 1)
    notices = {task_list.notice.notice_id: task_list.notice for task_list in lists}.values()
    files = [f"{notice.label}：{notice.source_path}" for notice in notices if notice.source_path]
    note = "序号与清单相同。出处是任务在来源文件中的位置。"
    heading = Heading(f"{lists[0].title}　{SOURCES}", note=note, source="；".join(files))
    parts = (part for row in rows for part in split_row([row[place] for place in places], widths))
    writer = _SheetWriter(sheet, styles, heading, widths, repeated=HEADER_ROW)
    writer.append_table([NAMES[place] for place in places], parts)


def _write_summary(sheet: Any, styles: CellStyles, lists: Sequence[TaskList]) -> None:
    """Write tasks and points by topic, tasks by month and, for several lists, tasks by list.

    A task in several lists is counted once.
    """
    note = "几份清单都有的任务只计一次。" if len(lists) > 1 else ""
    writer = _SheetWriter(sheet, styles, Heading("汇总", note=note), SUMMARY_WIDTHS)
    rows = {row.task.task_id: (task_list, row) for task_list in lists for row in task_list.rows}
    topics: Counter[str] = Counter()
    months: Counter[str] = Counter()
    for task_list, row in rows.values():
        topics[task_list.topics.get(row.task.topic or "", OTHER_TOPIC)] += 1
        ends = row.cells[ENDS]
        months[f"{ends:%Y-%m}" if ends else NO_DATE] += 1
    by_month = sorted(months.items(), key=lambda item: (item[0] == NO_DATE, item[0]))
    writer.append_table(("主题", "任务数", "分值"), _topic_rows(lists, topics))
    writer.append_table(("截止月份", "任务数"), by_month)
    if len(lists) > 1:
        by_list = [(f"{task_list.notice.label} {task_list.unit}", len(task_list.rows)) for task_list in lists]
        writer.append_table(("责任单位", "任务数"), by_list)


def _write_instructions(sheet: Any, styles: CellStyles, list_sheets: Sequence[ListSheet]) -> None:
    """Write the meaning of each column, which ones to fill in, and how to return the file."""
    heading = Heading("填写说明", question="\n".join(INSTRUCTIONS))
    writer = _SheetWriter(sheet, styles, heading, INSTRUCTION_WIDTHS)
    used = {header for one in list_sheets for header in one.headers}
    columns = [
        (column.header, "请填写" if column.header in FILL_IN else "不要改动", column.meaning)
        for column in SHEET_COLUMNS
        if column.header in used
    ]
    statuses = [(word, "", _STATUS_MEANINGS[code]) for code, word in PROGRESS_STATUSES.items()]
    writer.append_table(("列", "是否填写", "含义"), columns)
    writer.append_table(("状态", "", "含义"), statuses)


class _SheetWriter:
    """Writes a heading and tables to an empty sheet, each row as high as its text."""

    def __init__(
        self, sheet: Any, styles: CellStyles, heading: Heading, widths: Sequence[float], *, repeated: int = TITLE_ROW
    ) -> None:
        def make(text: str, style: str) -> Cell:
            return make_cell(sheet, styles, text, style)

        self._sheet, self._styles, self._widths = sheet, styles, widths
        accept_only_cells(sheet)
        write_heading(sheet, heading, widths, make, repeated=repeated)
        self._row = HEADER_ROW

    def append(self, values: Sequence[Any], style_name: str | None = None) -> None:
        """Append a row with borders."""
        texts = [value if isinstance(value, str) else "" for value in values]
        self._sheet.row_dimensions[self._row].height = row_height(texts, self._widths[: len(texts)])
        cells = ["" if value is None else value for value in values]
        self._sheet.append(
            [make_cell(self._sheet, self._styles, value, style_name, prefix="framed_") for value in cells]
        )
        self._row += 1

    def append_table(self, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Append a table; a blank row is above all but the first."""
        if self._row > HEADER_ROW:
            self._sheet.append([])
            self._row += 1
        self.append(headers, "header")
        for row in rows:
            self.append(row)


def _topic_rows(lists: Sequence[TaskList], topics: Mapping[str, int]) -> list[list[Any]]:
    """Return topic, tasks and points, most tasks first; a shared score counts for the topic of the row showing it."""
    points: dict[str, Decimal] = {}
    seen: set[tuple[str, str | None, int]] = set()
    for task_list in lists:
        for row in task_list.rows:
            task, score = row.task, row.cells[POINTS]
            cell = (task.notice_id, task.table_id, task.score_cell) if task.points_rows > 1 else (task.task_id, None, 0)
            if isinstance(score, Decimal) and cell not in seen:
                seen.add(cell)
                name = task_list.topics.get(task.topic or "", OTHER_TOPIC)
                points[name] = points.get(name, Decimal()) + score
    return [
        [name, count, points.get(name)] for name, count in sorted(topics.items(), key=lambda item: (-item[1], item[0]))
    ]
