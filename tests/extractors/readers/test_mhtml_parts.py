"""Pages saved as one file: which part is the page, and which parts are its pictures under which names."""

from __future__ import annotations

import pytest

from extractors.document import ReadError
from extractors.readers.html.dom import read_mhtml_page

Part = tuple[str, dict[str, str], str]
"""Type, further headers, content."""


def saved(*parts: Part, start: str = "") -> bytes:
    head = f'multipart/related; boundary="x"{f"; start={chr(34)}{start}{chr(34)}" if start else ""}'
    lines = ["MIME-Version: 1.0", f"Content-Type: {head}", ""]
    for kind, headers, content in parts:
        lines += ["--x", f"Content-Type: {kind}", *(f"{name}: {value}" for name, value in headers.items()), "", content]
    return "\r\n".join([*lines, "--x--", ""]).encode()


PAGES: tuple[Part, ...] = (
    ("text/plain", {}, "plain"),
    ("text/html; charset=gbk", {"Content-ID": "<one>"}, "<p>one</p>"),
    ("application/xhtml+xml", {"Content-ID": " <two> "}, "<p>two</p>"),
)


@pytest.mark.parametrize(
    ("start", "page", "encoding"),
    [("", b"<p>one</p>", "gbk"), ("<two>", b"<p>two</p>", None), ("<three>", b"<p>one</p>", "gbk")],
)
def test_the_page_is_the_part_that_the_message_starts_with_or_the_first(
    start: str, page: bytes, encoding: str | None
) -> None:
    found, declared, _ = read_mhtml_page(saved(*PAGES, start=start))
    assert (found.strip(), declared) == (page, encoding)


@pytest.mark.parametrize(("parts", "reason"), [(PAGES[:1], "没有网页正文"), ((("text/html", {}, "  "),), "正文为空")])
def test_a_message_without_a_page_is_refused(parts: tuple[Part, ...], reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        read_mhtml_page(saved(*parts))


def test_pictures_are_known_by_their_address_or_number() -> None:
    parts: list[Part] = [
        ("text/html", {"Content-Location": "http://a.example/page.html"}, "<p>one</p>"),
        ("image/png", {"Content-Location": "http://a.example/\r\n 1.png"}, "first"),
        ("image/png", {"Content-Location": "http://a.example/1.png"}, "second"),
        ("image/png", {"Content-ID": "<here>"}, "third"),
        ("text/css", {"Content-Location": "http://a.example/2.css"}, "fourth"),
        ("image/png", {}, "fifth"),
    ]
    _, _, found = read_mhtml_page(saved(*parts))
    assert found.base == "http://a.example/page.html"
    assert {name: data.strip() for name, data in found.pictures.items()} == {
        "http://a.example/1.png": b"first",
        "cid:here": b"third",
    }
