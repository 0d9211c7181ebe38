"""The `wenming` command.

All texts for users are Chinese; errors show a traceback only with `--debug`.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines import json_logging
from pipelines.cli_common import (
    LOCKED,
    OK,
    PROGRAM,
    SOME_FAILED,
    USAGE_ERROR,
    AwardLevel,
    Campaign,
    ChineseCommand,
    ChineseGroup,
    Format,
    Limit,
    NoticeParts,
    Output,
    OutputFormat,
    Party,
    Topic,
    Warehouse,
    explain_usage_error,
    is_terminal,
    load_ready_settings,
    make_console,
    make_heading,
    require_current,
    require_file,
    require_raw,
    require_warehouse,
    show_progress,
)
from pipelines.commands import check, export, fetch, find, mcp, progress, snapshots, up
from pipelines.commands.notebook import Export
from pipelines.errors import WRONG_USAGE, SettingsError, UserError
from warehouse import store_options
from warehouse.errors import QueryError, WarehouseError, WarehouseLockedError

if TYPE_CHECKING:
    from pipelines.settings import Settings
    from pipelines.summary import Overview

INTERRUPTED: Final = 130
COMMAND_GROUPS: Final = MappingProxyType(
    {
        "建库": ("build", "status", "review", "fetch"),
        "查询": ("serve", "find", "ask", "sql", "notebook", "mcp"),
        "任务": ("export", "check", "progress", "remind"),
        "自动": ("watch", "up"),
        "维护": ("editions", "diff", "restore", "config"),
    }
)
"""The commands of the help page by what they are for; within a group those of a first day come first."""
DEBUG_VARIABLE: Final = "WENMING_DEBUG"


class CommandsByPurpose(ChineseGroup):
    """The commands in the groups and the order of `COMMAND_GROUPS`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands for the help page."""
        return [name for names in COMMAND_GROUPS.values() for name in names]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands to the help page, group by group."""
        width = max(map(len, self.list_commands(ctx)))
        for title, names in COMMAND_GROUPS.items():
            with formatter.section(title):
                # Each name is padded, so that the descriptions of all groups begin in one column.
                commands = ((name, self.get_command(ctx, name)) for name in names)
                formatter.write_dl([(name.ljust(width), command.help) for name, command in commands if command])


app = typer.Typer(
    cls=CommandsByPurpose,
    add_completion=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="把公开发布的文明创建测评通知整理成可以查询的数据仓库。",
)


Raw = Annotated[Path | None, typer.Option("--raw", metavar="文件夹", help="存放通知原件的文件夹。")]
Workers = Annotated[int | None, typer.Option("--workers", metavar="个数", help="同时读取文件的进程数。")]
Cluster = Annotated[
    str | None, typer.Option("--cluster", metavar="地址", help="用多台机器读取：调度器的地址，如 tls://主机:8786。")
]
ClusterPlain = Annotated[
    bool | None, typer.Option("--cluster-plain", help="调度器在另一台机器上时，不用证书也连接（网络须可信）。")
]
Full = Annotated[bool, typer.Option("--full", help="不论有无变化，全部重新读取。")]
Fewer = Annotated[
    bool,
    typer.Option("--fewer-decisions", help="更正、认定或进展比已发布的少，也照样发布（确认是有意删减时用）。"),
]
Query = Annotated[str, typer.Argument(metavar="查询语句", help="一条 SQL 查询语句，写在引号里。")]

Wanted = Annotated[
    str | None,
    typer.Argument(metavar="题号或字样", help="问哪一题：题号，或题目中的字样，如 各科室；不写则列出全部题目。"),
]
AllRows = Annotated[
    bool,
    typer.Option(
        "--all",
        help="逐条全部列出，不只列交叉表或前几行；第 18 题连参考通知、上级写给其他单位的任务和周期已结束的也列出。",
    ),
]
OtherParts = Annotated[list[str], typer.Option("--other", metavar="字样", help="与哪些通知比，写法同 --notice。")]
FromDay = Annotated[
    datetime | None, typer.Option("--date", metavar="日期", formats=["%Y-%m-%d"], help="从哪天算起，如 2023-08-01。")
]
Days = Annotated[int | None, typer.Option("--days", metavar="天数", min=0, help="看多少天。")]

