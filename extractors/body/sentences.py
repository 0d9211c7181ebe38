"""The sentences of the running text, each with its place: the item it stands in, those above, its attachment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from extractors.body.line_joining import LIST_STYLES, LabelStyle, Line, read_label
from extractors.body.outline import Outline, OutlineItem, note_opening_words
from extractors.normalize import strip_whitespace

_SENTENCE = re.compile(r"[^。；;！!\n]+")
_NUMBER = re.compile(
    r"^(?:[（(]?\d{1,2}[)）]|\d{1,2}[.．、](?!\d)|[（(][一二三四五六七八九十]{1,3}[)）]"
    r"|[一二三四五六七八九十]{1,3}、|[①-⑳])"
)
_NO_HEADING = re.compile(r"[，,\d]")
_MAX_HEADING = 12
"""Characters of a sentence that only names what the next one says: 报送时间。第一批于…"""


class Sentence(NamedTuple):
    """A sentence without its number.

    Attributes:
        text: Its text without whitespace.
        heading: The short sentence before it that names what it says (报送时间), else "".
        locator: The place of its line.
        items: The item it stands in and those above it, innermost first.
        annex: The title of the attachment that contains it.
        is_note: Whether it belongs to a note (注：1.…2.…) that stands below no table.
    """

    text: str
    heading: str
    locator: str
    items: tuple[OutlineItem, ...] = ()
    annex: str | None = None
    is_note: bool = False


def split_sentences(text: str, locator: str) -> list[Sentence]:
    """Return the sentences of a text without their numbers."""
    return list(_sentences(text, locator))


def read_sentences(outline: Outline) -> list[Sentence]:
    """Return the sentences of the body in reading order, without letterhead and notes of tables."""
    items = _items_by_place(outline.items, ())
    current: tuple[OutlineItem, ...] = ()
    annex: str | None = None
    found: list[Sentence] = []
    is_note = False
    for line, line_annex in outline.body:
        if line_annex != annex:
            annex, current = line_annex, ()
        current = _item_of(line, items) or current
        label = read_label(line.text)
        continues_list = label is not None and label.style in (*LIST_STYLES, LabelStyle.CIRCLE)
        opens_note = _note_opening().match(line.text) is not None
        is_note = opens_note or (is_note and continues_list)
        text = _note_opening().sub("", line.text, count=1)
        found += _sentences(text, line.locator, current, annex, is_note)
    return found


def note_sentences(lines: Sequence[Line]) -> list[Sentence]:
    """Return the sentences of the notes below a table, without the words that open them (注：)."""
    return [
        sentence
        for line in lines
        for sentence in split_sentences(_note_opening().sub("", line.text, count=1), line.locator)
    ]


@cache
def _note_opening() -> re.Pattern[str]:
    return re.compile(rf"^(?:{note_opening_words()})\s*(?:[:：]|(?=\d))")


def _sentences(
    text: str,
    locator: str,
    items: tuple[OutlineItem, ...] = (),
    annex: str | None = None,
    is_note: bool = False,
) -> Iterator[Sentence]:
    heading = ""
    for match in _SENTENCE.finditer(strip_whitespace(text)):
        sentence = _NUMBER.sub("", match.group(), count=1).strip("，,、")
        if len(sentence) <= _MAX_HEADING and not _NO_HEADING.search(sentence):
            heading = sentence
        if sentence:
            yield Sentence(sentence, heading if heading != sentence else "", locator, items, annex, is_note)


def _items_by_place(
    items: Sequence[OutlineItem], above: tuple[OutlineItem, ...]
) -> dict[str, list[tuple[OutlineItem, ...]]]:
    """Return the items with those above them, by their locators."""
    places: dict[str, list[tuple[OutlineItem, ...]]] = {}
    for item in items:
        chain = (item, *above)
        places.setdefault(item.locator, []).append(chain)
        for locator, chains in _items_by_place(item.children, chain).items():
            places.setdefault(locator, []).extend(chains)
    return places


def _item_of(line: Line, items: dict[str, list[tuple[OutlineItem, ...]]]) -> tuple[OutlineItem, ...]:
    """Return the item that a line begins, with those above it; () if it begins none."""
    label = read_label(line.text)
    text = label.rest if label else line.text
    for chain in items.get(line.locator, ()):
        if text.startswith(chain[0].text.split("\n", 1)[0]) or chain[0].text.startswith(text):
            return chain
    return ()
