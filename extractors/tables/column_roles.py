"""What each column is understood as, from the whole header together with what the cells hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractors.parsers.column_headers import HeaderWord, header_word, is_listed_header, normalize_header
from extractors.parsers.methods import method_share
from extractors.tables.column_features import Features

PARTY_ROLES = ("party", "lead", "support", "unit")
SHARED_ROLES = ("party", "lead", "support", "leader", "person", "method", "points")
"""Roles whose blank cell continues the cell above where the carrier draws no spans."""

_LABELLED = 0.6
_CODED = 0.8
"""What labels before its items weigh for a column as the one of requirements, and codes before them against it."""
_LONG = 28.0
_SHORT = 14.0


@dataclass(frozen=True, slots=True)
class Roles:
    """`names[c]` is the role of column c; `unknown` are columns whose header word the vocabulary lacks."""

    names: tuple[str, ...]
    unknown: tuple[int, ...]

    def columns(self, *roles: str) -> tuple[int, ...]:
        """The columns of these roles, left to right."""
        return _columns(self.names, roles)

    @property
    def requirement(self) -> int | None:
        columns = self.columns("requirement")
        return columns[0] if columns else None


@lru_cache(maxsize=4096)
def _columns(names: tuple[str, ...], roles: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(c for c, name in enumerate(names) if name in roles)


def word_of(column: str) -> HeaderWord:
    """The meaning of a column name; of a two-row header the lower word counts first, then the upper."""
    parts = column.split("/")
    for part in reversed(parts):
        word = header_word(part)
        if word.known:
            return word
    return header_word(column)


def _checked(role: str, f: Features) -> str:
    """A role that the header settles, unless the cells plainly hold something else."""
    if role == "points" and f.filled and f.number < 0.3 and f.sentence > 0.5:
        return "scoring"
    if role == "method" and f.filled and f.method < 0.25 and f.length > 14 and f.sentence > 0.4:
        return "scoring"
    if role in ("person", "leader") and f.party > 0.7 and f.filled:
        return "party"
    if role == "party" and f.number > 0.8:
        return "points"
    if role == "serial" and f.filled and f.serial + f.dotted < 0.3 and f.length > 1:
        return ""
    if role == "scorebox" and f.length > 12 and f.sentence > 0.5:
        return ""
    return role


def _by_content(f: Features, scored: bool) -> str:
    """The role of a column without a known name, where the cells leave no doubt; else ''.

    `scored`: another column is headed as the one of points.
    """
    if not f.filled:
        return "other"
    if f.length < 4 and f.serial > 0.8:
        return "serial"
    if scored and f.dotted > 0.8:
        return "serial"
    if f.number > 0.8:
        return "points"
    if f.length < 24 and f.party > 0.8:
        return "party"
    if f.method > 0.8:
        return "method"
    if f.length < 16 and f.date > 0.8:
        return "deadline"
    return ""


def _names_method(column: str, word: HeaderWord) -> bool:
    return word.role == "method" or method_share(column.rsplit("/", maxsplit=1)[-1]) > 0.8


def _requirement_score(word: HeaderWord, f: Features, finest: float) -> float:
    """How much a column reads like what must be done, apart from the marks its items begin with."""
    fine = f.filled / finest if finest else 0.0
    weight = word.weights.get("requirement", 0.3 if not word.weights else 0.0)
    return weight + 1.5 * fine + 0.8 * min(f.length / 30, 1) + 0.5 * f.sentence - 0.5 * word.weights.get("level", 0.0)


def _requirement_among(columns: Sequence[int], words: Sequence[HeaderWord], features: Sequence[Features]) -> int:
    """The column that reads most like what must be done; marks are looked at only where they can decide."""
    finest = max(features[c].filled for c in columns)
    scores = {c: _requirement_score(words[c], features[c], finest) for c in columns}
    least = max(scores.values()) - _LABELLED - _CODED
    rivals = [c for c in columns if scores[c] >= least]
    if len(rivals) == 1:
        return rivals[0]
    return max(rivals, key=lambda c: scores[c] + _LABELLED * features[c].labelled - _CODED * features[c].coded)


def _beside_requirement(c: int, requirement: int, word: HeaderWord, f: Features, main: Features) -> str:
    """The role of an open column that is not the requirement itself."""
    wordy = f.sentence > 0.4 and (f.length > _LONG or (f.ended > 0.5 and f.length > _SHORT))
    if c < requirement:
        return "criteria" if wordy and not f.coded > 0.5 else "level"
    if f.evidence > 0.5 or word.weights.get("evidence", 0.0) > 0.3:
        return "evidence"
    if f.filled < 0.7 * main.filled and not wordy:
        return "level"
    return "criteria"


def assign_roles(columns: Sequence[str], features: Sequence[Features]) -> Roles:
    """One role a column: serial, level, criteria, requirement, points, scorebox, scoring, method, evidence, party,
    lead, support, leader, person, deadline, remark, other; unit and method_mark are columns of ticks under the name of
    a unit or of a method.
    """
    words = [word_of(c) for c in columns]
    names = [_checked(w.role, f) if w.role else "" for w, f in zip(words, features, strict=True)]
    unknown, scored = [], "points" in names
    for c, (word, f) in enumerate(zip(words, features, strict=True)):
        # A settled word wins: a 备注 column may hold nothing but a star.
        if f.filled and f.mark > 0.8 and names[c] != "remark":
            names[c] = "method_mark" if _names_method(columns[c], word) else "unit"
        if not names[c] and f.length < 5 and c + 1 < len(names) and f.serial > 0.9:
            names[c] = "serial"
        if names[c] or word.weights:
            continue
        names[c] = _by_content(f, scored)
        if normalize_header(columns[c]) and names[c] not in ("unit", "method_mark", "other") and not word.known:
            unknown.append(c)
    _settle_open(names, words, features)
    _settle_twins(names, features)
    return Roles(tuple(names), tuple(unknown))


def _settle_open(names: list[str], words: Sequence[HeaderWord], features: Sequence[Features]) -> None:
    """Give the open columns their roles: one requirement, levels before it, criteria and evidence beside it."""
    open_columns = [c for c, name in enumerate(names) if not name]
    finest = max((features[c].filled for c in open_columns), default=0.0)
    if not open_columns or (finest < 0.5 and "evidence" in names):
        _evidence_as_requirement(names, features)
        open_columns = [c for c in open_columns if not names[c]]
    if "requirement" not in names and open_columns:
        names[_requirement_among(open_columns, words, features)] = "requirement"
    requirement = names.index("requirement") if "requirement" in names else len(names)
    main = features[requirement] if requirement < len(names) else None
    for c in open_columns:
        if not names[c]:
            names[c] = _beside_requirement(c, requirement, words[c], features[c], main or features[c])


def _evidence_as_requirement(names: list[str], features: Sequence[Features]) -> None:
    """Without another text column the finest evidence column is what must be done."""
    evidence = [c for c, name in enumerate(names) if name == "evidence"]
    if evidence:
        names[max(evidence, key=lambda c: (features[c].filled, features[c].length))] = "requirement"


def _settle_twins(names: list[str], features: Sequence[Features]) -> None:
    """Of several score columns the first filled one counts; the others are boxes to fill in."""
    points = [c for c, name in enumerate(names) if name == "points"]
    filled = [c for c in points if features[c].filled]
    for c in points:
        if filled and c != filled[0]:
            names[c] = "scorebox" if not features[c].filled else "other"


def is_roster(columns: Sequence[str]) -> bool:
    """True when the header is that of a list of people."""
    words = [normalize_header(part) for c in columns for part in c.split("/")]
    people = sum(is_listed_header(w, "roster") for w in words if w)
    return ("姓名" in words and people >= 2) or people >= 3


def is_form(columns: Sequence[str]) -> bool:
    """True when the header is that of a form the units fill in."""
    return sum(is_listed_header(c.split("/")[-1], "form") for c in columns) >= 2
