"""A header on a line with bars, and a cell on each line below it: codes tell the columns."""

from __future__ import annotations

import pytest

from extractors.document import Document, Table
from extractors.limits import Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.text import read

HEADER = "测评项目 | 测评指标 | 测评标准 | 测评方法 |"
CELLS = (
    "Ⅰ-1 运行机制", "Ⅱ-1 组织推动", "每半年召开一次协调会，有会议记录。", "材料审核",
    "Ⅱ-2 经费保障", "设立专项经费，专款专用。", "材料审核 实地考察",
    "Ⅰ-2 服务文化", "Ⅱ-3 知晓程度", "居民知晓率不低于85%。", "问卷调查",
    "Ⅱ-4 社会宣传", "县级媒体开设专栏。",
)  # fmt: skip


def document(*lines: str) -> Document:
    return read("\n".join(("测评体系", "", *lines)).encode(), "notice.txt", Limits(), VOCABULARY_WORDS)


def rows(found: Document) -> list[list[str]]:
    (table,) = (block for block in found.blocks if isinstance(block, Table))
    cells = {(cell.row, cell.col): cell.text for cell in table.cells}
    return [[cells.get((r, c), "") for c in range(table.n_cols)] for r in range(table.n_rows)]


@pytest.mark.parametrize("blank", [(), ("|",)])
def test_a_code_begins_its_column_and_the_others_follow(blank: tuple[str, ...]) -> None:
    lines = [line for cell in CELLS for line in (f"{cell} |", *(blank if "考察" in cell else ()))]
    assert rows(document(HEADER, *lines)) == [
        ["测评项目", "测评指标", "测评标准", "测评方法"],
        ["Ⅰ-1 运行机制", "Ⅱ-1 组织推动", "每半年召开一次协调会，有会议记录。", "材料审核"],
        ["", "Ⅱ-2 经费保障", "设立专项经费，专款专用。", "材料审核 实地考察"],
        ["Ⅰ-2 服务文化", "Ⅱ-3 知晓程度", "居民知晓率不低于85%。", "问卷调查"],
        ["", "Ⅱ-4 社会宣传", "县级媒体开设专栏。", ""],
    ]


@pytest.mark.parametrize(
    "cells",
    [
        [cell.split(" ", maxsplit=1)[-1] for cell in CELLS],
        [*CELLS[:4], *CELLS[5:]],
        [*CELLS[:4], "另一格", *CELLS[4:]],
    ],
    ids=["no codes", "a code is missing", "a cell too many"],
)
def test_cells_that_no_code_parts_are_told(cells: list[str]) -> None:
    found = document(HEADER, *(f"{cell} |" for cell in cells))
    assert [(note.rule, note.locator) for note in found.notes] == [("cell_lines", "第3行")]
    assert not any(isinstance(block, Table) for block in found.blocks)


def test_headings_between_the_header_and_rows_on_a_line_each_hide_no_table() -> None:
    duties = ("成立小组，有专人负责。", "制定制度，定期研究。", "列入预算，专款专用。")
    below = [f"事项{n} | {text} | 查资料 | {n}" for n, text in enumerate(duties, 1)]
    found = document("测评项目 | 测评标准 | 测评方法 | 分值", "一、组织保障 |", "（一）机构 |", "本级 |", *below)
    assert [row[1] for row in rows(found)[-3:]] == list(duties)
    assert found.notes == ()
