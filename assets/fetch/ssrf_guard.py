"""Connections to public addresses only, with a deadline for the whole exchange.

Every name is resolved here, all its addresses are checked, and the connection is made to one of the checked addresses,
so that DNS rebinding has no effect. The deadline covers the whole exchange, so that a server that sends a byte now and
then cannot keep it open. A module of its own, because it is the part to review for security.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import httpcore
import httpx

CONNECT_SECONDS: Final = 15.0
"""Time limit of the connection to one address of a host."""
_WEB_PORTS: Final = (80, 443)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""The allocated range of IPv6; the rest holds obsolete forms that embed IPv4 addresses, and site-local ones."""
_POLL_SECONDS: Final = 0.5
"""Interval in seconds at which a waiting read checks whether the run is being stopped."""

Resolver = Callable[[str, int], list[str]]
"""Returns the addresses of a host as text; raises OSError."""


class StoppedError(Exception):
    """The run is being stopped."""


class PrivateAddressError(Exception):
    """The host has an address in a private, local or reserved network; the text is the address."""


def resolve_addresses(host: str, port: int) -> list[str]:
    """Resolve a host with the resolver of the system. Raises OSError."""
    resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(ip[4][0]) for ip in resolved))


def is_public(address: str) -> bool:
    """Return whether an address and all addresses embedded in it belong to the public network."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    embedded: list[ipaddress.IPv4Address | None] = []
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            embedded.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    known_embedded = [each for each in embedded if each is not None]
    if known_embedded:
        return all(is_public(str(each)) for each in known_embedded)
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _UNICAST:
        return False
    return ip.is_global and not ip.is_multicast


class PublicNetworkBackend(httpcore.NetworkBackend):
    """Opens connections to public addresses, and to `allowed_host` (host and port of a source that may be private)."""

    def __init__(
        self,
        allowed_host: tuple[str, int] | None = None,
        resolve: Resolver = resolve_addresses,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._allowed_host = allowed_host
        self._resolve = resolve
        self._stopped = stopped
        self._inner = httpcore.SyncBackend()
        self._deadline = float("inf")

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Limit the time of everything inside the `with` block; httpcore's timeouts are raised when it is over."""
        self._deadline = time.monotonic() + seconds
        try:
            yield
        finally:
            self._deadline = float("inf")

    def remaining(self, timeout: float | None) -> float:
        """Return the smaller of `timeout` and the remaining time.

        Raises:
            httpcore.ReadTimeout: No time remains.
            StoppedError: The run is being stopped.
        """
        if self._stopped():
            raise StoppedError
        rest = self._deadline - time.monotonic()
        if rest <= 0:
            raise httpcore.ReadTimeout("deadline")
        return rest if timeout is None else min(rest, timeout)

    def is_allowed(self, host: str, port: int, address: str) -> bool:
        """Return whether a connection to this address is allowed for this host and port."""
        if (
            self._allowed_host is not None
            and host.lower() == self._allowed_host[0]
            and port in (self._allowed_host[1], *_WEB_PORTS)
        ):
            return True
        return is_public(address)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers.

        Raises:
            PrivateAddressError: One of the addresses is not public.
        """
        try:
            resolved = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"DNS: {error}") from error
        for address in resolved:
            if not self.is_allowed(host, port, address):
                raise PrivateAddressError(address)
        fault: Exception = httpcore.ConnectError("DNS: no address")
        for address in resolved:
            try:
                seconds = min(self.remaining(timeout), CONNECT_SECONDS)
                stream = self._inner.connect_tcp(address, port, seconds, local_address, socket_options)
                return _DeadlineStream(stream, self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
        raise fault


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose every operation is limited by the deadline of its backend."""

    def __init__(self, stream: httpcore.NetworkStream, backend: PublicNetworkBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            remaining = self._backend.remaining(timeout)
            try:
                return self._stream.read(max_bytes, min(remaining, _POLL_SECONDS))
            except httpcore.ReadTimeout:
                if remaining <= _POLL_SECONDS:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.remaining(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, self._backend.remaining(timeout)), self._backend
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@cache
def _ssl_context() -> ssl.SSLContext:
    """Return the shared SSL context; loading the certificates takes a moment."""
    return httpx.create_ssl_context()


class _BodyStream(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._response.iter_stream())

    def close(self) -> None:
        self._response.close()


class GuardedTransport(httpx.BaseTransport):
    """httpx transport over a network backend; raises the exceptions of httpcore."""

    def __init__(self, backend: PublicNetworkBackend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_ssl_context(), max_connections=4, keepalive_expiry=30.0, network_backend=backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        core_request = httpcore.Request(
            request.method, target, headers=request.headers.raw, content=b"", extensions=request.extensions
        )
        response = self._pool.handle_request(core_request)
        return httpx.Response(
            response.status, headers=response.headers, stream=_BodyStream(response), extensions=response.extensions
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()
