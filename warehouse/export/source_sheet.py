"""The sheet 依据和出处 of a task workbook: what a task rests on, and what the sheet of its list has no room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from warehouse.export.columns import INDICATOR, METHODS, REQUIREMENT, SERIAL, STARTS
from warehouse.export.sheet_columns import ListSheet
from warehouse.export.task_lists import TaskList, TaskRow, describe_remark, to_texts
from warehouse.printing import MAX_LINES, count_lines, share_widths

SOURCES: Final = "依据和出处"
NAMES: Final = ("清单", "序号", INDICATOR, METHODS, STARTS, "标准和备注", "出处")
MIN_WIDTHS: Final = (10.0, 5.0, 20.0, 8.5, 11.0, 18.0, 23.0)
MAX_WIDTHS: Final = (16.0, 5.0, 36.0, 14.0, 11.0, 76.0, 60.0)
STANDARD: Final = NAMES.index("标准和备注")
SAME: Final = "同上"
"""Standard of a task that is that of the task above."""
MAX_SHARED: Final = 2_000
"""Rows that the widths follow."""


def build_source_rows(lists: Sequence[TaskList], sheets: Sequence[ListSheet], titles: Sequence[str]) -> list[list[str]]:
    """Return the rows of the sheet, a text for each of `NAMES`.

    Args:
        lists: The lists.
        sheets: What is shown of each.
        titles: Title of the sheet of each.
    """
    rows: list[list[str]] = []
    for task_list, sheet, title in zip(lists, sheets, titles, strict=True):
        previous = ""
        for number, row in enumerate(task_list.rows):
            texts = [title, *_describe(row, is_shortened=number in sheet.shortened)]
            standard = texts[STANDARD]
            if len(standard) > len(SAME) and standard == previous:
                texts[STANDARD] = SAME
            previous = standard
            rows.append(texts)
    return rows


def choose_source_columns(rows: Sequence[Sequence[str]], *, several: bool) -> tuple[list[int], list[float]]:
    """Return places and widths of the columns with a value; the title of the list only if there are several."""
    places = [place for place in range(len(NAMES)) if (several or place) and any(row[place] for row in rows)]
    sample = rows[:MAX_SHARED]
    widths = share_widths(
        [[row[place] for row in sample] for place in places],
        minimum=[MIN_WIDTHS[place] for place in places],
        maximum=[MAX_WIDTHS[place] for place in places],
    )
    return places, widths


def split_row(texts: Sequence[str], widths: Sequence[float]) -> Iterator[list[str]]:
    """Yield a row in as many parts as the greatest height of a row makes necessary."""
    left = list(texts)
    while any(left):
        part = [_take(text, width) for text, width in zip(left, widths, strict=True)]
        yield part
        left = [text[len(taken) :].lstrip("\n") for text, taken in zip(left, part, strict=True)]


def _take(text: str, width: float) -> str:
    """Return as much of the start of a text as a row shows."""
    if count_lines(text, width) <= MAX_LINES:
        return text
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count_lines(text[:middle], width) <= MAX_LINES else (low, middle - 1)
    return text[:low]


def _describe(row: TaskRow, *, is_shortened: bool) -> list[str]:
    names = (SERIAL, "指标编号", "一级指标", "二级指标", METHODS, STARTS, *([REQUIREMENT] if is_shortened else []))
    task, cells = row.task, to_texts({name: row.cells[name] for name in names if row.cells[name] is not None})
    levels = [cells[name] for name in ("指标编号", "一级指标", "二级指标") if cells.get(name)]
    remarks = [f"任务要求全文：{cells[REQUIREMENT]}" if is_shortened else "", describe_remark(task)]
    return [
        cells.get(SERIAL, ""),
        " / ".join(levels),
        cells.get(METHODS, ""),
        cells.get(STARTS, ""),
        "\n".join(filter(None, remarks)),
        task.locator,
    ]
