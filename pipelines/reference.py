"""The commands, settings, questions and notebooks as one Chinese page.

`python -m pipelines.reference` writes it, `--check` tests whether it is up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import typer
from pydantic.fields import FieldInfo

from notebooks import NOTEBOOKS
from pipelines.cli import COMMAND_GROUPS, app
from pipelines.cli_common import PROGRAM
from pipelines.settings import CONFIG_VARIABLE, DEFAULT_CONFIG, PREFIX, Settings
from schemas.generated_pages import escape_cell, write_or_check
from warehouse.questions import list_questions
from warehouse.questions.definitions import GROUPS, PARAMETERS

REFERENCE: Final = Path(__file__).with_name("REFERENCE.zh-CN.md")
COMMAND: Final = "pipelines.reference"
DEPENDS_ON_MACHINE: Final = "自动"
"""Shown as the default of a setting that follows from the machine or from another setting."""


def reference_markdown() -> str:
    """Return the page as Markdown."""
    lines = [
        "# 命令、设置、题目、笔记本一览",
        "",
        f"本文件由 `python -m {COMMAND}` 生成，请勿手工修改。表和列的含义见 [数据字典](../schemas/DICTIONARY.md)。",
        "",
        *_command_lines(),
        *_setting_lines(),
        *_question_lines(),
        *_notebook_lines(),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _command_lines() -> Iterator[str]:
    root: Any = typer.main.get_command(app)
    yield "## 命令"
    yield ""
    yield f"在仓库文件夹中，`{PROGRAM}` 写作 `.venv/bin/{PROGRAM}`（Windows 写作 `.venv\\Scripts\\{PROGRAM}`）。"
    yield ""
    for title, names in COMMAND_GROUPS.items():
        yield f"### {title}"
        yield ""
        for name in names:
            yield from _one_command(name, root.commands[name])


def _one_command(name: str, command: Any) -> Iterator[str]:
    """Yield what one command does and its options; a group is its commands."""
    if members := getattr(command, "commands", None):
        for member, inner in members.items():
            yield from _one_command(f"{name} {member}", inner)
        return
    yield f"#### `{PROGRAM} {name}`"
    yield ""
    yield escape_cell(command.help)
    yield ""
    parameters = [one for one in command.params if not one.hidden]
    if parameters:
        yield from _table(("参数", "含义"), ((_describe_parameter(one), one.help or "") for one in parameters))


def _describe_parameter(parameter: Any) -> str:
    """Return how a parameter is written: `--output 文件`; an argument that may be left out stands in brackets."""
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name
        return f"`{name}`" if parameter.required else f"`[{name}]`"
    names = "、".join(f"`{one}`" for one in (*parameter.opts, *parameter.secondary_opts))
    value = "" if parameter.is_flag else f" `{parameter.metavar or parameter.name}`"
    return names + value


def _setting_lines() -> Iterator[str]:
    yield "## 设置"
    yield ""
    yield (
        f"写在命令行、环境变量（`{PREFIX}` 加大写的设置名，如 `{PREFIX}RAW`）或当前文件夹的 `{DEFAULT_CONFIG}`"
        f"（或环境变量 `{CONFIG_VARIABLE}` 指明的文件）中，先后以此为序；`{PROGRAM} config` 列出当前的值和来源。"
        f"默认值为“{DEPENDS_ON_MACHINE}”的，由本机或其他设置决定。"
    )
    yield ""
    rows = (
        (f"`{name}`", _describe_default(field), field.description or "")
        for name, field in Settings.model_fields.items()
    )
    yield from _table(("设置", "默认值", "含义"), rows)


def _describe_default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return DEPENDS_ON_MACHINE
    default: object = field.get_default()
    if default is None or default == "":
        return "不设"
    if isinstance(default, bool):
        return "是" if default else "否"
    # A path has slashes on every machine.
    return f"`{default.as_posix() if isinstance(default, Path) else default}`"


def _question_lines() -> Iterator[str]:
    yield "## 题目"
    yield ""
    yield f"`{PROGRAM} ask 题号` 或 `{PROGRAM} ask 题目中的字样` 回答一题，网页“分析”中同样可查。"
    yield ""
    for group in GROUPS:
        yield f"### {group}类"
        yield ""
        rows = (
            (str(one.number), one.title, one.question, " ".join(PARAMETERS[name].option for name in one.parameters))
            for one in list_questions()
            if one.group == group
        )
        yield from _table(("题号", "题目", "问的是什么", "可用参数"), rows)


def _notebook_lines() -> Iterator[str]:
    yield "## 笔记本"
    yield ""
    yield f"`{PROGRAM} notebook 名称` 在浏览器中打开（须装 `[explore]`）。"
    yield ""
    yield from _table(("名称", "回答什么"), NOTEBOOKS.items())


def _table(header: Sequence[str], rows: Any) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(escape_cell(cell) for cell in row) + " |"
    yield ""


def main(arguments: Sequence[str]) -> int:
    """Write the page, or compare it with `--check`; the exit code is that of `write_or_check`."""
    return write_or_check(REFERENCE, reference_markdown, COMMAND, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
