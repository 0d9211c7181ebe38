"""Evidence: the material to submit, of which kind and how much. `str -> list[EvidenceItem]`, pure.

The head noun of a phrase decides the kind (新闻报道截图 is a screenshot); a form in brackets overrides the phrase
before it (学习情况（说明报告）). Numbers around a noun are multiplied if the text says so (2次活动照片各2张 = 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Final

from extractors.normalize import find_matches, is_placeholder, strip_whitespace
from extractors.parsers.numerals import parse_integer
from extractors.parsers.responsible_units import labelled_bracket
from extractors.vocabulary import alternation, load_toml

__all__ = [
    "EvidenceItem",
    "asks_for_material",
    "find_evidence",
    "find_head_nouns",
    "is_complete_statement",
    "kind_of",
    "read_evidence",
    "unit_bracket",
]

_WORDS: Final = load_toml("evidence")
_NUMBER = r"(?:\d{1,4}|十[一二三四五六七八九]?|[一二两三四五六七八九](?:十[一二三四五六七八九]?)?)"
_NOUN_BOUNDARY = (
    r"$|[、，,；;。.：:！!）)（(\[【/\n及和与或等各共并①-⑳]|以及|并且|不少于|不低于|不得少于|至少|最少|若干|以上|[≥≧＞>]|\d"
    rf"|{_NUMBER}(?:份|张|篇|条|次|套|本|个|幅|组)|每(?:次|类|个|月|季|年|场|期|半年)|原件|复印|扫描|电子版|打印|为主|为证"
)
_NUMBER_START = re.compile(r"[\d一二两三四五六七八九十]")
_BRACKET_GROUP = r"[（(\[【][^（）()\[\]【】]*[）)\]】]"
_COUNT_LEAD = (
    rf"(?:{_BRACKET_GROUP})?[，,（(]?"
    r"(?:均|分别|共|总计|合计|累计|每类|每次|每个|每项|每年|年内|不少于|不低于|不得少于|至少|最少|各|[≥≧＞>])*"
)
_COUNT_LEAD_PATTERN = re.compile(_COUNT_LEAD)
_TIMES_A_YEAR = (("每半年", 2), ("每季度", 4), ("每季", 4), ("每两月", 6), ("每月", 12), ("每周", 52))
_PER_OCCASION = re.compile(rf"^[，,（(]?每次(?:活动)?(?P<n>{_NUMBER})[张份篇幅]")
_WORD_COUNT = re.compile(r"(?P<least>不少于|不低于|至少)?(?P<n>\d{2,5})字(?P<tail>左右|以上|以内|以下|内)?+")
_WORD_COUNT_BEFORE_NOUN = re.compile(rf"(?:^|[、，,和及与])(?:{_WORD_COUNT.pattern})的?[^、，,；;（()）\d]+$")
_YEAR_AT_END = re.compile(r"20\d\d$")
_BRACKET_START = re.compile(r"[（(](?=[^（）()]*[）)])")
_OCCASION_UNITS = ("次", "场", "个", "期", "种", "类", "项", "处", "家")
_SENTENCE = re.compile(r"[^。；;！!]+")
_MARK = re.compile(r"[①-⑳]|(?<![\d.])\d{1,2}[)）.、](?!\d)")
_POINTS = re.compile(
    r"^[^（(]{0,12}(?:[（(][^（）()分]*[）)])?[，,]?[（(](?:(?P<each>各)|得|计|共)?(?P<n>\d{1,3}(?:\.\d+)?)分[）)，,；;]"
)
_OPEN, _CLOSE = "（([【", "）)]】"
_BRACKET_OR_COMMA = re.compile(r"[（(\[【）)\]】，,]")
_COUNT_AFTER_COMMA = re.compile(r"[，,](?:每次(?:活动)?|各|共|不少于|至少)\d")
_OPENING = re.compile("[（(]")
_FORM = re.compile(r"[^（(]*[（(](?P<first>[含附包配])?")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]")
_JOINT = re.compile(r"[、或]|以及|(?<=[片图告案录单])[和及与]")
_JOINED_PHRASE = re.compile(r"(?:以及|[、和及与或])(?P<more>[^、，,（(]*)的[^、，,（(]*$")
_OR = re.compile(r"(?:[（(][^（）()]*[）)])?或者?")
_LEADING_MARKS = re.compile(r"^(?:或者|[、，,；;：:。）)（(\[【\]】和及与或]|以及|并|①|②|③|④|⑤|\d{1,2}[)）.、])+")
_WORDS_IN_BRACKET = re.compile(r"[（(][^（）()]*\d{2,5}字")
_BY_OTHERS = re.compile(r"由[^，,。；;]{0,20}(?:提供|报送|上报)|提供[）)]|提供$")
_MATERIAL_END = re.compile(r"[，,；;。（(]")
_NEW_ITEM = re.compile(
    r"^(?:以及|和|及|与|、|并|或者?)*"
    r"(?:开展|组织|参与|参加|反映|建立|制定|举办|落实|单位|学习|宣传|设置|相关|有关|活动)"
)
_SUMMARY = re.compile(r"等(?P<rest>[^，,。；;（()）]*)")
_MATERIAL = re.compile(r"(?:材料|资料|佐证)性?(?:材料|资料)?$")
_ACCOUNT_VERB = re.compile(r"(?:[①-⑳]|\d[)）])?(?:说明|列举|统计|介绍)(?!报告|材料)")
_PARENTHESIS = re.compile(r"[（(](?:如|见|即|指|不含|以下|包括?但不|其中)")
_COUNT_PER_OCCASION = re.compile(rf"每次(?:活动)?{_NUMBER}[张份篇幅]$")


_LEADING_COUNT = re.compile(
    rf"^(?:不少于|不低于|至少|最少|各|共)?{_NUMBER}(?:{alternation(_WORDS['counts']['measures'])}|字)"
    r"(?:以上|左右)?(?=[、，,；;和及与并])"
)
"""The number of the previous material at the start of a phrase: 报告|1份、图片."""
_FORM_BRACKET = re.compile(r"[（(]([^（）()]{2,40})[）)]")
_FORM_JOINT = re.compile(r"[、，,；;和及与或]|以及")
_AMOUNT_OF_FORM = re.compile(
    rf"(?:各|不少于|至少)?{_NUMBER}(?:{alternation(_WORDS['counts']['measures'])}|字)(?:以上|左右|以内)?$"
)
_LONGEST_FORM = 10
_MAX_LENGTH = 40_000


@dataclass(frozen=True, slots=True)
class _Count:
    """A minimum number with its unit; `is_each` if required of every one of several."""

    minimum: int | None = None
    unit: str | None = None
    is_each: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One material to submit.

    Attributes:
        kind: report, photo, document, plan, minutes, table, screenshot, list, certificate, news, link or other.
        min_count: The minimum number in all.
        unit: The measure word of the number.
        min_words: The minimum number of words.
        points: The points for it.
        group: Items of one group are alternatives.
        raw: The phrase.
    """

    kind: str
    min_count: int | None
    unit: str | None
    min_words: int | None
    points: Decimal | None
    group: str | None
    raw: str


