"""Labels (1）), codes (Ⅱ-5, （一）), names and points of items and headings, and the subject of a title."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from extractors.normalize import bigrams, clean, find_matches, fold_repeat, strip_artefacts, strip_whitespace
from extractors.parsers.numerals import parse_decimal
from extractors.parsers.points import POINTS_WORD, RANGE_LOW, UNITLESS_WORD

_CN = "一二三四五六七八九十百"
_ROMAN = r"[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ]+|[IVXl]{1,4}"
_DASH = r"[-—－–]"
_LABEL = re.compile(
    rf"\s*(?P<label>"
    rf"[（(]\s*\d{{1,3}}\s*[）)]"
    rf"|\d{{1,3}}\s*[)）]"
    rf"|\d{{1,3}}\s*[.．、](?!\d)"
    rf"|\d{{1,2}}、(?=\d{{3}})"
    rf"|\d{{1,2}}{_DASH}\d{{1,2}}{_DASH}\d{{1,2}}(?=[\s\u4e00-\u9fff“《])(?!\s*[日号])"
    rf"|[①-⑳]"
    rf"|[（(][{_CN}]{{1,3}}[）)]"
    rf"|[{_CN}]{{1,3}}、"
    rf"|第[{_CN}\d]{{1,3}}[条项款][:：、]?"
    rf")\s*"
)
_COUNTING_LABEL = re.compile(r"(?P<number>\d{1,3})(?P<mark>[.．、])")
_OUTLINE_NUMBER = re.compile(r"\s*(?P<number>\d{1,2}(?:[.．]\d{1,2}){0,3})[、.．]?\s*(?=[\u4e00-\u9fff“《（])")
_POINT = re.compile("[.．]")
_TIGHT_LABEL = re.compile(r"\s*(?P<label>(\d{1,2})[.．])(?=\d+\s*[-—－~～次个项张名场篇条份人年月件本种类期小])")
_NUMBER = re.compile(rf"\d+|[①-⑳]|[{_CN}]+")
_NEXT = re.compile(
    r"(?:(?<=[；;。：:，,、\s])|^)(?:[（(]?\d{1,3}[)）]|\d{1,3}[.．、](?!\d)|[①-⑳])"
    r"|(?<=[\u4e00-\u9fff”）)])(?<![第周月])(?:[（(]?\d{1,3}[)）]|\d{1,3}[.．、])(?=[\u4e00-\u9fff“《])"
)
"""The label of a following item, between marks or (是否设专柜2、是否有记录) between words."""
_NEXT_BEGINS = re.compile(r"[（(\d①-⑳]")
_SEVERAL_PARTS = re.compile(r"[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩIVXl]|\d[.．\-—]\d|[A-Z]\d|[（(]")
_CODE = re.compile(
    rf"\s*(?P<code>"
    rf"(?:{_ROMAN})\s*{_DASH}\s*\d{{1,3}}(?:\s*{_DASH}\s*\d{{1,3}})*"
    rf"|[（(]\s*(?:[{_CN}]{{1,3}}|\d{{1,2}})\s*[）)]"
    rf"|[A-Z]{_DASH}?\d{{1,3}}(?:[.．—－–-]\d{{1,3}})*(?![A-Za-z])"
    rf"|[A-Z]{{2,3}}{_DASH}\d{{1,3}}(?![A-Za-z\d])"
    rf"|第(?:[{_CN}]{{1,3}}|\d{{1,2}})(?:部分|板块|[部章篇节编类]|[组块卷项](?=\s|[、:：]))"
    rf"|[壹贰叁肆伍陆柒捌玖拾]{{1,2}}(?=\s*[、.．])"
    rf"|[甲乙丙丁戊己庚辛壬癸](?=\s*[、.．]|\s+[\u4e00-\u9fff])"
    rf"|[甲乙丙丁戊己庚辛壬癸]{_DASH}?\d{{1,2}}(?=[\s、.．:：]|[\u4e00-\u9fff](?<![年月日号级]))"
    rf"|[A-H](?=\s*[、.．])"
    rf"|[A-H](?=\s*[\u4e00-\u9fff])(?!\s*[级类型股区座栋组])"
    rf"|\d{{1,3}}(?:[.．]\d{{1,3}})+"
    rf"|\d{{1,3}}{_DASH}\d{{1,3}}(?:{_DASH}\d{{1,3}})*(?!\d*[年月日分])"
    rf"|\d{{1,3}}(?=\s*[.．、)）])"
    rf"|\d{{1,2}}(?=\s*[\u4e00-\u9fff])(?!\s*[年月日号个项次类条名人分周季天级所处篇场期大小家种张份本万千百多余、])"
    rf"|[{_CN}]{{1,3}}(?=\s*[、.．:：]|\s*\n|\s+)"
    rf"|[\u4e00-\u9fff]{{2}}(?:[{_CN}]{{1,3}}|\d{{1,2}})(?=\s*[:：])"
    rf"|(?:[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ])(?=[\s、.．\u4e00-\u9fff])"
    rf"|[①-⑳]"
    rf")\s*[、.．)）:：]?\s*"
)
_VALUE = r"\d{1,4}(?:\.\d+)?"
_COPULA = r"\s*(?:[为是]\s*)?(?:[:：]\s*)?"
_POINTS = re.compile(
    rf"[（(【\[〔]\s*(?:(?:本[\u4e00-\u9fff]{{1,2}})?{POINTS_WORD}{_COPULA}|[:：]\s*)?{RANGE_LOW}?(?P<unit>{_VALUE})\s*(?:分|%|％)[。；;]?\s*[）)】\]〕]"
    rf"|(?<=[\u4e00-\u9fff”])[（(]\s*(?P<bare>\d{{1,3}}(?:\.\d)?)\s*[）)]$"
    rf"|[（(【\[]\s*{UNITLESS_WORD}{_COPULA}(?P<unitless>{_VALUE})\s*[）)】\]]"
    rf"|(?<=[\u4e00-\u9fff”）)：:，,])\s?(?:{POINTS_WORD}{_COPULA}(?P<stated>{_VALUE})\s*分"
    rf"|{UNITLESS_WORD}{_COPULA}(?P<last>{_VALUE}))[。；;]?$"
)
_POINTS_BARE = re.compile(r"(?<=[\u4e00-\u9fff”）)])[ \t\u3000\n]+(\d{1,3}(?:\.\d)?)$")
_OPENING = re.compile(r"[（(【\[〔]")
_POINTS_CLOSE = re.compile(rf"(?<=[\u4e00-\u9fff])({_VALUE})\s*分[）)】\]]$")
"""教育文化90分）: the opening bracket was lost in a scan."""
_POINTS_OPEN = re.compile(rf"(?<![\d\-—~～.]){RANGE_LOW}?({_VALUE})\s*分[。；;]?$|^({_VALUE})\s*分(?=[\u4e00-\u9fff])")
_SINGLE_CHARACTER_NUMBERS = {c: i for i, c in enumerate("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", 1)} | {
    c: i for i, c in enumerate(_CN[:10], 1)
}
_QUOTED_TITLE = re.compile(r"《(?P<inner>[^《》]{4,})》")
_TITLE_YEARS = re.compile(
    r"(?:19|20)\d\d年?(?:度)?(?:\s*[-—－–~～至、]+\s*(?:(?:19|20)\d\d|\d\d)年?(?:度)?)?|[一二三四五六七八九〇○零]{4}年(?:度)?"
)
_EDITION_WORDS = re.compile(
    r"[（(\[【][^（）()\[\]【】]*(?:试行|暂行|修订|修改|征求意见|讨论稿|草案|版|稿)[^（）()\[\]【】]*[）)\]】]|第[一二三四五六七八九十\d]+[届版轮次批]|试行|暂行|(?:新|最新)?修订版?"
)
_ISSUING_WORDS = re.compile(
    r"^(?:[^《》]{0,40}?)关于(?:印发|下发|发布|公布|转发|修订|组织|开展|进一步|做好)*|的(?:通知|公告)$"
)
_NOT_LETTERS = re.compile(r"[^\u3400-\u9fffA-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Item:
    """A text and the label before it.

    Attributes:
        label: The label as written, None without one.
        text: The text after the label.
        number: The number of the label.
    """

    label: str | None
    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of an indicator.

    Attributes:
        code: The code as written.
        name: The name without code and points.
        points: The points it declares.
    """

    code: str | None
    name: str
    points: Decimal | None


