"""Pages → blocks in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractors.document import Block, Table
from extractors.layout.grid import PageTable
from extractors.layout.headers_footers import drop_running
from extractors.layout.join_pages import Growing
from extractors.layout.model import Layout, Line, Page
from extractors.layout.page import PageItems, read_page
from extractors.layout.paragraphs import Margins, Paragraphs, margins
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.table_words import NO_WORDS, TableWords

_CONTINUED = re.compile(r"[（(]?(?:续\s*(?:上\s*)?表|上表续|接上表|表续)\s*\d*[)）:：]?")
"""A line above the rest of a table that says nothing but that it goes on."""


def lay_out(pages: Iterable[Page], limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Layout:
    """The blocks of a document, with confidences where its words have them.

    Pages are taken one at a time and reduced to lines and cells, so a generator keeps memory flat. A table cut by
    page edges comes back as one `Table`; page numbers and running heads are left out; footnotes stand at the end.
    """
    read = [read_page(page, limits.max_cells, words) for page in pages]
    drop_running(read)
    flow = _Flow(limits, _margins(read), words)
    for page in read:
        flow.page(page)
    return flow.finish(read)


def _margins(pages: Sequence[PageItems]) -> dict[int, Margins]:
    """The margins of the running text, by page width in points."""
    lines: dict[int, list[Line]] = {}
    for page in pages:
        lines.setdefault(round(page.width), []).extend(item for item in page.items if isinstance(item, Line))
    return {width: margins(found, width) for width, found in lines.items()}


class _Flow:
    """Puts the items of all pages one behind the other."""

    def __init__(self, limits: Limits, text_area: dict[int, Margins], words: TableWords) -> None:
        self._limits = limits
        self._words = words
        self._area = text_area
        self._blocks: list[Block] = []
        self._confidence: dict[str, float] = {}
        self._paragraphs = Paragraphs(self._confidence)
        self._table: Growing | None = None

    def page(self, page: PageItems) -> None:
        m = self._area[round(page.width)]
        pending: list[Line] = []
        for item in page.items:
            if isinstance(item, Line):
                pending.append(item)
                continue
            self._prose(pending, m, before_table=item)
            pending = []
            if self._table is not None and self._table.continued_by(item):
                self._table.take(item)
                continue
            self._close_table()
            self._blocks += self._paragraphs.close()
            self._table = Growing.begin(item, self._words)
        self._prose(pending, m)

    def _prose(self, lines: list[Line], m: Margins, before_table: PageTable | None = None) -> None:
        if before_table is not None and self._table is not None and self._table.continued_by(before_table):
            lines = [line for line in lines if not _CONTINUED.fullmatch(line.text.strip())]
        if not lines:
            return
        self._close_table()
        self._blocks += self._paragraphs.add(lines, m)

    def _close_table(self) -> None:
        if self._table is not None:
            self._blocks.append(self._table.finish(self._limits.max_columns, self._confidence))
            self._table = None

    def finish(self, pages: list[PageItems]) -> Layout:
        self._close_table()
        self._blocks += self._paragraphs.close()
        for page in pages:
            self._blocks += self._paragraphs.add(page.notes, margins(page.notes, page.width), note=True)
        self._blocks += self._paragraphs.close(note=True)
        return Layout(tuple(b for b in self._blocks if isinstance(b, Table) or b.text), self._confidence)
