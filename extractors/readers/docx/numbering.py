"""Styles, symbol fonts and automatic numbering of a docx.

Numbers such as 一、（一） 1. ① are not part of the text of a paragraph; they are restored from numbering.xml.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from extractors.readers import numerals
from extractors.readers.docx.package import (
    ALTERNATE,
    BASED_ON,
    DEFAULT,
    FALLBACK,
    ILVL,
    NAME,
    NUM_ID,
    NUM_PR,
    ON_VALUES,
    OUTLINE,
    P_STYLE,
    PPR,
    R_FONTS,
    RPR,
    STYLE,
    STYLE_ID,
    TYPE,
    VAL,
    VANISH,
    Element,
    child_value,
    is_on,
    parse_int,
    toggle_value,
    w,
)

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_BODY_LEVEL = 9
_WINGDINGS = {
    0x6C: "●",
    0x6E: "■",
    0x6F: "□",
    0x70: "□",
    0x71: "□",
    0x72: "□",
    0x74: "◆",
    0x75: "◆",
    0x76: "◇",
    0x77: "◆",
    0x9F: "•",
    0xA1: "○",
    0xA7: "▪",
    0xA8: "□",
    0xAA: "✦",
    0xAB: "★",
    0xD8: "➢",
    0xDF: "←",
    0xE0: "→",
    0xE1: "↑",
    0xE2: "↓",
    0xE8: "➔",
    0xF0: "⇨",
    0xFB: "×",
    0xFC: "√",
    0xFD: "☒",
    0xFE: "☑",
    **{0x80 + n: "⓪①②③④⑤⑥⑦⑧⑨⑩"[n] for n in range(11)},
    **{0x8B + n: "⓿❶❷❸❹❺❻❼❽❾❿"[n] for n in range(11)},
}
_WINGDINGS_2 = {
    0x30: "☒",
    0x4F: "×",
    0x50: "√",
    0x51: "☒",
    0x52: "☑",
    0x53: "☒",
    0x54: "☒",
    0x96: "•",
    0x97: "●",
    0x98: "●",
    0x9E: "⊙",
    0xA2: "■",
    0xA3: "□",
    0xA6: "◆",
    0xEA: "★",
    **{0x69 + n: "⓪①②③④⑤⑥⑦⑧⑨⑩"[n] for n in range(11)},
    **{0x74 + n: "⓿❶❷❸❹❺❻❼❽❾❿"[n] for n in range(11)},
}
_SYMBOL = {
    0x2D: "−",
    0x40: "≅",
    0xA3: "≤",
    0xA5: "∞",
    0xAB: "↔",
    0xAC: "←",
    0xAD: "↑",
    0xAE: "→",
    0xAF: "↓",
    0xB0: "°",
    0xB1: "±",
    0xB2: "″",
    0xB3: "≥",
    0xB4: "×",
    0xB6: "∂",
    0xB7: "•",
    0xB8: "÷",
    0xB9: "≠",
    0xBA: "≡",
    0xBB: "≈",
    0xBC: "…",
    0xC4: "⊗",
    0xC5: "⊕",
    0xCE: "∈",
    0xD5: "∏",
    0xD6: "√",
    0xD7: "·",
    0xE5: "∑",
    **dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    **dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
}
_PRIVATE_USE = re.compile("[\uf000-\uf0ff]")
_SYMBOL_FONTS: dict[str, dict[int, str]] = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}
UNKNOWN_SYMBOL = "〓"
"""Placeholder for an unknown character; always reported as an issue."""
_LEVELS = 9
_MAX_TEMPLATE = 64
_MAX_LINKS = 8
_PLACEHOLDER = re.compile(r"%([1-9])")
_SPACE, _NOTHING = "space", "nothing"


@dataclass(frozen=True, slots=True)
class Style:
    """Properties of a style resolved through the styles it is based on."""

    level: int | None = None
    """Heading level, 1 = outermost."""
    num_id: str | None = None
    ilvl: int | None = None
    lineage: tuple[str, ...] = ()
    """Ids of this style and its ancestors, nearest first."""
    hidden: bool = False


class Styles:
    """Styles by id, resolved on first use."""

    def __init__(self, root: Element | None) -> None:
        self._elements: dict[str, Element] = {}
        self._default: str | None = None
        self._resolved: dict[str, Style] = {}
        for element in () if root is None else root.iterchildren(STYLE):
            style_id = element.get(STYLE_ID, "")
            self._elements.setdefault(style_id, element)
            if element.get(TYPE) == "paragraph" and element.get(DEFAULT) in ON_VALUES:
                self._default = style_id

    def get(self, style_id: str | None) -> Style:
        """Return the style with this id; an empty style for None."""
        if style_id is None:
            return Style()
        style = self._resolved.get(style_id)
        if style is None:
            style = self._resolved[style_id] = self._resolve(style_id)
        return style

    def paragraph(self, style_id: str | None) -> Style:
        """Return the style of a paragraph: the default one if it names none or an unknown one."""
        return self.get(style_id if style_id in self._elements else self._default)

    def _resolve(self, style_id: str) -> Style:
        level: int | None = None
        num_id: str | None = None
        ilvl: int | None = None
        hidden: bool | None = None
        lineage: list[str] = []
        current_id: str | None = style_id
        while current_id is not None and current_id in self._elements and current_id not in lineage:
            element = self._elements[current_id]
            ppr = element.find(PPR)
            num_pr = None if ppr is None else ppr.find(NUM_PR)
            level = _heading_level(element, ppr) if level is None else level
            num_id = child_value(num_pr, NUM_ID) if num_id is None else num_id
            if ilvl is None and child_value(num_pr, ILVL) is not None:
                ilvl = parse_int(child_value(num_pr, ILVL))
            hidden = toggle_value(element.find(RPR), VANISH) if hidden is None else hidden
            lineage.append(current_id)
            current_id = child_value(element, BASED_ON)
        return Style(level or None, num_id, ilvl, tuple(lineage), hidden or False)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list as defined in numbering.xml."""

    start: int = 1
    number_format: str = "decimal"
    template: str = ""
    suffix: str = "tab"
    restart: int | None = None
    """Levels up to this one (1-based) restart it; None = any outer level does, 0 = never."""
    is_legal: bool = False
    hidden: bool = False
    font: str | None = None
    style_id: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A formatted list number; `unknown_format` names a number format written as decimals instead."""

    text: str
    suffix: str
    unknown_format: str | None = None

    def prefix(self, text: str) -> str:
        """Return `text` with the number in front, separated where the two would read as one."""
        if not self.text or self.suffix == _NOTHING:
            return self.text + text
        last, first = self.text[-1], text[:1]
        is_enclosed = unicodedata.category(last) == "No"  # ① needs no separator
        needs_space = (last.isalnum() and not is_enclosed) or (first.isascii() and first.isalnum())
        return self.text + (" " if text and (self.suffix == _SPACE or needs_space) else "") + text


@dataclass(slots=True)
class _List:
    """One w:num: its levels, counters shared with all lists of the same abstract list, and own restarts."""

    levels: dict[int, Level]
    counters: list[int | None]
    restarts: dict[int, int]


class Numbering:
    """Counts the numbered paragraphs of a document in reading order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._nums: dict[str, Element] = {}
        self._abstract: dict[str, Element] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._levels: dict[str, dict[int, Level]] = {}
        self._lists: dict[str, _List | None] = {}
        if root is not None:
            self._nums = {n.get(NUM_ID, ""): n for n in root.iterchildren(w("num"))}
            self._abstract = {a.get(w("abstractNumId"), ""): a for a in root.iterchildren(w("abstractNum"))}

    def level_for_style(self, num_id: str, lineage: tuple[str, ...]) -> int | None:
        """Return the level of a list linked to one of the styles, nearest first, or None."""
        numbered_list = self._list(num_id)
        if numbered_list is None:
            return None
        linked = {level.style_id: ilvl for ilvl, level in numbered_list.levels.items() if level.style_id}
        return next((linked[style_id] for style_id in lineage if style_id in linked), None)

    def next_label(self, num_id: str, ilvl: int) -> Label | None:
        """Count one paragraph and return its number; None if the list does not exist or is switched off (0)."""
        numbered_list = self._list(num_id)
        if numbered_list is None:
            return None
        ilvl = min(max(ilvl, 0), _LEVELS - 1)
        level = numbered_list.levels.get(ilvl, Level())
        counters = numbered_list.counters
        if ilvl in numbered_list.restarts:
            counters[ilvl] = numbered_list.restarts.pop(ilvl) - 1
        current = counters[ilvl]
        counters[ilvl] = level.start if current is None else current + 1
        for deeper in range(ilvl + 1, _LEVELS):
            restart = numbered_list.levels.get(deeper, Level()).restart
            if restart is None or ilvl < restart:
                counters[deeper] = None
        return Label("", _NOTHING) if level.hidden else _render_label(numbered_list, level)

    def _list(self, num_id: str) -> _List | None:
        if num_id not in self._lists:
            self._lists[num_id] = self._build(num_id)
        return self._lists[num_id]

    def _build(self, num_id: str) -> _List | None:
        num = self._nums.get(num_id)
        abstract_id = self._abstract_id(num)
        if num is None or abstract_id is None:
            return None
        if abstract_id not in self._levels:
            self._levels[abstract_id] = _read_levels(self._abstract[abstract_id])
        levels = dict(self._levels[abstract_id])
        restarts: dict[int, int] = {}
        for override in num.iterchildren(w("lvlOverride")):
            ilvl = parse_int(override.get(ILVL))
            levels.update(_read_levels(override))
            start = child_value(override, w("startOverride"))
            if start is not None and ilvl in levels:
                restarts[ilvl] = parse_int(start, levels[ilvl].start)
                levels[ilvl] = replace(levels[ilvl], start=restarts[ilvl])
        counters = self._counters.setdefault(abstract_id, [None] * _LEVELS)
        return _List(levels, counters, restarts)

    def _abstract_id(self, num: Element | None) -> str | None:
        """Return the abstract list of a w:num, following links through numbering styles."""
        for _ in range(_MAX_LINKS):
            abstract_id = child_value(num, w("abstractNumId"))
            abstract = self._abstract.get(abstract_id or "")
            if abstract is None:
                return None
            link = child_value(abstract, w("numStyleLink"))
            linked = self._nums.get(self._styles.get(link).num_id or "") if link else None
            if linked is None:
                return abstract_id
            num = linked
        return None


