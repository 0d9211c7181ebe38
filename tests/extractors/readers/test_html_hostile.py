"""Hostile and damaged pages: a document or a `ReadError`, in little time and memory."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.attachments import read
from extractors.document import Paragraph, ReadError
from extractors.limits import Limits
from extractors.readers import html

from .outcomes import is_sound

MANY = 100_000


def _texts(body: str) -> list[str]:
    result = read(f"<html><body>{body}".encode(), "a.html")
    return [b.text if isinstance(b, Paragraph) else "表" for b in result.blocks]


def _reason(body: str, limits: Limits | None = None) -> str:
    with pytest.raises(ReadError) as caught:
        read(f"<html><body>{body}".encode(), "a.html", limits or Limits())
    assert caught.value.remedy
    return caught.value.reason


def test_spans_nested_without_end_hide_nothing() -> None:
    assert _texts("<p>前</p>" + "<span>" * MANY + "底" + "</span>" * MANY + "<p>后</p>") == ["前", "底", "后"]
    assert _texts("<span>" * MANY + "底") == ["底"]


@pytest.mark.parametrize("tag", ["<div>", "<table><tr><td>", "<ol><li>", "<blockquote>"])
def test_blocks_nested_without_end(tag: str) -> None:
    assert "嵌套过深" in _reason(tag * MANY + "底")


def test_tables_nested_deeper_than_any_page() -> None:
    assert "嵌套" in _reason("<table><tr><td>甲。</td><td>乙。<table><tr><td>丙。</td><td>" * 30 + "底")


def test_more_elements_than_the_limit() -> None:
    assert "元素超过上限" in _reason("<p>甲" * 2_000, Limits(max_nodes=1_000))


def test_huge_attributes() -> None:
    huge = "display:" * 500_000
    assert _texts(f"<p class='{huge}' id='{huge}' style='{huge}' title='{huge}'>甲</p>") == ["甲"]
    assert _texts(f"<p {'a=1 ' * 100_000}>甲</p>") == ["甲"]


def test_spans_of_cells_beyond_all_measure() -> None:
    cell = "<td rowspan=65534 colspan=1000>甲</td>"
    assert "列" in _reason(f"<table>{f'<tr>{cell}</tr>' * 500}</table>")
    assert "列" in _reason(f"<table><tr>{cell * 500}</tr></table>")
    assert _texts(f"<table><tr>{cell}</tr></table>") == ["甲"]


def test_programs_are_never_text() -> None:
    body = (
        "<script>alert('</p><table><tr><td>x</td></tr></table>')</script><a href='javascript:alert(1)'>链接</a>"
        "<img src=x onerror=alert(1)><svg><script>y</script><text>图</text></svg><iframe srcdoc='<p>框</p>'></iframe>"
        "<object data='file:///etc/passwd'>物</object><p onclick='z()'>正文</p><link rel=import href='http://x/'>"
    )
    assert _texts(body) == ["链接", "正文"]


def test_entities_are_never_declared() -> None:
    bomb = "<!DOCTYPE html [<!ENTITY a 'bbbbbbbbbb'><!ENTITY c '&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    result = read(
        f"{bomb}<html><body><p>&c;&f;甲&lt;乙&nbsp;&#x4e19;&#99999999999;</p></body></html>".encode(), "a.html"
    )
    text = "".join(p.text for p in result.paragraphs())
    assert "bbb" not in text
    assert "root:" not in text
    assert "甲<乙 丙" in text


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "<",
        "</",
        "<table>",
        "<td>",
        "<!--",
        "<p",
        "<table><tr><td",
        "<![CDATA[",
        "<?php ",
        "<title>甲",
        "\x00",
        "<a href=",
    ],
)
def test_pages_cut_off(body: str) -> None:
    assert is_sound(lambda: html.read(f"<html>{body}".encode()))
    assert is_sound(lambda: html.read(body.encode()))


def test_many_lists_links_and_blocks_take_linear_time() -> None:
    assert len(_texts("<ol start=99999999999>" + "<li value=-5>甲" * 5_000)) == 5_000
    assert len(_texts("<pre>" + "甲 乙\n" * 5_000)) == 5_000
    links = "".join(f"<a href='{i}.doc'>附{i}</a>" for i in range(5_000))
    result = read(f"<html><body>{links}".encode(), "a.html")
    assert sum(n.rule == "attachment_link" for n in result.notes) == 200


_SEED = (
    "<!DOCTYPE html><html><head><meta charset=gbk><title>题</title><meta name=PubDate content=2023-1-1></head>"
    "<body><div class=nav><a href=1.doc>附件</a></div><div class=TRS_Editor style='display:block'><h1>通知</h1>"
    "<p>甲&nbsp;乙<br></p><ol type=a><li value=3>丙</ol><table border=1><caption>表</caption><thead><tr>"
    "<th rowspan=2>测评项目<th colspan=2>分值</thead><tr><td>1<td rowspan=0><table><tr><td>内<td>里</table></table>"
    "</div><pre>x\ny</pre></body></html>"
)
_PIECES = [
    "<td rowspan=99999999>", "<table>", "</table>", "</td>", "<tr>", "</div>", "<!--", "-->", "<script>", "<style>",
    "&#0;", "&#xD800;", "\x00", "'", '"', "<", ">", "<li value=-99999999999>", "<ol reversed>", "<thead>", "<pre>",
    "style=display:none", "<![CDATA[", "<?x", "<td colspan=-1>", "<caption>", "<html>", "<body hidden>", "<svg>",
    "<template>", "<plaintext>",
]  # fmt: skip
_MESSAGE = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
)
_CHECKS = list(HealthCheck)


def _mutated(data: st.DataObject) -> bytes:
    text = _SEED
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(text)))
        stop = min(len(text), at + data.draw(st.integers(0, 30)))
        text = text[:at] + data.draw(st.sampled_from(_PIECES)) + text[stop:]
    raw = bytearray(text.encode(data.draw(st.sampled_from(["utf-8", "gb18030", "utf-16"])), "surrogatepass"))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, max(len(raw) - 1, 0)))
        raw[at : at + 1] = data.draw(st.binary(max_size=3))
    return bytes(raw)


def _paths(data: bytes) -> tuple[bool, bool, bool]:
    """Whether the bytes end well as a page, as the page of a saved message, and as the message itself."""
    return (
        is_sound(lambda: html.read(data)),
        is_sound(lambda: html.read_mhtml(_MESSAGE + data)),
        is_sound(lambda: html.read_mhtml(data)),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=_CHECKS, derandomize=True)
@given(data=st.data())
def test_mutated_pages_give_a_document_or_a_refusal(data: st.DataObject) -> None:
    assert _paths(_mutated(data)) == (True, True, True)


@pytest.mark.fuzz
@settings(max_examples=4000, deadline=None, suppress_health_check=_CHECKS)
@given(data=st.data())
def test_many_mutated_pages_give_a_document_or_a_refusal(data: st.DataObject) -> None:
    assert _paths(_mutated(data)) == (True, True, True)
