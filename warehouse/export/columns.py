"""Columns of a standard task list and the hidden key that ties each row to its task.

The key reads `task_id|wording|row|filled|party`: `wording` is the wording hash of the task in the warehouse, `row` and
`filled` are digests of the protected and of the fill-in cells, so that a change of either can be detected.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from schemas.ops import PROGRESS_STATUSES

KEY: Final = "系统编号（请勿改动）"
"""Header of the hidden column that ties a row to its task."""
OLD_KEY: Final = "任务键（请勿改动）"
"""Its former header, in lists that are still with a unit."""
STATUS: Final = "状态"
DONE_ON: Final = "完成日期"
ON_HAND: Final = "已备材料"
NOTE: Final = "说明"
FILL_IN: Final = (STATUS, DONE_ON, ON_HAND, NOTE)
"""Columns that a unit fills in; all others are protected."""
LEADER: Final = "责任领导"
PERSONS: Final = "责任人"
PERSON_COLUMNS: Final = (LEADER, PERSONS)
"""Columns that `--no-persons` leaves out."""
POINTS: Final = "分值"
SERIAL: Final = "序号"
STARTS: Final = "开始日期"
ENDS: Final = "截止日期"
STATUS_LABELS: Final = tuple(PROGRESS_STATUSES.values())
REQUIREMENT: Final = "任务要求"
DEADLINE: Final = "完成时限"
MATERIALS: Final = "材料要求"
METHODS: Final = "测评方法"
INDICATOR: Final = "指标"
"""Column of a sheet that has the names of all levels."""
RESPONSIBILITIES: Final = "责任分工"
"""Column of a sheet that has who leads, who supports, and the persons."""
NOT_DIGESTED: Final = frozenset({SERIAL, POINTS, *FILL_IN})
"""Columns that are not part of the row digest: numbering and merged scores change when rows are sorted."""
SEPARATOR: Final = "|"
DIGEST_LENGTH: Final = 10
_WHITESPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Column:
    """Column of a task list.

    Attributes:
        header: Chinese header.
        meaning: Chinese explanation.
    """

    header: str
    meaning: str


@dataclass(frozen=True, slots=True)
class RowKey:
    """Parts of a row key; `party` is None in a list that is not addressed to one party."""

    task_id: str
    wording: str
    row: str
    filled: str
    party: str | None

    def __str__(self) -> str:
        return SEPARATOR.join((self.task_id, self.wording, self.row, self.filled, self.party or ""))


COLUMNS: Final = (
    Column(SERIAL, "在本清单中的次序"),
    Column("指标编号", "最内层指标的代码，照原文"),
    Column("一级指标", "最外层指标的名称"),
    Column("二级指标", "第二层指标的名称，再往下的用 / 连接"),
    Column(REQUIREMENT, "要做什么、达到什么，照原文"),
    Column("牵头科室", "牵头的责任单位"),
    Column("配合科室", "配合的责任单位"),
    Column(LEADER, "责任领导或分管领导，照原文"),
    Column(PERSONS, "责任人，照原文"),
    Column(DEADLINE, "时限，照原文"),
    Column(STARTS, "从时限中读出的第一天"),
    Column(ENDS, "从时限中读出的最后一天；定期任务为最后一次"),
    Column(MATERIALS, "要准备的材料和最少数量"),
    Column(METHODS, "测评、检查的方法"),
    Column(POINTS, "分值（分）；几条任务共用一个分值的，合并为一格"),
    Column("备注", "原文的评价标准、评分标准、备注，以及出处：文件、表、行"),
    Column(STATUS, f"请选择：{'、'.join(STATUS_LABELS)}"),
    Column(DONE_ON, "状态为已完成时填写，如 2026-03-31"),
    Column(ON_HAND, "已备齐的材料和数量，如“方案1份、照片3张”；全部备齐可写“已备齐”"),
    Column(NOTE, "需要说明的情况"),
)
"""All columns of a list, in the order in which units use them; a sheet has those of `sheet_columns`."""
DIGESTED: Final = tuple(
    header
    for header in (*(column.header for column in COLUMNS), INDICATOR, RESPONSIBILITIES)
    if header not in NOT_DIGESTED
)
"""Headers of protected cells, in the order of the digest; lists sent out before have other ones than lists of today."""


def select_columns(*, persons: bool = True) -> tuple[Column, ...]:
    """Return the columns of a list; columns with names of persons only if `persons` is true."""
    return tuple(column for column in COLUMNS if persons or column.header not in PERSON_COLUMNS)


def parse_row_key(text: str) -> RowKey | None:
    """Parse a row key; return None if `text` is not one."""
    parts = text.strip().split(SEPARATOR, 4)
    if len(parts) != 5 or not all(parts[:4]):
        return None
    return RowKey(parts[0], parts[1], parts[2], parts[3], parts[4] or None)


def digest_row(cells: Mapping[str, str]) -> str:
    """Return a digest of the protected cells (header -> text) that does not depend on their order."""
    return digest_cells(f"{header}={cells[header]}" for header in DIGESTED if header in cells)


def digest_fill_in(cells: Mapping[str, str]) -> str:
    """Return a digest of the fill-in cells (header -> text)."""
    return digest_cells(cells.get(header, "") for header in FILL_IN)


def digest_cells(cells: Iterable[str]) -> str:
    """Return a digest of cell texts that ignores whitespace, which other programs change on saving."""
    text = "\x1f".join(_WHITESPACE.sub("", cell) for cell in cells)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
