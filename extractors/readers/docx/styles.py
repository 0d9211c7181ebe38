"""Paragraph and character styles: what they say about heading level, numbering and hidden text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.readers.docx.xml_names import (
    BASED_ON,
    DEFAULT,
    ILVL,
    NAME,
    NUM_ID,
    NUM_PR,
    OUTLINE,
    PPR,
    RPR,
    STYLE,
    STYLE_ID,
    TYPE,
    VANISH,
    Element,
    integer,
    switched,
    value,
)

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_BODY_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Style:
    """What one style, with those it is based on, says about a paragraph."""

    level: int | None = None
    """Heading level, 1 = outermost."""
    num_id: str | None = None
    ilvl: int | None = None
    lineage: tuple[str, ...] = ()
    """Ids of this style and its ancestors, nearest first."""
    hidden: bool = False


class Styles:
    """Styles by id, resolved when first asked for."""

    def __init__(self, root: Element | None) -> None:
        self._elements: dict[str, Element] = {}
        self._default: str | None = None
        self._resolved: dict[str, Style] = {}
        for element in () if root is None else root.iterchildren(STYLE):
            style_id = element.get(STYLE_ID, "")
            self._elements.setdefault(style_id, element)
            if element.get(TYPE) == "paragraph" and element.get(DEFAULT) in ("1", "true", "on"):
                self._default = style_id

    def get(self, style_id: str | None) -> Style:
        """The style a paragraph or run names; a paragraph that names none gets `default()`."""
        if style_id is None:
            return Style()
        style = self._resolved.get(style_id)
        if style is None:
            style = self._resolved[style_id] = self._resolve(style_id)
        return style

    def paragraph(self, style_id: str | None) -> Style:
        """The style of a paragraph, the document's default one where it names none or an unknown one."""
        return self.get(style_id if style_id in self._elements else self._default)

    def _resolve(self, style_id: str) -> Style:
        level: int | None = None
        num_id: str | None = None
        ilvl: int | None = None
        hidden: bool | None = None
        lineage: list[str] = []
        at: str | None = style_id
        while at is not None and at in self._elements and at not in lineage:
            element = self._elements[at]
            ppr = element.find(PPR)
            num_pr = None if ppr is None else ppr.find(NUM_PR)
            level = _level(element, ppr) if level is None else level
            num_id = value(num_pr, NUM_ID) if num_id is None else num_id
            if ilvl is None and value(num_pr, ILVL) is not None:
                ilvl = integer(value(num_pr, ILVL))
            hidden = switched(element.find(RPR), VANISH) if hidden is None else hidden
            lineage.append(at)
            at = value(element, BASED_ON)
        return Style(level or None, num_id, ilvl, tuple(lineage), hidden or False)


def outline_level(ppr: Element | None) -> int | None:
    """Heading level from w:outlineLvl: 1 to 9, 0 = expressly body text, None = not said."""
    stated = value(ppr, OUTLINE)
    if stated is None:
        return None
    level = integer(stated, _BODY_LEVEL)
    return level + 1 if 0 <= level < _BODY_LEVEL else 0


def _level(style: Element, ppr: Element | None) -> int | None:
    level = outline_level(ppr)
    if level is None:
        named = _HEADING_NAME.fullmatch((value(style, NAME) or "").strip())
        level = int(named[1]) if named else None
    return level
