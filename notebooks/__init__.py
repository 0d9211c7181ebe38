"""Notebooks on the published warehouse, with their helpers and labels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

NOTEBOOKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "总览": "仓库里有哪些通知，各要素写明了多少，文字解析率多少，有多少问题待核对",
        "评分体系比较": "各通知把分值放在哪些主题上，哪些评分体系相近，靠什么方法测评",
        "权重与假设": "换用另一份通知的权重，各主题和各通知的先后怎样变化",
        "责任分布": "任务和分值落在哪些单位、哪些人身上，是否集中",
        "材料与时限": "哪一旬到期最多，要交哪些材料、由谁来交",
        "一个单位一张清单": "同一个单位被几份通知重复要求什么，一份材料能用几处，合并后少办几条",
        "指标对照": "一条任务在别的通知里对应哪一条，本通知缺什么",
        "版本变化": "同一通知新旧两版增加、删去、改动了什么",
        "问题与出处": "有哪些疑点，分值对不对得上，各在原文什么位置",
    }
)
"""Name of each notebook (a file in this folder) and what it answers, in reading order."""