def mark_number(mark: str) -> int | None:
    """Return the number of a label: 3） → 3, ③ → 3, （十二） → 12."""
    match = _NUMBER.search(mark)
    if not match:
        return None
    digits = match.group()
    if digits.isdecimal():
        return int(digits)
    if len(digits) == 1:
        return _SINGLE_CHARACTER_NUMBERS.get(digits)
    tens, _, ones = digits.partition("十")
    return (_SINGLE_CHARACTER_NUMBERS.get(tens, 1) if tens else 1) * 10 + (
        _SINGLE_CHARACTER_NUMBERS.get(ones, 0) if ones else 0
    )


@lru_cache(maxsize=4096)
def split_label(text: str) -> Item:
    """Split the label off `text`: 1）健全… → label 1）, text 健全….

    A text that lists 1.… 2.… inside itself keeps its labels: they belong to its parts.
    """
    match = _TIGHT_LABEL.match(text) or _LABEL.match(text)
    if not match or match.end() == len(text):
        return Item(None, text)
    label, rest = strip_whitespace(match.group("label")), text[match.end() :]
    if _is_continued(label, rest):
        return Item(None, text)
    return Item(label, rest.strip(), mark_number(label))


def split_following_label(text: str, previous: str | None) -> Item:
    """Split the number off `text` that follows the label of the item before it: 16.12345热线… behind 15.…."""
    label = _COUNTING_LABEL.fullmatch(previous or "")
    following = f"{int(label['number']) + 1}{label['mark']}" if label else ""
    if not following or not text.startswith(following):
        return Item(None, text)
    return Item(following, text[len(following) :].strip(), mark_number(following))


