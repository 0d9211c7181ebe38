"""One made-up rubric in every carrier: the same tasks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors import extract
from extractors.records import Extraction
from tests.extractors.notice.build import HEAD, drawn, notice, parties, paths, points, rules, values

A = "健全领导机构，明确专人负责，定期研究部署工作。"
B = "广泛开展宣传教育活动，营造浓厚的创建氛围。"
C = "组织志愿服务不少于4次，参与率达到80%以上。"
HEADER = ["一级指标", "二级指标", "测评标准", "测评方法", "分值", "责任科室", "完成时限"]
ROWS = [
    ["Ⅰ-1组织（8分）", "Ⅱ-1制度（5分）", "1）" + A, "材料审核", "3", "办公室", "3月上旬"],
    ["", "", "2）" + B, "", "2", "", "每季度"],
    ["", "Ⅱ-2氛围（3分）", "1）" + C, "实地考察问卷调查", "3", "①宣传②人事科", "11月底前"],
    ["Ⅰ-2服务（4分）", "Ⅱ-3队伍（4分）", "1）" + A + B, "材料审核", "4", "宣传科、人事科", "长期"],
    ["", "", "2）" + B + C, "", "", "", ""],
    ["合计", "", "", "", "12", "", ""],
]


def text_notice(body: str) -> Extraction:
    return extract(("\n\n".join(HEAD) + "\n\n测评细则\n\n" + body).encode(), "notice.txt")


def dumped() -> Extraction:
    return text_notice("\n".join("".join(f"\t{cell}\n" for cell in row) for row in [HEADER, *ROWS]) + "\n")


def tabbed() -> Extraction:
    return text_notice("\n".join("\t".join(row) for row in [HEADER, *ROWS]) + "\n")


def piped() -> Extraction:
    lines = [f"| {' | '.join(row)} |" for row in [HEADER, *ROWS]]
    return text_notice("\n".join([lines[0], "|" + "---|" * len(HEADER), *lines[1:]]))


def cut_in_two() -> Extraction:
    parts = [HEADER, *ROWS[:2]], [HEADER, ROWS[0][:2] + ROWS[2][2:], *ROWS[3:]]
    parts[1][1][1] = ROWS[2][1]
    return text_notice("\n\n— 1 —\n\n".join("\n".join("\t".join(r) for r in part) for part in parts) + "\n")


def merged() -> Extraction:
    first, second = ROWS[0], ROWS[3]
    return notice(
        "测评细则",
        drawn(
            HEADER,
            [(first[0], 3, 1), (first[1], 2, 1), first[2], (first[3], 2, 1), "3", ("办公室", 2, 1), "3月上旬"],
            [ROWS[1][2], "2", "每季度"],
            ROWS[2][1:],
            [
                (second[0], 2, 1),
                (second[1], 2, 1),
                second[2],
                (second[3], 2, 1),
                ("4", 2, 1),
                (second[5], 2, 1),
                ("长期", 2, 1),
            ],
            [ROWS[4][2]],
            [("合计", 1, 4), "12", "", ""],
        ),
    )


@pytest.mark.parametrize("carrier", [dumped, tabbed, piped, cut_in_two, merged], ids=lambda f: f.__name__)
def test_the_same_tasks(carrier: Callable[[], Extraction]) -> None:
    found = carrier()
    assert [(t.title, t.kind, t.n_cols) for t in found.tables] == [("测评细则", "rubric", 7)]
    assert values(found, "label") == ["1）", "2）", "1）", "1）", "2）"]
    assert values(found, "requirement") == [A, B, C, A + B, B + C]
    assert paths(found) == [
        ["Ⅰ-1 组织", "Ⅱ-1 制度"],
        ["Ⅰ-1 组织", "Ⅱ-1 制度"],
        ["Ⅰ-1 组织", "Ⅱ-2 氛围"],
        ["Ⅰ-2 服务", "Ⅱ-3 队伍"],
        ["Ⅰ-2 服务", "Ⅱ-3 队伍"],
    ]
    assert [f"{i.level}:{i.points}" for i in found.indicators] == ["1:8", "2:5", "2:3", "1:4", "2:4"]
    assert points(found) == ["3", "2", "3", "4", None]
    assert values(found, "points_rows") == [1, 1, 1, 2, 2]
    assert values(found, "methods") == [
        ["材料审核"],
        ["材料审核"],
        ["实地考察", "问卷调查"],
        ["材料审核"],
        ["材料审核"],
    ]
    assert parties(found) == ["办公室", "办公室", "①宣传科|②人事科", "宣传科|人事科", "宣传科|人事科"]
    assert values(found, "deadline") == ["3月上旬", "每季度", "11月底前", "长期", "长期"]
    assert set(rules(found)) == {"total_row"}
    assert found.chars_accounted == found.chars_total


@pytest.mark.parametrize(
    "number",
    [
        "-1-",
        "— 12 —",
        "3",
        "第1页",
        "1/3",
        "- 1 -",
        "· 1 ·",
        "第 1 页 共 3 页",
    ],
)
def test_a_page_number_between_two_parts_of_a_table_is_no_title(number: str) -> None:
    part = "测评项目\t测评标准\t分值\n{}\t" + A + "\t2\n\n"
    found = text_notice(part.format("甲") + number + "\n\n" + part.format("乙"))
    assert [(t.title, t.n_rows) for t in found.tables] == [("测评细则", 2)]
