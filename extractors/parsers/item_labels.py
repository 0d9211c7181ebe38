"""Marks at the beginning of an item or heading: labels (1）), codes (Ⅱ-5, （一）), names and declared points."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import add

from extractors.normalize import clean, fold_repeat, matches_at, squeeze, strip_artefacts
from extractors.parsers.points import decimal

_CN = "一二三四五六七八九十百"
_ROMAN = r"[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ]+|[IVXl]{1,4}"
_DASH = r"[-—－–]"

_LABEL = re.compile(
    rf"\s*(?P<label>"
    rf"[（(]\s*\d{{1,3}}\s*[）)]"
    rf"|\d{{1,3}}\s*[)）]"
    rf"|\d{{1,3}}\s*[.．、](?!\d)"
    rf"|\d{{1,2}}、(?=\d{{3}})"
    rf"|[①-⑳]"
    rf"|[（(][{_CN}]{{1,3}}[）)]"
    rf"|[{_CN}]{{1,3}}、"
    rf"|第[{_CN}\d]{{1,3}}[条项款][:：、]?"
    rf")\s*"
)
_TIGHT_LABEL = re.compile(r"\s*(?P<label>(\d{1,2})[.．])(?=\d+\s*[-—－~～次个项张名场篇条份人年月件本种类期小])")
_NUMBER = re.compile(rf"\d+|[①-⑳]|[{_CN}]+")
_NEXT = re.compile(r"(?:(?<=[；;。：:，,、\s])|^)(?:[（(]?\d{1,3}[)）]|\d{1,3}[.．、](?!\d)|[①-⑳])")
_NEXT_BEGINS = re.compile(r"[（(\d①-⑳]")
_SEVERAL_PARTS = re.compile(r"[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩIVXl]|\d[.．\-—]\d|[A-Z]\d|[（(]")
_CODE = re.compile(
    rf"\s*(?P<code>"
    rf"(?:{_ROMAN})\s*{_DASH}\s*\d{{1,3}}(?:\s*{_DASH}\s*\d{{1,3}})*"
    rf"|[（(]\s*(?:[{_CN}]{{1,3}}|\d{{1,2}})\s*[）)]"
    rf"|[A-Z]{_DASH}?\d{{1,3}}(?:[.．—－–-]\d{{1,3}})*(?![A-Za-z])"
    rf"|\d{{1,3}}(?:[.．]\d{{1,3}})+"
    rf"|\d{{1,3}}{_DASH}\d{{1,3}}(?:{_DASH}\d{{1,3}})*(?!\d*[年月日分])"
    rf"|\d{{1,3}}(?=\s*[.．、)）])"
    rf"|\d{{1,2}}(?=\s*[\u4e00-\u9fff])(?!\s*[年月日号个项次类条名人分周季天级所处篇场期大小家种张份本万千百多余、])"
    rf"|[{_CN}]{{1,3}}(?=\s*[、.．:：]|\s*\n|\s+)"
    rf"|(?:[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ])(?=[\s、.．\u4e00-\u9fff])"
    rf"|[①-⑳]"
    rf")\s*[、.．)）:：]?\s*"
)
_POINTS = re.compile(
    r"[（(【\[]\s*(?:(?:共|计|满分|分值|权重|总分)[:：]?\s*|[:：]\s*)?(\d{1,4}(?:\.\d+)?)\s*(?:分|%|％)\s*[）)】\]]"
)
_POINTS_BARE = re.compile(r"(?<=[\u4e00-\u9fff”）)])[ \t\u3000\n]+(\d{1,3}(?:\.\d)?)$")
_POINTS_OPEN = re.compile(r"(?<![\d\-—~～.])(\d{1,4}(?:\.\d+)?)\s*分$|^(\d{1,4}(?:\.\d+)?)\s*分(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class Item:
    """A text with the mark that begins it, as written (None without), and the number the mark stands for."""

    label: str | None
    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """An indicator heading: code as written, name without code and points, declared points."""

    code: str | None
    name: str
    points: Decimal | None


_SINGLE = {c: i for i, c in enumerate("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", 1)} | {c: i for i, c in enumerate(_CN[:10], 1)}


def mark_number(mark: str) -> int | None:
    """The number a mark stands for: 3） → 3, ③ → 3, （十二） → 12."""
    found = _NUMBER.search(mark)
    if not found:
        return None
    digits = found.group()
    if digits.isdecimal():
        return int(digits)
    if len(digits) == 1:
        return _SINGLE.get(digits)
    tens, _, ones = digits.partition("十")
    return (_SINGLE.get(tens, 1) if tens else 1) * 10 + (_SINGLE.get(ones, 0) if ones else 0)


def _shape(label: str) -> str:
    return _NUMBER.sub("N", squeeze(label)).replace("(", "（").replace(")", "）").replace("．", ".")


def _goes_on(label: str, rest: str) -> bool:
    """True when the next marks of the same kind follow inside the text: then the first is no label of the whole."""
    marks = [found.group() for found in matches_at(_NEXT, _NEXT_BEGINS, rest)]
    number = mark_number(label) if marks else None
    if number is None:
        return False
    shape = _shape(label)
    return any(mark_number(mark) == number + 1 and _shape(mark) == shape for mark in marks)


@lru_cache(maxsize=4096)
def split_label(text: str) -> Item:
    """Cut the item mark off `text`: 1）健全… → label 1）, text 健全….

    A text that lists 1.… 2.… inside itself keeps its marks: they belong to its parts.
    """
    match = _TIGHT_LABEL.match(text) or _LABEL.match(text)
    if not match or match.end() == len(text):
        return Item(None, text)
    label, rest = squeeze(match.group("label")), text[match.end() :]
    if _goes_on(label, rest):
        return Item(None, text)
    return Item(label, rest.strip(), mark_number(label))


def has_code(text: str) -> bool:
    """True when the text begins with an indicator code of several parts (Ⅱ-5, 1.1, A1)."""
    match = _CODE.match(text)
    return bool(match and _SEVERAL_PARTS.search(match.group("code")))


def _columns_of(lines: list[str]) -> str | None:
    """Two vertical columns printed side by side, read column by column; None when the lines are not of that kind."""
    if len(lines) < 4 or any(len(x) > 2 for x in lines) or sum(len(x) == 2 for x in lines) < len(lines) - 1:
        return None
    return f"{''.join(x[0] for x in lines)}，{''.join(x[1:] for x in lines)}"


def _known_pairs(text: str, pairs: Container[str]) -> float:
    found = [text[i : i + 2] for i in range(len(text) - 1)]
    return sum(p in pairs for p in found) / max(len(found), 1)


def bigrams(text: str) -> Counter[str]:
    """How often each pair of neighbouring characters stands in `text` (blanks ignored)."""
    solid = squeeze(text)
    return Counter(map(add, solid, solid[1:]))


def unstack(raw: str, pairs: Container[str]) -> str:
    """A heading printed vertically (one or two characters a line) as one line of text.

    Two interleaved columns are recognized by whether their pairs of characters occur elsewhere in the notice: `pairs`
    holds them, or is its text without blanks.
    """
    if raw.count("\n") + raw.count("\r") < 2:
        # Nobody prints fewer than three lines that way.
        return raw
    lines = [solid for x in fold_repeat(strip_artefacts(raw)).split("\n") if (solid := squeeze(x))]
    head: list[str] = []
    if len(lines) > 2 and re.fullmatch(rf"[{_CN}]{{1,2}}", lines[0]):
        head, lines = [lines[0] + "、"], lines[1:]
    if len(lines) >= 3 and all(len(x) == 1 for x in lines):
        return "".join([*head, *lines])
    columns = _columns_of(lines)
    if columns and _known_pairs(columns, pairs) > _known_pairs("".join(lines), pairs):
        return "".join([*head, columns])
    return raw


def _take_points(text: str) -> tuple[str, Decimal | None]:
    found = list(_POINTS.finditer(text))
    if found:
        last = found[-1]
        return text[: last.start()] + text[last.end() :], decimal(last.group(1))
    bare = _POINTS_OPEN.search(text)
    if bare and len(text) > len(bare.group()):
        return text[: bare.start()] + text[bare.end() :], decimal(bare.group(1) or bare.group(2))
    return text, None


@lru_cache(maxsize=1024)
def read_heading(raw: str, normalize: Callable[[str], str] = clean) -> Heading:
    """`raw` (line feeds as printed) → code, name, declared points: Ⅰ-1党建引领（15分） → Ⅰ-1, 党建引领, 15."""
    spaced = re.sub(r"[ \t\u3000]*\n\s*", "\n", fold_repeat(strip_artefacts(raw))).strip()
    code_match = _CODE.match(spaced)
    code = None
    rest = spaced
    if code_match and code_match.end() < len(spaced):
        code, rest = squeeze(code_match.group("code")), spaced[code_match.end() :]
    bare = _POINTS_BARE.search(rest)
    name, points = _take_points(normalize(rest[: bare.start()] if bare else rest))
    if bare and points is None:
        points = decimal(bare.group(1))
    elif bare:
        name = normalize(rest)
    name = name.strip(" ：:、，,。.;；")
    if not name:
        return Heading(None, normalize(spaced), points)
    return Heading(code, name, points)
