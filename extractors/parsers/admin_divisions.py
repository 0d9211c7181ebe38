"""Administrative divisions: finding their names in a text and settling which one is meant (GB/T 2260)."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import add

from extractors.normalize import squeeze

_MUNICIPALITIES = ("11", "12", "31", "50")
_PARTIES = ("中国共产党", "中共", "共青团", "民盟", "民建")
_MEDIA = (
    r"(?:日报|晚报|文明网|文明办|卫视|新闻网|电视台|广播|宣传|精神文明|好人|文明行为|市直|市委|市政府|发布|晨报|都市报)"
)
# What makes a short name the name of a newspaper or office: 某某文明网, 某某日报, but not 某某精神文明建设
_MEDIA_NAME = re.compile(r"(?:日报|晚报|晨报|都市报|文明网|新闻网|文明办|卫视|(?:广播)?电视台)")
# A spirit or a street called after a place: 某某精神, 某某会议精神, 某某东路
_CALLED_AFTER = re.compile(r"(?:会议)?精神(?!文明)|[东南西北中一二三]{0,2}(?:路|街(?!道办)|大街|大道|巷)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# A whole name of two characters (某县) is part of other words as well: 建成县级…
_BRIEF = 2


@dataclass(frozen=True, slots=True)
class Division:
    """One row of vocabulary/divisions.csv; `until` is None while in force."""

    code: str
    name: str
    level: str
    parent: str | None
    short: str
    until: int | None

    @property
    def current(self) -> bool:
        """True while the division is in force."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a notice belongs: full names and the code of the most exact level known."""

    province: str | None = None
    city: str | None = None
    county: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a text: `full` tells 某某区 from 某某."""

    start: int
    end: int
    name: str
    full: bool


@cache
def _table() -> tuple[Division, ...]:
    text = files("extractors").joinpath("vocabulary/divisions.csv").read_text("utf-8")
    return tuple(
        Division(
            r["code"], r["name"], r["level"], r["parent"] or None, r["short"], int(r["until"]) if r["until"] else None
        )
        for r in csv.DictReader(text.splitlines())
    )


@cache
def _by_code() -> dict[str, Division]:
    found: dict[str, Division] = {}
    for division in _table():
        if division.current or division.code not in found:
            found[division.code] = division
    return found


@cache
def _named() -> dict[str, tuple[Division, ...]]:
    found: dict[str, list[Division]] = defaultdict(list)
    for division in _table():
        found[division.name].append(division)
    return {name: tuple(sorted(ds, key=lambda d: (not d.current, d.code))) for name, ds in found.items()}


@cache
def _shortened() -> dict[str, tuple[Division, ...]]:
    found: dict[str, list[Division]] = defaultdict(list)
    for division in _table():
        if division.short and division.current:
            found[division.short].append(division)
    return {name: tuple(ds) for name, ds in found.items()}


@cache
def _vocabulary() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of words that only contain a place name, and of what may follow a leading short name."""
    words = tomllib.loads(files("extractors").joinpath("vocabulary/identity.toml").read_text("utf-8"))
    plain = "|".join(sorted(map(re.escape, words["places"]["plain"]), key=len, reverse=True))
    endings = "|".join(sorted(words["bodies"]["endings"], key=len, reverse=True))
    follows = (
        rf"[^\u4e00-\u9fff]|$|(?:精神)?文明|创建|市直|[\u4e00-\u9fff（）()·]{{0,28}}?(?:{endings})"
        r"(?=关于|创建|开展|印发|[^\u4e00-\u9fff]|(?:精神)?文明|$)"
    )
    return re.compile(plain), re.compile(follows)


@cache
def _index() -> dict[str, tuple[tuple[str, bool], ...]]:
    """Names by their first two characters, longest first: one look-up per character of a text."""
    found: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for name in _named():
        found[name[:2]].add((name, True))
    for name, divisions in _shortened().items():
        if any(d.level != "county" for d in divisions):
            found[name[:2]].add((name, False))
    return {key: tuple(sorted(names, key=lambda n: -len(n[0]))) for key, names in found.items()}


def mentions(text: str) -> list[Mention]:
    """Names of divisions in `text` in order, longest first, not overlapping.

    Full names of every level; names without 市, 州, 省 only of provinces and prefectures, since those of counties
    (公安, 和平, 合作) are too often plain words. Skipped are names inside a word of `[places] plain` (大理石) and short
    names that a spirit or a street is called after (某某精神, 某某路).
    """
    index = _index()
    found: list[Mention] = []
    end = 0
    plain: list[tuple[int, int]] | None = None
    for at, pair in enumerate(map(add, text, text[1:])):
        if at < end or pair not in index:
            continue
        for name, full in index[pair]:
            if not text.startswith(name, at):
                continue
            if plain is None:
                plain = [word.span() for word in _vocabulary()[0].finditer(text)]
            after = at + len(name)
            if any(a <= at and after <= b for a, b in plain) or (not full and _CALLED_AFTER.match(text, after)):
                continue
            end = after
            found.append(Mention(at, end, name, full))
            break
    return found


