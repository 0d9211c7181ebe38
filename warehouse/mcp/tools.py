"""What a program may ask: notices, tasks, questions, SQL; every number comes with the place it was read from.

A number of a task carries the file and the cell. A figure of a question carries the files of its notices and the
statement that computed it. An answer to a statement carries the places of all tasks and notices that it names.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from warehouse import clock, questions, store
from warehouse.errors import QueryError
from warehouse.explorer.connections import Limits
from warehouse.explorer.sql_runner import MAX_CONCURRENT, SqlRunner
from warehouse.formatting import to_json_value
from warehouse.query import Result
from warehouse.questions import PARAMETERS
from warehouse.search.find_tasks import find_tasks

MAX_ROWS: Final = 200
"""Rows of an answer; a program that needs more writes a file with `wenming sql`."""
MAX_TASKS: Final = 50
TASK_IDS: Final = frozenset({"task_id", "任务编号", "obligation_id", "task_a", "task_b"})
NOTICE_IDS: Final = frozenset({"notice_id", "通知编号", "notice_a", "notice_b"})
NO_SOURCES: Final = "结果中没有任务编号或通知编号，查不出数字的出处；请在语句中一并选出 task_id、notice_id 或 locator。"

_NOTICES: Final = """
SELECT l.notice_id, l.label, l.title, l.unit AS issuer, l.place, l.year, l.is_current, l.tasks, l.points,
       l.source_path AS file
FROM mart.notice_labels AS l
WHERE $contains = '' OR contains(concat_ws(' ', l.label, l.title, l.source_path), $contains)
ORDER BY l.is_current DESC, l.label
"""
_TASKS: Final = """
SELECT t.task_id, t.notice_id, l.label AS notice, t.label AS mark, t.requirement, t.criteria, t.points, t.deadline,
       t.evidence, t.methods, t.bonus, t.topic, l.source_path AS file, t.locator,
       (SELECT list(concat(party, CASE role WHEN 'lead' THEN '（牵头）' ELSE '（配合）' END) ORDER BY ordinal)
        FROM core.task_parties AS p WHERE p.task_id = t.task_id) AS parties,
       t.table_id IS NOT NULL AND t.table_id IN (
           SELECT table_id FROM core.findings WHERE rule = 'layout_doubt' AND dismissed IS NULL) AS is_doubtful
