"""Join paragraphs into logical lines and recognise the number labels they begin with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from itertools import zip_longest

from extractors import vocabulary
from extractors.document import Document, Paragraph, Table
from extractors.normalize import clean, collapse_whitespace, is_page_number, strip_artefacts, strip_whitespace
from extractors.parsers.column_headers import header_word
from extractors.parsers.labelled_lines import LABEL
from extractors.parsers.numerals import parse_integer
from extractors.parsers.quantities import QUANTITY
from extractors.vocabulary.models import BodyWords

_CN = "一二三四五六七八九十百"
_STEMS, _FORMAL = "甲乙丙丁戊己庚辛壬癸", "壹贰叁肆伍陆柒捌玖拾"
_STYLES = (
    ("stage", rf"第[{_CN}\d]{{1,3}}(?:阶段|步骤|步)[:：、,，]?"),
    ("chapter", rf"第[{_CN}\d]{{1,3}}(?:章|部分|条|节)[:：、]?"),
    ("section", rf"[{_CN}]{{1,3}}\s*[、．.](?!\d)"),
    ("stem", rf"[{_STEMS}{_FORMAL}]\s*[、．.](?!\d)"),
    ("part", rf"[（(]\s*[{_CN}]{{1,3}}\s*[）)][、.．]?"),
    ("paren", r"(?:[（(]\s*\d{1,3}\s*[）)]|[〔【\[]\s?\d{1,2}\s?[〕】\]])[、.．]?"),
    ("half", r"\d{1,3}\s*[)）][、.．]?"),
    # a number followed by one to three digits is a decimal (1.5), by four a label before a year (2.2022年度);
    # before a month it is a label as well (1.3月底前)
    # 2.1.1敬老爱幼; a decimal before a unit is a quantity (1.5万元)
    ("decimal", r"\d{1,2}(?:[.．]\d{1,2}){1,3}[.．、]?(?=[\u4e00-\u9fff“《])(?![年月日号点时分])"),
    ("number", r"\d{1,3}\s*[.．、](?:(?!\s*\d{1,3}(?!\d))|(?=\d{1,2}月))"),
    ("circle", r"[①-⑳⑴-⒇㈠-㈩]"),
    ("code", r"(?:[Ⅰ-Ⅻ]|I{1,3}|I?V|VI{1,3}|I?X|XI{1,2})\s*[-—－–]\s*\d{1,3}[.．、:：]?(?=\s*[\u4e00-\u9fff“《])"),
    # A4纸 is no label; blanks behind it are lost
    ("letter", r"[A-Z]-?\d{1,2}(?:[-.．]\d{1,2}){0,2}[.．、:：]?(?=\s*[\u4e00-\u9fff“《])(?!\s*[纸幅页版型号打双])"),
)
_LABEL = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _STYLES))
_NUMBER = re.compile(rf"\d+|[{_CN}]+")
_CODE_DASH = re.compile("[-—－–]")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_BULLET = re.compile(r"^(?:[|│┃□■◆●•·▪\s]+|[-*+]\s+)(?=\S)")
_BULLET_MARK = re.compile(r"\s*[■□◆◇●○•▪▲△★☆➢]\s*(?=\w)")
_RULING = re.compile("[|│┃]")
_RULING_RESIDUE = re.compile(r"(?<=[\u4e00-\u9fff])\s*[|│┃]\s*(?=[\u4e00-\u9fff])")
_CLOSED = re.compile(
    r"[。；;！!？?：:…](?:[”’\"'》」）)]*|[（(](?:[^（）()。；;！!？?：:]|[（(][^（）()。；;！!？?：:]{1,12}[）)]){2,100}[）)])$"
    r"|[（(][\u4e00-\u9fff]{2,8}[:：](?:[^（）()]|[（(][^（）()]{1,12}[）)]){2,100}[）)]$"
)
"""A line ends with a mark, with a bracket behind one (建好平台。（团县委牵头，各街道参加）), or with one of fields."""
_SENTENCE = re.compile(r"[。；！？]")
_COMMA = re.compile(r"[、，,]$")
_PAIRS = (("《", "》"), ("（", "）"), ("(", ")"), ("“", "”"), ("〔", "〕"), ("[", "]"), ("「", "」"))
_ANNEX = re.compile(
    r"附\s*件\s*(?P<n>\d{1,2}|[一二三四五六七八九十]{1,3})?\s*(?:[-—－]\s*\d{1,2})?\s*(?P<colon>[:：.．、])?\s*(?P<rest>.*)",
    re.DOTALL,
)
_CAPTION = re.compile(
    r"(?:注|备\s*注|附\s*注|说\s*明|填表说明|联\s*系\s*人|抄\s*送|主\s*送|签\s*发\s*人)\s*[:：]|附\s*件|附\s*[:：]"
)
MONTH_MARK = re.compile(
    r"(?P<mark>(?:\d{4}年|次年|当年)?(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})"
    r"(?:(?:月[上中下]旬|月份?|月[初底末])?[、—\-－–~～至到](?:\d{1,2}|[一二三四五六七八九十]{1,2}))?"
    r"月(?:[上中下]旬|[份底初末]|\d{1,2}日)?前?)(?:[:：·•]|$)"
)
"""3月份：开展志愿服务, or the heading of what is to be done in that month."""
DATE_LINE = re.compile(
    r"[（(]?\s*(?:[\d〇○零Ｏ一二三四五六七八九十]{2,4}年[\d〇一二三四五六七八九十]{1,3}月[\d〇一二三四五六七八九十]{1,3}[日号])\s*(?:印发|发布)?[）)]?"
)
"""2024年3月5日 on a line of its own, with or without 印发."""
_SIGNER = re.compile(r"[\u4e00-\u9fff（）()·\s]{3,40}")
_LONG_LINE = 26
_PARAGRAPH_LENGTH = 40
_MAX_LINE = 20_000
_TAIL_LENGTH = 200
"""Characters at the end of a line that are enough to see how it ends: 实施方案（试行）, 。”"""
_MAX_REPEATS = 3
"""A paragraph that is the line up to so many times over is a repetition of it (see `fold_repeat`)."""


class LabelStyle(StrEnum):
    """The style of a label, which decides its depth in the outline."""

    STAGE = "stage"
    CHAPTER = "chapter"
    SECTION = "section"
    STEM = "stem"
    """甲、乙、 or 壹、贰、 in place of 一、二、."""
    PART = "part"
    PAREN = "paren"
    HALF = "half"
    NUMBER = "number"
    DECIMAL = "decimal"
    CIRCLE = "circle"
    CODE = "code"
    """The code of an indicator: Ⅱ-3."""
    LETTER = "letter"
    """A letter with a number: A1, B2.1."""
    MONTH = "month"
    """A month before what is to be done in it, see `find_months`."""
    ORDINAL = "ordinal"
    UNIT = "unit"
    """一是…, and paragraphs that begin with a unit, see `find_paragraph_items`."""
    GROUP = "group"
    """A heading without number above one of several lists, see `find_group_headings`."""
    BARE = "bare"
    """A heading that lost its automatic number."""


LIST_STYLES = (LabelStyle.NUMBER, LabelStyle.HALF, LabelStyle.PAREN)
"""Styles of the entries of a list: 1. 1） （1）"""


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a heading or item: its mark as written, style and number; `rest` is the text after it.

    The number of 2.1.3 is 3.
    """

    mark: str
    style: LabelStyle
    number: int | None
    rest: str

    @property
    def rank(self) -> tuple[LabelStyle, int]:
        """What labels of one depth have in common: 2.1 and 2.2, but not 2.1 and 2.1.1; Ⅱ-1 and Ⅱ-2, but not Ⅰ-1."""
        if self.style is LabelStyle.CODE:
            return self.style, _ROMAN.index(unicodedata.normalize("NFKC", _CODE_DASH.split(self.mark)[0]))
        has_depth = self.style in (LabelStyle.DECIMAL, LabelStyle.LETTER)
        return self.style, len(_NUMBER.findall(self.mark)) if has_depth else 1


