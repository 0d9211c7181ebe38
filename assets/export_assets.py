"""The exports as Dagster assets: the month's task lists and reminders, below a folder of their own.

They are no part of the job that builds the warehouse: a schedule makes them monthly, and where automation is switched
on in Dagster they follow every publication. One step writes all lists, and only those whose content changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from assets.asset_keys import OWNERS, WAREHOUSE
from assets.resources import ExportResource
from warehouse.errors import QueryError
from warehouse.export.reminders import find_reminders
from warehouse.export.task_lists import build_task_lists
from warehouse.export.task_query import TaskFilter, iter_selections
from warehouse.export.write_files import RefreshResult, refresh_folder

GROUP = "exports"
TASK_LISTS = dg.AssetKey(["exports", "task_lists"])
REMINDERS = dg.AssetKey(["exports", "reminders"])
CHINA = ZoneInfo("Asia/Shanghai")
WITHIN = 30


def _exported(key: dg.AssetKey, description: str) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
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
    """The folder of the current month in China."""
    return Path(export.folder) / f"{datetime.now(CHINA):%Y-%m}"


@_exported(
    TASK_LISTS, "任务清单：本月每份现行通知、每个责任单位一份 xlsx。只重写有变化的；有人填写过的不覆盖，新的在旁边。"
)
def task_list_files(export: ExportResource) -> dg.MaterializeResult[None]:
    """The task lists of every current notice."""
    try:
        selected = iter_selections(export.warehouse_path, TaskFilter())
        lists = (one for batch in selected for one in build_task_lists(batch, persons=export.persons))
        return _told(refresh_folder(lists, month_folder(export) / "任务清单"))
    except QueryError:
        # A warehouse without a task has nothing to send out.
        return dg.MaterializeResult(metadata={"写出": 0})


@_exported(REMINDERS, "任务提醒：逾期的和 30 天内到期的任务，每个责任单位一份 xlsx，可直接填写交回。")
def reminder_files(export: ExportResource) -> dg.MaterializeResult[None]:
    """The reminders of every party that has something due."""
    found = find_reminders(export.warehouse_path, within=WITHIN, persons=export.persons)
    return _told(refresh_folder((one.task_list for one in found), month_folder(export) / "提醒"))


def _told(done: RefreshResult) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(
        metadata={
            "写出": len(done.written),
            "未变化": len(done.unchanged),
            "已有人填写，新的在旁边": dg.MetadataValue.json(done.written_beside),
            "不再需要": dg.MetadataValue.json(done.obsolete),
        }
    )
