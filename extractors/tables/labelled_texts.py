"""Texts of labelled lines: 做什么：…, 牵头：…, 办结：…; which labels they share, and what stands behind each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from extractors.normalize import is_placeholder
from extractors.parsers.column_headers import header_word, normalize_header
from extractors.parsers.labelled_lines import FIELD_LABEL
from extractors.parsers.responsible_units import looks_like_party
from extractors.tables.column_roles import ColumnRole, names_period

_SHARE: Final = 0.6
"""Share of the texts that have the same labels."""
_LEAST_LABELS: Final = 2
_LEAST_LINES: Final = 3
"""做什么：…, 牵头：…, 办结：… without a header: so many labels in so many texts are a form, whatever the words."""
_UNIT_ROLES: Final = (ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT)
_DUTY_ROLES: Final = (*_UNIT_ROLES, ColumnRole.LEADER)
_LABELLED_ROLES: Final = (*_DUTY_ROLES, ColumnRole.PERSON, ColumnRole.DEADLINE)
"""Known labels that make a text one of labelled lines; 目的：…要求：… is running text."""
_MOSTLY: Final = 0.5
_BETWEEN: Final = " ；;，,\n\u3000"


class _Label(NamedTuple):
    """A label in the text of a cell: `text[start:end]` with its colon."""

    start: int
    end: int
    name: str


def _find_labels(text: str) -> list[_Label]:
    return [_Label(*match.span("label"), match["label"][:-1]) for match in FIELD_LABEL.finditer(text)]


def common_labels(texts: Iterable[str], header: str = "") -> list[str]:
    """Return the labels of texts in labelled lines in their order, none for any other texts.

    Most texts begin with one of them; a known one may stand in one text alone (责任处室 beside 责任处室（年级）). Two
    or more are known words for units, persons or days, one at least for who does it; or they are many below no header,
    and no list of units or months (教育局：…, 一月：…).
    """
    texts = [text.strip() for text in texts if not is_placeholder(text)]
    least = max(_SHARE * len(texts), 1)
    if sum("：" in text or ":" in text for text in texts) < least:
        return []
    found = [_find_labels(text) for text in texts]
    names = [[label.name for label in labels] for labels in found]
    counts = Counter(name for labels in names for name in dict.fromkeys(labels))
    common = [name for name in counts if counts[name] >= least]
    roles = [header_word(name).role for name in common]
    if all(role in _UNIT_ROLES for role in roles):
        # 牵头单位：…；配合单位：… is one column of units.
        return []
    is_known = sum(role in _LABELLED_ROLES for role in roles) >= _LEAST_LABELS and any(r in _DUTY_ROLES for r in roles)
    is_list = sum(looks_like_party(name) or names_period(name) for name in common) > _MOSTLY * len(common)
    is_form = not normalize_header(header) and min(len(common), len(texts)) >= _LEAST_LINES and not is_list
    if not is_known and not is_form:
        return []
    if sum(bool(labels) and labels[0].start == 0 and labels[0].name in common for labels in found) < least:
        return []
    known = [name for name in counts if header_word(name).role in _LABELLED_ROLES]
    return _in_order(names, [name for name in counts if counts[name] > 1 or name in (*common, *known)])


def _in_order(found: Sequence[Sequence[str]], labels: Sequence[str]) -> list[str]:
    """Return labels in the order in which they follow each other; some cells lack some."""
    place = {label: max(names.index(label) for names in found if label in names) for label in labels}
    return sorted(labels, key=lambda label: place[label])


def take_labelled(text: str, labels: Sequence[str]) -> list[str]:
    """Return the text before the labels, and what stands behind each; a placeholder (——) stands for each."""
    text = text.strip()
    if is_placeholder(text):
        return [text] * (len(labels) + 1)
    values = dict.fromkeys(labels, "")
    found = [label for label in _find_labels(text) if label.name in values]
    ends = [*(label.start for label in found[1:]), len(text)]
    for label, end in zip(found, ends, strict=False):
        value = text[label.end : end].strip(_BETWEEN)
        values[label.name] = "\n".join(filter(None, [values[label.name], value]))
    before = text[: found[0].start] if found else text
    return [before.strip(_BETWEEN), *values.values()]
