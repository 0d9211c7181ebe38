"""Text lines and tables of a page in reading order, list items with the numbers a browser shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.readers.html.dom import BLOCK_TAGS, Element, walk
from extractors.readers.numerals import format_number

_WHITESPACE = re.compile(r"[ \t\n\f\x0b]+")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TYPE_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_STYLE_FORMATS = {
    "decimal": "decimal", "decimal-leading-zero": "decimalZero", "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter", "upper-alpha": "upperLetter", "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "cjk-ideographic": "chineseCountingThousand",
    "simp-chinese-informal": "chineseCountingThousand", "trad-chinese-informal": "chineseCountingThousand",
    "cjk-decimal": "ideographDigital",
}  # fmt: skip
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z\s-]+)", re.IGNORECASE)
_TYPED_NUMBER = re.compile(
    r"\s*(?:(?:[（(]\s*)?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])\s*[)）.、．]|第[一二三四五六七八九十]+|[①-⑳])"
)
_INTEGER = re.compile(r"-?\d{1,6}")


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text; `level` where it is a heading. A blank line is one that the page shows as such."""

    text: str
    level: int | None = None
    pictures: tuple[Element, ...] = ()
    """Pictures in the line or, where it has no text, between lines."""


class _BlockWalker:
    def __init__(self, root: Element) -> None:
        self._root = root
        self._pieces: list[str] = []
        self._pictures: list[Element] = []
        self._counters = ListCounters()
        self._mark = ""
        self._level: int | None = None
        self._kept = 0
        """Open <pre> elements: inside them line feeds and blanks stand as typed."""

    def items(self) -> Iterator[TextLine | Element]:
        for event, element in walk(self._root, "table"):
            if event == "start":
                yield from self._start(element, element.tag)
                continue
            if event == "stop":
                yield from self._flush()
                yield element
            elif element.tag in BLOCK_TAGS and element is not self._root:
                yield from self._end(element.tag)
            if element.tail and element is not self._root:
                yield from self._add(element.tail)
        yield from self._flush()

    def _start(self, element: Element, name: str) -> Iterator[TextLine]:
        if name == "br":
            yield from self._flush(blank=True)
        elif name == "img":
            self._pictures.append(element)
        elif name in BLOCK_TAGS and element is not self._root:
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

    def _end(self, name: str) -> Iterator[TextLine]:
        yield from self._flush(blank=name == "p" and any("\xa0" in piece for piece in self._pieces))
        if name in _HEADINGS:
            self._level = None
        elif name in ("ol", "ul", "menu", "dir"):
            self._counters.leave()
        elif name == "pre":
            self._kept -= 1

    def _add(self, text: str) -> Iterator[TextLine]:
        if not self._kept:
            self._pieces.append(text)
            return
        first, *rest = text.split("\n")
        self._pieces.append(first.replace(" ", "\xa0"))
        for line in rest:
            yield from self._flush(blank=True)
            self._pieces.append(line.replace(" ", "\xa0"))

    def _flush(self, blank: bool = False) -> Iterator[TextLine]:
        """End the line."""
        if not self._pieces and not self._pictures and not blank:
            return
        text = displayed_text("".join(self._pieces))
        pictures = tuple(self._pictures)
        self._pieces, self._pictures = [], []
        if text:
            text = prefix_number(self._mark, text) if self._mark else text
            self._mark = ""
        if text or blank or pictures:
            yield TextLine(text, self._level if text else None, pictures)


class ListCounters:
    """The counters of the lists that are open."""

    def __init__(self) -> None:
        self._open: list[tuple[Element, int]] = []

    def enter(self, element: Element) -> None:
        """An <ol> or <ul> begins."""
        self._open.append((element, _list_start(element)))

    def leave(self) -> None:
        """A list ends."""
        if self._open:
            self._open.pop()

    def mark(self, item: Element) -> str:
        """The number in front of the next item; empty in lists without numbers."""
        if not self._open or self._open[-1][0].tag != "ol":
            return ""
        element, number = self._open[-1]
        stated = item.get("value", "").strip()
        number = int(stated) if _INTEGER.fullmatch(stated) else number
        self._open[-1] = element, number + (-1 if element.get("reversed") is not None else 1)
        form = _number_format(item) or _number_format(element) or "decimal"
        if form == "none":
            return ""
        drawn = format_number(number, form) or str(number)
        return drawn + ("、" if form in ("chineseCountingThousand", "ideographDigital") else ".")


def iter_blocks(root: Element) -> Iterator[TextLine | Element]:
    """Lines and <table> elements below `root`, which may be a table cell or the article."""
    if len(root) or root.tag == "pre":
        return _BlockWalker(root).items()
    text = displayed_text(root.text or "")
    return iter([TextLine(text)] if text else [])


def displayed_text(text: str) -> str:
    """Text as a browser draws it: blanks run together, hard blanks stay."""
    return _WHITESPACE.sub(" ", text).replace("\xa0", " ").replace("\u200b", "").strip()


def prefix_number(mark: str, text: str) -> str:
    """The item with its number, unless the author typed one (such lists hide theirs)."""
    return text if not text or _TYPED_NUMBER.match(text) else mark + text


def _list_start(element: Element) -> int:
    stated = element.get("start", "").strip()
    if _INTEGER.fullmatch(stated):
        return int(stated)
    if element.get("reversed") is not None:
        return sum(child.tag == "li" for child in element)
    return 1


def _number_format(element: Element) -> str | None:
    found = _LIST_STYLE.search((element.get("style") or "")[:1_000])
    if found:
        words = found[1].lower().split()
        if "none" in words:
            return "none"
        form = next((_STYLE_FORMATS[word] for word in words if word in _STYLE_FORMATS), None)
        if form:
            return form
    return _TYPE_FORMATS.get(element.get("type", ""))
