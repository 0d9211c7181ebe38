"""Sentences that hold for all tasks they cover: by when, with materials of which form, at what loss of points.

A quantifier over items (凡, 各项, 所有, 每月任务, 未注明…的), a generic noun of materials (佐证材料, 图片) or a label
(报送时间：) makes a sentence a rule; what names one thing of its own (自评报告于11月20日前报) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Final

from extractors.normalize import find_matches, strip_whitespace
from extractors.parsers.evidence.nouns import find_head_nouns, kind_of
from extractors.parsers.quantities import AT_LEAST, AT_MOST
from extractors.parsers.scoring import may_score, read_scoring
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("general_rules")
_SUBJECTS: Final = _WORDS["subjects"]
_CLAUSE: Final = re.compile(r"[^，,]{1,400}")
_LIMIT: Final = re.compile(
    r"(?:\d{1,2}[日号]|[月年季度]底|[月年度]末|[上中下]旬|\d{1,2}月份?|月初)(?:之前|以前|前)|(?:工作日|[天日周]|个月)(?:之内|以内|内)"
)
_DAY: Final = re.compile(r"\d{1,2}(?:[日号]|月)|[月年季度]底|[月年度]末")
_DIGIT: Final = re.compile(r"\d")
_LABEL: Final = re.compile(
    r"(?:材料|资料)?(?:的)?(?:报送|提交|上报|完成|申报|办理|交付|上传)(?:的)?(?:具体)?(?:时间|时限|期限)(?:要求|安排|为|是|[:：]|$)"
)
_HAN_BEFORE: Final = re.compile(r"[\u4e00-\u9fff]{0,14}$")
_NUMBER: Final = r"(?P<low>\d{1,4})(?:[-—－–―~～至到]{1,2}(?P<high>\d{1,4}))?"
_WHEN: Final = "(?:[迟晚早]?于|在)"
"""Behind 须 or 不得 it begins a time limit, no form: 不得晚于5月10日."""
_WITHIN: Final = re.compile(
    r"(?P<which>当月|本月|次月|下月|当季度?|本季度|次季度)(?:份)?(?P<when>(?:月|的月)?底|(?:月)?末|(?:前)?(?P<day>\d{1,2})[日号])(?:之前|以前|前)"
)


class Cover(StrEnum):
    """What a time limit is for."""

    TASKS = "tasks"
    UNDATED = "undated"
    """Tasks for which the notice names no time."""
    MATERIALS = "materials"


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A time limit of many tasks.

    Attributes:
        subject: What it speaks of, as written.
        covers: What it is for; None where it does not hold for each of them (第一批, 第二批).
    """

    subject: str
    covers: Cover | None


@dataclass(frozen=True, slots=True)
class MonthLimit:
    """A day within the month or quarter of a task, or the next one: 当月月底前, 次月5日前.

    Attributes:
        is_next: Whether the day is in the next month or quarter.
        day: The day of the month; None for its last.
    """

    is_next: bool
    day: int | None


@dataclass(frozen=True, slots=True)
class FormatRule:
    """The form of a kind of material.

    Attributes:
        subject: The material as written.
        kind: Its kind, see `kind_of`; None for materials of every kind.
        text: What is asked of it.
        low: The least number.
        high: The highest number.
        unit: What is counted: 张, 份, 字.
        for_each: Whether each task has to hand it in: 每项活动须附不少于3张图片.
        is_conditional: Whether it is asked of certain tasks only, which the sentence describes.
    """

    subject: str
    kind: str | None
    text: str
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    for_each: bool = False
    is_conditional: bool = False


@dataclass(frozen=True, slots=True)
class ConsequenceRule:
    """Points or a title that are lost, whatever the task.

    Attributes:
        condition: When.
        points: How many points; None where all of them or the title.
    """

    condition: str
    points: Decimal | None


