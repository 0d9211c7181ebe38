"""The text inside one paragraph: runs, fields, note references, and the index of paragraphs that need a closer look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from extractors.readers import numerals
from extractors.readers.docx import numbering
from extractors.readers.docx.numbering import Styles
from extractors.readers.docx.package import (
    A_BLIP,
    A_P,
    A_T,
    ALT_CHUNK,
    ALTERNATE,
    BODY,
    BR,
    CELL_DEL,
    CHART,
    CR,
    CUSTOM_MARK,
    DEL,
    DRAWING,
    ENDNOTE_REF,
    FF_DATA,
    FLD_CHAR,
    FLD_CHAR_TYPE,
    FOOTNOTE_REF,
    GRID_BEFORE,
    GRID_SPAN,
    H_MERGE,
    HIDDEN,
    ID,
    IMAGE_DATA,
    INSTR_TEXT,
    M_DEN,
    M_T,
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
    RPR,
    RUBY,
    RUBY_BASE,
    SMART_ART,
    SUB_DOC,
    SYM,
    TAB,
    TBL,
    TBL_HEADER,
    TC,
    TEXT_BOX,
    TEXT_PATH,
    TR,
    TRANSPARENT,
    V_MERGE,
    VAL,
    VANISH,
    DocxParts,
    Element,
    P,
    R,
    T,
    child_value,
    is_on,
    iter_unwrapped,
    parse_int,
    select_branch,
    toggle_value,
    w,
)

_RARE_ELEMENTS = (
    *TRANSPARENT,
    *(ALTERNATE, ALT_CHUNK, SUB_DOC, DEL, MOVE_FROM, VANISH),
    *(TAB, PTAB, BR, CR, NO_BREAK_HYPHEN, SYM, FLD_CHAR, INSTR_TEXT, FOOTNOTE_REF, ENDNOTE_REF),
    *(DRAWING, PICT, OBJECT, RUBY, O_MATH, O_MATH_PARA),
)
_GRID_PROPERTIES = {
    GRID_SPAN: "1",
    GRID_BEFORE: "0",
    V_MERGE: "continue",
    H_MERGE: "continue",
    **dict.fromkeys((CELL_DEL, TBL_HEADER, HIDDEN, DEL), "1"),
}
"""Row and cell properties that bear on the grid, each with what the bare element means."""
_NO_PROPERTIES: Mapping[str, str] = MappingProxyType({})
_SPECIAL_CHARACTER = re.compile("[\n\t\r\uf000-\uf0ff]")
"""Blanks of a pretty-printed file, and the private area in which Word keeps symbol fonts."""
_CONTAINERS = (P, TC, TR, TBL, TEXT_BOX, BODY, w("footnote"), w("endnote"))
_NOTE_LABELS = {"footnote": "脚注", "endnote": "尾注"}
_DEFAULT_NOTE_FORMATS = {"footnote": "decimal", "endnote": "lowerRoman"}
_ENCLOSED_CHARACTER = re.compile(r"\s*eq\s+\\o\s*(?:\\a[clr]\s*)?\(([^,;，]*)[,;，](.*)\)\s*", re.IGNORECASE)
_CIRCLES = frozenset("○〇◯⃝O")
_INLINE_ELEMENTS = frozenset((R, O_MATH, O_MATH_PARA))
_RUN_ELEMENTS = frozenset((R,))
_PICTURE_ELEMENTS = (A_BLIP, IMAGE_DATA)
_GRAPHIC_NAMES = {CHART: "图表", SMART_ART: "SmartArt 图形"}
TextBox = Element | str
"""A text box's content element, or the words of a piece of WordArt."""


