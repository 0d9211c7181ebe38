"""Footnotes and table notes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractors.body.outline import read_outline
from extractors.body.provisions import listed_orgs, read_footnotes
from extractors.document import Document, Paragraph
from tests.extractors.body.letters import DISTRICT, letter
from tests.extractors.published import document_of


@pytest.mark.parametrize(
    ("text", "orgs"),
    [
        (
            "职能部门主要有：市委宣传部、市委统战部（原市委台办）、团市委，各区县相应职能部门。",
            ["市委宣传部", "市委统战部（原市委台办）", "团市委", "各区县相应职能部门"],
        ),
        ("包括：市政府外事办（原市外事、侨务办）、市体育局", ["市政府外事办（原市外事、侨务办）", "市体育局"]),
        ("东湖区、西湖区、高新区未特别注明的，也应承担。", ["东湖区", "西湖区", "高新区"]),
        ("甲报社、乙合作社、丙供销社未特别注明的，也应承担。", ["甲报社", "乙合作社", "丙供销社"]),
        ("东湖社区、西湖街道、高新区未特别注明的，也应承担。", []),
        ("东湖区、成员单位、高新区未特别注明的，也应承担。", []),
        ("东湖区、职能部门、高新区未特别注明的，也应承担。", []),
        ("活动图片要标注时间、地点、主题、活动单位", []),
        ("提供说明报告：小标题、分段、数据", []),
    ],
)
def test_listed_orgs(text: str, orgs: list[str]) -> None:
    assert listed_orgs(text) == orgs


@pytest.mark.parametrize("slug", ["zibo-2023", "yiyang-2021", "shanwei-2016", "huarong-2021", "tongchuan"])
@pytest.mark.parametrize("file_format", ["text", "docx"])
def test_footnotes_of_published_notices(notices: Path, gold: Path, slug: str, file_format: str) -> None:
    path = next((notices / file_format).glob(f"{slug}.*"))
    found = read_footnotes(read_outline(document_of(path)))
    facts = json.loads((gold / slug / "facts.json").read_text("utf-8"))["footnotes"]
    assert [(f.mark, f.text, f.orgs) for f in found] == [(f["mark"], f["text"], f["orgs"]) for f in facts]


def test_numbered_notes_under_a_table() -> None:
    found = read_footnotes(read_outline(letter(DISTRICT)))
    assert [(f.mark, f.text, f.table) for f in found] == [
        ("注1", "本细则由区文明办负责解释。", 1),
        ("注2", "加分项不超过10分。", 1),
    ]


def test_several_notes_in_one_paragraph() -> None:
    found = read_footnotes(read_outline(letter("测评细则\n#T\n注：1.文件须盖章。2.照片附20字说明，不低于2.5M。")))
    assert [(f.mark, f.text) for f in found] == [("注1", "文件须盖章。"), ("注2", "照片附20字说明，不低于2.5M。")]


def test_footnotes_of_the_file() -> None:
    blocks = (
        Paragraph("一、任务", "第1段"),
        Paragraph("①指市教育局、市公安局、市民政局。", "脚注1", note=True),
        Paragraph("见附件。", "脚注2", note=True),
    )
    found = read_footnotes(read_outline(Document("docx", blocks)))
    assert [(f.mark, f.orgs) for f in found] == [("①", ["市教育局", "市公安局", "市民政局"]), ("[2]", [])]
