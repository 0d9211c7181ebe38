"""The text inside one paragraph: runs, fields and note references.

Most paragraphs and cells of a notice are plain runs of text. `ElementIndex` finds the rare constructs in a few passes
over the tree at C speed, so that plain paragraphs are read without checking each of them for every construct.
"""

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
    ON_VALUES,
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
"""Row and cell properties that affect the grid, with the value an element without w:val has."""
_NO_PROPERTIES: Mapping[str, str] = MappingProxyType({})
_SPECIAL_CHARACTER = re.compile("[\n\t\r\uf000-\uf0ff]")
"""Whitespace of a pretty-printed file, and the private use area in which Word keeps symbol fonts."""
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
"""Content element of a text box, or the text of WordArt."""


class ElementIndex:
    """Index of the elements of a document that need more than plain reading.

    Call `add` for every root before reading from it.
    """

    def __init__(self, *, may_hide: bool, may_use_symbol_fonts: bool) -> None:
        self._rare = (*_RARE_ELEMENTS, R_STYLE) if may_hide else _RARE_ELEMENTS
        self._may_use_symbol_fonts = may_use_symbol_fonts
        self._special: set[Element] = set()
        self._texts: dict[Element, list[str]] = {}
        self._lines: dict[Element, list[str]] = {}
        self._with_properties: set[Element] = set()
        self._tables: set[Element] = set()
        self._table_containers: set[Element] = set()
        self._properties: dict[Element, dict[str, str]] = {}

    def add(self, root: Element) -> None:
        """Index the tree below `root`."""
        for element in root.iter(*self._rare):
            self._mark_container(element)
        if self._may_use_symbol_fonts:
            for fonts in root.iter(R_FONTS):
                if numbering.is_symbol_font(numbering.latin_font(fonts)):
                    self._mark_container(fonts)
        self._collect_text(root)
        for table in root.iter(TBL):
            self._tables.add(table)
            container = next(table.iterancestors(*_CONTAINERS), None)
            if container is not None and container.tag != BODY:
                self._table_containers.add(container)
        self._with_properties.update(owner for owner, _ in _iter_property_owners(root, P_STYLE, NUM_PR, OUTLINE))
        for name, default in _GRID_PROPERTIES.items():
            for owner, element in _iter_property_owners(root, name):
                self._properties.setdefault(owner, {})[name] = element.get(VAL, default)
        self._collect_lines(root)

    def is_table(self, block: Element) -> bool:
        """Return whether a block element is a w:tbl."""
        return block in self._tables

    def children(self, parent: Element, *wanted: str) -> Iterator[Element]:
        """Return the `wanted` content of a container in order, looking through wrappers."""
        return iter_unwrapped(parent, frozenset(wanted)) if parent in self._special else parent.iterchildren(*wanted)

    def plain_text(self, paragraph: Element) -> str | None:
        """Return the text of a paragraph of plain runs, or None if it holds anything else."""
        return None if paragraph in self._special else "".join(self._texts.get(paragraph, ()))

    def has_properties(self, paragraph: Element) -> bool:
        """Return whether a paragraph has properties that affect its text: style, number, level, deleted mark."""
        return paragraph in self._with_properties or paragraph in self._special

    @property
    def has_nested_tables(self) -> bool:
        """Whether any table is inside a cell, a text box or a note."""
        return bool(self._table_containers)

    def contains_table(self, cell: Element) -> bool:
        """Return whether a cell directly contains a table, not through a text box or another table."""
        return cell in self._table_containers

    def plain_lines(self, container: Element) -> list[str] | None:
        """Return the texts of a container of plain paragraphs, or None if it holds anything else."""
        return self._lines.get(container)

    def properties(self, owner: Element) -> Mapping[str, str]:
        """Return the properties of a row or cell that affect the grid, by element name."""
        return self._properties.get(owner, _NO_PROPERTIES)

    def _mark_container(self, element: Element) -> None:
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
        """Collect the lines of every container that holds only plain paragraphs."""
        lines: dict[Element, list[str]] = {}
        mixed = self._special | self._table_containers
        for paragraph in root.iter(P):
            container = paragraph.getparent()
            if container is None:
                continue
            if paragraph in self._with_properties or paragraph in self._special:
                mixed.add(container)
            else:
                lines.setdefault(container, []).append("".join(self._texts.get(paragraph, ())))
        self._lines.update((container, texts) for container, texts in lines.items() if container not in mixed)


