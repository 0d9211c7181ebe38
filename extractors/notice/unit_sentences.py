"""Sentences that say who does what they ask for: 由区城管局牵头，各街道配合; 区教育局牵头，区公安分局参与."""

from __future__ import annotations

import re
from typing import Final

from extractors.body.line_joining import read_label
from extractors.notice.prose_fields import Field, FoundFields, is_unit, names_office
from extractors.parsers.deadlines import says_only_when
from extractors.parsers.demands import asks_action
from extractors.parsers.responsible_units import is_collective
from extractors.parsers.unit_names import has_unit_suffix, word_list
from extractors.tables.column_roles import ColumnRole
from extractors.vocabulary import alternation

_INNER: Final = r"[（(][^，,。；;：:（）()\n]{1,12}[）)]"
"""A bracket in the name of a unit: 各村（社区）."""
_NAMES: Final = rf"(?:[^，,。；;：:（）()由\n]|{_INNER}){{2,40}}?"
_JOINTLY: Final = f"(?:{alternation(word_list('tail_adverbs'))}|协同|积极|总|主要|具体)?"
_SUPPORTING: Final = alternation(word_list("support_tails"))
_SUPPORT: Final = rf"(?:[，,](?P<support>{_NAMES})(?:等)?{_JOINTLY}(?:{_SUPPORTING})(?=[，,。；;、]|$))?"
_IN_SENTENCE: Final = re.compile(
    rf"(?:由(?P<lead>{_NAMES}){_JOINTLY}(?:牵头|负责|承办|主办)"
    rf"|(?:^|(?<=[，,。；;：:]))(?P<alone>{_NAMES}){_JOINTLY}(?:牵头|承办|主办|负责(?=[，,。；;]|$)))"
    rf"(?!考核|考评|评|解释|单位|部门|科室|的)(?:负责|落实|实施|抓总)?{_SUPPORT}"
)
_CLOSING_SENTENCE: Final = re.compile(
    rf"(?<=[。；;])\s*由(?P<lead>{_NAMES})(?P<verb>牵头|负责|承办|主办)(?:负责|落实|实施)?{_SUPPORT}"
    r"(?:[，,](?P<time>[^，,。；;\n]{2,20}?)(?P<done>完成|落实|办结)?)?[。；;]?$"
)
"""组织测试2次。由合规部牵头，人力部配合，9月底前完成。"""
_DAY_OR_MONTH: Final = re.compile(r"\d{1,2}[月日]")
_LIST_MARK: Final = re.compile("[、，,；;]")
_CLAUSE_MARK: Final = re.compile("[，,。；;：:]")
_MODAL: Final = re.compile("(?:牵头|具体|主要)?(?:要|应当?|必?须|负责|牵头)")
_LONGEST_SUBJECT: Final = 24
_NEXT_CLAUSE: Final = re.compile(r"[，,](?P<clause>各[^，,。；;：:\n]{2,40})")
_LONGEST_NAME: Final = 14


def find_units_in_sentence(text: str) -> tuple[Field, ...]:
    """Return the units that a sentence puts in charge: 由区城管局牵头，各街道配合，…; () if it names none.

    Without 由 one of them must be an office. Many units that the next clause begins with support: 各村每日巡查2次.
    """
    for match in _IN_SENTENCE.finditer(text):
        lead = match["lead"] or match["alone"]
        if not is_unit(lead) or (match["alone"] and not names_office(lead)):
            continue
        support = match["support"] or _find_doers(text, match.end())
        fields: list[Field] = [(ColumnRole.LEAD, lead)]
        if support and all(map(is_unit, _LIST_MARK.split(support))):
            fields.append((ColumnRole.SUPPORT, support))
        return tuple(fields)
    return ()


def _find_doers(text: str, position: int) -> str:
    """Return the many units that the clause at a position begins with, "" if it begins with none."""
    following = _NEXT_CLAUSE.match(text, position)
    clause = following["clause"] if following else ""
    sizes = range(min(_LONGEST_NAME, len(clause) - 1), 1, -1)
    return next((clause[:n] for n in sizes if is_unit(clause[:n]) and is_collective(clause[:n])), "")


def count_offices_with_duties(text: str) -> int:
    """Return how many parts of a text begin with an office and say what it has to do: 市教育局要…，县公安局负责…."""
    label = read_label(text)
    return sum(map(_gives_office_a_duty, _CLAUSE_MARK.split(label.rest if label else text)))


def _gives_office_a_duty(clause: str) -> bool:
    """Return whether a clause begins with an office and what it does: 市教育局开展宣讲."""
    ends = (n for n in range(3, min(len(clause) - 2, _LONGEST_SUBJECT)) if has_unit_suffix(clause[:n]))
    return any(
        clause[n] not in "、和及与（("
        and (_MODAL.match(clause, n) is not None or asks_action(clause[n:]))
        and names_office(clause[:n])
        for n in ends
    )


def take_closing_sentence(text: str) -> FoundFields | None:
    """Take the last sentence off that says who does what is above it, and when; None if it says something else."""
    match = _CLOSING_SENTENCE.search(text)
    if match is None or not is_unit(match["lead"]):
        return None
    support, time = match["support"] or "", match["time"] or ""
    if support and not all(map(is_unit, _LIST_MARK.split(support))):
        return None
    # 由工会负责，做好前期准备。 says what else is to be done.
    if time and not says_only_when(time) and not (match["done"] and _DAY_OR_MONTH.search(time)):
        return None
    role = ColumnRole.LEAD if match["verb"] in ("牵头", "主办") else ColumnRole.PARTY
    fields = ((role, match["lead"]), (ColumnRole.SUPPORT, support), (ColumnRole.DEADLINE, time))
    return FoundFields(text[: match.start()], tuple((role, value) for role, value in fields if value))
