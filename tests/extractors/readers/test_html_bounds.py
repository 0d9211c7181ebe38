"""Pages in which what belongs to the article is decided by a share of the text, exactly at that share and beyond it."""

from __future__ import annotations

import pytest

from extractors.document import Document, Paragraph
from extractors.readers.sniff import FileFormat, detect_format
from tests.extractors.readers.test_html_main_content import LETTER, TABLE, page

ARTICLE = f"<div class='TRS_Editor'>{LETTER}{TABLE}</div>"


def lengths(result: Document) -> list[int]:
    """The lengths of the paragraphs that are read as the article."""
    return [len(block.text) for block in result.blocks if isinstance(block, Paragraph)]


def box(text: str, name: str = "TRS_Editor") -> str:
    return f"<div class='{name}'><p>{text}</p></div>"


@pytest.mark.parametrize(("size", "kept"), [(59, [60]), (60, [60]), (61, [60, 61])])
def test_a_named_box_with_half_of_the_text_is_the_article(size: int, kept: list[int]) -> None:
    assert lengths(page(f"<div>{box('甲' * 60)}<div><p>{'乙' * size}</p></div></div>")) == kept


@pytest.mark.parametrize(("size", "kept"), [(179, [179, 1, 20]), (180, [180]), (181, [181])])
def test_one_of_several_boxes_with_nine_tenths_of_their_text_is_the_article(size: int, kept: list[int]) -> None:
    assert lengths(page(f"<div>{box('甲' * size)}<p>丙</p>{box('乙' * 20)}</div>")) == kept


@pytest.mark.parametrize(("size", "kept"), [(24, [100]), (25, [100]), (26, [100, 26])])
def test_a_nameless_box_with_four_fifths_of_the_text_is_the_article(size: int, kept: list[int]) -> None:
    assert lengths(page(f"<div>{box('甲' * 100, 'x')}<p>{'乙' * size}</p></div>")) == kept


@pytest.mark.parametrize(("size", "kept"), [(42, [100]), (43, [100, 43])])
def test_a_footer_with_a_third_of_the_text_is_none(size: int, kept: list[int]) -> None:
    assert lengths(page(box("甲" * 100, "x") + box("乙" * size, "footer"))) == kept


@pytest.mark.parametrize(("size", "kept"), [(19, [1, 19]), (20, [20])])
def test_a_box_with_a_few_words_is_no_article(size: int, kept: list[int]) -> None:
    assert lengths(page(f"<p>前</p>{box('甲' * size)}")) == kept


@pytest.mark.parametrize(("count", "kept"), [(79, 79), (80, 80), (81, 80)])
def test_blocks_around_an_article(count: int, kept: int) -> None:
    assert len(page("<p>甲</p>" * count + ARTICLE).page) == kept


@pytest.mark.parametrize(("depth", "kept"), [(12, 2), (13, 2), (14, 1)])
def test_tables_inside_tables_around_an_article(depth: int, kept: int) -> None:
    nested = "<table><tr><td>" * depth + "<p>索引</p>" + "</td></tr></table>" * depth
    assert len(page(f"<p>甲</p>{nested}{ARTICLE}").page) == kept


@pytest.mark.parametrize(("count", "told"), [(199, 199), (200, 200), (201, 200)])
def test_linked_files(count: int, told: int) -> None:
    result = page(ARTICLE + "".join(f"<p><a href='{n}.docx'>甲{n}</a></p>" for n in range(count)))
    assert (len(result.links), [note.rule for note in result.notes].count("attachment_link")) == (told, told)


@pytest.mark.parametrize(("n_controls", "is_text"), [(9, True), (10, True), (11, False)])
def test_control_characters_of_a_text(n_controls: int, is_text: bool) -> None:
    data = b"\x01" * n_controls + b"a" * (1000 - n_controls)
    assert (detect_format(data) is FileFormat.TEXT) is is_text
