"""`wenming serve`: serve the explorer on a port of this machine, until Ctrl-C."""

from __future__ import annotations

import errno
import socket
import threading
import time
import webbrowser
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape

from warehouse.request_guard import KnownHosts, is_loopback

if TYPE_CHECKING:
    import uvicorn

HOST: Final = "127.0.0.1"
EXTRA: Final = "pip install 'wenming-warehouse[explore]'"
GRACE_SECONDS: Final = 5
MIN_TOKEN_LENGTH: Final = 8


class ServeError(Exception):
    """The explorer cannot be started; the text is Chinese and names the remedy."""


def serve(
    console: Console,
    warehouse: Path,
    *,
    host: str,
    port: int,
    token: str | None,
    open_page: bool,
    named: Collection[str] = (),
    raw: Path | None = None,
) -> None:
    """Serve the explorer until Ctrl-C.

    `named` are further host names under which it may be requested; pages of the source files in `raw` are shown.

    Raises:
        ServeError: The extra is not installed, the port is taken, or the address is not of this machine.
    """
    if token is not None and len(token.strip()) < MIN_TOKEN_LENGTH:
        raise ServeError(f"访问口令太短，至少要 {MIN_TOKEN_LENGTH} 个字符")
    listening = bind_socket(host, port)
    try:
        server = _make_server(warehouse, KnownHosts.for_host(host, named), token, raw)
        _print_address(console, warehouse, host, listening.getsockname()[1], token)
        if open_page:
            threading.Thread(
                target=open_when_ready, args=(server, page_url(host, listening.getsockname()[1])), daemon=True
            ).start()
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        # The server has shut down and passes the signal on.
        console.print("已停止")
    finally:
        listening.close()


def page_url(host: str, port: int) -> str:
    """Return the URL of the explorer for a browser on this machine."""
    name = HOST if host in ("", "0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


def _make_server(warehouse: Path, hosts: KnownHosts, token: str | None, raw: Path | None) -> uvicorn.Server:
    try:
        import uvicorn

        from warehouse.explorer import create_app
    except ModuleNotFoundError as error:
        raise ServeError(f"还没有安装网页资料库所需的组件（缺少 {error.name}）。请运行 {EXTRA}") from error
    app = create_app(warehouse, token=token, hosts=hosts, raw=raw)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


def bind_socket(host: str, port: int) -> socket.socket:
    """Bind a socket to this address, first of all, so that a taken port is reported in Chinese."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        # A browser that opens the page early waits for an answer instead of being refused.
        listening.listen()
    except OSError as error:
        listening.close()
        raise ServeError(_describe_bind_error(error, host, port)) from error
    return listening


def _describe_bind_error(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = f"请关闭它，或用 --port {port + 1} 换一个端口"
        return f"端口 {port} 已被占用，可能已有一个资料库在运行（{page_url(host, port)}）。{other}"
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {port}。请用 --port 换一个 1024 以上的端口"
    return f"不能在 {host} 上提供网页：它不是本机的地址。请用 --host 127.0.0.1（只供本机）或 --host 0.0.0.0（供局域网）"


def _print_address(console: Console, warehouse: Path, host: str, port: int, token: str | None) -> None:
    console.print(f"资料库已打开：[bold]{page_url(host, port)}[/]（按 Ctrl-C 停止）", soft_wrap=True)
    console.print(f"仓库文件：{escape(str(warehouse))}", soft_wrap=True)
    if not warehouse.is_file():
        console.print("[yellow]还没有数据仓库。请另开一个终端运行 wenming build，完成后刷新网页即可[/]", soft_wrap=True)
    if not is_loopback(host):
        if token is None:
            console.print(
                "[yellow]注意：同一网络中的任何人都能打开这个网页。"
                "请用 --token 设访问口令，或去掉 --host 只供本机使用[/]",
                soft_wrap=True,
            )
        console.print(
            f"其他电脑请用 http://本机的网络地址:{port}/ 打开；内容未加密传输，请只在可信的网络中使用", soft_wrap=True
        )


def open_when_ready(server: uvicorn.Server, page: str) -> None:
    """Open the browser on `page` once the server answers."""
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.05)
    webbrowser.open(page)
