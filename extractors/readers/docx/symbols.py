"""Characters of the old symbol fonts, where a letter's code draws a tick, a box or a relation sign."""

from __future__ import annotations

import re

from extractors.readers.docx.xml_names import Element, w

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
_PRIVATE = re.compile("[\uf000-\uf0ff]")
_FONTS: dict[str, dict[int, str]] = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}

UNKNOWN = "〓"
"""The printer's sign for a character that is missing; always comes with a note."""


def font_of(fonts: Element | None) -> str | None:
    """The Latin font that w:rFonts names, which is the one that draws signs."""
    return None if fonts is None else fonts.get(w("ascii")) or fonts.get(w("hAnsi"))


def has_private(text: str) -> bool:
    """Whether `text` holds codes of the private area in which Word keeps symbol fonts."""
    return _PRIVATE.search(text) is not None


def is_symbol_font(font: str | None) -> bool:
    """Whether letters in this font draw signs."""
    return font is not None and font.strip().lower() in _FONTS


def draw(code: int, font: str | None) -> str:
    """The sign that character `code` draws in `font`; `UNKNOWN` where nobody can say."""
    table = _FONTS.get((font or "").strip().lower())
    private = 0xF000 <= code <= 0xF0FF
    if table is not None and (private or code < 0x100):
        same = chr(code & 0xFF) if table is _SYMBOL and 0x20 <= code & 0xFF < 0x7F else UNKNOWN
        return table.get(code & 0xFF, same)
    if private:
        # Word writes the font's own code into the private area; without the font, ticks and boxes are Wingdings.
        return _WINGDINGS.get(code & 0xFF, UNKNOWN)
    is_character = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else UNKNOWN


def redraw(text: str, font: str | None) -> str:
    """Running text set in a symbol font, or holding private-area codes of one, as it looks.

    Plain letters whose sign is not known stay as they are, so that nothing is lost.
    """
    table = _FONTS.get((font or "").strip().lower(), {})
    return "".join(draw(ord(c), font) if "\uf000" <= c <= "\uf0ff" else table.get(ord(c), c) for c in text)