Which = Annotated[str | None, typer.Argument(metavar="编号", help="要处理的问题：列表中的编号，或问题编号。")]
NoticePart = Annotated[str | None, typer.Option("--notice", metavar="字样", help="只看标题或路径含有该字样的通知。")]
Rule = Annotated[str | None, typer.Option("--rule", metavar="规则", help="只看这一种问题。")]
Severity = Annotated[str | None, typer.Option("--severity", metavar="error|warning|info", help="只看这一程度的问题。")]
Everything = Annotated[bool, typer.Option("--all", help="全部列出，不只列最重要的。")]
Dismiss = Annotated[bool, typer.Option("--dismiss", help="核实后认为无需处理。")]
FieldName = Annotated[str | None, typer.Option("--field", metavar="字段", help="要更正的字段，如 tasks.deadline。")]
Value = Annotated[str | None, typer.Option("--value", metavar="新值", help="更正后的值；清空请写空引号。")]
Reason = Annotated[str, typer.Option("--reason", metavar="理由", help="为什么这样处理。")]
Who = Annotated[str, typer.Option("--who", metavar="经办人", help="谁作的决定。")]
ColumnMeaning = Annotated[
    list[str],
    typer.Option("--column", metavar="列名=含义", help="认定表中一列的含义，如 评分标准=任务要求；可写几次。"),
]
RowClass = Annotated[
    list[str],
    typer.Option("--row", metavar="行首文字=类别", help="认定表中一行的类别，如 一=分节行；可写几次。"),
]
UnitName = Annotated[
    str | None,
    typer.Option(
        "--unit",
        metavar="打印名=规范名",
        help="认定一种写法是哪个单位，对各通知都生效；不是单位的，规范名写 ----。",
    ),
]
UnitFunction = Annotated[
    str, typer.Option("--function", metavar="职能", help="该单位的职能，各市职能相同的单位写同一个词；与 --unit 同用。")
]
Ownership = Annotated[
    str | None,
    typer.Option(
        "--ownership",
        metavar="机关或通知=归属",
        help="认定一个发文机关的（或一份）通知是本级、上级还是参考，如 某市文明办=本级；进展和提醒只计本级和上级的。",
    ),
]
Accept = Annotated[bool, typer.Option("--accept", help="对照原表核实后，认定这张表读得对。")]
Notebook = Annotated[str | None, typer.Argument(metavar="名称", help="笔记本名称，写其中几个字即可；不写则列出全部。")]
ExportAs = Annotated[Export | None, typer.Option("--export", metavar="ipynb|png|pdf", help="不打开，而是导出。")]
ExportTo = Annotated[
    Path, typer.Option("--output", metavar="文件夹", help="导出到哪里：文件夹，pdf 和 ipynb 也可写文件名。")
]
Headless = Annotated[bool, typer.Option("--headless", help="只提供页面，不打开浏览器。")]
Port = Annotated[int | None, typer.Option("--port", metavar="端口", min=1, max=65535, help="页面的端口。")]
Host = Annotated[str, typer.Option("--host", metavar="地址", help="网页的地址；默认只供本机使用。")]
ServePort = Annotated[
    int, typer.Option("--port", metavar="端口", min=0, max=65535, help="网页的端口；0 为任意空闲端口。")
]
Token = Annotated[str | None, typer.Option("--token", metavar="口令", help="打开网页要输入的口令；也可用设置 token。")]
EditorToken = Annotated[
    str | None,
    typer.Option("--editor-token", metavar="口令", help="在网页上更正、上传要输入的口令；也可用设置 editor_token。"),
]
Every = Annotated[float | None, typer.Option("--every", metavar="秒", help="每隔多少秒看一次。")]
Settle = Annotated[float | None, typer.Option("--settle", metavar="秒", help="文件多少秒不再变化才读取。")]
OpenPage = Annotated[bool, typer.Option("--open", help="同时打开浏览器。")]


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"{PROGRAM} {version('wenming-warehouse')}")
        raise typer.Exit


