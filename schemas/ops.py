"""Declarations of `ops.*`: state of the build, reviewed matches, progress reports, retired notices, run history."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from schemas.core_files import FORMATS, NOTICE_SCOPES, NOTICES, SHA256_PATTERN
from schemas.core_tasks import EVIDENCE_KINDS, TASKS
from schemas.specs import ColumnSpec, ForeignKey, TableSpec, big_integer, day, identifier, integer, moment, text

SOURCES: Final = TableSpec(
    schema="ops",
    name="sources",
    label="文件状态",
    comment="上次构建时每个原始文件的大小、修改时间和指纹，用来判断哪些文件需要重新读取。",
    key=("source_path",),
    columns=(
        text("source_path", "文件路径", "相对于 raw 目录的路径，用 / 分隔", required=True),
        big_integer("bytes", "文件大小", "文件大小", required=True, unit="字节"),
        big_integer("mtime_ns", "修改时间", "文件修改时间（自 1970 年起）", required=True, unit="纳秒"),
        text("sha256", "内容指纹", "文件内容的 SHA-256；文件打不开时为空", pattern=SHA256_PATTERN),
        text("extractor_version", "读取程序版本", "读取时的程序版本", required=True),
        text("corrections", "更正记录指纹", "读取时所用人工更正、版式认定和单位认定的指纹；没有时为空，变化后重新读取"),
    ),
)

REVIEW_RELATIONS: Final = {
    "equal": "内容大体相同",
    "subset": "甲的内容包含在乙中",
    "superset": "甲的内容包含乙",
    "overlap": "部分相同",
    "unrelated": "无关",
}

COUNTERPART_REVIEWS: Final = TableSpec(
    schema="ops",
    name="counterpart_reviews",
    label="对应关系认定",
    comment="对应关系认定。每行是人工认定的两条任务之间的关系，取自 warehouse/corrections 中的 对应关系.csv。",
    key=("line",),
    columns=(
        integer("line", "行号", "在 对应关系.csv 中的行号", required=True, minimum=1),
        text("file_a", "甲文件", "甲任务所在文件（相对于 raw）", required=True),
        text("locator_a", "甲位置", "甲任务的位置，同 core.tasks.locator", required=True),
        text("file_b", "乙文件", "乙任务所在文件", required=True),
        text("locator_b", "乙位置", "乙任务的位置", required=True),
        text("relation", "关系", "甲对乙的关系", required=True, values=REVIEW_RELATIONS),
        text("reason", "理由", "认定的理由", required=True),
        text("who", "经办人", "谁认定的", required=True),
        text("when", "日期", "认定的日期", required=True),
    ),
)

OWNERSHIP: Final = TableSpec(
    schema="ops",
    name="ownership",
    label="归属认定",
    comment="归属认定。每行是人工认定的一份通知或一个发文机关的归属，取自更正记录文件夹中的 归属.csv；"
    "结果见 mart.notice_scope。",
    key=("line",),
    columns=(
        integer("line", "行号", "在 归属.csv 中的行号", required=True, minimum=1),
        text("file", "文件", "认定的通知所在文件（相对于 raw）；认定发文机关的为空"),
        text("issuer", "发文机关", "认定的发文机关，它印发的通知都照此；认定一份通知的可以不写"),
        text("scope", "归属", "属于哪一种", required=True, values=NOTICE_SCOPES),
        text("reason", "理由", "认定的理由", required=True),
        text("who", "经办人", "谁认定的", required=True),
        text("when", "日期", "认定的日期", required=True),
    ),
)

CHECKS: Final = TableSpec(
    schema="ops",
    name="checks",
    label="汇总核对",
    comment="汇总核对。每行是发布时对一张汇总表的一项核对；不通过时数字不可直接引用。",
    key=("mart", "rule"),
    columns=(
        text("mart", "汇总表", "被核对的表", required=True),
        text("rule", "核对项", "核对项的代码", required=True),
        text("description", "说明", "核对什么", required=True),
        big_integer("breaches", "不符数", "不符合的行数或处数，0 为通过", required=True),
        text("example", "例子", "不符合的一例"),
    ),
)

META: Final = TableSpec(
    schema="ops",
    name="meta",
    label="仓库信息",
    comment="仓库自身的信息，如表结构指纹；结构变化后仓库会自动重建。",
    key=("key",),
    columns=(
        text("key", "名称", "信息的名称", required=True),
        text("value", "内容", "信息的内容", required=True),
    ),
)


PROGRESS_STATUSES: Final = {
    "not_started": "未开始",
    "in_progress": "进行中",
    "done": "已完成",
    "blocked": "需协调",
    "not_applicable": "不适用",
}
"""Statuses that a unit may report for a task."""

ALL_MATERIALS: Final = "all"
"""Kind of a row that reports that all materials are on hand."""

IMPORT_PROBLEMS: Final = {
    "file": "文件不能用",
    "key": "系统编号缺失或无法辨认",
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
"""Why a row, or a whole file, was not imported."""

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
        text("status", "状态", "办理状态", required=True, values=PROGRESS_STATUSES),
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
        text("kind", "原因", "没有采用的原因", required=True, values=IMPORT_PROBLEMS),
        text("message", "说明", "哪里不对、怎样改", required=True),
        text("task_id", "任务编号", "行中写明的任务，无法辨认的为空"),
        text("party", "填报单位", "清单所属的责任单位"),
        text("content", "整行内容", "该行各列的内容（JSON，列名到内容）"),
        *_PLACE,
    ),
)


RUN_PATTERN: Final = r"^\d{8}T\d{12}Z$"

UNKNOWN_FORMAT: Final = "unknown"

RUN_OUTCOMES: Final = {"published": "已发布", "unchanged": "没有变化", "failed": "失败"}
"""Outcomes of a run."""

RUN_FORMATS: Final = {**FORMATS, UNKNOWN_FORMAT: "未能辨认"}
"""Formats of the files that were read."""

_RUN: Final = text("run_id", "运行批次", "哪一次运行，即开始的时刻（UTC）", required=True, pattern=RUN_PATTERN)


def _seconds(label: str, description: str) -> ColumnSpec:
    return ColumnSpec("seconds", "DOUBLE", label, description, unit="秒", nullable=False, minimum=0)


RUNS: Final = TableSpec(
    schema="ops",
    name="runs",
    label="运行记录",
    comment="运行记录。每行是一次构建，每种结果保留最近 1000 次；没有发布的，到下次发布时写入本表。失败的没有文件数。",
    key=("run_id",),
    columns=(
        _RUN,
        moment("started_at", "开始时间", "开始的时间", required=True),
        text("outcome", "结果", "这次构建的结果", required=True, values=RUN_OUTCOMES),
        text("reason", "失败原因", "失败的原因；没有失败时为空"),
        _seconds("用时", "从开始读取到开始发布（没有发布的，到结束）的时间"),
        integer("read", "读取", "读取的文件数；压缩包计 1 个", unit="个"),
        integer("loaded", "入库", "其中入库的文件数，含待人工认定的；压缩包和其中的文件分别计数", unit="个"),
        integer("no_tables", "无表格", "已读取、没有表格的文件数", unit="个"),
        integer("not_a_notice", "不是通知", "已读取、不是通知的文件数", unit="个"),
        integer("duplicate", "重复", "与另一文件重复的文件数", unit="个"),
        integer("held_back", "暂不入库", "已读取、内容未通过校验的文件数", unit="个"),
        integer("unreadable", "无法读取", "无法打开或读取的文件数", unit="个"),
        integer("removed", "移除", "已不在 raw 中的文件数", unit="个"),
        integer("unchanged", "未变", "没有变化、未再读取的文件数", unit="个"),
        big_integer("bytes", "读取量", "读取的文件大小合计", unit="字节"),
    ),
)

RUN_CARRIERS: Final = TableSpec(
    schema="ops",
    name="run_carriers",
    label="各格式用时",
    comment="各格式用时。每行是一次运行中一种文件格式的文件数、大小和读取用时。",
    key=("run_id", "carrier"),
    foreign_keys=(ForeignKey(("run_id",), "ops.runs", ("run_id",)),),
    columns=(
        _RUN,
        text("carrier", "格式", "文件格式", required=True, values=RUN_FORMATS),
        integer("files", "文件数", "读取的文件数", required=True, unit="个"),
        big_integer("bytes", "大小", "文件大小合计", required=True, unit="字节"),
        _seconds("用时", "各文件读取用时之和；几个进程同时读取时大于实际经过的时间"),
    ),
)

RUN_SLOWEST: Final = TableSpec(
    schema="ops",
    name="run_slowest",
    label="最慢的文件",
    comment="最慢的文件。每行是一次运行中读取最慢的十个文件之一。",
    key=("run_id", "rank"),
    foreign_keys=(ForeignKey(("run_id",), "ops.runs", ("run_id",)),),
    columns=(
        _RUN,
        integer("rank", "名次", "第几慢，从 1 起", required=True, minimum=1),
        text("source_path", "文件路径", "相对于 raw 目录的路径，用 / 分隔", required=True),
        text("carrier", "格式", "文件格式", required=True, values=RUN_FORMATS),
        big_integer("bytes", "大小", "文件大小", required=True, unit="字节"),
        _seconds("用时", "读取这个文件的时间"),
    ),
)


_RETIRED_AT: Final = moment("retired_at", "撤下时间", "发现文件已不在 raw 中的时间", required=True)

RETIRED_NOTICES: Final = replace(
    NOTICES,
    schema="ops",
    name="retired_notices",
    label="撤下的通知",
    comment="撤下的通知。每行是一份文件已从 raw 中移走的通知，照移走前记录，不是现行，不参加汇总；文件放回后不再列出。",
    foreign_keys=(),
    columns=(
        *NOTICES.columns,
        text("source_path", "文件路径", "移走前相对于 raw 目录的路径", required=True),
        _RETIRED_AT,
    ),
)

RETIRED_TASKS: Final = replace(
    TASKS,
    schema="ops",
    name="retired_tasks",
    label="撤下的任务",
    comment="撤下的任务。每行是撤下的通知中的一条任务，内容是移走前的样子，不参加任何汇总。",
    foreign_keys=(ForeignKey(("notice_id",), "ops.retired_notices", ("notice_id",)),),
    columns=(*TASKS.columns, _RETIRED_AT),
)
