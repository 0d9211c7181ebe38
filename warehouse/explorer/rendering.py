"""What all pages share: the templates with their filters, and the step from a handler to an endpoint."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import schemas
from schemas.code_labels import AUDITS, BASES, CHANGES, RELATIONS
from warehouse import formatting
from warehouse.errors import WarehouseError
from warehouse.explorer import urls
from warehouse.explorer.access import FormSeal, may_edit
from warehouse.explorer.connections import Session, SnapshotReader
from warehouse.explorer.editing import Editing, JobReport
from warehouse.explorer.lookups import Lookups, load_lookups
from warehouse.explorer.search_params import clean_text, parse_serial
from warehouse.explorer.sql_runner import SqlRunner
from warehouse.formatting import format_value

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
WHO_COOKIE: Final = "wenming_who"
"""Cookie with the name that the visitor gave with the last change, to fill in the next form."""
COLORS_COOKIE: Final = "wenming_colors"
"""Cookie that the switch of the page sets: `light` or `dark`; without it, the page follows the system."""
DARK_MEDIA: Final = {"auto": "screen and (prefers-color-scheme: dark)", "dark": "screen", "light": "not all"}
"""Theme -> where the dark colours apply; paper is always light."""
MAX_ID_LENGTH: Final = 128
EXCERPT_LENGTH: Final = 180
"""Maximum characters of a long text in a list of hits."""
EXCERPT_LEAD: Final = 40
"""Characters shown before the first hit."""
NUMERIC_TYPES: Final = ("DECIMAL", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT")
"""Prefixes of the names of DuckDB's numeric types."""
CODE_LABELS: Final[dict[str, dict[str, str]]] = {
    name: dict(schemas.TABLES[table].column[column].values)
    for name, table, column in (
        ("severity", "core.findings", "severity"),
        ("role", "core.task_parties", "role"),
        ("deadline", "core.task_deadlines", "kind"),
        ("evidence", "core.task_evidence", "kind"),
        ("operator", "core.task_thresholds", "operator"),
        ("effect", "core.scoring_rules", "effect"),
        ("rule", "core.rules", "kind"),
        ("table", "core.tables", "kind"),
        ("document", "core.notices", "kind"),
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
"""Chinese label of each code, by kind of code."""


class NotFoundError(Exception):
    """Raised if a page, notice, table or task does not exist; the message is Chinese."""


class BadRequestError(Exception):
    """Raised for invalid parameters; the message is Chinese and names the remedy."""


@dataclass(frozen=True, slots=True)
class Page:
    """Template with its context and status."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Site:
    """Components of a running explorer."""

    reader: SnapshotReader
    sql: SqlRunner
    has_sign_in: bool
    templates: Environment
    raw: Path | None = None
    """Folder of the source files, of whose pages pictures are shown; None for none."""
    editing: Editing | None = None
    """Whoever writes; None for an explorer that only shows."""
    has_editors: bool = False
    """Whether visitors may sign in as editors."""
    queries: Path | None = None
    """Folder of the saved queries; None for none."""
    seal: FormSeal = field(default_factory=FormSeal)

    def endpoint(self, handler: Handler) -> Callable[[Request], Response]:
        """Return an endpoint that calls `handler` with a session; the session ends before the page is rendered."""

        def respond(request: Request) -> Response:
            with self.reader.session() as session:
                lookups = load_lookups(session)
                result = handler(request, session, lookups)
            return self.render(request, result, lookups) if isinstance(result, Page) else result

        return respond

    def render(self, request: Request, page: Page, lookups: Lookups | None = None) -> Response:
        """Render a page as HTML; `lookups` is None if the warehouse could not be read."""
        can_edit = self.editing is not None and may_edit(request)
        context = {
            "path": request.url.path,
            "lookups": lookups,
            "signed_in": self.has_sign_in,
            "writable": self.editing is not None,
            "can_edit": can_edit,
            "sign_in_to_edit": self.has_editors and not can_edit,
            "dark_media": DARK_MEDIA.get(request.cookies.get(COLORS_COOKIE, ""), DARK_MEDIA["auto"]),
            "seal": self.seal.make(request) if can_edit else "",
            "who": unquote(request.cookies.get(WHO_COOKIE, "")) if can_edit else "",
            "job": self._find_job(request) if can_edit else None,
            "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            **page.context,
        }
        return HTMLResponse(self.templates.get_template(page.template).render(context), page.status)

    def try_lookups(self) -> Lookups | None:
        """Return the lookups, None where there is no warehouse: some pages are how one comes to be."""
        try:
            with self.reader.session() as session:
                return load_lookups(session)
        except WarehouseError:
            return None

    def _find_job(self, request: Request) -> JobReport | None:
        """Return the job that the address names, whose result the page waits for."""
        number = parse_serial(request.query_params.get("job", ""))
        return self.editing.find_job(number) if self.editing is not None else None


Handler = Callable[[Request, Session, Lookups], Page | Response]


def create_environment() -> Environment:
    """Return the template environment with autoescaping; undefined names raise an error."""
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
        "cell_class": cell_class,
        "code": code_label,
        "mark_words": mark_words,
        "excerpt": make_excerpt,
    }
    environment.globals |= {
        "links": urls,
        "find_matching_fields": find_matching_fields,
        "static_version": _static_version(),
    }
    return environment


def get_path_id(request: Request, name: str) -> str:
    """Return an id from the path."""
    return str(request.path_params[name])[:MAX_ID_LENGTH]


def get_parameter(request: Request, name: str) -> str:
    """Return a cleaned query parameter; empty if it is missing."""
    return clean_text(request.query_params.get(name, ""))


def code_label(value: str | None, kind: str) -> str:
    """Return the Chinese label of a code; the code itself if it has none."""
    return CODE_LABELS[kind].get(value, value) if value is not None else ""


def format_text(value: Any) -> str:
    """Format any value for display; a dash for None."""
    return format_value(value) or "—"


def cell_class(type_: str, value: Any = None) -> str:
    """Return the CSS class of a column by its DuckDB type: n for numbers, keep for dates, wide and middle for text."""
    if type_.endswith("]"):
        return "middle"
    if type_.startswith(NUMERIC_TYPES):
        return "n"
    if type_ in ("DATE", "TIMESTAMP", "BOOLEAN"):
        return "keep"
    length = len(value) if isinstance(value, str) else 0
    return "wide" if length > 24 else "middle" if length > 8 else ""


def mark_words(value: str | None, words: Sequence[str]) -> Markup:
    """Return the text with all words wrapped in <mark>."""
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
    """Return the part of a long text around its first hit and short parts around the others, with marked hits."""
    if not value or len(value) <= length:
        return mark_words(value, words)
    text = value.lower()
    hits = sorted((place, place + len(word)) for word in words if (place := text.find(word.lower())) >= 0) or [(0, 0)]
    start = max(min(hits[0][0] - EXCERPT_LEAD, len(value) - length), 0)
    pieces = [(start, start + length)]
    for place, end in hits:
        start, last = pieces[-1]
        if end > last:
            further = max(place + EXCERPT_LEAD, end)
            if place - EXCERPT_LEAD // 2 <= last:
                pieces[-1] = start, further
            else:
                pieces.append((place - EXCERPT_LEAD // 2, further))
    parts = Markup("…").join(mark_words(value[start:end], words) for start, end in pieces)
    return Markup("{}{}{}").format("…" if pieces[0][0] else "", parts, "…" if pieces[-1][1] < len(value) else "")


def find_matching_fields(task: dict[str, Any], words: Sequence[str]) -> list[tuple[str, str]]:
    """Return label and text of the fields that contain words which the requirement does not contain."""
    requirement = (task["requirement"] or "").lower()
    missing = [word for word in words if word.lower() not in requirement]
    columns = schemas.TABLES["core.tasks"].column
    return [
        (columns[name].label, task[name])
        for name in ("criteria", "scoring", "evidence", "deadline", "remark")
        if task[name] and any(word.lower() in task[name].lower() for word in missing)
    ]


def _static_version() -> str:
    """Return a digest of the static files, used to bypass the browser cache after a change."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
