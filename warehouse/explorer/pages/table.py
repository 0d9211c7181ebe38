"""Page of one table of a notice, drawn as printed, with the cell highlighted that a fact was read from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request

from warehouse.explorer import queries
from warehouse.explorer.access import may_edit
from warehouse.explorer.connections import Session
from warehouse.explorer.editing import Editing
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.pages.settle_panel import read_table_panel
from warehouse.explorer.pages.source_page import find_source
from warehouse.explorer.rendering import BadRequestError, Handler, NotFoundError, Page, get_parameter, get_path_id
from warehouse.explorer.search_params import parse_number
from warehouse.page_picture import parse_place

ROWS_PER_PAGE: Final = 500
"""Rows drawn on one page."""
MAX_PICTURES: Final = 3
"""Pages shown beside the highlighted cells."""
FACT_COLUMNS: Final = {
    "party": ("party", "lead", "support"),
    "points": ("points", "scorebox"),
    "level": ("level", "serial"),
}
"""Role of a fact -> roles of the columns it may be read from, if they differ."""
_ROW_OF_CELL: Final = re.compile(
    r"(?:(?P<table>表\d{1,5}) )?第(?P<row>\d{1,7})行第\d{1,7}列| [A-Z]{1,3}(?P<sheet_row>\d{1,7})$"
)
"""Row in the locator of a cell, with the name of its table; of a worksheet, the row of a reference such as B7."""
_CELL_PARAMETER: Final = re.compile(r"(-?\d{1,7}),(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Highlight:
    """Highlighted cells as (row, col), their row, a message if there are none, and their locators."""

    cells: Sequence[tuple[int, int]] = ()
    row: int | None = None
    message: str = ""
    locators: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """Cell as drawn; `is_in_row` is true for the cells of the highlighted row."""

    row: int
    col: int
    row_span: int
    col_span: int
    text: str
    locator: str
    is_highlighted: bool
    is_in_row: bool


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """Row as drawn.

    Attributes:
        row: Its place: 0 for the first row below the header.
        cells: Its cells.
        tasks: Ids of its tasks.
        number: Its number in the source file, as locators write it.
        printed: Name of the table of the source file that begins with it; "" within a table.
    """

    row: int
    cells: Sequence[DrawnCell]
    tasks: Sequence[str]
    number: int
    printed: str = ""


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """Table as printed, limited to the rows that are drawn."""

    header: Sequence[DrawnRow]
    body: Sequence[DrawnRow]
    columns: int


def table_page(raw: Path | None, editing: Editing | None = None) -> Handler:
    """Return the handler of the page.

    Args:
        raw: Folder of source files, of whose pages pictures are shown.
        editing: Whoever writes; an editor settles what is in doubt beside the highlighted cell.
    """

    def show(request: Request, session: Session, lookups: Lookups) -> Page:
        return table(request, session, lookups, raw, editing if may_edit(request) else None)

    return show


def table(
    request: Request, session: Session, lookups: Lookups, raw: Path | None = None, editing: Editing | None = None
) -> Page:
    """Show a table with its header, merged cells and the highlighted cell, and its place in the source file."""
    table_row, cells, highlight, bounds, first, last = _load_table(request, session)
    notice_id, table_id = table_row["notice_id"], table_row["table_id"]
    tasks = session.rows(queries.table_tasks(table_id, notice_id))
    tables = session.rows(queries.rows_of_notice("core.tables", notice_id))
    drawn_table = draw_table(
        cells, first=first, last=last, highlighted=set(highlight.cells), highlighted_row=highlight.row, tasks=tasks
    )
    return Page(
        "table.html",
        {
            "table": table_row,
            "label": lookups.label(notice_id),
            "drawn_table": drawn_table,
            "highlight": highlight,
            "highlighted_number": next((row.number for row in drawn_table.body if row.row == highlight.row), None),
            "printed_tables": [row["name"] for row in session.rows(queries.printed_tables(table_id))],
            "first_highlighted": min((cell for cell in highlight.cells), default=None),
            "first": first,
            "last": last,
            "end": bounds["last"],
            "others": tables,
            "step": ROWS_PER_PAGE,
            "pictured": _pictured_places(session, notice_id, highlight, raw),
            "panel": None
            if editing is None
            else read_table_panel(
                session,
                lookups,
                editing,
                table_row,
                cells=highlight.cells,
                row=highlight.row,
                locators=highlight.locators,
                task_ids=[task["task_id"] for task in tasks if task["row"] == highlight.row],
                chosen_task=get_parameter(request, "task"),
            ),
        },
    )


def _pictured_places(session: Session, notice_id: str, highlight: Highlight, raw: Path | None) -> list[str]:
    """Return the highlighted places that a picture of their page can show."""
    file = session.row(queries.file_of_notice(notice_id)) if raw is not None and highlight.locators else None
    if file is None or find_source(raw, file) is None:
        return []
    return [place for place in highlight.locators if parse_place(place) is not None][:MAX_PICTURES]


def load_table_rows(request: Request, session: Session) -> tuple[str, list[list[str]]]:
    """Return title and rows of a whole table, the header first."""
    table_row = _find_table(session, get_parameter(request, "notice"), get_parameter(request, "table"))
    bounds = session.row(queries.row_bounds(table_row["table_id"])) or {}
    last = bounds["last"] if bounds["last"] is not None else -1
    cells = session.rows(queries.cells(table_row["table_id"], 0, last))
    return table_row["title"] or f"表{table_row['ordinal']}", to_rows(draw_table(cells, first=0, last=last))


def draw_table(
    cells: Sequence[dict[str, Any]],
    *,
    first: int,
    last: int,
    highlighted: Collection[tuple[int, int]] = (),
    highlighted_row: int | None = None,
    tasks: Sequence[dict[str, Any]] = (),
) -> DrawnTable:
    """Arrange the rows `first` to `last` and the header.

    Cells that start above `first` or end below `last` (or below the header) are clipped, so that the drawn part is a
    complete table.

    Args:
        cells: Rows of core.cells.
        first: First row.
        last: Last row.
        highlighted: Cells to highlight, as (row, col).
        highlighted_row: Row whose cells are marked.
        tasks: Tasks with their rows.
    """
    by_row: dict[int, list[str]] = {}
    for task in tasks:
        if task["row"] is not None:
            by_row.setdefault(task["row"], []).append(task["task_id"])
    top = min((cell["row"] for cell in cells), default=0)
    rows: dict[int, list[DrawnCell]] = {row: [] for row in (*range(min(top, 0), 0), *range(first, last + 1))}
    for cell in cells:
        begins = cell["row"] if cell["row"] < 0 else max(cell["row"], first)
        ends = min(cell["row"] + cell["row_span"], 0 if cell["row"] < 0 else last + 1)
        key = (cell["row"], cell["col"])
        is_in_row = highlighted_row is not None and cell["row"] <= highlighted_row < cell["row"] + cell["row_span"]
        drawn_cell = DrawnCell(
            begins,
            cell["col"],
            ends - begins,
            cell["col_span"],
            cell["text"],
            cell["locator"],
            key in highlighted,
            is_in_row,
        )
        rows[begins].append(drawn_cell)
    drawn_rows = []
    numbers = number_rows(cells, sorted(rows))
    for row, row_cells in sorted(rows.items()):
        printed, number = numbers[row]
        begins = printed if row >= 0 and printed != numbers.get(row - 1, ("", 0))[0] else ""
        drawn_rows.append(
            DrawnRow(row, sorted(row_cells, key=lambda cell: cell.col), by_row.get(row, ()), number, begins)
        )
    return DrawnTable(
        header=[row for row in drawn_rows if row.row < 0],
        body=[row for row in drawn_rows if row.row >= 0],
        columns=max((cell["col"] + cell["col_span"] for cell in cells), default=0),
    )


def number_rows(cells: Sequence[dict[str, Any]], rows: Sequence[int]) -> dict[int, tuple[str, int]]:
    """Return row -> the table of the source file and the number there, as the locators of its cells write them.

    The label of a group may be printed beside a lower row of it, so that most cells of a row decide. Where locators
    give no row, as on fixed pages, rows are counted from the first one below the header.
    """
    written: dict[int, Counter[tuple[str, int]]] = {}
    for cell in cells:
        if match := _ROW_OF_CELL.search(cell["locator"]):
            place = (match["table"] or "", int(match["row"] or match["sheet_row"]))
            written.setdefault(cell["row"], Counter())[place] += 1
    numbers: dict[int, tuple[str, int]] = {}
    for row in rows:
        printed, number = numbers.get(row - 1, ("", row))
        places = written.get(row)
        numbers[row] = max(places, key=lambda place: (places[place], -place[1])) if places else (printed, number + 1)
    return numbers


def find_cells(cells: Sequence[dict[str, Any]], row: int, columns: Collection[int]) -> list[tuple[int, int]]:
    """Return the start of the cells that cover `row` in one of `columns`; without `columns`, in any column."""
    return [
        (cell["row"], cell["col"])
        for cell in cells
        if cell["row"] <= row < cell["row"] + cell["row_span"]
        and (not columns or any(cell["col"] <= column < cell["col"] + cell["col_span"] for column in columns))
    ]


def to_rows(drawn_table: DrawnTable) -> list[list[str]]:
    """Return the table as rows of text; the text of a merged cell is in its first cell."""
    rows = []
    for row in (*drawn_table.header, *drawn_table.body):
        texts = [""] * drawn_table.columns
        for cell in row.cells:
            texts[cell.col] = cell.text
        rows.append(texts)
    return rows


def _load_table(
    request: Request, session: Session
) -> tuple[dict[str, Any], list[dict[str, Any]], Highlight, dict[str, Any], int, int]:
    table_row = _find_table(session, get_path_id(request, "notice_id"), get_path_id(request, "table_id"))
    bounds = session.row(queries.row_bounds(table_row["table_id"])) or {}
    if bounds.get("last") is None:
        bounds = {"first": 0, "last": -1, "cells": 0}
    place = _find_place(request, session, table_row)
    first = parse_number(request.query_params.get("from"), default=0, minimum=0, maximum=max(bounds["last"], 0))
    if place is not None and place[0] >= 0:
        first = place[0] // ROWS_PER_PAGE * ROWS_PER_PAGE
    last = min(first + ROWS_PER_PAGE - 1, bounds["last"])
    cells = session.rows(queries.cells(table_row["table_id"], first, last))
    highlight = _highlight(request, table_row, place, cells)
    if place is None and _is_place_lost(request, session, table_row):
        highlight = Highlight(message="表中没有找到这一处，可能已随仓库更新；请核对下表。")
    return table_row, cells, highlight, bounds, first, last


def _find_table(session: Session, notice_id: str, table_id: str) -> dict[str, Any]:
    table_row = session.row(queries.table(table_id, notice_id))
    if table_row is None:
        raise NotFoundError("仓库中没有这张表格。")
    return table_row


def _find_place(request: Request, session: Session, table_row: dict[str, Any]) -> tuple[int, int | None] | None:
    """Return row and column that the parameters refer to; the column is None for a whole row."""
    if cell_parameter := get_parameter(request, "cell"):
        match = _CELL_PARAMETER.fullmatch(cell_parameter)
        if match is None:
            raise BadRequestError("cell 应写成“行号,列号”，例如 cell=3,1。")
        return int(match[1]), int(match[2])
    if task_id := get_parameter(request, "task"):
        tasks = session.rows(queries.table_tasks(table_row["table_id"], table_row["notice_id"]))
        rows = (task["row"] for task in tasks if task["task_id"] == task_id and task["row"] is not None)
        return next(((row, None) for row in rows), None)
    locator = None
    if indicator_id := get_parameter(request, "indicator"):
        locator = (session.row(queries.indicator(indicator_id)) or {}).get("locator")
    elif finding_id := get_parameter(request, "finding"):
        finding = session.row(queries.finding(finding_id)) or {}
        locator = finding.get("locator")
    cell = session.row(queries.cell_at(table_row["table_id"], locator)) if locator else None
    return (cell["row"], cell["col"]) if cell else None


def _is_place_lost(request: Request, session: Session, table_row: dict[str, Any]) -> bool:
    """Return whether the parameters name a place that the table no longer has; a finding may be about all of it."""
    if finding_id := get_parameter(request, "finding"):
        finding = session.row(queries.finding(finding_id)) or {}
        return bool(finding.get("table_id") != table_row["table_id"])
    return any(get_parameter(request, name) for name in ("task", "indicator"))


def _highlight(
    request: Request,
    table_row: dict[str, Any],
    place: tuple[int, int | None] | None,
    cells: Sequence[dict[str, Any]],
) -> Highlight:
    if place is None:
        return Highlight()
    row, column = place
    if column is not None:
        cells_found = find_cells(cells, row, {column})
    else:
        role = get_parameter(request, "role") or "requirement"
        roles = FACT_COLUMNS.get(role, (role,))
        columns = {index for index, column_role in enumerate(table_row["roles"]) if column_role in roles}
        cells_found = find_cells(cells, row, columns)
    locators = [cell["locator"] for cell in cells if (cell["row"], cell["col"]) in set(cells_found)]
    return Highlight(cells_found, row, "" if cells_found else "表中没有这一格，请核对行号和列号。", locators)
