"""Layouts of other offices, made up for these tests: what is read, task by task."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from extractors import extract
from extractors.records import Extraction

HEAD = (
    "甲州市乙局文件\n\n甲乙发〔2022〕3号\n\n关于印发《2022年文明单位创建方案》的通知\n\n"
    "各科室：\n\n现印发给你们。\n\n甲州市乙局\n\n2022年3月1日\n\n"
)
A = "健全领导机构，明确专人负责，定期研究部署工作。"
B = "广泛开展宣传教育活动，营造浓厚的创建氛围。"


def reading(*tables: str, head: str = HEAD) -> Extraction:
    return extract((head + "\n\n".join(tables)).encode(), "notice.md")


def pipes(title: str, *rows: list[str]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return f"{title}\n\n" + "\n".join(lines)


def paths(found: Extraction) -> list[list[tuple[str | None, str]]]:
    nodes = {i.indicator_id: i for i in found.indicators}
    out = []
    for task in found.tasks:
        path: list[tuple[str | None, str]] = []
        at = task.indicator_id
        while at in nodes:
            path.insert(0, (nodes[at].code, nodes[at].name))
            at = nodes[at].parent_id
        out.append(path)
    return out


def parties(found: Extraction) -> list[list[tuple[str, str, str | None]]]:
    return [[(p.party, p.role, p.scope) for p in found.task_parties if p.task_id == t.task_id] for t in found.tasks]


def values(found: Extraction, field: str) -> list[Any]:
    return [getattr(t, field) for t in found.tasks]


def test_weights_and_a_score_cell_over_two_rows() -> None:
    found = reading(
        pipes(
            "测评细则",
            ["一级指标", "测评标准", "权重"],
            ["班子建设", "（1）" + A, "12%"],
            ["", "（2）" + B, ""],
            ["环境", A, "7%"],
        )
    )
    assert values(found, "points") == [Decimal(12), None, Decimal(7)]
    assert values(found, "points_rows") == [2, 2, 1]
    assert values(found, "label") == ["（1）", "（2）", None]


def test_a_serial_on_the_group_is_its_code() -> None:
    rows = [["一", "组织领导", A, "5"], ["", "", B, "3"], ["二", "宣传氛围", B, "2"], ["合计", "", "", "10"]]
    found = reading(pipes("考评标准", ["序号", "考评指标", "考评内容", "分值"], *rows))
    assert paths(found) == [[("一", "组织领导")], [("一", "组织领导")], [("二", "宣传氛围")]]
    assert [f.rule for f in found.findings] == ["total_row", "total_row"]


def test_totals_are_checked_against_the_scores_above_them() -> None:
    rows = [[A, "5"], [B, "3"], ["小计", "8"], [A + B, "4"], ["小计", "4"], ["合计", "13"]]
    found = reading(pipes("考评标准", ["考评内容", "分值"], *rows))
    (finding,) = [f for f in found.findings if f.rule == "total_vs_tasks"]
    assert (finding.declared, finding.computed) == (Decimal(13), Decimal(12))


def test_a_serial_on_every_row_is_no_code() -> None:
    found = reading(
        pipes("任务清单", ["序号", "测评项目", "测评标准"], ["1", "组织", A], ["2", "", B], ["3", "宣传", B])
    )
    assert paths(found)[:2] == [[(None, "组织")], [(None, "组织")]]


def test_bands_with_codes_of_two_kinds() -> None:
    rows = [
        ["一、基础工作（60分）", "", ""],
        ["（一）组织领导", "", ""],
        ["1." + A, "20", "办公室"],
        ["（二）宣传", "", ""],
        ["1." + B, "40", "宣传科"],
        ["二、加分项（10分）", "", ""],
        ["1." + A, "10", "办公室"],
    ]
    found = reading(pipes("考评表", ["测评标准", "分值", "责任科室"], *rows))
    assert paths(found) == [
        [("一", "基础工作"), ("（一）", "组织领导")],
        [("一", "基础工作"), ("（二）", "宣传")],
        [("二", "加分项")],
    ]
    assert values(found, "bonus") == [False, False, True]


def test_month_bands() -> None:
    rows = [["1月", "", ""], ["1", A, "办公室"], ["9—12月", "", ""], ["2", B, "宣传科"]]
    found = reading(pipes("月度安排", ["序号", "任务", "负责部门"], *rows))
    assert paths(found) == [[(None, "1月")], [(None, "9—12月")]]


def test_three_levels_and_two_evidence_columns() -> None:
    header = ["一级指标", "二级指标", "三级指标", "测评标准", "材料要求", "资料提交要求"]
    rows = [
        ["Ⅰ-1环境（20分）", "Ⅱ-1卫生（8分）", "Ⅲ-1保洁", "①" + A, "照片2张", "附说明"],
        ["", "", "", "②" + B, "方案", "盖章的复印件"],
    ]
    found = reading(pipes("测评清单", header, *rows))
    assert paths(found)[1] == [("Ⅰ-1", "环境"), ("Ⅱ-1", "卫生"), ("Ⅲ-1", "保洁")]
    assert values(found, "evidence") == ["照片2张\n附说明", "方案\n盖章的复印件"]
    assert [i.points for i in found.indicators] == [Decimal(20), Decimal(8), None]


def test_criteria_beside_items_and_what_is_the_same_as_above() -> None:
    header = ["创建项目", "创建标准", "创建内容", "测评方法", "完成时限"]
    rows = [
        ["学习", A + B, "1.学习计划；", "材料审核实地考察", "3月上旬"],
        ["", "", "2.学习记录；", "同上", "同上"],
        ["", "", "3.学习总结。", "问卷调查", "11月底前"],
        ["卫生", B + A, "1.卫生制度；", "材料审核", "每月25日前"],
        ["", "", "2.检查记录；", "", "每季度"],
    ]
    found = reading(pipes("任务分解表", header, *rows))
    assert values(found, "criteria") == [A + B] * 3 + [B + A] * 2
    assert values(found, "methods")[1] == ["材料审核", "实地考察"]
    assert values(found, "methods")[4] == ["材料审核"]
    assert values(found, "deadline") == ["3月上旬", "3月上旬", "11月底前", "每月25日前", "每季度"]


def test_units_that_are_the_same_as_above() -> None:
    rows = [["1", A, "宣传科、工会", "3月底前"], ["2", B, "同上", "（同上）"], ["3", A + B, "办公室", "〃"]]
    found = reading(pipes("任务分解表", ["序号", "工作内容", "责任科室", "完成时限"], *rows))
    both = [("宣传科", "lead", None), ("工会", "support", None)]
    assert parties(found) == [both, both, [("办公室", "lead", None)]]
    assert values(found, "deadline") == ["3月底前"] * 3
    assert [cell.text for cell in found.cells if cell.row == 1][2:] == ["同上", "（同上）"]
    assert not {"同上", "〃"} & {party.name for party in found.parties}


def test_the_same_as_above_without_anything_above_is_no_unit() -> None:
    rows = [["1", A, "同上", "3月底前"], ["2", B, "办公室", "6月底前"]]
    found = reading(pipes("任务分解表", ["序号", "工作内容", "责任科室", "完成时限"], *rows))
    assert parties(found) == [[], [("办公室", "lead", None)]]
    assert [party.illegible for party in found.parties if party.illegible] == ["写作“同上”，上面没有可引用的单位"]
    assert [f.severity for f in found.findings if f.rule == "unread_text"] == ["warning"]


def test_the_same_as_above_goes_on_in_the_next_part_of_a_table() -> None:
    header = ["序号", "工作内容", "责任科室", "完成时限"]
    first = pipes("任务分解表", header, ["1", A, "宣传科", "3月底前"])
    found = reading(first, pipes("", header, ["2", B, "同上", "同上"]))
    assert len(found.tables) == 1
    assert parties(found) == [[("宣传科", "lead", None)]] * 2
    assert values(found, "deadline") == ["3月底前"] * 2


def test_tables_below_the_units_that_lead_them() -> None:
    header = ["序号", "重点任务", "配合单位", "完成时限"]
    first = pipes("市教育局牵头任务（1项）", header, ["1", A, "市公安局", "3月底前"])
    second = pipes("各县（区）牵头任务（1项）", header, ["2", B, "——", "6月底前"])
    led = [("市教育局", "lead", None), ("市公安局", "support", None)]
    assert parties(reading(first, second)) == [led, [("各县（区）", "lead", None)]]


def test_tables_with_the_names_of_offices_as_titles() -> None:
    header = ["序号", "重点任务", "完成时限"]
    first, second = pipes("市教育局", header, ["1", A, "3月底前"]), pipes("市城管局", header, ["2", B, "6月底前"])
    assert parties(reading(first, second)) == [[("市教育局", "lead", None)], [("市城管局", "lead", None)]]
    assert parties(reading(first)) == [[]]


def test_methods_before_the_rule_of_points_in_one_cell() -> None:
    rows = [["1", A, "2", "实地考察。发现一处扣1分。"], ["2", B, "3", "材料审核、问卷调查。缺一项扣1分。"]]
    found = reading(pipes("考评细则", ["序号", "工作要求", "分值", "考评办法与扣分标准"], *rows))
    assert values(found, "methods") == [["实地考察"], ["材料审核", "问卷调查"]]
    assert values(found, "scoring") == [row[-1] for row in rows]


def test_sections_numbered_as_an_outline() -> None:
    rows = [
        ["1 政治建设（10分）", "", ""], ["1.1 理论武装（6分）", "", ""], ["1.1.1 " + A, "6", "宣传科"],
        ["1.2 廉政建设（4分）", "", ""], ["1.2.1 " + B, "4", "纪检组"],
        ["2 读者服务（5分）", "", ""], ["2.1 阵地服务（5分）", "", ""], ["2.1.1 " + A + B, "5", "借阅部"],
    ]  # fmt: skip
    found = reading(pipes("任务分解表", ["工作内容", "分值", "主办部门"], *rows))
    assert paths(found) == [
        [("1", "政治建设"), ("1.1", "理论武装")],
        [("1", "政治建设"), ("1.2", "廉政建设")],
        [("2", "读者服务"), ("2.1", "阵地服务")],
    ]
    assert values(found, "label") == ["1.1.1", "1.2.1", "2.1.1"]


@pytest.mark.parametrize("points", [["+3", "+2"], ["3", "2"]])
def test_points_that_are_added(points: list[str]) -> None:
    rows = [["窗口获市级以上文明表彰。", points[0], "表彰文件"], ["经验被市级以上媒体刊发。", points[1], "报样"]]
    found = reading(pipes("加分事项", ["加分情形", "加分值", "认定材料"], *rows))
    assert values(found, "points") == [Decimal(3), Decimal(2)]
    assert values(found, "bonus") == [True, True]


def test_lead_and_support_columns_scopes_and_nobody() -> None:
    header = ["任务", "牵头单位", "配合单位"]
    found = reading(
        pipes("责任分工", header, [A, "县教育局", "县公安局、团县委"], [B, "县文明办", "——"], [A + B, "各镇（街）", ""])
    )
    assert parties(found)[0] == [("县教育局", "lead", None), ("县公安局", "support", None), ("团县委", "support", None)]
    assert parties(found)[1] == [("县文明办", "lead", None)]
    scoped = reading(
        pipes("清单", ["测评标准", "责任科室"], ["①" + A + "②" + B, "①宣传②人事科"], [A, "宣传科"], [B, "----"])
    )
    assert parties(scoped)[0] == [("宣传科", "lead", "①"), ("人事科", "support", "②")]
    assert parties(scoped)[2] == []
    assert [f.rule for f in scoped.findings] == ["no_party"]


def test_labelled_parties_in_one_cell_and_a_short_form_explained() -> None:
    rows = [[A, "牵头部门：办公室 配合单位：人事科、各所（队）"], [B, "政工"], [A, "人事科提报"]]
    found = reading(pipes("清单", ["任务", "责任部门"], *rows), "注：“政工”指政治工作科。")
    assert parties(found) == [
        [("办公室", "lead", None), ("人事科", "support", None), ("各所（队）", "support", None)],
        [("政治工作科", "lead", None)],
        [("人事科", "lead", None)],
    ]


def test_a_matrix_of_units() -> None:
    header = ["序号", "个性任务", "县教育局", "县公安局", "完成时限"]
    found = reading(pipes("个性清单", header, ["1", A, "★", "√", "6月底前"], ["2", B, "", "★", "全年"]))
    assert parties(found) == [[("县教育局", "lead", None), ("县公安局", "support", None)], [("县公安局", "lead", None)]]


def test_rubric_list_roster_and_form_in_one_notice() -> None:
    roster = pipes(
        "领导小组名单", ["职务", "姓名", "单位及职务"], ["组长", "崔克辉", "局长"], ["成员", "于  昉", "科员"]
    )
    form = pipes(
        "活动情况报送表", ["序号", "活动名称", "活动时间", "参与人数"], ["1", "", "", ""], ["填报人：", "", "", ""]
    )
    found = reading(
        roster,
        pipes("测评细则", ["测评标准", "分值"], [A, "2"], [B, "3"]),
        pipes("清单", ["任务", "责任单位"], [A, "办公室"]),
        form,
    )
    assert [t.kind for t in found.tables] == ["roster", "rubric", "task_list", "other"]
    assert [t.title for t in found.tables] == ["领导小组名单", "测评细则", "清单", "活动情况报送表"]
    assert len(found.tasks) == 3
    assert [(m.role, m.person) for m in found.members] == [("组长", "崔克辉"), ("成员", "于昉")]


def test_points_inside_the_text_without_a_score_column() -> None:
    found = reading(
        pipes(
            "细则",
            ["测评项目", "测评标准"],
            ["学习（6分）", "1." + A + "（2分，缺项不得分）；提供图片（1分）。"],
            ["", "2." + B + "（各1分）"],
        )
    )
    assert values(found, "inline_points") == [[Decimal(2), Decimal(1)], [Decimal(1)]]
    assert values(found, "points") == [Decimal(3), Decimal(1)]
    (finding,) = [f for f in found.findings if f.rule == "heading_vs_tasks"]
    assert (finding.declared, finding.computed) == (Decimal(6), Decimal(4))


def test_prose_tasks_with_labelled_fields() -> None:
    text = (
        "一、主要任务\n\n（一）强化学习\n\n1.组织集体学习不少于12次。（牵头领导：崔克辉；责任科室：宣传科；配合科室：人事科、工会；完成时限：12月底前）\n\n"
        "2.开展主题宣讲。（责任单位：办公室；完成时限：长期）\n\n二、工作要求\n\n（一）加强领导。各科室要高度重视。"
    )
    found = reading(text)
    assert values(found, "requirement") == ["组织集体学习不少于12次。", "开展主题宣讲。"]
    assert values(found, "table_id") == [None, None]
    assert values(found, "deadline") == ["12月底前", "长期"]
    assert values(found, "leader") == ["崔克辉", None]
    assert paths(found)[0] == [("一", "主要任务"), ("（一）", "强化学习")]
    assert parties(found)[0] == [("宣传科", "lead", None), ("人事科", "support", None), ("工会", "support", None)]


def test_a_contact_in_brackets_is_no_task() -> None:
    phone = "0" * 4 + "-" + "1" * 7
    found = reading(f"一、要求\n\n（一）按时报送。请于每月25日前报办公室（联系人：崔克辉，联系电话：{phone}）。")
    assert found.tasks == []
    assert phone not in repr(found)


def test_remarks_scoring_rules_and_columns_of_no_role_keep_their_text() -> None:
    header = ["测评标准", "计分办法", "分值", "自评分", "备注"]
    found = reading(pipes("细则", header, [A, "每缺一项扣1分，扣完为止。", "5", "4.5", "新增"]))
    (task,) = found.tasks
    assert (task.scoring, task.remark, task.points) == ("每缺一项扣1分，扣完为止。", "新增；自评分：4.5", Decimal(5))


def test_numbers_below_a_header_of_bonus_are_bonus_points() -> None:
    found = reading(
        pipes(
            "加分项目表",
            ["类别", "加分内容", "加分", "证明材料"],
            ["荣誉", "获市级以上表彰的单位。", "3", "文件复印件"],
            ["经验", "经验做法被省级媒体刊发。", "2分", "报刊复印件"],
        )
    )
    assert values(found, "points") == [Decimal(3), Decimal(2)]
    assert values(found, "bonus") == [True, True]


def test_how_many_there_are_heads_nothing() -> None:
    found = reading(
        pipes(
            "点位表",
            ["点位类别", "点位数", "考察标准", "责任单位"],
            ["政务大厅", "4处", "服务窗口整洁，公示办事流程。", "县政务局"],
            ["农贸市场", "12个", "摊位有序，设置投诉台。", "县商务局"],
            ["主次干道", "8条", "路面平整，标线清晰。", "县住建局"],
            ["社区", "25个", "楼道整洁，公约上墙。", "县民政局"],
        )
    )
    assert [[name for _, name in path] for path in paths(found)] == [["政务大厅"], ["农贸市场"], ["主次干道"], ["社区"]]


def test_the_bracket_of_a_header_says_what_the_brackets_below_it_are() -> None:
    rows = [
        ["规定动作", "时间", "{}"],
        [A, "3月", "机关党委（人事科）"],
        [B, "6月", "办公室（工会、团委）"],
        [A + B, "9月", "财务科"],
    ]
    found = reading(pipes("规定动作表", *([cell.format("承办（协办）") for cell in row] for row in rows)))
    assert parties(found) == [
        [("机关党委", "lead", None), ("人事科", "support", None)],
        [("办公室", "lead", None), ("工会", "support", None), ("团委", "support", None)],
        [("财务科", "lead", None)],
    ]
    merged = reading(pipes("规定动作表", *([cell.format("责任单位（科室）") for cell in row] for row in rows)))
    assert parties(merged)[0] == [("机关党委（人事科）", "lead", None)]
