"""Headings printed in the vertical middle of their span."""

from __future__ import annotations

from tests.extractors.tables.build import Row, cleaned, column

TEXT = "建立健全工作制度，明确责任分工。"
HEADER = ["考核项目", "考核标准"]


def heads(marks: str, *headings: str, mark: str = "{}.") -> list[str]:
    """The level beside items numbered as given, 0 for an item without number."""
    rows = [[h, TEXT if m == "0" else mark.format(m) + TEXT] for m, h in zip(marks, headings, strict=True)]
    return column(cleaned(HEADER, *rows), HEADER[0])


def test_every_run_of_items_gets_the_heading_beside_any_of_them() -> None:
    found = heads("12312123", "", "组织", "", "学习", "", "", "服务", "")
    assert found == ["组织"] * 3 + ["学习"] * 2 + ["服务"] * 3


def test_headings_on_their_first_row_stay_where_they_are() -> None:
    found = heads("12312123", "组织", "", "", "学习", "", "服务", "", "")
    assert found == ["组织"] * 3 + ["学习"] * 2 + ["服务"] * 3


def test_numbers_that_run_on_over_the_groups_move_nothing() -> None:
    assert heads("1234567", "组织", "", "", "学习", "", "服务", "") == ["组织"] * 3 + ["学习"] * 2 + ["服务"] * 2


def test_two_runs_are_too_few_to_tell() -> None:
    assert heads("1212", "", "组织", "学习", "") == ["", "组织", "学习", "学习"]


def test_bracketed_marks_count_parts_of_a_standard_and_move_nothing() -> None:
    found = heads("123121", "组织", "", "学习", "", "服务", "", mark="（{}）")
    assert found == ["组织"] * 2 + ["学习"] * 2 + ["服务"] * 2


def test_an_item_without_number_beside_a_second_heading_begins_another_group() -> None:
    found = heads("12012121", "", "组织", "加分", "", "学习", "", "服务", "")
    assert found[:3] == ["组织", "组织", "加分"]


def test_with_drawn_spans_nothing_moves() -> None:
    rows: list[Row] = [["", "1." + TEXT], [("组织", 2, 1), "2." + TEXT], ["3." + TEXT], ["学习", "1." + TEXT]]
    assert column(cleaned(HEADER, *rows, spans=True), HEADER[0]) == ["", "组织", "组织", "学习"]
