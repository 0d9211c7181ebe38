"""Rows are drawn with their source, sheets come back as they were judged, and the page says what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.audit.__main__ import main
from tests.audit.drawing import FACTS, DrawnFact, draw, published
from tests.audit.figures import AUDITS, PAGE, figures
from tests.audit.sheets import UNSIGNED, WIDTHS, SheetError, read_sheet, write_sheet

SLUG = "js-yancheng-2022"
MARKS = ("对", "错", "说明", "审核人", "日期")


@pytest.fixture(scope="module")
def drawn() -> list[DrawnFact]:
    return draw(published([SLUG]), seed=3, count=4)


def tick(path: Path, *rows: tuple[str, str, str, str, str]) -> Path:
    """Fill in the boxes of the first rows."""
    book = load_workbook(path)
    for number, values in enumerate(rows, start=3):
        for name, value in zip(MARKS, values, strict=True):
            book.worksheets[0].cell(number, list(WIDTHS).index(name) + 1).value = value
    book.save(path)
    return path


def facts(*texts: str) -> list[DrawnFact]:
    return [DrawnFact("task_evidence", "a-town", "表1 第2行第3列", "提供照片4张。", "", text) for text in texts]


def test_every_table_of_facts_is_drawn(drawn: list[DrawnFact]) -> None:
    silent = {"task_evidence", "members"}  # this notice asks for no material and names no group
    assert {one.table for one in drawn} >= set(FACTS) - silent - {"findings"}
    assert max(sum(one.table == table for one in drawn) for table in FACTS) == 4


def test_the_seed_decides_what_is_drawn(drawn: list[DrawnFact]) -> None:
    paths = published([SLUG])
    assert draw(paths, seed=3, count=4) == drawn
    assert draw(paths, seed=4, count=4) != drawn


def test_a_fact_stands_beside_the_text_that_it_was_read_from(drawn: list[DrawnFact]) -> None:
    quoting = [one for one in drawn if one.table in ("task_deadlines", "task_thresholds", "scoring_rules")]
    assert quoting
    assert all(one.cell and one.cell in one.source for one in quoting)
    prose = [one for one in drawn if one.table in ("stages", "clauses", "footnotes")]
    assert prose
    assert all(one.source for one in prose)


def test_a_sheet_comes_back_as_it_was_judged(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_sheet(facts("=材料类型：图片", "数量：5", "数量：6"), path, seed=1, count=3)
    assert load_workbook(path).worksheets[0]["G3"].data_type == "s"
    tick(path, ("√", "", "", "某审核人", "2026-01-05"), ("", "√", "应为4张", UNSIGNED, "2026-01-05"))
    rows = read_sheet(path)
    assert [row.right for row in rows] == [True, False, None]
    assert [row.is_signed for row in rows] == [True, False, False]
    page = figures(tmp_path)
    assert "| task_evidence | 材料清单 | 2 | 1 | 1 | 0.500 | 1 |" in page
    assert "| a.xlsx | 2 | task_evidence | a-town | 表1 第2行第3列 | 应为4张 |" in page


@pytest.mark.parametrize("marks", [("√", "√", "两栏都打", "", ""), ("", "√", "", "", "")])
def test_a_judgement_that_says_nothing_is_refused(tmp_path: Path, marks: tuple[str, str, str, str, str]) -> None:
    path = tmp_path / "a.xlsx"
    write_sheet(facts("数量：4"), path, seed=1, count=1)
    with pytest.raises(SheetError, match="序号 1"):
        read_sheet(tick(path, marks))


def test_a_signed_sheet_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    main(["--seed", "5", "--rows", "1", "--notice", SLUG, "--to", str(path)])
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        main(["--seed", "6", "--rows", "1", "--notice", SLUG, "--to", str(path)])
    assert path.read_bytes() == before


def test_the_page_is_counted_from_the_signed_sheets() -> None:
    assert (AUDITS / PAGE).read_text("utf-8") == figures()
