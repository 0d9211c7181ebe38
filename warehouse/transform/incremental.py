"""Bringing the marts of a copied file up to date: only rows that a change can have touched are computed again.

A mart whose head names its update scope (`schemas.view_files.Scope`) is queried, with its own SQL, on a small database
that holds the affected rows only; the result replaces those rows of the file. Every other mart, and any that reads a
table which was replaced as a whole, is computed anew."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import duckdb

import schemas
from schemas import Scope, ViewSpec
from schemas.ddl import quoted
from warehouse.transform.view_files import all_views, view_comments

_TABLE_NAME: Final = re.compile(r"\b(?:core|mart|ops)\.\w+")

# A notice comes with the whole line of its editions: what is said of one is compared with the last, and progress is
# carried from edition to edition. And with those that would be called the same: they are told apart by numbers.
_AFFECTED_NOTICES: Final = """
CREATE TEMP TABLE concerned AS
WITH left_behind AS (
    SELECT notice_id, issuer, subject FROM old.core.notices
    WHERE notice_id NOT IN (SELECT notice_id FROM core.notices) OR notice_id IN (SELECT notice_id FROM renewed)
),
line AS (
    SELECT issuer, subject FROM core.notices SEMI JOIN renewed USING (notice_id)
    UNION
    SELECT issuer, subject FROM left_behind
),
named AS (
    SELECT n.notice_id, coalesce(n.issuer, n.county, n.city, n.province, n.title, f.source_path) AS name, n.year
    FROM core.notices AS n JOIN core.files AS f USING (file_id)
),
names AS (
    SELECT name, year FROM named SEMI JOIN renewed USING (notice_id)
    UNION
    SELECT coalesce(n.issuer, n.county, n.city, n.province, n.title, f.source_path), n.year
    FROM old.core.notices AS n JOIN old.core.files AS f USING (file_id) SEMI JOIN left_behind USING (notice_id)
)
SELECT notice_id FROM renewed
UNION
SELECT notice_id FROM core.notices SEMI JOIN line USING (issuer, subject)
UNION
SELECT n.notice_id FROM named AS n SEMI JOIN names AS m ON m.name = n.name AND m.year IS NOT DISTINCT FROM n.year;
CREATE TEMP TABLE outgoing AS
SELECT notice_id FROM old.core.notices
WHERE notice_id IN (SELECT notice_id FROM concerned) OR notice_id NOT IN (SELECT notice_id FROM core.notices);
"""
# A person's decision on two tasks holds wherever they stand: those that are found now, and those that were before.
_REVIEWED_TASKS: Final = "UNION".join(
    f"""
