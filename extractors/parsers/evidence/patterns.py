"""The vocabulary of evidence as patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from extractors import vocabulary
from extractors.normalize import matches_at

DIGITS: Mapping[str, int] = {c: n for n, c in enumerate("〇一二三四五六七八九十")} | {"两": 2, "零": 0}
NUMBER = r"(?:\d{1,4}|十[一二三四五六七八九]?|[一二两三四五六七八九](?:十[一二三四五六七八九]?)?)"
_GOES_ON = (
    r"$|[、，,；;。.：:！!）)（(\[【/\n及和与或等各共并①-⑳]|以及|并且|不少于|不低于|不得少于|至少|最少|若干|以上|[≥≧＞>]|\d"
    rf"|{NUMBER}(?:份|张|篇|条|次|套|本|个|幅|组)|每(?:次|类|个|月|季|年|场|期|半年)|原件|复印|扫描|电子版|打印|为主|为证"
)


def data() -> Mapping[str, Any]:
    """The tables of `evidence.toml`."""
    return vocabulary.toml("evidence")


def alternatives(words: list[str]) -> str:
    """A pattern of any of these words, longer ones first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def kind_of() -> Mapping[str, str]:
    """Head noun -> kind."""
    return {noun: kind for kind, nouns in data()["kinds"].items() for noun in nouns}


@cache
def head_noun() -> re.Pattern[str]:
    """A noun of material that ends its phrase: what stands behind it is no part of a longer name."""
    return re.compile(f"(?P<noun>{alternatives(list(kind_of()))})(?={_GOES_ON})")


@cache
def _noun_begins() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join({noun[0] for noun in kind_of()}))}]")


def head_nouns(text: str) -> Iterator[re.Match[str]]:
    """Every noun of material of a text that ends its phrase, in order."""
    return matches_at(head_noun(), _noun_begins(), text)


_NUMBER_BEGINS = re.compile(r"[\d一二两三四五六七八九十]")


def counts(text: str) -> Iterator[re.Match[str]]:
    """Every number of a text with its measure word, in order."""
    return matches_at(count(), _NUMBER_BEGINS, text)


@cache
def count() -> re.Pattern[str]:
    """A number with its measure word, a span giving its lower end."""
    measures = alternatives(data()["counts"]["measures"])
    return re.compile(
        rf"(?<![第前近后\d.])(?P<n>{NUMBER})(?:\s*[-—－–~～至]\s*(?P<most>{NUMBER}))?(?P<more>多|余)?(?P<unit>{measures})"
    )


@cache
def asking() -> re.Pattern[str]:
    """A verb that asks for material."""
    words = data()["asking"]
    return re.compile(f"(?<!交流)(?<!移)(?:{alternatives([v for v in words['verbs'] if v != '交'])})")


@cache
def weakly_asking() -> re.Pattern[str]:
    """A verb that asks for an account: it counts only with its form in brackets."""
    return re.compile(alternatives(data()["asking"]["weak"]))


@cache
def not_handed_in() -> re.Pattern[str]:
    """What is offered to others, and what is looked at on the spot."""
    words = data()["excluded"]
    return re.compile(f"(?:{alternatives(words['offered'])})$|{alternatives(words['on_site'])}")


@cache
def on_site() -> re.Pattern[str]:
    """Checks on the spot."""
    return re.compile(alternatives(data()["excluded"]["on_site"]))


@cache
def nothing() -> re.Pattern[str]:
    """Words that say there is nothing to hand in."""
    return re.compile(alternatives(data()["asking"]["nothing"]))


@cache
def complete() -> re.Pattern[str]:
    """A whole text that says that all material is there."""
    said = data()["complete"]
    return re.compile(
        f"(?:{alternatives(said['what'])})?(?:{alternatives(said['all'])})?(?:{alternatives(said['there'])})"
    )


def value(number: str) -> int:
    """The value of a number in digits or in Chinese up to 99."""
    if number.isdecimal():
        return int(number)
    tens, mark, ones = number.partition("十")
    if not mark:
        return DIGITS[number]
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)
