"""The differences between two published files: counts by table, and changed columns row by row.

The ids of a notice and of its rows are derived from the bytes of its file. If a file changed in place, its older ids
are mapped to the newer ones, so that it is compared with its previous version instead of being reported as one deleted
and one new notice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

import schemas
from schemas import ColumnSpec, TableSpec
from schemas.ddl import literal, quoted, relation
from schemas.specs import ID_PATTERN
from warehouse.errors import QueryError, SnapshotError
from warehouse.formatting import Result
from warehouse.store.snapshots import RUN_TABLES

EXCLUDED_TABLES: Final = frozenset({"ops.meta", *RUN_TABLES})
"""Tables about the publication itself, which always differ."""

SUMMARY_COLUMNS: Final = ("表", "含义", "新增", "删除", "修改", "修改的列")
ADDED, REMOVED, CHANGED = "新增", "删除", "修改"

_COLUMNS: Final = (
    "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = ?"
)
_RENAMED_IDS: Final = """
CREATE TEMP TABLE renamed AS
WITH was AS (
    SELECT source_path, file_id, notice_id FROM older.core.files LEFT JOIN older.core.notices USING (file_id)
),
now AS (
    SELECT source_path, file_id, notice_id FROM newer.core.files LEFT JOIN newer.core.notices USING (file_id)
),
pair(was, now) AS (
    SELECT was.file_id, now.file_id FROM was JOIN now USING (source_path)
    UNION SELECT was.notice_id, now.notice_id FROM was JOIN now USING (source_path)
)
SELECT was, now FROM pair
WHERE was NOT IN (SELECT file_id FROM now UNION ALL SELECT notice_id FROM now WHERE notice_id IS NOT NULL)
  AND now NOT IN (SELECT file_id FROM was UNION ALL SELECT notice_id FROM was WHERE notice_id IS NOT NULL)
"""
_TITLES: Final = """
CREATE TEMP TABLE titles AS
SELECT notice_id, any_value(title) AS title FROM (
    SELECT notice_id, title FROM newer.core.notices UNION ALL SELECT notice_id, title FROM older.core.notices
) GROUP BY notice_id
"""
_OWNER_ID: Final = "^(f-[^-]+|[^-]+)"
"""Regular expression for the id of the file or notice that an id starts with."""


@dataclass(frozen=True, slots=True)
class DiffSummary:
    """The differences by table.

    Attributes:
        result: One row for each table that differs.
        uncompared: Tables whose keys differ between the two files.
    """

    result: Result
    uncompared: tuple[str, ...]


def summarize_changes(older: Path, newer: Path) -> DiffSummary:
    """Count the added, removed and changed rows of each table, and the changed columns.

    Raises:
        SnapshotError: A file cannot be read.
    """
    rows: list[tuple[Any, ...]] = []
    uncompared = []
    with _attach_both(older, newer) as connection:
        for table, columns in _comparable_tables(connection):
            if columns is None:
                uncompared.append(table.full_name)
            elif counts := _count_changes(connection, table, columns):
                rows.append(counts)
    types = ("VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "BIGINT", "VARCHAR")
    return DiffSummary(Result(SUMMARY_COLUMNS, types, tuple(rows)), tuple(uncompared))


def list_row_changes(older: Path, newer: Path, name: str, limit: int | None = None) -> Result:
    """Return the added, removed and changed rows of one table, sorted by key.

    A changed row is listed once for each changed column, with the old and the new value; added and removed rows are
    listed once, with their whole content. The title of the notice and the locator are added where the table has them.

    Args:
        older: The older file.
        newer: The newer file.
        name: `core.tasks`, `tasks` or the Chinese label of a table.
        limit: Maximum number of rows.

    Raises:
        QueryError: There is no such table, or it cannot be compared.
        SnapshotError: A file cannot be read.
    """
    table = _find_table(name)
    with _attach_both(older, newer) as connection:
        columns = next(columns for other, columns in _comparable_tables(connection) if other is table)
        if columns is None:
            raise QueryError(f"{table.full_name} 在两版中的结构不同，无法逐行比较")
        return Result.fetch(connection.execute(_detail_query(table, columns)), limit)


def _find_table(name: str) -> TableSpec:
    tables = [table for full, table in schemas.TABLES.items() if full not in EXCLUDED_TABLES]
    for table in tables:
        if name in (table.full_name, table.name, table.label):
            return table
    listed = "、".join(f"{table.full_name}（{table.label}）" for table in tables)
    raise QueryError(f"没有“{name}”这张表。可以比较的表：{listed}")


@contextlib.contextmanager
def _attach_both(older: Path, newer: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection with the files attached as `older` and `newer`."""
    with contextlib.closing(duckdb.connect()) as connection:
        try:
            for name, file in (("older", older), ("newer", newer)):
                connection.execute(f"ATTACH {literal(str(file))} AS {name} (READ_ONLY)")
            connection.execute(_RENAMED_IDS)
            connection.execute(_TITLES)
            yield connection
        except duckdb.Error as error:
            raise SnapshotError(f"两版无法比较，文件可能已损坏：{older}、{newer}（{error}）") from error


