"""Words and lines between the units of a cell, which separate them as a mark does: 市教育局会同团市委."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from extractors.parsers.unit_names import has_unit_suffix, split_shared_office, word_list
from extractors.parsers.unit_roles import split_role, split_verb
from extractors.vocabulary import alternation

_JOINT: Final = re.compile(r"(会同|联合|协同|以及|[和及与+＋]|会(?=[省市县区州旗镇乡]|团[省市县区]委|共青团))")
_BEFORE_NAME: Final = re.compile(
    r"(?:(?<=[、，,；;/／|。：:])|^)(?:由|会同|协同|以(?=[\u4e00-\u9fff]{2,24}为主))(?=[\u4e00-\u9fff]{2})"
)
"""由县文明办牵头，会同县公安局; 以县文旅局为主: no name begins so."""
_NAME_BEFORE: Final = re.compile(r"[\u4e00-\u9fff]{2,24}$")
_NAME_AFTER: Final = re.compile(r"[\u4e00-\u9fff]{2,24}")
_PLAIN_NAME: Final = re.compile(r"[\u4e00-\u9fff]{3,24}")
"""A line of a cell that may be the name of a unit by itself."""
_TOGETHER_WITH: Final = "会"
_COMMITTEE: Final = "委"
"""居委|会, 管委|会: 会 behind it ends the name."""


def separate_joined(text: str) -> str:
    """Return a cell with a mark for each word between two units: 市教育局会同团市委; 发展和改革委 is one."""
    pieces = _JOINT.split(_separate_verbs(_BEFORE_NAME.sub("", text)))
    joined = pieces[0]
    for joint, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        before, after = _NAME_BEFORE.search(joined), _NAME_AFTER.match(piece)
        are_units = (
            before is not None
            and after is not None
            and has_unit_suffix(before.group())
            and has_unit_suffix(split_verb(after.group())[0])
            and not (joint == _TOGETHER_WITH and before.group().endswith(_COMMITTEE))
            and not split_shared_office(before.group() + joint + after.group())
        )
        joined += ("、" if are_units else joint) + piece
    return joined


def is_joint(text: str) -> bool:
    """Return whether a text is a word between two units: 会同, 和."""
    return text == _TOGETHER_WITH or _JOINT.fullmatch(text) is not None


def separate_lines(text: str) -> str:
    """Return a cell with marks between its lines if each is a unit of its own, or says what its units do.

    They are if one of them begins with 各 (各街道), or if all end with the same character, as a name that is cut at the
    end of a line does not: 民事审判一庭 above 民事审判二庭.
    """
    lines = [line.strip() for line in text.split("\n")]
    begin_names = any(line.startswith("各") for line in lines[1:]) and all(map(has_unit_suffix, lines))
    if len(lines) > 1 and all(split_role(line)[1] for line in lines):
        return "；".join(lines)
    are_alike = all(map(_PLAIN_NAME.fullmatch, lines)) and len({line[-1:] for line in lines}) == 1
    return "、".join(lines) if begin_names or are_alike else text


def _separate_verbs(text: str) -> str:
    """Return a cell with a mark behind a verb that another unit follows: 市住建局牵头 市城管局配合."""
    return _verb_between().sub(_mark_verb, text)


def _mark_verb(match: re.Match[str]) -> str:
    name, verb = split_verb(match["after"])
    begins_name = name.startswith(word_list("levels")) and not match["verb"].endswith("负责")
    is_unit = has_unit_suffix(name) and name not in word_list("no_names") and (match["blank"] or verb or begins_name)
    is_named = is_unit and has_unit_suffix(match["before"])
    return match["before"] + match["verb"] + "，" if is_named else match.group()


@cache
def _verb_between() -> re.Pattern[str]:
    verbs = alternation((*word_list("lead_tails"), *word_list("support_tails")))
    return re.compile(
        rf"(?<![\u4e00-\u9fff])(?P<before>[\u4e00-\u9fff]{{2,24}}?)(?P<verb>{verbs})(?P<blank>\s*)"
        rf"(?=(?P<after>[\u4e00-\u9fff]{{2,24}}))"
    )
