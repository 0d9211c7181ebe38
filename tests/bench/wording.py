"""The words of generated notices: lists of words.toml and of the product's vocabulary, and sentences made of them."""

from __future__ import annotations

import csv
import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

HERE: Final = Path(__file__).resolve().parent
VOCABULARY: Final = HERE.parents[1] / "extractors" / "vocabulary"
SLOT: Final = re.compile(r"\{(\w+)\}")

Item = TypeVar("Item")


def pick(rng: random.Random, items: Sequence[Item]) -> Item:
    """One of `items`; `random()` alone is promised to give the same numbers in every Python version."""
    return items[int(rng.random() * len(items))]


def shuffled(rng: random.Random, items: Sequence[Item]) -> list[Item]:
    """The items in another order."""
    return [item for _, _, item in sorted((rng.random(), at, item) for at, item in enumerate(items))]


@dataclass(frozen=True, slots=True)
class Division:
    """A city or county: full name, short name, and those of the units above it from the province on."""

    name: str
    short: str
    above: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A topic of the vocabulary and what it includes: an indicator and its parts."""

    name: str
    parts: tuple[str, ...]


@cache
def words() -> dict[str, Any]:
    """The contents of words.toml."""
    return tomllib.loads((HERE / "words.toml").read_text("utf-8"))


@cache
def vocabulary(name: str) -> dict[str, Any]:
    """A TOML file of the product's vocabulary."""
    return tomllib.loads((VOCABULARY / f"{name}.toml").read_text("utf-8"))


@cache
def divisions() -> tuple[Division, ...]:
    """The cities and counties of today whose names are whole, in the order of their codes."""
    with (VOCABULARY / "divisions.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    found = []
    for row in rows.values():
        if row["until"] or row["level"] == "province" or not row["name"].endswith(("市", "县")):
            continue
        above: list[str] = []
        parent = row["parent"]
        while parent:
            above.insert(0, rows[parent]["name"])
            parent = rows[parent]["parent"]
        found.append(Division(row["name"], row["short"], tuple(above)))
    return tuple(found)


@cache
def topics() -> tuple[TopicWords, ...]:
    """The topics that one word or phrase each stands for."""
    with (VOCABULARY / "topics.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["topic"] != "other"]
    bracket, split = re.compile("（[^）]*）"), re.compile("[；、]")
    return tuple(
        TopicWords(
            row["name_zh"],
            tuple(part for part in split.split(bracket.sub("", row["includes"])) if 2 <= len(part) <= 12),
        )
        for row in rows
    )


@cache
def _slots() -> Mapping[str, Sequence[str]]:
    listed, sentences = words()["words"], words()["sentences"]
    kinds = vocabulary("evidence")["kinds"]
    festivals = [entry["name"] for entry in vocabulary("deadlines")["festival"]][:12]
    return {
        "verb": listed["verbs"],
        "duty": listed["duties"],
        "making": listed["makings"],
        "effort": listed["efforts"],
        "activity": listed["activities"],
        "leading": listed["leadings"],
        "people": listed["people"],
        "rule": sentences["rules"],
        "when": sentences["whens"],
        "place": sentences["places"],
        "quarter": sentences["quarters"],
        "festival": festivals[::2],
        "other": festivals[1::2],
        "other_topic": listed["topics"],
        "percent": [str(value) for value in (80, 85, 88, 90, 92, 95, 98)],
        "few": list("234"),
        "some": list("35678"),
        "hundreds": ["300", "500", "800"],
        "month": [str(value) for value in range(1, 13)],
        "day": [str(value) for value in (5, 10, 15, 20, 25, 28)],
        **{kind: kinds[kind][:6] for kind in ("report", "photo", "document", "plan", "minutes", "table")},
    }


@dataclass(slots=True)
class Writer:
    """Makes phrases with the numbers of one generator; `given` are slots with one value in this notice."""

    rng: random.Random
    given: dict[str, str] = field(default_factory=dict)

    def fill(self, pattern: str, **given: str) -> str:
        """The pattern with each slot filled anew."""
        known = self.given | given
        return SLOT.sub(lambda m: known.get(m[1]) or pick(self.rng, _slots()[m[1]]), pattern)

    def phrase(self, kind: str, **given: str) -> str:
        """A phrase of [sentences]: deadlines, evidence."""
        return self.fill(pick(self.rng, words()["sentences"][kind]), **given)

    def requirement(self, topic: str) -> str:
        """A requirement without its full stop: one of the sentence's heads and up to two tails."""
        tails = shuffled(self.rng, words()["sentences"]["tails"])[: int(self.rng.random() * 3)]
        return self.fill(pick(self.rng, words()["sentences"]["heads"]) + "".join(tails), topic=topic)

    def units(self, most: int) -> list[str]:
        """One or more different departments."""
        listed = [*words()["words"]["departments"], *words()["words"]["bodies"]]
        return shuffled(self.rng, listed)[: 1 + int(self.rng.random() * most)]

    def person(self) -> str:
        """A name of two or three characters."""
        sentences = words()["sentences"]
        given = "".join(pick(self.rng, sentences["given"]) for _ in range(1 + int(self.rng.random() * 2)))
        return f"{pick(self.rng, sentences['surnames'])}{given}"

    def header(self, role: str) -> str:
        """A header word of the role."""
        return str(pick(self.rng, words()["headers"][role]))
