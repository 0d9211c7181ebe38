"""From page to clean table: cuts, headers, roles, spans, rows that are no tasks."""

from __future__ import annotations

import pytest

from extractors.tables.clean_table import clean_tables
from extractors.tables.row_kinds import RowKind
from tests.extractors.tables.build import Row, cleaned, column, document, table

HEADER: Row = ["测评项目", "测评标准", "分值", "责任科室"]
LONG = "建立健全工作制度，明确责任分工，定期研究部署。"


def body(n: int, start: int = 1) -> list[list[str]]:
    return [["组织领导" if i == 1 else "", f"{i}.{LONG}", "2", "办公室"] for i in range(start, start + n)]


def roles(*rows: Row, spans: bool = False) -> dict[str, str]:
    found = cleaned(*rows, spans=spans)
    return dict(zip(found.columns, found.roles.names, strict=True))


class TestPageCuts:
    def test_the_same_header_again_continues_the_table(self) -> None:
        first, second = table(HEADER, *body(2)), table(HEADER, *body(2, 3))
        (found,) = clean_tables(document("清单", first, second), ["清单", None])
        assert found.grid.n_rows == 4
        assert len(found.dropped) == 4

    def test_under_the_same_title_it_continues_too(self) -> None:
        blocks = ("清单", table(HEADER, *body(2)), "清单", table(HEADER, *body(2, 3)))
        assert [t.grid.n_rows for t in clean_tables(document(*blocks), ["清单", "清单"])] == [4]

    def test_under_another_title_it_is_another_table(self) -> None:
        blocks = ("共性清单", table(HEADER, *body(2)), "个性清单", table(HEADER, *body(2)))
        found = clean_tables(document(*blocks), ["共性清单", "个性清单"])
        assert [(t.title, t.ordinal) for t in found] == [("共性清单", 1), ("个性清单", 2)]

    def test_without_header_right_behind_it_continues(self) -> None:
        (found,) = clean_tables(document(table(HEADER, *body(2)), table(*body(2, 3))), [None, None])
        assert found.grid.n_rows == 4

    def test_a_header_row_inside_the_body_is_dropped(self) -> None:
        found = cleaned(HEADER, *body(2), HEADER, *body(2, 3))
        assert found.grid.n_rows == 4
        assert column(found, "测评项目") == ["组织领导"] * 4

    def test_the_second_row_of_a_header_is_dropped_too(self) -> None:
        upper = ["", "测评标准", "责任分工", ""]
        lower = ["", "", "牵头单位", "配合单位"]
        rows = [[str(i), LONG, "县教育局", "县公安局"] for i in range(1, 4)]
        found = cleaned(upper, lower, *rows, upper, lower, *rows)
        assert found.grid.n_rows == 6
        assert found.roles.names == ("serial", "requirement", "lead", "support")

    def test_a_heading_written_again_at_the_page_edge_continues(self) -> None:
        rows = [
            ["Ⅰ-1组织领导", f"{i}）{LONG}", "2", "办公室"] if i in (1, 3) else ["", f"{i}）{LONG}", "2", "办公室"]
            for i in range(1, 5)
        ]
        found = cleaned(HEADER, *rows)
        assert {id(row[0]) for row in found.grid.cells} == {id(found.grid.cell(0, 0))}


class TestHeader:
    def test_title_rows_above_the_header(self) -> None:
        found = cleaned([("某县考评表", 1, 4)], [("单位：分", 1, 4)], HEADER, *body(2), spans=True)
        assert found.columns[1] == "测评标准"
        assert [s.text for s in found.above.unique_cells()] == ["某县考评表", "单位：分"]

    def test_two_rows_with_merged_cells(self) -> None:
        found = cleaned(
            [("序号", 2, 1), ("测评标准", 2, 1), ("责任分工", 1, 2)],
            ["责任领导", "责任人"],
            ["1", LONG, "崔克辉", "迟庆峰"],
            ["2", LONG, "崔克辉", "迟庆峰"],
            spans=True,
        )
        assert found.columns == ("序号", "测评标准", "责任分工/责任领导", "责任分工/责任人")
        assert found.roles.names == ("serial", "requirement", "leader", "person")

    def test_narrower_than_the_body(self) -> None:
        header = ["创建项目", "创建标准", "创建内容", "完成时限", "责任股室", ""]
        item = "提供学习制度和年度计划；"
        rows = [["", "", "", f"{i}.{item}", "3月上旬", "办公室"] for i in range(2, 6)]
        rows.insert(0, ["一", "队伍建设", LONG * 2, f"1.{item}", "3月上旬", "办公室"])
        found = cleaned(header, *rows)
        assert found.columns == ("创建项目", "创建项目", "创建标准", "创建内容", "完成时限", "责任股室")

    def test_an_unknown_word_is_reported(self) -> None:
        found = cleaned(["测评标准", "天气", "责任科室"], *[[LONG, "晴间多云，适宜外出。", "办公室"]] * 3)
        assert found.roles.unknown == (1,)


