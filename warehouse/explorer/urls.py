"""Addresses of the pages and of the source of each fact; templates use this module as `links`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

HIGHLIGHT_ID: Final = "lit"
"""Id of the highlighted element."""


def notice(notice_id: str, fragment: str = "") -> str:
    """Return the address of a notice."""
    return f"/notice/{quote(notice_id, safe='')}" + (f"#{fragment}" if fragment else "")


def task(task_id: str) -> str:
    """Return the address of a task."""
    return f"/task/{quote(task_id, safe='')}"


def table(notice_id: str, table_id: str, **chosen: str | None) -> str:
    """Return the address of a table; `chosen` (cell, task and role, indicator or finding) is highlighted."""
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"{notice(notice_id)}/table/{quote(table_id, safe='')}" + (f"?{query}#{HIGHLIGHT_ID}" if query else "")


def page_picture(notice_id: str, locator: str) -> str:
    """Return the address of the picture of a page with a place framed."""
    return f"{notice(notice_id)}/page.png?" + urlencode({"at": locator})


def source_of_task(row: dict[str, Any], role: str | None = None) -> str:
    """Return the source of a task: its table row (with the column of `role` highlighted), or its clause in the text."""
    if row["table_id"] is None:
        return place_in_notice(row["notice_id"], row["locator"])
    return table(row["notice_id"], row["table_id"], task=row["task_id"], role=role)


def source_of_indicator(row: dict[str, Any]) -> str:
    """Return the source of an indicator: its cell, or its place in the running text."""
    if row["table_id"] is None:
        return place_in_notice(row["notice_id"], row["locator"])
    return table(row["notice_id"], row["table_id"], indicator=row["indicator_id"])


def source_of_finding(row: dict[str, Any]) -> str | None:
    """Return the source of a finding: its cell, table or notice; None if no notice was loaded."""
    if row["notice_id"] is None:
        return None
    if row["table_id"] is None:
        return place_in_notice(row["notice_id"], row["locator"])
    return table(row["notice_id"], row["table_id"], finding=row["finding_id"])


def place_in_notice(notice_id: str, locator: str | None) -> str:
    """Return the address of a place in the running text of a notice."""
    query = urlencode({"at": locator}) if locator else ""
    return f"{notice(notice_id)}?{query}#{HIGHLIGHT_ID}" if query else notice(notice_id)


def search(**parameters: str | None) -> str:
    """Return the address of the search page with these parameters."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"/?{query}" if query else "/"


def progress(**parameters: str | None) -> str:
    """Return the address of the progress page with these parameters."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"/progress?{query}" if query else "/progress"


def burden(**parameters: str | None) -> str:
    """Return the address of the page on the burden of the grassroots with these parameters."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"/burden?{query}" if query else "/burden"


def units(**parameters: str | None) -> str:
    """Return the address of the page on units with these parameters."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"/units?{query}" if query else "/units"


def dictionary(table: str, column: str = "") -> str:
    """Return the address of a table in the data dictionary, or of one of its columns."""
    return f"/dictionary/{quote(table, safe='')}" + (f"#c-{quote(column, safe='')}" if column else "")


def download(what: str, **parameters: str | Sequence[str] | None) -> str:
    """Return the address of a download; a parameter of several values is repeated."""
    given = {name: value for name, value in parameters.items() if value}
    return "/download?" + urlencode({"what": what} | given, doseq=True)
