"""Metadata of a notice: title, number, issuer, place, date, period, campaign and award.

General rules only, no names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Protocol, TypeVar

from extractors import vocabulary
from extractors.body.letterhead import DOC_NUMBER, looks_like_org
from extractors.body.line_joining import match_annex_mark
from extractors.body.outline import Outline
from extractors.body.provisions import read_stages, stated_period
from extractors.document import Document
from extractors.normalize import clean, strip_whitespace
from extractors.parsers.admin_divisions import (
    Division,
    Place,
    disambiguate,
    find_leading_place,
    find_mentions,
    find_places_inside,
    infer_from_context,
    place_of,
)
from extractors.parsers.dates import read_spans
from extractors.vocabulary.models import IdentityWords

_PRINTED = re.compile(r"(?P<when>(?:19|20)\d\d年\d{1,2}月\d{1,2}日)\s*(?:印发|印制|发布)")
_PUBLISHED = re.compile(
    r"(?:发布|发文|成文|印发)(?:时间|日期)[:：]?\s*(?P<when>(?:19|20)\d\d[年./-]\d{1,2}[月./-]\d{1,2})"
)
_YEAR = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s*(?:[-—－–]\s*(?:19|20)\d\d\s*)?年")
_YEARS = re.compile(r"(?<!\d)(?P<a>(?:19|20)\d\d)年?\s*[-—－–至]+\s*(?P<b>(?:19|20)\d\d)年")
_STRIVING = re.compile(r"创建|争创|申报|蝉联|保持|迎接|成为|建成|争取|复查|复审|复检|测评|达到|目标")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class NoticeMetadata:
    """The metadata columns of `core.notices`; None if the notice does not state them."""

    title: str | None
    doc_number: str | None
    issuer: str | None
    province: str | None
    city: str | None
    county: str | None
    division_code: str | None
    issued_on: date | None
    period_start: date | None
    period_end: date | None
    year: int | None
    campaign: str | None
    award_level: str | None
    award: str | None


class FieldParser(Protocol):
    """Parses one field: returns `read()`, or `empty` if the implementation tolerates errors."""

    def __call__(self, field: str, read: Callable[[], _T], empty: _T) -> _T:
        """Return the value of the field with this Chinese name."""
        ...


def _parse_directly(field: str, read: Callable[[], _T], empty: _T) -> _T:
    return read()


def read_metadata(document: Document | None, outline: Outline, parse: FieldParser = _parse_directly) -> NoticeMetadata:
    """Read the metadata of a notice.

    Args:
        document: the document; the cells of its tables are used if there is hardly any running text.
        outline: its outline.
        parse: calls the parser of each field, under its Chinese name.
    """
    doc_number: str | None = parse("文号", partial(_doc_number, outline), None)
    issued_on: date | None = parse("成文日期", partial(_issued_on, outline), None)
    year: int | None = parse("年度", partial(_year, outline, doc_number, issued_on), None)
    context = parse("正文", partial(_context, outline, document), "")
    written_issuer: str | None = parse("发文机关", partial(_issuer_written, outline), None)
    place = parse("行政区划", partial(_place, written_issuer, outline, context, year), Place())
    no_period: tuple[date | None, date | None] = None, None
    starts_on, ends_on = parse("起止日期", partial(_period, outline, year), no_period)
    campaign: str | None = parse("创建类别", partial(_campaign, outline, context), None)
    no_award: tuple[str | None, str | None] = None, None
    level, award = parse("荣誉名称", partial(_award, outline, campaign, context), no_award)
    title: str | None = parse("标题", partial(_title, outline), None)
    annex_mark = match_annex_mark(title) if title else None
    return NoticeMetadata(
        title=(annex_mark["rest"] if annex_mark and annex_mark["rest"] else title),
        doc_number=doc_number,
        issuer=_issuer(written_issuer, place),
        province=place.province,
        city=place.city,
        county=place.county,
        division_code=place.code,
        issued_on=issued_on,
        period_start=starts_on,
        period_end=ends_on,
        year=year,
        campaign=campaign,
        award_level=level,
        award=award,
    )


def _metadata_words() -> IdentityWords:
    return vocabulary.load_toml("identity")


@cache
def _body_name() -> re.Pattern[str]:
    endings = "|".join(sorted(_metadata_words()["bodies"]["endings"], key=len, reverse=True))
    return re.compile(
        rf"(?P<body>[\u4e00-\u9fff（）()·]{{2,30}}?(?:{endings}))(?=关于|创建|开展|印发|(?:19|20)\d\d|[^\u4e00-\u9fff]|文明创建|精神文明创建|$)"
    )


def _titles(outline: Outline) -> list[str]:
    """Return every title in the notice, the most specific first."""
    letterhead = outline.letterhead
    titles = [letterhead.title, *letterhead.plan_titles, *(a.title for a in outline.tables), *letterhead.attachments]
    return list(dict.fromkeys(t for t in titles if t))


def _title(outline: Outline) -> str | None:
    """Return the title of the letter, else that of its plan, annex or first table."""
    letterhead = outline.letterhead
    if letterhead.title:
        return letterhead.title
    return next(iter(_titles(outline)), None)


def _issuer_written(outline: Outline) -> str | None:
    """Return the signature, else the letterhead, else the organization that a title begins with."""
    letterhead = outline.letterhead
    if letterhead.signatures:
        return "、".join(dict.fromkeys(letterhead.signatures))
    if letterhead.banner:
        return "、".join(dict.fromkeys(letterhead.banner))
    for title in _titles(outline):
        quoted = re.search(r"《(?P<inner>[^《》]+)", title)
        for text in (title.split("关于")[0], quoted["inner"] if quoted else "", title):
            match = _body_name().match(strip_whitespace(text))
            if match and looks_like_org(match["body"]) and not match["body"].startswith(("关于", "印发")):
                return match["body"]
    return None


def _context(outline: Outline, document: Document | None) -> str:
    """Return running text and titles, with the cells of tables if there is hardly any running text."""
    text = "\n".join([*_titles(outline), outline.text()])
    if document is not None and len(text) < 400:
        cells = (clean(c.text) for t in document.tables() for c in t.cells)
        text += "\n" + "\n".join(cells)
    return text


def _own_level(name: str) -> str | None:
    """Return the level that a name without place refers to: 市民政局 = prefecture, 县文明办 = county."""
    return {"市": "prefecture", "州": "prefecture", "县": "county", "区": "county", "省": "province"}.get(name[:1])


def _place(issuer: str | None, outline: Outline, context: str, year: int | None) -> Place:
    """Return the place of the issuer, from its name, the titles, else from media and offices named in the text."""
    division: Division | None = None
    for text in [*((issuer or "").split("、")), *_titles(outline)]:
        inner = [text, *re.findall(r"《([^《》]+)", text), re.sub(r"^关于(?:印发)?|^(?:19|20)\d\d年度?", "", text)]
        for part in inner:
            candidates = find_leading_place(part)
            division = disambiguate(candidates, context, year) if candidates else None
            if division is None and candidates and len({d.name for d in candidates}) == 1:
                level = candidates[0].level
                return Place(county=candidates[0].name) if level == "county" else Place(city=candidates[0].name)
            if division:
                return place_of(division)
    candidates = find_places_inside(issuer or "")
    division = disambiguate(candidates, context, year) if candidates else None
    if division:
        return place_of(division)
    own_level = _own_level(issuer or "") or _own_level(_title(outline) or "")
    division = infer_from_context(context, own_level)
    if division is None and own_level == "county":
        division = infer_from_context(context, None)
    return place_of(division) if division else Place()


def _issuer(written: str | None, place: Place) -> str | None:
    """Return the full name of the issuer: 市民政局 in a notice of a known city is prefixed with the city."""
    if written is None:
        return None
    above = {"市": place.city, "县": place.county, "区": place.county, "省": place.province}.get(written[:1])
    if above and not find_leading_place(written) and len(written) > 2 and above.endswith(written[:1]):
        return above + written[1:]
    return written


def _doc_number(outline: Outline) -> str | None:
    """Return the notice's own number, from the head, else from a line of its own; never a quoted one."""
    if outline.letterhead.doc_number:
        return outline.letterhead.doc_number
    for line in outline.lines[:15]:
        match = DOC_NUMBER.fullmatch(line.text)
        if match:
            return strip_whitespace(line.text)
    return None


