"""Tables whose columns hold more than one fact, and what only looks like one."""

from __future__ import annotations

import pytest

from tests.extractors.tables.build import cleaned, column

DUTIES = [
    "更新宣传栏，张贴公益广告。",
    "组织读书会，人人有笔记。",
    "开展卫生大扫除，清理死角。",
    "慰问困难职工，送去温暖。",
]


class TestMonthsSideBySide:
    def test_each_text_below_a_month_is_a_row(self) -> None:
        found = cleaned(
            ["类别", "三月", "四月", "五月"],
            ["氛围营造", DUTIES[0], "", DUTIES[1]],
            ["环境卫生", "", DUTIES[2], DUTIES[3]],
        )
        assert column(found, "时间") == ["三月", "五月", "四月", "五月"]
        assert column(found, "各月内容") == [DUTIES[0], DUTIES[1], DUTIES[2], DUTIES[3]]
        assert column(found, "类别") == ["氛围营造", "氛围营造", "环境卫生", "环境卫生"]
        assert len(found.task_rows()) == 4

    def test_a_text_over_two_months_is_for_both(self) -> None:
        found = cleaned(
            [("类别", 2, 1), ("时间安排", 1, 3)],
            ["一季度", "二季度", "三季度"],
            ["氛围营造", (DUTIES[0], 1, 2), DUTIES[1]],
            ["环境卫生", DUTIES[2], DUTIES[3], ""],
            spans=True,
        )
        assert column(found, "时间安排") == ["一季度至二季度", "三季度", "一季度", "二季度"]
        assert "各季度内容" in found.columns

    def test_sums_below_months_are_no_tasks_and_not_lost(self) -> None:
        found = cleaned(
            ["类别", "三月", "四月", "五月"],
            ["氛围营造", DUTIES[0], DUTIES[1], DUTIES[2]],
            ["当月分值小计", "3分", "4分", "2分"],
        )
        assert len(found.task_rows()) == 3
        assert found.dropped == ["当月分值小计", "3分", "4分", "2分"]

    def test_a_section_over_all_columns_stays_one_row(self) -> None:
        found = cleaned(
            ["类别", "三月", "四月", "五月"],
            [("一、机关", 1, 4)],
            ["氛围营造", DUTIES[0], DUTIES[1], DUTIES[2]],
            spans=True,
        )
        assert [cell.text for cell in found.grid.cells_of_row(0)] == ["一、机关"]
        assert len(found.task_rows()) == 3

    @pytest.mark.parametrize(
        ("header", "row"),
        [
            (["任务", "三月", "四月", "五月"], [DUTIES[0], "√", "", "√"]),
            (["任务", "三月", "四月"], ["氛围营造", DUTIES[0], DUTIES[1]]),
            (["任务", "三月", "责任单位", "四月", "五月"], ["氛围营造", DUTIES[0], "县教育局", DUTIES[1], DUTIES[2]]),
            (["任务", "三月", "四月", "五月"], [DUTIES[0], "3次", "2次", "5次"]),
        ],
        ids=["ticks", "two months", "not side by side", "numbers"],
    )
    def test_other_columns_of_months_stay(self, header: list[str], row: list[str]) -> None:
        assert cleaned(header, row, row).columns == tuple(header)


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
            rows = zip(DUTIES, [*cells, odd], strict=True)
            assert cleaned(["任务内容", "谁来抓"], *map(list, rows)).columns == ("任务内容", "谁来抓")
        found = cleaned(["任务内容", "谁来抓"], *map(list, zip(DUTIES, [*cells, "——"], strict=True)))
        assert column(found, "责任单位") == ["县教育局", "县民政局", "县卫健局", "——"]

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
        found = cleaned(["类别", "工作内容"], *rows)
        assert column(found, "责任单位") == units
        assert column(found, "类别") == names

    def test_beside_a_column_of_units_a_bracket_is_part_of_the_heading(self) -> None:
        rows = [[f"{name}（县教育局）", DUTIES[0], "县民政局"] for name in ("理论武装", "阵地开放", "环境整治")]
        assert cleaned(["类别", "工作内容", "责任单位"], *rows).columns == ("类别", "工作内容", "责任单位")

    def test_places_in_brackets_behind_headings_say_what_is_meant(self) -> None:
        names = ["创建内容（校园）", "文明实践（社区）", "环境整治（景区）"]
        rows = [[name, duty] for name, duty in zip(names, DUTIES, strict=False)]
        assert cleaned(["类别", "工作内容"], *rows).columns == ("类别", "工作内容")

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
