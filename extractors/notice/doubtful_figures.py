"""Figures of which a recogniser was not certain: a fact only where the sum of their heading proves them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from extractors.document import ReadNote
from extractors.notice.findings import Findings, quote
from extractors.notice.tasks import TableReading
from extractors.records import IndicatorRow, Rule, Severity, TaskRow, ThresholdRow
from extractors.tables.column_roles import ColumnRole
from extractors.tables.grid import GridCell

_LOOK_ALIKE = str.maketrans("OoQlI|SsBZz", "00011155822")
"""Letters that a recogniser gives for digits; a reader turns them into digits where points stand."""
UncertainDigits = Mapping[str, frozenset[str]]
"""Locator of a cell → the doubtful digits in it."""


def collect_uncertain_digits(notes: Iterable[ReadNote]) -> UncertainDigits:
    """Return the places where digits were recognised with little certainty (6 or 8, 1 or 7, or l for 1)."""
    found = {
        note.locator: frozenset(str(int(char)) for char in note.doubtful.translate(_LOOK_ALIKE) if char.isdecimal())
        for note in notes
    }
    return {locator: digits for locator, digits in found.items() if digits}


def withhold_doubtful_points(
    readings: Sequence[TableReading], indicators: Sequence[IndicatorRow], uncertain: UncertainDigits, findings: Findings
) -> None:
    """Take back the points of tasks and headings whose digits are doubtful and that no sum proves.

    A heading of 20 points over tasks of 8 and 12 proves all three, whichever of them is hard to read.
    """
    if not uncertain:
        return
    tasks = [task for reading in readings for task in reading.table_tasks.tasks]
    proven = _find_proven(indicators, tasks)
    for reading in readings:
        for task in reading.table_tasks.tasks:
            cell = _points_cell(reading, task.row)
            if (
                task.points is not None
                and task.indicator_id not in proven
                and _is_doubtful(task.points, cell, uncertain)
            ):
                task.points = None
                _report(findings, "任务分值", cell, uncertain, table_id=reading.table_id, task_id=task.task_id)
        rows = {cell.locator: r for r, row in enumerate(reading.table.grid.cells) for cell in row if cell.text}
        for heading in indicators:
            if heading.table_id != reading.table_id or heading.points is None or heading.indicator_id in proven:
                continue
            for cell in _heading_cells(reading, heading, rows):
                if _is_doubtful(heading.points, cell, uncertain):
                    heading.points = None
                    _report(findings, "标题分值", cell, uncertain, table_id=reading.table_id, task_id=None)
                    break


def withhold_doubtful_thresholds(
    thresholds: Sequence[ThresholdRow], tasks: Sequence[TaskRow], uncertain: UncertainDigits, findings: Findings
) -> list[ThresholdRow]:
    """Return the thresholds without those with a doubtful digit; each of these is reported as it was read."""
    if not uncertain:
        return list(thresholds)
    by_task = {task.task_id: task for task in tasks}
    certain: list[ThresholdRow] = []
    for threshold in thresholds:
        task = by_task[threshold.task_id]
        digits = uncertain.get(task.locator, frozenset()) & set(threshold.raw)
        if not digits:
            certain.append(threshold)
            continue
        findings.add(
            Rule.DOUBTFUL_FIGURE, Severity.WARNING,
            f"{quote(threshold.raw)}中的数字{_list(digits)}辨认没有把握，指标值未采用，请对照原件核实",
            table_id=task.table_id, task_id=task.task_id, locator=task.locator,
        )  # fmt: skip
    return certain


def _find_proven(indicators: Sequence[IndicatorRow], tasks: Sequence[TaskRow]) -> set[str | None]:
    """Return the headings whose points are the sum of the tasks below them, and the headings below those."""
    children: dict[str | None, list[str]] = {}
    for row in indicators:
        children.setdefault(row.parent_id, []).append(row.indicator_id)
    proven: set[str | None] = set()
    for row in indicators:
        inside = [row.indicator_id]
        for indicator_id in inside:
            inside += children.get(indicator_id, [])
        points = [task.points for task in tasks if task.indicator_id in set(inside) and task.points is not None]
        if row.points is not None and points and sum(points, Decimal(0)) == row.points:
            proven.update(inside)
    return proven


def _points_cell(reading: TableReading, row: int | None) -> GridCell | None:
    columns = reading.table.roles.columns(ColumnRole.POINTS)
    return reading.table.grid.cell(row, columns[0]) if columns and row is not None else None


def _heading_cells(reading: TableReading, heading: IndicatorRow, rows: Mapping[str, int]) -> list[GridCell]:
    """Return the cells that state the points of a heading: its own, and that of its row in the points column."""
    row = rows.get(heading.locator)
    if row is None:
        return []
    own = [cell for cell in reading.table.grid.cells[row] if cell.locator == heading.locator][:1]
    beside = _points_cell(reading, row)
    return own + ([beside] if beside is not None else [])


def _is_doubtful(points: Decimal, cell: GridCell | None, uncertain: UncertainDigits) -> bool:
    return cell is not None and bool(uncertain.get(cell.locator, frozenset()) & set(f"{points.normalize():f}"))


def _report(
    findings: Findings,
    what: str,
    cell: GridCell | None,
    uncertain: UncertainDigits,
    *,
    table_id: str,
    task_id: str | None,
) -> None:
    if cell is not None:
        digits = uncertain[cell.locator]
        findings.add(
            Rule.DOUBTFUL_FIGURE, Severity.WARNING,
            f"{quote(cell.text)}中的数字{_list(digits)}辨认没有把握，也没有合计可以证实，{what}未采用，请对照原件核实",
            table_id=table_id, task_id=task_id, locator=cell.locator,
        )  # fmt: skip


def _list(digits: Iterable[str]) -> str:
    return "、".join(sorted(digits))
