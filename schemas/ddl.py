"""The SQL of an empty warehouse: schemas, functions, tables and their Chinese comments."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from schemas.macros import MACROS
from schemas.registry import SCHEMAS, TABLES
from schemas.specs import ColumnSpec, TableSpec


def build_ddl() -> list[str]:
    """Return CREATE SCHEMA, CREATE MACRO, CREATE TABLE and COMMENT ON statements in executable order.

    DuckDB 2.0 does not store comments on schemas, so theirs are rows of `ops.meta` (key `schema:core`).
    Keys are checked before loading, not by indexes: DuckDB refuses to delete and add a key in one transaction.
    """
    statements = [f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}" for schema in SCHEMAS]
    statements.extend(macro_statements())
    for table in TABLES.values():
        statements.extend(_table_statements(table))
    statements.extend(
        f"INSERT INTO ops.meta VALUES ({literal('schema:' + name)}, {literal(comment)})"
        for name, comment in SCHEMAS.items()
    )
    return statements


def macro_statements() -> list[str]:
    """Return the statements that create the functions in the schema `main` of the current database."""
    return [
        statement
        for macro in MACROS
        for statement in (
            f"CREATE OR REPLACE MACRO {macro.signature} AS {macro.expression}",
            f"COMMENT ON MACRO {macro.name} IS {literal(macro.comment)}",
        )
    ]


def fingerprint() -> str:
    """Return the SHA-256 of the structure: warehouses with the same fingerprint have the same columns and types.

    Queries of this program call its functions, so that a file without them has another structure. Comments do not
    count: a reworded comment must not cause notices to be read again.
    """
    structure: list[object] = [
        [table.full_name, list(table.key), [_column_ddl(c) for c in table.columns]] for table in TABLES.values()
    ]
    structure += [macro.signature for macro in MACROS]
    return hashlib.sha256(json.dumps(structure).encode()).hexdigest()


def quoted(name: str) -> str:
    """Return a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def relation(table: TableSpec) -> str:
    """Return the quoted `schema.name` of a table."""
    return f"{quoted(table.schema)}.{quoted(table.name)}"


def table_comment(table: TableSpec) -> str:
    """Return the text of `COMMENT ON TABLE`."""
    return f"{table.label}：{table.comment}主键：{'、'.join(table.key)}"


def _table_statements(table: TableSpec) -> Iterator[str]:
    columns = ", ".join(_column_ddl(spec) for spec in table.columns)
    yield f"CREATE TABLE {relation(table)} ({columns})"
    yield f"COMMENT ON TABLE {relation(table)} IS {literal(table_comment(table))}"
    for spec in table.columns:
        yield f"COMMENT ON COLUMN {relation(table)}.{quoted(spec.name)} IS {literal(spec.comment)}"


def _column_ddl(spec: ColumnSpec) -> str:
    return f"{quoted(spec.name)} {spec.type}{'' if spec.nullable else ' NOT NULL'}"
