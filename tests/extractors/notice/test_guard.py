"""A grammar that fails costs its field: the notice loads, and one finding of severity error tells where."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors import extract
from extractors.document import Table
from extractors.notice import derived_facts
from extractors.notice.findings import Findings, Guard
from extractors.records import Extraction, FindingRow, Rule
from tests.extractors.notice.build import notice
from tests.extractors.notice.test_properties import reading, tables
from tests.extractors.tables.build import table

HEADER = ["测评项目", "测评内容", "材料要求", "测评方法", "分值", "责任科室", "责任人", "完成时限", "评分标准"]
FIRST = [
    "阵地建设",
    "1.建好志愿服务站不少于3个（2分）。",
    "照片2张",
    "材料审核",
    "2",
    "宣传科",
    "卢昕",
    "3月底前",
    "少一个扣1分",
]
NEXT = ["阵地建设", "2.每季度开展活动1次。", "总结1份", "实地考察", "3", "人事科", "余澄", "6月底前", "未开展的不得分"]
DUTY = "1.开展宣讲活动（责任科室：宣传科；责任人：卢昕；完成时限：9月底前）"


def letter() -> Extraction:
    return notice("一、主要任务", DUTY, "附件：任务分解表", table(HEADER, FIRST, NEXT))


def errors(found: Extraction) -> list[FindingRow]:
    return [one for one in found.findings if one.rule == Rule.FIELD_UNREADABLE]


def failing(original: Callable[..., object], when: str) -> Callable[..., object]:
    """`original`, except that it raises for texts that hold `when`."""

    def read(*args: object, **named: object) -> object:
        if any(isinstance(one, str) and when in one for one in args):
            raise KeyError(when)
        return original(*args, **named)

    return read


@pytest.mark.parametrize(
    ("place", "when", "field", "emptied"),
    [
        ("derived_facts.read_deadlines", "3月底", "完成时限", "task_deadlines"),
        ("derived_facts.read_evidence", "照片2张", "材料要求", "task_evidence"),
        ("derived_facts.read_thresholds", "不少于3个", "量化指标", "task_thresholds"),
        ("derived_facts.read_scoring", "少一个扣1分", "评分规则", "scoring_rules"),
        ("tasks.read_units", "宣传科", "责任单位", "task_parties"),
        ("tasks.split_persons", "卢昕", "责任人", ""),
        ("tasks.split_methods", "材料审核", "测评方法", ""),
        ("tasks.split_label", "志愿服务站", "任务编号", ""),
        ("tasks.inline_points", "志愿服务站", "括注分值", ""),
        ("prose_tasks.read_units", "宣传科", "责任单位", "task_parties"),
        ("prose_tasks.split_persons", "卢昕", "责任人", ""),
        ("prose_tasks.inline_points", "宣讲活动", "括注分值", ""),
        ("section_fields.read_heading", "阵地建设", "指标名称", ""),
    ],
)
def test_one_fault_costs_one_field(
    monkeypatch: pytest.MonkeyPatch, place: str, when: str, field: str, emptied: str
) -> None:
    whole = letter()
    module, name = place.split(".")
    room = import_module(f"extractors.notice.{module}")
    # what another test has read of these texts is not read again
    derived_facts._evidence_of.cache_clear()
    derived_facts._thresholds_of.cache_clear()
    monkeypatch.setattr(room, name, failing(getattr(room, name), when))
    found = letter()
    reported = errors(found)
    assert reported
    assert {one.severity for one in reported} == {"error"}
    assert all(f"“{field}”无法解析" in one.message and when[:3] in one.message and one.locator for one in reported)
    assert len({(one.task_id, one.locator) for one in reported}) == len(reported) == 1
    assert [task.task_id for task in found.tasks] == [task.task_id for task in whole.tasks]
    for kind in ("task_deadlines", "task_evidence", "task_thresholds", "scoring_rules", "task_parties"):
        have, had = ([(row.task_id, row.ordinal) for row in getattr(one, kind)] for one in (found, whole))
        lost = [key for key in had if key not in have]
        assert have == [key for key in had if key not in lost]
        assert {task_id for task_id, _ in lost} == ({reported[0].task_id} if kind == emptied else set())


@pytest.mark.parametrize(
    ("target", "field"),
    [
        ("extractors.notice.metadata._place", "行政区划"),
        ("extractors.notice.metadata._issued_on", "成文日期"),
        ("extractors.notice.metadata.read_award", "荣誉名称"),
        ("extractors.notice.pipeline.read_stages", "实施步骤"),
        ("extractors.notice.pipeline.read_footnotes", "脚注"),
        ("extractors.notice.pipeline.read_clauses", "正文条款"),
        ("extractors.notice.pipeline.read_requirements", "正文任务"),
        ("extractors.notice.pipeline.read_general_rules", "通用规则"),
        ("extractors.notice.pipeline.build_lexicon", "单位和人员名称"),
        ("extractors.notice.derived_facts.classify", "主题"),
    ],
)
def test_a_fault_of_the_body_leaves_the_table(monkeypatch: pytest.MonkeyPatch, target: str, field: str) -> None:
    def read(*_: object) -> NoReturn:
        raise ValueError("a slip")

    module, _, name = target.rpartition(".")
    monkeypatch.setattr(import_module(module), name, read)
    found = letter()
    assert [one.message.split("”")[0] for one in errors(found)] == [f"“{field}"]
    assert [task.points for task in found.tasks if task.table_id] == [2, 3]


def test_want_of_memory_is_no_fault_of_a_field() -> None:
    def read() -> NoReturn:
        raise MemoryError

    guard = Guard(Findings("n1"))
    with pytest.raises(MemoryError):
        guard("完成时限", read, None)
    assert guard.findings.rows == []


def test_a_long_text_is_quoted_short() -> None:
    guard = Guard(Findings("n1"))
    assert guard("完成时限", lambda: int("十"), 7, text="长" * 5000, locator="第3行第2列") == 7
    (reported,) = guard.findings.rows
    assert len(reported.message) < 300
    assert "（第3行第2列）" in reported.message


@pytest.mark.parametrize(
    "slip", ["十十日", "10月十十日前", "十十月底前", "二十十、", "0月", "13月", "3月32日", "9" * 400]
)
def test_a_slip_in_a_date_never_costs_the_notice(slip: str) -> None:
    page = f"""关于印发临江市文明单位创建任务分解表的通知

| 测评项目 | 测评内容 | 分值 | 责任科室 | 完成时限 |
|---|---|---|---|---|
| 阵地建设 | 建好志愿服务站。 | 2 | 宣传科 | {slip} |
| 阵地建设 | {slip}开展活动。 | 3 | 人事科 | 6月底前 |
"""
    found = extract(page.encode(), "a.md")
    assert [task.points for task in found.tasks] == [2, 3]
    assert [one.starts_on or one.ends_on for one in found.task_deadlines if one.task_id == found.tasks[0].task_id] in (
        [],
        [None],
    )
    assert errors(found) == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(), st.booleans())
def test_every_id_a_finding_names_exists(given_table: Table, fails: bool) -> None:
    with pytest.MonkeyPatch.context() as patched:
        if fails:
            for name in ("read_units", "split_label", "split_persons", "split_methods"):
                patched.setattr(f"extractors.notice.tasks.{name}", failing(len, ""))
        found = reading(given_table)
    ids = {task.task_id for task in found.tasks}
    places = {one.table_id for one in found.tables}
    assert all(one.notice_id == found.notice.notice_id for one in found.findings)
    assert all(one.table_id is None or one.table_id in places for one in found.findings)
    assert all(one.task_id is None or one.task_id in ids for one in found.findings)
