"""Text to tokens: numerals and widths are evened first, every pattern is bounded, so that time is linear in length."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from extractors.normalize import without
from extractors.parsers.dates import number
from extractors.parsers.deadlines.holidays import openers as festival_openers
from extractors.parsers.deadlines.holidays import pattern as festival_words
from extractors.parsers.deadlines.numerals import NUM, numeral
from extractors.parsers.deadlines.recurrence import EVERY, Rule, read_rule

_WIDE = str.maketrans("０１２３４５６７８９／－．：～　", "0123456789/-.:~ ")
_ANY_WIDE = re.compile(f"[{''.join(map(chr, _WIDE))}]")
_SKIP = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]+")
_CN_YEAR = "[〇零○一二三四五六七八九]{4}"
_FOLLOWS = rf"(?=(?:[-~－–—、,，和及与至到或]|以及|—+)第?{NUM})"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the flat text from `start` to `end`; `n` holds its numbers, `text` its wording."""

    kind: str
    start: int
    end: int
    text: str
    n: tuple[int, ...] = ()
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Flat:
    """A text without blanks and with half-width digits, and where each of its characters stood."""

    source: str
    text: str
    places: Sequence[int]

    def raw(self, start: int, end: int) -> str:
        """The exact piece of the source that `text[start:end]` came from."""
        return self.source[self.places[start] : self.places[end - 1] + 1] if end > start else ""


def flatten(text: str) -> Flat:
    """`text` without blanks and invisible characters, digits and their punctuation half-width."""
    kept, places = without(text, _SKIP)
    return Flat(text, kept.translate(_WIDE) if _ANY_WIDE.search(kept) else kept, places)


_DIGITS = r"\d〇零○一二两三四五六七八九十廿卅"
_MARKS = "（(—–─―\\-~－−〜；;。\n、，,和及与或/）)"
"""Brackets, what joins and what parts."""
_BEGINS = (
    rf"[{_DIGITS}]{{1,4}}[年月日号时点季个周学以.:至到{_MARKS}]",
    rf"第[{_DIGITS}]|[首末][个季]",
    r"每|[按逐各分隔][\d半一二两三四五六个工季月周星礼学年旬日天]",
    r"半年|季[度季报末底]|[双单]月|月[月度报初中底末]|[周天][周天报]|年[年报初末底内终中]",
    r"[农阴]历|[正腊元]月|[次翌明来当今本全整]年|岁末",
    r"[上下][、和上下中半旬一年午班]|中[、下旬午]|最[后迟晚]|[早晚]|凌晨|当[天日]",
    r"(?<=[年月份度])[初末底内中]|(?<=[日号])(?:星期|周)",
    r"[前起止内至到]|[之以][前后内日及]|左右|开始|不[迟晚]|截[至止]|[自从]即|即日|为止",
    rf"[{_MARKS}]",
)
"""What any token but a festival begins with."""


_ALONE = dict.fromkeys("、，,和及与或", "enum") | dict.fromkeys("；;。\n", "strong") | dict.fromkeys("至到", "range")
"""Marks that are a token wherever they stand."""


@cache
def _begins() -> re.Pattern[str]:
    """The first two characters or so of any token: a look at them is quicker than trying every kind of token."""
    return re.compile("|".join([*_BEGINS, festival_openers()]))


@cache
def _master() -> re.Pattern[str]:
    pieces = {
        "schoolyear": r"(?<!\d)20\d\d(?:[-~/至到]|[—–]+)20\d\d学年度?",
        "numeric": r"(?<![\d.])(?:19|20)\d\d(?P<ns>[./-])(?:1[0-2]|0?[1-9])"
        r"(?:(?P=ns)(?:[12]\d|3[01]|0?[1-9]))?日?(?![\d年])月?",
        "every": EVERY,
        "festival": festival_words(),
        "lunar": rf"(?:农历|阴历)(?:正|腊|冬|{NUM})月(?:初?{NUM}日?)|(?:正|腊)月(?:初?{NUM})日?",
        "year": rf"(?<![\d〔])(?:(?:19|20)\d\d|{_CN_YEAR}|\d\d(?=年\d{{1,2}}月))年度?(?!来|以来|级|版)",
        "relyear": r"(?:次|翌|明|第二|下一?|来)年度?(?=底|末|内|初|\d|[一二三四五六七八九十]|[上下]半年)"
        r"|(?:当|今|本)年度?(?!级)",
        "half": r"(?<!每)(?:上(?=[、和]?下半年)|[上下]半年)",
        "quarter": r"(?<!每)(?:第?[一二三四1-4]|首|末)个?季度",
        "yearpart": r"(?<![\d一二三四五六七八九十几多近半])年[初末底内终中](?!期|国|央|共|考|学)"
        r"|(?<=年)[初末底内](?!级)|(?<=年度)[末底内]|全年度?|整年|岁末",
        "month": rf"(?<![\d.第])(?:{NUM}|元)月份?(?!饼)",
        "part": r"(?:上、?中|中、?下|上|中|下)旬|[上下]半月|(?<=[月份])[初底末](?!中|级|步|审|评|部|线|册|层)"
        r"|(?<=月)中(?![国央华心共学小考期])|(?<=季度)[末底]|月[初中底末](?!国|央|华)"
        r"|(?:第[一二三四]个?|最后一?个?)(?:周|星期)|最后一天",
        "day": rf"(?<![\d.第〕\]}}a-zA-Z]){NUM}[日号](?!常|程|志|报|记|文|内|之内|以内|召)",
        "short": r"(?<![\d./])(?:1[0-2]|0?[1-9])[./](?:[12]\d|3[01]|0?[1-9])(?![\d分%％.月日年级/个张次])",
        "bare": r"(?<![\d.])(?:(?:19|20)\d\d|第?(?:1[0-2]|[12]\d|3[01]|0?[1-9])"
        rf"|第?[一二三四五六七八九十]{{1,3}})(?!\d){_FOLLOWS}",
        "time": r"(?:上午|下午|中午|晚上?|早上?|凌晨)?\d{1,2}(?::\d{2}|[时点](?:\d{1,2}分?|整|半)?)|下班"
        r"|(?<=[日号）)])(?:上午|下午|中午|晚上|当天|当日)",
        "weekday": r"[（(](?:星期|周|礼拜)[一二三四五六日天][）)]|(?<=[日号])(?:星期|周)[一二三四五六日天]",
        "around": r"前后|左右",
        "since": r"(?:之日)?起(?!草|步|点|来|到)|以后|之后|开始",
        "until": r"截至|截止[到至]|截止(?=\d)|不迟于|不晚于|最迟|最晚|(?:从|自)?即日起(?:至|到|[-~]|[—–]+)",
        "before": r"之前|以前|以内|前(?!后|往|述|提(?![供交报前出升醒]))|截止|为止"
        r"|止(?![^，。；、）)])|内(?=[，。；、）)完]|$)",
        "range": r"[—–─―]+|[-~－−〜]|至|到",
        "strong": r"[；;。\n]",
        "enum": r"以及|[、，,和及与或/]",
        "open": r"[（(]",
        "close": r"[）)]",
    }
    return re.compile("|".join(f"(?P<{kind}>{body})" for kind, body in pieces.items()))


