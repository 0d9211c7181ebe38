"""Format stored numbers as displayed: number formats of spreadsheets ([ECMA-376] part 1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache

from extractors.readers.numerals import format_number

_YMD = 'yyyy"年"m"月"d"日"'
_MD = 'm"月"d"日"'
_YM = 'yyyy"年"m"月"'
BUILTIN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "General",
    13: "General", 14: _YMD, 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: f"{_YMD} h:mm", 27: _YM, 28: _MD, 29: _MD, 30: "m-d-yy", 31: _YMD,
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"', 35: '上午/下午h"时"mm"分"ss"秒"', 36: _YM,
    37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss.0", 48: "0.0E+0", 49: "@", 50: _YM, 51: _MD, 52: _YM, 53: _MD, 54: _MD,
    55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: _YM, 58: _MD,
}  # fmt: skip
"""Formats that a file names by number only. 14 and 22 depend on the settings of the user: here written out in full."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)(?:"|$)|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<ampm>上午/下午|AM/PM|A/P)'
    r"|(?P<general>General|G/通用格式)|(?P<exponent>E[+-]0+)|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?|a{3,4}|e)"
    r"|(?P<digit>[0#?][0#?,]*(?:\.[0#?]*,*)?|\.[0#?]+,*)|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[\d.]+)\]")
_CURRENCY = re.compile(r"\$([^-]*)(?:-.*)?", re.DOTALL)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_EPOCH = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_MAX_SERIAL = 2_958_466
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WEEKDAYS = "一二三四五六日"
_CHINESE_DIGITS = "〇一二三四五六七八九"
_MAX_CHINESE = 100_000_000
_MAX_FORMAT = 500


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the semicolon-separated parts: (kind, text) tokens, and whether it uses Chinese numerals."""

    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, float] | None
    is_chinese: bool
    kinds: frozenset[str] = field(default=frozenset())


def format_value(value: float, code: str, date_1904: bool = False) -> str:
    """Return a finite number as text: 0.03, `0%` → 3%; 45169, `yyyy"年"m"月"d"日"` → 2023年8月31日."""
    section, signed = _select_section(_parse_format(code), value)
    if section is None or "general" in section.kinds or "text" in section.kinds:
        text = format_general(value)
        if section is None:
            return text
        return _with_literals(section, _to_chinese(value) if section.is_chinese else text)
    if "date" in section.kinds:
        moment = _to_datetime(value, date_1904)
        return format_general(value) if moment is None else _format_date(section, moment, value)
    if "digit" not in section.kinds:
        return _with_literals(section, "")
    return _format_number(section, value if signed else abs(value))


def format_general(value: float) -> str:
    """Return a number without format, as a wide cell shows it: up to 11 digits, 1.0 → 1, 0.1 + 0.2 → 0.3."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.11g}"
    if "e" not in text:
        return text
    exponent = int(text.partition("e")[2])
    return format(Decimal(text), "f") if -10 < exponent < 0 else text.replace("e", "E")


@lru_cache(maxsize=512)
def _parse_format(code: str) -> tuple[_Section, ...]:
    parts: list[str] = [""]
    for match in re.finditer(r'"[^"]*(?:"|$)|\\.|\[[^\]]*\]|.', code[:_MAX_FORMAT], re.DOTALL):
        if match.group() == ";":
            parts.append("")
        else:
            parts[-1] += match.group()
    return tuple(_parse_section(part) for part in parts)


def _parse_section(part: str) -> _Section:
    condition_match = _CONDITION.search(part)
    try:
        condition = (condition_match[1], float(condition_match[2])) if condition_match else None
    except ValueError:
        condition = None
    tokens: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(_CONDITION.sub("", part)):
        kind, text = match.lastgroup or "", match.group()
        if kind in ("quoted", "escaped"):
            tokens.append(("literal", match[kind]))
        elif kind == "bracket":
            currency = _CURRENCY.fullmatch(match["bracket"])
            if currency and currency[1]:
                tokens.append(("literal", currency[1]))
            elif _ELAPSED.fullmatch(match["bracket"]):
                tokens.append(("date", f"[{match['bracket'].lower()}"))
        elif kind == "plain":
            tokens.append(("percent", "%") if text == "%" else ("text", "") if text == "@" else ("literal", text))
        elif kind:
            tokens.append((kind, text if kind == "ampm" else text.lower()))
    is_chinese = "[dbnum1]" in part.lower()
    return _Section(tuple(tokens), condition, is_chinese, frozenset(kind for kind, _ in tokens))


def _select_section(sections: tuple[_Section, ...], value: float) -> tuple[_Section | None, bool]:
    """Return the section for a value, and whether the minus sign still has to be written."""
    if any(s.condition for s in sections):
        for section in sections:
            if section.condition is None or _condition_holds(section.condition, value):
                return section, True
        return None, True
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], True
    return sections[0], True


def _condition_holds(condition: tuple[str, float], value: float) -> bool:
    operator, bound = condition
    return {
        "<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound, "=": value == bound,
        "<>": value != bound,
    }[operator]  # fmt: skip


