"""One notebook behind the request guard, started by `wenming notebook` as `python -m pipelines.notebook_page NAME`.

It listens on loopback only. marimo's own command accepts requests of any page that is open in the browser.
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
    """Serve until a signal is received."""
    import uvicorn

    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("name")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--headless", action="store_true")
    arguments = parser.parse_args()
    config = uvicorn.Config(
        create_guarded_app(arguments.name),
        host=LOOPBACK,
        port=arguments.port,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    if not arguments.headless:
        page = f"http://{LOOPBACK}:{arguments.port}/"
        threading.Thread(target=open_when_ready, args=(server, page), daemon=True).start()
    server.run()


if __name__ == "__main__":
    main()
