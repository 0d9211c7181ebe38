"""What the pages share: the reader of the warehouse, the templates, and how a handler becomes an endpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from warehouse import formatting
from warehouse.explorer import template_filters, urls
from warehouse.explorer.connections import Reader, Session
from warehouse.explorer.lookups import Catalog, catalog
from warehouse.explorer.search_params import tidy
from warehouse.explorer.security import Token
from warehouse.explorer.sql_runner import SqlRunner

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
LONGEST_ID: Final = 128


class NotFoundError(Exception):
    """There is no such page, notice, table or task; the text is Chinese."""


class WrongRequestError(Exception):
    """A request that makes no sense; the text is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Page:
    """A template with what it shows."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


Handler = Callable[[Request, Session, Catalog], Page | Response]


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of one running explorer."""

    reader: Reader
    sql: SqlRunner
    token: Token | None
    templates: Environment

    def endpoint(self, handler: Handler) -> Callable[[Request], Response]:
        """A handler with a session of the warehouse that is given back before the page is drawn."""

        def respond(request: Request) -> Response:
            with self.reader.session() as session:
                known = catalog(session)
                answer = handler(request, session, known)
            return self.drawn(request, answer, known) if isinstance(answer, Page) else answer

        return respond

    def drawn(self, request: Request, page: Page, known: Catalog | None = None) -> Response:
        """The page as HTML; `known` is None where the warehouse could not be read."""
        context = {"path": request.url.path, "catalog": known, "signed_in": self.token is not None, **page.context}
        return HTMLResponse(self.templates.get_template(page.template).render(context), page.status)


def templates() -> Environment:
    """The templates with escaping of everything, and an error for a name that nobody gave."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "num": formatting.format_number,
        "pct": formatting.format_percent,
        "text": template_filters.text,
        "look": template_filters.look,
        "code": template_filters.code,
        "marked": template_filters.marked,
        "excerpt": template_filters.excerpt,
    }
    environment.globals |= {
        "links": urls,
        "hit_fields": template_filters.hit_fields,
        "static_version": _static_version(),
    }
    return environment


def path_id(request: Request, name: str) -> str:
    """An id from the address."""
    return str(request.path_params[name])[:LONGEST_ID]


def parameter(request: Request, name: str) -> str:
    """One query parameter, tidied; empty where it is missing."""
    return tidy(request.query_params.get(name, ""))


def _static_version() -> str:
    """Changes with the static files, so that a browser fetches new ones."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
