"""Clauses, stages and footnotes of the body text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from extractors.body.line_joining import LIST_STYLES, LabelStyle, Line, body_words, read_label
from extractors.body.outline import Outline, OutlineItem, note_opening_words
from extractors.body.redaction import redact
from extractors.normalize import clean, strip_whitespace
from extractors.parsers.dates import Span, read_spans
from extractors.parsers.item_points import stated_points
from extractors.parsers.points import inline_points
from extractors.vocabulary import alternation

_ENUMERATION = re.compile(r"(?P<mark>[一二三四五六七八九十]{1,2}是|第[一二三四五六七八九十]{1,2}[，,、])")
_ROSTER_LINE = re.compile(r"^[^，。；：:]{2,14}[:：][\u4e00-\u9fff·\s、]+$")
_BRACKETED_TEXT = re.compile(r"[（(](?P<inside>[^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*)[）)]")
_TIMED = re.compile(r"(?:时\s*间|日\s*期|时间安排|起止时间)\s*(?:安排)?[:：为]\s*")
_NAMED_AFTER = re.compile(r"^[，,]?(?:为|是)(?P<name>[^，。；：]{2,16}?(?:阶段|期))")
_EXPLICIT = re.compile(r"(?:从|自)(?=\s*(?:\d{4}|[〇一二三四五六七八九]{4})年)")
_NOT_STAGES = re.compile(r"每[年月季周日]|各[月季]")
_CIRCLED_MARK = re.compile(r"(?P<mark>[①-⑳⑴-⒇㈠-㈩])\s*")
_BRACKETED_MARK = re.compile(r"(?P<mark>\[\d{1,2}\]|［\d{1,2}］|〔注\d{1,2}〕)\s*")
_SPLIT_INSIDE = re.compile(r"(?<=[。；;])\s*(?=\d{1,2}\s*[.．、](?!\d))")
_LISTS = re.compile(r"(?:有|包括|包含|是|为|如下|分别为|单位|部门)\s*[:：]\s*(?P<list>.+)", re.DOTALL)
_ORG_END = re.compile(
    r"(?:局|委|办|部|厅|院|校|中心|会|队|公司|集团|政府|行|支行|分局|学院|站|所|馆|处|署|社区|街道|镇|乡|区|县|市|州|盟|旗|社|海关|车务段|报|台|院线|指挥部|部门|单位|科|股|室|组|团|库|园)(?:[（(][^（）()]*[）)])?"
)
_STAGE = re.compile(r"第.{1,3}阶段")
_ANY_YEAR = 2000
"""A leap year, to recognise days where the notice gives no year."""
_ORG_RUN = re.compile(r"(?:[\u4e00-\u9fff]{2,12}、){2,}[\u4e00-\u9fff]{2,12}")


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered requirement of the body text, contact data redacted.

    `section` joins the headings above it, `points` are its awards （2分） in order.
    """

    section: str
    label: str
    text: str
    points: list[Decimal]
    number: int | None
    locator: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the plan; `raw` is the phrase its dates were read from, both dates are None if it has none."""

    name: str
    starts_on: date | None
    ends_on: date | None
    raw: str
    text: str
    locator: str


@dataclass(frozen=True, slots=True)
class _DatedText:
    name: str
    raw: str
    span: Span | None
    text: str


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note: its mark as written (①) or 注 with its number (注3), its text, and the organizations it lists."""

    mark: str
    text: str
    orgs: list[str]
    locator: str
    table: int | None = None
    """Ordinal (1-based) of the table it follows, None for a footnote of a page."""


def read_clauses(outline: Outline) -> list[Clause]:
    """Return the clauses in reading order: items with a text of their own, dated stages excluded."""
    clauses: list[Clause] = []
    for item in outline.walk():
        if not _is_clause(item) or all(_ROSTER_LINE.match(line) for line in item.text.split("\n")):
            continue
        section = "".join(item.path)
        clauses.append(
            Clause(section, item.label or "", redact(item.text), _clause_points(item.text), item.number, item.locator)
        )
        clauses.extend(_enumerated_parts(item, section))
    return clauses


def read_stages(outline: Outline, year: int | None) -> list[Stage]:
    """Return the stages of the plan in order.

    An item of a stage section without any date is not a stage.

    Args:
        outline: the outline of the notice.
        year: the year of the notice, used if neither the stage nor one before it has a year.
    """
    stages: list[Stage] = []
    sources = [(_full_text(item), item.locator) for item in _stage_items(outline)] or _unlabelled_lines(outline)
    for text, locator in sources:
        dated = _from_bracket(text, year or _ANY_YEAR) or _from_lead(text, year or _ANY_YEAR)
        if dated is None or not dated.name:
            continue
        # Without any year the stage is known, and its days are not.
        span = dated.span if year else next(iter(read_spans(dated.raw, None, max_count=1)), None)
        last_day = (span.end or span.start) if span else None
        year = last_day.year if last_day else year
        stages.append(
            Stage(
                name=re.sub(r"^第[一二三四五六七八九十\d]+(?:阶段|步)[:：，、]?", "", dated.name) or dated.name,
                starts_on=span.start if span else None,
                ends_on=span.end if span else None,
                raw=dated.raw,
                text=redact(dated.text.strip()),
                locator=locator,
            )
        )
    return stages


