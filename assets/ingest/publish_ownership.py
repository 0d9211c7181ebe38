"""Publish the decisions about whose notices they are at once: no notice has to be read again for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import schemas
from assets.ingest.decision_guard import published_decisions
from assets.ingest.ownership import OWNERSHIP_TABLE, describe_row, read_ownership
from warehouse import store
from warehouse.store_options import DEFAULT_SNAPSHOTS


def publish_ownership(warehouse: Path, folder: Path, *, keep: int = DEFAULT_SNAPSHOTS) -> bool:
    """Publish the warehouse with the ownership of `归属.csv`; return False where that is left to the next build.

    It is where the warehouse is not one of this version of the program, or holds more decisions than the file.

    Args:
        warehouse: The published file.
        folder: The folder of corrections.
        keep: Number of previous snapshots to keep.

    Raises:
        WarehouseError: The warehouse could not be published.
    """
    with store.write_lock(warehouse):
        if store.check_condition(warehouse) is not store.Condition.CURRENT:
            return False
        rows, _ = read_ownership(folder)
        before = published_decisions(warehouse)
        if len(rows) < len(before.ownership):
            return False
        store.publish(
            warehouse,
            add={},
            replace={OWNERSHIP_TABLE: schemas.frame(OWNERSHIP_TABLE, rows)},
            notes=replace(before, ownership=sorted(map(describe_row, rows))).note,
            cause="ownership",
            keep=keep,
        )
    return True
