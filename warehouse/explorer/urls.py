"""Addresses of the pages. Every fact has one: the cell that it was read from."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlencode

HIGHLIGHT_ID: Final = "lit"
"""Element that is lit on the page of a table."""


def notice(notice_id: str, fragment: str = "") -> str:
    """The summary of a notice."""
    return f"/notice/{quote(notice_id, safe='')}" + (f"#{fragment}" if fragment else "")


def task(task_id: str) -> str:
    """One task."""
    return f"/task/{quote(task_id, safe='')}"


def table(notice_id: str, table_id: str, **chosen: str | None) -> str:
    """A notice's own table, with what was `chosen` (cell, task and role, indicator, finding) lit."""
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"{notice(notice_id)}/table/{quote(table_id, safe='')}" + (f"?{query}#{HIGHLIGHT_ID}" if query else "")


def source_of_task(row: dict[str, Any], role: str | None = None) -> str:
    """Where a task stands: its row in the table (the column of `role` lit), or its clause in the running text."""
    if row["table_id"] is None:
        return place_in_notice(row["notice_id"], row["locator"])
    return table(row["notice_id"], row["table_id"], task=row["task_id"], role=role)


def source_of_indicator(row: dict[str, Any]) -> str:
    """The cell of an indicator, or its place in the running text."""
    if row["table_id"] is None:
        return place_in_notice(row["notice_id"], row["locator"])
    return table(row["notice_id"], row["table_id"], indicator=row["indicator_id"])


def source_of_finding(row: dict[str, Any]) -> str | None:
    """The cell of a finding, else the table or the notice that it is about; None where no notice was loaded."""
    if row["notice_id"] is None:
        return None
    if row["table_id"] is None:
        return place_in_notice(row["notice_id"], row["locator"])
    return table(row["notice_id"], row["table_id"], finding=row["finding_id"])


def place_in_notice(notice_id: str, locator: str | None) -> str:
    """A place in the running text of a notice: the clause at `locator`."""
    query = urlencode({"at": locator}) if locator else ""
    return f"{notice(notice_id)}?{query}#{HIGHLIGHT_ID}" if query else notice(notice_id)


def search(**parameters: str | None) -> str:
    """The search page with these parameters."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"/?{query}" if query else "/"


def progress(**parameters: str | None) -> str:
    """The page on progress with these parameters."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"/progress?{query}" if query else "/progress"


def download(what: str, **parameters: str | None) -> str:
    """A result as a workbook."""
    return "/download?" + urlencode({"what": what} | {name: value for name, value in parameters.items() if value})
