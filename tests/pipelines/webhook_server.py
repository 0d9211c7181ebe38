"""A group robot on loopback that stores the messages it receives and answers as configured."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import SecretStr

ACCEPTED = b'{"errcode":0,"errmsg":"ok"}'


@dataclass
class WebhookServer:
    """`status` and `answer` are its response; `slow` the seconds between two bytes of it."""

    status: int = 200
    answer: bytes = ACCEPTED
    slow: float = 0.0
    received: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def webhook(self) -> SecretStr:
        return SecretStr(f"http://127.0.0.1:{self.port}/send?key=secret-0815")

    @property
    def texts(self) -> list[str]:
        return [one["text"]["content"] for one in self.received]


@contextmanager
def run_webhook_server() -> Iterator[WebhookServer]:
    """Run a robot until the end of the block."""
    webhook_server = WebhookServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            webhook_server.received.append(json.loads(body))
            self.send_response(webhook_server.status)
            self.send_header("Content-Length", str(len(webhook_server.answer)))
            if webhook_server.status == 302:
                self.send_header("Location", "/other")
            self.end_headers()
            for byte in webhook_server.answer if webhook_server.slow else ():
                if webhook_server.closing.wait(webhook_server.slow):
                    return
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
            if not webhook_server.slow:
                self.wfile.write(webhook_server.answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    webhook_server.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield webhook_server
    finally:
        webhook_server.closing.set()
        server.shutdown()
        server.server_close()
