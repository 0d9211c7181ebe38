"""`ops.retired_*`: notices whose file was taken out of raw/, as they stood last."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from schemas.columns import moment, text
from schemas.core_files import NOTICES
from schemas.core_tasks import TASKS
from schemas.tables import ForeignKey

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
