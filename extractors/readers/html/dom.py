"""Parse a web page or mhtml file to an element tree without the elements that are not displayed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from itertools import chain
from typing import cast

from lxml import etree

from extractors.document import ReadError
from extractors.limits import Limits

Element = etree._Element
_INLINE_TAG = re.compile(
    r"</?(?:span|font|b|i|u|em|strong|small|big|o:p|st1:\w+|tt|abbr|label)\b[^<>]*>", re.IGNORECASE
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.IGNORECASE)
_MAX_STYLE = 4_096
_DROPPED = "gone"
_SAVE_AGAIN = "请用浏览器打开后另存，或把正文复制到 Word 另存为 docx，再放入"
_SKIPPED_TAGS = frozenset(
    {
        "script", "style", "noscript", "noframes", "iframe", "frame", "frameset", "object", "embed", "applet",
        "svg", "math", "canvas", "audio", "video", "template", "select", "datalist", "textarea", "button",
        "input", "head", "title", "link", "meta", "base", "param", "map", "del", "colgroup", "col", "rp", "rt",
    }
)  # fmt: skip
"""Elements without text of the page: scripts, controls, metadata, deletions, phonetic guides."""
BLOCK_TAGS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section",
        "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
"""Elements that begin and end a line."""
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED_ENCODING = re.compile(
    rb"""<(?:meta\b[^<>]{0,300}?charset|\?xml\b[^<>]{0,200}?encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)
_SNIFF_BYTES = 16_384
_ENCODINGS = {
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cp950": "big5hkscs",
    "iso-8859-1": "cp1252", "windows-1252": "cp1252", "us-ascii": "cp1252",
}  # fmt: skip
"""Declared encoding → codec. UTF-8 and GB 18030 are tried in any case, and UTF-16 is told by its zero bytes."""
_MAX_LOST_SHARE = 0.05
_SAVE_AS_HTML = "请用浏览器打开后另存为“网页，仅 HTML”，再放入"


@dataclass(frozen=True, slots=True)
class SavedPictures:
    """Pictures saved with a page by their address (`cid:…` or URL), and the address of the page."""

    pictures: Mapping[str, bytes] = field(default_factory=dict)
    base: str = ""


def parse_html(text: str, limits: Limits) -> Element:
    """Return the root element of a page; broken markup is repaired as browsers do.

    Raises:
        ReadError: the page has no elements, too many, or they are nested too deeply.
    """
    if text.count("<") > limits.max_nodes:
        raise ReadError(f"网页元素超过上限 {limits.max_nodes} 个", _SAVE_AGAIN)
    root, too_deep = _parse(text)
    if too_deep:
        # Broken pages pile up inline formatting tags; the text is the same without them.
        root, too_deep = _parse(_INLINE_TAG.sub("", text))
    if too_deep:
        raise ReadError("网页元素嵌套过深", _SAVE_AGAIN)
    if root is None:
        raise ReadError("网页没有内容", _SAVE_AGAIN)
    return root


def remove_hidden(root: Element) -> None:
    """Remove elements that are not displayed or hold no text. Text after such elements is kept."""
    for element in select(root, "//*[@hidden or @style]"):
        if element.tag not in ("html", "body") and _is_hidden(element):
            element.tag = _DROPPED
    drop_elements(root, *_SKIPPED_TAGS)


def select(root: Element, path: str) -> list[Element]:
    """Return the elements of an XPath in document order."""
    return cast(list[Element], root.xpath(path))


def drop_elements(root: Element, *tags: str) -> None:
    """Remove the elements with these tags, and those marked by `mark_dropped`."""
    etree.strip_elements(root, _DROPPED, *tags, with_tail=False)


def mark_dropped(element: Element) -> None:
    """Mark an element for the next `drop_elements`."""
    element.tag = _DROPPED


def walk(root: Element, *stops: str, exclude: Element | None = None) -> Iterator[tuple[str, Element]]:
    """Yield ("start" | "end", element) for `root` and its descendants, without recursion.

    Elements with a tag in `stops`, and `exclude`, are not entered; they give one ("stop", element) instead.
    """
    events = etree.iterwalk(root, events=("start", "end"))
    stopped: Element | None = None
    for event, element in events:
        if event == "start":
            if element is not root and (element.tag in stops or element is exclude):
                stopped = element
                events.skip_subtree()
            else:
                yield event, element
        elif stopped is not None and element is stopped:
            stopped = None
            yield "stop", element
        else:
            yield event, element


