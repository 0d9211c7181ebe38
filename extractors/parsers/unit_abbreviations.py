"""Short names of units that a notice explains itself: 注：文中“政工”指政治工作科 → 政工 = 政治工作科."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from extractors.normalize import strip_whitespace
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("parties")
_NAME = r"[\u4e00-\u9fffA-Za-z0-9（）()]"
_QUOTED: Final = re.compile(
    rf"(?P<shorts>(?:[“\"「][\u4e00-\u9fff]{{2,8}}[”\"」][、，,和及]?){{1,30}})"
    rf"(?:{alternation(_WORDS['abbreviation_verbs'])})(?P<names>{_NAME}{{3,24}}(?:[、，,和及]{_NAME}{{3,24}}){{0,29}})"
)
"""“A”指X, “A”“B”分别指X、Y."""
_QUOTE: Final = re.compile('[“"「]([\u4e00-\u9fff]{2,8})[”"」]')
_BRACKETED: Final = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{3,24}})[（(](?:以下)?(?:{alternation(_WORDS['abbreviation_nouns'])})[为：:]?"
    r"[“\"「]?(?P<short>[\u4e00-\u9fff]{2,8})[”\"」]?[）)]"
)
"""X（以下简称A）; whether X begins earlier or later is settled by the characters of A."""
_PLAIN: Final = re.compile(
    rf"^(?:(?P<name>[\u4e00-\u9fff]{{3,24}})(?:以下)?(?:{alternation(_WORDS['abbreviation_nouns'])})[为：:]?(?P<short>[\u4e00-\u9fff]{{2,8}})"
    rf"|(?P<first>[\u4e00-\u9fff]{{2,8}}?)(?:{alternation(_WORDS['abbreviation_verbs'])}|=|＝)(?P<last>[\u4e00-\u9fff]{{3,24}}))$"
)
"""X简称A, A即X, as a part of a note between marks."""
_PART: Final = re.compile(r"[、，,；;。:：\n]+")
_LIST_MARK: Final = re.compile(r"[、，,]")
_NOTE: Final = re.compile(rf"^[（(*＊※]*(?:{alternation(load_toml('rows')['note'])})")
_TRAILING: Final = re.compile(rf"的?{alternation(_WORDS['abbreviation_nouns'])}$")
_LEADING: Final = re.compile(rf"^{alternation(_WORDS['before_names'])}")


def read_abbreviations(lines: Iterable[str], is_unit: Callable[[str], bool]) -> dict[str, str]:
    """Return short name → full name as the lines explain them.

    Without quotation marks both must be names of units, and the short one must consist of characters of the full one
    in their order: 宣教科, but not 办公室, is short for 宣传教育科.

    Args:
        lines: The lines of the body and the notes of its tables.
        is_unit: Whether a text ends like the name of a unit.
    """
    found: dict[str, str] = {}
    for line in lines:
        compact = strip_whitespace(line)
        for match in _QUOTED.finditer(compact):
            shorts = _QUOTE.findall(match["shorts"])
            names = _split_list(match["names"], len(shorts))
            if len(names) >= len(shorts):
                found.update(zip(shorts, names, strict=False))
        pairs = [(m["short"], _LEADING.sub("", m["name"])) for m in _BRACKETED.finditer(compact)]
        if _NOTE.match(compact):
            parts = [m for part in _PART.split(compact) if (m := _PLAIN.match(part))]
            pairs += [(m["short"] or m["first"], _LEADING.sub("", m["name"] or m["last"])) for m in parts]
        for short, name in pairs:
            if is_unit(short) and is_unit(name) and is_short_for(short, name):
                found.setdefault(short, name)
    return {short: name for short, name in found.items() if short != name}


def is_short_for(short: str, name: str) -> bool:
    """Return whether a name is longer than `short` and has all its characters in the same order."""
    rest = iter(name)
    return len(short) < len(name) and all(character in rest for character in short)


def _split_list(names: str, count: int) -> list[str]:
    """Return the first `count` names of a list, without what may follow the last (政策法规处的简称)."""
    return [name for name in _LIST_MARK.split(_TRAILING.sub("", names)) if name][:count]
