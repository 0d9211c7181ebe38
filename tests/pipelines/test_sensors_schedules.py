"""What runs by itself in Dagster: sensor, schedule, freshness, notice of failure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.asset_keys import WAREHOUSE
from assets.ingest.raw_changes import WatchState
from assets.ingest.results import ignore_progress
from pipelines.commands.build import _run_job
from pipelines.definitions import JOB, NIGHTLY_JOB, build_definitions, build_warehouse, rebuild_and_export
from pipelines.errors import SettingsError
from pipelines.sensors_schedules import (
    RUN_KEY,
    batch_config,
    make_failure_sensor,
    make_nightly_schedule,
    make_raw_sensor,
    make_run_key,
)
from pipelines.settings import Settings
from tests.pipelines.webhook_server import WebhookServer, run_webhook_server

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def webhook_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with run_webhook_server() as listening:
        yield listening


@pytest.fixture
def settings(tmp_path: Path, webhook_server: WebhookServer) -> Settings:
    (tmp_path / "raw").mkdir()
    return Settings(
        raw=tmp_path / "raw", warehouse=tmp_path / "w.duckdb", exports=tmp_path / "out", webhook=webhook_server.webhook
    )


class Ticks:
    """The sensor, tick by tick, as the daemon asks it."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sensor = make_raw_sensor(settings, build_warehouse)
        self.instance = instance
        self.cursor: str | None = None
        self.now = 1000.0
        monkeypatch.setattr("pipelines.sensors_schedules.time.time", lambda: self.now)

    def after(self, seconds: float) -> tuple[list[dg.RunRequest], str]:
        """Runs asked for and the reason of none."""
        self.now += seconds
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        result = self.sensor.evaluate_tick(context)
        self.cursor = result.cursor
        return list(result.run_requests or []), result.skip_message or ""

    def run(self, request: dg.RunRequest, status: dg.DagsterRunStatus) -> None:
        """A run of this request that has come so far."""
        assert request.run_key is not None
        run_id = f"00000000-0000-4000-8000-{abs(hash(request.run_key)) % 10**12:012d}"
        run = dg.DagsterRun(job_name=JOB, run_id=run_id, status=status, tags={RUN_KEY: request.run_key})
        if self.instance.get_run_by_id(run_id):
            self.instance.delete_run(run_id)
        self.instance.add_run(run)


