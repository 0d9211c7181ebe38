"""Response headers, sign-in with tokens, and what a visitor may do. The request guard runs before all of it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warehouse.explorer.access import COOKIE, ROLE_KEY, Role
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
SESSION_SECONDS: Final = 12 * 3600
OPEN_PATHS: Final = ("/signin", "/healthz")
STATIC_PREFIX: Final = "/static/"
FREE_ATTEMPTS: Final = 5
"""Number of wrong tokens after which a sender has to wait; each further one doubles the wait."""
MAX_WAIT_SECONDS: Final = 60.0
FORGET_SECONDS: Final = 900.0
"""Seconds without attempts after which the wrong tokens of a sender are forgotten."""
MAX_SENDERS: Final = 4_096
"""Maximum number of senders that are remembered; the least recent one is dropped."""
NETWORK_BITS: Final = 64
"""Prefix length that identifies an IPv6 sender, who could otherwise use a new address for each attempt."""
MAX_BODY_BYTES: Final = 8_192


class SecurityHeaders:
    """Middleware that adds `HEADERS` to every response and allows caching of static files only."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
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
    """Middleware that finds out what a visitor may do, and sends one who may not even read to the sign-in page."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http":
            path = scope["path"]
            # A strict parser would stop at a cookie of another server on this machine: ports share cookies.
            scope[ROLE_KEY] = self.access.find_role(HTTPConnection(scope).cookies.get(COOKIE))
            if scope[ROLE_KEY] is None and path not in OPEN_PATHS and not path.startswith(STATIC_PREFIX):
                query = scope["query_string"].decode("latin-1")
                target = quote(path + (f"?{query}" if query else ""), safe="")
                await RedirectResponse(f"/signin?next={target}", 303)(scope, receive, send)
                return
        await self.app(scope, receive, send)


@dataclass(slots=True)
class _Attempts:
    """Wrong tokens of one sender: number, time of the last one, and time before which none is accepted."""

    count: int = 0
    last_at: float = 0.0
    not_before: float = 0.0


class LoginThrottle:
    """Delays further attempts of senders of wrong tokens.

    A sender is a network address. Behind a proxy all visitors share one, but signed-in visitors are not affected.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._attempts: OrderedDict[str, _Attempts] = OrderedDict()

    def seconds_to_wait(self, sender: str) -> float:
        """Return the seconds until this sender may try again."""
        with self._lock:
            attempts = self._attempts.get(_sender_network(sender))
            return max(attempts.not_before - self._clock(), 0.0) if attempts else 0.0

    def record_failure(self, sender: str) -> None:
        """Record a wrong token."""
        now, name = self._clock(), _sender_network(sender)
        with self._lock:
            attempts = self._attempts.pop(name, _Attempts())
            if now - attempts.last_at > FORGET_SECONDS:
                attempts = _Attempts()
            attempts.count += 1
            attempts.last_at = now
            excess = attempts.count - FREE_ATTEMPTS
            # The exponent is bounded to avoid overflow.
            attempts.not_before = now + min(2.0 ** min(excess, 30), MAX_WAIT_SECONDS) if excess >= 0 else now
            self._attempts[name] = attempts
            while len(self._attempts) > MAX_SENDERS:
                self._attempts.popitem(last=False)

    def record_success(self, sender: str) -> None:
        """Forget the wrong tokens of a sender."""
        with self._lock:
            self._attempts.pop(_sender_network(sender), None)


class Token:
    """The secret of this server, and the signed cookies of visitors who entered it.

    Raises:
        ValueError: The secret is empty.
    """

    def __init__(self, secret: str) -> None:
        if not secret.strip():
            raise ValueError("an empty token would let everybody in")
        self._secret = secret.strip().encode()
        self._key = hmac.new(self._secret, b"wenming explorer session", hashlib.sha256).digest()

    def matches(self, candidate: str) -> bool:
        """Return True for the right token, in constant time."""
        digests = (hashlib.sha256(text).digest() for text in (candidate.strip().encode(), self._secret))
        return hmac.compare_digest(*digests)

    def create_cookie(self) -> str:
        """Return the value of a new cookie."""
        until = str(int(time.time()) + SESSION_SECONDS)
        return f"{until}.{self._signature(until)}"

    def is_valid_cookie(self, value: str | None) -> bool:
        """Return True for a cookie of this server that has not expired."""
        until, _, signature = (value or "").partition(".")
        if not until.isascii() or not until.isdigit() or len(until) > 12:
            return False
        is_signed = hmac.compare_digest(signature.encode(), self._signature(until).encode())
        return is_signed and int(until) > time.time()

    def _signature(self, until: str) -> str:
        return hmac.new(self._key, until.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Access:
    """Who may read and who may edit.

    Attributes:
        reader: Token of readers; None if everybody may read.
        editor: Token of editors.
        is_open: Whether everybody may edit; only where no token is set.
    """

    reader: Token | None = None
    editor: Token | None = None
    is_open: bool = False

    @classmethod
    def from_tokens(cls, reader: str | None, editor: str | None) -> Access:
        """Return the access by these tokens; without any, everybody may edit. Raises ValueError for an empty one."""
        reader_token, editor_token = (None if text is None else Token(text) for text in (reader, editor))
        return cls(reader_token, editor_token, is_open=reader is None and editor is None)

    @property
    def tokens(self) -> list[Token]:
        """The tokens with which a visitor may sign in."""
        return [token for token in (self.editor, self.reader) if token is not None]

    def find_role(self, cookie: str | None) -> Role | None:
        """Return what a visitor with this cookie may do; None for one who has to sign in."""
        if self.is_open or (self.editor is not None and self.editor.is_valid_cookie(cookie)):
            return "editor"
        if self.reader is None or self.reader.is_valid_cookie(cookie):
            return "reader"
        return None


def to_local_path(text: str) -> str:
    """Return a path on this site; anything that could lead to another site becomes the start page."""
    safe = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if safe else "/"


def read_form_value(body: bytes, name: str) -> str:
    """Return a field of a urlencoded form."""
    return parse_qs(body.decode("utf-8", "replace")).get(name, [""])[0]


def sign_in_form(site: Site) -> Callable[[Request], Response]:
    """Return the endpoint of the sign-in form."""

    def respond(request: Request) -> Response:
        target = to_local_path(request.query_params.get("next", "/"))
        return site.render(request, Page("signin.html", {"next": target, "error": ""}))

    return respond


def sign_in(site: Site, tokens: Sequence[Token]) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that checks the entered token against `tokens` and sets the cookie."""
    throttle = LoginThrottle()

    async def respond(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                return site.render(request, Page("signin.html", {"next": "/", "error": "提交的内容太长。"}, 413))
        target = to_local_path(read_form_value(body, "next") or "/")
        sender = request.client.host if request.client else ""
        seconds = math.ceil(throttle.seconds_to_wait(sender))
        if seconds:
            message = f"输错的次数太多，请过 {seconds} 秒再试。"
            retry = site.render(request, Page("signin.html", {"next": target, "error": message}, 429))
            retry.headers["retry-after"] = str(seconds)
            return retry
        candidate = read_form_value(body, "token")
        token = next((token for token in tokens if token.matches(candidate)), None)
        if token is None:
            throttle.record_failure(sender)
            return site.render(request, Page("signin.html", {"next": target, "error": "口令不对，请重新输入。"}, 403))
        throttle.record_success(sender)
        response = RedirectResponse(target, 303)
        response.set_cookie(
            COOKIE,
            token.create_cookie(),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    return respond


def sign_out(_: Request) -> Response:
    """Delete the cookie."""
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
