"""The findings: what was doubtful or does not add up, each with its place."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request

from warehouse.explorer import queries_notice as ask
from warehouse.explorer.connections import Session
from warehouse.explorer.lookups import Catalog
from warehouse.explorer.pages.search import part
from warehouse.explorer.rendering import Page, parameter
from warehouse.explorer.search_params import words
from warehouse.explorer.template_filters import CODES

SIZE: Final = 50
STATES: Final = {"open": "尚待处理", "settled": "已说明", "all": "全部"}


def findings(request: Request, session: Session, known: Catalog) -> Page:
    """The findings that fit, the heaviest first."""
    given = read(request)
    found = hits(session, given)
    address = "/findings?" + urlencode({name: value for name, value in given.items() if value})
    shown, pages = part(request, found, SIZE, ask.FINDINGS_CAP, address)
    rules = session.once("rules", lambda one: one.rows(ask.finding_rules()))
    return Page(
        "findings.html",
        {
            "given": given,
            "rows": shown,
            "pages": pages,
            "severities": CODES["severity"],
            "states": STATES,
            "rules": list(dict.fromkeys(row["rule"] for row in rules)),
            "download": "/download?what=findings&" + urlencode(given),
        },
    )


def read(request: Request) -> dict[str, str]:
    """The filters of the request."""
    given = {name: parameter(request, name) for name in ("q", "severity", "rule", "notice", "state")}
    given["severity"] = given["severity"] if given["severity"] in CODES["severity"] else ""
    given["state"] = given["state"] if given["state"] in STATES else "open"
    return given


def hits(session: Session, given: dict[str, str]) -> list[dict[str, Any]]:
    """The findings that fit these filters."""
    query = ask.findings(
        severity=given["severity"],
        rule=given["rule"],
        notice=given["notice"],
        state=given["state"],
        words=words(given["q"]),
    )
    return session.rows(query)
