"""Print the result of a build and the state of the warehouse to the terminal, in Chinese.

Everything is read from the published file, so that a build that changed nothing prints the same as the one before.
"""

from __future__ import annotations

import importlib.util
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.ingest import unpublished_runs
from pipelines.cli_common import find_program, format_china_time
from schemas.ops import RUN_OUTCOMES
from warehouse.inbox import COUNT_SQL as TO_CHECK_SQL
from warehouse.inbox import OPEN

if TYPE_CHECKING:
    import duckdb

    from pipelines.commands.build import BuildSummary

STATUS_LABELS: Mapping[str, str] = {
    "loaded": "已入库",
    "needs_review": "已入库、待认定",
    "no_tables": "已读取、无表格",
    "not_a_notice": "不是通知",
    "duplicate": "重复",
    "unreadable": "无法读取",
}
SEVERITY_LABELS: Mapping[str, str] = {"error": "错误", "warning": "警告", "info": "提示"}
COUNTS: Mapping[str, str] = {
    "notices": "通知",
    "tables": "表格",
    "indicators": "指标",
    "tasks": "任务",
}
NOTICES_SQL = f"""
SELECT n.title, n.issuer, coalesce(n.county, n.city, n.province) AS place, f.source_path,
       (SELECT count(*) FROM core.tasks AS t WHERE t.notice_id = n.notice_id) AS tasks,
       (SELECT sum(t.points) FROM core.tasks AS t WHERE t.notice_id = n.notice_id AND NOT t.bonus) AS points,
       (SELECT count(*) FROM core.findings AS q WHERE q.notice_id = n.notice_id AND {OPEN}) AS findings,
       n.table_chars, n.accounted_chars, n.text_chars, n.accounted_text_chars
FROM core.notices AS n JOIN core.files AS f USING (file_id)
WHERE n.kind <> 'other'
ORDER BY f.source_path
"""
FAILED_SQL = "SELECT source_path, reason, remedy FROM core.files WHERE status = 'unreadable' ORDER BY source_path"
NOT_LOADED_SQL = """
SELECT source_path, reason FROM core.files WHERE status IN ('duplicate', 'no_tables') ORDER BY status, source_path
"""
OTHERS_SQL = "SELECT source_path, reason FROM core.files WHERE status = 'not_a_notice' ORDER BY source_path"
COUNT_SQL = """
SELECT count(*) FROM core.{} WHERE notice_id NOT IN (SELECT notice_id FROM core.notices WHERE kind = 'other')
"""
NEEDS_REVIEW_SQL = """
SELECT source_path, reason, remedy FROM core.files WHERE status = 'needs_review' ORDER BY source_path
"""
DOUBTFUL_SQL = """
SELECT message, f.source_path FROM core.findings AS d JOIN core.notices AS n USING (notice_id)
JOIN core.files AS f ON f.file_id = n.file_id
WHERE d.rule = 'layout_doubt' AND d.dismissed IS NULL ORDER BY f.source_path, d.finding_id
"""
FAILED_CHECKS_SQL = "SELECT mart, description, breaches, example FROM ops.checks WHERE breaches > 0 ORDER BY ALL"

