"""Consistency checks of one notice: points and totals, stated counts, stale years, body against annex."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache

from extractors import vocabulary
from extractors.body.line_joining import Line
from extractors.body.provisions import Clause
from extractors.normalize import squeeze
from extractors.notice.alignment import MIN_SIMILARITY, NumberedClauses, align_rows, comparison_key
from extractors.notice.findings import ERROR, INFO, WARNING, Findings, format_points, quote
from extractors.notice.tasks import TableTasks
from extractors.parsers.points import cell_points
from extractors.parsers.responsible_units import is_unit_mark
from extractors.records import IndicatorRow, NoticeRow, TaskRow
from extractors.tables.clean_table import CleanTable, TableKind
from extractors.tables.column_roles import ColumnRole
from extractors.tables.row_kinds import RowKind


def _check_headers(tables: Sequence[tuple[str, CleanTable, TableTasks]], findings: Findings) -> None:
    """Header texts that no word list holds: each once, with the number of tables under it, at the first of them."""
    places: dict[str, list[tuple[str, CleanTable, int]]] = {}
    for table_id, table, _ in tables:
        if table.kind in (TableKind.ROSTER, TableKind.OTHER):
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


def _descendants(rows: Sequence[IndicatorRow], top: IndicatorRow) -> set[str]:
    found = {top.indicator_id}
    for row in rows:
        if row.parent_id in found:
            found.add(row.indicator_id)
    return found


def _check_heading_points(rows: Sequence[IndicatorRow], tasks: Sequence[TaskRow], findings: Findings) -> None:
    """Declared points of a heading against the sum of its parts, and against the score column below it."""
    for row in rows:
        if row.points is None:
            continue
        parts = [c.points for c in _children(rows, row) if c.points is not None]
        if parts and len(parts) == len(_children(rows, row)) and sum(parts) != row.points:
            _add_difference(findings, "heading_vs_parts", row, sum(parts, Decimal(0)), "下级指标之和")
        inside = _descendants(rows, row)
        scored = [t.points for t in tasks if t.indicator_id in inside and t.points is not None]
        if scored and sum(scored) != row.points:
            _add_difference(findings, "heading_vs_tasks", row, sum(scored, Decimal(0)), "各项分值之和")


def _add_difference(findings: Findings, rule: str, row: IndicatorRow, computed: Decimal, what: str) -> None:
    where = f"{row.code or ''}{row.name}"
    findings.add(
        rule, WARNING, f"{quote(where)}标明 {format_points(row.points)} 分，{what}为 {format_points(computed)} 分",
        table_id=row.table_id, declared=row.points, computed=computed, locator=row.locator,
    )  # fmt: skip


def _check_inline_points(done: TableTasks, scored: bool, findings: Findings) -> None:
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
            f"分值栏为 {format_points(task.points)} 分，文中括注合计 {format_points(inline)} 分"
            "（可能为二选一或重复计分）",
            table_id=task.table_id, task_id=task.task_id, declared=task.points, computed=inline, locator=task.locator,
        )  # fmt: skip


def _check_gaps(table: CleanTable, done: TableTasks, findings: Findings) -> None:
    """Tasks that leave a column of their table empty, and tasks that say nothing at all."""
    party = bool(table.roles.columns(ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT, ColumnRole.UNIT))
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
    column = next(iter(table.roles.columns(ColumnRole.POINTS)), None)
    if column is None:
        return
    points = {done.rows[t.task_id][0]: t.points for t in done.tasks if t.points is not None and done.rows[t.task_id]}
    last = 0
    for r, kind in enumerate(table.kinds):
        declared = cell_points(table.grid.cell(r, column).text) if kind is RowKind.TOTAL else None
        if declared is None:
            continue
        every = sum((p for at, p in points.items() if at < r), Decimal(0))
        since = sum((p for at, p in points.items() if last <= at < r), Decimal(0))
        last = r
        if declared not in (every, since):
            findings.add(
                "total_vs_tasks",
                WARNING,
                f"合计行标明 {format_points(declared)} 分，以上各项分值之和为 {format_points(every)} 分",
                table_id=table_id,
                declared=declared,
                computed=every,
                locator=table.grid.cell(r, column).locator,
            )


def check_points(
    tables: Sequence[tuple[str, CleanTable, TableTasks]], indicators: Sequence[IndicatorRow], findings: Findings
) -> None:
    """Run every check over the tables of one notice: (table id, table, its tasks)."""
    _check_headers(tables, findings)
    for table_id, table, done in tables:
        _check_inline_points(done, bool(table.roles.columns(ColumnRole.POINTS)), findings)
        _check_gaps(table, done, findings)
        _check_totals(table, done, table_id, findings)
    tasks = [t for _, _, done in tables for t in done.tasks]
    _check_heading_points(indicators, tasks, findings)


# What in a notice does not agree with itself: stated totals and counts, years gone by, evidence asked for twice.

TableReading = tuple[str, CleanTable, TableTasks]
"""Table id, table, its tasks."""

_YEAR = re.compile(r"(?<![\d—\-－–~至年])(?P<year>20\d\d)年(?!\s*(?:以来|起|以前|之前|[-—－–~至]|修订|版|修正))")
_QUOTATION = re.compile(r"《[^《》]*》|〔[^〔〕]*〕|[（(](?:19|20)\d\d\s*[-—－–~至][^（）()]*[）)]")
_AWARDED = re.compile(r"获|授予|命名|评为|评选|表彰|颁布|印发|施行|实施的|通过")
_MIN_EVIDENCE = 8
_MAX_LISTED = 12
_MEANINGFUL = re.compile(r"[\u3400-\u9fffA-Za-z0-9%‰≥≤><＞＜=]")
"""What a difference between row and clause may lie in: words, figures, operators; a comma for a stop is none."""


@cache
def _count_pattern() -> re.Pattern[str]:
    words = vocabulary.toml("checks")["counted"]
    nouns = sorted([*words["first"], *words["any"]], key=len, reverse=True)
    measures = sorted(words["measures"], key=len, reverse=True)
    return re.compile(rf"(?<![\d.第])(?P<count>\d{{1,3}})(?:{'|'.join(measures)})(?P<noun>{'|'.join(nouns)})")


@cache
def _total_pattern() -> re.Pattern[str]:
    words = sorted(vocabulary.toml("checks")["totals"]["words"], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(words)})(?:值|数)?[为是共计：:，,]*(?P<points>\d{{1,4}}(?:\.\d+)?)分")


def check_consistency(
    tables: Sequence[TableReading],
    indicators: Sequence[IndicatorRow],
    said: Sequence[Line],
    clauses: Sequence[Clause],
    findings: Findings,
    *,
    notice: NoticeRow,
    duties: NumberedClauses,
) -> None:
    """Run every check of this module over one notice; `said` are the lines outside of tables, `duties` the numbered
    ones among the clauses.
    """
    for table_id, table, done in tables:
        _check_heading_sums(table_id, table, done, indicators, findings)
        _check_blank_columns(table_id, table, done, findings)
        _check_unit_marks(table_id, table, findings)
        _check_body_against_annex(table_id, done, duties, findings)
    tasks = [task for _, _, done in tables for task in done.tasks]
    _check_stated_totals(tables, said, findings)
    _check_stated_counts(tables, indicators, {len(clauses), len(duties.run)}, said, findings)
    _check_stale_years(tasks, notice, findings)
    _check_repeated_evidence(tables, findings)


def _sum_of_base_points(done: TableTasks) -> Decimal:
    return sum((t.points for t in done.tasks if t.points is not None and not t.bonus), Decimal(0))


def _check_heading_sums(
    table_id: str, table: CleanTable, done: TableTasks, indicators: Sequence[IndicatorRow], findings: Findings
) -> None:
    """The sum of the outermost headings against the sum of the scores, where every one of them declares points."""
    tops = [i for i in indicators if i.table_id == table_id and i.level == 1 and not i.bonus]
    declared = sum((i.points for i in tops if i.points is not None), Decimal(0))
    computed = _sum_of_base_points(done)
    if len(tops) > 1 and all(i.points is not None for i in tops) and computed and declared != computed:
        findings.add(
            "headings_vs_tasks", WARNING,
            f"一级指标标明的分值合计 {format_points(declared)} 分，各项分值之和为 {format_points(computed)} 分"
            "（均不含加分项目）",
            table_id=table_id, declared=declared, computed=computed, locator=table.locator,
        )  # fmt: skip
    _check_headings_without_points(table_id, done, indicators, findings)


def _check_headings_without_points(
    table_id: str, done: TableTasks, indicators: Sequence[IndicatorRow], findings: Findings
) -> None:
    """Headings without points where most of their peers declare some and the tasks below them earn some."""
    named = [i for i in indicators if i.table_id == table_id]
    peers: dict[str | None, list[bool]] = defaultdict(list)
    for row in named:
        peers[row.parent_id].append(row.points is not None)
    parents = {row.indicator_id: row.parent_id for row in named}
    earning: set[str] = set()
    for task in done.tasks:
        at = task.indicator_id if task.points else None
        while at is not None and at not in earning:
            earning.add(at)
            at = parents.get(at)
    for row in named:
        silent = row.points is None and not row.bonus and row.indicator_id in earning
        if silent and sum(peers[row.parent_id]) * 2 > len(peers[row.parent_id]):
            name = quote((row.code or "") + row.name)
            findings.add(
                "heading_without_points", INFO, f"多数同级指标标明了分值，{name}没有标明",
                table_id=table_id, locator=row.locator,
            )  # fmt: skip


def _check_blank_columns(table_id: str, table: CleanTable, done: TableTasks, findings: Findings) -> None:
    """Tasks that leave a lead, deadline or score column of their table empty: one finding a column."""
    leads = {t.task_id for t in done.tasks if any(p.role == "lead" for p in done.parties[t.task_id])}
    scored = {t.task_id for t in done.tasks if t.points is not None or t.points_rows > 1 or t.bonus}
    dated = {t.task_id for t in done.tasks if t.deadline}
    for rule, what, roles, having in (
        ("no_lead", "牵头单位", (ColumnRole.LEAD, ColumnRole.UNIT), leads),
        ("no_deadline", "完成时限", (ColumnRole.DEADLINE,), dated),
        ("no_points", "分值", (ColumnRole.POINTS,), scored),
    ):
        columns = table.roles.columns(*roles)
        # A dash says that there is none; a column that nobody fills says nothing about the single task.
        without = [
            t
            for t in done.tasks
            if t.task_id not in having and not any(table.grid.cell(t.row or 0, c).text for c in columns)
        ]
        if not columns or not without or len(without) == len(done.tasks):
            continue
        places = "、".join(f"第{t.ordinal}项" for t in without[:_MAX_LISTED]) + (
            "等" if len(without) > _MAX_LISTED else ""
        )
        findings.add(
            rule, INFO, f"表中有{what}一栏，但 {len(without)} 项任务未写明：{places}",
            table_id=table_id, computed=Decimal(len(without)), locator=table.locator,
        )  # fmt: skip


def _check_unit_marks(table_id: str, table: CleanTable, findings: Findings) -> None:
    """Marks in a unit-by-task matrix that nobody explained."""
    for c in table.roles.columns(ColumnRole.UNIT):
        for r in table.task_rows():
            cell = table.grid.cell(r, c)
            if cell.row == r and not is_unit_mark(cell.text):
                findings.add(
                    "unknown_mark", WARNING, f"不认识的标记{quote(cell.text)}，暂按配合单位理解，请核对",
                    table_id=table_id, locator=cell.locator,
                )  # fmt: skip


def _check_body_against_annex(table_id: str, done: TableTasks, duties: NumberedClauses, findings: Findings) -> None:
    """Rows that repeat the numbered duties of the body in other words or with other points."""
    pieces = duties.pieces
    tasks = [t for t in done.tasks if t.requirement]
    if not pieces or not tasks or len(tasks) * len(pieces) > 250_000:
        return
    found = align_rows([t.requirement or "" for t in tasks], duties)
    if sum(k is not None for k in found) * 10 < len(tasks) * 6:
        return
    for task, k in zip(tasks, found, strict=True):
        if k is None or "requirement" in task.repaired:
            continue
        if duties.alike(task.requirement or "")[k] > MIN_SIMILARITY and _meaningful_chars(
            task.requirement or ""
        ) != _meaningful_chars(pieces[k].text):
            clause = pieces[k].clause
            findings.add(
                "body_differs", INFO,
                f"附表与正文第 {clause.number} 条（{clause.locator}）表述不同，正文为{quote(pieces[k].text)}",
                table_id=table_id, task_id=task.task_id, locator=task.locator,
            )  # fmt: skip


def _meaningful_chars(text: str) -> str:
    return "".join(_MEANINGFUL.findall(comparison_key(text)))


def _check_stated_totals(tables: Sequence[TableReading], said: Sequence[Line], findings: Findings) -> None:
    """满分60分 in the text against the scores of a rubric; several rubrics leave open which one is meant."""
    sums = [(table_id, _sum_of_base_points(done)) for table_id, _, done in tables if _sum_of_base_points(done)]
    known = {total for _, total in sums} | {sum((total for _, total in sums), Decimal(0))}
    if not sums:
        return
    stated = [(Decimal(m["points"]), s.locator) for s in said for m in _total_pattern().finditer(squeeze(s.text))]
    if any(points in known for points, _ in stated):
        return
    nearest = min(stated, key=lambda one: abs(one[0] - sums[0][1]), default=None)
    if nearest is not None and len(sums) == 1:
        findings.add(
            "total_vs_stated", WARNING,
            f"文中写明满分 {format_points(nearest[0])} 分，表中各项分值之和为 {format_points(sums[0][1])} 分"
            "（不含加分项目）",
            table_id=sums[0][0], declared=nearest[0], computed=sums[0][1], locator=nearest[1],
        )  # fmt: skip


def _check_stated_counts(
    tables: Sequence[TableReading],
    indicators: Sequence[IndicatorRow],
    duties: set[int],
    said: Sequence[Line],
    findings: Findings,
) -> None:
    """11个测评项目、44条测评标准 in the text against what was read; `duties` are the numbers of duties in the body."""
    per_level: dict[tuple[str | None, int], int] = defaultdict(int)
    for row in indicators:
        per_level[(row.table_id, row.level)] += 1
    levels = set(per_level.values()) | {
        sum(n for (_, level), n in per_level.items() if level == k) for k in {level for _, level in per_level}
    }
    base = {sum(1 for i in indicators if i.level == k and not i.bonus) for k in {i.level for i in indicators}}
    tasks = {len(done.tasks) for _, _, done in tables} | {sum(len(done.tasks) for _, _, done in tables)}
    tasks |= {sum(1 for t in done.tasks if not t.bonus) for _, _, done in tables}
    known = levels | base | tasks | duties
    seen: set[str] = set()
    for piece in said:
        for found in _count_pattern().finditer(squeeze(piece.text)):
            if int(found["count"]) in known or found.group() in seen or not any(known):
                continue
            seen.add(found.group())
            findings.add(
                "stated_count", INFO, f"文中写有{quote(found.group())}，读出的指标、任务条数中没有这个数，请核对",
                declared=Decimal(found["count"]), locator=piece.locator,
            )  # fmt: skip


def _years_in(text: str) -> Iterator[int]:
    bare = _QUOTATION.sub("", squeeze(text))
    for found in _YEAR.finditer(bare):
        if not _AWARDED.search(bare[max(0, found.start() - 6) : found.end() + 12]):
            yield int(found["year"])


def _check_stale_years(tasks: Sequence[TaskRow], notice: NoticeRow, findings: Findings) -> None:
    """A year before the notice's own in a duty or a deadline: mostly a sentence copied from the last edition."""
    if notice.year is None:
        return
    first = min(notice.year, notice.period_start.year if notice.period_start else notice.year)
    for task in tasks:
        for text in (task.deadline, task.requirement):
            if not text or "年" not in text:
                continue
            stale = sorted({year for year in _years_in(text) if year < first})
            if stale:
                years = "、".join(f"{year}年" for year in stale)
                findings.add(
                    "stale_year", INFO, f"通知为 {notice.year} 年度，此处写的是{years}：{quote(text[:80])}",
                    table_id=task.table_id, task_id=task.task_id, locator=task.locator,
                )  # fmt: skip
                break


def _check_repeated_evidence(tables: Sequence[TableReading], findings: Findings) -> None:
    """The same material asked for by several tasks in cells of their own: one file may serve them all."""
    asked: dict[str, list[TaskRow]] = defaultdict(list)
    for _, table, done in tables:
        columns = table.roles.columns(ColumnRole.EVIDENCE)
        for task in done.tasks:
            own = task.row is not None and any(table.grid.cell(task.row, c).row == task.row for c in columns)
            key = comparison_key(task.evidence or "")
            if own and len(key) >= _MIN_EVIDENCE:
                asked[key].append(task)
    for same in asked.values():
        if len(same) > 1:
            places = "、".join(t.locator for t in same[:_MAX_LISTED]) + ("等" if len(same) > _MAX_LISTED else "")
            findings.add(
                "evidence_repeated", INFO,
                f"{len(same)} 项任务要求同样的材料（{places}）：{quote((same[0].evidence or '')[:80])}，可一并准备",
                table_id=same[0].table_id, task_id=same[0].task_id, computed=Decimal(len(same)),
                locator=same[0].locator,
            )  # fmt: skip
