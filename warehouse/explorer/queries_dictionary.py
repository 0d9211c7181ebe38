"""Queries of the data dictionary; each returns SQL and parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from schemas.ddl import literal, quoted
from warehouse.explorer.queries import Query

SAMPLE_ROWS: Final = 5
"""Rows that the page of a table shows."""


def relations() -> Query:
    """Tables and views with their comments."""
    return (
        "SELECT schema_name, table_name AS name, coalesce(comment, '') AS comment, true AS is_stored "
        "FROM duckdb_tables() WHERE NOT internal "
        "UNION ALL SELECT schema_name, view_name, coalesce(comment, ''), false FROM duckdb_views() WHERE NOT internal "
        "ORDER BY schema_name, name",
        [],
    )


def columns() -> Query:
    """Columns of all tables and views in their order, and whether a statement has to quote the name."""
    return (
        "SELECT c.schema_name, c.table_name, c.column_name AS name, c.data_type AS type, "
        "coalesce(c.comment, '') AS comment, lower(c.column_name) IN "
        "(SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved') AS is_keyword "
        "FROM duckdb_columns() AS c WHERE NOT c.internal ORDER BY c.schema_name, c.table_name, c.column_index",
        [],
    )


def row_counts(tables: Iterable[tuple[str, str]]) -> Query:
    """Number of rows of stored tables, by schema and name."""
    counts = [
        f"SELECT {literal(f'{schema}.{name}')} AS name, count(*) AS row_count FROM {quoted(schema)}.{quoted(name)}"
        for schema, name in tables
    ]
    return " UNION ALL ".join(counts), []


def sample(schema: str, name: str) -> Query:
    """First rows of a table or view; both parts of its name must be known ones."""
    return f"SELECT * FROM {quoted(schema)}.{quoted(name)} LIMIT {SAMPLE_ROWS}", []
