"""Chinese help pages and usage errors for the command line.

Typer writes both in English and offers no translation; its headings and messages are few, so they are put into
Chinese here, by the kind of error where it has one.
"""

from __future__ import annotations

import re
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

USAGE_ERROR: Final[type[Exception]] = typer.BadParameter.__mro__[1]
"""What Typer raises for every wrong use; it has no public name of its own."""

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
_MESSAGES: Final = (
    (re.compile(r"No such command '([^']*)'.*"), r"没有“\1”这个命令"),
    (re.compile(r"Missing command.*"), "缺少命令"),
    (re.compile(r"Got unexpected extra argument\w*(?:\(s\))? \((.*)\)"), r"多出了参数“\1”；含空格的内容请用引号括起来"),
)


class ChineseCommand(TyperCommand):
    """A command whose help page is Chinese."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return _translated(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    """The command group, likewise."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return _translated(super().get_help(ctx))


def explain(error: Exception) -> str:
    """A usage error in Chinese: what is wrong, and where to read on."""
    kind, message = type(error).__name__, str(getattr(error, "message", error))
    parameter = getattr(error, "param", None)
    hint = getattr(error, "param_hint", None) or (parameter.get_error_hint() if parameter is not None else "")
    option = getattr(error, "option_name", "")
    if kind == "NoSuchOption":
        near = getattr(error, "possibilities", None)
        what = f"没有“{option}”这个选项" + (f"，是否要用 {'、'.join(sorted(near))}" if near else "")
    elif kind == "MissingParameter":
        what = f"缺少参数 {hint}"
    elif kind == "BadOptionUsage":
        what = f"选项 {option} 的写法不对（缺少取值，或不该带取值）"
    elif kind == "BadParameter":
        what = f"{hint} 的值不可用：{_value_message(message)}" if hint else message
    else:
        what = next(
            (pattern.sub(words, message).rstrip(".") for pattern, words in _MESSAGES if pattern.match(message)), message
        )
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "wenming"
    return f"用法不对：{what}\n查看用法：{command} --help"


def _value_message(message: str) -> str:
    """Typer's words about a wrong value; Chinese messages of our own pass unchanged."""
    if not message.isascii():
        return message
    found = re.search(r"'([^']*)' is not one of (.*?)\.?$", message)
    if found:
        return f"“{found[1]}”不在可选范围之内（{found[2]}）"
    return f"请检查写法（{message}）"


def _translated(page: str) -> str:
    for english, chinese in _HELP_WORDS:
        page = page.replace(english, chinese)
    return page
