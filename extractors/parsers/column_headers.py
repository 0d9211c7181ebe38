"""Header words → the roles a column may take (vocabulary: headers.toml)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final, Literal

from extractors import vocabulary
from extractors.normalize import strip_whitespace
from extractors.parsers.responsible_units import looks_like_party, unit_words
from extractors.vocabulary.models import HeaderEntry

_UNIT = re.compile(r"[（(\[【][^（）()\[\]【】]{0,12}[）)\]】]")
_POINTS = re.compile("(?<![部区划])分(?![工类解配管期布级组])|权重")
"""分值, 计几分, 权重, but not 责任分工, 任务分解, 分类."""
_NO_POINTS = re.compile(r"[^\d分%％＋+\-－]{1,3}")
_JOINT = re.compile(r"[及和与、/]其?")
_START = re.compile("开始|起始|启动|开工|起$")
_END = re.compile("完成|结束|截止|终止|止$")
_SENTENCE = re.compile(r"[。；;！？]|\d{3,}|^[-—\d.、]+$")
_LONGEST = 18
ListName = Literal["roster", "form", "contact"]
"""Lists of header words that are no task table."""
_OpenRole = Literal["level", "criteria", "requirement", "evidence"]
_OPEN_ROLES: Final[tuple[_OpenRole, ...]] = ("level", "criteria", "requirement", "evidence")


@dataclass(frozen=True, slots=True)
class HeaderWord:
    """The meaning of a header.

    Attributes:
        role: The role if the header settles it.
        weights: Candidate roles with weights if it does not; empty for an unknown header.
    """

    role: str | None
    weights: Mapping[str, float]

    @property
    def known(self) -> bool:
        """Whether the header has any meaning in the vocabulary."""
        return self.role is not None or bool(self.weights)


_UNKNOWN = HeaderWord(None, MappingProxyType({}))


@lru_cache(maxsize=1024)
def normalize_header(text: str) -> str:
    r"""Return a header without whitespace and bracketed units: 分值\n（分） → 分值."""
    compact = strip_whitespace(text).strip("*＊:：")
    return _UNIT.sub("", compact) or compact


def speaks_of_points(column: str) -> bool:
    """Return whether a header, its rows joined by `/`, says that numbers below it are points: 分值, 计几分, 权重."""
    return any(_POINTS.search(part) or header_word(part).role == "points" for part in column.split("/"))


def names_start(column: str) -> bool:
    """Return whether a header is that of the first day of something: 开始时间, 启动时间, but not 起止时间."""
    return _START.search(normalize_header(column)) is not None and not names_end(column)


def names_end(column: str) -> bool:
    """Return whether a header is that of the last day of something: 完成时间, 截止时间, 时间/结束."""
    return _END.search(normalize_header(column)) is not None


def counts_things(column: str) -> bool:
    """Return whether an unknown header ends with a measure that is no point: 经费（万元）, 任务数（处）."""
    if speaks_of_points(column) or header_word(column).role is not None:
        return False
    measures = _UNIT.findall(strip_whitespace(column))
    return bool(measures) and _NO_POINTS.fullmatch(measures[-1][1:-1]) is not None


@cache
def header_word(text: str) -> HeaderWord:
    """Return the meaning of one header cell.

    Exact words win over endings, settled roles over open ones.
    """
    data = vocabulary.load_toml("headers")
    word = normalize_header(text)
    if not word or len(word) > _LONGEST:
        return _UNKNOWN
    entries = [*data["fixed"], *data["open"]]
    match = next((e for e in entries if _is_exact_match(e, word)), None)
    if match is None and (combined := _header_with_points(word)):
        return combined
    match = match or next((e for e in entries if _is_partial_match(e, word)), None)
    if match is None:
        return _UNKNOWN
    if "role" in match:
        return HeaderWord(str(match["role"]), MappingProxyType({}))
    return HeaderWord(None, MappingProxyType({r: float(match[r]) for r in _OPEN_ROLES if r in match}))


def is_listed_header(text: str, kind: ListName) -> bool:
    """Return whether the header is a word of the vocabulary's list `kind` (roster, form)."""
    return has_listed_start(text, kind) and normalize_header(text) in _listed_words(kind)


def has_listed_start(text: str, kind: ListName) -> bool:
    """Return whether a text holds a character with which a word of the list begins; cheaper than normalizing it."""
    return _listed_first_characters(kind).search(text) is not None


def is_header(texts: Sequence[str]) -> bool:
    """Return whether a row of cell texts is a table header: short words, most of them known, no sentence."""
    words = [normalize_header(t) for t in texts if strip_whitespace(t)]
    if len(set(words)) < 2:
        return False
    if any(len(w) > _LONGEST or _SENTENCE.search(w) for w in words):
        return False
    known_count = sum(
        header_word(w).known or is_listed_header(w, "roster") or is_listed_header(w, "form") for w in words
    )
    exact_count = sum(is_exact_header(w) for w in words)
    unit_count = sum(looks_like_party(w) and not header_word(w).known for w in words)
    return (
        exact_count >= 1
        and known_count >= 2
        and (known_count * 2 >= len(words) or known_count + unit_count == len(words))
    )


def _is_exact_match(entry: HeaderEntry, word: str) -> bool:
    return word in entry.get("exact", ()) or word in unit_words(entry.get("role"))


def _is_partial_match(entry: HeaderEntry, word: str) -> bool:
    return word.endswith((*entry.get("ends", ()), *unit_words(entry.get("role")))) or any(
        part in word for part in entry.get("has", ())
    )


def _header_with_points(word: str) -> HeaderWord | None:
    """Return the meaning of the first word of 项目及分值: cells that hold what it names and points as well."""
    first, *others = _JOINT.split(word)
    if len(others) != 1 or header_word(others[0]).role != "points":
        return None
    meaning = header_word(first)
    return meaning if meaning.weights else None


@cache
def _listed_words(kind: ListName) -> frozenset[str]:
    return frozenset(vocabulary.load_toml("headers")[kind]["words"])


@cache
def _listed_first_characters(kind: ListName) -> re.Pattern[str]:
    """Return a pattern of the first characters of the list."""
    return re.compile("|".join(sorted({re.escape(word[0]) for word in _listed_words(kind)})))


def is_exact_header(word: str) -> bool:
    """Return whether the vocabulary has this very word as a header, not only its ending."""
    return word in _exact_words() or is_listed_header(word, "roster")


@cache
def _exact_words() -> frozenset[str]:
    data = vocabulary.load_toml("headers")
    entries = (*data["fixed"], *data["open"])
    return frozenset(word for e in entries for word in (*e.get("exact", ()), *unit_words(e.get("role"))))


@cache
def exact_header_words() -> re.Pattern[str]:
    """Return a pattern of the exact words of more than one character, the longest first, grouped by the first one."""
    endings: dict[str, list[str]] = {}
    for word in sorted(_exact_words(), key=lambda word: (-len(word), word)):
        if len(word) > 1:
            endings.setdefault(word[0], []).append(re.escape(word[1:]))
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in endings.items()))
