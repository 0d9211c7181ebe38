"""Types of the vocabulary files, used by the type checker and compared with the files by `test_vocabulary.py`.

No deferred annotations: they would hide `NotRequired` from `__required_keys__`.
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

WordLists = Mapping[str, list[str]]
"""Words by kind."""

WordTables = Mapping[str, WordLists]
"""Words by table and kind."""


class BodyWords(TypedDict):
    """`body.toml`: headings, roles, surnames of letters and rosters."""

    heading_endings: list[str]
    stage_sections: list[str]
    document_kinds: list[str]
    roles: list[str]
    member_roles: list[str]
    group_endings: list[str]
    not_names: list[str]
    unit_endings: str
    doubtful_endings: str
    post_words: list[str]
    surnames: str
    plain_surnames: str
    compound_surnames: list[str]
    note_openings: list[str]


class HolidayEntry(TypedDict):
    """A holiday with exactly one of the four rules for its day."""

    name: str
    words: list[str]
    day: NotRequired[str]
    lunar: NotRequired[str]
    term: NotRequired[str]
    nth: NotRequired[list[int]]
    not_before: NotRequired[str]


class HolidaySetEntry(TypedDict):
    """Words that mean several holidays."""

    words: list[str]
    names: list[str]


class DeadlineWords(TypedDict):
    """`deadlines.toml`: holidays, events, open words, verbs of reporting."""

    festival: list[HolidayEntry]
    festival_set: list[HolidaySetEntry]
    words: WordLists


class HeaderEntry(TypedDict, total=False):
    """Header words with their role, or with the weights of candidate roles."""

    role: str
    exact: list[str]
    ends: list[str]
    has: list[str]
    level: float
    criteria: float
    requirement: float
    evidence: float


class WordList(TypedDict):
    """A table with one list of words."""

    words: list[str]


class HeaderWords(TypedDict):
    """`headers.toml`: column headers, and the headers of rosters, forms and contact lists."""

    fixed: list[HeaderEntry]
    open: list[HeaderEntry]
    roster: WordList
    form: WordList
    contact: WordList


class IdentityWords(TypedDict):
    """`identity.toml`: campaigns, awards, levels, labels of pages, endings of bodies, words with place names."""

    campaigns: WordLists
    activities: WordLists
    neighbours: WordLists
    awards: Mapping[str, str]
    levels: WordLists
    page: WordLists
    years: WordLists
    bodies: WordLists
    places: WordLists


class ThresholdWords(TypedDict):
    """`thresholds.toml`: operators, units and contexts of required numbers."""

    before: WordLists
    after: WordLists
    units: WordLists
    guards: Mapping[str, str]
    context: WordLists
    consequence: WordLists