SELECT t.task_id
FROM {core}.tasks AS t JOIN {core}.notices AS n USING (notice_id) JOIN {core}.files AS f USING (file_id)
JOIN (
    SELECT file_a AS source_path, locator_a AS locator FROM ops.counterpart_reviews
    UNION
    SELECT file_b, locator_b FROM ops.counterpart_reviews
) AS r ON r.source_path = f.source_path AND r.locator = t.locator
"""
    for core in ("core", "old.core")
)
# A pair of notices is told by how many tasks of the one have a counterpart in the other: only where such a pair is
# listed does it matter that a list of counterparts has another member.
_AFFECTED_LISTS: Final = """
INSERT INTO relisted
WITH was AS (SELECT task_a, notice_a, notice_b FROM pairs_before SEMI JOIN relisted_tasks ON task_id = task_a),
now AS (SELECT task_a, notice_a, notice_b FROM pairs_after),
changed AS ((FROM was EXCEPT FROM now) UNION ALL (FROM now EXCEPT FROM was))
SELECT notice_a FROM changed SEMI JOIN mart.notice_pairs USING (notice_a, notice_b)
UNION
SELECT notice_id FROM core.tasks SEMI JOIN reviewed_tasks USING (task_id)
UNION
SELECT notice_id FROM outgoing
UNION
SELECT notice_id FROM concerned
"""

SCOPE_KEYS: Final[Mapping[Scope, tuple[str, str]]] = MappingProxyType(
    {
        Scope.NOTICE: ("SELECT notice_id FROM concerned", "SELECT notice_id FROM outgoing"),
        Scope.LISTED_TASK: ("SELECT task_id FROM relisted_tasks", "SELECT task_id FROM relisted_tasks"),
        Scope.LISTED_NOTICE: ("SELECT notice_id FROM relisted", "SELECT notice_id FROM relisted"),
    }
)
"""Scope -> the keys whose rows are computed, and the keys whose rows fall away before."""

_AFFECTED_TASKS: Final = "SELECT task_id FROM core.tasks SEMI JOIN concerned USING (notice_id)"
ROW_FILTERS: Final[Mapping[Scope, Mapping[str, str]]] = MappingProxyType(
    {
        Scope.NOTICE: {
            "notice_id": SCOPE_KEYS[Scope.NOTICE][0],
            "file_id": "SELECT file_id FROM core.notices SEMI JOIN concerned USING (notice_id)",
            "table_id": "SELECT table_id FROM core.tables SEMI JOIN concerned USING (notice_id)",
            "task_id": _AFFECTED_TASKS,
        },
        Scope.LISTED_TASK: {"task_a": SCOPE_KEYS[Scope.LISTED_TASK][0]},
        Scope.LISTED_NOTICE: {"notice_a": SCOPE_KEYS[Scope.LISTED_NOTICE][0]},
    }
)
"""Scope -> column by which the rows of a table that is asked are told, the first one that it has, and its values."""

_PYTHON_TABLE_SCOPES: Final[Mapping[str, Scope]] = MappingProxyType({"mart.task_pairs": Scope.LISTED_TASK})
"""Table that is no mart -> its scope, where it is not that of a notice."""


def mark_affected_notices(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary tables `concerned` (notices of the new file whose own rows, or whose place in their line of
    editions, are not those of `old`) and `outgoing` (the notices of `old` whose rows no longer hold)."""
    connection.execute(_AFFECTED_NOTICES)


def mark_affected_lists(connection: duckdb.DuckDBPyConnection) -> None:
    """Complete `relisted`, the notices whose lists of counterparts may have changed."""
    connection.execute(f"CREATE TEMP TABLE reviewed_tasks AS {_REVIEWED_TASKS}")
    connection.execute(_AFFECTED_LISTS)


