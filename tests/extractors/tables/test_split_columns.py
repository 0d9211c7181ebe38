"""Columns that hold more than one fact, and what only looks like one."""

from __future__ import annotations

import pytest

from tests.extractors.tables.build import cleaned, column

DUTIES = [
    "更新宣传栏，张贴公益广告。",
    "组织读书会，人人有笔记。",
    "开展卫生大扫除，清理死角。",
    "慰问困难职工，送去温暖。",
]


class TestLabelledLines:
    def test_labels_become_columns(self) -> None:
        cells = [
            f"分管领导：{leader}\n责任单位：{units}\n联系人：王小明"
            for leader, units in (("李建国", "县教育局"), ("赵大勇", "县民政局、县妇联"))
        ]
        found = cleaned(["任务内容", "谁来抓"], *([duty, cell] for duty, cell in zip(DUTIES, cells, strict=False)))
        assert found.columns == ("任务内容", "分管领导", "责任单位", "联系人")
        assert column(found, "责任单位") == ["县教育局", "县民政局、县妇联"]
        assert column(found, "联系人") == ["王小明", "王小明"]

    def test_labels_of_no_known_word_on_lines_of_their_own(self) -> None:
        rows = [
            [f"第{n}件", f"干什么：{duty}\n牵个头：县教育局\n搭把手：县妇联\n啥时完：{n}月底前"]
            for n, duty in enumerate(DUTIES, 1)
        ]
        found = cleaned(*rows)
        assert found.columns[1:] == ("干什么", "牵个头", "搭把手", "啥时完")
        assert column(found, "干什么") == DUTIES
        assert column(found, "啥时完")[2] == "3月底前"
        assert found.roles.names[0] == "serial"

    def test_a_label_that_some_cells_lack_is_blank_there(self) -> None:
        rows = [
            ["责任单位：县教育局\n配合单位：县妇联\n完成时限：6月底前", DUTIES[0]],
            ["责任单位：县民政局\n完成时限：7月底前", DUTIES[1]],
            ["责任单位：县卫健局\n配合单位：县工会\n完成时限：8月底前", DUTIES[2]],
        ]
        found = cleaned(["分工", "任务内容"], *rows)
        assert column(found, "配合单位") == ["县妇联", "", "县工会"]
        assert column(found, "完成时限") == ["6月底前", "7月底前", "8月底前"]

    def test_a_text_without_labels_or_before_them_is_not_lost(self) -> None:
        cells = [f"责任单位：{unit}\n联系人：王小明" for unit in ("县教育局", "县民政局", "县卫健局")]
        for odd in ("县妇联", "县妇联 联系人：王小明"):
            found = cleaned(["任务内容", "谁来抓"], *map(list, zip(DUTIES, [*cells, odd], strict=True)))
            assert column(found, "谁来抓") == ["", "", "", "县妇联"]
            assert column(found, "责任单位") == ["县教育局", "县民政局", "县卫健局", ""]
        found = cleaned(["任务内容", "谁来抓"], *map(list, zip(DUTIES, [*cells, "——"], strict=True)))
        assert column(found, "责任单位") == ["县教育局", "县民政局", "县卫健局", "——"]

    @pytest.mark.parametrize(
        ("header", "cell"),
        [
            ("工作内容", "活动：道德讲堂\n时间：每月一次\n地点：机关会议室\n注意：不得流于形式"),
            ("报送材料", "报送时间：3月底前\n联系人：王小明\n联系电话：123"),
            ("评分办法", "得分：每月开展得满分\n扣分：缺一次扣1分\n加分：有创新加1分"),
            ("", "教育局：抓校园\n民政局：抓社区\n卫健局：抓医院"),
        ],
        ids=["a task in lines", "who to call", "how it is scored", "units"],
    )
    def test_labels_below_a_header_of_their_own_meaning_stay(self, header: str, cell: str) -> None:
        found = cleaned(["任务", header], *([duty, cell] for duty in DUTIES))
        assert found.roles.names == ("requirement", *found.roles.names[1:])
        assert len(found.columns) == 2

    @pytest.mark.parametrize(
        "cell",
        ["牵头单位：县教育局；配合单位：县妇联", "目的：提高认识。要求：人人参加。", "县教育局（联系人：王小明）"],
        ids=["units alone", "a text", "a text before"],
    )
    def test_other_labels_stay_in_their_column(self, cell: str) -> None:
        assert cleaned(["任务内容", "说明"], *([duty, cell] for duty in DUTIES[:2])).columns == ("任务内容", "说明")


