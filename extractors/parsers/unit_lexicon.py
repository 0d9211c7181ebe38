"""The lexicon of the units of a notice, from all its cells of units and what its lines say of short names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.illegible_units import find_debris, split_jumble
from extractors.parsers.misread_units import find_neighbour
from extractors.parsers.responsible_units import NameRun, PartyLexicon, split_runs, words_of
from extractors.parsers.unit_abbreviations import read_abbreviations
from extractors.parsers.unit_full_names import find_full_names
from extractors.parsers.unit_names import MAX_NAME_LENGTH, common_names, has_unit_suffix
from extractors.parsers.unit_roles import split_role
from extractors.parsers.unit_segmentation import count_boundaries, segment_run

_OFFICE_OF_BODY = re.compile(
    "(?P<body>[\u4e00-\u9fff]{1,3}(?<!团)委|党组)(?P<office>办公室|政法委|(?!.*政府)(?:(?![部处室委])[\u4e00-\u9fff]){1,6}[部处室])"
)
"""党委宣传部, 纪委办公室; 县委县政府办公室 is the office of two bodies."""
_WRAPPED_SHARE = 0.8
"""Share of lines that end at the margin of a column that wraps its text: 市局办 | 公室机 | 关各科 | 室."""
_LEAST_NAME = 3
_PARTS_OF_ONE = 2
"""党委 + 宣传部: an office named after the body that it belongs to; more parts are a list."""


def _are_wrapped(cells: Iterable[str]) -> bool:
    """Return whether the lines of cells end where the column does: nearly all of them are of the same length."""
    lengths = [len(strip_whitespace(line)) for cell in cells for line in cell.split("\n")[:-1] if line.strip()]
    margin = max(lengths, default=0) - 1
    at_margin = sum(length >= margin for length in lengths)
    return at_margin >= _WRAPPED_SHARE * len(lengths)


def _offices_of_bodies(runs: Sequence[NameRun]) -> frozenset[str]:
    """Return the offices that are named behind their body: 党委宣传部, of 党委组织部人事处 the first of two.

    One is a name unless one of its parts stands alone elsewhere; 办公室 does in most notices.
    """
    names = {split_role(run.names)[0] for run in runs if not run.gaps}
    matches = filter(None, map(_OFFICE_OF_BODY.match, names))
    alone = (m for m in matches if names.isdisjoint({m["body"], m["office"]} - {"办公室"}))
    return frozenset(m.group() for m in alone if not (rest := m.string[m.end() :]) or _is_other_name(rest))


def _is_other_name(text: str) -> bool:
    return len(text) >= _LEAST_NAME and has_unit_suffix(text)


def _repeated_names(runs: Sequence[NameRun], lexicon: PartyLexicon) -> frozenset[str]:
    """Return the names that are written without a separator again and again in a notice that separates its units.

    None of their parts stands alone elsewhere.
    """
    counts = Counter(split_role(run.names)[0] for run in runs if not run.gaps)
    return frozenset(
        name
        for name, count in counts.items()
        if count > 1
        and len(name) <= MAX_NAME_LENGTH
        and has_unit_suffix(name)
        and not count_boundaries(name, lexicon)
        and len(pieces := segment_run(name, (), lexicon)) == _PARTS_OF_ONE
        and counts.keys().isdisjoint(pieces)
    )


def collect_parties(
    cells: Iterable[str],
    body: str,
    notes: Iterable[str] = (),
    decided: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    heads: Collection[str] = (),
) -> PartyLexicon:
    """Build the lexicon of a notice.

    Names that are alone come first, then the parts of runs without separators.

    Args:
        cells: The party cells of the notice.
        body: The text of the notice.
        notes: Other texts that may explain short names as the body does: the notes and cells of its tables.
        decided: What people decided about printed forms.
        heads: The names above the columns of a matrix of units, which are units however they end (宣传, 住建).
    """
    cells = list(cells)
    lines = [*body.splitlines(), *notes, *cells]
    abbreviations = read_abbreviations(lines, lambda name: name in heads or has_unit_suffix(name))
    runs_of_cells = [split_runs(cell) for cell in cells if cell.strip() and not is_placeholder(cell)]
    lexicon = PartyLexicon(
        strip_whitespace(body),
        abbreviations,
        has_unit_lines=not _are_wrapped(cells),
        has_debris=any(runs and all(map(find_debris, words_of(runs))) for runs in runs_of_cells),
        decided=decided,
    )
    runs = [run for of_cell in runs_of_cells for run in of_cell]
    are_separated = any(len(of_cell) > 1 for of_cell in runs_of_cells)
    unsegmented = _add_single_names(lexicon, runs, are_separated=are_separated)
    firm = {*lexicon.names, *common_names()}
    _add_parts(lexicon, unsegmented, firm)
    lexicon.full_names |= find_full_names(lexicon.names, body)
    for part in {part.text for parts in lexicon.jumbles.values() for part in parts if not part.is_name}:
        if part not in firm and (right := find_neighbour(part, lexicon.names, common_names())) is not None:
            lexicon.misread[part] = right
    return lexicon


def _add_single_names(lexicon: PartyLexicon, runs: Sequence[NameRun], *, are_separated: bool) -> list[NameRun]:
    """Add the names of the runs that are one unit each, and return the other runs.

    What looked like one name before the others were known is looked at again.
    """
    names = [split_role(run.names)[0] for run in runs]
    offices = _offices_of_bodies(runs)
    repeated = offices | (_repeated_names(runs, lexicon) if are_separated else frozenset())
    for office in offices.difference(names):
        # 党委组织部 of 党委组织部人事处
        lexicon.add(office)
    others: list[NameRun] = []
    for run, name in zip(runs, names, strict=True):
        if name in repeated or (_may_be_one(name) and segment_run(name, run.gaps, lexicon, run.blanks) == [name]):
            lexicon.add(name)
        else:
            others.append(run)
    for name in [n for n in lexicon.names if n not in common_names() and n not in repeated]:
        count = lexicon.remove(name)
        if segment_run(name, (), lexicon) == [name]:
            lexicon.add(name, count)
        else:
            others.extend([NameRun(None, None, name, ())] * count)
    return others


def _add_parts(lexicon: PartyLexicon, runs: Iterable[NameRun], firm: Collection[str]) -> None:
    """Add the names that runs of several are cut into; `firm` are the names that jumbled runs are read by."""
    for run in sorted(runs, key=lambda run: not run.gaps):
        name = split_role(run.names)[0]
        if (parts := split_jumble(name, run.gaps, firm)) is not None:
            lexicon.jumbles[run] = parts
            continue
        for piece in segment_run(name, run.gaps, lexicon, run.blanks):
            if has_unit_suffix(piece):
                lexicon.add(piece)
            elif not find_debris(piece):
                lexicon.others[piece] += 1


def _may_be_one(name: str) -> bool:
    return len(name) <= MAX_NAME_LENGTH and has_unit_suffix(name)
