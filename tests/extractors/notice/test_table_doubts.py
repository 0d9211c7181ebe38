"""Doubtful tables are told with both readings, tables without tasks say why, stale layouts are errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from extractors.corrections import Correction
from extractors.document import Document, Paragraph, Table
from extractors.layouts import ConfirmedLayout, settle_layout
from extractors.notice import build_extraction, pipeline
from extractors.notice.table_doubts import MIN_CONFIDENCE
from extractors.records import Extraction, FindingRow
from extractors.tables.clean_table import CleanTable, TableKind, clean_tables
from tests.extractors.notice.build import HEAD, drawn

A = "健全领导机构，明确专人负责，定期研究部署工作。"
B = "广泛开展宣传教育活动，营造浓厚的创建氛围。"
C = "组织志愿服务，每人每年不少于二十小时。"
TASKS = drawn(["测评标准", "分值", "责任科室"], [A, "2", "办公室"], [B, "3", "宣传科"], [C, "4", "办公室"])
UNREAD = replace(
    drawn(["编次", "工作事宜", "由谁来办"], ["1", A, "甲组"], ["2", B, "乙组"], ["3", C, "丙组"]),
    locator="没有读懂的表",
)
ROSTER = drawn(["姓名", "性别", "职务"], ["张三", "男", "局长"], ["李四", "女", "科长"])
FILE = "甲/通知.docx"


def read(
    *blocks: Table | str, layouts: Sequence[ConfirmedLayout] = (), corrections: Sequence[Correction] = ()
) -> Extraction:
    made = [Paragraph(b, f"第{i}段") if isinstance(b, str) else b for i, b in enumerate([*HEAD, *blocks], 1)]
    return build_extraction(Document("docx", tuple(made)), b"x", corrections, layouts, FILE)


@contextmanager
def judged(monkeypatch: pytest.MonkeyPatch, *values: float | None, **texts: Any) -> Iterator[None]:
    """The tables of a notice are read with these confidences."""
    real = clean_tables

    def with_confidence(*given: Any) -> list[Any]:
        return [replace(t, confidence=v, **texts) for t, v in zip(real(*given), values, strict=True)]

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "clean_tables", with_confidence)
        yield


@pytest.fixture(autouse=True)
def unknown_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table `UNREAD` is not understood unless a person said what its columns are."""

    def not_understood(
        document: Document, titles: Sequence[str | None], layouts: Sequence[ConfirmedLayout]
    ) -> list[CleanTable]:
        return [
            replace(table, kind=TableKind.OTHER)
            if table.locator == UNREAD.locator and not settle_layout(layouts, table.columns, table.ordinal)
            else table
            for table in clean_tables(document, titles, layouts)
        ]

    monkeypatch.setattr(pipeline, "clean_tables", not_understood)


def of_rule(found: Extraction, rule: str) -> list[FindingRow]:
    return [row for row in found.findings if row.rule == rule]


class TestDoubt:
    def test_both_readings_and_the_remedy_are_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        texts = {"reading": "“测评标准”是任务要求。", "alternative": "“测评标准”是评分办法。"}
        with judged(monkeypatch, 0.5, **texts):
            found = read("测评细则", TASKS)
        (finding,) = of_rule(found, "layout_doubt")
        assert finding.severity == "warning"
        assert (finding.table_id, finding.locator) == (found.tables[0].table_id, TASKS.locator)
        assert (
            "表1“测评细则”的版式存疑，现读作：“测评标准”是任务要求；另一种可能：“测评标准”是评分办法。"
            in finding.message
        )
        assert "wenming review" in finding.message
        assert "版式.csv" in finding.message
        assert (found.tables[0].confidence, found.tables[0].reading, found.tables[0].alternative) == (
            0.5,
            *texts.values(),
        )

    def test_only_below_the_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for value, count in ((MIN_CONFIDENCE, 0), (MIN_CONFIDENCE - 0.01, 1), (None, 0)):
            with judged(monkeypatch, value):
                assert len(of_rule(read("测评细则", TASKS), "layout_doubt")) == count

    def test_the_notice_is_as_sure_as_the_least_of_its_large_tables(self, monkeypatch: pytest.MonkeyPatch) -> None:
        small = drawn(["活动", "地点"], ["甲", "乙"])
        large = drawn(["测评标准", "责任科室"], *([A, "办公室"] for _ in range(8)))
        for tables, values, want in (
            ((large, TASKS), (0.9, 0.7), 0.7),
            ((large, small), (0.9, 0.1), 0.9),
            ((large, TASKS), (0.9, None), 0.9),
            ((large,), (None,), None),
        ):
            with judged(monkeypatch, *values):
                blocks = [block for n, one in enumerate(tables) for block in (f"附件{n + 1} 细则{n + 1}", one)]
                assert read(*blocks).notice.confidence == want
        assert read("全市各单位要高度重视。").notice.confidence is None


