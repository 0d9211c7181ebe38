"""The text inside one paragraph, as it stands on the page."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractors.readers.docx import symbols
from extractors.readers.docx.fields import Fields
from extractors.readers.docx.lookup_tables import Index
from extractors.readers.docx.notes import NoteMarks
from extractors.readers.docx.styles import Styles
from extractors.readers.docx.xml_names import (
    A_BLIP,
    A_P,
    A_T,
    ALTERNATE,
    BR,
    CHART,
    CR,
    CUSTOM_MARK,
    DRAWING,
    ENDNOTE_REF,
    FLD_CHAR,
    FOOTNOTE_REF,
    ID,
    IMAGE_DATA,
    INSTR_TEXT,
    M_DEN,
    M_T,
    NO_BREAK_HYPHEN,
    O_MATH,
    O_MATH_PARA,
    OBJECT,
    PICT,
    PTAB,
    R_FONTS,
    R_STYLE,
    RPR,
    RUBY,
    RUBY_BASE,
    SMART_ART,
    SYM,
    TAB,
    TEXT_BOX,
    TEXT_PATH,
    VANISH,
    Element,
    R,
    T,
    alternative,
    switched,
    through,
    value,
    w,
)

_INLINE = frozenset((R, O_MATH, O_MATH_PARA))
_RUNS = frozenset((R,))
_PICTURES = (A_BLIP, IMAGE_DATA)
_GRAPHICS = {CHART: "图表", SMART_ART: "SmartArt 图形"}
Box = Element | str
"""A text box's content element, or the words of a piece of WordArt."""


@dataclass(slots=True)
class Inline:
    """What one paragraph holds: text, text boxes and pictures anchored in it, and remarks (rule, message) on what is
    no text.
    """

    text: str = ""
    boxes: list[Box] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)


class InlineReader:
    """Reads paragraphs of one document; stateless between paragraphs except for the order of note marks."""

    def __init__(
        self, styles: Styles, marks: NoteMarks, index: Index, *, may_hide: bool, may_use_symbol_fonts: bool
    ) -> None:
        self._styles = styles
        self._index = index
        self._marks = marks
        self._may_hide = may_hide
        self._may_use_symbol_fonts = may_use_symbol_fonts

    def read(self, paragraph: Element, tab: str, *, hidden: bool = False) -> Inline:
        """The paragraph's text, with `tab` for a tab stop; `hidden` says whether its style hides text."""
        plain = self._index.plain_text(paragraph)
        if plain is not None:
            return Inline("" if hidden else plain)
        page = _Page(self, tab)
        for element in through(paragraph, _INLINE):
            if element.tag == R:
                if not (hidden and self.hides(element.find(RPR), hidden=hidden)):
                    page.run(element, hidden=hidden)
            elif not hidden:
                page.math(element)
        page.text.append(page.fields.rest())
        return Inline("".join(page.text), page.boxes, page.remarks, page.pictures)

    def font(self, rpr: Element | None) -> str | None:
        """The symbol font a run is set in, if any."""
        if rpr is None or not self._may_use_symbol_fonts:
            return None
        return symbols.font_of(rpr.find(R_FONTS))

    def hides(self, rpr: Element | None, *, hidden: bool = False) -> bool:
        """Whether text with these properties is hidden in a paragraph whose style says `hidden`.

        What the run itself says is final; paragraph and character style that both hide undo each other
        ([ECMA-376] part 1, 17.7.3).
        """
        if rpr is None or not self._may_hide:
            return hidden
        own = switched(rpr, VANISH)
        return self._styles.get(value(rpr, R_STYLE)).hidden != hidden if own is None else own

    def note_mark(self, reference: Element) -> str:
        """What a footnote or endnote reference puts on the page; a mark of the author's own follows as text."""
        kind = "footnote" if reference.tag == FOOTNOTE_REF else "endnote"
        own_mark = reference.get(CUSTOM_MARK) in ("1", "true", "on")
        return self._marks.refer(kind, reference.get(ID, ""), own_mark=own_mark)

    def symbols_in(self, text: str, rpr: Element | None) -> str:
        """`text` as its font draws it."""
        font = self.font(rpr)
        return symbols.redraw(text, font) if symbols.has_private(text) or symbols.is_symbol_font(font) else text


