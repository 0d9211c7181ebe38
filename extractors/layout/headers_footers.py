"""Page numbers, running heads and feet: what stands at the same place of most pages and belongs to none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from extractors.layout.grid import PageTable
from extractors.layout.model import Line
from extractors.layout.page import PageItems

_EDGE = 0.12
"""Part of the page's height at top and bottom where heads and feet stand."""
_DEEPEST = 3
"""Lines of a head or foot."""
_PAGE_NUMBER = re.compile(
    r"[-—–－·~\s]*(?:第\s*)?\d{1,4}(?:\s*页)?[-—–－·~\s]*"
    r"|(?:第\s*)?\d{1,4}\s*(?:页\s*)?(?:[/／,，]\s*)?(?:共\s*)?\d{1,4}(?:\s*页)?"
)
_DECORATED = re.compile(r"[-—–－·~]\s*\d{1,4}\s*[-—–－·~]|第\s*\d{1,4}\s*页.*|\d{1,4}\s*[/／]\s*\d{1,4}")
_PAGE_OF = re.compile(r"[（(]?(?:第\d{1,4}页|共\d{1,4}页)[,，/／]?(?:第\d{1,4}页|共\d{1,4}页)?[)）]?")
_LARGER = 1.1
"""A title of 14 points above a table of 12 is set larger; rounding makes boxes of one type differ by less."""
_DIGITS = re.compile(r"\d+")


def drop_running(pages: Sequence[PageItems]) -> None:
    """Remove running lines from `pages`, in place.

    A line goes when it reads as a decorated page number (`— 3 —`, 第3页), when it is a bare number equal to the
    page's own count on several pages, or when the same words (figures aside) stand there on at least half of the
    pages and on three or more. A title printed on every page stays on the first one.
    """
    seen: dict[tuple[str, int, bool], set[int]] = defaultdict(set)
    offsets: dict[int, set[int]] = defaultdict(set)
    edges = {page.number: _edge_lines(page) for page in pages}
    for page in pages:
        for line, head in edges[page.number]:
            seen[_key(line, head)].add(page.number)
            if line.text.strip().isdecimal():
                offsets[int(line.text) - page.number].add(page.number)
    least = max(3, (len(pages) + 1) // 2)
    kept = _titles(pages, edges, seen, least)
    for page in pages:
        gone = {
            id(line)
            for line, head in edges[page.number]
            if id(line) not in kept
            if _DECORATED.fullmatch(line.text.strip())
            or _repeats(seen, line, head, least)
            or (line.text.strip().isdecimal() and len(offsets[int(line.text) - page.number]) >= 2)
        }
        page.items = [item for item in page.items if id(item) not in gone]
        page.notes = [line for line in page.notes if id(line) not in gone]


def _titles(
    pages: Sequence[PageItems],
    edges: Mapping[int, list[tuple[Line, bool]]],
    seen: dict[tuple[str, int, bool], set[int]],
    least: int,
) -> set[int]:
    """Lines (by `id`) of the first page that stand at the head of the others and are the title all the same.

    A sheet printed with its title on every page has no other one: nothing that remains of the first page is set
    larger, or says the same. The name of a book or an office above the text is set no larger than it, or smaller.
    """
    if not pages:
        return set()
    first = pages[0]
    heads = [line for line, head in edges[first.number] if head and _repeats(seen, line, True, least)]
    heads = [line for line in heads if not _PAGE_NUMBER.fullmatch(line.text.strip()) and _words(line)]
    same = {_words(line) for page in pages[1:] for line, head in edges[page.number] if head}
    heads = [line for line in heads if _words(line) in same]
    taken = {id(line) for line in heads}
    others = [line for line in _lines(first) if id(line) not in taken]
    body = sorted(line.size for line in others)
    usual = body[len(body) // 2] if body else 0.0
    largest = max((line.size for line in others), default=0.0)
    remaining = "".join(_words(line) for line in others)
    title = max((line.size for line in heads), default=0.0)
    if title < _LARGER * usual or title * _LARGER < largest:
        return set()
    return {id(line) for line in heads if _words(line) not in remaining}


def _lines(page: PageItems) -> list[Line]:
    cells = (line for item in page.items if isinstance(item, PageTable) for cell in item.cells for line in cell.lines)
    return [*(item for item in page.items if isinstance(item, Line)), *cells]


def _words(line: Line) -> str:
    """What a line says, blanks and figures of pages aside."""
    return _PAGE_OF.sub("", "".join(line.text.split()))


def _key(line: Line, head: bool, shift: int = 0) -> tuple[str, int, bool]:
    return _DIGITS.sub("#", "".join(line.text.split())), round(line.top / 8.0) + shift, head


def _repeats(seen: dict[tuple[str, int, bool], set[int]], line: Line, head: bool, least: int) -> bool:
    pages = set().union(*(seen.get(_key(line, head, shift), set()) for shift in (-1, 0, 1)))
    if _PAGE_NUMBER.fullmatch(line.text.strip()):
        least = min(least, 2)
    return len(pages) >= least


def _edge_lines(page: PageItems) -> list[tuple[Line, bool]]:
    """The outermost lines near the upper (True) and lower edge."""
    lines = sorted([i for i in page.items if isinstance(i, Line)] + page.notes, key=lambda line: line.top)
    upper = [(line, True) for line in lines[:_DEEPEST] if line.bottom < page.height * _EDGE]
    lower = [(line, False) for line in lines[-_DEEPEST:] if line.top > page.height * (1 - _EDGE)]
    return upper + [pair for pair in lower if pair[0] not in [line for line, _ in upper]]
