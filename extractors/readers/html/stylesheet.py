"""The declarations of the <style> blocks and style attributes of a page that say how its elements are arranged.

Only selectors of names are understood (`.tb > .row`, `div.cell`, `#list li`); rules inside @media are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from extractors.readers.html.dom import Element

_PROPERTIES: Final = frozenset({"display", "grid-template-columns", "grid-column", "grid-row"})
_BRACE: Final = re.compile(r"[{}]")
_SIMPLE: Final = re.compile(r"([a-zA-Z][\w-]*)?((?:[.#][\w-]+)*)")
_NAME: Final = re.compile(r"([.#])([\w-]+)")
_MAX_TEXT: Final = 400_000
"""Characters of style sheets that are looked at."""
_MAX_RULES: Final = 2_000
_MAX_NAMED: Final = 40
"""Rules for one name: the last ones count."""
_MAX_PARTS: Final = 6
""".page .main .list > .row > .cell: selectors of more parts are left out."""
_MAX_ANCESTORS: Final = 40
"""How far above an element the parts of its selector are looked for."""
_MAX_DECLARATIONS: Final = 4_000
"""Characters of one block of declarations."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One name of a selector: `div.cell`."""

    tag: str
    classes: frozenset[str]
    identifier: str
    is_child: bool
    """Whether the part before it must be the parent (`>`), not any ancestor."""

    def fits(self, element: Element) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        if self.identifier and element.get("id") != self.identifier:
            return False
        return self.classes <= set((element.get("class") or "").split())

    @property
    def key(self) -> str:
        """The name by which elements are looked up that this part may fit."""
        return f"#{self.identifier}" if self.identifier else f".{min(self.classes)}" if self.classes else self.tag


@dataclass(frozen=True, slots=True)
class _Rule:
    parts: tuple[_Part, ...]
    weight: tuple[int, int, int, int]
    """Names, classes and tags of the selector, and its place: the greatest decides."""
    declarations: dict[str, str]

    def fits(self, element: Element) -> bool:
        last, *others = reversed(self.parts)
        return last.fits(element) and _fits_above(element, last.is_child, others)


class Stylesheet:
    """What the style blocks of a page declare about arrangement."""

    def __init__(self, root: Element) -> None:
        """Read the <style> elements below `root`."""
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        for rule in _read_rules("\n".join(style.text or "" for style in root.iter("style"))[:_MAX_TEXT]):
            self._rules[rule.parts[-1].key].append(rule)
        self._values: dict[tuple[Element, str], str] = {}

    def value(self, element: Element, name: str) -> str:
        """Return the value of a property of an element in small letters, empty if it has none."""
        key = element, name
        if key not in self._values:
            own = _declarations((element.get("style") or "")[:_MAX_DECLARATIONS]).get(name, "")
            self._values[key] = own or self._find_value(element, name)
        return self._values[key]

    def _find_value(self, element: Element, name: str) -> str:
        keys = [f"#{element.get('id')}", *(f".{key}" for key in (element.get("class") or "").split()), element.tag]
        likely = (rule for key in keys for rule in self._rules.get(key, ())[-_MAX_NAMED:])
        rules = [rule for rule in likely if name in rule.declarations and rule.fits(element)]
        return max(rules, key=lambda rule: rule.weight).declarations[name] if rules else ""


def _fits_above(element: Element, is_child: bool, parts: list[_Part]) -> bool:
    """Return whether elements above fit the other parts of a selector, the innermost first."""
    place = element.getparent()
    for part in parts:
        for _ in range(_MAX_ANCESTORS):
            if place is None or part.fits(place) or is_child:
                break
            place = place.getparent()
        if place is None or not part.fits(place):
            return False
        is_child, place = part.is_child, place.getparent()
    return True


def _read_rules(text: str) -> Iterator[_Rule]:
    n_rules = 0
    for selectors, block in _blocks(_without_comments(text)):
        declarations = _declarations(block[:_MAX_DECLARATIONS])
        if not declarations:
            continue
        for selector in selectors.split(","):
            parts = _read_selector(selector.strip())
            if parts is None:
                continue
            n_rules += 1
            if n_rules > _MAX_RULES:
                return
            weight = (
                sum(bool(part.identifier) for part in parts),
                sum(len(part.classes) for part in parts),
                sum(bool(part.tag) for part in parts),
                n_rules,
            )
            yield _Rule(parts, weight, declarations)


def _without_comments(text: str) -> str:
    first, *others = text.split("/*")
    return " ".join([first, *(other.partition("*/")[2] for other in others)])


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations of the rules outside of @media and the like."""
    depth = start = 0
    prelude = ""
    for brace in _BRACE.finditer(text):
        inner = text[start : brace.start()]
        start = brace.end()
        if brace[0] == "{":
            depth += 1
            if depth == 1:
                prelude = inner.rpartition(";")[2].strip()
        elif depth:
            depth -= 1
            if not depth and not prelude.startswith("@"):
                yield prelude, inner


def _declarations(block: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declaration in block.split(";"):
        name, _, value = declaration.partition(":")
        name = name.strip().lower()
        if name in _PROPERTIES:
            found[name] = value.lower().replace("!important", "").strip()
    return found


def _read_selector(selector: str) -> tuple[_Part, ...] | None:
    """Return the parts of a selector, None if it is made of more than names."""
    parts: list[_Part] = []
    is_child = False
    for piece in selector.replace(">", " > ").split():
        if piece == ">":
            is_child = True
            continue
        match = _SIMPLE.fullmatch(piece)
        if match is None:
            return None
        names = _NAME.findall(match[2])
        classes = frozenset(name for mark, name in names if mark == ".")
        identifier = next((name for mark, name in names if mark == "#"), "")
        parts.append(_Part((match[1] or "").lower(), classes, identifier, is_child))
        is_child = False
    return tuple(parts) if 0 < len(parts) <= _MAX_PARTS else None