class TestBrackets:
    def test_headings_with_units_in_brackets(self) -> None:
        units = ["机关党委", "宣传科、技术科", "办公室"]
        names = ["理论武装", "阵地开放", "环境整治"]
        rows = [[f"{name}（{unit}）", duty] for name, unit, duty in zip(names, units, DUTIES, strict=False)]
        found = cleaned(["类别与承办科室", "工作内容"], *rows)
        assert column(found, "责任单位") == units
        assert column(found, "类别与承办科室") == names

    def test_brackets_say_who_does_it_only_where_the_header_says_so(self) -> None:
        for header in ("测评内容（数据来源）", "加分项目", "类别"):
            rows = [
                [f"{name}（区公安局）", duty]
                for name, duty in zip(("发案率", "破案率", "满意率"), DUTIES, strict=False)
            ]
            assert cleaned([header, "工作内容"], *rows).columns == (header, "工作内容")

    def test_each_heading_has_the_offices_of_its_own_bracket(self) -> None:
        names = ["理论武装（机关党委）", "环境整治（城区、农村）", "阵地开放（宣传科）"]
        rows = [[name, duty] for name, duty in zip(names, DUTIES, strict=False)]
        found = cleaned(["类别与承办科室", "工作内容"], *rows, ["便民服务（办公室）", DUTIES[3]])
        assert column(found, "责任单位") == ["机关党委", "", "宣传科", "办公室"]

    def test_beside_a_column_of_units_a_bracket_is_part_of_the_heading(self) -> None:
        rows = [[f"{name}（县教育局）", DUTIES[0], "县民政局"] for name in ("理论武装", "阵地开放", "环境整治")]
        header = ["类别与科室", "工作内容", "责任单位"]
        assert cleaned(header, *rows).columns == tuple(header)

    def test_places_in_brackets_behind_headings_say_what_is_meant(self) -> None:
        names = ["创建内容（校园）", "文明实践（社区）", "环境整治（景区）"]
        rows = [[name, duty] for name, duty in zip(names, DUTIES, strict=False)]
        assert cleaned(["类别与承办科室", "工作内容"], *rows).columns == ("类别与承办科室", "工作内容")

    def test_persons_in_brackets_behind_units(self) -> None:
        rows = [
            [duty, unit] for duty, unit in zip(DUTIES, ["党办（李建国）", "工会（王小明）", "总务科"], strict=False)
        ]
        found = cleaned(["工作内容", "承办科室"], *rows, [DUTIES[3], "医务科（赵大勇）"])
        assert column(found, "责任人") == ["李建国", "王小明", "", "赵大勇"]
        assert column(found, "承办科室") == ["党办", "工会", "总务科", "医务科"]

    def test_units_in_brackets_behind_units_stay(self) -> None:
        rows = [[duty, "县委宣传部（县文明办）"] for duty in DUTIES]
        assert cleaned(["工作内容", "责任单位"], *rows).columns == ("工作内容", "责任单位")

    def test_words_in_brackets_that_begin_like_a_surname_are_no_persons(self) -> None:
        units = ["交警大队（平时）", "环卫所（全年）", "机关党委（党建）", "教育局（高校）"]
        rows = [[duty, unit] for duty, unit in zip(DUTIES, units, strict=True)]
        assert cleaned(["工作内容", "责任单位"], *rows).columns == ("工作内容", "责任单位")

    def test_short_names_are_persons_where_the_header_names_them(self) -> None:
        units = ["党办（张伟）", "工会（赵敏）", "总务科（王芳）"]
        rows = [[duty, unit] for duty, unit in zip(DUTIES, units, strict=False)]
        assert column(cleaned(["工作内容", "责任单位（联系人）"], *rows), "联系人") == ["张伟", "赵敏", "王芳"]