class TestRoles:
    def test_by_the_whole_header(self) -> None:
        rows = [
            [
                "Ⅲ-2学习制度",
                "1）" + LONG,
                "提供规范文件；提供说明报告。",
                "材料审核",
                "0.6",
                "郑泽梅",
                "人教科",
                "陈晓波",
            ]
        ] * 3
        header = ["测评内容", "测评标准", "材料报送要求", "测评方法", "分值", "责任领导", "责任科室", "责任人"]
        assert list(roles(header, *rows).values()) == [
            "level",
            "requirement",
            "evidence",
            "method",
            "points",
            "leader",
            "party",
            "person",
        ]

    def test_the_same_word_is_level_or_requirement(self) -> None:
        first = roles(["测评项目", "测评内容", "分值"], *[["组织领导", "1." + LONG, "2"]] * 3)
        assert first["测评内容"] == "requirement"
        second = roles(["测评项目", "测评内容", "测评标准"], *[["组织领导", "制度建设", "1." + LONG]] * 3)
        assert second["测评内容"] == "level"

    def test_a_coarse_standard_beside_finer_items_is_criteria(self) -> None:
        rows = [["组织" if i % 3 == 0 else "", LONG if i % 3 == 0 else "", f"{i % 3 + 1}.提供计划；"] for i in range(9)]
        assert roles(["创建项目", "创建标准", "创建内容"], *rows)["创建标准"] == "criteria"

    def test_score_boxes_and_marks(self) -> None:
        header = ["测评标准", "标准得分", "自评分", "县教育局", "县公安局"]
        found = roles(header, *[[LONG, "2", "", "★", "√"], [LONG, "3", "", "", "★"]])
        assert list(found.values()) == ["requirement", "points", "scorebox", "unit", "unit"]

    def test_persons_column_that_holds_departments(self) -> None:
        assert roles(["测评标准", "责任人"], *[[LONG, "人事科"], [LONG, "综合科、办公室"]])["责任人"] == "party"

    def test_codes_in_a_column_of_their_own(self) -> None:
        rows = [["（一）", "组织领导", "1." + LONG], ["（二）", "阵地建设", "1." + LONG]]
        assert list(cleaned([("考核项目", 1, 2), "考核标准"], *rows, spans=True).roles.names) == [
            "serial",
            "level",
            "requirement",
        ]


