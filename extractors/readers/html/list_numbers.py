"""The numbers that a browser puts in front of list items."""

from __future__ import annotations

import re

from extractors.readers.html.dom import Element
from extractors.readers.numerals import format_number

_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_STYLES = {
    "decimal": "decimal", "decimal-leading-zero": "decimalZero", "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter", "upper-alpha": "upperLetter", "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "cjk-ideographic": "chineseCountingThousand",
    "simp-chinese-informal": "chineseCountingThousand", "trad-chinese-informal": "chineseCountingThousand",
    "cjk-decimal": "ideographDigital",
}  # fmt: skip
_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z\s-]+)", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\s*(?:(?:[（(]\s*)?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])\s*[)）.、．]|第[一二三四五六七八九十]+|[①-⑳])"
)
_WHOLE = re.compile(r"-?\d{1,6}")


class Counters:
    """The counters of the lists that are open."""

    def __init__(self) -> None:
        self._open: list[tuple[Element, int]] = []

    def enter(self, element: Element) -> None:
        """An <ol> or <ul> begins."""
        self._open.append((element, _start(element)))

    def leave(self) -> None:
        """A list ends."""
        if self._open:
            self._open.pop()

    def mark(self, item: Element) -> str:
        """The number in front of the next item; empty in lists without numbers."""
        if not self._open or self._open[-1][0].tag != "ol":
            return ""
        element, number = self._open[-1]
        stated = item.get("value", "").strip()
        number = int(stated) if _WHOLE.fullmatch(stated) else number
        self._open[-1] = element, number + (-1 if element.get("reversed") is not None else 1)
        form = _form(item) or _form(element) or "decimal"
        if form == "none":
            return ""
        drawn = format_number(number, form) or str(number)
        return drawn + ("、" if form in ("chineseCountingThousand", "ideographDigital") else ".")


def numbered(mark: str, text: str) -> str:
    """The item with its number, unless the author typed one (such lists hide theirs)."""
    return text if not text or _NUMBERED.match(text) else mark + text


def _start(element: Element) -> int:
    stated = element.get("start", "").strip()
    if _WHOLE.fullmatch(stated):
        return int(stated)
    if element.get("reversed") is not None:
        return sum(child.tag == "li" for child in element)
    return 1


def _form(element: Element) -> str | None:
    found = _STYLE.search((element.get("style") or "")[:1_000])
    if found:
        words = found[1].lower().split()
        if "none" in words:
            return "none"
        form = next((_STYLES[word] for word in words if word in _STYLES), None)
        if form:
            return form
    return _FORMS.get(element.get("type", ""))
