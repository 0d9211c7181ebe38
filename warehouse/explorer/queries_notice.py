"""Queries of the pages of one notice, table or task, of the comparison and of the findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from warehouse.explorer.queries import Query, placeholders

FINDINGS_CAP: Final = 10_000
"""Findings that are counted and can be paged through."""
HEAVIEST_FIRST: Final = "array_position(['error', 'warning', 'info'], severity), finding_id"
"""The order of findings wherever they are listed."""


def of_notice(table: str, notice_id: str, order: str = "ordinal") -> Query:
    """Every row of a table that belongs to a notice; `table` and `order` are names, never input."""
    return f"SELECT * FROM {table} WHERE notice_id = ? ORDER BY {order}", [notice_id]


def notice(notice_id: str) -> Query:
    """A notice with its file."""
    return (
        "SELECT n.*, f.source_path, f.format, f.ingested_at "
        "FROM core.notices AS n JOIN core.files AS f USING (file_id) WHERE n.notice_id = ?",
        [notice_id],
    )


def next_edition(notice_id: str) -> Query:
    """The edition that came after this one."""
    return "SELECT notice_id FROM core.notices WHERE supersedes = ? LIMIT 1", [notice_id]


def notice_counts(notice_id: str) -> Query:
    """Counts and sums of one notice."""
    return (
        "SELECT count(*) AS tasks, sum(points) FILTER (WHERE NOT bonus) AS points, "
        "sum(points) FILTER (WHERE bonus) AS bonus_points, count(DISTINCT indicator_id) AS indicators "
        "FROM core.tasks WHERE notice_id = ?",
        [notice_id],
    )


def topic_weights(notice_ids: Sequence[str]) -> Query:
    """Base points, share and tasks by theme of these notices."""
    return (
        "SELECT notice_id, topic, points, share, tasks, task_share FROM mart.topic_weights "
        f"WHERE notice_id IN ({placeholders(notice_ids)}) ORDER BY notice_id, coalesce(share, task_share) DESC, topic",
        [*notice_ids],
    )


def similarity(notice_ids: Sequence[str]) -> Query:
    """How alike these notices are, pair by pair, in both directions."""
    marks = placeholders(notice_ids)
    return (
        "SELECT notice_a, notice_b, weight_cosine, topic_jaccard, text_overlap, matched_tasks "
        f"FROM mart.rubric_similarity WHERE notice_a IN ({marks}) AND notice_b IN ({marks}) ORDER BY ALL",
        [*notice_ids, *notice_ids],
    )


def most_similar(notice_id: str, limit: int) -> Query:
    """The notices that are most like this one."""
    return (
        "SELECT notice_b, weight_cosine, topic_jaccard, text_overlap, matched_tasks FROM mart.rubric_similarity "
        "WHERE notice_a = ? ORDER BY weight_cosine DESC NULLS LAST, text_overlap DESC NULLS LAST, notice_b LIMIT ?",
        [notice_id, limit],
    )


def compared_tasks(notice_ids: Sequence[str], limit: int) -> Query:
    """Base tasks of these notices by theme, at most `limit` per notice and theme, with the points of each."""
    return (
        "SELECT t.task_id, t.notice_id, p.topic, t.label, t.requirement, t.table_id, t.locator, p.points_each, "
        "row_number() OVER (PARTITION BY t.notice_id, p.topic ORDER BY t.ordinal, t.task_id) AS place "
        "FROM core.tasks AS t JOIN mart.task_points AS p USING (task_id) "
        f"WHERE t.notice_id IN ({placeholders(notice_ids)}) AND p.notice_id IN ({placeholders(notice_ids)}) "
        "AND NOT p.bonus QUALIFY place <= ? ORDER BY t.notice_id, p.topic, place",
        [*notice_ids, *notice_ids, limit],
    )


def counterparts_between(notice_ids: Sequence[str]) -> Query:
    """Counterparts among the tasks of these notices."""
    marks = placeholders(notice_ids)
    return (
        "SELECT task_a, task_b, notice_a, notice_b, relation, similarity FROM mart.topic_crosswalk "
        f"WHERE notice_a IN ({marks}) AND notice_b IN ({marks}) "
        "ORDER BY notice_a, task_a, similarity DESC NULLS FIRST, task_b",
        [*notice_ids, *notice_ids],
    )


def counterparts(task_id: str, limit: int) -> Query:
    """Tasks of other notices that ask for the same, best first."""
    return (
        "SELECT x.task_b, x.notice_b, x.similarity, x.relation, x.basis, t.requirement, t.points, t.label "
        "FROM mart.topic_crosswalk AS x JOIN core.tasks AS t ON t.task_id = x.task_b "
        "WHERE x.task_a = ? ORDER BY x.basis = 'review' DESC, x.similarity DESC NULLS LAST, x.task_b LIMIT ?",
        [task_id, limit],
    )


def of_task(table: str, task_id: str) -> Query:
    """The rows of a child table of one task; `table` is a name, never input."""
    return f"SELECT * FROM {table} WHERE task_id = ? ORDER BY ordinal", [task_id]


def task_findings(task_id: str, notice_id: str) -> Query:
    """Findings about one task."""
    return (
        f"SELECT * FROM core.findings WHERE notice_id = ? AND task_id = ? ORDER BY {HEAVIEST_FIRST}",
        [notice_id, task_id],
    )


def task_points(task_id: str) -> Query:
    """The points of one task when a score cell over several rows is spread over them."""
    return "SELECT points_each FROM mart.task_points WHERE task_id = ?", [task_id]


def editions_of_task(task_id: str) -> Query:
    """The task of the former and of the next edition."""
    return (
        "SELECT v.previous_task_id AS task_id, 'previous' AS which, t.notice_id, t.requirement, v.similarity "
        "FROM mart.task_versions AS v JOIN core.tasks AS t ON t.task_id = v.previous_task_id WHERE v.task_id = ? "
        "UNION ALL SELECT v.task_id, 'next', t.notice_id, t.requirement, v.similarity "
        "FROM mart.task_versions AS v JOIN core.tasks AS t ON t.task_id = v.task_id WHERE v.previous_task_id = ?",
        [task_id, task_id],
    )


def clause_at(notice_id: str, locator: str) -> Query:
    """The clause that a task of the running text was read from: the one at its place."""
    return (
        "SELECT clause_id FROM core.clauses WHERE notice_id = ? AND locator = ? ORDER BY ordinal LIMIT 1",
        [notice_id, locator],
    )


def table(table_id: str, notice_id: str) -> Query:
    """One table of a notice."""
    return "SELECT * FROM core.tables WHERE table_id = ? AND notice_id = ?", [table_id, notice_id]


def cells(table_id: str, first: int, last: int) -> Query:
    """Cells of a table that touch the rows from `first` to `last`, and its header; in reading order."""
    return (
        'SELECT "row", col, row_span, col_span, text, locator FROM core.cells WHERE table_id = ? '
        'AND ("row" < 0 OR ("row" <= ? AND "row" + row_span > ?)) ORDER BY "row", col',
        [table_id, last, first],
    )


def row_bounds(table_id: str) -> Query:
    """The first and last row of a table, the header's below zero."""
    return (
        'SELECT min("row") AS first, max("row" + row_span) - 1 AS last, count(*) AS cells '
        "FROM core.cells WHERE table_id = ?",
        [table_id],
    )