@dataclass(frozen=True, slots=True)
class Line:
    """A logical paragraph. `text` is normalized, `raw` keeps whitespace, which rosters use to pad names."""

    text: str
    raw: str
    locator: str
    level: int | None = None
    note: bool = False


@dataclass(slots=True)
class _LineBuilder:
    """A line that paragraphs are appended to; the cost of each check depends on the paragraph, not the line."""

    first: Line
    texts: list[str] = field(init=False)
    raws: list[str] = field(init=False)
    length: int = field(init=False)
    compact_length: int = field(init=False)
    """The length without whitespace."""
    balance: list[int] = field(init=False)
    tail: str = field(init=False)
    has_sentence: bool = field(init=False)

    def __post_init__(self) -> None:
        text = self.first.text
        self.texts, self.raws = [text], [self.first.raw]
        self.length, self.compact_length, self.balance = len(text), len(strip_whitespace(text)), _bracket_balance(text)
        self.tail, self.has_sentence = text[-_TAIL_LENGTH:], _SENTENCE.search(text) is not None

    def build(self) -> Line:
        """Return the line as joined so far."""
        first = self.first
        return Line("".join(self.texts), "".join(self.raws), first.locator, first.level, first.note)

    def append(self, following: Line) -> None:
        """Append a paragraph; both are clean, so that only the space between them is to be decided."""
        self.raws.append(following.raw)
        compact = strip_whitespace(following.text)
        if self._is_repeated_by(compact):
            return
        seam = collapse_whitespace(f"{self.tail[-1]}\n{following.text[0]}")[1:-1]
        self.texts += [seam, following.text]
        self.length += len(seam) + len(following.text)
        self.compact_length += len(compact)
        self.balance = [old + new for old, new in zip(self.balance, _bracket_balance(following.text), strict=True)]
        self.tail = (self.tail + seam + following.text[-_TAIL_LENGTH:])[-_TAIL_LENGTH:]
        self.has_sentence = self.has_sentence or _SENTENCE.search(following.text) is not None

    def continues_with(self, following: Line, width: int | None) -> bool:
        """Return whether `following` belongs to this line."""
        if self.length > _MAX_LINE:
            return False
        if self.first.note != following.note or following.level is not None or _begins_paragraph(following.text):
            # An open bracket continues even if the next line looks like an item (2 / 分); …).
            return self._is_unbalanced() and not read_label(following.text) and not match_annex_mark(following.text)
        # The tail is the whole of such a short line.
        if self.length < _PARAGRAPH_LENGTH and _opens_roster(self.tail):
            return False
        return self._is_open(width)

    def _is_repeated_by(self, compact: str) -> bool:
        times = len(compact) // self.compact_length
        return 1 <= times <= _MAX_REPEATS and compact == strip_whitespace("".join(self.texts)) * times

    def _is_unbalanced(self) -> bool:
        return any(surplus > 0 for surplus in self.balance)

    def _is_open(self, width: int | None) -> bool:
        """Return whether the line continues in the next paragraph."""
        if self._is_unbalanced():
            return True
        if _CLOSED.search(self.tail) or (not self.has_sentence and ends_like_title(self.tail)):
            return False
        if _COMMA.search(self.tail):
            return True
        if width and self.length >= width - 4:
            return True
        return self.length >= _PARAGRAPH_LENGTH or (
            self.length >= _LONG_LINE and re.search(r"[，,；;。]", self.tail) is not None
        )


