"""What Dagster shows, held against a committed snapshot.

After a wanted change: WENMING_SNAPSHOT=write pytest tests/pipelines/test_definitions.py
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import dagster as dg
import pytest

import schemas
from assets.asset_keys import STAGED, asset_key
from assets.ingest import unpublished_runs
from assets.ingest.merge_results import _add_result as taken
from assets.ingest.results import FileResult
from assets.ingest.run_history import RUN_TABLES
from assets.mart_assets import DESCRIPTIONS
from pipelines.definitions import JOB, build_definitions
from pipelines.settings import Settings
from tests.pipelines.conftest import Workspace
from tests.pipelines.sample_notices import as_text
from warehouse.errors import WarehouseBusyError

SNAPSHOT = Path(__file__).with_name("definitions.json")
WRITE = os.environ.get("WENMING_SNAPSHOT") == "write"


def described(defs: dg.Definitions) -> dict[str, Any]:
    """Assets, checks and jobs as plain data."""
    graph = defs.resolve_asset_graph()
    assets = {}
    for key in sorted(graph.get_all_asset_keys(), key=str):
        node = graph.get(key)
        columns = node.metadata.get("dagster/column_schema")
        assets[key.to_user_string()] = {
            "group": node.group_name,
            "description": node.description,
            "owners": list(node.owners),
            "kinds": sorted(node.kinds),
            "upstream": sorted(parent.to_user_string() for parent in node.parent_keys),
            "columns": [f"{one.name} {one.type}" for one in columns.columns] if columns else None,
        }
    checks = {
        key.to_user_string(): graph.get_check_spec(key).blocking
        for key in sorted(graph.asset_check_keys, key=lambda key: key.to_user_string())
    }
    job = defs.resolve_job_def(JOB)
    steps = sorted(node.name for node in job.nodes)
    return {"assets": assets, "blocking checks": checks, "job": {"name": job.name, "steps": steps}}


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    return described(build_definitions(Settings()))


def test_definitions_are_as_committed(shown: dict[str, Any]) -> None:
    text = json.dumps(shown, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if WRITE:
        SNAPSHOT.write_text(text, "utf-8")
    assert json.loads(SNAPSHOT.read_text("utf-8")) == json.loads(text)


def test_every_asset_is_described_owned_and_grouped(shown: dict[str, Any]) -> None:
    for name, asset in shown["assets"].items():
        assert asset["description"], name
        assert asset["owners"] == ["team:wenming_data"], name
        assert asset["kinds"], name
        assert asset["group"] != "default", name


def test_every_core_table_is_an_asset_with_blocking_checks(shown: dict[str, Any]) -> None:
    tables = [name for name in schemas.TABLES if name.startswith("core.")]
    assert {asset_key(name).to_user_string() for name in (*tables, "ops.sources", *RUN_TABLES)} == {
        name for name in shown["assets"] if name.startswith(("core/", "ops/"))
    }
    marts = {name: blocks for name, blocks in shown["blocking checks"].items() if name.startswith("mart/")}
    assert marts
    assert not any(marts.values())
    assert all(blocks for name, blocks in shown["blocking checks"].items() if name not in marts)
    for name in tables:
        key = asset_key(name).to_user_string()
        assert {f"{key}:schema_valid", f"{key}:key_unique"} <= set(shown["blocking checks"])


@dataclass(frozen=True, slots=True)
class Runs:
    """One notice and what the job said of it: stopped by a check, done, and again without news."""

    workspace: Workspace
    failed: dg.ExecuteInProcessResult
    notes: Sequence[Mapping[str, Any]]
    """The notes of runs that published nothing, after the first run; it published nothing."""
    done: dg.ExecuteInProcessResult
    again: dg.ExecuteInProcessResult


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    workspace = Workspace(tmp_path_factory.mktemp("runs"))
    workspace.put("甲.md", as_text("甲州"))
    settings = Settings(raw=workspace.raw, warehouse=workspace.warehouse, workers=1)
    job = build_definitions(settings, staging=workspace.folder / "staging").resolve_job_def(JOB)
    logging = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    # Rows that got past the notices' own examination must still not get past the checks.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assets.ingest.merge_results._add_result", take_with_broken_row)
        failed = job.execute_in_process(run_config=logging, raise_on_error=False)
    assert not workspace.warehouse.exists()
    notes = unpublished_runs.read_notes(workspace.warehouse)
    done = job.execute_in_process(run_config=logging)
    return Runs(workspace, failed, notes, done, job.execute_in_process(run_config=logging))


def test_a_run_that_found_another_writer_at_work_is_not_noted_as_failed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.put("甲.md", as_text("甲州"))
    settings = Settings(raw=workspace.raw, warehouse=workspace.warehouse, workers=1)
    job = build_definitions(settings, staging=workspace.folder / "staging").resolve_job_def(JOB)
    logging = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    monkeypatch.setattr("assets.core_assets.publish", Mock(side_effect=WarehouseBusyError("另一个构建正在写")))
    assert not job.execute_in_process(run_config=logging, raise_on_error=False).success
    assert unpublished_runs.read_notes(workspace.warehouse) == []


def test_a_failed_check_stops_the_publication(runs: Runs) -> None:
    assert not runs.failed.success
    assert [one.check_name for one in runs.failed.get_asset_check_evaluations() if not one.passed] == ["schema_valid"]
    (reason,) = [note["reason"] for note in runs.notes]
    assert "schema_valid" in reason
    assert runs.workspace.ask("SELECT outcome FROM ops.runs ORDER BY run_id LIMIT 2") == [("failed",), ("published",)]


def test_a_run_reports_rows(runs: Runs) -> None:
    workspace, done = runs.workspace, runs.done
    rows = {
        event.asset_key.to_user_string(): event.materialization.metadata["dagster/row_count"].value
        for event in done.get_asset_materialization_events()
        if event.asset_key is not None and "dagster/row_count" in event.materialization.metadata
    }
    assert (rows["warehouse"], rows["mart/task_points"], rows["mart/notice_labels"]) == (3, 3, 1)
    assert [one.check_name for one in done.get_asset_check_evaluations() if not one.passed] == []
    assert {name for name in rows if not name.startswith("mart/")} == {"raw/files", "warehouse"}
    assert observed_rows(done) == {
        asset_key(table).to_user_string(): workspace.ask(f"SELECT count(*) FROM {table}")[0][0] for table in STAGED
    }
    assert workspace.ask("SELECT count(*) FROM core.tasks") == [(3,)]


def observed_rows(done: dg.ExecuteInProcessResult) -> dict[str, object]:
    """The rows of whole tables that a run tells of, by the name of the asset."""
    return {
        observed.asset_key.to_user_string(): observed.metadata["dagster/row_count"].value
        for event in done.all_events
        if event.event_type is dg.DagsterEventType.ASSET_OBSERVATION
        for observed in [event.asset_observation_data.asset_observation]
    }


def test_a_run_without_news_still_tells_the_rows_of_the_whole_table(runs: Runs) -> None:
    read = {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in runs.again.get_asset_materialization_events()
        if event.asset_key is not None
    }
    assert read["core/tasks"]["本次读取行数"].value == 0
    assert "dagster/row_count" not in read["core/tasks"]
    assert observed_rows(runs.again)["core/tasks"] == 3


def test_the_page_of_a_mart_shows_its_columns(runs: Runs) -> None:
    shown = {
        event.asset_key.to_user_string(): event.materialization.metadata["dagster/column_schema"].value
        for event in runs.done.get_asset_materialization_events()
        if event.asset_key is not None and event.asset_key.path[0] == "mart"
    }
    assert set(shown) == {asset_key(name).to_user_string() for name in DESCRIPTIONS}
    for name, schema in shown.items():
        known = runs.workspace.ask(
            "SELECT column_name, data_type, comment FROM duckdb_columns() "
            f"WHERE schema_name = 'mart' AND table_name = '{name.removeprefix('mart/')}' ORDER BY column_index"
        )
        assert isinstance(schema, dg.TableSchema)
        assert [(column.name, column.type, column.description) for column in schema.columns] == known
        assert all(comment for _, _, comment in known)


def take_with_broken_row(result: FileResult, rows: Any) -> None:
    """Takes an outcome in as it should, but for a fingerprint in its row of core.files that is none."""
    taken(replace(result, file={**result.file, "sha256": "not a hash"}), rows)
