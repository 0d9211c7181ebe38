"""Every query of the explorer, as functions that return the SQL and its parameters.

All of them answer below a second on a million tasks: text is searched by substring in one pass that ends at `CAP`
hits, everything else looks up rows of one notice, table or task.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from warehouse.explorer.search_params import Filter

Query = tuple[str, list[Any]]

CAP: Final = 10_000
"""Hits that are counted and can be paged through; there may be more."""
SEARCHED: Final = ("requirement", "criteria", "scoring", "evidence", "deadline", "remark")
"""Columns of a task that a word may stand in."""


def _contains(column: str, word: str) -> tuple[str, list[str]]:
    """A test and its parameters. Latin words are looked for as typed, in small and in capital letters.

    Lowering the whole column first would take ten times as long.
    """
    ways = list(dict.fromkeys((word, word.lower(), word.upper(), word.capitalize())))
    tests = " OR ".join(f"contains({column}, ?)" for _ in ways)
    return (f"({tests})" if len(ways) > 1 else tests), ways


def _all_words(words: Sequence[str], columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """A test for each word, true where one of the columns holds it, and the parameters of them all."""
    tests, parameters = [], []
    for word in words:
        found = [_contains(column, word) for column in columns]
        tests.append(f"({' OR '.join(test for test, _ in found)})")
        parameters += [way for _, ways in found for way in ways]
    return tests, parameters


def _notices(wanted: Filter, *, known_unit: bool) -> tuple[str, list[Any]]:
    """A condition on core.notices as n, and its parameters."""
    tests, parameters = [], []
    if not wanted.editions and not wanted.notice:
        tests.append("n.is_current")
    if wanted.place:
        tests.append("contains(concat_ws('', n.province, n.city, n.county), ?)")
        parameters.append(wanted.place)
    if wanted.unit:
        tests.append("n.issuer = ?" if known_unit else "contains(n.issuer, ?)")
        parameters.append(wanted.unit)
    if wanted.notice:
        tests.append("n.notice_id = ?")
        parameters.append(wanted.notice)
    return " AND ".join(tests) or "true", parameters


_BELOW: Final = (
    "WITH RECURSIVE below AS (SELECT indicator_id FROM core.indicators WHERE indicator_id = ? "
    "UNION ALL SELECT i.indicator_id FROM core.indicators AS i JOIN below AS b ON i.parent_id = b.indicator_id) "
    "SELECT indicator_id FROM below"
)
"""A subquery: an indicator, which is its parameter, and all below it."""


def task_hits(wanted: Filter, *, known_unit: bool, known_party: bool) -> Query:
    """task_id, notice_id and `elsewhere` of the tasks that fit, at most CAP + 1.

    First those whose requirement holds every word, then those where other columns do (`elsewhere`); among these in
    the order of the notices' own pages.
    `known_unit` and `known_party`: the unit and the department are whole names, not parts of one.
    """
    condition, parameters = _notices(wanted, known_unit=known_unit)
    tests = [f"t.notice_id IN (SELECT n.notice_id FROM core.notices AS n WHERE {condition})"]
    if wanted.theme:
        tests.append("t.topic = ?")
        parameters.append(wanted.theme)
    if wanted.bonus:
        tests.append("t.bonus" if wanted.bonus == "yes" else "NOT t.bonus")
    if wanted.indicator:
        tests.append(f"t.indicator_id IN ({_BELOW})")
        parameters.append(wanted.indicator)
    if wanted.department:
        test = "party = ?" if known_party else "contains(party, ?)"
        tests.append(f"t.task_id IN (SELECT task_id FROM core.task_parties WHERE {test})")
        parameters.append(wanted.department)
    if wanted.evidence:
        tests.append("t.task_id IN (SELECT task_id FROM core.task_evidence WHERE kind = ?)")
        parameters.append(wanted.evidence)
    if wanted.month:
        first = f"{wanted.month}-01"
        tests.append(
            "t.task_id IN (SELECT task_id FROM mart.due_days "
            "WHERE due_on >= CAST(? AS DATE) AND due_on < CAST(? AS DATE) + INTERVAL 1 MONTH)"
        )
        parameters += [first, first]
    if wanted.method:
        tests.append("list_contains(t.methods, ?)")
        parameters.append(wanted.method)
    if wanted.person:
        tests.append("(contains(t.leader, ?) OR contains(array_to_string(t.persons, '、'), ?))")
        parameters += [wanted.person, wanted.person]
    there, sought = _all_words(wanted.words, [f"t.{column}" for column in SEARCHED])
    named, ranked = _all_words(wanted.words, ["coalesce(t.requirement, '')"])
    rank = f"NOT ({' AND '.join(named)})" if named else "false"
    sql = f"""
        WITH hit AS MATERIALIZED (
            SELECT t.task_id, t.notice_id, t.table_id, t.ordinal, {rank} AS elsewhere FROM core.tasks AS t
            WHERE {" AND ".join([*tests, *there])} LIMIT {CAP + 1}
        )
        SELECT h.task_id, h.notice_id, h.elsewhere
        FROM hit AS h JOIN core.notices AS n USING (notice_id) LEFT JOIN core.tables AS b ON b.table_id = h.table_id
        ORDER BY h.elsewhere, n.year DESC NULLS LAST, n.division_code, h.notice_id, b.ordinal NULLS FIRST, h.ordinal,
                 h.task_id
    """
    return sql, [*ranked, *parameters, *sought]


def indicator_hits(wanted: Filter, *, known_unit: bool) -> Query:
    """indicator_id and notice_id of the indicators that fit, at most CAP + 1; filters of tasks alone do not count."""
    condition, parameters = _notices(wanted, known_unit=known_unit)
    tests = [f"i.notice_id IN (SELECT n.notice_id FROM core.notices AS n WHERE {condition})"]
    if wanted.theme:
        tests.append("i.topic = ?")
        parameters.append(wanted.theme)
    if wanted.bonus:
        tests.append("i.bonus" if wanted.bonus == "yes" else "NOT i.bonus")
    if wanted.indicator:
        tests.append(f"i.indicator_id IN ({_BELOW})")
        parameters.append(wanted.indicator)
    there, sought = _all_words(wanted.words, ["i.name", "i.code"])
    sql = f"""
        WITH hit AS MATERIALIZED (
            SELECT i.indicator_id, i.notice_id, i.ordinal FROM core.indicators AS i
            WHERE {" AND ".join([*tests, *there])} LIMIT {CAP + 1}
        )
        SELECT h.indicator_id, h.notice_id, false AS elsewhere FROM hit AS h JOIN core.notices AS n USING (notice_id)
        ORDER BY n.year DESC NULLS LAST, n.division_code, h.notice_id, h.ordinal
    """
    return sql, [*parameters, *sought]


def tasks(task_ids: Sequence[str]) -> Query:
    """These tasks whole, with their leading and supporting parties; in no order."""
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
    """These indicators, with the number of tasks right below them; in no order."""
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


def steps(indicator_ids: Sequence[str]) -> Query:
    """These indicators as steps of a path, each with the one above it."""
    return (
        "SELECT indicator_id, parent_id, level, code, name FROM core.indicators "
        f"WHERE indicator_id IN ({placeholders(indicator_ids)})",
        [*indicator_ids],
    )


def placeholders(ids: Sequence[str]) -> str:
    """An IN list rather than one list parameter: it narrows the scan to the blocks that can hold the ids."""
    return ", ".join("?" for _ in ids) or "NULL"


# What is read once from every new file


def labels() -> Query:
    """Every notice with its short name."""
    return (
        "SELECT l.notice_id, l.label, l.unit, l.year, l.campaign, l.award_level, l.title, l.is_current, l.tasks, "
        "l.points, l.bonus_points, l.tables, l.source_path, "
        "concat_ws('', coalesce(n.city, n.province), n.county) AS place "
        "FROM mart.notice_labels AS l JOIN core.notices AS n USING (notice_id) "
        "ORDER BY l.division_code NULLS LAST, l.year DESC NULLS LAST, l.label",
        [],
    )


def topics() -> Query:
    """The themes in their order."""
    return "SELECT topic, name, includes FROM mart.topics ORDER BY ordinal", []


def topic_counts() -> Query:
    """Tasks of current notices by theme."""
    return (
        "SELECT topic, count(*) AS tasks FROM core.tasks WHERE topic IS NOT NULL AND notice_id IN "
        "(SELECT notice_id FROM core.notices WHERE is_current) GROUP BY topic ORDER BY tasks DESC, topic",
        [],
    )


def parties() -> Query:
    """Every party by the number of its tasks."""
    return "SELECT party AS name, count(*) AS tasks FROM core.task_parties GROUP BY party ORDER BY tasks DESC, name", []


def methods() -> Query:
    """Every method by the number of its tasks."""
    return (
        "SELECT name, count(*) AS tasks FROM (SELECT unnest(methods) AS name FROM core.tasks WHERE len(methods) > 0) "
        "GROUP BY name ORDER BY tasks DESC, name",
        [],
    )


def evidence_kinds() -> Query:
    """The kinds of evidence that occur."""
    return "SELECT kind AS name, count(*) AS items FROM core.task_evidence GROUP BY kind ORDER BY items DESC, name", []


def months() -> Query:
    """The months that something is due in."""
    return "SELECT DISTINCT strftime(due_on, '%Y-%m') AS name FROM mart.due_days ORDER BY name DESC", []


def totals() -> Query:
    """What the warehouse holds."""
    return (
        "SELECT (SELECT count(*) FROM core.notices) AS notices, (SELECT count(*) FROM core.tables) AS tables, "
        "(SELECT count(*) FROM core.indicators) AS indicators, (SELECT count(*) FROM core.tasks) AS tasks, "
        "(SELECT count(*) FROM core.findings WHERE dismissed IS NULL AND severity <> 'info') AS findings, "
        "(SELECT count(*) FROM core.files WHERE status = 'unreadable') AS unreadable, "
        "(SELECT strftime(max(ingested_at) + INTERVAL 8 HOUR, '%Y-%m-%d %H:%M') FROM core.files) AS read_at",
        [],
    )
