"""Times of several items in one cell, some of them without a day: ①长期②5月底, 1.长期 2.5月底, 3月底前，长期坚持."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from extractors.normalize import OffsetText
from extractors.parsers.deadlines import anchors
from extractors.parsers.deadlines.model import DeadlineMatch
from extractors.parsers.deadlines.tokens import flatten

_NUMBER: Final = re.compile(r"(?:^|(?<=[\s；;，,。、]))(?P<n>\d)[.．、)）](?=\s*(?:[^\s\d]|\d{1,4}[年月季日]))")
_FIRST_MARK: Final = "①"
_UNSEEN: Final = "\u200b"
"""Fills up a mark to the length of the number it stands for; `flatten` leaves it out."""
_MARKS: Final = re.compile(r"[①-⑳]+")
_ITEM: Final = re.compile(r"(?P<mark>[①-⑳]*[:：]?)(?P<words>[^①-⑳；;。\n]+)")
_TO_WORDS: Final = re.compile(r"(?:至|到|[-~]|[—–]+)(?P<words>[^①-⑳；;。\n，,、]{2,4})")
_WORDS_BEHIND: Final = re.compile(r"[，,](?P<words>[^①-⑳；;。\n，,]+)")


def mark_items(text: str) -> OffsetText:
    """Return a text without blanks, with marks in place of the numbers of its items: 1.长期 2.5月底 → ①长期②5月底."""
    numbers = list(_NUMBER.finditer(text))
    if len(numbers) < 2 or [int(match["n"]) for match in numbers] != list(range(1, len(numbers) + 1)):
        return flatten(text)
    marked = list(text)
    for n, match in enumerate(numbers):
        marked[match.start() : match.end()] = chr(ord(_FIRST_MARK) + n) + _UNSEEN
    normalized = flatten("".join(marked))
    return OffsetText(text, normalized.text, normalized.offsets)


def add_open_items(matches: Sequence[DeadlineMatch], text: str) -> list[DeadlineMatch]:
    """Return the deadlines with those of the items that no day stands in, which are to be done at all times.

    Behind a day a comma is enough for what never ends: 3月底前完成，长期坚持, 3月至长期. The deadlines of marked items
    begin with their marks.
    """
    dated = [_leave_open(match, text) for match in matches]
    found: list[DeadlineMatch] = []
    for item in _ITEM.finditer(text):
        within = [match for match in dated if match.start < item.end() and match.end > item.start()]
        pieces = _WORDS_BEHIND.finditer(text, within[-1].end, item.end()) if within else (item,)
        found += [
            DeadlineMatch("ongoing", None, None, piece.start("words"), piece.end("words"))
            for piece in pieces
            if (anchors.is_lasting if within else anchors.find_ongoing)(piece["words"])
        ]
    marks = {mark.end(): mark.start() for mark in _MARKS.finditer(text)} if found else {}
    every = sorted([*dated, *found], key=lambda match: match.start)
    return [replace(match, start=marks.get(match.start, match.start)) for match in every]


def _leave_open(match: DeadlineMatch, text: str) -> DeadlineMatch:
    """Return a window without its last day if it lasts from then on: 3月至长期."""
    to = _TO_WORDS.match(text, match.end)
    if to is None or match.kind != "window" or not anchors.is_lasting(to["words"]):
        return match
    return replace(match, ends_on=None, end=to.end())