def read_deadline_rule(sentence: str, heading: str = "", *, is_note: bool = False) -> DeadlineRule | None:
    """Return the time limit that a sentence sets for many tasks, None if it sets none.

    Args:
        sentence: A sentence outside of tasks.
        heading: The heading or short sentence that it explains (报送时间。).
        is_note: Whether it stands in a note of a table, where what is handed in without a name is the table.
    """
    compact = strip_whitespace(sentence)
    label = _LABEL.match(compact) or _LABEL.fullmatch(heading)
    if label and _DAY.search(compact):
        covers = Cover.TASKS if "完成" in label.group() or "办理" in label.group() else Cover.MATERIALS
        return DeadlineRule(label.group().rstrip(":："), None if _is_in_batches(compact) else covers)
    before: list[str] = []
    for clause in _CLAUSE.findall(compact) if "前" in compact or "内" in compact else ():
        if _LIMIT.search(clause):
            found = _read_limit_clause(clause, before)
            if found is not None:
                return DeadlineRule(found[0], None if _is_in_batches(compact) else found[1])
            if is_note and _verb_pattern("handed").search(clause) and not _names_document(clause):
                return DeadlineRule("本表", None)
        before.append(clause)
    return None


def read_month_limit(sentence: str) -> MonthLimit | None:
    """Return the day within the month of a task that a sentence names (当月25日前), None if it names none."""
    match = _WITHIN.search(strip_whitespace(sentence))
    if match is None:
        return None
    return MonthLimit(match["which"][0] in "次下", int(match["day"]) if match["day"] else None)


def read_format_rules(sentence: str) -> list[FormatRule]:
    """Return what a sentence asks of the form of materials: 图片不少于3张、说明报告500字以内."""
    compact = strip_whitespace(sentence)
    each = _each_pattern().search(compact) if _DIGIT.search(compact) else None
    if each is not None:
        is_per_task = each["times"] is None
        return [_number_of(each, each["noun"], compact[each.start() :], for_each=is_per_task)]
    conditional = _conditional_pattern().match(compact)
    if conditional is not None:
        return [FormatRule(conditional["noun"], _kind(conditional["noun"]), compact, is_conditional=True)]
    found = list(_named_forms(compact))
    rules: list[FormatRule] = []
    for i, (start, end, noun) in enumerate(found):
        segment = compact[start : found[i + 1][0] if i + 1 < len(found) else len(compact)].strip("，,、和及")
        number = _count_pattern().search(segment, end - start)
        is_of_noun = number is not None and _counts(number["unit"], _kind(noun))
        rules.append(
            _number_of(number, noun, segment) if number and is_of_noun else FormatRule(noun, _kind(noun), segment)
        )
    return rules


def read_consequences(sentence: str) -> list[ConsequenceRule]:
    """Return the points or titles that a sentence takes away in general: 缺一项扣2分, 凡弄虚作假的取消资格."""
    compact = strip_whitespace(sentence)
    found: list[ConsequenceRule] = []
    for rule in read_scoring(compact) if may_score(compact) else ():
        is_loss = rule.effect in ("deduct", "veto") or (rule.effect == "award" and rule.points == 0)
        is_gain = rule.effect == "award" and compact.startswith(tuple(_WORDS["consequences"]["gains"]))
        if is_loss or is_gain:
            found.append(ConsequenceRule(rule.condition or compact, rule.points))
    if not found and compact.endswith(tuple(_WORDS["consequences"]["until"])):
        found.append(ConsequenceRule(compact, None))
    if not found and (match := _amount_pattern().search(compact)):
        found.append(ConsequenceRule(compact[: match.start()] or compact, Decimal(match["points"])))
    return found


def _is_in_batches(compact: str) -> bool:
    return any(word in compact for word in _WORDS["limits"]["batches"])


def _read_limit_clause(clause: str, before: Sequence[str]) -> tuple[str, Cover] | None:
    """Return what a clause with a time limit is for: by its own words, else by those of the clauses before it."""
    undated = _undated_pattern().search("，".join([*before[-1:], clause]))
    if undated is not None:
        return undated.group(), Cover.UNDATED
    is_done, is_handed = _verb_pattern("done").search(clause), _verb_pattern("handed").search(clause)
    task = _find_task_subject(clause) or (_find_task_subject(before[-1]) if before else None)
    material = _find_material_subject(clause)
    if task is not None and is_done and not _names_document(clause):
        return task, Cover.TASKS
    if is_handed and material is None and not _names_document(clause):
        material = next((m for earlier in reversed(before) if (m := _find_material_subject(earlier))), None)
    if is_handed and material is not None:
        return material, Cover.MATERIALS
    return None


def _find_task_subject(clause: str) -> str | None:
    match = _task_pattern().search(clause)
    return match.group() if match else None