def _issued_on(outline: Outline) -> date | None:
    if outline.letterhead.signed_on:
        return outline.letterhead.signed_on
    text = outline.text()
    for pattern in (_PRINTED, _PUBLISHED):
        match = pattern.search(text)
        spans = (
            read_spans(match["when"] + ("日" if "年" in match["when"] and "日" not in match["when"] else ""))
            if match
            else []
        )
        if spans and spans[0].start == spans[0].end:
            return spans[0].start
    return None


def _year(outline: Outline, number: str | None, issued: date | None) -> int | None:
    """Return the year of the notice, from its titles, else its number, else its date."""
    for title in _titles(outline):
        match = _YEAR.search(title)
        if match and not re.search(r"(?:版|修订)", title[match.end() : match.end() + 3]):
            return int(match["y"])
    number_year = re.search(r"(?:19|20)\d\d", number or "")
    if number_year:
        return int(number_year.group())
    return issued.year if issued else None


def _period(outline: Outline, year: int | None) -> tuple[date | None, date | None]:
    """Return the first and last day of the campaign.

    The stated period, else the years of the titles, else the stages if no title has 年度, else the calendar year.
    """
    stated = stated_period(outline, year)
    if stated:
        return stated.start, stated.end
    titles = [re.sub(r"《[^》]*(?:体系|手册)[^》]*》", "", t) for t in _titles(outline)]
    for title in titles:
        match = _YEARS.search(title)
        if match and match["a"] <= match["b"]:
            return date(int(match["a"]), 1, 1), date(int(match["b"]), 12, 31)
    if year is None:
        return None, None
    if not any(re.search(rf"{year}\s*年度", t) for t in titles):
        stages = read_stages(outline, year)
        days = [d for s in stages for d in (s.starts_on, s.ends_on) if d]
        if len(days) >= 2 and stages[-1].ends_on:
            return min(days), max(days)
    return date(year, 1, 1), date(year, 12, 31)


