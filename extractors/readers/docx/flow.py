"""Paragraphs and tables of one container (body, cell, text box, note) in order, with numbers and accepted changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.readers.docx.index import Index
from extractors.readers.docx.names import (
    ALT_CHUNK,
    DEL,
    ILVL,
    MOVE_FROM,
    NUM_ID,
    NUM_PR,
    P_STYLE,
    PPR,
    RPR,
    SUB_DOC,
    TBL,
    VANISH,
    Element,
    P,
    integer,
    is_on,
    value,
)
from extractors.readers.docx.numbering import Label, Numbering
from extractors.readers.docx.runs import Box, InlineReader
from extractors.readers.docx.styles import Style, Styles, outline_level


@dataclass(slots=True)
class Line:
    """One paragraph as a reader of the page sees it; several in the file where a paragraph mark was deleted."""

    text: str = ""
    level: int | None = None
    boxes: list[Box] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)


class Flow:
    """Turns containers into lines and table elements. Holds the counters of the document's lists."""

    def __init__(self, styles: Styles, numbering: Numbering, inline: InlineReader, index: Index) -> None:
        self._index = index
        self._styles = styles
        self._numbering = numbering
        self._inline = inline
        default = styles.paragraph(None)
        self._plain = default if default.num_id is None and not default.hidden else None

    def plain_lines(self, container: Element) -> list[str] | None:
        """The lines of a container in the short way, where it holds plain paragraphs only; None otherwise."""
        return None if self._plain is None else self._index.plain_lines(container)

    def of(self, container: Element, tab: str) -> Iterator[Line | Element]:
        """Lines and w:tbl elements of `container` in reading order; a tab stop becomes `tab`."""
        held: Line | None = None
        for element in self._index.children(container, P, TBL, ALT_CHUNK, SUB_DOC):
            is_table = self._index.is_table(element)
            if not is_table and element.tag == P:
                line, open_end = self._paragraph(element, tab, held)
                held = line if open_end else None
                if not open_end:
                    yield line
                continue
            if held is not None and (held.text or held.boxes):
                yield held
            held = None
            if is_table:
                yield element
            else:
                yield Line(remarks=[("lost_part", "此处嵌入了另一份文档，其内容未读取")])
        if held is not None and (held.text or held.boxes or held.remarks):
            yield held

    def _paragraph(self, element: Element, tab: str, held: Line | None) -> tuple[Line, bool]:
        """The paragraph, after what `held` carries over; True when its end is deleted or hidden, so that it goes on."""
        formatted = self._index.has_format(element)
        if self._plain is not None and held is None and not formatted:
            return Line(self._inline.read(element, tab).text, self._plain.level), False
        ppr = element.find(PPR) if formatted else None
        inline = self._inline.read(element, tab)
        mark = None if ppr is None else ppr.find(RPR)
        deleted = mark is not None and (mark.find(DEL) is not None or mark.find(MOVE_FROM) is not None)
        hidden = not deleted and is_on(mark, VANISH)
        text = inline.text
        level: int | None = None
        style = self._styles.paragraph(value(ppr, P_STYLE))
        if style.hidden:
            return held or Line(), True
        if not deleted and not (hidden and not text):
            stated = outline_level(ppr)
            level = style.level if stated is None else stated or None
            label = self._label(ppr, style)
            if label is not None:
                text = label.before((held.text if held else "") + text)
                held = Line("", held.level, held.boxes, held.remarks) if held else None
                if label.unknown:
                    message = f"自动编号格式 {label.unknown[:40]} 未知，按阿拉伯数字读取"
                    inline.remarks.append(("numbering_format", message))
        if held is None:
            return Line(text, level, inline.boxes, inline.remarks), deleted or hidden
        joined = Line(
            held.text + text,
            held.level or level,
            held.boxes + inline.boxes,
            held.remarks + inline.remarks,
        )
        return joined, deleted or hidden

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
