"""The web pages of Dagster behind the request guard, started by `wenming up` as `python -m pipelines.dagster_page`.

Dagster's own command accepts requests that pages of other sites send to its port; here they are refused.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import dagster as dg

from pipelines.settings import load_settings
from warehouse.request_guard import Application, GuardRules, KnownHosts, RequestGuard

if TYPE_CHECKING:
    from dagster._core.workspace.context import WorkspaceProcessContext

MODULE: Final = "pipelines.definitions"
GRAPHQL: Final = "/graphql"
GRACE_SECONDS: Final = 5
STATEMENT_MILLISECONDS: Final = 15_000
RECYCLE_SECONDS: Final = 3_600
OVERFLOW: Final = 20


def create_guarded_app(context: WorkspaceProcessContext, hosts: KnownHosts) -> Application:
    """Return the ASGI application of these definitions behind the request guard; read-only where the context is."""
    from dagster_webserver.app import create_app_from_workspace_process_context

    rules = GuardRules(post_only=frozenset({GRAPHQL}), read_only=context.read_only)
    return RequestGuard(create_app_from_workspace_process_context(context), hosts, rules)


@contextlib.contextmanager
def open_workspace(*, read_only: bool) -> Iterator[WorkspaceProcessContext]:
    """Load the definitions of this program on the instance of DAGSTER_HOME."""
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import ModuleTarget

    target = ModuleTarget(module_name=MODULE, attribute=None, working_directory=None, location_name=None)
    with dg.DagsterInstance.get() as instance:
        instance.optimize_for_webserver(STATEMENT_MILLISECONDS, RECYCLE_SECONDS, OVERFLOW)
        with WorkspaceProcessContext(instance, target, version=dg.__version__, read_only=read_only) as context:
            yield context


def main() -> None:
    """Serve until a signal is received."""
    import uvicorn
    from dagster._utils.interrupts import setup_interrupt_handlers

    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("-h", dest="host", required=True)
    parser.add_argument("-p", dest="port", type=int, required=True)
    parser.add_argument("--read-only", action="store_true")
    arguments = parser.parse_args()
    setup_interrupt_handlers()
    hosts = KnownHosts.for_host(arguments.host, load_settings().named_hosts)
    with contextlib.suppress(KeyboardInterrupt), open_workspace(read_only=arguments.read_only) as context:
        uvicorn.run(
            create_guarded_app(context, hosts),
            host=arguments.host,
            port=arguments.port,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )


if __name__ == "__main__":
    main()
