"""A notice's own table as it stands on the page, with the cell a fact was read from lit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request

from warehouse.explorer import queries_notice as ask
from warehouse.explorer import table_view
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Catalog
from warehouse.explorer.rendering import NotFoundError, Page, WrongRequestError, parameter, path_id
from warehouse.explorer.search_params import number

ROWS: Final = 500
"""Rows that are drawn at once."""
COLUMNS: Final = {
    "party": ("party", "lead", "support"),
    "points": ("points", "scorebox"),
    "level": ("level", "serial"),
}
"""Role of a fact -> roles of the columns it may be read from, where they are not the same."""


_CELL: Final = re.compile(r"(-?\d{1,7}),(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be lit: cells by (row, col), the row they belong to, and what a person is told about it."""

    cells: Sequence[tuple[int, int]] = ()
    row: int | None = None
    words: str = ""
    locators: Sequence[str] = field(default_factory=tuple)


def table(request: Request, session: Session, known: Catalog) -> Page:
    """One table with its header, merged cells and the chosen cell."""
    found, cells, chosen, bounds, first, last = _read(request, session)
    notice_id, table_id = found["notice_id"], found["table_id"]
    tasks = session.rows(ask.table_tasks(table_id, notice_id))
    others = session.rows(ask.of_notice("core.tables", notice_id))
    drawn = table_view.draw(cells, first=first, last=last, lit=set(chosen.cells), near_row=chosen.row, tasks=tasks)
    return Page(
        "table.html",
        {
            "table": found,
            "label": known.label(notice_id),
            "grid": drawn,
            "chosen": chosen,
            "lit_first": min((cell for cell in chosen.cells), default=None),
            "first": first,
            "last": last,
            "end": bounds["last"],
            "others": others,
            "step": ROWS,
        },
    )


def table_rows(request: Request, session: Session) -> tuple[str, list[list[str]]]:
    """Title and rows of the whole table, for a workbook; the first row is the header."""
    found = _table(session, parameter(request, "notice"), parameter(request, "table"))
    bounds = session.row(ask.row_bounds(found["table_id"])) or {}
    last = bounds["last"] if bounds["last"] is not None else -1
    cells = session.rows(ask.cells(found["table_id"], 0, last))
    return found["title"] or f"表{found['ordinal']}", table_view.as_rows(table_view.draw(cells, first=0, last=last))


def _read(
    request: Request, session: Session
) -> tuple[dict[str, Any], list[dict[str, Any]], Chosen, dict[str, Any], int, int]:
    found = _table(session, path_id(request, "notice_id"), path_id(request, "table_id"))
    bounds = session.row(ask.row_bounds(found["table_id"])) or {}
    if bounds.get("last") is None:
        bounds = {"first": 0, "last": -1, "cells": 0}
    place = _place(request, session, found)
    first = number(request.query_params.get("from"), default=0, least=0, most=max(bounds["last"], 0))
    if place is not None and place[0] >= 0:
        first = place[0] // ROWS * ROWS
    last = min(first + ROWS - 1, bounds["last"])
    cells = session.rows(ask.cells(found["table_id"], first, last))
    return found, cells, _chosen(request, found, place, cells), bounds, first, last


def _table(session: Session, notice_id: str, table_id: str) -> dict[str, Any]:
    found = session.row(ask.table(table_id, notice_id))
    if found is None:
        raise NotFoundError("仓库中没有这张表格。")
    return found


def _place(request: Request, session: Session, found: dict[str, Any]) -> tuple[int, int | None] | None:
    """Row and column that the address names in any of its ways; the column is None where a whole row is meant."""
    if given := parameter(request, "cell"):
        named = _CELL.fullmatch(given)
        if named is None:
            raise WrongRequestError("cell 应写成“行号,列号”，例如 cell=3,1。")
        return int(named[1]), int(named[2])
    if task_id := parameter(request, "task"):
        tasks = session.rows(ask.table_tasks(found["table_id"], found["notice_id"]))
        return next(((one["row"], None) for one in tasks if one["task_id"] == task_id and one["row"] is not None), None)
    locator = None
    if indicator_id := parameter(request, "indicator"):
        locator = (session.row(ask.indicator(indicator_id)) or {}).get("locator")
    elif finding_id := parameter(request, "finding"):
        finding = session.row(ask.finding(finding_id)) or {}
        locator = finding.get("locator")
    cell = session.row(ask.cell_at(found["table_id"], locator)) if locator else None
    return (cell["row"], cell["col"]) if cell else None


def _chosen(
    request: Request,
    found: dict[str, Any],
    place: tuple[int, int | None] | None,
    cells: Sequence[dict[str, Any]],
) -> Chosen:
    if place is None:
        asked = any(parameter(request, name) for name in ("task", "indicator", "finding"))
        return Chosen(words="表中没有找到这一处，可能已随仓库更新；请核对下表。" if asked else "")
    row, column = place
    if column is not None:
        lit = table_view.cells_of_row(cells, row, {column})
    else:
        role = parameter(request, "role") or "requirement"
        wanted = COLUMNS.get(role, (role,))
        lit = table_view.cells_of_row(cells, row, {at for at, name in enumerate(found["roles"]) if name in wanted})
    locators = [one["locator"] for one in cells if (one["row"], one["col"]) in set(lit)]
    return Chosen(lit, row, "" if lit else "表中没有这一格，请核对行号和列号。", locators)
