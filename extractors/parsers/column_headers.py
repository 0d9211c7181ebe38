"""Header words → the roles a column may take (vocabulary: headers.toml)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from extractors import vocabulary
from extractors.normalize import squeeze
from extractors.parsers.responsible_units import looks_like_party
from extractors.parsers.unit_cells import unit_words

_UNIT = re.compile(r"[（(\[【][^（）()\[\]【】]{0,12}[）)\]】]")
_JOINT = re.compile(r"[及和与、/]其?")
_SENTENCE = re.compile(r"[。；;！？]|\d{3,}|^[-—\d.、]+$")
_LONGEST = 18
_OPEN_ROLES = ("level", "criteria", "requirement", "evidence")


@dataclass(frozen=True, slots=True)
class HeaderWord:
    """What a header may mean: one settled role, or open roles with weights; both empty = unknown word."""

    role: str | None
    weights: Mapping[str, float]

    @property
    def known(self) -> bool:
        return self.role is not None or bool(self.weights)


_UNKNOWN = HeaderWord(None, MappingProxyType({}))


@lru_cache(maxsize=1024)
def bare(text: str) -> str:
    """A header without blanks and bracketed units: 分值\n（分） → 分值."""
    solid = squeeze(text).strip("*＊:：")
    return _UNIT.sub("", solid) or solid


def _is(entry: Mapping[str, Any], word: str) -> bool:
    return word in entry.get("exact", ()) or word in unit_words(entry.get("role"))


def _matches(entry: Mapping[str, Any], word: str) -> bool:
    return word.endswith((*entry.get("ends", ()), *unit_words(entry.get("role")))) or any(
        part in word for part in entry.get("has", ())
    )


@cache
def header_word(text: str) -> HeaderWord:
    """The meaning of one header cell. Exact words go before endings, settled before open roles."""
    data = vocabulary.toml("headers")
    word = bare(text)
    if not word or len(word) > _LONGEST:
        return _UNKNOWN
    entries = [*data["fixed"], *data["open"]]
    found = next((e for e in entries if _is(e, word)), None)
    if found is None and (named := _with_points(word)):
        return named
    found = found or next((e for e in entries if _matches(e, word)), None)
    if found is None:
        return _UNKNOWN
    if "role" in found:
        return HeaderWord(str(found["role"]), MappingProxyType({}))
    return HeaderWord(None, MappingProxyType({r: float(found[r]) for r in _OPEN_ROLES if r in found}))


def _with_points(word: str) -> HeaderWord | None:
    """What the first word of 项目及分值 or 测评内容和分数 means: its cells hold what they name, and points inside."""
    first, *others = _JOINT.split(word)
    if len(others) != 1 or header_word(others[0]).role != "points":
        return None
    named = header_word(first)
    return named if named.weights else None


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(vocabulary.toml("headers")[kind]["words"])


def listed(text: str, kind: str) -> bool:
    """True when the header is a word of the vocabulary's `kind` list (roster, form)."""
    return _beginnings(kind).search(text) is not None and bare(text) in _words(kind)


@cache
def _beginnings(kind: str) -> re.Pattern[str]:
    """Finds a character with which a word of the list begins: most texts hold none and need not be laid bare."""
    return re.compile("|".join(sorted({re.escape(word[0]) for word in _words(kind)})))


def is_header(texts: Sequence[str]) -> bool:
    """True when a row of cell texts reads as a table header: short words, most of them known, no sentence."""
    words = [bare(t) for t in texts if squeeze(t)]
    if len(set(words)) < 2:
        return False
    if any(len(w) > _LONGEST or _SENTENCE.search(w) for w in words):
        return False
    known = sum(header_word(w).known or listed(w, "roster") or listed(w, "form") for w in words)
    exact = sum(_exact(w) for w in words)
    units = sum(looks_like_party(w) and not header_word(w).known for w in words)
    return exact >= 1 and known >= 2 and (known * 2 >= len(words) or known + units == len(words))


def _exact(word: str) -> bool:
    data = vocabulary.toml("headers")
    return any(_is(e, word) for e in (*data["fixed"], *data["open"])) or listed(word, "roster")