class _Page:
    """Collects one paragraph."""

    __slots__ = ("_reader", "_tab", "boxes", "fields", "pictures", "remarks", "text")

    def __init__(self, reader: InlineReader, tab: str) -> None:
        self._reader = reader
        self._tab = tab
        self.text: list[str] = []
        self.boxes: list[Box] = []
        self.remarks: list[tuple[str, str]] = []
        self.pictures: list[Element] = []
        self.fields = Fields()

    def run(self, run: Element, *, hidden: bool = False) -> None:
        """One w:r. The properties come first by the schema, so they are known before the text."""
        rpr: Element | None = None
        for child in run:
            tag = child.tag
            if tag == T:
                self._put(self._reader.symbols_in(_text(child), rpr))
            elif tag == RPR:
                if self._reader.hides(child, hidden=hidden):
                    return
                rpr = child
            else:
                self._special(child, rpr)

    def math(self, element: Element) -> None:
        """A formula, its characters in order; a fraction keeps its stroke."""
        for part in element.iter(M_T, M_DEN):
            self._put("/" if part.tag == M_DEN else part.text or "")

    def _put(self, text: str) -> None:
        if text:
            self.text.append(self.fields.show(text))

    def _special(self, child: Element, rpr: Element | None) -> None:
        tag = child.tag
        if tag in (TAB, PTAB):
            self._put(self._tab)
        elif tag in (BR, CR):
            self._put("\n")
        elif tag == NO_BREAK_HYPHEN:
            self._put("-")
        elif tag == SYM:
            self._symbol(child, rpr)
        elif tag == FLD_CHAR:
            self.text.append(self.fields.mark(child))
        elif tag == INSTR_TEXT:
            self.fields.instruct(child.text or "")
        elif tag in (FOOTNOTE_REF, ENDNOTE_REF):
            self._put(self._reader.note_mark(child))
        elif tag in (DRAWING, PICT, OBJECT):
            self._graphic(child)
        elif tag == RUBY:
            base = child.find(RUBY_BASE)
            for inner in () if base is None else through(base, _RUNS):
                self._flat(inner)
        elif tag == ALTERNATE:
            branch = alternative(child)
            if branch is not None:
                self._flat(branch)

    def _flat(self, run: Element) -> None:
        """A run inside a run (ruby base, alternate content), where nothing may nest again."""
        rpr = run.find(RPR)
        for child in run:
            if child.tag == T:
                self._put(self._reader.symbols_in(_text(child), rpr))
            elif child.tag not in (RUBY, ALTERNATE):
                self._special(child, rpr)

    def _symbol(self, child: Element, rpr: Element | None) -> None:
        try:
            code = int(child.get(w("char"), ""), 16)
        except ValueError:
            code = 0
        drawn = symbols.draw(code, child.get(w("font")) or self._reader.font(rpr))
        if drawn == symbols.UNKNOWN:
            self.remarks.append(("symbol", f"符号字体 {child.get(w('font'), '')[:40]} 的字符 {code:04X} 无法辨认"))
        self._put(drawn)

    def _graphic(self, graphic: Element) -> None:
        """Text boxes and WordArt are text, pictures may hold some; charts and embedded objects are only remarked on."""
        stack = [graphic]
        seen: set[str] = set()
        while stack:
            element = stack.pop()
            tag = element.tag
            if tag == TEXT_BOX:
                self.boxes.append(element)
                continue
            if tag == ALTERNATE:
                branch = alternative(element)
                stack += [] if branch is None else [branch]
                continue
            if tag == TEXT_PATH:
                self.boxes.append(element.get("string", ""))
            elif tag == A_P:
                self.boxes.append("".join(t.text or "" for t in element.iter(A_T)))
                continue
            elif tag in _PICTURES and graphic.tag != OBJECT:
                self.pictures.append(element)
            elif tag in _GRAPHICS:
                seen.add(_GRAPHICS[tag])
            stack.extend(reversed(element))
        if graphic.tag == OBJECT:
            seen = {"嵌入对象"}
        self.remarks += [("picture", f"此处为{what}，其中的文字未读取") for what in sorted(seen)]


def _text(element: Element) -> str:
    """The characters of w:t; line ends and tabs of a pretty-printed file are plain blanks to Word."""
    text = element.text or ""
    if "\n" in text or "\t" in text or "\r" in text:
        return " ".join(text.split())
    return text
