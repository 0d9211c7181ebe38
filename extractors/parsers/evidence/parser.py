"""Evidence: the material to submit, of which kind and how much. `str -> list[EvidenceItem]`, pure.

The head noun of a phrase decides the kind (新闻报道截图 is a screenshot); a form in brackets overrides the phrase
before it (学习情况（说明报告）). Numbers around a noun are multiplied if the text says so (2次活动照片各2张 = 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.evidence.counts import (
    LEADING_COUNT,
    combine_counts,
    count_after,
    count_before,
    count_members,
    count_occasions,
    count_per_occasion,
    count_sent,
    each_occasion,
    min_words,
)
from extractors.parsers.evidence.model import Count, EvidenceItem, Noun
from extractors.parsers.evidence.nouns import (
    CLOSE,
    OPEN,
    OPENING,
    find_head_nouns,
    find_nouns,
    head_noun_pattern,
    kind_of,
)
from extractors.parsers.evidence.requests import (
    SENTENCE,
    holds_only_forms,
    is_bare_name,
    nothing_pattern,
    on_site_pattern,
    read_unnamed,
    request_start,
    request_verb_pattern,
    stated_list_pattern,
    unit_bracket,
)
from extractors.parsers.quantities import AT_LEAST
from extractors.vocabulary import load_toml

_WORDS: Final = load_toml("evidence")
_MARK = re.compile(r"[①-⑳]|(?<![\d.])\d{1,2}[)）.、](?!\d)")
_POINTS = re.compile(
    r"^[^（(]{0,12}(?:[（(][^（）()分]*[）)])?[，,]?[（(](?:(?P<each>各)|得|计|共)?(?P<n>\d{1,3}(?:\.\d+)?)分[）)，,；;]"
)
_BRACKET_OR_COMMA = re.compile(r"[（(\[【）)\]】，,]")
_COUNT_AFTER_COMMA = re.compile(rf"[，,](?:各|共|{AT_LEAST})\d")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]")
_JOINT = re.compile(r"[、或]|以及|(?<=[片图告案录单])[和及与]")
_OR = re.compile(r"(?:[（(][^（）()]*[）)])?或者?")
_LEADING_MARKS = re.compile(
    r"^(?:或者|汇总(?=[、，,；;和及与或])|包括|包含|含|[”→、，,；;：:。）)（(\[【\]】和及与或]|以及|并|①|②|③|④|⑤|\d{1,2}[)）.、])+"
)
_FORM_BRACKET = re.compile(r"[（(]([^（）()]{2,40})[）)]")
_CLAUSE_OPENING = re.compile(r"(?:[，,：:（()）①-⑳]|\d[.、]|[请须需并可应要])$")
_JOINED = ("、", "和", "及", "与", "以及")
_LEADING_BRACKET = re.compile(r"^[（(][^（）()]*[）)](?=[、，,；;和及与或并])")
"""What belongs to the material before: 照片|（3张）、总结."""
_OF_EACH = re.compile(r"各\d")
_TOTAL = re.compile(r"(?:共|总计|合计)\d")
_MAX_LENGTH = 40_000
_LEAST_SENTENCES = 3
"""Of a cell, for a sentence between materials to be a name of one: 会议记录；经费投入；工作总结."""


class _Context(NamedTuple):
    """What a part of a sentence is read with.

    Attributes:
        mark_count: How many marks (①) the sentence has.
        is_among_materials: Whether nothing but materials stands there.
        before: The text before the part, and what the row requires: each may say how many occasions there are.
        is_request: Whether it asks the reader: 餐饮店提供公筷 says what somebody else offers.
    """

    mark_count: int
    is_among_materials: bool
    before: tuple[str, ...]
    is_request: bool = True

    def occasions(self, what: str) -> int | None:
        """Return how many occasions of a kind there are, by the nearest text that says so."""
        return next(filter(None, (count_occasions(what, text) for text in self.before)), None)


def read_evidence(text: str, requirement: str = "") -> list[EvidenceItem]:
    """Return the materials of an evidence cell, in order.

    Args:
        text: The cell.
        requirement: What the row requires; it may say how many occasions there are (每场照片2张 of 6 sessions).
    """
    compact = unit_bracket().sub("", strip_whitespace(text)[:_MAX_LENGTH])
    if is_placeholder(compact):
        return []
    required = strip_whitespace(requirement)[:_MAX_LENGTH]
    # 1)无需提供；2)照片1张: only the first asks for nothing.
    sentences = [one for one in SENTENCE.findall(compact) if not nothing_pattern().search(_BRACKET.sub("", one))]
    read = [_read_sentence(one, _Context(len(_MARK.findall(one)), True, (required,))) for one in sentences]
    pairs = list(zip(sentences, read, strict=True))
    named = sum(map(bool, read))
    is_list = named >= _LEAST_SENTENCES or (
        len(sentences) >= _LEAST_SENTENCES and named > 0 and all(items or is_bare_name(one) for one, items in pairs)
    )
    return _number_groups(
        item
        for sentence, items in pairs
        for item in (items or ([_bare_item(sentence)] if is_list and is_bare_name(sentence) else []))
    )


def _bare_item(sentence: str) -> EvidenceItem:
    return EvidenceItem("other", None, None, None, None, None, _LEADING_MARKS.sub("", sentence))


def find_evidence(text: str) -> list[EvidenceItem]:
    """Return the materials to submit according to a requirement, in order.

    It asks for them (提供…, 报送…, 说明报告，300字左右), says that they are there and lists them
    (有记录可查，包括方案、照片), or a bracket says in what form something is shown （会议记录、图片）.
    """
    compact = unit_bracket().sub("", strip_whitespace(text)[:_MAX_LENGTH])
    items: list[EvidenceItem] = []
    for full_sentence in SENTENCE.findall(compact):
        stated = stated_list_pattern().search(full_sentence)
        if stated:
            items += _read_sentence(stated["list"], _Context(1, False, ()))
        sentence = full_sentence[stated.end() :] if stated else full_sentence
        start = request_start(sentence)
        if start is not None:
            is_request = start == 0 or _CLAUSE_OPENING.search(sentence[:start]) is not None
            context = _Context(len(re.findall("[①-⑳]", sentence)), False, (sentence[:start],), is_request)
            items += _read_sentence(sentence[start:], context)
            continue
        for bracket in _FORM_BRACKET.finditer(sentence):
            if holds_only_forms(bracket.group(1)):
                is_joined = sentence[bracket.end() :].startswith(_JOINED)
                listed = sentence[bracket.start() :] if is_joined else bracket.group()
                items += _read_sentence(listed, _Context(1, False, ()))
    return _number_groups(items)


def _number_groups(items: Iterable[EvidenceItem]) -> list[EvidenceItem]:
    """Return the items with short group names that are unique in the text."""
    names: dict[str, str] = {}
    numbered = []
    for item in items:
        mark = names.setdefault(item.group, f"任选{len(names) + 1}") if item.group else None
        numbered.append(item if mark == item.group else replace(item, group=mark))
    return numbered


def _split_parts(sentence: str) -> Iterator[str]:
    """Yield the parts of a sentence between commas outside of brackets; a number alone is no part of its own."""
    depth, start = 0, 0
    for mark in _BRACKET_OR_COMMA.finditer(sentence):
        char = mark.group()
        depth += (char in OPEN) - (char in CLOSE and depth > 0)
        if char in "，," and depth == 0 and not _COUNT_AFTER_COMMA.match(sentence, mark.start()):
            yield sentence[start : mark.start()]
            start = mark.end()
    yield sentence[start:]


def _read_sentence(sentence: str, context: _Context) -> list[EvidenceItem]:
    items: list[EvidenceItem] = []
    parts = [
        (part, find_nouns(part, is_among_materials=context.is_among_materials))
        for part in _split_parts(sentence)
        if not on_site_pattern().search(part)
    ]
    has_nouns = any(nouns for _, nouns in parts)
    for n, (part, nouns) in enumerate(parts):
        around = context._replace(before=(sentence[: sentence.find(part)], *context.before))
        if nouns:
            items = _join_total(items, _read_part(part, nouns, around, f"{sentence}{n}"), part)
        elif not has_nouns and context.is_request and (unnamed := read_unnamed(part)):
            items.append(unnamed)
        elif items:
            items = _read_addition(part, items, around)
    return items


def _join_total(items: list[EvidenceItem], more: list[EvidenceItem], part: str) -> list[EvidenceItem]:
    """Join two names of one material that a total is asked of: 义诊的图片，或者慰问的图片共4张."""
    if (
        items
        and _OR.match(part)
        and _TOTAL.search(part)
        and items[-1].kind == more[0].kind
        and items[-1].min_count is None
    ):
        return [*items[:-1], *more]
    return [*items, *more]


def _read_addition(part: str, items: list[EvidenceItem], context: _Context) -> list[EvidenceItem]:
    """Read a part without a material of its own, which may say how much of those before it."""
    if (per := count_per_occasion(part)) and (per[1].minimum is not None):
        occasions = context.occasions(per[0])
        noun = next(find_head_nouns(part), None)
        kind = kind_of(noun["noun"]) if noun else items[-1].kind
        index = next((k for k in range(len(items) - 1, -1, -1) if items[k].kind == kind), len(items) - 1)
        scored = _POINTS.match(part)
        items[index] = replace(
            items[index],
            min_count=per[1].minimum * (occasions or 1),
            unit=per[1].unit,
            points=Decimal(scored["n"]) if scored else items[index].points,
        )
        return items
    after = count_after(part)
    sent = after if after.minimum is not None else count_sent(part)
    if sent.minimum is not None and items[-1].min_count is None:
        items[-1] = replace(items[-1], min_count=sent.minimum, unit=sent.unit)
    elif items[-1].min_words is None and items[-1].kind not in _WORDS["counts"]["pictures"]:
        items[-1] = replace(items[-1], min_words=min_words("", part))
    return items


def _read_part(part: str, nouns: Sequence[Noun], context: _Context, group: str) -> list[EvidenceItem]:
    items: list[EvidenceItem] = []
    counts_before: list[Count] = []
    after = Count()
    bundle = _count_before_bracket(part) if nouns[0].is_bracketed else Count()
    if bundle.unit in _WORDS["counts"]["not_of_paper"]:
        bundle = Count()
    for k, noun in enumerate(nouns):
        end = nouns[k + 1].end if k + 1 < len(nouns) else len(part)
        phrase, tail = part[noun.start : noun.end], part[noun.end : end]
        after = count_after(tail)
        own_phrase = LEADING_COUNT.sub("", phrase) if k else phrase
        named = _LEADING_MARKS.sub("", _BRACKET.sub("", own_phrase))
        counts_before.append(_count_in_phrase(own_phrase, noun))
        count = combine_counts(counts_before[k], after, tail, context.mark_count)
        if count.minimum is None and noun.is_bracketed:
            count = bundle
        if count == after and count.minimum is not None and counts_before[k].minimum is None:
            shares = bool(items) and items[-1].min_count is None and _fits(items[-1].kind, count.unit)
            times = _times(named, tail, context, is_of_each=after.is_each and not shares)
            count = count._replace(minimum=count.minimum * times)
        is_last = k + 1 == len(nouns)
        scored = _POINTS.match(tail) if is_last else None
        items.append(
            EvidenceItem(
                noun.kind, count.minimum, count.unit, min_words(phrase, tail),
                Decimal(scored["n"]) if scored else None,
                None, _trim_phrase(own_phrase),
            )
        )  # fmt: skip
    if scored and scored["each"]:
        items = [replace(item, points=Decimal(scored["n"])) for item in items]
    links = [part[a.end : b.end] for a, b in pairwise(nouns)]
    return _apply_alternatives(links, items, counts_before, after.is_each, group) if links else items


def _times(named: str, tail: str, context: _Context, *, is_of_each: bool) -> int:
    """Return for how many occasions (每场照片2张) or things named (春节、元宵照片各2张) a number is asked."""
    what = each_occasion(named) or each_occasion(tail)
    if what:
        return context.occasions(what) or 1
    if not is_of_each or context.mark_count > 1:
        return 1
    members = count_members(named)
    return members if members > 1 else context.occasions("次") or 1


def _count_before_bracket(part: str) -> Count:
    """Return the number of the phrase before a bracket if it ends with a noun of material."""
    before = OPENING.split(part, maxsplit=1)[0]
    return count_before(before) if head_noun_pattern().search(f"{before}（", len(before) - 4) else Count()


def _count_in_phrase(phrase: str, noun: Noun) -> Count:
    # 照片（3张并附说明）: the number is of the photos.
    unsplit = OPENING.split(phrase)[-1].rpartition("并")[2] if noun.is_bracketed else _BRACKET.sub("", phrase)
    own = unsplit if noun.is_bracketed or _OF_EACH.search(unsplit) else _JOINT.split(unsplit)[-1]
    count = count_before(own)
    sent = count_sent(unsplit)
    if count.minimum and sent.minimum and sent.unit == count.unit:
        # 3月、9月底前各报送1份总结: one at each of the dates.
        count = sent
    is_unfit = noun.kind in _WORDS["counts"]["paper"] and count.unit in _WORDS["counts"]["not_of_paper"]
    return Count() if is_unfit else count


def _apply_alternatives(
    links: Sequence[str], items: list[EvidenceItem], counts_before: Sequence[Count], is_each: bool, group: str
) -> list[EvidenceItem]:
    """Give alternatives (A或B) a common group and number, and spread 各1张 over the items before it.

    Args:
        links: The text between the items.
        items: The materials.
        counts_before: The numbers that open their phrases.
        is_each: Whether the last number applies to each item.
        group: The group name for alternatives.
    """
    options = [bool(_OR.match(link)) for link in links]
    for k in range(len(items) - 2, -1, -1):
        following = items[k + 1]
        if options[k] or (items[k].min_count is None and is_each and _fits(items[k].kind, following.unit)):
            before = counts_before[k]
            minimum, unit = following.min_count, following.unit
            if options[k] and before.minimum and following.min_count and is_each:
                minimum, unit = before.minimum * following.min_count, following.unit
                items[k + 1] = replace(following, min_count=minimum)
            if items[k].min_count is None or (options[k] and minimum is not None and before.minimum is not None):
                items[k] = replace(items[k], min_count=minimum, unit=unit)
            if options[k] and following.min_count is None and items[k].min_count is not None:
                items[k + 1] = replace(following, min_count=items[k].min_count, unit=items[k].unit)
    if any(options):
        first = options.index(True)
        while first > 0 and links[first - 1].startswith("、"):
            first -= 1
        last = len(options) - options[::-1].index(True)
        items = [replace(i, group=group) if first <= k <= last else i for k, i in enumerate(items)]
    return items


def _fits(kind: str, unit: str | None) -> bool:
    """Return whether a measure counts a kind: a record is not counted in 张."""
    counts = _WORDS["counts"]
    return unit not in counts["sheets"] or kind not in counts["not_in_sheets"]


def _trim_phrase(phrase: str) -> str:
    """Strip marks, joints and verbs before the named material."""
    verbs = [verb.end() for verb in request_verb_pattern().finditer(phrase) if verb.end() < len(phrase)]
    phrase = phrase[verbs[-1] :] if verbs else phrase
    phrase = _LEADING_MARKS.sub("", _LEADING_BRACKET.sub("", phrase))
    for opening, closing in ("（）", "“”"):
        surplus = phrase.count(closing) - phrase.count(opening)
        if surplus:
            phrase = _LEADING_MARKS.sub("", phrase.rsplit(opening if surplus < 0 else closing, 1)[-1]) or phrase
    return phrase