class IncrementalMarts:
    """Marts brought up to date in a file that began as a copy; `replaced` are the tables that came new as a whole."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, replaced: Collection[str]) -> None:
        self._connection = connection
        ((self._file,),) = connection.execute("SELECT current_database()").fetchall()
        self._views = {view.full_name: view for view in all_views()}
        self._anew = _dependent_views(self._views.values(), replaced)
        self._there: dict[Scope, set[str]] = {}

    def scope_of(self, name: str) -> Scope | None:
        """By what this mart, or computed table, was brought up to date, its other rows being as they were; None where
        any row of it may be another, or may tell of what is there no more."""
        view = self._views.get(name)
        scope = _PYTHON_TABLE_SCOPES.get(name, Scope.NOTICE) if view is None else view.scope
        if scope is None or name in self._anew:
            return None
        return None if scope is not Scope.NOTICE and self._is_any("SELECT notice_id FROM outgoing") else scope

    def _is_any(self, query: str) -> bool:
        return bool(self._connection.execute(f"SELECT 1 FROM ({query}) LIMIT 1").fetchall())

    def ask(self, scope: Scope, query: str) -> list[tuple[Any, ...]]:
        """The answer to a query where the marts hold the rows of this scope alone."""
        return self._run(scope, query, query)

    def renew(self, view: ViewSpec) -> None:
        """Bring one mart up to date; the marts and tables that it asks are already."""
        if not view.stored:
            return
        if view.scope is None or view.full_name in self._anew:
            self._connection.execute(view.sql)
            self._connection.execute(";\n".join(view_comments(view)))
            return
        scope, key, name = view.scope, quoted(view.scope_column), _quoted_name(view.full_name)
        wanted, gone = SCOPE_KEYS[scope]
        self._run(scope, view.query, f"CREATE TABLE {name} AS\n{view.query}")
        self._there[scope].add(view.full_name)
        if self._is_any(gone):
            self._connection.execute(f"DELETE FROM {name} WHERE {key} IN ({gone})")
        self._connection.execute(f"INSERT INTO {name} SELECT * FROM {scope.value}.{name} WHERE {key} IN ({wanted})")

    def _run(self, scope: Scope, query: str, statement: str) -> list[tuple[Any, ...]]:
        """Execute a statement where the tables that `query` reads hold the rows of this scope alone."""
        if scope not in self._there:
            self._connection.execute(f"ATTACH ':memory:' AS {scope.value}")
            for schema in schemas.SCHEMAS:
                self._connection.execute(f"CREATE SCHEMA {scope.value}.{schema}")
            self._there[scope] = set()
        for asked in sorted(set(_TABLE_NAME.findall(query)) - self._there[scope]):
            self._provide(scope, asked)
            self._there[scope].add(asked)
        self._connection.execute(f"USE {scope.value}")
        try:
            return self._connection.execute(statement).fetchall()
        finally:
            self._connection.execute(f"USE {quoted(self._file)}")

    def close(self) -> None:
        """Forget the small databases."""
        for scope in self._there:
            self._connection.execute(f"DETACH {scope.value}")

    def _provide(self, scope: Scope, name: str) -> None:
        view = self._views.get(name)
        if view is not None and not view.stored and scope is Scope.NOTICE:
            self._run(scope, view.query, view.sql)
            return
        whole, limits = f"{quoted(self._file)}.{_quoted_name(name)}", self._limits(scope, name)
        kind = "TABLE" if limits and (view is None or view.stored) else "VIEW"
        query = f"SELECT * FROM {whole} {limits}"
        if (scope, name) == (Scope.LISTED_TASK, "mart.task_pairs"):
            query = "SELECT * FROM pairs_after"
        self._connection.execute(f"CREATE {kind} {scope.value}.{_quoted_name(name)} AS {query}")

    def _limits(self, scope: Scope, name: str) -> str:
        """WHERE and ORDER BY that leave the rows of the scope; nothing where the table knows no such rows."""
        table, view = schemas.TABLES.get(name), self._views.get(name)
        columns = table.column if table is not None else view.columns if view is not None else {}
        if name.startswith("ops."):
            return ""
        for column, wanted in ROW_FILTERS[scope].items():
            if column in columns:
                order = f" ORDER BY {', '.join(f'{quoted(one)} NULLS FIRST' for one in table.order)}" if table else ""
                return f"WHERE {quoted(column)} IN ({wanted}){order}"
        return ""


def _quoted_name(full_name: str) -> str:
    """`schema.name`, quoted."""
    return ".".join(map(quoted, full_name.split(".")))


def _dependent_views(views: Iterable[ViewSpec], replaced: Collection[str]) -> set[str]:
    """The views that read one of these tables, or another such view; `views` stand behind those they ask."""
    touched = set(replaced)
    for view in views:
        if touched & set(_TABLE_NAME.findall(view.query)):
            touched.add(view.full_name)
    return touched - set(replaced)


# How much of the former file the new one begins with.


class UpdateMode(enum.Enum):
    """What a file that is being built takes over of what was derived in the former one, attached as `old`."""

    NOTHING = "nothing"
    """All is computed: there is no former file, or another version of the program computed it."""
    ROWS = "rows"
    """The new file is empty; what is dear to compute is copied from `old`."""
    IN_PLACE = "in place"
    """The new file is a copy of `old`; rows that no longer hold are deleted, others added."""
