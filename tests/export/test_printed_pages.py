"""What an office hands out, printed and measured: text of ten points, ten columns, headers, no text cut off.

Whether a text is cut off is seen by reading every cell of the printed table: a line that has no room is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.asking import rows
from tests.export.page_pictures import compare_picture, describe_difference, draw_grid
from tests.export.printed_pages import A4_ACROSS, PrintedPage, compact, measure_pages, needs_office, print_files
from warehouse.answer_files import write_answer
from warehouse.export.comparison.load import find_notice_ids
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
FORMS = range(1, 10)
"""Numbers of tasks of the forms."""
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
        # Long past, so that its colour is the same every day.
        "截止日期": date(2020, 6, 30) if number % 3 else None,
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
def pdfs(
    lists: list[TaskList], drawn: TaskList, five: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Every kind of workbook and a form, printed, by its name."""
    folder = tmp_path_factory.mktemp("pages")
    paths = {name: folder / f"{name}.xlsx" for name in ("drawn", "long", "answer", "wide", "comparison")}
    write_workbook([drawn], paths["drawn"])
    write_workbook([longest(lists)], paths["long"])
    write_answer(paths["answer"], answer(five, 11, QuestionFilters(), today=date(2026, 1, 1)))
    heading = Heading("合并清单", "问题：哪些事被重复要求？", "有 2 处待核对。", "甲市、乙市", date(2026, 1, 2))
    write_sheet(paths["wide"], WIDE_COLUMNS, wide_rows(), heading)
    write_comparison(five, find_notice_ids(five, []), paths["comparison"])
    paths["form"] = folder / "form.docx"
    write_docx(replace(drawn, rows=drawn.rows[:4]), paths["form"])
    return dict(zip(paths, print_files(folder, list(paths.values())), strict=True))


@pytest.fixture(scope="module")
def printed(pdfs: dict[str, Path]) -> dict[str, list[PrintedPage]]:
    """The pages of every kind of workbook, by its name."""
    return {name: measure_pages(path) for name, path in pdfs.items() if name != "form"}


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


def test_a_comparison_has_charts_and_every_task_once(printed: dict[str, list[PrintedPage]], five: Path) -> None:
    pages = [page.text for page in printed["comparison"]]
    # Every page bears the name of its sheet: a chart that falls over the edge would make a page without one.
    assert all("文明测评通知比较" in page for page in pages)
    assert sum("文明测评通知比较图表" in page for page in pages) == 5
    text = "".join(pages)
    assert all(title in text for title in ("各测评方法占多大比重", "各类材料的件数", "别的通知未见相近要求的事项"))
    assert all(compact(label) in text for (label,) in rows(five, "SELECT label FROM mart.notice_labels"))
    similar = [page for page in pages if "文明测评通知比较对应事项" in page]
    assert len(similar) > 1
    # The header stands on every page of a list, and six or more tasks fit a page.
    assert all("关系" in page for page in similar)
    ends = "SELECT task_a FROM mart.topic_crosswalk UNION SELECT task_b FROM mart.topic_crosswalk"
    ((tasks,),) = rows(five, f"SELECT count(*) FROM ({ends})")
    assert len(similar) * 6 < tasks


@pytest.mark.parametrize("name", ["drawn", "form", "comparison"])
def test_the_first_page_looks_as_approved(pdfs: dict[str, Path], name: str, update_golden: bool) -> None:
    assert not (difference := compare_picture(pdfs[name], name, update_golden)), difference


def test_a_page_that_looks_otherwise_is_told(pdfs: dict[str, Path]) -> None:
    page = draw_grid(pdfs["drawn"])
    assert describe_difference(page, page) == ""
    # Another font moves text by a point or two and is bolder or paler.
    assert describe_difference(page, np.round(page * 0.85)) == ""
    assert describe_difference(page, np.round(np.roll(page, 1, axis=1) * 0.2 + page * 0.8)) == ""
    # A column less moves those beside it, a higher row or margin all below it; the table may end early.
    assert describe_difference(page, np.roll(page, 4, axis=1))
    assert describe_difference(page, np.roll(page, 3, axis=0))
    assert describe_difference(page, np.where(np.arange(page.shape[0])[:, None] > 20, 0, page))
    assert describe_difference(page, page.T)


@pytest.fixture(scope="module")
def forms(
    lists: list[TaskList], nameless: list[TaskList], tmp_path_factory: pytest.TempPathFactory
) -> dict[bool, list[list[PrintedPage]]]:
    """The pages of forms of one to nine tasks, with names of people and without: some end just above an edge."""
    folder = tmp_path_factory.mktemp("forms")
    paths = []
    for persons, chosen in ((True, lists), (False, nameless)):
        one = longest(chosen)
        for count in FORMS:
            paths.append(folder / f"{persons}-{count}.docx")
            write_docx(replace(one, rows=one.rows[:count], merges=()), paths[-1])
    pages = [measure_pages(path) for path in print_files(folder, paths)]
    return {True: pages[: len(FORMS)], False: pages[len(FORMS) :]}


@pytest.mark.parametrize("persons", [True, False])
def test_no_page_of_a_form_holds_the_signatures_alone(
    forms: dict[bool, list[list[PrintedPage]]], persons: bool
) -> None:
    for count, pages in zip(FORMS, forms[persons], strict=True):
        last = pages[-1]
        assert "承办单位（签收）" in last.text
        assert "请按上述时限办结" in last.text
        assert not any("签收人" in page.text for page in pages[:-1])
        serials = [row[0] for row in last.rows if row and row[0].isdigit()]
        assert str(count) in serials
        assert last.smallest >= LEAST_SIZE
    assert len({len(pages) for pages in forms[persons]}) > 1
