"""Sentences of the running text with their places."""

from __future__ import annotations

from extractors.body.outline import read_outline
from extractors.body.sentences import Sentence, note_sentences, read_sentences, split_sentences
from tests.extractors.body.letters import letter


def texts(found: list[Sentence]) -> list[tuple[str, str]]:
    """Text and heading of each sentence."""
    return [(sentence.text, sentence.heading) for sentence in found]


def test_numbers_go_and_short_sentences_head_the_next_ones() -> None:
    found = split_sentences("3.报送时间。于6月20日前报县创建办；（2）逾期 不候。", "第1段")
    assert texts(found) == [
        ("报送时间", ""),
        ("于6月20日前报县创建办", "报送时间"),
        ("逾期不候", ""),
    ]
    assert {sentence.locator for sentence in found} == {"第1段"}


def test_items_and_attachments() -> None:
    outline = read_outline(
        letter("关于印发《方案》的通知\n各科室：\n现将方案印发给你们。\n一、工作要求\n（一）按时完成。各项任务6月底前完成。\n不得拖延。\n二、其他\n请遵照执行。")
    )  # fmt: skip
    found = {sentence.text: [item.full_heading for item in sentence.items] for sentence in read_sentences(outline)}
    assert found["现将方案印发给你们"] == []
    assert found["各项任务6月底前完成"] == ["（一）按时完成", "一、工作要求"]
    assert found["不得拖延"] == ["（一）按时完成", "一、工作要求"]
    assert found["请遵照执行"] == ["二、其他"]


def test_a_note_below_no_table_is_marked_with_its_list() -> None:
    outline = read_outline(
        letter("关于印发《方案》的通知\n各科室：\n请落实。\n注：1.图片要清晰。\n2.材料要真实。\n二、其他\n请执行。")
    )
    notes = [sentence.text for sentence in read_sentences(outline) if sentence.is_note]
    assert notes == ["图片要清晰", "材料要真实"]


def test_the_word_that_opens_a_note_goes_and_no_other() -> None:
    outline = read_outline(letter("关于印发《方案》的通知\n备注：图片须注明时间。"))
    assert [s.text for s in note_sentences(outline.lines)][-1] == "图片须注明时间"
