"""What the cells of a column show, alone and beside the other columns."""

from __future__ import annotations

import pytest

from extractors.tables.body_columns import body_features
from extractors.tables.column_features import COLUMN_NAMES, ColumnFeatures, column_features, column_values
from extractors.tables.grid import build_grid
from tests.extractors.tables.build import table
from tests.extractors.tables.sentences import DEDUCTIONS, DUTIES, MATERIALS, POINTS, SERIALS, UNITS, lines


def features(cells: list[str]) -> ColumnFeatures:
    grid = build_grid(table(*[[cell] for cell in cells]))
    return column_features(grid.column(0), len(cells))


def observed(columns: list[str], *cells: list[str]) -> list[dict[str, float]]:
    """The observed values of each column by their names."""
    rows = column_values(columns, [features(one) for one in cells])
    return [dict(zip(COLUMN_NAMES, row, strict=True)) for row in rows]


def test_shares_are_of_the_filled_cells() -> None:
    found = features(["2", "", "5分", "甲科"])
    assert found.filled == pytest.approx(0.75)
    assert found.number == pytest.approx(2 / 3)
    assert found.party == pytest.approx(1 / 3)


def test_totals_and_dashes_do_not_count() -> None:
    found = features(["办公室", "----", "合计", "人事科"])
    assert (found.filled, found.party) == (0.5, 1.0)


def test_a_column_of_blanks() -> None:
    found = features(["", ""])
    assert (found.filled, found.length, found.number) == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "cells", "others"),
    [
        ("labelled", ["1." + DUTIES[0], "2." + DUTIES[1]], DUTIES),
        ("number", POINTS, UNITS),
        ("serial", ["一", "（二）"], UNITS),
        ("dotted", ["1.1", "2.3.1"], POINTS),
        ("date", ["6月底前", "每季度"], UNITS),
        ("party", UNITS, ["★", "√"]),
        ("office", UNITS, ["社区", "学校"]),
        ("person", ["于昉", "崔克辉、迟庆峰"], DUTIES),
        ("method", ["材料审核", "实地考察、问卷调查"], UNITS),
        ("mark", ["√", "牵头"], UNITS),
        ("evidence", MATERIALS, UNITS),
        ("scoring", DEDUCTIONS, DUTIES),
        ("points_in_words", ["组织领导（20分）", "宣传氛围（15）"], POINTS),
        ("sentence", DUTIES, UNITS),
        ("listed", ["县教育局、团县委", "方案；照片"], UNITS),
        ("ended", DUTIES, UNITS),
        ("short", POINTS, DUTIES),
    ],
)
def test_a_share_tells_columns_apart(name: str, cells: list[str], others: list[str]) -> None:
    assert getattr(features(cells), name) == 1.0
    assert getattr(features(others), name) == 0.0


def test_serial_numbers_ascend_and_points_do_not() -> None:
    assert features(SERIALS).ascending == 1.0
    assert features(["5", "3", "5", "2"]).ascending == 0.0
    assert features(["1.1", "1.2", "2.1", "2.1.1", "3.1"]).ascending == 1.0
    assert features(["WM01", "WM02", "WM03", "WM04"]).ascending == 1.0
    assert features(["1.5", "0.5", "2.5", "1.0"]).ascending == 0.0


def test_repeated_texts_are_less_distinct() -> None:
    assert features(["办公室", "办公室", "人事科", "办公室"]).distinct == 0.5


def test_a_share_of_all_cells_needs_no_full_match_of_dates() -> None:
    assert (
        features(["每月开展一次志愿服务活动，做好策划和宣传工作，及时总结经验并按要求报送相关活动资料和照片。"]).date
        == 0
    )


class TestBesideTheOthers:
    def test_place(self) -> None:
        serial, duty, unit = observed(["序号", "工作任务", "责任单位"], SERIALS, DUTIES, UNITS)
        assert [one["place_position"] for one in (serial, duty, unit)] == [0.0, 0.5, 1.0]
        assert (serial["place_first"], unit["place_last"]) == (1.0, 1.0)
        assert [one["place_longest"] for one in (serial, duty, unit)] == [0.0, 1.0, 0.0]

    def test_of_two_columns_of_sentences_one_leads_in_scoring(self) -> None:
        duty, deduction = observed(["内容", "标准"], DUTIES, DEDUCTIONS)
        assert (duty["place_scoring_lead"], deduction["place_scoring_lead"]) == (-1.0, 1.0)

    def test_headings_fill_fewer_cells_than_what_they_head(self) -> None:
        level, duty = observed(["项目", "内容"], ["组织领导", "", "", "宣传氛围", "", ""], DUTIES)
        assert level["place_wider"] < 0 < duty["place_narrower"]

    def test_a_known_word_gives_its_role_and_no_ngrams(self) -> None:
        known, unknown = observed(["责任单位", "谁来办"], UNITS, UNITS)
        assert (known["header_known"], known["word_party"], known["ngram_party"]) == (1.0, 1.0, 0.0)
        assert (unknown["header_known"], unknown["word_party"]) == (0.0, 0.0)
        assert unknown["ngram_party"] > 0

    def test_a_name_of_a_unit_or_a_method(self) -> None:
        unit, method = observed(["县教育局", "材料审核"], ["√", ""], ["√", ""])
        assert (unit["header_party"], method["header_party"]) == (1.0, 0.0)
        assert (unit["header_method"], method["header_method"]) == (0.0, 1.0)


def test_rows_that_are_no_items_say_nothing_of_the_columns() -> None:
    rows = lines(SERIALS, DUTIES, UNITS)
    with_sections = [["一、组织领导", "", ""], *rows[:3], ["二、环境卫生", "", ""], *rows[3:]]
    found = body_features(build_grid(table(*with_sections)))
    assert found[0].texts.keys() == set(SERIALS)
    assert found[1].filled == 1.0