def _comparable_tables(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[TableSpec, list[ColumnSpec] | None]]:
    """Yield each table with the columns that both files have in the same type; None where the key differs."""
    present: list[set[tuple[str, str, str]]] = [
        set(connection.execute(_COLUMNS, [name]).fetchall()) for name in ("older", "newer")
    ]
    shared = {(table, column) for table, column, _ in present[0] & present[1]}
    for full_name, table in schemas.TABLES.items():
        if full_name not in EXCLUDED_TABLES:
            has_key = all((full_name, name) in shared for name in table.key)
            columns = [spec for spec in table.columns if (full_name, spec.name) in shared]
            yield table, columns if has_key else None


def _changed_rows(table: TableSpec, columns: Sequence[ColumnSpec]) -> str:
    """Return SQL for the rows that differ, as `o` and `n`; `is_present` is NULL on the side without the row."""
    sides = (_older_rows(table, columns), f"(SELECT true AS is_present, * FROM newer.{relation(table)})")
    keys = " AND ".join(f"o.{quoted(name)} = n.{quoted(name)}" for name in table.key)
    changed = " OR ".join(_differs(spec) for spec in columns)
    return f"{sides[0]} AS o FULL JOIN {sides[1]} AS n ON {keys} WHERE {changed}"


def _older_rows(table: TableSpec, columns: Sequence[ColumnSpec]) -> str:
    """Return SQL for the older rows, with their ids mapped to those of the newer file."""
    values, joins = [], []
    for number, spec in enumerate(columns):
        name = f"t.{quoted(spec.name)}"
        if spec.pattern == ID_PATTERN:
            joins.append(f"LEFT JOIN renamed AS r{number} ON r{number}.was = regexp_extract({name}, '{_OWNER_ID}')")
            name = f"coalesce(r{number}.now || substr({name}, length(r{number}.was) + 1), {name})"
        values.append(f"{name} AS {quoted(spec.name)}")
    return f"(SELECT true AS is_present, {', '.join(values)} FROM older.{relation(table)} AS t {' '.join(joins)})"


def _differs(spec: ColumnSpec) -> str:
    return f"o.{quoted(spec.name)} IS DISTINCT FROM n.{quoted(spec.name)}"