@dataclass(frozen=True, slots=True)
class _Noun:
    """A noun of material: where its phrase begins, where the noun ends, its kind."""

    start: int
    end: int
    kind: str
    is_bracketed: bool


def read_evidence(text: str) -> list[EvidenceItem]:
    """Return the materials of an evidence cell, in order."""
    compact = unit_bracket().sub("", strip_whitespace(text)[:_MAX_LENGTH])
    if is_placeholder(compact) or _nothing_pattern().search(compact):
        return []
    return _number_groups(
        item
        for sentence in _SENTENCE.findall(compact)
        for item in _read_sentence(sentence, len(_MARK.findall(sentence)))
    )


def find_evidence(text: str) -> list[EvidenceItem]:
    """Return the materials to submit according to a requirement, in order.

    It asks for them (提供…, 报送…, 说明报告，300字左右), or a bracket says in what form something is shown
    （会议记录、图片）.
    """
    compact = unit_bracket().sub("", strip_whitespace(text)[:_MAX_LENGTH])
    items: list[EvidenceItem] = []
    for sentence in _SENTENCE.findall(compact):
        start = _request_start(sentence)
        if start is not None:
            items += _read_sentence(sentence[start:], len(re.findall("[①-⑳]", sentence)))
            continue
        for bracket in _FORM_BRACKET.finditer(sentence):
            if _holds_only_forms(bracket.group(1)):
                items += _read_sentence(bracket.group(), 1)
    return _number_groups(items)


