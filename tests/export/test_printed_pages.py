"""What an office hands out, printed and measured: text of ten points, ten columns, headers, no text cut off.

Whether a text is cut off is seen by reading every cell of the printed table: a line that has no room is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.export.printed_pages import A4_ACROSS, PrintedPage, compact, measure_pages, needs_office, print_files
from warehouse.answer_files import write_answer
from warehouse.export.comparison.workbook import write_workbook as write_comparison
from warehouse.export.docx import write_docx
from warehouse.export.sheet_columns import MAX_COLUMNS, lay_out_list
from warehouse.export.task_lists import TaskList, TaskRow, to_texts
from warehouse.export.xlsx import write_workbook
from warehouse.heading import Heading
from warehouse.questions import QuestionFilters, answer
from warehouse.xlsx import write_sheet

pytestmark = [pytest.mark.export, needs_office]

LEAST_SIZE = 9.99
"""Ten points, less what a printer rounds."""
LENGTHS = (0, 9, 40, 95, 180, 420)
"""Characters of the texts of a row: the longest is longer than any in the published notices."""
SENTENCES = "组织开展（不少于3次）主题活动，做到有方案、有照片、有总结；2026年6月30日前报送《工作总结》1份、图片4张。"


def texts(length: int) -> str:
    """A text of this length as notices write them: digits and closing marks where a line may not begin."""
    return (SENTENCES * (length // len(SENTENCES) + 1))[:length]


def make_row(row: TaskRow, number: int) -> TaskRow:
    """A row whose texts are short and long in another mixture for each number."""
    length = [LENGTHS[(number + step) % len(LENGTHS)] for step in range(4)]
    cells = row.cells | {
        "序号": number + 1,
        "任务要求": f"{number}）{texts(length[0])}",
        "材料要求": texts(length[1] // 2) or None,
        "完成时限": texts(length[2] // 6) or None,
        "截止日期": date(2026, 6, 30) if number % 3 else None,
        "责任领导": "分管领导",
        "责任人": "、".join(["联络员"] * (number % 5)) or None,
        "分值": None if number % 4 == 3 else number % 7,
        "说明": texts(length[3] // 8) or None,
    }
    return replace(row, cells=cells)


@pytest.fixture(scope="module")
def drawn(lists: list[TaskList]) -> TaskList:
    """A list with every column and texts of all lengths, none of which states who else takes part."""
    one = max(lists, key=lambda item: len(item.rows))
    return replace(one, rows=tuple(make_row(one.rows[0], number) for number in range(18)), merges=())


@pytest.fixture(scope="module")
def printed(
    lists: list[TaskList], drawn: TaskList, five: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[PrintedPage]]:
    """The pages of every kind of workbook, by its name."""
    folder = tmp_path_factory.mktemp("pages")
    paths = {name: folder / f"{name}.xlsx" for name in ("drawn", "long", "answer", "wide", "comparison")}
    write_workbook([drawn], paths["drawn"])
    write_workbook([longest(lists)], paths["long"])
    write_answer(paths["answer"], answer(five, 11, QuestionFilters(), today=date(2026, 1, 1)))
    heading = Heading("合并清单", "问题：哪些事被重复要求？", "有 2 处待核对。", "甲市、乙市", date(2026, 1, 2))
    write_sheet(paths["wide"], WIDE_COLUMNS, wide_rows(), heading)
    ids = list(dict.fromkeys(item.notice.notice_id for item in lists))
    write_comparison(five, ids[:2], paths["comparison"])
    printed = print_files(folder, list(paths.values()))
    return {name: measure_pages(path) for name, path in zip(paths, printed, strict=True)}


def longest(lists: Sequence[TaskList]) -> TaskList:
    return max(lists, key=lambda item: len(item.rows))


WIDE_COLUMNS = (
    "序号", "单位", "任务要求", "牵头", "配合", "完成时限", "材料要求", "分值", "状态", "说明", "空的", "任务编号",
)  # fmt: skip


def wide_rows() -> list[list[Any]]:
    """Rows of a download whose texts are long, with an empty column and one that only programs read."""
    given = ("宣传科", "工会、团委", "每季度", texts(40), 2, "进行中", texts(12), None)
    return [[number, "办公室", texts(60 + 9 * number), *given, f"n1-t01-r{number:04}"] for number in range(1, 25)]


@pytest.mark.parametrize("name", ["drawn", "long", "answer", "wide", "comparison"])
def test_every_page_is_a4_across_with_text_of_ten_points_and_its_number(
    printed: dict[str, list[PrintedPage]], name: str
) -> None:
    pages = printed[name]
    for number, page in enumerate(pages, start=1):
        assert page.size == A4_ACROSS
        assert page.smallest >= LEAST_SIZE, (name, number)
        assert f"第{number}页，共{len(pages)}页" in page.text
        # No page without content.
        assert len(page.text) > 40


@pytest.mark.parametrize("name", ["drawn", "long"])
def test_a_list_has_eight_to_ten_columns_and_its_header_on_every_page(
    printed: dict[str, list[PrintedPage]], lists: list[TaskList], drawn: TaskList, name: str
) -> None:
    item = drawn if name == "drawn" else longest(lists)
    headers = [compact(header) for header in lay_out_list(item).headers]
    assert 8 <= len(headers) <= MAX_COLUMNS
    own = [page for page in printed[name] if headers in page.rows]
    assert len(own) > 1
    assert own == printed[name][: len(own)]
    for page in own:
        assert page.columns == len(headers)
    assert own[0].text.startswith(compact(item.title))
    assert "请填写" in own[0].text


@pytest.mark.parametrize("name", ["drawn", "long"])
def test_no_cell_of_a_list_is_cut_off(
    printed: dict[str, list[PrintedPage]], lists: list[TaskList], drawn: TaskList, name: str
) -> None:
    item = drawn if name == "drawn" else longest(lists)
    shown = lay_out_list(item)
    headers = [compact(header) for header in shown.headers]
    rows = [row for page in printed[name] if headers in page.rows for row in page.rows]
    found = {row[0]: row for row in rows if len(row) == len(headers)}
    for row in shown.rows:
        expected = to_texts(row.cells)
        line = found[expected["序号"]]
        for header, cell in zip(shown.headers, line, strict=True):
            # A score that several rows share is printed once.
            if header != "分值":
                assert cell == compact(expected[header]), (expected["序号"], header)


def test_a_download_has_its_heading_its_header_on_every_page_and_no_empty_column(
    printed: dict[str, list[PrintedPage]],
) -> None:
    pages = printed["wide"]
    headers = [name for name in WIDE_COLUMNS if name not in ("空的", "任务编号")]
    for words in ("合并清单", "问题：哪些事被重复要求？", "有2处待核对。", "来源：甲市、乙市", "数据日期：2026-01-02"):
        assert words in pages[0].text
    assert len(pages) > 1
    assert all(headers in page.rows for page in pages)
    assert not any("n1-t01" in page.text for page in pages)
    lines = {row[0]: row for page in pages for row in page.rows}
    for row in wide_rows():
        assert lines[str(row[0])] == [compact(value) for value in row[:10]]


def test_an_answer_says_what_was_asked_and_what_follows(printed: dict[str, list[PrintedPage]], five: Path) -> None:
    found = answer(five, 11, QuestionFilters(), today=date(2026, 1, 1))
    first = printed["answer"][0].text
    assert first.startswith(compact(found.question.title))
    assert compact(found.question.question) in first
    assert compact(found.conclusion) in first
    assert all(compact(source.label) in first for source in found.sources)
    assert f"数据日期：{found.read_on}" in first


@pytest.mark.parametrize("persons", [True, False])
def test_no_page_of_a_form_holds_the_signatures_alone(
    lists: list[TaskList], nameless: list[TaskList], tmp_path: Path, persons: bool
) -> None:
    chosen = lists if persons else nameless
    one = max(chosen, key=lambda item: len(item.rows))
    # With every number of tasks up to nine, some end just above the edge of a page.
    forms = [replace(one, rows=one.rows[:count], merges=()) for count in range(1, 10)]
    paths = [tmp_path / f"{len(item.rows)}.docx" for item in forms]
    for item, path in zip(forms, paths, strict=True):
        write_docx(item, path)
    counts = set()
    for item, path in zip(forms, print_files(tmp_path, paths), strict=True):
        pages = measure_pages(path)
        counts.add(len(pages))
        last = pages[-1]
        assert "承办单位（签收）" in last.text
        assert "请按上述时限办结" in last.text
        assert not any("签收人" in page.text for page in pages[:-1])
        serials = [row[0] for row in last.rows if row and row[0].isdigit()]
        assert str(len(item.rows)) in serials, path.name
        assert last.smallest >= LEAST_SIZE
    assert len(counts) > 1
