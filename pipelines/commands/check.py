"""`wenming check`: a folder of evidence against the task list of a unit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.cli_common import (
    OK,
    SOME_FAILED,
    NoticeParts,
    Warehouse,
    load_ready_settings,
    make_console,
)
from pipelines.errors import UserError

if TYPE_CHECKING:
    from assets.evidence_check.check_folder import FolderCheck

MAX_LISTED = 40
"""Maximum number of lines of each part that are shown; the workbook has all."""

Folder = Annotated[Path, typer.Argument(metavar="材料目录", help="存放材料的文件夹；只读，不改动其中的文件。")]
OneParty = Annotated[str, typer.Option("--party", metavar="单位", help="哪个责任单位：清单中的名称或其中几个字。")]
CheckTo = Annotated[
    Path | None, typer.Option("--output", metavar="文件", help="把核对结果写成工作簿（xlsx），不得在材料目录内。")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="文件已存在且内容不同时也替换。")]


def check(
    folder: Folder,
    *,
    party: OneParty,
    notice: NoticeParts = [],  # noqa: B006  Typer reads the default and gives a list of its own
    output: CheckTo = None,
    overwrite: Overwrite = False,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming check`."""
    from assets.evidence_check.check_folder import check_folder
    from assets.evidence_check.read_folder import ReadLimits
    from assets.evidence_check.report_tables import build_sheets
    from extractors.limits import MIB, Limits
    from warehouse.export.write_files import replace_file
    from warehouse.xlsx import write_sheets

    if not folder.is_dir():
        raise UserError(f"找不到材料目录：{folder}")
    if output is not None and output.suffix.lower() != ".xlsx":
        raise UserError("核对结果只写成 xlsx，例如 --output 核对.xlsx")
    if output is not None and output.resolve().is_relative_to(folder.resolve()):
        raise UserError("核对结果不能写在材料目录里（那里的文件一个也不改动）。请用 --output 另指一处")
    settings = load_ready_settings(warehouse=warehouse)
    limits = ReadLimits(
        Limits(max_bytes=settings.max_bytes, max_expanded_bytes=int(settings.expanded_mb * MIB)),
        settings.timeout,
        settings.memory_mb * MIB,
        settings.workers,
    )
    found = check_folder(settings.warehouse, folder, notice, party, limits)
    screen = make_console()
    print_check(screen, found)
    if output is not None:
        replace_file(output, lambda path: write_sheets(path, build_sheets(found)), overwrite=overwrite)
        screen.print(f"已写入 {escape(str(output))}", soft_wrap=True)
    raise typer.Exit(OK if found.is_complete else SOME_FAILED)


def print_check(screen: Console, found: FolderCheck) -> None:
    """Print what is missing, what is wrong, and what fits no task."""
    from assets.evidence_check.report_tables import name_task

    missing = [item for item in found.materials if item.missing or item.state == "多于要求"]
    _print_rows(
        screen,
        "缺的和多的材料",
        ("任务", "材料", "应有", "已有", "缺"),
        [
            (
                name_task(item.demand),
                item.material.raw,
                f"{item.material.min_count}{item.material.unit}",
                str(len(item.sure) + len(item.presumed)),
                str(item.missing) if item.missing else f"多于 {item.material.form.max_count}",
            )
            for item in missing
            if item.material
        ],
    )
    _print_rows(
        screen,
        "要改的文件",
        ("文件", "对应", "把握", "问题"),
        [
            (
                file.match.file.path,
                name_task(file.match.demand) if file.match.demand else "",
                file.match.certainty or "对不上",
                "；".join(file.problems),
            )
            for file in found.files
            if file.problems
        ],
    )
    _print_rows(
        screen,
        "只是推测的对应",
        ("文件", "对应", "依据"),
        [
            (file.match.file.path, name_task(file.match.demand), file.match.reason)
            for file in found.files
            if file.match.demand and file.match.certainty == "推测"
        ],
    )
    _print_rows(
        screen,
        "对不上任务的文件",
        ("文件", "为什么"),
        [(file.match.file.path, file.match.reason) for file in found.unmatched],
    )
    sure = sum(1 for file in found.files if file.match.certainty == "确定")
    guessed = len(found.files) - sure - len(found.unmatched)
    screen.print(
        f"材料 {len(found.files)} 个：确定对应 {sure}，推测 {guessed}，对不上 {len(found.unmatched)}；"
        f"任务 {len(found.demands)} 条，缺材料 {sum(1 for item in missing if item.missing)} 种，有问题的文件 "
        f"{sum(1 for file in found.files if file.problems)} 个",
        soft_wrap=True,
    )


def _print_rows(screen: Console, title: str, headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    if not rows:
        return
    table = Table(title=f"{title}（{len(rows)}）", title_justify="left")
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows[:MAX_LISTED]:
        table.add_row(*(escape(value) for value in row))
    screen.print(table)
    if len(rows) > MAX_LISTED:
        screen.print(f"…… 共 {len(rows)} 项，全部见 --output 写出的工作簿")
