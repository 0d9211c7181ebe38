"""Blocking asset checks of the staged tables, all made by one factory from `assets.ingest.validation_rules`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dagster as dg

from assets.ingest.merge_results import StagedTables
from assets.ingest.validation_rules import RULES
from warehouse.store.staging_files import find_faults

KeyOf = Callable[[str], dg.AssetKey]
MAX_BREACHES = 20
SCHEMA_VALID = RULES["schema_valid"]


def check_specs(key_of: KeyOf) -> list[dg.AssetCheckSpec]:
    """Return one blocking check per rule and table: a breach stops the publication."""
    return [
        dg.AssetCheckSpec(rule.name, asset=key_of(table), description=rule.description, blocking=True)
        for rule in RULES.values()
        for table in rule.tables
    ]


def evaluate(staged: StagedTables, key_of: KeyOf) -> Iterator[dg.AssetCheckResult]:
    """Yield the result of every check of `check_specs`, for the rows and for the Parquet files that hold them."""
    faults = find_faults(staged.parts.values())
    for rule in RULES.values():
        for table in rule.tables:
            messages = list(staged.breaches.get((rule.name, table), ()))
            if rule is SCHEMA_VALID and table in faults:
                messages.append(faults[table])
            yield dg.AssetCheckResult(
                asset_key=key_of(table),
                check_name=rule.name,
                passed=not messages,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={
                    "dagster/row_count": staged.parts[table].rows,
                    "问题": dg.MetadataValue.json(messages[:MAX_BREACHES]),
                },
            )
