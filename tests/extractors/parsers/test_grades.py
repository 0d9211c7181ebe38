"""Lists of grades: rules that exclude each other, and no thresholds."""

from __future__ import annotations

import pytest

from extractors.parsers.evidence import find_evidence
from extractors.parsers.grades import find_grade_options
from extractors.parsers.scoring import read_scoring
from extractors.parsers.thresholds import read_thresholds


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("按时开闸。A≥95%；B≥90%；C＜90%。另行通报", ["A≥95%", "B≥90%", "C＜90%"]),
        ("A.两项达标；B.一项达标；D.均未达标【由站长核定】", ["A.两项达标", "B.一项达标", "D.均未达标"]),
        ("A级：水质良好、无异味B级：水质一般", ["A级：水质良好、无异味", "B级：水质一般"]),
        ("A：比例8%以上；B：6%以上", ["A：比例8%以上", "B：6%以上"]),
        (
            "A.全部达标；B.多数达标；C.少数达标；C#.个别达标；D.无",
            ["A.全部达标", "B.多数达标", "C.少数达标", "C#.个别达标", "D.无"],
        ),
        ("优秀：12篇以上；良好：8篇以上；合格：4篇以上。", ["优秀：12篇以上", "良好：8篇以上", "合格：4篇以上"]),
        ("一档（覆盖率95%以上），二档（覆盖率85%以上）", ["一档（覆盖率95%以上）", "二档（覆盖率85%以上）"]),
        (
            "入户率98%以上为优秀，90%以上为良好，低于80%为不合格",
            ["入户率98%以上为优秀", "90%以上为良好", "低于80%为不合格"],
        ),
        ("回收率≥95%的为A，≥85%的为B", ["回收率≥95%的为A", "≥85%的为B"]),
        ("满意率95%以上得4分，90%以上得2分，90%以下不得分", ["满意率95%以上得4分", "90%以上得2分", "90%以下不得分"]),
        # no lists of grades
        ("获评优秀：加2分", []),
        ("评为优秀的加2分，评为良好的加1分", []),
        ("入户率达到90%得2分。回收率达到80%得3分", []),
        ("分A、B、C三个等次", []),
        ("A/B/C/D=100/66/33/0%", []),
        ("建成3A级景区，评为A类河段", []),
        ("B.建有台账；C.没有台账", []),
        ("A.水质良好", []),
        ("A.水质良好；C.水质差", []),
    ],
)
def test_options(text: str, options: list[str]) -> None:
    assert [text[one.start : one.end] for one in find_grade_options(text)] == options


def test_each_grade_is_a_rule_of_one_group() -> None:
    rules = read_scoring("巡河率达到98%以上。A≥98%；B≥90%；C≥80%；D＜80%。")
    assert [(r.effect, r.condition, r.points) for r in rules] == [
        ("grade", text, None) for text in ("A≥98%", "B≥90%", "C≥80%", "D<80%")
    ]
    assert len({r.group for r in rules}) == 1
    assert rules[0].group


def test_grades_with_points_keep_them() -> None:
    found = [(r.effect, r.points) for r in read_scoring("A.水质良好得5分；B.水质一般得3分")]
    assert [points for _, points in found] == [5, 3]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("巡河率达到98%以上。A≥98%；B≥90%；C＜90%。", [("巡河率", ">=", "98", "%")]),
        ("界桩不少于12处。A.≥12处；B.8—11处；C.＜8处。", [("界桩", ">=", "12", "处")]),
        ("水质优良比例：A≥85%；B≥80%；C＜80%", [("水质优良比例", ">=", "85", "%")]),
        (
            "界桩不少于12处。A.完好率90%以上；B.完好率80%以上。",
            [("界桩", ">=", "12", "处"), ("完好率", ">=", "90", "%")],
        ),
        ("优秀：稿件12篇以上；良好：稿件8篇以上。", [("稿件", ">=", "12", "篇")]),
        ("入户率98%以上为优秀，90%以上为良好", [("入户率", ">=", "98", "%")]),
        ("优秀（入户率98%以上）、良好（入户率90%以上）", [("入户率", ">=", "98", "%")]),
        ("回收率≥95%的为A，≥85%的为B，<85%的为C", [("回收率", ">=", "95", "%")]),
        ("满意率95%以上得4分，90%以上得2分", [("满意率", ">=", "95", "%")]),
    ],
)
def test_what_earns_a_grade_is_no_threshold(text: str, found: list[tuple[str, str, str, str]]) -> None:
    assert [(t.subject, t.operator, f"{t.value}", t.unit) for t in read_thresholds(text)] == found


@pytest.mark.parametrize("text", ["每周一升国旗", "每周一升旗仪式规范"])
def test_a_day_of_the_week_is_no_quantity(text: str) -> None:
    assert read_thresholds(text) == []


def test_a_bracket_with_units_is_no_material() -> None:
    assert find_evidence("河长制落实到位。【提供材料部门：水务站】") == []
    assert [e.kind for e in find_evidence("提供巡河记录。【提供材料部门：水务站】")] != []
