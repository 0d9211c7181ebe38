"""What stands around every page: safe headers, known host names, and sign-in with a token where one is set."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
SIGNED_IN_SECONDS: Final = 12 * 3600
OPEN_PATHS: Final = ("/signin", "/healthz")
STATIC: Final = "/static/"
TRIES: Final = 10
"""Wrong tokens within `TRY_SECONDS`, of all people together, before sign-in is closed for a while."""
TRY_SECONDS: Final = 60.0
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class SafeHeaders:
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
                headers["cache-control"] = "max-age=3600" if scope["path"].startswith(STATIC) else "no-store"
            await send(message)

        await self.app(scope, receive, sending)


class KnownHosts:
    """Refuses other host names, so that a foreign page whose name points at this machine cannot read the answers.

    `hosts` None: any name will do (the machine is reached under names nobody knows here).
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.hosts is not None:
            name = host_name(Headers(scope=scope).get("host", ""))
            if name not in self.hosts:
                await PlainTextResponse("不认识的主机名，请用启动时显示的地址访问。", 400)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class SignIn:
    """Lets nobody in without the cookie that `Token` gives out."""

    def __init__(self, app: ASGIApp, token: Token) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            allowed = path in OPEN_PATHS or path.startswith(STATIC) or self.token.fits(_cookie(Headers(scope=scope)))
            if not allowed:
                query = scope["query_string"].decode("latin-1")
                target = quote(path + (f"?{query}" if query else ""), safe="")
                await RedirectResponse(f"/signin?next={target}", 303)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class Token:
    """The secret of this server, and the cookies that prove somebody knew it."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._key = hmac.new(self._secret, b"wenming explorer session", hashlib.sha256).digest()
        self._lock = threading.Lock()
        self._failed: list[float] = []

    def right(self, given: str) -> bool:
        """True for the right token; the time it takes tells nothing about the token."""
        digests = (hashlib.sha256(text).digest() for text in (given.strip().encode(), self._secret))
        return hmac.compare_digest(*digests)

    def closed(self) -> bool:
        """True where too many wrong tokens were tried lately."""
        with self._lock:
            since = time.monotonic() - TRY_SECONDS
            self._failed = [moment for moment in self._failed if moment > since]
            return len(self._failed) >= TRIES

    def failed(self) -> None:
        """Count a wrong token."""
        with self._lock:
            self._failed.append(time.monotonic())

    def cookie(self) -> str:
        """The value of a new cookie."""
        until = str(int(time.time()) + SIGNED_IN_SECONDS)
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


def host_name(host: str) -> str:
    """The name in a Host header, without the port and the brackets of IPv6."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def local_address(text: str) -> str:
    """A path on this site; anything that could lead elsewhere becomes the start page."""
    safe = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if safe else "/"


def form_value(body: bytes, name: str) -> str:
    """One field of a urlencoded form."""
    return parse_qs(body.decode("utf-8", "replace")).get(name, [""])[0]


def _cookie(headers: Headers) -> str | None:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return None
    return cookies[COOKIE].value if COOKIE in cookies else None
