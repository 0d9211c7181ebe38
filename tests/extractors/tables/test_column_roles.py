"""What the columns of a table are: by their words, by what they hold, by where they stand, all at once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.tables.column_roles import ColumnRole, header_word_of, is_roster, is_serial
from tests.extractors.tables.build import Row, cleaned
from tests.extractors.tables.sentences import (
    DATES,
    DEDUCTIONS,
    DUTIES,
    MATERIALS,
    POINTS,
    SERIALS,
    SUPPORTING,
    UNITS,
    lines,
)


def roles(header: Row, *rows: Row, spans: bool = False) -> list[str]:
    return [str(role) for role in cleaned(header, *rows, spans=spans).roles.names]


@pytest.mark.parametrize("text", ["3", "3.", "12、", "十二、", "（一）", "(4)", "Ⅱ", "④", "一", "第1件", "第十二条"])
def test_serial(text: str) -> None:
    assert is_serial(text)


@pytest.mark.parametrize("text", ["组织", "1.1", "2021", "一票否决", "", "3分", "第一季度", "第1阶段"])
def test_no_serial(text: str) -> None:
    assert not is_serial(text)


def test_a_lower_header_word_counts_before_the_upper() -> None:
    assert header_word_of("责任分工/配合单位").role == "support"
    assert header_word_of("责任单位/某某").role == "party"
    assert not header_word_of("某某").known


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


class TestHeaders:
    """Five columns that hold the same whatever stands above them."""

    ROWS = lines(SERIALS, DUTIES, POINTS, UNITS, DATES)
    EXPECTED = ("serial", "requirement", "points", "party", "deadline")

    @pytest.mark.parametrize(
        "header",
        [
            ["序号", "测评内容", "分值", "责任单位", "完成时限"],
            ["号", "要做的事", "多少分", "谁来办", "何时交"],
            ["甲", "乙", "丙", "丁", "戊"],
        ],
    )
    def test_known_and_unknown_words(self, header: list[str]) -> None:
        assert tuple(roles(header, *self.ROWS)) == self.EXPECTED

    def test_without_a_header(self) -> None:
        assert tuple(roles(self.ROWS[0], *self.ROWS[1:])) == self.EXPECTED

    def test_words_that_no_list_holds_are_named(self) -> None:
        found = cleaned(["号", "要做的事", "多少分", "责任单位", "何时交"], *self.ROWS)
        assert [found.columns[c] for c in found.roles.unknown] == ["要做的事", "多少分", "何时交"]

    def test_the_columns_may_stand_in_another_order(self) -> None:
        assert roles(["责任单位", "工作任务", "完成时限"], *lines(UNITS, DUTIES, DATES)) == [
            "party",
            "requirement",
            "deadline",
        ]
        drawn: list[Row] = [
            [("县教育局", 2, 1), DUTIES[0], DATES[0]],
            [DUTIES[1], DATES[1]],
            [("县城管局", 2, 1), DUTIES[2], DATES[2]],
            [DUTIES[4], DATES[4]],
        ]
        assert roles(["单位", "工作任务", "时间"], *drawn, spans=True) == ["party", "requirement", "deadline"]


class TestContents:
    """A settled word, and cells that contradict it."""

    @pytest.mark.parametrize(
        ("word", "cells", "role"),
        [
            ("分值", POINTS, "points"),
            ("分值", DEDUCTIONS, "scoring"),
            ("测评方法", ["材料审核", "实地考察", "材料审核", "问卷调查", "实地考察", "材料审核"], "method"),
            ("考核办法", DEDUCTIONS, "scoring"),
            ("责任人", ["崔克辉", "迟庆峰", "于昉", "崔克辉", "迟庆峰", "于昉"], "person"),
            ("责任人", ["办公室", "人事科", "宣传科", "办公室", "后勤科", "人事科"], "party"),
            ("责任单位", UNITS, "party"),
            ("完成时限", DATES, "deadline"),
            ("佐证材料", MATERIALS, "evidence"),
            ("备注", ["新增", "", "", "延续", "", ""], "remark"),
            ("自评分", [""] * 6, "scorebox"),
            ("是否完成", ["□"] * 6, "scorebox"),
        ],
    )
    def test_beside_tasks(self, word: str, cells: list[str], role: str) -> None:
        assert roles(["序号", "测评标准", word], *lines(SERIALS, DUTIES, cells)) == ["serial", "requirement", role]

    @pytest.mark.parametrize("word", ["条目号", "编号", "某某"])
    def test_numbers_of_parts_beside_points_are_places(self, word: str) -> None:
        dotted = ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]
        found = roles([word, "测评标准", "权重（分）"], *lines(dotted, DUTIES, POINTS))
        assert found == ["serial", "requirement", "points"]

    def test_headings_under_a_serial_word_are_a_level(self) -> None:
        headings = ["组织领导", "", "宣传氛围", "", "环境卫生", ""]
        assert roles(["序号", "测评标准"], *lines(headings, DUTIES))[0] == "level"

    def test_an_unnamed_column_of_numbers_is_the_serial(self) -> None:
        assert roles(["", "测评标准"], *lines(SERIALS, DUTIES)) == ["serial", "requirement"]

    def test_an_unknown_word_over_blanks_holds_no_facts(self) -> None:
        found = cleaned(["序号", "测评标准", "某某"], *lines(SERIALS, DUTIES, [""] * 6))
        assert str(found.roles.names[2]) in ("other", "scorebox", "remark")

    def test_a_star_among_remarks_makes_no_unit(self) -> None:
        found = roles(["内容", "分值", "备注"], *lines(DUTIES, POINTS, ["★", "", "", "★", "", ""]))
        assert found[:2] == ["requirement", "points"]
        assert found[2] in ("remark", "scorebox")


class TestTheWholeTable:
    def test_the_finest_text_is_the_requirement(self) -> None:
        rows = lines(
            ["组织领导", "", "", "学习教育", "", ""],
            ["制度建设", "", "经费保障", "主题活动", "", "环境整治"],
            DUTIES,
        )
        assert roles(["测评项目", "测评内容", "测评标准"], *rows) == ["level", "level", "requirement"]

    @pytest.mark.parametrize("header", [["考核内容", "考核标准", "分值"], ["抓什么", "怎么评", "分数"]])
    def test_of_two_columns_of_sentences_one_says_how_points_are_given(self, header: list[str]) -> None:
        assert roles(header, *lines(DUTIES, DEDUCTIONS, POINTS)) == ["requirement", "scoring", "points"]

    def test_there_is_one_requirement(self) -> None:
        broad = ["加强组织领导，健全工作机制。", "", "", "提升城市环境，丰富群众生活。", "", ""]
        found = roles(["考核项目", "考核标准", "考核要点"], *lines(["组织", "", "", "环境", "", ""], broad, DUTIES))
        assert found[0] == "level"
        assert found.count("requirement") == 1
        assert found[2] == "requirement"

    def test_what_must_be_handed_in_is_evidence(self) -> None:
        assert roles(["主要任务", "创建内容"], *lines(DUTIES, MATERIALS)) == ["requirement", "evidence"]

    def test_of_two_score_columns_the_filled_one_counts(self) -> None:
        found = roles(["测评标准", "得分", "满分"], *lines(DUTIES, [""] * 6, POINTS))
        assert found == ["requirement", "scorebox", "points"]

    def test_a_second_filled_score_column_is_kept_as_text(self) -> None:
        shares = ["20%", "30%", "10%", "10%", "20%", "10%"]
        found = roles(["测评标准", "分值", "权重"], *lines(DUTIES, POINTS, shares))
        assert found == ["requirement", "points", "other"]

    def test_places_are_levels(self) -> None:
        rows: list[Row] = []
        for i, place in enumerate(["社区", "学校", "医院"]):
            rows += [[(place, 2, 1), DUTIES[2 * i], POINTS[2 * i]], [DUTIES[2 * i + 1], POINTS[2 * i + 1]]]
        assert roles(["点位类别", "测评内容", "分值"], *rows, spans=True) == ["level", "requirement", "points"]


class TestUnits:
    def test_a_column_of_leading_units_alone(self) -> None:
        rows = lines(SERIALS, DUTIES, UNITS, DATES)
        assert roles(["序号", "工作任务", "牵头单位", "完成时限"], *rows)[2] == "lead"
        assert roles(["序号", "工作任务", "某某", "完成时限"], *rows)[2] == "party"

    def test_a_column_whose_first_unit_leads_holds_all_units(self) -> None:
        several = [f"{unit}、{other}" for unit, other in zip(UNITS, SUPPORTING, strict=True)]
        rows = lines(SERIALS, DUTIES, several, DATES)
        assert roles(["序号", "工作任务", "责任单位（第一家为牵头单位）", "完成时限"], *rows)[2] == "party"

    @pytest.mark.parametrize("header", [["牵头单位", "配合单位"], ["主抓", "协同"]])
    def test_supporting_units_beside_leading_ones(self, header: list[str]) -> None:
        found = roles(["序号", "工作任务", *header], *lines(SERIALS, DUTIES, UNITS, SUPPORTING))
        assert found[2:] == ["lead", "support"]

    @pytest.mark.parametrize("header", [["甲方", "乙方"], ["乙方", "甲方"], ["某某", "某某某"]])
    def test_of_two_columns_of_units_the_one_with_gaps_supports(self, header: list[str]) -> None:
        some = [unit if r % 2 else "" for r, unit in enumerate(SUPPORTING)]
        assert roles(["序号", *header, "工作任务"], *lines(SERIALS, some, UNITS, DUTIES))[1:3] == ["support", "lead"]
        assert roles(["序号", *header, "工作任务"], *lines(SERIALS, UNITS, some, DUTIES))[1:3] == ["lead", "support"]

    @pytest.mark.parametrize("word", ["篇目", "某某", "第二"])
    def test_one_column_of_labelled_units_beside_headings(self, word: str) -> None:
        places = ["一号社区", "一号社区", "某某小区", "某某小区", "图书馆", "图书馆"]
        labelled = [f"牵头单位：{unit}；配合单位：县文明办" for unit in UNITS]
        found = roles(["序号", word, "干什么", "归谁"], *lines(SERIALS, places, DUTIES, labelled))
        assert found[3] == "party"

    def test_a_header_that_ends_with_a_word_for_units(self) -> None:
        rows: list[Row] = [
            ["1", ("县水务局", 3, 1), ("河道", 3, 1), DUTIES[0]],
            ["2", DUTIES[1]],
            ["3", DUTIES[2]],
            ["4", ("县林业局", 3, 1), ("山林", 3, 1), DUTIES[3]],
            ["5", DUTIES[4]],
            ["6", DUTIES[5]],
        ]
        assert roles(["序号", "挑头科室", "板块", "规定动作"], *rows, spans=True)[1] in ("party", "lead")

    @pytest.mark.parametrize(("lead", "support"), [("★", "√"), ("牵头", "配合")])
    def test_marks_below_units(self, lead: str, support: str) -> None:
        rows = [
            ["1", DUTIES[0], lead, support, ""],
            ["2", DUTIES[1], "", lead, support],
            ["3", DUTIES[2], support, "", lead],
            ["4", DUTIES[3], lead, support, support],
            ["5", DUTIES[4], "", lead, ""],
        ]
        found = roles(["序号", "工作任务", "县教育局", "县公安局", "团县委"], *rows)
        assert found == ["serial", "requirement", "unit", "unit", "unit"]

    @pytest.mark.parametrize(
        ("upper", "names", "marks", "role"),
        [
            # the upper header names units, or two kinds of ticks tell who leads
            ("责任单位", ["宣传", "教体", "住建"], ["√", "√"], "unit"),
            ("领衔科室", ["宣传", "教体", "住建"], ["√", "√"], "unit"),
            ("分工", ["宣传", "教体", "住建"], ["●", "▲"], "unit"),
            ("分工", ["宣传", "教体", "住建"], ["√", "√"], "method_mark"),
            ("分工", ["宣传思想工作", "教体", "住建"], ["●", "▲"], "method_mark"),
            ("核验", ["查台账", "看现场", "教体"], ["●", "▲"], "method_mark"),
        ],
    )
    def test_marks_below_short_names(self, upper: str, names: list[str], marks: list[str], role: str) -> None:
        one, other = marks
        found = roles(
            [("序号", 2, 1), ("工作任务", 2, 1), (upper, 1, 3)],
            names,
            ["1", DUTIES[0], one, other, ""],
            ["2", DUTIES[1], other, one, ""],
            ["3", DUTIES[2], "", one, other],
            ["4", DUTIES[3], one, "", other],
            spans=True,
        )
        assert found == ["serial", "requirement", *([role] * 3)]

    @pytest.mark.parametrize("names", [["查台账", "看现场", "问群众"], ["材料审核", "实地考察", "问卷调查"]])
    def test_marks_below_methods(self, names: list[str]) -> None:
        found = roles(
            [("序号", 2, 1), ("测评内容", 2, 1), ("核验路径", 1, 3)],
            names,
            ["1", DUTIES[0], "√", "", ""],
            ["2", DUTIES[1], "√", "√", ""],
            ["3", DUTIES[2], "", "√", "√"],
            ["4", DUTIES[3], "√", "", "√"],
            spans=True,
        )
        assert found == ["serial", "requirement", "method_mark", "method_mark", "method_mark"]


class TestPersons:
    @pytest.mark.parametrize("header", [["掌舵", "跑腿"], ["某某", "某某某"]])
    def test_of_two_columns_of_persons_the_one_with_fewer_names_leads(self, header: list[str]) -> None:
        leaders = ["崔克辉", "崔克辉", "崔克辉", "迟庆峰", "迟庆峰", "迟庆峰"]
        persons = ["于昉", "白晓薇", "齐云", "于昉", "李想", "张越"]
        assert roles(["序号", "任务", *header], *lines(SERIALS, DUTIES, leaders, persons))[2:] == ["leader", "person"]
        assert roles(["序号", "任务", *header], *lines(SERIALS, DUTIES, persons, leaders))[2:] == ["person", "leader"]

    def test_units_that_begin_like_names(self) -> None:
        units = ["安全部", "纪检部", "后勤部", "安全部", "党群部", "纪检部"]
        assert roles(["序号", "任务", "监考人"], *lines(SERIALS, DUTIES, units))[2] == "party"


class TestWhatIsNoUnit:
    @pytest.mark.parametrize("word", ["看秤", "咋查", "查法"])
    def test_cells_that_end_like_no_unit(self, word: str) -> None:
        ways = ["翻本子", "看现场", "翻本子、看现场", "问工友", "看现场", "翻本子"]
        found = roles(["任务", word, "归口单位"], *lines(DUTIES, ways, UNITS))
        assert found[1] not in ("party", "lead", "support")
        assert found[2] == "party"


class TestMonths:
    MONTHS = ("1月", "二月", "3月份", "第四季度")

    @pytest.mark.parametrize("names", [MONTHS, [f"时间安排/{month}" for month in MONTHS]])
    def test_ticks_below_months(self, names: Sequence[str]) -> None:
        rows = [
            ["1", DUTIES[0], "△", "", "▲", ""],
            ["2", DUTIES[1], "", "△", "", "▲"],
            ["3", DUTIES[2], "", "▲", "", ""],
        ]
        assert roles(["序号", "工作任务", *names], *rows)[2:] == ["month_mark"] * 4


class TestHeadingsOverItems:
    def test_points_of_a_heading_and_points_of_its_items(self) -> None:
        """A merged cell that states the sum of the items beside it is their heading, whatever it is called."""
        rows: list[Row] = [
            [("班子建设\n（9分）", 3, 1), "1、每月研究一次创建工作（3分）。少一次扣1分。", "看记录"],
            ["2、配备专职人员（3分）。未配备不得分。", "看文件"],
            ["3、经费列入预算（3分）。未列入扣2分。", "看账目"],
            [("环境卫生\n（6分）", 2, 1), "1、办公场所整洁（3分）。一处不洁扣1分。", "看现场"],
            ["2、垃圾分类投放（3分）。一处混投扣1分。", "看现场"],
        ]
        assert roles(["考评项目及分值", "评分细则", "考评方式"], *rows, spans=True)[:2] == ["level", "requirement"]


class TestTimesAheadOfDuties:
    def test_a_time_and_what_is_to_be_done(self) -> None:
        timed = ["3月：制定年度创建方案", "4月至6月 开展礼仪教育活动", "10-11月：组织自查并整改", "5月底前完成师德承诺"]
        found = roles(["工作", "安排/进度", "要点"], *lines(["甲类", "甲类", "乙类", "乙类"], timed, MATERIALS[:4]))
        assert found[1] == "requirement"

    def test_a_time_with_no_more_than_a_word(self) -> None:
        times = ["3月底前完成", "每月25日前报送", "全年坚持", "5月底前", "10-11月", "12月10日前完成"]
        assert roles(["序号", "任务", "进度"], *lines(SERIALS, DUTIES, times))[2] == "deadline"


class TestNamesOfSentences:
    def test_a_sentence_for_each_name(self) -> None:
        names = ["班子带头", "经费人员", "志愿队伍", "家庭创建", "环境卫生", "诚信建设"]
        found = roles(["序号", "考评项目", "评分标准", "分值"], *lines(SERIALS, names, DUTIES, POINTS))
        assert found == ["serial", "level", "requirement", "points"]


class TestWhatIsNoHeading:
    """Below a header that nobody knows the contents say what is no heading."""

    @pytest.mark.parametrize(
        ("cells", "role"),
        [
            (["工作扎实有效，群众满意。", "", "氛围浓厚，人人知晓。", "", "环境整洁，秩序良好。", ""], "criteria"),
            (["材料审核", "实地察看", "材料审核", "问卷调查", "实地察看", "材料审核"], "method"),
            (["翻本子", "看现场", "看现场、翻本子", "问工友、看现场", "翻本子", "问工友"], "evidence"),
        ],
    )
    def test_sentences_methods_and_lists(self, cells: list[str], role: str) -> None:
        found = roles(["序号", "某某", "要办的事", "归谁"], *lines(SERIALS, cells, DUTIES, UNITS))
        assert found[1] == role

    def test_sections_in_a_column_say_nothing_of_its_cells(self) -> None:
        """The names of sections stand in the column of criteria; the rows below them say what it holds."""
        header = ["第几", "归总说法", "今年要办的事", "标准分"]
        rows: list[Row] = []
        for n, (name, duties) in enumerate((("组织领导", DUTIES[:3]), ("宣传氛围", DUTIES[3:])), 1):
            rows.append(["一二"[n - 1], f"{name}（分值：9分）", "", ""])
            rows += [[str(i), f"{name}扎实有效，制度健全，职工满意。", duty, "3"] for i, duty in enumerate(duties, 1)]
        assert roles(header, *rows) == ["serial", "criteria", "requirement", "points"]

    def test_numbers_of_rows_stand_before_them(self) -> None:
        numbers = ["2", "3", "4", "5", "6", "8"]
        assert (
            roles(["篇章", "该做到哪一步", "份量"], *lines(["甲类", "", "乙类", "", "丙类", ""], DUTIES, numbers))[2]
            == "points"
        )


class TestProgress:
    @pytest.mark.parametrize("word", ["完成情况百分比", "推进到哪了", "某某"])
    def test_per_cent_that_are_no_shares_are_no_points(self, word: str) -> None:
        shares = ["90%", "70%", "100%", "80%", "90%", "60%"]
        assert roles(["序号", "工作任务", word], *lines(SERIALS, DUTIES, shares))[2] != "points"

    def test_shares_of_the_whole_are_points(self) -> None:
        shares = ["20%", "20%", "10%", "15%", "15%", "20%"]
        assert roles(["序号", "工作任务", "占比"], *lines(SERIALS, DUTIES, shares))[2] == "points"


class TestPeople:
    def test_names_beside_units_and_remarks_only(self) -> None:
        columns = ["序号", "姓名", "单位", "备注"]
        names = ["serial", "person", "party", "remark"]
        assert is_roster(columns, [ColumnRole(name) for name in names])
        assert not is_roster(columns)
        assert not is_roster(columns, [ColumnRole(name) for name in ("serial", "person", "party", "requirement")])
