"""Footnotes and endnotes: the marks they leave in the text and the order in which they follow the body."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.readers.docx import number_formats
from extractors.readers.docx.package_parts import Parts
from extractors.readers.docx.xml_names import ID, Element, value, w

_LABELS = {"footnote": "脚注", "endnote": "尾注"}
_DEFAULT_FORMS = {"footnote": "decimal", "endnote": "lowerRoman"}


@dataclass(frozen=True, slots=True)
class Note:
    """One note in the order of its first reference; `element` is None where the file lost its text."""

    mark: str
    locator: str
    element: Element | None


class NoteMarks:
    """Numbers notes as they are referred to.

    A mark drawn as ① stays ①; a bare number or letter is set in square brackets, since glued to the text
    (`1` after `5分`) it could not be told from it any more.
    """

    def __init__(self, parts: Parts) -> None:
        roots = {"footnote": parts.footnotes, "endnote": parts.endnotes}
        self._elements = {
            kind: {e.get(ID, ""): e for e in (() if root is None else root.iterchildren(w(kind)))}
            for kind, root in roots.items()
        }
        self._forms = {kind: _form(parts, kind) for kind in _LABELS if roots[kind] is not None}
        self._seen: dict[tuple[str, str], str] = {}
        self._queue: list[Note] = []
        self._counts = dict.fromkeys(_LABELS, 0)
        self._ordinals = dict.fromkeys(_LABELS, 0)

    def refer(self, kind: str, note_id: str, *, own_mark: bool) -> str:
        """The mark of a referred note, numbered at its first reference; empty when the author typed its own."""
        key = (kind, note_id)
        if key not in self._seen:
            self._seen[key] = mark = "" if own_mark else self._next_mark(kind)
            self._ordinals[kind] += 1
            place = f"{_LABELS[kind]}{self._ordinals[kind]}"
            self._queue.append(Note(mark, place, self._elements[kind].get(note_id)))
        return self._seen[key]

    def _next_mark(self, kind: str) -> str:
        self._counts[kind] += 1
        number = self._counts[kind]
        drawn = number_formats.draw(number, self._forms.get(kind, _DEFAULT_FORMS[kind])) or str(number)
        return f"[{drawn}]" if drawn.isascii() else drawn

    def take(self) -> list[Note]:
        """The notes referred to since the last call (a note may refer to another)."""
        taken, self._queue = self._queue, []
        return taken


def _form(parts: Parts, kind: str) -> str:
    """The numbering format: a section's own, else the document's, else Word's default."""
    name = w(f"{kind}Pr")
    of_section = (value(found, w("numFmt")) for found in parts.body.iterfind(f".//{w('sectPr')}/{name}"))
    of_document = None if parts.settings is None else value(parts.settings.find(name), w("numFmt"))
    return next((form for form in of_section if form), None) or of_document or _DEFAULT_FORMS[kind]
