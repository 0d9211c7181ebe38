"""`wenming export` and `wenming remind`: write task lists, comparisons and reminders to files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.cli_common import (
    AllNotices,
    AwardLevel,
    Campaign,
    ChineseCommand,
    ChineseGroup,
    NoticeParts,
    Party,
    Topic,
    Warehouse,
    is_terminal,
    load_ready_settings,
    make_console,
)
from pipelines.errors import UserError
from warehouse.export import SINGLE_FILE_FORMATS, ExportFormat

app = typer.Typer(cls=ChineseGroup, no_args_is_help=True, rich_markup_mode=None)

DEFAULT_LAKE: Final = Path("warehouse/lake")
MAX_SHOWN: Final = 5
"""Maximum number of written files that are named."""


class Report(StrEnum):
    """File format of a comparison."""

    XLSX = "xlsx"
    PDF = "pdf"


class MergedFormat(StrEnum):
    """File format of a merged list: to fill in, or to print."""

    XLSX = "xlsx"
    DOCX = "docx"


OneParty = Annotated[str, typer.Option("--party", metavar="单位", help="哪个单位：名称或其中几个字。")]
MergedForm = Annotated[
    MergedFormat, typer.Option("--format", metavar="xlsx|docx", help="文件格式：待填的表格、交办单。")
]
ListForm = Annotated[
    ExportFormat,
    typer.Option("--format", metavar="xlsx|docx|ics|csv|json", help="文件格式：表格、交办单、日历、数据。"),
]
Person = Annotated[str | None, typer.Option("--person", metavar="字样", help="只看责任领导或责任人含有该字样的任务。")]
FirstDay = Annotated[
    datetime | None, typer.Option("--from", metavar="日期", formats=["%Y-%m-%d"], help="只看这一天及以后到期的任务。")
]
LastDay = Annotated[
    datetime | None, typer.Option("--until", metavar="日期", formats=["%Y-%m-%d"], help="只看这一天及以前到期的任务。")
]
ListOutput = Annotated[Path, typer.Option("--output", metavar="文件夹或文件", help="写到哪里。")]
Single = Annotated[bool, typer.Option("--single", help="全部写入一个文件；xlsx 中每个责任单位一张工作表。")]
Whole = Annotated[bool, typer.Option("--whole", help="不分责任单位，每份通知一份清单。")]
NoPersons = Annotated[bool, typer.Option("--no-persons", help="不写人名（责任领导、责任人）。")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="文件已存在且内容不同时也替换。")]
Template = Annotated[Path | None, typer.Option("--template", metavar="文件", help="本单位的交办单模板（docx）。")]
Within = Annotated[int, typer.Option("--within", metavar="天数", min=0, help="提醒多少天内到期的任务。")]
RemindTo = Annotated[
    Path | None, typer.Option("--out", metavar="文件夹", help="把提醒写入文件夹：每个单位一段文字、一份清单。")
]
Compared = Annotated[list[str], typer.Argument(metavar="通知…", help="要比较的通知：标题、单位、地名中的几个字。")]
ReportForm = Annotated[Report | None, typer.Option("--format", metavar="xlsx|pdf", help="只写其中一种。")]
ReportTemplate = Annotated[
    Path | None, typer.Option("--template", metavar="文件", help="本单位的报告模板（typst 的 .typ 文件）。")
]
LakeTo = Annotated[Path | None, typer.Option("--output", metavar="文件夹", help="写到哪个文件夹。")]
ReportTo = Annotated[Path, typer.Option("--output", metavar="文件夹", help="写到哪个文件夹。")]


@app.command("tasks", cls=ChineseCommand, help="把任务清单写成文件，发给各责任单位填写。")
def tasks(
    *,
    notice: NoticeParts = [],  # noqa: B006  Typer reads the default and gives a list of its own
    party: Party = None,
    person: Person = None,
    topic: Topic = None,
    first: FirstDay = None,
    last: LastDay = None,
    form: ListForm = ExportFormat.XLSX,
    output: ListOutput = Path("任务清单"),
    single: Single = False,
    whole: Whole = False,
    no_persons: NoPersons = False,
    overwrite: Overwrite = False,
    template: Template = None,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming export tasks`."""
    from warehouse.doubtful_tables import SEE_REVIEW, describe_doubtful
    from warehouse.export.task_lists import TaskList, build_task_lists
    from warehouse.export.task_query import TaskFilter, iter_selections
    from warehouse.export.write_files import WriteOptions, find_undated_tasks, write_list_files, write_single_file

    if template is not None and form is not ExportFormat.DOCX:
        raise UserError("--template 只用于 --format docx")
    settings = load_ready_settings(warehouse=warehouse)
    wanted = TaskFilter(
        tuple(notice), party, person, topic, first.date() if first else None, last.date() if last else None
    )
    undated: set[str] = set()
    doubtful: set[str | None] = set()

    def lists() -> Iterator[TaskList]:
        for batch in iter_selections(settings.warehouse, wanted):
            for task_list in build_task_lists(batch, by_party=not whole, part=party, persons=not no_persons):
                if form is ExportFormat.ICS:
                    undated.update(find_undated_tasks(task_list))
                doubtful.update(row.task.table_id for row in task_list.rows if row.task.is_doubtful)
                yield task_list

    options = WriteOptions(form, overwrite, template or settings.template)
    named = output.suffix.lower() == f".{form}"
    if single or form in SINGLE_FILE_FORMATS or named:
        target = output if named else output / f"任务清单.{form}"
        written = [write_single_file(list(lists()), target, options)]
    else:
        written = list(write_list_files(lists(), output, options))
    _print_written(make_console(), written)
    if form is ExportFormat.ICS:
        summary = f"{len(undated)} 条任务未明确日期，没有写入日历" if undated else "全部任务都已写入日历"
        make_console().print(summary)
    _print_caveat(make_console(), describe_doubtful(len(doubtful), 0, SEE_REVIEW))


