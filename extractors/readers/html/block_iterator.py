"""Text lines and tables of a page in reading order, list items with the numbers a browser displays."""

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
    """One line of text; `level` if it is a heading. Empty lines are those the page displays."""

    text: str
    level: int | None = None
    pictures: tuple[Element, ...] = ()
    """Pictures in the line or, if it has no text, between lines."""


class _BlockWalker:
    def __init__(self, root: Element) -> None:
        self._root = root
        self._pieces: list[str] = []
        self._pictures: list[Element] = []
        self._counters = ListCounters()
        self._item_number = ""
        self._level: int | None = None
        self._open_pre = 0
        """Number of open <pre> elements, in which line feeds and spaces are kept."""

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
                self._item_number = self._counters.next_number(element)
            elif name == "pre":
                self._open_pre += 1
        if element.text:
            yield from self._add(element.text)

    def _end(self, name: str) -> Iterator[TextLine]:
        yield from self._flush(blank=name == "p" and any("\xa0" in piece for piece in self._pieces))
        if name in _HEADINGS:
            self._level = None
        elif name in ("ol", "ul", "menu", "dir"):
            self._counters.leave()
        elif name == "pre":
            self._open_pre -= 1

    def _add(self, text: str) -> Iterator[TextLine]:
        if not self._open_pre:
            self._pieces.append(text)
            return
        first, *rest = text.split("\n")
        self._pieces.append(first.replace(" ", "\xa0"))
        for line in rest:
            yield from self._flush(blank=True)
            self._pieces.append(line.replace(" ", "\xa0"))

    def _flush(self, blank: bool = False) -> Iterator[TextLine]:
        """End the current line."""
        if not self._pieces and not self._pictures and not blank:
            return
        text = displayed_text("".join(self._pieces))
        pictures = tuple(self._pictures)
        self._pieces, self._pictures = [], []
        if text:
            text = prefix_number(self._item_number, text) if self._item_number else text
            self._item_number = ""
        if text or blank or pictures:
            yield TextLine(text, self._level if text else None, pictures)


class ListCounters:
    """Counters of the open lists."""

    def __init__(self) -> None:
        self._read_layout_cells: list[tuple[Element, int]] = []

    def enter(self, element: Element) -> None:
        """Start an <ol> or <ul>."""
        self._read_layout_cells.append((element, _list_start(element)))

    def leave(self) -> None:
        """End the innermost list."""
        if self._read_layout_cells:
            self._read_layout_cells.pop()

    def next_number(self, item: Element) -> str:
        """Return the number of the next item; empty in unnumbered lists."""
        if not self._read_layout_cells or self._read_layout_cells[-1][0].tag != "ol":
            return ""
        element, number = self._read_layout_cells[-1]
        raw_value = item.get("value", "").strip()
        number = int(raw_value) if _INTEGER.fullmatch(raw_value) else number
        self._read_layout_cells[-1] = element, number + (-1 if element.get("reversed") is not None else 1)
        number_format = _number_format(item) or _number_format(element) or "decimal"
        if number_format == "none":
            return ""
        text = format_number(number, number_format) or str(number)
        return text + ("、" if number_format in ("chineseCountingThousand", "ideographDigital") else ".")


def iter_blocks(root: Element) -> Iterator[TextLine | Element]:
    """Yield the lines and <table> elements below `root`, which may be a table cell or the article."""
    if len(root) or root.tag == "pre":
        return _BlockWalker(root).items()
    text = displayed_text(root.text or "")
    return iter([TextLine(text)] if text else [])


def displayed_text(text: str) -> str:
    """Return text with whitespace collapsed as a browser does; no-break spaces become spaces."""
    return _WHITESPACE.sub(" ", text).replace("\xa0", " ").replace("\u200b", "").strip()


def prefix_number(number: str, text: str) -> str:
    """Return the item with its number, unless its text begins with one (such lists hide theirs)."""
    return text if not text or _TYPED_NUMBER.match(text) else number + text


def _list_start(element: Element) -> int:
    raw_start = element.get("start", "").strip()
    if _INTEGER.fullmatch(raw_start):
        return int(raw_start)
    if element.get("reversed") is not None:
        return sum(child.tag == "li" for child in element)
    return 1


def _number_format(element: Element) -> str | None:
    match = _LIST_STYLE.search((element.get("style") or "")[:1_000])
    if match:
        names = match[1].lower().split()
        if "none" in names:
            return "none"
        number_format = next((_STYLE_FORMATS[word] for word in names if word in _STYLE_FORMATS), None)
        if number_format:
            return number_format
    return _TYPE_FORMATS.get(element.get("type", ""))
