"""Checks between core and the marts; each outcome is a row of `ops.checks` in the same file.

A failed check is a defect of the SQL of a mart, not of a notice: the warehouse is published all the same, the build and
`wenming status` name the unreliable figures, and the asset checks of Dagster fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb

from schemas import Scope
from schemas.ddl import literal
from warehouse.transform.incremental import IncrementalMarts

TOLERANCE: Final = 1e-6
"""Rounding error per number when sums of divided points are compared."""


@dataclass(frozen=True, slots=True)
class MartCheck:
    """One rule of one mart; `query` returns one row with an example (text) for each breach."""

    mart: str
    rule: str
    description: str
    query: str


def _sums_to_one(mart: str, column: str = "share") -> MartCheck:
    return MartCheck(
        mart,
        f"{column}_sums_to_one",
        f"每份通知的 {column} 合计为 1",
        f"SELECT notice_id FROM {mart} WHERE {column} IS NOT NULL GROUP BY notice_id "
        f"HAVING abs(sum({column}) - 1) > {TOLERANCE}",
    )


def _references_exist(mart: str, column: str, owner: str, key: str) -> MartCheck:
    return MartCheck(
        mart,
        f"{column}_exists",
        f"{column} 都能在 {owner} 中找到",
        f"SELECT DISTINCT m.{column} FROM {mart} AS m ANTI JOIN {owner} AS o ON o.{key} = m.{column} "
        f"WHERE m.{column} IS NOT NULL",
    )


def _points_conserved(mart: str, actual: str, expected: str, description: str) -> MartCheck:
    return MartCheck(
        mart,
        "points_conserved",
        description,
        f"SELECT notice_id FROM ("
        f"SELECT notice_id, sum(points) AS actual, count(*) AS numbers FROM ({actual}) GROUP BY notice_id) "
        f"FULL JOIN (SELECT notice_id, sum(points) AS expected FROM ({expected}) GROUP BY notice_id) "
        f"USING (notice_id) "
        f"WHERE abs(coalesce(actual, 0) - coalesce(expected, 0)) "
        f"> {TOLERANCE} * greatest(numbers, 1, abs(coalesce(expected, 0)))",
    )


_POINTS_OF_HEADINGS: Final = (
    "SELECT notice_id, points::DOUBLE AS points FROM core.indicators "
    "WHERE indicator_id IN (SELECT heading_id FROM mart.task_points)"
)
_MARTS_BY_NOTICE: Final = (
    "mart.topic_weights",
    "mart.responsibility_load",
    "mart.responsibility_concentration",
    "mart.function_load",
    "mart.person_load",
    "mart.evidence_burden",
    "mart.deadline_calendar",
    "mart.method_mix",
    "mart.threshold_comparison",
    "mart.rubric_audit",
    "mart.notice_changes",
    "mart.evidence_reuse",
    "mart.orphan_tasks",
    "mart.wording_reuse",
    "mart.collective_expansion",
    "mart.task_progress",
    "mart.progress_of_all",
    "mart.open_days",
    "mart.burden",
)

CHECKS: Final = (
    *(_references_exist(mart, "notice_id", "core.notices", "notice_id") for mart in _MARTS_BY_NOTICE),
    *(
        _references_exist(mart, column, "core.tasks", "task_id")
        for mart, columns in {
            "mart.task_pairs": ("task_a", "task_b"),
            "mart.task_subjects": ("task_id",),
            "mart.due_days": ("task_id",),
            "mart.orphan_tasks": ("task_id",),
            "mart.wording_reuse": ("task_id", "first_task_id"),
            "mart.threshold_comparison": ("task_id",),
            "mart.task_progress": ("task_id", "carried_from"),
            "mart.open_days": ("task_id",),
            "mart.burden": ("task_id",),
            "mart.task_versions": ("task_id", "previous_task_id"),
            "mart.unit_tasks": ("task_id", "obligation_id"),
            "mart.unit_obligations": ("obligation_id",),
        }.items()
        for column in columns
    ),
    *(
        _references_exist("mart.rubric_similarity", column, "core.notices", "notice_id")
        for column in ("notice_a", "notice_b")
    ),
    _sums_to_one("mart.topic_weights"),
    _sums_to_one("mart.topic_weights", "task_share"),
    _sums_to_one("mart.responsibility_load"),
    _sums_to_one("mart.function_load"),
    _sums_to_one("mart.method_mix"),
    _sums_to_one("mart.collective_expansion", "share_after"),
    MartCheck(
        "mart.task_points",
        "one_row_a_task",
        "每条任务恰有一行",
        "SELECT task_id FROM core.tasks FULL JOIN mart.task_points AS p USING (task_id) "
        "GROUP BY task_id HAVING count(p.task_id) <> 1 OR count(*) <> 1",
    ),
    _points_conserved(
        "mart.task_points",
        "SELECT notice_id, points_each AS points FROM mart.task_points",
        f"SELECT notice_id, points::DOUBLE AS points FROM core.tasks UNION ALL {_POINTS_OF_HEADINGS}",
        "每份通知摊分后的分值与 core.tasks 的分值、只写在标题里的分值合计相同",
    ),
    _points_conserved(
        "mart.topic_weights",
        "SELECT notice_id, points FROM mart.topic_weights",
        f"SELECT notice_id, points::DOUBLE AS points FROM core.tasks WHERE NOT bonus UNION ALL {_POINTS_OF_HEADINGS}",
        "每份通知各主题的分值与 core.tasks 基础分、只写在标题里的分值合计相同",
    ),
    _points_conserved(
        "mart.responsibility_load",
        "SELECT notice_id, points_shared AS points FROM mart.responsibility_load",
        "SELECT notice_id, points_each AS points FROM mart.task_points "
        "WHERE task_id IN (SELECT task_id FROM core.task_parties)",
        "平分给各单位的分值与有责任单位的任务分值合计相同",
    ),
    _points_conserved(
        "mart.function_load",
        "SELECT notice_id, points_shared AS points FROM mart.function_load",
        "SELECT notice_id, points_shared AS points FROM mart.responsibility_load",
        "各职能的分值与各单位平分后的分值合计相同",
    ),
    _points_conserved(
        "mart.method_mix",
        "SELECT notice_id, points FROM mart.method_mix",
        "SELECT p.notice_id, p.points_each AS points FROM mart.task_points AS p JOIN core.tasks USING (task_id) "
        "WHERE len(methods) > 0",
        "分摊到各方法的分值与写明方法的任务分值合计相同",
    ),
    _references_exist("mart.burden", "rule", "mart.burden_rules", "rule"),
    MartCheck(
        "mart.burden",
        "one_row_a_hit",
        "每条任务、每条规则的每个次序恰有一行",
        "SELECT concat_ws(' ', task_id, rule) FROM mart.burden GROUP BY task_id, rule, ordinal HAVING count(*) <> 1",
    ),
    MartCheck(
        "mart.unit_obligations",
        "no_task_lost",
        "各项要求的任务数合计等于这个单位的任务数",
        "SELECT unit_id FROM (SELECT unit_id, sum(tasks) AS merged FROM mart.unit_obligations GROUP BY unit_id) "
        "FULL JOIN (SELECT unit_id, count(*) AS tasks FROM mart.unit_tasks GROUP BY unit_id) USING (unit_id) "
        "WHERE merged IS DISTINCT FROM tasks",
    ),
    MartCheck(
        "mart.shared_evidence",
        "counts",
        "少交的件数不超过要求的件数，每种材料至少两条任务",
        "SELECT concat_ws(' ', unit_id, material_id) FROM mart.shared_evidence "
        "WHERE saved < 0 OR saved >= asked OR tasks < 2 OR len(task_ids) <> tasks",
    ),
    MartCheck(
        "mart.task_pairs",
        "other_notice",
        "对应任务都在另一份通知中",
        "SELECT task_a FROM mart.task_pairs WHERE notice_a = notice_b",
    ),
    MartCheck(
        "mart.task_progress",
        "one_row_a_place",
        "每条任务的每个责任单位恰有一行，没有责任单位的任务也有一行",
        "SELECT task_id FROM (SELECT DISTINCT t.task_id, coalesce(c.party, '') AS party FROM core.tasks AS t "
        "LEFT JOIN core.task_parties AS c USING (task_id)) AS place FULL JOIN (SELECT task_id, "
        "coalesce(party, '') AS party, count(*) AS times FROM mart.task_progress GROUP BY ALL) AS made "
        "USING (task_id, party) WHERE place.task_id IS NULL OR made.times IS DISTINCT FROM 1",
    ),
    MartCheck(
        "mart.progress_of_all",
        "statuses_sum",
        "各状态的条数相加等于任务数",
        "SELECT concat_ws(' ', notice_id, party) FROM mart.progress_of_all WHERE tasks <> "
        "done + in_progress + blocked + not_started + not_applicable + unreported",
    ),
    MartCheck(
        "mart.open_days",
        "one_row_a_day",
        "每条任务、每个责任单位的每个到期日至多一行，并在 mart.due_days 中",
        "SELECT o.task_id FROM mart.open_days AS o LEFT JOIN (SELECT DISTINCT task_id, due_on FROM mart.due_days) AS d "
        "USING (task_id, due_on) GROUP BY o.task_id, o.party, o.due_on HAVING count(*) <> 1 OR count(d.task_id) <> 1",
    ),
)


def run_checks(connection: duckdb.DuckDBPyConnection, incremental_marts: IncrementalMarts | None = None) -> None:
    """Run all checks on the file that is being built and write the outcomes into `ops.checks`.

    After an incremental update, rules that held before are checked on the updated rows only.
    """
    remaining = list(CHECKS)
    outcomes = []
    if incremental_marts is not None:
        passed = set(connection.execute("SELECT mart, rule FROM ops.checks WHERE breaches = 0").fetchall())
        connection.execute("DELETE FROM ops.checks")
        for scope in Scope:
            checks_of_scope = [
                check
                for check in remaining
                if (check.mart, check.rule) in passed and incremental_marts.updated_scope(check.mart) is scope
            ]
            if checks_of_scope:
                outcomes += incremental_marts.query(scope, " UNION ALL ".join(map(_outcome_query, checks_of_scope)))
            remaining = [check for check in remaining if check not in checks_of_scope]
    if remaining:
        connection.execute(f"INSERT INTO ops.checks {' UNION ALL '.join(map(_outcome_query, remaining))}")
    for outcome in outcomes:
        connection.execute("INSERT INTO ops.checks VALUES (?, ?, ?, ?, ?)", outcome)


def _outcome_query(check: MartCheck) -> str:
    return (
        f"SELECT {literal(check.mart)}, {literal(check.rule)}, {literal(check.description)}, "
        f"count(*), min(example::VARCHAR) FROM ({check.query}) AS breach(example)"
    )
