"""Request guard shared by the explorer, the Dagster pages and the notebooks (ASGI middleware).

A page of another site in the same browser can send requests to this server, even if it listens on loopback only. The
guard refuses them before the application sees them: by host name (DNS rebinding), by `Origin`, and by the origin that
the browser reports (`Sec-Fetch-Site`, else `Referer`). Clients other than browsers send none of these headers and are
permitted. Websockets are treated like requests.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITE_VALUES: Final = frozenset({"same-origin", "none"})
"""Values of `Sec-Fetch-Site` for requests from this server's own pages and for typed addresses."""
POLICY_VIOLATION: Final = 1008
"""Close code of a refused websocket (policy violation)."""

FOREIGN_HOST: Final = "不认识的主机名，请用启动时显示的地址访问。要用其他名称（如代理的域名），请写进设置 host_names。"
FOREIGN_PAGE: Final = "这个请求来自其他网站的网页，已拒绝。请从本站的页面操作，或在地址栏中输入地址打开。"
BY_GET: Final = "这个地址只接受本站页面用 POST 发来的请求，已拒绝。"
READ_ONLY: Final = "这个网页只供查看，已拒绝。"


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """Host names under which a server may be addressed.

    Attributes:
        names: Names of its own address.
        named: Further names from the settings, such as that of a reverse proxy.
        network: True for a server that listens on the network: it may also be addressed by any IP address, by names
            without a dot (which no foreign site can have), and by the name of the machine.
    """

    names: frozenset[str] = LOOPBACK
    named: frozenset[str] = frozenset()
    network: bool = False

    @classmethod
    def for_host(cls, host: str, named: Collection[str] = ()) -> KnownHosts:
        """Return the known names of a server that listens on `host`."""
        further = frozenset(name.lower() for name in named)
        return cls(LOOPBACK | {host.lower()}, further, network=not is_loopback(host))

    def is_known(self, name: str) -> bool:
        """Return whether `name` (without port) addresses this server."""
        if name in self.names or name in self.named:
            return True
        return self.network and bool(name) and ("." not in name or is_ip_address(name) or name == _machine_name())


@dataclass(frozen=True, slots=True)
class GuardRules:
    """Rules of the guard of one application.

    Attributes:
        own: Expensive paths that no link of another site may open.
        post_only: Paths that accept their `query` by POST only, because it can change something.
        read_only: True where all paths but `post_only` accept GET only.
    """

    own: frozenset[str] = frozenset()
    post_only: frozenset[str] = frozenset()
    read_only: bool = False


class RequestGuard:
    """ASGI middleware that passes permitted requests on to `app` and answers the others with 403."""

    def __init__(self, app: Application, hosts: KnownHosts, rules: GuardRules = GuardRules()) -> None:
        self.app = app
        self.hosts = hosts
        self.rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        reason = self.refusal_reason(scope)
        if reason is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closed before it is accepted: the server answers with 403.
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            content = reason.encode()
            headers = [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(content)).encode()),
                (b"cache-control", b"no-store"),
                (b"x-content-type-options", b"nosniff"),
            ]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": content})

    def refusal_reason(self, scope: Scope) -> str | None:
        """Return the Chinese reason for refusing a request, or None if it is permitted."""
        headers = _Headers(scope)
        host = headers.get("host")
        if host is None or not self.hosts.is_known(host_name(host)):
            return FOREIGN_HOST
        origin = headers.get("origin", "")
        if origin != "" and not self._is_own_origin(origin, host):
            return FOREIGN_PAGE
        if scope["type"] == "websocket":
            return None
        method, path = scope["method"], scope["path"].rstrip("/")
        if self._is_cross_site(headers, host) and not self._is_permitted_link(headers, method, path):
            return FOREIGN_PAGE
        if path in self.rules.post_only and not _is_json_post(headers, scope):
            return BY_GET
        if self.rules.read_only and method not in SAFE_METHODS and path not in self.rules.post_only:
            return READ_ONLY
        return None

    def _is_own_origin(self, origin: str | None, host: str) -> bool:
        """Return whether `origin` is this server; sandboxed pages and local files (`null`) are not."""
        if origin is None:
            return False
        if origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}"):
            return True
        return _host_of(origin) in self.hosts.named

    def _is_cross_site(self, headers: _Headers, host: str) -> bool:
        site = headers.get("sec-fetch-site", "")
        if site != "":
            return site not in OWN_SITE_VALUES
        referer = headers.get("referer", "")
        return bool(referer) and not self._is_own_origin(_origin_of(referer or ""), host)

    def _is_permitted_link(self, headers: _Headers, method: str, path: str) -> bool:
        """Return whether the request is a followed link to a page that other sites may link to."""
        is_followed_link = headers.get("sec-fetch-site", "") == "" or (
            headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        )
        return is_followed_link and method in ("GET", "HEAD") and path not in self.rules.own


class _Headers:
    """The headers of a request; a header given twice is treated as invalid."""

    def __init__(self, scope: Scope) -> None:
        self._raw: list[tuple[bytes, bytes]] = list(scope["headers"])

    def get(self, name: str, missing: str | None = None) -> str | None:
        """Return the header `name`, `missing` if it is absent, or None if it is given more than once."""
        values = [value for key, value in self._raw if key.lower() == name.encode()]
        if not values:
            return missing
        return values[0].decode("latin-1").strip() if len(values) == 1 else None


def _is_json_post(headers: _Headers, scope: Scope) -> bool:
    """Return whether a GraphQL request is a POST of JSON, which no form of another site can send."""
    if "query" in parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        return False
    kind = headers.get("content-type", "") or ""
    return scope["method"] in SAFE_METHODS or kind.partition(";")[0].strip().lower() == "application/json"


def host_name(host: str) -> str:
    """Return the host name of a Host header without port and IPv6 brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def is_loopback(host: str) -> bool:
    """Return whether `host` is reachable from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_ip_address(name: str) -> bool:
    """Return whether `name` is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _machine_name() -> str:
    return socket.gethostname().lower()


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _origin_of(address: str) -> str:
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
