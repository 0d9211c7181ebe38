"""Headers in running text: the table below them lost what tells its rows or columns, so that it must be reported.

Two signs, each for itself: short lines below each other, of which two of three are known headers; and several exact
words of headers directly behind each other, however lines and blanks part them, or not at all (考核项目考核内容分值).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile
from typing import Final

from extractors.readers.text.tables import LIST_MARK, SECTION
from extractors.table_words import TableWords

LOST_TABLE: Final = "此处像是失去表格线的表，行和列无从区分，未能还原为表格；请改用带表格线的原文件"
"""What is said where `find_lost_headers` finds a header."""
_LOST_NAMES: Final = 3
"""测评项目, 测评内容, 分值 are the header of a table, one unknown word among lines of their own too."""
_LONGEST_NAME: Final = 8
_BROKEN: Final = 2
"""Characters of each line of a name in a narrow column."""
_MAX_BROKEN: Final = 3
_SEPARATORS: Final = re.compile(r"[\s|｜│┃,\"]+")
_MIN_LENGTH: Final = 3
_MIN_LONG: Final = 2
"""Words of at least that length, unless lines or blanks part all: 内容标准要求 stands in sentences."""
_MIN_BELOW: Final = 10
"""Characters behind a header; the names of a form without any are no table."""
_SAME_PLACE: Final = 10
"""Lines behind a header in which no other is reported: it may have parts of both kinds."""


def find_lost_headers(lines: Sequence[str], words: TableWords) -> list[int]:
    """Return the line of each header in running text, the first one only of the same words."""
    found: list[int] = []
    for place in sorted({*_find_name_lines(lines, words), *_find_chains(lines, words)}):
        if not found or place - found[-1] > _SAME_PLACE:
            found.append(place)
    return found


def _find_name_lines(lines: Sequence[str], words: TableWords) -> Iterator[int]:
    """Yield the first line of the first header with names on lines of their own, and with some broken over lines."""
    names = [(line.strip(), i) for i, line in enumerate(lines) if line.strip()]
    for texts in (names, _join_broken_names(names, words)):
        known = [words.is_header_word(text) for text, _ in texts]
        for i in range(len(texts) - 2 * _LOST_NAMES + 1):
            header = [text for text, _ in texts[i : i + _LOST_NAMES]]
            is_header = sum(known[i : i + _LOST_NAMES]) >= _LOST_NAMES - 1 and len(set(header)) == _LOST_NAMES
            if is_header and all(map(_is_name, header)):
                yield texts[i][1]
                break


def _join_broken_names(lines: Sequence[tuple[str, int]], words: TableWords) -> list[tuple[str, int]]:
    """Return the lines with their places, those as one that make up a known name: 考核, 方式."""
    names: list[tuple[str, int]] = []
    i = 0
    while i < len(lines):
        n_short = len(list(takewhile(lambda line: len(line[0]) <= _BROKEN, lines[i : i + _MAX_BROKEN])))
        joined = {n: "".join(text for text, _ in lines[i : i + n]) for n in range(n_short, 1, -1)}
        n_lines = next((n for n, text in joined.items() if words.is_header_word(text)), 1)
        names.append((joined.get(n_lines, lines[i][0]), lines[i][1]))
        i += n_lines
    return names


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and not LIST_MARK.search(text) and not SECTION.match(text)


def _find_chains(lines: Sequence[str], words: TableWords) -> Iterator[int]:
    """Yield the line on which exact words of headers begin that stand directly behind each other."""
    parts = [_SEPARATORS.sub("", line) for line in lines]
    starts = list(accumulate(map(len, parts), initial=0))
    text = "".join(parts)
    line_starts = set(starts)
    parted = _parted_places(lines)
    seen: set[frozenset[str]] = set()
    chain: list[tuple[int, int]] = []
    for start, stop in (*words.find_header_words(text), (len(text) + 1, 0)):
        if chain and start != chain[-1][1]:
            # The last words of a title above the header are none of its names.
            chain = chain[next((n for n, (a, _) in enumerate(chain) if a in line_starts), 0) :]
            names = frozenset(text[a:b] for a, b in chain)
            is_parted = all(a in parted for a, _ in chain[1:])
            n_long = sum(len(name) >= _MIN_LENGTH for name in names)
            is_header = len(names) >= _LOST_NAMES and (is_parted or n_long >= _MIN_LONG)
            if is_header and names not in seen and chain[-1][1] + _MIN_BELOW <= len(text):
                yield bisect_right(starts, chain[0][0]) - 1
            seen.add(names)
            chain = []
        chain.append((start, stop))


def _parted_places(lines: Sequence[str]) -> set[int]:
    """Return the characters, counted without separators, before which a separator or a line end stands."""
    places: set[int] = set()
    n_before = 0
    for line in lines:
        for piece in _SEPARATORS.split(line):
            places.add(n_before)
            n_before += len(piece)
    return places
