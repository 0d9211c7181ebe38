"""`mart.*` tables that are computed while publishing; what SQL alone can say stands in warehouse/marts instead."""

from __future__ import annotations

from typing import Final

from schemas.columns import identifier, share
from schemas.core_tasks import TO_TASK
from schemas.tables import ForeignKey, TableSpec

TASK_VERSIONS: Final = TableSpec(
    schema="mart",
    name="task_versions",
    label="任务沿革",
    comment="任务沿革。每行把一条任务与同一通知上一版中的对应任务连起来，一对一；没有对应的为新增或删去。",
    key=("task_id",),
    foreign_keys=(TO_TASK, ForeignKey(("previous_task_id",), "core.tasks", ("task_id",))),
    columns=(
        identifier("task_id", "任务编号", "新版中的任务"),
        identifier("previous_task_id", "上一版任务", "上一版中的对应任务"),
        share("similarity", "文字相似度", "两条任务要求的相似程度，1 为文字相同"),
    ),
)
