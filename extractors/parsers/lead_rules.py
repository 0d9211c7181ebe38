"""Sentences that say which of several units leads: 凡涉及多个责任单位的，排名第一的为牵头单位."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import Final

from extractors.normalize import strip_whitespace
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("parties")
_FIRST_LEADS: Final = re.compile(
    rf"{alternation(_WORDS['first_of_list'])}(?:位|名|个)?的?[^，,。；;]{{0,12}}?(?:为|是|即|系|作为|负责)[^，,。；;]{{0,10}}?"
    rf"(?:{alternation(_WORDS['lead_of'])})"
)
_PER_PART: Final = re.compile(alternation(_WORDS["each_part"]))
_SENTENCE: Final = re.compile(r"[。；;\n]")


class LeadRule(Enum):
    """Which unit leads by a sentence of the notice."""

    FIRST = "first"
    """The first of a cell."""
    FIRST_OF_PART = "first_of_part"
    """The first of each part 1), 2) of a cell."""


def read_lead_rule(lines: Iterable[str]) -> LeadRule | None:
    """Return the rule that a notice states about the order of its units, None if it states none.

    Args:
        lines: The lines of the body and the notes and headers of its tables; a sentence may go on over their ends.
    """
    text = strip_whitespace("".join(lines))
    for sentence in _SENTENCE.split(text):
        if _FIRST_LEADS.search(sentence):
            return LeadRule.FIRST_OF_PART if _PER_PART.search(sentence) else LeadRule.FIRST
    return None