@dataclass(frozen=True, slots=True)
class Note:
    """One note in the order of its first reference; `element` is None if its text is missing from the file."""

    mark: str
    locator: str
    element: Element | None


class NoteMarks:
    """Numbers footnotes and endnotes in the order of their references.

    A mark displayed as ① is kept; a plain number or letter is put in square brackets, since `1` directly after `5分`
    would read as part of the number.
    """

    def __init__(self, parts: DocxParts) -> None:
        roots = {"footnote": parts.footnotes, "endnote": parts.endnotes}
        self._elements = {
            kind: {e.get(ID, ""): e for e in (() if root is None else root.iterchildren(w(kind)))}
            for kind, root in roots.items()
        }
        self._formats = {kind: _note_number_format(parts, kind) for kind in _NOTE_LABELS if roots[kind] is not None}
        self._seen: dict[tuple[str, str], str] = {}
        self._pending: list[Note] = []
        self._counts = dict.fromkeys(_NOTE_LABELS, 0)
        self._ordinals = dict.fromkeys(_NOTE_LABELS, 0)

    def mark_for(self, kind: str, note_id: str, *, has_custom_mark: bool) -> str:
        """Return the mark of a note, numbered at its first reference; empty if the author typed one."""
        key = (kind, note_id)
        if key not in self._seen:
            self._seen[key] = mark = "" if has_custom_mark else self._next_mark(kind)
            self._ordinals[kind] += 1
            locator = f"{_NOTE_LABELS[kind]}{self._ordinals[kind]}"
            self._pending.append(Note(mark, locator, self._elements[kind].get(note_id)))
        return self._seen[key]

    def pop_pending(self) -> list[Note]:
        """Return the notes referenced since the last call (a note may reference another)."""
        pending, self._pending = self._pending, []
        return pending

    def _next_mark(self, kind: str) -> str:
        self._counts[kind] += 1
        number = self._counts[kind]
        mark = numerals.format_number(number, self._formats.get(kind, _DEFAULT_NOTE_FORMATS[kind])) or str(number)
        return f"[{mark}]" if mark.isascii() else mark


@dataclass(slots=True)
class _Field:
    instruction: list[str] = field(default_factory=list)
    hidden_text: list[str] = field(default_factory=list)
    in_instruction: bool = True


class FieldState:
    """Tracks w:fldChar through the runs of a paragraph to tell displayed text from instructions.

    The state ends with the paragraph, so a field left open by a damaged file hides nothing beyond it.
    """

    def __init__(self) -> None:
        self._open: list[_Field] = []

    def handle_field_char(self, char: Element) -> str:
        """Process one w:fldChar and return the text that a form field or an EQ field displays."""
        kind = char.get(FLD_CHAR_TYPE)
        if kind == "begin":
            self._open.append(_Field())
            return _form_field_text(char.find(FF_DATA))
        if kind == "separate" and self._open:
            self._open[-1].in_instruction = False
        elif kind == "end" and self._open:
            closed = self._open.pop()
            if closed.in_instruction:
                return self.visible_text(_enclosed_character("".join(closed.instruction)))
        return ""

    def add_instruction(self, text: str) -> None:
        """Add the text of one w:instrText."""
        if self._open:
            self._open[-1].instruction.append(text)

    def visible_text(self, text: str) -> str:
        """Return `text`, or nothing if it belongs to an instruction."""
        for open_field in self._open:
            if open_field.in_instruction:
                open_field.hidden_text.append(text)
                return ""
        return text

    def unfinished_text(self) -> str:
        """Return the text hidden by fields that never ended in this paragraph."""
        return "".join(text for open_field in self._open for text in open_field.hidden_text)


@dataclass(slots=True)
class InlineContent:
    """Text of one paragraph, text boxes and pictures anchored in it, and issues (rule, message)."""

    text: str = ""
    boxes: list[TextBox] = field(default_factory=list)
    issues: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)


