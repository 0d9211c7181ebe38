"""What every code of the symbol fonts displays, as their own tables of characters show it."""

from __future__ import annotations

import pytest

from extractors.readers.docx.numbering import (
    UNKNOWN_SYMBOL,
    decode_symbol,
    decode_symbols,
    has_private_use,
    is_symbol_font,
)

SIGNS = {
    "Wingdings": (
        "6C● 6E■ 6F□ 70□ 71□ 72□ 74◆ 75◆ 76◇ 77◆ 9F• A1○ A7▪ A8□ AA✦ AB★ D8➢ DF← E0→ E1↑ E2↓ E8➔ F0⇨ FB× FC√ FD☒ FE☑ "
        "80⓪ 81① 82② 83③ 84④ 85⑤ 86⑥ 87⑦ 88⑧ 89⑨ 8A⑩ 8B⓿ 8C❶ 8D❷ 8E❸ 8F❹ 90❺ 91❻ 92❼ 93❽ 94❾ 95❿"
    ),
    "Wingdings 2": (
        "30☒ 4F× 50√ 51☒ 52☑ 53☒ 54☒ 96• 97● 98● 9E⊙ A2■ A3□ A6◆ EA★ "
        "69⓪ 6A① 6B② 6C③ 6D④ 6E⑤ 6F⑥ 70⑦ 71⑧ 72⑨ 73⑩ 74⓿ 75❶ 76❷ 77❸ 78❹ 79❺ 7A❻ 7B❼ 7C❽ 7D❾ 7E❿"
    ),
    "Symbol": (
        "2D− 40≅ A3≤ A5∞ AB↔ AC← AD↑ AE→ AF↓ B0° B1± B2″ B3≥ B4× B6∂ B7• B8÷ B9≠ BA≡ BB≈ BC… "
        "C4⊗ C5⊕ CE∈ D5∏ D6√ D7· E5∑ "
        "41Α 42Β 43Χ 44Δ 45Ε 46Φ 47Γ 48Η 49Ι 4Aϑ 4BΚ 4CΛ 4DΜ 4EΝ 4FΟ 50Π 51Θ 52Ρ 53Σ 54Τ 55Υ 56ς 57Ω 58Ξ 59Ψ 5AΖ "
        "61α 62β 63χ 64δ 65ε 66φ 67γ 68η 69ι 6Aϕ 6Bκ 6Cλ 6Dμ 6Eν 6Fο 70π 71θ 72ρ 73σ 74τ 75υ 76ϖ 77ω 78ξ 79ψ 7Aζ"
    ),
}


def shown(font: str) -> dict[int, str]:
    return {int(one[:2], 16): one[2] for one in SIGNS[font].split()}


@pytest.mark.parametrize("font", SIGNS)
@pytest.mark.parametrize("first", [0, 0xF000])
def test_every_code_of_a_font(font: str, first: int) -> None:
    for code in range(0x100):
        # Figures and marks of Symbol are those of plain type.
        is_plain = font == "Symbol" and 0x20 <= code < 0x7F
        wanted = shown(font).get(code, chr(code) if is_plain else UNKNOWN_SYMBOL)
        assert decode_symbol(first + code, font) == wanted


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0x1F, UNKNOWN_SYMBOL),
        (0x20, " "),
        (0x100, "Ā"),
        (0xD7FF, "\ud7ff"),
        (0xD800, UNKNOWN_SYMBOL),
        (0xDFFF, UNKNOWN_SYMBOL),
        (0xE000, "\ue000"),
        (0xEFFF, "\uefff"),
        (0xF06C, "●"),
        (0xF0FE, "☑"),
        (0xF0FF, UNKNOWN_SYMBOL),
        (0xF100, "\uf100"),
        (0x10FFFF, "\U0010ffff"),
        (0x110000, UNKNOWN_SYMBOL),
    ],
)
def test_codes_of_no_font(code: int, text: str) -> None:
    assert decode_symbol(code, None) == decode_symbol(code, "宋体") == text


def test_codes_beyond_a_font_are_those_of_plain_type() -> None:
    assert [decode_symbol(code, " WINGDINGS ") for code in (0xFE, 0xFF, 0x100, 0x4E00)] == [
        "☑",
        UNKNOWN_SYMBOL,
        "Ā",
        "一",
    ]


def test_a_text_keeps_letters_without_a_sign() -> None:
    assert decode_symbols("l\uf06c甲\uf0ff", "Wingdings") == f"●●甲{UNKNOWN_SYMBOL}"
    assert decode_symbols("l\uf06c甲", "宋体") == decode_symbols("l\uf06c甲", None) == "l●甲"


def test_which_fonts_show_signs() -> None:
    assert [is_symbol_font(font) for font in ("Wingdings", " wingdings 2", "SYMBOL", "Wingdings 3", None)] == [
        True, True, True, False, False
    ]  # fmt: skip
    assert [has_private_use(f"甲{char}") for char in "\uefff\uf000\uf0ff\uf100"] == [False, True, True, False]
