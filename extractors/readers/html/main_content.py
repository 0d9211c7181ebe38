"""Where on a page the article is: by the names that content management systems give it, else by where the text is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from extractors.readers.format_words import format_words
from extractors.readers.html.dom import Element, ancestors, drop, holds, mark, select, solid, walk
from extractors.readers.html.grid import rows_of
from extractors.table_words import TableWords

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_NOISE_TAGS = ("nav", "footer", "aside", "header")
_BOXES = frozenset(
    {
        "html", "body", "div", "td", "article", "section", "main", "form", "center", "table", "tbody", "tr",
        "fieldset", "dd",
    }
)  # fmt: skip
_BULK = 0.8
"""A box that holds this share of its parent's text stands for the parent."""
_SAID = re.compile(r"[。；〔]|附件")
_FRAME_LENGTH = 300
"""Characters that may stand around an article without a name: date, source, address of the office."""
_FRAME_SHARE = 0.3
_NOISE_SHARE = 0.3
_NAMED_SHARE = 0.5
"""A named box with less of the page's text than this is not trusted to be the article."""
_ALONE = 0.9
_SIBLINGS = 200
_LEAST = 20
"""Characters from which on a box is weighed at all."""
_LONGEST_NAME = 200

Weights = dict[Element, int]


@cache
def _names(kind: str) -> frozenset[str]:
    return frozenset(format_words("webpages")[kind])


def _identifiers(element: Element) -> list[str]:
    """The id and the classes of an element."""
    return [name[:_LONGEST_NAME] for key in ("id", "class") for name in (element.get(key) or "")[:2_000].split()]


def _plain(name: str) -> str:
    return re.sub(r"[-_]+", "_", name.lower()).strip("_")


def _is_named(element: Element, kind: str) -> bool:
    known = _names(kind)
    return any(_plain(name).rstrip("0123456789_") in known for name in _identifiers(element))


def _sounds_like_noise(element: Element) -> bool:
    if element.tag in _NOISE_TAGS:
        return True
    names = _identifiers(element)
    return any(word.lower() in _names("noise") for name in names for word in [name, *_WORD.findall(name)])


def _weigh(root: Element) -> Weights:
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
        if total >= _LEAST and element.tag in _BOXES:
            weights[element] = total
        tail = element.tail
        sums[-1] += total if links or not tail else total + len(tail.strip())
    return weights


def find(root: Element, words: TableWords) -> Element:
    """The element that holds the article. What is plainly none of it is taken out of the tree, within it too."""
    weights = _weigh(root)
    most = _NOISE_SHARE * weights.get(root, 0)
    noisy = False
    for element in select(root, "//*[@id or @class] | //nav | //footer | //aside | //header"):
        if element.tag in ("html", "body") or not _sounds_like_noise(element):
            continue
        weight = weights.get(element, 0)
        if weight <= most and not (weight > _LEAST * 10 and holds(element, "table")):
            mark(element)
            noisy = True
    if noisy:
        drop(root)
        weights = _weigh(root)
    named = _named(weights, root)
    return _densest(weights, root, words) if named is None else named


def _named(weights: Weights, root: Element) -> Element | None:
    """The box that bears a known name; where several stand beside each other, the box around them all."""
    for kind in ("article", "article_maybe"):
        boxes = {e for e in weights if e is not root and _is_named(e, kind)}
        if not boxes:
            continue
        if kind == "article":
            found = _around(_outermost(root, boxes), weights)
        else:
            most = max(weights[e] for e in boxes)
            found = next(e for e in weights if e in boxes and weights[e] >= _BULK * most)  # the innermost stands first
        if weights.get(found, 0) >= _NAMED_SHARE * weights.get(root, 0):
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


def _around(boxes: Sequence[Element], weights: Weights) -> Element:
    heaviest = max(boxes, key=lambda e: weights[e])
    if weights[heaviest] >= _ALONE * sum(weights[e] for e in boxes):
        return heaviest
    shared = list(ancestors(boxes[0]))
    for box in boxes[1:_SIBLINGS]:
        above = set(ancestors(box))
        shared = [e for e in shared if e in above]
    return shared[0]


def _densest(weights: Weights, root: Element, words: TableWords) -> Element:
    """Go down as long as one box holds nearly all text; the last one that is no part of a table is the article.

    What is left behind is lost, so it may only be as long as the lines that frame an article, and no sentence.
    """
    here = article = root
    room = min(_FRAME_LENGTH, _FRAME_SHARE * weights.get(root, 0))
    while True:
        whole = weights.get(here, 0)
        below = [e for e in here if weights.get(e, 0) >= max(_BULK * whole, whole - room, 1)]
        if not below or _says_something(here, below[0]) or _is_data(below[0], words):
            return article
        room -= whole - weights[below[0]]
        here = below[0]
        if here.tag not in ("table", "tbody", "tr"):
            article = here


def _says_something(around: Element, inside: Element) -> bool:
    """Whether the text of `around` outside of `inside` looks like a part of a notice."""
    pieces = [around.text or "", *(e.tail or "" for e in around)]
    return bool(_SAID.search(" ".join(pieces))) or any(_SAID.search(solid(e)) for e in around if e is not inside)


def _is_data(element: Element, words: TableWords) -> bool:
    """Whether the element is a table of words, not one that arranges the page: a header, or several rows of several
    filled cells without links.
    """
    if element.tag != "table":
        return False
    filled = 0
    for row in rows_of(element):
        cells = [cell for cell in row if len(cell) or cell.text]
        if any(holds(cell, "table") or holds(cell, "a") for cell in cells):
            continue
        texts = [text for cell in cells if (text := solid(cell))]
        filled += len(texts) > 1
        if filled > 1 or words.is_header(texts):
            return True
    return False
