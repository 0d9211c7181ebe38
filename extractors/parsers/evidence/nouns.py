"""Nouns of material: which word ends a phrase, what kind it is, which nouns are part of the name of another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from extractors.normalize import find_matches
from extractors.parsers.evidence.counts import NUMBER
from extractors.parsers.evidence.model import Noun
from extractors.parsers.quantities import APART, AT_LEAST, AT_MOST, NOT_BOUND
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("evidence")
_NOUN_BOUNDARY = (
    rf"$|[→、，,；;。.：:！!）)(\[【/\n及和与或等各共并①-⑳]|以及|并且|{APART}|若干|以上|[≥≧＞>]|\d"
    rf"|(?:{AT_LEAST}|{AT_MOST}|一式)[（(]?{NUMBER}"
    rf"|{NUMBER}[多余]?(?:份|张|篇|条|次|套|本|个|幅|组)|每(?:次|类|个|月|季|年|场|期|半年)|原件|复印|扫描|电子版|打印|样[本张稿]|汇总(?!表)|为主|为证|为据"
    # 奖证（牌）图片: a bracket inside a name.
    r"|（(?=[一二三四五六七八九十])|（(?![\u3400-\u9fff]{1,2}）[\u3400-\u9fff])|（(?=[\u3400-\u9fff]{1,2}）[和及与或等各共并])"
    # A name in quotes is whole: “会议记录”“通知”等资料.
    r"|[”」](?:$|[“「、，,；;。（(）)等和及与或→])"
)
OPEN, CLOSE = "（([【", "）)]】"
OPENING = re.compile("[（(]")
_FORM = re.compile(
    rf"[（(](?:每[张份篇幅]|(?:{NUMBER}[-—－–~～至])?{NUMBER}[张份篇幅](?:以上)?[，,]?并)?(?P<first>[含附包配])?[^（()）、，,；;]*"
)
_BUNDLE = re.compile(r"(?:材料|资料|依据)$")
_LEAST_IN_BUNDLE = 2
"""Materials in a bracket that stand for the name before it: 全套资料（包括方案、图片）."""
_JOINED_PHRASE = re.compile(r"(?:以及|[、和及与或])(?P<more>[^、，,（(]*)的[^、，,（(]*$")
_LONGEST_CLAUSE = 2
_LONGEST_NAME = 14
"""Characters of a name that ends with a general word: 单位的有关公示情况; a longer text is a clause."""
_NEW_ITEM = re.compile(
    r"^(?:以及|和|及|与|、|并|或者?)*"
    r"(?:有|带|开展|组织|参与|参加|反映|建立|制定|举办|落实|单位|学习|宣传|设置|相关|有关|活动)"
)
_SUMMARY = re.compile(r"[”」]?等(?P<rest>[^，,。；;（()）]*)")
_MATERIAL = re.compile(r"(?:材料|资料|佐证)性?(?:材料|资料)?$")
_ACCOUNT_VERB = re.compile(r"(?:[①-⑳]|\d[)）])?(?:说明|列举|统计|介绍)(?!报告|材料)")
_PARENTHESIS = re.compile(r"[（(](?:如|见|即|指|不含|以下|包括?但不|其中)")
_SERIES = re.compile("→|[”」][、，]?[“「]|、")
_LEAST_IN_SERIES, _LEAST_KNOWN, _LONGEST_KNOWN = 3, 5, 6
"""Nouns of a series, of one with a name that is no noun, and the length of a name after it: 组织机构、志愿者花名册."""
_ANY_NUMBER = re.compile(r"[\d一二两三四五六七八九十]")
_SHORT_NAME = re.compile(r"[\u3400-\u9fff]{3,10}(?<!等)")
_COUNT_PER_OCCASION = re.compile(
    rf"每(?:[次场期]|个?节日)(?:活动)?{AT_LEAST}?{NUMBER}(?:[-—－–~～至]{NUMBER})?[张份篇幅]$"
)


@cache
def _kind_by_noun() -> Mapping[str, str]:
    """Return the kind of material by head noun."""
    return {noun: kind for kind, nouns in _WORDS["kinds"].items() for noun in nouns}


@cache
def _endings() -> Mapping[str, str]:
    """Return the kind of material by the ending of a name that is not listed whole."""
    return {ending: kind for kind, endings in _WORDS["endings"].items() for ending in endings}


@cache
def head_noun_pattern() -> re.Pattern[str]:
    """Return the pattern of a noun of material that ends its phrase and is not part of a longer name."""
    endings = "|".join(
        f"(?<=[\u3400-\u9fff]){_not_after(ending)}{ending}"
        for ending in sorted(_endings(), key=lambda ending: (-len(ending), ending))
    )
    return re.compile(f"(?P<noun>{_media()}|{alternation(list(_kind_by_noun()))}|{endings})(?={_NOUN_BOUNDARY})")


def _media() -> str:
    """Return the expression of a medium in a series of them that ends with 资料: 文字、图文、视频资料."""
    media = _WORDS["media"]
    named = [*media["document"], *media["photo"]]
    series = (
        f"(?:[、和及与或]{alternation([*named, *media['others']])}){{1,6}}等?(?:相关|有关)?{alternation(media['ends'])}"
    )
    return f"{alternation(named)}(?={series})"


def _not_after(ending: str) -> str:
    """Return the expression that excludes the characters that make another word of an ending: 代表, 图书."""
    characters = {word.removesuffix(ending)[-1] for word in _WORDS["not_endings"]["words"] if word.endswith(ending)}
    return f"(?<![{''.join(sorted(characters))}])" if characters else ""


def kind_of(noun: str) -> str:
    """Return the kind of a noun of material or of its ending."""
    return (
        _kind_by_noun().get(noun)
        or _endings().get(noun)
        or _kind_by_medium().get(noun)
        or _kind_by_general_noun()[noun]
    )


@cache
def _kind_by_medium() -> Mapping[str, str]:
    media = _WORDS["media"]
    return {word: kind for kind in ("document", "photo") for word in media[kind]}


@cache
def _general_noun_pattern() -> re.Pattern[str]:
    """Return the pattern of a word that names a material only among materials: 检查评比情况."""
    return re.compile(f"(?<=[\u3400-\u9fff])(?P<noun>{alternation(_kind_by_general_noun())})(?={_NOUN_BOUNDARY})")


@cache
def _not_led_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:[①-⑳]|\d{{1,2}}[)）.、])?{alternation(_WORDS['general']['not_led_by'])}")


@cache
def _kind_by_general_noun() -> Mapping[str, str]:
    general = _WORDS["general"]
    return {noun: kind for kind in ("report", "document", "other") for noun in general[kind]}


@cache
def _noun_start_pattern() -> re.Pattern[str]:
    return re.compile(alternation([*_kind_by_noun(), *_endings(), *_kind_by_medium()]))


def find_head_nouns(text: str) -> Iterator[re.Match[str]]:
    """Yield every noun of material that ends its phrase, in order."""
    return find_matches(head_noun_pattern(), _noun_start_pattern(), text)


def find_general_nouns(text: str) -> Iterator[re.Match[str]]:
    """Yield every word outside of brackets that names a material only among materials, in order."""
    if _not_led_pattern().match(text):
        return
    found = list(_general_noun_pattern().finditer(text))
    depths = _bracket_depths(text) if found else []
    for match in found:
        phrase = re.split("[、，,；;]", text[: match.end()])[-1]
        if depths[match.start()] == 0 and len(phrase) <= _LONGEST_NAME:
            yield match


def _bracket_depths(part: str) -> list[int]:
    if not OPENING.search(part):
        return [0] * len(part)
    depth, depths = 0, []
    for char in part:
        depth += char in OPEN
        depths.append(depth)
        depth -= char in CLOSE and depth > 0
    return depths


def find_nouns(part: str, *, is_among_materials: bool = False) -> list[Noun]:
    """Return the nouns that end their phrases; a form in a bracket represents the phrase before it.

    Args:
        part: Text without a comma outside of brackets.
        is_among_materials: Whether nothing but materials stands there, as in their column.
    """
    found = list(_find_all_nouns(part) if is_among_materials else find_head_nouns(part))
    depths = _bracket_depths(part) if found else []
    nouns: list[Noun] = []
    start = 0
    copies = _WORDS["copies"]
    account = _ACCOUNT_VERB.match(part)
    for match in found:
        is_bracketed = depths[match.start()] > 0
        is_counted = match.re is _counted_name_pattern()
        kind = _kind_of_counted(match["noun"]) if is_counted else kind_of(match["noun"])
        summary = _SUMMARY.match(part, match.end())
        rest = summary["rest"] if summary and not is_bracketed else ""
        is_parenthesis = is_bracketed and _PARENTHESIS.match(part, max(part.rfind("（", 0, match.start()), 0))
        if nouns and (
            (match.start() == nouns[-1].end and match["noun"] in copies["words"]) or _is_again(part, nouns[-1], match)
        ):
            # 会议纪要复印件 is minutes, 记录或记录复印件 one record.
            nouns[-1] = nouns[-1]._replace(end=match.end())
            start = match.end()
            continue
        if nouns and part[nouns[-1].end : match.end()].lstrip("（(") in copies["looks"] and is_bracketed:
            # 工作方案（红头文件） is a plan.
            start = match.end()
            continue
        # 演讲征文等方式 is a manner, 每次1张图片 continues the number before.
        is_manner = rest and not _is_summary(rest)
        if (
            is_parenthesis
            or is_manner
            or _COUNT_PER_OCCASION.search(part[: match.start()])
            or (account and not is_bracketed and kind == "document")
            # 报道截图（市级媒体3篇）: the number is of the material before the bracket.
            or (is_counted and is_bracketed and nouns and OPENING.match(part, nouns[-1].end))
        ):
            continue
        nouns.append(Noun(start, match.end(), kind, is_bracketed))
        start = match.end()
        if rest:
            # A、B等佐证材料: the rest is a summary.
            break
    named = [noun for k, noun in enumerate(nouns) if not _is_modifier(part, noun, nouns[k + 1 :])]
    return list(_name_the_rest(part, named)) if is_among_materials else named


def _find_all_nouns(text: str) -> list[re.Match[str]]:
    """Return the nouns of material and, where none stands, the words that name one only there, in order."""
    readers = (_find_counted_names, find_general_nouns, find_head_nouns)
    found = {match.end(): match for read in readers for match in read(text)}
    return [found[end] for end in sorted(found)]


@cache
def _counted_name_pattern() -> re.Pattern[str]:
    """Return the pattern of the end of a name that only its number shows to be of paper: 工作信息2条."""
    general = _WORDS["general"]
    return re.compile(
        rf"(?P<noun>[\u3400-\u9fff]{{2}})(?<![{''.join(general['not_before_number'])}]){NOT_BOUND}"
        rf"(?=(?:{AT_LEAST}|各|共)?{NUMBER}{alternation(general['counted_by'])}(?:以上|左右)?(?:[、，,；;。）)（(和及与并]|$))"
    )


def _find_counted_names(text: str) -> Iterator[re.Match[str]]:
    if _ANY_NUMBER.search(text) and not _not_counted_pattern().search(text):
        yield from _counted_name_pattern().finditer(text)


@cache
def _not_counted_pattern() -> re.Pattern[str]:
    return re.compile(alternation(_WORDS["general"]["not_counted_with"]))


def _kind_of_counted(noun: str) -> str:
    return "news" if noun in _WORDS["general"]["news"] else "other"


def _name_the_rest(part: str, nouns: Sequence[Noun]) -> Iterator[Noun]:
    """Yield the nouns, and what stands between them in a series of materials without being a known noun.

    A chain (方案→主持词→谈感悟) and a series of quotes separate whole names; in a list with 、 only one name that is
    unlike all the others is a material of its own, and only if the next name is too short to share its end.
    """
    pieces = [_SERIES.split(part[noun.start : noun.end].lstrip("、→")) for noun in nouns]
    unknown = sum(len(one) - 1 for one in pieces)
    for noun, split in zip(nouns, pieces, strict=True):
        start = noun.start
        is_list = len(nouns) >= _LEAST_KNOWN and unknown == 1 and len(split) > 1 and _is_own_name(split)
        for mark in _SERIES.finditer(part, noun.start, noun.end) if len(nouns) >= _LEAST_IN_SERIES else ():
            if (mark.group() != "、" or is_list) and mark.start() > start:
                yield Noun(start, mark.start(), "other", noun.is_bracketed)
                start = mark.end()
        yield noun._replace(start=start)


def _is_own_name(pieces: Sequence[str]) -> bool:
    unknown, known = pieces[-2].lstrip("，,；;和及与或"), pieces[-1]
    return _SHORT_NAME.fullmatch(unknown) is not None and len(known) <= _LONGEST_KNOWN and "的" not in known


def _is_again(part: str, noun: Noun, match: re.Match[str]) -> bool:
    """Return whether a noun says the one before it again: 会议记录或记录复印页."""
    return part[noun.end : match.start()] in ("或", "或者") and part[noun.start : noun.end].endswith(match["noun"])


def _is_summary(rest: str) -> bool:
    """Return whether what follows 等 only names the sort of what was listed: 等佐证材料, 等凭证, not 等活动图片资料."""
    if rest in _WORDS["summaries"]["words"]:
        return True
    last = next(reversed(list(find_head_nouns(rest))), None)
    return _MATERIAL.search(rest) is not None and not (last and kind_of(last["noun"]) in _WORDS["media"]["kinds"])


def _is_modifier(part: str, noun: Noun, later: Sequence[Noun]) -> bool:
    """Return whether a noun is part of the next one's name, or a bracket gives the form of its phrase."""
    if not later:
        return False
    between = part[noun.end : later[0].end]
    if between in _kind_by_noun() or between in _endings():
        # 活动方案汇编: two nouns of one name.
        return True
    if not noun.is_bracketed and later[0].is_bracketed:
        return _stands_for_phrase(part, noun, later)
    if _is_example(between):
        return True
    joined = _JOINED_PHRASE.match(between)
    # 倡议书、签订的责任书: the second has a short clause of its own.
    return joined is not None and len(joined["more"]) > _LONGEST_CLAUSE and not _NEW_ITEM.match(between)


def _stands_for_phrase(part: str, noun: Noun, later: Sequence[Noun]) -> bool:
    """Return whether a bracket names the form of the phrase before it, or what a bundle consists of."""
    start = max(part.rfind(bracket, 0, later[0].end) for bracket in "（(")
    opening = _FORM.match(part, start)
    if opening is None or "，" in part[noun.end : start]:
        return False
    listed = sum(one.is_bracketed for one in later)
    if _BUNDLE.search(part[noun.start : noun.end]) and listed >= _LEAST_IN_BUNDLE and opening["first"] in (None, "包"):
        return True
    return opening["first"] is None and opening.end() >= later[0].end


def _is_example(between: str) -> bool:
    """Return whether what follows a noun lists it among others that a later noun shows: 公约、纪律等宣传的照片."""
    before, mark, after = between.rpartition("等")
    if not mark or between[0] not in "、和及与或" or "，" in before or set("、，,（(") & set(after):
        return False
    last = next(reversed(list(find_head_nouns(after))), None)
    return "的" in after or (last is not None and kind_of(last["noun"]) in _WORDS["media"]["kinds"])