def split_outline_number(text: str) -> Item:
    """Split the number of an outline off `text`: 1.1 张贴标识 → label 1.1.

    Only numbers that count on from item to item are one; a single text may begin with a day: 3.15消费者权益日.
    """
    match = _OUTLINE_NUMBER.match(text)
    if match is None or not _POINT.search(match["number"]):
        return Item(None, text)
    return Item(match["number"], text[match.end() :].strip())


def outline_number(text: str) -> tuple[int, ...]:
    """Return the number that a text begins with, by its parts: 2、环境整治 → (2,), 2.1修补围栏 → (2, 1), else ()."""
    match = _OUTLINE_NUMBER.match(text)
    return tuple(map(int, _POINT.split(match["number"]))) if match else ()


def has_code(text: str) -> bool:
    """Return whether the text begins with an indicator code of several parts (Ⅱ-5, 1.1, A1)."""
    match = _CODE.match(text)
    return bool(match and _SEVERAL_PARTS.search(match.group("code")))


def unstack(raw: str, known: Container[str]) -> str:
    """Return a heading printed vertically (one or two characters a line) as one line of text.

    Args:
        raw: The heading with its line feeds.
        known: The bigrams of the notice, or its text without whitespace; they tell two interleaved columns from one.
    """
    if raw.count("\n") + raw.count("\r") < 2:
        # A vertical heading has at least three lines.
        return raw
    lines = [compact for x in fold_repeat(strip_artefacts(raw)).split("\n") if (compact := strip_whitespace(x))]
    label: list[str] = []
    if lines and re.fullmatch(rf"[{_CN}]{{1,2}}", lines[0]):
        label, lines = [lines[0] + "、"], lines[1:]
    if len(lines) >= 3 and all(len(x) == 1 for x in lines):
        return "".join([*label, *lines])
    columns = _read_two_columns(lines)
    if columns and _known_bigram_share(columns, known) > _known_bigram_share("".join(lines), known):
        return "".join([*label, columns])
    return raw


