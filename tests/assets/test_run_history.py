"""Runs that published nothing are noted beside the warehouse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

import schemas
from assets.ingest import run_history
from warehouse.errors import PublishError

STARTED = datetime(2026, 1, 1, 20, tzinfo=UTC)


def test_what_is_noted_comes_back_as_rows_and_is_forgotten(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    assert run_history.read_notes(warehouse).is_empty()
    run_history.note_unchanged(warehouse, STARTED, 0.5, 7)
    run_history.note_failed(warehouse, STARTED + timedelta(hours=1), PublishError("磁盘已满"))
    run_history.note_failed(warehouse, STARTED + timedelta(hours=2), ValueError("x" * 900))
    (run_history.notes_folder(warehouse) / "20260101T000000000000Z.parquet").write_bytes(b"torn")
    found = run_history.read_notes(warehouse)
    assert found.select("outcome", "unchanged", "read").rows() == [
        ("unchanged", 7, 0),
        ("failed", None, None),
        ("failed", None, None),
    ]
    reasons = found["reason"].to_list()
    assert reasons[1] == "磁盘已满"
    assert reasons[2].startswith("ValueError: x")
    assert len(reasons[2]) == run_history.MAX_REASON_CHARS
    run_history.delete_notes(warehouse, found.head(2))
    assert run_history.read_notes(warehouse).equals(found.tail(1))


def test_only_the_last_of_each_outcome_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_history, "MAX_RUNS", 2)
    warehouse = tmp_path / "w.duckdb"
    failed = STARTED - timedelta(days=1)
    run_history.note_failed(warehouse, failed, ValueError("x"))
    early = run_history.read_notes(warehouse)
    for hour in range(3):
        run_history.note_unchanged(warehouse, STARTED + timedelta(hours=hour), 0.5, 7)
    late = run_history.read_notes(warehouse)
    assert late["run_id"].to_list() == [run_history.make_run_id(STARTED + timedelta(hours=hour)) for hour in (1, 2)]
    none = {name: schemas.empty(name) for name in run_history.RUN_TABLES}
    later = late.with_columns(run_id=pl.lit(run_history.make_run_id(STARTED + timedelta(days=1)))).head(1)
    kept = run_history.merge_run_history(warehouse, none | {run_history.RUNS: later}, pl.concat([early, late, late]))[
        run_history.RUNS
    ]
    assert kept["outcome"].to_list() == ["failed", "unchanged", "unchanged"]
    assert kept["run_id"].n_unique() == 3


def test_a_run_that_cannot_be_noted_is_none_the_worse(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    run_history.note_unchanged(tmp_path / "file" / "w.duckdb", STARTED, 0.5, 7)
    assert "run_not_noted" in caplog.text
