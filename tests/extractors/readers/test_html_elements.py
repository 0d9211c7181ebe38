"""Elements, styles and encodings of a page: which text is displayed, what begins a line, how bytes are decoded."""

from __future__ import annotations

import pytest
from lxml import etree

from extractors.document import ReadError
from extractors.readers.html.dom import (
    BLOCK_TAGS,
    compact_text,
    contains_tag,
    decode_html,
    remove_hidden,
    self_and_ancestors,
    walk,
)

WITHOUT_TEXT = (
    "script style noscript noframes iframe frame frameset object embed applet svg math canvas audio video template "
    "select datalist textarea button input head title link meta base param map del colgroup col rp rt"
)
DISPLAYED = "p span a b ins ruby rb label td form div center font"
BLOCKS = (
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody td "
    "tfoot th thead tr ul"
)
LETTER = "<html><body><p>关于开展文明楼院评比的通知，请各社区认真落实，按时报送材料。</p></body></html>"


@pytest.mark.parametrize("tag", WITHOUT_TEXT.split())
def test_elements_without_text_of_the_page(tag: str) -> None:
    root = etree.fromstring(f"<div>甲<{tag}>乙</{tag}>丙</div>")
    remove_hidden(root)
    assert compact_text(root) == "甲丙"


@pytest.mark.parametrize("tag", DISPLAYED.split())
def test_elements_with_text(tag: str) -> None:
    root = etree.fromstring(f"<div>甲<{tag}>乙</{tag}>丙</div>")
    remove_hidden(root)
    assert compact_text(root) == "甲乙丙"


def test_elements_that_begin_a_line() -> None:
    assert set(BLOCKS.split()) == BLOCK_TAGS


@pytest.mark.parametrize(
    ("attribute", "is_hidden"),
    [
        ('hidden=""', True),
        ('style="display:none"', True),
        ('style="color:red; DISPLAY : none"', True),
        ('style="visibility: hidden"', True),
        ('style="visibility:collapse"', True),
        ('style="mso-hide:all"', True),
        ('style="display:block"', False),
        ('style="visibility:visible"', False),
        ('class="hidden"', False),
        (f'style="{" " * 4084}display:none"', True),
        (f'style="{" " * 4085}display:none"', False),
    ],
)
def test_hidden_elements(attribute: str, is_hidden: bool) -> None:
    root = etree.fromstring(f"<div>甲<p {attribute}>乙</p>丙</div>")
    remove_hidden(root)
    assert compact_text(root) == ("甲丙" if is_hidden else "甲乙丙")


@pytest.mark.parametrize("tag", ["html", "body"])
def test_a_whole_page_is_never_hidden(tag: str) -> None:
    root = etree.fromstring(f'<x><{tag} style="display:none">甲</{tag}></x>')
    remove_hidden(root)
    assert compact_text(root) == "甲"


def test_a_walk_stops_where_it_is_told() -> None:
    root = etree.fromstring("<a><b><c/></b><d/><e><b/></e></a>")
    d, e = root[1], root[2]
    assert [(event, element.tag) for event, element in walk(root, "b", exclude=d)] == [
        ("start", "a"),
        ("stop", "b"),
        ("stop", "d"),
        ("start", "e"),
        ("stop", "b"),
        ("end", "e"),
        ("end", "a"),
    ]
    assert [element.tag for _, element in walk(root[0], "b")] == ["b", "c", "c", "b"]
    assert [contains_tag(element, "b") for element in (root, root[0], d, e)] == [True, False, False, True]
    assert [element.tag for element in self_and_ancestors(e[0])] == ["b", "e", "a"]


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("utf-8", None),
        ("utf-8", "gb2312"),
        ("utf-8", "iso-8859-1"),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-16-le", None),
        ("utf-16-be", "utf-8"),
        ("gb18030", None),
        ("gb18030", "gbk"),
        ("gb18030", "utf-8"),
        ("gb18030", "iso-8859-1"),
    ],
)
def test_a_page_in_any_encoding(codec: str, declared: str | None) -> None:
    assert decode_html(LETTER.encode(codec), declared) == (LETTER, 0)
    if declared and codec != "utf-16-be":
        page = LETTER.replace("<body>", f"<meta charset='{declared}'><body>")
        assert decode_html(page.encode(codec)) == (page, 0)


@pytest.mark.parametrize("declared", ["big5", " Big5-HKSCS ", "cp950"])
def test_a_page_in_traditional_characters(declared: str) -> None:
    page = "<p>關於開展文明樓院評比的通知</p>"
    assert decode_html(page.encode("big5hkscs"), declared) == (page, 0)
    assert decode_html(page.encode("big5hkscs")) != (page, 0)


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "us-ascii"])
def test_a_page_in_latin_characters(declared: str) -> None:
    page = "<p>caf\u00e9 \u2013 na\u00efve</p>"
    assert decode_html(page.encode("cp1252"), declared) == (page, 0)


@pytest.mark.parametrize(
    ("n_broken", "n_sound", "is_read"), [(1, 1, True), (2, 17, False), (2, 18, True), (6, 94, True), (6, 93, False)]
)
def test_characters_that_are_lost(n_broken: int, n_sound: int, is_read: bool) -> None:
    data = b"\xff" * n_broken + b"a" * n_sound
    if is_read:
        assert decode_html(data)[1] == n_broken
    else:
        with pytest.raises(ReadError, match="编码无法识别"):
            decode_html(data)


def test_line_ends_and_zero_bytes() -> None:
    assert decode_html(f"甲\r\n乙\r丙\x00{LETTER}".encode())[0] == f"甲\n乙\n丙{LETTER}"


@pytest.mark.parametrize("inner", ["责任<br/>单位", "责任<b>单</b>位", "<b>责任</b>单位", "责<i>任<b>单</b></i>位"])
def test_the_text_of_a_cell_is_whole_and_ends_with_it(inner: str) -> None:
    root = etree.fromstring(f"<tr><td>{inner}</td>尾</tr>")
    assert compact_text(root[0]) == "责任单位"
