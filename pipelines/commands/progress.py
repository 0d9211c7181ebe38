"""`wenming progress`: import filled task lists, and show the progress so far."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.cli_common import (
    SOME_FAILED,
    AllNotices,
    ChineseCommand,
    ChineseGroup,
    NoticeParts,
    Party,
    Warehouse,
    is_terminal,
    load_ready_settings,
    make_console,
)
from pipelines.errors import UserError

app = typer.Typer(cls=ChineseGroup, no_args_is_help=True, rich_markup_mode=None)

Files = Annotated[list[Path], typer.Argument(metavar="文件…", help="交回的清单，或存放它们的文件夹。")]


@app.command("import", cls=ChineseCommand, help="导入各单位填好交回的任务清单。")
def import_files(files: Files, warehouse: Warehouse = None) -> None:
    """Run `wenming progress import`."""
    from assets.progress_import.import_workbooks import expand_paths, import_progress
    from pipelines.import_report import ISSUE_HEADERS, REST, describe_import

    settings = load_ready_settings(warehouse=warehouse)
    paths = expand_paths(files)
    if not paths:
        raise UserError("文件夹中没有表格文件（xlsx、xls、et、ods）。请把交回的清单放进去，或直接写出文件名")
    now = datetime.now(UTC)
    done = import_progress(settings.warehouse, settings.progress, paths, now=now, keep=settings.editions)
    screen = make_console()
    report = describe_import(done)
    screen.print(report.summary)
    for line in report.repeated:
        screen.print(escape(line), soft_wrap=True)
    for name, why in report.refused:
        screen.print(f"[red]{escape(name)}[/]：{escape(why)}", soft_wrap=True)
    if report.issues:
        table = Table(title="未采用的填报", title_justify="left")
        for header in ISSUE_HEADERS:
            table.add_column(header, overflow="fold")
        for issue in report.issues:
            table.add_row(*map(escape, issue))
        screen.print(table)
        screen.print(REST)
    raise typer.Exit(0 if done.is_clean else SOME_FAILED)


@app.command("show", cls=ChineseCommand, help="查看各责任单位的进展。")
def show(
    *,
    notice: NoticeParts = [],  # noqa: B006  Typer reads the default and gives a list of its own
    party: Party = None,
    everything: AllNotices = False,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming progress show`."""
    from pipelines.commands.review_ownership import ask_ownership
    from warehouse import questions, store
    from warehouse.clock import today
    from warehouse.own_duties import read_scopes

    settings = load_ready_settings(warehouse=warehouse)
    screen = make_console()
    ask_ownership(settings, screen, is_terminal=is_terminal(), today=today())
    with store.reading(settings.warehouse) as connection:
        ids = questions.find_notices(connection, notice)
        parameters = {"notices": ids, "party": party, "everything": everything}
        _print_progress(screen, connection.execute(_PROGRESS_SQL, parameters).fetchall())
        message = read_scopes(connection).describe(ids, today(), everything=everything)
        screen.print(message, markup=False, soft_wrap=True)


_PROGRESS_SQL: Final = """
SELECT n.label, coalesce(p.party, '（未写明）'), p.tasks, p.done, p.in_progress, p.blocked, p.unreported, p.overdue,
       p.due_soon
FROM mart.progress_of_all AS p JOIN mart.notice_labels AS n USING (notice_id)
WHERE ($everything OR p.left_out IS NULL) AND p.notice_id IN (SELECT unnest($notices))
  AND ($party IS NULL OR contains(p.party, $party))
ORDER BY n.label, p.overdue DESC, p.tasks DESC, p.party
"""
_HEADERS: Final = ("通知", "责任单位", "任务数", "已完成", "进行中", "需协调", "未填报", "已逾期", "30天内到期")


def _print_progress(screen: Console, rows: list[tuple[object, ...]]) -> None:
    if not rows:
        screen.print("没有符合条件的责任单位")
        return
    table = Table()
    for header in _HEADERS:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(value)) for value in row))
    screen.print(table)