@app.callback()
def common_options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="出错时显示程序内部的详细信息（供维护人员使用）。")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="显示程序的版本。", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Apply the options that come before a command; without a command, build and open the browser on a terminal."""
    from pipelines.settings import load_settings

    if debug:
        os.environ[DEBUG_VARIABLE] = "1"
    # The command itself reports invalid settings.
    with suppress(SettingsError):
        store_options.set_lock_wait(load_settings().lock_wait, _print_notice)
    if context.invoked_subcommand is None:
        if not is_terminal():
            typer.echo(context.get_help())
            raise typer.Exit(WRONG_USAGE)
        _run_build(load_settings(), full=False, fewer=False)
        serve(open_page=True)


def _print_notice(text: str) -> None:
    """Print to standard error, so that a file or pipe receives the result only."""
    Console(stderr=True, highlight=False).print(escape(text), style="yellow", soft_wrap=True)


@app.command(cls=ChineseCommand, help="读取 raw 文件夹中新增或变化的通知，发布数据仓库。")
def build(
    *,
    raw: Raw = None,
    warehouse: Warehouse = None,
    workers: Workers = None,
    cluster: Cluster = None,
    cluster_plain: ClusterPlain = None,
    full: Full = False,
    fewer_decisions: Fewer = False,
) -> None:
    """Run `wenming build`."""
    from pipelines.settings import load_settings

    settings = load_settings(
        raw=raw, warehouse=warehouse, workers=workers, cluster=cluster, cluster_plain=cluster_plain
    )
    overview = _run_build(settings, full=full, fewer=fewer_decisions)
    raise typer.Exit(SOME_FAILED if overview.failed else OK)


def _run_build(settings: Settings, *, full: bool, fewer: bool) -> Overview:
    """Build the warehouse, print what became of it, and return its contents."""
    from pipelines import summary
    from pipelines.commands.build import NotAWarehouseError
    from pipelines.commands.build import build as run
    from warehouse import store

    require_raw(settings)
    with show_progress(Console(stderr=True)) as progress:
        try:
            built = run(settings, full=full, progress=progress, fewer=fewer)
        except NotAWarehouseError as error:
            raise UserError(str(error)) from error
    with store.reading(settings.warehouse) as connection:
        overview = summary.read_overview(connection)
    summary.print_summary(make_console(), overview, built, settings.warehouse)
    return overview


@app.command(cls=ChineseCommand, help="查看仓库里有哪些通知，哪些文件无法读取、为什么、怎么办。")
def status(warehouse: Warehouse = None) -> None:
    """Run `wenming status`."""
    from pipelines import summary
    from warehouse import store

    settings = load_ready_settings(warehouse=warehouse)
    with closing(store.connect(settings.warehouse)) as connection:
        overview = summary.read_overview(connection)
        runs = summary.read_last_runs(connection, settings.warehouse)
    out = make_console()
    summary.print_status(out, overview, settings.warehouse)
    summary.print_runs(out, runs)


@app.command(cls=ChineseCommand, help='用 SQL 查询仓库，例如：wenming sql "SELECT * FROM cn.任务清单 LIMIT 20"')
def sql(
    query: Query, output_format: OutputFormat = Format.TABLE, output: Output = None, warehouse: Warehouse = None
) -> None:
    """Run `wenming sql`."""
    from pipelines.settings import load_settings
    from warehouse.query import read_column_labels, render, run
    from warehouse.store import reading

    settings = load_settings(warehouse=warehouse)
    require_warehouse(settings)
    require_file(output_format, output)
    result, labels = run(settings.warehouse, query), {}
    if output_format is Format.TABLE and len(result.columns) > 1:
        with reading(settings.warehouse) as connection:
            labels = read_column_labels(connection, query)
    heading = make_heading(settings.warehouse, "查询结果", f"查询：{query}", output_format)
    typer.echo(render(result, output_format.value, output, heading=heading, labels=labels).rstrip("\n"))


@app.command(cls=ChineseCommand, help="分析员常问的问题：列出题目，或回答其中一题。")
def ask(
    wanted: Wanted = None,
    *,
    notice: NoticeParts = [],  # noqa: B006  Typer reads the default and gives a list of its own
    other: OtherParts = [],  # noqa: B006
    topic: Topic = None,
    party: Party = None,
    day: FromDay = None,
    days: Days = None,
    campaign: Campaign = None,
    level: AwardLevel = None,
    everything: AllRows = False,
    limit: Limit = None,
    output_format: OutputFormat = Format.TABLE,
    output: Output = None,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming ask`."""
    from pipelines.commands.ask import choose_question, describe_notices, print_answer, print_list, select_kinds
    from warehouse.clock import today
    from warehouse.questions import QuestionFilters, require_taken
    from warehouse.questions import ask as answer_question

    out = make_console()
    if wanted is None:
        print_list(out)
        return
    if (question := choose_question(out, wanted)) is None:
        return
    settings = load_ready_settings(warehouse=warehouse)
    require_file(output_format, output)
    from warehouse import store

    with store.reading(settings.warehouse) as connection:
        notice, other = select_kinds(connection, question, (notice, other), campaign, level)
        # Of any other question all rows are shown, and nothing else is asked for.
        all_notices = everything and "everything" in question.parameters
        filters = QuestionFilters(
            tuple(notice), tuple(other), topic, party, day.date() if day else None, days, all_notices
        )
        require_taken(question, filters)
        answered = answer_question(connection, question, filters, today=today(), limit=limit)
        warnings = describe_notices(connection, answered)
    print_answer(
        out,
        answered,
        output_format.value,
        output,
        warnings=warnings,
        everything=everything or limit is not None,
    )


