"""What is put right from the body, and how a body and its annex are compared, at and beyond each bound."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from extractors.records import Extraction
from tests.extractors.notice.build import drawn, notice, rules
from tests.extractors.tables.build import Row

CLAUSES = ["开展" + "".join(chr(0x4E00 + 25 * n + k) for k in range(18)) + "。" for n in range(6)]
"""Texts of 21 characters, 20 pairs, of which two have but one in common."""
OTHER = "".join(chr(0x7500 + k) for k in range(21))
DEBRIS = "W175 PT"


def like(number: int, n_kept: int) -> str:
    """A clause of which the first characters are kept: as alike as its pairs."""
    return CLAUSES[number - 1][:n_kept] + OTHER[: 21 - n_kept]


def reading(instead: Mapping[int, str]) -> Extraction:
    rows = [[instead.get(n, f"{n}.{text}"), "2", "办公室"] for n, text in enumerate(CLAUSES, 1)]
    body = [f"{n}.{text}" for n, text in enumerate(CLAUSES, 1)]
    table = drawn(["测评标准", "分值", "责任科室"], *rows)
    return notice("一、主要任务", *body, "附件1", "测评细则", table)


@pytest.mark.parametrize(
    ("above", "below", "is_repaired"), [(13, 21, True), (12, 21, False), (21, 13, True), (21, 12, False)]
)
def test_a_row_without_words_is_its_clause_beside_rows_that_repeat_theirs(
    above: int, below: int, is_repaired: bool
) -> None:
    found = reading({2: f"2.{like(2, above)}", 3: DEBRIS, 4: f"4.{like(4, below)}"})
    assert (found.tasks[2].requirement == CLAUSES[2]) is is_repaired
    assert ("repaired" in rules(found)) is is_repaired


@pytest.mark.parametrize(("row", "beside"), [(1, 2), (6, 5)])
def test_the_first_and_the_last_row_have_one_beside_them(row: int, beside: int) -> None:
    for n_kept, is_repaired in ((13, True), (12, False)):
        found = reading({row: DEBRIS, beside: f"{beside}.{like(beside, n_kept)}"})
        assert ("repaired" in rules(found)) is is_repaired


@pytest.mark.parametrize(("places", "is_repaired"), [((4, 8), True), ((4, 8, 12), False)])
def test_a_row_that_lost_a_few_characters_is_put_right(places: tuple[int, ...], is_repaired: bool) -> None:
    """Each mark in place of a character takes two of twenty pairs."""
    text = "".join("■" if at in places else char for at, char in enumerate(CLAUSES[4]))
    found = reading({3: DEBRIS, 5: f"5.{text}"})
    assert (found.tasks[4].requirement == CLAUSES[4]) is is_repaired
    assert ("requirement" in found.tasks[4].repaired) is is_repaired


@pytest.mark.parametrize(
    ("printed", "body", "found"),
    [
        ("节约—张纸", "节约一张纸", "节约一张纸"),
        ("终9学习", "终身学习", "终身学习"),
        ("每3次", "每三次", "每3次"),
        ("达到8%", "达到九%", "达到8%"),
        ("节约，张纸", "节约；张纸", "节约，张纸"),
    ],
)
def test_marks_in_place_of_words_are_replaced_and_legible_figures_stay(printed: str, body: str, found: str) -> None:
    tail = CLAUSES[4][2:]
    rows = [[f"{n}.{text}", "2", "办公室"] for n, text in enumerate(CLAUSES, 1)]
    rows[2][0], rows[4][0] = DEBRIS, f"5.{printed}{tail}"
    texts = [f"{n}.{text}" for n, text in enumerate(CLAUSES, 1)]
    texts[4] = f"5.{body}{tail}"
    table = drawn(["测评标准", "分值", "责任科室"], *rows)
    read = notice("一、主要任务", *texts, "附件1", "测评细则", table)
    assert read.tasks[4].requirement == f"{found}{tail}"


def grouped(*groups: tuple[str, list[str]], headings: tuple[str, str] = ("组织领导", "志愿服务")) -> Extraction:
    """An annex of groups of rows, and a body of two sections of three clauses."""
    rows: list[Row] = []
    for name, texts in groups:
        rows.append([(name, len(texts), 1), texts[0], "2", "办公室"])
        rows += [[text, "2", "办公室"] for text in texts[1:]]
    body: list[str] = []
    for section, heading in enumerate(headings):
        body.append(f"（{'一二'[section]}）{heading}")
        body += [f"{n}.{CLAUSES[n - 1]}" for n in range(3 * section + 1, 3 * section + 4)]
    table = drawn(["测评项目", "测评标准", "分值", "责任科室"], *rows)
    return notice("一、主要任务", *body, "附件1", "测评细则", table)


FIRST = [f"{n}.{CLAUSES[n - 1]}" for n in (1, 2, 3)]
SECOND = [DEBRIS, *(f"{n}.{CLAUSES[n - 1]}" for n in (5, 6))]


def headings_of(found: Extraction) -> list[str | None]:
    names = {row.indicator_id: row.name for row in found.indicators}
    return [names.get(task.indicator_id or "") for task in found.tasks]


@pytest.mark.parametrize(
    ("names", "headings"),
    [
        (("组织领导", "志愿服务"), ["组织领导"] * 3 + ["志愿服务"] * 3),
        (("组织领导", "W175 PT"), ["组织领导"] * 3 + ["志愿服务"] * 3),
        (("道德讲堂", "诚信建设"), ["道德讲堂"] * 3 + ["诚信建设"] * 3),
    ],
)
def test_headings_follow_the_sections_of_the_body_where_half_of_them_are_its_own(
    names: tuple[str, str], headings: list[str]
) -> None:
    assert headings_of(grouped((names[0], FIRST), (names[1], SECOND))) == headings


def test_a_heading_that_reaches_too_far_ends_where_its_section_does() -> None:
    found = grouped(("组织领导", [*FIRST, DEBRIS]), ("志愿服务", SECOND[1:]))
    assert headings_of(found) == ["组织领导"] * 3 + ["志愿服务"] * 3
    assert "path" in found.tasks[3].repaired


@pytest.mark.parametrize(("row", "differs"), [(like(2, 12), True), (like(2, 11), False), (CLAUSES[1], False)])
def test_a_row_that_says_something_else_than_its_clause_is_told(row: str, differs: bool) -> None:
    """One that is half as alike is another row."""
    assert ("body_differs" in rules(reading({2: f"2.{row}"}))) is differs


def test_a_row_that_stands_nowhere_in_the_body_is_compared_with_nothing() -> None:
    found = reading({4: f"4.{OTHER}", 2: f"2.{like(2, 12)}"})
    assert rules(found).count("body_differs") == 1
