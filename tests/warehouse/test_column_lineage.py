"""Columns are traced to those from which their values are computed, through every construct that queries use."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

import schemas
from warehouse.column_lineage import LineageError, Source, trace_origins, trace_query, trace_views
from warehouse.transform.view_files import all_views

KNOWN = {"core.a": ["id", "x", "names", "parent"], "core.b": ["id", "y"], "mart.c": ["id", "z"]}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "sources"),
    [
        ("SELECT x FROM core.a", {"x": "a.x"}),
        ("SELECT t.x AS one, y FROM core.a AS t JOIN core.b USING (id)", {"one": "a.x", "y": "b.y"}),
        ("SELECT x + y AS s FROM core.a JOIN core.b ON a.id = b.id", {"s": "a.x b.y"}),
        # What only decides which rows there are is no source.
        ("SELECT x FROM core.a WHERE parent > 1 ORDER BY names", {"x": "a.x"}),
        ("SELECT sum(x) FILTER (WHERE parent > 0) AS s FROM core.a", {"s": "a.parent a.x"}),
        ("SELECT CASE WHEN x > 1 THEN parent END AS s FROM core.a", {"s": "a.parent a.x"}),
        ("SELECT * FROM core.b", {"id": "b.id", "y": "b.y"}),
        ("SELECT b.*, x FROM core.a AS a, core.b AS b", {"id": "b.id", "y": "b.y", "x": "a.x"}),
        ("SELECT * EXCLUDE (id) FROM core.b", {"y": "b.y"}),
        ("SELECT * REPLACE (y + 1 AS y) FROM core.b", {"id": "b.id", "y": "b.y"}),
        (
            "SELECT * FROM core.b JOIN mart.c USING (id)",
            {"id": "b.id", "y": "b.y", "z": "c.z"},
        ),
        ("WITH w(k) AS (SELECT y FROM core.b) SELECT k AS v FROM w", {"v": "b.y"}),
        # A common table expression hides a table of the same name; the schema tells them apart.
        ("WITH b AS (SELECT x AS y FROM core.a) SELECT b.y, o.y AS o FROM b, core.b AS o", {"y": "a.x", "o": "b.y"}),
        (
            "WITH RECURSIVE path AS (SELECT id, x AS v FROM core.a UNION ALL "
            "SELECT a.id, a.parent FROM core.a AS a JOIN path AS p ON a.parent = p.id) SELECT v FROM path",
            {"v": "a.parent a.x"},
        ),
        ("SELECT x AS v FROM core.a UNION ALL SELECT y FROM core.b", {"v": "a.x b.y"}),
        ("SELECT (SELECT max(y) FROM core.b AS b WHERE b.id = a.id) AS m FROM core.a AS a", {"m": "b.y"}),
        ("SELECT x IN (SELECT y FROM core.b) AS m FROM core.a", {"m": "a.x b.y"}),
        ("SELECT s.v FROM (SELECT y AS v FROM core.b) AS s", {"v": "b.y"}),
        ("SELECT u.v FROM core.a AS a, unnest(a.names) AS u(v)", {"v": "a.names"}),
        ("SELECT list_filter(names, lambda n: n <> '' AND n <> x) AS kept FROM core.a", {"kept": "a.names a.x"}),
        ("SELECT rank() OVER (PARTITION BY id ORDER BY y) AS r FROM core.b", {"r": "b.id b.y"}),
        ("SELECT count(*) AS n FROM core.b", {"n": "b."}),
        ("SELECT count(*) FILTER (WHERE y > 1) AS n FROM core.b", {"n": "b.y"}),
        ("SELECT row_number() OVER () AS n FROM core.b", {"n": "b."}),
        ("SELECT y AS v, v + 1 AS w FROM core.b", {"v": "b.y", "w": "b.y"}),
        ("SELECT 'fixed' AS kind, current_date AS today", {"kind": "", "today": ""}),
        ("SELECT names[1] AS first, names[2:] AS rest FROM core.a", {"first": "a.names", "rest": "a.names"}),
    ],
)
def test_a_column_comes_from_what_its_value_is_computed_of(
    connection: duckdb.DuckDBPyConnection, query: str, sources: dict[str, str]
) -> None:
    traced = trace_query(connection, query, KNOWN)
    shown = {
        name: " ".join(sorted(f"{source.table.partition('.')[2]}.{source.column}" for source in found))
        for name, found in traced.items()
    }
    assert shown == sources


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT q FROM core.a", "the column q"),
        ("SELECT x FROM core.unknown", "the table core.unknown"),
        ("SELECT x FROM a", "the table .a"),
        ("SELECT id, x FROM core.a UNION SELECT y FROM core.b", "different numbers"),
        ("SELECT FROM", "yntax"),
    ],
)
def test_what_cannot_be_traced_is_an_error_and_no_guess(
    connection: duckdb.DuckDBPyConnection, query: str, reason: str
) -> None:
    with pytest.raises(LineageError, match=reason):
        trace_query(connection, query, KNOWN)


def test_every_column_of_every_view_is_traced_to_a_column_that_exists() -> None:
    known = {Source(name, column) for name, table in schemas.TABLES.items() for column in table.column}
    known |= {Source(view.full_name, column) for view in all_views() for column in view.columns}
    tables = {source.table for source in known}
    traced = trace_views()
    columns = 0
    for view in all_views():
        assert list(traced[view.full_name]) == list(view.columns), view.full_name
        columns += len(view.columns)
        for name, sources in traced[view.full_name].items():
            assert all(source in known or (not source.column and source.table in tables) for source in sources)
            origins = trace_origins(view.full_name, name)
            assert sources or not origins
            assert all(source.table in schemas.TABLES or not source.column for source in origins)
    # Fixed values, such as the kind in the branches of a union, come from no column.
    assert sum(1 for found in traced.values() for sources in found.values() if not sources) < columns // 50


def test_what_people_query_comes_from_the_tasks() -> None:
    traced = trace_views()["cn.任务清单"]
    assert traced["分值"] == {Source("core.tasks", "points")}
    assert traced["出处"] == {Source("core.files", "source_path"), Source("core.tasks", "locator")}
    assert trace_origins("cn.责任负担", "责任单位") == {Source("core.task_parties", "party")}
    assert trace_origins("core.tasks", "points") == {Source("core.tasks", "points")}
