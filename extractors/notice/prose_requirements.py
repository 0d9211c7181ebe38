"""Which items of the running text are tasks: those that name who is responsible, those of a rubric, those of a list.

A list is one by its form: most of its items begin with the unit that has the duty, end with units or a deadline, begin
with a month, or ask a question. The instructions of a letter (一、提高认识) have no such form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import groupby
from typing import Final

from extractors.body.line_joining import LabelStyle
from extractors.body.outline import Outline, OutlineItem, is_note_item, lead_sentence
from extractors.body.provisions import is_stage_item
from extractors.body.scored_items import MIN_SHARE, PART_STYLES, read_rubric
from extractors.body.unnumbered_items import is_month
from extractors.normalize import bigrams, strip_whitespace
from extractors.notice.body_requirements import BodyRequirement, BodyRequirements
from extractors.notice.form_blanks import strip_blanks
from extractors.notice.item_keys import select_for_item
from extractors.notice.labelled_blocks import LabelledItem, ReadLabels, place_below_names, read_labelled_items
from extractors.notice.prose_fields import (
    DUTY_ROLES,
    Field,
    FoundFields,
    add_lead,
    is_bare_name,
    is_statement,
    lists_only_names,
    names_office,
    take_fields,
    take_heading_units,
    take_lead_of_heading,
    take_leading_unit,
    take_office_above,
    take_time_at_end,
    take_units_at_end,
    take_units_of_heading,
)
from extractors.notice.prose_rubrics import scored_requirements
from extractors.notice.unit_sentences import find_units_in_sentence, take_closing_sentence
from extractors.notice.unread_items import (
    LeftOut,
    find_lost_points,
    find_measured_demands,
    find_requests,
    find_unit_lines,
    find_unlabelled,
    find_unread_headings,
    find_unread_units,
)
from extractors.parsers.demands import asks_action, asks_something
from extractors.parsers.item_labels import mark_number
from extractors.parsers.labelled_lines import LABEL
from extractors.parsers.lead_rules import states_lead
from extractors.parsers.points import cell_points
from extractors.parsers.responsible_units import is_collective
from extractors.tables.clean_table import CleanTable
from extractors.tables.column_roles import PARTY_ROLES, ColumnRole

_MIN_ITEMS: Final = 2
"""Items of a form that names units or labels a deadline; so few only where there are no others."""
_MIN_PLAIN_ITEMS: Final = 3
"""Items that begin with a month, ask a question or name units by the way, which running text may do now and then."""
_NAMES_SHARE: Final = 1 / 3
"""Share of bare names in a list that is one of names: 中心小学, 解放路 stand beside 人民公园 and end like no unit."""
_LEAST_ASKING: Final = 5
"""Characters of a verb with its object."""
_MONTH_FIRST = re.compile(
    r"(?P<months>(?:\d{4}年(?=[^:：，,\n]{2,12}前[:：，,]))?(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
    r"(?:(?:月[上中下]旬|月份?|月[初底末])?[、—\-－–~～至到](?:\d{1,2}|[一二三四五六七八九十]{1,2}))?"
    r"月(?:[上中下]旬|[份底初末]|\d{1,2}日)?前?)[:：，,]\s*(?P<rest>[^\n].*)",
    re.DOTALL,
)
"""3月：…, 4月至6月：…, 5月中旬，…, 2023年5月10日前：…; 2022年3月：… may tell what was done."""
_PAST: Final = re.compile("已|[展办行成立织动加]了")
"""3月：开展了志愿服务 tells what was done."""
_DEDUCTION: Final = re.compile(r"扣\d")
"""1月：城管局台账不全，扣2分 tells of a month as well."""
_PARAGRAPH_STYLES: Final = (LabelStyle.MONTH, LabelStyle.ORDINAL, LabelStyle.UNIT)
"""Styles of items that are a paragraph each."""
_DUTIES_OF: Final = re.compile("职责|分工|任务")
"""（一）文化部门职责: the headings say that units of any kind have what stands below."""
_UNIT_ROLES: Final = (ColumnRole.PARTY, ColumnRole.LEAD)
_POINTS_BRACKET = re.compile(r"[（(][^（）()]{0,12}分[）)]")
_QUESTION = re.compile(r"[？?][”）)]*$|是否|有无")
_ADDRESS = re.compile(r"[您你]")
"""您对小区绿化是否满意: a question to a reader is one of a survey, no point to check."""
_OWN_ROLES: Final = (ColumnRole.POINTS, ColumnRole.CRITERIA)
_SHARED_NAMES: Final = {ColumnRole.EVIDENCE: "evidence", ColumnRole.SCORING: "scoring"}
"""Materials that a heading asks for are asked for once, however many items stand below it."""
_UNASKED: Final = "等 {} 条写有单位，看不出要做什么，现读作任务，请对照原文"
_NAMES: Final = "等 {} 条是名称和所属单位，没有写要做什么，不作任务"
_STOPS: Final = "。：:；; \n"
_REPEATED: Final = 0.8
"""Share of the pairs of characters of an item that stand in the tables of the notice, if the item repeats a row."""


@dataclass(slots=True)
class _Collected:
    """The requirements found so far by the identity of their item, and the doubts.

    `pairs_of_tables` returns the pairs of adjacent characters in the tables of the notice.
    """

    pairs_of_tables: Callable[[], Set[str]]
    found: dict[int, BodyRequirement] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    labelled: list[ReadLabels] = field(default_factory=list)
    notes: list[tuple[OutlineItem, str]] = field(default_factory=list)
    names: set[int] = field(default_factory=set)
    """The identities of the items that only name something."""


def read_requirements(outline: Outline, tables: Sequence[CleanTable]) -> BodyRequirements:
    """Return the items of the body that are tasks, in reading order.

    Args:
        outline: the outline of the notice.
        tables: its tables; a list or rubric that repeats their rows gives no tasks of its own.
    """
    collected = _Collected(cache(partial(_pairs_of_tables, tables)))
    rubric = read_rubric(outline)
    scored, labels = scored_requirements(rubric.items)
    if not _repeats(scored, collected.pairs_of_tables):
        if labels.modelled:
            # As of unknown headers, people are asked whatever the model says.
            collected.labelled.append(ReadLabels(scored[0].item, len(scored), labels.modelled, confidence=0.0))
        collected.found.update({id(requirement.item): requirement for requirement in scored})
        collected.left_out += [(item, f"{count} 条写有分值或扣分") for item, count in rubric.doubtful]
    has_rubric = bool(collected.found)
    _add_labelled_items(outline, collected)
    for item in outline.walk():
        if item.is_listed and id(item) not in collected.found:
            collected.found.update({id(one): requirement for one, requirement in _labelled_requirements(item)})
    for _, roots in groupby(outline.items, lambda item: item.annex):
        family = list(roots)
        _add_items_of_units(family, collected)
        labelled = set(collected.found)
        for group in _groups(family):
            _read_list(group, collected)
        _add_items_like_others(family, collected)
        collected.left_out += _find_unread(family, labelled, collected)
    if not collected.found and not any(table.task_rows() for table in tables):
        collected.left_out += find_unit_lines(outline)
        collected.left_out += find_requests(outline)
        if not collected.left_out:
            collected.left_out += find_measured_demands(outline)
        if not collected.left_out:
            collected.left_out += find_lost_points(outline)
    found = [collected.found[id(item)] for item in outline.walk() if id(item) in collected.found]
    led = [_with_month(_with_lead_of_heading(requirement)) for requirement in found]
    requirements = strip_blanks(_with_units_of_headings(led))
    return BodyRequirements(
        requirements,
        rubric.is_proven or not has_rubric,
        collected.left_out,
        collected.labelled,
        collected.notes,
    )


def _find_unread(family: Sequence[OutlineItem], labelled: Set[int], collected: _Collected) -> Iterator[LeftOut]:
    """Yield what names units, or should, and gave no task; `labelled` are the items that label them."""
    groups = [[item for item in group if item.is_listed] for group in _groups(family)]
    for items in groups:
        yield from find_unlabelled(items, labelled, collected.found.keys())
    for items in groups:
        yield from find_unread_units(items, collected.found.keys() | collected.names)
    yield from find_unread_headings(family, collected.found.keys())


def _with_lead_of_heading(requirement: BodyRequirement) -> BodyRequirement:
    """Return a task with the unit that leads by its heading, whose name is without it: 二、学校教育（市教育局牵头）."""
    path, lead = list(requirement.item.path), ""
    for depth, heading in enumerate(path):
        path[depth], unit = take_lead_of_heading(heading)
        lead = unit or lead
    if not lead:
        return requirement
    item = replace(requirement.item, path=tuple(path))
    return replace(requirement, item=item, fields=tuple(add_lead(lead, requirement.fields)))


def _with_units_of_headings(requirements: Sequence[BodyRequirement]) -> Sequence[BodyRequirement]:
    """Return tasks with the units in brackets of the headings above them, if several headings have such a bracket."""
    parts = {part for requirement in requirements for part in requirement.item.path}
    taken = {part: found for part in parts if (found := take_units_of_heading(part))[1]}
    if len(taken) < _MIN_ITEMS or not any(names_office(units) for _, units in taken.values()):
        return requirements
    return [_with_units_above(requirement, taken) for requirement in requirements]


def _with_units_above(requirement: BodyRequirement, taken: Mapping[str, tuple[str, str]]) -> BodyRequirement:
    """Return a task with the units of its innermost heading that names some, unless it has units of its own."""
    path = requirement.item.path
    units = next((taken[part][1] for part in reversed(path) if part in taken), "")
    item = replace(requirement.item, path=tuple(taken[part][0] if part in taken else part for part in path))
    has_own = not units or any(role in PARTY_ROLES for role, _ in requirement.fields)
    fields = requirement.fields if has_own else (*requirement.fields, (ColumnRole.PARTY, units))
    return replace(requirement, item=item, fields=fields)


def _with_month(requirement: BodyRequirement) -> BodyRequirement:
    """Return a task with the month it begins with as its time limit, unless it states one: 3月：…."""
    item, fields = requirement.item, requirement.fields
    if item.style is not LabelStyle.MONTH or any(role is ColumnRole.DEADLINE for role, _ in fields):
        return requirement
    return replace(requirement, fields=(*fields, (ColumnRole.DEADLINE, item.label or "")))


def _labelled_requirements(item: OutlineItem) -> Iterator[tuple[OutlineItem, BodyRequirement]]:
    """Yield the tasks of an item that names who is responsible: itself with its parts, or the items below it.

    道德讲堂（责任单位：宣传科） is the heading of the items below it, 建立三项制度： a sentence with parts.
    """
    found = take_fields(item.text)
    first, *more = item.text.split("\n")
    if not found.has(DUTY_ROLES):
        stated = _take_stated_units(first) if item.children else None
        if stated is None:
            return
        # A single leader leads items with units of their own as well, see `_with_lead_of_heading`.
        first, found = first if take_lead_of_heading(first)[1] else stated.text, stated
    # 工作措施： above numbered measures says nothing of its own.
    own = take_fields("\n".join([first, *(line for line in more if not LABEL.fullmatch(line))])).text
    title = lead_sentence(take_fields(first).text)
    is_sentence = own.endswith(("：", ":")) or own.strip(_STOPS) != title
    if not item.children or (is_sentence and all(child.style in PART_STYLES for child in item.children)):
        yield item, BodyRequirement(item, "\n".join([own, *item.parts()]), found.fields)
        return
    heading = (item.label or "") + title
    depth = len(item.path)
    rest = own.removeprefix(title).strip(_STOPS) or None
    shared = frozenset[str]()
    for leaf in item.walk():
        if not leaf.children:
            below = replace(leaf, path=(*leaf.path[:depth], heading, *leaf.path[depth + 1 :]))
            inner = _take_own_fields(leaf.text)
            of_item = found._replace(fields=tuple(select_for_item(found.fields, mark_number(leaf.label or ""))))
            inherited = _inherited_fields(inner, of_item)
            fields = (*inner.fields, *inherited)
            if inner.has(PARTY_ROLES) and (
                lead := next((v for role, v in of_item.fields if role is ColumnRole.LEAD), "")
            ):
                fields = tuple(add_lead(lead, fields))
            yield leaf, BodyRequirement(below, inner.text, fields, criteria=rest, shared=shared)
            shared = frozenset(_SHARED_NAMES[role] for role, _ in inherited if role in _SHARED_NAMES)


def _take_stated_units(heading: str) -> FoundFields | None:
    """Take the bracket off a heading that says who leads and who supports below it: 育人行动（区教育局牵头）."""
    found = take_units_at_end(heading)
    units = [value for role, value in found.fields if role is ColumnRole.PARTY] if found else []
    return found if any(states_lead(text) and names_office(text) for text in units) else None


def _take_own_fields(text: str) -> FoundFields:
    """Take the labelled fields out of an item below a heading that names units, and the offices at its end."""
    found = take_fields(text)
    more = None if found.has(PARTY_ROLES) else take_units_at_end(found.text)
    units = [value for role, value in more.fields if role is ColumnRole.PARTY] if more else []
    if more is None or not any(map(names_office, units)):
        return found
    return FoundFields(more.text, (*found.fields, *more.fields))


def _inherited_fields(own: FoundFields, heading: FoundFields) -> list[Field]:
    """Return the fields that an item has from its heading: those of which it has none of its own; units all or none."""
    roles = {role for role, _ in own.fields}
    excluded = {*roles, *PARTY_ROLES} if own.has(PARTY_ROLES) else roles
    return [(role, value) for role, value in heading.fields if role not in excluded]


def _add_labelled_items(outline: Outline, collected: _Collected) -> None:
    """Add the items of lists that are written in labelled lines: （一）道德讲堂 above 测评内容：…, 责任科室：…."""
    leaves = [item for item in outline.walk() if not item.children and not is_stage_item(item)]
    for _, siblings in groupby(leaves, lambda item: (item.annex, item.path, item.style)):
        listed = list(siblings)
        items = [item for item in listed if "\n" in item.text and id(item) not in collected.found]
        read = read_labelled_items([item.text for item in items]) if len(items) >= MIN_SHARE * len(listed) else None
        if read is None:
            continue
        found = [_from_lines(item, one) for item, one in zip(items, read.items, strict=True)]
        collected.found.update({id(item): one for item, one in zip(items, found, strict=True)})
        collected.labelled.append(ReadLabels(items[0], len(items), read.roles, read.confidence))


def _from_lines(item: OutlineItem, one: LabelledItem) -> BodyRequirement:
    """Return an item in labelled lines; its name is the heading of what another line says is to be done."""
    item = place_below_names(item, one)
    others = tuple(field for field in one.found.fields if field[0] not in _OWN_ROLES)
    own = {role: value for role, value in one.found.fields if role in _OWN_ROLES}
    points = cell_points(own.get(ColumnRole.POINTS, ""))
    criteria = own.get(ColumnRole.CRITERIA)
    return BodyRequirement(item, one.found.text, others, points, criteria=criteria, is_scored=points is not None)


def _pairs_of_tables(tables: Sequence[CleanTable]) -> frozenset[str]:
    cells = (cell for table in tables for cell in table.grid.unique_cells())
    return frozenset(pair for cell in cells for pair in bigrams(strip_whitespace(cell.text)))


def _repeats(requirements: Sequence[BodyRequirement], pairs_of_tables: Callable[[], Set[str]]) -> bool:
    """Return whether most of the items stand in the tables of the notice as well."""
    repeated = 0
    for requirement in requirements:
        known = pairs_of_tables()
        pairs = bigrams(strip_whitespace(_POINTS_BRACKET.sub("", requirement.text)).strip("。；;"))
        repeated += bool(known) and sum(pair in known for pair in pairs) >= _REPEATED * len(pairs)
    return repeated * 2 > len(requirements)


def _groups(roots: Sequence[OutlineItem]) -> Iterator[list[OutlineItem]]:
    """Yield the items that are read as one list: all finest items of a section, those without a section together.

    The lines of a note are none of them; the months of a plan are one list, with what stands below each.
    """
    plain = [root for root in roots if not root.children or root.style is LabelStyle.MONTH]
    own = [node for root in plain for node in root.walk() if not node.children]
    others = (root for root in roots if root.children and root.style is not LabelStyle.MONTH)
    sections = [own, *([node for node in root.walk() if not node.children] for root in others)]
    yield from filter(None, ([item for item in section if not is_note_item(item)] for section in sections))


def _read_list(group: Sequence[OutlineItem], collected: _Collected) -> None:
    """Add the items of a section that has the form of a list; else those of each of its parts that has."""
    items = [item for item in group if item.is_listed and id(item) not in collected.found and not is_stage_item(item)]
    if not items or _add_list(items, collected):
        return
    parts = [list(part) for _, part in groupby(items, lambda item: item.path)]
    for part in parts if len(parts) > 1 else ():
        _add_list(part, collected)


def _add_list(items: Sequence[OutlineItem], collected: _Collected) -> bool:
    """Add the items of a list if most are written in one form; report those that are not."""
    for take, least in _FORMS:
        taken = _take_all(_without_closing(items), take)
        found_of = zip(items, taken, strict=False)
        by_item = {id(item): _with_tail(own, fields) for item, (own, fields) in found_of if fields is not None}
        found = list(by_item.values())
        is_list = len(found) >= MIN_SHARE * len(items) if len(found) > _MIN_ITEMS else len(found) == len(items)
        if len(found) < least or not is_list or _repeats(found, collected.pairs_of_tables):
            continue
        if take is _take_time_at_end and sum(asks_something(one.text) for one in found) * 2 < len(found):
            # What a list of events or awards has in brackets is a day too.
            continue
        is_stated = take is _take_closing_sentence or (take is _take_units_at_end and _assigns_to_all(found))
        if _names_no_office(found) and not is_stated:
            _report_places(found, collected)
            continue
        if take is _take_units_at_end and _only_names(found, collected):
            return True
        if take is _take_leading_unit and not any(_may_ask(requirement.text) for requirement in found):
            collected.notes.append((found[0].item, _UNASKED.format(len(found))))
        collected.found.update(by_item)
        others = [item for item, (_, fields) in zip(items, taken, strict=True) if fields is None]
        if others:
            collected.left_out.append((others[0], f"{len(others)} 条与同列其他条写法不同"))
        return True
    return False


def _may_ask(text: str) -> bool:
    """Return whether a text asks for something, or is too short to tell: 开好班会."""
    return len(text.strip(_STOPS)) < _LEAST_ASKING or asks_something(text)


def _only_names(found: Sequence[BodyRequirement], collected: _Collected) -> bool:
    """Return whether items before units in brackets name places (人民公园（区城管局）), and tell of names."""
    names = [requirement for requirement in found if is_bare_name(requirement.text)]
    asking = any(is_statement(requirement.text) for requirement in found if not is_bare_name(requirement.text))
    if not names:
        return False
    if asking or len(names) < _NAMES_SHARE * len(found):
        collected.notes.append((names[0].item, _UNASKED.format(len(names))))
        return False
    if len(names) >= _MIN_PLAIN_ITEMS:
        collected.notes.append((found[0].item, _NAMES.format(len(found))))
    else:
        _report_places(found, collected)
    collected.names.update(id(requirement.item) for requirement in found)
    return True


def _without_closing(items: Sequence[OutlineItem]) -> list[OutlineItem]:
    """Return the items without what closes their list: paragraphs below the last one, where no other has any.

    （十五）建好平台。（团县委牵头） above 各责任单位要按时报送进展, which is said of all items.
    """
    *others, last = items
    first, *more = last.text.split("\n")
    if not others or not more or any("\n" in item.text for item in others):
        return list(items)
    ends = (take_units_at_end, take_time_at_end)
    are_paragraphs = all(item.style in _PARAGRAPH_STYLES for item in items)
    is_closed = are_paragraphs or (not any(end(last.text) for end in ends) and any(end(first) for end in ends))
    return [*others, replace(last, text=first)] if is_closed else list(items)


def _take_all(
    items: Sequence[OutlineItem], take: Callable[[OutlineItem], FoundFields | None]
) -> list[tuple[OutlineItem, FoundFields | None]]:
    """Return what a form finds in each item; nothing as soon as too few items can be written in it."""
    taken: list[tuple[OutlineItem, FoundFields | None]] = []
    found = len(items)
    for item in items:
        taken.append((item, take(item)))
        found -= taken[-1][1] is None
        if found < MIN_SHARE * len(items):
            return []
    return taken


def _report_places(requirements: Sequence[BodyRequirement], collected: _Collected) -> None:
    """Report items of units that may be places; whoever addresses all units (各单位：…) means neither."""
    if not all(is_collective(value) for requirement in requirements for _, value in requirement.fields[:1]):
        reason = f"{len(requirements)} 条以单位或场所的名称开头或结尾，看不出是不是责任单位"
        collected.left_out.append((requirements[0].item, reason))


def _names_no_office(requirements: Sequence[BodyRequirement]) -> bool:
    """Return whether items name units of which none is an office.

    Then they may be instructions to all (各单位：…, 各县区：…) or places to look at (医院：…, 公园：…).
    """
    units = [value for requirement in requirements for role, value in requirement.fields if role in _UNIT_ROLES]
    return bool(units) and not any(map(names_office, units))


def _assigns_to_all(requirements: Sequence[BodyRequirement]) -> bool:
    """Return whether each item asks for something and ends with units of a kind: 清理楼道杂物（各社区）."""
    units = [value for requirement in requirements for _, value in requirement.fields[:1]]
    return all(map(is_collective, units)) and all(asks_action(requirement.text) for requirement in requirements)


def _with_tail(item: OutlineItem, found: FoundFields) -> BodyRequirement:
    tail = take_fields(found.text)
    fields = (*found.fields, *tail.fields)
    time = None if FoundFields(tail.text, fields).has((ColumnRole.DEADLINE,)) else take_time_at_end(tail.text)
    return (
        BodyRequirement(item, time.text, (*fields, *time.fields)) if time else BodyRequirement(item, tail.text, fields)
    )


def _add_items_of_units(family: Sequence[OutlineItem], collected: _Collected) -> None:
    """Add the items below headings that are names of units, if most headings beside them are: （一）县教育局."""
    for siblings in _heading_lists(family):
        headings = [heading for heading in siblings if not is_stage_item(heading)]
        fields_of = zip(headings, take_heading_units([heading.text for heading in headings]), strict=True)
        units = [(heading, fields) for heading, fields in fields_of if fields]
        if len(units) < _MIN_ITEMS or len(units) < MIN_SHARE * len(siblings):
            continue
        leaves = [
            (leaf, fields)
            for heading, fields in units
            for leaf in heading.walk()
            if not leaf.children and id(leaf) not in collected.found and not lists_only_names(leaf.text)
        ]
        items = _without_closing([leaf for leaf, _ in leaves]) if leaves else []
        found = {
            id(leaf): _with_tail(item, FoundFields(item.text, fields))
            for (leaf, fields), item in zip(leaves, items, strict=True)
        }
        below = list(found.values())
        n_headings = len({requirement.item.path for requirement in below})
        are_meant = not _names_no_office(below) or all(_DUTIES_OF.search(heading.heading) for heading, _ in units)
        if n_headings >= _MIN_ITEMS and are_meant and not _repeats(below, collected.pairs_of_tables):
            collected.found.update(found)
            known = {id(heading) for heading, _ in units}
            others = [item for heading in siblings if id(heading) not in known for item in heading.children]
            if others:
                collected.left_out.append((others[0], f"{len(others)} 条的上级标题不是单位名称"))


def _add_items_like_others(family: Sequence[OutlineItem], collected: _Collected) -> None:
    """Add items that end with an office in a bracket, or a sentence that says who does what, where others name units.

    A section may have one item only, or items of another form, which are reported.
    """
    groups = [[item for item in group if item.is_listed] for group in _groups(family)]
    items = [item for group in groups for item in group]
    tasks = [collected.found[id(item)] for item in items if id(item) in collected.found]
    if sum(any(role in PARTY_ROLES for role, _ in task.fields) for task in tasks) < _MIN_ITEMS:
        return
    known = collected.found.keys() | collected.names
    for group in groups:
        others = [item for item in group if id(item) not in known and not is_stage_item(item)]
        added = {id(item): one for item in others if (one := _read_like_others(item)) is not None}
        collected.found.update(added)
        unread = [item for item in others if id(item) not in added]
        if added and unread:
            collected.left_out.append((unread[0], f"{len(unread)} 条与同列其他条写法不同"))


def _read_like_others(item: OutlineItem) -> BodyRequirement | None:
    """Return an item with the units at its end, or the office above it, None if it names none.

    Places to look at may end one as well.
    """
    if (closed := _take_closing_sentence(item)) is not None:
        return _with_tail(item, closed)
    if (headed := take_office_above(item.text)) is not None:
        return _with_tail(item, headed)
    found = _take_units_at_end(item)
    if found is None or is_bare_name(found.text.split("\n")[0]) or _names_no_office([_with_tail(item, found)]):
        return None
    return _with_tail(item, found)


def _heading_lists(siblings: Sequence[OutlineItem]) -> Iterator[list[OutlineItem]]:
    """Yield the headings of one depth below one heading."""
    headings = [item for item in siblings if item.children]
    if headings:
        yield headings
    for heading in headings:
        yield from _heading_lists(heading.children)


def _take_leading_unit(item: OutlineItem) -> FoundFields | None:
    return take_leading_unit(item.text)


def _take_units_at_end(item: OutlineItem) -> FoundFields | None:
    """Take the units off that end an item or its first paragraph; the others remain a part of it."""
    first, *others = item.text.split("\n", maxsplit=1)
    if (found := take_units_at_end(item.text)) is not None or not others:
        return found
    found = take_units_at_end(first)
    return FoundFields("\n".join([found.text, *others]), found.fields) if found else None


def _take_closing_sentence(item: OutlineItem) -> FoundFields | None:
    return take_closing_sentence(item.text)


def _take_deadline(item: OutlineItem) -> FoundFields | None:
    found = take_fields(item.text)
    return FoundFields(item.text, ()) if found.has((ColumnRole.DEADLINE,)) else None


def _take_time_at_end(item: OutlineItem) -> FoundFields | None:
    return take_time_at_end(item.text)


def _take_month(item: OutlineItem) -> FoundFields | None:
    if item.style is LabelStyle.MONTH or (item.path and is_month(item.path[-1])):
        is_plan = not _PAST.search(item.text) and not lists_only_names(item.text) and not _DEDUCTION.search(item.text)
        found = _take_units_at_end(item) or _take_units_in_sentence(item) or FoundFields(item.text, ())
        return found if is_plan else None
    match = _MONTH_FIRST.match(item.text)
    return FoundFields(match["rest"], ((ColumnRole.DEADLINE, match["months"]),)) if match else None


def _take_units_in_sentence(item: OutlineItem) -> FoundFields | None:
    if (closed := take_closing_sentence(item.text)) is not None:
        return closed
    fields = find_units_in_sentence(item.text)
    return FoundFields(item.text, fields) if fields else None


def _take_question(item: OutlineItem) -> FoundFields | None:
    is_question = _QUESTION.search(item.text) and not _ADDRESS.search(item.text)
    return FoundFields(item.text, ()) if is_question else None


_FORMS: Final[Sequence[tuple[Callable[[OutlineItem], FoundFields | None], int]]] = (
    (_take_leading_unit, _MIN_ITEMS),
    (_take_units_at_end, _MIN_ITEMS),
    (_take_closing_sentence, _MIN_ITEMS),
    (_take_deadline, _MIN_ITEMS),
    (_take_time_at_end, _MIN_PLAIN_ITEMS),
    (_take_month, _MIN_PLAIN_ITEMS),
    (_take_units_in_sentence, _MIN_ITEMS),
    (_take_question, _MIN_PLAIN_ITEMS),
)
"""The forms of a list with the least number of its items."""
