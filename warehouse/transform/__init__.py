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
from warehouse.store.update_mode import Carry
from warehouse.transform import due_dates, incremental, mart_checks, notice_similarity, notice_versions, task_similarity
from warehouse.transform.view_files import all_views, computation, derivation, view_comments

DERIVATION: Final = "derivation"
COMPUTATION: Final = "computation"
"""Keys in `ops.meta`: what derived the marts of this file, and the part of them that can be carried on."""

LISTS: Final = notice_similarity.NOTICE_PAIRS

COMPUTED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {due_dates.DUE_DAYS: (), task_similarity.TASK_PAIRS: (), LISTS: ("mart.topic_weights",)}
)
"""Table that no SQL alone fills -> the marts that it is computed from."""

DERIVED_TABLES: Final = (notice_versions.TASK_VERSIONS, *COMPUTED, "ops.checks")
"""Declared tables that nobody stages: they are derived here."""

_KEPT: Final = """
CREATE TEMP TABLE kept AS
SELECT n.notice_id FROM core.notices AS n JOIN old.core.notices AS o USING (notice_id)
WHERE n.is_current AND o.is_current AND n.notice_id NOT IN (SELECT notice_id FROM renewed);
CREATE TEMP TABLE gone AS
SELECT notice_id FROM old.core.notices WHERE is_current AND notice_id NOT IN (SELECT notice_id FROM kept)
"""
_NOBODY: Final = "CREATE TEMP TABLE kept (notice_id VARCHAR); CREATE TEMP TABLE gone (notice_id VARCHAR)"
_WIDENED: Final = (
    "INSERT INTO renewed SELECT notice_id FROM concerned WHERE notice_id NOT IN (SELECT notice_id FROM renewed)"
)
_SAME: Final = "SELECT count(*) = 1 FROM old.ops.meta WHERE key = '{key}' AND value = ?"
_TEMPORARY: Final = (
    *("renewed", "kept", "gone", "concerned", "outgoing"),
    *("pairs_before", "pairs_after", "relisted_tasks", "reviewed_tasks", "relisted"),
)


def derive(
    connection: duckdb.DuckDBPyConnection, *, carry: Carry, renewed: Collection[str], replaced: Collection[str] = ()
) -> None:
    """Fill and create everything derived, in the order in which one thing asks another.

    `carry` tells what is taken over of the former file; `renewed` are the notice_ids whose rows came new and, where the
    file is a copy, `replaced` the tables that are others as a whole.
    """
    notice_versions.number(connection)
    _list_renewed(connection, None if carry is Carry.NOTHING else renewed)
    connection.execute(_NOBODY if carry is Carry.NOTHING else _KEPT)
    scoped = None
    if carry is Carry.IN_PLACE:
        incremental.concern(connection)
        connection.execute(_WIDENED)
        scoped = incremental.Scoped(connection, replaced)
    notice_versions.match_tasks(connection, carry=carry)
    _fill(connection, carry, scoped)
    mart_checks.record(connection, scoped)
    if scoped is None:
        # One transaction for hundreds of small statements.
        connection.execute("BEGIN")
        for view in all_views():
            connection.execute(";\n".join(view_comments(view)))
        for key, value in ((DERIVATION, derivation()), (COMPUTATION, computation())):
            connection.execute("INSERT INTO ops.meta VALUES (?, ?)", [key, value])
        connection.execute("COMMIT")
    else:
        scoped.close()
    for name in _TEMPORARY:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _fill(connection: duckdb.DuckDBPyConnection, carry: Carry, scoped: incremental.Scoped | None) -> None:
    """Fill tables and marts, counterparts being searched for beside all that does not ask for them."""
    views = {view.full_name: view for view in all_views()}
    search = task_similarity.Search(connection, carry=carry) if task_similarity.TASK_PAIRS in COMPUTED else None
    with contextlib.closing(search) if search is not None else contextlib.nullcontext():
        for name in _order():
            if search is not None:
                search.take()
            if search is not None and name == task_similarity.TASK_PAIRS:
                search.finish()
            elif name == due_dates.DUE_DAYS:
                due_dates.fill(connection, carry=carry)
            elif name == LISTS:
                notice_similarity.fill(connection, carry=carry)
                if scoped is not None:
                    incremental.relist(connection)
            elif scoped is not None:
                scoped.renew(views[name])
            else:
                connection.execute(views[name].sql)


def same_computation(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether this version of the program computed what is dear in the file attached as `old`."""
    return connection.execute(_SAME.format(key=COMPUTATION), [computation()]).fetchone() == (True,)


def same_derivation(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether this version of the program derived everything in the file attached as `old`."""
    same = connection.execute(_SAME.format(key=DERIVATION), [derivation()]).fetchone() == (True,)
    return same and same_computation(connection)


def _list_renewed(connection: duckdb.DuckDBPyConnection, renewed: Collection[str] | None) -> None:
    """Make the temporary table `renewed`: the notices to compute, None for all."""
    if renewed is None:
        connection.execute("CREATE TEMP TABLE renewed AS SELECT notice_id FROM core.notices")
        return
    connection.register("listed", pl.DataFrame({"notice_id": sorted(renewed)}, schema={"notice_id": pl.String}))
    connection.execute("CREATE TEMP TABLE renewed AS SELECT * FROM listed")
    connection.unregister("listed")


def _order() -> list[str]:
    """All marts and computed tables, each behind those that it asks, and all that need counterparts behind the rest."""
    there = {view.full_name for view in all_views()} | COMPUTED.keys()
    graph: dict[str, list[str]] = {view.full_name: sorted(view.asks & there) for view in all_views()}
    graph |= {name: list(asks) for name, asks in COMPUTED.items()}
    # Behind the other pairs: with these the lists are complete, and what is brought up to date by them wants them all.
    if LISTS in graph:
        graph[LISTS] += [name for name in COMPUTED if name != LISTS]
    for view in all_views():
        if LISTS in graph and view.scope in (Scope.LISTED_TASK, Scope.LISTED_NOTICE):
            graph[view.full_name].append(LISTS)
    ordered = list(TopologicalSorter(dict(sorted(graph.items()))).static_order())
    late = {task_similarity.TASK_PAIRS}
    for name in ordered:
        if late.intersection(graph[name]):
            late.add(name)
    return sorted(ordered, key=late.__contains__)
