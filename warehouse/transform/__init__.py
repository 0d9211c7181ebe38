"""What is derived from core while a warehouse file is built: editions, due days, counterparts, marts, views, checks.

What belongs to notices that did not change is carried on from the former file wherever computing it anew is dear.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import Final

import duckdb
import polars as pl

from schemas import Scope
from warehouse.transform import due_dates, incremental, mart_checks, notice_similarity, notice_versions, task_similarity
from warehouse.transform.incremental import UpdateMode
from warehouse.transform.view_files import all_views, computation_hash, derivation_hash, view_comments

DERIVATION: Final = "derivation"
COMPUTATION: Final = "computation"
"""Keys in `ops.meta`: what derived the marts of this file, and the part of them that can be carried on."""

LISTS: Final = notice_similarity.NOTICE_PAIRS

PYTHON_TABLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {due_dates.DUE_DAYS: (), task_similarity.TASK_PAIRS: (), LISTS: ("mart.topic_weights",)}
)
"""Table that no SQL alone fills -> the marts that it is computed from."""

DERIVED_TABLES: Final = (notice_versions.TASK_VERSIONS, *PYTHON_TABLES, "ops.checks")
"""Declared tables that nobody stages: they are derived here."""

_UNCHANGED_AND_REMOVED: Final = """
CREATE TEMP TABLE kept AS
SELECT n.notice_id FROM core.notices AS n JOIN old.core.notices AS o USING (notice_id)
WHERE n.is_current AND o.is_current AND n.notice_id NOT IN (SELECT notice_id FROM renewed);
CREATE TEMP TABLE gone AS
SELECT notice_id FROM old.core.notices WHERE is_current AND notice_id NOT IN (SELECT notice_id FROM kept)
"""
_NONE_UNCHANGED: Final = "CREATE TEMP TABLE kept (notice_id VARCHAR); CREATE TEMP TABLE gone (notice_id VARCHAR)"
_ADD_AFFECTED: Final = (
    "INSERT INTO renewed SELECT notice_id FROM concerned WHERE notice_id NOT IN (SELECT notice_id FROM renewed)"
)
_HAS_META: Final = "SELECT count(*) = 1 FROM old.ops.meta WHERE key = '{key}' AND value = ?"
_TEMPORARY: Final = (
    *("renewed", "kept", "gone", "concerned", "outgoing"),
    *("pairs_before", "pairs_after", "relisted_tasks", "reviewed_tasks", "relisted"),
)


def derive(
    connection: duckdb.DuckDBPyConnection,
    *,
    carry: UpdateMode,
    renewed: Collection[str],
    replaced: Collection[str] = (),
) -> None:
    """Fill and create everything derived, in the order in which one thing asks another.

    `carry` tells what is taken over of the former file; `renewed` are the notice_ids whose rows came new and, where the
    file is a copy, `replaced` the tables that are others as a whole.
    """
    notice_versions.number_versions(connection)
    _mark_changed_notices(connection, None if carry is UpdateMode.NOTHING else renewed)
    connection.execute(_NONE_UNCHANGED if carry is UpdateMode.NOTHING else _UNCHANGED_AND_REMOVED)
    scoped = None
    if carry is UpdateMode.IN_PLACE:
        incremental.mark_affected_notices(connection)
        connection.execute(_ADD_AFFECTED)
        scoped = incremental.IncrementalMarts(connection, replaced)
    notice_versions.fill_task_versions(connection, carry=carry)
    _fill_marts(connection, carry, scoped)
    mart_checks.run_checks(connection, scoped)
    if scoped is None:
        # One transaction for hundreds of small statements.
        connection.execute("BEGIN")
        for view in all_views():
            connection.execute(";\n".join(view_comments(view)))
        for key, value in ((DERIVATION, derivation_hash()), (COMPUTATION, computation_hash())):
            connection.execute("INSERT INTO ops.meta VALUES (?, ?)", [key, value])
        connection.execute("COMMIT")
    else:
        scoped.close()
    for name in _TEMPORARY:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _fill_marts(
    connection: duckdb.DuckDBPyConnection, carry: UpdateMode, scoped: incremental.IncrementalMarts | None
) -> None:
    """Fill tables and marts, counterparts being searched for beside all that does not ask for them."""
    views = {view.full_name: view for view in all_views()}
    search = (
        task_similarity.TaskSimilaritySearch(connection, carry=carry)
        if task_similarity.TASK_PAIRS in PYTHON_TABLES
        else None
    )
    with contextlib.closing(search) if search is not None else contextlib.nullcontext():
        for name in _build_order():
            if search is not None:
                search.take()
            if search is not None and name == task_similarity.TASK_PAIRS:
                search.finish()
            elif name == due_dates.DUE_DAYS:
                due_dates.fill_due_dates(connection, carry=carry)
            elif name == LISTS:
                notice_similarity.fill_notice_pairs(connection, carry=carry)
                if scoped is not None:
                    incremental.mark_affected_lists(connection)
            elif scoped is not None:
                scoped.renew(views[name])
            else:
                connection.execute(views[name].sql)


def has_same_computation(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether this version of the program computed what is dear in the file attached as `old`."""
    return connection.execute(_HAS_META.format(key=COMPUTATION), [computation_hash()]).fetchone() == (True,)


def has_same_derivation(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether this version of the program derived everything in the file attached as `old`."""
    same = connection.execute(_HAS_META.format(key=DERIVATION), [derivation_hash()]).fetchone() == (True,)
    return same and has_same_computation(connection)


def _mark_changed_notices(connection: duckdb.DuckDBPyConnection, renewed: Collection[str] | None) -> None:
    """Make the temporary table `renewed`: the notices to compute, None for all."""
    if renewed is None:
        connection.execute("CREATE TEMP TABLE renewed AS SELECT notice_id FROM core.notices")
        return
    connection.register("listed", pl.DataFrame({"notice_id": sorted(renewed)}, schema={"notice_id": pl.String}))
    connection.execute("CREATE TEMP TABLE renewed AS SELECT * FROM listed")
    connection.unregister("listed")


def _build_order() -> list[str]:
    """All marts and computed tables, each behind those that it asks, and all that need counterparts behind the rest."""
    there = {view.full_name for view in all_views()} | PYTHON_TABLES.keys()
    graph: dict[str, list[str]] = {view.full_name: sorted(view.asks & there) for view in all_views()}
    graph |= {name: list(asks) for name, asks in PYTHON_TABLES.items()}
    # Behind the other pairs: with these the lists are complete, and what is brought up to date by them wants them all.
    if LISTS in graph:
        graph[LISTS] += [name for name in PYTHON_TABLES if name != LISTS]
    for view in all_views():
        if LISTS in graph and view.scope in (Scope.LISTED_TASK, Scope.LISTED_NOTICE):
            graph[view.full_name].append(LISTS)
    ordered = list(TopologicalSorter(dict(sorted(graph.items()))).static_order())
    late = {task_similarity.TASK_PAIRS}
    for name in ordered:
        if late.intersection(graph[name]):
            late.add(name)
    return sorted(ordered, key=late.__contains__)
