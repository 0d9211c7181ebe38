"""Where each column of the marts and Chinese views comes from, traced in their SQL as DuckDB itself parses it.

A column comes from the columns from which its value is computed; conditions of joins and filters, which only decide
which rows there are, are no source. `trace_views` goes one step back, `trace_origins` back to what no query computes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import schemas
from warehouse.transform.view_files import all_views

if TYPE_CHECKING:
    import duckdb

PARSE_SQL: Final = "SELECT json_serialize_sql(?)"
ROW_COUNTS: Final = frozenset({"count_star", "row_number"})
"""Functions whose value comes from the rows alone."""
CLOCK: Final = frozenset({"current_date", "current_timestamp"})
"""Functions without parentheses, which look like columns."""
Node = Mapping[str, Any]


class LineageError(ValueError):
    """Raised if a query uses a construct or names a column that cannot be traced."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A column of a table by `schema.name`; the column is "" where only the number or order of its rows counts."""

    table: str
    column: str


Sources = frozenset[Source]
Columns = Mapping[str, Sources]
"""Columns of a relation in their order, each with its sources."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What an expression can name.

    Attributes:
        tables: Common table expressions.
        relations: Relations of the query by their aliases.
        merged: Columns joined with USING, of which `*` has one.
        selected: Columns selected before the expression.
        parameters: Parameters of the lambda around it.
        outer: The scope around this one.
    """

    tables: Mapping[str, Columns]
    outer: _Scope | None = None
    relations: dict[str, Columns] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)
    selected: dict[str, Sources] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()

    def find(self, names: Sequence[str]) -> Sources:
        """Return the sources of a name such as `t.points`, `points` or `t`. Raises LineageError if it is unknown."""
        first, second = names[0], names[1] if len(names) > 1 else None
        if first in self.parameters:
            return frozenset()
        relation = self.relations.get(first)
        if relation is not None and second is not None and second in relation:
            return relation[second]
        for columns in self.relations.values():
            if first in columns:
                return columns[first]
        if relation is not None and second is None:
            return _union(relation.values())
        if first in self.selected:
            return self.selected[first]
        if self.outer is not None:
            return self.outer.find(names)
        if first in CLOCK:
            return frozenset()
        raise LineageError(f"the column {'.'.join(names)}")

    def rows(self) -> Sources:
        """Return the tables of the relations, as sources of what depends on their rows alone."""
        named = _union(_union(columns.values()) for columns in self.relations.values())
        return frozenset(Source(source.table, "") for source in named)


@cache
def trace_views() -> Mapping[str, Columns]:
    """Return every view -> column -> the columns of tables and views that its query reads for it.

    Raises:
        LineageError: A query cannot be traced.
    """
    import duckdb

    known = {name: list(table.column) for name, table in schemas.TABLES.items()}
    known |= {view.full_name: list(view.columns) for view in all_views()}
    traced = {}
    with duckdb.connect() as connection:
        for view in all_views():
            try:
                traced[view.full_name] = trace_query(connection, view.query, known)
            except LineageError as error:
                raise LineageError(f"{view.full_name}: {error}") from error
    return traced


def trace_query(connection: duckdb.DuckDBPyConnection, query: str, known: Mapping[str, Sequence[str]]) -> Columns:
    """Return the columns of a query with their sources.

    Args:
        connection: Any connection; it only parses.
        query: One SELECT.
        known: The columns of every table and view that it may read, by `schema.name`.

    Raises:
        LineageError: The query cannot be traced.
    """
    ((text,),) = connection.execute(PARSE_SQL, [query]).fetchall()
    parsed = json.loads(text)
    if parsed["error"]:
        raise LineageError(parsed["error_message"])
    return _Tracer(known).trace(parsed["statements"][0]["node"])


@cache
def trace_origins(table: str, column: str) -> Sources:
    """Return the columns of tables without a query from which a column is computed in the end."""
    views = trace_views()
    if table not in views or not column:
        return frozenset({Source(table, column)})
    return _union(trace_origins(source.table, source.column) for source in views[table][column])


