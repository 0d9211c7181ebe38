"""What all commands share: the console, options that come again, and what is asked before a command runs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape

from assets.ingest.progress_callback import Progress, silent
from pipelines.settings import Settings, load

OK: Final = 0
SOME_FAILED: Final = 1
WRONG_USAGE: Final = 2
LOCKED: Final = 3
"""Another program has the warehouse file open for writing; nothing was changed."""
FALLBACK_WIDTH: Final = 120
CHINA: Final = ZoneInfo("Asia/Shanghai")


class Format(StrEnum):
    """How a command writes its result."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


Warehouse = Annotated[Path | None, typer.Option("--warehouse", metavar="文件", help="数据仓库文件（DuckDB）。")]
NoticeParts = Annotated[
    list[str], typer.Option("--notice", metavar="字样", help="只看标题、单位、地名或文件含有该字样的通知；可写几次。")
]
Topic = Annotated[str | None, typer.Option("--topic", metavar="主题", help="只看一个主题，写名称或其中几个字。")]
OutputFormat = Annotated[Format, typer.Option("--format", metavar="table|csv|json|xlsx", help="结果的格式。")]
Output = Annotated[Path | None, typer.Option("--output", metavar="文件", help="把结果写入文件，而不是显示出来。")]
Limit = Annotated[int | None, typer.Option("--limit", metavar="行数", min=1, help="最多列出多少行。")]
Party = Annotated[str | None, typer.Option("--party", metavar="字样", help="只看名称含有该字样的责任单位。")]


class UserError(Exception):
    """Something the user can put right; the text is Chinese and says how."""

    def __init__(self, message: str, exit_code: int = WRONG_USAGE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def console() -> Console:
    """Standard output; where it is no terminal, wide enough for a table to be read."""
    made = Console(highlight=False)
    return made if made.is_terminal else Console(width=FALLBACK_WIDTH, highlight=False)


def ready(**given: object) -> Settings:
    """The settings in force, where a warehouse of this version of the program stands; `given` as `settings.load`.

    Raises UserError, SettingsError.
    """
    settings = load(**given)
    require(settings)
    require_current(settings)
    return settings


def china_time(moment: datetime) -> str:
    """A moment (UTC where it does not say) as the clocks in China show it."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def require(settings: Settings) -> None:
    if not settings.warehouse.is_file():
        raise UserError(f"还没有数据仓库（{settings.warehouse}）。请先运行 wenming build", SOME_FAILED)


def require_current(settings: Settings) -> None:
    from warehouse import store

    if store.check_condition(settings.warehouse) is store.Condition.OUTDATED:
        raise UserError(f"仓库由其他版本的程序生成（{settings.warehouse}）。请先运行 wenming build", SOME_FAILED)


@contextmanager
def terminated_like_ctrl_c() -> Iterator[None]:
    """SIGTERM, by which a service is stopped, raises KeyboardInterrupt as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def shown_progress(console: Console) -> Iterator[Progress]:
    """A progress bar on a terminal, silence elsewhere."""
    if not console.is_terminal:
        yield silent
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("读取通知"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("准备中", total=None)
        yield lambda done, total, source_path: bar.update(
            task, completed=done, total=total, description=escape(source_path)
        )
