"""A header with fewer cells than the body: which header cell stands over two columns."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.tables.column_features import Features
from extractors.tables.column_roles import word_of


def _fit(column: str, f: Features) -> float:
    """How well a header word agrees with the cells of a column, about -1 to 2."""
    word = word_of(column)
    shares = {
        "party": f.party,
        "lead": f.party,
        "support": f.party,
        "deadline": f.date,
        "points": f.number,
        "serial": f.serial,
    }
    shares |= {
        "method": f.method,
        "evidence": f.evidence,
        "person": 1.0 - f.party - f.date - f.number,
        "leader": 1.0 - f.party - f.date - f.number,
    }
    if word.role in ("person", "leader") and f.length > 12:
        return -0.5
    if word.role in shares:
        return 2 * shares[word.role] - 0.5
    if word.role:
        return 0.0 if f.filled else 0.5
    wordy = min(f.length / 40, 1.0)
    other = max(f.party if f.length < 12 else 0.0, f.date, f.number)
    level = word.weights.get("level", 0.0) * (1 - wordy)
    text = max(word.weights.get("requirement", 0.0), word.weights.get("criteria", 0.0)) * wordy
    return 1.5 * max(level, text) - other


def spread(columns: Sequence[str], features: Sequence[Features]) -> tuple[str, ...]:
    """Lay the named columns over the body columns, in order, each over one or more, where they fit best."""
    named = [c for c in columns if c]
    if len(named) == len(features) or not named:
        return tuple(columns)
    fits = [[_fit(name, f) for name in named] for f in features]
    width = len(named)
    best = [[-1e9] * width for _ in features]
    step = [[0] * width for _ in features]
    best[0][0] = fits[0][0]
    for j in range(1, len(features)):
        for h in range(width):
            stay, move = best[j - 1][h] - 0.1, best[j - 1][h - 1] if h else -1e9
            best[j][h] = max(stay, move) + fits[j][h]
            step[j][h] = int(move >= stay)
    names, h = [named[-1]], width - 1
    for j in range(len(features) - 1, 0, -1):
        h -= step[j][h]
        names.append(named[h])
    return tuple(reversed(names))
