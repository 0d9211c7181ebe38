"""Odd characters are folded once, whatever the reader, and the page keeps its own."""

from __future__ import annotations

import unicodedata

import pytest

from extractors import extract
from extractors.attachments import read
from extractors.characters import fold_characters
from extractors.document import Document, Paragraph
from tests.extractors.readers.build_sheets import workbook

HEADER = "| 测评项⽬ | 测评标准 | 分值 | 责任单位 | 完成时限 |\n|---|---|---|---|---|\n"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("⽉⽇⼯⼈⺠族⻓期⻅习", "月日工人民族长期见习"),
        ("⼾外", "户外"),
        ("\uf9e4\uf98e", "理年"),
        ("１２月３０日，ＡＢｃ", "12月30日，ABc"),
        ("文\u00ad明\u200b单\u200c位\ufeff", "文明单位"),
        ("\u202a测评\u202c\ufe0f", "测评"),
        ("\uf0b7 组织学习", "• 组织学习"),
        ("一\n\ue012组织学习", "一\n•组织学习"),
        ("\ue5e5\ue5e5各单位", "\u3000\u3000各单位"),
        ("\uf0fc", "√"),
        ("甲\ue012乙", "甲\ue012乙"),
        ("第一行\u2028第二行", "第一行\n第二行"),
        ("全角标点：（１）；Ⅱ－１％", "全角标点：（1）；Ⅱ－1％"),
        ("plain", "plain"),
        ("①㎡℃…—", "①㎡℃…—"),
    ],
)
def test_a_character_is_what_it_stands_for(text: str, folded: str) -> None:
    assert fold_characters(text) == folded
    assert fold_characters(folded) == folded


def test_a_page_of_odd_characters_gives_the_facts_of_a_plain_one() -> None:
    odd = (
        "# 甲县⽂明单位测评任务表（２０２３年度）\n\n"
        + HEADER
        + "| ⼀、组织 | 每⽉学习\u00ad１次。 | ５ | 县⽔利局 | ６⽉３０⽇前 |\n"
        "| ⼀、组织 | 开展志愿服务。 | ３ | 县⼈社局 | 年底前 |\n"
    )
    plain = fold_characters(odd)
    found, expected = extract(odd.encode(), "a.md"), extract(plain.encode(), "a.md")
    assert [(t.requirement, t.points, t.deadline) for t in found.tasks] == [
        (t.requirement, t.points, t.deadline) for t in expected.tasks
    ]
    assert [(p.party, p.role) for p in found.task_parties] == [(p.party, p.role) for p in expected.task_parties]
    assert [str(d.ends_on) for d in found.task_deadlines] == ["2023-06-30", "2023-12-31"]
    assert found.notice.year == 2023


def test_the_cells_keep_what_is_printed() -> None:
    text = "# 任务表\n\n" + HEADER + "| 组织 | 每⽉学习。 | ５ | 县⽔利局 | ６⽉底前 |\n"
    found = extract(text.encode(), "a.md")
    assert {"每⽉学习。", "５", "县⽔利局", "６⽉底前", "测评项⽬"} <= {cell.text for cell in found.cells}
    (task,) = found.tasks
    assert task.requirement == "每月学习。"
    assert task.points == 5


def test_every_reader_passes_the_same_door() -> None:
    line = "第⼀条\u200b：各单位要认真组织落实，满分１２分。"
    documents = [
        read(line.encode(), "a.txt"),
        read(f"<html><body><p>{line}</p></body></html>".encode(), "a.html"),
        read(workbook([[line]]), "a.xlsx"),
    ]
    for document in documents:
        assert texts(document) == ["第一条：各单位要认真组织落实，满分12分。"]


def texts(document: Document) -> list[str]:
    return [b.text for b in document.blocks if isinstance(b, Paragraph) and "条" in b.text]


def test_contact_data_is_not_kept_as_printed() -> None:
    number = "１３８" + "０" * 8
    text = "# 任务表\n\n" + HEADER + f"| 组织 | 每⽉学习。联系人电话{number} | ５ | 办公室 | 年底前 |\n"
    output = repr(extract(text.encode(), "a.md"))
    assert number not in output
    assert "138" + "0" * 8 not in output


@pytest.mark.parametrize(
    ("first", "last"),
    [(0x2F00, 0x2FD5), (0xF900, 0xFAFF), (0x2F800, 0x2FA1D), (0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)],
)
def test_compatible_characters_from_the_first_to_the_last(first: int, last: int) -> None:
    others = {chr(first - 1), chr(last + 1)}
    assert {char for char in others if fold_characters(f"甲{char}乙") != f"甲{char}乙"} == set()
    for code in (first, first + 1, last - 1, last):
        plain = "户" if chr(code) == "⼾" else unicodedata.normalize("NFKC", chr(code))
        assert fold_characters(f"甲{chr(code)}乙") == f"甲{plain}乙"


@pytest.mark.parametrize(
    ("first", "last"), [(0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x2069), (0xFE00, 0xFE0F)]
)
def test_marks_that_are_not_seen_from_the_first_to_the_last(first: int, last: int) -> None:
    assert fold_characters("甲" + "".join(map(chr, range(first, last + 1))) + "乙") == "甲乙"
    for code in {first - 1, last + 1} - {0x2029}:
        assert fold_characters(f"甲{chr(code)}乙") == f"甲{chr(code)}乙"


SYMBOLS = "52☑ 54☒ 6C● 6E■ 6F□ 70□ 71□ 72□ 75◆ 76◇ 77◆ 9F• A1○ A7▪ A8□ AB★ B7• D8➢ E0→ E8➔ FB× FC√ FD☒ FE☑"
"""The codes of Wingdings and the sign that each shows."""


def test_signs_of_symbol_fonts() -> None:
    shown = {int(one[:2], 16): one[2] for one in SYMBOLS.split()}
    for code in range(0x20, 0x100):
        char = chr(0xF000 + code)
        assert fold_characters(f"甲{char}乙") == f"甲{shown.get(code, char)}乙"


TRADITIONAL = """某縣創建文明縣城任務分解

| 任務 | 責任單位 | 完成時限 |
|---|---|---|
| 清理主次幹道占道經營，規範店外經營行為 | 縣城管局 | 2024年6月底前 |
| 整治農貿市場環境衛生 | 縣市場監管局、各鄉鎮 | 2024年9月底前 |
"""


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    found = extract(TRADITIONAL.encode(), "任務.md")
    assert [task.requirement for task in found.tasks] == [
        "清理主次干道占道经营，规范店外经营行为",
        "整治农贸市场环境卫生",
    ]
    assert [party.party for party in found.task_parties] == ["县城管局", "县市场监管局", "各乡镇"]
    assert "縣城管局" in [cell.text for cell in found.cells]
    assert [f.severity for f in found.findings if f.rule == "traditional_characters"] == ["info"]


def test_a_notice_that_quotes_traditional_characters_is_read_as_it_is() -> None:
    title = "组织干部职工参观《國史館》展览，撰写心得体会，开展交流研讨，形成学习报告"
    found = extract(f"{HEADER}| 学习 | {title} | 2 | 宣传科 | 6月底前 |\n".encode(), "细则.md")
    assert [task.requirement for task in found.tasks] == [title]
    assert not [f for f in found.findings if f.rule == "traditional_characters"]
