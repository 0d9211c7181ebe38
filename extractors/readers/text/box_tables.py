"""Tables in plain text drawn with box characters: `│甲│乙│` between `├──┼──┤`.

A rule through all columns parts rows. One through some of them, `│  ├──┼──┤`, parts the cells of these columns alone;
the others span the rows. The arms of a rule (┬ has none upwards) tell which columns a cell spans. Where the bars of a
line are neither those of the columns nor those of the rules beside it, no table is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from extractors.readers.text.line_tables import LineTable
from extractors.readers.text.parted_cells import LostCells
from extractors.readers.text.tables import RawCell

_RULE: Final = re.compile(r"\s*[┌┐├┤└┘╔╗╠╣╚╝=\-|│┃║]*[┬┼┴─━═╦╬╩+][┌┬┐├┼┤└┴┘─━╔╦╗╠╬╣╚╩╝═+=\-|│┃║]*\s*")
_SEPARATOR: Final = re.compile(r"[│┃║]")
_JOINT: Final = re.compile(r"[│┃║┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝+|]")
"""Where a bar crosses or meets a rule."""
_EDGE: Final = re.compile(r"[│┃║├┤┼╠╣╬]")
"""What parts the cells of a line, some of which may be a stretch of a rule."""
_STRETCH: Final = re.compile(r"\s*[─━═]+\s*")
_FIRST_RULE: Final = tuple("┌╔")
_LAST_RULE: Final = tuple("└╚")
_NO_ARM_ABOVE: Final = frozenset("┬╦┌┐╔╗")
_NO_ARM_BELOW: Final = frozenset("┴╩└┘╚╝")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule through all columns.

    Attributes:
        joints: where bars meet it, those of the frame too.
        has_left: whether the first of them is the left side of the frame.
        has_right: whether the last of them is the right side.
    """

    joints: str
    has_left: bool
    has_right: bool

    def starts(self, armless: frozenset[str]) -> list[int]:
        """Return the columns before which a bar stands on the side of the rule where `armless` have no arm."""
        inner = self.joints[self.has_left : len(self.joints) - self.has_right]
        return [0, *(column for column, joint in enumerate(inner, 1) if joint not in armless)]


def find_box_tables(lines: Sequence[str]) -> dict[int, LineTable | LostCells]:
    """Return the drawn tables of a text by their first line, and those whose bars do not fit their rules."""
    found: dict[int, LineTable | LostCells] = {}
    end = 0
    for start, line in enumerate(lines[:-1]):
        if start < end or not _RULE.fullmatch(line) or not _SEPARATOR.search(lines[start + 1]):
            continue
        end = _find_end(lines, start)
        rows = _read_rows(lines, range(start, end))
        found[start] = LineTable(rows, end) if rows is not None else LostCells(end, is_prose=False)
    return found


def _find_end(lines: Sequence[str], start: int) -> int:
    """Return the line after a table: one of another kind, or behind the last rule, below which none begins at once."""
    for place in range(start, len(lines)):
        line = lines[place].strip()
        is_rule = _RULE.fullmatch(line) is not None
        if not is_rule and not _SEPARATOR.search(line):
            return place
        below = lines[place + 1].strip() if place + 1 < len(lines) else ""
        if is_rule and line.startswith(_LAST_RULE) and not below.startswith(_FIRST_RULE):
            return place + 1
    return len(lines)


def _read_rows(lines: Sequence[str], places: range) -> list[list[RawCell]] | None:
    """Return the rows of the table on some lines; None if bars and rules do not fit."""
    rules = {place: _read_rule(lines[place]) for place in places if _RULE.fullmatch(lines[place])}
    width = max(len(rule.starts(frozenset())) for rule in rules.values())
    rows: list[list[RawCell]] = []
    for group in _between(places, rules):
        above, below = rules.get(group.start - 1), rules.get(group.stop)
        parts = [_split_line(lines[place], above or below) for place in group]
        columns = _find_columns(len(parts[0]), width, above, below)
        if columns is None or any(len(part) != len(columns) for part in parts):
            return None
        rows += _read_group(parts, group, columns)
    return rows


def _between(places: range, rules: dict[int, _Rule]) -> Iterator[range]:
    """Yield the lines between two rules through all columns."""
    bounds = [*rules, places.stop]
    for above, below in pairwise(bounds):
        if above + 1 < below:
            yield range(above + 1, below)


def _read_rule(line: str) -> _Rule:
    text = line.strip()
    return _Rule("".join(_JOINT.findall(text)), _JOINT.match(text) is not None, _JOINT.match(text[-1:]) is not None)


def _split_line(line: str, rule: _Rule | None) -> list[str]:
    """Return the cells of a line without what stands outside of the frame."""
    parts = _EDGE.split(line.strip())
    has_left, has_right = (rule.has_left, rule.has_right) if rule is not None else (True, True)
    if has_left:
        # A line that begins without a bar goes on with a cell of the line above.
        parts = [] if parts[0] else parts[1:]
    return parts[:-1] if has_right and parts and not parts[-1] else parts


def _find_columns(n_cells: int, width: int, above: _Rule | None, below: _Rule | None) -> Sequence[int] | None:
    """Return the column in which each cell of a line begins; None if nothing tells."""
    if n_cells in (1, width):
        return range(n_cells)
    for rule, armless in ((above, _NO_ARM_BELOW), (below, _NO_ARM_ABOVE)):
        if rule is not None and len(rule.starts(frozenset())) == width:
            starts = rule.starts(armless)
            if len(starts) == n_cells:
                return starts
    return None


def _read_group(parts: Sequence[Sequence[str]], places: range, columns: Sequence[int]) -> list[list[RawCell]]:
    """Return the rows between two rules through all columns, which those through some of them part."""
    starts = [places.start]
    owners = dict.fromkeys(columns, 0)
    found: dict[tuple[int, int], list[RawCell]] = {}
    for place, cells in zip(places, parts, strict=True):
        own = dict(zip(columns, cells, strict=True))
        ruled = [column for column, text in own.items() if _STRETCH.fullmatch(text)]
        if ruled:
            owners.update(dict.fromkeys(ruled, len(starts)))
            starts.append(place)
        for column, text in own.items():
            if text.strip() and column not in ruled:
                found.setdefault((owners[column], column), []).append(RawCell(text.strip(), place))
    return [
        [_join(found.get((row, column), []), start) for column in range(columns[-1] + 1)]
        for row, start in enumerate(starts)
    ]


def _join(parts: Sequence[RawCell], place: int) -> RawCell:
    return RawCell("\n".join(part.text for part in parts), parts[0].line if parts else place)
