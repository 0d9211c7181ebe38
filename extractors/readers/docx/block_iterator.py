"""Paragraphs and tables of one container (body, cell, text box, note) in order, with numbers and accepted changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.readers.docx.lookup_tables import Index
from extractors.readers.docx.numbering import Label, Numbering
from extractors.readers.docx.runs import Box, InlineReader
from extractors.readers.docx.styles import Style, Styles, outline_level
from extractors.readers.docx.xml_names import (
    ALT_CHUNK,
    DEL,
    ILVL,
    MOVE_FROM,
    NUM_ID,
    NUM_PR,
    P_STYLE,
    PPR,
    RPR,
    SECT_PR,
    SUB_DOC,
    TBL,
    Element,
    P,
    integer,
    value,
)


@dataclass(slots=True)
class Line:
    """One paragraph as a reader of the page sees it; several in the file where a paragraph mark was deleted."""

    text: str = ""
    level: int | None = None
    boxes: list[Box] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)


@dataclass(slots=True)
class _Held:
    """A line in the making. Its number is that of the first paragraph whose end stands, in front of all its text."""

    texts: list[str] = field(default_factory=list)
    level: int | None = None
    label: Label | None = None
    boxes: list[Box] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)

    def is_empty(self) -> bool:
        return not (any(self.texts) or self.boxes or self.remarks or self.pictures or self.label)

    def line(self) -> Line:
        text = "".join(self.texts)
        if self.label is None:
            return Line(text, self.level, self.boxes, self.remarks, self.pictures)
        remarks = list(self.remarks)
        if self.label.unknown:
            message = f"自动编号格式 {self.label.unknown[:40]} 未知，按阿拉伯数字读取"
            remarks.append(("numbering_format", message))
        return Line(self.label.before(text), self.level, self.boxes, remarks, self.pictures)


class Flow:
    """Turns containers into lines and table elements. Holds the counters of the document's lists."""

    def __init__(self, styles: Styles, numbering: Numbering, inline: InlineReader, index: Index) -> None:
        self._index = index
        self._styles = styles
        self._numbering = numbering
        self._inline = inline
        default = styles.paragraph(None)
        self._plain = default if default.num_id is None and not default.hidden else None

    @property
    def short(self) -> bool:
        """Whether plain paragraphs may be read the short way: the default style neither numbers nor hides them."""
        return self._plain is not None

    def of(self, container: Element, tab: str) -> Iterator[Line | Element]:
        """Lines and w:tbl elements of `container` in reading order; a tab stop becomes `tab`."""
        held: _Held | None = None
        for element in self._index.children(container, P, TBL, ALT_CHUNK, SUB_DOC):
            is_table = self._index.is_table(element)
            if not is_table and element.tag == P:
                if self._plain is not None and held is None and not self._index.has_format(element):
                    yield Line(self._inline.read(element, tab).text, self._plain.level)
                    continue
                held = held or _Held()
                if not self._goes_on(element, tab, held):
                    yield held.line()
                    held = None
                continue
            if held is not None and not held.is_empty():
                yield held.line()
            held = None
            if is_table:
                yield element
            else:
                yield Line(remarks=[("lost_part", "此处嵌入了另一份文档，其内容未读取")])
        if held is not None and not held.is_empty():
            yield held.line()

    def _goes_on(self, element: Element, tab: str, held: _Held) -> bool:
        """Add a paragraph to `held`; True when its end is deleted or hidden, so that the next one joins it."""
        ppr = element.find(PPR) if self._index.has_format(element) else None
        style = self._styles.paragraph(value(ppr, P_STYLE))
        inline = self._inline.read(element, tab, hidden=style.hidden)
        mark = None if ppr is None else ppr.find(RPR)
        deleted = mark is not None and (mark.find(DEL) is not None or mark.find(MOVE_FROM) is not None)
        hidden = not deleted and self._inline.hides(mark, hidden=style.hidden)
        held.texts.append(inline.text)
        held.boxes += inline.boxes
        held.remarks += inline.remarks
        held.pictures += inline.pictures
        if not deleted and not (hidden and not inline.text):
            stated = outline_level(ppr)
            held.level = held.level or (style.level if stated is None else stated or None)
            if held.label is None and not (held.is_empty() and _ends_section(element)):
                held.label = self._label(ppr, style)
        return deleted or hidden

    def _label(self, ppr: Element | None, style: Style) -> Label | None:
        num_pr = None if ppr is None else ppr.find(NUM_PR)
        own_id, own_level = value(num_pr, NUM_ID), value(num_pr, ILVL)
        num_id = style.num_id if own_id is None else own_id
        if num_id is None or num_id == "0":
            return None
        if own_level is not None:
            return self._numbering.next_label(num_id, integer(own_level))
        if own_id is not None:
            return self._numbering.next_label(num_id, 0)
        linked = self._numbering.level_for_style(num_id, style.lineage)
        return self._numbering.next_label(num_id, (style.ilvl or 0) if linked is None else linked)


def _ends_section(paragraph: Element) -> bool:
    """Whether a paragraph is the end of a section; one with nothing else in it is a break and takes no number."""
    ppr = paragraph.find(PPR)
    return ppr is not None and ppr.find(SECT_PR) is not None
