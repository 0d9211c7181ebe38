"""A party cell → its explicitly separated runs of names, with the role and the scope written before them."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import accumulate

from extractors import vocabulary
from extractors.normalize import HIDDEN, strip_artefacts

_SEPARATORS = "、，,；;/／|。"
_OPENING, _CLOSING = "（(【《", "）)】》"
_CUTS = re.compile(f"[{_SEPARATORS}{_OPENING}{_CLOSING}]")
_SCOPE = re.compile(r"(?=[①-⑳])|(?=(?:^|(?<=[^\d]))\d[)）])")
SCOPE_MARK = re.compile(r"^([①-⑳]|\d[)）])\s*")
_COLON = re.compile("[:：]")


@cache
def unit_words(role: str | None) -> frozenset[str]:
    """What units are called by their part in a duty (`lead`, `support`, or `party` for one or the other): 牵头单位."""
    data = vocabulary.toml("parties")
    return frozenset(verb + unit for verb in data.get(f"{role}_of", ()) for unit in data["units"])


def split_outside(text: str) -> list[str]:
    """Split at separators that stand outside of brackets."""
    parts, depth, start = [], 0, 0
    for mark in _CUTS.finditer(text):
        char = mark.group()
        depth += (char in _OPENING) - (char in _CLOSING)
        if depth <= 0 and char in _SEPARATORS:
            parts.append(text[start : mark.start()])
            start = mark.end()
    return [*parts, text[start:]]


@cache
def _labels() -> re.Pattern[str]:
    data = vocabulary.toml("parties")
    leads, supports = (*data["lead_labels"], *unit_words("lead"), *unit_words("party")), _support_labels()
    words = sorted({*leads, *supports, *data["person_labels"]}, key=lambda word: (-len(word), word))
    return re.compile(f"[【（(\\[]?(?P<label>{'|'.join(words)})[】\\]]?[:：]")


@cache
def _support_labels() -> frozenset[str]:
    return unit_words("support") | frozenset(vocabulary.toml("parties")["support_labels"])


def _labelled(text: str) -> list[tuple[str | None, str]]:
    """(role or None, text) of each labelled part: 牵头部门：A 配合单位：B、C."""
    found = list(_labels().finditer(text)) if _COLON.search(text) else []
    if not found:
        return [(None, text)]
    parts: list[tuple[str | None, str]] = []
    if text[: found[0].start()].strip():
        parts.append((None, text[: found[0].start()]))
    data = vocabulary.toml("parties")
    led = False
    for here, following in zip(found, [*found[1:], None], strict=True):
        label, stop = here.group("label"), following.start() if following else len(text)
        if label in data["person_labels"]:
            continue
        # 责任单位 behind a 牵头单位 names the others
        role = "support" if label in _support_labels() or (led and label.startswith("责任")) else "lead"
        led = led or label.startswith(("牵头", "主办", "主责"))
        parts.append((role, _unwrapped(text[here.end() : stop])))
    return parts


def _unwrapped(part: str) -> str:
    """A labelled part without the closing bracket that belongs to the label's own bracket."""
    part = part.strip(" \n。；;")
    while part and part[-1] in "】])）" and sum(part.count(c) for c in "（([【") < sum(part.count(c) for c in "）)]】"):
        part = part[:-1].rstrip()
    return part


def _pieces(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """The explicitly separated parts of a cell, each with the places where a line or blank gap stood in it."""
    out: list[tuple[str, tuple[int, ...]]] = []
    for part in split_outside(text.strip()):
        if words := part.split():
            ends = tuple(accumulate(map(len, words)))
            out.append(("".join(words), ends[:-1]))
    return out


@lru_cache(maxsize=2048)
def runs(text: str) -> tuple[tuple[str | None, str | None, str, tuple[int, ...]], ...]:
    """(told role, scope, run of names, gaps) of each explicitly separated part of a cell; cells of a notice recur."""
    found: list[tuple[str | None, str | None, str, tuple[int, ...]]] = []
    for told, part in _labelled(strip_artefacts(text.replace(HIDDEN, "、"))):
        for scoped in _SCOPE.split(part):
            mark = SCOPE_MARK.match(scoped.strip())
            rest = scoped.strip()[mark.end() :] if mark else scoped.strip()
            found.extend((told, mark.group(1) if mark else None, solid, gaps) for solid, gaps in _pieces(rest))
    return tuple(found)
