"""What all commands share: the console, options that come again, and what is asked before a command runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from assets.progress import Progress, silent
from pipelines.settings import Settings, load

OK: Final = 0
SOME_FAILED: Final = 1
WRONG_USAGE: Final = 2
FALLBACK_WIDTH: Final = 120

Warehouse = Annotated[Path | None, typer.Option("--warehouse", metavar="文件", help="数据仓库文件（DuckDB）。")]
NoticeParts = Annotated[
    list[str], typer.Option("--notice", metavar="字样", help="只看标题、单位、地名或文件含有该字样的通知；可写几次。")
]
Topic = Annotated[str | None, typer.Option("--topic", metavar="主题", help="只看一个主题，写名称或其中几个字。")]
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


def require(settings: Settings) -> None:
    if not settings.warehouse.is_file():
        raise UserError(f"还没有数据仓库（{settings.warehouse}）。请先运行 wenming build", SOME_FAILED)


def require_current(settings: Settings) -> None:
    from warehouse import store

    if store.condition(settings.warehouse) is store.Condition.OUTDATED:
        raise UserError(f"仓库由其他版本的程序生成（{settings.warehouse}）。请先运行 wenming build", SOME_FAILED)


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
