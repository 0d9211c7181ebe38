"""Incremental update of the marts of a copied warehouse file: only rows that a change can affect are computed again.

A mart whose head comment names its update scope (`schemas.view_files.Scope`) is queried, with its own SQL, on a small
database that holds the affected rows only; the result replaces those rows of the file. All other marts, and those that
read a table which was replaced as a whole, are rebuilt.
"""

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

# A changed notice affects all its versions (they are compared with each other, and progress is carried from version to
# version) and the notices of the same name and year, whose labels are numbered.
_AFFECTED_NOTICES: Final = """
CREATE TEMP TABLE affected_notices AS
WITH previous_notices AS (
    SELECT notice_id, issuer, subject FROM old.core.notices
    WHERE notice_id NOT IN (SELECT notice_id FROM core.notices) OR notice_id IN (SELECT notice_id FROM changed_notices)
),
line AS (
    SELECT issuer, subject FROM core.notices SEMI JOIN changed_notices USING (notice_id)
    UNION
    SELECT issuer, subject FROM previous_notices
),
names AS (
    SELECT name, year FROM mart.notice_names SEMI JOIN changed_notices USING (notice_id)
    UNION
    SELECT name, year FROM old.mart.notice_names SEMI JOIN previous_notices USING (notice_id)
)
SELECT notice_id FROM changed_notices
UNION
SELECT notice_id FROM core.notices SEMI JOIN line USING (issuer, subject)
UNION
SELECT n.notice_id FROM mart.notice_names AS n
SEMI JOIN names AS m ON m.name = n.name AND m.year IS NOT DISTINCT FROM n.year;
CREATE TEMP TABLE stale_notices AS
SELECT notice_id FROM old.core.notices
WHERE notice_id IN (SELECT notice_id FROM affected_notices) OR notice_id NOT IN (SELECT notice_id FROM core.notices);
"""
# Reviewed pairs name tasks by file and locator: the tasks found there now, and those found there before.
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
# The similarity of two notices counts the matched tasks between them: a changed task list matters only where the pair
# of notices is listed.
_AFFECTED_LISTS: Final = """
INSERT INTO affected_lists
WITH was AS (SELECT task_a, notice_a, notice_b FROM pairs_before SEMI JOIN affected_task_lists ON task_id = task_a),
now AS (SELECT task_a, notice_a, notice_b FROM pairs_after),
changed AS ((FROM was EXCEPT FROM now) UNION ALL (FROM now EXCEPT FROM was))
SELECT notice_a FROM changed SEMI JOIN mart.notice_pairs USING (notice_a, notice_b)
UNION
SELECT notice_id FROM core.tasks SEMI JOIN reviewed_tasks USING (task_id)
UNION
SELECT notice_id FROM stale_notices
UNION
SELECT notice_id FROM affected_notices
"""

SCOPE_KEYS: Final[Mapping[Scope, tuple[str, str]]] = MappingProxyType(
    {
        Scope.NOTICE: ("SELECT notice_id FROM affected_notices", "SELECT notice_id FROM stale_notices"),
        Scope.LISTED_TASK: ("SELECT task_id FROM affected_task_lists", "SELECT task_id FROM affected_task_lists"),
        Scope.LISTED_NOTICE: ("SELECT notice_id FROM affected_lists", "SELECT notice_id FROM affected_lists"),
    }
)
"""Scope -> queries for the keys whose rows are computed, and for the keys whose old rows are deleted before."""

ROW_FILTERS: Final[Mapping[Scope, Mapping[str, str]]] = MappingProxyType(
    {
        Scope.NOTICE: {
            "notice_id": SCOPE_KEYS[Scope.NOTICE][0],
            "file_id": "SELECT file_id FROM core.notices SEMI JOIN affected_notices USING (notice_id)",
            "table_id": "SELECT table_id FROM core.tables SEMI JOIN affected_notices USING (notice_id)",
            "task_id": "SELECT task_id FROM core.tasks SEMI JOIN affected_notices USING (notice_id)",
        },
        Scope.LISTED_TASK: {"task_a": SCOPE_KEYS[Scope.LISTED_TASK][0]},
        Scope.LISTED_NOTICE: {"notice_a": SCOPE_KEYS[Scope.LISTED_NOTICE][0]},
    }
)
"""Scope -> column -> query for its affected values; the first column that a table has selects its affected rows."""

_PYTHON_TABLE_SCOPES: Final[Mapping[str, Scope]] = MappingProxyType({"mart.task_pairs": Scope.LISTED_TASK})
"""Scopes of the tables that are filled by Python, where they differ from `Scope.NOTICE`."""


class UpdateMode(enum.Enum):
    """How much of the previous warehouse file, attached as `old`, is reused by the file that is being built."""

    REBUILD = "rebuild"
    """Nothing: there is no previous file, or another version of the program derived it."""
    REUSE = "reuse"
    """The new file starts empty; results that are expensive to compute are copied from `old`."""
    INCREMENTAL = "incremental"
    """The new file starts as a copy of `old`; rows that no longer hold are deleted and new ones added."""


