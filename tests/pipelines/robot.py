"""A group robot on loopback that keeps what it is told and answers as asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import SecretStr

TAKEN = b'{"errcode":0,"errmsg":"ok"}'


@dataclass
class Robot:
    """`status` and `answer` are what it says; `slow` the seconds between two bytes of that."""

    status: int = 200
    answer: bytes = TAKEN
    slow: float = 0.0
    heard: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def webhook(self) -> SecretStr:
        return SecretStr(f"http://127.0.0.1:{self.port}/send?key=geheim-0815")

    @property
    def texts(self) -> list[str]:
        return [one["text"]["content"] for one in self.heard]


@contextmanager
def standing() -> Iterator[Robot]:
    """A robot that listens until the end of the block."""
    robot = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            robot.heard.append(json.loads(body))
            self.send_response(robot.status)
            self.send_header("Content-Length", str(len(robot.answer)))
            if robot.status == 302:
                self.send_header("Location", "/other")
            self.end_headers()
            for byte in robot.answer if robot.slow else ():
                if robot.closing.wait(robot.slow):
                    return
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
            if not robot.slow:
                self.wfile.write(robot.answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    robot.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield robot
    finally:
        robot.closing.set()
        server.shutdown()
        server.server_close()
