"""Published numbers are checked: declared points against sums, counts against rows, gaps in duties."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from extractors.notice.findings import ERROR, INFO, WARNING, Findings, number, quote
from extractors.notice.tasks import TableTasks
from extractors.parsers.points import cell_points
from extractors.records import IndicatorRow, TaskRow
from extractors.tables.clean_table import CleanTable
from extractors.tables.row_kinds import TOTAL


def _check_headers(tables: Sequence[tuple[str, CleanTable, TableTasks]], findings: Findings) -> None:
    """Header texts that no word list holds: each once, with the number of tables under it, at the first of them."""
    places: dict[str, list[tuple[str, CleanTable, int]]] = {}
    for table_id, table, _ in tables:
        if table.kind in ("roster", "other"):
            continue
        for c in table.roles.unknown:
            places.setdefault(table.columns[c], []).append((table_id, table, c))
    for text, found in places.items():
        first, table, _ = found[0]
        understood = "、".join(dict.fromkeys(one.roles.names[c] for _, one, c in found))
        count = len({table_id for table_id, _, _ in found})
        where = f"（共 {count} 张表）" if count > 1 else ""
        findings.add(
            "unknown_header", WARNING, f"表头“{text}”{where}不在词表中，按内容理解为 {understood}，请核对",
            table_id=first, locator=table.locator,
        )  # fmt: skip


def _children(rows: Sequence[IndicatorRow], parent: IndicatorRow) -> list[IndicatorRow]:
    return [r for r in rows if r.parent_id == parent.indicator_id]


def _below(rows: Sequence[IndicatorRow], top: IndicatorRow) -> set[str]:
    found = {top.indicator_id}
    for row in rows:
        if row.parent_id in found:
            found.add(row.indicator_id)
    return found


def _check_sums(rows: Sequence[IndicatorRow], tasks: Sequence[TaskRow], findings: Findings) -> None:
    """Declared points of a heading against the sum of its parts, and against the score column below it."""
    for row in rows:
        if row.points is None:
            continue
        parts = [c.points for c in _children(rows, row) if c.points is not None]
        if parts and len(parts) == len(_children(rows, row)) and sum(parts) != row.points:
            _differs(findings, "heading_vs_parts", row, sum(parts, Decimal(0)), "下级指标之和")
        inside = _below(rows, row)
        scored = [t.points for t in tasks if t.indicator_id in inside and t.points is not None]
        if scored and sum(scored) != row.points:
            _differs(findings, "heading_vs_tasks", row, sum(scored, Decimal(0)), "各项分值之和")


def _differs(findings: Findings, rule: str, row: IndicatorRow, computed: Decimal, what: str) -> None:
    where = f"{row.code or ''}{row.name}"
    findings.add(
        rule, WARNING, f"{quote(where)}标明 {number(row.points)} 分，{what}为 {number(computed)} 分",
        table_id=row.table_id, declared=row.points, computed=computed, locator=row.locator,
    )  # fmt: skip


def _check_inline(done: TableTasks, scored: bool, findings: Findings) -> None:
    """The awards written inside the tasks of one score cell against that cell."""
    if not scored:
        return
    at = 0
    while at < len(done.tasks):
        task = done.tasks[at]
        group = done.tasks[at : at + max(task.points_rows, 1)]
        at += len(group)
        inline = sum((p for t in group for p in t.inline_points), Decimal(0))
        if task.points is None or not inline or inline == task.points:
            continue
        findings.add(
            "inline_vs_points", INFO,
            f"分值栏为 {number(task.points)} 分，文中括注合计 {number(inline)} 分（可能为二选一或重复计分）",
            table_id=task.table_id, task_id=task.task_id, declared=task.points, computed=inline, locator=task.locator,
        )  # fmt: skip


def _check_gaps(table: CleanTable, done: TableTasks, findings: Findings) -> None:
    """Tasks that leave a column of their table empty, and tasks that say nothing at all."""
    party = bool(table.roles.columns("party", "lead", "support", "unit"))
    for task in done.tasks:
        if task.requirement is None:
            findings.add(
                "no_requirement",
                ERROR,
                "这一行没有可读的任务文字",
                table_id=task.table_id,
                task_id=task.task_id,
                locator=task.locator,
            )
        if party and not done.parties[task.task_id]:
            findings.add(
                "no_party", INFO, f"未写明责任单位：{quote((task.requirement or '')[:60])}",
                table_id=task.table_id, task_id=task.task_id, locator=task.locator,
            )  # fmt: skip


def _check_totals(table: CleanTable, done: TableTasks, table_id: str, findings: Findings) -> None:
    """A 合计 or 小计 row against the scores above it: all of them, or those since the total before."""
    column = next(iter(table.roles.columns("points")), None)
    if column is None:
        return
    points = {done.rows[t.task_id][0]: t.points for t in done.tasks if t.points is not None and done.rows[t.task_id]}
    last = 0
    for r, kind in enumerate(table.kinds):
        declared = cell_points(table.grid.at[r][column].text) if kind == TOTAL else None
        if declared is None:
            continue
        every = sum((p for at, p in points.items() if at < r), Decimal(0))
        since = sum((p for at, p in points.items() if last <= at < r), Decimal(0))
        last = r
        if declared not in (every, since):
            findings.add(
                "total_vs_tasks",
                WARNING,
                f"合计行标明 {number(declared)} 分，以上各项分值之和为 {number(every)} 分",
                table_id=table_id,
                declared=declared,
                computed=every,
                locator=table.grid.at[r][column].locator,
            )


def check_notice(
    tables: Sequence[tuple[str, CleanTable, TableTasks]], indicators: Sequence[IndicatorRow], findings: Findings
) -> None:
    """Run every check over the tables of one notice: (table id, table, its tasks)."""
    _check_headers(tables, findings)
    for table_id, table, done in tables:
        _check_inline(done, bool(table.roles.columns("points")), findings)
        _check_gaps(table, done, findings)
        _check_totals(table, done, table_id, findings)
    tasks = [t for _, _, done in tables for t in done.tasks]
    _check_sums(indicators, tasks, findings)
