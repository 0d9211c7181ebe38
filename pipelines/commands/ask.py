"""`wenming ask`: print the list of questions, or the answer to one of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.comparability import BY_OPTION, read_comparability
from warehouse.own_duties import read_scopes
from warehouse.questions import OPTIONS, Answer, find_notices, get_question, list_questions

MAX_NAMED = 5
"""Number of notices named below an answer."""


def print_list(console: Console) -> None:
    """Print every question with its number and its parameters."""
    table = Table()
    for header in ("题号", "题目", "问的是什么", "可用参数"):
        table.add_column(header, overflow="fold")
    for question in list_questions():
        parameters = " ".join(f"--{OPTIONS.get(name, name)}" for name in question.parameters)
        table.add_row(str(question.number), question.title, question.question, parameters)
    console.print(table)
    console.print(
        "回答一题：wenming ask 题号 --notice 地名或单位 --format table|xlsx|csv|json；参数的含义见 wenming ask --help"
    )


def select_kinds(
    warehouse: Path, number: int, named: tuple[list[str], list[str]], campaign: str | None, level: str | None
) -> tuple[list[str], list[str]]:
    """Return the names of the notices of a question, restricted to one campaign and level where these are given.

    Args:
        warehouse: The warehouse.
        number: Number of the question.
        named: The parts of names of its notices, and of those they are compared with.
        campaign: The campaign, if any.
        level: The level of the award, if any.

    Raises:
        QueryError: A part matches nothing, or no notice is of this campaign and level.
    """
    if campaign is None and level is None:
        return named
    from warehouse.store import connect

    with closing(connect(warehouse)) as connection:
        kinds = read_comparability(connection)
        notice, other = (kinds.select(find_notices(connection, parts), campaign, level) for parts in named)
    return notice, other if "other" in get_question(number).parameters else []


def describe_notices(warehouse: Path, answer: Answer) -> list[str]:
    """Return in Chinese which notices an answer counts, and how those it compares differ in kind."""
    from warehouse.store import connect

    with closing(connect(warehouse)) as connection:
        counted = read_scopes(connection).describe_question(answer.parameters)
        mixture = read_comparability(connection).describe_question(answer.question.number, answer.parameters, BY_OPTION)
    return [text for text in (counted, mixture) if text]


def print_answer(
    console: Console, answer: Answer, output_format: str, output: Path | None, warnings: Sequence[str] = ()
) -> None:
    """Print the answer in `output_format`; as a table with the question, the notices and an explanation.

    The warnings about the notices, and a caveat about the tables it rests on, go to standard error where standard
    output holds data.
    """
    from warehouse.query import render

    caveats = [*warnings, *filter(None, (answer.caveat,))]
    if output_format != "table" or output is not None:
        typer.echo(render(answer.result, output_format, output, note="。".join(caveats) or None).rstrip("\n"))
        for text in caveats:
            typer.echo(text, err=True)
        return
    # Texts of notices are not rich markup: `:smile:` or `[b]` in them is text.
    title = f"[bold]{answer.question.number} {escape(answer.question.title)}[/]　{escape(answer.question.question)}"
    console.print(title, emoji=False)
    if answer.result.rows:
        typer.echo(render(answer.result, width=console.width).rstrip("\n"))
    console.print(answer.message, markup=False, emoji=False, soft_wrap=True)
    for text in caveats:
        console.print(text, style="yellow", markup=False, emoji=False, soft_wrap=True)
    more = f"等 {len(answer.notices)} 份" if len(answer.notices) > MAX_NAMED else ""
    if answer.notices:
        named = "、".join(answer.notices[:MAX_NAMED])
        console.print(f"通知：{named}{more}", markup=False, emoji=False, soft_wrap=True)
