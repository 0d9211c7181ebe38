"""What all pages share: the templates with their filters, and the step from a handler to an endpoint."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import schemas
from schemas.code_labels import AUDITS, BASES, CHANGES, RELATIONS
from warehouse import formatting
from warehouse.explorer import urls
from warehouse.explorer.connections import Session, SnapshotReader
from warehouse.explorer.lookups import Lookups, load_lookups
from warehouse.explorer.search_params import clean_text
from warehouse.explorer.sql_runner import SqlRunner
from warehouse.formatting import format_value

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
MAX_ID_LENGTH: Final = 128
# How values look on a page: Chinese names of codes, numbers, shares, marked words.
EXCERPT_LENGTH: Final = 180
"""Characters of a long text that a list of hits shows."""
EXCERPT_LEAD: Final = 40
"""Of these, before the first hit."""
NUMERIC_TYPES: Final = ("DECIMAL", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT")
"""How the names of DuckDB's types of numbers begin."""
CODE_LABELS: Final[dict[str, dict[str, str]]] = {
    name: dict(schemas.TABLES[table].column[column].values)
    for name, table, column in (
        ("severity", "core.findings", "severity"),
        ("role", "core.task_parties", "role"),
        ("deadline", "core.task_deadlines", "kind"),
        ("evidence", "core.task_evidence", "kind"),
        ("operator", "core.task_thresholds", "operator"),
        ("effect", "core.scoring_rules", "effect"),
        ("table", "core.tables", "kind"),
        ("format", "core.files", "format"),
        ("progress", "ops.progress", "status"),
        ("problem", "ops.progress_issues", "kind"),
    )
} | {
    "relation": dict(RELATIONS),
    "basis": dict(BASES),
    "audit": dict(AUDITS),
    "change": dict(CHANGES),
    "column": {
        "serial": "序号",
        "level": "指标",
        "requirement": "任务要求",
        "criteria": "评价标准",
        "evidence": "材料要求",
        "deadline": "完成时限",
        "method": "测评方法",
        "party": "责任单位",
        "lead": "牵头单位",
        "support": "配合单位",
        "points": "分值",
        "scoring": "评分标准",
        "leader": "责任领导",
        "person": "责任人",
        "remark": "备注",
    },
}
"""Chinese meaning of each code, by the kind of code."""


class NotFoundError(Exception):
    """There is no such page, notice, table or task; the text is Chinese."""


class BadRequestError(Exception):
    """A request that makes no sense; the text is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Page:
    """A template with what it shows."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of one running explorer."""

    reader: SnapshotReader
    sql: SqlRunner
    has_sign_in: bool
    templates: Environment

    def endpoint(self, handler: Handler) -> Callable[[Request], Response]:
        """A handler with a session of the warehouse that is given back before the page is drawn."""

        def respond(request: Request) -> Response:
            with self.reader.session() as session:
                lookups = load_lookups(session)
                result = handler(request, session, lookups)
            return self.render(request, result, lookups) if isinstance(result, Page) else result

        return respond

    def render(self, request: Request, page: Page, lookups: Lookups | None = None) -> Response:
        """The page as HTML; `known` is None where the warehouse could not be read."""
        context = {"path": request.url.path, "lookups": lookups, "signed_in": self.has_sign_in, **page.context}
        return HTMLResponse(self.templates.get_template(page.template).render(context), page.status)


Handler = Callable[[Request, Session, Lookups], Page | Response]


def create_environment() -> Environment:
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
        "text": format_text,
        "look": cell_class,
        "code": code_label,
        "marked": mark_words,
        "excerpt": make_excerpt,
    }
    environment.globals |= {
        "links": urls,
        "hit_fields": find_matching_fields,
        "static_version": _static_version(),
    }
    return environment


def get_path_id(request: Request, name: str) -> str:
    """An id from the address."""
    return str(request.path_params[name])[:MAX_ID_LENGTH]


def get_parameter(request: Request, name: str) -> str:
    """One query parameter, tidied; empty where it is missing."""
    return clean_text(request.query_params.get(name, ""))


def code_label(value: str | None, kind: str) -> str:
    """The Chinese name of a code; the code itself where it has none."""
    return CODE_LABELS[kind].get(value, value) if value is not None else ""


def format_text(value: Any) -> str:
    """Any value as a person reads it; a dash for nothing."""
    return format_value(value) or "—"


def cell_class(type_: str, value: Any = None) -> str:
    """How a column of this DuckDB type is set: n for numbers, keep for days; long text gets room (wide, middle)."""
    if type_.endswith("]"):
        return "middle"
    if type_.startswith(NUMERIC_TYPES):
        return "n"
    if type_ in ("DATE", "TIMESTAMP", "BOOLEAN"):
        return "keep"
    length = len(value) if isinstance(value, str) else 0
    return "wide" if length > 24 else "middle" if length > 8 else ""


def mark_words(value: str | None, words: Sequence[str]) -> Markup:
    """Text with every hit of every word in <mark>."""
    if not value:
        return Markup("")
    if not words:
        return escape(value)
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    pieces, end = [], 0
    for match in pattern.finditer(value):
        pieces += [escape(value[end : match.start()]), Markup("<mark>{}</mark>").format(match[0])]
        end = match.end()
    return Markup("").join([*pieces, escape(value[end:])])


def make_excerpt(value: str | None, words: Sequence[str], length: int = EXCERPT_LENGTH) -> Markup:
    """The part of a long text around its first hit, and a few letters around the others, with the hits marked."""
    if not value or len(value) <= length:
        return mark_words(value, words)
    places = sorted(place for word in words if (place := value.lower().find(word.lower())) >= 0) or [0]
    pieces: list[tuple[int, int]] = []
    for place in places:
        if not pieces:
            start = max(min(place - EXCERPT_LEAD, len(value) - length), 0)
            pieces.append((start, start + length))
        elif place >= pieces[-1][1] - 1:
            pieces.append((max(place - EXCERPT_LEAD // 2, pieces[-1][1]), min(place + EXCERPT_LEAD, len(value))))
    parts = [Markup("…" if pieces[0][0] else "")]
    for index, (start, end) in enumerate(pieces):
        if index and start > pieces[index - 1][1]:
            parts.append(Markup("…"))
        parts.append(mark_words(value[start:end], words))
    return Markup("").join([*parts, "…" if pieces[-1][1] < len(value) else ""])


def find_matching_fields(task: dict[str, Any], words: Sequence[str]) -> list[tuple[str, str]]:
    """Name and text of the fields beside the requirement that a word was found in and the requirement lacks."""
    requirement = (task["requirement"] or "").lower()
    missing = [word for word in words if word.lower() not in requirement]
    columns = schemas.TABLES["core.tasks"].column
    return [
        (columns[name].label, task[name])
        for name in ("criteria", "scoring", "evidence", "deadline", "remark")
        if task[name] and any(word.lower() in task[name].lower() for word in missing)
    ]


def _static_version() -> str:
    """Changes with the static files, so that a browser fetches new ones."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
