"""An answer as a workbook: its rows, what it says in words, and its cross-table. Terminal and pages write the same."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from warehouse.questions import Answer
from warehouse.questions.describe import describe
from warehouse.xlsx import NOTE, Sheet, write_book

ROWS: Final = "查询结果"
CROSSTAB: Final = "交叉表"
MAX_NAMED: Final = 100
"""Notices that a line of the sheet 说明 names."""


def build_sheets(answer: Answer, *, cut: str | None = None) -> list[Sheet]:
    """Return the sheets of an answer: rows, 说明, and the cross-table where the question has one.

    `cut` is what is said where rows were cut off.
    """
    question = answer.question
    lines = [("题目", f"{question.number} {question.title}"), ("问题", question.question), *describe(answer, MAX_NAMED)]
    if cut is not None:
        lines.append(("没有取全", cut))
    sheets = [Sheet(ROWS, answer.result.columns, answer.result.rows), Sheet(NOTE, ("项目", "内容"), lines)]
    if answer.crosstab is not None:
        sheets.append(Sheet(CROSSTAB, answer.crosstab.columns, answer.crosstab.rows))
    return sheets


def write_answer(path: Path, answer: Answer, *, cut: str | None = None) -> None:
    """Write the workbook of an answer.

    Raises:
        QueryError: There are more rows than a sheet can hold.
        OSError: The file cannot be written.
    """
    write_book(path, build_sheets(answer, cut=cut))
