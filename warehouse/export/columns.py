"""The columns of a standard task list: their Chinese headers, their order, and which of them a unit fills in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.ops import PROGRESS_STATUSES

KEY: Final = "任务键（请勿改动）"
"""Header of the hidden column that ties a row to its task."""
STATUS: Final = "状态"
DONE_ON: Final = "完成日期"
ON_HAND: Final = "已备材料"
NOTE: Final = "说明"
FILL_IN: Final = (STATUS, DONE_ON, ON_HAND, NOTE)
"""The columns that a unit fills in; all others are protected."""
LEADER: Final = "责任领导"
PERSONS: Final = "责任人"
NAMES: Final = (LEADER, PERSONS)
"""The columns that `--no-persons` leaves out."""
POINTS: Final = "分值"
SERIAL: Final = "序号"
STARTS: Final = "开始日期"
ENDS: Final = "截止日期"
STATUS_WORDS: Final = tuple(PROGRESS_STATUSES.values())


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `header`, `meaning` for the dictionary sheet, `width` in characters of a sheet."""

    header: str
    meaning: str
    width: float


COLUMNS: Final = (
    Column(SERIAL, "在本清单中的次序", 5),
    Column("指标编号", "最内层指标的代码，照原文", 8),
    Column("一级指标", "最外层指标的名称", 11),
    Column("二级指标", "第二层指标的名称，再往下的用 / 连接", 13),
    Column("任务要求", "要做什么、达到什么，照原文", 42),
    Column("牵头科室", "牵头的责任单位", 11),
    Column("配合科室", "配合的责任单位", 11),
    Column(LEADER, "责任领导或分管领导，照原文", 8.5),
    Column(PERSONS, "责任人，照原文", 8.5),
    Column("完成时限", "时限，照原文", 12),
    Column(STARTS, "从时限中读出的第一天", 11),
    Column(ENDS, "从时限中读出的最后一天；定期任务为最后一次", 11),
    Column("材料要求", "要准备的材料和最少数量", 24),
    Column("测评方法", "测评、检查的方法", 10),
    Column(POINTS, "分值（分）；几条任务共用一个分值的，合并为一格", 6),
    Column("备注", "原文的评价标准、评分标准、备注，以及出处：文件、表、行", 22),
    Column(STATUS, f"请选择：{'、'.join(STATUS_WORDS)}", 8),
    Column(DONE_ON, "状态为已完成时填写，如 2026-03-31", 11),
    Column(ON_HAND, "已备齐的材料和数量，如“方案1份、照片3张”；全部备齐可写“已备齐”", 18),
    Column(NOTE, "需要说明的情况", 18),
)
"""In the order in which units use them."""


def columns(*, persons: bool = True) -> tuple[Column, ...]:
    """The columns of a list, without names of people unless `persons`."""
    return tuple(column for column in COLUMNS if persons or column.header not in NAMES)
