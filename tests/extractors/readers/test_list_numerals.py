"""Every number format of Word, by what Unicode and arithmetic say of its signs, at the ends of what it can express."""

from __future__ import annotations

import unicodedata

import pytest

from extractors.readers.numerals import format_number

LETTERS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
TRADITIONAL = str.maketrans("贰叁陆万", "貳參陸萬")
DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def drawn(number: int, form: str) -> str:
    found = format_number(number, form)
    assert found is not None
    return found


def test_an_unknown_format_is_none() -> None:
    assert format_number(1, "hindiVowels") is None


@pytest.mark.parametrize(
    ("form", "last"),
    [
        ("decimalEnclosedCircle", 50),
        ("decimalEnclosedCircleChinese", 50),
        ("decimalEnclosedFullstop", 20),
        ("decimalEnclosedParen", 20),
        ("ideographEnclosedCircle", 10),
    ],
)
def test_signs_that_are_numbers(form: str, last: int) -> None:
    assert [unicodedata.numeric(drawn(number, form)) for number in range(1, last + 1)] == list(range(1, last + 1))
    assert [drawn(number, form) for number in (-1, 0, last + 1)] == ["-1", "0", str(last + 1)]


@pytest.mark.parametrize(
    ("form", "signs"),
    [
        ("ideographTraditional", list(STEMS)),
        ("ideographZodiac", list(BRANCHES)),
        ("ideographZodiacTraditional", [f"{STEMS[n % 10]}{BRANCHES[n % 12]}" for n in range(60)]),
        ("upperLetter", [chr(65 + n % 26) * (1 + n // 26) for n in range(780)]),
        ("lowerLetter", [chr(97 + n % 26) * (1 + n // 26) for n in range(780)]),
    ],
)
def test_signs_in_order(form: str, signs: list[str]) -> None:
    last = len(signs)
    assert [drawn(number, form) for number in range(1, last + 1)] == signs
    assert [drawn(number, form) for number in (-1, 0, last + 1)] == ["-1", "0", str(last + 1)]


@pytest.mark.parametrize(
    ("forms", "number", "text"),
    [
        ("decimal decimalHalfWidth", 7, "7"),
        ("decimalZero", 7, "07"),
        ("decimalZero", 10, "10"),
        ("numberInDash", 7, "- 7 -"),
        ("ordinal", 1, "1st"),
        ("ordinal", 2, "2nd"),
        ("ordinal", 3, "3rd"),
        ("ordinal", 4, "4th"),
        ("ordinal", 11, "11th"),
        ("ordinal", 12, "12th"),
        ("ordinal", 13, "13th"),
        ("ordinal", 21, "21st"),
        ("ordinal", 32, "32nd"),
        ("ordinal", 53, "53rd"),
        ("ordinal", 111, "111th"),
        ("ordinal", 112, "112th"),
        ("ordinal", 113, "113th"),
        ("ordinal", 122, "122nd"),
    ],
)
def test_plain_numbers(forms: str, number: int, text: str) -> None:
    assert {drawn(number, form) for form in forms.split()} == {text}


@pytest.mark.parametrize("form", ["ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"])
def test_numbers_digit_by_digit(form: str) -> None:
    assert [drawn(number, form) for number in range(3000)] == [str(n).translate(DIGITS) for n in range(3000)]
    assert drawn(-1, form) == "-1"


@pytest.mark.parametrize("form", ["decimalFullWidth", "decimalFullWidth2"])
def test_numbers_of_full_width(form: str) -> None:
    assert [drawn(number, form) for number in (-1, 0, 1234567890)] == ["-１", "０", "1234567890".translate(FULL_WIDTH)]


def test_roman_numbers() -> None:
    found = {number: drawn(number, "upperRoman") for number in range(1, 4000)}
    for number, text in found.items():
        values = [LETTERS[letter] for letter in text]
        assert number == sum(
            -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
        )
        assert drawn(number, "lowerRoman") == text.lower()
    assert len(set(found.values())) == len(found)
    examples = {4: "IV", 9: "IX", 40: "XL", 49: "XLIX", 90: "XC", 400: "CD", 900: "CM", 3888: "MMMDCCCLXXXVIII"}
    assert {number: found[number] for number in examples} == examples
    assert [drawn(number, "upperRoman") for number in (-1, 0, 4000)] == ["-1", "0", "4000"]


COUNTED = {
    0: "零", 1: "一", 9: "九", 10: "十", 11: "十一", 19: "十九", 20: "二十", 21: "二十一", 99: "九十九", 100: "一百",
    101: "一百零一", 110: "一百一十", 111: "一百一十一", 999: "九百九十九", 1000: "一千", 1001: "一千零一",
    1010: "一千零一十", 1100: "一千一百", 2345: "二千三百四十五", 6789: "六千七百八十九", 9999: "九千九百九十九",
    10_000: "一万", 10_001: "一万零一", 10_999: "一万零九百九十九", 11_000: "一万一千", 100_000: "十万",
    190_000: "十九万", 200_000: "二十万", 1_010_010: "一百零一万零一十", 99_999_999: "九千九百九十九万九千九百九十九",
    100_000_000: "100000000", -1: "-1",
}  # fmt: skip


@pytest.mark.parametrize("form", ["japaneseCounting", "chineseCountingThousand", "taiwaneseCountingThousand"])
def test_counted_numbers(form: str) -> None:
    assert {number: drawn(number, form) for number in COUNTED} == COUNTED


@pytest.mark.parametrize("form", ["chineseCounting", "taiwaneseCounting"])
def test_counted_numbers_below_a_hundred(form: str) -> None:
    assert {n: drawn(n, form) for n in COUNTED if n < 100} == {n: text for n, text in COUNTED.items() if n < 100}
    assert [drawn(number, form) for number in (100, 2023)] == ["一〇〇", "二〇二三"]


def test_legal_numbers() -> None:
    for number, text in COUNTED.items():
        whole = f"一{text}" if text.startswith("十") else text
        legal = whole.translate(LEGAL)
        assert drawn(number, "chineseLegalSimplified") == legal
        assert drawn(number, "ideographLegalTraditional") == legal.translate(TRADITIONAL)
