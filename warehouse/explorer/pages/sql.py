"""Page for a read-only SQL statement, with limits on time, memory and rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from warehouse.errors import QueryError
from warehouse.explorer.editing import Editing, Why
from warehouse.explorer.lookups import Lookups, load_lookups
from warehouse.explorer.rendering import Page, Site
from warehouse.explorer.sql_runner import run_until_disconnect
from warehouse.explorer.submitted import Submitted
from warehouse.query import read_column_labels
from warehouse.saved_queries import MAX_STATEMENT, list_queries

EXAMPLES: Final = (
    (
        "各通知的任务数和分值",
        "SELECT label AS 通知, tasks AS 任务数, points AS 基础分\nFROM mart.notice_labels\nORDER BY 基础分 DESC",
    ),
    ("分值最高的任务", "SELECT 城市, 单位, 任务要求, 分值\nFROM cn.任务清单\nORDER BY 分值 DESC NULLS LAST\nLIMIT 20"),
    ("有哪些表和视图", "SHOW ALL TABLES"),
)


def read_statement(request: Request) -> str:
    """Return the statement in the address."""
    return request.query_params.get("q", "").strip()[:MAX_STATEMENT]


def save_statement(editing: Editing, form: Submitted, why: Why) -> None:
    """Keep a statement for all visitors."""
    editing.save_query(form.value("name"), form.text("statement"), why, replace=bool(form.value("replace")))


def remove_statement(editing: Editing, form: Submitted, why: Why) -> None:
    """Remove a kept statement."""
    editing.remove_query(form.value("name"), why)


def sql_page(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint."""

    def read_names(statement: str) -> tuple[Lookups, dict[str, str]]:
        with site.reader.session() as session:
            return load_lookups(session), session.run(lambda connection: read_column_labels(connection, statement))

    async def respond(request: Request) -> Response:
        statement = read_statement(request)
        context: dict[str, Any] = {
            "statement": statement,
            "result": None,
            "error": "",
            "examples": EXAMPLES,
            "limits": site.reader.limits,
            "saved": await run_in_threadpool(list_queries, site.queries) if site.queries else [],
            "can_save": site.queries is not None,
            "max_statement": MAX_STATEMENT,
        }
        status = 200
        lookups, context["labels"] = await run_in_threadpool(read_names, statement)
        if statement:
            try:
                context["result"] = await run_until_disconnect(
                    request, lambda: site.sql.run(statement, site.reader.limits.rows)
                )
            except QueryError as error:
                context["error"], status = str(error), 400
        return await run_in_threadpool(site.render, request, Page("sql.html", context, status), lookups)

    return respond
