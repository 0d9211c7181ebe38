"""What a name says of the part of its unit: verbs and brackets behind it, marks beside it, marks of a matrix."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from extractors import vocabulary
from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.unit_names import has_unit_suffix, strip_tail

DUTY_TAIL: Final = re.compile(
    r"(?:等|等单位|等部门)?\s{0,4}(?:按照|按|根据|依据|依)\s{0,4}(?:各自)?(?:的)?(?:职责|职能|权限|任务)[\u3400-\u9fff]{0,16}$"
)
"""Words behind a name that say how a duty is shared and no part of the name: 按职责分工分别负责."""


_AND_OTHERS: Final = (
    rf"等(?:(?:各|有关|相关|成员|市直|县直|区直){{0,2}}(?:[\d一二三四五六七八九十]{{1,3}}[个家])?"
    rf"(?:有关|相关|成员)?(?:{vocabulary.alternation(vocabulary.load_toml('parties')['units'])}))?"
)
"""What stands for more units behind the last that is named: 等, 等有关部门, 等8个单位."""
_AND_OTHERS_AT_END: Final = re.compile(f"{_AND_OTHERS}$")


def matrix_role(mark: str) -> str | None:
    """Return the role of a mark in a matrix of units and tasks: ★ → lead, √ → support, blank → None."""
    compact = strip_whitespace(mark)
    if not compact or is_placeholder(compact):
        return None
    return "lead" if compact in vocabulary.load_toml("parties")["lead_marks"] else "support"


def is_unit_mark(mark: str) -> bool:
    """Return whether the text is blank or a matrix mark of the vocabulary."""
    compact = strip_whitespace(mark)
    words = vocabulary.load_toml("parties")
    return not compact or is_placeholder(compact) or compact in words["lead_marks"] or compact in words["support_marks"]


def split_verb(raw: str) -> tuple[str, str]:
    """Return a name and what says its role, or that there are others, behind it: 县教育局牵头 → 县教育局, 牵头."""
    match = _find_role(raw) or _find_others(raw)
    return (raw[: match.start()], match.group()) if match else (raw, "")


def verb_role(raw: str) -> str | None:
    """Return the role that the verb behind a name states, which those listed before it share: …、县教育局牵头."""
    match = _find_role(raw)
    return match and ("lead" if match.group("lead_verb") else "support" if match.group("support_verb") else None)


def leads_by_duty(raw: str) -> bool:
    """Return whether the verb behind a name says that its unit does the duty and not that it leads: 各镇具体负责."""
    return split_verb(raw)[1].endswith("负责")


@lru_cache(maxsize=4096)
def split_role(raw: str) -> tuple[str, str | None]:
    """Return a name without role marks, and the role they state: 县教育局（牵头）, ★县教育局 → 县教育局, lead."""
    if (name := raw.strip(_lead_mark_characters())) != raw and has_unit_suffix(name):
        return name, "lead"
    match = _find_role(raw)
    if match is None:
        others = _find_others(raw)
        return (raw[: others.start()] if others else strip_tail(raw)), None
    role = "lead" if match.group("lead") or match.group("lead_verb") else "support"
    return raw[: match.start()], role


def _find_role(raw: str) -> re.Match[str] | None:
    """Return the verb or bracket that states a role behind the name of a unit."""
    match = _role_suffix_pattern().search(raw)
    return match if match and has_unit_suffix(raw[: match.start()]) else None


def _find_others(raw: str) -> re.Match[str] | None:
    match = _AND_OTHERS_AT_END.search(raw)
    return match if match and has_unit_suffix(raw[: match.start()]) else None


@cache
def _role_suffix_pattern() -> re.Pattern[str]:
    data = vocabulary.load_toml("parties")
    lead, support = ("|".join(sorted(data[k], key=len, reverse=True)) for k in ("lead_tails", "support_tails"))
    units, together = (vocabulary.alternation(data[k]) for k in ("units", "tail_adverbs"))
    return re.compile(
        f"(?:[（(\\[【](?:(?P<lead>{lead})|(?P<support>{support}))(?:{units})?[）)\\]】]"
        f"|(?:{_AND_OTHERS})?(?:{together})?(?:(?P<lead_verb>{lead})|(?P<support_verb>{support})))$"
    )


@cache
def _lead_mark_characters() -> str:
    return "".join(m for m in vocabulary.load_toml("parties")["lead_marks"] if len(m) == 1)


def strip_role(raw: str) -> str:
    """Return a name without marks and verbs that say its part: 县教育局（牵头）, 县教育局√."""
    return split_role(raw.rstrip(_support_mark_characters()))[0]


def strip_duty(text: str) -> str:
    """Return the name of a unit without what it does: 由县教育局牵头负责, 县教育局等按职责分工负责."""
    name, before = DUTY_TAIL.sub("", text.removeprefix("由")), ""
    while name != before:
        name, before = strip_tail(split_role(name)[0]), name
    return name


@cache
def _support_mark_characters() -> str:
    return "".join(m for m in vocabulary.load_toml("parties")["support_marks"] if len(m) == 1)