@lru_cache(maxsize=1024)
def read_label(text: str) -> Label | None:
    """Return the label that `text` begins with, or None.

    Cached, because a line is examined while it is joined, framed and put into the outline.

    >>> read_label("（二）形象上台阶").style
    <LabelStyle.PART: 'part'>
    """
    match = _LABEL.match(text)
    if not match or match.lastgroup is None:
        return None
    if match.lastgroup == "decimal" and QUANTITY.match(text):
        return None
    mark = match.group()
    inner = _NUMBER.findall(mark)
    stem = (_STEMS.find(mark[0]) if mark[0] in _STEMS else _FORMAL.find(mark[0])) + 1
    nth = parse_integer(inner[-1]) if inner else stem or None
    return Label("".join(mark.split()), LabelStyle(match.lastgroup), nth, text[match.end() :].strip())


def strip_bullet(text: str) -> str:
    """Return `text` without a bullet or the residue of a ruling at its beginning."""
    return _BULLET.sub("", text, count=1)


def body_words() -> BodyWords:
    """Return the vocabulary of the running text (vocabulary/body.toml)."""
    return vocabulary.load_toml("body")


def ends_like_title(text: str) -> bool:
    """Return whether `text` ends with a kind of document (方案, 通知, 清单), brackets such as （试行） allowed."""
    return bool(_kind_ending().search(text)) and not _SENTENCE.search(text)


def is_unbalanced(text: str) -> bool:
    """Return whether a bracket or quotation mark opened in `text` is not closed."""
    return any(surplus > 0 for surplus in _bracket_balance(text))


