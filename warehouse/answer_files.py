"""An answer as a workbook: its rows, what it says in words, and its cross-table. Terminal and pages write the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from warehouse.questions import Answer
from warehouse.questions.describe import describe
from warehouse.xlsx import NOTE, Sheet, write_sheets

ROWS: Final = "查询结果"
CROSSTAB: Final = "交叉表"
MAX_NAMED: Final = 100
"""Notices that a line of the sheet 说明 names."""


def build_sheets(answer: Answer, *, warnings: Sequence[str] = (), cut: str | None = None) -> list[Sheet]:
    """Return the sheets of an answer: rows, 说明, and the cross-table where the question has one.

    `warnings` are said of its notices, `cut` where rows were cut off.
    """
    question, lines = answer.question, describe(answer, MAX_NAMED, warnings)
    lines = [("题目", f"{question.number} {question.title}"), ("问题", question.question), *lines]
    if cut is not None:
        lines.append(("没有取全", cut))
    sheets = [Sheet(ROWS, answer.result.columns, answer.result.rows), Sheet(NOTE, ("项目", "内容"), lines)]
    if answer.crosstab is not None:
        sheets.append(Sheet(CROSSTAB, answer.crosstab.columns, answer.crosstab.rows))
    return sheets


def write_answer(path: Path, answer: Answer, *, warnings: Sequence[str] = (), cut: str | None = None) -> None:
    """Write the workbook of an answer, with what `build_sheets` says.

    Raises:
        QueryError: There are more rows than a sheet can hold.
        OSError: The file cannot be written.
    """
    write_sheets(path, build_sheets(answer, warnings=warnings, cut=cut))
