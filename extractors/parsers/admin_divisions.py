"""Administrative divisions (GB/T 2260): find their names in a text and decide which one is meant."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from extractors import vocabulary
from extractors.normalize import pair_pattern, strip_whitespace

_MUNICIPALITIES = ("11", "12", "31", "50")
_MEDIA = (
    r"(?:日报|晚报|文明网|文明办|卫视|新闻网|电视台|广播|宣传|精神文明|好人|文明行为|市直|市委|市政府|发布|晨报|都市报)"
)
_MEDIA_NAME = re.compile(r"(?:日报|晚报|晨报|都市报|文明网|新闻网|文明办|卫视|(?:广播)?电视台)")
"""After a short name: the name of a newspaper or office (某某文明网, 某某日报), but not 某某精神文明建设."""
_NAMED_AFTER_PLACE = re.compile(r"(?:会议)?精神(?!文明)|[东南西北中一二三]{0,2}(?:路|街(?!道办)|大街|大道|巷)")
"""After a short name: something named after the place, such as a street (某某精神, 某某会议精神, 某某东路)."""
_BEFORE_EXAMPLE = 4
"""Characters before a place that may say it is an example: 推广（, 学习“."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MIN_FULL_NAME = 2
"""Full names of this length (某县) also occur inside of other words: 建成县级…."""


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
    def is_current(self) -> bool:
        """Whether the division is in force."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a notice: full names, and the code of the most exact level known."""

    province: str | None = None
    city: str | None = None
    county: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text; `is_full` is True for 某某区, False for 某某."""

    start: int
    end: int
    name: str
    is_full: bool


def find_mentions(text: str) -> list[Mention]:
    """Return the names of divisions in `text` in order, longest first, not overlapping.

    Full names of every level; names without 市, 州, 省 only of provinces and prefectures, since those of counties
    (公安, 和平, 合作) are too often ordinary words. Skipped are names inside a word of `[places] plain` (大理石) and
    short names that something is named after (某某精神, 某某路).
    """
    index = _names_by_bigram()
    mentions: list[Mention] = []
    end = 0
    plain: list[tuple[int, int]] | None = None
    for beginning in _name_beginnings().finditer(text):
        start = beginning.start()
        if start < end:
            continue
        for name, is_full in index.get(text[start : start + 2], ()):
            if not text.startswith(name, start):
                continue
            if plain is None:
                plain = [word.span() for word in _plain_word_pattern().finditer(text)]
            after = start + len(name)
            if any(a <= start and after <= b for a, b in plain) or (
                not is_full and _NAMED_AFTER_PLACE.match(text, after)
            ):
                continue
            end = after
            mentions.append(Mention(start, end, name, is_full))
            break
    return mentions


def with_ancestors(division: Division) -> list[Division]:
    """Return the division and those above it, innermost first."""
    chain = [division]
    while chain[-1].parent and chain[-1].parent in _by_code():
        chain.append(_by_code()[chain[-1].parent or ""])
    return chain


def level_of(name: str) -> str | None:
    """Return the level of the divisions of this full name, None if they differ."""
    divisions = _by_name().get(name, ())
    levels = {d.level for d in divisions if d.is_current} or {d.level for d in divisions}
    return levels.pop() if len(levels) == 1 else None


def place_of(division: Division) -> Place:
    """Return the names of all levels of a division; a district of a 直辖市 has that 市 as its city."""
    levels = {d.level: d for d in with_ancestors(division)}
    province, city, county = levels.get("province"), levels.get("prefecture"), levels.get("county")
    city_name = city.name if city else None
    if city is None and county is not None and province is not None and division.code[:2] in _MUNICIPALITIES:
        city_name = province.name
    return Place(province.name if province else None, city_name, county.name if county else None, division.code)


def find_places_inside(text: str) -> list[Division]:
    """Return the candidates for the most exact place in the name of a body: 国网某省电力公司某某供电分公司."""
    chosen: list[Division] = []
    for mention in find_mentions(strip_whitespace(text)):
        candidates = list(_by_name()[mention.name] if mention.is_full else _short_name_candidates(mention.name))
        codes = {d.code for d in chosen}
        nested = [c for c in candidates if any(u.code in codes for u in with_ancestors(c)[1:])]
        if not chosen or nested:
            chosen = nested or candidates
    return chosen


def find_leading_place(text: str) -> list[Division]:
    """Return the candidates for the most exact place that `text` begins with, [] if none.

    Examples are 中共某某市委…, 某省某市某县…. A short name also counts at the beginning of the name of a body or of a
    title (某某海关, 某某文明单位); that of a county only with its 县, 市 or 区.
    """
    compact = strip_whitespace(text)
    starts = {m.start: m for m in find_mentions(compact)}
    position = next((len(p) for p in vocabulary.load_toml("parties")["before_committees"] if compact.startswith(p)), 0)
    chosen: list[Division] = []
    while True:
        mention = starts.get(position)
        if mention is None:
            return chosen
        candidates = list(_by_name()[mention.name] if mention.is_full else _short_name_candidates(mention.name))
        if (
            not mention.is_full
            and mention.end not in starts
            and not _after_short_name_pattern().match(compact, mention.end)
        ):
            return chosen
        if chosen:
            codes = {d.code for d in chosen}
            nested = [c for c in candidates if any(u.code in codes for u in with_ancestors(c)[1:])]
            if not nested:
                return chosen
            candidates = nested
        chosen = candidates
        position = mention.end


def disambiguate(candidates: Iterable[Division], context: str, year: int | None = None) -> Division | None:
    """Return the candidate that the surrounding text supports, None if it does not decide.

    Places of the same name are ranked by how often the text names their province or prefecture.

    Args:
        candidates: Divisions of one name.
        context: The text around the name.
        year: A name abolished before this year gives way to one in force.
    """
    options = [d for d in candidates if d.is_current or year is None or (d.until or 0) >= year - 1]
    options = options or list(candidates)
    if len(options) > 1:
        current = [d for d in options if d.is_current]
        options = current or options
    highest = {d.level for d in options}
    if len(options) > 1 and len(highest) > 1:
        # 吉林, 海南: a short name means the higher level unless the text gives the full name of the lower one.
        named = [d for d in options if d.name in context and d.level == "prefecture"]
        options = named or [d for d in options if d.level == "province"] or options
    if len(options) <= 1:
        return options[0] if options else None
    counted = Counter(m.name for m in find_mentions(context) if _is_explicit(m, context))
    scores = {d.code: sum(counted[u.name] * 3 + counted[u.short] for u in with_ancestors(d)[1:]) for d in options}
    ranked = sorted(options, key=lambda d: -scores[d.code])
    return ranked[0] if scores[ranked[0].code] > scores[ranked[1].code] else None


def infer_from_context(context: str, level: str | None = None) -> Division | None:
    """Return the place of a text without a head from full names and media (某某日报, 某某文明网), else None.

    A name counts more if a newspaper or office of that place is named. The result must lead clearly and lie in the
    leading province.

    Args:
        context: The text.
        level: The level (prefecture, county) of the text's own 市 or 县, if known.
    """
    weights: Counter[str] = Counter()
    for mention in _own_mentions(context):
        if not _is_explicit(mention, context):
            continue
        divisions = _by_name()[mention.name] if mention.is_full else tuple(_short_name_candidates(mention.name))
        current = [d for d in divisions if d.is_current]
        if len({d.code for d in current}) != 1:
            continue
        media = re.match(_MEDIA, context[mention.end : mention.end + 6]) is not None
        weights[current[0].code] += 3 if media else 2 if mention.is_full else 1
    divisions_found = [_by_code()[code] for code in weights]
    if level:
        divisions_found = [d for d in divisions_found if d.level == level]
    ranked = sorted(divisions_found, key=lambda d: (-_weight(d, weights), d.code))
    if not ranked:
        return None
    if len(ranked) > 1 and _weight(ranked[0], weights) == _weight(ranked[1], weights):
        return None
    return ranked[0]


@cache
def _divisions() -> tuple[Division, ...]:
    return tuple(
        Division(
            r["code"], r["name"], r["level"], r["parent"] or None, r["short"], int(r["until"]) if r["until"] else None
        )
        for r in vocabulary.load_csv("divisions")
    )


@cache
def _by_code() -> dict[str, Division]:
    divisions: dict[str, Division] = {}
    for division in _divisions():
        if division.is_current or division.code not in divisions:
            divisions[division.code] = division
    return divisions


@cache
def _by_name() -> dict[str, tuple[Division, ...]]:
    divisions: dict[str, list[Division]] = defaultdict(list)
    for division in _divisions():
        divisions[division.name].append(division)
    return {name: tuple(sorted(ds, key=lambda d: (not d.is_current, d.code))) for name, ds in divisions.items()}


@cache
def _by_short_name() -> dict[str, tuple[Division, ...]]:
    divisions: dict[str, list[Division]] = defaultdict(list)
    for division in _divisions():
        if division.short and division.is_current:
            divisions[division.short].append(division)
    return {name: tuple(ds) for name, ds in divisions.items()}


@cache
def _plain_word_pattern() -> re.Pattern[str]:
    """Return the pattern of words that merely contain a place name (大理石)."""
    return re.compile(vocabulary.alternation(vocabulary.load_toml("identity")["places"]["plain"]))


@cache
def _after_short_name_pattern() -> re.Pattern[str]:
    """Return the pattern of what may follow a short name at the beginning of a text."""
    endings = vocabulary.alternation(vocabulary.load_toml("identity")["bodies"]["endings"])
    return re.compile(
        rf"[^\u4e00-\u9fff]|$|(?:精神)?文明|创建|市直|[\u4e00-\u9fff（）()·]{{0,28}}?{endings}"
        r"(?=关于|创建|开展|印发|[^\u4e00-\u9fff]|(?:精神)?文明|$)"
    )


@cache
def _names_by_bigram() -> dict[str, tuple[tuple[str, bool], ...]]:
    """Return names by their first two characters, longest first: one look-up per character of a text."""
    names_by_bigram: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for name in _by_name():
        names_by_bigram[name[:2]].add((name, True))
    for name, divisions in _by_short_name().items():
        if any(d.level != "county" for d in divisions):
            names_by_bigram[name[:2]].add((name, False))
    return {key: tuple(sorted(names, key=lambda n: -len(n[0]))) for key, names in names_by_bigram.items()}


@cache
def _name_beginnings() -> re.Pattern[str]:
    return pair_pattern(list(_names_by_bigram()))


def _short_name_candidates(short: str) -> list[Division]:
    return [d for d in _by_short_name().get(short, ()) if d.level != "county"]


def _is_explicit(mention: Mention, context: str) -> bool:
    """Return whether the text names the place itself: by its full name, or by one of its newspapers."""
    if not mention.is_full:
        return _MEDIA_NAME.match(context, mention.end) is not None
    return len(mention.name) > _MIN_FULL_NAME or mention.start == 0 or not _HAN.match(context, mention.start - 1)


@cache
def _example_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of what stands before and after a place that is an example."""
    places = vocabulary.load_toml("identity")["places"]
    before, after = vocabulary.alternation(places["example_before"]), vocabulary.alternation(places["named_after"])
    return re.compile(rf"{before}[^\u4e00-\u9fff]?$"), re.compile(rf"[^\u4e00-\u9fff。；]{{0,12}}?{after}(?!文明)")


def _own_mentions(context: str) -> list[Mention]:
    """Return the mentions but those of examples: 学习某省某市“…”经验 names a place that others learn from."""
    before, after = _example_patterns()
    own: list[Mention] = []
    chain: list[Mention] = []
    for mention in [*find_mentions(context), None]:
        if mention is not None and chain and mention.start == chain[-1].end:
            chain.append(mention)
        else:
            if chain and not (
                before.search(context[max(0, chain[0].start - _BEFORE_EXAMPLE) : chain[0].start])
                or after.match(context, chain[-1].end)
            ):
                own += chain
            chain = [mention] if mention is not None else []
    return own


def _weight(division: Division, weights: Counter[str]) -> float:
    above = with_ancestors(division)[1:]
    return weights[division.code] + 0.5 * sum(weights[u.code] for u in above)
