"""Numbered duties of the body."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from extractors.body.outline import read_outline
from extractors.body.provisions import read_clauses
from extractors.parsers.points import inline_points
from tests.extractors.body.letters import DISTRICT, letter
from tests.extractors.published import document_of

SLUGS = ["zibo-2023", "huarong-2021", "shanwei-2016", "tongchuan", "yiyang-2021", "hb-xiaogan-2022", "sd-mixed-2024"]


@pytest.mark.parametrize(
    ("text", "awards"),
    [
        ("学习(2分);研讨( 2 分)。", ["2", "2"]),
        ("制度（0.5分），报告（至少3处，1分），照片（1分，摆拍不得分）", ["0.5", "1", "1"]),
        ("名单（各0.5分），（得1分）", ["0.5", "1"]),
        ("扣2分（最多扣3分），（500字左右），（至少3类），加2分（累计最多加10分）", []),
    ],
)
def test_inline_points(text: str, awards: list[str]) -> None:
    assert inline_points(text) == [Decimal(a) for a in awards]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("file_format", ["text", "docx"])
def test_clauses_of_published_notices(notices: Path, gold: Path, slug: str, file_format: str) -> None:
    path = next((notices / file_format).glob(f"{slug}.*"))
    found = read_clauses(read_outline(document_of(path)))
    for fact in json.loads((gold / slug / "facts.json").read_text("utf-8"))["clauses"]:
        same = [c for c in found if c.label == fact["label"] and c.text.startswith(fact["text_head"].rstrip("…"))]
        assert same, fact["text_head"]
        if "points" in fact:
            assert [float(p) for p in same[0].points] == fact["points"]
        if "text" in fact:
            assert same[0].text.removeprefix(fact.get("heading", "")).strip("。\n") in (
                fact["text"].strip("。"),
                same[0].text.strip("。") if same[0].text.endswith(fact["text"]) else None,
            )


def test_numbers_serve_to_find_the_row_of_an_annex(notices: Path) -> None:
    path = notices / "text" / "yiyang-2021.txt"
    numbered = [c.number for c in read_clauses(read_outline(document_of(path))) if c.label[0].isdigit()]
    assert numbered == list(range(1, 45))


def test_stages_and_mere_headings_are_no_clauses() -> None:
    text = "一、主要任务\n（一）学习教育\n1.开展学习（2分）。\n二、实施步骤\n（一）动员（2024年3月）：开会。"
    assert [(c.section, c.label, c.text) for c in read_clauses(read_outline(letter(text)))] == [
        ("一、主要任务（一）学习教育", "1.", "开展学习（2分）。")
    ]


def test_inline_enumeration_gives_the_parts_as_well() -> None:
    text = "一、措施\n（一）突出重点。一是开展礼仪活动；二是开展餐桌活动。"
    assert [(c.label, c.text) for c in read_clauses(read_outline(letter(text)))] == [
        ("（一）", "突出重点。一是开展礼仪活动；二是开展餐桌活动。"),
        ("一是", "开展礼仪活动；"),
        ("二是", "开展餐桌活动。"),
    ]


def test_sections_with_their_text_on_the_line_are_clauses() -> None:
    found = read_clauses(read_outline(letter(DISTRICT)))
    assert [(c.label, c.points) for c in found] == [("一、", []), ("二、", []), ("三、", [Decimal(2)])]


def test_awards_behind_verbs_are_points_of_a_clause() -> None:
    found = read_clauses(read_outline(letter("一、评比\n1.定期更新橱窗，得3分，缺一期扣1分。\n2.每办一期加1分。\n")))
    assert [c.points for c in found] == [[Decimal(3)], []]


def test_contact_data_never_leaves_a_clause() -> None:
    number = "0" + "10" + "-" + "8" * 8
    found = read_clauses(read_outline(letter(f"一、要求\n（一）报送。请报文明办（联系电话：{number}）。")))
    assert number not in found[0].text
    assert "〔已隐去〕" in found[0].text
