"""The words of `task_words.toml`: which phrases mean the same thing, by kind, and by what else people ask for it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

KINDS: Final = ("matter", "process", "field", "act", "people", "proof")
SUBJECT_KINDS: Final = ("matter", "field")
"""Kinds of which a text without any is read together with its heading."""
PEOPLE: Final = "people"
"""The kind of meanings that say for whom something is done."""
SEARCH: Final = "search"
"""The table of what else people type who look for a meaning."""
QUESTIONS: Final = "questions"
"""The table of the words of questions that say nothing."""
WORD_BITS: Final = 64
"""Meanings that fit into one word of a bit set."""
FEWEST_LETTERS: Final = 2
"""Letters of a phrase below which it would be found everywhere."""
NOT_LETTERS: Final = r"[^\p{Han}A-Za-z]"
"""What is left out of a text before it is compared."""
_NOT_LETTERS: Final = re.compile(r"[^\u3400-\u9fffA-Za-z]")


@dataclass(frozen=True, slots=True)
class Meanings:
    """The meanings of one kind.

    Attributes:
        names: Their Chinese names, in the order of the file.
        phrases: Phrase, letters only -> positions in `names` of what it means.
    """

    names: tuple[str, ...]
    phrases: Mapping[str, tuple[int, ...]]

    @property
    def words(self) -> int:
        """Words of a bit set that holds them."""
        return -(-len(self.names) // WORD_BITS)


@cache
def _tables() -> Mapping[str, Mapping[str, list[str]]]:
    """Return the tables of the file: the kinds, the words of questions.

    Raises:
        ValueError: A table is missing or unknown.
    """
    tables = tomllib.loads((resources.files("warehouse.transform") / "task_words.toml").read_text("utf-8"))
    if tables.keys() != {*KINDS, SEARCH, QUESTIONS}:
        raise ValueError(f"task_words.toml: the tables are {', '.join((*KINDS, SEARCH, QUESTIONS))}")
    return MappingProxyType(tables)


@cache
def load_meanings() -> Mapping[str, Meanings]:
    """Return the meanings of every kind."""
    return MappingProxyType({kind: read_meanings(_tables()[kind]) for kind in KINDS})


@cache
def load_expressions() -> tuple[tuple[str, ...], ...]:
    """Return the groups of expressions by which a question finds a task, the name of each first if it is one of them.

    Whoever asks for 家长 does not ask for 教师: who is meant says little of what is asked.
    """
    groups: dict[str, list[str]] = {}
    for table in (*(kind for kind in KINDS if kind != PEOPLE), SEARCH):
        for name, words in _tables()[table].items():
            groups[name] = [*groups.get(name, []), *words]
    named = ([name, *words] if name in words else words for name, words in groups.items())
    return tuple(tuple(dict.fromkeys(words)) for words in named)


@cache
def load_ignored() -> frozenset[str]:
    """Return the words of questions that say nothing about what is looked for."""
    return frozenset(_tables()[QUESTIONS]["ignored"])


@cache
def subject_pattern() -> str:
    """Return the regular expression of what names a subject."""
    return "|".join(phrase for kind in SUBJECT_KINDS for phrase in load_meanings()[kind].phrases)


def letters(text: str) -> str:
    """Return the Han characters and Latin letters of a text."""
    return _NOT_LETTERS.sub("", text)


def read_meanings(table: Mapping[str, list[str]]) -> Meanings:
    """Return the meanings of one kind.

    Raises:
        ValueError: A phrase has digits, which are not compared, or too few letters.
    """
    phrases: dict[str, list[int]] = {}
    for position, words in enumerate(table.values()):
        for word in words:
            if len(letters(word)) < FEWEST_LETTERS or any(map(str.isdigit, word)):
                raise ValueError(f"task_words.toml: {word} has digits, which are not compared, or too few letters")
            phrases.setdefault(letters(word), []).append(position)
    return Meanings(tuple(table), MappingProxyType({phrase: tuple(found) for phrase, found in phrases.items()}))