class ElementIndex:
    """Marks over the elements of one document; `add` every root before reading from it."""

    def __init__(self, *, may_hide: bool, may_use_symbol_fonts: bool) -> None:
        self._rare = (*_RARE_ELEMENTS, R_STYLE) if may_hide else _RARE_ELEMENTS
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
                if numbering.is_symbol_font(numbering.latin_font(fonts)):
                    self._mark(fonts)
        self._collect_text(root)
        for table in root.iter(TBL):
            self._tables.add(table)
            host = next(table.iterancestors(*_CONTAINERS), None)
            if host is not None and host.tag != BODY:
                self._hosts.add(host)
        self._formatted.update(owner for owner, _ in _iter_property_owners(root, P_STYLE, NUM_PR, OUTLINE))
        for name, bare in _GRID_PROPERTIES.items():
            for owner, element in _iter_property_owners(root, name):
                self._properties.setdefault(owner, {})[name] = element.get(VAL, bare)
        self._collect_lines(root)

    def is_table(self, block: Element) -> bool:
        """Whether a block element is a w:tbl."""
        return block in self._tables

    def children(self, parent: Element, *wanted: str) -> Iterator[Element]:
        """The `wanted` content of a container in order, wrappers looked through where there are any."""
        return iter_unwrapped(parent, frozenset(wanted)) if parent in self._special else parent.iterchildren(*wanted)

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
        return self._properties.get(owner, _NO_PROPERTIES)

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
            if _SPECIAL_CHARACTER.search(text):
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


@dataclass(frozen=True, slots=True)
class Note:
    """One note in the order of its first reference; `element` is None where the file lost its text."""

    mark: str
    locator: str
    element: Element | None


class NoteMarks:
    """Numbers notes as they are referred to.

    A mark drawn as ① stays ①; a bare number or letter is set in square brackets, since glued to the text
    (`1` after `5分`) it could not be told from it any more.
    """

    def __init__(self, parts: DocxParts) -> None:
        roots = {"footnote": parts.footnotes, "endnote": parts.endnotes}
        self._elements = {
            kind: {e.get(ID, ""): e for e in (() if root is None else root.iterchildren(w(kind)))}
            for kind, root in roots.items()
        }
        self._forms = {kind: _note_number_format(parts, kind) for kind in _NOTE_LABELS if roots[kind] is not None}
        self._seen: dict[tuple[str, str], str] = {}
        self._queue: list[Note] = []
        self._counts = dict.fromkeys(_NOTE_LABELS, 0)
        self._ordinals = dict.fromkeys(_NOTE_LABELS, 0)

    def refer(self, kind: str, note_id: str, *, own_mark: bool) -> str:
        """The mark of a referred note, numbered at its first reference; empty when the author typed its own."""
        key = (kind, note_id)
        if key not in self._seen:
            self._seen[key] = mark = "" if own_mark else self._next_mark(kind)
            self._ordinals[kind] += 1
            place = f"{_NOTE_LABELS[kind]}{self._ordinals[kind]}"
            self._queue.append(Note(mark, place, self._elements[kind].get(note_id)))
        return self._seen[key]

    def _next_mark(self, kind: str) -> str:
        self._counts[kind] += 1
        number = self._counts[kind]
        drawn = numerals.format_number(number, self._forms.get(kind, _DEFAULT_NOTE_FORMATS[kind])) or str(number)
        return f"[{drawn}]" if drawn.isascii() else drawn

    def take(self) -> list[Note]:
        """The notes referred to since the last call (a note may refer to another)."""
        taken, self._queue = self._queue, []
        return taken


@dataclass(slots=True)
class _Field:
    instruction: list[str] = field(default_factory=list)
    muted: list[str] = field(default_factory=list)
    in_instruction: bool = True


class FieldState:
    """Follows w:fldChar through the runs of a paragraph and says which text is shown.

    State ends with the paragraph: a field left open by a damaged file then hides nothing beyond it.
    """

    def __init__(self) -> None:
        self._open: list[_Field] = []

    def mark(self, char: Element) -> str:
        """Take one w:fldChar; returns the text that a form box or a drawn character (EQ) puts on the page."""
        kind = char.get(FLD_CHAR_TYPE)
        if kind == "begin":
            self._open.append(_Field())
            return _form_field_text(char.find(FF_DATA))
        if kind == "separate" and self._open:
            self._open[-1].in_instruction = False
        elif kind == "end" and self._open:
            ended = self._open.pop()
            if ended.in_instruction:
                return self.show(_enclosed_character("".join(ended.instruction)))
        return ""

    def instruct(self, text: str) -> None:
        """Take the text of one w:instrText."""
        if self._open:
            self._open[-1].instruction.append(text)

    def show(self, text: str) -> str:
        """`text` where it is shown, nothing where it belongs to an instruction."""
        for outer in self._open:
            if outer.in_instruction:
                outer.muted.append(text)
                return ""
        return text

    def rest(self) -> str:
        """Text withheld by fields that never ended in this paragraph."""
        return "".join(text for left in self._open for text in left.muted)


