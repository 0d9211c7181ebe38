"""Lay a header with fewer cells than the body over the body's columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.tables.column_features import ColumnFeatures
from extractors.tables.column_roles import ColumnRole, header_word_of


@dataclass(frozen=True, slots=True)
class HeaderFitModel:
    """Weights for laying a header over more columns than it has cells.

    Every field is followed by an example that it decides.
    """

    name_length: float = 12
    """责任人 does not fit cells longer than this,"""
    long_names: float = -0.5
    """which has this score."""
    settled: float = 2.0
    """责任单位 over 县教育局, 县公安局: weight of the share of fitting cells,"""
    settled_offset: float = -0.5
    """minus this: a quarter of fitting cells is neutral."""
    blank_column: float = 0.5
    """备注 fits a blank column."""
    wordy_length: float = 40
    """Mean length from which a column is all text: 考核标准 against 考核项目."""
    short_party_length: float = 12
    """Shorter cells that look like parties speak against 考核标准."""
    open_header: float = 1.5
    """考核项目 over （一） | 组织领导: weight of an open header against the other kinds of content."""
    repeat: float = 0.1
    """责任单位 over two columns: the cost of each further column under one header cell."""


HEADER_FIT = HeaderFitModel()


def align_header(columns: Sequence[str], features: Sequence[ColumnFeatures]) -> tuple[str, ...]:
    """Lay a header with fewer cells than the body over the body columns, in order, where they fit best.

    Args:
        columns: the header texts, "" for columns beyond the header.
        features: the features of the body columns.

    Returns:
        One header text per body column; neighbours may share one.
    """
    named = [c for c in columns if c]
    if len(named) == len(features) or not named:
        return tuple(columns)
    fits = [[_header_fit(name, f) for name in named] for f in features]
    width = len(named)
    best = [[-1e9] * width for _ in features]
    step = [[0] * width for _ in features]
    best[0][0] = fits[0][0]
    for j in range(1, len(features)):
        for h in range(width):
            stay, move = best[j - 1][h] - HEADER_FIT.repeat, best[j - 1][h - 1] if h else -1e9
            best[j][h] = max(stay, move) + fits[j][h]
            step[j][h] = int(move >= stay)
    names, h = [named[-1]], width - 1
    for j in range(len(features) - 1, 0, -1):
        h -= step[j][h]
        names.append(named[h])
    return tuple(reversed(names))


def _header_fit(column: str, f: ColumnFeatures) -> float:
    """Return how well a header word agrees with the cells of a column, about -1 to 2."""
    model = HEADER_FIT
    word = header_word_of(column)
    person_share = 1.0 - f.party - f.date - f.number
    shares: dict[str, float] = {
        ColumnRole.PARTY: f.party,
        ColumnRole.LEAD: f.party,
        ColumnRole.SUPPORT: f.party,
        ColumnRole.DEADLINE: f.date,
        ColumnRole.POINTS: f.number,
        ColumnRole.SERIAL: f.serial,
        ColumnRole.METHOD: f.method,
        ColumnRole.EVIDENCE: f.evidence,
        ColumnRole.PERSON: person_share,
        ColumnRole.LEADER: person_share,
    }
    if word.role in (ColumnRole.PERSON, ColumnRole.LEADER) and f.length > model.name_length:
        return model.long_names
    if word.role in shares:
        return model.settled * shares[word.role] + model.settled_offset
    if word.role:
        return 0.0 if f.filled else model.blank_column
    wordy = min(f.length / model.wordy_length, 1.0)
    other = max(f.party if f.length < model.short_party_length else 0.0, f.date, f.number)
    level = word.weights.get("level", 0.0) * (1 - wordy)
    text = max(word.weights.get("requirement", 0.0), word.weights.get("criteria", 0.0)) * wordy
    return model.open_header * max(level, text) - other
