"""What each column is, by its header word, by the whole header, and by what the cells hold."""

from __future__ import annotations

import pytest

from extractors.tables.column_roles import assign_roles, column_features, header_word_of, is_form, is_roster, is_serial
from extractors.tables.grid import build_grid
from tests.extractors.tables.build import table

LONG = "建立健全工作制度，明确责任分工，定期研究部署。"


def roles(header: list[str], *rows: list[str]) -> dict[str, str]:
    grid = build_grid(table(*rows))
    shares = [column_features(grid.column(c), grid.n_rows) for c in range(grid.n_cols)]
    return dict(zip(header, assign_roles(header, shares).names, strict=True))


def unknown(header: list[str], *rows: list[str]) -> tuple[int, ...]:
    grid = build_grid(table(*rows))
    return assign_roles(header, [column_features(grid.column(c), grid.n_rows) for c in range(grid.n_cols)]).unknown


@pytest.mark.parametrize("text", ["3", "3.", "12、", "十二、", "（一）", "(4)", "Ⅱ", "④", "一"])
def test_serial(text: str) -> None:
    assert is_serial(text)


@pytest.mark.parametrize("text", ["组织", "1.1", "2021", "一票否决", "", "3分"])
def test_no_serial(text: str) -> None:
    assert not is_serial(text)


class TestFeatures:
    def test_shares_are_of_the_filled_cells(self) -> None:
        found = column_features(build_grid(table(["2"], [""], ["5分"], ["甲科"])).column(0), 4)
        assert found.filled == pytest.approx(0.75)
        assert found.number == pytest.approx(2 / 3)
        assert found.party == pytest.approx(1 / 3)

    def test_totals_and_dashes_do_not_count(self) -> None:
        found = column_features(build_grid(table(["办公室"], ["----"], ["合计"], ["人事科"])).column(0), 4)
        assert (found.filled, found.party) == (0.5, 1.0)

    def test_a_column_of_blanks(self) -> None:
        found = column_features(build_grid(table([""], [""])).column(0), 2)
        assert (found.filled, found.length, found.number) == (0, 0, 0)


class TestByHeaderAndCells:
    @pytest.mark.parametrize(
        ("word", "cells", "role"),
        [
            ("分值", ["2", "5分"], "points"),
            ("分值", ["每缺一项扣1分，扣完为止。", "未开展不得分；少1次扣1分。"], "scoring"),
            ("测评方法", ["材料审核", "实地考察"], "method"),
            ("考核办法", ["未召开会议的，每少一次扣2分，扣完为止。"] * 2, "scoring"),
            ("责任人", ["崔克辉", "迟庆峰"], "person"),
            ("责任人", ["办公室", "人事科"], "party"),
            ("责任单位", ["县教育局", "县公安局"], "party"),
            ("责任单位", ["2", "3"], "points"),
            ("完成时限", ["3月上旬", "长期"], "deadline"),
            ("备注", ["新增", ""], "remark"),
            ("自评分", ["", ""], "scorebox"),
        ],
    )
    def test_a_settled_word_and_what_contradicts_it(self, word: str, cells: list[str], role: str) -> None:
        assert roles(["测评标准", word], *[[LONG, cell] for cell in cells])[word] == role

    def test_serial_numbers(self) -> None:
        assert roles(["序号", "测评标准"], ["1", LONG], ["2", LONG])["序号"] == "serial"

    @pytest.mark.parametrize("word", ["条目号", "编号", "某某"])
    def test_numbers_of_parts_beside_points_are_places(self, word: str) -> None:
        rows = [["1.1", LONG, "6"], ["1.2", LONG, "8"], ["2.1", LONG, "5"]]
        assert list(roles([word, "测评标准", "权重（分）"], *rows).values()) == ["serial", "requirement", "points"]

    def test_headings_under_a_serial_word_are_a_level(self) -> None:
        rows = [["组织领导", LONG], ["学习教育", LONG]]
        assert roles(["序号", "测评标准"], *rows)["序号"] == "level"

    def test_an_unnamed_column_of_numbers_is_the_serial(self) -> None:
        assert roles(["", "测评标准"], ["1", LONG], ["2", LONG])[""] == "serial"

    @pytest.mark.parametrize(
        ("cells", "role"),
        [
            (["县教育局", "县公安局、团县委"], "party"),
            (["材料审核", "实地考察、问卷调查"], "method"),
            (["3月上旬", "每季度"], "deadline"),
            (["0.5", "2"], "points"),
        ],
    )
    def test_an_unknown_word_is_read_by_its_cells_and_told(self, cells: list[str], role: str) -> None:
        rows = [[LONG, cell] for cell in cells]
        assert roles(["测评标准", "某某"], *rows)["某某"] == role
        assert unknown(["测评标准", "某某"], *rows) == (1,)

    def test_an_unknown_word_over_blanks_is_nothing_to_tell(self) -> None:
        rows = [[LONG, ""], [LONG, ""]]
        assert roles(["测评标准", "某某"], *rows)["某某"] == "other"
        assert unknown(["测评标准", "某某"], *rows) == ()

    def test_a_lower_header_word_counts_before_the_upper(self) -> None:
        assert header_word_of("责任分工/配合单位").role == "support"
        assert header_word_of("责任单位/某某").role == "party"
        assert not header_word_of("某某").known


