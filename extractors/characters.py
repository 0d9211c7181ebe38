"""Characters that look like others, or like nothing: folded once, where a document comes from its reader.

Fonts of pdf files map common characters to radicals and compatibility forms (U+2F47 for 日), web pages hold soft
hyphens and zero-width marks, input methods type full-width digits, and symbol fonts leave private-use codes where a
bullet is shown. Sites that convert their pages publish notices in traditional characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opencc import OpenCC

_RADICALS = (
    "⺁厂⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺌小⺍小⺎兀⺒巳⺓幺⺖忄⺘扌⺙攵⺛旡⺜日⺝月⺟母⺠民⺡氵⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪疋⺫目⺬示⺭礻⺮竹"
    "⺯糹⺰纟⺲罒⺶羊⺹耂⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞"
    "⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
"""Radicals of U+2E80 to U+2EFF, each before the ideograph it stands for (Unicode: Equivalent_Unified_Ideograph)."""
_COMMON_FORMS = {"⼾": "户"}
"""Radicals whose equivalent in Unicode is not the form used on the mainland."""
_COMPATIBLE = (
    (0x2F00, 0x2FD6),
    (0xF900, 0xFB00),
    (0x2F800, 0x2FA1E),
    (0xFF10, 0xFF1A),
    (0xFF21, 0xFF3B),
    (0xFF41, 0xFF5B),
)
"""Radicals, compatibility ideographs, full-width digits and letters: first code and the code after the last."""
_UNSEEN = ((0x200B, 0x2010), (0x202A, 0x202F), (0x2060, 0x2065), (0x2066, 0x206A), (0xFE00, 0xFE10))
"""Zero-width marks, marks of direction, selectors of variants."""
_SYMBOLS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□", 0x75: "◆", 0x76: "◇", 0x77: "◆",
    0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "□", 0xAB: "★", 0xB7: "•", 0xD8: "➢", 0xE0: "→", 0xE8: "➔",
    0xFB: "×", 0xFC: "√", 0xFD: "☒", 0xFE: "☑", 0x52: "☑", 0x54: "☒",
}  # fmt: skip
"""Codes of the symbol fonts in the private-use area from U+F000, as displayed."""
_INDENT = "\ue5e5"
"""What GBK web pages write for the blank at the beginning of a paragraph."""
_LEADING_PRIVATE = re.compile("(?m)^([ \t\u3000]*)[\ue000-\uf8ff](?=[ \t\u3000]*\\S)")
_ODD = re.compile(
    "[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u2e80-\u2fd5\ue000-\ufaff０-９Ａ-Ｚａ-ｚ\U0002f800-\U0002fa1d]"
)
_TRADITIONAL: Final = re.compile(
    "[單責個為國對會關開動時發業務員學習組實統計區縣鄉鎮門標準測評項達進創貫導環衛講報線場處總結級網應當從類辦屬優無產點團]"
)
"""Common characters that no text of the mainland has, unless it quotes one that is not from there."""
_IDEOGRAPH: Final = re.compile("[\u4e00-\u9fff]")
_MIN_TRADITIONAL: Final = 0.08
"""Their share of the ideographs: 責任單位：縣城管局 has 5 in 8, a page that quotes a book hardly one in 100."""


def fold_characters(text: str) -> str:
    """Return the text with radicals, compatibility forms and full-width letters as the characters they stand for.

    Marks that are not seen are removed; a private-use code is the symbol it shows, before a line a bullet.

    >>> fold_characters("⽉⽇ １２\u00ad月")
    '月日 12月'
    """
    if text.isascii() or not _ODD.search(text):
        return text
    return _LEADING_PRIVATE.sub(r"\1•", text.translate(_folded_forms()))


@cache
def _folded_forms() -> dict[int, str]:
    """Return what each odd character stands for, "" for one that is not seen."""
    compatible = (chr(code) for first, after in _COMPATIBLE for code in range(first, after))
    forms = {ord(char): unicodedata.normalize("NFKC", char) for char in compatible}
    forms |= {code: "" for first, after in _UNSEEN for code in range(first, after)}
    forms |= {ord(radical): ideograph for radical, ideograph in zip(_RADICALS[::2], _RADICALS[1::2], strict=True)}
    forms |= {ord(radical): ideograph for radical, ideograph in _COMMON_FORMS.items()}
    forms |= {0xF000 + code: symbol for code, symbol in _SYMBOLS.items()}
    return {**forms, 0xAD: "", 0xFEFF: "", 0x2028: "\n", 0x2029: "\n", ord(_INDENT): "\u3000"}


def is_traditional(texts: Iterable[str]) -> bool:
    """Return whether texts are written in traditional characters: 責任單位：縣城管局."""
    text = "".join(texts)
    n_traditional = len(_TRADITIONAL.findall(text))
    return n_traditional > 0 and n_traditional >= _MIN_TRADITIONAL * len(_IDEOGRAPH.findall(text))


def to_simplified(text: str) -> str:
    """Return the text in simplified characters: 責任單位 → 责任单位."""
    return text if text.isascii() else _converter().convert(text)


@cache
def _converter() -> OpenCC:
    # Hardly any notice needs it.
    from opencc import OpenCC

    return OpenCC("t2s")