@lru_cache(maxsize=1024)
def tokens(flat: str) -> tuple[Token, ...]:
    """The tokens of a flat text in order; what no rule of the grammar knows lies between them as a gap."""
    found: list[Token] = []
    at = 0
    begins, master = _begins(), _master()
    while begun := begins.search(flat, at):
        at = begun.start()
        if kind := _ALONE.get(flat[at]):
            found.append(Token(kind, at, at + 1, flat[at]))
            at += 1
        elif match := master.match(flat, at):
            token = _token(flat, match)
            at = max(token.end, at + 1)
            found.append(token)
        else:
            at += 1
    return tuple(_settle_bare(found))


def _token(flat: str, match: re.Match[str]) -> Token:
    kind = match.lastgroup or "word"
    start, end, text = match.start(), match.end(), match.group()
    if match["numeric"] is not None:
        return Token("numeric", start, end, text, tuple(int(d) for d in re.findall(r"\d+", text)))
    if kind == "every":
        rule = read_rule(flat, start)
        return (
            Token("every", start, rule.end, flat[start : rule.end], rule=rule)
            if rule
            else Token("word", start, end, text)
        )
    numbers = _numbers(kind, text)
    return Token(kind if numbers is not None else "word", start, end, text, numbers or ())


def _numbers(kind: str, text: str) -> tuple[int, ...] | None:
    """The numbers of a token; None where they are none that a calendar knows."""
    if kind in ("schoolyear", "short"):
        return tuple(int(d) for d in re.findall(r"\d+", text))
    if kind == "year":
        value = number(text.rstrip("度").rstrip("年"))
        return None if value is None else (value + 2000 if value < 100 else value,)
    if kind == "month":
        value = 1 if text.startswith("元") else numeral(text.rstrip("份").rstrip("月"))
        return (value,) if value and 1 <= value <= 12 else None
    if kind == "day":
        value = numeral(text[:-1])
        return (value,) if value and 1 <= value <= 31 else None
    if kind == "bare":
        value = numeral(text.lstrip("第"))
        return (value,) if value else None
    if kind == "quarter":
        value = {"首": 1, "末": 4}.get(text[0]) or numeral(re.sub(r"[第个季度]", "", text))
        return (value,) if value else None
    if kind == "lunar":
        month, day = text.removeprefix("农历").removeprefix("阴历").split("月", 1)
        first = {"正": 1, "腊": 12, "冬": 11}.get(month) or numeral(month)
        second = numeral(day.strip("初日"))
        return (first, second) if first and second and first <= 12 and second <= 30 else None
    return ()


def _settle_bare(found: list[Token]) -> list[Token]:
    """A bare number of an enumeration or range takes the unit of the number that closes it (3、6、9月; 一至三季度)."""
    limits = {"month": 12, "day": 31, "quarter": 4, "year": 2999}
    out = list(found)
    for i in range(len(out) - 3, -1, -1):
        this, sep, after = out[i], out[i + 1], out[i + 2]
        if this.kind != "bare" or sep.kind not in ("enum", "range"):
            continue
        joined = this.end == sep.start and sep.end == after.start
        if (
            joined
            and after.kind in limits
            and this.n[0] <= limits[after.kind]
            and (after.kind == "year") == (this.n[0] > 31)
        ):
            out[i] = Token(after.kind, this.start, this.end, this.text, this.n)
    return out
