"""Everything derived from core while a warehouse file is built, in dependency order.

Notice versions, due dates, similar tasks and notices, marts, Chinese views and checks. Expensive results of unchanged
notices are reused from the previous file.
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
from warehouse.transform import (
    burden_rules,
    due_dates,
    incremental,
    mart_checks,
    notice_similarity,
    notice_versions,
    task_similarity,
    task_subjects,
    unit_tasks,
)
from warehouse.transform.incremental import UpdateMode
from warehouse.transform.view_files import (
    COMPUTED_FROM,
    DERIVATION,
    all_views,
    computation_hash,
    derivation_hash,
    view_comments,
)

COMPUTATION: Final = "computation"
"""Key in `ops.meta`: hash of the part of the program whose results can be reused."""

NOTICE_PAIRS: Final = notice_similarity.NOTICE_PAIRS
TASK_PAIRS: Final = task_similarity.TASK_PAIRS
NOTICE_SCOPE: Final = "mart.notice_scope"

PYTHON_TABLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        due_dates.DUE_DAYS: (),
        burden_rules.BURDEN_RULES: (),
        TASK_PAIRS: (),
        task_subjects.TASK_SUBJECTS: (),
        NOTICE_PAIRS: COMPUTED_FROM,
        unit_tasks.UNIT_TASKS: ("mart.topic_crosswalk",),
        unit_tasks.UNIT_MATERIALS: (unit_tasks.UNIT_TASKS,),
    }
)
"""Tables that Python fills -> the marts that they are computed from."""

DERIVED_TABLES: Final = (notice_versions.TASK_VERSIONS, *PYTHON_TABLES, "ops.checks")
"""Declared tables that are filled here and not loaded."""

_UNCHANGED_AND_REMOVED: Final = """
CREATE TEMP TABLE unchanged_notices AS
SELECT n.notice_id FROM core.notices AS n JOIN old.core.notices AS o USING (notice_id)
WHERE n.is_current AND o.is_current AND n.notice_id NOT IN (SELECT notice_id FROM changed_notices);
CREATE TEMP TABLE removed_notices AS
SELECT notice_id FROM old.core.notices
WHERE is_current AND notice_id NOT IN (SELECT notice_id FROM unchanged_notices)
"""
_NONE_UNCHANGED: Final = """
CREATE TEMP TABLE unchanged_notices (notice_id VARCHAR);
CREATE TEMP TABLE removed_notices (notice_id VARCHAR)
"""
_ADD_AFFECTED: Final = """
INSERT INTO changed_notices
SELECT notice_id FROM affected_notices WHERE notice_id NOT IN (SELECT notice_id FROM changed_notices)
"""
_HAS_META: Final = "SELECT count(*) = 1 FROM old.ops.meta WHERE key = '{key}' AND value = ?"
_COPY_SCOPES: Final = f"""
UPDATE core.notices SET scope = w.scope
FROM (SELECT n.notice_id, s.scope FROM core.notices AS n LEFT JOIN {NOTICE_SCOPE} AS s USING (notice_id)) AS w
WHERE core.notices.notice_id = w.notice_id AND core.notices.scope IS DISTINCT FROM w.scope
"""
_TEMPORARY: Final = (
    *("changed_notices", "unchanged_notices", "removed_notices", "affected_notices", "stale_notices"),
    *("pairs_before", "pairs_after", "affected_task_lists", "reviewed_tasks", "affected_lists"),
)


def derive(
    connection: duckdb.DuckDBPyConnection,
    *,
    mode: UpdateMode,
    changed: Collection[str],
    replaced: Collection[str] = (),
) -> None:
    """Build everything derived from core in dependency order.

    Args:
        connection: The new file, with the previous one attached as `old` unless the mode is REBUILD.
        mode: How much of the previous file is reused.
        changed: notice_ids whose rows were added.
        replaced: Tables that were replaced as a whole, where the mode is INCREMENTAL.
    """
    notice_versions.number_versions(connection)
    _mark_changed_notices(connection, None if mode is UpdateMode.REBUILD else changed)
    connection.execute(_NONE_UNCHANGED if mode is UpdateMode.REBUILD else _UNCHANGED_AND_REMOVED)
    incremental_marts = None
    if mode is UpdateMode.INCREMENTAL:
        incremental.mark_affected_notices(connection)
        connection.execute(_ADD_AFFECTED)
        incremental_marts = incremental.IncrementalMarts(connection, replaced)
    notice_versions.fill_task_versions(connection, mode=mode)
    _fill_marts(connection, mode, incremental_marts)
    if any(view.full_name == NOTICE_SCOPE for view in all_views()):
        # No mart reads this copy: it is for people who query the notices.
        connection.execute(_COPY_SCOPES)
    mart_checks.run_checks(connection, incremental_marts)
    if incremental_marts is None:
        # One transaction for hundreds of small statements.
        connection.execute("BEGIN")
        for view in all_views():
            connection.execute(";\n".join(view_comments(view)))
        for key, value in ((DERIVATION, derivation_hash()), (COMPUTATION, computation_hash())):
            connection.execute("INSERT INTO ops.meta VALUES (?, ?)", [key, value])
        connection.execute("COMMIT")
    else:
        incremental_marts.close()
    for name in _TEMPORARY:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def has_same_computation(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether this version of the program computed the reusable results of the file attached as `old`."""
    return connection.execute(_HAS_META.format(key=COMPUTATION), [computation_hash()]).fetchone() == (True,)


