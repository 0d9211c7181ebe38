"""Rank tasks by the terms of a question: one pass over the texts in SQL, rare terms counting most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from warehouse.search.terms import SIMILAR, Term, list_expressions, propose, read_terms

MIN_SCORE: Final = 0.15
"""Share of the weight of a question that a task must hold to be listed; a common word of a long one is too little."""
UNHELD: Final = 0.3
"""What a term counts that no task holds: it lowers the score of all tasks a little, and decides nothing."""
ELSEWHERE: Final = 0.5
"""What a term counts that stands beside the requirement: in materials, standards, or the names of its indicators."""
LENGTH_SCALE: Final = 400
"""Characters of a requirement at which a term in it counts half: a page that names everything is about nothing."""
_OTHER_TEXTS: Final = ("t.criteria", "t.scoring", "t.evidence", "t.remark", "i.name", "c.name")


@dataclass(frozen=True, slots=True)
class FoundTask:
    """A task with its score (0 to 1) and the words of it that were found."""

    task_id: str
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The tasks of a question, best first, and other questions that may be meant."""

    tasks: tuple[FoundTask, ...]
    proposed: tuple[str, ...]


def find_tasks(connection: duckdb.DuckDBPyConnection, question: str, notices: Sequence[str], limit: int) -> Found:
    """Return the tasks of these notices that a question means.

    Args:
        connection: The open warehouse.
        question: Words in any order.
        notices: Ids of the notices.
        limit: Maximum number of tasks.
    """
    terms = read_terms(question)
    if not terms:
        return Found((), ())
    sql, parameters = build_query(terms, notices, limit)
    rows = connection.execute(sql, parameters).fetchall()
    tasks = tuple(FoundTask(row[0], round(row[1], 4), _words_found(terms, row[2])) for row in rows)
    return Found(tasks, tuple(propose(question, _find_expressions(connection, question, terms, notices))))


def build_query(terms: Sequence[Term], notices: Sequence[str], limit: int) -> tuple[str, dict[str, Any]]:
    """Return the query and its parameters; one row a task: task_id, score, the texts it was found in.

    Of each term a task holds the words as typed (1), an expression of the same meaning (`SIMILAR`), or nothing (0),
    less where they stand beside the requirement. A term weighs as much as it is rare among the tasks.
    """
    parameters: dict[str, Any] = {"notices": list(notices)}
    levels = []
    for number, term in enumerate(terms):
        parameters[f"exact{number}"] = list(term.exact)
        if term.similar:
            parameters[f"similar{number}"] = list(term.similar)
        levels.append(f"greatest({', '.join(_cases(number, term))})")
    level_columns = ", ".join(f"{level} AS l{number}" for number, level in enumerate(levels))
    weights = ", ".join(
        f"{term.weight} * ln(1 + count(*) / (1 + count(*) FILTER (l{number} > 0))) "
        f"* CASE WHEN count(*) FILTER (l{number} > 0) = 0 THEN {UNHELD} ELSE 1 END AS w{number}"
        for number, term in enumerate(terms)
    )
    total = " + ".join(f"w{number}" for number in range(len(terms)))
    gained = " + ".join(f"w{number} * l{number}" for number in range(len(terms)))
    sql = f"""
        WITH texts AS (
            SELECT t.task_id, t.notice_id, t.ordinal, coalesce(t.requirement, t.criteria, '') AS main,
                   concat_ws(' ', {", ".join(_OTHER_TEXTS)}) AS other
            FROM core.tasks AS t
            LEFT JOIN core.indicators AS i ON i.indicator_id = t.indicator_id
            LEFT JOIN mart.topics AS c ON c.topic = t.topic
            WHERE t.notice_id IN (SELECT unnest($notices))
        ),
        leveled AS MATERIALIZED (SELECT task_id, notice_id, ordinal, main, other, {level_columns} FROM texts),
        weighed AS (SELECT {weights} FROM leveled),
        scored AS (
            SELECT h.task_id, h.notice_id, h.ordinal, concat_ws(' ', h.main, h.other) AS content,
                   ({gained}) / ({total}) AS share, length(h.main) AS size
            FROM leveled AS h CROSS JOIN weighed
        )
        SELECT task_id, share, content FROM scored WHERE share >= {MIN_SCORE}
        ORDER BY share / (1 + size / {LENGTH_SCALE}.0) DESC, notice_id, ordinal, task_id LIMIT {int(limit)}
    """
    return sql, parameters


def _cases(number: int, term: Term) -> Iterator[str]:
    """Yield the cases of what a task holds of a term."""
    for name, words, level in (("exact", term.exact, 1.0), ("similar", term.similar, SIMILAR)):
        for column, value in (("main", level), ("other", level * ELSEWHERE)):
            if words:
                yield f"CASE WHEN {_any_in(f'{name}{number}', column, len(words))} THEN {value} ELSE 0 END"


def _any_in(name: str, column: str, count: int) -> str:
    return "(" + " OR ".join(f"contains({column}, ${name}[{place}])" for place in range(1, count + 1)) + ")"


def _words_found(terms: Sequence[Term], content: str) -> tuple[str, ...]:
    words = dict.fromkeys(word for term in terms for word in (*term.exact, *term.similar) if word in content)
    return tuple(words)


def _find_expressions(
    connection: duckdb.DuckDBPyConnection, question: str, terms: Sequence[Term], notices: Sequence[str]
) -> dict[str, bool]:
    """Return which expressions some task holds: those of the terms, or all where no word of the question is known."""
    wanted = {word for term in terms for word in (term.typed, *term.similar)}
    if not any(term.similar for term in terms):
        wanted |= {word for word in list_expressions() if set(word) & set(question)}
    rows = connection.execute(
        "SELECT w.word, bool_or(contains(t.requirement, w.word)) FROM (SELECT unnest($words) AS word) AS w "
        "CROSS JOIN core.tasks AS t WHERE t.notice_id IN (SELECT unnest($notices)) GROUP BY w.word",
        {"words": sorted(wanted), "notices": list(notices)},
    ).fetchall()
    return {word: bool(is_found) for word, is_found in rows}
