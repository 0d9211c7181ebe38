"""Tables without full ruling: columns told from the white between words, rows from lines or alignment.

What is found is expressed as ruling lines, so that the grid is built in one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.layout.model import Box, Word
from extractors.layout.rulings import Ruling, Segment, clusters
from extractors.layout.text_lines import group_lines
from extractors.table_words import TableWords

_SAME_END = 8.0
_LEAST_WIDTH = 0.35
"""Of the page: shorter horizontal lines are underlines or separators."""
_COLUMN_GAP = 0.9
"""In type sizes: white between the chunks of two columns."""
_LEAST_COLUMNS = 3
_LEAST_ROWS = 3
_ROW_LINE = 4.0
"""Points: lines drawn double bound one row."""


@dataclass(slots=True)
class _Column:
    x0: float
    x1: float


@dataclass(slots=True)
class _Chunk:
    """Words of one line that belong together."""

    words: list[Word]
    x0: float = field(init=False)
    x1: float = field(init=False)

    def __post_init__(self) -> None:
        self.x0 = self.words[0].x0
        self.x1 = max(w.x1 for w in self.words)

    @property
    def text(self) -> str:
        return "".join(w.text for w in self.words)


def _chunks(line: Sequence[Word]) -> list[_Chunk]:
    groups = [[line[0]]]
    for left, right in pairwise(line):
        if right.x0 - left.x1 >= _COLUMN_GAP * min(left.size, right.size):
            groups.append([])
        groups[-1].append(right)
    return [_Chunk(g) for g in groups]


def half_ruled(ruling: Ruling, words: Sequence[Word], width: float) -> list[Ruling]:
    """Rulings of the tables that show horizontal lines only (three or more of one width, words in columns between)."""
    left = [h for h in ruling.across if h.length >= _LEAST_WIDTH * width]
    out: list[Ruling] = []
    for _, group in _same_extent(left):
        top, bottom = group[0].at, group[-1].at
        box = Box(min(h.lo for h in group), top, max(h.hi for h in group), bottom)
        inside = [w for w in words if box.holds(w.centre, w.middle)]
        partial = [
            h for h in ruling.across if top < h.at < bottom and h not in group and h.lo >= box.x0 - _SAME_END
            and h.hi <= box.x1 + _SAME_END and h.length > 0.2 * box.width
        ]  # fmt: skip
        found = _with_columns(box, sorted(group + partial, key=lambda h: h.at), inside)
        if found is not None:
            out.append(found)
    return out


def framed(ruling: Ruling, words: Sequence[Word]) -> Ruling | None:
    """Ruling of a frame with lines between its rows only, cut into columns where white runs through all rows.

    None where fewer than three columns show, or the frame has fewer than three rows. Rows of a single text, as a
    title within the frame, reach over the columns of the others.
    """
    box = ruling.box
    tops = [group[0] for group in clusters((h.at for h in ruling.across if h.length >= 0.9 * box.width), _ROW_LINE)]
    bands = list(pairwise(tops))
    if len(bands) < _LEAST_ROWS:
        return None
    held = [[w for w in words if a <= w.middle <= b and box.x0 <= w.centre <= box.x1] for a, b in bands]
    rows = [[_chunks(line) for line in group_lines(row)] if row else [] for row in held]
    telling = [line for row in rows if max((len(line) for line in row), default=0) > 1 for line in row]
    if len(telling) < _LEAST_ROWS:
        return None
    gaps = _gaps(telling, box)
    if len(gaps) < _LEAST_COLUMNS - 1:
        return None
    across = [Segment(y, box.x0, box.x1) for y in tops]
    return Ruling(across, _sides(box, gaps, bands, [line for row in rows for line in row]))


def _same_extent(lines: Sequence[Segment]) -> list[tuple[tuple[float, float], list[Segment]]]:
    found: list[tuple[tuple[float, float], list[Segment]]] = []
    for line in sorted(lines, key=lambda h: h.at):
        for ends, group in found:
            if abs(ends[0] - line.lo) <= _SAME_END and abs(ends[1] - line.hi) <= _SAME_END:
                group.append(line)
                break
        else:
            found.append(((line.lo, line.hi), [line]))
    return [(ends, group) for ends, group in found if len(group) >= 3]


def _with_columns(box: Box, across: list[Segment], words: Sequence[Word]) -> Ruling | None:
    lines = [_chunks(line) for line in group_lines(words)]
    if len(lines) < 2:
        return None
    gaps = _gaps(lines, box)
    if len(gaps) < _LEAST_COLUMNS - 1:
        return None
    bands = [(a.at, b.at) for a, b in pairwise(across) if b.at - a.at > 4.0]
    if len(bands) <= 3:
        tops = _row_tops(lines, [box.x0, *gaps, box.x1])
        known = [h.at for h in across]
        between = [y for y in tops[1:] if all(abs(y - k) > 6.0 for k in known)]
        across = sorted([*across, *(Segment(y, box.x0, box.x1) for y in between)], key=lambda h: h.at)
        bands = [(a.at, b.at) for a, b in pairwise(across)]
    return Ruling(across, _sides(box, gaps, bands, lines))


def _sides(
    box: Box, gaps: Sequence[float], bands: Sequence[tuple[float, float]], lines: Sequence[Sequence[_Chunk]]
) -> list[Segment]:
    """Vertical lines at the gaps, left out beside words that reach across (a heading over several columns)."""
    down = [Segment(x, box.top, box.bottom) for x in (box.x0, box.x1)]
    for x in gaps:
        for top, bottom in bands:
            crossing = any(
                c.x0 < x - 1.0 and c.x1 > x + 1.0 and top <= c.words[0].middle <= bottom for line in lines for c in line
            )
            if not crossing:
                down.append(Segment(x, top, bottom))
    return down


def _gaps(lines: Sequence[Sequence[_Chunk]], box: Box) -> list[float]:
    """Positions of the white strips that all but a few lines leave open."""
    allowed = len(lines) // 12
    marks = sorted([(c.x0, 1) for line in lines for c in line] + [(c.x1, -1) for line in lines for c in line])
    size = max(w.size for line in lines for c in line for w in c.words)
    gaps: list[float] = []
    depth, since = 0, box.x0
    for x, step in marks:
        if depth <= allowed and depth + step > allowed and gaps is not None:
            if since > box.x0 and x - since >= 0.5 * size:
                gaps.append((since + x) / 2)
        elif depth > allowed and depth + step <= allowed:
            since = x
        depth += step
    return gaps


def _row_tops(lines: Sequence[Sequence[_Chunk]], edges: Sequence[float]) -> list[float]:
    """Where rows begin that no line divides: at wider steps, else at lines that have words in the first column."""
    tops = [min(w.top for c in line for w in c.words) for line in lines]
    bottoms = [max(w.bottom for c in line for w in c.words) for line in lines]
    white = [b - a for a, b in zip(bottoms[:-1], tops[1:], strict=True)]
    size = max(w.size for w in lines[0][0].words)
    steps = clusters(white, 0.35 * size)
    starts = [0]
    if len(steps) > 1 and len(steps[-1]) >= 2:
        limit = steps[-1][0] - 0.1
        starts += [i + 1 for i, gap in enumerate(white) if gap >= limit]
    else:
        first = [any(c.x0 < edges[1] for c in line) for line in lines]
        starts += [i for i in range(1, len(lines)) if first[i] or len(lines[i]) >= len(edges) - 1]
    return [tops[0] - 1.0, *((bottoms[i - 1] + tops[i]) / 2 for i in starts[1:])]


def borderless(words: Sequence[Word], known: TableWords) -> list[Ruling]:
    """Rulings of the tables that show no line at all.

    Only where a line reads like a table's header, with three columns or more, and at least two further rows keep to
    its columns: anything looser would take prose or rosters for tables.
    """
    lines = [_chunks(line) for line in group_lines(words)]
    out: list[Ruling] = []
    at = 0
    while at < len(lines):
        stop = _extent(lines, at, known)
        if stop - at >= _LEAST_ROWS and (found := _aligned(lines[at:stop])) is not None:
            out.append(found)
            at = stop
        else:
            at += 1
    return out


def _extent(lines: Sequence[Sequence[_Chunk]], at: int, known: TableWords) -> int:
    """The line after the last one that keeps to the columns of the header line `at`; `at` when it is no header."""
    header = lines[at]
    if len(header) < _LEAST_COLUMNS or not known.is_header([c.text for c in header]):
        return at
    columns = [_Column(c.x0, c.x1) for c in header]
    size = header[0].words[0].size
    stop = at + 1
    while stop < len(lines):
        above = max(w.bottom for c in lines[stop - 1] for w in c.words)
        below = min(w.top for c in lines[stop] for w in c.words)
        if below - above > 3.0 * size or not _fit(columns, lines[stop]):
            break
        stop += 1
    return stop


def _fit(columns: list[_Column], line: Sequence[_Chunk]) -> bool:
    """Whether every chunk keeps to one column, widening the columns by what they take in."""
    homes: list[int] = []
    for chunk in line:
        touched = [i for i, c in enumerate(columns) if chunk.x0 < c.x1 and chunk.x1 > c.x0]
        if len(touched) > 1:
            return False
        middle = (chunk.x0 + chunk.x1) / 2
        near = touched or [min(range(len(columns)), key=lambda i: abs((columns[i].x0 + columns[i].x1) / 2 - middle))]
        homes.append(near[0])
    if len(set(homes)) < len(homes):
        return False
    for chunk, home in zip(line, homes, strict=True):
        columns[home].x0 = min(columns[home].x0, chunk.x0)
        columns[home].x1 = max(columns[home].x1, chunk.x1)
    return all(a.x1 < b.x0 for a, b in pairwise(columns))


def _aligned(lines: Sequence[Sequence[_Chunk]]) -> Ruling | None:
    words = [w for line in lines for c in line for w in c.words]
    pad = 2.0
    box = Box(
        min(w.x0 for w in words) - pad, min(w.top for w in words) - pad,
        max(w.x1 for w in words) + pad, max(w.bottom for w in words) + pad,
    )  # fmt: skip
    gaps = _gaps(lines, box)
    tops = _row_tops(lines, [box.x0, *gaps, box.x1])
    if len(gaps) < _LEAST_COLUMNS - 1 or len(tops) < _LEAST_ROWS:
        return None
    ys = [box.top, *tops[1:], box.bottom]
    down = [Segment(x, box.top, box.bottom) for x in (box.x0, *gaps, box.x1)]
    return Ruling([Segment(y, box.x0, box.x1) for y in ys], down)
