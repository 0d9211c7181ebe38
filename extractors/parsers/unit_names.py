"""Single names of units: how they end, what follows them, which forms are usual."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from extractors import vocabulary

MAX_NAME_LENGTH: Final = 24
_BRACKET_AT_END = re.compile(r"[（(][^（）()]*[）)]$")


@cache
def word_list(key: str) -> tuple[str, ...]:
    """Return a list of `parties.toml`."""
    return tuple(vocabulary.load_toml("parties")[key])


@cache
def common_names() -> frozenset[str]:
    """Return the names that many units share."""
    return frozenset(vocabulary.load_toml("parties")["common"])


@cache
def inner_openings() -> tuple[str, ...]:
    """Return whom a name may begin with behind another one; 各 begins a new list."""
    return tuple(o for o in word_list("openings") if o != "各")


@lru_cache(maxsize=65536)
def has_unit_suffix(name: str) -> bool:
    """Return whether a name ends like that of a unit; a bracket at its end is ignored."""
    if name.endswith(("）", ")")):
        name = _BRACKET_AT_END.sub("", name)
        return name.endswith(word_list("suffixes"))
    return len(name) >= 2 and name.endswith(word_list("suffixes"))


@cache
def _tail_pattern() -> re.Pattern[str]:
    adverbs, verbs = vocabulary.alternation(word_list("tail_adverbs")), vocabulary.alternation(word_list("tails"))
    return re.compile(f"(?:{adverbs})?(?:{verbs}){{1,2}}$")


def strip_tail(piece: str) -> str:
    """Return a name without the verbs behind it: 人事科提报, 各街道分别负责落实."""
    if not piece.endswith(word_list("tails")):
        return piece
    shorter = _tail_pattern().sub("", piece)
    return shorter if shorter != piece and has_unit_suffix(shorter) and not has_unit_suffix(piece) else piece


def short_forms(name: str) -> tuple[str, ...]:
    """Return what may stand for a name: 宣传 for 宣传科."""
    return tuple(name.removesuffix(tail) for tail in word_list("short_of") if name.endswith(tail))


def has_balanced_brackets(piece: str) -> bool:
    """Return whether no bracket is open or closed alone."""
    return piece.count("（") + piece.count("(") == piece.count("）") + piece.count(")")


def split_shared_office(name: str) -> tuple[str, str] | None:
    """Return the two names that a name may be read as that is one office of two bodies: 党委和政府办公室.

    Both bodies stand without a place, and the second is no unit of its own: 县委和县政府办公室 may be two offices,
    团委和妇联办公室 a body and an office.
    """
    match = _shared_office().fullmatch(name)
    return (match["first"], match["second"]) if match else None


@cache
def _shared_office() -> re.Pattern[str]:
    bodies = word_list("offices")
    first = vocabulary.alternation(bodies)
    second = vocabulary.alternation(body for body in bodies if not has_unit_suffix(body))
    return re.compile(f"(?P<first>{first})[和及与](?P<second>{second}(?:办公室|办公厅|办))")
