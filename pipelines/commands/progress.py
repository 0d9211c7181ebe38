"""`wenming progress`: filled task lists back in, and what they say so far."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.cli_chinese import ChineseCommand, ChineseGroup
from pipelines.cli_common import SOME_FAILED, NoticeParts, Party, UserError, Warehouse, console, ready
from schemas.ops import IMPORT_PROBLEMS

app = typer.Typer(cls=ChineseGroup, no_args_is_help=True, rich_markup_mode=None)

LISTED: Final = 50
"""Refused rows that are shown; all of them stand in ops.progress_issues."""

Files = Annotated[list[Path], typer.Argument(metavar="文件…", help="交回的清单，或存放它们的文件夹。")]


@app.command("import", cls=ChineseCommand, help="导入各单位填好交回的任务清单。")
def take_in(files: Files, warehouse: Warehouse = None) -> None:
    from assets.progress_import.import_workbooks import import_progress, listed

    settings = ready(warehouse=warehouse)
    paths = listed(files)
    if not paths:
        raise UserError("文件夹中没有表格文件（xlsx、xls、et、ods）。请把交回的清单放进去，或直接写出文件名")
    now = datetime.now(UTC)
    done = import_progress(settings.warehouse, settings.progress, paths, now=now, keep=settings.editions)
    screen = console()
    judged = done.judged
    screen.print(
        f"导入 {len(done.files)} 个文件：采用 {len(judged.reports)} 条，与已有相同 {judged.same} 条，"
        f"没有填写 {judged.untouched} 条，未采用 {len(judged.issues)} 条"
    )
    for name, same in done.repeated_files:
        screen.print(f"{escape(name)} 与 {escape(same)} 内容完全相同，只导入一次", soft_wrap=True)
    for name, why in done.refused_files.items():
        screen.print(f"[red]{escape(name)}[/]：{escape(why)}", soft_wrap=True)
    if judged.issues:
        table = Table(title="未采用的填报", title_justify="left")
        for header in ("文件", "工作表", "行", "原因", "说明"):
            table.add_column(header, overflow="fold")
        for one in judged.issues[:LISTED]:
            place = (escape(one.row.file), escape(one.row.sheet), str(one.row.row))
            table.add_row(*place, IMPORT_PROBLEMS[one.kind], escape(one.message))
        screen.print(table)
        screen.print("全部内容见 ops.progress_issues；改正后重新导入即可，已采用的不会重复")
    raise typer.Exit(0 if done.clean else SOME_FAILED)


@app.command("show", cls=ChineseCommand, help="查看各责任单位的进展。")
def show(
    *,
    notice: NoticeParts = [],  # noqa: B006  Typer reads the default and gives a list of its own
    party: Party = None,
    warehouse: Warehouse = None,
) -> None:
    from contextlib import closing

    from warehouse import questions, store

    settings = ready(warehouse=warehouse)
    with closing(store.connect(settings.warehouse)) as connection:
        rows = connection.execute(_SHOWN, {"notices": questions.find_notices(connection, notice), "party": party})
        _print(console(), rows.fetchall())


_SHOWN: Final = """
SELECT n.label, coalesce(p.party, '（未写明）'), p.tasks, p.done, p.in_progress, p.blocked, p.unreported, p.overdue,
       p.due_soon
FROM mart.progress_by_party AS p JOIN mart.notice_labels AS n USING (notice_id)
WHERE p.notice_id IN (SELECT unnest($notices)) AND ($party IS NULL OR contains(p.party, $party))
ORDER BY n.label, p.overdue DESC, p.tasks DESC, p.party
"""
_HEADERS: Final = ("通知", "责任单位", "任务数", "已完成", "进行中", "需协调", "未填报", "已逾期", "30天内到期")


def _print(screen: Console, rows: list[tuple[object, ...]]) -> None:
    if not rows:
        screen.print("没有符合条件的责任单位")
        return
    table = Table()
    for header in _HEADERS:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(value)) for value in row))
    screen.print(table)
