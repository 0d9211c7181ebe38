"""Nouns of material: which word ends a phrase, what kind it is, which nouns are part of the name of another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from extractors.normalize import find_matches
from extractors.parsers.evidence.counts import NUMBER
from extractors.parsers.evidence.model import Noun
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("evidence")
_NOUN_BOUNDARY = (
    r"$|[、，,；;。.：:！!）)（(\[【/\n及和与或等各共并①-⑳]|以及|并且|不少于|不低于|不得少于|至少|最少|若干|以上|[≥≧＞>]|\d"
    rf"|{NUMBER}(?:份|张|篇|条|次|套|本|个|幅|组)|每(?:次|类|个|月|季|年|场|期|半年)|原件|复印|扫描|电子版|打印|为主|为证"
)
OPEN, CLOSE = "（([【", "）)]】"
OPENING = re.compile("[（(]")
_FORM = re.compile(r"[^（(]*[（(](?P<first>[含附包配])?")
_JOINED_PHRASE = re.compile(r"(?:以及|[、和及与或])(?P<more>[^、，,（(]*)的[^、，,（(]*$")
_NEW_ITEM = re.compile(
    r"^(?:以及|和|及|与|、|并|或者?)*"
    r"(?:开展|组织|参与|参加|反映|建立|制定|举办|落实|单位|学习|宣传|设置|相关|有关|活动)"
)
_SUMMARY = re.compile(r"等(?P<rest>[^，,。；;（()）]*)")
_MATERIAL = re.compile(r"(?:材料|资料|佐证)性?(?:材料|资料)?$")
_ACCOUNT_VERB = re.compile(r"(?:[①-⑳]|\d[)）])?(?:说明|列举|统计|介绍)(?!报告|材料)")
_PARENTHESIS = re.compile(r"[（(](?:如|见|即|指|不含|以下|包括?但不|其中)")
_COUNT_PER_OCCASION = re.compile(rf"每次(?:活动)?{NUMBER}[张份篇幅]$")


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
    return find_matches(head_noun_pattern(), _noun_start_pattern(), text)


def _bracket_depths(part: str) -> list[int]:
    if not OPENING.search(part):
        return [0] * len(part)
    depth, depths = 0, []
    for char in part:
        depth += char in OPEN
        depths.append(depth)
        depth -= char in CLOSE and depth > 0
    return depths


def find_nouns(part: str) -> list[Noun]:
    """Return the nouns that end their phrases; a form in a bracket represents the phrase before it."""
    depths = _bracket_depths(part)
    nouns: list[Noun] = []
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
        nouns.append(Noun(start, match.end(), kind, is_bracketed))
        start = match.end()
        if rest:
            # A、B等佐证材料: the rest is a summary.
            break
    return [noun for k, noun in enumerate(nouns) if not _is_modifier(part, noun, nouns[k + 1 :])]


def _is_modifier(part: str, noun: Noun, later: Sequence[Noun]) -> bool:
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
