"""The lines of a page and the tables between them, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.readers.html.dom import BLOCKS, Element, walk
from extractors.readers.html.list_numbers import Counters, numbered

_BLANKS = re.compile(r"[ \t\n\f\x0b]+")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; `level` where it is a heading. A blank line is one that the page shows as such."""

    text: str
    level: int | None = None
    pictures: tuple[Element, ...] = ()
    """Pictures in the line or, where it has no text, between lines."""


def lines_of(root: Element) -> Iterator[Line | Element]:
    """Lines and <table> elements below `root`, which may be a table cell or the article."""
    if len(root) or root.tag == "pre":
        return _Walk(root).items()
    text = drawn(root.text or "")
    return iter([Line(text)] if text else [])


def drawn(text: str) -> str:
    """Text as a browser draws it: blanks run together, hard blanks stay."""
    return _BLANKS.sub(" ", text).replace("\xa0", " ").replace("\u200b", "").strip()


class _Walk:
    def __init__(self, root: Element) -> None:
        self._root = root
        self._pieces: list[str] = []
        self._pictures: list[Element] = []
        self._counters = Counters()
        self._mark = ""
        self._level: int | None = None
        self._kept = 0
        """Open <pre> elements: inside them line feeds and blanks stand as typed."""

    def items(self) -> Iterator[Line | Element]:
        for event, element in walk(self._root, "table"):
            if event == "start":
                yield from self._start(element, element.tag)
                continue
            if event == "stop":
                yield from self._flush()
                yield element
            elif element.tag in BLOCKS and element is not self._root:
                yield from self._end(element.tag)
            if element.tail and element is not self._root:
                yield from self._add(element.tail)
        yield from self._flush()

    def _start(self, element: Element, name: str) -> Iterator[Line]:
        if name == "br":
            yield from self._flush(blank=True)
        elif name == "img":
            self._pictures.append(element)
        elif name in BLOCKS and element is not self._root:
            yield from self._flush()
            if name in _HEADINGS:
                self._level = int(name[1])
            elif name in ("ol", "ul", "menu", "dir"):
                self._counters.enter(element)
            elif name == "li":
                self._mark = self._counters.mark(element)
            elif name == "pre":
                self._kept += 1
        if element.text:
            yield from self._add(element.text)

    def _end(self, name: str) -> Iterator[Line]:
        yield from self._flush(blank=name == "p" and any("\xa0" in piece for piece in self._pieces))
        if name in _HEADINGS:
            self._level = None
        elif name in ("ol", "ul", "menu", "dir"):
            self._counters.leave()
        elif name == "pre":
            self._kept -= 1

    def _add(self, text: str) -> Iterator[Line]:
        if not self._kept:
            self._pieces.append(text)
            return
        first, *rest = text.split("\n")
        self._pieces.append(first.replace(" ", "\xa0"))
        for line in rest:
            yield from self._flush(blank=True)
            self._pieces.append(line.replace(" ", "\xa0"))

    def _flush(self, blank: bool = False) -> Iterator[Line]:
        """End the line."""
        if not self._pieces and not self._pictures and not blank:
            return
        text = drawn("".join(self._pieces))
        pictures = tuple(self._pictures)
        self._pieces, self._pictures = [], []
        if text:
            text = numbered(self._mark, text) if self._mark else text
            self._mark = ""
        if text or blank or pictures:
            yield Line(text, self._level if text else None, pictures)
