"""`ops.progress*`: what units reported on their tasks, and the rows that could not be taken."""

from __future__ import annotations

from typing import Final

from schemas.columns import day, identifier, integer, moment, text
from schemas.core_files import SHA256_PATTERN
from schemas.core_tasks import EVIDENCE_KINDS
from schemas.tables import ForeignKey, TableSpec

STATUSES: Final = {
    "not_started": "未开始",
    "in_progress": "进行中",
    "done": "已完成",
    "blocked": "需协调",
    "not_applicable": "不适用",
}
"""What a unit may say of a task."""

ALL_MATERIALS: Final = "all"
"""Kind of the row that says that every material is there."""

PROBLEMS: Final = {
    "file": "文件不能用",
    "key": "任务键缺失或无法辨认",
    "unknown_task": "库中没有这条任务",
    "changed_cell": "保护的内容被改动",
    "reworded": "任务在导出后有改动",
    "superseded": "任务在新版通知中已删去",
    "disagreement": "几处填写不一致",
    "formula": "填写格中是公式",
    "merged": "填写格被合并",
    "status": "状态无法辨认",
    "date": "日期无法辨认",
    "contradiction": "前后矛盾",
    "cleared": "原有进展被清空",
}
"""Why a row, or a whole file, was not taken."""

IMPORT_PATTERN: Final = r"^\d{8}T\d{12}Z$"

_IMPORT = (
    text("import_id", "导入批次", "哪一次导入，即导入的时刻（UTC）", required=True, pattern=IMPORT_PATTERN),
    integer("line", "行次", "在该批次中的次序，从 1 起", required=True, minimum=1),
)
_PLACE = (
    text("file", "文件", "交回的文件名", required=True),
    text("sheet", "工作表", "所在工作表的名称；整个文件的问题为空"),
    integer("row", "表中行号", "在工作表中的行号，从 1 起；整个文件的问题为空", minimum=1),
    text("sha256", "内容指纹", "交回文件的 SHA-256；文件打不开时为空", pattern=SHA256_PATTERN),
    moment("imported_at", "导入时间", "导入的时间", required=True),
)

PROGRESS: Final = TableSpec(
    schema="ops",
    name="progress",
    label="进展记录",
    comment="进展记录。每行是一个单位对一条任务的一次填报，取自交回的清单；历次都保留，最新的见 mart.task_progress。",
    key=("import_id", "line"),
    columns=(
        *_IMPORT,
        identifier("task_id", "任务编号", "填报的任务"),
        text("party", "填报单位", "清单所属的责任单位；不分单位的清单为空"),
        text("wording", "文字指纹", "填报时任务要求的指纹，任务改写后旧的进展不再算数", required=True),
        text("status", "状态", "办理状态", required=True, values=STATUSES),
        day("done_on", "完成日期", "完成的日期"),
        text("evidence_on_hand", "已备材料", "已备齐的材料，照填报"),
        text("note", "说明", "填报的说明"),
        text("requirement", "任务要求", "填报时的任务要求"),
        *_PLACE,
    ),
)

PROGRESS_MATERIALS: Final = TableSpec(
    schema="ops",
    name="progress_materials",
    label="已备材料",
    comment="已备材料。每行是一次填报的“已备材料”中读出的一种材料及其数量。",
    key=("import_id", "line", "ordinal"),
    foreign_keys=(ForeignKey(("import_id", "line"), "ops.progress", ("import_id", "line")),),
    columns=(
        *_IMPORT,
        integer("ordinal", "次序", "在该次填报中的先后次序", required=True, minimum=1),
        text(
            "kind",
            "材料类型",
            "材料属于哪一类",
            required=True,
            values={**EVIDENCE_KINDS, ALL_MATERIALS: "全部材料已备齐"},
        ),
        integer("items", "数量", "几份（张、次）；没有写明的计 1", required=True, minimum=0),
        text("raw", "原文", "这份材料的原文", required=True),
    ),
)

PROGRESS_ISSUES: Final = TableSpec(
    schema="ops",
    name="progress_issues",
    label="未导入的填报",
    comment="未导入的填报。每行是交回的清单中没有采用的一行，或不能用的一个文件，连同原因和整行内容，什么也不丢。",
    key=("import_id", "line"),
    columns=(
        *_IMPORT,
        text("kind", "原因", "没有采用的原因", required=True, values=PROBLEMS),
        text("message", "说明", "哪里不对、怎样改", required=True),
        text("task_id", "任务编号", "行中写明的任务，无法辨认的为空"),
        text("party", "填报单位", "清单所属的责任单位"),
        text("content", "整行内容", "该行各列的内容（JSON，列名到内容）"),
        *_PLACE,
    ),
)