def stated_period(outline: Outline, year: int | None) -> Span | None:
    """Return the period that the notice states for the whole campaign, None if it states none.

    Example: …活动从2021年1月1日至11月30日，共分五个阶段.
    """
    for item in outline.walk():
        if not _is_stage_section(item):
            continue
        for match in _EXPLICIT.finditer(item.text[:120]):
            spans = read_spans(item.text[match.end() : match.end() + 40], year, max_count=1)
            if spans and spans[0].start and spans[0].end and spans[0].start != spans[0].end:
                return spans[0]
    return None


def split_outside_brackets(text: str, separators: str = "、，,；;") -> list[str]:
    """Split `text` at separators outside brackets and quotation marks, stripped and without empty parts."""
    parts: list[str] = [""]
    depth = 0
    for char in text:
        depth += (char in "（(《“【〔") - (char in "）)》”】〕" and depth > 0)
        if depth == 0 and char in separators:
            parts.append("")
        else:
            parts[-1] += char
    return [p.strip() for p in parts if p.strip()]


def listed_orgs(text: str) -> list[str]:
    """Return the organizations listed in a note, after 包括： or in a run of three or more; [] if there are none."""
    list_match = _LISTS.search(text)
    if list_match:
        names = split_outside_brackets(list_match["list"].strip().rstrip("。；;.").removesuffix("等"))
        n_orgs = sum(_ORG_END.fullmatch(n) is not None or _ends_as_org(n) for n in names)
        if len(names) > 1 and n_orgs * 2 > len(names):
            return names
    for run in _ORG_RUN.finditer(text):
        names = re.sub(r"^(?:主要)?(?:是?指|如|即|涉及|包括|含|由)", "", run.group()).split("、")
        last = _cut_org(names[-1])
        if (
            last
            and all(_ends_as_org(n) for n in names[:-1])
            and not any(n.endswith(("社区", "单位", "部门")) for n in names)
        ):
            return [*names[:-1], last]
    return []


def read_footnotes(outline: Outline) -> list[Footnote]:
    """Return the notes below the tables in order, then the footnotes and endnotes of the file."""
    notes: list[Footnote] = []
    for ordinal, context in enumerate(outline.tables, start=1):
        notes.extend(_table_notes(context.notes, ordinal))
    source_notes = [line for line in outline.lines if line.note]
    for n, line in enumerate(source_notes, start=1):
        marked = _split_mark(line.text)
        mark, text = marked if marked else (f"[{n}]", line.text)
        notes.append(Footnote(mark, redact(clean(text)), listed_orgs(text), line.locator))
    return notes


def is_stage_item(item: OutlineItem) -> bool:
    """Return whether an item is a stage of the plan or stands in a section of stages."""
    return item.style is LabelStyle.STAGE or _is_of_stages(item.path)


@lru_cache(maxsize=256)
def _is_of_stages(path: tuple[str, ...]) -> bool:
    """Return whether headings are those of a section of stages; cached, because items share them."""
    return any(_stage_section_pattern().search(part) or _STAGE.match(part) for part in path)


@cache
def _stage_section_pattern() -> re.Pattern[str]:
    return re.compile(alternation(body_words()["stage_sections"]))


def _is_clause(item: OutlineItem) -> bool:
    if item.label is None or is_stage_item(item):
        return False
    if item.style in (LabelStyle.SECTION, LabelStyle.CHAPTER):
        # 一、指导思想 with its paragraph is a section; 一、提高认识。各单位要… is a clause.
        return not item.children and len(item.text.split("\n")[0]) > len(item.heading) + 2
    return bool(item.text) and not (item.children and item.is_heading_only)


def _clause_points(text: str) -> list[Decimal]:
    """Return the awards of a clause, those behind verbs (得2分) if there are no others."""
    stated = stated_points(text)
    return inline_points(text) or ([stated] if stated is not None else [])


def _enumerated_parts(item: OutlineItem, section: str) -> Iterator[Clause]:
    """Yield the parts 一是…；二是… of one clause if there are at least two."""
    marks = list(_ENUMERATION.finditer(item.text))
    if len(marks) < 2 or not marks[0]["mark"].startswith(("一", "第一")):
        return
    ends = [*(m.start() for m in marks[1:]), len(item.text)]
    for mark, end in zip(marks, ends, strict=True):
        text = redact(item.text[mark.end() : end].strip())
        if text:
            yield Clause(
                section + item.full_heading, mark["mark"].rstrip("，,、"), text, inline_points(text), None, item.locator
            )


