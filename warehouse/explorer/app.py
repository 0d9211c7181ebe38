"""The web application: its addresses, what stands around them, and what a reader sees when something goes wrong."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
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
from warehouse.explorer.connections import BusyError, Limits, Reader, TooSlowError
from warehouse.explorer.pages import (
    compare,
    download,
    findings,
    notice,
    progress,
    questions,
    search,
    signin,
    sql,
    table,
    task,
)
from warehouse.explorer.rendering import NotFoundError, Page, Site, WrongRequestError
from warehouse.explorer.sql_runner import ClientDisconnectedError, SqlRunner
from warehouse.request_guard import GuardRules, KnownHosts, RequestGuard

LOG: Final = logging.getLogger(__name__)
THREADS: Final = 120
"""Requests that are answered or wait for a cursor at the same time; all others wait for a thread."""
RULES: Final = GuardRules(own=frozenset({"/sql", "/download"}))
"""A statement is run by opening its address: no link of another site may do that."""
REMEDY: Final = "请在终端运行 wenming build，完成后刷新本页。"


def create_app(
    warehouse: Path,
    *,
    token: str | None = None,
    hosts: KnownHosts = KnownHosts(),  # noqa: B008  it is frozen
    limits: Limits | None = None,
) -> Starlette:
    """The explorer over the warehouse file at `warehouse`, which may be missing yet or be replaced at any time.

    `token`: nobody gets in without it. `hosts`: the names under which the explorer may be reached.
    Raises ValueError for an empty token.
    """
    reader = Reader(warehouse, limits or Limits())
    secret = None if token is None else security.Token(token)
    site = Site(reader, SqlRunner(warehouse, reader.limits), secret is not None, rendering.templates())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield
        reader.close()

    middleware = [Middleware(security.SafeHeaders), Middleware(RequestGuard, hosts=hosts, rules=RULES)]
    if secret is not None:
        middleware.append(Middleware(security.SignIn, token=secret))
    explain = _explains(site)
    return Starlette(
        routes=_routes(site, secret),
        middleware=middleware,
        exception_handlers={
            HTTPException: explain,
            ClientDisconnectedError: _gone,
            NotFoundError: explain,
            WrongRequestError: explain,
            WarehouseError: explain,
            Exception: explain,
        },
        lifespan=lifespan,
    )


def _routes(site: Site, token: security.Token | None) -> list[Route | Mount]:
    routes: list[Route | Mount] = [
        Route("/", site.endpoint(search.search)),
        Route("/notices", site.endpoint(search.notices)),
        Route("/notice/{notice_id}", site.endpoint(notice.notice)),
        Route("/notice/{notice_id}/table/{table_id}", site.endpoint(table.table)),
        Route("/task/{task_id}", site.endpoint(task.task)),
        Route("/compare", site.endpoint(compare.compare)),
        Route("/questions", site.endpoint(questions.listed)),
        Route("/questions/{number}", site.endpoint(questions.question)),
        Route("/findings", site.endpoint(findings.findings)),
        Route("/progress", site.endpoint(progress.progress)),
        Route("/sql", sql.page(site)),
        Route("/download", download.download(site)),
        Route("/healthz", _health(site.reader)),
        Mount("/static", StaticFiles(directory=rendering.STATIC)),
    ]
    if token is not None:
        routes += [
            Route("/signin", signin.show(site)),
            Route("/signin", signin.enter(site, token), methods=["POST"]),
            Route("/signout", signin.leave, methods=["POST"]),
        ]
    return routes


def _health(reader: Reader) -> Callable[[Request], Response]:
    def health(_: Request) -> Response:
        """Plain `ok` while the warehouse can be read, 503 with the reason while not."""
        try:
            with reader.session() as session:
                session.rows(("SELECT 1 FROM ops.meta LIMIT 1", []))
        except WarehouseError as error:
            return PlainTextResponse(str(error), 503)
        return PlainTextResponse("ok")

    return health


def _gone(_: Request, __: Exception) -> Response:
    """For the log of a server alone: nobody is there to read it."""
    return PlainTextResponse("", 499)


def _explains(site: Site) -> Callable[[Request, Exception], Response]:
    """Any error as a Chinese page that says what to do."""

    def explain(request: Request, error: Exception) -> Response:
        status, title, message, remedy = _words(error)
        page = Page("error.html", {"title": title, "message": message, "remedy": remedy}, status)
        response = site.drawn(request, page)
        # An unexpected error is answered outside the middleware that adds these.
        for name, value in security.HEADERS.items():
            response.headers[name] = value
        return response

    return explain


def _words(error: Exception) -> tuple[int, str, str, str]:
    """Status, title, message and remedy."""
    if isinstance(error, NotFoundError):
        return 404, "没有找到", str(error), "仓库更新后编号可能变化，请从搜索或通知目录重新进入。"
    if isinstance(error, WrongRequestError):
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
