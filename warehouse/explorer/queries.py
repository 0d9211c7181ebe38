"""Queries of the explorer, as functions that return SQL and parameters; named after what they return.

Each takes less than a second on a million tasks: text search is one pass that stops at `MAX_HITS` hits, everything else
looks up rows of one notice, table or task.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from warehouse.doubtful_tables import TABLES_SQL, UNREAD_SQL
from warehouse.explorer.search_params import SearchFilter
from warehouse.inbox import COUNT_SQL

Query = tuple[str, list[Any]]
MAX_HITS: Final = 10_000
"""Maximum number of hits that are counted and listed."""
SEARCHED_COLUMNS: Final = ("requirement", "criteria", "scoring", "evidence", "deadline", "remark")
"""Task columns that are searched for words."""
_INDICATOR_TREE: Final = (
    "WITH RECURSIVE below AS (SELECT indicator_id FROM core.indicators WHERE indicator_id = ? "
    "UNION ALL SELECT i.indicator_id FROM core.indicators AS i JOIN below AS b ON i.parent_id = b.indicator_id) "
    "SELECT indicator_id FROM below"
)
"""Subquery for an indicator (its parameter) and all its descendants."""
MAX_FINDINGS: Final = 10_000
"""Maximum number of findings that are counted and listed."""
FINDINGS_ORDER: Final = "array_position(['error', 'warning', 'info'], severity), finding_id"
"""Order of findings in all lists."""


def task_hits(search_filter: SearchFilter, *, is_exact_unit: bool, is_exact_party: bool) -> Query:
    """Matching tasks (task_id, notice_id, elsewhere), at most MAX_HITS + 1.

    Tasks whose requirement contains all words come first, then those with hits in other columns (`elsewhere`); both in
    the order of notices and tables.

    Args:
        search_filter: Words and filters.
        is_exact_unit: Whether the unit is a whole name, not a part of one.
        is_exact_party: Whether the department is a whole name, not a part of one.
    """
    condition, parameters = _notice_condition(search_filter, is_exact_unit=is_exact_unit)
    tests = [f"t.notice_id IN (SELECT n.notice_id FROM core.notices AS n WHERE {condition})"]
    if search_filter.theme:
        tests.append("t.topic = ?")
        parameters.append(search_filter.theme)
    if search_filter.bonus:
        tests.append("t.bonus" if search_filter.bonus == "yes" else "NOT t.bonus")
    if search_filter.indicator:
        tests.append(f"t.indicator_id IN ({_INDICATOR_TREE})")
        parameters.append(search_filter.indicator)
    if search_filter.department:
        test = "party = ?" if is_exact_party else "contains(party, ?)"
        tests.append(f"t.task_id IN (SELECT task_id FROM core.task_parties WHERE {test})")
        parameters.append(search_filter.department)
    if search_filter.evidence:
        tests.append("t.task_id IN (SELECT task_id FROM core.task_evidence WHERE kind = ?)")
        parameters.append(search_filter.evidence)
    if search_filter.month:
        first = f"{search_filter.month}-01"
        tests.append(
            "t.task_id IN (SELECT task_id FROM mart.due_days "
            "WHERE due_on >= CAST(? AS DATE) AND due_on < CAST(? AS DATE) + INTERVAL 1 MONTH)"
        )
        parameters += [first, first]
    if search_filter.method:
        tests.append("list_contains(t.methods, ?)")
        parameters.append(search_filter.method)
    if search_filter.person:
        tests.append("(contains(t.leader, ?) OR contains(array_to_string(t.persons, '、'), ?))")
        parameters += [search_filter.person, search_filter.person]
    word_tests, word_parameters = _all_words(search_filter.words, [f"t.{column}" for column in SEARCHED_COLUMNS])
    requirement_tests, requirement_parameters = _all_words(search_filter.words, ["coalesce(t.requirement, '')"])
    rank = f"NOT ({' AND '.join(requirement_tests)})" if requirement_tests else "false"
    sql = f"""
        WITH hit AS MATERIALIZED (
            SELECT t.task_id, t.notice_id, t.table_id, t.ordinal, {rank} AS elsewhere FROM core.tasks AS t
            WHERE {" AND ".join([*tests, *word_tests])} LIMIT {MAX_HITS + 1}
        )
        SELECT h.task_id, h.notice_id, h.elsewhere
        FROM hit AS h JOIN core.notices AS n USING (notice_id) LEFT JOIN core.tables AS b ON b.table_id = h.table_id
        ORDER BY h.elsewhere, n.year DESC NULLS LAST, n.division_code, h.notice_id, b.ordinal NULLS FIRST, h.ordinal,
                 h.task_id
    """
    return sql, [*requirement_parameters, *parameters, *word_parameters]


def indicator_hits(search_filter: SearchFilter, *, is_exact_unit: bool) -> Query:
    """Matching indicators (indicator_id, notice_id), at most MAX_HITS + 1; task-only filters are ignored."""
    condition, parameters = _notice_condition(search_filter, is_exact_unit=is_exact_unit)
    tests = [f"i.notice_id IN (SELECT n.notice_id FROM core.notices AS n WHERE {condition})"]
    if search_filter.theme:
        tests.append("i.topic = ?")
        parameters.append(search_filter.theme)
    if search_filter.bonus:
        tests.append("i.bonus" if search_filter.bonus == "yes" else "NOT i.bonus")
    if search_filter.indicator:
        tests.append(f"i.indicator_id IN ({_INDICATOR_TREE})")
        parameters.append(search_filter.indicator)
    word_tests, word_parameters = _all_words(search_filter.words, ["i.name", "i.code"])
    sql = f"""
        WITH hit AS MATERIALIZED (
            SELECT i.indicator_id, i.notice_id, i.ordinal FROM core.indicators AS i
            WHERE {" AND ".join([*tests, *word_tests])} LIMIT {MAX_HITS + 1}
        )
        SELECT h.indicator_id, h.notice_id, false AS elsewhere FROM hit AS h JOIN core.notices AS n USING (notice_id)
        ORDER BY n.year DESC NULLS LAST, n.division_code, h.notice_id, h.ordinal
    """
    return sql, [*parameters, *word_parameters]


def tasks(task_ids: Sequence[str]) -> Query:
    """Tasks with all columns and their lead and support parties, unordered."""
    marks = placeholders(task_ids)
    sql = f"""
        SELECT t.*, r.leads, r.supports
        FROM core.tasks AS t
        LEFT JOIN (
            SELECT task_id,
                   list(concat_ws('', scope, party) ORDER BY ordinal) FILTER (WHERE role = 'lead') AS leads,
                   list(concat_ws('', scope, party) ORDER BY ordinal) FILTER (WHERE role = 'support') AS supports
            FROM core.task_parties WHERE task_id IN ({marks}) GROUP BY task_id
        ) AS r USING (task_id)
        WHERE t.task_id IN ({marks})
    """
    return sql, [*task_ids, *task_ids]


def indicators(indicator_ids: Sequence[str]) -> Query:
    """Indicators with the number of tasks directly below them, unordered."""
    marks = placeholders(indicator_ids)
    sql = f"""
        SELECT i.*, coalesce(k.tasks, 0) AS tasks
        FROM core.indicators AS i
        LEFT JOIN (
            SELECT indicator_id, count(*) AS tasks FROM core.tasks WHERE indicator_id IN ({marks}) GROUP BY 1
        ) AS k USING (indicator_id)
        WHERE i.indicator_id IN ({marks})
    """
    return sql, [*indicator_ids, *indicator_ids]


def indicator_steps(indicator_ids: Sequence[str]) -> Query:
    """Indicators as steps of a path, each with its parent."""
    return (
        "SELECT indicator_id, parent_id, level, code, name FROM core.indicators "
        f"WHERE indicator_id IN ({placeholders(indicator_ids)})",
        [*indicator_ids],
    )


def placeholders(ids: Sequence[str]) -> str:
    """Return the placeholders of an IN list; unlike a list parameter, it restricts the scan to matching blocks."""
    return ", ".join("?" for _ in ids) or "NULL"


def notice_labels() -> Query:
    """All notices with their labels."""
    return (
        "SELECT l.notice_id, l.label, l.unit, l.year, l.campaign, l.award_level, l.title, l.is_current, l.tasks, "
        "l.points, l.bonus_points, l.tables, l.source_path, "
        "concat_ws('', coalesce(n.city, n.province), n.county) AS place "
        "FROM mart.notice_labels AS l JOIN core.notices AS n USING (notice_id) "
        "ORDER BY l.division_code NULLS LAST, l.year DESC NULLS LAST, l.label",
        [],
    )


def latest_notices(limit: int) -> Query:
    """Notices by the build that read them, the latest first."""
    return (
        "SELECT l.notice_id, l.label, l.tasks, n.supersedes IS NOT NULL AS is_newer, "
        "strftime(china_time(f.ingested_at), '%Y-%m-%d %H:%M') AS read_on "
        "FROM mart.notice_labels AS l JOIN core.notices AS n USING (notice_id) JOIN core.files AS f USING (file_id) "
        "ORDER BY f.ingested_at DESC, l.is_current DESC, l.label LIMIT ?",
        [limit],
    )


def topics() -> Query:
    """Topics in their order."""
    return "SELECT topic, name, includes FROM mart.topics ORDER BY ordinal", []


def topic_counts() -> Query:
    """Number of tasks of current notices by topic."""
    return (
        "SELECT topic, count(*) AS tasks FROM core.tasks WHERE topic IS NOT NULL AND notice_id IN "
        "(SELECT notice_id FROM core.notices WHERE is_current) GROUP BY topic ORDER BY tasks DESC, topic",
        [],
    )


def parties() -> Query:
    """Parties by number of tasks."""
    return "SELECT party AS name, count(*) AS tasks FROM core.task_parties GROUP BY party ORDER BY tasks DESC, name", []


def methods() -> Query:
    """Methods by number of tasks."""
    return (
        "SELECT name, count(*) AS tasks FROM (SELECT unnest(methods) AS name FROM core.tasks WHERE len(methods) > 0) "
        "GROUP BY name ORDER BY tasks DESC, name",
        [],
    )


def evidence_kinds() -> Query:
    """Kinds of evidence that occur."""
    return "SELECT kind AS name, count(*) AS items FROM core.task_evidence GROUP BY kind ORDER BY items DESC, name", []


def months() -> Query:
    """Months with due tasks."""
    return "SELECT DISTINCT strftime(due_on, '%Y-%m') AS name FROM mart.due_days ORDER BY name DESC", []


def warehouse_totals() -> Query:
    """Totals of the warehouse."""
    return (
        "SELECT (SELECT count(*) FROM core.notices WHERE kind <> 'other') AS notices, "
        "(SELECT count(*) FROM core.tables) AS tables, "
        "(SELECT count(*) FROM core.indicators) AS indicators, (SELECT count(*) FROM core.tasks) AS tasks, "
        f"({COUNT_SQL}) AS findings, "
        "(SELECT count(*) FROM core.files WHERE status = 'unreadable') AS unreadable, "
        "(SELECT count(*) FROM core.files WHERE status = 'needs_review') AS needs_review, "
        "(SELECT count(*) FROM core.files WHERE status = 'not_a_notice') AS not_a_notice, "
        "(SELECT strftime(china_time(max(ingested_at)), '%Y-%m-%d %H:%M') FROM core.files) AS read_at",
        [],
    )


def doubtful_tables() -> Query:
    """Tables whose layout is in doubt, with their notices."""
    return TABLES_SQL, []


def unread_notices() -> Query:
    """Notices that lack tasks until a person settles a layout."""
    return UNREAD_SQL, []


def rows_of_notice(table: str, notice_id: str, order: str = "ordinal") -> Query:
    """Rows of a table that belong to a notice; `table` and `order` must not come from input."""
    return f"SELECT * FROM {table} WHERE notice_id = ? ORDER BY {order}", [notice_id]


def notice(notice_id: str) -> Query:
    """Notice with its file."""
    return (
        "SELECT n.*, f.source_path, f.format, f.ingested_at, "
        "CASE WHEN f.status = 'needs_review' THEN f.reason END AS review_reason "
        "FROM core.notices AS n JOIN core.files AS f USING (file_id) WHERE n.notice_id = ?",
        [notice_id],
    )


def file_of_notice(notice_id: str) -> Query:
    """Path, format and digest of the file of a notice."""
    return (
        "SELECT f.source_path, f.format, f.sha256 FROM core.notices AS n JOIN core.files AS f USING (file_id) "
        "WHERE n.notice_id = ?",
        [notice_id],
    )


def next_version(notice_id: str) -> Query:
    """Version that supersedes this notice."""
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
    """Base points, share and tasks of these notices by topic."""
    return (
        "SELECT notice_id, topic, points, share, tasks, task_share FROM mart.topic_weights "
        f"WHERE notice_id IN ({placeholders(notice_ids)}) ORDER BY notice_id, coalesce(share, task_share) DESC, topic",
        [*notice_ids],
    )


def bonus_topics(notice_ids: Sequence[str]) -> Query:
    """Topics that these notices have among bonus items only."""
    return (
        "SELECT notice_id, topic FROM mart.task_points "
        f"WHERE notice_id IN ({placeholders(notice_ids)}) "
        "GROUP BY notice_id, topic HAVING bool_and(bonus) ORDER BY ALL",
        [*notice_ids],
    )


def notice_similarity(notice_ids: Sequence[str]) -> Query:
    """Pairwise similarity of these notices, in both directions."""
    marks = placeholders(notice_ids)
    return (
        "SELECT notice_a, notice_b, weight_cosine, topic_jaccard, text_overlap, matched_tasks "
        f"FROM mart.rubric_similarity WHERE notice_a IN ({marks}) AND notice_b IN ({marks}) ORDER BY ALL",
        [*notice_ids, *notice_ids],
    )


def similar_notices(notice_id: str, limit: int) -> Query:
    """Notices most similar to this one."""
    return (
        "SELECT notice_b, weight_cosine, topic_jaccard, text_overlap, matched_tasks FROM mart.rubric_similarity "
        "WHERE notice_a = ? ORDER BY weight_cosine DESC NULLS LAST, text_overlap DESC NULLS LAST, notice_b LIMIT ?",
        [notice_id, limit],
    )


def compared_tasks(notice_ids: Sequence[str], limit: int) -> Query:
    """Base tasks of these notices with points, at most `limit` per notice and topic."""
    return (
        "SELECT t.task_id, t.notice_id, p.topic, t.label, t.requirement, t.table_id, t.locator, p.points_each, "
        "row_number() OVER (PARTITION BY t.notice_id, p.topic ORDER BY t.ordinal, t.task_id) AS place "
        "FROM core.tasks AS t JOIN mart.task_points AS p USING (task_id) "
        f"WHERE t.notice_id IN ({placeholders(notice_ids)}) AND p.notice_id IN ({placeholders(notice_ids)}) "
        "AND NOT p.bonus QUALIFY place <= ? ORDER BY t.notice_id, p.topic, place",
        [*notice_ids, *notice_ids, limit],
    )


def similar_tasks_between(notice_ids: Sequence[str]) -> Query:
    """Pairs of similar tasks within these notices."""
    marks = placeholders(notice_ids)
    return (
        "SELECT task_a, task_b, notice_a, notice_b, relation, similarity FROM mart.topic_crosswalk "
        f"WHERE notice_a IN ({marks}) AND notice_b IN ({marks}) "
        "ORDER BY notice_a, task_a, similarity DESC NULLS FIRST, task_b",
        [*notice_ids, *notice_ids],
    )


def similar_tasks(task_id: str, limit: int) -> Query:
    """Similar tasks of other notices, best first."""
    return (
        "SELECT x.task_b, x.notice_b, x.similarity, x.relation, x.basis, t.requirement, t.points, t.label "
        "FROM mart.topic_crosswalk AS x JOIN core.tasks AS t ON t.task_id = x.task_b "
        "WHERE x.task_a = ? ORDER BY x.basis = 'review' DESC, x.confidence DESC, x.task_b LIMIT ?",
        [task_id, limit],
    )


def rows_of_task(table: str, task_id: str) -> Query:
    """Rows of a child table of a task; `table` must not come from input."""
    return f"SELECT * FROM {table} WHERE task_id = ? ORDER BY ordinal", [task_id]


def task_findings(task_id: str, notice_id: str) -> Query:
    """Findings about a task."""
    return (
        f"SELECT * FROM core.findings WHERE notice_id = ? AND task_id = ? ORDER BY {FINDINGS_ORDER}",
        [notice_id, task_id],
    )


def task_points(task_id: str) -> Query:
    """Points of a task, with a shared score cell divided among its rows."""
    return "SELECT points_each FROM mart.task_points WHERE task_id = ?", [task_id]


def task_versions(task_id: str) -> Query:
    """The same task in the previous and in the next version of the notice."""
    return (
        "SELECT v.previous_task_id AS task_id, 'previous' AS which, t.notice_id, t.requirement, v.similarity "
        "FROM mart.task_versions AS v JOIN core.tasks AS t ON t.task_id = v.previous_task_id WHERE v.task_id = ? "
        "UNION ALL SELECT v.task_id, 'next', t.notice_id, t.requirement, v.similarity "
        "FROM mart.task_versions AS v JOIN core.tasks AS t ON t.task_id = v.task_id WHERE v.previous_task_id = ?",
        [task_id, task_id],
    )


def table(table_id: str, notice_id: str) -> Query:
    """Table of a notice."""
    return "SELECT * FROM core.tables WHERE table_id = ? AND notice_id = ?", [table_id, notice_id]


def cells(table_id: str, first: int, last: int) -> Query:
    """Cells of a table in the rows `first` to `last` and in the header, in reading order."""
    return (
        'SELECT "row", col, row_span, col_span, text, locator FROM core.cells WHERE table_id = ? '
        'AND ("row" < 0 OR ("row" <= ? AND "row" + row_span > ?)) ORDER BY "row", col',
        [table_id, last, first],
    )


def printed_tables(table_id: str) -> Query:
    """Names of the tables of the source file of which a table consists, in their order."""
    return (
        "SELECT regexp_extract(locator, '^表[0-9]+') AS name FROM core.cells "
        "WHERE table_id = ? GROUP BY name HAVING name <> '' ORDER BY min(\"row\")",
        [table_id],
    )


def row_bounds(table_id: str) -> Query:
    """First and last row of a table; header rows are negative."""
    return (
        'SELECT min("row") AS first, max("row" + row_span) - 1 AS last, count(*) AS cells '
        "FROM core.cells WHERE table_id = ?",
        [table_id],
    )


def table_tasks(table_id: str, notice_id: str) -> Query:
    """Tasks of a table with their rows."""
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
    """Cell at a locator."""
    return (
        'SELECT "row", col FROM core.cells WHERE table_id = ? AND locator = ? ORDER BY "row", col LIMIT 1',
        [table_id, locator],
    )


def findings(*, severity: str, rule: str, notice: str, state: str, words: Sequence[str]) -> Query:
    """Matching findings, most severe first, at most MAX_FINDINGS + 1."""
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
        f"WHERE {' AND '.join(tests)} ORDER BY {FINDINGS_ORDER} LIMIT {MAX_FINDINGS + 1}) "
        "SELECT h.*, coalesce(f.source_path, g.source_path) AS source_path FROM hit AS h "
        "LEFT JOIN core.notices AS n USING (notice_id) "
        "LEFT JOIN core.files AS f ON f.file_id = h.file_id LEFT JOIN core.files AS g ON g.file_id = n.file_id "
        "ORDER BY array_position(['error', 'warning', 'info'], h.severity), source_path, h.finding_id",
        parameters,
    )


def finding_rules() -> Query:
    """Rules with findings, by severity."""
    return (
        "SELECT rule, severity, count(*) AS findings FROM core.findings GROUP BY ALL ORDER BY findings DESC, rule",
        [],
    )


def changes(notice_id: str) -> Query:
    """Number of changes against the previous version, by kind."""
    return (
        'SELECT change, count(*) AS changes FROM mart.notice_changes WHERE notice_id = ? GROUP BY "change" '
        "ORDER BY changes DESC",
        [notice_id],
    )


def _contains(column: str, word: str) -> tuple[str, list[str]]:
    """Return a condition and its parameters; Latin words are searched as typed, in lower and in upper case.

    Lowering the whole column would take ten times as long.
    """
    spellings = list(dict.fromkeys((word, word.lower(), word.upper(), word.capitalize())))
    tests = " OR ".join(f"contains({column}, ?)" for _ in spellings)
    return (f"({tests})" if len(spellings) > 1 else tests), spellings


def _all_words(words: Sequence[str], columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return one condition per word, true if any of the columns contains it, and their parameters."""
    tests, parameters = [], []
    for word in words:
        column_tests = [_contains(column, word) for column in columns]
        tests.append(f"({' OR '.join(test for test, _ in column_tests)})")
        parameters += [spelling for _, spellings in column_tests for spelling in spellings]
    return tests, parameters


def _notice_condition(search_filter: SearchFilter, *, is_exact_unit: bool) -> tuple[str, list[Any]]:
    """Return a condition on core.notices (alias n) and its parameters."""
    tests, parameters = [], []
    if not search_filter.editions and not search_filter.notice:
        tests.append("n.is_current")
    if search_filter.place:
        tests.append("contains(concat_ws('', n.province, n.city, n.county), ?)")
        parameters.append(search_filter.place)
    if search_filter.unit:
        tests.append("n.issuer = ?" if is_exact_unit else "contains(n.issuer, ?)")
        parameters.append(search_filter.unit)
    if search_filter.notice:
        tests.append("n.notice_id = ?")
        parameters.append(search_filter.notice)
    return " AND ".join(tests) or "true", parameters
