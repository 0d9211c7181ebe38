"""The web application: routes, middleware and error pages."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from warehouse.errors import QueryError, WarehouseError, WarehouseLockedError
from warehouse.explorer import rendering, security
from warehouse.explorer.connections import BusyError, Limits, SnapshotReader, TooSlowError
from warehouse.explorer.editing import Editing
from warehouse.explorer.pages import (
    burden,
    changes,
    compare,
    download,
    files,
    inbox,
    merged_list,
    notice,
    progress,
    questions,
    search,
    settle,
    source_page,
    sql,
    table,
)
from warehouse.explorer.rendering import BadRequestError, NotFoundError, Page, Site
from warehouse.explorer.sql_runner import ClientDisconnectedError, SqlRunner
from warehouse.request_guard import GuardRules, KnownHosts, RequestGuard

LOG: Final = logging.getLogger(__name__)
MAX_THREADS: Final = 120
"""Requests handled or waiting for a cursor at the same time; further ones wait for a thread."""
GUARD_RULES: Final = GuardRules(own=frozenset({"/sql", "/download", "/files/lists"}))
"""Opening such an address runs a statement or a download, so links from other sites are refused."""
CHANGE_ROUTES: Final[Mapping[str, settle.Change]] = {
    "/settle/findings": settle.settle_findings,
    "/settle/row": settle.correct_row,
    "/settle/unit": settle.settle_unit,
    "/settle/layout": settle.settle_layout,
    "/changes/undo": settle.undo,
    "/files/notices": files.add_notices,
    "/files/progress": files.import_progress,
}
"""Where forms that change something are sent."""
EXPLAINED_ERRORS: Final = (HTTPException, NotFoundError, BadRequestError, WarehouseError, Exception)
"""Errors that become a page in Chinese."""
REMEDY: Final = "请在终端运行 wenming build，完成后刷新本页。"


def create_app(
    warehouse: Path,
    *,
    token: str | None = None,
    hosts: KnownHosts = KnownHosts(),  # noqa: B008  it is frozen
    limits: Limits | None = None,
    raw: Path | None = None,
    editing: Editing | None = None,
    editor_token: str | None = None,
) -> Starlette:
    """Create the explorer.

    Args:
        warehouse: Warehouse file; it may be missing or be replaced at any time.
        token: Token that visitors must enter; None for no sign-in.
        hosts: Host names under which the explorer may be reached.
        limits: Limits on time, rows and size of answers.
        raw: Folder of the source files, to show the page that a fact was read from; None shows none.
        editing: Whoever writes what editors settle; None for pages that only show. It is closed with the server.
        editor_token: Token of editors. Without any token, every visitor may edit; with `token` alone, nobody.

    Raises:
        ValueError: A token is empty.
    """
    reader = SnapshotReader(warehouse, limits or Limits())
    access = security.Access.from_tokens(token, editor_token)
    site = Site(
        reader,
        SqlRunner(warehouse, reader.limits),
        bool(access.tokens),
        rendering.create_environment(),
        raw,
        editing,
        has_editors=editing is not None and access.editor is not None,
    )
    return Starlette(
        routes=_build_routes(site, access),
        middleware=[
            Middleware(security.SecurityHeaders),
            Middleware(RequestGuard, hosts=hosts, rules=GUARD_RULES),
            Middleware(security.RequireSignIn, access=access),
        ],
        exception_handlers={
            **dict.fromkeys(EXPLAINED_ERRORS, _error_handler(site)),
            ClientDisconnectedError: _client_disconnected,
        },
        lifespan=_make_lifespan(site),
    )


def _make_lifespan(site: Site) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Return what is done when the server starts and when it ends."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = MAX_THREADS
        yield
        site.reader.close()
        if site.editing is not None:
            site.editing.close()

    return lifespan


def _build_routes(site: Site, access: security.Access) -> list[Route | Mount]:
    routes: list[Route | Mount] = [
        Route("/", site.endpoint(search.search)),
        Route("/notices", site.endpoint(search.notices)),
        Route("/notice/{notice_id}", site.endpoint(notice.notice_page(site.editing))),
        Route("/notice/{notice_id}/page.png", source_page.page_picture_endpoint(site)),
        Route("/notice/{notice_id}/table/{table_id}", site.endpoint(table.table_page(site.raw, site.editing))),
        Route("/task/{task_id}", site.endpoint(notice.task)),
        Route("/compare", site.endpoint(compare.compare)),
        Route("/questions", site.endpoint(questions.question_list)),
        Route("/questions/{number}", site.endpoint(questions.question)),
        Route("/units", site.endpoint(merged_list.units)),
        Route("/burden", site.endpoint(burden.burden)),
        Route("/findings", site.endpoint(search.findings)),
        Route("/inbox", site.endpoint(inbox.inbox)),
        Route("/files", files.files_page(site)),
        Route("/files/lists", files.list_files(site)),
        Route("/progress", site.endpoint(progress.progress)),
        Route("/sql", sql.sql_page(site)),
        Route("/download", download.download_page(site)),
        Route("/healthz", _health_check(site.reader)),
        Mount("/static", StaticFiles(directory=rendering.STATIC)),
    ]
    if access.tokens:
        routes += [
            Route("/signin", security.sign_in_form(site)),
            Route("/signin", security.sign_in(site, access.tokens), methods=["POST"]),
            Route("/signout", security.sign_out, methods=["POST"]),
        ]
    if site.editing is not None:
        routes += [
            Route("/changes", changes.changes_page(site, site.editing)),
            Route("/jobs/{job_id}", settle.job_state(site.editing)),
            *(
                Route(path, settle.change_endpoint(site, change), methods=["POST"])
                for path, change in CHANGE_ROUTES.items()
            ),
        ]
    return routes


def _health_check(reader: SnapshotReader) -> Callable[[Request], Response]:
    def health(_: Request) -> Response:
        """Respond `ok` if the warehouse can be read, else 503 with the reason."""
        try:
            with reader.session() as session:
                session.rows(("SELECT 1 FROM ops.meta LIMIT 1", []))
        except WarehouseError as error:
            return PlainTextResponse(str(error), 503)
        return PlainTextResponse("ok")

    return health


def _client_disconnected(_: Request, __: Exception) -> Response:
    """Return the status for the server log; the client is gone."""
    return PlainTextResponse("", 499)


def _error_handler(site: Site) -> Callable[[Request, Exception], Response]:
    """Return a handler that renders any error as a Chinese page with the remedy."""

    def explain(request: Request, error: Exception) -> Response:
        status, title, message, remedy = _describe_error(error)
        page = Page("error.html", {"title": title, "message": message, "remedy": remedy}, status)
        response = site.render(request, page)
        # Unexpected errors bypass the middleware that adds these headers.
        for name, value in security.HEADERS.items():
            response.headers[name] = value
        return response

    return explain


def _describe_error(error: Exception) -> tuple[int, str, str, str]:
    """Return status, title, message and remedy."""
    if isinstance(error, NotFoundError):
        return 404, "没有找到", str(error), "仓库更新后编号可能变化，请从搜索或通知目录重新进入。"
    if isinstance(error, BadRequestError):
        return 400, "请求有误", str(error), "请返回上一页修改。"
    if isinstance(error, HTTPException):
        message = "没有这个页面。" if error.status_code == 404 else "这个地址不能这样访问。"
        return error.status_code, "没有找到", message, "请从上方的菜单进入。"
    if isinstance(error, BusyError | TooSlowError):
        return 503, "暂时无法回答", str(error), ""
    if isinstance(error, QueryError):
        return 400, "查询有误", str(error), "请修改后再试。"
    if isinstance(error, WarehouseLockedError):
        return 503, "仓库暂时不能使用", str(error), "那个程序关闭文件后，刷新本页即可。"
    if isinstance(error, WarehouseError):
        return 503, "仓库暂时不能使用", str(error), REMEDY
    LOG.error("request failed", exc_info=error)
    return (
        500,
        "程序内部出错",
        f"出错类型：{type(error).__name__}",
        "请返回上一页重试；如仍出错，请把地址告诉维护人员。",
    )