@lru_cache(maxsize=1024)
def read_heading(raw: str, normalize: Callable[[str], str] = clean) -> Heading:
    """Split a heading into code, name and points: Ⅰ-1党建引领（15分） → Ⅰ-1, 党建引领, 15.

    Args:
        raw: The heading with its line feeds.
        normalize: The normalization of the name.
    """
    spaced = re.sub(r"[ \t\u3000]*\n\s*", "\n", fold_repeat(strip_artefacts(raw))).strip()
    code_match = _CODE.match(spaced)
    code = None
    rest = spaced
    if code_match and code_match.end() < len(spaced):
        code, rest = strip_whitespace(code_match.group("code")), spaced[code_match.end() :]
    bare_points = _POINTS_BARE.search(rest)
    name, points = _extract_points(normalize(rest[: bare_points.start()] if bare_points else rest))
    if bare_points and points is None:
        points = parse_decimal(bare_points.group(1))
    elif bare_points:
        name = normalize(rest)
    name = name.strip(" ：:、，,。.;；")
    if not name:
        return Heading(None, normalize(spaced), points)
    return Heading(code, name, points)


def title_subject(title: str | None) -> str | None:
    """Return a notice's title without year, edition and issuing formula, None if too little is left.

    Two notices of one issuer with equal subjects are versions of one another:
    关于印发《甲市2023年度文明单位测评细则（试行）》的通知 → 甲市文明单位测评细则.
    """
    text = strip_whitespace(title or "")
    quoted = _QUOTED_TITLE.search(text)
    text = quoted["inner"] if quoted else _ISSUING_WORDS.sub("", text)
    text = _NOT_LETTERS.sub("", _EDITION_WORDS.sub("", _TITLE_YEARS.sub("", text)))
    return text if len(text) >= 4 else None


def _label_shape(label: str) -> str:
    return _NUMBER.sub("N", strip_whitespace(label)).replace("(", "（").replace(")", "）").replace("．", ".")


def _is_continued(label: str, rest: str) -> bool:
    """Return whether the next label of the same shape follows inside the text, so that `label` is of a part only."""
    marks = [match.group() for match in find_matches(_NEXT, _NEXT_BEGINS, rest)]
    number = mark_number(label) if marks else None
    if number is None:
        return False
    shape = _label_shape(label)
    return any(mark_number(mark) == number + 1 and _label_shape(mark) == shape for mark in marks)


def _read_two_columns(lines: list[str]) -> str | None:
    """Return two vertical columns printed side by side, read column by column; None for other lines."""
    if len(lines) < 4 or any(len(x) > 2 for x in lines) or sum(len(x) == 2 for x in lines) < len(lines) - 1:
        return None
    return f"{''.join(x[0] for x in lines)}，{''.join(x[1:] for x in lines)}"


def _known_bigram_share(text: str, known: Container[str]) -> float:
    pairs = bigrams(text)
    return sum(pair in known for pair in pairs) / max(len(pairs), 1)


def _extract_points(text: str) -> tuple[str, Decimal | None]:
    matches = list(_POINTS.finditer(text))
    if matches:
        last = matches[-1]
        return text[: last.start()] + text[last.end() :], parse_decimal(next(filter(None, last.groups())))
    match = _POINTS_OPEN.search(text) or (None if _OPENING.search(text) else _POINTS_CLOSE.search(text))
    if match and len(text) > len(match.group()):
        return text[: match.start()] + text[match.end() :], parse_decimal(next(filter(None, match.groups())))
    return text, None