def outline_level(ppr: Element | None) -> int | None:
    """Return the heading level of w:outlineLvl: 1 to 9, 0 = explicitly body text, None = not given."""
    raw_level = child_value(ppr, OUTLINE)
    if raw_level is None:
        return None
    level = parse_int(raw_level, _BODY_LEVEL)
    return level + 1 if 0 <= level < _BODY_LEVEL else 0


def latin_font(fonts: Element | None) -> str | None:
    """Return the Latin font of w:rFonts, the one used for symbols."""
    return None if fonts is None else fonts.get(w("ascii")) or fonts.get(w("hAnsi"))


def has_private_use(text: str) -> bool:
    """Return whether `text` has codes of the private use area in which Word keeps symbol fonts."""
    return _PRIVATE_USE.search(text) is not None


def is_symbol_font(font: str | None) -> bool:
    """Return whether letters in this font display symbols."""
    return font is not None and font.strip().lower() in _SYMBOL_FONTS


def decode_symbol(code: int, font: str | None) -> str:
    """Return the symbol that character `code` displays in `font`, or `UNKNOWN_SYMBOL`."""
    table = _SYMBOL_FONTS.get((font or "").strip().lower())
    is_private_use = 0xF000 <= code <= 0xF0FF
    if table is not None and (is_private_use or code < 0x100):
        fallback = chr(code & 0xFF) if table is _SYMBOL and 0x20 <= code & 0xFF < 0x7F else UNKNOWN_SYMBOL
        return table.get(code & 0xFF, fallback)
    if is_private_use:
        # Word writes the font's own code into the private area; without a font name, assume Wingdings.
        return _WINGDINGS.get(code & 0xFF, UNKNOWN_SYMBOL)
    is_character = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else UNKNOWN_SYMBOL


