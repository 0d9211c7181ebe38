"""Sentences and headings that say who leads: 排名第一的为牵头单位; （一）县教育局牵头（28分）."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from extractors.normalize import strip_whitespace
from extractors.parsers.column_headers import header_word
from extractors.parsers.labelled_lines import split_labelled
from extractors.parsers.persons import is_person_list
from extractors.parsers.responsible_units import Party, looks_like_party, names_single_office, names_units
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("parties")
_FIRST_LEADS: Final = re.compile(
    rf"{alternation(_WORDS['first_of_list'])}(?:位|名|个)?的?[^，,。；;]{{0,12}}?(?:为|是|即|系|作为|负责)[^，,。；;]{{0,10}}?"
    rf"(?:{alternation(_WORDS['lead_of'])})"
)
_LED_BY_FIRST: Final = re.compile(
    rf"{alternation(_WORDS['first_of_list'])}(?:位|名|个)?的?(?:责任|承办)?(?:{alternation(_WORDS['units'])})?(?:负责)?"
    rf"(?:{alternation(_WORDS['lead_of'])})(?!{alternation(_WORDS['units'])})"
)
"""由排名首位科室牵头."""
_DENIES: Final = re.compile(rf"不[以按][^，,。；;]{{0,4}}?{alternation(_WORDS['first_of_list'])}|不分(?:先后|主次)")
"""不以第一位作为牵头单位, 排名不分先后."""
_LEAD_WORD: Final = re.compile(alternation(_WORDS["lead_of"]))
_MARKS_LEAD: Final = re.compile(
    rf"[★☆◎●▲√✓✔○△■][^，,。；;]{{0,4}}?(?:表示|代表|为|指|标注)[^，,。；;]{{0,8}}?(?:{alternation(_WORDS['lead_of'])})"
)
_PARTS_MATCH: Final = re.compile(r"(?:序号|编号|标号|项号)[^，,。；;]{0,12}(?:一一|逐一|分别|相互|依次)?对应")
_SENTENCE: Final = re.compile(r"[。；;\n]")


_VERBS: Final = alternation(_WORDS["lead_of"])
_COUNT: Final = r"(?:[（(][^（）()]{1,10}[）)])?"
_COUNT_AT_END: Final = re.compile(r"[（(][^（）()\d]{0,12}\d[^（）()]{0,24}[）)]$")
_LEADS_SECTION: Final = re.compile(
    rf"(?:由|[：:（(]|^)(?P<before>[^：:（()），,。；;由]{{2,24}}?)(?:{_VERBS})(?:负责|抓总|落实)?[)）]?$"
    rf"|^(?P<whose>[^：:，,。；;由]{{2,24}}?)(?:{_VERBS})的?[\u4e00-\u9fff]{{2,6}}{_COUNT}$"
)
"""县教育局牵头（28分）, 各县（区）牵头任务（4项）."""
_MIN_OFFICES: Final = 2
_NAME: Final = re.compile(rf"(?P<name>[^：:，,。；;（）()]{{2,16}}){_COUNT}")
_UNITS_OF_TITLE: Final = ("lead", "party", "support")
_PERSONS_OF_TITLE: Final = ("leader", "person")
_LABELLED: Final = re.compile(
    rf"(?P<verb>{_VERBS}|{alternation(_WORDS['party_of'])})(?:{alternation(_WORDS['units'])})[：:]"
    rf"(?P<units>[^：:（()）。；;]{{2,40}})[)）]?$"
)


@dataclass(frozen=True, slots=True)
class SectionUnits:
    """Units that a heading names for all tasks below it.

    Attributes:
        text: The units as written.
        leads: Whether they lead what other units do (牵头), or are responsible where a task names no units.
    """

    text: str
    leads: bool


def read_section_units(name: str) -> SectionUnits | None:
    """Return the units that the name of a heading gives its tasks, None if it gives none.

    县教育局牵头 and 市容市貌（牵头单位：县城管局） lead; 环境卫生（责任单位：县卫健局） is responsible.
    """
    compact = strip_whitespace(name)
    labelled = _LABELLED.search(compact)
    if labelled is not None:
        units, leads = labelled["units"], labelled["verb"] in _WORDS["lead_of"]
    else:
        verbal = _LEADS_SECTION.search(compact)
        if verbal is None:
            return None
        units, leads = verbal["before"] or verbal["whose"], True
    return SectionUnits(units, leads) if looks_like_party(units) and not names_units(units) else None


def read_title_units(titles: Iterable[str]) -> SectionUnits | None:
    """Return the units that the lines above a header, or a title, give all tasks of a table, None if they give none.

    责任部门：区水务局 in a row of its own; 任务分解表（牵头单位：区水务局）, 区水务局牵头任务（4项） as a title.
    """
    for title in titles:
        for role, value in read_title_fields(title):
            if role in ("lead", "party"):
                return SectionUnits(value, leads=role == "lead")
        if (units := read_section_units(strip_whitespace(title))) is not None:
            return units
    return None


def read_title_fields(title: str) -> list[tuple[str, str]]:
    """Return role and value of the duties that a line of labelled fields gives all tasks of a table.

    责任科室：办公室　科室负责人：某某　分管领导：某某. Who fills the table in, and when, is no duty.
    """
    fields = ((header_word(strip_whitespace(label)).role, value) for label, value in split_labelled(title))
    return [
        (role, strip_whitespace(value) if role not in _PERSONS_OF_TITLE else value)
        for role, value in fields
        if (role in _UNITS_OF_TITLE and looks_like_party(strip_whitespace(value)))
        or (role in _PERSONS_OF_TITLE and is_person_list(value))
    ]


def without_count(name: str) -> str:
    """Return a name without the bracket behind it that counts what it has to do: 办公室（3项40分）."""
    return _COUNT_AT_END.sub("", name.strip())


def read_office_titles(titles: Sequence[str | None]) -> list[SectionUnits | None]:
    """Return for each table the office that its title is the name of, if several tables have such titles.

    市教育局（4项） above one table, 市城管局（3项） above the next: whose tasks these are. One alone may be the issuer.
    """
    matches = [_NAME.fullmatch(strip_whitespace(title or "")) for title in titles]
    names = [match["name"] if match and names_single_office(match["name"]) else None for match in matches]
    if len({name for name in names if name}) < _MIN_OFFICES:
        return [None] * len(names)
    return [SectionUnits(name, leads=False) if name else None for name in names]


_SUPPORT_IN_HEADER: Final = re.compile(
    rf"[（(](?:{alternation(_WORDS['support_of'])})(?:{alternation(_WORDS['units'])})?[)）]$"
)
_BRACKET_AT_END: Final = re.compile(r"(?P<lead>[^（()）]+)[（(](?P<support>[^（()）]+)[)）]")


def label_bracket(header: str, cell: str) -> str:
    """Return a cell with labels for those in its bracket, if the bracket of its header says that they support.

    机关党委（人事科） below 承办（协办） is 牵头：机关党委；配合：人事科.
    """
    if not _SUPPORT_IN_HEADER.search(strip_whitespace(header)):
        return cell
    match = _BRACKET_AT_END.fullmatch(cell.strip())
    return f"牵头：{match['lead'].strip()}；配合：{match['support'].strip()}" if match else cell


def says_first_leads(sentences: Iterable[str]) -> bool:
    """Return whether sentences state that the first of several units leads, of each part of a cell if it has parts."""
    return any(says_who_leads(sentence) for text in sentences for sentence in _SENTENCE.split(text))


def says_who_leads(sentence: str) -> bool:
    """Return whether a sentence says that the first of several units leads: 由排名首位的科室牵头."""
    compact = strip_whitespace(sentence)
    if _LEAD_WORD.search(compact) is None or _DENIES.search(compact) is not None:
        return False
    return _FIRST_LEADS.search(compact) is not None or _LED_BY_FIRST.search(compact) is not None


def states_lead(units: str) -> bool:
    """Return whether units stand with the word that one of them leads: 市教育局牵头，团市委配合."""
    return _LEAD_WORD.search(units) is not None


def says_parts_match(sentence: str) -> bool:
    """Return whether a sentence says that the parts of the cells of a row belong together: 各栏序号一一对应."""
    return _PARTS_MATCH.search(strip_whitespace(sentence)) is not None


def says_mark_leads(sentence: str) -> bool:
    """Return whether a sentence says by what mark one sees who leads: ★表示牵头单位，√表示配合单位."""
    return _MARKS_LEAD.search(strip_whitespace(sentence)) is not None


def order_roles(parties: list[Party], text: str, *, first_leads: bool) -> list[Party]:
    """Return the units of a cell with the roles of their order, if a sentence says that the first leads.

    In ①县水务局、各乡镇②县城管局 the first of each part does; 1.县水务局 2.县城管局 may only count the units.

    Args:
        parties: The units.
        text: The task, which may have the same parts.
        first_leads: Whether a sentence says so.
    """
    if not first_leads or any(p.stated for p in parties):
        return parties
    scopes = Counter(party.scope for party in parties)
    has_parts = max(scopes.values(), default=0) > 1 or all(scope is None or scope in text for scope in scopes)
    seen: set[str | None] = set()
    out: list[Party] = []
    for party in parties:
        part = party.scope if has_parts else None
        out.append(replace(party, role="support" if part in seen else "lead", stated=True, source="rule"))
        seen.add(part)
    return out
