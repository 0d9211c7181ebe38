"""Published numbers are checked; differences are reported with their place, equal numbers are not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.document import Document, Paragraph, ReadNote
from extractors.notice import build_extraction
from extractors.notice.findings import Findings, format_points, quote
from extractors.notice.table_doubts import MIN_CONFIDENCE
from extractors.records import Extraction, FindingRow, Severity
from tests.extractors.notice.build import drawn, notice, rules
from tests.extractors.tables.build import Row

A = "健全领导机构，明确专人负责，定期研究部署工作。"
B = "广泛开展宣传教育活动，营造浓厚的创建氛围。"
HEADER = ("一级指标", "二级指标", "测评标准", "分值")


def the(found: Extraction, rule: str) -> FindingRow:
    (finding,) = [f for f in found.findings if f.rule == rule]
    assert finding.notice_id == found.notice.notice_id
    return finding


def rubric(total: str, first: str, second: str, *scores: str) -> Extraction:
    return notice(
        "细则",
        drawn(
            HEADER,
            [(f"甲{total}", 3, 1), (f"子{first}", 2, 1), A, scores[0]],
            [B, scores[1]],
            [f"丑{second}", A + B, scores[2]],
        ),
    )


class TestSums:
    def test_points_that_add_up_are_not_reported(self) -> None:
        assert rules(rubric("（9分）", "（5分）", "（4分）", "3", "2", "4")) == []

    def test_a_heading_against_its_parts(self) -> None:
        found = rubric("（10分）", "（5分）", "（4分）", "3", "2", "")
        finding = the(found, "heading_vs_parts")
        assert (finding.severity, finding.declared, finding.computed) == ("warning", Decimal(10), Decimal(9))
        assert finding.message == "“甲”标明 10 分，下级指标之和为 9 分"

    def test_a_heading_with_a_part_without_points_is_not_checked_against_them(self) -> None:
        assert "heading_vs_parts" not in rules(rubric("（10分）", "（5分）", "", "3", "2", "5"))

    def test_a_heading_against_the_scores_below(self) -> None:
        found = rubric("", "（6分）", "（4分）", "3", "2.5", "4")
        finding = the(found, "heading_vs_tasks")
        assert (finding.declared, finding.computed) == (Decimal(6), Decimal("5.5"))
        assert finding.table_id == found.tables[0].table_id
        assert finding.locator == "第2行第2列"

    def test_a_heading_without_scores_below_is_not_checked(self) -> None:
        assert "heading_vs_tasks" not in rules(rubric("", "（6分）", "", "", "", ""))

    @pytest.mark.parametrize(("text", "reported"), [("（2分）", False), ("（1分）", True), ("", False)])
    def test_awards_inside_against_the_score_cell(self, text: str, reported: bool) -> None:
        found = notice("细则", drawn(["测评标准", "分值"], [A + text, "2"], [B, "3"]))
        assert ("inline_vs_points" in rules(found)) is reported

    def test_awards_of_all_rows_of_a_shared_cell_count_together(self) -> None:
        rows: list[Row] = [[A + "（2分）", ("5", 2, 1)], [B + "（3分）"], [A, "1"]]
        assert rules(notice("细则", drawn(["测评标准", "分值"], *rows))) == []


class TestTotals:
    def rows(self, first: str, last: str) -> Extraction:
        rows = [[A, "5"], [B, "3"], ["小计", first], [A + B, "4"], ["合计", last]]
        return notice("细则", drawn(["测评标准", "分值"], *rows))

    def test_right_totals_are_not_reported(self) -> None:
        assert "total_vs_tasks" not in rules(self.rows("8", "12"))

    def test_a_sub_total_counts_rows_since_the_last(self) -> None:
        assert "total_vs_tasks" not in rules(self.rows("8", "4"))

    def test_wrong_totals(self) -> None:
        finding = the(self.rows("9", "12"), "total_vs_tasks")
        assert (finding.declared, finding.computed) == (Decimal(9), Decimal(8))
        assert finding.locator == "第4行第2列"

    def test_totals_above_their_items(self) -> None:
        def totals(of_all: str, of_first: str) -> Extraction:
            return notice(
                "细则",
                drawn(
                    ["测评项目", "测评标准", "分值"],
                    [("总分", 1, 2), of_all],
                    ["小计", "", of_first],
                    ["组织领导", A, "6"],
                    ["", B, "4"],
                    ["小计", "", "5"],
                    ["阵地建设", A + B, "5"],
                ),
            )

        assert "total_vs_tasks" not in rules(totals("15", "10"))
        assert the(totals("16", "10"), "total_vs_tasks").message == "合计行标明 16 分，以下各项分值之和为 15 分"

    def test_a_total_below_its_items_is_not_excused_by_those_that_follow(self) -> None:
        assert "total_vs_tasks" in rules(self.rows("4", "12"))

    def test_a_total_without_number_is_not_checked(self) -> None:
        assert "total_vs_tasks" not in rules(self.rows("", ""))


class TestGaps:
    def test_a_task_nobody_owns(self) -> None:
        found = notice("清单", drawn(["主要任务", "责任单位"], [A, "办公室"], [B, "----"]))
        finding = the(found, "no_party")
        assert finding.severity == "info"
        assert finding.task_id == found.tasks[1].task_id
        assert B in finding.message

    def test_without_a_department_column_there_is_no_gap(self) -> None:
        assert rules(notice("细则", drawn(["测评标准", "分值"], [A, "2"], [B, "3"]))) == []

    def test_a_numbered_row_of_evidence_without_text(self) -> None:
        rows: list[Row] = [
            ["1", A, "制度文件"],
            ["2", "", "活动照片2张"],
            ["3", B, "宣传照片"],
            ["4", A + B, "签到表复印件"],
        ]
        found = notice("清单", drawn(["序号", "测评标准", "佐证材料"], *rows))
        finding = the(found, "no_requirement")
        assert finding.severity == "error"
        assert finding.task_id == found.tasks[1].task_id
        assert found.tasks[1].evidence == "活动照片2张"

    def test_an_unknown_header_word_and_how_it_was_understood(self) -> None:
        found = notice(
            "清单", drawn(["主要任务", "某某", "完成时限"], [A, "县教育局", "3月"], [B, "县公安局、团县委", "4月"])
        )
        finding = the(found, "unknown_header")
        assert "某某" in finding.message
        assert finding.message == "表头“某某”不在词表中，按内容理解为责任单位，请核对"
        assert finding.table_id == found.tables[0].table_id

    @pytest.mark.parametrize(("confidence", "severity"), [(MIN_CONFIDENCE, "info"), (0.79, "warning")])
    def test_an_unknown_header_word_is_a_warning_where_the_table_is_doubtful(
        self, confidence: float, severity: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        table = drawn(["主要任务", "某某", "完成时限"], [A, "县教育局", "3月"], [B, "县公安局、团县委", "4月"])
        monkeypatch.setattr("extractors.tables.clean_table.confidence", lambda _: confidence)
        monkeypatch.setattr("extractors.tables.clean_table.posterior", lambda *_: 1.0)
        assert the(notice("清单", table), "unknown_header").severity == severity

    def test_an_unknown_header_word_of_several_tables_is_reported_once_with_their_number(self) -> None:
        one = drawn(["主要任务", "某某", "完成时限"], [A, "县教育局", "3月"], [B, "县公安局、团县委", "4月"])
        known = drawn(["主要任务", "责任单位"], [A, "办公室"])
        found = notice("清单一", one, "清单二", one, "清单三", known, "清单四", one)
        assert [t.kind for t in found.tables] == ["task_list"] * 4
        finding = the(found, "unknown_header")
        assert "“某某”（共 3 张表）不在词表中" in finding.message
        assert (finding.table_id, finding.locator) == (found.tables[0].table_id, one.locator)

    def test_every_unknown_header_word_has_its_finding(self) -> None:
        tables = [
            drawn(["主要任务", word, "完成时限"], [A, "县教育局", "3月"], [B, "县公安局、团县委", "4月"])
            for word in ("某某", "某甲")
        ]
        found = notice("清单一", tables[0], "清单二", tables[1])
        reported = [f for f in found.findings if f.rule == "unknown_header"]
        assert [f.table_id for f in reported] == [t.table_id for t in found.tables]
        assert all("张表" not in f.message for f in reported)


class TestWhatIsLeftOver:
    def test_a_note_row_is_quoted(self) -> None:
        found = notice("清单", drawn(["主要任务", "责任单位"], [A, "办公室"], [("注：逾期不予受理。", 1, 2)]))
        assert "注：逾期不予受理。" in the(found, "note_row").message

    def test_rows_of_a_form_are_quoted(self) -> None:
        form = drawn(["序号", "活动名称", "活动时间", "备注"], ["1", "示例活动", "", ""], ["2", "", "", ""])
        found = notice("报送表", form)
        assert found.tasks == []
        finding = the(found, "form_text")
        assert "“示例活动”" in finding.message
        assert finding.locator == form.locator

    def test_a_long_list_that_holds_no_task_is_one_finding_with_the_number_of_its_cells(self) -> None:
        rows = [[str(n), f"活动{n:03d}", "三楼会议室", ""] for n in range(1, 201)]
        form = drawn(["序号", "活动名称", "活动地点", "备注"], *rows)
        found = notice("报送表", form)
        assert found.tasks == []
        finding = the(found, "form_text")
        held = [c.text for c in found.cells if c.row >= 0 and c.text and not c.text.isdigit()]
        assert f"{len(held)} 格文字（{sum(map(len, held))} 字）" in finding.message
        assert "“活动001”、“三楼会议室”、“活动002”等" in finding.message
        assert (finding.severity, finding.table_id) == ("info", found.tables[0].table_id)
        assert finding.locator == form.locator
        assert found.chars_accounted == found.chars_total

    def test_every_table_without_tasks_has_its_own_finding_and_long_texts_are_shortened(self) -> None:
        name = "迎新春文艺展演及非遗展示" * 25
        form = drawn(["序号", "姓名", "职务", "联系电话"], ["1", name, "", ""], ["2", "", "", ""])
        found = notice("报送表一", form, "报送表二", form)
        reported = [f for f in found.findings if f.rule == "form_text"]
        assert [f.table_id for f in reported] == [t.table_id for t in found.tables]
        assert all("1 格文字（300 字）" in f.message and len(f.message) < 120 for f in reported)

    @pytest.mark.parametrize(
        "texts",
        [
            [f"第{n}组负责办理来信来访，当日登记。" for n in "甲乙丙"],
            ["每季度调研不少于1次。", "专题会议全年不少于2次。", "志愿者占80%以上，人均不少于20小时。"],
        ],
    )
    def test_sentences_under_headers_that_nobody_knows_are_tasks(self, texts: list[str]) -> None:
        rows = [[str(i), text, f"{n}组"] for i, (text, n) in enumerate(zip(texts, "甲乙丙", strict=True), 1)]
        found = notice("安排", drawn(["编次", "工作事宜", "由谁来办"], *rows))
        assert [t.requirement for t in found.tasks] == texts
        assert found.tables[0].kind == "task_list"
        is_sure = (found.tables[0].confidence or 0) >= MIN_CONFIDENCE
        severity = "info" if is_sure else "warning"
        assert [f.severity for f in found.findings if f.rule == "unknown_header"] == [severity] * 3
        assert "form_text" not in rules(found)

    def test_rows_above_the_header_that_are_no_title_are_quoted(self) -> None:
        rows = [["被测评单位", "某单位", ""], ["测评标准", "分值", "责任科室"], [A, "2", "办公室"], [B, "3", "宣传科"]]
        found = notice("细则", drawn(*rows))
        assert "某单位" in " ".join(f.message for f in found.findings)

    def test_what_the_reader_saw_is_passed_on(self) -> None:
        note = ReadNote("picture", "此处有图片", "第3段")
        found = build_extraction(Document("docx", (Paragraph("关于印发方案的通知", "第1段"),), (note,)), b"x")
        assert [(f.rule, f.severity, f.message, f.locator) for f in found.findings] == [
            ("picture", "warning", "此处有图片", "第3段")
        ]


def test_ids_follow_the_order() -> None:
    findings = Findings("n1")
    findings.add("a", Severity.INFO, "甲")
    findings.add("b", Severity.INFO, "乙")
    assert [r.finding_id for r in findings.rows] == ["n1-f0001", "n1-f0002"]


def test_quotes_and_numbers() -> None:
    assert quote("甲") == "“甲”"
    assert len(quote("甲" * 1000)) < 250
    assert quote("甲" * 300 + "乙").endswith("乙”")
    assert [format_points(Decimal(x)) for x in ("5.00", "100", "0.50")] == ["5", "100", "0.5"]
    assert format_points(None) == "无"


def test_an_informational_reader_note_is_no_warning() -> None:
    findings = Findings("n1")
    findings.add_reader_notes(
        [ReadNote("publication", "网页标注的来源：甲", "整个文件"), ReadNote("lost_part", "缺", "乙")]
    )
    assert [(f.rule, f.severity) for f in findings.rows] == [("publication", "info"), ("lost_part", "warning")]
