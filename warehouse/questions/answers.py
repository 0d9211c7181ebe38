"""Answer a question from the warehouse: rows, conclusion, cross-table, chart, notices left out, sources and doubts."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from warehouse.doubtful_tables import SEE_REVIEW, read_doubtful_tables
from warehouse.errors import QueryError
from warehouse.formatting import Result
from warehouse.heading import read_data_day
from warehouse.questions.conclusions import CONCLUSIONS
from warehouse.questions.conclusions.sentences import Scope
from warehouse.questions.context import (
    FILTERED,
    LeftOut,
    Source,
    count_doubts,
    explain_left_out,
    find_shown,
    read_sources,
)
from warehouse.questions.definitions import DEFAULT_DAYS, PARAMETERS, Question, get_question
from warehouse.questions.layouts import Chart, build_chart, build_crosstab

if TYPE_CHECKING:
    import duckdb

MAX_NAMES_IN_MESSAGE: Final = 8
"""Names that an error message lists."""
MAX_CONCLUDED_ROWS: Final = 50_000
"""Rows from which a conclusion is drawn; of more rows there is none, as it would not be of all of them."""
MAX_EXPLAINED: Final = 200
"""Up to this number of notices, those compared with by default are explained too where they have no row."""
TOO_MANY: Final = f"结果超过 {MAX_CONCLUDED_ROWS} 行，未归纳结论，请缩小范围。"


@dataclass(frozen=True, slots=True)
class QuestionFilters:
    """Parameters given by the user; texts are parts of names. None or () where not given."""

    notice: Sequence[str] = ()
    other: Sequence[str] = ()
    topic: str | None = None
    party: str | None = None
    date: date | None = None
    days: int | None = None
    everything: bool = False

    def given(self) -> list[str]:
        """Return the names of the parameters that were given."""
        return [name for name in PARAMETERS if getattr(self, name) not in (None, (), False)]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question. All surfaces show the same one.

    Attributes:
        question: The question.
        result: The rows.
        notices: Labels of the notices that were asked about.
        message: How to read the rows, or why there are none (Chinese).
        parameters: The parameters of the query.
        caveat: What is doubtful about what it rests on (Chinese), None if nothing is.
        conclusion: The answer in one or two sentences; empty without rows.
        crosstab: The rows as a cross-table, where the question has one.
        chart: The rows as bars, where the question has them.
        left_out: The notices asked about that have no row, and why.
        sources: Where the figures come from.
        read_on: Day on which the newest data of the warehouse were read.
    """

    question: Question
    result: Result
    notices: tuple[str, ...]
    message: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    caveat: str | None = None
    conclusion: str = ""
    crosstab: Result | None = None
    chart: Chart | None = None
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[Source, ...] = ()
    read_on: date | None = None


def answer(path: Path | str, number: int, filters: QuestionFilters, *, today: date, limit: int | None = None) -> Answer:
    """Answer question `number` from the warehouse at `path`.

    Args:
        path: The warehouse file.
        number: Number of the question.
        filters: Parameters given by the user.
        today: Default of the parameter `date`.
        limit: Maximum number of rows.

    Raises:
        QueryError: The number is unknown, the question does not take a parameter, or a part of a name matches nothing.
        WarehouseError: The file cannot be opened (see `warehouse.store.connect`).
    """
    question = get_question(number)
    require_taken(question, filters)
    from warehouse.store import reading

    with reading(path) as connection:
        return ask(connection, question, filters, today=today, limit=limit)


def require_taken(question: Question, filters: QuestionFilters) -> None:
    """Raise QueryError if a parameter is given that the question does not take."""
    for name in filters.given():
        if name not in question.parameters:
            allowed = "、".join(PARAMETERS[parameter].option for parameter in question.parameters)
            option = PARAMETERS[name].option
            raise QueryError(f"第 {question.number} 题（{question.title}）不用参数 {option}，可用的有：{allowed}。")


def ask(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    filters: QuestionFilters,
    *,
    today: date,
    limit: int | None = None,
    remedy: str = SEE_REVIEW,
) -> Answer:
    """Answer a question on an open connection; parameters that the question does not take are ignored.

    `remedy` is what the reader is told to do about doubtful tables.
    """
    labels = _read_labels(connection)
    values: dict[str, Any] = {
        "notice": _match_notices(labels, filters.notice),
        "other": _match_notices(labels, filters.other),
        "topic": find_topic(connection, filters.topic),
        "party": filters.party,
        "date": filters.date or today,
        "days": DEFAULT_DAYS if filters.days is None else filters.days,
        "everything": filters.everything,
    }
    parameters = {name: values[name] for name in question.parameters}
    every = _fetch(connection, question, parameters, limit)
    result = Result(every.columns, every.types, every.rows[:limit], limit is not None and len(every.rows) > limit)
    selected = set(values["notice"])
    names = tuple(label for notice_id, label, *_ in labels if notice_id in selected)
    if not labels:
        message = "仓库里还没有通知。请把通知放入 raw 文件夹，再运行 wenming build。"
        return Answer(question, result, names, message, parameters, read_on=read_data_day(connection))
    involved = [name for name in ("notice", "other") if name in question.parameters]
    ids = {notice_id for name in involved for notice_id in values[name]}
    given = set(filters.given()) & set(question.parameters)
    # What the question says of an empty answer holds of the notices, not of one theme or unit of theirs.
    empty = f"{FILTERED}。" if given & {"topic", "party"} else question.empty
    message = question.explanation if result.rows else f"没有结果：{empty}"
    # With very many notices, those compared with by default are not explained one by one.
    explained = ids if filters.other or len(ids) <= MAX_EXPLAINED else selected
    rows = [dict(zip(every.columns, row, strict=True)) for row in every.rows]
    displayed = find_shown(every.columns, rows)
    missing = {row[0]: row[1] for row in labels if row[0] in explained and row[1] not in displayed}
    is_filtered = bool({"topic", "party", "date", "days"} & given)
    used = [row[0] for row in labels if row[0] in ids and row[1] in displayed]
    found = Answer(
        question,
        result,
        names,
        message,
        parameters,
        _describe_doubts(connection, question, ids, used, remedy),
        left_out=explain_left_out(connection, question, missing, is_filtered=is_filtered),
        sources=read_sources(connection, used),
        read_on=read_data_day(connection),
    )
    return _conclude(found, rows, _scope(connection, parameters), is_whole=not every.truncated) if rows else found


