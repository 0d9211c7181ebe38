"""`wenming find`: tasks by what words mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pipelines.cli_common import (
    Format,
    NoticeParts,
    Output,
    OutputFormat,
    Warehouse,
    load_ready_settings,
    make_console,
    make_heading,
    require_file,
)

if TYPE_CHECKING:
    from warehouse.search.find_tasks import FoundTask

DEFAULT_LIMIT: Final = 10
COLUMNS: Final = ("通知", "任务要求", "对上的词语", "责任单位", "完成时限", "出处")
Words = Annotated[list[str], typer.Argument(metavar="词语…", help="要找什么，写几个字，如 志愿者服务时间。")]
MaxTasks = Annotated[int, typer.Option("--limit", metavar="条数", min=1, max=1000, help="最多列出多少条。")]

_ROWS: Final = """
SELECT t.task_id, l.label, coalesce(t.requirement, t.criteria, '（原文无法辨认）'),
       (SELECT string_agg(DISTINCT party, '、') FROM core.task_parties AS p WHERE p.task_id = t.task_id), t.deadline,
       concat_ws(' ', l.source_path, t.locator)
FROM core.tasks AS t JOIN mart.notice_labels AS l USING (notice_id) WHERE t.task_id IN (SELECT unnest($tasks))
"""


def find(
    words: Words,
    *,
    notice: NoticeParts = [],  # noqa: B006  Typer reads the default and gives a list of its own
    limit: MaxTasks = DEFAULT_LIMIT,
    output_format: OutputFormat = Format.TABLE,
    output: Output = None,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming find`."""
    from warehouse.formatting import Result
    from warehouse.query import render
    from warehouse.questions import find_notices
    from warehouse.search.find_tasks import find_tasks
    from warehouse.store import reading

    require_file(output_format, output)
    settings = load_ready_settings(warehouse=warehouse)
    question = " ".join(words)
    with reading(settings.warehouse) as connection:
        found = find_tasks(connection, question, find_notices(connection, notice), limit)
        rows = connection.execute(_ROWS, {"tasks": [task.task_id for task in found.tasks]}).fetchall()
    result = Result(COLUMNS, ("VARCHAR",) * len(COLUMNS), _order(found.tasks, rows))
    screen = make_console()
    if result.rows or output_format is not Format.TABLE or output is not None:
        heading = make_heading(settings.warehouse, "意思相近的任务", f"查找：{question}", output_format)
        typer.echo(render(result, output_format.value, output, heading=heading).rstrip("\n"))
    else:
        screen.print(f"没有与“{question}”意思相近的任务。请换一种说法，或减少词语", markup=False)
    if found.proposed:
        typer.echo(f"您是不是要找：{'、'.join(found.proposed)}", err=output_format is not Format.TABLE)


def _order(tasks: tuple[FoundTask, ...], rows: list[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    by_id = {row[0]: row for row in rows}
    return tuple(
        (by_id[task.task_id][1], by_id[task.task_id][2], "、".join(task.words), *by_id[task.task_id][3:])
        for task in tasks
    )