def asks_for_material(text: str) -> bool:
    """Return whether a compact text asks for materials with a verb, or by a number of words."""
    return any(_request_start(sentence) is not None for sentence in _SENTENCE.findall(text))


@cache
def unit_bracket() -> re.Pattern[str]:
    """Return the pattern of a bracket that says who hands in: 【提供材料部门：团委】, （材料提供单位：办公室）."""
    return re.compile(
        rf"{labelled_bracket().pattern}|[【（(\[][^【】（）()\[\]:：]{{0,10}}(?:部门|单位|科室|股室|处室|责任人)"
        r"[:：][^【】（）()\[\]]{1,60}[】）)\]]"
    )


def _holds_only_forms(text: str) -> bool:
    """Return whether a bracket lists nothing but forms in which something is shown: 说明报告，实景图片2张."""
    forms = _WORDS["forms"]
    pieces = [_AMOUNT_OF_FORM.sub("", piece) for piece in _FORM_JOINT.split(text)]
    words = [piece for piece in pieces if piece]
    return bool(words) and all(_is_form(word, forms["kinds"], forms["documents"]) for word in words)


def _is_form(word: str, kinds: Sequence[str], documents: Sequence[str]) -> bool:
    if word in documents:
        return True
    noun = next((m for m in find_head_nouns(word) if m.end() == len(word)), None)
    return noun is not None and len(word) <= _LONGEST_FORM and kind_of(noun["noun"]) in kinds


def is_complete_statement(text: str) -> bool:
    """Return whether the text only states that all material is there: 已备齐, 材料齐全."""
    return _complete_pattern().fullmatch(strip_whitespace(text).rstrip("。.！!")) is not None


@cache
def _kind_by_noun() -> Mapping[str, str]:
    """Return the kind of material by head noun."""
    return {noun: kind for kind, nouns in _WORDS["kinds"].items() for noun in nouns}


@cache
def _endings() -> Mapping[str, str]:
    """Return the kind of material by the ending of a name that is not listed whole."""
    return {ending: kind for kind, endings in _WORDS["endings"].items() for ending in endings}


@cache
def _head_noun_pattern() -> re.Pattern[str]:
    """Return the pattern of a noun of material that ends its phrase and is not part of a longer name."""
    endings = "|".join(
        f"(?<=[\u3400-\u9fff]){_not_after(_WORDS['not_endings'].get(kind, []))}{alternation(words)}"
        for kind, words in _WORDS["endings"].items()
    )
    return re.compile(f"(?P<noun>{alternation(list(_kind_by_noun()))}|{endings})(?={_NOUN_BOUNDARY})")


def _not_after(characters: Sequence[str]) -> str:
    return f"(?<![{''.join(characters)}])" if characters else ""


def kind_of(noun: str) -> str:
    """Return the kind of a noun of material or of its ending."""
    return _kind_by_noun().get(noun) or _endings()[noun]


@cache
def _noun_start_pattern() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join({noun[0] for noun in [*_kind_by_noun(), *_endings()]}))}]")


def find_head_nouns(text: str) -> Iterator[re.Match[str]]:
    """Yield every noun of material that ends its phrase, in order."""
    return find_matches(_head_noun_pattern(), _noun_start_pattern(), text)


def _find_counts(text: str) -> Iterator[re.Match[str]]:
    """Yield every number with its measure word, in order."""
    return find_matches(_count_pattern(), _NUMBER_START, text)


@cache
def _count_pattern() -> re.Pattern[str]:
    """Return the pattern of a number with its measure word; of a range the lower end.

    A measure that begins another word is none: 七部委.
    """
    guards = load_toml("thresholds")["guards"]
    measures = "|".join(
        re.escape(measure) + (f"(?![{guards[measure]}])" if measure in guards else "")
        for measure in sorted(_WORDS["counts"]["measures"], key=len, reverse=True)
    )
    return re.compile(
        rf"(?<![第前近后每个\d.])(?P<n>{_NUMBER})(?:\s*[-—－–~～至]\s*(?P<most>{_NUMBER}))?(?P<more>多|余)?(?P<unit>(?:{measures}))(?!一)"
    )


