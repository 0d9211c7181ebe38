"""What is derived from core while a warehouse file is built: editions, due days, counterparts, marts, views, checks.

What belongs to notices that did not change is carried on from the former file wherever computing it anew is dear.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import Final

import duckdb
import polars as pl

from warehouse import checks, due, editions, pairs
from warehouse.views import all_views, computation, derivation, view_comments

DERIVATION: Final = "derivation"
COMPUTATION: Final = "computation"
"""Keys in `ops.meta`: what derived the marts of this file, and the part of them that can be carried on."""

Fill = Callable[..., None]

COMPUTED: Final[Mapping[str, tuple[Fill, tuple[str, ...]]]] = MappingProxyType(
    {
        "mart.due_days": (due.fill, ()),
        "mart.task_pairs": (pairs.fill_tasks, ()),
        "mart.notice_pairs": (pairs.fill_notices, ("mart.topic_weights", "mart.notice_labels")),
    }
)
"""Table -> the function that fills it, and the marts that this one reads."""

DERIVED_TABLES: Final = (editions.TASK_VERSIONS, *COMPUTED, "ops.checks")
"""Declared tables that nobody stages: they are derived here."""

_KEPT: Final = """
CREATE TEMP TABLE kept AS
SELECT n.notice_id FROM core.notices AS n JOIN old.core.notices AS o USING (notice_id)
WHERE n.is_current AND o.is_current AND n.notice_id NOT IN (SELECT notice_id FROM renewed)
"""
_NOBODY: Final = "CREATE TEMP TABLE kept (notice_id VARCHAR)"
_SAME: Final = f"SELECT count(*) = 1 FROM old.ops.meta WHERE key = '{COMPUTATION}' AND value = ?"


def derive(connection: duckdb.DuckDBPyConnection, *, carried: bool, renewed: Collection[str]) -> None:
    """Fill and create everything derived, in the order in which one thing asks another.

    `carried` tells that the former file is attached as `old`; `renewed` are the notice_ids whose rows came new.
    """
    same = carried and connection.execute(_SAME, [computation()]).fetchone() == (True,)
    editions.link(connection, carried=same, renewed=renewed)
    if same:
        names = pl.DataFrame({"notice_id": sorted(renewed)}, schema={"notice_id": pl.String})
        connection.register("listed", names)
        connection.execute("CREATE TEMP TABLE renewed AS SELECT * FROM listed")
        connection.unregister("listed")
    else:
        connection.execute("CREATE TEMP TABLE renewed AS SELECT notice_id FROM core.notices")
    connection.execute(_KEPT if same else _NOBODY)
    views = {view.full_name: view for view in all_views()}
    for name in _order():
        if name in COMPUTED:
            COMPUTED[name][0](connection, carried=same)
        else:
            connection.execute(views[name].sql)
    for name in ("renewed", "kept"):
        connection.execute(f"DROP TABLE temp.{name}")
    # One transaction for hundreds of small statements.
    connection.execute("BEGIN")
    for view in views.values():
        connection.execute(";\n".join(view_comments(view)))
    checks.record(connection)
    for key, value in ((DERIVATION, derivation()), (COMPUTATION, computation())):
        connection.execute("INSERT INTO ops.meta VALUES (?, ?)", [key, value])
    connection.execute("COMMIT")


def _order() -> list[str]:
    there = {view.full_name for view in all_views()} | COMPUTED.keys()
    graph: dict[str, list[str]] = {view.full_name: sorted(view.asks & there) for view in all_views()}
    graph |= {name: list(asks) for name, (_, asks) in COMPUTED.items()}
    return list(TopologicalSorter(dict(sorted(graph.items()))).static_order())
