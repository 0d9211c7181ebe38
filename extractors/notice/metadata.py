"""What a notice is: title, number, issuer, place, date, period, campaign and award. General rules, no names."""

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
from extractors.body.line_joining import annex_mark
from extractors.body.outline import Outline
from extractors.body.stages import read_stages, stated_period
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
class Identity:
    """The identity columns of core.notices; None where the notice does not tell."""

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


@cache
def _words() -> IdentityWords:
    return vocabulary.load_toml("identity")


@cache
def _body_name() -> re.Pattern[str]:
    endings = "|".join(sorted(_words()["bodies"]["endings"], key=len, reverse=True))
    return re.compile(
        rf"(?P<body>[\u4e00-\u9fff（）()·]{{2,30}}?(?:{endings}))(?=关于|创建|开展|印发|(?:19|20)\d\d|[^\u4e00-\u9fff]|文明创建|精神文明创建|$)"
    )


def _titles(outline: Outline) -> list[str]:
    """Every title in the notice, the most telling first."""
    frame = outline.frame
    found = [frame.title, *frame.plan_titles, *(a.title for a in outline.tables), *frame.attachments]
    return list(dict.fromkeys(t for t in found if t))


def _title(outline: Outline) -> str | None:
    """The head's title; for a file without one the title of its plan, annex or first table."""
    frame = outline.frame
    if frame.title:
        return frame.title
    return next(iter(_titles(outline)), None)


def _issuer_written(outline: Outline) -> str | None:
    """Signature, else letterhead, else the body that a title begins with."""
    frame = outline.frame
    if frame.signatures:
        return "、".join(dict.fromkeys(frame.signatures))
    if frame.banner:
        return "、".join(dict.fromkeys(frame.banner))
    for title in _titles(outline):
        inside = re.search(r"《(?P<inner>[^《》]+)", title)
        for text in (title.split("关于")[0], inside["inner"] if inside else "", title):
            found = _body_name().match(strip_whitespace(text))
            if found and looks_like_org(found["body"]) and not found["body"].startswith(("关于", "印发")):
                return found["body"]
    return None


def _context(outline: Outline, document: Document | None) -> str:
    """Running text and titles; the tables' cells as well where there is hardly any running text."""
    text = "\n".join([*_titles(outline), outline.text()])
    if document is not None and len(text) < 400:
        cells = (clean(c.text) for t in document.tables() for c in t.cells)
        text += "\n" + "\n".join(cells)
    return text


def _own_level(name: str) -> str | None:
    """The level that a name without place speaks of: 市民政局 = prefecture, 县文明办 = county."""
    return {"市": "prefecture", "州": "prefecture", "县": "county", "区": "county", "省": "province"}.get(name[:1])


def _place(issuer: str | None, outline: Outline, context: str, year: int | None) -> Place:
    """The place of the issuing body, from its name, the titles, else from media and offices named in the text."""
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
    own = _own_level(issuer or "") or _own_level(_title(outline) or "")
    division = infer_from_context(context, own)
    if division is None and own == "county":
        division = infer_from_context(context, None)
    return place_of(division) if division else Place()


def _issuer(written: str | None, place: Place) -> str | None:
    """The body's full name: 市民政局 in a notice of a known city takes the city's name in front."""
    if written is None:
        return None
    above = {"市": place.city, "县": place.county, "区": place.county, "省": place.province}.get(written[:1])
    if above and not find_leading_place(written) and len(written) > 2 and above.endswith(written[:1]):
        return above + written[1:]
    return written


def _number(outline: Outline) -> str | None:
    """The notice's own number: in the head, else alone on a line; never one quoted for another document."""
    if outline.frame.doc_number:
        return outline.frame.doc_number
    for line in outline.lines[:15]:
        found = DOC_NUMBER.fullmatch(line.text)
        if found:
            return strip_whitespace(line.text)
    return None


def _issued_on(outline: Outline) -> date | None:
    if outline.frame.signed_on:
        return outline.frame.signed_on
    text = outline.text()
    for pattern in (_PRINTED, _PUBLISHED):
        found = pattern.search(text)
        spans = (
            read_spans(found["when"] + ("日" if "年" in found["when"] and "日" not in found["when"] else ""))
            if found
            else []
        )
        if spans and spans[0].start == spans[0].end:
            return spans[0].start
    return None


def _year(outline: Outline, number: str | None, issued: date | None) -> int | None:
    """The year the notice is about: of its titles, else of its number, else of its date."""
    for title in _titles(outline):
        found = _YEAR.search(title)
        if found and not re.search(r"(?:版|修订)", title[found.end() : found.end() + 3]):
            return int(found["y"])
    numbered = re.search(r"(?:19|20)\d\d", number or "")
    if numbered:
        return int(numbered.group())
    return issued.year if issued else None