class InlineReader:
    """Reads the paragraphs of one document; the only state kept between paragraphs is the order of notes."""

    def __init__(
        self, styles: Styles, marks: NoteMarks, index: ElementIndex, *, may_hide: bool, may_use_symbol_fonts: bool
    ) -> None:
        self._styles = styles
        self._index = index
        self._marks = marks
        self._may_hide = may_hide
        self._may_use_symbol_fonts = may_use_symbol_fonts

    def read(self, paragraph: Element, tab: str, *, hidden: bool = False) -> InlineContent:
        """Read a paragraph.

        Args:
            paragraph: the w:p element.
            tab: the text to put for a tab stop.
            hidden: whether the style of the paragraph hides text.
        """
        plain = self._index.plain_text(paragraph)
        if plain is not None:
            return InlineContent("" if hidden else plain)
        builder = _ParagraphBuilder(self, tab)
        for element in iter_unwrapped(paragraph, _INLINE_ELEMENTS):
            if element.tag == R:
                if not (hidden and self.is_hidden(element.find(RPR), hidden=hidden)):
                    builder.add_run(element, hidden=hidden)
            elif not hidden:
                builder.add_math(element)
        builder.text.append(builder.fields.unfinished_text())
        return InlineContent("".join(builder.text), builder.boxes, builder.issues, builder.pictures)

    def font(self, rpr: Element | None) -> str | None:
        """Return the font a run uses for symbols, if any."""
        if rpr is None or not self._may_use_symbol_fonts:
            return None
        return numbering.latin_font(rpr.find(R_FONTS))

    def is_hidden(self, rpr: Element | None, *, hidden: bool = False) -> bool:
        """Return whether text with these run properties is hidden.

        The run's own setting is final; paragraph and character style that both hide cancel each other ([ECMA-376]
        part 1, 17.7.3).
        """
        if rpr is None or not self._may_hide:
            return hidden
        own = toggle_value(rpr, VANISH)
        return self._styles.get(child_value(rpr, R_STYLE)).hidden != hidden if own is None else own

    def note_mark(self, reference: Element) -> str:
        """Return the displayed mark of a footnote or endnote reference; a custom mark follows as text."""
        kind = "footnote" if reference.tag == FOOTNOTE_REF else "endnote"
        has_custom_mark = reference.get(CUSTOM_MARK) in ON_VALUES
        return self._marks.mark_for(kind, reference.get(ID, ""), has_custom_mark=has_custom_mark)

    def decode_symbols(self, text: str, rpr: Element | None) -> str:
        """Return `text` as its font displays it."""
        font = self.font(rpr)
        if numbering.has_private_use(text) or numbering.is_symbol_font(font):
            return numbering.decode_symbols(text, font)
        return text