def _fetch(
    connection: duckdb.DuckDBPyConnection, question: Question, parameters: Mapping[str, Any], limit: int | None
) -> Result:
    """Fetch all rows that a conclusion can be drawn from, and at least one more than `limit`."""
    import duckdb

    max_rows = None if limit is None else max(limit + 1, MAX_CONCLUDED_ROWS)
    try:
        return Result.fetch(connection.execute(question.sql, dict(parameters)), max_rows)
    except duckdb.Error as error:
        raise QueryError(
            f"第 {question.number} 题查询失败。仓库可能由其他版本的程序生成，请运行 wenming build。（{error}）"
        ) from error


def _conclude(found: Answer, rows: Sequence[Mapping[str, Any]], scope: Scope, *, is_whole: bool) -> Answer:
    """Add what is drawn from all rows."""
    if not is_whole or len(rows) > MAX_CONCLUDED_ROWS:
        return replace(found, conclusion=TOO_MANY)
    question = found.question
    return replace(
        found,
        conclusion=CONCLUSIONS[question.number](rows, scope),
        crosstab=build_crosstab(rows, question.crosstab) if question.crosstab else None,
        chart=build_chart(rows, question.chart) if question.chart else None,
    )


def _scope(connection: duckdb.DuckDBPyConnection, parameters: Mapping[str, Any]) -> Scope:
    topic = parameters.get("topic")
    if topic is not None:
        row = connection.execute("SELECT name FROM mart.topics WHERE topic = $topic", {"topic": topic}).fetchone()
        topic = row[0] if row else topic
    return Scope(topic, parameters.get("party"), parameters.get("date"), parameters.get("days"))


def _describe_doubts(
    connection: duckdb.DuckDBPyConnection, question: Question, ids: Collection[str], used: Sequence[str], remedy: str
) -> str | None:
    """Return what is doubtful about the notices asked about: tables, and findings that touch the figures shown."""
    parts = []
    if tables := read_doubtful_tables(connection).describe_notices(ids, remedy):
        parts.append(tables)
    if count := count_doubts(connection, question.group, used):
        parts.append(f"有 {count} 处待核对的问题与{question.group}有关" + ("" if parts else f"，{remedy}"))
    return "；".join(parts) or None


def _read_labels(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Return (id, label, is_current, all names joined) of every notice, sorted by place."""
    return connection.execute(
        "SELECT notice_id, label, is_current, concat_ws(' ', label, place, unit, title, source_path) "
        "FROM mart.notice_labels ORDER BY division_code NULLS LAST, label"
    ).fetchall()


def _match_notices(labels: Collection[tuple[Any, ...]], parts: Sequence[str]) -> list[str]:
    """Return the ids of the notices whose names contain one of the parts; without parts, all current notices."""
    if not parts:
        return [notice_id for notice_id, _, current, _ in labels if current]
    matches: dict[str, None] = {}
    for part in parts:
        matching = [notice_id for notice_id, _, _, names in labels if part in names or part == notice_id]
        if not matching:
            known = [label for _, label, *_ in labels]
            close = difflib.get_close_matches(part, known, n=3, cutoff=0.3) or known[:MAX_NAMES_IN_MESSAGE]
            raise QueryError(
                f"没有通知含有“{part}”。库中有：{'、'.join(close)}{'等' if len(known) > len(close) else ''}。"
            )
        matches |= dict.fromkeys(matching)
    return list(matches)


def find_notices(connection: duckdb.DuckDBPyConnection, parts: Sequence[str]) -> list[str]:
    """Return the ids of the notices whose names contain one of the parts; without parts, all current notices.

    Raises:
        QueryError: A part matches nothing.
    """
    return _match_notices(_read_labels(connection), parts)


def find_topic(connection: duckdb.DuckDBPyConnection, part: str | None) -> str | None:
    """Return the code of the topic with this code or name, or of the only one whose name contains `part`.

    Raises:
        QueryError: No topic, or more than one, matches.
    """
    if part is None:
        return None
    topics = connection.execute("SELECT topic, name FROM mart.topics ORDER BY ordinal").fetchall()
    exact = [topic for topic, name in topics if part in (topic, name)]
    matches = exact or [topic for topic, name in topics if part in name]
    if len(matches) == 1:
        return str(matches[0])
    names = [name for topic, name in topics if not matches or topic in matches]
    several = f"“{part}”对应几个主题" if matches else f"没有主题含有“{part}”"
    raise QueryError(f"{several}，请写明其中一个：{'、'.join(names)}。")
