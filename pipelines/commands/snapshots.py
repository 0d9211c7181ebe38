"""`wenming editions`, `wenming diff` and `wenming restore`: list, compare and restore snapshots of the warehouse."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.cli_common import (
    Format,
    Limit,
    Output,
    OutputFormat,
    Warehouse,
    format_china_time,
    make_console,
    make_heading,
    require_file,
    require_warehouse,
)
from pipelines.errors import UserError

UNREADABLE: Final = "文件已损坏"

First = Annotated[int | None, typer.Argument(metavar="版", help="较早的一版；不写则为最近两版中较早的。")]
Second = Annotated[int | None, typer.Argument(metavar="版", help="较晚的一版；不写则为现在的仓库。")]
OfTable = Annotated[
    str | None, typer.Option("--table", metavar="表", help="逐行列出这张表的变化，如 core.tasks 或 任务。")
]
Number = Annotated[int, typer.Argument(metavar="版", help="要恢复的版，见 wenming editions。")]


def editions(warehouse: Warehouse = None) -> None:
    """Run `wenming editions`."""
    from pipelines.settings import load_settings
    from warehouse.store.snapshots import CAUSES
    from warehouse.store.snapshots import read_snapshots as listed

    settings = load_settings(warehouse=warehouse)
    snapshots = listed(settings.warehouse)
    if not snapshots:
        require_warehouse(settings)
        raise UserError(f"仓库文件无法读取：{settings.warehouse}。请运行 wenming build 重新构建")
    screen = make_console()
    table = Table(title="仓库的各版", title_justify="left")
    for header in ("版", "发布时间", "原因", "通知", "任务", "文件"):
        table.add_column(header, overflow="fold")
    for snapshot in snapshots:
        stamp = snapshot.info
        why = UNREADABLE if stamp is None else CAUSES[stamp.cause]
        if stamp is not None and stamp.restored_from is not None:
            why = f"恢复第 {stamp.restored_from} 版"
        table.add_row(
            f"{snapshot.number}{'（现在）' if snapshot.is_current else ''}",
            _format_time(snapshot.published_at),
            why,
            "—" if snapshot.notices is None else str(snapshot.notices),
            "—" if snapshot.tasks is None else str(snapshot.tasks),
            escape(str(snapshot.path)),
        )
    screen.print(table)
    screen.print("比较两版：wenming diff 较早的版 较晚的版；恢复旧版：wenming restore 版")


def diff(
    first: First = None,
    second: Second = None,
    *,
    table: OfTable = None,
    output_format: OutputFormat = Format.TABLE,
    output: Output = None,
    limit: Limit = None,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming diff`."""
    from pipelines.settings import load_settings
    from warehouse.query import render
    from warehouse.store import diff
    from warehouse.store.snapshots import read_snapshot
    from warehouse.store.snapshots import read_snapshots as listed

    settings = load_settings(warehouse=warehouse)
    require_warehouse(settings)
    require_file(output_format, output)
    sound = [snapshot.number for snapshot in listed(settings.warehouse) if snapshot.info is not None]
    if first is None and len(sound) < 2:
        raise UserError("只有一版，没有可以比较的。保留几版由设置 editions 决定，见 wenming config")
    older = read_snapshot(settings.warehouse, sound[1] if first is None else first)
    newer = read_snapshot(settings.warehouse, sound[0] if second is None else second)
    screen = make_console()
    plain = output_format is Format.TABLE and output is None
    if plain:
        screen.print(f"从第 {older.number} 版（{_format_time(older.published_at)}）", end="")
        screen.print(f"到第 {newer.number} 版（{_format_time(newer.published_at)}）的变化：")
    if table is None:
        made = diff.summarize_changes(older.path, newer.path)
        result = made.result
        _print_uncompared(made.uncompared)
    else:
        result = diff.list_row_changes(older.path, newer.path, table, limit)
    if plain and not result.rows:
        screen.print("没有变化")
        return
    first_time, second_time = (_format_time(snapshot.published_at) for snapshot in (older, newer))
    versions = f"从第 {older.number} 版（{first_time}）到第 {newer.number} 版（{second_time}）"
    heading = make_heading(newer.path, "数据仓库的变化", versions, output_format)
    typer.echo(render(result, output_format.value, output, heading=heading).rstrip("\n"))
    if plain and table is None:
        screen.print("逐行查看：wenming diff --table 表，例如 --table core.tasks")


def restore(number: Number, warehouse: Warehouse = None) -> None:
    """Run `wenming restore`."""
    from pipelines.settings import load_settings
    from warehouse.store import restore as publish_again

    settings = load_settings(warehouse=warehouse)
    stamp = publish_again(settings.warehouse, number, keep=settings.editions)
    screen = make_console()
    screen.print(
        f"已把第 {number} 版恢复为现在的仓库（第 {stamp.number} 版）：{escape(str(settings.warehouse))}", soft_wrap=True
    )
    screen.print(
        "下次运行 wenming build（包括定时构建）会按 raw 文件夹重新读入，恢复的内容随之更新；"
        "不想读入的文件，请先从 raw 中移走"
    )


def _print_uncompared(names: tuple[str, ...]) -> None:
    """Print to standard error, so that a file or pipe receives the result only."""
    if names:
        message = f"两版的程序版本不同，以下表的结构不一样，没有比较：{'、'.join(names)}"
        Console(stderr=True, highlight=False).print(message, style="yellow", soft_wrap=True)


def _format_time(moment: datetime | None) -> str:
    return UNREADABLE if moment is None else format_china_time(moment)
