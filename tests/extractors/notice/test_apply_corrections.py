"""Corrections: applied where they fit, reported where they do not; findings that a person settled."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.corrections import Correction
from extractors.document import Document, Paragraph
from extractors.notice import build_extraction
from extractors.notice.apply_corrections import InvalidValueError, check_value
from extractors.records import Extraction
from tests.extractors.notice.build import HEAD, drawn

A = "健全领导机构，明确专人负责，定期研究部署工作。"
B = "广泛开展宣传教育活动，营造浓厚的创建氛围。"
TABLE = drawn(
    ("测评项目", "测评标准", "分值", "责任科室", "责任人", "完成时限"),
    [("组织领导（6分）", 2, 1), A, "2", "办公室", "张三", "10月底前"],
    [B, "3", "宣传科", "李四", "11月底前"],
)
FIRST, SECOND = "第2行第2列", "第3行第2列"


def read(*corrections: Correction) -> Extraction:
    made = tuple(Paragraph(text, f"第{i}段") for i, text in enumerate(HEAD, 1))
    return build_extraction(Document("docx", (*made, TABLE)), b"x", corrections)


def put(locator: str, field: str, expected: str, value: str) -> Correction:
    return Correction(locator, field, expected, value, "与印发件一致", "甲", "2026-11-01")


def test_the_places_are_these() -> None:
    assert [t.locator for t in read().tasks] == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("field", "expected", "value", "want"),
    [
        ("points", "2", "3", Decimal(3)),
        ("points", "2.00分", "2.5分", Decimal("2.5")),
        ("deadline", "10 月底前", "9月底前", "9月底前"),
        ("deadline", "10月底前", "", None),
        ("requirement", A, "健全机构。", "健全机构。"),
        ("persons", "张三", "李四、王五", ["李四", "王五"]),
        ("bonus", "否", "是", True),
        ("methods", "", "材料审核、实地考察", ["材料审核", "实地考察"]),
    ],
)
def test_a_field_of_a_task(field: str, expected: str, value: str, want: object) -> None:
    found = read(put(FIRST, f"tasks.{field}", expected, value))
    task, other = found.tasks
    assert getattr(task, field) == want
    assert task.corrected == [field]
    assert other == read().tasks[1]
    assert not [f for f in found.findings if f.rule == "correction_stale"]


def test_parties_are_read_as_a_cell_is() -> None:
    found = read(put(FIRST, "tasks.parties", "办公室", "宣传科、办公室"))
    rows = [p for p in found.task_parties if p.task_id == found.tasks[0].task_id]
    assert [(p.ordinal, p.party, p.role) for p in rows] == [(1, "宣传科", "lead"), (2, "办公室", "support")]


@pytest.mark.parametrize("nobody", ["无", "——", ""])
def test_a_task_of_nobody(nobody: str) -> None:
    found = read(put(FIRST, "tasks.parties", "办公室", nobody))
    assert [p for p in found.task_parties if p.task_id == found.tasks[0].task_id] == []
    assert [f for f in found.findings if f.rule == "correction_stale"] == []


def test_units_that_nobody_can_recognise_are_refused_before_they_are_recorded() -> None:
    with pytest.raises(InvalidValueError, match="认不出责任单位"):
        check_value("tasks.parties", "A；B、A")


def test_indicators_and_the_notice_itself() -> None:
    [indicator] = read().indicators
    found = read(
        put(indicator.locator, "indicators.points", "6", "5"),
        put("整份通知", "notices.city", "", "甲州市"),
    )
    assert (found.indicators[0].points, found.indicators[0].corrected) == (Decimal(5), ["points"])
    assert (found.notice.city, found.notice.corrected) == ("甲州市", ["city"])
    # 2 and 3 add up to the corrected five: what a correction settles is no finding any more.
    assert not [f for f in found.findings if f.rule == "heading_vs_tasks"]
    assert [f for f in read().findings if f.rule == "heading_vs_tasks"]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (put(FIRST, "tasks.points", "4", "3"), "现在的值是“2”"),
        (put("表9 第1行", "tasks.points", "2", "3"), "没有这样的内容"),
        (put(FIRST, "tasks.colour", "2", "3"), "没有可以更正的字段"),
        (put(FIRST, "tasks.points", "2", "三"), "不是数字"),
        (put(FIRST, "tasks.points", "2", "-3"), "不是可用的分值"),
        (put(FIRST, "tasks.points", "2", "NaN"), "不是可用的分值"),
        (put(FIRST, "tasks.points", "2", "sNaN分"), "不是可用的分值"),
        (put(FIRST, "tasks.points", "2", "Infinity"), "不是可用的分值"),
        (put(FIRST, "tasks.points", "NaN", "3"), "不是可用的分值"),
        (put(FIRST, "tasks.points", "2", "1.2345"), "小数超过三位"),
        (put(FIRST, "tasks.points", "2", "1e-9"), "小数超过三位"),
        (put(FIRST, "tasks.topic", "creation_mechanism", "志愿服务"), "没有“志愿服务”这个主题"),
        (put(FIRST, "tasks.bonus", "否", "也许"), "只能写“是”或“否”"),
        (put(FIRST, "tasks.parties", "办公室", "A；B、A"), "认不出责任单位"),
    ],
)
def test_what_does_not_fit_changes_nothing_and_is_an_error(one: Correction, why: str) -> None:
    found = read(one)
    assert found.tasks == read().tasks
    [finding] = [f for f in found.findings if f.rule == "correction_stale"]
    assert (finding.severity, finding.locator) == ("error", one.locator)
    assert why in finding.message


def test_a_dismissed_finding_stays_with_the_person() -> None:
    [open_one] = [f for f in read().findings if f.rule == "heading_vs_tasks"]
    one = put(open_one.locator or "", "findings.heading_vs_tasks", open_one.message, "")
    [settled] = [f for f in read(one).findings if f.rule == "heading_vs_tasks"]
    assert settled.dismissed == "与印发件一致（甲，2026-11-01）"
    assert open_one.dismissed is None


def test_a_dismissal_of_what_is_no_longer_found_is_reported() -> None:
    found = read(put(FIRST, "findings.no_party", "未写明责任单位", ""))
    assert [f.severity for f in found.findings if f.rule == "dismissal_stale"] == ["info"]


def test_a_dismissal_is_no_correction_and_a_correction_no_dismissal() -> None:
    dismissed = put(FIRST, "findings.no_party", "未写明责任单位", "")
    corrected = put(FIRST, "tasks.points", "2", "3")
    assert [row.rule for row in read().findings] == ["heading_vs_tasks"]
    assert [row.rule for row in read(corrected).findings] == []
    found = read(dismissed, corrected)
    assert [row.rule for row in found.findings] == ["dismissal_stale"]
    assert found.tasks[0].points == Decimal(3)