FROM core.tasks AS t JOIN mart.notice_labels AS l USING (notice_id) WHERE t.task_id IN (SELECT unnest($tasks))
"""
# The cells of the row of a task, by what their column means.
_CELLS: Final = """
SELECT t.task_id, b.roles[c.col + 1] AS role, arg_min(c.locator, c.col) AS locator
FROM core.tasks AS t JOIN core.tables AS b USING (table_id)
JOIN core.cells AS c ON c.table_id = t.table_id AND t.row BETWEEN c.row AND c.row + c.row_span - 1
WHERE t.task_id IN (SELECT unnest($tasks)) AND b.roles[c.col + 1] <> '' GROUP BY ALL
"""
_DETAILS: Final[Mapping[str, tuple[str, str]]] = {
    "deadlines": ("deadline", "SELECT raw, kind, starts_on, ends_on, recurrence FROM core.task_deadlines"),
    "materials": ("evidence", "SELECT raw, kind, min_count, unit, min_words FROM core.task_evidence"),
    "thresholds": ("requirement", "SELECT raw, subject, operator, value, unit FROM core.task_thresholds"),
    "scoring_rules": ("scoring", "SELECT raw, effect, condition, points, cap FROM core.scoring_rules"),
}
"""Facts of a task -> what the column means that they stand in, and their query."""
_FINDINGS: Final = """
SELECT rule, severity, message, locator FROM core.findings WHERE task_id = $task AND dismissed IS NULL ORDER BY ALL
"""
_FILES: Final = """
SELECT label, source_path AS file FROM mart.notice_labels WHERE label IN (SELECT unnest($labels)) ORDER BY ALL
"""
_PLACES: Final = """
SELECT t.task_id AS id, concat_ws(' ', l.source_path, t.locator) AS place
FROM core.tasks AS t JOIN mart.notice_labels AS l USING (notice_id) WHERE t.task_id IN (SELECT unnest($ids))
UNION ALL
SELECT n.notice_id, f.source_path FROM core.notices AS n JOIN core.files AS f USING (file_id)
WHERE n.notice_id IN (SELECT unnest($ids))
"""
_TABLES: Final = """
SELECT schema_name || '.' || name AS name, comment FROM (
    SELECT schema_name, table_name AS name, comment FROM duckdb_tables() WHERE NOT internal
    UNION ALL
    SELECT schema_name, view_name, comment FROM duckdb_views() WHERE NOT internal
) WHERE schema_name IN ('core', 'mart', 'cn', 'ops') ORDER BY ALL
"""
_COLUMNS: Final = """
SELECT column_name AS name, data_type AS type, comment FROM duckdb_columns()
WHERE schema_name || '.' || table_name = $name ORDER BY column_index
"""

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WarehouseTools:
    """The tools over the published file at `path`; each call sees the file that is published then.

    Attributes:
        path: The published file.
        today: Returns the day that questions about due days begin with.
        turns: Statements that may run at the same time.
    """

    path: Path
    today: Callable[[], date] = clock.today
    turns: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MAX_CONCURRENT))

    def list_notices(self, contains: str = "") -> Answer:
        """Return the notices whose name or file holds `contains`, with their files."""
        return {"notices": self._rows(_NOTICES, {"contains": contains})}

    def find_tasks(self, words: str, notice: str = "", limit: int = 10) -> Answer:
        """Return the tasks that the words mean, of the notices whose name holds `notice`."""
        with closing(store.connect(self.path)) as connection:
            notices = questions.find_notices(connection, [notice] if notice else [])
            found = find_tasks(connection, words, notices, max(1, min(limit, MAX_TASKS)))
            by_id = {task["task_id"]: task for task in _tasks(connection, [task.task_id for task in found.tasks])}
        tasks = [by_id[task.task_id] | {"matched": list(task.words), "score": task.score} for task in found.tasks]
        return {"tasks": tasks, "did_you_mean": list(found.proposed)}

    def get_task(self, task_id: str) -> Answer:
        """Return one task with all its facts, each with its file and cell."""
        with closing(store.connect(self.path)) as connection:
            tasks = _tasks(connection, [task_id])
            if not tasks:
                raise QueryError(f"没有这条任务：{task_id}。任务编号见 find_tasks 的结果。")
            (task,) = tasks
            cells = _cells(connection, [task_id])
            for name, (role, sql) in _DETAILS.items():
                place = _place(task, cells.get((task_id, role)))
                rows = _fetch(connection, f"{sql} WHERE task_id = $task ORDER BY ordinal", {"task": task_id})
                task[name] = [row | place for row in rows]
            task["findings"] = _fetch(connection, _FINDINGS, {"task": task_id})
        return task

    def list_questions(self) -> Answer:
        """Return the prepared questions with their parameters."""
        listed = [
            {
                "number": one.number,
                "title": one.title,
                "question": one.question,
                "parameters": {name: f"{PARAMETERS[name].label}，{PARAMETERS[name].hint}" for name in one.parameters},
            }
            for one in questions.list_questions()
        ]
        return {"questions": listed}

    def ask_question(self, number: int, notice: str = "", other: str = "", topic: str = "", party: str = "") -> Answer:
        """Return the answer to a question with the files of its notices and the statement that computed it."""
        filters = questions.QuestionFilters(
            (notice,) if notice else (), (other,) if other else (), topic or None, party or None
        )
        found = questions.answer(self.path, number, filters, today=self.today(), limit=MAX_ROWS)
        files = self._rows(_FILES, {"labels": list(found.notices)})
        return {
            "title": found.question.title,
            "question": found.question.question,
            "conclusion": found.conclusion,
            **_table(found.result),
            "explanation": found.message,
            "caveat": found.caveat,
            "left_out": [{"notice": one.label, "reason": one.reason} for one in found.left_out],
            "sources": {"notices": files, "sql": found.question.sql},
        }

    def describe_tables(self, table: str = "") -> Answer:
        """Return the tables with their meaning, or the columns of one of them."""
        if not table:
            return {"tables": self._rows(_TABLES, {})}
        columns = self._rows(_COLUMNS, {"name": table})
        if not columns:
            raise QueryError(f"没有这张表：{table}。表名见 describe_tables。")
        return {"table": table, "columns": columns}

    async def run_sql(self, sql: str, limit: int = 50) -> Answer:
        """Return the answer to one statement, within the limits of the explorer, with the places of what it names."""
        if not self.turns.acquire(blocking=False):
            raise QueryError("同时运行的查询语句太多，请等前面的语句完成后再试。")
        try:
            result = await SqlRunner(self.path, Limits()).run(sql, max(1, min(limit, MAX_ROWS)))
        finally:
            self.turns.release()
        ids = sorted(_ids(result))
        places = {row["id"]: row["place"] for row in self._rows(_PLACES, {"ids": ids})} if ids else {}
        return {**_table(result), "sources": places, **({} if places else {"note": NO_SOURCES})}

    def _rows(self, sql: str, parameters: Mapping[str, Any]) -> list[Answer]:
        with closing(store.connect(self.path)) as connection:
            return _fetch(connection, sql, parameters)


def _fetch(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> list[Answer]:
    cursor = connection.execute(sql, dict(parameters))
    names = [str(column[0]) for column in cursor.description or []]
    return [{name: to_json_value(value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()]


def _tasks(connection: duckdb.DuckDBPyConnection, task_ids: Sequence[str]) -> list[Answer]:
    """Return tasks; their points are a number with its cell."""
    cells = _cells(connection, task_ids)
    rows = _fetch(connection, _TASKS, {"tasks": list(task_ids)})
    for row in rows:
        if row["points"] is not None:
            row["points"] = {"value": row["points"], "unit": "分"} | _place(row, cells.get((row["task_id"], "points")))
    return rows


def _cells(connection: duckdb.DuckDBPyConnection, task_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    rows = connection.execute(_CELLS, {"tasks": list(task_ids)}).fetchall()
    return {(task_id, role): locator for task_id, role, locator in rows}


def _place(task: Mapping[str, Any], locator: str | None) -> Answer:
    """Return file and place of a fact: its cell, else the place of its task."""
    return {"file": task["file"], "locator": locator or task["locator"]}


def _table(result: Result) -> Answer:
    rows = [[to_json_value(value) for value in row] for row in result.rows]
    return {"columns": list(result.columns), "rows": rows, "truncated": result.truncated}


def _ids(result: Result) -> Iterable[str]:
    """Return the ids of tasks and notices in the columns that hold them."""
    places = [place for place, name in enumerate(result.columns) if name in TASK_IDS | NOTICE_IDS]
    return {row[place] for row in result.rows for place in places if isinstance(row[place], str)}