def _count_changes(
    connection: duckdb.DuckDBPyConnection, table: TableSpec, columns: Sequence[ColumnSpec]
) -> tuple[Any, ...] | None:
    """Return the row of the summary; None where nothing changed."""
    values = [spec for spec in columns if spec.name not in table.key]
    both = "o.is_present AND n.is_present"
    counts = ", ".join(f"count(*) FILTER (WHERE {both} AND {_differs(spec)})" for spec in values)
    parts = (
        f"SELECT count(*) FILTER (WHERE o.is_present IS NULL), count(*) FILTER (WHERE n.is_present IS NULL), "
        f"count(*) FILTER (WHERE {both}){', ' if counts else ''}{counts} FROM {_changed_rows(table, columns)}"
    )
    ((added, removed, changed, *each),) = connection.execute(parts).fetchall()
    if not (added or removed or changed):
        return None
    changed_columns = "，".join(f"{spec.label} {times}" for spec, times in zip(values, each, strict=True) if times)
    return table.full_name, table.label, added, removed, changed, changed_columns or None


def _detail_query(table: TableSpec, columns: Sequence[ColumnSpec]) -> str:
    """Return the query of `list_row_changes`."""
    values = [spec for spec in columns if spec.name not in table.key]
    changes = ", ".join(
        f"{{'place': {place}, 'label': {literal(spec.label)}, 'was': {_value_text('o', spec)}, "
        f"'now': {_value_text('n', spec)}, 'differs': {_differs(spec)}}}"
        for place, spec in enumerate(values, 1)
    )
    whole_row = (
        f"[{{'place': 0, 'label': NULL, 'was': {_row_text('o', values)}, 'now': {_row_text('n', values)}, "
        "'differs': true}]"
    )
    changed = f"list_filter([{changes}], lambda item: item.differs)" if values else whole_row
    inner = [f"coalesce(o.{quoted(name)}, n.{quoted(name)}) AS {quoted('k_' + name)}" for name in table.key]
    outer = [f"{quoted('k_' + name)} AS {quoted(table.column[name].label)}" for name in table.key]
    names = {spec.name for spec in columns}
    # Keys are not readable: the notice and the locator are.
    if "locator" in names:
        inner.append("coalesce(n.locator, o.locator) AS p_locator")
        outer.insert(0, "p_locator AS 所在位置")
    if "notice_id" in names:
        inner.append("(SELECT title FROM titles WHERE notice_id = coalesce(n.notice_id, o.notice_id)) AS p_notice")
        outer.insert(0, "p_notice AS 通知")
    order = ", ".join(quoted("k_" + name) for name in table.key)
    return (
        f"SELECT kind AS 变化, {', '.join(outer)}, "
        "change.label AS 列, change.was AS 原内容, change.now AS 现内容 FROM ("
        f"SELECT CASE WHEN o.is_present IS NULL THEN '{ADDED}' WHEN n.is_present IS NULL THEN '{REMOVED}' "
        f"ELSE '{CHANGED}' END AS kind, {', '.join(inner)}, "
        f"unnest(CASE WHEN o.is_present AND n.is_present THEN {changed} ELSE {whole_row} END) AS change "
        f"FROM {_changed_rows(table, columns)}) ORDER BY {order}, change.place"
    )


def _row_text(side: str, values: Sequence[ColumnSpec]) -> str:
    """Return SQL for the content of a row as `列名：内容`, without ids and empty columns; NULL where there is none."""
    listed = [spec for spec in values if spec.pattern != ID_PATTERN] or values
    parts = [f"{literal(spec.label + '：')} || {_value_text(side, spec)}" for spec in listed] or ["NULL::VARCHAR"]
    return f"CASE WHEN {side}.is_present THEN concat_ws('；', {', '.join(parts)}) END"


def _value_text(side: str, spec: ColumnSpec) -> str:
    """Return SQL for a value as text: codes in Chinese, lists joined, NULL for an empty list."""
    value = f"{side}.{quoted(spec.name)}"
    if spec.type == "BOOLEAN":
        return f"CASE WHEN {value} THEN '是' WHEN NOT {value} THEN '否' END"
    if spec.is_list:
        return f"nullif(array_to_string({value}, '、'), '')"
    if spec.values:
        cases = " ".join(f"WHEN {literal(code)} THEN {literal(word)}" for code, word in spec.values.items())
        return f"CASE {value} {cases} ELSE {value} END"
    return f"CAST({value} AS VARCHAR)"
