"""The numbered duties of the body text, with the points awarded inside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from extractors.body.line_joining import words
from extractors.body.outline import Item, Outline
from extractors.body.redaction import redact
from extractors.parsers.points import inline_points

_ENUMERATION = re.compile(r"(?P<mark>[一二三四五六七八九十]{1,2}是|第[一二三四五六七八九十]{1,2}[，,、])")
_ROSTER_LINE = re.compile(r"^[^，。；：:]{2,14}[:：][\u4e00-\u9fff·\s、]+$")


@dataclass(frozen=True, slots=True)
class Clause:
    """One duty. `section` joins the headings above it, `points` its awards （2分） in order; contacts are hidden."""

    section: str
    label: str
    text: str
    points: list[Decimal]
    number: int | None
    locator: str


def _is_stage(item: Item) -> bool:
    inside = any(word in part for part in item.path for word in words()["stage_sections"])
    return item.style == "stage" or inside or any(re.match(r"第.{1,3}阶段", part) for part in item.path)


def _is_duty(item: Item) -> bool:
    if item.label is None or _is_stage(item):
        return False
    if item.style in ("section", "chapter"):
        # 一、指导思想 with its paragraph is a section; 一、提高认识。各单位要… is a numbered duty
        return not item.children and len(item.text.split("\n")[0]) > len(item.heading) + 2
    return bool(item.text) and not (item.children and item.titled_only)


def _enumerated(item: Item, section: str) -> Iterator[Clause]:
    """The parts 一是…；二是… of one duty, when there are at least two that run in order."""
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


def read_clauses(outline: Outline) -> list[Clause]:
    """The numbered duties in reading order: items that say something themselves, dated stages left out."""
    clauses: list[Clause] = []
    for item in outline.walk():
        if not _is_duty(item) or all(_ROSTER_LINE.match(line) for line in item.text.split("\n")):
            continue
        section = "".join(item.path)
        clauses.append(
            Clause(section, item.label or "", redact(item.text), inline_points(item.text), item.number, item.locator)
        )
        clauses.extend(_enumerated(item, section))
    return clauses