@cache
def _request_verb_pattern() -> re.Pattern[str]:
    """Return the pattern of verbs that request material."""
    words = _WORDS["asking"]
    return re.compile(f"(?<!交流)(?<!移)(?:{alternation([v for v in words['verbs'] if v != '交'])})")


@cache
def _not_submitted_pattern() -> re.Pattern[str]:
    """Return the pattern of what is offered to others or inspected on site."""
    words = _WORDS["excluded"]
    return re.compile(f"(?:{alternation(words['offered'])})$|{alternation(words['on_site'])}")


@cache
def _on_site_pattern() -> re.Pattern[str]:
    return re.compile(alternation(_WORDS["excluded"]["on_site"]))


@cache
def _nothing_pattern() -> re.Pattern[str]:
    return re.compile(alternation(_WORDS["asking"]["nothing"]))


@cache
def _complete_pattern() -> re.Pattern[str]:
    """Return the pattern of a text that states that all material is present."""
    words = _WORDS["complete"]
    return re.compile(
        f"(?:{alternation(words['what'])})?(?:{alternation(words['all'])})?(?:{alternation(words['there'])})"
    )


def _parse_number(text: str) -> int:
    value = parse_integer(text)
    if value is None:
        raise ValueError(f"not a numeral: {text}")
    return value


def _count_before(phrase: str) -> _Count:
    """Return the number that opens a phrase: 2次活动照片, 至少2张宣传图片, 不少于4次的项目列表."""
    match = next(reversed(list(_find_counts(phrase))), None)
    if match is None or _YEAR_AT_END.search(phrase[: match.start()]):
        return _Count()
    return _Count(_parse_number(match["n"]), match["unit"])


def _count_after(tail: str) -> _Count:
    """Return the number right after a noun: 图片不少于4张, 图片（每类各10张）, 照片各2张, 截图每月1张."""
    if not tail:
        return _Count()
    lead = _COUNT_LEAD_PATTERN.match(tail)
    starts = {lead.end() if lead else 0, 0}
    if _BRACKET_START.match(tail):
        inner_lead = _COUNT_LEAD_PATTERN.match(tail[1:])
        starts.add(1 + (inner_lead.end() if inner_lead else 0))
    for start in sorted(starts, reverse=True):
        match = _count_pattern().match(tail, start)
        if match is None:
            continue
        opening = tail[:start]
        return _Count(_parse_number(match["n"]), match["unit"], "各" in opening or "分别" in opening)
    inner = tail.lstrip("（(，,")
    for word, times in _TIMES_A_YEAR if inner.startswith("每") else ():
        match = _count_pattern().match(inner, len(word)) if inner.startswith(word) else None
        if match is not None:
            return _Count(times * _parse_number(match["n"]), match["unit"])
    return _Count()


def _combine_counts(before: _Count, after: _Count, tail: str, mark_count: int) -> _Count:
    """Combine the numbers before and after a noun.

    2次活动照片各2张 and 2次活动图片，每次2张 are 4; otherwise the number after it counts.
    """
    more = _PER_OCCASION.match(tail)
    if before.minimum and more and after.minimum is None:
        return _Count(before.minimum * _parse_number(more["n"]), "张")
    if after.minimum is None:
        return before
    if after.is_each and before.minimum and before.unit in _OCCASION_UNITS:
        return _Count(before.minimum * after.minimum, after.unit, True)
    if after.is_each and mark_count > 1:
        return _Count(mark_count * after.minimum, after.unit, True)
    return after


def _min_words(phrase: str, tail: str) -> int | None:
    """Return the minimum number of words before a noun (200字以上文字说明) or after it; 以内 sets none.

    `phrase` ends with the noun, `tail` continues to the end of the next one; a number right before that belongs to it.
    """
    if "字" not in phrase and "字" not in tail:
        return None
    next_words = _WORD_COUNT_BEFORE_NOUN.search(tail)
    match = _WORD_COUNT_BEFORE_NOUN.search(phrase) or _WORD_COUNT.search(
        tail, 0, next_words.start() if next_words else len(tail)
    )
    if match is None or (match["tail"] in ("以内", "以下", "内") and not match["least"]):
        return None
    return int(match["n"])


