"""Inconsistencies are reported; consistent notices are not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.records import Extraction, FindingRow
from tests.extractors.notice.build import drawn, notice, rules
from tests.extractors.tables.build import Row

A = "健全领导机构，明确专人负责，定期研究部署工作。"
B = "广泛开展宣传教育活动，营造浓厚的创建氛围。"
C = "组织干部职工参加志愿服务活动，做好活动记录。"
RUBRIC = ("测评项目", "测评标准", "分值")


def the(found: Extraction, rule: str) -> FindingRow:
    (finding,) = [f for f in found.findings if f.rule == rule]
    return finding


def rubric(*paragraphs: str, first: str = "甲（5分）", second: str = "乙（4分）", last: str = "4") -> Extraction:
    return notice(*paragraphs, drawn(RUBRIC, [(first, 2, 1), A, "2"], [B, "3"], [second, C, last]))


class TestTotals:
    def test_headings_against_scores(self) -> None:
        finding = the(rubric(last="6"), "headings_vs_tasks")
        assert (finding.declared, finding.computed) == (Decimal(9), Decimal(11))
        assert "headings_vs_tasks" not in rules(rubric())

    @pytest.mark.parametrize("text", ["本细则满分10分。", "总分为 10 分，另设加分项。", "测评总分值：10分"])
    def test_a_stated_total(self, text: str) -> None:
        finding = the(rubric(text), "total_vs_stated")
        assert (finding.severity, finding.declared, finding.computed) == ("warning", Decimal(10), Decimal(9))

    @pytest.mark.parametrize(
        "text",
        [
            "本细则满分9分。",
            "每项满分2分，总分9分。",
            "得10分的单位。",
            "加分项最多10分。",
            # lines of results
            "总分8分以上为优秀，6分以上为良好。",
            "总分7分至8分的为良好；总分6分（含6分）以上为合格。",
            "总分8分及以上为优秀。",
        ],
    )
    def test_a_total_that_fits_or_is_none(self, text: str) -> None:
        assert "total_vs_stated" not in rules(rubric(text))

    def test_only_one_heading_without_points(self) -> None:
        rows: list[Row] = [["甲（2分）", A, "2"], ["乙（3分）", B, "3"], ["丙", C, "4"]]
        assert the(notice(drawn(RUBRIC, *rows)), "heading_without_points").message.count("丙") == 1
        rows[2] = ["减分项", C, "—"]
        assert "heading_without_points" not in rules(notice(drawn(RUBRIC, *rows)))


class TestCounts:
    @pytest.mark.parametrize("text", ["共2个测评项目、3条测评标准。", "涉及12个部门。", "3个一级指标以外"])
    def test_counts_that_fit(self, text: str) -> None:
        assert "stated_count" not in rules(rubric(text))

    def test_a_count_that_nothing_read_has(self) -> None:
        found = rubric("共11个测评项目、44条测评标准。")
        assert [f.declared for f in found.findings if f.rule == "stated_count"] == [Decimal(11), Decimal(44)]


DUTIES = ("序号", "任务要求", "牵头单位", "完成时限", "材料要求")


def duties(*rows: list[str]) -> Extraction:
    return notice(drawn(DUTIES, *([str(n), *row] for n, row in enumerate(rows, 1))))


class TestDuties:
    def test_blank_cells_of_a_filled_column_are_counted_once(self) -> None:
        found = duties([A, "甲局", "3月底前", ""], [B, "", "", ""], [C, "乙局", "——", ""])
        assert the(found, "no_lead").message == "表中有牵头单位一栏，但 1 项任务未写明：第2项"
        assert the(found, "no_deadline").computed == 1

    def test_a_column_that_nobody_fills_is_no_gap(self) -> None:
        assert "no_deadline" not in rules(duties([A, "甲局", "", "报告"], [B, "乙局", "", "报告"]))

    def test_the_same_evidence_required_twice(self) -> None:
        found = duties([A, "甲局", "3月", "活动照片3张、工作总结1份"], [B, "乙局", "3月", "活动照片3张、工作总结1份"])
        finding = the(found, "evidence_repeated")
        assert (finding.severity, finding.computed) == ("info", Decimal(2))
        assert "evidence_repeated" not in rules(duties([A, "甲局", "3月", "照片"], [B, "乙局", "3月", "照片"]))

    def test_one_evidence_cell_over_two_rows_counts_once(self) -> None:
        rows: list[Row] = [["1", A, "甲局", "3月", ("活动照片3张、工作总结1份", 2, 1)], ["2", B, "乙局", "3月"]]
        assert "evidence_repeated" not in rules(notice(drawn(DUTIES, *rows)))

    @pytest.mark.parametrize(
        "text",
        ["2021年底前建成职工书屋并开放。", "组织2021年春节慰问活动并做好记录。"],
    )
    def test_a_year_gone_by(self, text: str) -> None:
        assert "2021年" in the(duties([text, "甲局", "3月", ""]), "stale_year").message

    def test_years_gone_by_are_named_in_turn(self) -> None:
        text = "2021年底前建成职工书屋，2020年底前建成文化广场。"
        assert "此处写的是2020年、2021年：" in the(duties([text, "甲局", "3月", ""]), "stale_year").message

    @pytest.mark.parametrize(
        "text",
        [
            "按照《2021年行动方案》推进落实各项工作。",
            "2022年底前建成职工书屋并开放。",
            "2020年以来获得市级以上荣誉的予以加分。",
            "近年来（2019-2021年）无违法违纪案件发生。",
            "2021年评为市级文明单位的予以保留。",
        ],
    )
    def test_a_year_that_belongs_there(self, text: str) -> None:
        assert "stale_year" not in rules(duties([text, "甲局", "3月", ""]))


def test_a_mark_that_nobody_explained() -> None:
    rows: list[Row] = [[str(n), text, "★", "√"] for n, text in enumerate((A, B, C, A + B, B + C, A + C), 1)]
    rows[1] = ["2", B, "√", "※"]
    found = notice(drawn(("序号", "任务", "甲局", "乙局"), *rows))
    assert "※" in the(found, "unknown_mark").message


def test_body_and_annex_in_other_words() -> None:
    body = [A, B, C, "建立诚信红黑名单制度，定期发布信用信息。", "开展文明交通劝导活动，倡导绿色低碳出行。"]
    rows: list[Row] = [[str(n), text] for n, text in enumerate(body, 1)]
    rows[4] = ["5", "开展文明交通劝导，倡导绿色出行，每月组织一次志愿服务。"]
    lines = [f"{n}.{text}" for n, text in enumerate(body, 1)]
    found = notice("一、主要任务", *lines, drawn(("序号", "任务要求"), *rows))
    assert "正文第 5 条" in the(found, "body_differs").message
    rows[4] = ["5", body[4]]
    assert "body_differs" not in rules(notice("一、主要任务", *lines, drawn(("序号", "任务要求"), *rows)))


@pytest.mark.parametrize(
    ("cell", "reported"),
    [("参加志愿服务的人数占总人数的比例≥85%。", True), ("参加志愿服务的人数占总人数的比例>85%，", False)],
)
def test_body_and_annex_differ_by_an_operator_and_not_by_a_stop(cell: str, reported: bool) -> None:
    body = [A, B, C, "建立诚信红黑名单制度，定期发布信用信息。", "参加志愿服务的人数占总人数的比例>85%。"]
    rows: list[Row] = [[str(n), text] for n, text in enumerate([*body[:4], cell], 1)]
    found = notice("一、主要任务", *(f"{n}.{t}" for n, t in enumerate(body, 1)), drawn(("序号", "任务要求"), *rows))
    assert ("body_differs" in rules(found)) is reported
