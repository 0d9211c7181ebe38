"""One way to draw a table, drawn by lot among those that leave a person no doubt."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.layouts.truth import Truth

WORDS: Final = Path(__file__).with_name("header_words.toml")
FORMATS: Final = ("docx", "html", "xlsx", "md", "txt")
LEVEL_WORDS: Final = ("outer", "inner", "innermost")
MARKS: Final = 5
"""Pairs of marks that matrices are drawn with."""
MOST_MATRIX: Final = 6
"""Units that a matrix may have as columns."""
LONG_RUN: Final = 1.6
"""Items below an innermost heading, on average, from which a serial number is one of items and not of headings."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The choices of one variant; every field is a dimension that figures are given for."""

    format: str
    headers: str
    """known, unknown or mixed"""
    levels: str
    """columns: each level a column; bands: section rows; band_and_columns: the outermost as section rows"""
    band_style: str
    """How section rows are drawn: wide, pair (over two columns) or cells (in the first columns)"""
    level_cells: str
    """merged, repeated in every row, or blank below the first"""
    codes: str
    """How headings are numbered: none, chinese (一、), bracket ((一)), roman (Ⅰ-1), digits (1.)"""
    heading_points: str
    """none, bracket (（15分）), colon (分值15分) or cell (a section row's cell in the column of points)"""
    points: str
    """column, inline (（2分） behind the text) or none"""
    parties: str
    """none, column, lead_support (two columns), labelled (牵头单位：甲；配合单位：乙), matrix (a column for each)"""
    marks: int
    """Which pair of marks a matrix has for leading and supporting units"""
    code_column: bool
    """The numbers of the outermost heading in a column of their own, under the header of its names"""
    separator: str
    """Between units: 、 ； space or line break"""
    criteria: bool
    """A column of broader standards before the requirements"""
    evidence: bool
    methods: bool
    deadline: bool
    people: bool
    leaders: bool
    scoring: bool
    labels: bool
    serial: bool
    scorebox: bool
    remark: bool
    header_rows: int
    total: str
    """none, first or last"""
    subtotals: bool
    """A row of totals below each outermost heading"""
    form_row: bool
    """A row above the header with the unit that fills the table in, and the date"""
    title_row: bool
    note_row: bool
    split_units: bool
    """The second unit of a task in a row of its own below it"""
    repeat_header: bool
    order: int
    """Seed of the order of columns; 0 is the usual one"""

    def describe(self) -> str:
        """Return the choices in one line."""
        return " ".join(f"{field.name}={getattr(self, field.name)}" for field in fields(self))


@cache
def header_words() -> dict[str, dict[str, list[str]]]:
    """Return the header words: column → known or unknown → words."""
    return tomllib.loads(WORDS.read_text("utf-8"))


