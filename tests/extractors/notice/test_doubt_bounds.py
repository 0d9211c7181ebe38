"""When tables are doubted, and what is said of forms, at and beyond each bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors.notice.table_doubts import describe_form, doubt_unknown_layouts, least_confidence
from extractors.notice.tasks import TableReading, TableTasks
from extractors.tables.clean_table import CleanTable, TableKind
from extractors.tables.confidence import OPEN_CONFIDENCE
from tests.extractors.tables.build import cleaned


def reading(table: CleanTable) -> TableReading:
    return TableReading("t", table, TableTasks())


def table_of(n_texts: int, n_blank: int = 0, *, header: str = "", width: int = 4) -> CleanTable:
    """A table without known words, of so many texts and blanks."""
    texts = iter([f"河{chr(0x4E00 + n)}畔" for n in range(n_texts)])
    n_rows = (n_texts + n_blank) // width
    blanks = [n_blank // n_rows + (n < n_blank % n_rows) for n in range(n_rows)]
    rows = [[next(texts) for _ in range(width - n)] + [""] * n for n in blanks]
    return replace(cleaned(*rows), columns=(header, *[""] * (width - 1)), confidence=0.9)


@pytest.mark.parametrize(
    ("n_texts", "n_blank", "header", "is_doubted"),
    [
        (12, 0, "", True),
        (11, 1, "", False),
        (12, 0, "测评项目", False),
        (14, 6, "", True),
        (13, 7, "", False),
    ],
)
def test_a_table_without_header_and_with_few_blanks_is_doubted(
    n_texts: int, n_blank: int, header: str, is_doubted: bool
) -> None:
    """Twelve texts at least, and seven of ten cells."""
    table = table_of(n_texts, n_blank, header=header)
    assert sum(bool(cell.text) for cell in table.grid.unique_cells()) == n_texts
    doubt_unknown_layouts([reading(table)])
    assert table.confidence == (OPEN_CONFIDENCE if is_doubted else 0.9)


@pytest.mark.parametrize(("confidence", "found"), [(None, 0.0), (0.0, 0.0), (OPEN_CONFIDENCE / 2, OPEN_CONFIDENCE / 2)])
def test_a_doubt_makes_no_table_surer(confidence: float | None, found: float) -> None:
    table = replace(table_of(12), confidence=confidence)
    doubt_unknown_layouts([reading(table)])
    assert table.confidence == found


@pytest.mark.parametrize(
    ("n_small", "confidences", "least"),
    [(4, (0.9, 0.5), 0.9), (8, (0.9, 0.5), 0.5), (8, (0.9, None), 0.9), (8, (None, None), None), (8, (0.4, 0.9), 0.4)],
)
def test_small_tables_do_not_lower_the_confidence_of_a_notice(
    n_small: int, confidences: Sequence[float | None], least: float | None
) -> None:
    """Less than a twentieth of the text of all tables, three characters a cell."""
    large, small = table_of(100), table_of(n_small)
    tables = [replace(one, confidence=value) for one, value in zip((large, small), confidences, strict=True)]
    assert least_confidence([reading(table) for table in tables]) == least


@pytest.mark.parametrize(
    ("table", "n_sentences", "reason"),
    [
        (replace(table_of(12), kind=TableKind.ROSTER), 0, "这是人员名单，不含任务"),
        (replace(table_of(12), title="文明单位申报表"), 0, "这是申报、推荐一类的表，不含任务"),
        (table_of(13, 7), 0, "这是留空待填的表，不含任务"),
        (table_of(14, 6), 0, "这张表没有成句的要求，不含任务"),
        (table_of(14, 6), 1, "这张表只有 1 格成句的文字，没有当作任务"),
    ],
)
def test_why_a_table_has_no_tasks(table: CleanTable, n_sentences: int, reason: str) -> None:
    assert describe_form(table, n_sentences) == reason


def test_nothing_is_known_of_no_tables() -> None:
    assert least_confidence([]) is None
