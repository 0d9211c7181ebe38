"""The prepared questions: one SQL file each in this folder, asked by number with a few named parameters."""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from warehouse.doubtful_tables import SEE_REVIEW, read_doubtful_tables
from warehouse.errors import QueryError
from warehouse.formatting import Result

if TYPE_CHECKING:
    import duckdb

OPTIONS: Final[Mapping[str, str]] = MappingProxyType({"everything": "all"})
"""Parameters whose option at the command line has another name."""
DEFAULT_DAYS: Final = 30
"""Default of the parameter `days`."""
MAX_NAMES_IN_MESSAGE: Final = 8
"""Names that an error message lists."""
_PARAMETER: Final = re.compile(r"\$(\w+)")
_HEAD_KEYS: Final = {"标题": "title", "问题": "question", "说明": "explanation", "无结果": "empty"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        number: Number of the file.
        title: Chinese title.
        question: The question in Chinese.
        parameters: Name of a parameter -> its Chinese meaning.
        explanation: How to read the result (Chinese).
        empty: What an empty result means (Chinese).
        sql: The query, with `$name` for parameters.
    """

    number: int
    title: str
    question: str
    parameters: Mapping[str, str]
    explanation: str
    empty: str
    sql: str


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
        return [
            name
            for name in ("notice", "other", "topic", "party", "date", "days", "everything")
            if getattr(self, name) not in (None, (), False)
        ]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question.

    Attributes:
        question: The question.
        result: The rows.
        notices: Labels of the notices that were asked about.
        message: How to read the rows, or why there are none (Chinese).
        parameters: The parameters of the query.
        caveat: What is doubtful about the tables it rests on (Chinese), None if nothing is.
    """

    question: Question
    result: Result
    notices: tuple[str, ...]
    message: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    caveat: str | None = None


@cache
def list_questions() -> tuple[Question, ...]:
    """Return all questions by number. Raises ValueError where a file lacks a part of its head comment."""
    folder = resources.files("warehouse") / "questions"
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    return tuple(read_question(int(item.name.removesuffix(".sql")), item.read_text("utf-8")) for item in files)


def read_question(number: int, source: str) -> Question:
    """Parse one file.

    The head comment has the lines `-- 标题：`, `-- 问题：`, `-- 参数：name：meaning` (one per parameter), `-- 说明：`
    and `-- 无结果：`; the SQL follows.

    Raises:
        ValueError: A line is missing, or the parameters are not those of the SQL.
    """
    lines = source.strip().splitlines()
    body = next((index for index, line in enumerate(lines) if not line.startswith("--")), len(lines))
    parts: dict[str, str] = {}
    parameters: dict[str, str] = {}
    for line in lines[:body]:
        key, _, value = line.removeprefix("--").strip().partition("：")
        if key == "参数":
            name, _, meaning = value.partition("：")
            parameters[name] = meaning
        elif key in _HEAD_KEYS:
            parts[_HEAD_KEYS[key]] = value
    sql = "\n".join(lines[body:])
    missing = [chinese for chinese, key in _HEAD_KEYS.items() if not parts.get(key)]
    if missing or not sql or set(_PARAMETER.findall(sql)) != parameters.keys():
        raise ValueError(f"question {number}: wants a head with {missing or 'the parameters of its query'}")
    return Question(number=number, parameters=parameters, sql=sql, **parts)


def get_question(number: int) -> Question:
    """Return the question with this number. Raises QueryError where there is none."""
    for question in list_questions():
        if question.number == number:
            return question
    raise QueryError(f"没有第 {number} 题。题号为 1 到 {len(list_questions())}，用 wenming ask 查看全部题目。")


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
    for name in filters.given():
        if name not in question.parameters:
            allowed = "、".join(f"--{OPTIONS.get(parameter, parameter)}" for parameter in question.parameters)
            option = OPTIONS.get(name, name)
            raise QueryError(f"第 {number} 题（{question.title}）不用参数 --{option}，可用的有：{allowed}。")
    from warehouse.store import connect

    with contextlib.closing(connect(path)) as connection:
        return ask(connection, question, filters, today=today, limit=limit)


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
    import duckdb

    labels = _read_labels(connection)
    notices = _match_notices(labels, filters.notice)
    values: dict[str, Any] = {
        "notice": notices,
        "other": _match_notices(labels, filters.other),
        "topic": find_topic(connection, filters.topic),
        "party": filters.party,
        "date": filters.date or today,
        "days": DEFAULT_DAYS if filters.days is None else filters.days,
        "everything": filters.everything,
    }
    parameters = {name: values[name] for name in question.parameters}
    try:
        cursor = connection.execute(question.sql, parameters)
        result = Result.fetch(cursor, limit)
    except duckdb.Error as error:
        raise QueryError(
            f"第 {question.number} 题查询失败。仓库可能由其他版本的程序生成，请运行 wenming build。（{error}）"
        ) from error
    names = tuple(label for notice_id, label, *_ in labels if notice_id in set(notices))
    if not labels:
        message = "仓库里还没有通知。请把通知放入 raw 文件夹，再运行 wenming build。"
    else:
        message = question.explanation if result.rows else f"没有结果：{question.empty}"
    ids = [values[name] for name in ("notice", "other") if name in question.parameters] or [[row[0] for row in labels]]
    caveat = read_doubtful_tables(connection).describe_notices(set().union(*ids), remedy)
    return Answer(question, result, names, message, parameters, caveat)


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
