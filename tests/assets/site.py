"""A government site on loopback: what it answers is set path by path, and every request is written down."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the site saw it."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the site answers; `headers` hold bytes where a name is not ASCII. `body` may be a generator without end."""

    body: bytes | Callable[[], Iterator[bytes]] = b""
    status: int = 200
    headers: Mapping[str, str | bytes] = field(default_factory=dict)


Answer = Reply | list[Reply] | Callable[[Request], Reply]
"""A list is answered one after the other, the last for ever."""


class Site:
    """Answers by path, and the requests so far."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self.at_once = 0
        self.most_at_once = 0
        self._guard = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def paths(self) -> list[str]:
        """The paths asked for, robots.txt aside."""
        return [one.path for one in self.requests if one.path != "/robots.txt"]

    def page(self, path: str, text: str, encoding: str = "utf-8", **headers: str) -> None:
        """Answer with a web page."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Reply(text.encode(encoding), headers={"Content-Type": "text/html"} | named)

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """Answer by https only."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        request = Request(handler.path, {name.lower(): value for name, value in handler.headers.items()})
        with self._guard:
            self.requests.append(request)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            found = self.answers.get(handler.path, Reply(b"gone", 404))
            if isinstance(found, list):
                found = found.pop(0) if len(found) > 1 else found[0]
        try:
            self._send(handler, found(request) if callable(found) else found)
        except OSError:
            handler.close_connection = True
        finally:
            with self._guard:
                self.at_once -= 1

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        lines = [f"HTTP/1.1 {reply.status} x".encode()]
        for name, value in reply.headers.items():
            lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()))
        if isinstance(reply.body, bytes):
            if not any(name.lower() == "content-length" for name in reply.headers):
                lines.append(b"Content-Length: %d" % (0 if reply.status == 304 else len(reply.body)))
            handler.wfile.write(b"\r\n".join(lines) + b"\r\n\r\n" + (b"" if reply.status == 304 else reply.body))
            if any(name.lower() == "content-length" for name in reply.headers):
                handler.close_connection = True
            return
        handler.close_connection = True
        handler.wfile.write(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n")
        for piece in reply.body():
            handler.wfile.write(piece)
            handler.wfile.flush()


@contextmanager
def running() -> Iterator[Site]:
    """A site that answers until the end of the block."""
    site = Site()
    thread = threading.Thread(target=site._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site._server.shutdown()
        site._server.server_close()
        thread.join(5)


def write_sources(raw: Path, *entries: str, defaults: str = "delay = 0") -> None:
    """Write raw/sources.toml."""
    raw.mkdir(parents=True, exist_ok=True)
    listed = "".join(f"\n[[source]]\n{one}\n" for one in entries)
    (raw / "sources.toml").write_text(f"[defaults]\n{defaults}\n{listed}", "utf-8")
