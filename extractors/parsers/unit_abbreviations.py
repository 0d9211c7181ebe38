"""Short names of units that a notice explains itself: 注：文中“政工”指政治工作科 → 政工 = 政治工作科."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

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
_BESIDE: Final = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,24})[（(](?P<other>[\u4e00-\u9fff]{2,24})[）)]")
"""X（A） or A（X） in a list of full and short names: 全称为：州公安局（公安局）、州妇女联合会（妇联）."""
_PLAIN: Final = re.compile(
    rf"^(?:(?P<name>[\u4e00-\u9fff]{{3,24}}?)(?:以下)?(?:{alternation(_WORDS['abbreviation_nouns'])})[为：:]?(?P<short>[\u4e00-\u9fff]{{2,8}})"
    rf"|(?P<first>[\u4e00-\u9fff]{{2,8}}?)(?:{alternation(_WORDS['abbreviation_verbs'])}|[=＝:：]|[—―－-]{{1,2}})"
    r"(?P<last>[\u4e00-\u9fff]{3,24}))$"
)
"""X简称A, A即X, A：X, A——X, as a part of a note between marks."""
_IN_ORDER: Final = re.compile(rf"(?:分别|依次){alternation(_WORDS['abbreviation_nouns'])}[为：:]?")
"""X、Y在表中分别简称A、B."""
_SENTENCE: Final = re.compile(r"[。；;：:\n]")
_PART: Final = re.compile(r"[、，,；;。\n]+|\d{1,2}[.．)）]|[①-⑳]")
_LIST_MARK: Final = re.compile(r"[、，,]")
_LIST_SPLIT: Final = re.compile(r"[、，,和及]")
_NOTE: Final = re.compile(rf"^[（(*＊※]*(?:{alternation(load_toml('rows')['note'])})[:：]?")
_LIST_LABEL: Final = re.compile(r"^[\u4e00-\u9fff]{2,10}[:：](?=[^、，,；;]{2,8}[=＝:：—―－-])")
"""Before a list of pairs: 单位简称说明：宣传部—区委宣传部，…."""
_PAIR_MARK: Final = re.compile("[=＝:：]|[—―－-]{1,2}")
_MIN_PAIRS: Final = 3
"""Short and full names beside each other that are a list of them without a word that says so."""
_BEFORE_NAME: Final = re.compile(alternation(_WORDS["sentence_words"]))
_MIN_LENGTH: Final = 6
"""Characters of the shortest explanation: two of the short name, one between, three of the full one (甲科即甲乙科)."""
_NOUN: Final = re.compile(alternation(_WORDS["abbreviation_nouns"]))
_LISTS_NAMES: Final = re.compile(alternation([*_WORDS["abbreviation_nouns"], *_WORDS["full_name_nouns"]]))
_SIGN: Final = re.compile(alternation([*_WORDS["abbreviation_nouns"], *_WORDS["full_name_nouns"], *'“"「']))
"""Whatever explains a name outside of a note has one of these."""
DEFINITION_BRACKET: Final = re.compile(
    rf"[（(](?:以下)?(?:均|统一)?(?:{alternation(_WORDS['abbreviation_nouns'])})[为：:]?[“\"「]?[\u4e00-\u9fff]{{2,8}}[”\"」]?[）)]"
)
"""The bracket that gives a name its short form, which is no part of it: 宣传教育科（以下简称宣教科）."""
_TRAILING: Final = re.compile(rf"的?{alternation(_WORDS['abbreviation_nouns'])}$")
_LEADING: Final = re.compile(rf"^{alternation(_WORDS['before_names'])}")


class Definition(NamedTuple):
    """A short name that a text explains: its full name, and whether a bracket behind that says so."""

    short: str
    name: str
    how: Literal["bracket", "note", "body"]


def read_abbreviations(lines: Iterable[str], is_unit: Callable[[str], bool]) -> dict[str, str]:
    """Return short name → full name as the lines explain them, the first explanation of each.

    Args:
        lines: The lines of the body and the notes and cells of its tables.
        is_unit: Whether a text ends like the name of a unit.
    """
    found: dict[str, str] = {}
    for line in dict.fromkeys(lines):
        for definition in find_definitions(line, is_unit):
            found.setdefault(definition.short, definition.name)
    return found


def find_definitions(line: str, is_unit: Callable[[str], bool]) -> list[Definition]:
    """Return the short names of units that a line explains.

    The full one must be the name of a unit. Without quotation marks the short one must be as well, and must consist of
    characters of the full one in their order: 宣教科, but not 办公室, is short for 宣传教育科.
    """
    return list(_find_definitions(strip_whitespace(line), is_unit)) if len(line) >= _MIN_LENGTH else []


@lru_cache(maxsize=2048)
def _find_definitions(compact: str, is_unit: Callable[[str], bool]) -> Sequence[Definition]:
    """Cached body of `find_definitions`: for names and for their explanations each text of a notice is searched."""
    is_note = _NOTE.match(compact) is not None
    lists_pairs = len(_PAIR_MARK.findall(compact)) >= _MIN_PAIRS
    if not is_note and not lists_pairs and not _SIGN.search(compact):
        return ()
    names_short = _NOUN.search(compact) is not None
    how: Literal["note", "body"] = "note" if is_note else "body"
    found: list[Definition] = []
    for match in _QUOTED.finditer(compact):
        shorts = _QUOTE.findall(match["shorts"])
        names = _split_list(match["names"], len(shorts))
        if len(names) >= len(shorts):
            found += (Definition(*pair, how) for pair in zip(shorts, names, strict=False) if is_unit(pair[1]))
    if names_short and (in_order := _IN_ORDER.search(compact)) is not None:
        found += (Definition(*pair, how) for pair in _pair_in_order(in_order, is_unit))
    pairs: list[Definition] = [
        Definition(m["short"], _without_sentence(m["name"], m["short"]), "bracket")
        for m in (_BRACKETED.finditer(compact) if names_short else ())
    ]
    if _LISTS_NAMES.search(compact):
        beside = [(m["name"], m["other"]) for m in _BESIDE.finditer(compact) if not _NOUN.search(m["other"])]
        pairs += [Definition(min(pair, key=len), _LEADING.sub("", max(pair, key=len)), how) for pair in beside]
    if is_note or names_short or lists_pairs:
        listed = _NOTE.sub("", compact) if is_note else _LIST_LABEL.sub("", compact)
        parts = [m for part in _PART.split(listed) if (m := _PLAIN.match(part))]
        n_pairs = sum(bool(m["first"]) for m in parts)
        lists_pairs = n_pairs >= _MIN_PAIRS or (names_short and listed != compact)
        pairs += [Definition(m["short"], _without_sentence(m["name"], m["short"]), how) for m in parts if m["short"]]
        pairs += [
            Definition(m["first"], _LEADING.sub("", m["last"]), how)
            for m in parts
            if (is_note or lists_pairs) and m["first"]
        ]
    found += (one for one in pairs if is_unit(one.short) and is_unit(one.name) and is_short_for(one.short, one.name))
    return [one for one in found if one.short != one.name]


def _pair_in_order(match: re.Match[str], is_unit: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Return the short and the full name of each unit of two lists, none if they do not fit each other."""
    *names, last = _LIST_SPLIT.split(_SENTENCE.split(match.string[: match.start()])[-1])
    listed = _SENTENCE.split(match.string[match.end() :], maxsplit=1)[0]
    shorts = [short.strip('“”"「」') for short in _LIST_SPLIT.split(listed)]
    # 党委教师工作部在分工中: what the sentence says of the list stands behind its last name.
    ends = (last[:end] for end in range(len(last), 0, -1))
    names = [*names, next((name for name in ends if is_unit(name)), last)][-len(shorts) :]
    pairs = list(zip(shorts, names, strict=False))
    fit = len(names) == len(shorts) > 1 and all(is_unit(name) and is_short_for(short, name) for short, name in pairs)
    return pairs if fit else []


def _without_sentence(name: str, short: str) -> str:
    """Return a name without what the sentence says before it: 请将材料报送县委宣传部（以下简称宣传部） → 县委宣传部.

    No name of a unit holds 报送 or 将; what follows the last of them before the short form is its name.
    """
    starts = [
        place for place, character in enumerate(name) if character == short[0] and _is_within(short, name[place:])
    ]
    before = name[: starts[-1]] if starts else ""
    cut = max((match.end() for match in _BEFORE_NAME.finditer(before)), default=0)
    return _LEADING.sub("", name[cut:])


def is_short_for(short: str, name: str) -> bool:
    """Return whether a name is longer than `short` and has all its characters in the same order."""
    return len(short) < len(name) and _is_within(short, name)


def _is_within(short: str, name: str) -> bool:
    rest = iter(name)
    return all(character in rest for character in short)


def _split_list(names: str, count: int) -> list[str]:
    """Return the first `count` names of a list, without what may follow the last (政策法规处的简称)."""
    return [name for name in _LIST_MARK.split(_TRAILING.sub("", names)) if name][:count]
