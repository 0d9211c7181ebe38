"""Styles, symbol fonts and automatic numbering of a docx.

Numbers such as 一、（一） 1. ① are not part of the text of a paragraph; they are restored from numbering.xml."""

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
"""The printer's sign for a character that is missing; always comes with a note."""
_LEVELS = 9
_MAX_TEMPLATE = 64
_MAX_LINKS = 8
_PLACEHOLDER = re.compile(r"%([1-9])")
_SPACE, _NOTHING = "space", "nothing"


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
            level = _heading_level(element, ppr) if level is None else level
            num_id = child_value(num_pr, NUM_ID) if num_id is None else num_id
            if ilvl is None and child_value(num_pr, ILVL) is not None:
                ilvl = parse_int(child_value(num_pr, ILVL))
            hidden = toggle_value(element.find(RPR), VANISH) if hidden is None else hidden
            lineage.append(at)
            at = child_value(element, BASED_ON)
        return Style(level or None, num_id, ilvl, tuple(lineage), hidden or False)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list as numbering.xml defines it."""

    start: int = 1
    form: str = "decimal"
    template: str = ""
    suffix: str = "tab"
    restart: int | None = None
    """Levels up to this one (1-based) restart it; None = any outer level does, 0 = never."""
    legal: bool = False
    hidden: bool = False
    font: str | None = None
    style_id: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A drawn number; `unknown` names a numbering format that was drawn as decimals for want of knowledge."""

    text: str
    suffix: str
    unknown: str | None = None

    def before(self, text: str) -> str:
        """The number in front of the paragraph's text, kept apart where the two would run together."""
        if not self.text or self.suffix == _NOTHING:
            return self.text + text
        last, first = self.text[-1], text[:1]
        is_enclosed = unicodedata.category(last) == "No"  # ① and its like end by themselves
        runs_together = (last.isalnum() and not is_enclosed) or (first.isascii() and first.isalnum())
        return self.text + (" " if text and (self.suffix == _SPACE or runs_together) else "") + text


@dataclass(slots=True)
class _List:
    """One w:num: its levels, the counters it shares with all others of the same abstract list, its own restarts."""

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
        """The level that a list links to one of the styles, nearest first; None when it links to none."""
        found = self._list(num_id)
        if found is None:
            return None
        linked = {level.style_id: ilvl for ilvl, level in found.levels.items() if level.style_id}
        return next((linked[style_id] for style_id in lineage if style_id in linked), None)

    def next_label(self, num_id: str, ilvl: int) -> Label | None:
        """Count one paragraph and return its number; None when the list does not exist or is switched off (0)."""
        found = self._list(num_id)
        if found is None:
            return None
        ilvl = min(max(ilvl, 0), _LEVELS - 1)
        level = found.levels.get(ilvl, Level())
        counters = found.counters
        if ilvl in found.restarts:
            counters[ilvl] = found.restarts.pop(ilvl) - 1
        current = counters[ilvl]
        counters[ilvl] = level.start if current is None else current + 1
        for deeper in range(ilvl + 1, _LEVELS):
            rule = found.levels.get(deeper, Level()).restart
            if rule is None or ilvl < rule:
                counters[deeper] = None
        return Label("", _NOTHING) if level.hidden else _render_label(found, level)

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
        """The abstract list behind w:num, following links through numbering styles."""
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
    """Heading level from w:outlineLvl: 1 to 9, 0 = expressly body text, None = not said."""
    stated = child_value(ppr, OUTLINE)
    if stated is None:
        return None
    level = parse_int(stated, _BODY_LEVEL)
    return level + 1 if 0 <= level < _BODY_LEVEL else 0


def latin_font(fonts: Element | None) -> str | None:
    """The Latin font that w:rFonts names, which is the one that draws signs."""
    return None if fonts is None else fonts.get(w("ascii")) or fonts.get(w("hAnsi"))


def has_private_use(text: str) -> bool:
    """Whether `text` holds codes of the private area in which Word keeps symbol fonts."""
    return _PRIVATE_USE.search(text) is not None


def is_symbol_font(font: str | None) -> bool:
    """Whether letters in this font draw signs."""
    return font is not None and font.strip().lower() in _SYMBOL_FONTS


def decode_symbol(code: int, font: str | None) -> str:
    """The sign that character `code` draws in `font`; `UNKNOWN` where nobody can say."""
    table = _SYMBOL_FONTS.get((font or "").strip().lower())
    private = 0xF000 <= code <= 0xF0FF
    if table is not None and (private or code < 0x100):
        same = chr(code & 0xFF) if table is _SYMBOL and 0x20 <= code & 0xFF < 0x7F else UNKNOWN_SYMBOL
        return table.get(code & 0xFF, same)
    if private:
        # Word writes the font's own code into the private area; without the font, ticks and boxes are Wingdings.
        return _WINGDINGS.get(code & 0xFF, UNKNOWN_SYMBOL)
    is_character = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else UNKNOWN_SYMBOL


def decode_symbols(text: str, font: str | None) -> str:
    """Running text set in a symbol font, or holding private-area codes of one, as it looks.

    Plain letters whose sign is not known stay as they are, so that nothing is lost.
    """
    table = _SYMBOL_FONTS.get((font or "").strip().lower(), {})
    return "".join(decode_symbol(ord(c), font) if "\uf000" <= c <= "\uf0ff" else table.get(ord(c), c) for c in text)


def _heading_level(style: Element, ppr: Element | None) -> int | None:
    level = outline_level(ppr)
    if level is None:
        named = _HEADING_NAME.fullmatch((child_value(style, NAME) or "").strip())
        level = int(named[1]) if named else None
    return level


def _read_levels(parent: Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for element in parent.iterchildren(w("lvl")):
        text = element.find(w("lvlText"))
        shown = text is not None and text.get(w("null")) not in ("1", "true", "on")
        restart = child_value(element, w("lvlRestart"))
        rpr = element.find(RPR)
        fonts = None if rpr is None else rpr.find(R_FONTS)
        levels[parse_int(element.get(ILVL))] = Level(
            start=parse_int(child_value(element, w("start"))),
            form=_number_format(element),
            template=(text.get(VAL, "") if text is not None and shown else "")[:_MAX_TEMPLATE],
            suffix=child_value(element, w("suff")) or "tab",
            restart=None if restart is None else parse_int(restart),
            legal=is_on(element, w("isLgl")),
            hidden=is_on(rpr, VANISH),
            font=latin_font(fonts),
            style_id=child_value(element, P_STYLE),
        )
    return levels


def _number_format(level: Element) -> str:
    plain = child_value(level, w("numFmt"))
    return plain or child_value(level.find(f"{ALTERNATE}/{FALLBACK}"), w("numFmt")) or "decimal"


def _render_label(found: _List, level: Level) -> Label:
    if level.form == "bullet":
        if level.template == "o":  # Word's second default bullet: a Latin o that stands for a circle
            return Label("○", level.suffix)
        return Label(decode_symbols(level.template, level.font).replace(UNKNOWN_SYMBOL, "•"), level.suffix)
    unknown: list[str] = []

    def number(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        source = found.levels.get(at, Level())
        count = found.counters[at]
        form = "decimal" if level.legal else source.form
        if form == "none":
            return ""
        shown = source.start if count is None else count
        drawn = numerals.format_number(shown, form)
        if drawn is None:
            unknown.append(form)
            return str(shown)
        return drawn

    return Label(_PLACEHOLDER.sub(number, level.template), level.suffix, unknown[0] if unknown else None)
