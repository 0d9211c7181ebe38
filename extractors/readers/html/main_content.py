"""The article of a page and its metadata: title, date, source and attached files.

The article is found by the names that content management systems give it, else by where most of the text is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from extractors.document import Link, ReadNote
from extractors.readers.format_words import format_words
from extractors.readers.html.dom import (
    Element,
    compact_text,
    contains_tag,
    drop_elements,
    mark_dropped,
    select,
    self_and_ancestors,
    walk,
)
from extractors.readers.html.tables import table_rows
from extractors.table_words import TableWords

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_NOISE_TAGS = ("nav", "footer", "aside", "header")
_CONTAINER_TAGS = frozenset(
    {
        "html", "body", "div", "td", "article", "section", "main", "form", "center", "table", "tbody", "tr",
        "fieldset", "dd",
    }
)  # fmt: skip
_BULK_SHARE = 0.8
"""A box that holds this share of its parent's text stands for the parent."""
_NOTICE_TEXT = re.compile(r"[。；〔]|附件")
_MAX_FRAME_LENGTH = 300
"""Characters that may stand around an article without a name: date, source, address of the office."""
_MAX_FRAME_SHARE = 0.3
_MAX_NOISE_SHARE = 0.3
_MIN_NAMED_SHARE = 0.5
"""A named box with less of the page's text than this is not trusted to be the article."""
_DOMINANT_SHARE = 0.9
_MAX_SIBLINGS = 200
_MIN_BOX_TEXT = 20
"""Characters from which on a box is weighed at all."""
_MAX_NAME = 200
Weights = dict[Element, int]
_DATE = re.compile(
    r"(?:发布|发文|成文|公开|更新)?(?:日期|时间)\s*[:：]\s*((?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}日?)"
)
_SOURCE = re.compile(r"(?:信息)?来源\s*[:：]\s*([^\s:：|]{2,30})")
_NEXT_LABEL = re.compile(r"(?:浏览|点击|阅读|访问|字体|作者|编辑|责任|发布|打印|字号|时间|日期|审核)")
_MAX_LINKS = 200
_MAX_TEXT = 300


def find_article(root: Element, words: TableWords) -> Element:
    """The element that holds the article. What is plainly none of it is taken out of the tree, within it too."""
    weights = _text_weights(root)
    most = _MAX_NOISE_SHARE * weights.get(root, 0)
    noisy = False
    for element in select(root, "//*[@id or @class] | //nav | //footer | //aside | //header"):
        if element.tag in ("html", "body") or not _is_noise(element):
            continue
        weight = weights.get(element, 0)
        if weight <= most and not (weight > _MIN_BOX_TEXT * 10 and contains_tag(element, "table")):
            mark_dropped(element)
            noisy = True
    if noisy:
        drop_elements(root)
        weights = _text_weights(root)
    named = _find_named_article(weights, root)
    return _find_densest(weights, root, words) if named is None else named


def read_metadata(root: Element) -> dict[str, str]:
    """`title`, `date` and `source` from the <meta> elements of the page."""
    said: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        content = " ".join((element.get("content") or "")[:_MAX_TEXT].split())
        if name and content:
            said.setdefault(name, content)
    names = format_words("webpages")["meta"]
    found = {kind: next((said[n] for n in names[kind] if n in said), "") for kind in ("title", "date", "source")}
    return {kind: text for kind, text in found.items() if text}


def text_outside(root: Element, article: Element) -> tuple[str, str]:
    """The text of the page outside the article, and the first <h1> there."""
    pieces: list[str] = []
    heading = ""
    for event, element in walk(root, but=article):
        piece = element.text if event == "start" else element.tail if element is not root else None
        if piece:
            pieces.append(piece.replace("\xa0", " "))
        if event == "start" and element.tag == "h1" and not heading:
            heading = compact_text(element)
    return " ".join(" ".join(pieces).split()), heading


def publication_notes(said: dict[str, str], around: str) -> list[ReadNote]:
    """When and where the page was put on the web. A note, since the date of the notice itself is another one."""
    date, source = publication_of(said, around)
    parts = [f"发布日期 {date}"] * bool(date) + [f"来源 {source}"] * bool(source)
    if not parts:
        return []
    return [ReadNote("publication", f"网页标注的{'，'.join(parts)}（不作为通知的印发日期和机关）", "网页标题区")]


def publication_of(said: dict[str, str], around: str) -> tuple[str, str]:
    """The date and the source that the page gives for itself, as printed; empty where it gives none."""
    date = said.get("date") or _first_group(_DATE, around)
    return date, said.get("source") or _NEXT_LABEL.split(_first_group(_SOURCE, around))[0]


def find_attachments(root: Element) -> list[Link]:
    """The files that the page links to, each once; they are not fetched."""
    links: dict[str, Link] = {}
    for name, href in _iter_attachment_links(root):
        links.setdefault(href, Link(name, href, f"附件链接{len(links) + 1}"))
        if len(links) >= _MAX_LINKS:
            break
    return list(links.values())


def attachment_notes(links: Sequence[Link]) -> list[ReadNote]:
    """A note for every file that the page links to."""
    return [
        ReadNote(
            "attachment_link",
            f"网页附有文件“{link.name}”（{link.href[:_MAX_TEXT]}），未随网页读取；请下载到网页所在的文件夹，文件名与链接或其文字相同",
            link.locator,
        )
        for link in links
    ]


