"""Page on units: who is bound by several notices, and one merged list for one unit with every source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request

from warehouse.explorer import queries_units, urls
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.pages.search import paginate
from warehouse.explorer.rendering import NotFoundError, Page, get_parameter

PAGE_SIZE: Final = 50
MAX_MATERIALS: Final = 200
"""Materials listed that serve several tasks, those that save most."""
PROGRESS: Final = {"done": "都已办结", "partial": "办结一部分", "none": ""}


def units(request: Request, session: Session, lookups: Lookups) -> Page:
    """Show the units, or the merged list of the unit `unit`."""
    unit_id, part = get_parameter(request, "unit"), get_parameter(request, "party")
    found = session.rows(
        queries_units.obligations(unit_id, queries_units.MAX_ROWS + 1)
        if unit_id
        else queries_units.units(part, queries_units.MAX_ROWS + 1)
    )
    if unit_id and not found:
        raise NotFoundError("没有这个单位，或没有约束它的现行通知。")
    rows, pages = paginate(
        request, found, PAGE_SIZE, queries_units.MAX_ROWS, urls.units(unit=unit_id, party="" if unit_id else part)
    )
    materials: Sequence[dict[str, Any]] = []
    caveat = None
    if unit_id:
        materials = session.rows(queries_units.shared_evidence(unit_id, MAX_MATERIALS))
        caveat = lookups.caveat_of_notices(
            {row["notice_id"] for row in session.rows(queries_units.notices_of(unit_id))}
        )
    return Page(
        "merged_list.html",
        {
            "part": part,
            "chosen": found[0] if unit_id else None,
            "rows": rows,
            "pages": pages,
            "materials": materials,
            "tasks": sum(row["tasks"] for row in found) if unit_id else 0,
            "progress": PROGRESS,
            "caveat": caveat,
            "download": urls.download("units", unit=unit_id),
        },
    )
