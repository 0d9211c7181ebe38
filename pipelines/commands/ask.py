"""`wenming ask`: print the list of questions, or the answer to one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.comparability import BY_OPTION, read_comparability
from warehouse.errors import QueryError
from warehouse.formatting import Result
from warehouse.own_duties import read_scopes
from warehouse.questions import (
    GROUPS,
    PARAMETERS,
    Answer,
    Question,
    find_notices,
    find_questions,
    get_question,
    list_questions,
    suggest_questions,
)
from warehouse.questions.describe import CONCLUSION, OPEN_FINDINGS, WARNINGS, describe, describe_left_out

if TYPE_CHECKING:
    import duckdb

MAX_NAMED = 5
"""Notices named in a line below an answer."""
TASK_COLUMN = "任务编号"
"""Column that the terminal leaves out: it ties a row to its task in data and pages."""
MAX_ROWS_SHOWN = 10
"""Rows of an answer that the terminal shows without `--all`."""
MAX_CROSSTAB_ROWS_SHOWN = 15
"""Rows of a cross-table that the terminal shows."""


def print_list(console: Console, questions: Sequence[Question] | None = None) -> None:
    """Print questions by group, each with its number and its parameters; all of them if None."""
    table = Table()
    for header in ("分组", "题号", "题目", "问的是什么", "可用参数"):
        table.add_column(header, overflow="fold")
    for group in GROUPS:
        listed = [one for one in questions or list_questions() if one.group == group]
        for place, question in enumerate(listed):
            parameters = " ".join(PARAMETERS[name].option for name in question.parameters)
            displayed = "" if place else group
            table.add_row(displayed, str(question.number), question.title, question.question, parameters)
    console.print(table)
    console.print(
        "回答一题：wenming ask 题号或题目中的字样 --notice 地名或单位 --format table|xlsx|csv|json；"
        "参数的含义见 wenming ask --help"
    )


def choose_question(console: Console, wanted: str) -> Question | None:
    """Return the question with this number, or the only one that holds these words; list them if several do.

    Raises:
        QueryError: There is no such question.
    """
    if wanted.isdecimal():
        return get_question(int(wanted))
    found = find_questions(wanted)
    if len(found) == 1:
        return found[0]
    if found:
        console.print(f"有 {len(found)} 题与“{wanted}”有关，请写明题号：", markup=False)
        print_list(console, found)
        return None
    near = "；".join(f"{one.number} {one.title}" for one in suggest_questions(wanted))
    hint = f"您是不是要找：{near}？" if near else ""
    raise QueryError(f"没有与“{wanted}”有关的题目。{hint}用 wenming ask 查看全部题目。")


def select_kinds(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    named: tuple[list[str], list[str]],
    campaign: str | None,
    level: str | None,
) -> tuple[list[str], list[str]]:
    """Return the names of the notices of a question, restricted to one campaign and level where these are given.

    Args:
        connection: A connection to the warehouse.
        question: The question.
        named: The parts of names of its notices, and of those they are compared with.
        campaign: The campaign, if any.
        level: The level of the award, if any.

    Raises:
        QueryError: A part matches nothing, or no notice is of this campaign and level.
    """
    if campaign is None and level is None:
        return named
    kinds = read_comparability(connection)
    notice, other = (kinds.select(find_notices(connection, parts), campaign, level) for parts in named)
    return notice, other if "other" in question.parameters else []


def describe_notices(connection: duckdb.DuckDBPyConnection, answer: Answer) -> list[str]:
    """Return in Chinese which notices an answer counts, and how those it compares differ in kind."""
    counted = read_scopes(connection).describe_question(answer.parameters)
    mixture = read_comparability(connection).describe_question(answer.question.number, answer.parameters, BY_OPTION)
    return [text for text in (counted, mixture) if text]


def print_answer(
    console: Console,
    answer: Answer,
    output_format: str,
    output: Path | None,
    *,
    warnings: Sequence[str] = (),
    everything: bool = False,
) -> None:
    """Print the answer in `output_format`; as a table with the question, its conclusion and what stands beside it.

    Args:
        console: The terminal.
        answer: The answer.
        output_format: `table`, `csv`, `json` or `xlsx`.
        output: File to write.
        warnings: What is said of its notices; on standard error where standard output holds data.
        everything: Whether the table shows all rows instead of a cross-table or the first of them.
    """
    from warehouse.query import render

    if output_format == "xlsx" and output is not None:
        _write_workbook(answer, output, warnings)
        return
    if output_format != "table" or output is not None:
        typer.echo(render(answer.result, output_format, output).rstrip("\n"))
        # Standard output holds data.
        for text in (answer.conclusion, *warnings, answer.caveat, describe_left_out(answer.left_out, MAX_NAMED)):
            if text:
                typer.echo(text, err=True)
        return
    # Texts of notices are not rich markup: `:smile:` or `[b]` in them is text.
    title = f"[bold]{answer.question.number} {escape(answer.question.title)}[/]　{escape(answer.question.question)}"
    console.print(title, emoji=False)
    lines = dict(describe(answer, MAX_NAMED, warnings))
    if conclusion := lines.pop(CONCLUSION, ""):
        console.print(conclusion, style="bold", markup=False, emoji=False, soft_wrap=True)
    if answer.result.rows:
        displayed, rest = _select_rows(answer, everything=everything)
        if answer.question.crosstab is not None and answer.crosstab is not None and not everything:
            console.print(answer.question.crosstab.title, markup=False, emoji=False)
        typer.echo(render(displayed, width=console.width).rstrip("\n"))
        if rest:
            console.print(rest, markup=False, emoji=False, soft_wrap=True)
    for name, text in lines.items():
        style = "yellow" if name in (WARNINGS, OPEN_FINDINGS) else None
        console.print(f"{name}：{text}", style=style, markup=False, emoji=False, soft_wrap=True)


def _select_rows(answer: Answer, *, everything: bool) -> tuple[Result, str]:
    """Return the table to print and what is said of the rows that it leaves out."""
    rows = _hide_column(answer.result, TASK_COLUMN)
    if everything:
        return rows, ""
    count = len(answer.result.rows)
    # `--all` also asks for all notices where a question takes that.
    option = f"--limit {count}" if answer.parameters.get("everything") is False else "--all"
    all_rows = f"逐条共 {count} 行，全部列出请加 {option}"
    if answer.crosstab is not None:
        first = answer.crosstab.rows[:MAX_CROSSTAB_ROWS_SHOWN]
        left = len(answer.crosstab.rows) - len(first)
        return replace(answer.crosstab, rows=first), (f"另有 {left} 行未列；" if left else "") + all_rows
    if len(rows.rows) <= MAX_ROWS_SHOWN:
        return rows, ""
    return replace(rows, rows=rows.rows[:MAX_ROWS_SHOWN]), f"只列前 {MAX_ROWS_SHOWN} 行，{all_rows}"


def _hide_column(result: Result, name: str) -> Result:
    """Return the result without a column that only programs read."""
    if name not in result.columns:
        return result
    place = result.columns.index(name)

    def rest(values: Sequence[Any]) -> tuple[Any, ...]:
        return (*values[:place], *values[place + 1 :])

    return replace(result, columns=rest(result.columns), types=rest(result.types), rows=tuple(map(rest, result.rows)))


def _write_workbook(answer: Answer, output: Path, warnings: Sequence[str]) -> None:
    from warehouse.answer_files import write_answer

    try:
        write_answer(output, answer, warnings=warnings)
    except OSError as error:
        raise QueryError(f"无法写入 {output}。请检查文件夹是否存在、文件是否正被打开。（{error}）") from error
    cut = "（结果未完，只取了前面这些行）" if answer.result.truncated else ""
    typer.echo(f"已写入 {len(answer.result.rows)} 行：{output}{cut}")
    for text in filter(None, (*warnings, answer.caveat)):
        typer.echo(text, err=True)
