"""Evidence: what has to be handed in, of which kind and how many. `str -> list[EvidenceItem]`, pure.

The head noun of a phrase decides the kind (新闻报道截图 is a screenshot); a form in brackets decides over the phrase
before it (学习情况（说明报告）). Numbers multiply where the text says so (2次活动照片各2张 = 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from extractors.normalize import says_nobody, squeeze
from extractors.parsers.evidence import patterns
from extractors.parsers.evidence.quantities import Count, before, behind, least_words, together

__all__ = ["EvidenceItem", "find_evidence", "read_evidence", "says_complete"]

_SENTENCE = re.compile(r"[^。；;！!]+")
_MARK = re.compile(r"[①-⑳]|(?<![\d.])\d{1,2}[)）.、](?!\d)")
_POINTS = re.compile(
    r"^[^（(]{0,12}(?:[（(][^（）()分]*[）)])?[，,]?[（(](?:各|得|计|共)?(?P<n>\d{1,3}(?:\.\d+)?)分[）)，,；;]"
)
_OPEN, _CLOSE = "（([【", "）)]】"
_BRACKET_OR_COMMA = re.compile(r"[（(\[【）)\]】，,]")
_NUMBER_BEHIND = re.compile(r"[，,](?:每次(?:活动)?|各|共|不少于|至少)\d")
_OPENING = re.compile("[（(]")
_FORM = re.compile(r"[^（(]*[（(](?P<first>[含附包配])?")
_BRACKETED = re.compile(r"[（(][^（）()]*[）)]")
_JOINT = re.compile(r"[、或]|以及|(?<=[片图告案录单])[和及与]")
_JOINED = re.compile(r"(?:以及|[、和及与或])(?P<more>[^、，,（(]*)的[^、，,（(]*$")
_OR = re.compile(r"(?:[（(][^（）()]*[）)])?或者?")
_IN_FRONT = re.compile(r"^(?:[、，,；;：:。）)（(\[【\]】和及与或]|以及|并|①|②|③|④|⑤|\d{1,2}[)）.、])+")
_WORDS_TOLD = re.compile(r"[（(][^（）()]*\d{2,5}字")
_BY_OTHERS = re.compile(r"由[^，,。；;]{0,20}(?:提供|报送|上报)|提供[）)]|提供$")
_OFFER_END = re.compile(r"[，,；;。（(]")
_NEW_ITEM = re.compile(
    r"^(?:以及|和|及|与|、|并|或者?)*"
    r"(?:开展|组织|参与|参加|反映|建立|制定|举办|落实|单位|学习|宣传|设置|相关|有关|活动)"
)
_SUMMED_UP = re.compile(r"等(?P<rest>[^，,。；;（()）]*)")
_MATERIAL = re.compile(r"(?:材料|资料|佐证)性?(?:材料|资料)?$")
_TOLD = re.compile(r"(?:[①-⑳]|\d[)）])?(?:说明|列举|统计|介绍)(?!报告|材料)")
_ASIDE = re.compile(r"[（(](?:如|见|即|指|不含|以下|包括?但不|其中)")
_PER_TIME = re.compile(rf"每次(?:活动)?{patterns.NUMBER}[张份篇幅]$")
_LEAST_AHEAD = re.compile(
    rf"^(?:不少于|不低于|至少|最少|各|共)?{patterns.NUMBER}(?:{patterns.alternatives(patterns.data()['counts']['measures'])}|字)"
    r"(?:以上|左右)?(?=[、，,；;和及与并])"
)
"""The number of the material before, which stands where the next one begins: 报告|1份、图片."""
_LONGEST = 40_000


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One material. `kind` is report, photo, document, plan, minutes, table, screenshot, list, certificate, news, link
    or other; `min_count` the least number in all, `min_words` that of words; items of one `group` are alternatives."""

    kind: str
    min_count: int | None
    unit: str | None
    min_words: int | None
    points: Decimal | None
    group: str | None
    raw: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A noun of material in a part: where its phrase begins, where the noun ends, what it is."""

    start: int
    end: int
    kind: str
    inner: bool


def read_evidence(text: str) -> list[EvidenceItem]:
    """The materials of an evidence cell, in order."""
    solid = squeeze(text)[:_LONGEST]
    if says_nobody(solid) or patterns.nothing().search(solid):
        return []
    return _numbered(item for scope in _SENTENCE.findall(solid) for item in _scope(scope, len(_MARK.findall(scope))))


def find_evidence(text: str) -> list[EvidenceItem]:
    """The materials that a requirement asks to hand in (提供…, 报送…, （说明报告，300字左右）), in order."""
    solid = squeeze(text)[:_LONGEST]
    found: list[EvidenceItem] = []
    for sentence in _SENTENCE.findall(solid):
        start = _asked_from(sentence)
        if start is not None:
            found += _scope(sentence[start:], len(re.findall("[①-⑳]", sentence)))
    return _numbered(found)


def _asked_from(sentence: str) -> int | None:
    """Where a sentence begins to ask for material; None where it does not."""
    for verb in patterns.asking().finditer(sentence):
        around = sentence[max(0, verb.start() - 24) : verb.end() + 1]
        rest = sentence[verb.end() :]
        if _BY_OTHERS.search(around) or rest.startswith(("的", "有关资料", "相关信息")) or not rest:
            continue
        return verb.start()
    told = _WORDS_TOLD.search(sentence)
    return 0 if told and patterns.head_noun().search(sentence[: told.start()] + "（") else None


def says_complete(text: str) -> bool:
    """True for the words that all material is there (已备齐, 材料齐全), and for nothing else."""
    return patterns.complete().fullmatch(squeeze(text).rstrip("。.！!")) is not None


def _numbered(items: Iterable[EvidenceItem]) -> list[EvidenceItem]:
    """The items with their group marks made short and unique over the whole text."""
    names: dict[str, str] = {}
    out = []
    for item in items:
        mark = names.setdefault(item.group, f"任选{len(names) + 1}") if item.group else None
        out.append(item if mark == item.group else replace(item, group=mark))
    return out


def _parts(scope: str) -> Iterator[str]:
    """A scope cut at commas outside of brackets; a number alone stays with the part before it."""
    depth, start = 0, 0
    for mark in _BRACKET_OR_COMMA.finditer(scope):
        char = mark.group()
        depth += (char in _OPEN) - (char in _CLOSE and depth > 0)
        if char in "，," and depth == 0 and not _NUMBER_BEHIND.match(scope, mark.start()):
            yield scope[start : mark.start()]
            start = mark.end()
    yield scope[start:]


def _scope(scope: str, marks: int) -> list[EvidenceItem]:
    items: list[EvidenceItem] = []
    parts = [(part, _nouns(part)) for part in _parts(scope) if not patterns.on_site().search(part)]
    named = any(found for _, found in parts)
    for n, (part, found) in enumerate(parts):
        if found:
            items += _read_part(part, found, marks, f"{scope}{n}")
        elif not named and (other := _unnamed(part)):
            items.append(other)
        elif items and (late := behind(part)).least is not None and items[-1].min_count is None:
            items[-1] = replace(items[-1], min_count=late.least, unit=late.unit)
        elif items and items[-1].min_words is None:
            items[-1] = replace(items[-1], min_words=least_words("", part))
    return items


def _depths(part: str) -> list[int]:
    if not _OPENING.search(part):
        return [0] * len(part)
    depth, out = 0, []
    for char in part:
        depth += char in _OPEN
        out.append(depth)
        depth -= char in _CLOSE and depth > 0
    return out


def _nouns(part: str) -> list[_Found]:
    """The nouns of material that end their phrases; a form in a bracket stands for the phrase before it."""
    depths = _depths(part)
    found: list[_Found] = []
    start = 0
    told = _TOLD.match(part)
    for noun in patterns.head_nouns(part):
        inner = depths[noun.start()] > 0
        kind = patterns.kind_of()[noun["noun"]]
        summed = _SUMMED_UP.match(part, noun.end())
        rest = summed["rest"] if summed and not inner else ""
        aside = inner and _ASIDE.match(part, max(part.rfind("（", 0, noun.start()), 0))
        # 演讲征文等方式 is a way of doing things, 每次1张图片 goes on with the number before.
        way = rest and not _MATERIAL.search(rest)
        if aside or way or _PER_TIME.search(part[: noun.start()]) or (told and not inner and kind == "document"):
            continue
        found.append(_Found(start, noun.end(), kind, inner))
        start = noun.end()
        if rest:
            # A、B等佐证材料: what follows only sums up.
            break
    return [one for k, one in enumerate(found) if not _modifies(part, one, found[k + 1 :])]


def _modifies(part: str, one: _Found, later: Sequence[_Found]) -> bool:
    """True where a noun only belongs to the name of the next one, or a bracket gives the form of its phrase."""
    if not later:
        return False
    between = part[one.end : later[0].end]
    if patterns.kind_of().get(between):
        # 文件复印件: one name of two nouns.
        return True
    if not one.inner and later[0].inner and "，" not in part[one.end : part.rfind("（", 0, later[0].end) + 1]:
        opening = _FORM.match(between)
        return not (opening and opening["first"])
    return _JOINED.match(between) is not None and not _NEW_ITEM.match(between)


def _read_part(part: str, found: Sequence[_Found], marks: int, group: str) -> list[EvidenceItem]:
    items: list[EvidenceItem] = []
    aheads: list[Count] = []
    late = Count()
    bundle = _bundle(part) if found[0].inner else Count()
    for k, one in enumerate(found):
        stop = found[k + 1].end if k + 1 < len(found) else len(part)
        phrase, tail = part[one.start : one.end], part[one.end : stop]
        late = behind(tail)
        aheads.append(_ahead(phrase, one))
        own = together(aheads[k], late, tail, marks)
        if own.least is None and one.inner:
            own = bundle
        raw = _trimmed(_LEAST_AHEAD.sub("", phrase) if k else phrase)
        last = k + 1 == len(found)
        scored = _POINTS.match(tail) if last else None
        items.append(
            EvidenceItem(
                one.kind, own.least, own.unit, least_words(phrase, tail), Decimal(scored["n"]) if scored else None,
                None, raw,
            )
        )  # fmt: skip
    links = [part[a.end : b.end] for a, b in pairwise(found)]
    return _joined(links, items, aheads, late.each, group) if links else items


def _bundle(part: str) -> Count:
    """The number of the phrase before a bracket, where that phrase ends with a noun of material."""
    ahead = _OPENING.split(part, maxsplit=1)[0]
    return before(ahead) if patterns.head_noun().search(f"{ahead}（", len(ahead) - 4) else Count()


def _ahead(phrase: str, one: _Found) -> Count:
    if one.inner:
        return before(_OPENING.split(phrase)[-1])
    return before(_JOINT.split(_BRACKETED.sub("", phrase))[-1])


def _joined(
    links: Sequence[str], items: list[EvidenceItem], aheads: Sequence[Count], each: bool, group: str
) -> list[EvidenceItem]:
    """Alternatives (A或B) share a mark and their number; 各1张 behind the last (`each`) counts for those before it.

    `links` stand between the items, `aheads` are the numbers that open their phrases.
    """
    options = [bool(_OR.match(link)) for link in links]
    for k in range(len(items) - 2, -1, -1):
        following = items[k + 1]
        if options[k] or (items[k].min_count is None and each):
            ahead = aheads[k]
            least, unit = following.min_count, following.unit
            if options[k] and ahead.least and following.min_count and each:
                least, unit = ahead.least * following.min_count, following.unit
                items[k + 1] = replace(following, min_count=least)
            if items[k].min_count is None or (options[k] and least is not None and ahead.least is not None):
                items[k] = replace(items[k], min_count=least, unit=unit)
            if options[k] and following.min_count is None and items[k].min_count is not None:
                items[k + 1] = replace(following, min_count=items[k].min_count, unit=items[k].unit)
    if any(options):
        first = options.index(True)
        while first > 0 and links[first - 1].startswith("、"):
            first -= 1
        upto = len(options) - options[::-1].index(True)
        items = [replace(i, group=group) if first <= k <= upto else i for k, i in enumerate(items)]
    return items


def _trimmed(phrase: str) -> str:
    """A phrase without the marks, joints and verbs in front of what it names."""
    verbs = [verb.end() for verb in patterns.asking().finditer(phrase) if verb.end() < len(phrase)]
    phrase = phrase[verbs[-1] :] if verbs else phrase
    phrase = _IN_FRONT.sub("", phrase)
    if phrase.count("（") != phrase.count("）"):
        phrase = phrase.rsplit("（", 1)[-1]
    return phrase


def _unnamed(part: str) -> EvidenceItem | None:
    """Something asked for by a name that no vocabulary knows: 提供挂包区域."""
    verb = re.match(r"(?:[①-⑳]|\d[)）])?(?:请|须|需|并|可)?(?:提供|提交|上传)(?P<what>.+)$", part)
    if verb is None:
        return None
    what = _OFFER_END.split(verb["what"])[0]
    if not 2 <= len(what) <= 24 or patterns.not_handed_in().search(what) or re.search(r"[的了为]$|情况$", what):
        return None
    if any(word in what for word in patterns.data()["excluded"]["offered"]):
        return None
    own = together(before(what), behind(verb["what"][len(what) :]), "", 1)
    return EvidenceItem("other", own.least, own.unit, None, None, None, what)