class TestTheWholeHeader:
    HEADER = ("测评项目", "测评内容", "测评标准")

    def test_the_finest_text_is_the_requirement(self) -> None:
        rows = [["组织", "制度", "1." + LONG], ["", "", "2." + LONG], ["", "经费", "1." + LONG]]
        assert list(roles(list(self.HEADER), *rows).values()) == ["level", "level", "requirement"]

    def test_one_requirement_only(self) -> None:
        rows = [["组织", LONG, "1." + LONG], ["", "", "2." + LONG], ["学习", LONG, "1." + LONG]]
        assert list(roles(["考核项目", "考核标准", "考核要点"], *rows).values()) == ["level", "criteria", "requirement"]

    def test_what_must_be_handed_in_behind_the_requirement_is_evidence(self) -> None:
        rows = [[LONG, "制度文件、活动照片2张"], [LONG, "会议记录复印件"]]
        assert roles(["主要任务", "创建内容"], *rows)["创建内容"] == "evidence"

    def test_evidence_alone_is_what_must_be_done(self) -> None:
        rows = [["组织领导", "提供文件、会议记录"], ["学习教育", "提供计划、照片"]]
        assert roles(["序号", "佐证材料"], ["1", "提供文件"], ["2", "提供照片"])["佐证材料"] == "requirement"
        assert roles(["项目名称", "佐证材料"], *rows)["佐证材料"] == "evidence"

    def test_of_two_score_columns_the_filled_one_counts(self) -> None:
        found = roles(["测评标准", "分值", "满分"], [LONG, "", "2"], [LONG, "", "3"])
        assert list(found.values()) == ["requirement", "scorebox", "points"]

    def test_a_second_filled_score_column_is_kept_as_text(self) -> None:
        found = roles(["测评标准", "分值", "权重"], [LONG, "2", "3%"], [LONG, "4", "5%"])
        assert list(found.values()) == ["requirement", "points", "other"]

    def test_columns_of_marks_are_units(self) -> None:
        found = roles(["主要任务", "县教育局", "团县委"], [LONG, "★", "√"], [LONG, "", "★"])
        assert list(found.values())[1:] == ["unit", "unit"]


@pytest.mark.parametrize(
    ("columns", "yes"),
    [
        (["姓名", "职务"], True),
        (["组别", "职务", "联系电话"], True),
        (["责任分工/姓名", "责任分工/职务"], True),
        (["姓名", "任务"], False),
        (["测评标准", "责任人", "联系电话"], False),
    ],
)
def test_rosters(columns: list[str], yes: bool) -> None:
    assert is_roster(columns) is yes


@pytest.mark.parametrize(
    ("columns", "yes"), [(["活动名称", "活动时间"], True), (["活动名称", "任务"], False), (["测评标准", "分值"], False)]
)
def test_forms(columns: list[str], yes: bool) -> None:
    assert is_form(columns) is yes


def test_a_remark_column_that_holds_only_a_star_is_no_unit() -> None:
    named = roles(["内容", "分值", "备注"], [LONG, "2", "★"], [LONG, "3", ""], [LONG, "1", "★"])
    assert named["备注"] == "remark"
