"""Checks of one notice: points and totals, stated counts, stale years, missing fields, body against annex."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from extractors.body.line_joining import Line
from extractors.body.provisions import Clause
from extractors.layouts import show_name
from extractors.normalize import is_placeholder, strip_whitespace
from extractors.notice.alignment import MAX_COMPARISONS, MIN_SIMILARITY, NumberedClauses, align_rows, comparison_key
from extractors.notice.findings import Findings, format_points, join_listed, quote
from extractors.notice.table_doubts import MIN_CONFIDENCE
from extractors.notice.tasks import TableReading, TableTasks
from extractors.notice.unit_columns import read_matrix_roles
from extractors.parsers.item_points import max_points
from extractors.parsers.points import cell_points
from extractors.parsers.stated_amounts import find_counts, find_totals
from extractors.parsers.unit_roles import is_unit_mark
from extractors.records import IndicatorRow, NoticeRow, Rule, Severity, TaskRow
from extractors.tables.clean_table import CleanTable, TableKind
from extractors.tables.column_roles import ColumnRole
from extractors.tables.row_kinds import RowKind

_YEAR = re.compile(r"(?<![\d—\-－–~至年])(?P<year>20\d\d)年(?!\s*(?:以来|起|以前|之前|[-—－–~至]|修订|版|修正))")
_QUOTATION = re.compile(r"《[^《》]*》|〔[^〔〕]*〕|[（(](?:19|20)\d\d\s*[-—－–~至][^（）()]*[）)]")
_AWARDED = re.compile(r"获|授予|命名|评为|评选|表彰|颁布|印发|施行|实施的|通过")
_MIN_EVIDENCE = 8
_MEANINGFUL = re.compile(r"[\u3400-\u9fffA-Za-z0-9%‰≥≤><＞＜=]")
"""Characters that make a difference between row and clause: words, digits, operators, but no punctuation."""


def check_points(
    tables: Sequence[TableReading], prose: TableTasks, indicators: Sequence[IndicatorRow], findings: Findings
) -> None:
    """Check points and gaps of the tables and of the running text of one notice."""
    _check_headers(tables, findings)
    for table_id, table, table_tasks in tables:
        _check_inline_points(table_tasks, bool(table.roles.columns(ColumnRole.POINTS)), findings)
        _check_gaps(table, table_tasks, findings)
        _check_totals(table, table_tasks, table_id, findings)
    tasks = [t for _, _, table_tasks in tables for t in table_tasks.tasks]
    _check_heading_points(indicators, [*tasks, *prose.tasks], findings)
    _check_headings_without_points(None, prose, indicators, findings)


def check_consistency(
    tables: Sequence[TableReading],
    indicators: Sequence[IndicatorRow],
    lines: Sequence[Line],
    clauses: Sequence[Clause],
    findings: Findings,
    *,
    prose: TableTasks,
    notice: NoticeRow,
    numbered: NumberedClauses,
    mark_roles: Mapping[str, str],
) -> None:
    """Run the remaining checks over one notice.

    Args:
        tables: the tables with their tasks.
        prose: the tasks of the running text.
        indicators: the headings of the notice.
        lines: the lines outside of tables.
        clauses: the clauses of the body.
        findings: collects the findings.
        notice: the metadata of the notice.
        numbered: the numbered clauses.
        mark_roles: what the notice says of the marks of its matrices.
    """
    for table_id, table, table_tasks in tables:
        _check_heading_sums(table_id, table, table_tasks, indicators, findings)
        _check_blank_columns(table_id, table, table_tasks, findings)
        _check_unit_marks(table_id, table, mark_roles, findings)
        _check_body_against_annex(table_id, table_tasks, numbered, findings)
    tasks = [task for _, _, table_tasks in tables for task in table_tasks.tasks] + prose.tasks
    of_headings = {row.points for row in indicators if row.table_id is None and row.points is not None}
    _check_stated_totals(tables, prose, of_headings, lines, findings)
    counts = {len(clauses), len(numbered.run), len(prose.tasks)}
    _check_stated_counts(tables, indicators, counts, lines, findings)
    _check_stale_years(tasks, notice, findings)
    _check_repeated_evidence(tables, findings)


def _check_headers(tables: Sequence[TableReading], findings: Findings) -> None:
    """Report header texts missing in the vocabulary, each once with the number of tables under it.

    In a table that is sure without them they are only worth knowing.
    """
    places: dict[str, list[tuple[str, CleanTable, int]]] = {}
    for table_id, table, _ in tables:
        if table.kind in (TableKind.ROSTER, TableKind.OTHER):
            continue
        for c in table.roles.unknown:
            places.setdefault(table.columns[c], []).append((table_id, table, c))
    for text, uses in places.items():
        first, table, _ = uses[0]
        understood = "、".join(dict.fromkeys(show_name("columns", other.roles.names[c]) for _, other, c in uses))
        is_sure = all((other.confidence or 0.0) >= MIN_CONFIDENCE for _, other, _ in uses)
        count = len({table_id for table_id, _, _ in uses})
        where = f"（共 {count} 张表）" if count > 1 else ""
        findings.add(
            Rule.UNKNOWN_HEADER,
            Severity.INFO if is_sure else Severity.WARNING,
            f"表头“{text}”{where}不在词表中，按内容理解为{understood}，请核对",
            table_id=first,
            locator=table.locator,
        )


def _children(rows: Sequence[IndicatorRow], parent: IndicatorRow) -> list[IndicatorRow]:
    return [r for r in rows if r.parent_id == parent.indicator_id]


def _descendants(rows: Sequence[IndicatorRow], top: IndicatorRow) -> set[str]:
    ids = {top.indicator_id}
    for row in rows:
        if row.parent_id in ids:
            ids.add(row.indicator_id)
    return ids


def _check_heading_points(rows: Sequence[IndicatorRow], tasks: Sequence[TaskRow], findings: Findings) -> None:
    """Check declared points of a heading against the sum of its parts and against the points below it."""
    for row in rows:
        if row.points is None:
            continue
        parts = [c.points for c in _children(rows, row) if c.points is not None]
        if parts and len(parts) == len(_children(rows, row)) and sum(parts) != row.points:
            _add_difference(findings, Rule.HEADING_VS_PARTS, row, sum(parts, Decimal(0)), "下级指标之和")
        inside = _descendants(rows, row)
        below = [task for task in tasks if task.indicator_id in inside]
        scored = [task.points for task in below if task.points is not None]
        # An item with an award for each piece is worth what they may reach together.
        open_items = [task for task in below if task.points is None and task.points_rows == 1]
        reachable = sum((max_points(task.requirement or "") for task in open_items), Decimal(0))
        if scored and row.points not in (sum(scored), sum(scored) + reachable):
            _add_difference(findings, Rule.HEADING_VS_TASKS, row, sum(scored, Decimal(0)), "各项分值之和")


def _add_difference(findings: Findings, rule: str, row: IndicatorRow, computed: Decimal, what: str) -> None:
    where = f"{row.code or ''}{row.name}"
    findings.add(
        rule, Severity.WARNING,
        f"{quote(where)}标明 {format_points(row.points)} 分，{what}为 {format_points(computed)} 分",
        table_id=row.table_id, declared=row.points, computed=computed, locator=row.locator,
    )  # fmt: skip


def _check_inline_points(table_tasks: TableTasks, has_points_column: bool, findings: Findings) -> None:
    """Check the awards written inside the tasks of one points cell against that cell."""
    if not has_points_column:
        return
    start = 0
    while start < len(table_tasks.tasks):
        task = table_tasks.tasks[start]
        group = table_tasks.tasks[start : start + max(task.points_rows, 1)]
        start += len(group)
        inline = sum((p for t in group for p in t.inline_points), Decimal(0))
        if task.points is None or not inline or inline == task.points:
            continue
        findings.add(
            Rule.INLINE_VS_POINTS, Severity.INFO,
            f"分值栏为 {format_points(task.points)} 分，文中括注合计 {format_points(inline)} 分"
            "（可能为二选一或重复计分）",
            table_id=task.table_id, task_id=task.task_id, declared=task.points, computed=inline, locator=task.locator,
        )  # fmt: skip


def _check_gaps(table: CleanTable, table_tasks: TableTasks, findings: Findings) -> None:
    """Report tasks without text and tasks without a responsible unit."""
    columns = table.roles.columns(ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT, ColumnRole.UNIT)
    for task in table_tasks.tasks:
        if task.requirement is None:
            findings.add(
                Rule.NO_REQUIREMENT,
                Severity.ERROR,
                "这一行没有可读的任务文字",
                table_id=task.table_id,
                task_id=task.task_id,
                locator=task.locator,
            )
        if columns and not table_tasks.parties[task.task_id] and not _has_unread_party(table, task.row, columns):
            findings.add(
                Rule.NO_PARTY, Severity.INFO, f"未写明责任单位：{quote((task.requirement or '')[:60])}",
                table_id=task.table_id, task_id=task.task_id, locator=task.locator,
            )  # fmt: skip


def _has_unread_party(table: CleanTable, r: int | None, columns: Sequence[int]) -> bool:
    """Return whether a row has a text for its units that could not be read, which is a finding of its own."""
    texts = [] if r is None else [table.grid.cell(r, c).text for c in columns]
    return any(text and not is_placeholder(text) for text in texts)


def _check_totals(table: CleanTable, table_tasks: TableTasks, table_id: str, findings: Findings) -> None:
    """Check rows of totals against all points on their side, and against those up to the next total.

    Totals stand below what they add up, unless the first one has no points above it.
    """
    column = next(iter(table.roles.columns(ColumnRole.POINTS)), None)
    if column is None:
        return
    points = {
        table_tasks.rows[t.task_id][0]: t.points
        for t in table_tasks.tasks
        if t.points is not None and table_tasks.rows[t.task_id]
    }
    totals = [r for r, kind in enumerate(table.kinds) if kind is RowKind.TOTAL]
    for i, r in enumerate(totals):
        declared = cell_points(table.grid.cell(r, column).text)
        if declared is None:
            continue
        last, following = totals[i - 1] if i else -1, totals[i + 1] if i + 1 < len(totals) else table.grid.n_rows
        above, since_last = _sum_points(points, 0, r), _sum_points(points, last, r)
        if declared in (above, since_last):
            continue
        place, computed = "以上", above
        if not _sum_points(points, 0, totals[0]):
            below, until_next = _sum_points(points, r, table.grid.n_rows), _sum_points(points, r, following)
            if declared in (below, until_next):
                continue
            place, computed = ("以上", above) if above else ("以下", below)
        findings.add(
            Rule.TOTAL_VS_TASKS,
            Severity.WARNING,
            f"合计行标明 {format_points(declared)} 分，{place}各项分值之和为 {format_points(computed)} 分",
            declared=declared,
            computed=computed,
            table_id=table_id,
            locator=table.grid.cell(r, column).locator,
        )


def _sum_points(points: Mapping[int, Decimal], start: int, stop: int) -> Decimal:
    """Return the sum of the points of the tasks that begin in the rows `start`..`stop`."""
    return sum((p for row, p in points.items() if start <= row < stop), Decimal(0))


def _sum_of_base_points(table_tasks: TableTasks) -> Decimal:
    return sum((t.points for t in table_tasks.tasks if t.points is not None and not t.bonus), Decimal(0))


def _check_heading_sums(
    table_id: str, table: CleanTable, table_tasks: TableTasks, indicators: Sequence[IndicatorRow], findings: Findings
) -> None:
    """Check the sum of the outermost headings against the sum of the points, if every one declares points."""
    tops = [i for i in indicators if i.table_id == table_id and i.level == 1 and not i.bonus]
    declared = sum((i.points for i in tops if i.points is not None), Decimal(0))
    computed = _sum_of_base_points(table_tasks)
    if len(tops) > 1 and all(i.points is not None for i in tops) and computed and declared != computed:
        findings.add(
            Rule.HEADINGS_VS_TASKS, Severity.WARNING,
            f"一级指标标明的分值合计 {format_points(declared)} 分，各项分值之和为 {format_points(computed)} 分"
            "（均不含加分项目）",
            table_id=table_id, declared=declared, computed=computed, locator=table.locator,
        )  # fmt: skip
    _check_headings_without_points(table_id, table_tasks, indicators, findings)


def _check_headings_without_points(
    table_id: str | None, table_tasks: TableTasks, indicators: Sequence[IndicatorRow], findings: Findings
) -> None:
    """Report headings without points if most of their siblings declare some and their tasks earn some."""
    rows = [i for i in indicators if i.table_id == table_id]
    peers: dict[str | None, list[bool]] = defaultdict(list)
    for row in rows:
        peers[row.parent_id].append(row.points is not None)
    parents = {row.indicator_id: row.parent_id for row in rows}
    earning: set[str] = set()
    for task in table_tasks.tasks:
        indicator_id = task.indicator_id if task.points else None
        while indicator_id is not None and indicator_id not in earning:
            earning.add(indicator_id)
            indicator_id = parents.get(indicator_id)
    for row in rows:
        lacks_points = row.points is None and not row.bonus and row.indicator_id in earning
        if lacks_points and sum(peers[row.parent_id]) * 2 > len(peers[row.parent_id]):
            name = quote((row.code or "") + row.name)
            findings.add(
                Rule.HEADING_WITHOUT_POINTS, Severity.INFO, f"多数同级指标标明了分值，{name}没有标明",
                table_id=table_id, locator=row.locator,
            )  # fmt: skip


def _check_blank_columns(table_id: str, table: CleanTable, table_tasks: TableTasks, findings: Findings) -> None:
    """Report tasks that leave a lead, deadline or points column of their table empty, one finding per column."""
    leads = {t.task_id for t in table_tasks.tasks if any(p.role == "lead" for p in table_tasks.parties[t.task_id])}
    scored = {t.task_id for t in table_tasks.tasks if t.points is not None or t.points_rows > 1 or t.bonus}
    dated = {t.task_id for t in table_tasks.tasks if t.deadline}
    for rule, column_name, roles, complete in (
        (Rule.NO_LEAD, "牵头单位", (ColumnRole.LEAD, ColumnRole.UNIT), leads),
        (Rule.NO_DEADLINE, "完成时限", (ColumnRole.DEADLINE,), dated),
        (Rule.NO_POINTS, "分值", (ColumnRole.POINTS,), scored),
    ):
        columns = table.roles.columns(*roles)
        # A dash means that there is none; a column that is never filled is no evidence about a single task.
        incomplete = [
            t
            for t in table_tasks.tasks
            if t.task_id not in complete and not any(table.grid.cell(t.row or 0, c).text for c in columns)
        ]
        if not columns or not incomplete or len(incomplete) == len(table_tasks.tasks):
            continue
        places = join_listed([f"第{t.ordinal}项" for t in incomplete])
        findings.add(
            rule, Severity.INFO, f"表中有{column_name}一栏，但 {len(incomplete)} 项任务未写明：{places}",
            table_id=table_id, computed=Decimal(len(incomplete)), locator=table.locator,
        )  # fmt: skip


def _check_unit_marks(table_id: str, table: CleanTable, explained: Mapping[str, str], findings: Findings) -> None:
    """Report marks in a unit-by-task matrix that neither the notice nor the vocabulary explains."""
    roles = read_matrix_roles(table, explained)
    for c in table.roles.columns(ColumnRole.UNIT):
        for r in table.task_rows():
            cell = table.grid.cell(r, c)
            mark = strip_whitespace(cell.text)
            if cell.row == r and mark not in explained and not is_unit_mark(mark):
                meaning = "牵头" if roles.get(mark) == "lead" else "配合"
                message = f"不认识的标记{quote(cell.text)}，暂按{meaning}单位理解，请核对"
                findings.add(Rule.UNKNOWN_MARK, Severity.WARNING, message, table_id=table_id, locator=cell.locator)


def _check_body_against_annex(
    table_id: str, table_tasks: TableTasks, numbered: NumberedClauses, findings: Findings
) -> None:
    """Report rows that repeat a numbered clause of the body in other words or with other points."""
    parts = numbered.parts
    tasks = [t for t in table_tasks.tasks if t.requirement]
    if not parts or not tasks or len(tasks) * len(parts) > MAX_COMPARISONS:
        return
    aligned = align_rows([t.requirement or "" for t in tasks], numbered)
    if sum(k is not None for k in aligned) * 10 < len(tasks) * 6:
        return
    for task, k in zip(tasks, aligned, strict=True):
        if k is None or "requirement" in task.repaired:
            continue
        if numbered.similarities(task.requirement or "")[k] > MIN_SIMILARITY and _meaningful_chars(
            task.requirement or ""
        ) != _meaningful_chars(parts[k].text):
            clause = parts[k].clause
            findings.add(
                Rule.BODY_DIFFERS, Severity.INFO,
                f"附表与正文第 {clause.number} 条（{clause.locator}）表述不同，正文为{quote(parts[k].text)}",
                table_id=table_id, task_id=task.task_id, locator=task.locator,
            )  # fmt: skip


def _meaningful_chars(text: str) -> str:
    return "".join(_MEANINGFUL.findall(comparison_key(text)))


def _check_stated_totals(
    tables: Sequence[TableReading],
    prose: TableTasks,
    of_headings: set[Decimal],
    lines: Sequence[Line],
    findings: Findings,
) -> None:
    """Check 满分60分 in the text against the points of a rubric; with several rubrics the meant one is unknown.

    `of_headings` are the points that headings of the running text state, which are no totals.
    """
    sources: list[tuple[str | None, TableTasks]] = [(table_id, table_tasks) for table_id, _, table_tasks in tables]
    sums = [
        (table_id, total)
        for table_id, table_tasks in [*sources, (None, prose)]
        if (total := _sum_of_base_points(table_tasks))
    ]
    known = {total for _, total in sums} | {sum((total for _, total in sums), Decimal(0))}
    if not sums:
        return
    places = {task.locator for task in prose.tasks}
    stated = [
        (total.low, line.locator)
        for line in lines
        if line.locator not in places
        for total in find_totals(line.text)
        if total.low is not None and total.low not in of_headings
    ]
    if any(points in known for points, _ in stated):
        return
    nearest = min(stated, key=lambda pair: abs(pair[0] - sums[0][1]), default=None)
    if nearest is not None and len(sums) == 1:
        findings.add(
            Rule.TOTAL_VS_STATED, Severity.WARNING,
            f"文中写明满分 {format_points(nearest[0])} 分，{'表中' if sums[0][0] else '正文'}各项分值之和为"
            f" {format_points(sums[0][1])} 分"
            "（不含加分项目）",
            table_id=sums[0][0], declared=nearest[0], computed=sums[0][1], locator=nearest[1],
        )  # fmt: skip


def _check_stated_counts(
    tables: Sequence[TableReading],
    indicators: Sequence[IndicatorRow],
    clause_counts: set[int],
    lines: Sequence[Line],
    findings: Findings,
) -> None:
    """Check 11个测评项目, 44条测评标准 in the text against what was read.

    `clause_counts` are the numbers of clauses and tasks in the body.
    """
    per_level: dict[tuple[str | None, int], int] = defaultdict(int)
    for row in indicators:
        per_level[(row.table_id, row.level)] += 1
    levels = set(per_level.values()) | {
        sum(n for (_, level), n in per_level.items() if level == k) for k in {level for _, level in per_level}
    }
    base = {sum(1 for i in indicators if i.level == k and not i.bonus) for k in {i.level for i in indicators}}
    tasks = {len(table_tasks.tasks) for _, _, table_tasks in tables} | {
        sum(len(table_tasks.tasks) for _, _, table_tasks in tables)
    }
    tasks |= {sum(1 for t in table_tasks.tasks if not t.bonus) for _, _, table_tasks in tables}
    base |= set(Counter((row.table_id, row.level) for row in indicators if not row.bonus).values())
    known = levels | base | tasks | clause_counts
    seen: set[str] = set()
    for line in lines:
        for count in find_counts(line.text):
            if count.low in known or count.raw in seen or not any(known):
                continue
            seen.add(count.raw)
            findings.add(
                Rule.STATED_COUNT, Severity.INFO,
                f"文中写有{quote(count.raw)}，读出的指标、任务条数中没有这个数，请核对",
                declared=count.low, locator=line.locator,
            )  # fmt: skip


def _years_in(text: str) -> Iterator[int]:
    unquoted = _QUOTATION.sub("", strip_whitespace(text))
    for match in _YEAR.finditer(unquoted):
        if not _AWARDED.search(unquoted[max(0, match.start() - 6) : match.end() + 12]):
            yield int(match["year"])


def _check_stale_years(tasks: Sequence[TaskRow], notice: NoticeRow, findings: Findings) -> None:
    """Report a year before that of the notice in a requirement or deadline, mostly copied from the last version."""
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
                    Rule.STALE_YEAR, Severity.INFO, f"通知为 {notice.year} 年度，此处写的是{years}：{quote(text[:80])}",
                    table_id=task.table_id, task_id=task.task_id, locator=task.locator,
                )  # fmt: skip
                break


def _check_repeated_evidence(tables: Sequence[TableReading], findings: Findings) -> None:
    """Report material that several tasks require in cells of their own: one file may serve them all."""
    tasks_by_evidence: dict[str, list[TaskRow]] = defaultdict(list)
    for _, table, table_tasks in tables:
        columns = table.roles.columns(ColumnRole.EVIDENCE)
        for task in table_tasks.tasks:
            has_own_cell = task.row is not None and any(table.grid.cell(task.row, c).row == task.row for c in columns)
            key = comparison_key(task.evidence or "")
            if has_own_cell and len(key) >= _MIN_EVIDENCE:
                tasks_by_evidence[key].append(task)
    for group in tasks_by_evidence.values():
        if len(group) > 1:
            places = join_listed([t.locator for t in group])
            findings.add(
                Rule.EVIDENCE_REPEATED, Severity.INFO,
                f"{len(group)} 项任务要求同样的材料（{places}）：{quote((group[0].evidence or '')[:80])}，可一并准备",
                table_id=group[0].table_id, task_id=group[0].task_id, computed=Decimal(len(group)),
                locator=group[0].locator,
            )  # fmt: skip
