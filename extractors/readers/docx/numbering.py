"""Automatic numbers (一、 （一） 1. ①) restored from numbering.xml, which holds what the text itself does not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from extractors.readers.docx import number_formats, symbols
from extractors.readers.docx.styles import Styles
from extractors.readers.docx.xml_names import (
    ALTERNATE,
    FALLBACK,
    ILVL,
    NUM_ID,
    P_STYLE,
    R_FONTS,
    RPR,
    VAL,
    VANISH,
    Element,
    integer,
    is_on,
    value,
    w,
)

_LEVELS = 9
_MAX_TEMPLATE = 64
_MAX_LINKS = 8
_PLACE = re.compile(r"%([1-9])")
_SPACE, _NOTHING = "space", "nothing"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list as numbering.xml defines it."""

    start: int = 1
    form: str = "decimal"
    template: str = ""
    suffix: str = "tab"
    restart: int | None = None
    """Levels up to this one (1-based) restart it; None = any outer level does, 0 = never."""
    legal: bool = False
    hidden: bool = False
    font: str | None = None
    style_id: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A drawn number; `unknown` names a numbering format that was drawn as decimals for want of knowledge."""

    text: str
    suffix: str
    unknown: str | None = None

    def before(self, text: str) -> str:
        """The number in front of the paragraph's text, kept apart where the two would run together."""
        if not self.text or self.suffix == _NOTHING:
            return self.text + text
        last, first = self.text[-1], text[:1]
        is_enclosed = unicodedata.category(last) == "No"  # ① and its like end by themselves
        runs_together = (last.isalnum() and not is_enclosed) or (first.isascii() and first.isalnum())
        return self.text + (" " if text and (self.suffix == _SPACE or runs_together) else "") + text


@dataclass(slots=True)
class _List:
    """One w:num: its levels, the counters it shares with all others of the same abstract list, its own restarts."""

    levels: dict[int, Level]
    counters: list[int | None]
    restarts: dict[int, int]


class Numbering:
    """Counts the numbered paragraphs of a document in reading order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._nums: dict[str, Element] = {}
        self._abstract: dict[str, Element] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._levels: dict[str, dict[int, Level]] = {}
        self._lists: dict[str, _List | None] = {}
        if root is not None:
            self._nums = {n.get(NUM_ID, ""): n for n in root.iterchildren(w("num"))}
            self._abstract = {a.get(w("abstractNumId"), ""): a for a in root.iterchildren(w("abstractNum"))}

    def level_for_style(self, num_id: str, lineage: tuple[str, ...]) -> int | None:
        """The level that a list links to one of the styles, nearest first; None when it links to none."""
        found = self._list(num_id)
        if found is None:
            return None
        linked = {level.style_id: ilvl for ilvl, level in found.levels.items() if level.style_id}
        return next((linked[style_id] for style_id in lineage if style_id in linked), None)

    def next_label(self, num_id: str, ilvl: int) -> Label | None:
        """Count one paragraph and return its number; None when the list does not exist or is switched off (0)."""
        found = self._list(num_id)
        if found is None:
            return None
        ilvl = min(max(ilvl, 0), _LEVELS - 1)
        level = found.levels.get(ilvl, Level())
        counters = found.counters
        if ilvl in found.restarts:
            counters[ilvl] = found.restarts.pop(ilvl) - 1
        current = counters[ilvl]
        counters[ilvl] = level.start if current is None else current + 1
        for deeper in range(ilvl + 1, _LEVELS):
            rule = found.levels.get(deeper, Level()).restart
            if rule is None or ilvl < rule:
                counters[deeper] = None
        return Label("", _NOTHING) if level.hidden else _draw(found, level)

    def _list(self, num_id: str) -> _List | None:
        if num_id not in self._lists:
            self._lists[num_id] = self._build(num_id)
        return self._lists[num_id]

    def _build(self, num_id: str) -> _List | None:
        num = self._nums.get(num_id)
        abstract_id = self._abstract_id(num)
        if num is None or abstract_id is None:
            return None
        if abstract_id not in self._levels:
            self._levels[abstract_id] = _read_levels(self._abstract[abstract_id])
        levels = dict(self._levels[abstract_id])
        restarts: dict[int, int] = {}
        for override in num.iterchildren(w("lvlOverride")):
            ilvl = integer(override.get(ILVL))
            levels.update(_read_levels(override))
            start = value(override, w("startOverride"))
            if start is not None and ilvl in levels:
                restarts[ilvl] = integer(start, levels[ilvl].start)
                levels[ilvl] = replace(levels[ilvl], start=restarts[ilvl])
        counters = self._counters.setdefault(abstract_id, [None] * _LEVELS)
        return _List(levels, counters, restarts)

    def _abstract_id(self, num: Element | None) -> str | None:
        """The abstract list behind w:num, following links through numbering styles."""
        for _ in range(_MAX_LINKS):
            abstract_id = value(num, w("abstractNumId"))
            abstract = self._abstract.get(abstract_id or "")
            if abstract is None:
                return None
            link = value(abstract, w("numStyleLink"))
            linked = self._nums.get(self._styles.get(link).num_id or "") if link else None
            if linked is None:
                return abstract_id
            num = linked
        return None


def _read_levels(parent: Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for element in parent.iterchildren(w("lvl")):
        text = element.find(w("lvlText"))
        shown = text is not None and text.get(w("null")) not in ("1", "true", "on")
        restart = value(element, w("lvlRestart"))
        rpr = element.find(RPR)
        fonts = None if rpr is None else rpr.find(R_FONTS)
        levels[integer(element.get(ILVL))] = Level(
            start=integer(value(element, w("start"))),
            form=_form(element),
            template=(text.get(VAL, "") if text is not None and shown else "")[:_MAX_TEMPLATE],
            suffix=value(element, w("suff")) or "tab",
            restart=None if restart is None else integer(restart),
            legal=is_on(element, w("isLgl")),
            hidden=is_on(rpr, VANISH),
            font=symbols.font_of(fonts),
            style_id=value(element, P_STYLE),
        )
    return levels


def _form(level: Element) -> str:
    plain = value(level, w("numFmt"))
    return plain or value(level.find(f"{ALTERNATE}/{FALLBACK}"), w("numFmt")) or "decimal"


def _draw(found: _List, level: Level) -> Label:
    if level.form == "bullet":
        if level.template == "o":  # Word's second default bullet: a Latin o that stands for a circle
            return Label("○", level.suffix)
        return Label(symbols.redraw(level.template, level.font).replace(symbols.UNKNOWN, "•"), level.suffix)
    unknown: list[str] = []

    def number(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        source = found.levels.get(at, Level())
        count = found.counters[at]
        form = "decimal" if level.legal else source.form
        if form == "none":
            return ""
        shown = source.start if count is None else count
        drawn = number_formats.draw(shown, form)
        if drawn is None:
            unknown.append(form)
            return str(shown)
        return drawn

    return Label(_PLACE.sub(number, level.template), level.suffix, unknown[0] if unknown else None)