def has_same_derivation(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether this version of the program derived everything in the file attached as `old`."""
    is_same = connection.execute(_HAS_META.format(key=DERIVATION), [derivation_hash()]).fetchone() == (True,)
    return is_same and has_same_computation(connection)


def _fill_marts(
    connection: duckdb.DuckDBPyConnection, mode: UpdateMode, incremental_marts: incremental.IncrementalMarts | None
) -> None:
    """Fill tables and marts in order, while similar tasks are searched in a background thread."""
    views = {view.full_name: view for view in all_views()}
    search = task_similarity.TaskSimilaritySearch(connection, mode=mode) if TASK_PAIRS in PYTHON_TABLES else None
    with contextlib.closing(search) if search is not None else contextlib.nullcontext():
        for name in _build_order():
            if search is not None and name == TASK_PAIRS:
                search.finish()
            elif name == due_dates.DUE_DAYS:
                due_dates.fill_due_dates(connection, mode=mode)
            elif name == burden_rules.BURDEN_RULES:
                burden_rules.fill_burden_rules(connection, mode=mode)
            elif name == task_subjects.TASK_SUBJECTS:
                task_subjects.fill_task_subjects(connection, mode=mode)
            elif name == NOTICE_PAIRS:
                notice_similarity.fill_notice_pairs(connection, mode=mode)
                if incremental_marts is not None:
                    incremental.mark_affected_lists(connection)
            elif name == unit_tasks.UNIT_TASKS:
                unit_tasks.fill_unit_tasks(connection)
            elif name == unit_tasks.UNIT_MATERIALS:
                unit_tasks.fill_unit_materials(connection)
            elif incremental_marts is not None:
                incremental_marts.refresh(views[name])
            else:
                connection.execute(views[name].sql)


def _mark_changed_notices(connection: duckdb.DuckDBPyConnection, changed: Collection[str] | None) -> None:
    """Create the temporary table `changed_notices`: the notices to compute, all of them for None."""
    if changed is None:
        connection.execute("CREATE TEMP TABLE changed_notices AS SELECT notice_id FROM core.notices")
        return
    connection.register("changed_ids", pl.DataFrame({"notice_id": sorted(changed)}, schema={"notice_id": pl.String}))
    connection.execute("CREATE TEMP TABLE changed_notices AS SELECT * FROM changed_ids")
    connection.unregister("changed_ids")


def _build_order() -> list[str]:
    """Return all marts and computed tables in dependency order; those that need similar tasks are last."""
    known = {view.full_name for view in all_views()} | PYTHON_TABLES.keys()
    graph: dict[str, list[str]] = {view.full_name: sorted(view.dependencies & known) for view in all_views()}
    graph |= {name: list(marts) for name, marts in PYTHON_TABLES.items()}
    # After the similar tasks: only then `affected_lists` is complete, which the marts with a list scope need.
    if NOTICE_PAIRS in graph:
        graph[NOTICE_PAIRS] += [name for name in PYTHON_TABLES if name != NOTICE_PAIRS]
    for view in all_views():
        if NOTICE_PAIRS in graph and view.scope in (Scope.LISTED_TASK, Scope.LISTED_NOTICE):
            graph[view.full_name].append(NOTICE_PAIRS)
    ordered = list(TopologicalSorter(dict(sorted(graph.items()))).static_order())
    late = {TASK_PAIRS}
    for name in ordered:
        if late.intersection(graph[name]):
            late.add(name)
    return sorted(ordered, key=late.__contains__)