def draw(rng: random.Random, truth: Truth, headers: str | None = None, kind: str | None = None) -> Layout:
    """Return a layout for a table, fair to a reader: every choice can be told from the page.

    Args:
        rng: what is drawn from.
        truth: the facts; what they lack is not drawn.
        headers: known, unknown or mixed; None draws it.
        kind: one of `FORMATS`; None draws it.
    """
    kind = kind or rng.choice(FORMATS)
    is_text = kind in ("md", "txt")
    shared = any(item.points_rows > 1 for item in truth.items)
    has_points = truth.has("points")
    inline_said = truth.has("inline_points")
    points = "none"
    if has_points:
        points = "column" if shared or inline_said else rng.choice(("column", "column", "inline"))
    elif inline_said:
        points = "said"
    parties = "none"
    if truth.has("lead"):
        choices = ["column", "lead_support", "labelled", "none"]
        if len(truth.units) <= MOST_MATRIX:
            choices.append("matrix")
        parties = rng.choice(choices)
    levels = "columns"
    if truth.depth:
        levels = rng.choice(("columns", "columns", "bands", "band_and_columns"))
    if truth.depth == 1 and levels == "band_and_columns":
        levels = "bands"
    if _crosses(truth):
        levels = "columns"
    in_bands = levels != "columns"
    heading_points = "none"
    if has_points and truth.depth:
        choices = ["none", "bracket", "colon"] + (["cell"] if in_bands and points == "column" else [])
        heading_points = rng.choice(choices)
    level_cells = rng.choice(("merged", "repeated", "blank"))
    if shared and level_cells == "blank" and is_text:
        level_cells = "repeated"
    innermost = {tuple(heading.name for heading in item.path) for item in truth.items}
    serial = rng.random() < 0.4 and (not truth.depth or len(truth.items) > LONG_RUN * len(innermost))
    chosen: dict[str, Any] = {
        "format": kind,
        "headers": headers or rng.choice(("known", "unknown", "mixed")),
        "levels": levels,
        "band_style": _band_style(rng) if in_bands else "wide",
        "level_cells": level_cells,
        "codes": rng.choice(_codes(kind, 0 if not in_bands else 1 if levels == "band_and_columns" else truth.depth)),
        "heading_points": heading_points,
        "points": points,
        "parties": parties,
        "marks": rng.randrange(MARKS),
        "code_column": rng.random() < 0.12,
        "separator": rng.choice(("、", "；", " ") if is_text else ("、", "；", " ", "\n")),
        "criteria": truth.depth > 0 and len(truth.items) > LONG_RUN * len(innermost) and rng.random() < 0.15,
        "evidence": truth.has("evidence") and rng.random() < 0.7,
        "methods": truth.has("methods") and rng.random() < 0.7,
        "deadline": truth.has("deadline") and rng.random() < 0.7,
        "people": truth.has("persons") and rng.random() < 0.6,
        "leaders": truth.has("leader") and rng.random() < 0.6,
        "scoring": has_points and rng.random() < 0.3,
        "labels": rng.random() < 0.7,
        "serial": serial,
        "scorebox": points == "column" and rng.random() < 0.25,
        "remark": rng.random() < 0.2,
        "header_rows": 1 if is_text else rng.choice((1, 1, 1, 2)),
        "total": rng.choice(("none", "none", "first", "last")) if points == "column" else "none",
        "subtotals": points == "column" and truth.depth > 0 and not _crosses(truth) and rng.random() < 0.15,
        "form_row": rng.random() < 0.15,
        "title_row": rng.random() < 0.15,
        "note_row": rng.random() < 0.25,
        "split_units": parties == "column" and not shared and (is_text or not truth.depth) and rng.random() < 0.15,
        "repeat_header": len(truth.items) > 12 and rng.random() < 0.25,
        "order": rng.choice((0, 0, 0, rng.randrange(1, 1000))),
    }
    if (levels == "bands" or not truth.depth) and points != "column" and parties == "none":
        # One column of text is prose, not a table: number its rows.
        chosen["serial"] |= not any(chosen[name] for name in ("evidence", "methods", "deadline", "people"))
    chosen["code_column"] &= levels == "columns" and truth.depth > 0 and chosen["codes"] in ("chinese", "bracket")
    chosen["serial"] &= not chosen["code_column"]
    if chosen["codes"] == "none" and in_bands:
        chosen["band_style"] = "wide"
    if chosen["split_units"]:
        chosen["level_cells"] = "blank" if is_text else chosen["level_cells"]
        chosen["repeat_header"] = False
    return Layout(**chosen)


def _codes(kind: str, bands: int) -> tuple[str, ...]:
    """Return how headings may be numbered, `bands` levels of which are section rows.

    Section rows of two levels, or that are no merged cells, need a mark that tells them apart.
    """
    if not bands:
        return ("none", "chinese", "bracket", "roman", "digits")
    return ("chinese", "bracket") if kind in ("md", "txt") or bands > 1 else ("chinese", "bracket", "none")


def _band_style(rng: random.Random) -> str:
    return rng.choice(("wide", "wide", "pair", "cells"))


def _crosses(truth: Truth) -> bool:
    """Return whether a cell of points goes over items of several headings, so that no section row can stand between."""
    left = 0
    for above, item in zip((None, *truth.items), truth.items, strict=False):
        if left and above is not None and above.path != item.path:
            return True
        left = item.points_rows - 1 if left <= 0 else left - 1
    return False