def _from_bracket(text: str, year: int | None) -> _DatedText | None:
    """Read 名称（日期）…: the first bracket near the beginning that opens with a date."""
    for match in _BRACKETED_TEXT.finditer(text[:90]):
        spans = read_spans(match["inside"], year)
        if spans and strip_whitespace(match["inside"]).find(spans[0].raw) <= 4:
            name = re.sub(r"[:：，,、\s]+$", "", text[: match.start()])
            rest = re.sub(r"^[:：，,。、\s]+", "", text[match.end() :])
            return _DatedText(name, match["inside"].strip(), spans[0], rest)
    return None


def _from_lead(text: str, year: int | None) -> _DatedText | None:
    """Read 日期为…阶段, 名称：日期。 or 时间：日期: a date outside brackets."""
    compact = strip_whitespace(text)
    time_match = _TIMED.search(compact)
    if time_match:
        spans = read_spans(compact[time_match.end() : time_match.end() + 40], year, max_count=1)
        if spans:
            name = re.split(r"[。：:；\n（(]", compact[: time_match.start()] or compact)[0]
            return _DatedText(
                name, spans[0].raw, spans[0], compact[time_match.end() + len(spans[0].raw) :].lstrip("。；，")
            )
    spans = read_spans(compact[:50], year, max_count=1)
    if not spans:
        return None
    span = spans[0]
    position = compact.find(span.raw)
    name_match = _NAMED_AFTER.match(compact[position + len(span.raw) :])
    if position == 0 and name_match:
        return _DatedText(
            name_match["name"], span.raw, span, compact[len(span.raw) + name_match.end() :].lstrip("。：:，")
        )
    before = compact[:position]
    if position == 0 and (
        name_match_after := re.match(r"[:：，,]?(?P<name>[^，。；：]{2,16})[。：:]", compact[len(span.raw) :])
    ):
        return _DatedText(name_match_after["name"], span.raw, span, compact[len(span.raw) + name_match_after.end() :])
    if re.fullmatch(r"[^，。；]{2,20}[:：，,。]", before) and not _NOT_STAGES.search(span.raw):
        return _DatedText(before[:-1], span.raw, span, compact[position + len(span.raw) :].lstrip("。；，："))
    return None


def _is_stage_section(item: OutlineItem) -> bool:
    return item.style is not LabelStyle.STAGE and _stage_section_pattern().search(item.heading) is not None


def _stage_items(outline: Outline) -> Iterator[OutlineItem]:
    """Yield the items that are stages by label (第一阶段), by section (实施步骤), or by name and bracketed date."""
    seen: set[int] = set()
    for item in outline.walk():
        chosen = [c for c in item.children if item.style is not LabelStyle.STAGE] if _is_stage_section(item) else []
        has_stage_name = re.search(r"阶段[（(：:]|阶段$", item.full_heading) is not None
        if item.style is LabelStyle.STAGE or (has_stage_name and read_spans(item.heading, _ANY_YEAR)):
            chosen = [item]
        for stage in chosen:
            if id(stage) not in seen:
                seen.add(id(stage))
                yield stage


def _full_text(item: OutlineItem) -> str:
    """Return the text of an item with the items below it, as a stage of several numbered steps."""
    return "\n".join([item.text, *((i.label or "") + i.text for c in item.children for i in c.walk())])


def _unlabelled_lines(outline: Outline) -> list[tuple[str, str]]:
    """Return stage lines without a label below a stage section: 宣传发动阶段（3月1日至3月31日）."""
    lines: list[tuple[str, str]] = []
    for item in outline.walk():
        if _is_stage_section(item) and not item.children:
            lines += [(text, item.locator) for text in item.text.split("\n")[1:]]
    return lines


def _ends_as_org(name: str) -> bool:
    return any(match.end() == len(name) for match in _ORG_END.finditer(name))


def _cut_org(tail: str) -> str | None:
    """Return the name at the beginning of `tail` if running text follows it (高新区未特别注明的 -> 高新区)."""
    ends = [match.end() for match in _ORG_END.finditer(tail) if match.end() >= 2]
    return tail[: ends[0]] if ends else None


def _note_opening() -> re.Pattern[str]:
    return re.compile(rf"(?:{note_opening_words()})\s*[:：]?\s*")


def _split_mark(text: str) -> tuple[str, str] | None:
    match = _CIRCLED_MARK.match(text) or _BRACKETED_MARK.match(text)
    return (match["mark"], text[match.end() :]) if match else None


def _table_notes(lines: Sequence[Line], table: int) -> Iterator[Footnote]:
    for line in lines:
        marked = _split_mark(line.text)
        if marked:
            yield Footnote(marked[0], redact(clean(marked[1])), listed_orgs(marked[1]), line.locator, table)
            continue
        text = _note_opening().sub("", line.text, count=1) if _note_opening().match(line.text) else line.text
        for part in _SPLIT_INSIDE.split(text):
            label = read_label(part)
            is_numbered = label is not None and label.style in LIST_STYLES and label.number is not None
            mark = f"注{label.number}" if is_numbered and label is not None else "注"
            note_text = redact(clean(label.rest if is_numbered and label is not None else part))
            if note_text:
                yield Footnote(mark, note_text, listed_orgs(note_text), line.locator, table)
