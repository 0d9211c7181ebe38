"""Blocking asset checks of the staged tables, all made by one factory from `assets.rules`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dagster as dg

from assets.rules import RULES, Frames

KeyOf = Callable[[str], dg.AssetKey]
SHOWN = 20


def check_specs(key_of: KeyOf) -> list[dg.AssetCheckSpec]:
    """One blocking check per rule and table: a breach stops the publication."""
    return [
        dg.AssetCheckSpec(rule.name, asset=key_of(table), description=rule.description, blocking=True)
        for rule in RULES.values()
        for table in rule.tables
    ]


def evaluate(frames: Frames, key_of: KeyOf) -> Iterator[dg.AssetCheckResult]:
    """The result of every check of `check_specs`."""
    for rule in RULES.values():
        for table in rule.tables:
            breaches = rule.breaches(frames, table)
            yield dg.AssetCheckResult(
                asset_key=key_of(table),
                check_name=rule.name,
                passed=not breaches,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={
                    "dagster/row_count": frames[table].height,
                    "问题": dg.MetadataValue.json([breach.message for breach in breaches[:SHOWN]]),
                },
            )
