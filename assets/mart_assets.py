"""Dagster assets of the marts, downstream of the published warehouse, with the checks of the publication.

The marts are computed while the warehouse file is built (see `warehouse.transform`), so that readers never see core
and marts of different builds; this step only reports their rows and the results of the checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import dagster as dg

import schemas
from assets.asset_keys import OWNERS, WAREHOUSE, asset_key
from assets.resources import BuildResource
from schemas.ddl import table_comment
from warehouse import store
from warehouse.transform.derivation import DERIVED_TABLES
from warehouse.transform.mart_checks import CHECKS
from warehouse.transform.view_files import read_views

GROUP = "marts"
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
def marts(build: BuildResource) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Report the rows of every mart of the published warehouse and the results of its checks."""
    with closing(store.connect(build.warehouse_path)) as connection:
        stored = {view.full_name for view in read_views("mart") if view.stored} | set(_TABLES)
        for name in sorted(DESCRIPTIONS):
            metadata = {}
            if name in stored:
                (rows,) = connection.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
                metadata = {"dagster/row_count": rows}
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
