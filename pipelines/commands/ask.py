"""`wenming ask`: the list of the analyst's questions, and the answer to one of them."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.query import render
from warehouse.questions import Answer, list_questions

NAMED = 5
"""Notices named below an answer."""


def print_list(console: Console) -> None:
    """Every question with its number, and what it can be narrowed by."""
    table = Table()
    for header in ("题号", "题目", "问的是什么", "可用参数"):
        table.add_column(header, overflow="fold")
    for one in list_questions():
        parameters = " ".join(f"--{name}" for name in one.parameters)
        table.add_row(str(one.number), one.title, one.question, parameters)
    console.print(table)
    console.print(
        "回答一题：wenming ask 题号 --notice 地名或单位 --format table|xlsx|csv|json；参数的含义见 wenming ask --help"
    )


def print_answer(console: Console, found: Answer, output_format: str, output: Path | None) -> None:
    """The answer in `output_format`; for a person also the question, the notices and how to read it."""
    if output_format != "table" or output is not None:
        typer.echo(render(found.result, output_format, output).rstrip("\n"))
        return
    # What a notice says goes past rich's markup: `:smile:` or `[b]` in it is text.
    title = f"[bold]{found.question.number} {escape(found.question.title)}[/]　{escape(found.question.question)}"
    console.print(title, emoji=False)
    if found.result.rows:
        typer.echo(render(found.result, width=console.width).rstrip("\n"))
    console.print(found.message, markup=False, emoji=False, soft_wrap=True)
    more = f"等 {len(found.notices)} 份" if len(found.notices) > NAMED else ""
    if found.notices:
        named = "、".join(found.notices[:NAMED])
        console.print(f"通知：{named}{more}", markup=False, emoji=False, soft_wrap=True)
