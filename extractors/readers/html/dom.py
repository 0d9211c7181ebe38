"""The element tree of a page, and which of its elements nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import cast

from lxml import etree

from extractors.document import ReadError
from extractors.limits import Limits

Element = etree._Element

_INLINE = re.compile(r"</?(?:span|font|b|i|u|em|strong|small|big|o:p|st1:\w+|tt|abbr|label)\b[^<>]*>", re.IGNORECASE)
_UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.IGNORECASE)
_LONGEST_STYLE = 4_096
_GONE = "gone"
_SAVE_AGAIN = "请用浏览器打开后另存，或把正文复制到 Word 另存为 docx，再放入"

SKIPPED = frozenset(
    {
        "script", "style", "noscript", "noframes", "iframe", "frame", "frameset", "object", "embed", "applet",
        "svg", "math", "canvas", "audio", "video", "template", "select", "datalist", "textarea", "button",
        "input", "head", "title", "link", "meta", "base", "param", "map", "del", "colgroup", "col", "rp", "rt",
    }
)  # fmt: skip
"""Elements whose content is no text of the page: programs, controls, metadata, deletions, phonetic guides."""
BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section",
        "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
"""Elements that begin and end a line."""


def parse(text: str, limits: Limits) -> Element:
    """The root element of a page, broken markup mended as browsers do.

    Raises `ReadError` for a page without elements, with too many, or nested deeper than any page is.
    """
    if text.count("<") > limits.max_nodes:
        raise ReadError(f"网页元素超过上限 {limits.max_nodes} 个", _SAVE_AGAIN)
    root, too_deep = _parse(text)
    if too_deep:
        # Tags that only change the looks are what broken pages pile up; without them the page says the same.
        root, too_deep = _parse(_INLINE.sub("", text))
    if too_deep:
        raise ReadError("网页元素嵌套过深", _SAVE_AGAIN)
    if root is None:
        raise ReadError("网页没有内容", _SAVE_AGAIN)
    return root


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


def prune(root: Element) -> None:
    """Take out what nobody sees on the page, and what is no text of it. Text behind such elements stays."""
    for element in select(root, "//*[@hidden or @style]"):
        if element.tag not in ("html", "body") and _is_hidden(element):
            element.tag = _GONE
    drop(root, *SKIPPED)


def select(root: Element, path: str) -> list[Element]:
    """The elements that an XPath names, in reading order."""
    return cast(list[Element], root.xpath(path))


def drop(root: Element, *tags: str) -> None:
    """Take out the elements of these tags, and those marked by `mark`."""
    etree.strip_elements(root, _GONE, *tags, with_tail=False)


def mark(element: Element) -> None:
    """Mark an element for the next `drop`."""
    element.tag = _GONE


def _is_hidden(element: Element) -> bool:
    if element.get("hidden") is not None:
        return True
    return _UNSEEN_STYLE.search((element.get("style") or "")[:_LONGEST_STYLE]) is not None


def walk(root: Element, *stops: str, but: Element | None = None) -> Iterator[tuple[str, Element]]:
    """("start" | "end", element) of `root` and below; ("stop", element) instead of those of the tags `stops` and of
    `but`, into which it does not go. Without recursion, since pages nest as deep as they like.
    """
    events = etree.iterwalk(root, events=("start", "end"))
    stopped: Element | None = None
    for event, element in events:
        if event == "start":
            if element is not root and (element.tag in stops or element is but):
                stopped = element
                events.skip_subtree()
            else:
                yield event, element
        elif stopped is not None and element is stopped:
            stopped = None
            yield "stop", element
        else:
            yield event, element


def solid(root: Element) -> str:
    """The text below `root` without any blanks."""
    return "".join("".join(cast(Iterator[str], root.itertext(with_tail=False))).split())


def holds(root: Element, tag: str) -> bool:
    """Whether some element of the tag stands below `root`."""
    return len(root) > 0 and next(root.iterdescendants(tag), None) is not None


def ancestors(element: Element) -> Iterator[Element]:
    """The element and what stands around it, innermost first."""
    return chain([element], element.iterancestors())