def _request_start(sentence: str) -> int | None:
    """Return where a sentence begins to request material, None if it does not."""
    for verb in _request_verb_pattern().finditer(sentence):
        around = sentence[max(0, verb.start() - 24) : verb.end() + 1]
        rest = sentence[verb.end() :]
        if _BY_OTHERS.search(around) or rest.startswith(("的", "有关资料", "相关信息")) or not rest:
            continue
        return verb.start()
    words = _WORDS_IN_BRACKET.search(sentence)
    return 0 if words and _head_noun_pattern().search(sentence[: words.start()] + "（") else None


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
        depth += (char in _OPEN) - (char in _CLOSE and depth > 0)
        if char in "，," and depth == 0 and not _COUNT_AFTER_COMMA.match(sentence, mark.start()):
            yield sentence[start : mark.start()]
            start = mark.end()
    yield sentence[start:]


def _read_sentence(sentence: str, mark_count: int) -> list[EvidenceItem]:
    items: list[EvidenceItem] = []
    parts = [(part, _find_nouns(part)) for part in _split_parts(sentence) if not _on_site_pattern().search(part)]
    has_nouns = any(nouns for _, nouns in parts)
    for n, (part, nouns) in enumerate(parts):
        if nouns:
            items += _read_part(part, nouns, mark_count, f"{sentence}{n}")
        elif not has_nouns and (unnamed := _read_unnamed(part)):
            items.append(unnamed)
        elif items and (after := _count_after(part)).minimum is not None and items[-1].min_count is None:
            items[-1] = replace(items[-1], min_count=after.minimum, unit=after.unit)
        elif items and items[-1].min_words is None:
            items[-1] = replace(items[-1], min_words=_min_words("", part))
    return items


def _bracket_depths(part: str) -> list[int]:
    if not _OPENING.search(part):
        return [0] * len(part)
    depth, depths = 0, []
    for char in part:
        depth += char in _OPEN
        depths.append(depth)
        depth -= char in _CLOSE and depth > 0
    return depths


def _find_nouns(part: str) -> list[_Noun]:
    """Return the nouns that end their phrases; a form in a bracket represents the phrase before it."""
    depths = _bracket_depths(part)
    nouns: list[_Noun] = []
    start = 0
    copies = _WORDS["copies"]
    account = _ACCOUNT_VERB.match(part)
    for match in find_head_nouns(part):
        is_bracketed = depths[match.start()] > 0
        kind = kind_of(match["noun"])
        summary = _SUMMARY.match(part, match.end())
        rest = summary["rest"] if summary and not is_bracketed else ""
        is_parenthesis = is_bracketed and _PARENTHESIS.match(part, max(part.rfind("（", 0, match.start()), 0))
        if nouns and match.start() == nouns[-1].end and match["noun"] in copies["words"]:
            # 会议纪要复印件 is minutes.
            nouns[-1] = replace(nouns[-1], end=match.end())
            start = match.end()
            continue
        if nouns and part[nouns[-1].end : match.end()].lstrip("（(") in copies["looks"] and is_bracketed:
            # 工作方案（红头文件） is a plan.
            start = match.end()
            continue
        # 演讲征文等方式 is a manner, 每次1张图片 continues the number before.
        is_manner = rest and not _MATERIAL.search(rest)
        if (
            is_parenthesis
            or is_manner
            or _COUNT_PER_OCCASION.search(part[: match.start()])
            or (account and not is_bracketed and kind == "document")
        ):
            continue
        nouns.append(_Noun(start, match.end(), kind, is_bracketed))
        start = match.end()
        if rest:
            # A、B等佐证材料: the rest is a summary.
            break
    return [noun for k, noun in enumerate(nouns) if not _is_modifier(part, noun, nouns[k + 1 :])]


