"""Units and their persons in one cell: 县城管局 李强, 县城管局（李强）, 县城管局李强, 县城管局副局长李强."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from extractors.normalize import HIDDEN, strip_artefacts, strip_whitespace
from extractors.parsers.column_headers import header_word, is_exact_header
from extractors.parsers.persons import is_person_name, is_post, remove_padding, split_post
from extractors.parsers.responsible_units import looks_like_party, names_units
from extractors.parsers.unit_names import word_list
from extractors.vocabulary import load_toml

_WORD: Final = re.compile(r"[^\s、，,；;:：/／|（()）【】\[\]\-－—]+")
_EMPTY_BRACKET: Final = re.compile(r"[（(【\[][\s、，,；;:：/／|]*[)）】\]]")
_MARK: Final = re.compile(r"[、，,；;:：/／|\-－—]+")
_LONGEST_CELL: Final = 200
_LONGEST_WORD: Final = 32
"""A unit, a post and a name; a longer text is a sentence."""
_JOINT: Final = "及和与、/（(\n其"
INNER_BRACKET: Final = re.compile(r"[（(][^（()）]{2,30}[)）]")
_NAMED: Final = 2 / 3
"""Share of the texts with brackets in which these are names of persons."""
_LEAST_PAIRS: Final = 3
_MANY_PAIRS: Final = 5
_FULL_NAME: Final = 3
"""李建国: a name of two characters may as well be a word (平时, 党建, 高校), but for those of some surnames."""
_MOSTLY: Final = 0.5
_SOME: Final = 0.25
"""Share of names that are surely persons among many units with names."""
UNIT_ROLES: Final = ("party", "lead", "support")
_PERSON_ROLES: Final = ("person", "leader")


class UnitsAndPersons(NamedTuple):
    """The units of a cell as written, and its persons; `is_clear` is False if it holds anything else."""

    units: str
    persons: str
    is_clear: bool


class _Part(NamedTuple):
    """A part of a cell without marks: which characters of it are units, and the person in it."""

    unit: str
    person: str = ""


def split_units_and_persons(text: str) -> UnitsAndPersons:
    """Return the units of a cell and its persons; one that holds anything else is left whole."""
    compact = remove_padding(strip_artefacts(text.replace(HIDDEN, " ")))
    units, persons, end = "", [], 0
    for word in _WORD.finditer(compact if len(compact) <= _LONGEST_CELL else ""):
        part = _read_word(word.group()) if len(word.group()) <= _LONGEST_WORD else None
        if part is None:
            return UnitsAndPersons(text, "", is_clear=False)
        units += compact[end : word.start()] + part.unit
        persons += [part.person] if part.person else []
        end = word.end()
    if not end:
        return UnitsAndPersons(text, "", is_clear=False)
    listed = (unit.strip() for unit in _MARK.split(_EMPTY_BRACKET.sub("", units + compact[end:])))
    return UnitsAndPersons("、".join(filter(None, listed)), "、".join(persons), is_clear=True)


def are_paired_with_persons(found: Sequence[tuple[str, UnitsAndPersons]]) -> bool:
    """Return whether texts of units hold persons as well: several names that differ and are no other words."""
    paired = [both for _, both in found if both.units and both.persons]
    if len(paired) < _LEAST_PAIRS:
        return False
    bracketed = [both for text, both in found if INNER_BRACKET.search(text)]
    if bracketed and sum(bool(both.persons) for both in bracketed) < _NAMED * len(bracketed):
        # 县城管局（李家村）, 县文旅局（张家界）: places, of which some are written like names.
        return False
    names = [name for both in paired for name in both.persons.split("、")]
    sure = sum(len(name) >= _FULL_NAME or name[0] in load_toml("body")["plain_surnames"] for name in names)
    are_sure = sure > _MOSTLY * len(names) or (len(paired) >= _MANY_PAIRS and sure >= _SOME * len(names))
    return are_sure and len(set(names)) > _MOSTLY * len(names)


def split_header_of_both(header: str) -> tuple[str, str] | None:
    """Return the words for units and for persons of a header of both: 责任单位及责任人, 牵头单位（责任人）."""
    compact = strip_whitespace(header).rstrip("）)")
    for cut in range(len(compact) - 2, 1, -1):
        units, persons = compact[:cut].rstrip(_JOINT), compact[cut:]
        is_person = is_exact_header(persons) and header_word(persons).role in _PERSON_ROLES
        if is_person and (names_units(units) or header_word(units).role in UNIT_ROLES):
            return units, persons
    return None


def _read_word(word: str) -> _Part | None:
    """Return what a text without marks is: a unit, a person, a post, several of them run together, else None."""
    if is_person_name(word):
        return _Part("", word)
    if looks_like_party(word) or word in word_list("lead_tails") or word in word_list("support_tails"):
        return _Part(word)
    for unit, rest in _beginning_with_unit(word):
        if is_person_name(rest):
            return _Part(unit, rest)
        if found := split_post(rest):
            return _Part(unit, found[0])
        if is_post(rest):
            return _Part(unit)
    if found := split_post(word):
        return _Part("", found[0])
    return _Part("") if is_post(word) else None


def _beginning_with_unit(word: str) -> Iterator[tuple[str, str]]:
    """Yield the units that a text may begin with, longer ones first, and the rest of it."""
    for cut in range(len(word) - 2, 1, -1):
        if looks_like_party(word[:cut]):
            yield word[:cut], word[cut:]