def _find_material_subject(clause: str) -> str | None:
    """Return the generic materials that a clause speaks of (各项佐证材料), None for one thing of its own (自评材料)."""
    for match in _material_pattern().finditer(clause):
        before = _HAN_BEFORE.search(clause[: match.start()])
        words = _ahead_pattern().split(before.group() if before else "")[-1]
        if _generic_pattern().fullmatch(words):
            return words + match.group()
    return None


def _names_document(clause: str) -> bool:
    """Return whether a clause names a document of its own: 方案, 名单, 自评报告."""
    nouns = (match["noun"] for match in find_head_nouns(f"{clause}。"))
    return any(noun not in _SUBJECTS["materials"] for noun in nouns) or _document_pattern().search(clause) is not None


@cache
def _document_pattern() -> re.Pattern[str]:
    """Return the pattern of a document before a verb or a date, which ends no phrase: 名单报局办公室."""
    return re.compile(r"(?:报告|方案|名单|总结|计划|预案|小结|清单|信息|动态|回执|登记表|报表|统计表|情况|进展)")


@cache
def _task_pattern() -> re.Pattern[str]:
    words = _SUBJECTS
    generic = f"(?:{alternation(words['generic'])}){{0,3}}"
    return re.compile(
        rf"(?:(?:{alternation(words['quantifiers'])}{generic}{alternation(words['tasks'])})"
        rf"|(?:{alternation(words['periods'])}的?{generic}(?:{alternation(words['listed'])}|工作))"
        rf"|(?:^{generic}{alternation(words['bare'])}))(?=$|[^\u4e00-\u9fff]|{alternation(words['behind'])}|{alternation(_WORDS['limits']['done'])})"
    )


@cache
def _undated_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?:未|没有|无){alternation(_WORDS['limits']['undated'])}[^，,。]{{0,8}}?(?:时间|时限|期限|日期|限期)[^，,。]{{0,4}}?(?:的|者|[，,])"
        r"|(?:除|凡)[^，,。]{0,10}(?:另有|另行|已|有)[^，,。]{0,6}?(?:时间|时限|期限|规定|要求|注明|明确)[^，,。]{0,4}外"
    )


@cache
def _material_pattern() -> re.Pattern[str]:
    materials = alternation(_SUBJECTS["materials"])
    return re.compile(f"{materials}{materials}?")


@cache
def _ahead_pattern() -> re.Pattern[str]:
    return re.compile(f"{alternation(_SUBJECTS['ahead'])}|(?<![申通简汇海])报")


@cache
def _generic_pattern() -> re.Pattern[str]:
    return re.compile(
        f"{alternation([*_SUBJECTS['quantifiers'], *_SUBJECTS['periods'], *_SUBJECTS['generic']])}{{0,5}}"
    )


@cache
def _verb_pattern(kind: str) -> re.Pattern[str]:
    return re.compile(rf"{alternation(_WORDS['limits'][kind])}(?![告纸名刊表道])")


def _counts(unit: str, kind: str | None) -> bool:
    """Return whether a unit counts materials of a kind; the words of a picture are those of its caption."""
    return (unit in _WORDS["formats"]["counts_of_pictures"]) is (kind in load_toml("evidence")["counts"]["pictures"])


def _kind(noun: str) -> str | None:
    """Return the kind of a noun of material, None for one that means materials of every kind (佐证材料)."""
    named = next(
        (word for word in sorted(_WORDS["formats"]["nouns"], key=len, reverse=True) if noun.endswith(word)), None
    )
    return kind_of([m["noun"] for m in find_head_nouns(f"{named}。")][-1]) if named else None


@cache
def _asked_pattern() -> re.Pattern[str]:
    """Return the pattern of what makes the noun before it the subject of a rule about its form."""
    words = _WORDS["formats"]
    sizes, attributes = alternation(words["sizes"]), alternation(words["attributes"])
    until = r"(?:[-—－–―~～至到]{1,2}\d{1,4})?"
    number = rf"(?:{AT_LEAST}|{AT_MOST})?[（(]?\d{{1,4}}{until}(?:{alternation(words['counts'])}|字)"
    return re.compile(
        rf"(?:的?{sizes})?{_modals()}{{1,3}}[\u4e00-\u9fff]{{0,3}}?(?:{attributes}|{number})"
        rf"|(?:的?{sizes})(?:为|是|不|{_modals()}|{attributes})"
        rf"|(?:用|采用|统一|注明|格式为|字数|加盖)|(?:每[\u4e00-\u9fff]{{1,3}})?{number}"
    )