def table_tasks(table_id: str, notice_id: str) -> Query:
    """The tasks of a table with their rows."""
    return (
        'SELECT task_id, "row", label FROM core.tasks WHERE notice_id = ? AND table_id = ? ORDER BY "row", ordinal',
        [notice_id, table_id],
    )


def indicator(indicator_id: str) -> Query:
    """One indicator."""
    return "SELECT * FROM core.indicators WHERE indicator_id = ?", [indicator_id]


def finding(finding_id: str) -> Query:
    """One finding."""
    return "SELECT * FROM core.findings WHERE finding_id = ?", [finding_id]


def cell_at(table_id: str, locator: str) -> Query:
    """The cell that a locator names."""
    return (
        'SELECT "row", col FROM core.cells WHERE table_id = ? AND locator = ? ORDER BY "row", col LIMIT 1',
        [table_id, locator],
    )


def findings(*, severity: str, rule: str, notice: str, state: str, words: Sequence[str]) -> Query:
    """Findings that fit, the heaviest first, at most FINDINGS_CAP + 1."""
    tests, parameters = ["true"], []
    for column, value in (("severity", severity), ("rule", rule), ("notice_id", notice)):
        if value:
            tests.append(f"d.{column} = ?")
            parameters.append(value)
    if state != "all":
        tests.append("d.dismissed IS NULL" if state == "open" else "d.dismissed IS NOT NULL")
    for word in words:
        tests.append("contains(d.message, ?)")
        parameters.append(word)
    return (
        "WITH hit AS MATERIALIZED (SELECT d.* FROM core.findings AS d "
        f"WHERE {' AND '.join(tests)} ORDER BY {HEAVIEST_FIRST} LIMIT {FINDINGS_CAP + 1}) "
        "SELECT h.*, coalesce(f.source_path, g.source_path) AS source_path FROM hit AS h "
        "LEFT JOIN core.notices AS n USING (notice_id) "
        "LEFT JOIN core.files AS f ON f.file_id = h.file_id LEFT JOIN core.files AS g ON g.file_id = n.file_id "
        "ORDER BY array_position(['error', 'warning', 'info'], h.severity), source_path, h.finding_id",
        parameters,
    )


def finding_rules() -> Query:
    """The rules that found something, by severity."""
    return (
        "SELECT rule, severity, count(*) AS findings FROM core.findings GROUP BY ALL ORDER BY findings DESC, rule",
        [],
    )


def changes(notice_id: str) -> Query:
    """Changes against the former edition, by kind."""
    return (
        'SELECT change, count(*) AS changes FROM mart.notice_changes WHERE notice_id = ? GROUP BY "change" '
        "ORDER BY changes DESC",
        [notice_id],
    )
