"""`wenming watch`: read raw/ by itself whenever something has changed there and come to rest, until Ctrl-C."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import sleep as pause
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipelines.cli_common import OK, UserError, Warehouse, china_time, terminated_like_ctrl_c
from pipelines.settings import load

Raw = Annotated[Path | None, typer.Option("--raw", metavar="文件夹", help="存放通知原件的文件夹。")]
Workers = Annotated[int | None, typer.Option("--workers", metavar="个数", help="同时读取文件的进程数。")]
Every = Annotated[float | None, typer.Option("--every", metavar="秒", help="每隔多少秒看一次。")]
Settle = Annotated[float | None, typer.Option("--settle", metavar="秒", help="文件多少秒不再变化才读取。")]


def watch(
    raw: Raw = None, warehouse: Warehouse = None, workers: Workers = None, every: Every = None, settle: Settle = None
) -> None:
    """The command `wenming watch`."""
    from pipelines.watch_loop import Watcher

    settings = load(raw=raw, warehouse=warehouse, workers=workers, watch_every=every, watch_settle=settle)
    if not settings.raw.is_dir():
        raise UserError(f"找不到存放通知原件的文件夹：{settings.raw}。请先建立该文件夹并放入通知，或用 --raw 指定")
    out = Console(highlight=False, soft_wrap=True)

    def say(text: str) -> None:
        out.print(f"{china_time(datetime.now(UTC))}　{escape(text)}", soft_wrap=True)

    watcher = Watcher(settings, say)
    say(
        f"开始看守 {settings.raw}：有文件新增、变化、移走，放稳 {settings.watch_settle:g} 秒后自动读入"
        f"仓库 {settings.warehouse}（按 Ctrl-C 停止）"
    )
    with terminated_like_ctrl_c():
        try:
            while True:
                watcher.step()
                pause(settings.watch_every)
        except KeyboardInterrupt:
            say("已停止。仓库保持最近一次发布的内容")
    raise typer.Exit(OK)
