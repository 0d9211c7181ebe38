"""A run of Dagster that fails is noted beside the warehouse."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg

from assets.ingest import run_notes
from warehouse.errors import WarehouseBusyError


@dg.failure_hook(required_resource_keys={"build"})
def failed_run_noted(context: dg.HookContext) -> None:
    """Note the failure of a step, with which its run ends; a run that gave way to another writer did not fail.

    Not called where the caller asked for the exception itself, as `wenming build` does: it makes the note on its own.
    """
    error = context.op_exception
    if error is None or isinstance(error, WarehouseBusyError):
        return
    record = context.instance.get_run_record_by_id(context.run_id)
    started = record.start_time if record and record.start_time else None
    started_at = datetime.now(UTC) if started is None else datetime.fromtimestamp(started, UTC)
    run_notes.note_failed(context.resources.build.warehouse_path, started_at, error)
