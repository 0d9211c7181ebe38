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
from typing import Final

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.evidence.counts import LEADING_COUNT, combine_counts, count_after, count_before, min_words
from extractors.parsers.evidence.model import Count, EvidenceItem, Noun
from extractors.parsers.evidence.nouns import CLOSE, OPEN, OPENING, find_nouns, head_noun_pattern
from extractors.parsers.evidence.requests import (
    SENTENCE,
    holds_only_forms,
    nothing_pattern,
    on_site_pattern,
    read_unnamed,
    request_start,
    request_verb_pattern,
    unit_bracket,
)
from extractors.vocabulary import load_toml

_WORDS: Final = load_toml("evidence")
_MARK = re.compile(r"[①-⑳]|(?<![\d.])\d{1,2}[)）.、](?!\d)")
_POINTS = re.compile(
    r"^[^（(]{0,12}(?:[（(][^（）()分]*[）)])?[，,]?[（(](?:(?P<each>各)|得|计|共)?(?P<n>\d{1,3}(?:\.\d+)?)分[）)，,；;]"
)
_BRACKET_OR_COMMA = re.compile(r"[（(\[【）)\]】，,]")
_COUNT_AFTER_COMMA = re.compile(r"[，,](?:每次(?:活动)?|各|共|不少于|至少)\d")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]")
_JOINT = re.compile(r"[、或]|以及|(?<=[片图告案录单])[和及与]")
_OR = re.compile(r"(?:[（(][^（）()]*[）)])?或者?")
_LEADING_MARKS = re.compile(r"^(?:或者|[、，,；;：:。）)（(\[【\]】和及与或]|以及|并|①|②|③|④|⑤|\d{1,2}[)）.、])+")
_FORM_BRACKET = re.compile(r"[（(]([^（）()]{2,40})[）)]")
_MAX_LENGTH = 40_000


def read_evidence(text: str) -> list[EvidenceItem]:
    """Return the materials of an evidence cell, in order."""
    compact = unit_bracket().sub("", strip_whitespace(text)[:_MAX_LENGTH])
    if is_placeholder(compact) or nothing_pattern().search(compact):
        return []
    return _number_groups(
        item
        for sentence in SENTENCE.findall(compact)
        for item in _read_sentence(sentence, len(_MARK.findall(sentence)))
    )


def find_evidence(text: str) -> list[EvidenceItem]:
    """Return the materials to submit according to a requirement, in order.

    It asks for them (提供…, 报送…, 说明报告，300字左右), or a bracket says in what form something is shown
    （会议记录、图片）.
    """
    compact = unit_bracket().sub("", strip_whitespace(text)[:_MAX_LENGTH])
    items: list[EvidenceItem] = []
    for sentence in SENTENCE.findall(compact):
        start = request_start(sentence)
        if start is not None:
            items += _read_sentence(sentence[start:], len(re.findall("[①-⑳]", sentence)))
            continue
        for bracket in _FORM_BRACKET.finditer(sentence):
            if holds_only_forms(bracket.group(1)):
                items += _read_sentence(bracket.group(), 1)
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


def _read_sentence(sentence: str, mark_count: int) -> list[EvidenceItem]:
    items: list[EvidenceItem] = []
    parts = [(part, find_nouns(part)) for part in _split_parts(sentence) if not on_site_pattern().search(part)]
    has_nouns = any(nouns for _, nouns in parts)
    for n, (part, nouns) in enumerate(parts):
        if nouns:
            items += _read_part(part, nouns, mark_count, f"{sentence}{n}")
        elif not has_nouns and (unnamed := read_unnamed(part)):
            items.append(unnamed)
        elif items and (after := count_after(part)).minimum is not None and items[-1].min_count is None:
            items[-1] = replace(items[-1], min_count=after.minimum, unit=after.unit)
        elif items and items[-1].min_words is None:
            items[-1] = replace(items[-1], min_words=min_words("", part))
    return items


def _read_part(part: str, nouns: Sequence[Noun], mark_count: int, group: str) -> list[EvidenceItem]:
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
        counts_before.append(_count_in_phrase(phrase, noun))
        count = combine_counts(counts_before[k], after, tail, mark_count)
        if count.minimum is None and noun.is_bracketed:
            count = bundle
        raw = _trim_phrase(LEADING_COUNT.sub("", phrase) if k else phrase)
        is_last = k + 1 == len(nouns)
        scored = _POINTS.match(tail) if is_last else None
        items.append(
            EvidenceItem(
                noun.kind, count.minimum, count.unit, min_words(phrase, tail),
                Decimal(scored["n"]) if scored else None,
                None, raw,
            )
        )  # fmt: skip
    if scored and scored["each"]:
        items = [replace(item, points=Decimal(scored["n"])) for item in items]
    links = [part[a.end : b.end] for a, b in pairwise(nouns)]
    return _apply_alternatives(links, items, counts_before, after.is_each, group) if links else items


def _count_before_bracket(part: str) -> Count:
    """Return the number of the phrase before a bracket if it ends with a noun of material."""
    before = OPENING.split(part, maxsplit=1)[0]
    return count_before(before) if head_noun_pattern().search(f"{before}（", len(before) - 4) else Count()


def _count_in_phrase(phrase: str, noun: Noun) -> Count:
    own = OPENING.split(phrase)[-1] if noun.is_bracketed else _JOINT.split(_BRACKET.sub("", phrase))[-1]
    count = count_before(own)
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
        if options[k] or (items[k].min_count is None and is_each):
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


def _trim_phrase(phrase: str) -> str:
    """Strip marks, joints and verbs before the named material."""
    verbs = [verb.end() for verb in request_verb_pattern().finditer(phrase) if verb.end() < len(phrase)]
    phrase = phrase[verbs[-1] :] if verbs else phrase
    phrase = _LEADING_MARKS.sub("", phrase)
    if phrase.count("（") != phrase.count("）"):
        phrase = phrase.rsplit("（", 1)[-1]
    return phrase