def _modals() -> str:
    return f"(?:{alternation(_WORDS['formats']['modals'])}(?!求))"


@cache
def _modal_pattern() -> re.Pattern[str]:
    return re.compile(f"{_modals()}(?!{_WHEN})")


def _named_forms(compact: str) -> Iterator[tuple[int, int, str]]:
    """Yield the materials whose form a sentence lays down: start, end and text of each.

    The first word of a sentence is its subject whatever it must be: 说明报告不要空话套话.
    """
    last_end = 0
    for match in find_matches(_form_noun_pattern(), _form_noun_start_pattern(), compact):
        before = _HAN_BEFORE.search(compact[last_end : match.start()])
        words = _ahead_pattern().split(before.group() if before else "")[-1]
        start = match.start() - len(words)
        is_subject = start == 0 and _modal_pattern().match(compact, match.end())
        if _form_generic_pattern().fullmatch(words) and (is_subject or _asked_pattern().match(compact, match.end())):
            last_end = match.end()
            yield start, match.end(), (words + match.group()).lstrip("的")


@cache
def _form_generic_pattern() -> re.Pattern[str]:
    return re.compile(f"(?:{_generic_pattern().pattern}|{alternation(_WORDS['formats']['generic'])}){{0,3}}")


@cache
def _form_noun_pattern() -> re.Pattern[str]:
    return re.compile(f"{alternation(_WORDS['formats']['nouns'])}|{_material_pattern().pattern}")


@cache
def _form_noun_start_pattern() -> re.Pattern[str]:
    return re.compile(alternation([*_WORDS["formats"]["nouns"], *_SUBJECTS["materials"]]))


@cache
def _conditional_pattern() -> re.Pattern[str]:
    """Return the pattern of what certain tasks hand in: 凡测评方法含材料审核的，均须报送书面材料."""
    requested = alternation(_WORDS["formats"]["asked"])
    return re.compile(
        rf"(?:(?:凡|凡是|所有)[^。；;]{{2,40}}?的|[^，,。；;]{{2,20}}的{alternation(_SUBJECTS['tasks'])})[，,]?{_modals()}{{1,3}}{requested}"
        rf"[^，,。；;]{{0,12}}?(?P<noun>{alternation(_WORDS['formats']['nouns'])}|{_material_pattern().pattern})"
    )


@cache
def _count_pattern() -> re.Pattern[str]:
    counts = alternation([*_WORDS["formats"]["counts"], "字"])
    return re.compile(rf"(?:{AT_LEAST}|(?P<most>{AT_MOST}))?{_NUMBER}(?P<unit>{counts})(?P<tail>以内|以下|左右|以上)?")


@cache
def _each_pattern() -> re.Pattern[str]:
    words = _SUBJECTS
    requested = alternation(_WORDS["formats"]["asked"])
    nouns = alternation(_WORDS["formats"]["nouns"])
    return re.compile(
        rf"(?:{alternation(words['quantifiers'])}|(?P<times>一次|每次|每场))(?:{alternation(words['generic'])}){{0,2}}{alternation(words['tasks'])}"
        rf"(?:{alternation(_WORDS['formats']['modals'])}){{0,2}}{requested}(?:{AT_LEAST}|(?P<most>{AT_MOST}))?{_NUMBER}"
        rf"(?P<unit>{alternation(_WORDS['formats']['counts'])})(?P<tail>以内|以下|左右|以上)?的?(?:[\u4e00-\u9fff]{{0,8}}?)(?P<noun>{nouns})"
    )


def _number_of(match: re.Match[str], noun: str, text: str, *, for_each: bool = False) -> FormatRule:
    low, high = Decimal(match["low"]), Decimal(match["high"]) if match["high"] else None
    if match["most"] or match["tail"] in ("以内", "以下"):
        low_or_none, high = (low, high) if high is not None else (None, low)
    else:
        low_or_none = None if match["tail"] == "左右" else low
    return FormatRule(noun, _kind(noun), text, low_or_none, high, match["unit"], for_each)


@cache
def _amount_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"{alternation(_WORDS['consequences']['amount'])}[^，,。；;\d]{{0,10}}?(?P<points>\d{{1,3}}(?:\.\d{{1,2}})?)分"
    )
