"""How far a reading of a variant agrees with its facts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from extractors import extract
from extractors.records import Extraction
from tests.bench.formats import render as write
from tests.extractors.notice.scoring import FIELDS, compare, extracted, fields_of, number, plain
from tests.layouts.render import Variant
from tests.layouts.truth import Item

DOUBT: Final = "layout_doubt"
SURE: Final = 0.9
GOOD: Final = 0.95
POOR: Final = 0.9


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one variant."""

    slug: str
    layout: dict[str, Any]
    headers: str
    f1: float
    wanted: int
    got: int
    warned: bool
    doubted: bool
    confidence: float | None
    wrong: tuple[tuple[int, str, str, str], ...]
    """The first fields that differ: item, field, wanted, read."""


def wanted(item: Item) -> dict[str, Any]:
    """Return the comparable fields of an item."""
    return fields_of(
        requirement=plain(item.requirement),
        criteria=plain(item.criteria),
        names=[plain(heading.name) for heading in item.path],
        codes=[plain(heading.code) for heading in item.path],
        heading_points=[number(heading.points) for heading in item.path],
        label=plain(item.label).strip(".、,:"),
        points=number(item.points if item.points is not None or not item.inline_points else sum(item.inline_points)),
        points_rows=item.points_rows if item.points is not None or item.points_rows > 1 else 1,
        inline=[number(points) for points in item.inline_points],
        evidence=plain(item.evidence),
        methods=sorted(map(plain, item.methods)),
        deadline=plain(item.deadline).rstrip("。.;"),
        parties=sorted(map(plain, (*item.lead, *item.support))),
        lead=plain(item.lead[0]) if item.lead else "",
        leader=plain(item.leader),
        persons=[plain(person) for person in item.persons],
        bonus=item.bonus,
    )


def read(variant: Variant) -> Extraction:
    """Write the page in its format and read it as a file of an unknown city."""
    kind = variant.layout.format
    return extract(write(variant.notice, kind), f"通知.{kind}")


def score(slug: str, variant: Variant, layout: dict[str, Any]) -> Score:
    """Read a variant and compare all fields of all items."""
    found = read(variant)
    expected = [wanted(item) for item in variant.items]
    got = extracted(found)
    result, pairs = compare(expected, got)
    severe = [finding for finding in found.findings if finding.severity != "info"]
    sure = [value for table in found.tables if (value := getattr(table, "confidence", None)) is not None]
    return Score(
        slug=slug,
        layout=layout,
        headers=variant.layout.headers,
        f1=result,
        wanted=len(expected),
        got=len(got),
        warned=bool(severe),
        doubted=any(finding.rule == DOUBT for finding in found.findings),
        confidence=float(min(sure)) if sure else None,
        wrong=tuple(_wrong(expected, got, pairs)),
    )


def _wrong(
    expected: list[dict[str, Any]], got: list[dict[str, Any]], pairs: dict[int, int]
) -> list[tuple[int, str, str, str]]:
    out = []
    counted: Counter[str] = Counter()
    for i, item in enumerate(expected):
        mine = got[pairs[i]] if i in pairs else None
        if mine is None:
            counted["item"] += 1
            if counted["item"] < 4:
                out.append((i, "item", str(item["requirement"])[:40], "missing"))
            continue
        for field in FIELDS:
            if item[field] != mine[field] and counted[field] < 2:
                counted[field] += 1
                out.append((i, field, str(item[field])[:60], str(mine[field])[:60]))
    extra = [g for j, g in enumerate(got) if j not in pairs.values()]
    out += [(-1, "extra item", "", str(g["requirement"])[:60]) for g in extra[:5]]
    return out
