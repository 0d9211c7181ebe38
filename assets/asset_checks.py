"""Blocking asset checks of the staged tables, all made by one factory from `assets.ingest.validation_rules`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dagster as dg

from assets.ingest.merge_results import Staged
from assets.ingest.validation_rules import RULES
from warehouse.store.staging_files import find_faults

KeyOf = Callable[[str], dg.AssetKey]
SHOWN = 20
SCHEMA_VALID = RULES["schema_valid"]


def check_specs(key_of: KeyOf) -> list[dg.AssetCheckSpec]:
    """One blocking check per rule and table: a breach stops the publication."""
    return [
        dg.AssetCheckSpec(rule.name, asset=key_of(table), description=rule.description, blocking=True)
        for rule in RULES.values()
        for table in rule.tables
    ]


def evaluate(staged: Staged, key_of: KeyOf) -> Iterator[dg.AssetCheckResult]:
    """The result of every check of `check_specs`: what is broken in the rows, and in the files they stand in."""
    faults = find_faults(staged.parts.values())
    for rule in RULES.values():
        for table in rule.tables:
            found = list(staged.breaches.get((rule.name, table), ()))
            if rule is SCHEMA_VALID and table in faults:
                found.append(faults[table])
            yield dg.AssetCheckResult(
                asset_key=key_of(table),
                check_name=rule.name,
                passed=not found,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={
                    "dagster/row_count": staged.parts[table].rows,
                    "问题": dg.MetadataValue.json(found[:SHOWN]),
                },
            )
