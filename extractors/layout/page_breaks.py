"""Whether what stands at the top of a page goes on from the last row of the page before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.layout.page_cells import EDGE, Whole, closes
from extractors.layout.text_lines import LABEL, ended, unbalanced, wraps
from extractors.table_words import TableWords

_FILLED = 0.9
_RARELY_BLANK = 0.12
_HARDLY_BLANK = 0.05
_RECENT = 1_500
_CERTAIN = 3
"""Cells that must agree before a habit of the column counts."""
_MOSTLY = 0.8
_WIDE = 8.0
_KEPT_LINES = 3.0
"""Lines that may go to the next page together, and so leave their room behind: two and what is less than one."""
_PITCH = 1.4
"""From line to line, in type sizes, where a cell has one line only."""

Pair = tuple[Whole, Whole]
"""A cell of the last row above a page edge and the one below it in the same column."""


@dataclass(slots=True)
class Columns:
    """What the cells seen so far tell about the columns of a table."""

    cells: list[Whole]
    pads: list[float]
    words: TableWords
    coming: list[Whole] = field(default_factory=list)
    """Cells of the page being added, which tell as much about the habits of a column as those before."""

    def recent(self) -> list[Whole]:
        """The cells to judge a column by: enough to know its habits, few enough for a table of a thousand pages."""
        return self.cells[-_RECENT:]

    def learn(self, pads: list[float]) -> None:
        """Take in the room left of the texts of another page, as long as that tells anything new."""
        if len(self.pads) < _RECENT:
            self.pads = sorted(self.pads + pads)

    def pad(self) -> float:
        """Room between a cell's border and its text."""
        return self.pads[len(self.pads) // 8] if self.pads else 0.0

    def cut(self, pairs: Sequence[tuple[Whole | None, Whole]]) -> bool:
        """Whether the page edge went through a row: the upper row of the new page holds only what did not fit."""
        if any(above is None for above, _ in pairs):
            return False
        known = [(above, cell) for above, cell in pairs if above is not None]
        held = [(above, cell) for above, cell in known if not cell.blank and not self._pushed_down(above, cell)]
        if any(above.blank for above, _ in held):
            return False
        votes = {id(cell): self._vote(above, cell) for above, cell in held}
        if any(self._new_value(above, cell) for above, cell in held):
            return False
        if not all(self._full(above) for above, _ in held):
            return not closes([cell for _, cell in pairs], self.words) and self._cut_with_room(known, held)
        if any(cell.blank and above.rows == cell.rows == 1 and self._always_filled(above) for above, cell in known):
            return True
        main, rest = self._main(known)
        if rest.blank:
            if not main.blank and self._blanks(main) <= _HARDLY_BLANK and min(votes.values(), default=0) >= 0:
                return True
        elif votes[id(rest)] or LABEL.match(rest.lines[0].text.strip()):
            return votes[id(rest)] > 0
        telling = [(above, cell) for above, cell in held if self._breadth(above) > _WIDE or self._unfinished(above)]
        return sum(votes[id(cell)] for above, cell in telling if above.rows == 1) > 0

    def _cut_with_room(self, known: Sequence[Pair], held: Sequence[Pair]) -> bool:
        """The same where the text left room above the page edge, as it does when single lines may not stand alone.

        Either a column that every row fills is blank and what goes on had come near the edge, or every text that goes
        on broke off in mid-sentence: in three columns, or in one whose texts end like sentences.
        """
        near = all(self._room(above) < _KEPT_LINES for above, _ in held)
        if near and any(
            cell.blank and above.rows == cell.rows == 1 and self._always_filled(above, _CERTAIN)
            for above, cell in known
        ):
            return True
        if min(self._vote(above, cell) for above, cell in held) <= 0:
            return False
        if len(held) >= _CERTAIN and max(self._breadth(above) for above, _ in held) > _WIDE:
            return True
        return (
            near
            and all(self._breaks_off(above, cell) for above, cell in held)
            and any(self._sentences(above) for above, _ in held)
        )

    def _breaks_off(self, above: Whole, cell: Whole) -> bool:
        """Whether a line that is no end of a sentence had no room for what stands at the top of the page."""
        before, after = above.lines[-1], cell.lines[0]
        begins = ended(before.text) or LABEL.match(after.text.strip())
        return not begins and wraps(before, after, *self.margins(above))

    def _room(self, cell: Whole) -> float:
        """How many lines of its own the room below the cell's text would hold."""
        part = cell.parts[-1]
        if not part.lines:
            return float("inf")
        last = part.lines[-1]
        pitch = min((b.top - a.top for a, b in pairwise(part.lines) if b.top > a.top), default=_PITCH * last.size)
        return (part.box.bottom - last.bottom) / max(pitch, last.size)

    def _breadth(self, cell: Whole) -> float:
        """How many characters a line of the cell holds."""
        left, right = self.margins(cell)
        return (right - left) / cell.lines[-1].size

    def _new_value(self, above: Whole, cell: Whole) -> bool:
        """Whether a column of single values (a serial, points, a date) has another one here."""
        if all(self.words.is_score("".join(line.text for line in c.lines)) for c in (above, cell)):
            return True
        column = [c for c in self._column(above) if not c.blank]
        single = sum(len(c.lines) == 1 for c in column)
        if len(column) < _CERTAIN or single < _MOSTLY * len(column) or len(above.lines) != 1:
            return False
        return self._vote(above, cell) <= 0

    def _main(self, known: Sequence[Pair]) -> Pair:
        """The column that tells rows apart best: the one with the longest texts of those filled most often."""
        counts: list[tuple[int, int]] = []
        for above, _ in known:
            column = [c for c in self._column(above) if not c.blank and c.rows == 1]
            counts.append((len(column), sum(len(line.text) for c in column for line in c.lines)))
        often = _MOSTLY * max(count for count, _ in counts)
        return max(zip(counts, known, strict=True), key=lambda one: (one[0][0] >= often, one[0][1]))[1]

    def _pushed_down(self, above: Whole, cell: Whole) -> bool:
        """Whether the text of a span had no room above the page edge, where its upper rows stand empty."""
        spans = above.rows > 1 or cell.rows > 1
        return above.blank and not cell.blank and spans and self._blanks(above) <= _RARELY_BLANK

    def same_span(self, above: Whole, cell: Whole) -> bool:
        """Whether a cell at the top of a page is the rest of the span that reached the edge, the row being new."""
        spans = above.rows > 1 or cell.rows > 1
        if cell.blank:
            return cell.rows > 1 or ((spans or self._has_spans(above)) and self._blanks(above) <= _RARELY_BLANK)
        if not spans:
            return False
        if above.blank:
            return self._pushed_down(above, cell)
        if self._new_value(above, cell) or self._both_stand_alone(above, cell):
            return False
        return self._full(above) and self._vote(above, cell) > 0

    def _both_stand_alone(self, above: Whole, cell: Whole) -> bool:
        """Whether other cells of the column say just this, and others just that: two names, none of them cut."""
        alone = {"".join(line.text for line in c.lines) for c in self._column(above)}
        return all("".join(line.text for line in c.lines) in alone for c in (above, cell))

    def _column(self, like: Whole) -> list[Whole]:
        """The other cells of the column of `like`, those at the tops of pages aside."""
        return [
            c
            for c in (*self.recent(), *self.coming)
            if c is not like and not c.at_top and abs(c.x0 - like.x0) <= EDGE and abs(c.x1 - like.x1) <= EDGE
        ]

    def _blanks(self, like: Whole) -> float:
        """Share of blank cells in a column, rows that are mostly blank (bands, totals) aside."""
        filled: Counter[tuple[bool, int]] = Counter()
        for old, group in ((True, self.recent()), (False, self.coming)):
            for c in group:
                filled[old, c.row] += -1 if c.blank else 1
        known = {id(c) for c in self.recent()}
        column = [c for c in self._column(like) if filled[id(c) in known, c.row] > 0]
        return sum(c.blank for c in column) / len(column) if column else 0.0

    def _has_spans(self, like: Whole) -> bool:
        return any(c.rows > 1 for c in self._column(like))

    def _always_filled(self, like: Whole, least: int = 2) -> bool:
        """Whether every row, of `least` or more, has its own text in a column, so that a blank there is no new row."""
        column = self._column(like)
        return len(column) >= least and not any(c.blank or c.rows > 1 for c in column)

    def margins(self, cell: Whole) -> tuple[float, float]:
        pad = self.pad()
        lines = cell.lines
        return (
            min([cell.x0 + pad, *(line.x0 for line in lines)]),
            max([cell.x1 - pad, *(line.x1 for line in lines)]),
        )

    def _full(self, cell: Whole) -> bool:
        """Whether the cell's text reaches the bottom border, so that no further line had room."""
        part = cell.parts[-1]
        if not part.lines:
            return False
        last = part.lines[-1]
        return part.box.bottom - last.bottom < _FILLED * last.size

    def _vote(self, above: Whole, cell: Whole) -> int:
        """1 when the text of `cell` plainly goes on from `above`, -1 when it plainly begins anew, else 0."""
        before, after = above.lines[-1], cell.lines[0]
        if self._unfinished(above):
            return 1
        if LABEL.match(after.text.strip()):
            return -1
        return int(not ended(before.text) and wraps(before, after, *self.margins(above)))

    def _unfinished(self, cell: Whole) -> bool:
        """Whether the text lacks a closing bracket, or the end of a sentence that others of its column have."""
        text = "".join(line.text for line in cell.lines)
        return unbalanced(text) or (not ended(text) and self._sentences(cell))

    def _sentences(self, like: Whole) -> bool:
        """Whether the texts of a column end like sentences, so that one that does not must go on."""
        column = [c for c in self._column(like) if not c.blank]
        return len(column) >= _CERTAIN and sum(ended(c.lines[-1].text) for c in column) >= _MOSTLY * len(column)
