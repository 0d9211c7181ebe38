"""Doubts about whole tables: a layout that may be another, a confirmed one that no longer fits, no tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from extractors import vocabulary
from extractors.layouts import HEADER_SEPARATOR, LAYOUTS_FILE, ConfirmedLayout, find_column, is_row, settle_layout
from extractors.normalize import strip_whitespace
from extractors.notice.findings import Findings, join_listed, quote
from extractors.notice.tasks import TableReading
from extractors.records import FindingRow, Rule, Severity
from extractors.tables.clean_table import CleanTable, TableKind
from extractors.tables.confidence import OPEN_CONFIDENCE

MIN_CONFIDENCE: Final = 0.8
"""Below this a table is doubtful. 考评项目｜评分标准｜分值｜扣分说明: whether 评分标准 is the requirement or says how
it is scored decides every task, and at 0.8 one such reading in five is wrong."""
MIN_SHARE: Final = 0.05
"""A table with a smaller share of the notice's table text does not lower the confidence of the notice: a contact list
of three rows behind a rubric of ten pages."""
MAX_BLANK: Final = 0.3
"""A table with a larger share of blank cells is one to fill in: 姓名 | | 性别 | |, each box beside its label."""
_LEAST_TEXTS: Final = 12
"""Texts of a small table of tasks; fewer are the box of an address or a signature."""


def least_confidence(readings: Sequence[TableReading]) -> float | None:
    """Return the least confidence of the tables that hold much of the table text, None where none is known."""
    sizes = [_count_chars(reading.table) for reading in readings]
    least = MIN_SHARE * sum(sizes)
    known = [
        reading.table.confidence
        for reading, size in zip(readings, sizes, strict=True)
        if reading.table.confidence is not None and size >= least
    ]
    return min(known, default=None)


def accepted_tables(readings: Iterable[TableReading], layouts: Sequence[ConfirmedLayout]) -> set[str]:
    """Return the ids of the tables whose reading a person accepted."""
    return {
        reading.table_id
        for reading in readings
        if (settled := settle_layout(layouts, reading.table.columns, reading.table.ordinal)) and settled.accepted
    }


def check_layouts(
    readings: Sequence[TableReading], layouts: Sequence[ConfirmedLayout], file: str, findings: Findings
) -> None:
    """Report doubtful tables, and confirmed layouts of this file that no longer fit one.

    Args:
        readings: the tables with their tasks.
        layouts: the confirmed layouts that concern the notice.
        file: the source path of the file.
        findings: collects the findings.
    """
    for table_id, table, _ in readings:
        if table.confidence is not None and table.confidence < MIN_CONFIDENCE:
            findings.add(
                Rule.LAYOUT_DOUBT, Severity.WARNING, _describe_doubt(table), table_id=table_id, locator=table.locator
            )
    for layout in layouts:
        if layout.is_of_file(file) and layout.document_kind is None:
            _check_layout(layout, readings, findings)


def find_review_reason(
    readings: Sequence[TableReading], findings: Iterable[FindingRow], *, has_tasks: bool
) -> str | None:
    """Return in Chinese why a person has to look at the notice before relying on its tasks, None if nobody has to.

    That is so where a table with sentences gave no task, or where all tables are doubtful and the notice has no task. A
    finding that a person dismissed counts no more.

    Args:
        readings: the tables with their tasks.
        findings: all findings of the notice.
        has_tasks: whether the notice has tasks, of its tables or of the running text.
    """
    open_warnings = {
        (row.table_id, row.rule) for row in findings if row.severity == Severity.WARNING and row.dismissed is None
    }
    silent = [r.table for r in readings if (r.table_id, Rule.FORM_TEXT) in open_warnings]
    if silent:
        return f"{join_listed([_name(table) for table in silent])}写有成句的要求，但没有读出任务"
    doubtful = [r for r in readings if (r.table_id, Rule.LAYOUT_DOUBT) in open_warnings]
    if readings and len(doubtful) == len(readings) and not has_tasks:
        return f"{join_listed([_name(r.table) for r in readings])}的版式存疑，没有读出任务"
    return None


def doubt_unknown_layouts(readings: Iterable[TableReading]) -> None:
    """Doubt the tables without a header of a document about a campaign that gives no task.

    Nothing in them says that they state sums, days or names only: the layout may be one that nobody has seen yet. A
    table with blanks is a form.
    """
    for table in (reading.table for reading in readings):
        cells = table.grid.unique_cells()
        filled = sum(bool(cell.text) for cell in cells)
        if not any(table.columns) and filled >= max(_LEAST_TEXTS, (1 - MAX_BLANK) * len(cells)):
            table.confidence = min(table.confidence or 0.0, OPEN_CONFIDENCE)


def describe_form(table: CleanTable, n_sentences: int) -> str:
    """Return in Chinese why a table has no tasks; `n_sentences` is the number of its cells that hold a sentence."""
    if table.kind is TableKind.ROSTER:
        return "这是人员名单，不含任务"
    names = strip_whitespace((table.title or "") + "".join(table.columns))
    if any(word in names for word in vocabulary.load_toml("checks")["forms"]["application"]):
        return "这是申报、推荐一类的表，不含任务"
    cells = table.grid.unique_cells()
    if sum(not cell.text for cell in cells) > MAX_BLANK * len(cells):
        return "这是留空待填的表，不含任务"
    if n_sentences:
        return f"这张表只有 {n_sentences} 格成句的文字，没有当作任务"
    return "这张表没有成句的要求，不含任务"


def _describe_doubt(table: CleanTable) -> str:
    reading = (table.reading or "各列的含义按表头和内容推定").rstrip("。")
    other = f"；另一种可能：{table.alternative.rstrip('。')}" if table.alternative else ""
    return (
        f"{_name(table)}的版式存疑，现读作：{reading}{other}。"
        f"请用 wenming review 对照原表认定，认定记入 {LAYOUTS_FILE}，下次构建时生效"
    )


def _check_layout(layout: ConfirmedLayout, readings: Sequence[TableReading], findings: Findings) -> None:
    tables = [r.table for r in readings if layout.fits(r.table.columns, r.table.ordinal)]
    ordinal = f"第 {layout.ordinal} 张" if layout.ordinal else ""
    header = f"表头为{quote(HEADER_SEPARATOR.join(layout.header))}的" if any(layout.header) else ""
    named = f"{ordinal}{'、' if ordinal and header else ''}{header}表"
    if not tables:
        _add_stale(findings, f"本文件中没有{named}", None)
        return
    for name in layout.columns:
        if not any(find_column(table.columns, name) is not None for table in tables):
            _add_stale(findings, f"{named}没有“{name}”这一列", tables[0].locator)
    for name in layout.rows:
        if not any(_has_row(table, name) for table in tables):
            _add_stale(findings, f"{named}没有“{name}”这一行", tables[0].locator)


def _has_row(table: CleanTable, name: str) -> bool:
    return any(
        is_row(name, [cell.text for cell in table.grid.cells_of_row(r) if cell.row == r], r)
        for r in range(table.grid.n_rows)
    )


def _add_stale(findings: Findings, problem: str, locator: str | None) -> None:
    message = f"版式认定未生效：{problem}。请对照原表修改或删去 {LAYOUTS_FILE} 中的这一行"
    findings.add(Rule.CORRECTION_STALE, Severity.ERROR, message, locator=locator)


def _name(table: CleanTable) -> str:
    return f"表{table.ordinal}" + (quote(table.title, 40) if table.title else "")


def _count_chars(table: CleanTable) -> int:
    cells = [*table.head.unique_cells(), *table.above.unique_cells(), *table.grid.unique_cells()]
    return sum(len(strip_whitespace(cell.raw)) for cell in cells)
