"""Load the data of a comparison from the marts; workbook and report show the same figures."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final

import duckdb

from warehouse import questions
from warehouse.comparability import read_comparability
from warehouse.errors import QueryError
from warehouse.store import connect
from warehouse.transform import match_between, match_model, task_similarity, task_words

MIN_NOTICES: Final = 2
MAX_NOTICES: Final = 12
"""Maximum number of notices that fit side by side on a page."""
BONUS_ONLY: Final = "仅加分项"
"""Said of a topic that a notice has among bonus items only."""
WEIGHTS, CONCENTRATION, DEADLINES, MATERIALS, METHODS, THRESHOLDS = CONCLUDED = (1, 12, 19, 20, 23, 24)
"""Numbers of the questions whose conclusions a comparison tells."""
SQL_PARAMETERS: Final[Mapping[str, float | str]] = {
    "max_matches": task_similarity.MAX_MATCHES,
    "answer": match_model.ANSWER_CONFIDENCE,
    "subject": task_words.subject_pattern(),
    "min_length": task_similarity.MIN_CHARACTERS,
    "max_length": task_similarity.MAX_CHARACTERS,
}
"""Parameters of the SQL files: the limits of task similarity that the marts use."""
_PARAMETER: Final = re.compile(r"\$(\w+)")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    """Compared notice.

    `with_…` are numbers of tasks, `open_findings` is the number of open errors and warnings, `doubtful_tables` that of
    tables whose layout is in doubt, `points` are base points (None if the notice states none).
    """

    notice_id: str
    label: str
    title: str | None
    unit: str | None
    place: str | None
    year: int | None
    campaign: str | None
    award_level: str | None
    doc_number: str | None
    issued_on: date | None
    source_path: str
    is_current: bool
    tasks: int
    points: float | None
    bonus_points: float | None
    with_points: int
    with_party: int
    with_deadline: int
    with_evidence: int
    with_method: int
    thresholds: int
    open_findings: int
    doubtful_tables: int


@dataclass(frozen=True, slots=True)
class Topic:
    """Topic with its weight (share of 1), points and tasks by notice_id; notices without the topic are missing.

    `bonus_only` are the notices that have it among bonus items only.
    """

    topic: str
    name: str
    weights: Mapping[str, float]
    points: Mapping[str, float]
    tasks: Mapping[str, int]
    bonus_only: frozenset[str] = frozenset()

    def weight(self, notice_id: str) -> float:
        """Return the weight in this notice, 0 if the notice does not have the topic."""
        return self.weights.get(notice_id, 0.0)


@dataclass(frozen=True)
class Comparison:
    """Rows of the queries in `sql/`; `deadlines` are those of the question `DEADLINES`.

    `conclusions` are what the questions `CONCLUDED` conclude about these notices, by number; `read_on` is the day on
    which the newest data of the warehouse were read.
    """

    notices: tuple[Notice, ...]
    topics: tuple[Topic, ...]
    similarity: Sequence[Row]
    thresholds: Sequence[Row]
    parties: Sequence[Row]
    concentration: Sequence[Row]
    unique_tasks: Sequence[Row]
    similar_tasks: Sequence[Row]
    methods: Sequence[Row]
    materials: Sequence[Row]
    months: Sequence[Row]
    deadlines: Sequence[Row]
    conclusions: Mapping[int, str] = field(default_factory=dict)
    read_on: date | None = None

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Label of each notice by id."""
        return {notice.notice_id: notice.label for notice in self.notices}

    def weight_spread(self, topic: Topic) -> float:
        """Return the largest minus the smallest weight; a notice without the topic counts as 0."""
        weights = [topic.weight(notice.notice_id) for notice in self.notices]
        return max(weights) - min(weights)

    @cached_property
    def topics_by_weight(self) -> tuple[Topic, ...]:
        """Topics by total weight, largest first."""
        return tuple(sorted(self.topics, key=lambda topic: -round(sum(topic.weights.values()), 9)))

    @cached_property
    def topics_by_spread(self) -> tuple[Topic, ...]:
        """Topics by weight spread, largest first."""
        return tuple(sorted(self.topics, key=lambda topic: -round(self.weight_spread(topic), 9)))


def find_notice_ids(
    warehouse: Path, parts: Sequence[str], *, campaign: str | None = None, level: str | None = None
) -> list[str]:
    """Return the ids of the notices whose names contain one of `parts`; of all current notices without `parts`.

    Args:
        warehouse: Published warehouse file.
        parts: Parts of notice names; they determine the order.
        campaign: Only notices of this campaign, if given.
        level: Only notices of this level of award, if given.

    Raises:
        QueryError: A part matches nothing, no notice is of this campaign and level, or the number of notices
            is not between `MIN_NOTICES` and `MAX_NOTICES`.
        WarehouseError: As raised by `warehouse.store.connect`.
    """
    with contextlib.closing(connect(warehouse)) as connection:
        ids = questions.find_notices(connection, parts)
        ids = read_comparability(connection).select(ids, campaign, level)
        _check_count(len(ids))
        return ids


