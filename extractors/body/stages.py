"""The dated stages of a plan: 第一阶段：宣传发动（2023年2月下旬至3月上旬）."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from extractors.body.line_joining import words
from extractors.body.outline import Item, Outline
from extractors.body.redaction import redact
from extractors.normalize import strip_whitespace
from extractors.parsers.dates import Span, read_spans

_BRACKET = re.compile(r"[（(](?P<inside>[^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*)[）)]")
_TIMED = re.compile(r"(?:时\s*间|日\s*期|时间安排|起止时间)\s*(?:安排)?[:：为]\s*")
_NAMED_AFTER = re.compile(r"^[，,]?(?:为|是)(?P<name>[^，。；：]{2,16}?(?:阶段|期))")
_EXPLICIT = re.compile(r"(?:从|自)(?=\s*(?:\d{4}|[〇一二三四五六七八九]{4})年)")
_NOT_STAGES = re.compile(r"每[年月季周日]|各[月季]")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: `raw` is the phrase its dates were read from, both dates None when it says none."""

    name: str
    starts_on: date | None
    ends_on: date | None
    raw: str
    text: str
    locator: str


@dataclass(frozen=True, slots=True)
class _Dated:
    name: str
    raw: str
    span: Span | None
    text: str


def _from_bracket(head: str, year: int | None) -> _Dated | None:
    """名称（日期） … : the first bracket near the beginning that opens with a date."""
    for found in _BRACKET.finditer(head[:90]):
        spans = read_spans(found["inside"], year)
        if spans and strip_whitespace(found["inside"]).find(spans[0].raw) <= 4:
            name = re.sub(r"[:：，,、\s]+$", "", head[: found.start()])
            rest = re.sub(r"^[:：，,。、\s]+", "", head[found.end() :])
            return _Dated(name, found["inside"].strip(), spans[0], rest)
    return None


def _from_lead(head: str, year: int | None) -> _Dated | None:
    """日期为…阶段 or 名称：日期。 or 时间：日期 : the date stands in the open."""
    flat = strip_whitespace(head)
    timed = _TIMED.search(flat)
    if timed:
        spans = read_spans(flat[timed.end() : timed.end() + 40], year, most=1)
        if spans:
            name = re.split(r"[。：:；\n（(]", flat[: timed.start()] or flat)[0]
            return _Dated(name, spans[0].raw, spans[0], flat[timed.end() + len(spans[0].raw) :].lstrip("。；，"))
    spans = read_spans(flat[:50], year, most=1)
    if not spans:
        return None
    span = spans[0]
    at = flat.find(span.raw)
    named = _NAMED_AFTER.match(flat[at + len(span.raw) :])
    if at == 0 and named:
        return _Dated(named["name"], span.raw, span, flat[len(span.raw) + named.end() :].lstrip("。：:，"))
    before = flat[:at]
    if at == 0 and (after := re.match(r"[:：，,]?(?P<name>[^，。；：]{2,16})[。：:]", flat[len(span.raw) :])):
        return _Dated(after["name"], span.raw, span, flat[len(span.raw) + after.end() :])
    if re.fullmatch(r"[^，。；]{2,20}[:：，,。]", before) and not _NOT_STAGES.search(span.raw):
        return _Dated(before[:-1], span.raw, span, flat[at + len(span.raw) :].lstrip("。；，："))
    return None


def _is_stage_section(item: Item) -> bool:
    return any(word in item.heading for word in words()["stage_sections"]) and item.style != "stage"


def _candidates(outline: Outline) -> Iterator[Item]:
    """Items that are stages by their mark (第一阶段), by their section (实施步骤), or by name and bracketed date."""
    seen: set[int] = set()
    for item in outline.walk():
        chosen = [c for c in item.children if item.style != "stage"] if _is_stage_section(item) else []
        named = re.search(r"阶段[（(：:]|阶段$", item.full_heading) is not None
        if item.style == "stage" or (named and read_spans(item.heading, 2000)):
            chosen = [item]
        for one in chosen:
            if id(one) not in seen:
                seen.add(id(one))
                yield one


def _whole(item: Item) -> str:
    """The text of an item with the items below it, as a stage of several numbered steps reads."""
    return "\n".join([item.text, *((i.label or "") + i.text for c in item.children for i in c.walk())])


def _own_lines(outline: Outline) -> list[tuple[str, str]]:
    """Stage lines that stand unlabelled below a stage section: 宣传发动阶段（3月1日至3月31日）：…"""
    found: list[tuple[str, str]] = []
    for item in outline.walk():
        if _is_stage_section(item) and not item.children:
            found += [(text, item.locator) for text in item.text.split("\n")[1:]]
    return found


def read_stages(outline: Outline, year: int | None) -> list[Stage]:
    """The stages of the plan in order.

    `year` (of the notice) serves where neither the stage nor one before it writes a year. An item of a stage
    section without any date is no stage here.
    """
    stages: list[Stage] = []
    sources = [(_whole(item), item.locator) for item in _candidates(outline)] or _own_lines(outline)
    for text, locator in sources:
        dated = _from_bracket(text, year) or _from_lead(text, year)
        if dated is None or not dated.name:
            continue
        span = dated.span
        closes = (span.end or span.start) if span else None
        year = closes.year if closes else year
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
    """The window the notice states for the whole campaign: …活动从2021年1月1日至11月30日，共分五个阶段."""
    for item in outline.walk():
        if not _is_stage_section(item):
            continue
        for found in _EXPLICIT.finditer(item.text[:120]):
            spans = read_spans(item.text[found.end() : found.end() + 40], year, most=1)
            if spans and spans[0].start and spans[0].end and spans[0].start != spans[0].end:
                return spans[0]
    return None