@app.command("merged", cls=ChineseCommand, help="一个单位一张清单：全部通知中要求相同的只列一次，供填写或交办。")
def merged(
    *,
    party: OneParty,
    notice: NoticeParts = [],  # noqa: B006
    form: MergedForm = MergedFormat.XLSX,
    output: ListOutput = Path("合并清单"),
    no_persons: NoPersons = False,
    overwrite: Overwrite = False,
    template: Template = None,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming export merged`."""
    from warehouse.export.merged_lists import build_merged_list
    from warehouse.export.write_files import WriteOptions, write_single_file
    from warehouse.filenames import file_name

    if template is not None and form is not MergedFormat.DOCX:
        raise UserError("--template 只用于 --format docx")
    settings = load_ready_settings(warehouse=warehouse)
    merged_list = build_merged_list(settings.warehouse, party, notice, persons=not no_persons)
    is_file = output.suffix.lower() == f".{form}"
    target = output if is_file else output / file_name(merged_list.title, f".{form}", set())
    options = WriteOptions(ExportFormat(form.value), overwrite, template or settings.template)
    _print_written(make_console(), [write_single_file([merged_list], target, options)])
    _print_caveat(make_console(), merged_list.caveat)


@app.command("comparison", cls=ChineseCommand, help="比较几份通知：一份供领导看的工作簿和一份可打印的 pdf 报告。")
def comparison(
    notices: Compared,
    *,
    campaign: Campaign = None,
    level: AwardLevel = None,
    form: ReportForm = None,
    output: ReportTo = Path("通知比较"),
    overwrite: Overwrite = False,
    template: ReportTemplate = None,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming export comparison`."""
    from warehouse.comparability import read_comparability
    from warehouse.doubtful_tables import SEE_REVIEW, read_doubtful_tables
    from warehouse.export.comparison.load import find_notice_ids
    from warehouse.export.comparison.report import write_report
    from warehouse.export.comparison.workbook import write_workbook
    from warehouse.export.write_files import replace_file
    from warehouse.store import reading

    settings = load_ready_settings(warehouse=warehouse)
    ids = find_notice_ids(settings.warehouse, notices, campaign=campaign, level=level)
    writers = {
        Report.XLSX: lambda path: write_workbook(settings.warehouse, ids, path),
        Report.PDF: lambda path: write_report(settings.warehouse, ids, path, template),
    }
    for kind, write in writers.items():
        if form in (None, kind):
            target = output / f"通知比较.{kind}"
            replace_file(target, write, overwrite=overwrite)
            _print_written(make_console(), [target])
    with reading(settings.warehouse) as connection:
        _print_caveat(make_console(), read_comparability(connection).describe(ids))
        _print_caveat(make_console(), read_doubtful_tables(connection).describe_notices(ids, SEE_REVIEW))


@app.command("lake", cls=ChineseCommand, help="把事实表写成数据湖（按地区和年份分区的 Parquet），供其他软件读取。")
def lake(output: LakeTo = None, warehouse: Warehouse = None) -> None:
    """Run `wenming export lake`."""
    from warehouse.export.parquet_lake import sync_lake

    settings = load_ready_settings(warehouse=warehouse)
    folder = output or settings.lake or DEFAULT_LAKE
    done = sync_lake(settings.warehouse, folder)
    summary = f"写入分区 {done.written} 个，移除 {done.removed} 个，未变 {done.unchanged} 个"
    make_console().print(f"数据湖已与仓库一致：{escape(str(folder))}（{summary}）", soft_wrap=True)


def remind(
    *,
    within: Within = 30,
    out: RemindTo = None,
    notice: NoticeParts = [],  # noqa: B006
    party: Party = None,
    no_persons: NoPersons = False,
    overwrite: Overwrite = False,
    everything: AllNotices = False,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming remind`."""
    from pipelines.commands.review_ownership import ask_ownership
    from warehouse.clock import today
    from warehouse.doubtful_tables import SEE_REVIEW, read_doubtful_tables
    from warehouse.export.reminders import describe_reminded, find_reminders, write_reminders
    from warehouse.store import reading

    settings = load_ready_settings(warehouse=warehouse)
    screen = make_console()
    ask_ownership(settings, screen, is_terminal=is_terminal(), today=today())
    due_reminders = find_reminders(
        settings.warehouse, within=within, notices=notice, part=party, persons=not no_persons, everything=everything
    )
    summary = describe_reminded(settings.warehouse, notices=notice, part=party, everything=everything)
    if not due_reminders:
        screen.print(f"没有逾期的任务要提醒，{within} 天内也没有到期的任务")
        screen.print(summary, markup=False, soft_wrap=True)
        return
    table = Table(title=f"逾期和 {within} 天内到期的任务", title_justify="left")
    for header in ("通知", "责任单位", "已逾期", "将到期", "最早到期日"):
        table.add_column(header, overflow="fold")
    for reminder in due_reminders:
        earliest = min(due.due_on for due in reminder.due.values())
        names = (escape(reminder.task_list.notice.label), escape(reminder.task_list.unit))
        table.add_row(*names, str(reminder.overdue), str(len(reminder.due) - reminder.overdue), earliest.isoformat())
    screen.print(table)
    screen.print(summary, markup=False, soft_wrap=True)
    if out is None:
        screen.print("写成文件发给各单位：wenming remind --out 文件夹")
    else:
        _print_written(screen, list(write_reminders(due_reminders, out, overwrite=overwrite)))
    with reading(settings.warehouse) as connection:
        notice_ids = {reminder.task_list.notice.notice_id for reminder in due_reminders}
        _print_caveat(screen, read_doubtful_tables(connection).describe_notices(notice_ids, SEE_REVIEW))


def _print_caveat(screen: Console, caveat: str | None) -> None:
    """Print what is doubtful about the tables that the files rest on."""
    if caveat:
        screen.print(caveat, style="yellow", markup=False, soft_wrap=True)


def _print_written(screen: Console, written: Sequence[Path]) -> None:
    """Print which files were written."""
    for path in written[:MAX_SHOWN]:
        screen.print(f"已写入 {escape(str(path))}", soft_wrap=True)
    if len(written) > MAX_SHOWN:
        screen.print(f"…… 共 {len(written)} 个文件")
