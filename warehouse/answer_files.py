"""An answer as a workbook: its rows, what it says in words, and its cross-table. Terminal and pages write the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from warehouse.heading import Heading
from warehouse.questions import Answer
from warehouse.questions.describe import CONCLUSION, OPEN_FINDINGS, WARNINGS, describe
from warehouse.xlsx import NOTE, RESULT, Sheet, write_sheets

CROSSTAB: Final = "交叉表"
MAX_NAMED: Final = 100
"""Notices that a line of the sheet 说明 names."""
MAX_SOURCES: Final = 6
"""Notices that the heading names."""


def build_sheets(answer: Answer, *, warnings: Sequence[str] = (), cut: str | None = None) -> list[Sheet]:
    """Return the sheets of an answer: rows, 说明, and the cross-table where the question has one.

    `warnings` are said of its notices, `cut` where rows were cut off. Above the rows stand the question, its
    conclusion, what is to be known of them, and their notices.
    """
    question, lines = answer.question, describe(answer, MAX_NAMED, warnings)
    lines = [("题目", f"{question.number} {question.title}"), ("问题", question.question), *lines]
    if cut is not None:
        lines.append(("没有取全", cut))
    heading = make_heading(answer, warnings=warnings, cut=cut)
    described = Heading(f"{question.title}　{NOTE}", day=answer.read_on)
    sheets = [Sheet(RESULT, answer.result.columns, answer.result.rows, heading)]
    sheets.append(Sheet(NOTE, ("项目", "内容"), lines, described))
    if answer.crosstab is not None:
        title = f"{question.title}　{CROSSTAB}"
        sheets.append(Sheet(CROSSTAB, answer.crosstab.columns, answer.crosstab.rows, replace(heading, title=title)))
    return sheets


def make_heading(answer: Answer, *, warnings: Sequence[str] = (), cut: str | None = None) -> Heading:
    """Return what stands above the rows of an answer; the sheet 说明 says the rest."""
    texts = dict(describe(answer, MAX_SOURCES, warnings))
    note = "".join(filter(None, (cut, texts.get(WARNINGS), texts.get(OPEN_FINDINGS))))
    query = f"问题：{answer.question.question}"
    conclusion = f"结论：{texts[CONCLUSION]}" if CONCLUSION in texts else ""
    sources = [source.label for source in answer.sources]
    more = f"等 {len(sources)} 份通知" if len(sources) > MAX_SOURCES else ""
    return Heading(
        answer.question.title,
        "\n".join(filter(None, (query, conclusion))),
        note,
        "、".join(sources[:MAX_SOURCES]) + more,
        answer.read_on,
    )


def write_answer(path: Path, answer: Answer, *, warnings: Sequence[str] = (), cut: str | None = None) -> None:
    """Write the workbook of an answer, with what `build_sheets` says.

    Raises:
        QueryError: There are more rows than a sheet can hold.
        OSError: The file cannot be written.
    """
    write_sheets(path, build_sheets(answer, warnings=warnings, cut=cut))