@app.command(cls=ChineseCommand, help="查看待处理的问题，对照原文更正读错的内容，或说明无需处理。")
def review(
    which: Which = None,
    *,
    notice: NoticePart = None,
    rule: Rule = None,
    severity: Severity = None,
    everything: Everything = False,
    dismiss: Dismiss = False,
    field: FieldName = None,
    value: Value = None,
    column: ColumnMeaning = [],  # noqa: B006  Typer reads the default and gives a list of its own
    row: RowClass = [],  # noqa: B006
    accept: Accept = False,
    unit: UnitName = None,
    function: UnitFunction = "",
    ownership: Ownership = None,
    reason: Reason = "",
    who: Who = "",
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming review`."""
    from pipelines.commands import review as review_command
    from pipelines.commands.review_common import ReviewError
    from pipelines.commands.review_layout import LayoutChoice
    from pipelines.commands.review_request import ReviewRequest, settle_finding, settle_general
    from warehouse.clock import today

    settings = load_ready_settings(warehouse=warehouse)
    out = make_console()
    request = ReviewRequest(
        which=which,
        dismiss=dismiss,
        field=field,
        value=value,
        layout=LayoutChoice(column, row, accept),
        unit=unit,
        function=function,
        ownership=ownership,
        reason=reason,
        who=who,
        today=today(),
    )
    try:
        request.check()
        if request.is_general:
            done = settle_general(settings, request)
        else:
            findings = review_command.list_open_findings(
                settings.warehouse, notice=notice, rule=rule, severity=severity
            )
            if which is None:
                review_command.print_list(out, findings, len(findings) if everything else review_command.MAX_LISTED)
                return
            finding = review_command.choose_finding(findings, which)
            if not request.decisions:
                review_command.print_finding(out, settings.warehouse, finding, which)
                return
            done = settle_finding(settings, finding, request)
    except ReviewError as error:
        raise UserError(str(error)) from error
    out.print(escape(done), soft_wrap=True)


@app.command(cls=ChineseCommand, help="打开图表笔记本，或导出其中的图；不写名称则列出全部。")
def notebook(
    name: Notebook = None,
    *,
    export: ExportAs = None,
    output: ExportTo = Path(),
    headless: Headless = False,
    port: Port = None,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming notebook`."""
    from pipelines.commands import notebook as notebook_command
    from pipelines.settings import load_settings

    settings = load_settings(warehouse=warehouse)
    out = make_console()
    try:
        if name is None:
            notebook_command.print_list(out)
            return
        title = notebook_command.choose_notebook(name)
        notebook_command.require_packages()
        require_warehouse(settings)
        require_current(settings)
        if export is None:
            notebook_command.serve(out, title, settings.warehouse, port, headless)
            return
        notebook_command.print_written(out, notebook_command.export_notebook(title, export, output, settings.warehouse))
    except notebook_command.UnknownNotebookError as error:
        raise UserError(str(error)) from error
    except notebook_command.NotebookError as error:
        raise UserError(str(error), SOME_FAILED) from error


@app.command(cls=ChineseCommand, help="在浏览器中搜索、比较、核对和更正（网页资料库），按 Ctrl-C 停止。")
def serve(
    *,
    host: Host = "127.0.0.1",
    port: ServePort = 8321,
    token: Token = None,
    editor_token: EditorToken = None,
    open_page: OpenPage = False,
    warehouse: Warehouse = None,
) -> None:
    """Run `wenming serve`."""
    from pipelines.commands import serve as server
    from pipelines.settings import load_settings

    settings = load_settings(warehouse=warehouse, token=token, editor_token=editor_token)
    try:
        server.serve(make_console(), settings, host=host, port=port, open_page=open_page)
    except server.ServeError as error:
        raise UserError(str(error), SOME_FAILED) from error


@app.command(cls=ChineseCommand, help="自动监测 raw 文件夹：新通知复制完成后自动读入，直到按 Ctrl-C。")
def watch(
    raw: Raw = None, warehouse: Warehouse = None, workers: Workers = None, every: Every = None, settle: Settle = None
) -> None:
    """Run `wenming watch`."""
    from pipelines.commands.watch import run_watch
    from pipelines.settings import load_settings

    settings = load_settings(raw=raw, warehouse=warehouse, workers=workers, watch_every=every, watch_settle=settle)
    require_raw(settings)
    run_watch(settings)


@app.command(cls=ChineseCommand, help="列出全部设置、当前的值和来源。")
def config() -> None:
    """Run `wenming config`."""
    from pipelines.settings import Settings, load_settings, setting_origin

    settings = load_settings()
    table = Table()
    for header in ("设置", "值", "来源", "含义"):
        table.add_column(header, overflow="fold")
    for name, field in Settings.model_fields.items():
        table.add_row(name, escape(str(getattr(settings, name))), escape(setting_origin(name)), field.description)
    out = make_console()
    out.print(table)
    out.print("修改设置：设环境变量 WENMING_设置名（大写），或在当前文件夹的 wenming.toml 中写一行 设置 = 值")


app.add_typer(export.app, name="export", help="把任务清单、比较结果写成文件。")
app.add_typer(progress.app, name="progress", help="导入各单位交回的清单，查看进展。")
for _name, _command, _help in (
    ("fetch", fetch.fetch, "按 raw/sources.toml 从各网站下载新发布的通知及附件。"),
    ("find", find.find, "按意思找任务：写几个字，说法不同也能找到。"),
    ("mcp", mcp.serve_programs, "供支持 MCP 的程序（智能助手等）只读查询，每个数字都带出处。"),
    ("check", check.check, "拿材料目录对照一个单位的任务清单：缺什么、哪些文件不合要求。"),
    ("remind", export.remind, "列出逾期和即将到期的任务，写成给各单位的提醒。"),
    ("editions", snapshots.editions, "列出保留的各版仓库：何时发布、因何发布、有多少通知和任务。"),
    ("diff", snapshots.diff, "比较两版仓库：哪些表、哪些行、哪些列变了。"),
    ("restore", snapshots.restore, "把旧的一版恢复为现在的仓库。"),
    ("up", up.up, "启动 Dagster 网页和后台：自动监测 raw、定时重建、失败通知，直到按 Ctrl-C。"),
):
    app.command(_name, cls=ChineseCommand, help=_help)(_command)


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; errors are explained in Chinese."""
    json_logging.configure_logging()
    try:
        code = app(arguments, prog_name=PROGRAM, standalone_mode=False)
        if code == INTERRUPTED:
            # Typer turns Ctrl-C into an exit status without a message.
            raise KeyboardInterrupt
        return code if isinstance(code, int) else OK
    except USAGE_ERROR as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(str(error))
            return WRONG_USAGE
        return _fail(error, explain_usage_error(error), WRONG_USAGE)
    except UserError as error:
        return _fail(error, str(error), error.exit_code)
    except QueryError as error:
        return _fail(error, str(error), WRONG_USAGE)
    except WarehouseLockedError as error:
        return _fail(error, str(error), LOCKED)
    except WarehouseError as error:
        return _fail(error, str(error), SOME_FAILED)
    except (KeyboardInterrupt, typer.Abort) as error:
        return _fail(error, "已中断。仓库保持上一次构建的完整内容，再次运行即可继续", INTERRUPTED)
    except Exception as error:
        message = " ".join(str(error).split())[:300]
        text = f"程序内部出错（{type(error).__name__}：{message}）。仓库保持原样；详细信息请用 wenming --debug 查看"
        return _fail(error, text, SOME_FAILED)


def _fail(error: BaseException, message: str, code: int) -> int:
    logging.getLogger(json_logging.LOGGER).error("failed", extra={"error": type(error).__name__, "reason": message})
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exception(error)
    Console(stderr=True, highlight=False).print(escape(message), style="red", soft_wrap=True)
    return code


def main() -> NoReturn:
    """Run the console script."""
    sys.exit(run())
