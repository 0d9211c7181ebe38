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

MAX_LISTED: Final = 50
"""Maximum number of rejected rows shown; all are in ops.progress_issues."""

Files = Annotated[list[Path], typer.Argument(metavar="文件…", help="交回的清单，或存放它们的文件夹。")]


@app.command("import", cls=ChineseCommand, help="导入各单位填好交回的任务清单。")
def import_files(files: Files, warehouse: Warehouse = None) -> None:
    """Run `wenming progress import`."""
    from assets.progress_import.import_workbooks import expand_paths, import_progress
    from schemas.ops import IMPORT_PROBLEMS

    settings = load_ready_settings(warehouse=warehouse)
    paths = expand_paths(files)
    if not paths:
        raise UserError("文件夹中没有表格文件（xlsx、xls、et、ods）。请把交回的清单放进去，或直接写出文件名")
    now = datetime.now(UTC)
    done = import_progress(settings.warehouse, settings.progress, paths, now=now, keep=settings.editions)
    screen = make_console()
    validation = done.validation
    screen.print(
        f"导入 {len(done.files)} 个文件：采用 {len(validation.reports)} 条，与已有相同 {validation.same} 条，"
        f"没有填写 {validation.untouched} 条，未采用 {len(validation.issues)} 条"
    )
    for name, same in done.repeated_files:
        screen.print(f"{escape(name)} 与 {escape(same)} 内容完全相同，只导入一次", soft_wrap=True)
    for name, why in done.refused_files.items():
        screen.print(f"[red]{escape(name)}[/]：{escape(why)}", soft_wrap=True)
    if validation.issues:
        table = Table(title="未采用的填报", title_justify="left")
        for header in ("文件", "工作表", "行", "原因", "说明"):
            table.add_column(header, overflow="fold")
        for issue in validation.issues[:MAX_LISTED]:
            place = (escape(issue.row.file), escape(issue.row.sheet), str(issue.row.row))
            table.add_row(*place, IMPORT_PROBLEMS[issue.kind], escape(issue.message))
        screen.print(table)
        screen.print("全部内容见 ops.progress_issues；改正后重新导入即可，已采用的不会重复")
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
    from contextlib import closing

    from pipelines.commands.review_ownership import ask_ownership
    from warehouse import questions, store
    from warehouse.clock import today
    from warehouse.own_duties import read_scopes

    settings = load_ready_settings(warehouse=warehouse)
    screen = make_console()
    ask_ownership(settings, screen, is_terminal=is_terminal(), today=today())
    with closing(store.connect(settings.warehouse)) as connection:
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
