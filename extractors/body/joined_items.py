"""Lines in which several items stand behind each other: 一、机制健全（15分）1.建立制度。（5分）2.落实经费。（10分）.

Pages lose the line ends of a document, and the items of a rubric or of a list of duties run together. A line is parted
before the numbers that count on in it, if what stands between them are scored items, or duties that name their units.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from extractors.body.line_joining import LabelStyle, Line, read_label
from extractors.parsers.column_headers import header_word
from extractors.parsers.labelled_lines import INNER_LABEL
from extractors.parsers.responsible_units import looks_like_party
from extractors.tables.column_roles import PARTY_ROLES

_DISTINCT: Final = (
    r"[（(][一二三四五六七八九十]{1,3}[)）]|[（(]\d{1,2}[)）]|[①-⑳]"
    r"|(?<![\d.．A-Za-z])\d{1,2}(?:[.．]\d{1,2}){1,3}(?=[\u4e00-\u9fff“《])(?![年月日号点时分元万亿米个项次名])"
)
_PLAIN: Final = r"(?:[一二三四五六七八九十]{1,3}、|\d{1,2}(?:[.．、](?!\d)|[)）]))"
_BEHIND_MARK: Final = re.compile(rf"{_DISTINCT}|(?:(?<=[。；;！!？?：:)）】〕”\s])|^){_PLAIN}")
_ANYWHERE: Final = re.compile(rf"{_DISTINCT}|(?<![\d.．A-Za-z第（(一二三四五六七八九十]){_PLAIN}(?=[\u4e00-\u9fff“《])")
"""Numbers of items in a text that lost its marks with its line ends: 审核材料2、落实经费."""
AMOUNT: Final = re.compile(
    r"[（(]\s?(?:满分)?\d{1,3}(?:\.\d)?\s?分\s?[）)]|[扣得计加]\s?\d{1,3}(?:\.\d)?\s?分"
    r"|[，,]\s*\d{1,3}(?:\.\d)?分[。；;]?$"
)
"""（5分）, 扣2分, 资料齐全，3分。: the points of an item."""
_HEADING_AT_END: Final = re.compile(r"(?<=分[)）])[^（）()。；;，,：:]{2,14}[（(]\d{1,3}分[)）]$")
"""环境卫生（10分） behind the amount of the last item above it."""
_UNITS_AT_END: Final = re.compile(r"[（(](?P<units>[^（）()]{2,40})[)）][。；;]?$")
"""开展道德讲堂（县文明办）"""
_ENDS: Final = frozenset("。；;！!？?)）】〕”")
_PUNCTUATION: Final = re.compile("[，,。；;：:]")
_MIN_ITEMS: Final = 2
_MIN_UNMARKED: Final = 3
"""Items that prove numbers without a mark before them."""
_SHARE: Final = 0.6
"""Share of the finest items that have an amount, or the label of the others."""
_LEAST_LENGTH: Final = 20


class _Mark(NamedTuple):
    start: int
    rank: tuple[LabelStyle, int]
    number: int
    opens: bool
    """Whether a list may begin with it: behind a sentence or a heading, and not in a sentence (由1.…2.…组成)."""


def part_joined_items(line: Line) -> list[Line]:
    """Return a line with several items as a line for each, any other as it is."""
    if len(line.text) < _LEAST_LENGTH or line.note:
        return [line]
    for pattern, least in ((_BEHIND_MARK, _MIN_ITEMS), (_ANYWHERE, _MIN_UNMARKED)):
        marks = _count_on(list(_find_marks(line.text, pattern)))
        starts = [mark.start for mark in marks]
        pieces = [line.text[a:b] for a, b in pairwise([*starts, len(line.text)])]
        if _are_items(marks, pieces, least):
            before = line.text[: starts[0]].strip()
            parts = [before] * bool(before) + [part for piece in pieces for part in _part_heading(piece.strip())]
            return [replace(line, text=part, raw=part) for part in parts] if len(parts) > 1 else [line]
    return [line]


def _find_marks(text: str, pattern: re.Pattern[str]) -> Iterator[_Mark]:
    above = 0
    for match in pattern.finditer(text):
        label = read_label(text[match.start() :])
        if label is not None and label.number is not None and label.rest:
            before = text[above : match.start()].rstrip()
            opens = before[-1:] in _ENDS or _PUNCTUATION.search(before) is None
            yield _Mark(match.start(), label.rank, label.number, opens)
            above = match.end()


def _count_on(marks: Sequence[_Mark]) -> list[_Mark]:
    """Return the marks that count on from one another; the first of a line may have any number.

    A rank begins again at 1 below another heading: 一、…1.…2.…二、…1.….
    """
    accepted: list[_Mark] = []
    runs: list[list[_Mark]] = []
    open_runs: dict[tuple[LabelStyle, int], list[_Mark]] = {}
    for mark in marks:
        run = open_runs.get(mark.rank)
        if run is not None and mark.number == run[-1].number + 1:
            run.append(mark)
            ranks = list(open_runs)
            for deeper in ranks[ranks.index(mark.rank) + 1 :]:
                del open_runs[deeper]
        elif mark.opens and (mark.number == 1 or mark.start == 0):
            open_runs.pop(mark.rank, None)
            open_runs[mark.rank] = [mark]
            runs.append(open_runs[mark.rank])
        else:
            continue
        accepted.append(mark)
    counted = {id(mark) for run in runs if len(run) > 1 for mark in run}
    return [mark for mark in accepted if id(mark) in counted]


def _are_items(marks: Sequence[_Mark], pieces: Sequence[str], least: int) -> bool:
    """Return whether most of the finest items state an amount, or name units: behind one label, or at their end."""
    is_heading = [below.rank != mark.rank and below.number == 1 for mark, below in pairwise(marks)]
    leaves = [piece for piece, heads in zip(pieces, [*is_heading, False], strict=False) if not heads]
    scored = sum(AMOUNT.search(piece) is not None for piece in leaves)
    labels = Counter(label for piece in leaves for label in {match["label"] for match in INNER_LABEL.finditer(piece)})
    labelled = (n for label, n in labels.items() if header_word(label.rstrip(":：")).role in PARTY_ROLES)
    named = max(*labelled, sum(map(_ends_with_units, leaves)), 0)
    if len(leaves) < least:
        # Two that both name units are enough in any case.
        return named == len(leaves) >= _MIN_ITEMS
    return max(scored, named) >= max(_SHARE * len(leaves), _MIN_ITEMS)


def _ends_with_units(piece: str) -> bool:
    match = _UNITS_AT_END.search(piece.strip())
    return match is not None and looks_like_party(match["units"])


def _part_heading(piece: str) -> list[str]:
    """Return an item without the heading of those behind it, and that heading."""
    heading = _HEADING_AT_END.search(piece)
    return [piece[: heading.start()], heading.group()] if heading else [piece]
