"""Metadata of a notice: title, number, issuer, place, date and period.

General rules only, no names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from typing import Protocol, TypeVar

from extractors import vocabulary
from extractors.body.letterhead import DOC_NUMBER, looks_like_org
from extractors.body.line_joining import is_unbalanced, match_annex_mark, read_label
from extractors.body.outline import Outline
from extractors.body.page_data import NO_PAGE_DATA, PageData
from extractors.body.provisions import read_stages, stated_period
from extractors.document import Document
from extractors.normalize import clean, strip_whitespace
from extractors.notice.awards import read_award, read_campaign
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

_PRINTED = re.compile(r"(?P<when>(?:19|20)\d\d年\d{1,2}月\d{1,2}日)\s*(?:印发|印制)")
_STATED = re.compile(
    r"(?:发文|成文|印发)(?:时间|日期)[:：]?\s*(?P<when>(?:19|20)\d\d[年./-]\d{1,2}[月./-]\d{1,2})(?!\d|日?\s*\d{1,2}:)"
)
_YEAR = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s*(?:[-—－–]\s*(?:19|20)\d\d\s*)?年")
_YEARS = re.compile(r"(?<!\d)(?P<a>(?:19|20)\d\d)年?\s*[-—－–至]+\s*(?P<b>(?:19|20)\d\d)年")
_QUOTED = re.compile(r"《[^《》]{0,100}》(?:[（(][^（）()]{0,40}号[）)])?")
_WORK_YEAR = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)年(?:度|(?:1[0-2]|0?[1-9])月(?:(?:3[01]|[12]\d|0?[1-9])[日号]|(?!\d))"
    r"|[一二三四五六七八九十]{1,2}月|底|[上下]半年)"
)
_GENERIC_BODY = re.compile(
    r"(?:全[省市县区]|各[级类]?|基层|农村|城市|城乡|机关|有关|相关|市级|县级|省级|[\u4e00-\u9fff]级)?(?:机关|企业|事业|乡|镇|街道|村|社区|学校|单位|部门|处|站|馆|中心|医院|银行|[、（）()和及]){1,6}"
)
"""Kinds of bodies that name none: 各乡镇, 农村社区."""
_SENTENCE_MARK = re.compile(r"[。；！？，：:]")
_MAX_TITLE = 50
"""Characters of a first line that may be a title."""
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


def read_metadata(
    document: Document | None,
    outline: Outline,
    parse: FieldParser = _parse_directly,
    page: PageData = NO_PAGE_DATA,
) -> NoticeMetadata:
    """Read the metadata of a notice.

    Args:
        document: the document; the cells of its tables are used if there is hardly any running text.
        outline: its outline.
        parse: calls the parser of each field, under its Chinese name.
        page: what the page says of the notice, used where the notice says nothing.
    """
    outline = _with_page_title(outline, page)
    titles = _titles(outline)
    doc_number: str | None = parse("文号", partial(_doc_number, outline), None) or page.doc_number
    issued_on: date | None = parse("成文日期", partial(_issued_on, outline), None) or page.issued_on
    year: int | None = parse("年度", partial(_year, outline, doc_number, issued_on), None)
    context = parse("正文", partial(_context, outline, document), "")
    written_issuer: str | None = parse("发文机关", partial(_issuer_written, outline), None) or page.issuer
    place = parse("行政区划", partial(_place, written_issuer, outline, context, year), Place())
    no_period: tuple[date | None, date | None] = None, None
    starts_on, ends_on = parse("起止日期", partial(_period, outline, year), no_period)
    campaign: str | None = parse("创建类别", partial(read_campaign, titles, context), None)
    no_award: tuple[str | None, str | None] = None, None
    level, award = parse("荣誉名称", partial(read_award, titles, campaign, context, _city_level(place)), no_award)
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


def _with_page_title(outline: Outline, page: PageData) -> Outline:
    """Return the outline with the title that the page gives, if the letter has none."""
    if outline.letterhead.title or not page.title:
        return outline
    return replace(outline, letterhead=replace(outline.letterhead, title=page.title))


def _titles(outline: Outline) -> list[str]:
    """Return every title in the notice, the most specific first."""
    letterhead = outline.letterhead
    titles = [letterhead.title, *letterhead.plan_titles, *(a.title for a in outline.tables), *letterhead.attachments]
    return list(dict.fromkeys(t for t in titles if t)) or _first_line(outline)


def _first_line(outline: Outline) -> list[str]:
    """Return the line that a document without a title begins with, if it says what the document is about.

    某区2023年文明单位创建工作任务分解 ends with no word of a title, but names a campaign and is no sentence.
    """
    line = next((line for line in outline.lines if not match_annex_mark(line.text)), None)
    if line is None or len(line.text) > _MAX_TITLE or _SENTENCE_MARK.search(line.text):
        return []
    if read_label(line.text) or looks_like_org(line.text):
        return []
    return [line.text] if read_campaign([line.text], "") else []


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
    if len(letterhead.title_issuers) > len(set(letterhead.banner)):
        return "、".join(dict.fromkeys(letterhead.title_issuers))
    if letterhead.banner:
        return "、".join(dict.fromkeys(letterhead.banner))
    for title in _titles(outline):
        quoted = re.search(r"《(?P<inner>[^《》]+)", title)
        for text in (title.split("关于")[0], quoted["inner"] if quoted else "", title):
            match = _body_name().match(strip_whitespace(text))
            if match and looks_like_org(match["body"]) and not _is_common_noun(match["body"]):
                return "、".join(_split_bodies(match["body"]))
    return None


def _is_common_noun(name: str) -> bool:
    """Return whether the beginning of a title is no name of a body: 关于…局, 乡(镇, 安徽省文明村镇, 各乡镇."""
    kinds = "|".join(_metadata_words()["awards"].values())
    return (
        name.startswith(("关于", "印发"))
        or is_unbalanced(name)
        or re.search(rf"(?:{kinds})$", name) is not None
        or _GENERIC_BODY.fullmatch(_without_place(name)) is not None
    )


def _without_place(name: str) -> str:
    end = 0
    for mention in find_mentions(name):
        end = mention.end if mention.start == end and mention.is_full else end
    return name[end:]


def _split_bodies(name: str) -> list[str]:
    """Return the bodies in a name without a blank between them: the second begins with the place of the first."""
    bare = re.sub(r"^(?:中国共产党|中共)", "", name)
    place = next((m.name for m in find_mentions(bare) if m.start == 0 and m.is_full), None)
    second = bare.rfind(place) + len(name) - len(bare) if place else 0
    halves = [name[:second], name[second:]]
    return halves if all(map(looks_like_org, halves)) else [name]


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


def _city_level(place: Place) -> str:
    """Return the level of the city that a notice of this place calls its own."""
    if (place.province or "").endswith("市"):
        return "省级"
    return "县级" if (place.county or "").endswith("市") else "市级"


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
    for pattern in (_PRINTED, _STATED):
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
    """Return the year of the notice, from its titles, else its number, its date, its cover, its text."""
    for title in _titles(outline):
        match = _YEAR.search(title)
        if match and not re.search(r"(?:版|修订)", title[match.end() : match.end() + 3]):
            return int(match["y"])
    number_year = re.search(r"(?:19|20)\d\d", number or "")
    if number_year:
        return int(number_year.group())
    if issued or outline.letterhead.cover_year:
        return issued.year if issued else outline.letterhead.cover_year
    return _year_of_text(outline)


@cache
def _gone_by() -> re.Pattern[str]:
    """Return the pattern of words that tell of documents, meetings and events gone by."""
    return re.compile(rf"{vocabulary.alternation(_metadata_words()['years']['gone_by'])}|自(?:19|20)\d\d")


def _year_of_text(outline: Outline) -> int | None:
    """Return the one year that the text names for its work: 2021年度…, 2021年11月13日-12月15日.

    Days of documents, meetings and events gone by are left out; with several years none is certain.
    """
    years: set[int] = set()
    for sentence in re.split(r"[。；\n]", outline.text()):
        plain = _QUOTED.sub("", sentence)
        if not (_gone_by().search(plain) or DOC_NUMBER.search(plain)):
            years.update(int(match["y"]) for match in _WORK_YEAR.finditer(plain))
    return years.pop() if len(years) == 1 else None


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
