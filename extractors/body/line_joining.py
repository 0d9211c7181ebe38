"""A document's paragraphs as logical lines: page numbers out, hard-wrapped and page-cut lines joined again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from extractors import vocabulary
from extractors.body.numbering import read_label, strip_bullet
from extractors.document import Document, Paragraph, Table
from extractors.normalize import clean, collapse_whitespace, strip_artefacts, strip_whitespace
from extractors.parsers.row_patterns import is_page_number
from extractors.vocabulary.models import BodyWords

_RULE_DEBRIS = re.compile(r"(?<=[\u4e00-\u9fff])\s*[|│┃]\s*(?=[\u4e00-\u9fff])")
_CLOSED = re.compile(r"[。；;！!？?：:…][”’\"'》」）)]*$")
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
_LONG = 26
_PARAGRAPH = 40
_ENDLESS = 20_000
_TAIL = 200
"""So much of the end of a line says how it ends: a kind of document with its brackets, a stop with its quotation."""
_REPEATS = 3
"""A paragraph that writes the line again up to so many times is a repeat of it (see `fold_repeat`)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One logical paragraph. `text` is normalized, `raw` keeps the blanks (rosters pad names with them)."""

    text: str
    raw: str
    locator: str
    level: int | None = None
    note: bool = False


@cache
def words() -> BodyWords:
    """The vocabulary of the running text (vocabulary/body.toml)."""
    return vocabulary.load_toml("body")


@cache
def _kind_ending() -> re.Pattern[str]:
    kinds = "|".join(sorted(words()["document_kinds"], key=len, reverse=True))
    return re.compile(rf"(?:{kinds})(?:[（(][^（）()]{{1,20}}[）)])*$")


@cache
def _roster_key() -> re.Pattern[str]:
    """组长：, 综合协调组： and the like at the beginning of a line."""
    keys = [*words()["roles"], *words()["member_roles"], *words()["group_endings"], "阶段"]
    return re.compile(rf"[\u4e00-\u9fff（）()\s]{{0,18}}?(?:{'|'.join(keys)})\s*[:：]")


def _opens_roster(text: str) -> bool:
    return (":" in text or "：" in text) and _roster_key().match(text) is not None


def ends_like_title(text: str) -> bool:
    """True when `text` ends with a kind of document (方案, 通知, 清单 …), brackets such as （试行） allowed."""
    return bool(_kind_ending().search(text)) and not _SENTENCE.search(text)


def unbalanced(text: str) -> bool:
    """True when a bracket or quotation opened in `text` is not closed in it."""
    return any(still > 0 for still in _balance(text))


def _balance(text: str) -> list[int]:
    """How many of each pair of brackets are opened in `text` beyond those that are closed."""
    return [text.count(a) - text.count(b) for a, b in _PAIRS]


def annex_mark(text: str) -> re.Match[str] | None:
    """The match of a line that begins with 附件 (groups n, colon, rest), None for running text such as 附件中的…"""
    found = _ANNEX.fullmatch(text)
    if not found or len(text) > 80:
        return None
    if found["n"] or found["colon"]:
        return found
    return found if not found["rest"] else None


def _begins_anew(text: str) -> bool:
    return bool(read_label(text) or _CAPTION.match(text) or _opens_roster(text))


def _wrap_width(paragraphs: Sequence[str]) -> int | None:
    """The line length of a text that was wrapped by hand or by a page, None for one line per paragraph."""
    lengths = sorted(len(t) for t in paragraphs if len(t) > 15 and not _CLOSED.search(t))
    if len(lengths) < 6:
        return None
    width = lengths[int(len(lengths) * 0.9)]
    near = sum(width - 4 <= n <= width + 1 for n in lengths)
    beyond = sum(len(t) > width + 4 for t in paragraphs)
    return width if near >= max(6, len(lengths) * 0.4) and beyond <= len(paragraphs) * 0.02 else None


@dataclass(slots=True)
class _LineBuilder:
    """A line that still takes in paragraphs: whatever they are asked costs as much as the paragraph, not the line."""

    first: Line
    texts: list[str] = field(init=False)
    raws: list[str] = field(init=False)
    length: int = field(init=False)
    solid: int = field(init=False)
    """The length without blanks."""
    balance: list[int] = field(init=False)
    tail: str = field(init=False)
    sentence: bool = field(init=False)

    def __post_init__(self) -> None:
        text = self.first.text
        self.texts, self.raws = [text], [self.first.raw]
        self.length, self.solid, self.balance = len(text), len(strip_whitespace(text)), _balance(text)
        self.tail, self.sentence = text[-_TAIL:], _SENTENCE.search(text) is not None

    def line(self) -> Line:
        """The line as far as it has grown."""
        first = self.first
        return Line("".join(self.texts), "".join(self.raws), first.locator, first.level, first.note)

    def take(self, after: Line) -> None:
        """Add a paragraph: both are clean, so only the blank between them is to be decided."""
        self.raws.append(after.raw)
        solid = strip_whitespace(after.text)
        if self._repeated_by(solid):
            return
        seam = collapse_whitespace(f"{self.tail[-1]}\n{after.text[0]}")[1:-1]
        self.texts += [seam, after.text]
        self.length += len(seam) + len(after.text)
        self.solid += len(solid)
        self.balance = [old + new for old, new in zip(self.balance, _balance(after.text), strict=True)]
        self.tail = (self.tail + seam + after.text[-_TAIL:])[-_TAIL:]
        self.sentence = self.sentence or _SENTENCE.search(after.text) is not None

    def goes_on(self, after: Line, width: int | None) -> bool:
        """True when `after` belongs to this line."""
        if self.length > _ENDLESS:
            return False
        if self.first.note != after.note or after.level is not None or _begins_anew(after.text):
            # a bracket cut at the edge goes on even where the next line looks like an item (2 / 分); …)
            return self._unbalanced() and not read_label(after.text) and not annex_mark(after.text)
        # the tail is the whole of a line as short as that
        if self.length < _PARAGRAPH and _opens_roster(self.tail):
            return False
        return self._is_open(width)

    def _repeated_by(self, solid: str) -> bool:
        times, rest = divmod(len(solid), self.solid)
        if rest or not 1 <= times <= _REPEATS:
            return False
        return solid == strip_whitespace("".join(self.texts)) * times

    def _unbalanced(self) -> bool:
        return any(still > 0 for still in self.balance)

    def _is_open(self, width: int | None) -> bool:
        """True when the line plainly goes on in the next paragraph."""
        if self._unbalanced():
            return True
        if _CLOSED.search(self.tail) or (not self.sentence and ends_like_title(self.tail)):
            return False
        if _COMMA.search(self.tail):
            return True
        if width and self.length >= width - 4:
            return True
        return self.length >= _PARAGRAPH or (self.length >= _LONG and re.search(r"[，,；;。]", self.tail) is not None)


def _line(paragraph: Paragraph) -> Line | None:
    raw = " ".join(strip_bullet(part.strip()) for part in strip_artefacts(paragraph.text).strip().split("\n"))
    raw = _RULE_DEBRIS.sub("", raw)
    text = clean(raw)
    if not text or is_page_number(raw) or not re.search(r"\w", text):
        return None
    return Line(text, raw, paragraph.locator, paragraph.level, paragraph.note)


def read_lines(document: Document) -> list[Line | Table]:
    """The logical lines and the tables of `document` in reading order."""
    width = _wrap_width([clean(p.text) for p in document.paragraphs() if not p.note])
    out: list[Line | Table] = []
    growing: _LineBuilder | None = None
    for block in document.blocks:
        if isinstance(block, Table):
            out += [growing.line(), block] if growing else [block]
            growing = None
            continue
        line = _line(block)
        if line is None:
            continue
        if growing and growing.goes_on(line, width):
            growing.take(line)
            continue
        if growing:
            out.append(growing.line())
        growing = _LineBuilder(line)
    if growing:
        out.append(growing.line())
    return out


def only_lines(blocks: Sequence[Line | Table]) -> Iterator[Line]:
    """The lines among `blocks`."""
    return (b for b in blocks if isinstance(b, Line))
