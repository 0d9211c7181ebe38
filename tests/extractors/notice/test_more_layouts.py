"""Layouts with drawn spans, page cuts and several tables, made up for these tests: what is read, task by task."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors import extract
from tests.extractors.notice.build import HEAD, drawn, notice, parties, paths, points, rules, values
from tests.extractors.tables.build import Row

A = "健全领导机构，明确专人负责，定期研究部署工作。"
B = "广泛开展宣传教育活动，营造浓厚的创建氛围。"
C = "组织志愿服务不少于4次，参与率达到80%以上。"
D = "公共场所干净整洁，设施完好，秩序井然有序。"


def test_weights_grades_and_a_negative_list() -> None:
    header = ["测评项目", "测评内容", "测评标准", "权重", "测评方法"]
    rows: list[Row] = [
        [("一、基本指标", 1, 5)],
        [("1.组织", 2, 1), "1.1机构", "A级：" + A + "B级：基本符合。", ("8%", 2, 1), "1）材料审核 2）实地考察"],
        ["1.2队伍", B, "同上"],
        [("二、特色指标（加分项）", 1, 5)],
        ["2.品牌", "2.1创新", C, "2%", "材料审核"],
        [("三、负面清单", 1, 5)],
        [("3.否决", 1, 2), D, "——", "部门提供"],
    ]
    found = notice("测评体系", drawn(header, *rows))
    assert paths(found) == [
        ["一 基本指标", "1 组织", "1.1 机构"],
        ["一 基本指标", "1 组织", "1.2 队伍"],
        ["二 特色指标（加分项）", "2 品牌", "2.1 创新"],
        ["三 负面清单", "3 否决"],
    ]
    assert points(found) == ["8", None, "2", None]
    assert values(found, "points_rows") == [2, 2, 1, 1]
    assert values(found, "methods")[:2] == [["材料审核", "实地考察"]] * 2
    assert values(found, "bonus") == [False, False, True, False]


def test_place_types_and_a_table_cut_into_two() -> None:
    header = ["考察点位", "考察标准", "应得分", "扣分说明", "测评结果"]
    first = drawn(header, [("一、政务服务大厅", 2, 1), "①" + A, "3", "缺1项扣1分", ""], ["②" + D, "2", "", ""])
    second = drawn(header, ["一、政务服务大厅", "③" + B, "4", "", ""], ["二、窗口", "①" + C, "1", "缺1项扣1分", ""])
    found = notice("附件2", "实地考察细则", first, "—2—", second)
    assert paths(found) == [["一 政务服务大厅"]] * 3 + [["二 窗口"]]
    assert values(found, "label") == ["①", "②", "③", "①"]
    assert points(found) == ["3", "2", "4", "1"]
    assert values(found, "scoring") == ["缺1项扣1分", None, None, "缺1项扣1分"]
    assert [(t.ordinal, t.title, t.n_rows) for t in found.tables] == [(1, "实地考察细则", 4)]
    assert [i.name for i in found.indicators] == ["政务服务大厅", "窗口"]


def test_two_row_header_with_lead_support_and_leader() -> None:
    found = notice(
        "任务分解表",
        drawn(
            [("序号", 2, 1), ("测评项目", 2, 1), ("测评标准", 2, 1), ("责任分工", 1, 3), ("完成时限", 2, 1)],
            ["牵头单位", "配合单位", "责任领导"],
            ["1", ("组织", 2, 1), A, "县教育局", "县公安局、团县委", "崔克辉", "6月底前"],
            ["2", B, "县文明办", "——", "迟庆峰", "每季度"],
        ),
    )
    assert parties(found) == ["县教育局|县公安局/团县委", "县文明办"]
    assert values(found, "leader") == ["崔克辉", "迟庆峰"]
    assert values(found, "deadline") == ["6月底前", "每季度"]
    assert paths(found) == [["组织"], ["组织"]]
    assert found.tables[0].columns[3] == "责任分工/牵头单位"


def test_a_serial_with_a_short_title_beside_a_longer_standard() -> None:
    header = ["序号", "主要任务", "具体要求", "报送说明"]
    rows = [["1", "理论学习", A, "计划、照片2张"], ["2", "志愿服务", C, "方案、总结"], ["3", "环境卫生", D, ""]]
    found = notice("共性任务清单", drawn(header, *rows))
    # The numbers count the rows; none spans the rows of a heading.
    assert paths(found) == [["理论学习"], ["志愿服务"], ["环境卫生"]]
    assert values(found, "requirement") == [A, C, D]
    assert values(found, "evidence") == ["计划、照片2张", "方案、总结", None]


def test_criteria_over_several_requirements_with_shared_evidence() -> None:
    header = ["测评标准", "网上申报具体要求", "档案资料"]
    found = notice(
        "网上申报清单",
        drawn(
            header, [(A, 2, 1), "1.说明报告（500字左右）", ("文件汇编", 2, 1)], ["2.图片3-5张"], [B, "3.视频", "光盘"]
        ),
    )
    assert [t.kind for t in found.tables] == ["application"]
    assert values(found, "criteria") == [A, A, B]
    assert values(found, "requirement") == ["说明报告（500字左右）", "图片3-5张", "视频"]
    assert values(found, "evidence") == ["文件汇编", "文件汇编", "光盘"]
    assert values(found, "inline_points") == [[], [], []]


def test_vertical_headings() -> None:
    rows: list[Row] = [[("组\n织\n领\n导\n（6分）", 2, 1), A, "2"], [B, "4"], ["志\n愿\n服\n务", C, "3"]]
    found = notice("细则", drawn(["测评项目", "测评标准", "分值"], *rows))
    assert paths(found) == [["组织领导"], ["组织领导"], ["志愿服务"]]
    assert found.indicators[0].points == 6


def test_persons_departments_and_tags() -> None:
    header = ["测评标准", "创建内容", "责任部门", "责任人"]
    rows = [
        [A, "文件复印件【提供材料部门：办公室】", "办公室\n人事科", "于  昉\n崔克辉"],
        [B, "照片2张", "各科室（单位）", "迟庆峰（兼）"],
        [C, "活动方案", "----", "——"],
        [D, "活动照片", "后勤科", "于  昉"],
        [A + B, "签到表复印件", "宣传科", "崔克辉"],
    ]
    found = notice("分解表", drawn(header, *rows))
    assert values(found, "persons") == [["于昉", "崔克辉"], ["迟庆峰"], [], ["于昉"], ["崔克辉"]]
    assert parties(found) == ["办公室|人事科", "各科室（单位）", "", "后勤科", "宣传科"]
    assert values(found, "evidence")[1:] == ["照片2张", "活动方案", "活动照片", "签到表复印件"]


def test_score_boxes_are_ignored_and_totals_are_no_tasks() -> None:
    header = ["考核内容", "考核标准", "标准分", "自评分", "考核得分"]
    rows: list[Row] = [
        [("制度（5分）", 2, 1), A, "3", "", ""],
        [B, "2", "", ""],
        [("小计", 1, 2), "5", "", ""],
        ["氛围（4分）", C, "4", "", ""],
        [("总计", 1, 2), "9", "", ""],
        [("填表人： 审核人：", 1, 5)],
    ]
    found = notice("考核表", drawn(header, *rows))
    assert points(found) == ["3", "2", "4"]
    assert values(found, "remark") == [None] * 3
    assert sorted(rules(found)) == ["note_row", "total_row", "total_row", "total_row", "total_row"]


def test_codes_without_a_score_column_sum_the_awards() -> None:
    rows: list[Row] = [
        [("Ⅰ－1环境（6分）", 2, 1), ("Ⅱ－1卫生（4分）", 1, 1), A + "（1分）；" + B + "（3分）", ("照片", 2, 1)],
        ["Ⅱ－2秩序（2分）", D + "（2分）"],
    ]
    found = notice("细则", drawn(["测评项目", "测评内容", "测评标准", "材料要求"], *rows))
    assert points(found) == ["4", "2"]
    assert values(found, "inline_points") == [[Decimal(1), Decimal(3)], [Decimal(2)]]
    assert paths(found)[1] == ["Ⅰ－1 环境", "Ⅱ－2 秩序"]
    assert values(found, "evidence") == ["照片", "照片"]
    assert rules(found) == []


def test_a_title_row_inside_the_table_and_a_unit_line() -> None:
    header: Row = ["测评项目", "测评标准", "分值"]
    table = drawn([("考评细则", 1, 3)], [("单位：分", 1, 3)], header, ["组织", A, "2"], ["服务", C, "3"])
    found = notice("附件1", table)
    assert len(found.tasks) == 2
    assert found.tables[0].columns == ["测评项目", "测评标准", "分值"]
    assert "考评细则" in [c.text for c in found.cells]
    assert [c.row for c in found.cells if c.text in ("考评细则", "单位：分", "分值")] == [-3, -2, -1]
    assert found.chars_accounted == found.chars_total


def test_a_department_goes_on_in_a_row_of_its_own() -> None:
    rows = [["组织", A, "办公室", "3月"], ["", "", "人事科", ""], ["服务", C, "工会", "长期"]]
    lines = ["\t".join(row) for row in [["测评项目", "测评标准", "责任科室", "完成时限"], *rows]]
    text = "\n\n".join(HEAD) + "\n\n任务清单\n\n" + "\n".join(lines)
    found = extract(text.encode(), "notice.txt")
    assert parties(found) == ["办公室|人事科", "工会"]
    assert values(found, "deadline") == ["3月", "长期"]


def test_two_tables_of_different_kinds_number_their_tasks_apart() -> None:
    first = drawn(["测评标准", "分值"], [A, "2"], [B, "3"])
    second = drawn(["工作任务", "责任单位"], [C, "办公室"])
    found = notice("附件1", "测评细则", first, "附件2", "责任清单", second)
    assert [(t.ordinal, t.title, t.kind) for t in found.tables] == [
        (1, "测评细则", "rubric"),
        (2, "责任清单", "task_list"),
    ]
    assert values(found, "row") == [0, 1, 0]
    assert values(found, "ordinal") == [1, 2, 1]
    assert [t.task_id.rsplit("-", 2)[1] for t in found.tasks] == ["t01", "t01", "t02"]


def test_ticks_under_methods_name_methods_and_no_unit() -> None:
    rows: list[Row] = [
        [("测评内容", 2, 1), ("测评方式", 1, 2), ("责任单位", 2, 1)],
        ["材料审核", "实地考察"],
        [A, "√", "", "宣传科"],
        [B, "√", "√", "人事科"],
        [D, "", "√", "人事科"],
    ]
    found = notice("分解表", drawn(*rows))
    assert values(found, "methods") == [["材料审核"], ["材料审核", "实地考察"], ["实地考察"]]
    assert parties(found) == ["宣传科", "人事科", "人事科"]


@pytest.mark.parametrize("marks", [("★", "√"), ("牵头", "配合"), ("●", "○"), ("主办", "协办")])
def test_matrices_of_units(marks: tuple[str, str]) -> None:
    lead, support = marks
    header = ["序号", "工作任务", "县教育局", "县公安局", "县民政局", "完成时限"]
    found = notice("分工表", drawn(header, ["1", A, lead, support, "", "3月"], ["2", B, "", lead, support, "长期"]))
    assert parties(found) == ["县教育局|县公安局", "县公安局|县民政局"]
    assert rules(found) == []


def test_a_matrix_of_many_units() -> None:
    header = ["序号", "工作任务", "县教育局", "县公安局", "县民政局"]
    found = notice("分工表", drawn(header, ["1", A, "★", "√", ""], ["2", B, "", "★", "√"]))
    assert parties(found) == ["县教育局|县公安局", "县公安局|县民政局"]
    assert rules(found) == []


def test_months_as_headings_with_labelled_parties() -> None:
    rows: list[Row] = [
        [("3月", 1, 3)],
        [A, "牵头部门：办公室 配合部门：人事科、工会", "方案"],
        [("4—6月", 1, 3)],
        [C, "牵头部门：工会", ""],
    ]
    found = notice("月度安排", drawn(["工作任务", "责任单位", "佐证材料"], *rows))
    assert paths(found) == [["3月"], ["4—6月"]]
    assert parties(found) == ["办公室|人事科/工会", "工会"]
    assert values(found, "evidence") == ["方案", None]


def test_a_bonus_rule_has_no_points() -> None:
    rows: list[Row] = [[("基础分", 1, 2)], [A, "10"], [("加分项", 1, 2)], ["每获一项市级荣誉加2分，最多加10分。", ""]]
    found = notice("细则", drawn(["测评标准", "分值"], *rows))
    assert points(found) == ["10", None]
    assert values(found, "bonus") == [False, True]


def test_responsible_units_beside_a_lead_column_support_it() -> None:
    header = ["工作任务", "牵头单位", "责任单位", "完成时限"]
    rows = [[A, "县教育局", "县公安局、各镇", "3月"], [B, "县文明办", "县教育局", "长期"], [C, "", "工会", "长期"]]
    found = notice("分工表", drawn(header, *rows))
    assert parties(found) == ["县教育局|县公安局/各镇", "县文明办|县教育局", "工会"]


def test_codes_in_a_column_of_their_own_number_the_headings_beside_them() -> None:
    rows: list[Row] = [
        [("Ⅰ-1", 2, 1), ("理想信念（8分）", 2, 1), A, "5"], [B, "3"],
        [("Ⅰ-2", 2, 1), ("公民道德（6分）", 2, 1), C, "4"], [D, "2"],
    ]  # fmt: skip
    found = notice("对照表", drawn(["编号", "指标", "测评标准", "分值"], *rows))
    assert paths(found) == [["Ⅰ-1 理想信念"]] * 2 + [["Ⅰ-2 公民道德"]] * 2


def test_codes_that_count_the_tasks_are_no_heading() -> None:
    texts = [A, B, C, D]
    numbers = ["1-1", "1-2", "2-1", "2-2"]
    rows = [[number, f"行动{n}", text, "3月底前"] for n, (number, text) in enumerate(zip(numbers, texts, strict=True))]
    found = notice("任务书", drawn(["编号", "工作任务", "达到标准", "时间要求"], *rows))
    assert [len(path) for path in paths(found)] == [1, 1, 1, 1]
    assert "1-1" not in str(paths(found))


def test_a_number_of_the_rows_beside_it_is_no_points() -> None:
    rows: list[Row] = [
        [("宣传部", 2, 1), ("2", 2, 1), A, "3月底前"], [B, "6月底前"],
        [("教育局", 2, 1), ("2", 2, 1), C, "9月底前"], [D, "长期"],
    ]  # fmt: skip
    found = notice("任务清单", drawn(["责任单位", "认领数", "任务内容", "办结时间"], *rows))
    assert points(found) == [None] * 4
    assert [table.roles[1] for table in found.tables] == ["other"]
    # One point for each item is one as well.
    found = notice("任务清单", drawn(["责任单位", "分值", "任务内容", "办结时间"], *rows))
    assert points(found) == ["2", None, "2", None]


def test_a_word_of_time_in_few_remarks_makes_them_no_deadlines() -> None:
    rows = [[text, "2月底", remark] for text, remark in zip([A, B, C, D], ["", "时长同步录入", "", ""], strict=True)]
    found = notice("任务清单", drawn(["任务内容", "报送时间", "备注"], *rows))
    assert values(found, "deadline") == ["2月底"] * 4
    assert values(found, "remark") == [None, "时长同步录入", None, None]
    labelled = [[text, time, "牵头单位：区公安分局" if remark else ""] for text, time, remark in rows]
    found = notice("任务清单", drawn(["任务内容", "报送时间", "备注"], *labelled))
    assert parties(found)[1] == "区公安分局"


def test_groups_of_units_below_the_header_of_the_units_have_no_part_in_a_duty() -> None:
    header: Row = ["序号", ("考核项目", 1, 2), "分值", "评分标准"]
    rows: list[Row] = [
        ["1", ("重点责任部门", 2, 1), "县住建局", "50", A], ["2", "县公安局", "50", B],
        ["3", ("一般责任部门", 2, 1), "县文旅局", "40", C], ["4", "县民政局", "40", D],
    ]  # fmt: skip
    found = notice("考核细则", drawn(header, *rows))
    assert parties(found) == ["县住建局", "县公安局", "县文旅局", "县民政局"]
    assert paths(found) == [["重点责任部门"]] * 2 + [["一般责任部门"]] * 2