@cache
def _campaigns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile("|".join(map(re.escape, words))) for name, words in _metadata_words()["campaigns"].items()}


def _campaign(outline: Outline, context: str) -> str | None:
    """Return the campaign that is mentioned most.

    A title counts ten times, a goal (争创全国文明单位) twice, a mention once.
    """
    patterns = _campaigns()
    scores: Counter[str] = Counter()
    for n, title in enumerate(_titles(outline)):
        for name, pattern in patterns.items():
            scores[name] += (10 if n < 2 else 3) * bool(pattern.search(title))
    for name, pattern in patterns.items():
        for match in pattern.finditer(context):
            goal = _STRIVING.search(context[max(0, match.start() - 10) : match.end() + 4])
            scores[name] += 2 if goal else 1
    best = scores.most_common(1)
    return best[0][0] if best and best[0][1] > 0 else None


@cache
def _levels() -> dict[str, str]:
    return {word: level for level, words in _metadata_words()["levels"].items() for word in words}


@cache
def _award_pattern(noun: str) -> re.Pattern[str]:
    """Return the pattern of an award's `noun` (a regular expression) after a word of its level."""
    worded = "|".join(sorted(_levels(), key=len, reverse=True))
    return re.compile(rf"(?P<level>{worded})(?P<noun>{noun})(?![（(])")


def _award(outline: Outline, campaign: str | None, context: str) -> tuple[str | None, str | None]:
    """Return the level and name of the award that the notice strives for.

    The level mentioned most wins; within it a name with its place (某省文明城市) is preferred to 省级… if the notice
    strives for it, or if it is written with 级.
    """
    noun = _metadata_words()["awards"].get(campaign or "")
    if noun is None:
        return None, None
    levels, pattern = _levels(), _award_pattern(noun)
    scores: Counter[str] = Counter()
    names: dict[str, Counter[str]] = {}
    places = {m.end: m for m in find_mentions(context) if m.full}
    for match in pattern.finditer(context):
        level = levels[match["level"]]
        before = context[max(0, match.start() - 8) : match.start()]
        place = places.get(match.end("level")) or places.get(match.end("level") - 1)
        goal_start = place.start if place and place.end <= match.end("level") else match.start()
        with_level = match["level"].endswith("级") or level == "全国"
        is_goal = _STRIVING.search(context[max(0, goal_start - 4) : goal_start]) is not None
        if not (with_level or is_goal):
            # 某县文明城市创建专班 is the place of an office, not the level of an award.
            continue
        striving = bool(_STRIVING.search(before[-6:]) or _STRIVING.match(context[match.end() : match.end() + 4]))
        scores[level] += 3 if striving else 1
        name = match.group() if with_level else None
        if place and goal_start == place.start and level != "全国":
            name = context[place.start : match.end()]
        if name:
            has_place = name != match.group()
            names.setdefault(level, Counter())[name] += 1000 if has_place else 1
    if not scores:
        return None, None
    level = scores.most_common(1)[0][0]
    level_names = names.get(level)
    return level, level_names.most_common(1)[0][0] if level_names else None
