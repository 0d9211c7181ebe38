"""What a heading says of all tasks below it: 一、铸魂育人工程　牵头单位：市委宣传部　包联领导：某某."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.notice.prose_fields import find_labels, says_when, take_units_at_end
from extractors.parsers.column_headers import header_word
from extractors.parsers.item_labels import Heading, read_heading
from extractors.parsers.lead_rules import SectionUnits, read_section_units, states_lead
from extractors.parsers.methods import method_share
from extractors.parsers.responsible_units import looks_like_party
from extractors.tables.column_roles import ColumnRole

_UNITS: Final = (ColumnRole.LEAD, ColumnRole.PARTY, ColumnRole.SUPPORT)
_PERSONS: Final = (ColumnRole.LEADER, ColumnRole.PERSON)
_ROLES: Final = (*_UNITS, *_PERSONS, ColumnRole.DEADLINE, ColumnRole.METHOD)
_DEADLINE_LABEL: Final = re.compile("完成|办结|整改|落实|报送|上报|提交|截止|时限|期限")
_BRACKET: Final = re.compile(r"[（(][^（）()]*[）)]")
_OPENING, _CLOSING = "（(【[〔", "）)】]〕"
_EMPTY_BRACKET: Final = re.compile(r"[（(【\[〔]\s*[）)】\]〕]")
_MARKS_BEFORE_CLOSING: Final = re.compile(r"[；;，,、\s]{1,4}(?=[）)】\]〕])")
_AROUND: Final = " \u3000；;，,。、\n"
"""What stands around a field."""
_PERSON_NAMES: Final = re.compile(r"[\u4e00-\u9fff]{2,4}(?:[、，,\s]{1,2}[\u4e00-\u9fff]{2,4}){0,5}")
_MIN_METHODS: Final = 0.5
"""Share of the characters that are known methods: 查阅资料、现场核验."""


@dataclass(frozen=True, slots=True)
class SectionFields:
    """What a heading or a title says of all its tasks.

    Attributes:
        units: The units that are responsible, None if it names none.
        texts: The units that support them, the persons, the deadline and the methods, as written, by role.
    """

    units: SectionUnits | None = None
    texts: Mapping[ColumnRole, str] = field(default_factory=dict)

    def within(self, outer: SectionFields) -> SectionFields:
        """Return these with those of the heading above for what they do not say."""
        # Units that support those of the heading above support no others.
        above = {role: text for role, text in outer.texts.items() if self.units is None or role not in _UNITS}
        return SectionFields(self.units or outer.units, {**above, **self.texts})


def read_section(text: str) -> tuple[Heading, SectionFields]:
    """Return the heading of a section and what it says of its tasks, in labelled fields or by a verb: 县教育局牵头."""
    name, fields = take_section_fields(text)
    heading = read_heading(name)
    if fields.units is not None:
        return heading, fields
    units = read_section_units(heading.name) or _units_at_end(heading.name)
    return heading, replace(fields, units=units)


def _units_at_end(name: str) -> SectionUnits | None:
    """Return the units in a bracket that says who leads and who supports: 育人行动（区委宣传部牵头，区教育局配合）."""
    found = take_units_at_end(name)
    text = next((value for role, value in found.fields if role is ColumnRole.PARTY), "") if found else ""
    return SectionUnits(text, leads=True) if states_lead(text) else None


def take_section_fields(heading: str) -> tuple[str, SectionFields]:
    """Take the labelled fields off a heading that say who does what is below it, when, and how it is assessed.

    Fields of another kind stay in the heading: 分值：20.
    """
    labels = find_labels(heading)
    ends = [start for start, _ in labels[1:]] + [len(heading)] * bool(labels)
    name, fields = heading[: labels[0][0]] if labels else heading, SectionFields()
    for (start, colon), end in zip(labels, ends, strict=True):
        role, text = _role_of(heading[start:colon]), heading[colon:end]
        closed = _find_closing(text)
        value = text[:closed].strip(_AROUND)
        if role is None or not _is_value(ColumnRole(role), value):
            name += heading[start:end]
            continue
        name += text[closed:]
        if not is_placeholder(value):
            fields = _add_field(fields, ColumnRole(role), value)
    name = _EMPTY_BRACKET.sub("", _MARKS_BEFORE_CLOSING.sub("", name)).rstrip(_AROUND)
    return (name, fields) if strip_whitespace(name) else (heading, fields)


def without_labels(heading: str) -> str:
    """Return a heading without the labels of what it says of its tasks: 市容（牵头单位：县城管局）."""
    labels = [span for span in find_labels(heading) if _role_of(heading[slice(*span)]) in _ROLES]
    ends = [0, *chain.from_iterable(labels), len(heading)]
    return " ".join(heading[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True))


def _role_of(label: str) -> str | None:
    """Return what a label means; 测评时间 and 填表日期 are no time in which tasks are done."""
    name = label.rstrip(":：")
    role = header_word(name).role
    return None if role == ColumnRole.DEADLINE and not _DEADLINE_LABEL.search(name) else role


def _find_closing(text: str) -> int:
    """Return where a bracket closes that was opened before the text, its length if none does."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in _OPENING) - (character in _CLOSING)
        if depth < 0:
            return place
    return len(text)


def _is_value(role: ColumnRole, value: str) -> bool:
    """Return whether a value is what its label says: a unit, a person, a time or a method."""
    if role not in _ROLES:
        return False
    if is_placeholder(value):
        return True
    if role in _UNITS:
        return looks_like_party(strip_whitespace(value))
    if role in _PERSONS:
        return _PERSON_NAMES.fullmatch(_BRACKET.sub("", value)) is not None and not looks_like_party(value)
    return says_when(value) if role is ColumnRole.DEADLINE else method_share(value) >= _MIN_METHODS


def _add_field(fields: SectionFields, role: ColumnRole, value: str) -> SectionFields:
    if role in (ColumnRole.LEAD, ColumnRole.PARTY):
        return replace(fields, units=SectionUnits(strip_whitespace(value), leads=role is ColumnRole.LEAD))
    return replace(fields, texts={**fields.texts, role: value})
