"""Figures that a recogniser was not certain of: a fact if a sum proves them, else NULL with a finding."""

from __future__ import annotations

import pytest

from extractors.document import Document, Paragraph, ReadNote
from extractors.notice import build_extraction
from extractors.records import Extraction, FindingRow, Rule
from tests.extractors.notice.build import HEAD, drawn, points
from tests.extractors.tables.build import Row

HEADER = ("测评项目", "测评内容", "责任科室", "分值")


def _read(rows: list[Row], **doubtful: str) -> Extraction:
    """The reading of a scanned table; `r2c4="8"`: in the second row's fourth cell the 8 is doubtful."""
    places = {f"第{key[1:].replace('c', '行第')}列": chars for key, chars in doubtful.items()}
    notes = tuple(ReadNote("low_confidence", "个别字辨认没有把握", place, chars) for place, chars in places.items())
    letter = tuple(Paragraph(text, f"第{i}段") for i, text in enumerate(HEAD, 1))
    return build_extraction(
        Document("pdf_scan", (*letter, drawn(HEADER, *rows)), notes), repr((rows, doubtful)).encode()
    )


def _found(extraction: Extraction) -> list[FindingRow]:
    return [one for one in extraction.findings if one.rule == Rule.DOUBTFUL_FIGURE]


PLAIN: list[Row] = [
    ("阵地建设", "1.建好志愿服务站，配齐设备。", "宣传科", "8"),
    ("阵地建设", "2.每季度开展学雷锋活动。", "人事科", "12"),
    ("环境整治", "3.楼道整洁，车辆有序停放。", "后勤科", "15"),
]


def _with_heading(total: str, first: str = "8") -> list[Row]:
    return [
        ((f"阵地建设（{total}分）", 2, 1), "1.建好志愿服务站，配齐设备。", "宣传科", first),
        ("2.每季度开展学雷锋活动。", "人事科", "12"),
        (("环境整治（15分）", 1, 1), "3.楼道整洁，车辆有序停放。", "后勤科", "15"),
    ]


def test_a_doubtful_figure_without_a_sum_is_no_fact() -> None:
    found = _read(PLAIN, r2c4="8")
    assert points(found) == [None, "12", "15"]
    (finding,) = _found(found)
    assert "“8”" in finding.message
    assert finding.locator == "第2行第4列"
    assert finding.task_id == found.tasks[0].task_id
    assert finding.severity == "warning"


def test_a_certain_figure_stays() -> None:
    found = _read(PLAIN)
    assert points(found) == ["8", "12", "15"]
    assert _found(found) == []


@pytest.mark.parametrize("chars", ["宣", "传科", "O"])
def test_doubtful_letters_are_no_doubtful_figures(chars: str) -> None:
    found = _read(PLAIN, r2c4=chars, r2c3=chars)
    assert points(found) == ["8", "12", "15"]
    assert _found(found) == []


@pytest.mark.parametrize("chars", ["8", "８", "B"])
def test_a_digit_is_doubtful_however_it_was_recognised(chars: str) -> None:
    assert points(_read(PLAIN, r2c4=chars)) == [None, "12", "15"]


def test_the_sum_of_the_heading_proves_a_figure() -> None:
    found = _read(_with_heading("20"), r2c4="8")
    assert points(found) == ["8", "12", "15"]
    assert _found(found) == []


def test_a_figure_that_the_sum_contradicts_is_no_fact() -> None:
    found = _read(_with_heading("18"), r2c4="8")
    assert points(found) == [None, "12", "15"]
    assert len(_found(found)) == 1
    certain = _read(_with_heading("18"))
    assert points(certain) == ["8", "12", "15"]


def test_the_sum_of_one_heading_proves_nothing_of_another() -> None:
    rows = _with_heading("18")
    found = _read(rows, r2c4="8", r4c4="5")
    assert points(found) == [None, "12", "15"]


def test_the_sum_proves_a_doubtful_heading_or_takes_its_figure_back() -> None:
    proven = _read(_with_heading("20"), r2c1="2")
    assert [i.points for i in proven.indicators] == [20, 15]
    assert _found(proven) == []
    wrong = _read(_with_heading("26"), r2c1="6")
    assert [i.points for i in wrong.indicators] == [None, 15]
    (finding,) = _found(wrong)
    assert "标题分值" in finding.message
    assert "（26分）" in finding.message
    assert points(wrong) == ["8", "12", "15"]


@pytest.mark.parametrize(
    ("text", "doubtful", "left"),
    [
        ("1.群众满意度达到88%以上。", "8", []),
        ("1.群众满意度达到88%以上。", "意", ["88"]),
        ("1.群众满意度达到88%以上。", "3", ["88"]),
        ("1.志愿者不少于36人，培训不少于4次。", "6", ["4"]),
    ],
)
def test_a_threshold_with_a_doubtful_digit_is_no_fact(text: str, doubtful: str, left: list[str]) -> None:
    found = _read([("阵地建设", text, "宣传科", "10"), *PLAIN[1:]], r2c2=doubtful)
    values = [f"{one.value.normalize():f}" for one in found.task_thresholds if one.task_id == found.tasks[0].task_id]
    assert values == left
    assert len(_found(found)) == (doubtful in "86")
    assert all(one.locator == "第2行第2列" for one in _found(found))
