"""Response headers, and sign-in with a token if one is set. The request guard comes before both."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warehouse.explorer.rendering import Page, Site

HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
COOKIE: Final = "wenming"
SESSION_SECONDS: Final = 12 * 3600
OPEN_PATHS: Final = ("/signin", "/healthz")
STATIC_PREFIX: Final = "/static/"
FREE_ATTEMPTS: Final = 5
"""Wrong tokens after which one sender waits a second before the next; each further one doubles the wait."""
MAX_WAIT_SECONDS: Final = 60.0
FORGET_SECONDS: Final = 900.0
"""How long a sender has to be silent before its wrong tokens are forgotten."""
MAX_SENDERS: Final = 4_096
"""Senders that are remembered; beyond that the one that was silent longest is forgotten."""
NETWORK_BITS: Final = 64
"""What one household has of IPv6: whoever guesses could take another address of it for each try."""
# Sign-in with the token that the explorer was started with.
MAX_BODY_BYTES: Final = 8_192


class SecurityHeaders:
    """Adds `HEADERS` to every response; pages are not kept by the browser, static files are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers["cache-control"] = "max-age=3600" if scope["path"].startswith(STATIC_PREFIX) else "no-store"
            await send(message)

        await self.app(scope, receive, sending)


class RequireSignIn:
    """Lets nobody in without the cookie that `Token` gives out."""

    def __init__(self, app: ASGIApp, token: Token) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            allowed = (
                path in OPEN_PATHS
                or path.startswith(STATIC_PREFIX)
                or self.token.fits(_read_cookie(Headers(scope=scope)))
            )
            if not allowed:
                query = scope["query_string"].decode("latin-1")
                target = quote(path + (f"?{query}" if query else ""), safe="")
                await RedirectResponse(f"/signin?next={target}", 303)(scope, receive, send)
                return
        await self.app(scope, receive, send)


@dataclass(slots=True)
class _Attempts:
    """Wrong tokens of one sender, when the last of them came, and when the next may come."""

    wrong: int = 0
    last: float = 0.0
    again: float = 0.0


class LoginThrottle:
    """Slows down whoever sends wrong tokens, and nobody else.

    A sender is an address of the network. Behind a proxy all have the same; whoever is signed in never notices.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, _Attempts] = OrderedDict()

    def wait(self, sender: str) -> float:
        """Seconds until this sender may try again; 0 where it may at once."""
        with self._lock:
            found = self._tries.get(_sender_network(sender))
            return max(found.again - self._clock(), 0.0) if found else 0.0

    def failed(self, sender: str) -> None:
        """Note a wrong token."""
        now, name = self._clock(), _sender_network(sender)
        with self._lock:
            tries = self._tries.pop(name, _Attempts())
            if now - tries.last > FORGET_SECONDS:
                tries = _Attempts()
            tries.wrong += 1
            tries.last = now
            over = tries.wrong - FREE_ATTEMPTS
            # Far beyond the longest wait the power would be of no use.
            tries.again = now + min(2.0 ** min(over, 30), MAX_WAIT_SECONDS) if over >= 0 else now
            self._tries[name] = tries
            while len(self._tries) > MAX_SENDERS:
                self._tries.popitem(last=False)

    def succeeded(self, sender: str) -> None:
        """Forget the wrong tokens of a sender who knew the right one in the end."""
        with self._lock:
            self._tries.pop(_sender_network(sender), None)


class Token:
    """The secret of this server, and the cookies that prove somebody knew it. Raises ValueError for an empty one."""

    def __init__(self, secret: str) -> None:
        if not secret.strip():
            raise ValueError("an empty token would let everybody in")
        self._secret = secret.strip().encode()
        self._key = hmac.new(self._secret, b"wenming explorer session", hashlib.sha256).digest()
        self.throttle = LoginThrottle()

    def right(self, given: str) -> bool:
        """True for the right token; the time it takes tells nothing about the token."""
        digests = (hashlib.sha256(text).digest() for text in (given.strip().encode(), self._secret))
        return hmac.compare_digest(*digests)

    def cookie(self) -> str:
        """The value of a new cookie."""
        until = str(int(time.time()) + SESSION_SECONDS)
        return f"{until}.{self._signature(until)}"

    def fits(self, value: str | None) -> bool:
        """True for a cookie of ours that is not too old."""
        until, _, signature = (value or "").partition(".")
        if not until.isascii() or not until.isdigit() or len(until) > 12:
            return False
        known = hmac.compare_digest(signature.encode(), self._signature(until).encode())
        return known and int(until) > time.time()

    def _signature(self, until: str) -> str:
        return hmac.new(self._key, until.encode(), hashlib.sha256).hexdigest()


def to_local_path(text: str) -> str:
    """A path on this site; anything that could lead elsewhere becomes the start page."""
    safe = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if safe else "/"


def read_form_value(body: bytes, name: str) -> str:
    """One field of a urlencoded form."""
    return parse_qs(body.decode("utf-8", "replace")).get(name, [""])[0]


def sign_in_form(site: Site) -> Callable[[Request], Response]:
    """The form."""

    def respond(request: Request) -> Response:
        target = to_local_path(request.query_params.get("next", "/"))
        return site.render(request, Page("signin.html", {"next": target, "error": ""}))

    return respond


def sign_in(site: Site, token: Token) -> Callable[[Request], Awaitable[Response]]:
    """Check the token and give out the cookie."""

    async def respond(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                return site.render(request, Page("signin.html", {"next": "/", "error": "提交的内容太长。"}, 413))
        target = to_local_path(read_form_value(body, "next") or "/")
        sender = request.client.host if request.client else ""
        seconds = math.ceil(token.throttle.wait(sender))
        if seconds:
            words = f"输错的次数太多，请过 {seconds} 秒再试。"
            again = site.render(request, Page("signin.html", {"next": target, "error": words}, 429))
            again.headers["retry-after"] = str(seconds)
            return again
        if not token.right(read_form_value(body, "token")):
            token.throttle.failed(sender)
            return site.render(request, Page("signin.html", {"next": target, "error": "口令不对，请重新输入。"}, 403))
        token.throttle.succeeded(sender)
        response = RedirectResponse(target, 303)
        response.set_cookie(
            COOKIE,
            token.cookie(),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    return respond


def sign_out(_: Request) -> Response:
    """Take the cookie back."""
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def _sender_network(sender: str) -> str:
    try:
        address = ipaddress.ip_address(sender)
    except ValueError:
        return sender
    if address.version == 4 or address.ipv4_mapped:
        return str(address)
    return str(ipaddress.ip_network(f"{address}/{NETWORK_BITS}", strict=False))


def _read_cookie(headers: Headers) -> str | None:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return None
    return cookies[COOKIE].value if COOKIE in cookies else None
