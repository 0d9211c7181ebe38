"""The sheets behind the task lists of a workbook: counts by theme and month, and what the columns mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from schemas.ops import PROGRESS_STATUSES
from warehouse.export.columns import ENDS, FILL_IN, KEY, POINTS, columns
from warehouse.export.styles import Looks, print_on_a4, put
from warehouse.export.task_lists import TaskList

NO_DAY: Final = "没有可推定的日期"
OTHER: Final = "其他"

HOW: Final = (
    "填写：只在黄色各列填写，其他单元格受保护，请不要改动内容；可以筛选。",
    "排序、删行：先撤销工作表保护（审阅—撤销工作表保护，没有口令）；排序用表头的筛选箭头，分值有合并单元格的先取消合并。",
    f"交回：保存后把本文件交回。隐藏的最后一列“{KEY}”用来对应任务，请保留。",
    "颜色：红色为截止日期已过，黄色为 30 天内到期，绿色为已完成或不适用，按打开文件当天计算。",
)


def write_summary(sheet: Any, looks: Looks, lists: Sequence[TaskList]) -> None:
    """Tasks and points by theme, tasks by month and, of several lists, by list. A task in two lists counts once."""
    print_on_a4(sheet, "1:1", "汇总")
    for letter, width in (("A", 34), ("B", 12), ("C", 12)):
        sheet.column_dimensions[letter].width = width
    _put_row(sheet, looks, ["汇总", None, None], "title")
    rows = {row.task.task_id: (one, row) for one in lists for row in one.rows}
    themes: Counter[str] = Counter()
    months: Counter[str] = Counter()
    for one, row in rows.values():
        themes[one.topics.get(row.task.topic or "", OTHER)] += 1
        ends = row.cells[ENDS]
        months[f"{ends:%Y-%m}" if ends else NO_DAY] += 1
    _block(sheet, looks, ("主题", "任务数", "分值"), _with_points(lists, themes))
    by_month = sorted(months.items(), key=lambda item: (item[0] == NO_DAY, item[0]))
    _block(sheet, looks, ("截止月份", "任务数"), [[month, count] for month, count in by_month])
    if len(lists) > 1:
        _block(
            sheet, looks, ("责任单位", "任务数"), [[f"{one.notice.label} {one.unit}", len(one.rows)] for one in lists]
        )


def _with_points(lists: Sequence[TaskList], themes: Mapping[str, int]) -> list[list[Any]]:
    """Theme, tasks and points, most tasks first; a shared score counts for the theme of the row that shows it."""
    points: dict[str, Decimal] = {}
    seen: set[tuple[str, str | None, int]] = set()
    for one in lists:
        for row in one.rows:
            task, score = row.task, row.cells[POINTS]
            cell = (task.notice_id, task.table_id, task.score_cell) if task.points_rows > 1 else (task.task_id, None, 0)
            if isinstance(score, Decimal) and cell not in seen:
                seen.add(cell)
                name = one.topics.get(task.topic or "", OTHER)
                points[name] = points.get(name, Decimal()) + score
    return [
        [name, count, points.get(name)] for name, count in sorted(themes.items(), key=lambda item: (-item[1], item[0]))
    ]


def write_about(sheet: Any, looks: Looks, persons: bool) -> None:
    """What each column means, which are to be filled in, and how to send the file back."""
    print_on_a4(sheet, "1:1", "填写说明")
    for letter, width in (("A", 18), ("B", 14), ("C", 90)):
        sheet.column_dimensions[letter].width = width
    _put_row(sheet, looks, ["填写说明", None, None], "title")
    for line in HOW:
        _put_row(sheet, looks, [line], "subtitle")
    rows = [
        [column.header, "请填写" if column.header in FILL_IN else "不要改动", column.meaning]
        for column in columns(persons=persons)
    ]
    _block(sheet, looks, ("列", "是否填写", "含义"), rows)
    _block(
        sheet,
        looks,
        ("状态", "", "含义"),
        [[word, "", _STATUS_MEANINGS[code]] for code, word in PROGRESS_STATUSES.items()],
    )


_STATUS_MEANINGS: Final = {
    "not_started": "还没有开始办理",
    "in_progress": "正在办理",
    "done": "已经办完，请同时填写完成日期",
    "blocked": "有困难，需要上级或其他单位协调，请在说明中写明",
    "not_applicable": "与本单位无关或不需要办理，请在说明中写明原因",
}


def _block(sheet: Any, looks: Looks, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet.append([])
    _put_row(sheet, looks, headers, "header")
    for row in rows:
        _put_row(sheet, looks, row)


def _put_row(sheet: Any, looks: Looks, values: Sequence[Any], look: str | None = None) -> None:
    sheet.append([put(sheet, looks, "" if value is None else value, look, prefix="framed_") for value in values])
