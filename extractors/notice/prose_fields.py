"""The fields of an item of the running text: labelled tails, units at its beginning and its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from extractors.normalize import HIDDEN, clean, is_placeholder
from extractors.parsers.column_headers import header_word, is_exact_header
from extractors.parsers.deadlines import says_only_when
from extractors.parsers.demands import asks_action
from extractors.parsers.labelled_lines import FIELD_LABEL, LABEL, LABEL_PATTERN
from extractors.parsers.lead_rules import read_section_units, states_lead
from extractors.parsers.persons import has_post, is_person_list
from extractors.parsers.responsible_units import looks_like_party, names_single_office, role_of_label
from extractors.parsers.unit_names import has_balanced_brackets
from extractors.parsers.unit_roles import DUTY_TAIL, strip_duty
from extractors.tables.column_roles import ColumnRole

Field = tuple[ColumnRole, str]
"""The role and the text of a field."""

_TAIL = re.compile(
    rf"[（(【\[〔]\s*(?P<fields>{LABEL_PATTERN}[^（(]*(?:[（(][^（）()]*[）)][^（(]*?)*)[）)】\]〕][。；;]?"
)
_LINE = re.compile(
    rf"(?:^\s*|(?<=[。；;\n])[^\S\n]*)(?P<fields>{LABEL_PATTERN}[^。\n]+(?:(?:。|。?\n)\s*{LABEL_PATTERN}[^。\n]+)*)。?(?=\n|$)"
)
_AFTER_COMMA = re.compile(rf"[，,]\s*(?P<fields>{LABEL_PATTERN}[^。\n]+)。?$")
"""清理占道经营，责任单位：区城管局。"""
_COLON = re.compile("[:：]")
_BLANK = re.compile("(?=[年月日 ]*[_＿]{2})[_＿年月日 ]+")
"""____年__月__日: to be filled in."""
_LONGEST_LABEL = 8
"""牵头责任单位: characters of a label."""
_LEVEL_OF_UNIT = re.compile("[省市州盟县区旗镇乡街村校各]")
"""Where a name begins of which all headings share the first characters: 请|县教育局, 请|县住建局."""
_BEHIND_NAME = frozenset("：:，,。；;（(要应须")
"""What stands alone behind the name of a unit: 县教育局要."""
_MAX_FIELDS = 4
"""Tails of one item: （责任单位：…）（完成时限：…）."""
FIELD_MARKS: Final = " ；;，,。\n"
"""What stands around the text of a field."""
DUTY_ROLES: Final = (ColumnRole.LEAD, ColumnRole.PARTY, ColumnRole.LEADER)
"""Fields that make any item a task."""
FIELD_ROLES: Final = (*DUTY_ROLES, ColumnRole.SUPPORT, ColumnRole.PERSON, ColumnRole.DEADLINE, ColumnRole.EVIDENCE)
UNIT_ROLES: Final = (ColumnRole.LEAD, ColumnRole.PARTY, ColumnRole.SUPPORT)
_TIME_BEHIND = re.compile(r"[，,；;]\s*(?P<time>[^，,；;。：:、]{2,16})$")
_TITLE = r"(?P<title>[^，,。；;：:（(\n]{2,24}。)?"
_LEADING_UNIT = re.compile(
    _TITLE + r"(?P<unit>[^，,。；;：:\n—―]{2,40}?)\s*(?:[:：]|[—―]{1,3})\s*(?P<rest>[^\n].*)", re.DOTALL
)
_OFFICE_FIRST = re.compile(rf"(?P<unit>[^，,。；;：:\n]{{2,24}})。\s*(?P<rest>(?!{LABEL_PATTERN})[^\n].*)", re.DOTALL)
"""区文明办。负责统筹协调。"""
_DONE = re.compile("(?:均|都|现)?已")
"""What a unit has done is no duty: 城东街道：已更新公益广告."""
_UNIT_IN_CHARGE = re.compile(
    r"由?(?P<unit>[^，,。；;：:\n]{2,40}?)(?:主要|具体)?负责(?![人]|任)(?P<rest>[^\n].*)", re.DOTALL
)
_LEADING_PERSON = re.compile(
    r"(?P<label>[\u4e00-\u9fff]{2,8})[:：]\s*(?P<value>[^。；;，,：:\n]{2,24})[。；;，,\n]\s*(?=\S)"
)
"""Who answers for the unit: 校办——责任人：李明。制定方案…"""
_INNER = r"[（(][^（）()【】\[\]〔〕。：:]{1,12}[）)]"
"""A bracket in the name of a unit: 各乡镇（街道）."""
_UNITS_AT_END = re.compile(
    rf"[（(【\[〔](?P<units>(?:[^（）()【】\[\]〔〕。：:]|{_INNER}){{2,100}})[）)】\]〕](?=[。；;：:]?$)"
)
_BRACKET_AT_END = re.compile(
    rf"[（(【\[〔](?P<inner>(?:[^（）()【】\[\]〔〕]|{_INNER}){{2,100}})[）)】\]〕](?=[。；;]?$)"
)
_LAST_SENTENCE = re.compile(r"[。；;]\s*(?P<inner>[^，,。；;：:\n]{2,40})[。；;]?$")
_LAST_OFFICE = re.compile(r"(?<=[。；;])\s*(?P<unit>[\u4e00-\u9fff]{2,20})[。；;]?$")
_BRACKET_PIECE = re.compile(r"[、，,；;。：:\s]")
_LAST_BRACKET = re.compile(r"(?<!^)[（(][^（）()]{2,30}[）)]$")
_UNITS_IN_HEADING = re.compile(r"(?<!^)[（(](?P<units>[^（）()]{2,40})[）)](?=\s*(?:[（(]?\d{1,3}分[）)]?)?$)")
_PIECE_MARK = re.compile("[，,；;]")
_TIME = re.compile("[年月日季周期前末底初节假]|长期|随时|同步|适时")
"""5月底前完成, 每学期初, 寒暑假: when something is done, in a bracket that names who does it."""
_ASSESSOR = re.compile(
    r"由(?P<unit>[^，,。；;：:（）()由\n]{2,40}?)(?:负责|进行|组织)?(?:考核|考评|测评|评分|打分|计分|评定)"
)
_ASSESSING = re.compile("(?:考核|考评|评分|打分)$")
_UNIT_END = re.compile("[:：—―（(]")
_POST = r"[^，,。；;、：:]{0,8}(?:[长任记员]|同志|领导|负责人|代表)"
_POSTS = re.compile(rf"{_POST}(?:[、，,和及]{_POST}){{0,9}}")
"""Who takes part: 分管领导、文明办主任."""
_LIST_MARK = re.compile("[、，,；;]")
_CONTACT_LABEL = re.compile(r"(?:^|[，,；;、\s])[\u4e00-\u9fff]{2,8}[:：]\s*$")
_RESULT = re.compile(r"得?\d{1,3}(?:\.\d{1,2})?分|[特一二三四五]等奖|第[\d一二三四五六七八九十]{1,2}名")
"""What somebody got: 95.5分, 一等奖, 第二名."""
_WORK = re.compile(r"《[^《》]+》")
_SENTENCE_MARK = re.compile("[。；;，,！!？?]")


def says_when(text: str) -> bool:
    """Return whether a text may say when something is done."""
    return _TIME.search(text) is not None


class FoundFields(NamedTuple):
    """The fields of an item, and what is left of its text."""

    text: str
    fields: tuple[Field, ...]

    def has(self, roles: Iterable[ColumnRole]) -> bool:
        """Return whether there is a field of these roles."""
        return any(role in roles for role, _ in self.fields)


def take_fields(text: str) -> FoundFields:
    """Take the labelled fields out of a text: …（责任科室：宣传科）（完成时限：6月底前）."""
    fields: list[Field] = []
    for _ in range(_MAX_FIELDS):
        found = _find_fields(text)
        if found is None:
            break
        text, more = found
        standards = [value for role, value in more if role is ColumnRole.REQUIREMENT]
        text = "\n".join([text, *standards])
        fields += [(role, value) for role, value in more if role is not ColumnRole.REQUIREMENT]
    return FoundFields(text, tuple(fields))


def take_leading_unit(text: str) -> FoundFields | None:
    """Take the unit off that an item begins with: 教务处：…, 教务处——…, 教务处负责…; None if it begins with none."""
    if (headed := take_office_above(text)) is not None:
        return headed
    match = _LEADING_UNIT.match(text) or _UNIT_IN_CHARGE.match(text) or _match_office_first(text)
    if match is None or not is_unit(match["unit"]) or lists_only_names(match["rest"]) or _DONE.match(match["rest"]):
        return None
    if not has_balanced_brackets(match["unit"]) or header_word(match["unit"]).role in FIELD_ROLES:
        return None
    title = match.groupdict().get("title") or ""
    rest, persons = match["rest"].strip(), _LEADING_PERSON.match(match["rest"])
    role = header_word(persons["label"]).role if persons else None
    if persons is None or role not in (ColumnRole.PERSON, ColumnRole.LEADER):
        return FoundFields(title + rest, ((ColumnRole.PARTY, match["unit"]),))
    fields = ((ColumnRole.PARTY, match["unit"]), (ColumnRole(role), persons["value"]))
    return FoundFields(title + rest[persons.end() :].strip(), fields)


def _match_office_first(text: str) -> re.Match[str] | None:
    """Match a text whose first sentence is nothing but an office; 成立工作专班。 asks for one."""
    match = _OFFICE_FIRST.match(text)
    return match if match and _is_office_alone(match["unit"]) else None


def _is_office_alone(text: str) -> bool:
    return is_unit(text) and names_office(text) and not asks_action(text)


def take_office_above(text: str) -> FoundFields | None:
    """Take the offices off that stand on lines of their own above what they have to do; None if none does."""
    lines = text.split("\n")
    names = list(takewhile(_is_office_alone, lines))
    rest = "\n".join(lines[len(names) :]).strip()
    if not names or not rest or LABEL.match(rest) or lists_only_names(rest) or _DONE.match(rest):
        return None
    return FoundFields(rest, ((ColumnRole.PARTY, "、".join(names)),))


def take_units_at_end(text: str) -> FoundFields | None:
    """Take the units off that stand in a bracket at the end, alone or with a deadline: …（教育局牵头，5月底前）."""
    match = _UNITS_AT_END.search(text)
    if match is None or not text[: match.start()].strip():
        return None
    units: list[str] = []
    deadlines: list[str] = []
    remarks: list[str] = []
    has_verb = False
    for piece in _PIECE_MARK.split(match["units"]):
        names = piece.split("、")
        if all(is_unit(_name_of(name)) for name in names):
            is_shared = DUTY_TAIL.search(piece) is not None
            units.append(piece.removeprefix("由").removesuffix("" if is_shared else "负责"))
            has_verb = has_verb or _name_of(names[-1]) != names[-1]
        elif says_when(piece) or says_only_when(piece):
            deadlines.append(piece)
        else:
            remarks.append(piece)
    if remarks and not has_verb:
        # Nothing says that the names are more than places: （医院、社区，各1处）.
        return None
    fields = [
        (ColumnRole.PARTY, "，".join(units)),
        (ColumnRole.DEADLINE, "，".join(deadlines)),
        (ColumnRole.REMARK, "，".join(remarks)),
    ]
    own = text[: match.start()].strip() + text[match.end() :].strip()
    if units and (last := _LAST_OFFICE.search(own)) is not None and _is_office_alone(last["unit"]):
        # 每月开展主题党日。组织处（宣传处、各党支部）
        own, fields[0] = own[: last.start()], (ColumnRole.PARTY, "、".join([last["unit"], *units]))
    return FoundFields(own, tuple((role, value) for role, value in fields if value)) if units else None


def take_time_at_end(text: str) -> FoundFields | None:
    """Take the time off that stands alone in a bracket at the end: 清理楼道（4月10日前）。; None if there is none."""
    match = _BRACKET_AT_END.search(text)
    if match is None or not text[: match.start()].strip() or not says_only_when(match["inner"]):
        return None
    own = text[: match.start()].strip() + text[match.end() :].strip()
    return FoundFields(own, ((ColumnRole.DEADLINE, match["inner"]),))


def ends_with_office(text: str) -> bool:
    """Return whether a text ends with an office, or with a bracket that names one: …（县教育局：3月）."""
    match = _BRACKET_AT_END.search(text) or _LAST_SENTENCE.search(text)
    pieces = _BRACKET_PIECE.split(match["inner"]) if match else []
    return any(names_office(piece) for piece in pieces if piece)


def take_lead_of_heading(heading: str) -> tuple[str, str]:
    """Take the unit off a heading that leads in the items below it: 学校教育（市教育局牵头）; "" if none does."""
    bracket = _LAST_BRACKET.search(heading)
    units = read_section_units(bracket.group()) if bracket else None
    if bracket is None or units is None or not units.leads or not names_office(units.text):
        return heading, ""
    return heading[: bracket.start()], units.text


def take_units_of_heading(heading: str) -> tuple[str, str]:
    """Take the bracket off a heading that holds units and nothing else: 市容管理（城管大队）30分; "" if none does."""
    bracket = _UNITS_IN_HEADING.search(heading)
    names = _LIST_MARK.split(bracket["units"]) if bracket else []
    if bracket is None or not all(map(is_unit, names)):
        return heading, ""
    return heading[: bracket.start()] + heading[bracket.end() :], bracket["units"]


def add_lead(unit: str, fields: Iterable[Field]) -> Iterator[Field]:
    """Yield the fields of an item below a heading whose unit leads, which it may name as well, or say who leads."""
    own = list(fields)
    if any(role is ColumnRole.LEAD or (role is ColumnRole.PARTY and states_lead(value)) for role, value in own):
        yield from own
        return
    yield ColumnRole.LEAD, unit
    for role, value in own:
        rest = "、".join(name for name in value.split("、") if name != unit) if role is ColumnRole.PARTY else value
        if rest:
            yield role, rest


def take_heading_unit(text: str) -> tuple[Field, ...]:
    """Return the fields of a heading that is the name of units: 县教育局, 校办——责任人：李明; () if it is none."""
    unit, *others = _UNIT_END.split(text, maxsplit=1)
    if not is_unit(unit.strip("。")):
        return ()
    return ((ColumnRole.PARTY, unit.strip("。")), *(_labelled_fields(others[0].strip("—―（( ")) if others else ()))


def take_heading_units(texts: Sequence[str]) -> list[tuple[Field, ...]]:
    """Return the fields of each of several headings that name units, () for those that name none.

    What all of them say around the names is no part of them: 请县教育局做好以下工作, 请县住建局做好以下工作.
    """
    plain = [take_heading_unit(text) for text in texts]
    brackets = [_units_in_bracket(text.split("\n")[0]) for text in texts]
    start = _length_of_shared(texts)
    before = _LEVEL_OF_UNIT.search(texts[0], 0, start) if texts else None
    start = before.start() if before else start
    longest = _length_of_shared([text[:start:-1] for text in texts])
    ends = [end for end in range(1, longest + 1) if _may_follow_name(texts[0][len(texts[0]) - end :])]
    framed = (_units_in_frame(texts, start, end) for end in ends if len(texts) > 1)
    return max((plain, brackets, *framed), key=lambda found: sum(map(bool, found)))


def _units_in_bracket(heading: str) -> tuple[Field, ...]:
    _, units = take_units_of_heading(heading)
    return ((ColumnRole.PARTY, units),) if units else ()


def _may_follow_name(rest: str) -> bool:
    """Return whether a text may stand behind a name: 做好以下工作, ：, but not 法 behind 奖励办."""
    return len(rest) > 1 or rest in _BEHIND_NAME


def _length_of_shared(texts: Sequence[str]) -> int:
    """Return the number of characters that all texts begin with."""
    sets = (set(characters) for characters in zip(*texts, strict=False))
    return sum(1 for _ in takewhile(lambda characters: len(characters) == 1, sets))


def _units_in_frame(texts: Sequence[str], start: int, end: int) -> list[tuple[Field, ...]]:
    names = [strip_duty(text[start : len(text) - end]) for text in texts]
    return [((ColumnRole.PARTY, name),) if is_unit(name) else () for name in names]


def find_assessor(text: str) -> str | None:
    """Return who assesses an item: 由县委宣传部负责考核."""
    match = _ASSESSOR.search(text)
    return match["unit"] if match and is_unit(match["unit"]) else None


def is_unit(text: str) -> bool:
    """Return whether a text is nothing but the names of units."""
    return looks_like_party(text)


def names_office(text: str) -> bool:
    """Return whether one of the units is a single office; 社区, 医院 and 公园 may as well be places to look at."""
    return any(names_single_office(_name_of(name)) for name in _LIST_MARK.split(text))


def _name_of(text: str) -> str:
    """Return the name of a unit without what it does, be it to assess."""
    return strip_duty(_ASSESSING.sub("", text))


def lists_only_names(text: str) -> bool:
    """Return whether a text says nothing but names, with or without a word for them: 宣传组：李明.

    They are those of units, persons or posts, a contact, a result, or a blank to be filled in.
    """
    stripped = _without_contacts(text).strip(FIELD_MARKS)
    label, *named = _COLON.split(stripped, maxsplit=1)
    # 开展宣讲。联系人：李明 is more than a word for the names.
    listed = named[0].strip(FIELD_MARKS) if named and not _SENTENCE_MARK.search(label) else stripped
    is_sentence = text.rstrip().endswith(("。", "；"))
    if looks_like_party(listed) and (_LIST_MARK.search(listed) or (listed == stripped and not is_sentence)):
        return True
    if not stripped or is_placeholder(stripped) or _RESULT.fullmatch(stripped):
        return True
    if HIDDEN in text and _ends_with_person(stripped):
        return True
    return any(is_person_list(part) or _POSTS.fullmatch(part) for part in (stripped, listed))


def is_bare_name(text: str) -> bool:
    """Return whether a text before units in a bracket is a name and no duty: 人民公园, 《春风》; not 建好服务站."""
    if is_statement(text) or not (lists_only_names(text) or _WORK.fullmatch(text)):
        return False
    return not any(asks_action(text[start:]) for start in range(len(text)))


def is_statement(text: str) -> bool:
    """Return whether a text is a sentence or asks for something to be done."""
    return _SENTENCE_MARK.search(_without_contacts(text)) is not None or asks_action(text)


def _without_contacts(text: str) -> str:
    """Return a text without hidden contact data and the labels before it: 李明，电话：〔已隐去〕."""
    *before, last = text.split(HIDDEN)
    return "".join([*map(_without_contact_label, before), last])


def _without_contact_label(text: str) -> str:
    """Return a text without the label at its end, which stands behind a mark or is a word of the vocabulary."""
    label = _CONTACT_LABEL.search(text)
    if label is not None:
        return text[: label.start()]
    word = text.rstrip(":： ")
    sizes = (n for n in range(min(_LONGEST_LABEL, len(word)), 1, -1) if is_exact_header(word[-n:]))
    size = next(sizes, 0)
    return word[:-size] if size else text


def _ends_with_person(text: str) -> bool:
    """Return whether a text is a person behind an office or a post: 办公室副主任李明."""
    parts = ((text[:-size], text[-size:]) for size in (3, 2))
    return any(is_person_list(name) and (has_post(before) or looks_like_party(before)) for before, name in parts)


def _find_fields(text: str) -> tuple[str, list[Field]] | None:
    """Return the text without its first labelled fields, and these; those that name units before others."""
    others: tuple[str, list[Field]] | None = None
    if not _COLON.search(text):
        return None
    for pattern in (_TAIL, _LINE):
        for match in pattern.finditer(text):
            fields = _labelled_fields(match.group("fields"))
            rest = _clean_lines(text[: match.start()] + text[match.end() :])
            if rest and any(role in DUTY_ROLES for role, _ in fields):
                return rest, fields
            if rest and others is None and any(role in FIELD_ROLES for role, _ in fields):
                others = rest, fields
    last = _AFTER_COMMA.search(text)
    if last and last.start() and has_balanced_brackets(text[: last.start()]):
        fields = _labelled_fields(last["fields"])
        if fields and fields[0][0] in FIELD_ROLES:
            return text[: last.start()], fields
    return others


def _clean_lines(text: str) -> str:
    """Clean each line of a text; a field of the line below is found only where that line begins."""
    return "\n".join(filter(None, map(clean, text.split("\n"))))


def _labelled_fields(text: str) -> list[Field]:
    """Return (role, value) of each labelled field: 牵头领导：…；责任科室：…；完成时限：….

    A field whose label may head requirements (创建目标：…) is one, together with its label; one with another label is a
    remark.
    """
    labels = find_labels(text)
    fields: list[Field] = []
    for n, (start, end) in enumerate(labels):
        label, following = text[start:end], labels[n + 1] if n + 1 < len(labels) else None
        meaning = header_word(label.rstrip(":："))
        value = text[end : following[0] if following else len(text)].strip(FIELD_MARKS)
        if not value or _BLANK.fullmatch(value):
            continue
        role = meaning.role if meaning.role in FIELD_ROLES else role_of_label(label.rstrip(":："))
        if role is not None:
            fields += _split_time(ColumnRole(role), value)
        else:
            other = ColumnRole.REQUIREMENT if "requirement" in meaning.weights else ColumnRole.REMARK
            fields.append((other, label + value))
    return fields


def _split_time(role: ColumnRole, value: str) -> list[Field]:
    """Return a field, and the time behind its units as one of its own: 责任单位：区城管局、各街道，4月底前."""
    match = _TIME_BEHIND.search(value) if role in UNIT_ROLES else None
    if match is None or not says_when(match["time"]) or looks_like_party(match["time"]):
        return [(role, value)]
    return [(role, value[: match.start()]), (ColumnRole.DEADLINE, match["time"])]


def find_labels(text: str) -> list[tuple[int, int]]:
    """Return where the labels of fields begin and end, their colons included.

    A label stands behind a mark, or is a word of the vocabulary: 12月10日前牵头领导：张某责任科室：办公室.
    """
    found = {match.start("label"): match.end() for match in FIELD_LABEL.finditer(text)}
    ends = set(found.values())
    for colon in _COLON.finditer(text):
        if colon.end() in ends:
            continue
        for size in range(_LONGEST_LABEL, 1, -1):
            word = text[max(colon.start() - size, 0) : colon.start()]
            if len(word) == size and is_exact_header(word) and header_word(word).role in FIELD_ROLES:
                found[colon.start() - size] = colon.end()
                break
    return sorted(found.items())
