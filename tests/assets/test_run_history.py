"""Runs that published nothing are noted beside the warehouse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import schemas
from assets.ingest import run_history, unpublished_runs
from warehouse.errors import PublishError

STARTED = datetime(2026, 1, 1, 20, tzinfo=UTC)


def test_what_is_noted_comes_back_as_rows_and_is_forgotten(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    assert unpublished_runs.read_notes(warehouse) == []
    unpublished_runs.note_unchanged(warehouse, STARTED, 0.5, 7)
    unpublished_runs.note_failed(warehouse, STARTED + timedelta(hours=1), PublishError("磁盘已满"))
    unpublished_runs.note_failed(warehouse, STARTED + timedelta(hours=2), ValueError("x" * 900))
    (unpublished_runs.notes_folder(warehouse) / "20260101T000000000000Z.parquet").write_bytes(b"torn")
    found = unpublished_runs.read_notes(warehouse)
    assert [(note["outcome"], note["unchanged"], note["read"]) for note in found] == [
        ("unchanged", 7, 0),
        ("failed", None, None),
        ("failed", None, None),
    ]
    reasons = [note["reason"] for note in found]
    assert reasons[1] == "磁盘已满"
    assert reasons[2].startswith("ValueError: x")
    assert len(reasons[2]) == unpublished_runs.MAX_REASON_CHARS
    assert unpublished_runs.read_notes(warehouse, newest=2) == found[1:]
    unpublished_runs.delete_notes(warehouse, found[:2])
    assert unpublished_runs.read_notes(warehouse) == found[2:]


def test_only_the_last_of_each_outcome_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpublished_runs, "MAX_RUNS", 2)
    monkeypatch.setattr(run_history, "MAX_RUNS", 2)
    warehouse = tmp_path / "w.duckdb"
    failed = STARTED - timedelta(days=1)
    unpublished_runs.note_failed(warehouse, failed, ValueError("x"))
    early = unpublished_runs.read_notes(warehouse)
    for hour in range(3):
        unpublished_runs.note_unchanged(warehouse, STARTED + timedelta(hours=hour), 0.5, 7)
    late = unpublished_runs.read_notes(warehouse)
    assert [note["run_id"] for note in late] == [
        unpublished_runs.make_run_id(STARTED + timedelta(hours=hour)) for hour in (1, 2)
    ]
    none = {name: schemas.empty(name) for name in run_history.RUN_TABLES}
    later = schemas.frame(
        unpublished_runs.RUNS, [{**late[0], "run_id": unpublished_runs.make_run_id(STARTED + timedelta(days=1))}]
    )
    kept = run_history.merge_run_history(warehouse, none | {unpublished_runs.RUNS: later}, [*early, *late, *late])[
        unpublished_runs.RUNS
    ]
    assert kept["outcome"].to_list() == ["failed", "unchanged", "unchanged"]
    assert kept["run_id"].n_unique() == 3


def test_a_run_that_cannot_be_noted_is_none_the_worse(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    unpublished_runs.note_unchanged(tmp_path / "file" / "w.duckdb", STARTED, 0.5, 7)
    assert "run_not_noted" in caplog.text