@cache
def _known_names(kind: str) -> frozenset[str]:
    return frozenset(format_words("webpages")[kind])


def _identifiers(element: Element) -> list[str]:
    """The id and the classes of an element."""
    return [name[:_MAX_NAME] for key in ("id", "class") for name in (element.get(key) or "")[:2_000].split()]


def _normalize_name(name: str) -> str:
    return re.sub(r"[-_]+", "_", name.lower()).strip("_")


def _is_named(element: Element, kind: str) -> bool:
    known = _known_names(kind)
    return any(_normalize_name(name).rstrip("0123456789_") in known for name in _identifiers(element))


def _is_noise(element: Element) -> bool:
    if element.tag in _NOISE_TAGS:
        return True
    names = _identifiers(element)
    return any(word.lower() in _known_names("noise") for name in names for word in [name, *_WORD.findall(name)])


def _text_weights(root: Element) -> Weights:
    """Characters of text outside links below each box that holds some."""
    weights: Weights = {}
    sums = [0]
    links = 0
    for event, element in walk(root):
        if event == "start":
            links += element.tag == "a"
            text = element.text
            sums.append(0 if links or not text else len(text.strip()))
            continue
        links -= element.tag == "a"
        total = sums.pop()
        if total >= _MIN_BOX_TEXT and element.tag in _CONTAINER_TAGS:
            weights[element] = total
        tail = element.tail
        sums[-1] += total if links or not tail else total + len(tail.strip())
    return weights


def _find_named_article(weights: Weights, root: Element) -> Element | None:
    """The box that bears a known name; where several stand beside each other, the box around them all."""
    for kind in ("article", "article_maybe"):
        boxes = {e for e in weights if e is not root and _is_named(e, kind)}
        if not boxes:
            continue
        if kind == "article":
            found = _common_container(_outermost(root, boxes), weights)
        else:
            most = max(weights[e] for e in boxes)
            found = next(
                e for e in weights if e in boxes and weights[e] >= _BULK_SHARE * most
            )  # the innermost stands first
        if weights.get(found, 0) >= _MIN_NAMED_SHARE * weights.get(root, 0):
            return found
    return None


def _outermost(root: Element, boxes: set[Element]) -> list[Element]:
    """The boxes that stand in no other of them."""
    outer: list[Element] = []
    depth = 0
    for event, element in walk(root):
        if element in boxes:
            if event == "start" and depth == 0:
                outer.append(element)
            depth += 1 if event == "start" else -1
    return outer


def _common_container(boxes: Sequence[Element], weights: Weights) -> Element:
    heaviest = max(boxes, key=lambda e: weights[e])
    if weights[heaviest] >= _DOMINANT_SHARE * sum(weights[e] for e in boxes):
        return heaviest
    shared = list(self_and_ancestors(boxes[0]))
    for box in boxes[1:_MAX_SIBLINGS]:
        above = set(self_and_ancestors(box))
        shared = [e for e in shared if e in above]
    return shared[0]


def _find_densest(weights: Weights, root: Element, words: TableWords) -> Element:
    """Go down as long as one box holds nearly all text; the last one that is no part of a table is the article.

    What is left behind is lost, so it may only be as long as the lines that frame an article, and no sentence.
    """
    here = article = root
    room = min(_MAX_FRAME_LENGTH, _MAX_FRAME_SHARE * weights.get(root, 0))
    while True:
        whole = weights.get(here, 0)
        below = [e for e in here if weights.get(e, 0) >= max(_BULK_SHARE * whole, whole - room, 1)]
        if not below or _has_notice_text(here, below[0]) or _is_data_table(below[0], words):
            return article
        room -= whole - weights[below[0]]
        here = below[0]
        if here.tag not in ("table", "tbody", "tr"):
            article = here


def _has_notice_text(around: Element, inside: Element) -> bool:
    """Whether the text of `around` outside of `inside` looks like a part of a notice."""
    pieces = [around.text or "", *(e.tail or "" for e in around)]
    return bool(_NOTICE_TEXT.search(" ".join(pieces))) or any(
        _NOTICE_TEXT.search(compact_text(e)) for e in around if e is not inside
    )


def _is_data_table(element: Element, words: TableWords) -> bool:
    """Whether the element is a table of words, not one that arranges the page: a header, or several rows of several
    filled cells without links.
    """
    if element.tag != "table":
        return False
    filled = 0
    for row in table_rows(element):
        cells = [cell for cell in row if len(cell) or cell.text]
        if any(contains_tag(cell, "table") or contains_tag(cell, "a") for cell in cells):
            continue
        texts = [text for cell in cells if (text := compact_text(cell))]
        filled += len(texts) > 1
        if filled > 1 or words.is_header(texts):
            return True
    return False


def _first_group(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _iter_attachment_links(root: Element) -> Iterator[tuple[str, str]]:
    kinds: Sequence[str] = format_words("webpages")["attachments"]
    for element in root.iter("a"):
        href = (element.get("href") or "").strip()
        name = compact_text(element)[:_MAX_TEXT] or (element.get("title") or "").strip()[:_MAX_TEXT]
        if not href or len(href) > 2_000 or href.lower().startswith(("javascript:", "data:", "#", "mailto:")):
            continue
        path = re.split(r"[?#]", href, maxsplit=1)[0]
        ends = {text.rpartition(".")[2].lower() for text in (path, name) if "." in text}
        if ends & set(kinds):
            yield name or path.rpartition("/")[2], href