@dataclass(slots=True)
class InlineContent:
    """What one paragraph holds: text, text boxes and pictures anchored in it, and remarks (rule, message) on what is
    no text.
    """

    text: str = ""
    boxes: list[TextBox] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)


class InlineReader:
    """Reads paragraphs of one document; stateless between paragraphs except for the order of note marks."""

    def __init__(
        self, styles: Styles, marks: NoteMarks, index: ElementIndex, *, may_hide: bool, may_use_symbol_fonts: bool
    ) -> None:
        self._styles = styles
        self._index = index
        self._marks = marks
        self._may_hide = may_hide
        self._may_use_symbol_fonts = may_use_symbol_fonts

    def read(self, paragraph: Element, tab: str, *, hidden: bool = False) -> InlineContent:
        """The paragraph's text, with `tab` for a tab stop; `hidden` says whether its style hides text."""
        plain = self._index.plain_text(paragraph)
        if plain is not None:
            return InlineContent("" if hidden else plain)
        page = _ParagraphBuilder(self, tab)
        for element in iter_unwrapped(paragraph, _INLINE_ELEMENTS):
            if element.tag == R:
                if not (hidden and self.hides(element.find(RPR), hidden=hidden)):
                    page.run(element, hidden=hidden)
            elif not hidden:
                page.math(element)
        page.text.append(page.fields.rest())
        return InlineContent("".join(page.text), page.boxes, page.remarks, page.pictures)

    def font(self, rpr: Element | None) -> str | None:
        """The symbol font a run is set in, if any."""
        if rpr is None or not self._may_use_symbol_fonts:
            return None
        return numbering.latin_font(rpr.find(R_FONTS))

    def hides(self, rpr: Element | None, *, hidden: bool = False) -> bool:
        """Whether text with these properties is hidden in a paragraph whose style says `hidden`.

        What the run itself says is final; paragraph and character style that both hide undo each other
        ([ECMA-376] part 1, 17.7.3).
        """
        if rpr is None or not self._may_hide:
            return hidden
        own = toggle_value(rpr, VANISH)
        return self._styles.get(child_value(rpr, R_STYLE)).hidden != hidden if own is None else own

    def note_mark(self, reference: Element) -> str:
        """What a footnote or endnote reference puts on the page; a mark of the author's own follows as text."""
        kind = "footnote" if reference.tag == FOOTNOTE_REF else "endnote"
        own_mark = reference.get(CUSTOM_MARK) in ("1", "true", "on")
        return self._marks.refer(kind, reference.get(ID, ""), own_mark=own_mark)

    def symbols_in(self, text: str, rpr: Element | None) -> str:
        """`text` as its font draws it."""
        font = self.font(rpr)
        return (
            numbering.decode_symbols(text, font)
            if numbering.has_private_use(text) or numbering.is_symbol_font(font)
            else text
        )


