"""`wenming fetch`: download new notices from the sources of raw/sources.toml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.cli_common import OK, SOME_FAILED, make_console
from pipelines.errors import UserError

if TYPE_CHECKING:
    from assets.fetch.fetch_state import FetchEvent, FetchReport

MAX_SHOWN: Final = 100
"""Maximum lines of the table; all events are in the log."""

Raw = Annotated[Path | None, typer.Option("--raw", metavar="文件夹", help="存放通知原件和 sources.toml 的文件夹。")]
Only = Annotated[list[str], typer.Option("--only", metavar="名称", help="只查看这个来源；可写几次。")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只查看有哪些新通知，不下载，不写任何文件。")]


def fetch(
    *,
    raw: Raw = None,
    only: Only = [],  # noqa: B006  Typer reads the default and gives a list of its own
    dry_run: DryRun = False,
) -> None:
    """Run `wenming fetch`."""
    from assets.fetch.fetch import FetchBusyError, FetchOptions
    from assets.fetch.fetch import fetch as run
    from assets.fetch.manifest import ManifestError
    from assets.fetch.sources import SourcesError
    from pipelines.settings import load_settings

    settings = load_settings(raw=raw)
    stderr = Console(stderr=True, highlight=False)

    def show_event(event: FetchEvent) -> None:
        if stderr.is_terminal and event.title:
            stderr.print(f"{escape(event.source)}：{event.outcome} {escape(event.title)}", soft_wrap=True)

    try:
        report = run(settings.raw, FetchOptions(settings.fetch_agent, dry=dry_run), only, show_event)
    except SourcesError as error:
        raise UserError(str(error)) from error
    except (FetchBusyError, ManifestError) as error:
        raise UserError(str(error), SOME_FAILED) from error
    except OSError as error:
        text = f"无法写入文件夹 {settings.raw}（{error.strerror}），请检查磁盘空间和权限"
        raise UserError(text, SOME_FAILED) from error
    _print_report(make_console(), report, settings.raw, dry=dry_run)
    raise typer.Exit(SOME_FAILED if report.failed else OK)


def _print_report(screen: Console, report: FetchReport, raw: Path, *, dry: bool) -> None:
    """Print a line per source, a table of notable events, and what to do next."""
    from assets.fetch.fetch_state import LOG_FILE, STATE_FOLDER, FetchOutcome

    for problem in report.problems:
        screen.print(f"[red]{escape(problem)}[/]", soft_wrap=True)
    for source in report.sources:
        counts = report.counts(source)
        counts_text = "，".join(f"{outcome} {number}" for outcome, number in counts.items()) or "没有新的通知"
        screen.print(f"{escape(source)}：{counts_text}", soft_wrap=True)
    if report.notable:
        table = Table(title="逐条结果", title_justify="left")
        for header in ("来源", "结果", "标题或网址", "文件", "说明"):
            table.add_column(header, overflow="fold")
        for event in report.notable[:MAX_SHOWN]:
            cells = (event.source, str(event.outcome), event.title or event.url, event.path, event.text)
            table.add_row(*(escape(cell) for cell in cells), style="red" if event.failed else None)
        screen.print(table)
    if len(report.notable) > MAX_SHOWN:
        screen.print(f"…… 共 {len(report.notable)} 条")
    screen.print(
        f"查看 {len(report.sources)} 个来源，用时 {report.seconds:.1f} 秒" + ("（只查看，未下载）" if dry else "")
    )
    if not report.sources and not report.problems:
        screen.print("sources.toml 中还没有来源，写法见 raw/README.md")
    if not dry and report.notable:
        screen.print(f"全部记录：{escape(str(raw / STATE_FOLDER / LOG_FILE))}", soft_wrap=True)
    counts = report.counts()
    if counts[FetchOutcome.NEW] + counts[FetchOutcome.CHANGED]:
        screen.print("接着运行 [bold]wenming build[/]，把新通知读入仓库")