def _period(outline: Outline, year: int | None) -> tuple[date | None, date | None]:
    """Stated window, else years of the titles, else the stages where no title says 年度, else the calendar year."""
    stated = stated_period(outline, year)
    if stated:
        return stated.start, stated.end
    titles = [re.sub(r"《[^》]*(?:体系|手册)[^》]*》", "", t) for t in _titles(outline)]
    for title in titles:
        found = _YEARS.search(title)
        if found and found["a"] <= found["b"]:
            return date(int(found["a"]), 1, 1), date(int(found["b"]), 12, 31)
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
    return {name: re.compile("|".join(map(re.escape, words))) for name, words in _words()["campaigns"].items()}


def _campaign(outline: Outline, context: str) -> str | None:
    """The campaign most spoken of: a title counts ten times, a goal (争创全国文明单位) four times, a mention once."""
    patterns = _campaigns()
    scores: Counter[str] = Counter()
    for nth, title in enumerate(_titles(outline)):
        for name, pattern in patterns.items():
            scores[name] += (10 if nth < 2 else 3) * bool(pattern.search(title))
    for name, pattern in patterns.items():
        for found in pattern.finditer(context):
            goal = _STRIVING.search(context[max(0, found.start() - 10) : found.end() + 4])
            scores[name] += 2 if goal else 1
    best = scores.most_common(1)
    return best[0][0] if best and best[0][1] > 0 else None


@cache
def _levels() -> dict[str, str]:
    return {word: level for level, words in _words()["levels"].items() for word in words}


@cache
def _levelled(noun: str) -> re.Pattern[str]:
    """Finds an award's `noun` (a regular expression) behind a word of its level."""
    worded = "|".join(sorted(_levels(), key=len, reverse=True))
    return re.compile(rf"(?P<level>{worded})(?P<noun>{noun})(?![（(])")


def _award(outline: Outline, campaign: str | None, context: str) -> tuple[str | None, str | None]:
    """Level and name of the award striven for.

    The level most spoken of wins; within it a name with its place (某省文明城市) is preferred to 省级… where it is
    what the notice strives for, or where it is written with 级.
    """
    noun = _words()["awards"].get(campaign or "")
    if noun is None:
        return None, None
    levels, pattern = _levels(), _levelled(noun)
    scores: Counter[str] = Counter()
    names: dict[str, Counter[str]] = {}
    places = {m.end: m for m in find_mentions(context) if m.is_full}
    for found in pattern.finditer(context):
        level = levels[found["level"]]
        before = context[max(0, found.start() - 8) : found.start()]
        place = places.get(found.end("level")) or places.get(found.end("level") - 1)
        aimed_at = place.start if place and place.end <= found.end("level") else found.start()
        with_level = found["level"].endswith("级") or level == "全国"
        aimed = _STRIVING.search(context[max(0, aimed_at - 4) : aimed_at]) is not None
        if not (with_level or aimed):
            # 某县文明城市创建专班: the place of the office, not the level of an award
            continue
        striving = bool(_STRIVING.search(before[-6:]) or _STRIVING.match(context[found.end() : found.end() + 4]))
        scores[level] += 3 if striving else 1
        name = found.group() if with_level else None
        if place and aimed_at == place.start and level != "全国":
            name = context[place.start : found.end()]
        if name:
            named = name != found.group()
            names.setdefault(level, Counter())[name] += 1000 if named else 1
    if not scores:
        return None, None
    level = scores.most_common(1)[0][0]
    known = names.get(level)
    return level, known.most_common(1)[0][0] if known else None


class Attempt(Protocol):
    """Reads one field: what `read` gives, or `empty` where the caller lets a fault pass."""

    def __call__(self, field: str, read: Callable[[], _T], empty: _T) -> _T: ...


def _strictly(field: str, read: Callable[[], _T], empty: _T) -> _T:
    return read()


def identify(document: Document | None, outline: Outline, attempt: Attempt = _strictly) -> Identity:
    """The identity of the notice with this outline; `document` lets an annex without text speak by its cells.

    Each field is read by `attempt`, under its Chinese name.
    """
    number: str | None = attempt("文号", partial(_number, outline), None)
    issued: date | None = attempt("成文日期", partial(_issued_on, outline), None)
    year: int | None = attempt("年度", partial(_year, outline, number, issued), None)
    context = attempt("正文", partial(_context, outline, document), "")
    written: str | None = attempt("发文机关", partial(_issuer_written, outline), None)
    place = attempt("行政区划", partial(_place, written, outline, context, year), Place())
    no_days: tuple[date | None, date | None] = None, None
    starts_on, ends_on = attempt("起止日期", partial(_period, outline, year), no_days)
    campaign: str | None = attempt("创建类别", partial(_campaign, outline, context), None)
    no_award: tuple[str | None, str | None] = None, None
    level, award = attempt("荣誉名称", partial(_award, outline, campaign, context), no_award)
    title: str | None = attempt("标题", partial(_title, outline), None)
    mark = annex_mark(title) if title else None
    return Identity(
        title=(mark["rest"] if mark and mark["rest"] else title),
        doc_number=number,
        issuer=_issuer(written, place),
        province=place.province,
        city=place.city,
        county=place.county,
        division_code=place.code,
        issued_on=issued,
        period_start=starts_on,
        period_end=ends_on,
        year=year,
        campaign=campaign,
        award_level=level,
        award=award,
    )
