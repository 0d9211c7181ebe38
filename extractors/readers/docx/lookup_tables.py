"""Which elements need a closer look, found in a few passes at C speed over the whole tree.

Most paragraphs and cells of a notice are plain: runs of text and nothing else. Asking each of them for every
construct the format allows is what makes walking a docx slow; here the rare constructs are looked up once and mark
the paragraph or container they stand in, so that the plain rest can be read without touching it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from extractors.readers.docx import symbols
from extractors.readers.docx.xml_names import (
    ALT_CHUNK,
    ALTERNATE,
    BODY,
    BR,
    CELL_DEL,
    CR,
    DEL,
    DRAWING,
    ENDNOTE_REF,
    FLD_CHAR,
    FOOTNOTE_REF,
    GRID_BEFORE,
    GRID_SPAN,
    H_MERGE,
    HIDDEN,
    INSTR_TEXT,
    MOVE_FROM,
    NO_BREAK_HYPHEN,
    NUM_PR,
    O_MATH,
    O_MATH_PARA,
    OBJECT,
    OUTLINE,
    P_STYLE,
    PICT,
    PTAB,
    R_FONTS,
    R_STYLE,
    RUBY,
    SUB_DOC,
    SYM,
    TAB,
    TBL,
    TBL_HEADER,
    TC,
    TEXT_BOX,
    TR,
    TRANSPARENT,
    V_MERGE,
    VAL,
    VANISH,
    Element,
    P,
    T,
    through,
    w,
)

_RARE = (
    *TRANSPARENT,
    *(ALTERNATE, ALT_CHUNK, SUB_DOC, DEL, MOVE_FROM, VANISH),
    *(TAB, PTAB, BR, CR, NO_BREAK_HYPHEN, SYM, FLD_CHAR, INSTR_TEXT, FOOTNOTE_REF, ENDNOTE_REF),
    *(DRAWING, PICT, OBJECT, RUBY, O_MATH, O_MATH_PARA),
)
_PROPERTIES = {
    GRID_SPAN: "1",
    GRID_BEFORE: "0",
    V_MERGE: "continue",
    H_MERGE: "continue",
    **dict.fromkeys((CELL_DEL, TBL_HEADER, HIDDEN, DEL), "1"),
}
"""Row and cell properties that bear on the grid, each with what the bare element means."""
_SILENT: Mapping[str, str] = MappingProxyType({})
_ODD = re.compile("[\n\t\r\uf000-\uf0ff]")
"""Blanks of a pretty-printed file, and the private area in which Word keeps symbol fonts."""
_CONTAINERS = (P, TC, TR, TBL, TEXT_BOX, BODY, w("footnote"), w("endnote"))


class Index:
    """Marks over the elements of one document; `add` every root before reading from it."""

    def __init__(self, *, may_hide: bool, may_use_symbol_fonts: bool) -> None:
        self._rare = (*_RARE, R_STYLE) if may_hide else _RARE
        self._may_use_symbol_fonts = may_use_symbol_fonts
        self._special: set[Element] = set()
        self._texts: dict[Element, list[str]] = {}
        self._lines: dict[Element, list[str]] = {}
        self._formatted: set[Element] = set()
        self._tables: set[Element] = set()
        self._hosts: set[Element] = set()
        self._properties: dict[Element, dict[str, str]] = {}

    def add(self, root: Element) -> None:
        """Take in the tree below `root`."""
        for element in root.iter(*self._rare):
            self._mark(element)
        if self._may_use_symbol_fonts:
            for fonts in root.iter(R_FONTS):
                if symbols.is_symbol_font(symbols.font_of(fonts)):
                    self._mark(fonts)
        self._collect_text(root)
        for table in root.iter(TBL):
            self._tables.add(table)
            host = next(table.iterancestors(*_CONTAINERS), None)
            if host is not None and host.tag != BODY:
                self._hosts.add(host)
        self._formatted.update(owner for owner, _ in _owned(root, P_STYLE, NUM_PR, OUTLINE))
        for name, bare in _PROPERTIES.items():
            for owner, element in _owned(root, name):
                self._properties.setdefault(owner, {})[name] = element.get(VAL, bare)
        self._collect_lines(root)

    def is_table(self, block: Element) -> bool:
        """Whether a block element is a w:tbl."""
        return block in self._tables

    def children(self, parent: Element, *wanted: str) -> Iterator[Element]:
        """The `wanted` content of a container in order, wrappers looked through where there are any."""
        return through(parent, frozenset(wanted)) if parent in self._special else parent.iterchildren(*wanted)

    def plain_text(self, paragraph: Element) -> str | None:
        """The text of a paragraph that holds nothing but runs of text; None when it has to be looked at."""
        return None if paragraph in self._special else "".join(self._texts.get(paragraph, ()))

    def has_format(self, paragraph: Element) -> bool:
        """Whether the paragraph has properties that bear on its text: style, number, level, a deleted end."""
        return paragraph in self._formatted or paragraph in self._special

    @property
    def nests_tables(self) -> bool:
        """Whether any table stands inside of a cell, a text box or a note."""
        return bool(self._hosts)

    def holds_table(self, cell: Element) -> bool:
        """Whether a table stands in the cell itself, not in a text box or a further table of it."""
        return cell in self._hosts

    def plain_lines(self, container: Element) -> list[str] | None:
        """The texts of a container that holds nothing but plain paragraphs; None when it has to be looked at."""
        return self._lines.get(container)

    def properties(self, owner: Element) -> Mapping[str, str]:
        """What a row or cell says in its properties of what bears on the grid, by name."""
        return self._properties.get(owner, _SILENT)

    def _mark(self, element: Element) -> None:
        container = next(element.iterancestors(*_CONTAINERS), None)
        if container is not None:
            self._special.add(container)

    def _collect_text(self, root: Element) -> None:
        for element in root.iter(T):
            text = element.text
            run = element.getparent()
            paragraph = None if run is None else run.getparent()
            if not text or paragraph is None:
                continue
            if _ODD.search(text):
                self._special.add(paragraph)
            self._texts.setdefault(paragraph, []).append(text)

    def _collect_lines(self, root: Element) -> None:
        """The lines of every container that holds nothing but plain paragraphs."""
        lines: dict[Element, list[str]] = {}
        mixed = self._special | self._hosts
        for paragraph in root.iter(P):
            container = paragraph.getparent()
            if container is None:
                continue
            if paragraph in self._formatted or paragraph in self._special:
                mixed.add(container)
            else:
                lines.setdefault(container, []).append("".join(self._texts.get(paragraph, ())))
        self._lines.update((container, plain) for container, plain in lines.items() if container not in mixed)


def _owned(root: Element, *names: str) -> Iterator[tuple[Element, Element]]:
    """Property elements with the element whose properties they stand in (its parent's parent)."""
    for element in root.iter(*names):
        properties = element.getparent()
        owner = None if properties is None else properties.getparent()
        if owner is not None:
            yield owner, element