def up(division: Division) -> list[Division]:
    """The division and those above it, innermost first."""
    chain = [division]
    while chain[-1].parent and chain[-1].parent in _by_code():
        chain.append(_by_code()[chain[-1].parent or ""])
    return chain


def place_of(division: Division) -> Place:
    """Names of all levels for one division. Districts of 直辖市 have that 市 as city."""
    levels = {d.level: d for d in up(division)}
    province, city, county = levels.get("province"), levels.get("prefecture"), levels.get("county")
    city_name = city.name if city else None
    if city is None and county is not None and province is not None and division.code[:2] in _MUNICIPALITIES:
        city_name = province.name
    return Place(province.name if province else None, city_name, county.name if county else None, division.code)


def inside(text: str) -> list[Division]:
    """Candidates for the most exact place that the name of a body holds anywhere (国网某省电力公司某某供电分公司)."""
    above: list[Division] = []
    for mention in mentions(squeeze(text)):
        candidates = list(_named()[mention.name] if mention.full else _above_county(mention.name))
        codes = {d.code for d in above}
        nested = [c for c in candidates if any(u.code in codes for u in up(c)[1:])]
        if not above or nested:
            above = nested or candidates
    return above


def leading(text: str) -> list[Division]:
    """Candidates for the place that `text` begins with (中共某某市委…, 某省某市某县…), most exact level; [] if none.

    A short name counts at the beginning of a name of a body or of a title as well (某某海关, 某某文明单位), a county's
    only when it is written with its 县, 市 or 区.
    """
    flat = squeeze(text)
    starts = {m.start: m for m in mentions(flat)}
    at = next((len(p) for p in _PARTIES if flat.startswith(p)), 0)
    above: list[Division] = []
    while True:
        step = starts.get(at)
        if step is None:
            return above
        candidates = list(_named()[step.name] if step.full else _above_county(step.name))
        if not step.full and step.end not in starts and not _vocabulary()[1].match(flat, step.end):
            return above
        if above:
            codes = {d.code for d in above}
            nested = [c for c in candidates if any(u.code in codes for u in up(c)[1:])]
            if not nested:
                return above
            candidates = nested
        above = candidates
        at = step.end


def _above_county(short: str) -> list[Division]:
    return [d for d in _shortened().get(short, ()) if d.level != "county"]


def settle(candidates: Iterable[Division], context: str, year: int | None = None) -> Division | None:
    """The one of `candidates` that the text around speaks for, None when it does not tell.

    Places of the same name are told apart by how often the text names their province or prefecture; a name that was
    given up before `year` yields to one in force.
    """
    options = [d for d in candidates if d.current or year is None or (d.until or 0) >= year - 1]
    options = options or list(candidates)
    if len(options) > 1:
        current = [d for d in options if d.current]
        options = current or options
    highest = {d.level for d in options}
    if len(options) > 1 and len(highest) > 1:
        # 吉林, 海南: a bare name means the higher level unless the text names the lower one in full
        named = [d for d in options if d.name in context and d.level == "prefecture"]
        options = named or [d for d in options if d.level == "province"] or options
    if len(options) <= 1:
        return options[0] if options else None
    counted = Counter(m.name for m in mentions(context) if _stated(m, context))
    scores = {d.code: sum(counted[u.name] * 3 + counted[u.short] for u in up(d)[1:]) for d in options}
    ranked = sorted(options, key=lambda d: -scores[d.code])
    return ranked[0] if scores[ranked[0].code] > scores[ranked[1].code] else None


def _stated(mention: Mention, context: str) -> bool:
    """Return whether running text names the place itself: by a whole name, or by one of its newspapers."""
    if not mention.full:
        return _MEDIA_NAME.match(context, mention.end) is not None
    return len(mention.name) > _BRIEF or mention.start == 0 or not _HAN.match(context, mention.start - 1)


def from_context(context: str, level: str | None = None) -> Division | None:
    """The place of a text without a head, from whole names and names of media (某某日报, 某某文明网), else None.

    `level` (prefecture, county) is the level the text's own 市 or 县 speaks of, where known. A name counts more where
    a newspaper or office of that place is named; the answer must lead clearly and lie in the leading province.
    """
    weights: Counter[str] = Counter()
    for mention in mentions(context):
        if not _stated(mention, context):
            continue
        divisions = _named()[mention.name] if mention.full else tuple(_above_county(mention.name))
        current = [d for d in divisions if d.current]
        if len({d.code for d in current}) != 1:
            continue
        media = re.match(_MEDIA, context[mention.end : mention.end + 6]) is not None
        weights[current[0].code] += 3 if media else 2 if mention.full else 1
    wanted = [_by_code()[code] for code in weights]
    if level:
        wanted = [d for d in wanted if d.level == level]
    ranked = sorted(wanted, key=lambda d: (-_support(d, weights), d.code))
    if not ranked:
        return None
    if len(ranked) > 1 and _support(ranked[0], weights) == _support(ranked[1], weights):
        return None
    return ranked[0]


def _support(division: Division, weights: Counter[str]) -> float:
    above = up(division)[1:]
    return weights[division.code] + 0.5 * sum(weights[u.code] for u in above)
