"""Names of units without separators between them: a run is cut into names at least cost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import inf
from typing import Protocol

from extractors.parsers.unit_names import (
    MAX_NAME_LENGTH,
    common_names,
    has_balanced_brackets,
    has_unit_suffix,
    inner_openings,
    word_list,
)

_OFFICE_SUFFIX = re.compile(r"(?:科|股|办公室)$")
_SUFFIX_CONTINUES = re.compile(r"科[技研学普教室员长协创]")
_OTHER_BUREAU = re.compile(r"[\u4e00-\u9fff]{2,8}(?<![总分])(?<!稽查)局.*")
"""公安局, but no 税务局|稽查局."""
_BRACKET = re.compile("[（(）)]")
_LEAST_BODY = 3
_CUT_IN_WORD = re.compile(
    r"(?<!集)团\|[省市县区州旗]委|团[省市县区州旗]\|委|[省市县区州旗]\|监委|(?<![合作供销报用])社\|区|村\|局(?!属|机关|办|直)"
)
"""市妇联|团市委, 城东|社区, 农业农村|局: where names between others are cut at a part of them."""

# Costs of a piece as one name, see `_piece_cost`; only their differences matter.
_COST_OF_NOTICE_NAME = 0.9
_COST_OF_COMMON_NAME = 1.0
_COST_OF_SHORT_FORM = 1.6
_COST_OF_SHORT_FORM_AT_END = 1.2
_COST_OF_SUFFIX, _COST_PER_SUFFIX_CHARACTER = 1.2, 0.1
_COST_PER_BOUNDARY, _COST_PER_INNER_NAME = 1.6, 1.5
_COST_OF_UNKNOWN, _COST_PER_UNKNOWN_CHARACTER = 4.0, 0.2
_COST_OF_EASY_CUT, _COST_OF_CUT = 0.3, 0.9
_COST_PER_BREAK, _COST_PER_UNIT_LINE = 1.0, 1.3
"""A break inside a name, where lines end at the margin and where they end with a unit; so do blanks within a line."""
_ROUNDING = 1e-9
_MIN_PIECE_COST = 0.9
_MIN_TWO_PIECE_COST = 2.0
"""Lower bound of the cost of two pieces without a gap between them."""


class KnownNames(Protocol):
    """The names that one notice uses."""

    names: Counter[str]
    openings: set[str]
    """The first two characters of the names."""
    has_unit_lines: bool

    def is_known(self, piece: str) -> bool:
        """Return whether the piece is a full name."""

    def is_known_or_short(self, piece: str) -> bool:
        """Return whether the piece is a full name or a short form of one."""

    def is_short_for_another(self, piece: str, name: str) -> bool:
        """Return whether the piece is a short form of another name than this one."""


@cache
def _common_openings() -> frozenset[str]:
    return frozenset(name[:2] for name in common_names())


def _count_inner_names(piece: str, lexicon: KnownNames) -> int:
    """Count the complete names inside `piece` before its end: signs that several names are joined."""
    names, common = lexicon.names, common_names()
    openings, common_openings = lexicon.openings, _common_openings()
    count, start = 0, 0
    while start < len(piece) - 1:
        opening = piece[start : start + 2]
        if opening in openings or opening in common_openings:
            for end in range(len(piece) - 2, start + 1, -1):
                if (inner := piece[start:end]) in names or inner in common:
                    count += 1
                    start = end - 1
                    break
        start += 1
    if count == 1:
        tails = (piece[i:] for i in range(2, len(piece) - 1) if lexicon.is_known(piece[:i]))
        return int(any(tail in lexicon.names or (lexicon.is_known(tail) and tail != "办公室") for tail in tails))
    return count


def count_boundaries(piece: str, lexicon: KnownNames) -> int:
    """Count the positions where a complete name is followed by the start of another: …局|市…, …科|…科."""
    return sum(
        _begins_name(piece, i)
        or bool(_OFFICE_SUFFIX.search(piece, 0, i) and has_unit_suffix(piece[i:]))
        or _follows_unit(piece[:i], piece[i:])
        for i in range(3, len(piece) - 1)
        if has_unit_suffix(piece[:i])
        and not piece.endswith(word_list("before_committees"), 0, i)
        and (not _SUFFIX_CONTINUES.match(piece, i - 1) or piece[:i] in lexicon.names)
    )


def _follows_unit(before: str, behind: str) -> bool:
    """Return whether a bureau stands behind a bureau, or many units behind one: 城管局|公安局, 文明办|各镇街."""
    if behind.startswith("各"):
        return not before.endswith(word_list("before_many")) and not behind.startswith(word_list("own_parts"))
    return before.endswith("局") and _OTHER_BUREAU.fullmatch(behind) is not None


def _cuts_word(before: str, behind: str) -> bool:
    """Return whether a cut is inside a word: 农业农村|局, 城东社|区, 市妇联团|市委, 村|镇办."""
    is_level_word = before[-1] + behind[0] in word_list("level_words")
    return is_level_word or _CUT_IN_WORD.search(f"{before[-2:]}|{behind[:3]}") is not None


def _begins_name(piece: str, i: int) -> bool:
    """Return whether a name begins at `i`: with whom names begin, and neither inside a word nor as part of a unit.

    移动|市分公司 and 城管局|市政处 are no names without what stands before them.
    """
    opening = next((opening for opening in inner_openings() if piece.startswith(opening, i)), None)
    if opening is None or _cuts_word(piece[:i], piece[i:]):
        return False
    behind = _BRACKET.split(piece[i:])[0]
    is_branch = behind.removeprefix(opening) in word_list("branches")
    return opening not in word_list("levels") or not (is_branch or _is_department(piece[:i], behind))


def _is_department(before: str, behind: str) -> bool:
    """Return whether what begins with the name of a level is a department of the unit before it: 市政处, 市场科."""
    bodies, divisions = word_list("body_endings"), word_list("division_endings")
    beginnings = (behind[:end] for end in range(_LEAST_BODY, len(behind)))
    if behind.endswith(word_list("own_units")) or any(name.endswith(bodies) for name in beginnings):
        return False
    is_word = behind.startswith(word_list("level_words")) and not behind.startswith(word_list("level_bodies"))
    return behind.endswith(divisions) or (
        is_word and before.endswith(bodies) and behind.endswith(word_list("department_endings"))
    )


def _piece_cost(
    piece: str, at_gap: bool, breaks: float, following: str, lexicon: KnownNames, *, max_cost: float = inf
) -> float:
    """Return the cost of taking `piece` as one name; lower is better, and all above `max_cost` is the same."""
    is_known = True
    if lexicon.is_known(piece):
        cost = _COST_OF_NOTICE_NAME if piece in lexicon.names else _COST_OF_COMMON_NAME
    elif is_known := lexicon.is_known_or_short(piece):
        cost = _COST_OF_SHORT_FORM_AT_END if at_gap or not following else _COST_OF_SHORT_FORM
    elif has_unit_suffix(piece) and piece not in word_list("no_names"):
        cost = _COST_OF_SUFFIX + _COST_PER_SUFFIX_CHARACTER * len(piece)
        if cost + breaks > max_cost:
            return inf
        cost += _COST_PER_BOUNDARY * count_boundaries(piece, lexicon)
        cost += _COST_PER_INNER_NAME * _count_inner_names(piece, lexicon)
    else:
        cost = _COST_OF_UNKNOWN + _COST_PER_UNKNOWN_CHARACTER * len(piece)
    if following and _cuts_word(piece, following):
        cost += _COST_OF_UNKNOWN
    if following and not at_gap:
        starts_new_name = (
            following.startswith(word_list("openings"))
            or is_known
            or _follows_unit(piece, following)
            or (bool(_OFFICE_SUFFIX.search(piece)) and not _SUFFIX_CONTINUES.match(piece[-1] + following))
        )
        cost += _COST_OF_EASY_CUT if starts_new_name else _COST_OF_CUT
    return cost + breaks


def segment_run(run: str, gaps: Sequence[int], lexicon: KnownNames, blanks: Sequence[int] = ()) -> list[str]:
    """Split a run without separators at known names, endings, blanks and line breaks, at least cost.

    Args:
        run: the names without whitespace.
        gaps: where blanks and line breaks were.
        lexicon: the names of the notice.
        blanks: those of the gaps within a line, where no margin can have cut a name.
    """
    if not 2 <= len(run) <= 120:
        return [run]
    has_brackets = _BRACKET.search(run) is not None
    if has_brackets and (open_brackets := sum(map(run.count, "（(")) - sum(map(run.count, "）)"))) > 0:
        closed = segment_run(run + "）" * open_brackets, gaps, lexicon, blanks)
        return [*closed[:-1], closed[-1][:-open_brackets]]
    is_single = not gaps and len(run) <= MAX_NAME_LENGTH and not (has_brackets and not has_balanced_brackets(run))
    if is_single and _piece_cost(run, False, 0.0, "", lexicon, max_cost=_MIN_TWO_PIECE_COST) < _MIN_TWO_PIECE_COST:
        return [run]
    line_cost = _COST_PER_UNIT_LINE if lexicon.has_unit_lines else _COST_PER_BREAK
    break_costs = {gap: _COST_PER_UNIT_LINE if gap in blanks else line_cost for gap in gaps}
    cheapest, piece_starts = [0.0] + [1e9] * len(run), [0] * (len(run) + 1)
    for end in range(2, len(run) + 1):
        for start in range(max(0, end - MAX_NAME_LENGTH), end - 1):
            piece = run[start:end]
            is_dearer = cheapest[start] + _MIN_PIECE_COST >= cheapest[end]
            if is_dearer or (has_brackets and not has_balanced_brackets(piece)):
                continue
            inside = [g for g in gaps if start < g < end] if gaps else ()
            breaks = 0.0
            if inside:
                breaks = sum([break_costs[g] for g in inside if _is_name_break(run[start:g], run[g:end], lexicon)])
            max_cost = cheapest[end] - cheapest[start] + _ROUNDING
            cost = cheapest[start] + _piece_cost(piece, end in gaps, breaks, run[end:], lexicon, max_cost=max_cost)
            if cost < cheapest[end]:
                cheapest[end], piece_starts[end] = cost, start
    if cheapest[-1] >= 1e9:
        return [run]
    pieces, end = [], len(run)
    while end:
        pieces.append(run[piece_starts[end] : end])
        end = piece_starts[end]
    return pieces[::-1]


def _is_name_break(before: str, behind: str, lexicon: KnownNames) -> bool:
    """Return whether a gap inside a piece separates two names that are each complete, or short for one."""
    is_name = has_unit_suffix(before) or lexicon.is_short_for_another(before, before + behind)
    return is_name and (has_unit_suffix(behind) or len(behind) >= 3)
