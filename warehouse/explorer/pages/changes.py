"""The log of who changed what, with the way to undo it, and the work in the background; for editors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from warehouse.explorer.access import may_edit
from warehouse.explorer.editing import Editing
from warehouse.explorer.pages.search import paginate
from warehouse.explorer.pages.settle import make_refusal
from warehouse.explorer.rendering import Page, Site

PAGE_SIZE: Final = 50
MAX_JOBS: Final = 10
"""Jobs that are listed."""


def changes_page(site: Site, editing: Editing) -> Callable[[Request], Response]:
    """Return the endpoint of the log."""

    def respond(request: Request) -> Response:
        if not may_edit(request):
            return site.render(request, make_refusal(site))
        entries, pages = paginate(request, editing.list_changes(), PAGE_SIZE, 100_000, "/changes")
        jobs = editing.list_jobs()[:MAX_JOBS]
        return site.render(
            request, Page("changes.html", {"entries": entries, "pages": pages, "jobs": jobs}), site.try_lookups()
        )

    return respond