def load_comparison(warehouse: Path, notice_ids: Sequence[str]) -> Comparison:
    """Load the comparison of these notices in the given order; duplicates are ignored.

    Raises:
        QueryError: The number of notices is out of range, or an id is unknown.
        WarehouseError: As raised by `warehouse.store.connect`.
    """
    ids = list(dict.fromkeys(notice_ids))
    _check_count(len(ids))
    with contextlib.closing(connect(warehouse)) as connection:
        try:
            return _load_comparison(connection, ids)
        except duckdb.Error as error:
            raise QueryError(
                f"比较所需的表查询失败。仓库可能由其他版本的程序生成，请运行 wenming build。（{error}）"
            ) from error


def _load_comparison(connection: duckdb.DuckDBPyConnection, ids: list[str]) -> Comparison:
    notices = tuple(Notice(**row) for row in _rows(connection, _read_sql("notices"), ids))
    if missing := sorted(set(ids) - {notice.notice_id for notice in notices}):
        raise QueryError(f"仓库中没有编号为 {missing[0]} 的通知。")
    _match_full_lists(connection, ids)
    _execute(connection, _read_sql("pairs"), ids)
    _execute(connection, _read_sql("candidates"), ids)
    lists = {
        name: _rows(connection, _read_sql(name), ids)
        for name in (
            "similarity",
            "thresholds",
            "parties",
            "concentration",
            "unique_tasks",
            "similar_tasks",
            "methods",
            "materials",
            "months",
        )
    }
    filters = questions.QuestionFilters(notice=ids, other=ids)
    answers = {
        # None of them asks for a day.
        number: questions.ask(connection, questions.get_question(number), filters, today=date.min)
        for number in CONCLUDED
    }
    classified = answers[DEADLINES].result
    deadlines = [dict(zip(classified.columns, row, strict=True)) for row in classified.rows]
    conclusions = {number: answer.conclusion for number, answer in answers.items()}
    topics = _topics(_rows(connection, _read_sql("weights"), ids), _rows(connection, _read_sql("bonus_topics"), ids))
    read_on = answers[DEADLINES].read_on
    return Comparison(notices, topics, deadlines=deadlines, conclusions=conclusions, read_on=read_on, **lists)


def _match_full_lists(connection: duckdb.DuckDBPyConnection, ids: list[str]) -> None:
    """Create `matched_between`: the matches among these notices of tasks whose list in the marts is full."""
    sql = _read_sql("full_lists")
    tasks = connection.sql(sql, params=_parameters(sql, ids)).pl()
    matched = match_between.match_between(tasks.drop("is_full"))
    matched = matched.join(tasks.filter("is_full").select(task_a="task_id"), on="task_a", how="semi")
    connection.register("matched", matched)
    connection.execute("CREATE OR REPLACE TEMP TABLE matched_between AS FROM matched")
    connection.unregister("matched")


def _topics(rows: Sequence[Row], bonus_rows: Sequence[Row]) -> tuple[Topic, ...]:
    bonus_only: dict[str, set[str]] = {}
    for row in bonus_rows:
        bonus_only.setdefault(row["topic"], set()).add(row["notice_id"])
    rows_by_topic: dict[str, list[Row]] = {}
    for row in rows:
        rows_by_topic.setdefault(row["topic"], []).append(row)
    return tuple(
        Topic(
            topic=topic,
            name=topic_rows[0]["name"],
            weights={row["notice_id"]: row["weight"] for row in topic_rows if row["weight"] is not None},
            points={row["notice_id"]: row["points"] for row in topic_rows if row["points"] is not None},
            tasks={row["notice_id"]: row["tasks"] for row in topic_rows},
            bonus_only=frozenset(bonus_only.get(topic, ())),
        )
        for topic, topic_rows in rows_by_topic.items()
    )


def _execute(connection: duckdb.DuckDBPyConnection, sql: str, ids: list[str]) -> duckdb.DuckDBPyConnection:
    """Run a query with the parameters that it uses."""
    return connection.execute(sql, _parameters(sql, ids))


def _parameters(sql: str, ids: list[str]) -> dict[str, Any]:
    parameters = {"notice": ids, **SQL_PARAMETERS}
    return {name: parameters[name] for name in set(_PARAMETER.findall(sql))}


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, ids: list[str]) -> list[Row]:
    cursor = _execute(connection, sql, ids)
    names = [str(column[0]) for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _read_sql(name: str) -> str:
    return (resources.files("warehouse.export.comparison") / "sql" / f"{name}.sql").read_text("utf-8")


def _check_count(count: int) -> None:
    if count < MIN_NOTICES:
        selected = "只选中了 1 份通知" if count else "没有选中通知"
        raise QueryError(f"{selected}，比较至少要 {MIN_NOTICES} 份。请写明几个地名、单位或通知标题中的字样。")
    if count > MAX_NOTICES:
        raise QueryError(
            f"选中了 {count} 份通知，一次最多比较 {MAX_NOTICES} 份。请写明其中几份的地名、单位或标题中的字样。"
        )
