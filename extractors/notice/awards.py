"""Campaign and award of a notice: which title it is about, and of which level.

A title says it first: what the words before the campaign name (某省文明村镇, 省级文明单位) is the level, whatever
scheme the notice is based on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from extractors import vocabulary
from extractors.normalize import find_matches
from extractors.parsers.admin_divisions import Mention, find_mentions, level_of
from extractors.vocabulary.models import IdentityWords, WordLists

_STRIVING = re.compile(
    r"创建|争创|申报|蝉联|保持|保留|巩固|争当|创成|迎接|成为|建成|争取|复查|复审|复检|测评|达到|目标"
)
_EVALUATED = re.compile(
    r"(?:标兵)?(?:$|[（(》”]|考核|测评|评选|考评|评比|评审|评定|评估|管理|标准|评分|届|推荐|申报|复查|复审|表彰|称号|荣誉|的(?:通知|决定|通报|公告|公示|意见)|名单|候选|动态|细则)"
)
"""After an award: it is the award that is judged or given, not a place where one creates something."""
_BARE_LEVEL = re.compile(r"(?:^|[^\u4e00-\u9fff]|年度?|关于|创建|争创|申报|开展|评选|迎接|推荐|申创|做好|新一[届轮])$")
"""Before a level without a place: 创建 in 创建省文明单位, but not 全 in 全市文明单位."""
_CITY_AWARD = re.compile(r"(?:文明|卫生)(?:典范)?(?:城|县)")
_LEVEL_OF_DIVISION = {"province": "省级", "prefecture": "市级", "county": "县级"}
_TITLE_WEIGHT, _OTHER_TITLE_WEIGHT, _MAIN_TITLES = 10, 3, 2
_PLACE_WEIGHT = 1000
_NO_LEVEL_AFTER = "社小景园校城厂辖片红彩"
"""Before 区, 市, 旗: what makes another word of them, 社区文明家庭."""
_AMONG = "(?:第[一二三四五六七八九十]{1,3}[届批轮])?(?P<among>(?<=全国)(?:县|地|地市)级)?"
"""Between a level and its award: 全国县级文明城市 is what the nation awards to counties."""
_NO_QUALIFIER = "(?![（(](?![市县城区镇乡村]{1,2}[）)]))"
"""No bracket behind an award but one that names what else it is given to: 全国文明城市（区）."""
_BASIS = re.compile(r"《[^》]*(?:体系|手册|办法)[^》]*》")


@dataclass(frozen=True, slots=True)
class _NamedAward:
    """An award as a text names it; `weight` counts how clearly the notice strives for it."""

    level: str
    name: str | None
    has_place: bool
    weight: int


def read_campaign(titles: Sequence[str], context: str) -> str | None:
    """Return the campaign that is mentioned most.

    A title counts ten times, a goal (争创全国文明单位) twice, a mention once. What is no award but a work of its own
    (新时代文明实践) is also a duty in the notices of other campaigns: it counts in titles, and elsewhere only if
    nothing else is mentioned. A campaign of a neighbouring office (卫生城市) gives way where one of ours is
    in the title.
    """
    scores: Counter[str] = Counter()
    activities = _campaigns("activities")
    ours = _campaigns("campaigns")
    neighbours = _campaigns("neighbours")
    if any(pattern.search(title) for title in titles[:_MAIN_TITLES] for pattern in ours.values()):
        neighbours = {}
    patterns = {**ours, **neighbours, **activities}
    for n, title in enumerate(titles):
        for name, pattern in patterns.items():
            scores[name] += (_TITLE_WEIGHT if n < _MAIN_TITLES else _OTHER_TITLE_WEIGHT) * bool(pattern.search(title))
    mentioned: Counter[str] = Counter()
    for name, pattern in patterns.items():
        for match in pattern.finditer(context):
            goal = _STRIVING.search(context[max(0, match.start() - 10) : match.end() + 4])
            mentioned[name] += 2 if goal else 1
    scores.update({name: count for name, count in mentioned.items() if name not in activities})
    return _most_frequent(scores) or _most_frequent(mentioned)


def read_award(
    titles: Sequence[str], campaign: str | None, context: str, city_level: str = "市级"
) -> tuple[str | None, str | None]:
    """Return the level and name of the award that the notice strives for.

    The first title that names a level decides, else the level mentioned most; within it a name with its place
    (某省文明城市) is preferred to 省级… if the notice strives for it, or if it is written with 级.

    Args:
        titles: the titles of the notice, the most specific first.
        campaign: its campaign.
        context: its running text.
        city_level: the level of what its own city calls 市级: that of counties in a county-level city, that of
            provinces in a municipality.
    """
    noun = _identity_words()["awards"].get(campaign or "")
    if noun is None:
        return None, None
    pattern = _award_pattern(noun)
    awards = [_own_level(award, city_level) for award in _awards_in(context, pattern, is_title=False)]
    for title in titles:
        named = _awards_in(_BASIS.sub("", title), pattern, is_title=True) or _awards_in(title, pattern, is_title=True)
        if named:
            level = _own_level(named[0], city_level).level
            return level, _best_name([a for a in (*awards, *named) if a.level == level])
    scores: Counter[str] = Counter()
    for award in awards:
        scores[award.level] += award.weight
    best = _most_frequent(scores)
    return best, _best_name([a for a in awards if a.level == best]) if best else None


def _own_level(award: _NamedAward, city_level: str) -> _NamedAward:
    return replace(award, level=city_level) if award.level == "市级" else award


def _awards_in(text: str, pattern: re.Pattern[str], is_title: bool) -> list[_NamedAward]:
    matches = list(find_matches(pattern, _level_pattern(), text))
    places = {m.end: m for m in find_mentions(text) if m.is_full} if matches else {}
    awards = (_named_award(text, match, places, is_title) for match in matches)
    return [award for award in awards if award is not None]


def _named_award(text: str, match: re.Match[str], places: dict[int, Mention], is_title: bool) -> _NamedAward | None:
    """Return the award at a match; None where the words before it are the place of an office (某县文明城市创建专班)."""
    place = places.get(match.end("level")) or places.get(match.end("level") - 1)
    start = place.start if place else match.start()
    with_level = match["level"].endswith("级") or match["level"] in _levels()["全国"]
    is_goal = _STRIVING.search(text[max(0, start - 4) : start]) is not None
    level = next(name for name, words in _levels().items() if match["level"] in words)
    if place and not match["level"].endswith("级"):
        # 江阴市 is a county-level city, 上海市 a province.
        level = _LEVEL_OF_DIVISION.get(level_of(place.name) or "", level)
    is_judged = _names_award(text, match, place, level) if is_title else _is_held(text, match, place, level)
    if not (with_level or is_goal or is_judged):
        return None
    before = text[max(0, match.start() - 6) : match.start()]
    striving = bool(_STRIVING.search(before) or _STRIVING.match(text[match.end() : match.end() + 4]))
    written = f"{match['level']}{match['among'] or ''}{match['noun']}"
    name = written if with_level or is_judged else None
    if place and level != "全国":
        name = text[place.start : match.end()]
    has_place = name is not None and name != written and (with_level or is_goal)
    return _NamedAward(level, name, has_place, 3 if striving else 1)


def _is_held(text: str, match: re.Match[str], place: Mention | None, level: str) -> bool:
    """Return whether the text calls an award of a place what one holds: 某省文明单位称号."""
    is_city = _CITY_AWARD.match(match["noun"]) is not None and level != "省级"
    return place is not None and not is_city and text.startswith(("称号", "荣誉"), match.end())


def _names_award(text: str, match: re.Match[str], place: Mention | None, level: str) -> bool:
    """Return whether a title means the award of a place (某省文明村镇考核标准), not a place that strives."""
    if place is None and _BARE_LEVEL.search(text[: match.start()]) is None:
        return False
    if place is None and level == "省级":
        # Nobody but a province calls itself 省: 省文明单位创建方案 is the plan of one who wants to be that.
        return True
    if _CITY_AWARD.match(match["noun"]) and level != "省级":
        # Cities are judged by the nation and the province; 福州市文明城市 is the city itself.
        return False
    return _EVALUATED.match(text, match.end()) is not None


def _best_name(awards: Sequence[_NamedAward]) -> str | None:
    names: Counter[str] = Counter()
    for award in awards:
        if award.name:
            names[award.name] += _PLACE_WEIGHT if award.has_place else 1
    return _most_frequent(names)


def _most_frequent(counts: Counter[str]) -> str | None:
    best = counts.most_common(1)
    return best[0][0] if best and best[0][1] > 0 else None


def _identity_words() -> IdentityWords:
    return vocabulary.load_toml("identity")


@cache
def _campaigns(kind: Literal["campaigns", "activities", "neighbours"]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile("|".join(map(re.escape, words))) for name, words in _identity_words()[kind].items()}


def _levels() -> WordLists:
    return _identity_words()["levels"]


@cache
def _level_pattern() -> re.Pattern[str]:
    return re.compile(vocabulary.alternation(word for words in _levels().values() for word in words))


@cache
def _award_pattern(noun: str) -> re.Pattern[str]:
    """Return the pattern of an award's `noun` (a regular expression) after a word of its level."""
    return re.compile(
        rf"(?P<level>(?<![{_NO_LEVEL_AFTER}]){_level_pattern().pattern}){_AMONG}(?P<noun>{noun}){_NO_QUALIFIER}"
    )
