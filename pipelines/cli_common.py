"""Shared by all commands: console, common options, checks before a command, and Chinese help pages and usage errors.

Typer writes help and usage errors in English and offers no translation; its few headings and messages are translated
here.
"""

from __future__ import annotations

import difflib
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from pipelines.errors import UserError
from warehouse.clock import CHINA

if TYPE_CHECKING:
    from assets.ingest.results import ProgressCallback
    from pipelines.settings import Settings
    from warehouse.heading import Heading


PROGRAM: Final = "wenming"
OK: Final = 0
SOME_FAILED: Final = 1
LOCKED: Final = 3
"""Exit status: another program has the warehouse file open for writing; nothing was changed."""
FALLBACK_WIDTH: Final = 120
USAGE_ERROR: Final[type[Exception]] = typer.BadParameter.__mro__[1]
"""Base class of all usage errors of Typer, which has no public name."""

_HELP_WORDS: Final = (
    ("Usage: ", "用法："),
    ("[OPTIONS]", "[选项]"),
    ("COMMAND [ARGS]...", "命令 [参数]…"),
    ("Options:", "选项："),
    ("Commands:", "命令："),
    ("Arguments:", "参数："),
    ("Show this message and exit.", "显示本说明。"),
    ("[default: ", "[默认："),
    ("[required]", "[必填]"),
)
_HEADING: Final = re.compile(r"^([^\s:]{1,20}):$", re.MULTILINE)
_MESSAGES: Final = (
    (re.compile(r"Missing command.*"), "缺少命令"),
    (re.compile(r"Got unexpected extra argument\w*(?:\(s\))? \((.*)\)"), r"多出了参数“\1”；含空格的内容请用引号括起来"),
)
_VALUE_MESSAGES: Final = (
    (re.compile(r"'([^']*)' is not one of (.*?)\.?$"), r"“\1”不在可选范围之内（\2）"),
    (re.compile(r"valid integer"), "须是整数"),
    (re.compile(r"valid number"), "须是数字"),
    (re.compile(r"greater than or equal to (\S+)"), r"不能小于 \1"),
    (re.compile(r"less than or equal to (\S+)"), r"不能大于 \1"),
    (re.compile(r"'([^']*)' does not match the formats? '%Y-%m-%d'"), r"“\1”不是日期，应写作 2023-08-01 这样"),
)
_NO_SUCH_COMMAND: Final = re.compile(r"No such command '([^']*)'")
MAX_SUGGESTED: Final = 3
"""Commands that a message suggests."""
SUGGESTION_CUTOFF: Final = 0.6
"""Least likeness of a suggested command: extract has 0.62 with export and 0.5 with fetch."""


class Format(StrEnum):
    """Output format of a result."""

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
Campaign = Annotated[
    str | None, typer.Option("--campaign", metavar="类别", help="只比这一创建类别的通知，如 文明单位。")
]
AwardLevel = Annotated[
    str | None, typer.Option("--level", metavar="级别", help="只比这一荣誉级别的通知：全国、省级、市级、县级。")
]
AllNotices = Annotated[bool, typer.Option("--all", help="连参考通知、上级写给其他单位的任务和周期已结束的通知也列出。")]
Party = Annotated[str | None, typer.Option("--party", metavar="字样", help="只看名称含有该字样的责任单位。")]


def make_heading(warehouse: Path, title: str, question: str, output_format: Format) -> Heading | None:
    """Return what stands above the rows of a workbook; None for other formats."""
    if output_format is not Format.XLSX:
        return None
    from warehouse.heading import Heading, read_data_day
    from warehouse.store import reading

    with reading(warehouse) as connection:
        return Heading(title, question, day=read_data_day(connection))


def is_terminal() -> bool:
    """Return whether a person sits before this process."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def make_console() -> Console:
    """Return a console for standard output, wide enough for tables if that is not a terminal."""
    made = Console(highlight=False)
    return made if made.is_terminal else Console(width=FALLBACK_WIDTH, highlight=False)


def find_program() -> str:
    """Return how to call this program again: `wenming` where the search path has it, else the path that was typed."""
    typed = Path(sys.argv[0])
    found = shutil.which(PROGRAM)
    if typed.stem != PROGRAM or (found is not None and Path(found).resolve() == typed.resolve()):
        return PROGRAM
    return shlex.quote(sys.argv[0])


def load_ready_settings(**given: object) -> Settings:
    """Return the settings if there is a warehouse of this version of the program; `given` as for `load_settings`.

    Raises:
        UserError: There is no such warehouse.
        SettingsError: A setting is invalid.
    """
    from pipelines.settings import load_settings

    settings = load_settings(**given)
    require_warehouse(settings)
    require_current(settings)
    return settings


def format_china_time(moment: datetime) -> str:
    """Format a time (UTC unless it has a time zone) as China time."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def require_warehouse(settings: Settings) -> None:
    """Raise UserError if there is no warehouse."""
    if not settings.warehouse.is_file():
        raise UserError(f"还没有数据仓库（{settings.warehouse}）。请先运行 wenming build", SOME_FAILED)