class TestUnitsWithPersons:
    @pytest.mark.parametrize(
        "form", ["{} {}", "{}\n{}", "{}：{}", "{}/{}", "{}（{}）", "{}{}", "{}副局长 {}", "{}局长{}"]
    )
    @pytest.mark.parametrize("header", ["责任单位及责任人", "责任单位（责任人）", "责任单位"])
    def test_units_and_persons_of_one_cell_are_two_columns(self, header: str, form: str) -> None:
        pairs = [("县民政局", "李建国"), ("县城管局", "赵敏"), ("县教育局", "王小明"), ("县卫健局", "张红霞")]
        rows = [[duty, form.format(*pair)] for duty, pair in zip(DUTIES, pairs, strict=True)]
        found = cleaned(["工作内容", header], *rows)
        assert found.columns == ("工作内容", "责任单位", "责任人")
        assert [role.value for role in found.roles.names] == ["requirement", "party", "person"]
        assert list(zip(column(found, "责任单位"), column(found, "责任人"), strict=True)) == pairs

    def test_a_unit_without_a_person_has_none(self) -> None:
        cells = ["办公室 李建国", "宣传科", "市容科 赵敏", "环卫所"]
        found = cleaned(["工作内容", "责任科室及负责人"], *map(list, zip(DUTIES, cells, strict=True)))
        assert column(found, "责任科室") == ["办公室", "宣传科", "市容科", "环卫所"]
        assert column(found, "负责人") == ["李建国", "", "赵敏", ""]

    def test_several_units_of_a_cell_keep_their_order(self) -> None:
        cells = ["县民政局 李建国、县妇联 赵敏", "县城管局 王小明；团县委 张红霞", "县教育局 钱大勇", "县工会 孙莉莉"]
        found = cleaned(["工作内容", "责任单位"], *map(list, zip(DUTIES, cells, strict=True)))
        assert column(found, "责任单位")[:2] == ["县民政局、县妇联", "县城管局、团县委"]
        assert column(found, "责任人")[:2] == ["李建国、赵敏", "王小明、张红霞"]

    @pytest.mark.parametrize(
        "cells",
        [
            ["县住建局（房管科）", "县公安局（交警大队）", "县城管局（市容科）", "县商务局"],
            ["县住建局 房管科", "县公安局 文保科", "县城管局", "县教育局 党委"],
            ["县住建局 李建国", "县公安局", "县城管局", "县商务局"],
            ["办公室 党建", "宣传科 安全", "人事科 高校", "总务科 平时"],
        ],
    )
    def test_units_with_offices_and_words_are_one_column(self, cells: list[str]) -> None:
        rows = [[duty, cell] for duty, cell in zip(DUTIES, cells, strict=True)]
        assert cleaned(["工作内容", "责任单位"], *rows).columns == ("工作内容", "责任单位")

    def test_persons_below_a_header_of_persons_stay(self) -> None:
        cells = ["李建国", "赵敏", "王小明", "张红霞"]
        found = cleaned(["工作内容", "责任科室负责人"], *map(list, zip(DUTIES, cells, strict=True)))
        assert found.columns == ("工作内容", "责任科室负责人")


class TestUnitsWithTimes:
    def test_a_time_in_a_bracket_behind_a_unit_is_when_it_is_due(self) -> None:
        cells = ["县文明办（3月底前）", "县城管局（长期）", "县教育局", "县民政局（5月20日前完成）、县妇联（每季度）"]
        found = cleaned(["工作内容", "责任单位"], *map(list, zip(DUTIES, cells, strict=True)))
        assert column(found, "责任单位") == ["县文明办", "县城管局", "县教育局", "县民政局、县妇联"]
        assert column(found, "完成时限") == ["3月底前", "长期", "", "县民政局：5月20日前完成；县妇联：每季度"]
        assert [role.value for role in found.roles.names] == ["requirement", "party", "deadline"]

    @pytest.mark.parametrize("cell", ["县文明办（房管科）", "环卫所（全年）", "县创建办（2023年成立）", "各镇（街道）"])
    def test_other_brackets_are_part_of_the_unit(self, cell: str) -> None:
        rows = [[duty, cell] for duty in DUTIES]
        assert cleaned(["工作内容", "责任单位"], *rows).columns == ("工作内容", "责任单位")


@pytest.mark.parametrize(
    ("header", "places"),
    [
        ("责任单位（地点）", ["王庄", "文庙", "高中", "高桥", "康宁"]),
        ("责任单位", ["王庄", "文庙", "高中", "高桥", "康宁"]),
        ("责任单位", ["李家村", "张家界", "王府井", "高桥镇", "康宁里"]),
    ],
)
def test_places_behind_units_are_no_persons(header: str, places: list[str]) -> None:
    units = ["县城管局", "县文旅局", "县教育局", "县卫健局", "县民政局"]
    cells = [f"{unit}（{place}）" for unit, place in zip(units, places, strict=True)]
    duties = [*DUTIES, "完善养老服务设施。"]
    found = cleaned(["任务内容", header], *([duty, cell] for duty, cell in zip(duties, cells, strict=True)))
    assert found.columns == ("任务内容", header)
    assert column(found, header) == cells