@dataclass(frozen=True, slots=True)
class _Tracer:
    """Traces one query; `known` are the columns of every table and view."""

    known: Mapping[str, Sequence[str]]

    def trace(self, node: Node) -> Columns:
        """Return the columns of a parsed query with their sources."""
        return self._query(node, _Scope({}))

    def _query(self, node: Node, around: _Scope) -> Columns:
        """Return the columns of a query in the scope around it."""
        tables = dict(around.tables)
        scope = _Scope(tables, around)
        for entry in node["cte_map"]["map"]:
            tables[entry["key"]] = _rename(self._query(entry["value"]["query_node"], scope), entry["value"]["aliases"])
        match node["type"]:
            case "SELECT_NODE":
                return self._select(node, scope)
            case "SET_OPERATION_NODE":
                return _unite([self._query(child, scope) for child in node["children"]])
            case "RECURSIVE_CTE_NODE":
                return self._recursive(node, scope)
            case other:
                raise LineageError(f"a query of the kind {other}")

    def _recursive(self, node: Node, scope: _Scope) -> Columns:
        """Return the columns of a query that reads its own rows, when another step adds no source."""
        columns = _rename(self._query(node["left"], scope), node["aliases"])
        while True:
            step = self._query(node["right"], _Scope({**scope.tables, node["cte_name"]: columns}, scope))
            united = _unite([columns, step])
            if united == columns:
                return columns
            columns = united

    def _select(self, node: Node, scope: _Scope) -> Columns:
        self._add_relations(node["from_table"], scope)
        for item in node["select_list"]:
            if item["class"] == "STAR":
                scope.selected.update(self._star(item, scope))
            else:
                name = item["alias"] or (item["column_names"][-1] if item["class"] == "COLUMN_REF" else "")
                scope.selected[name or f"#{len(scope.selected)}"] = self._expression(item, scope)
        return scope.selected

    def _star(self, item: Node, scope: _Scope) -> Columns:
        """Return the columns of `*` or `t.*`."""
        left_out = {name.casefold() for name in item["exclude_list"]}
        replaced = {entry["key"]: entry["value"] for entry in item["replace_list"]}
        columns: dict[str, Sources] = {}
        for alias, relation in scope.relations.items():
            for name, sources in relation.items():
                is_repeated = name in columns and name in scope.merged
                if item["relation_name"] in ("", alias) and name.casefold() not in left_out and not is_repeated:
                    columns[name] = self._expression(replaced[name], scope) if name in replaced else sources
        return columns

    def _add_relations(self, node: Node, scope: _Scope) -> None:
        """Add the relations of a FROM clause; those further right can name those further left."""
        alias = node["alias"] or f"#{len(scope.relations)}"
        match node["type"]:
            case "EMPTY":
                pass
            case "BASE_TABLE":
                columns = _rename(self._table(node, scope), node["column_name_alias"])
                scope.relations[node["alias"] or node["table_name"]] = columns
            case "SUBQUERY":
                columns = self._query(node["subquery"]["node"], scope)
                scope.relations[alias] = _rename(columns, node["column_name_alias"])
            case "JOIN":
                self._add_relations(node["left"], scope)
                self._add_relations(node["right"], scope)
                scope.merged.update(node["using_columns"])
            case "TABLE_FUNCTION":
                names = node["column_name_alias"] or [node["alias"] or node["function"]["function_name"]]
                scope.relations[alias] = dict.fromkeys(names, self._expression(node["function"], scope))
            case other:
                raise LineageError(f"a relation of the kind {other}")

    def _table(self, node: Node, scope: _Scope) -> Columns:
        if not node["schema_name"] and node["table_name"] in scope.tables:
            return scope.tables[node["table_name"]]
        name = f"{node['schema_name']}.{node['table_name']}"
        if name not in self.known:
            raise LineageError(f"the table {name}")
        return {column: frozenset({Source(name, column)}) for column in self.known[name]}

    def _expression(self, node: Any, scope: _Scope) -> Sources:
        """Return the sources of an expression, or of any part of one."""
        if isinstance(node, list):
            return _union(self._expression(part, scope) for part in node)
        if not isinstance(node, dict):
            return frozenset()
        match node.get("class"):
            case "COLUMN_REF":
                return scope.find(node["column_names"])
            case "LAMBDA":
                parts = node["lhs"].get("children") or [node["lhs"]]
                names = frozenset(part["column_names"][0] for part in parts)
                return self._expression(node["expr"], _Scope(scope.tables, scope, parameters=names))
            case "SUBQUERY":
                inner = _union(self._query(node["subquery"]["node"], scope).values())
                return inner | self._expression(node["child"], scope)
        sources = _union(self._expression(part, scope) for part in node.values())
        return scope.rows() if not sources and node.get("function_name") in ROW_COUNTS else sources


def _union(groups: Iterable[Sources]) -> Sources:
    return frozenset(source for group in groups for source in group)


def _unite(branches: Sequence[Columns]) -> Columns:
    """Return the columns of a UNION: named as in the first branch, with the sources of all of them."""
    try:
        rows = list(zip(*(branch.values() for branch in branches), strict=True))
    except ValueError as error:
        raise LineageError("a union of queries with different numbers of columns") from error
    return {name: _union(row) for name, row in zip(branches[0], rows, strict=True)}


def _rename(columns: Columns, names: Sequence[str]) -> Columns:
    """Return columns under the names of an alias list such as `t(a, b)`, which may name only the first ones."""
    rest = list(columns)[len(names) :]
    return dict(zip([*names, *rest], columns.values(), strict=True))