def decode_symbols(text: str, font: str | None) -> str:
    """Return text in a symbol font, or with private use codes of one, as displayed.

    Letters without a known symbol are kept, so that nothing is lost.
    """
    table = _SYMBOL_FONTS.get((font or "").strip().lower(), {})
    return "".join(decode_symbol(ord(c), font) if "\uf000" <= c <= "\uf0ff" else table.get(ord(c), c) for c in text)


def _heading_level(style: Element, ppr: Element | None) -> int | None:
    level = outline_level(ppr)
    if level is None:
        match = _HEADING_NAME.fullmatch((child_value(style, NAME) or "").strip())
        level = int(match[1]) if match else None
    return level


def _read_levels(parent: Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for element in parent.iterchildren(w("lvl")):
        text = element.find(w("lvlText"))
        restart = child_value(element, w("lvlRestart"))
        rpr = element.find(RPR)
        fonts = None if rpr is None else rpr.find(R_FONTS)
        levels[parse_int(element.get(ILVL))] = Level(
            start=parse_int(child_value(element, w("start"))),
            number_format=_number_format(element),
            template="" if text is None or text.get(w("null")) in ON_VALUES else text.get(VAL, "")[:_MAX_TEMPLATE],
            suffix=child_value(element, w("suff")) or "tab",
            restart=None if restart is None else parse_int(restart),
            is_legal=is_on(element, w("isLgl")),
            hidden=is_on(rpr, VANISH),
            font=latin_font(fonts),
            style_id=child_value(element, P_STYLE),
        )
    return levels


def _number_format(level: Element) -> str:
    plain = child_value(level, w("numFmt"))
    return plain or child_value(level.find(f"{ALTERNATE}/{FALLBACK}"), w("numFmt")) or "decimal"


def _render_label(numbered_list: _List, level: Level) -> Label:
    if level.number_format == "bullet":
        if level.template == "o":  # Word's second default bullet: a Latin o displayed as a circle
            return Label("○", level.suffix)
        return Label(decode_symbols(level.template, level.font).replace(UNKNOWN_SYMBOL, "•"), level.suffix)
    unknown_formats: list[str] = []

    def replace_placeholder(match: re.Match[str]) -> str:
        level_index = int(match[1]) - 1
        source = numbered_list.levels.get(level_index, Level())
        count = numbered_list.counters[level_index]
        number_format = "decimal" if level.is_legal else source.number_format
        if number_format == "none":
            return ""
        value = source.start if count is None else count
        text = numerals.format_number(value, number_format)
        if text is None:
            unknown_formats.append(number_format)
            return str(value)
        return text

    return Label(
        _PLACEHOLDER.sub(replace_placeholder, level.template),
        level.suffix,
        unknown_formats[0] if unknown_formats else None,
    )