RUNS_SQL = """
WITH runs AS (
    SELECT * FROM ops.runs
    UNION ALL SELECT * FROM noted WHERE run_id NOT IN (SELECT run_id FROM ops.runs)
)
SELECT r.started_at, r.outcome, r.reason, r.read, r.loaded + r.no_tables, r.not_a_notice, r.duplicate, r.held_back,
       r.unreadable, r.removed, r.seconds, s.source_path, s.seconds
FROM runs AS r LEFT JOIN ops.run_slowest AS s ON s.run_id = r.run_id AND s.rank = 1
ORDER BY r.run_id DESC LIMIT ?
"""
MAX_RUNS_SHOWN = 5
MAX_OTHERS_SHOWN = 5
"""Files that are no notices that are told one by one after a build; the status lists all."""
EXPLORER_PACKAGES = ("starlette", "uvicorn")
"""Packages without which the explorer cannot be served."""
MAX_DOUBTFUL_SHOWN = 5
"""Doubtful tables that are told one by one."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the build: outcome, numbers of files by status, and seconds.

    If the run failed, the numbers are None and `reason` is the cause. `slowest` is the file that took longest to read,
    None if none was read.
    """

    started_at: datetime
    outcome: str
    reason: str | None
    read: int | None
    loaded: int | None
    not_a_notice: int | None
    duplicate: int | None
    held_back: int | None
    unreadable: int | None
    removed: int | None
    seconds: float
    slowest: str | None
    slowest_seconds: float | None


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One loaded notice; `points` is the sum of the base points, None if the notice gives none."""

    title: str | None
    issuer: str | None
    place: str | None
    source_path: str
    tasks: int
    points: Decimal | None
    findings: int
    table_chars: int
    accounted_chars: int
    text_chars: int
    accounted_text_chars: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Contents of the published warehouse."""

    files: Mapping[str, int]
    counts: Mapping[str, int]
    severities: Mapping[str, int]
    """Open findings by severity."""
    to_check: int
    """Number of findings that a person has to check."""
    notices: Sequence[NoticeLine]
    failed: Sequence[tuple[str, str, str | None]]
    not_loaded: Sequence[tuple[str, str]]
    others: Sequence[tuple[str, str]]
    """Files that are no notices: path, and why."""
    needs_review: Sequence[tuple[str, str, str]]
    """Loaded files that a person has to look at: path, reason, remedy."""
    doubtful: Sequence[tuple[str, str]]
    """Tables whose layout is in doubt: message, path."""
    failed_checks: Sequence[tuple[str, str, int, str | None]]
    """Failed checks of the marts: mart, description, number of breaches, an example."""

    @property
    def table_chars(self) -> int:
        """Non-blank characters in all tables."""
        return sum(line.table_chars for line in self.notices)

    @property
    def accounted_chars(self) -> int:
        """Of these, the characters in a field or a finding."""
        return sum(line.accounted_chars for line in self.notices)

    @property
    def text_chars(self) -> int:
        """Non-blank characters of all notices, running text included."""
        return sum(line.text_chars for line in self.notices)

    @property
    def accounted_text_chars(self) -> int:
        """Of these, the characters in a cell, a field, a clause or a finding."""
        return sum(line.accounted_text_chars for line in self.notices)


def read_overview(connection: duckdb.DuckDBPyConnection) -> Overview:
    """Read the overview of a published warehouse, opened by `store.connect`."""

    def rows(query: str) -> list[tuple[Any, ...]]:
        return connection.execute(query).fetchall()

    return Overview(
        files=dict(rows("SELECT status, count(*) FROM core.files GROUP BY ALL")),
        counts={name: rows(COUNT_SQL.format(name))[0][0] for name in COUNTS},
        severities=dict(rows("SELECT severity, count(*) FROM core.findings WHERE dismissed IS NULL GROUP BY ALL")),
        to_check=rows(TO_CHECK_SQL)[0][0],
        notices=[NoticeLine(*row) for row in rows(NOTICES_SQL)],
        failed=[(row[0], row[1], row[2]) for row in rows(FAILED_SQL)],
        not_loaded=[(row[0], row[1]) for row in rows(NOT_LOADED_SQL)],
        others=[(row[0], row[1]) for row in rows(OTHERS_SQL)],
        needs_review=[(row[0], row[1], row[2]) for row in rows(NEEDS_REVIEW_SQL)],
        doubtful=[(row[0], row[1]) for row in rows(DOUBTFUL_SQL)],
        failed_checks=[(row[0], row[1], row[2], row[3]) for row in rows(FAILED_CHECKS_SQL)],
    )


def read_last_runs(connection: duckdb.DuckDBPyConnection, warehouse: Path, number: int = MAX_RUNS_SHOWN) -> list[Run]:
    """Return the last runs, newest first, including those that published nothing and are noted beside `warehouse`."""
    connection.execute("CREATE OR REPLACE TEMP TABLE noted AS SELECT * FROM ops.runs LIMIT 0")
    if notes := unpublished_runs.read_notes(warehouse, number):
        marks = ", ".join("?" * len(notes[0]))
        connection.executemany(f"INSERT INTO noted VALUES ({marks})", [list(note.values()) for note in notes])
    return [Run(*row) for row in connection.execute(RUNS_SQL, [number]).fetchall()]


