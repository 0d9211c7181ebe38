"""Numbers in the formats of list numbering (w:numFmt, ECMA-376 part 1, 17.18.59)."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_DIGITS_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


def format_number(number: int, number_format: str) -> str | None:
    """Return `number` in a number format of OOXML, or None if the format is unknown.

    Numbers that a format cannot express are written as decimals, as Word does.
    """
    formatter = _FORMATTERS.get(number_format)
    return None if formatter is None else (formatter(number) or str(number))


def _counting(number: int, digits: str, units: str, *, bare_ten: bool) -> str:
    """Return 一百零五 style; `units` are the words for 10, 100, 1000 and 10000."""
    if not 0 < number < 100_000_000:
        return digits[0] if number == 0 else ""
    high, low = divmod(number, 10_000)
    if high:
        head = _counting(high, digits, units, bare_ten=bare_ten) + units[3]
        gap = digits[0] if 0 < low < 1000 else ""
        return head + gap + (_counting(low, digits, units, bare_ten=False) if low else "")
    out, pending = "", False
    for power in (3, 2, 1, 0):
        digit = low // 10**power % 10
        if digit:
            out += (digits[0] if pending and out else "") + digits[digit] + (units[power - 1] if power else "")
            pending = False
        else:
            pending = True
    return out[1:] if bare_ten and 10 <= number < 20 else out


def _counting_short(number: int) -> str:
    """Return 十一, but from 100 on digit by digit (w:chineseCounting)."""
    return _thousand(number) if 0 <= number < 100 else _positional(number)


def _thousand(number: int) -> str:
    return _counting(number, "零" + _DIGITS[1:], "十百千万", bare_ten=True)


def _positional(number: int) -> str:
    return "".join(_DIGITS[int(d)] for d in str(number)) if number >= 0 else ""


def _legal(number: int) -> str:
    return _counting(number, _LEGAL_DIGITS, "拾佰仟万", bare_ten=False)


def _legal_traditional(number: int) -> str:
    return _counting(number, _LEGAL_DIGITS_TRADITIONAL, "拾佰仟萬", bare_ten=False)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return ""
    out = ""
    for amount, letters in _ROMAN:
        out += letters * (number // amount)
        number %= amount
    return out


def _letters(number: int) -> str:
    """Return A … Z, then AA, BB … as Word continues."""
    return chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else ""


def _from_signs(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else ""


def _char_range(*ranges: tuple[int, int]) -> str:
    return "".join(chr(first + i) for first, count in ranges for i in range(count))


def _sexagenary(number: int) -> str:
    return _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12] if 0 < number <= 60 else ""


def _ordinal(number: int) -> str:
    tail = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"


def _full_width(number: int) -> str:
    return "".join(chr(ord("０") + int(d)) if d.isdigit() else d for d in str(number))


_circled = _from_signs(_char_range((0x2460, 20), (0x3251, 15), (0x32B1, 15)))

_FORMATTERS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda n: f"{n:02d}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedFullstop": _from_signs(_char_range((0x2488, 20))),
    "decimalEnclosedParen": _from_signs(_char_range((0x2474, 20))),
    "numberInDash": lambda n: f"- {n} -",
    "ordinal": _ordinal,
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda n: _letters(n).lower(),
    "chineseCounting": _counting_short,
    "taiwaneseCounting": _counting_short,
    "japaneseCounting": _thousand,
    "chineseCountingThousand": _thousand,
    "taiwaneseCountingThousand": _thousand,
    "ideographDigital": _positional,
    "taiwaneseDigital": _positional,
    "japaneseDigitalTenThousand": _positional,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal_traditional,
    "ideographTraditional": _from_signs(_STEMS),
    "ideographZodiac": _from_signs(_BRANCHES),
    "ideographZodiacTraditional": _sexagenary,
    "ideographEnclosedCircle": _from_signs(_char_range((0x3280, 10))),
}
