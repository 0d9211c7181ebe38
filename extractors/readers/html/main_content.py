"""The article of a page and its metadata: title, date, source and attached files.

The article is found by the names that content management systems give it, else by where most of the text is.
"""

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
"""A container with this share of its parent's text represents the parent."""
_NOTICE_TEXT = re.compile(r"[。；〔]|附件")
_MAX_FRAME_LENGTH = 300
"""Characters of text allowed around an article found without a name: date, source, address of the office."""
_MAX_FRAME_SHARE = 0.3
_MAX_NOISE_SHARE = 0.3
_MIN_NAMED_SHARE = 0.5
"""A named container with a smaller share of the page's text is not accepted as the article."""
_DOMINANT_SHARE = 0.9
_MAX_SIBLINGS = 200
_MIN_BOX_TEXT = 20
"""Containers with less text are ignored."""
_MAX_PART_TEXT = 200
"""Characters of a part of a page that is dropped though it holds a table."""
_MAX_NAME = 200
Weights = dict[Element, int]
_DATE = re.compile(
    r"(?:发布|公开|更新)?(?<!成文)(?<!发文)(?<!印发)(?:日期|时间)\s*[:：]\s*((?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}日?)"
)
_SOURCE = re.compile(r"(?:信息)?来源\s*[:：]\s*([^\s:：|]{2,30})")
_NEXT_LABEL = re.compile(r"(?:浏览|点击|阅读|访问|字体|作者|编辑|责任|发布|打印|字号|时间|日期|审核)")
_MAX_LINKS = 200
_MAX_TEXT = 300


def find_article(root: Element, words: TableWords) -> Element:
    """Return the element that holds the article; navigation and the like is removed from the tree."""
    weights = _text_weights(root)
    max_noise = _MAX_NOISE_SHARE * weights.get(root, 0)
    has_noise = False
    for element in select(root, "//*[@id or @class] | //nav | //footer | //aside | //header"):
        if element.tag in ("html", "body") or not _is_noise(element):
            continue
        weight = weights.get(element, 0)
        if weight <= max_noise and not (weight > _MAX_PART_TEXT and contains_tag(element, "table")):
            mark_dropped(element)
            has_noise = True
    if has_noise:
        drop_elements(root)
        weights = _text_weights(root)
    named = _find_named_article(weights, root)
    return _find_densest(weights, root, words) if named is None else named


def read_metadata(root: Element) -> dict[str, str]:
    """Return `title`, `date` and `source` of the <meta> elements."""
    meta: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        content = " ".join((element.get("content") or "")[:_MAX_TEXT].split())
        if name and content:
            meta.setdefault(name, content)
    names = format_words("webpages")["meta"]
    metadata = {kind: next((meta[n] for n in names[kind] if n in meta), "") for kind in ("title", "date", "source")}
    return {kind: text for kind, text in metadata.items() if text}


def text_outside(root: Element, article: Element) -> tuple[str, str]:
    """Return the text of the page outside the article, and the first <h1> in it."""
    pieces: list[str] = []
    heading = ""
    for event, element in walk(root, exclude=article):
        piece = element.text if event == "start" else element.tail if element is not root else None
        if piece:
            pieces.append(piece.replace("\xa0", " "))
        if event == "start" and element.tag == "h1" and not heading:
            heading = compact_text(element)
    return " ".join(" ".join(pieces).split()), heading


def publication_notes(metadata: dict[str, str]) -> list[ReadNote]:
    """Return a note with date and source in the <meta> elements, which are those of the page and not of the notice."""
    date, source = metadata.get("date"), metadata.get("source")
    parts = [f"发布日期 {date}"] * bool(date) + [f"来源 {source}"] * bool(source)
    if not parts:
        return []
    return [ReadNote("publication", f"网页标注的{'，'.join(parts)}（不作为通知的印发日期和机关）", "网页标题区")]


def publication_of(metadata: dict[str, str], text: str) -> tuple[str, str]:
    """Return publication date and source as printed; empty if not given."""
    date = metadata.get("date") or _first_group(_DATE, text)
    return date, metadata.get("source") or _NEXT_LABEL.split(_first_group(_SOURCE, text))[0]


def find_attachments(root: Element) -> list[Link]:
    """Return the files that the page links to, each once; they are not fetched."""
    links: dict[str, Link] = {}
    for name, href in _iter_attachment_links(root):
        links.setdefault(href, Link(name, href, f"附件链接{len(links) + 1}"))
        if len(links) >= _MAX_LINKS:
            break
    return list(links.values())


def attachment_notes(links: Sequence[Link]) -> list[ReadNote]:
    """Return a note for every file that the page links to."""
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
    """Return the id and the classes of an element."""
    return [name[:_MAX_NAME] for key in ("id", "class") for name in (element.get(key) or "")[:2_000].split()]