def print_runs(console: Console, runs: Sequence[Run]) -> None:
    """Print the last runs."""
    if not runs:
        return
    table = Table(title="最近的构建", title_justify="left")
    for header in ("时间", "结果"):
        table.add_column(header, no_wrap=True)
    for header in ("读取", "入库", "不是通知", "重复", "暂不入库", "无法读取", "移除", "用时"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("最慢的文件", overflow="fold")
    for run in runs:
        counts = (run.read, run.loaded, run.not_a_notice, run.duplicate, run.held_back, run.unreadable, run.removed)
        slowest = "—" if run.slowest is None else f"{escape(run.slowest)}（{run.slowest_seconds:.1f} 秒）"
        count_texts = ("—" if count is None else str(count) for count in counts)
        table.add_row(
            format_china_time(run.started_at), RUN_OUTCOMES[run.outcome], *count_texts, f"{run.seconds:.1f} 秒", slowest
        )
    console.print(table)
    for run in runs:
        if run.reason:
            console.print(f"{format_china_time(run.started_at)} 失败的原因：{escape(run.reason)}", soft_wrap=True)


def print_summary(console: Console, overview: Overview, built: BuildSummary, warehouse: Path) -> None:
    """Print the result of a build: what is in the warehouse, what could not be read, what to try next."""
    if built.rebuilt:
        console.print("[yellow]原有仓库文件已损坏或由其他版本的程序生成，已全部重建[/]")
    done = "仓库已更新" if built.published else "没有变化，仓库保持原样"
    console.print(
        f"{done}：新读 {built.read} 个文件，未变 {built.unchanged} 个，移除 {built.removed} 个，"
        f"用时 {built.seconds:.1f} 秒"
    )
    _print_counts(console, overview)
    _print_others(console, overview.others, MAX_OTHERS_SHOWN)
    _print_failed(console, overview)
    _print_doubtful(console, overview)
    if built.records:
        console.print(escape(built.records), soft_wrap=True)
    for problem in built.problems:
        console.print(f"[yellow]{escape(problem)}[/]", soft_wrap=True)
    if not overview.files:
        console.print(f"raw 文件夹中还没有通知：请放入通知原件后再运行 [bold]{escape(find_program())} build[/]")
        return
    console.print(f"仓库文件：{escape(str(warehouse))}")
    console.print("接着可以运行：")
    for command, meaning in _next_commands(overview):
        console.print(f"  [bold]{escape(_format_command(command, warehouse))}[/]  {meaning}", soft_wrap=True)


def _next_commands(overview: Overview) -> Iterator[tuple[str, str]]:
    """Yield the commands to try next with their meaning, only those that would do something."""
    yield "status", "逐份查看入库情况"
    yield "ask", "分析员常问的问题"
    if all(importlib.util.find_spec(name) for name in EXPLORER_PACKAGES):
        yield "serve --open", "在浏览器中搜索、比较、看原文"
    if overview.counts["tasks"]:
        yield "export tasks", "给每个责任单位写一份任务清单"
    if overview.to_check:
        yield "review", "处理待核对的问题"


def _format_command(command: str, warehouse: Path) -> str:
    """Return a command as it can be typed here, with the warehouse where that is not the usual one."""
    from pipelines.settings import load_settings

    # The list of questions takes no warehouse, an answer does.
    is_usual = warehouse == load_settings().warehouse or command == "ask"
    return f"{find_program()} {command}" + ("" if is_usual else f" --warehouse {shlex.quote(str(warehouse))}")


def print_status(console: Console, overview: Overview, warehouse: Path) -> None:
    """Print the state of the warehouse, notice by notice."""
    console.print(f"仓库文件：{escape(str(warehouse))}")
    _print_counts(console, overview)
    if overview.notices:
        table = Table(title="已入库的通知", title_justify="left")
        for header in ("标题", "发文机关", "地区"):
            table.add_column(header, overflow="fold")
        for header in ("任务", "分值合计", "待核对", "文字解析率"):
            table.add_column(header, justify="right", no_wrap=True)
        for line in overview.notices:
            table.add_row(
                escape(line.title or line.source_path),
                escape(line.issuer or "—"),
                escape(line.place or "—"),
                str(line.tasks),
                "—" if line.points is None else f"{line.points.normalize():f}",
                str(line.findings),
                format_share(line.accounted_text_chars, line.text_chars),
            )
        console.print(table)
    _print_others(console, overview.others, len(overview.others))
    _print_failed(console, overview)
    _print_doubtful(console, overview)
    for source_path, reason in overview.not_loaded:
        console.print(f"[yellow]未入库或无表格[/] {escape(source_path)}：{escape(reason)}", soft_wrap=True)


def format_share(part: int, whole: int) -> str:
    """Format a share in percent; 100 % only if nothing is missing."""
    if not whole:
        return "—"
    if part == whole:
        return "100%"
    return f"{min(part / whole * 100, 99.99):.2f}%"


def _print_counts(console: Console, overview: Overview) -> None:
    files = [
        f"{label} {overview.files[status]}" for status, label in STATUS_LABELS.items() if overview.files.get(status)
    ]
    total = sum(overview.files.values())
    console.print(f"文件：共 {total} 个" + (f"（{'，'.join(files)}）" if files else ""))
    console.print("内容：" + "，".join(f"{label} {overview.counts[name]}" for name, label in COUNTS.items()))
    severities = [f"{label} {overview.severities.get(key, 0)}" for key, label in SEVERITY_LABELS.items()]
    console.print(f"待核对：{overview.to_check} 条（{'，'.join(severities[:-1])}）；{severities[-1]}")
    share = format_share(overview.accounted_text_chars, overview.text_chars)
    console.print(f"全文文字解析率：{share}（{overview.accounted_text_chars}/{overview.text_chars} 字）")
    share = format_share(overview.accounted_chars, overview.table_chars)
    console.print(f"表内文字解析率：{share}（{overview.accounted_chars}/{overview.table_chars} 字）")


def _print_others(console: Console, others: Sequence[tuple[str, str]], limit: int) -> None:
    """Print how many files are no notices, and why the first of them are none."""
    if not others:
        return
    from extractors.layouts import LAYOUTS_FILE

    console.print(
        f"有 {len(others)} 个文件不是通知，没有任务和指标；确是通知的，在 {LAYOUTS_FILE} 中写一行，填文件和文件类别：",
        soft_wrap=True,
    )
    for source_path, reason in others[:limit]:
        console.print(f"  [bold]{escape(source_path)}[/]：{escape(reason)}", soft_wrap=True)
    if (rest := len(others) - limit) > 0:
        console.print(f"  另有 {rest} 个，逐一查看：wenming status", highlight=False)


def _print_failed(console: Console, overview: Overview) -> None:
    for mart, description, breaches, example in overview.failed_checks:
        console.print(
            f"[red]汇总表 {mart} 有 {breaches} 处未通过核对（{escape(description)}；如 {escape(str(example))}），"
            "引用其中数字前请先核实，并请报告这个问题[/]",
            soft_wrap=True,
        )
    if not overview.failed:
        return
    console.print(f"[red]有 {len(overview.failed)} 个文件无法读取（其余已全部入库）：[/]")
    for source_path, reason, remedy in overview.failed:
        console.print(f"  [bold]{escape(source_path)}[/]", soft_wrap=True)
        console.print(f"    原因：{escape(reason)}", soft_wrap=True)
        if remedy:
            console.print(f"    办法：{escape(remedy)}", soft_wrap=True)


def _print_doubtful(console: Console, overview: Overview) -> None:
    """Print which notices a person has to look at, and how many tables may be read otherwise."""
    for source_path, reason, remedy in overview.needs_review:
        console.print(f"[yellow]待认定[/] {escape(source_path)}：{escape(reason)}。{escape(remedy)}", soft_wrap=True)
    for message, source_path in overview.doubtful[:MAX_DOUBTFUL_SHOWN]:
        console.print(f"[yellow]版式存疑[/] {escape(source_path)}：{escape(message)}", soft_wrap=True)
    if (rest := len(overview.doubtful) - MAX_DOUBTFUL_SHOWN) > 0:
        console.print(f"另有 {rest} 张表版式存疑，逐一查看：wenming review --rule layout_doubt", highlight=False)
