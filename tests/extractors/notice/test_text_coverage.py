"""Nothing lost: recomputed from records and findings alone, over random tables."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors import extract
from extractors.records import Extraction

WORDS = [
    "组织领导",
    "1.开展学习教育活动，提供图片2张（1分）。",
    "办公室",
    "人事科、综合科",
    "3月上旬",
    "材料审核",
    "2",
    "5分",
    "",
    "",
    "合计",
    "注：以上均须提供",
    "----",
    "一、基础（10分）",
    "Ⅱ-3氛围（4分）",
    "x1#",
    "同上",
]
HEADERS = [
    "序号",
    "测评项目",
    "测评内容",
    "测评标准",
    "材料要求",
    "测评方法",
    "分值",
    "责任科室",
    "责任人",
    "完成时限",
    "备注",
    "自评分",
    "某项",
]


def markdown(header: list[str], rows: list[list[str]]) -> bytes:
    lines = ["| " + " | ".join(row) + " |" for row in [header, *rows]]
    lines.insert(1, "|" + "---|" * len(header))
    return ("关于印发方案的通知\n\n清单\n\n" + "\n".join(lines)).encode()


def texts_of(found: Extraction) -> Counter[str]:
    """Every character that some record or finding holds, or a cell of a table whose finding counts its cells."""
    counted = {f.table_id for f in found.findings if f.rule == "form_text"}
    texts = [
        repr(r)
        for rows in (found.tables, found.indicators, found.tasks, found.task_parties, found.members, found.findings)
        for r in rows
    ]
    texts += [c.text for c in found.cells if c.table_id in counted]
    return Counter("".join(texts))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(HEADERS), min_size=2, max_size=7, unique=True).flatmap(
        lambda header: st.tuples(
            st.just(header),
            st.lists(
                st.lists(st.sampled_from(WORDS), min_size=len(header), max_size=len(header)), min_size=1, max_size=7
            ),
        )
    )
)
def test_every_character_of_a_table_is_in_a_record_or_a_finding(drawn: tuple[list[str], list[list[str]]]) -> None:
    header, rows = drawn
    found = extract(markdown(header, rows), "notice.md")
    assert found.chars_accounted == found.chars_total
    have = texts_of(found)
    cells = {c.text for c in found.cells} - {"同上"}  # replaced by what it refers to
    lost = [
        c
        for text in cells
        for c in text
        if c.strip() and c not in have and c not in "、，。；：（）-—|/0123456789一分.%"
    ]
    assert not lost


def test_debris_and_unread_text_are_quoted() -> None:
    found = extract(markdown(["测评标准", "责任科室"], [["开展学习教育活动，提供图片2张。", "W175 PT"]]), "notice.md")
    (finding,) = [f for f in found.findings if f.rule == "debris"]
    assert "W175 PT" in finding.message
    assert finding.locator is not None


def test_a_figure_in_the_column_of_points_that_gives_none_is_told() -> None:
    duties = ["开展学习教育活动，提供图片2张。", "设置公益广告，内容每月更新。", "成立领导小组，有专人负责。"]
    rows = [[str(n), duty, points] for n, (duty, points) in enumerate(zip(duties, ["1—3", "5", "8-"], strict=True), 1)]
    found = extract(markdown(["序号", "测评标准", "分值"], rows), "notice.md")
    assert [task.points for task in found.tasks] == [3, 5, None]
    (finding,) = [f for f in found.findings if f.rule == "unread_text"]
    assert (finding.severity, finding.message) == ("warning", "分值栏的这格没有读出分值，请核对：“8-”")
