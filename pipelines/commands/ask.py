"""`wenming ask`: print the list of questions, or the answer to one of them."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.questions import Answer, list_questions

MAX_NAMED = 5
"""Number of notices named below an answer."""


def print_list(console: Console) -> None:
    """Print every question with its number and its parameters."""
    table = Table()
    for header in ("题号", "题目", "问的是什么", "可用参数"):
        table.add_column(header, overflow="fold")
    for question in list_questions():
        parameters = " ".join(f"--{name}" for name in question.parameters)
        table.add_row(str(question.number), question.title, question.question, parameters)
    console.print(table)
    console.print(
        "回答一题：wenming ask 题号 --notice 地名或单位 --format table|xlsx|csv|json；参数的含义见 wenming ask --help"
    )


def print_answer(console: Console, answer: Answer, output_format: str, output: Path | None) -> None:
    """Print the answer in `output_format`; as a table with the question, the notices and an explanation.

    A caveat about the tables it rests on goes to standard error where standard output holds data.
    """
    from warehouse.query import render

    if output_format != "table" or output is not None:
        typer.echo(render(answer.result, output_format, output, note=answer.caveat).rstrip("\n"))
        if answer.caveat:
            typer.echo(answer.caveat, err=True)
        return
    # Texts of notices are not rich markup: `:smile:` or `[b]` in them is text.
    title = f"[bold]{answer.question.number} {escape(answer.question.title)}[/]　{escape(answer.question.question)}"
    console.print(title, emoji=False)
    if answer.result.rows:
        typer.echo(render(answer.result, width=console.width).rstrip("\n"))
    console.print(answer.message, markup=False, emoji=False, soft_wrap=True)
    if answer.caveat:
        console.print(answer.caveat, style="yellow", markup=False, emoji=False, soft_wrap=True)
    more = f"等 {len(answer.notices)} 份" if len(answer.notices) > MAX_NAMED else ""
    if answer.notices:
        named = "、".join(answer.notices[:MAX_NAMED])
        console.print(f"通知：{named}{more}", markup=False, emoji=False, soft_wrap=True)
