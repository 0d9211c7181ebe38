"""The marts as Dagster shows them: one asset each behind the published warehouse, with the checks of the publication.

They are computed while the warehouse file is built (see `warehouse.transform`), so that a reader never sees core and
marts of different days; this step reports what was made and what the checks found.
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
from warehouse.transform import DERIVED_TABLES
from warehouse.transform.mart_checks import CHECKS
from warehouse.transform.view_files import read_views

GROUP = "marts"
_TABLES = tuple(name for name in DERIVED_TABLES if name.startswith("mart."))


def _descriptions() -> dict[str, str]:
    """Every mart by `schema.name`, with the comment that stands on its table or view."""
    found = {view.full_name: view.comment for view in read_views("mart")}
    return found | {name: table_comment(schemas.TABLES[name]) for name in _TABLES}


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
    """Rows of every mart of the published warehouse, and what its checks found."""
    with closing(store.connect(build.warehouse_path)) as connection:
        stored = {view.full_name for view in read_views("mart") if view.stored} | set(_TABLES)
        for name in sorted(DESCRIPTIONS):
            metadata = {}
            if name in stored:
                (rows,) = connection.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
                metadata = {"dagster/row_count": rows}
            yield dg.MaterializeResult(asset_key=asset_key(name), metadata=metadata)
        found = connection.execute("SELECT mart, rule, breaches, example FROM ops.checks").fetchall()
        for mart, rule, breaches, example in found:
            yield dg.AssetCheckResult(
                asset_key=asset_key(mart),
                check_name=rule,
                passed=breaches == 0,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={"不符": breaches, "例": example or ""},
            )
