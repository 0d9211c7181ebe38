"""One notebook behind the request guard, as `wenming notebook` starts it: `python -m pipelines.notebook_page NAME`.

It listens on loopback alone. marimo's own command lets any page that the reader has open speak to the notebook.
"""

from __future__ import annotations

import argparse
import threading

from pipelines.commands.notebook import LOOPBACK, notebook_path
from pipelines.commands.serve import open_when_ready
from warehouse.request_guard import Application, KnownHosts, RequestGuard


def create_guarded_app(name: str) -> Application:
    """Return the ASGI application of the notebook `name` behind the request guard."""
    import marimo

    return RequestGuard(
        marimo.create_asgi_app(quiet=True).with_app(path="/", root=str(notebook_path(name))).build(), KnownHosts()
    )


def main() -> None:
    """Serve until a signal comes."""
    import uvicorn

    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("name")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--headless", action="store_true")
    told = parser.parse_args()
    config = uvicorn.Config(
        create_guarded_app(told.name),
        host=LOOPBACK,
        port=told.port,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    if not told.headless:
        page = f"http://{LOOPBACK}:{told.port}/"
        threading.Thread(target=open_when_ready, args=(server, page), daemon=True).start()
    server.run()


if __name__ == "__main__":
    main()