def require_current(settings: Settings) -> None:
    """Raise UserError if the warehouse is of another version of the program."""
    from warehouse import store

    if store.check_condition(settings.warehouse) is store.Condition.OUTDATED:
        raise UserError(f"仓库由其他版本的程序生成（{settings.warehouse}）。请先运行 wenming build", SOME_FAILED)


def require_raw(settings: Settings) -> None:
    """Raise UserError if the folder of the notices does not exist."""
    if not settings.raw.is_dir():
        raise UserError(f"找不到存放通知原件的文件夹：{settings.raw}。请先建立该文件夹并放入通知，或用 --raw 指定")


def require_file(output_format: Format, output: Path | None) -> None:
    """Raise UserError if a workbook is asked for without a file to write."""
    if output_format is Format.XLSX and output is None:
        raise UserError("xlsx 格式须用 --output 指定文件，例如 --output 结果.xlsx")


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Let SIGTERM, which stops a service, raise KeyboardInterrupt as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def show_progress(console: Console) -> Iterator[ProgressCallback]:
    """Show a progress bar on a terminal, nothing elsewhere."""
    if not console.is_terminal:
        from assets.ingest.results import ignore_progress

        yield ignore_progress
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("读取通知"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as progress_bar:
        task = progress_bar.add_task("准备中", total=None)
        yield lambda done, total, source_path: progress_bar.update(
            task, completed=done, total=total, description=escape(source_path)
        )


class ChineseCommand(TyperCommand):
    """A command whose help page is Chinese."""

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _translate_help(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    """A command group whose help page is Chinese."""

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _translate_help(super().get_help(ctx))


def explain_usage_error(error: Exception) -> str:
    """Explain a usage error in Chinese, with a pointer to the help page."""
    kind, message = type(error).__name__, str(getattr(error, "message", error))
    parameter = getattr(error, "param", None)
    hint = getattr(error, "param_hint", None) or (parameter.get_error_hint() if parameter is not None else "")
    option = getattr(error, "option_name", "")
    if kind == "NoSuchOption":
        near = getattr(error, "possibilities", None)
        suggested = difflib.get_close_matches(option, near or (), MAX_SUGGESTED, 0)
        what = f"没有“{option}”这个选项" + (f"，是否要用 {'、'.join(suggested)}" if suggested else "")
    elif kind == "MissingParameter":
        what = f"缺少参数 {hint}"
    elif kind == "BadOptionUsage":
        what = f"选项 {option} 的写法不对（缺少取值，或不该带取值）"
    elif kind == "BadParameter":
        what = f"{hint} 的值不可用：{_translate_value_error(message)}" if hint else message
    else:
        what = next(
            (pattern.sub(words, message).rstrip(".") for pattern, words in _MESSAGES if pattern.match(message)), message
        )
    context = getattr(error, "ctx", None)
    if missing := _NO_SUCH_COMMAND.match(message):
        what = f"没有“{missing[1]}”这个命令{_suggest_commands(missing[1], context)}"
    command = context.command_path if context is not None else "wenming"
    return f"命令有误：{what}\n查看用法：{command} --help"


def _suggest_commands(wrong: str, context: Any) -> str:
    """Return a question about the commands that a mistyped one may stand for, or that are about this Chinese word."""
    group = getattr(context, "command", None)
    if not isinstance(group, TyperGroup):
        return ""
    names = group.list_commands(context)
    near = difflib.get_close_matches(wrong.lower(), names, MAX_SUGGESTED, SUGGESTION_CUTOFF)
    if not near and not wrong.isascii():
        commands = {name: group.get_command(context, name) for name in names}
        near = [name for name, command in commands.items() if command and wrong in (command.help or "")]
    return f"。您是不是要用：{'、'.join(near[:MAX_SUGGESTED])}？" if near else ""


def _translate_value_error(message: str) -> str:
    """Translate a message of Typer about a value; Chinese messages of this program pass unchanged."""
    for pattern, words in _VALUE_MESSAGES:
        if match := pattern.search(message):
            return match.expand(words)
    return f"请检查写法（{message}）" if message.isascii() else message


def _translate_help(page: str) -> str:
    for english, chinese in _HELP_WORDS:
        page = page.replace(english, chinese)
    return _HEADING.sub(r"\1：", page)
