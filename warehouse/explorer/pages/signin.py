"""Sign-in with the token that the explorer was started with."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from warehouse.explorer.rendering import Page, Site
from warehouse.explorer.security import COOKIE, SIGNED_IN_SECONDS, Token, form_value, local_address

LONGEST_BODY: Final = 8_192


def show(site: Site) -> Callable[[Request], Response]:
    """The form."""

    def respond(request: Request) -> Response:
        target = local_address(request.query_params.get("next", "/"))
        return site.drawn(request, Page("signin.html", {"next": target, "error": ""}))

    return respond


def enter(site: Site, token: Token) -> Callable[[Request], Awaitable[Response]]:
    """Check the token and give out the cookie."""

    async def respond(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                return site.drawn(request, Page("signin.html", {"next": "/", "error": "提交的内容太长。"}, 413))
        target = local_address(form_value(body, "next") or "/")
        sender = request.client.host if request.client else ""
        seconds = math.ceil(token.throttle.wait(sender))
        if seconds:
            words = f"输错的次数太多，请过 {seconds} 秒再试。"
            again = site.drawn(request, Page("signin.html", {"next": target, "error": words}, 429))
            again.headers["retry-after"] = str(seconds)
            return again
        if not token.right(form_value(body, "token")):
            token.throttle.failed(sender)
            return site.drawn(request, Page("signin.html", {"next": target, "error": "口令不对，请重新输入。"}, 403))
        token.throttle.succeeded(sender)
        response = RedirectResponse(target, 303)
        response.set_cookie(
            COOKIE,
            token.cookie(),
            max_age=SIGNED_IN_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    return respond


def leave(_: Request) -> Response:
    """Take the cookie back."""
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response
