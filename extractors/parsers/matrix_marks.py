"""What the marks in a matrix of units and tasks mean: ●为牵头单位，▲为配合单位.

The notice's own words come first, then the vocabulary. Where that takes all marks for the same, the mark that each row
has once is that of the leading unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.unit_roles import matrix_role
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("parties")
_LEAD: Final = alternation([*_WORDS["lead_of"], *_WORDS["lead_tails"], *_WORDS["lead_labels"]])
_SUPPORT: Final = alternation([*_WORDS["support_of"], *_WORDS["support_tails"]])
_EXPLAINED: Final = re.compile(
    r"(?P<mark>[^\w\s，。；、：:,.;（）()“”\"「」《》〔〕\[\]【】=＝—－-])[”\"」）)]?(?:号|的|单位|部门|科室){0,2}"
    rf"(?:{alternation([*_WORDS['abbreviation_verbs'], *_WORDS['mark_verbs']])}|[=＝:：—－-]{{1,2}})?"
    rf"(?:(?P<lead>{_LEAD})|(?P<support>{_SUPPORT}))"
)
_LEADING_ROWS: Final = 0.8
"""Share of the rows that must have the mark of the leading unit; a row of all units has none."""


def read_mark_roles(lines: Iterable[str]) -> dict[str, str]:
    """Return mark → `lead` or `support` as the lines explain them, the first explanation of each."""
    found: dict[str, str] = {}
    for line in lines:
        for match in _EXPLAINED.finditer(strip_whitespace(line)):
            found.setdefault(match["mark"], "lead" if match["lead"] else "support")
    return found


def settle_mark_roles(rows: Sequence[Sequence[str]], explained: Mapping[str, str]) -> dict[str, str]:
    """Return mark → role for all marks of a matrix.

    Args:
        rows: the texts below the names of units, row by row.
        explained: what the notice says of the marks.
    """
    marked = [[mark for text in row if (mark := strip_whitespace(text)) and not is_placeholder(mark)] for row in rows]
    marked = [row for row in marked if row]
    marks = sorted({mark for row in marked for mark in row})
    roles = {mark: explained.get(mark) or matrix_role(mark) or "support" for mark in marks}
    if len(marks) < 2 or len(set(roles.values())) > 1 or not set(marks).isdisjoint(explained):
        return roles
    counts = {mark: [row.count(mark) for row in marked] for mark in marks}
    leading = [m for m in marks if max(counts[m]) == 1 and sum(counts[m]) >= _LEADING_ROWS * len(marked)]
    if len(leading) != 1:
        return roles
    return {mark: "lead" if mark in leading else "support" for mark in marks}