def compact_text(root: Element) -> str:
    """Return the text below `root` without whitespace."""
    return "".join("".join(cast(Iterator[str], root.itertext())).split())


def contains_tag(root: Element, tag: str) -> bool:
    """Return whether `root` has a descendant with this tag."""
    return len(root) > 0 and next(root.iterdescendants(tag), None) is not None


def self_and_ancestors(element: Element) -> Iterator[Element]:
    """Yield the element and its ancestors, innermost first."""
    return chain([element], element.iterancestors())


def decode_html(data: bytes, declared_encoding: str | None = None) -> tuple[str, int]:
    """Decode a page by its byte order mark, its declared encoding, or the first encoding that fits.

    Args:
        data: the bytes of the page.
        declared_encoding: the encoding given by the mhtml message.

    Returns:
        The text, and the number of characters that could not be decoded.

    Raises:
        ReadError: no encoding fits.
    """
    best: tuple[int, str] | None = None
    for name in _candidate_encodings(data, declared_encoding):
        text = data.decode(name, "replace")
        lost = text.count("\ufffd")
        if not lost:
            return _normalize_newlines(text), 0
        if best is None or lost < best[0]:
            best = lost, text
    if best is None or best[0] > _MAX_LOST_SHARE * len(best[1]) + 1:
        raise ReadError("网页的文字编码无法识别", "请用浏览器打开后另存为 UTF-8 编码的网页，再放入")
    return _normalize_newlines(best[1]), best[0]


def read_mhtml_page(data: bytes) -> tuple[bytes, str | None, SavedPictures]:
    """Return the bytes of the page, the encoding given by the message, and the pictures saved with it.

    Raises:
        ReadError: the message has no html part.
    """
    message = message_from_bytes(data, policy=policy.compat32)
    start = _header_parameter(message, "start")
    pages = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise ReadError("单文件网页里没有网页正文", _SAVE_AS_HTML)
    start_pages = [part for part in pages if str(part.get("Content-ID", "")).strip() == start]
    page = (start_pages or pages)[0]
    payload = page.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        raise ReadError("单文件网页的正文为空", _SAVE_AS_HTML)
    return payload, _header_parameter(page, "charset"), SavedPictures(_image_parts(message), _content_location(page))


def _parse(text: str) -> tuple[Element | None, bool]:
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, recover=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        root = None
    too_deep = any("depth" in entry.message for entry in parser.error_log)
    return root, too_deep


def _is_hidden(element: Element) -> bool:
    if element.get("hidden") is not None:
        return True
    return _HIDDEN_STYLE.search((element.get("style") or "")[:_MAX_STYLE]) is not None


def _candidate_encodings(data: bytes, declared_encoding: str | None) -> list[str]:
    for bom, name in _BOMS:
        if data.startswith(bom):
            return [name]
    head = data[:_SNIFF_BYTES]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 100:
        return ["utf-16-be" if even > odd else "utf-16-le"]
    match = _DECLARED_ENCODING.search(head)
    codec = _ENCODINGS.get(
        (declared_encoding or (match[1].decode("ascii", "replace") if match else "")).strip().lower()
    )
    # Text in another encoding is never valid UTF-8 by chance, while declared encodings are often outdated.
    names = [
        "utf-8",
        *([codec] if codec and codec != "cp1252" else []),
        "gb18030",
        "big5hkscs",
    ]
    return list(dict.fromkeys(names)) + (["cp1252"] if codec == "cp1252" else [])


def _normalize_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _image_parts(message: Message) -> dict[str, bytes]:
    images: dict[str, bytes] = {}
    for part in message.walk():
        if part.get_content_maintype() != "image":
            continue
        payload = part.get_payload(decode=True)
        names = [_content_location(part), f"cid:{str(part.get('Content-ID', '')).strip().strip('<>')}"]
        for name in names:
            if isinstance(payload, bytes) and name not in ("", "cid:"):
                images.setdefault(name, payload)
    return images


def _content_location(part: Message) -> str:
    return "".join(str(part.get("Content-Location", "")).split())


def _header_parameter(message: Message, name: str) -> str | None:
    parameter = message.get_param(name)
    return parameter.strip() if isinstance(parameter, str) else None
