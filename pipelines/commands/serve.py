"""`wenming serve`: serve the explorer on a port of this machine, until Ctrl-C."""

from __future__ import annotations

import errno
import socket
import threading
import time
import webbrowser
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape

from warehouse.extras import install_command
from warehouse.request_guard import KnownHosts, is_loopback

if TYPE_CHECKING:
    import uvicorn

    from pipelines.settings import Settings

HOST: Final = "127.0.0.1"
GRACE_SECONDS: Final = 5
MIN_TOKEN_LENGTH: Final = 8


class ServeError(Exception):
    """The explorer cannot be started; the text is Chinese and names the remedy."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of readers and of editors; None where there is none."""

    reader: str | None = None
    editor: str | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> Tokens:
        """Return the tokens of the settings. Raises ServeError where one is too short, or both are equal."""
        secrets = [settings.token, settings.editor_token]
        reader, editor = (secret.get_secret_value() if secret else None for secret in secrets)
        if any(token is not None and len(token.strip()) < MIN_TOKEN_LENGTH for token in (reader, editor)):
            raise ServeError(f"访问口令太短，至少要 {MIN_TOKEN_LENGTH} 个字符")
        if reader is not None and editor is not None and reader.strip() == editor.strip():
            raise ServeError("查看口令（--token）和编辑口令（--editor-token）不能相同，否则人人都能修改")
        return cls(reader, editor)

    def allow_editing(self, host: str, named: Collection[str]) -> bool:
        """Return whether anything can be changed: with a token for it, or on this machine alone without any token."""
        is_private = self.reader is None and is_loopback(host) and not named
        return self.editor is not None or is_private


def serve(console: Console, settings: Settings, *, host: str, port: int, open_page: bool) -> None:
    """Serve the explorer until Ctrl-C.

    Raises:
        ServeError: The extra is not installed, the port is taken, the address is not of this machine, or a token is
            unusable.
    """
    tokens = Tokens.from_settings(settings)
    listening = bind_socket(host, port)
    try:
        server = _make_server(settings, host, tokens)
        _print_address(console, settings, host, listening.getsockname()[1], tokens)
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


def _make_server(settings: Settings, host: str, tokens: Tokens) -> uvicorn.Server:
    try:
        import uvicorn

        from pipelines.editing.editor import Editor
        from warehouse.explorer import create_app
    except ModuleNotFoundError as error:
        missing = f"还没有安装网页资料库所需的组件（缺少 {error.name}）"
        raise ServeError(f"{missing}。请运行 {install_command('explore')}") from error
    named = settings.named_hosts
    app = create_app(
        settings.warehouse,
        token=tokens.reader,
        hosts=KnownHosts.for_host(host, named),
        raw=settings.raw,
        editing=Editor(settings) if tokens.allow_editing(host, named) else None,
        editor_token=tokens.editor,
    )
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


def _print_address(console: Console, settings: Settings, host: str, port: int, tokens: Tokens) -> None:
    console.print(f"资料库已打开：[bold]{page_url(host, port)}[/]（按 Ctrl-C 停止）", soft_wrap=True)
    console.print(f"仓库文件：{escape(str(settings.warehouse))}", soft_wrap=True)
    is_editable = tokens.allow_editing(host, settings.named_hosts)
    if not settings.warehouse.is_file():
        upload = "，或在网页上上传通知" if is_editable else ""
        console.print(
            f"[yellow]还没有数据仓库。请另开一个终端运行 wenming build，完成后刷新网页即可{upload}[/]", soft_wrap=True
        )
    if not is_editable:
        console.print("网页只供查看；要在网页上更正、上传，请用 --editor-token 设编辑口令", soft_wrap=True)
    if not is_loopback(host):
        if tokens.reader is None:
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
