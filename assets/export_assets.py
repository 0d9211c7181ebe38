"""Dagster assets of the exports: the task lists and reminders of the month, in a folder of their own.

They are not part of the job that builds the warehouse: a schedule writes them monthly, and with automation switched on
in Dagster they follow every publication. One step writes all lists, but only those whose content changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import dagster as dg

from assets.asset_keys import OWNERS, WAREHOUSE
from assets.resources import ExportResource
from warehouse.clock import CHINA
from warehouse.errors import QueryError
from warehouse.export.reminders import describe_reminded, find_reminders
from warehouse.export.task_lists import build_task_lists
from warehouse.export.task_query import TaskFilter, iter_selections
from warehouse.export.write_files import RefreshResult, refresh_folder

GROUP = "exports"
TASK_LISTS = dg.AssetKey(["exports", "task_lists"])
REMINDERS = dg.AssetKey(["exports", "reminders"])
REMINDER_DAYS = 30


def _export_asset(key: dg.AssetKey, description: str) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    return dg.asset(
        key=key,
        deps=[WAREHOUSE],
        description=description,
        group_name=GROUP,
        owners=OWNERS,
        kinds={"excel"},
        automation_condition=dg.AutomationCondition.eager(),
    )


def month_folder(export: ExportResource) -> Path:
    """Return the folder of the current month in China."""
    return Path(export.folder) / f"{datetime.now(CHINA):%Y-%m}"


@_export_asset(
    TASK_LISTS, "任务清单：本月每份现行通知、每个责任单位一份 xlsx。只重写有变化的；有人填写过的不覆盖，新的在旁边。"
)
def task_list_files(export: ExportResource) -> dg.MaterializeResult[None]:
    """Write the task lists of every current notice."""
    try:
        selected = iter_selections(export.warehouse_path, TaskFilter())
        lists = (item for batch in selected for item in build_task_lists(batch, persons=export.persons))
        return _result_metadata(refresh_folder(lists, month_folder(export) / "任务清单"))
    except QueryError:
        # A warehouse without tasks has no lists.
        return dg.MaterializeResult(metadata={"写出": 0})


@_export_asset(REMINDERS, "任务提醒：逾期的和 30 天内到期的任务，每个责任单位一份 xlsx，可直接填写交回。")
def reminder_files(export: ExportResource) -> dg.MaterializeResult[None]:
    """Write the reminders of every responsible unit that has something due."""
    due = find_reminders(export.warehouse_path, within=REMINDER_DAYS, persons=export.persons)
    counted = describe_reminded(export.warehouse_path)
    written = refresh_folder((reminder.task_list for reminder in due), month_folder(export) / "提醒")
    return _result_metadata(written, {"计入的通知": counted})


def _result_metadata(done: RefreshResult, more: Mapping[str, str] = MappingProxyType({})) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(
        metadata={
            **more,
            "写出": len(done.written),
            "未变化": len(done.unchanged),
            "已有人填写，新的在旁边": dg.MetadataValue.json(done.written_beside),
            "不再需要": dg.MetadataValue.json(done.obsolete),
        }
    )