def _with_literals(section: _Section, text: str) -> str:
    return "".join(
        t if kind == "literal" else text if kind in ("general", "text") else "" for kind, t in section.tokens
    )


def _format_number(section: _Section, value: float) -> str:
    if "exponent" in section.kinds:
        return format_general(value) if value == int(value) else f"{value:.11g}".replace("e", "E")
    places = [i for i, (kind, _) in enumerate(section.tokens) if kind == "digit"]
    if any(t == "/" for kind, t in section.tokens if kind == "literal") and len(places) > 1:
        return format_general(value)  # fractions: their decimal value is the same
    pattern = "".join(section.tokens[i][1] for i in places)
    percents = sum(kind == "percent" for kind, _ in section.tokens)
    body = _format_digits(value * 1.0, pattern, percents)
    if section.is_chinese and body.isdigit():
        body = _to_chinese(int(body))
    sign = "-" if body.startswith("-") else ""
    out = ""
    for i, (kind, text) in enumerate(section.tokens):
        if i == places[0]:
            out += body.removeprefix("-")
        elif kind in ("literal", "percent"):
            out += text
    return (sign + out).strip()


def _format_digits(value: float, pattern: str, percents: int) -> str:
    n_thousands = len(pattern) - len(pattern.rstrip(","))
    integer_part, _, fraction = pattern.rstrip(",").partition(".")
    decimals = sum(c in "0#?" for c in fraction)
    with localcontext() as context:
        context.prec = 400
        try:
            number = Decimal(f"{value:.15g}") * Decimal(100) ** percents / Decimal(1000) ** n_thousands
            number = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
        except InvalidOperation:
            return format_general(value)
        text = format(abs(number), ",f" if "," in integer_part else "f")
    min_decimals = sum(c == "0" for c in fraction)
    while decimals > min_decimals and text.endswith("0"):
        text = text[:-1]
        decimals -= 1
    head, point, tail = text.partition(".")
    min_digits = sum(c == "0" for c in integer_part)
    head = head.zfill(min_digits) if min_digits else head.lstrip("0")
    text = head + (point + tail if tail else "")
    return f"-{text}" if number < 0 else text


def _to_datetime(value: float, date_1904: bool) -> datetime | None:
    if not 0 <= value < _MAX_SERIAL:
        return None
    days = value + (1 if not date_1904 and value < 60 else 0)  # day 60 is 29 February 1900, which does not exist
    seconds = round(days * 86_400, 3)
    try:
        return (_EPOCH_1904 if date_1904 else _EPOCH) + timedelta(seconds=round(seconds))
    except OverflowError:
        return None


def _format_date(section: _Section, moment: datetime, value: float) -> str:
    tokens = section.tokens
    dates = [i for i, (kind, _) in enumerate(tokens) if kind == "date"]
    half_day = any(kind == "ampm" for kind, _ in tokens)
    out = ""
    for i, (kind, text) in enumerate(tokens):
        if kind == "date":
            date_index = dates.index(i)
            before = tokens[dates[date_index - 1]][1] if date_index else ""
            after = tokens[dates[date_index + 1]][1] if date_index + 1 < len(dates) else ""
            minutes = text in ("m", "mm") and (before[:1] == "h" or before[:2] == "[h" or after[:1] == "s")
            if text.startswith("["):
                out += str(round(value * 86_400) // {"h": 3600, "m": 60, "s": 1}[text[1]])
            else:
                out += _format_date_part(
                    text, moment, minutes=minutes, half_day=half_day, is_chinese=section.is_chinese
                )
        elif kind == "ampm":
            first, _, second = text.partition("/")
            out += first if moment.hour < 12 else second
        elif kind in ("literal", "percent"):
            out += text
    return out.strip()


def _format_date_part(text: str, moment: datetime, *, minutes: bool, half_day: bool, is_chinese: bool) -> str:
    letter, wide = text[0], len(text) > 1
    if letter == "a":
        return ("星期" if len(text) == 4 else "") + _WEEKDAYS[moment.weekday()]
    if letter in "ye":
        year = str(moment.year) if len(text) > 2 or letter == "e" else f"{moment.year % 100:02d}"
        return "".join(_CHINESE_DIGITS[int(c)] for c in year) if is_chinese else year
    if letter == "m" and not minutes and len(text) > 2:
        return _MONTHS[moment.month - 1]
    if letter == "d" and len(text) > 2:
        return "星期" + _WEEKDAYS[moment.weekday()]
    hour = (moment.hour - 1) % 12 + 1 if half_day else moment.hour
    number = {"m": moment.minute if minutes else moment.month, "d": moment.day, "h": hour, "s": moment.second}[letter]
    if is_chinese:
        return _to_chinese(number)
    return f"{number:02d}" if wide else str(number)


def _to_chinese(value: float) -> str:
    """Return an integer in Chinese numerals (12 → 十二); other numbers unchanged."""
    if value != int(value) or not 0 <= value < _MAX_CHINESE:
        return format_general(value)
    return format_number(int(value), "chineseCountingThousand") or format_general(value)