class TestReview:
    def test_sentences_without_tasks_want_a_review(self) -> None:
        found = read("安排", UNREAD)
        assert found.tasks == []
        assert found.review_reason == "表1“安排”写有成句的要求，但没有读出任务"

    def test_also_beside_a_table_with_tasks(self) -> None:
        found = read("附件1 测评细则", TASKS, "附件2 安排", UNREAD)
        assert len(found.tasks) == 3
        assert found.review_reason is not None

    def test_a_table_of_task_headers_whose_rows_are_none_wants_one_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        notes = ConfirmedLayout(
            FILE, None, ("测评标准", "分值", "责任科室"), None, {}, dict.fromkeys((A, B, C), "note")
        )
        found = read("测评细则", TASKS, layouts=[notes])
        (finding,) = of_rule(found, "form_text")
        assert (found.tasks, finding.severity) == ([], "warning")
        assert found.review_reason is not None

    def test_a_decision_of_a_person_ends_it(self) -> None:
        (finding,) = of_rule(read("安排", UNREAD), "form_text")
        dismissal = Correction(
            finding.locator or "", "findings.form_text", finding.message, "无需处理", "须知", "甲", "2026-11-01"
        )
        assert read("安排", UNREAD, corrections=[dismissal]).review_reason is None
        accepted = ConfirmedLayout(FILE, None, (), 1, {"1": "serial", "2": "other", "3": "party"}, accepted=True)
        found = read("安排", UNREAD, layouts=[accepted])
        (finding,) = of_rule(found, "form_text")
        assert (found.review_reason, finding.severity) == (None, "info")
        assert finding.message.startswith("经人工认定，这张表不含任务；有 ")

    def test_doubtful_tables_alone_want_one_where_none_gave_a_task(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with judged(monkeypatch, 0.3):
            assert read("名单", ROSTER).review_reason == "表1“名单”的版式存疑，没有读出任务"
            assert read("测评细则", TASKS).review_reason is None
        with judged(monkeypatch, 0.3, None):
            assert read("名单", ROSTER, "测评细则", TASKS).review_reason is None

    def test_a_short_list_of_sentences_wants_one_and_a_text_in_a_frame_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with judged(monkeypatch, None, kind=TableKind.OTHER):
            short = drawn(["编次", "工作事宜"], ["甲", A], ["乙", B])
            assert read("安排", short).review_reason is not None
            assert read("安排", drawn(["编次", "事宜"], ["甲", A], ["乙", "略"], ["丙", "略"])).review_reason is None
            assert read("说明", drawn([A])).review_reason is None

    def test_tasks_of_the_running_text_are_tasks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        duty = "1.组织集体学习不少于12次。（牵头领导：崔克辉；责任科室：宣传科；配合科室：人事科；完成时限：12月底前）"
        with judged(monkeypatch, 0.3):
            found = read("一、主要任务", "（一）强化学习", duty, "名单", ROSTER)
        assert len(found.tasks) == 1
        assert found.review_reason is None

    def test_a_notice_as_usual_wants_none(self) -> None:
        assert read("测评细则", TASKS).review_reason is None


class TestTablesWithoutTasks:
    @pytest.mark.parametrize(
        ("title", "table", "reason"),
        [
            ("领导小组名单", ROSTER, "这是人员名单，不含任务"),
            ("文明单位申报表", drawn(["单位名称", ""], ["地址", ""]), "这是申报、推荐一类的表，不含任务"),
            (
                "报送表",
                drawn(["序号", "活动名称", "活动时间", "备注"], ["1", "示例", "", ""], ["2", "", "", ""]),
                "这是留空待填的表，不含任务",
            ),
            (
                "须知",
                drawn(["编次", "须知"], ["1", A], ["2", "略"], ["3", "略"]),
                "这张表只有 1 格成句的文字，没有当作任务",
            ),
            ("报送表", drawn(["编次", "物品"], ["1", "帐篷"], ["2", "桌椅"]), "这张表没有成句的要求，不含任务"),
        ],
    )
    def test_the_reason_is_told(self, title: str, table: Table, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with judged(monkeypatch, None, kind=TableKind.ROSTER if table is ROSTER else TableKind.OTHER):
            found = read(title, table)
        (finding,) = of_rule(found, "form_text")
        assert (found.tasks, finding.severity) == ([], "info")
        assert finding.message.startswith(reason)


class TestConfirmedLayouts:
    def test_the_role_that_a_person_gave_makes_tasks(self) -> None:
        layout = ConfirmedLayout(FILE, None, ("编次", "工作事宜", "由谁来办"), None, {"工作事宜": "requirement"})
        found = read("安排", UNREAD, layouts=[layout])
        assert [task.requirement for task in found.tasks] == [A, B, C]
        assert (found.tables[0].confidence, found.review_reason) == (1.0, None)
        assert of_rule(found, "correction_stale") == []

    def test_it_holds_for_the_next_notice_of_the_issuer(self) -> None:
        issuer = read().notice.issuer
        layout = ConfirmedLayout("旧.docx", issuer, ("编次", "工作事宜", "由谁来办"), 7, {"工作事宜": "requirement"})
        found = read("安排", UNREAD, layouts=[layout, replace(layout, issuer="另一机关")])
        assert len(found.tasks) == 3
        assert of_rule(found, "correction_stale") == []
        assert read("安排", UNREAD, layouts=[replace(layout, issuer="另一机关")]).tasks == []

    def test_the_issuer_may_be_a_corrected_one(self) -> None:
        issuer = read().notice.issuer
        corrected = Correction("整份通知", "notices.issuer", issuer or "", "丙市文明办", "核对", "甲", "2026-11-01")
        layout = ConfirmedLayout(
            None, "丙市文明办", ("编次", "工作事宜", "由谁来办"), None, {"工作事宜": "requirement"}
        )
        assert len(read("安排", UNREAD, layouts=[layout], corrections=[corrected]).tasks) == 3

    @pytest.mark.parametrize(
        ("layout", "problem"),
        [
            (ConfirmedLayout(FILE, None, ("甲", "乙"), None, {"甲": "lead"}), "本文件中没有表头为“甲｜乙”的表"),
            (ConfirmedLayout(FILE, None, (), 4, {"1": "lead"}), "本文件中没有第 4 张表"),
            (ConfirmedLayout(FILE, None, (), 1, {"9": "lead"}), "第 1 张表没有“9”这一列"),
            (ConfirmedLayout(FILE, None, (), 1, {}, {"一": "section"}), "第 1 张表没有“一”这一行"),
        ],
    )
    def test_one_that_no_longer_fits_is_an_error(self, layout: ConfirmedLayout, problem: str) -> None:
        (finding,) = of_rule(read("测评细则", TASKS, layouts=[layout]), "correction_stale")
        assert finding.severity == "error"
        assert f"版式认定未生效：{problem}" in finding.message