class _ParagraphBuilder:
    """Collects the content of one paragraph."""

    __slots__ = ("_reader", "_tab", "boxes", "fields", "issues", "pictures", "text")

    def __init__(self, reader: InlineReader, tab: str) -> None:
        self._reader = reader
        self._tab = tab
        self.text: list[str] = []
        self.boxes: list[TextBox] = []
        self.issues: list[tuple[str, str]] = []
        self.pictures: list[Element] = []
        self.fields = FieldState()

    def add_run(self, run: Element, *, hidden: bool = False) -> None:
        """Add one w:r. The schema puts the properties first, so they are known before the text."""
        rpr: Element | None = None
        for child in run:
            tag = child.tag
            if tag == T:
                self._append(self._reader.decode_symbols(_run_text(child), rpr))
            elif tag == RPR:
                if self._reader.is_hidden(child, hidden=hidden):
                    return
                rpr = child
            else:
                self._add_special(child, rpr)

    def add_math(self, element: Element) -> None:
        """Add the characters of a formula in order; a fraction keeps its stroke."""
        for part in element.iter(M_T, M_DEN):
            self._append("/" if part.tag == M_DEN else part.text or "")

    def _append(self, text: str) -> None:
        if text:
            self.text.append(self.fields.visible_text(text))

    def _add_special(self, child: Element, rpr: Element | None) -> None:
        tag = child.tag
        if tag in (TAB, PTAB):
            self._append(self._tab)
        elif tag in (BR, CR):
            self._append("\n")
        elif tag == NO_BREAK_HYPHEN:
            self._append("-")
        elif tag == SYM:
            self._add_symbol(child, rpr)
        elif tag == FLD_CHAR:
            self.text.append(self.fields.handle_field_char(child))
        elif tag == INSTR_TEXT:
            self.fields.add_instruction(child.text or "")
        elif tag in (FOOTNOTE_REF, ENDNOTE_REF):
            self._append(self._reader.note_mark(child))
        elif tag in (DRAWING, PICT, OBJECT):
            self._add_graphic(child)
        elif tag == RUBY:
            base = child.find(RUBY_BASE)
            for inner in () if base is None else iter_unwrapped(base, _RUN_ELEMENTS):
                self._add_nested_run(inner)
        elif tag == ALTERNATE:
            branch = select_branch(child)
            if branch is not None:
                self._add_nested_run(branch)

    def _add_nested_run(self, run: Element) -> None:
        """Add a run inside a run (ruby base, alternate content), which may not nest again."""
        rpr = run.find(RPR)
        for child in run:
            if child.tag == T:
                self._append(self._reader.decode_symbols(_run_text(child), rpr))
            elif child.tag not in (RUBY, ALTERNATE):
                self._add_special(child, rpr)

    def _add_symbol(self, child: Element, rpr: Element | None) -> None:
        try:
            code = int(child.get(w("char"), ""), 16)
        except ValueError:
            code = 0
        symbol = numbering.decode_symbol(code, child.get(w("font")) or self._reader.font(rpr))
        if symbol == numbering.UNKNOWN_SYMBOL:
            self.issues.append(("symbol", f"符号字体 {child.get(w('font'), '')[:40]} 的字符 {code:04X} 无法辨认"))
        self._append(symbol)

    def _add_graphic(self, graphic: Element) -> None:
        """Collect text boxes, WordArt and pictures; report charts and embedded objects."""
        stack = [graphic]
        kinds: set[str] = set()
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
                kinds.add(_GRAPHIC_NAMES[tag])
            stack.extend(reversed(element))
        if graphic.tag == OBJECT:
            kinds = {"嵌入对象"}
        self.issues += [("picture", f"此处为{kind}，其中的文字未读取") for kind in sorted(kinds)]


def _iter_property_owners(root: Element, *names: str) -> Iterator[tuple[Element, Element]]:
    """Yield property elements with the element they belong to (the parent of their parent)."""
    for element in root.iter(*names):
        properties = element.getparent()
        owner = None if properties is None else properties.getparent()
        if owner is not None:
            yield owner, element


def _note_number_format(parts: DocxParts, kind: str) -> str:
    """Return the number format of notes: of a section, else of the document, else the default of Word."""
    name = w(f"{kind}Pr")
    section_formats = (
        child_value(properties, w("numFmt")) for properties in parts.body.iterfind(f".//{w('sectPr')}/{name}")
    )
    document_format = None if parts.settings is None else child_value(parts.settings.find(name), w("numFmt"))
    return (
        next((number_format for number_format in section_formats if number_format), None)
        or document_format
        or _DEFAULT_NOTE_FORMATS[kind]
    )


def _enclosed_character(instruction: str) -> str:
    r"""Return the character of Word's enclosed-character field: eq \o\ac(○,3) is ③."""
    match = _ENCLOSED_CHARACTER.fullmatch(instruction)
    if match is None:
        return ""
    outer, inner = match[1].strip(), match[2].strip()
    if outer in _CIRCLES and inner.isdecimal():
        circled = numerals.format_number(parse_int(inner), "decimalEnclosedCircle")
        return circled or inner
    return inner


def _form_field_text(data: Element | None) -> str:
    """Return what a legacy form field displays: a check box or the selected entry of a list."""
    if data is None:
        return ""
    check_box = data.find(w("checkBox"))
    if check_box is not None:
        is_checked = (
            is_on(check_box, w("checked"))
            if check_box.find(w("checked")) is not None
            else is_on(check_box, w("default"))
        )
        return "☑" if is_checked else "□"
    choices = data.find(w("ddList"))
    if choices is None:
        return ""
    entries = [entry.get(VAL, "") for entry in choices.iterchildren(w("listEntry"))]
    selected = parse_int(child_value(choices, w("result")) or child_value(choices, w("default")))
    return entries[selected] if 0 <= selected < len(entries) else ""


def _run_text(element: Element) -> str:
    """Return the characters of w:t; Word shows line ends and tabs of a pretty-printed file as spaces."""
    text = element.text or ""
    if "\n" in text or "\t" in text or "\r" in text:
        return " ".join(text.split())
    return text