def _normalize_name(name: str) -> str:
    return re.sub(r"[-_]+", "_", name.lower()).strip("_")


def _is_named(element: Element, kind: str) -> bool:
    known_names = _known_names(kind)
    return any(_normalize_name(name).rstrip("0123456789_") in known_names for name in _identifiers(element))


def is_small_part(element: Element) -> bool:
    """Return whether an element is a footer, a menu or the like by its name, with no more text than these have."""
    return _is_noise(element) and len(compact_text(element)) <= _MAX_PART_TEXT


def _is_noise(element: Element) -> bool:
    if element.tag in _NOISE_TAGS:
        return True
    names = _identifiers(element)
    return any(word.lower() in _known_names("noise") for name in names for word in [name, *_WORD.findall(name)])


def _text_weights(root: Element) -> Weights:
    """Return the number of characters outside links in each container with enough text."""
    weights: Weights = {}
    sums = [0]
    open_links = 0
    for event, element in walk(root):
        if event == "start":
            open_links += element.tag == "a"
            text = element.text
            sums.append(0 if open_links or not text else len(text.strip()))
            continue
        open_links -= element.tag == "a"
        total = sums.pop()
        if total >= _MIN_BOX_TEXT and element.tag in _CONTAINER_TAGS:
            weights[element] = total
        tail = element.tail
        sums[-1] += total if open_links or not tail else total + len(tail.strip())
    return weights


def _find_named_article(weights: Weights, root: Element) -> Element | None:
    """Return the container with a known name; the common container if several are siblings."""
    for kind in ("article", "article_maybe"):
        boxes = {e for e in weights if e is not root and _is_named(e, kind)}
        if not boxes:
            continue
        if kind == "article":
            article = _common_container(_outermost(root, boxes), weights)
        else:
            heaviest = max(weights[e] for e in boxes)
            article = next(e for e in weights if e in boxes and weights[e] >= _BULK_SHARE * heaviest)  # innermost first
        if weights.get(article, 0) >= _MIN_NAMED_SHARE * weights.get(root, 0):
            return article
    return None


def _outermost(root: Element, boxes: set[Element]) -> list[Element]:
    """Return the containers that are inside none of the others."""
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
        box_ancestors = set(self_and_ancestors(box))
        shared = [e for e in shared if e in box_ancestors]
    return shared[0]


def _find_densest(weights: Weights, root: Element, words: TableWords) -> Element:
    """Descend while one child holds nearly all text; return the last element that is not part of a table.

    Text left outside is lost, so it may be no longer than the lines around an article, and no sentence of a notice.
    """
    current = article = root
    allowance = min(_MAX_FRAME_LENGTH, _MAX_FRAME_SHARE * weights.get(root, 0))
    while True:
        total = weights.get(current, 0)
        candidates = [e for e in current if weights.get(e, 0) >= max(_BULK_SHARE * total, total - allowance, 1)]
        if not candidates or _has_notice_text(current, candidates[0]) or _is_data_table(candidates[0], words):
            return article
        allowance -= total - weights[candidates[0]]
        current = candidates[0]
        if current.tag not in ("table", "tbody", "tr"):
            article = current


def _has_notice_text(container: Element, excluded: Element) -> bool:
    """Return whether the text of `container` outside of `excluded` looks like part of a notice."""
    pieces = [container.text or "", *(e.tail or "" for e in container)]
    return bool(_NOTICE_TEXT.search(" ".join(pieces))) or any(
        _NOTICE_TEXT.search(compact_text(e)) for e in container if e is not excluded
    )


def _is_data_table(element: Element, words: TableWords) -> bool:
    """Return whether a table holds data, not the page layout: a header, or two rows of several cells without links."""
    if element.tag != "table":
        return False
    filled_rows = 0
    for row in table_rows(element):
        cells = [cell for cell in row if len(cell) or cell.text]
        if any(contains_tag(cell, "table") or contains_tag(cell, "a") for cell in cells):
            continue
        texts = [text for cell in cells if (text := compact_text(cell))]
        filled_rows += len(texts) > 1
        if filled_rows > 1 or words.is_header(texts):
            return True
    return False


def _first_group(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _iter_attachment_links(root: Element) -> Iterator[tuple[str, str]]:
    extensions: Sequence[str] = format_words("webpages")["attachments"]
    for element in root.iter("a"):
        href = (element.get("href") or "").strip()
        name = compact_text(element)[:_MAX_TEXT] or (element.get("title") or "").strip()[:_MAX_TEXT]
        if not href or len(href) > 2_000 or href.lower().startswith(("javascript:", "data:", "#", "mailto:")):
            continue
        path = re.split(r"[?#]", href, maxsplit=1)[0]
        link_extensions = {text.rpartition(".")[2].lower() for text in (path, name) if "." in text}
        if link_extensions & set(extensions):
            yield name or path.rpartition("/")[2], href