def mark_affected_notices(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the temporary tables `affected_notices` and `stale_notices`.

    `affected_notices` are notices of the new file whose rows or version chain differ from the previous file,
    `stale_notices` notices of the previous file whose rows no longer hold.
    """
    connection.execute(_AFFECTED_NOTICES)


def mark_affected_lists(connection: duckdb.DuckDBPyConnection) -> None:
    """Complete the temporary table `affected_lists`: the notices whose lists of similar tasks may have changed."""
    connection.execute(f"CREATE TEMP TABLE reviewed_tasks AS {_REVIEWED_TASKS}")
    connection.execute(_AFFECTED_LISTS)


class IncrementalMarts:
    """The marts of a file that started as a copy of the previous one.

    For each scope a small in-memory database, attached under the name of the scope, holds the affected rows of the
    tables that the marts read.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, replaced: Collection[str]) -> None:
        """Prepare the update; `replaced` are the tables that were replaced as a whole."""
        self._connection = connection
        ((self._file,),) = connection.execute("SELECT current_database()").fetchall()
        self._views = {view.full_name: view for view in all_views()}
        self._rebuilt = _dependent_views(self._views.values(), replaced)
        self._provided: dict[Scope, set[str]] = {}

    def updated_scope(self, name: str) -> Scope | None:
        """Return the scope by which a mart or computed table was updated, its other rows being unchanged.

        None where any of its rows may have changed, or may refer to rows that were deleted.
        """
        view = self._views.get(name)
        scope = _PYTHON_TABLE_SCOPES.get(name, Scope.NOTICE) if view is None else view.scope
        if scope is None or name in self._rebuilt:
            return None
        return None if scope is not Scope.NOTICE and self._has_rows("SELECT notice_id FROM stale_notices") else scope

    def query(self, scope: Scope, query: str) -> list[tuple[Any, ...]]:
        """Run a query on marts that hold the rows of this scope only."""
        return self._run(scope, query, query)

    def refresh(self, view: ViewSpec) -> None:
        """Update one mart; the marts and tables that it reads must be up to date."""
        if not view.stored:
            return
        if view.scope is None or view.full_name in self._rebuilt:
            self._connection.execute(view.sql)
            self._connection.execute(";\n".join(view_comments(view)))
            return
        scope, key, name = view.scope, quoted(view.scope_column), _quoted_name(view.full_name)
        new_keys, old_keys = SCOPE_KEYS[scope]
        self._run(scope, view.query, f"CREATE TABLE {name} AS\n{view.query}")
        self._provided[scope].add(view.full_name)
        if self._has_rows(old_keys):
            self._connection.execute(f"DELETE FROM {name} WHERE {key} IN ({old_keys})")
        self._connection.execute(f"INSERT INTO {name} SELECT * FROM {scope.value}.{name} WHERE {key} IN ({new_keys})")

    def close(self) -> None:
        """Detach the small databases."""
        for scope in self._provided:
            self._connection.execute(f"DETACH {scope.value}")

    def _has_rows(self, query: str) -> bool:
        return bool(self._connection.execute(f"SELECT 1 FROM ({query}) LIMIT 1").fetchall())

    def _run(self, scope: Scope, query: str, statement: str) -> list[tuple[Any, ...]]:
        """Execute a statement in the database of this scope, after providing the tables that `query` reads."""
        if scope not in self._provided:
            self._connection.execute(f"ATTACH ':memory:' AS {scope.value}")
            for schema in schemas.SCHEMAS:
                self._connection.execute(f"CREATE SCHEMA {scope.value}.{schema}")
            self._execute_in(scope, ";\n".join(schemas.macro_statements()))
            self._provided[scope] = set()
        for name in sorted(set(_TABLE_NAME.findall(query)) - self._provided[scope]):
            self._provide(scope, name)
            self._provided[scope].add(name)
        return self._execute_in(scope, statement)

    def _execute_in(self, scope: Scope, statement: str) -> list[tuple[Any, ...]]:
        """Execute a statement in the database of this scope."""
        self._connection.execute(f"USE {scope.value}")
        try:
            return self._connection.execute(statement).fetchall()
        finally:
            self._connection.execute(f"USE {quoted(self._file)}")

    def _provide(self, scope: Scope, name: str) -> None:
        """Create a table or view of the file in the database of this scope, with its affected rows only."""
        view = self._views.get(name)
        if view is not None and not view.stored and scope is Scope.NOTICE:
            self._run(scope, view.query, view.sql)
            return
        source, row_filter = f"{quoted(self._file)}.{_quoted_name(name)}", self._row_filter(scope, name)
        kind = "TABLE" if row_filter and (view is None or view.stored) else "VIEW"
        query = f"SELECT * FROM {source} {row_filter}"
        if (scope, name) == (Scope.LISTED_TASK, "mart.task_pairs"):
            query = "SELECT * FROM pairs_after"
        self._connection.execute(f"CREATE {kind} {scope.value}.{_quoted_name(name)} AS {query}")

    def _row_filter(self, scope: Scope, name: str) -> str:
        """Return the WHERE and ORDER BY that select the affected rows; empty where the table has no such column."""
        table, view = schemas.TABLES.get(name), self._views.get(name)
        columns = table.column if table is not None else view.columns if view is not None else {}
        if name.startswith("ops."):
            return ""
        for column, values in ROW_FILTERS[scope].items():
            if column in columns:
                order = f" ORDER BY {', '.join(f'{quoted(key)} NULLS FIRST' for key in table.order)}" if table else ""
                return f"WHERE {quoted(column)} IN ({values}){order}"
        return ""


def _quoted_name(full_name: str) -> str:
    """Return `schema.name` with both parts quoted."""
    return ".".join(map(quoted, full_name.split(".")))


def _dependent_views(views: Iterable[ViewSpec], replaced: Collection[str]) -> set[str]:
    """Return the views that read one of these tables, directly or through other views; `views` are sorted."""
    touched = set(replaced)
    for view in views:
        if touched & set(_TABLE_NAME.findall(view.query)):
            touched.add(view.full_name)
    return touched - set(replaced)
