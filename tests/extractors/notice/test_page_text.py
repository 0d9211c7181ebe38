"""The whole text of a file is accounted for: in records, in passages, or told as lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from extractors import extract
from extractors.document import Document, Paragraph
from extractors.layout import Page, Ruling, lay_out
from extractors.notice.pipeline import build_extraction
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.records import Extraction
from tests.extractors.layout.draw_pages import LEADING, grid_rulings, make_page, make_word
from tests.extractors.notice.accounted import LEAST
from tests.extractors.published import extraction_of

LETTER = """关于印发《城东区文明单位创建工作方案》的通知
各街道、各部门：
为做好今年的创建工作，现将方案印发给你们，请认真组织实施。
一、重点任务
1.办公室负责每季度召开一次推进会，会后报送会议记录。
2.宣传科负责每月更新一次宣传栏，并报送图片。
凡有困难的单位，请及时与区文明办联系，以便协调解决。
"""


def texts(found: Extraction, rule: str) -> str:
    return "".join(finding.message for finding in found.findings if finding.rule == rule)


def test_running_text_that_no_other_record_holds_is_a_passage() -> None:
    found = extract(LETTER.encode(), "通知.txt")
    assert [passage.text for passage in found.passages] == [LETTER.splitlines()[i] for i in (1, 2)]
    assert found.passages[0].locator == "第2行"
    assert found.text_accounted == found.text_total == len("".join(LETTER.split()))
    assert not texts(found, "lost_text")


def test_more_than_some_pages_of_other_text_is_lost() -> None:
    pages = "".join(f"第{i}天，他们沿着河走了很久，谁也没有说话，只听见风吹过芦苇的声音。\n" for i in range(1200))
    found = extract(f"关于沿河步道的来信\n{pages}".encode(), "通知.txt")
    assert found.text_accounted < found.text_total
    assert f"{found.text_total - found.text_accounted} 字" in texts(found, "lost_text")


def test_words_that_came_into_no_block_are_counted_as_lost() -> None:
    document = Document("pdf", (Paragraph("关于做好创建工作的通知", "第1页"),), lost_chars=12)
    found = build_extraction(document, b"x")
    assert found.text_total - found.text_accounted == 12
    assert "12 字" in texts(found, "lost_text")


@pytest.mark.parametrize("file_format", ["pdf", "docx", "text", "html", "xlsx"])
def test_gold_notices_are_accounted_for(notices: Path, file_format: str) -> None:
    for path in sorted((notices / file_format).iterdir()):
        found = extraction_of(path)
        assert found.text_accounted >= LEAST * found.text_total, path.name
        assert found.text_total > found.chars_total, path.name
        assert not texts(found, "columns_outside_tables"), path.name


def page_notes(page: Page) -> list[str]:
    return [note.rule for note in lay_out([page]).notes]


def columns(n_rows: int, top: float = 300.0) -> Page:
    words = [
        make_word(text, x, top + i * 2 * LEADING)
        for i in range(n_rows)
        for text, x in (("市教育局", 60), ("开展师德教育", 200), ("六月底前", 400))
    ]
    return make_page(words, grid_rulings([50, 200, 300], [100, 120, 140]))


def test_a_page_of_columns_without_a_table_is_a_warning() -> None:
    assert page_notes(columns(5)) == ["columns_outside_tables"]
    assert page_notes(columns(2)) == []


def below_a_table(rulings: Sequence[Ruling], n_rows: int) -> Page:
    """A table that holds most of a page, and lines of short texts below it."""
    table = [("序号", "测评项目", "测评标准")]
    table += [(str(i), f"志愿服务活动第{i}项", f"全年开展活动不少于{i}次，有方案、有总结") for i in range(1, 16)]
    words = [
        make_word(text, x, 100 + row * LEADING)
        for row, texts in enumerate(table)
        for text, x in zip(texts, (60, 120, 300), strict=True)
    ]
    return make_page([*words, *columns(n_rows, top=600.0).words], rulings)


def test_columns_below_a_table_that_is_not_drawn_are_a_warning() -> None:
    def rules(page: Page) -> list[str]:
        return [note.rule for note in lay_out([page], words=VOCABULARY_WORDS).notes]

    drawn = grid_rulings([55, 115, 295, 560], [98 + i * LEADING for i in range(17)])
    assert rules(below_a_table([], 5)) == ["inferred_rows", "columns_outside_tables"]
    assert rules(below_a_table([], 2)) == ["inferred_rows"]
    assert rules(below_a_table(drawn, 5)) == []


def test_all_words_of_a_page_come_into_lines_and_cells() -> None:
    assert lay_out([columns(5)]).lost_chars == 0
