"""Fields inside one paragraph: the result is text, the instruction is not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extractors.readers.docx import number_formats
from extractors.readers.docx.xml_names import FF_DATA, FLD_CHAR_TYPE, VAL, Element, integer, is_on, value, w

_ENCLOSED = re.compile(r"\s*eq\s+\\o\s*(?:\\a[clr]\s*)?\(([^,;，]*)[,;，](.*)\)\s*", re.IGNORECASE)
_CIRCLES = frozenset("○〇◯⃝O")


@dataclass(slots=True)
class _Field:
    instruction: list[str] = field(default_factory=list)
    muted: list[str] = field(default_factory=list)
    in_instruction: bool = True


class Fields:
    """Follows w:fldChar through the runs of a paragraph and says which text is shown.

    State ends with the paragraph: a field left open by a damaged file then hides nothing beyond it.
    """

    def __init__(self) -> None:
        self._open: list[_Field] = []

    def mark(self, char: Element) -> str:
        """Take one w:fldChar; returns the text that a form box or a drawn character (EQ) puts on the page."""
        kind = char.get(FLD_CHAR_TYPE)
        if kind == "begin":
            self._open.append(_Field())
            return _form_text(char.find(FF_DATA))
        if kind == "separate" and self._open:
            self._open[-1].in_instruction = False
        elif kind == "end" and self._open:
            ended = self._open.pop()
            if ended.in_instruction:
                return self.show(_enclosed("".join(ended.instruction)))
        return ""

    def instruct(self, text: str) -> None:
        """Take the text of one w:instrText."""
        if self._open:
            self._open[-1].instruction.append(text)

    def show(self, text: str) -> str:
        """`text` where it is shown, nothing where it belongs to an instruction."""
        for outer in self._open:
            if outer.in_instruction:
                outer.muted.append(text)
                return ""
        return text

    def rest(self) -> str:
        """Text withheld by fields that never ended in this paragraph."""
        return "".join(text for left in self._open for text in left.muted)


def _enclosed(instruction: str) -> str:
    """The character that Word's circled-character command draws: eq \\o\\ac(○,3) is ③."""
    found = _ENCLOSED.fullmatch(instruction)
    if found is None:
        return ""
    frame, inner = found[1].strip(), found[2].strip()
    if frame in _CIRCLES and inner.isdecimal():
        circled = number_formats.draw(integer(inner), "decimalEnclosedCircle")
        return circled or inner
    return inner


def _form_text(data: Element | None) -> str:
    """What an old-style form field shows by itself: a tick box or the chosen entry of a list."""
    if data is None:
        return ""
    box = data.find(w("checkBox"))
    if box is not None:
        ticked = is_on(box, w("checked")) if box.find(w("checked")) is not None else is_on(box, w("default"))
        return "☑" if ticked else "□"
    choices = data.find(w("ddList"))
    if choices is None:
        return ""
    entries = [entry.get(VAL, "") for entry in choices.iterchildren(w("listEntry"))]
    at = integer(value(choices, w("result")) or value(choices, w("default")))
    return entries[at] if 0 <= at < len(entries) else ""