def test_the_sensor_asks_for_one_run_per_batch(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        ticks = Ticks(settings, instance, monkeypatch)
        for number in range(3):
            (settings.raw / f"{number}.md").write_text("x", "utf-8")
        assert ticks.after(0) == ([], "3 个文件有变化，等文件复制完成")
        (settings.raw / "3.md").write_text("x", "utf-8")
        assert ticks.after(9) == ([], "4 个文件有变化，等文件复制完成")
        assert ticks.after(9)[0] == []
        ((first,), _) = ticks.after(9)
        assert first.run_config == batch_config(unattended=True)

        ticks.run(first, dg.DagsterRunStatus.STARTED)
        (settings.raw / "4.md").write_text("x", "utf-8")
        assert ticks.after(15) == ([], "上一次构建还没有结束")
        ticks.run(first, dg.DagsterRunStatus.SUCCESS)
        assert ticks.after(15)[0] == []
        ((second,), _) = ticks.after(15)
        assert second.run_key != first.run_key
        ticks.run(second, dg.DagsterRunStatus.SUCCESS)
        assert ticks.after(15) == ([], "没有变化")
        assert ticks.after(9999) == ([], "没有变化")


def test_a_failed_run_is_asked_for_again_later(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        ticks = Ticks(settings, instance, monkeypatch)
        (settings.raw / "甲.md").write_text("x", "utf-8")
        ticks.after(0)
        ((first,), _) = ticks.after(10)
        ticks.run(first, dg.DagsterRunStatus.FAILURE)
        assert ticks.after(15)[0] == []
        assert ticks.after(45)[0] == []
        ((again,), _) = ticks.after(20)
        assert again.run_key == f"{(first.run_key or '').removesuffix('.0')}.1"
        ticks.run(again, dg.DagsterRunStatus.CANCELED)
        # Somebody has stopped it, and will have had a reason.
        assert [ticks.after(1000)[0] for _ in range(3)] == [[], [], []]


def test_a_share_that_is_gone_is_a_reason_not_a_run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        ticks = Ticks(settings, instance, monkeypatch)
        settings.raw.rmdir()
        ticks.cursor = "something of somebody else"
        runs, reason = ticks.after(0)
        assert runs == []
        assert "网络盘没有连上" in reason


def test_the_name_of_a_run_is_empty_once_its_end_is_known() -> None:
    assert make_run_key(WatchState(built="a")) == ""
    assert make_run_key(WatchState(built="a", batch="a-1", failures=2)) == "a-1.2"


def test_everything_runs_by_itself() -> None:
    defs = build_definitions(
        Settings(nightly_cron="30 4 * * 1-5", nightly_timezone="Asia/Urumqi", watch_every=1, fresh_hours=3)
    )
    nightly = defs.resolve_schedule_def("nightly_rebuild")
    assert (nightly.cron_schedule, nightly.execution_timezone, nightly.job_name) == (
        "30 4 * * 1-5",
        "Asia/Urumqi",
        NIGHTLY_JOB,
    )
    assert {one.name: one.default_status.value for one in defs.schedules or ()} == {
        "nightly_rebuild": "RUNNING",
        "monthly_lists": "RUNNING",
        # Nobody goes out into the network unasked.
        "nightly_fetch": "STOPPED",
    }
    sensors: dict[str, Any] = {one.name: one for one in defs.sensors or ()}
    assert {name: one.default_status.value for name, one in sensors.items()} == {
        "raw_changes": "RUNNING",
        "failure_notice": "RUNNING",
    }
    assert sensors["raw_changes"].minimum_interval_seconds == 5
    assert defs.resolve_asset_graph().get(WAREHOUSE).freshness_policy == dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=3), warn_window=timedelta(hours=2)
    )
    steps = {node.name for node in defs.resolve_job_def(NIGHTLY_JOB).nodes}
    built = {node.name for node in defs.resolve_job_def(JOB).nodes}
    assert steps == built | {"exports__task_lists", "exports__reminders"}


def test_the_nightly_run_is_marked_unattended() -> None:
    schedule = make_nightly_schedule(Settings(), rebuild_and_export)
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2026, 1, 1, tzinfo=UTC))
    (request,) = schedule.evaluate_tick(context).run_requests or []
    assert request.run_config == batch_config(unattended=True)


def test_a_moment_that_does_not_exist_is_reported_in_chinese() -> None:
    with pytest.raises(SettingsError, match=r"nightly_cron.*不是可用的时刻"):
        build_definitions(Settings(nightly_cron="61 25 * * *"))


def test_a_run_leaves_out_what_is_still_written_and_tells_the_group_where_it_fails(
    settings: Settings, webhook_server: WebhookServer
) -> None:
    for name in ("甲.md", "乙.md"):
        (settings.raw / name).write_text("x", "utf-8")
    defs = build_definitions(settings)
    job = defs.resolve_job_def(JOB)
    with dg.DagsterInstance.ephemeral() as instance:

        def run(config: dict[str, Any]) -> dg.ExecuteInProcessResult:
            return job.execute_in_process(
                run_config=QUIET | config, instance=instance, op_selection=["raw__files"], raise_on_error=False
            )

        (event,) = run(batch_config(["乙.md"])).get_asset_materialization_events()
        assert event.step_materialization_data.materialization.metadata["读取"].value == 1

        settings.raw.rename(settings.raw.with_name("moved"))
        done = run(batch_config(unattended=True))
        assert not done.success
        context = dg.build_run_status_sensor_context(
            sensor_name="failure_notice",
            dagster_event=done.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=done.dagster_run,
        ).for_run_failure()
        make_failure_sensor(settings)(context)
    (text,) = webhook_server.texts
    assert "读入通知、发布仓库失败" in text
    assert f"原因：找不到存放通知原件的文件夹 {settings.raw}，可能是网络盘没有连上" in text
    assert "Error" not in text


def test_ctrl_c_during_a_step_is_ctrl_c(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise dg.DagsterExecutionInterruptedError

    monkeypatch.setattr(dg.JobDefinition, "execute_in_process", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _run_job(settings, False, ignore_progress, ())
