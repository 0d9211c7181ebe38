"""All tables of the warehouse in loading order: a table follows those it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas import core_body, core_files, core_tables, core_tasks, mart, ops
from schemas.specs import TableSpec

SCHEMAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "core": "事实层：通知中写了什么，每行一件事",
        "mart": "比较层：由事实层算出的对比和汇总",
        "cn": "中文视图：供人直接查询，表名和列名都是中文",
        "ops": "运行层：构建程序自己的记录",
    }
)

_ALL: Final = (
    core_files.FILES,
    core_files.NOTICES,
    core_tables.TABLES,
    core_tables.CELLS,
    core_tables.INDICATORS,
    core_tasks.TASKS,
    core_tasks.PARTIES,
    core_tasks.TASK_PARTIES,
    core_tasks.TASK_DEADLINES,
    core_tasks.TASK_EVIDENCE,
    core_tasks.TASK_THRESHOLDS,
    core_tasks.SCORING_RULES,
    core_body.STAGES,
    core_body.MEMBERS,
    core_body.CLAUSES,
    core_body.FOOTNOTES,
    core_body.RULES,
    core_body.PASSAGES,
    core_body.FINDINGS,
    mart.TOPICS,
    mart.TASK_VERSIONS,
    mart.DUE_DAYS,
    mart.TASK_SUBJECTS,
    mart.TASK_PAIRS,
    mart.NOTICE_PAIRS,
    mart.UNIT_TASKS,
    mart.UNIT_MATERIALS,
    mart.BURDEN_RULES,
    ops.SOURCES,
    ops.COUNTERPART_REVIEWS,
    ops.OWNERSHIP,
    ops.PROGRESS,
    ops.PROGRESS_MATERIALS,
    ops.PROGRESS_ISSUES,
    ops.RETIRED_NOTICES,
    ops.RETIRED_TASKS,
    ops.RUNS,
    ops.RUN_CARRIERS,
    ops.RUN_SLOWEST,
    ops.CHECKS,
    ops.META,
)

TABLES: Final[dict[str, TableSpec]] = {table.full_name: table for table in _ALL}
"""Table declarations by `schema.name`."""
