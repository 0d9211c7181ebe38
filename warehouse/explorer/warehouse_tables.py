"""The tables, views and columns of the published file with their Chinese comments, read once per file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import schemas
from schemas.ddl import quoted
from warehouse.explorer import queries_dictionary
from warehouse.explorer.connections import Session

SCHEMA_ORDER: Final = ("cn", "mart", "core", "ops")
"""Schemas as the pages list them: what people query most comes first."""
PURPOSE: Final = "用途："
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*")
"""A name that a statement need not quote."""


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column; `written` is its name as a statement writes it."""

    name: str
    written: str
    type: str
    comment: str

    @property
    def label(self) -> str:
        """The first words of the comment: the Chinese name of a column that has an English one."""
        return re.split("[：，。；（]", self.comment, maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table or view; `row_count` is None for a view, whose rows are not counted."""

    schema: str
    name: str
    comment: str
    columns: Sequence[ColumnInfo]
    row_count: int | None

    @property
    def full_name(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"

    @property
    def label(self) -> str:
        """What it is, on one line."""
        first = self.comment.partition("\n")[0]
        declared = schemas.TABLES.get(self.full_name)
        return declared.label if declared else first.removeprefix(PURPOSE)


def load_tables(session: Session) -> Mapping[str, TableInfo]:
    """Return the tables and views by `schema.name`, in the order of the pages."""
    return session.cached("table list", _read_tables)


def find_tables(tables: Mapping[str, TableInfo], words: Sequence[str]) -> list[tuple[TableInfo, list[str]]]:
    """Return the tables in which every word occurs, in the table's own words or in those of one column.

    Each comes with the names of the columns that have all words; without words, every table comes without columns.
    """
    found = []
    for table in tables.values():
        own = f"{table.full_name} {table.comment}".casefold()
        texts = {column.name: f"{column.name} {column.comment}".casefold() for column in table.columns}
        hits = [name for name, text in texts.items() if words and all(word.casefold() in text for word in words)]
        if hits or all(word.casefold() in own for word in words):
            found.append((table, hits))
    return found


def _read_tables(session: Session) -> Mapping[str, TableInfo]:
    relations = [row for row in session.rows(queries_dictionary.relations()) if row["schema_name"] in SCHEMA_ORDER]
    relations.sort(key=lambda row: SCHEMA_ORDER.index(row["schema_name"]))
    stored = [(row["schema_name"], row["name"]) for row in relations if row["is_stored"]]
    counts = {row["name"]: row["row_count"] for row in session.rows(queries_dictionary.row_counts(stored))}
    columns: dict[tuple[str, str], list[ColumnInfo]] = {}
    for row in session.rows(queries_dictionary.columns()):
        name = row["name"]
        is_plain = _PLAIN_NAME.fullmatch(name) is not None and not row["is_keyword"]
        column = ColumnInfo(name, name if is_plain else quoted(name), row["type"], row["comment"])
        columns.setdefault((row["schema_name"], row["table_name"]), []).append(column)
    tables = (
        TableInfo(
            row["schema_name"],
            row["name"],
            row["comment"],
            columns.get((row["schema_name"], row["name"]), []),
            counts.get(f"{row['schema_name']}.{row['name']}"),
        )
        for row in relations
    )
    return {table.full_name: table for table in tables}