class TestBlankCells:
    def test_hierarchy_score_and_department_go_on(self) -> None:
        found = cleaned(
            HEADER, ["甲", "1." + LONG, "3", "办公室"], ["", "2." + LONG, "", ""], ["乙", "1." + LONG, "2", "人事科"]
        )
        assert column(found, "测评项目") == ["甲", "甲", "乙"]
        assert column(found, "分值") == ["3", "3", "2"]
        assert column(found, "责任科室") == ["办公室", "办公室", "人事科"]

    def test_a_level_does_not_cross_a_new_outer_level(self) -> None:
        header = ["测评项目", "测评内容", "测评标准"]
        found = cleaned(header, ["甲", "甲一", "1." + LONG], ["", "", "2." + LONG], ["乙", "", "1." + LONG])
        assert column(found, "测评内容") == ["甲一", "甲一", ""]

    def test_evidence_goes_on_inside_its_group_only(self) -> None:
        header = ["测评项目", "测评标准", "佐证材料"]
        found = cleaned(header, ["甲", LONG, "制度文件"], ["", LONG, ""], ["乙", LONG, ""])
        assert column(found, "佐证材料") == ["制度文件", "制度文件", ""]

    def test_evidence_that_repeats_equal_neighbours_has_empty_cells(self) -> None:
        header = ["测评项目", "测评标准", "完成时限"]
        found = cleaned(header, ["甲", LONG, "3月上旬"], ["", LONG, "3月上旬"], ["", LONG, ""])
        assert column(found, "完成时限") == ["3月上旬", "3月上旬", ""]

    def test_equal_neighbours_of_two_groups_say_nothing(self) -> None:
        header = ["测评项目", "测评标准", "完成时限"]
        found = cleaned(header, ["甲", LONG, "每季度"], ["乙", LONG, "每季度"], ["", LONG, ""])
        assert column(found, "完成时限") == ["每季度", "每季度", "每季度"]

    def test_drawn_spans_decide(self) -> None:
        found = cleaned(HEADER, [("甲", 2, 1), "1." + LONG, "3", "办公室"], ["2." + LONG, "", ""], spans=True)
        assert column(found, "测评项目") == ["甲", "甲"]
        assert column(found, "责任科室") == ["办公室", ""]

    def test_headings_printed_in_the_middle_of_their_span(self) -> None:
        header = ["考核项目", "考核标准"]
        marks = [1, 2, 1, 2, 3, 1, 2]
        heads = ["组织领导", "", "", "学习教育", "", "志愿服务", ""]
        found = cleaned(header, *[[h, f"{m}.{LONG}"] for h, m in zip(heads, marks, strict=True)])
        assert column(found, "考核项目") == ["组织领导"] * 2 + ["学习教育"] * 3 + ["志愿服务"] * 2


class TestRows:
    def test_bands_totals_notes_and_remains(self) -> None:
        found = cleaned(
            HEADER,
            ["一、基本指标（100分）", "", "", ""],
            ["组织领导", "1." + LONG, "2", "办公室"],
            ["", "", "", "人事科"],
            ["小计", "", "2", ""],
            ["备注：逾期不予受理。", "", "", ""],
            ["", "", "", ""],
        )
        assert found.kinds == ["band", "task", "rest", "total", "note", "blank"]

    def test_a_band_may_carry_its_sub_total_in_the_score_column(self) -> None:
        found = cleaned(HEADER, [("一、基础指标", 1, 2), "60", ""], ["组织", "1." + LONG, "2", "办公室"], spans=True)
        assert found.kinds[0] == "band"

    @pytest.mark.parametrize(
        ("header", "row", "kind"),
        [
            (["组别", "职务", "姓名"], ["综合组", "组长", "崔克辉"], "roster"),
            (["序号", "活动名称", "活动时间", "佐证材料"], ["1", "", "", ""], "other"),
            (["序号", "测评标准", "责任科室"], ["1", LONG, "办公室"], "task_list"),
            (["测评标准", "分值"], [LONG, "2"], "rubric"),
            (["测评标准", "责任科室"], [LONG + "（2分）", "办公室"], "rubric"),
            (["测评标准", "网上申报具体要求"], [LONG, "提供说明报告，附图片两张。"], "application"),
        ],
    )
    def test_kinds_of_tables(self, header: list[str], row: list[str], kind: str) -> None:
        found = cleaned(header, row, row)
        assert found.kind == kind
        assert bool(found.task_rows()) is (kind not in ("roster", "other"))


class TestSectionsAboveTheirHeaders:
    def test_the_first_is_a_heading_as_the_others_are(self) -> None:
        first, second = ("第一季度：春风行动", 1, 4), ("第二季度：劳动光荣", 1, 4)
        found = cleaned([first], HEADER, *body(2), [second], HEADER, *body(2), spans=True)
        bands = [found.grid.cell(r, 0).text for r, kind in enumerate(found.kinds) if kind is RowKind.BAND]
        assert bands == ["第一季度：春风行动", "第二季度：劳动光荣"]
        assert found.above.n_rows == 0

    def test_a_title_that_is_printed_again_is_none(self) -> None:
        title = ("文明单位测评责任清单", 1, 4)
        found = cleaned([title], HEADER, *body(2), [title], HEADER, *body(2, 3), spans=True)
        assert [cell.text for cell in found.above.unique_cells()] == ["文明单位测评责任清单"]
        assert len(found.task_rows()) == 4