def _is_modifier(part: str, noun: _Noun, later: Sequence[_Noun]) -> bool:
    """Return whether a noun is part of the next one's name, or a bracket gives the form of its phrase."""
    if not later:
        return False
    between = part[noun.end : later[0].end]
    if between in _kind_by_noun() or between in _endings():
        # 活动方案汇编: two nouns of one name.
        return True
    if (
        not noun.is_bracketed
        and later[0].is_bracketed
        and "，" not in part[noun.end : part.rfind("（", 0, later[0].end) + 1]
    ):
        opening = _FORM.match(between)
        return not (opening and opening["first"])
    return _JOINED_PHRASE.match(between) is not None and not _NEW_ITEM.match(between)


def _read_part(part: str, nouns: Sequence[_Noun], mark_count: int, group: str) -> list[EvidenceItem]:
    items: list[EvidenceItem] = []
    counts_before: list[_Count] = []
    after = _Count()
    bundle = _count_before_bracket(part) if nouns[0].is_bracketed else _Count()
    if bundle.unit in _WORDS["counts"]["not_of_paper"]:
        bundle = _Count()
    for k, noun in enumerate(nouns):
        end = nouns[k + 1].end if k + 1 < len(nouns) else len(part)
        phrase, tail = part[noun.start : noun.end], part[noun.end : end]
        after = _count_after(tail)
        counts_before.append(_count_in_phrase(phrase, noun))
        count = _combine_counts(counts_before[k], after, tail, mark_count)
        if count.minimum is None and noun.is_bracketed:
            count = bundle
        raw = _trim_phrase(_LEADING_COUNT.sub("", phrase) if k else phrase)
        is_last = k + 1 == len(nouns)
        scored = _POINTS.match(tail) if is_last else None
        items.append(
            EvidenceItem(
                noun.kind, count.minimum, count.unit, _min_words(phrase, tail),
                Decimal(scored["n"]) if scored else None,
                None, raw,
            )
        )  # fmt: skip
    if scored and scored["each"]:
        items = [replace(item, points=Decimal(scored["n"])) for item in items]
    links = [part[a.end : b.end] for a, b in pairwise(nouns)]
    return _apply_alternatives(links, items, counts_before, after.is_each, group) if links else items


def _count_before_bracket(part: str) -> _Count:
    """Return the number of the phrase before a bracket if it ends with a noun of material."""
    before = _OPENING.split(part, maxsplit=1)[0]
    return _count_before(before) if _head_noun_pattern().search(f"{before}（", len(before) - 4) else _Count()


def _count_in_phrase(phrase: str, noun: _Noun) -> _Count:
    own = _OPENING.split(phrase)[-1] if noun.is_bracketed else _JOINT.split(_BRACKET.sub("", phrase))[-1]
    count = _count_before(own)
    is_unfit = noun.kind in _WORDS["counts"]["paper"] and count.unit in _WORDS["counts"]["not_of_paper"]
    return _Count() if is_unfit else count


def _apply_alternatives(
    links: Sequence[str], items: list[EvidenceItem], counts_before: Sequence[_Count], is_each: bool, group: str
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
    verbs = [verb.end() for verb in _request_verb_pattern().finditer(phrase) if verb.end() < len(phrase)]
    phrase = phrase[verbs[-1] :] if verbs else phrase
    phrase = _LEADING_MARKS.sub("", phrase)
    if phrase.count("（") != phrase.count("）"):
        phrase = phrase.rsplit("（", 1)[-1]
    return phrase


def _read_unnamed(part: str) -> EvidenceItem | None:
    """Return material whose name is not in the vocabulary: 提供挂包区域."""
    verb = re.match(r"(?:[①-⑳]|\d[)）])?(?:请|须|需|并|可)?(?:提供|提交|上传)(?P<what>.+)$", part)
    if verb is None:
        return None
    material = _MATERIAL_END.split(verb["what"])[0]
    if (
        not 2 <= len(material) <= 24
        or _not_submitted_pattern().search(material)
        or re.search(r"[的了为]$|情况$", material)
    ):
        return None
    if any(word in material for word in _WORDS["excluded"]["offered"]):
        return None
    count = _combine_counts(_count_before(material), _count_after(verb["what"][len(material) :]), "", 1)
    return EvidenceItem("other", count.minimum, count.unit, None, None, None, material)
