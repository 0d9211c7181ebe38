"""The analyst's questions: one SQL file each in `questions/`, asked by number with a few named parameters."""

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
from typing import Any, Final

import duckdb

from warehouse.errors import QueryError
from warehouse.query import Result
from warehouse.store import connect

DEFAULT_DAYS: Final = 30
MAX_NAMES_IN_MESSAGE: Final = 8
"""Names that a message lists at most."""
_PARAMETER: Final = re.compile(r"\$(\w+)")
_HEAD_KEYS: Final = {"标题": "title", "问题": "question", "说明": "explanation", "无结果": "empty"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `parameters` maps what narrows it to its Chinese meaning, `empty` says what no row means."""

    number: int
    title: str
    get_question: str
    parameters: Mapping[str, str]
    explanation: str
    empty: str
    sql: str


@dataclass(frozen=True, slots=True)
class QuestionFilters:
    """What a person narrows a question by; texts are parts of names. None or () where not said."""

    notice: Sequence[str] = ()
    other: Sequence[str] = ()
    topic: str | None = None
    party: str | None = None
    date: date | None = None
    days: int | None = None

    def said(self) -> list[str]:
        """The names of the parameters that were given."""
        return [
            name
            for name in ("notice", "other", "topic", "party", "date", "days")
            if getattr(self, name) not in (None, ())
        ]


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows, the notices they speak of, and the words for a person: why there is no row, else how to read them."""

    get_question: Question
    result: Result
    notices: tuple[str, ...]
    words: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@cache
def list_questions() -> tuple[Question, ...]:
    """All questions by number. Raises ValueError where a file lacks a part of its head."""
    folder = resources.files("warehouse") / "questions"
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    return tuple(read_question(int(item.name.removesuffix(".sql")), item.read_text("utf-8")) for item in files)


def read_question(number: int, source: str) -> Question:
    """The question of one file: the lines `-- 标题：`, `-- 问题：`, `-- 参数：name：meaning` (one each), `-- 说明：`,
    `-- 无结果：`, then the SQL. Raises ValueError where one is missing or a parameter of the SQL has no line.
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
    """The question of this number. Raises QueryError."""
    for one in list_questions():
        if one.number == number:
            return one
    raise QueryError(f"没有第 {number} 题。题号为 1 到 {len(list_questions())}，用 wenming ask 查看全部题目。")


def answer(path: Path | str, number: int, wishes: QuestionFilters, *, today: date, limit: int | None = None) -> Answer:
    """Ask question `number` of the warehouse at `path`; `today` is the day that a question of dates begins with.

    Raises QueryError for an unknown number, a parameter that the question does not take, or a part of a name that fits
    nothing; the errors of `warehouse.store.connect`.
    """
    asked = get_question(number)
    for name in wishes.said():
        if name not in asked.parameters:
            able = "、".join(f"--{one}" for one in asked.parameters)
            raise QueryError(f"第 {number} 题（{asked.title}）不用参数 --{name}，可用的有：{able}。")
    with contextlib.closing(connect(path)) as connection:
        return ask(connection, asked, wishes, today=today, limit=limit)


def ask(
    connection: duckdb.DuckDBPyConnection,
    asked: Question,
    wishes: QuestionFilters,
    *,
    today: date,
    limit: int | None = None,
) -> Answer:
    """`answer` on a connection that is open already; only parameters that the question takes are looked at."""
    labels = _read_labels(connection)
    notices = _match_notices(labels, wishes.notice)
    given: dict[str, Any] = {
        "notice": notices,
        "other": _match_notices(labels, wishes.other),
        "topic": find_topic(connection, wishes.topic),
        "party": wishes.party,
        "date": wishes.date or today,
        "days": DEFAULT_DAYS if wishes.days is None else wishes.days,
    }
    parameters = {name: given[name] for name in asked.parameters}
    try:
        cursor = connection.execute(asked.sql, parameters)
        description = cursor.description or []
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
    except duckdb.Error as error:
        raise QueryError(
            f"第 {asked.number} 题查询失败。仓库可能由其他版本的程序生成，请运行 wenming build。（{error}）"
        ) from error
    cut = limit is not None and len(rows) > limit
    result = Result(
        tuple(str(column[0]) for column in description),
        tuple(str(column[1]) for column in description),
        tuple(rows[:limit] if cut else rows),
        cut,
    )
    named = tuple(label for notice_id, label, *_ in labels if notice_id in set(notices))
    if not labels:
        words = "仓库里还没有通知。请把通知放入 raw 文件夹，再运行 wenming build。"
    else:
        words = asked.explanation if rows else f"没有结果：{asked.empty}"
    return Answer(asked, result, named, words, parameters)


def _read_labels(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """(id, label, is_current, all names together) of every notice, in the order of places."""
    return connection.execute(
        "SELECT notice_id, label, is_current, concat_ws(' ', label, place, unit, title, source_path) "
        "FROM mart.notice_labels ORDER BY division_code NULLS LAST, label"
    ).fetchall()


def _match_notices(labels: Collection[tuple[Any, ...]], parts: Sequence[str]) -> list[str]:
    """Ids of the notices that hold a part in one of their names; every current one without parts."""
    if not parts:
        return [notice_id for notice_id, _, current, _ in labels if current]
    found: dict[str, None] = {}
    for part in parts:
        matching = [notice_id for notice_id, _, _, names in labels if part in names or part == notice_id]
        if not matching:
            there = [label for _, label, *_ in labels]
            close = difflib.get_close_matches(part, there, n=3, cutoff=0.3) or there[:MAX_NAMES_IN_MESSAGE]
            raise QueryError(
                f"没有通知含有“{part}”。库中有：{'、'.join(close)}{'等' if len(there) > len(close) else ''}。"
            )
        found |= dict.fromkeys(matching)
    return list(found)


def find_notices(connection: duckdb.DuckDBPyConnection, parts: Sequence[str]) -> list[str]:
    """Ids of the notices that hold one of these parts in a name, in that order; every current one without parts.

    Raises QueryError for a part that fits nothing.
    """
    return _match_notices(_read_labels(connection), parts)


def find_topic(connection: duckdb.DuckDBPyConnection, part: str | None) -> str | None:
    """The code of the theme with this code or name, or the only one whose name holds `part`. Raises QueryError."""
    if part is None:
        return None
    topics = connection.execute("SELECT topic, name FROM mart.topics ORDER BY ordinal").fetchall()
    exact = [topic for topic, name in topics if part in (topic, name)]
    found = exact or [topic for topic, name in topics if part in name]
    if len(found) == 1:
        return str(found[0])
    names = [name for topic, name in topics if not found or topic in found]
    several = f"“{part}”对应几个主题" if found else f"没有主题含有“{part}”"
    raise QueryError(f"{several}，请写明其中一个：{'、'.join(names)}。")
