"""Chinese labels of codes in marts; their columns are defined by SQL, so that no declaration lists the values.

The codes of declared columns are labelled by `values` of the column. SQL files and pages use these labels only.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RELATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"equal": "大体相同", "subset": "含于对方", "superset": "包含对方", "overlap": "部分相同"}
)
"""`mart.topic_crosswalk.relation`: of a task to its similar task."""

BASES: Final[Mapping[str, str]] = MappingProxyType({"wording": "文字相近", "meaning": "意思相同", "review": "人工认定"})
"""`mart.topic_crosswalk.basis`."""

CHANGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "added": "新增",
        "removed": "删去",
        "reworded": "文字改动",
        "points": "分值变化",
        "party": "责任单位变化",
        "deadline": "时限变化",
    }
)
"""`mart.notice_changes.change`."""

AUDITS: Final[Mapping[str, str]] = MappingProxyType(
    {"total": "总分", "table": "整表", "heading": "指标标题", "rows": "分值栏与括注"}
)
"""`mart.rubric_audit.kind`."""

ORPHANS: Final[Mapping[str, str]] = MappingProxyType(
    {"no_party": "无责任单位", "no_stated_lead": "未写明牵头", "notice_without_parties": "通知不列责任单位"}
)
"""`mart.orphan_tasks.reason`."""
