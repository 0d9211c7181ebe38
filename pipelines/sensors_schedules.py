"""Sensors and schedules of Dagster: the sensor on raw/, nightly rebuild and fetch, the notification of failed runs.

All but fetching are active as soon as a daemon loads the definitions. They run the same jobs as the command line.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final

import dagster as dg
from dagster import DagsterRunStatus, DefaultScheduleStatus, DefaultSensorStatus
from pydantic import ValidationError

from assets.ingest.raw_changes import (
    Timing,
    UnsafeToReadError,
    WatchState,
    after_failure,
    after_success,
    decide,
    take_snapshot,
)
from pipelines.cli_common import format_china_time
from pipelines.errors import SettingsError
from pipelines.notify import failure_text, notify, reason_of_run
from pipelines.settings import Settings

Job = Any
"""Return type of `define_asset_job`; its class is not public."""

RUN_KEY: Final = "dagster/run_key"
MIN_INTERVAL_SECONDS: Final = 5
"""The daemon evaluates its sensors no more often."""
JOB_NAMES: Final = {
    "build_warehouse": "读入通知、发布仓库",
    "rebuild_and_export": "定时重建仓库、更新清单",
    "export_lists": "写出任务清单和提醒",
    "fetch_sources": "下载新通知",
}
REMEDY: Final = "仓库保持上一版，查询不受影响。请打开 Dagster 网页看这次运行，或在命令行运行 wenming build"


def batch_config(waiting: Collection[str] = (), *, unattended: bool = False) -> dict[str, Any]:
    """Return the run configuration of a build: files that are still being written, and whether it is unattended."""
    return {"resources": {"batch": {"config": {"waiting": sorted(waiting), "unattended": unattended}}}}


def make_raw_sensor(settings: Settings, job: Job) -> dg.SensorDefinition:
    """Return the sensor that requests a run of `job` for each batch of changed files, once they have settled."""
    timing = Timing(settings.watch_settle, settings.watch_longest)

    def raw_changes(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        state = _parse_cursor(context.cursor)
        now = time.time()
        last = _last_run(context.instance, state)
        if last is not None and not last.is_finished:
            return dg.SensorResult(skip_reason="上一次构建还没有结束", cursor=context.cursor)
        if last is not None:
            state = after_failure(state, now) if last.status is DagsterRunStatus.FAILURE else after_success(state)
        try:
            decision = decide(take_snapshot(settings.raw, settings.warehouse, state), state, now, timing)
        except UnsafeToReadError as error:
            return dg.SensorResult(skip_reason=str(error), cursor=state.model_dump_json())
        cursor = decision.state.model_dump_json()
        if not decision.build:
            moving = f"{decision.changes} 个文件有变化，等文件复制完成" if decision.changes else "没有变化"
            return dg.SensorResult(skip_reason=moving, cursor=cursor)
        request = dg.RunRequest(
            run_key=make_run_key(decision.state), run_config=batch_config(decision.waiting, unattended=True)
        )
        return dg.SensorResult(run_requests=[request], cursor=cursor)

    return dg.SensorDefinition(
        name="raw_changes",
        evaluation_fn=raw_changes,
        job=job,
        minimum_interval_seconds=max(round(settings.watch_every), MIN_INTERVAL_SECONDS),
        default_status=DefaultSensorStatus.RUNNING,
        description="自动监测 raw 文件夹：有文件新增、变化、移走，待复制完成后一批一次读入仓库。",
    )


def _parse_cursor(cursor: str | None) -> WatchState:
    """Return the state of the last tick, or a new one if the cursor is not valid."""
    try:
        return WatchState.model_validate_json(cursor or "{}")
    except ValidationError:
        return WatchState()


def make_run_key(state: WatchState) -> str:
    """Return the run key of a state, unique for each batch and each retry."""
    return f"{state.batch}.{state.failures}" if state.batch else ""


def _last_run(instance: dg.DagsterInstance, state: WatchState) -> dg.DagsterRun | None:
    """Return the run that was requested last and whose end has not been processed."""
    key = make_run_key(state)
    if not key:
        return None
    runs = instance.get_runs(filters=dg.RunsFilter(tags={RUN_KEY: key}), limit=1)
    return runs[0] if runs else None


def make_schedule(
    setting: str, cron: str, zone: str, *, name: str, job: Job, example: str, description: str, **options: Any
) -> dg.ScheduleDefinition:
    """Return the schedule `name` of `job` with the cron expression of a setting.

    Args:
        setting: Name of the setting, for the error message.
        cron: Its value.
        zone: Time zone of the expression.
        name: Name of the schedule.
        job: The job.
        example: A valid expression and its meaning (Chinese).
        description: Chinese description of the schedule.
        **options: Passed to Dagster.

    Raises:
        SettingsError: The cron expression is invalid.
    """
    try:
        return dg.ScheduleDefinition(
            name=name, job=job, cron_schedule=cron, execution_timezone=zone, description=description, **options
        )
    except dg.DagsterInvalidDefinitionError as error:
        raise SettingsError(f"设置“{setting}”的值 {cron!r} 不是可用的时刻，请写如 {example}") from error


def make_nightly_schedule(settings: Settings, job: Job) -> dg.ScheduleDefinition:
    """Return the schedule of the nightly rebuild. Raises SettingsError."""
    return make_schedule(
        "nightly_cron",
        settings.nightly_cron,
        settings.nightly_timezone,
        name="nightly_rebuild",
        job=job,
        example="0 3 * * *（每天 3 时）",
        description="按设置的时刻（默认每天 3 时）重新读入、重建仓库和各分析表，并更新任务清单和提醒。",
        run_config=batch_config(unattended=True),
        default_status=DefaultScheduleStatus.RUNNING,
    )


def make_nightly_fetch(settings: Settings, job: Job) -> dg.ScheduleDefinition:
    """Return the schedule of fetching, initially stopped. Raises SettingsError."""
    return make_schedule(
        "fetch_cron",
        settings.fetch_cron,
        settings.fetch_timezone,
        name="nightly_fetch",
        job=job,
        example="0 2 * * *（每天 2 时）",
        description="按设置的时刻（默认每天 2 时）下载各来源新发布的通知。",
    )


def make_failure_sensor(settings: Settings) -> dg.SensorDefinition:
    """Return the sensor that sends a notification for each failed run."""

    @dg.run_failure_sensor(
        name="failure_notice",
        description="任何一次运行失败时：写入日志；设了 webhook 的，同时发到企业微信或钉钉群。",
        default_status=DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
    )
    def failure_notice(context: dg.RunFailureSensorContext) -> None:
        steps = [getattr(event.event_specific_data, "error", None) for event in context.get_step_failure_events()]
        errors = [*steps, getattr(context.failure_event.event_specific_data, "error", None)]
        reason = reason_of_run(next((error for error in errors if error is not None), None))
        name = context.dagster_run.job_name
        text = failure_text(JOB_NAMES.get(name, name), reason, REMEDY, format_china_time(datetime.now(UTC)))
        context.log.error(text)
        notify(settings.webhook, text)

    return failure_notice