def match_annex_mark(text: str) -> re.Match[str] | None:
    """Return the match of a line that begins with 附件 (groups n, colon, rest), None for running text."""
    match = _ANNEX.fullmatch(text)
    if not match or len(text) > 80:
        return None
    if match["n"] or match["colon"]:
        return match
    return match if not match["rest"] else None


def read_lines(document: Document) -> list[Line | Table]:
    """Return the logical lines and the tables of `document` in reading order."""
    width = _wrap_width([clean(p.text) for p in document.paragraphs() if not p.note])
    out: list[Line | Table] = []
    builder: _LineBuilder | None = None
    for block, below in zip_longest(document.blocks, document.blocks[1:]):
        if isinstance(block, Table):
            out += [builder.build(), block] if builder else [block]
            builder = None
            continue
        line = _read_line(block)
        if line is None:
            continue
        if builder and not _opens_line(block, line, below) and builder.continues_with(line, width):
            builder.append(line)
            continue
        if builder:
            out.append(builder.build())
        builder = _LineBuilder(line)
    if builder:
        out.append(builder.build())
    return out


def iter_lines(blocks: Sequence[Line | Table]) -> Iterator[Line]:
    """Return the lines among `blocks`."""
    return (b for b in blocks if isinstance(b, Line))


@cache
def _kind_ending() -> re.Pattern[str]:
    kinds = "|".join(sorted(body_words()["document_kinds"], key=len, reverse=True))
    return re.compile(rf"(?:{kinds})(?:[（(][^（）()]{{1,20}}[）)])*$")


@cache
def _roster_key() -> re.Pattern[str]:
    """Pattern of a roster key at the beginning of a line: 组长：, 综合协调组：."""
    keys = [*body_words()["roles"], *body_words()["member_roles"], *body_words()["group_endings"], "阶段"]
    return re.compile(rf"[\u4e00-\u9fff（）()\s]{{0,18}}?(?:{'|'.join(keys)})\s*[:：]")


def _opens_line(paragraph: Paragraph, line: Line, below: Paragraph | Table | None) -> bool:
    """Return whether a paragraph begins a line whatever stands above it: with a bullet, or as a signature."""
    return _BULLET_MARK.match(paragraph.text) is not None or _signs(line, below)


def _signs(line: Line, below: Paragraph | Table | None) -> bool:
    """Return whether a line is the day of a letter, or the name above it, and no rest of the line above."""
    is_signer = isinstance(below, Paragraph) and _SIGNER.fullmatch(line.text) and DATE_LINE.fullmatch(clean(below.text))
    return DATE_LINE.fullmatch(line.text) is not None or bool(is_signer)


def _opens_roster(text: str) -> bool:
    return (":" in text or "：" in text) and _roster_key().match(text) is not None


def _bracket_balance(text: str) -> list[int]:
    """Return, for each pair of brackets, how many are opened beyond those that are closed."""
    return [text.count(opening) - text.count(closing) for opening, closing in _PAIRS]


def _begins_paragraph(text: str) -> bool:
    opens = read_label(text) or MONTH_MARK.match(text) or _CAPTION.match(text)
    return bool(opens or _opens_roster(text) or _opens_field(text))


def _opens_field(text: str) -> bool:
    """Return whether a text begins with the label of a field: 责任单位：…."""
    label = LABEL.match(text)
    # 市直各医疗卫生 | 单位： is the end of an addressee.
    return label is not None and label.end() < len(text) and header_word(label.group().rstrip(":：")).role is not None


def _wrap_width(paragraphs: Sequence[str]) -> int | None:
    """Return the line length of a hard-wrapped text, None if every paragraph is one line."""
    lengths = sorted(len(t) for t in paragraphs if len(t) > 15 and not _CLOSED.search(t))
    if len(lengths) < 6:
        return None
    width = lengths[int(len(lengths) * 0.9)]
    near = sum(width - 4 <= n <= width + 1 for n in lengths)
    longer = sum(len(t) > width + 4 for t in paragraphs)
    return width if near >= max(6, len(lengths) * 0.4) and longer <= len(paragraphs) * 0.02 else None


def _read_line(paragraph: Paragraph) -> Line | None:
    raw = " ".join(strip_bullet(part.strip()) for part in strip_artefacts(paragraph.text).strip().split("\n"))
    raw = _RULING_RESIDUE.sub("", raw) if _RULING.search(raw) else raw
    text = clean(raw)
    if not text or is_page_number(raw) or not re.search(r"\w", text):
        return None
    return Line(text, raw, paragraph.locator, paragraph.level, paragraph.note)