class _ParagraphBuilder:
    """Collects one paragraph."""

    __slots__ = ("_reader", "_tab", "boxes", "fields", "pictures", "remarks", "text")

    def __init__(self, reader: InlineReader, tab: str) -> None:
        self._reader = reader
        self._tab = tab
        self.text: list[str] = []
        self.boxes: list[TextBox] = []
        self.remarks: list[tuple[str, str]] = []
        self.pictures: list[Element] = []
        self.fields = FieldState()

    def run(self, run: Element, *, hidden: bool = False) -> None:
        """One w:r. The properties come first by the schema, so they are known before the text."""
        rpr: Element | None = None
        for child in run:
            tag = child.tag
            if tag == T:
                self._put(self._reader.symbols_in(_run_text(child), rpr))
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
            for inner in () if base is None else iter_unwrapped(base, _RUN_ELEMENTS):
                self._flat(inner)
        elif tag == ALTERNATE:
            branch = select_branch(child)
            if branch is not None:
                self._flat(branch)

    def _flat(self, run: Element) -> None:
        """A run inside a run (ruby base, alternate content), where nothing may nest again."""
        rpr = run.find(RPR)
        for child in run:
            if child.tag == T:
                self._put(self._reader.symbols_in(_run_text(child), rpr))
            elif child.tag not in (RUBY, ALTERNATE):
                self._special(child, rpr)

    def _symbol(self, child: Element, rpr: Element | None) -> None:
        try:
            code = int(child.get(w("char"), ""), 16)
        except ValueError:
            code = 0
        drawn = numbering.decode_symbol(code, child.get(w("font")) or self._reader.font(rpr))
        if drawn == numbering.UNKNOWN_SYMBOL:
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
                branch = select_branch(element)
                stack += [] if branch is None else [branch]
                continue
            if tag == TEXT_PATH:
                self.boxes.append(element.get("string", ""))
            elif tag == A_P:
                self.boxes.append("".join(t.text or "" for t in element.iter(A_T)))
                continue
            elif tag in _PICTURE_ELEMENTS and graphic.tag != OBJECT:
                self.pictures.append(element)
            elif tag in _GRAPHIC_NAMES:
                seen.add(_GRAPHIC_NAMES[tag])
            stack.extend(reversed(element))
        if graphic.tag == OBJECT:
            seen = {"嵌入对象"}
        self.remarks += [("picture", f"此处为{what}，其中的文字未读取") for what in sorted(seen)]


def _iter_property_owners(root: Element, *names: str) -> Iterator[tuple[Element, Element]]:
    """Property elements with the element whose properties they stand in (its parent's parent)."""
    for element in root.iter(*names):
        properties = element.getparent()
        owner = None if properties is None else properties.getparent()
        if owner is not None:
            yield owner, element


def _note_number_format(parts: DocxParts, kind: str) -> str:
    """The numbering format: a section's own, else the document's, else Word's default."""
    name = w(f"{kind}Pr")
    of_section = (child_value(found, w("numFmt")) for found in parts.body.iterfind(f".//{w('sectPr')}/{name}"))
    of_document = None if parts.settings is None else child_value(parts.settings.find(name), w("numFmt"))
    return next((form for form in of_section if form), None) or of_document or _DEFAULT_NOTE_FORMATS[kind]


def _enclosed_character(instruction: str) -> str:
    """The character that Word's circled-character command draws: eq \\o\\ac(○,3) is ③."""
    found = _ENCLOSED_CHARACTER.fullmatch(instruction)
    if found is None:
        return ""
    frame, inner = found[1].strip(), found[2].strip()
    if frame in _CIRCLES and inner.isdecimal():
        circled = numerals.format_number(parse_int(inner), "decimalEnclosedCircle")
        return circled or inner
    return inner


def _form_field_text(data: Element | None) -> str:
    """What an old-style form field shows by itself: a tick box or the chosen entry of a list."""
    if data is None:
        return ""
    box = data.find(w("checkBox"))
    if box is not None:
        ticked = is_on(box, w("checked")) if box.find(w("checked")) is not None else is_on(box, w("default"))
        return "☑" if ticked else "□"
    choices = data.find(w("ddList"))
    if choices is None:
        return ""
    entries = [entry.get(VAL, "") for entry in choices.iterchildren(w("listEntry"))]
    at = parse_int(child_value(choices, w("result")) or child_value(choices, w("default")))
    return entries[at] if 0 <= at < len(entries) else ""


def _run_text(element: Element) -> str:
    """The characters of w:t; line ends and tabs of a pretty-printed file are plain blanks to Word."""
    text = element.text or ""
    if "\n" in text or "\t" in text or "\r" in text:
        return " ".join(text.split())
    return text
