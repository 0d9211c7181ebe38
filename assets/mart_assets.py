"""Dagster assets of the marts, downstream of the published warehouse, with the checks of the publication.

The marts are computed while the warehouse file is built (see `warehouse.transform`), so that readers never see core
and marts of different builds; this step only reports their columns and rows, the rows of the tables of core, and the
results of the checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dagster as dg
import duckdb

import schemas
from assets.asset_keys import OWNERS, STAGED, WAREHOUSE, asset_key
from assets.resources import BuildResource
from schemas.ddl import literal, table_comment
from warehouse import store
from warehouse.transform.derivation import DERIVED_TABLES
from warehouse.transform.mart_checks import CHECKS
from warehouse.transform.view_files import read_views

GROUP = "marts"
ROW_COUNT = "dagster/row_count"
COLUMNS_SQL = """
SELECT schema_name || '.' || table_name, column_name, data_type, comment FROM duckdb_columns()
WHERE schema_name = 'mart' ORDER BY table_name, column_index
"""
_TABLES = tuple(name for name in DERIVED_TABLES if name.startswith("mart."))


def _descriptions() -> dict[str, str]:
    """Return every mart by `schema.name` with the comment of its table or view."""
    comments = {view.full_name: view.comment for view in read_views("mart")}
    return comments | {name: table_comment(schemas.TABLES[name]) for name in _TABLES}


DESCRIPTIONS = _descriptions()


@dg.multi_asset(
    name="marts",
    specs=[
        dg.AssetSpec(
            asset_key(name), deps=[WAREHOUSE], description=text, group_name=GROUP, owners=OWNERS, kinds={"duckdb"}
        )
        for name, text in sorted(DESCRIPTIONS.items())
    ],
    check_specs=[
        dg.AssetCheckSpec(check.rule, asset=asset_key(check.mart), description=check.description) for check in CHECKS
    ],
    can_subset=False,
)
def marts(
    build: BuildResource,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult | dg.AssetObservation]:
    """Report the tables of the published warehouse as a whole, and the results of the checks of the marts."""
    with store.reading(build.warehouse_path) as connection:
        stored = [view.full_name for view in read_views("mart") if view.stored] + list(_TABLES)
        rows = _count_rows(connection, [*STAGED, *stored])
        for name in STAGED:
            yield dg.AssetObservation(asset_key(name), metadata={ROW_COUNT: rows[name]})
        schemas_of_marts = _read_column_schemas(connection)
        for name in sorted(DESCRIPTIONS):
            metadata: dict[str, int | dg.TableSchema] = {"dagster/column_schema": schemas_of_marts[name]}
            if name in rows:
                metadata[ROW_COUNT] = rows[name]
            yield dg.MaterializeResult(asset_key=asset_key(name), metadata=metadata)
        results = connection.execute("SELECT mart, rule, breaches, example FROM ops.checks").fetchall()
        for mart, rule, breaches, example in results:
            yield dg.AssetCheckResult(
                asset_key=asset_key(mart),
                check_name=rule,
                passed=breaches == 0,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={"不符": breaches, "例": example or ""},
            )


def _count_rows(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, int]:
    """Return the rows of stored tables by `schema.name`."""
    counts = " UNION ALL ".join(f"SELECT {literal(name)}, count(*) FROM {name}" for name in tables)
    return dict(connection.execute(counts).fetchall())


def _read_column_schemas(connection: duckdb.DuckDBPyConnection) -> dict[str, dg.TableSchema]:
    """Return the columns of every mart with their types and Chinese meanings."""
    columns: dict[str, list[dg.TableColumn]] = {}
    for table, name, type_, comment in connection.execute(COLUMNS_SQL).fetchall():
        columns.setdefault(table, []).append(dg.TableColumn(name, type_, description=comment))
    return {table: dg.TableSchema(columns=listed) for table, listed in columns.items()}
