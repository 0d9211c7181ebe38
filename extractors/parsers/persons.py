"""Names of persons in leader and person columns."""

from __future__ import annotations

import re
from collections.abc import Iterable

from extractors import vocabulary
from extractors.normalize import HIDDEN, says_nobody, squeeze, strip_artefacts

_SEPARATORS = re.compile(r"[、，,；;/／|]+|\n+|[ \t\u3000]+")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_ANYBODY = re.compile(r"^(?:各|全体|有关|相关|所有).*(?:人|员|长|任)$|主要负责人|分管负责人|主要领导|分管领导")
_HAS_POST = re.compile("[长任记员管师监席理干]")
_POST = re.compile(f"{_HAS_POST.pattern}$")
_PADDED = re.compile(
    r"(?:(?<=^)|(?<=[\s、，,；;/]))([\u4e00-\u9fff])[ \t\u3000]+([\u4e00-\u9fff])(?=$|[\s、，,；;/（(])"
)
_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]+")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]")


def has_surname(name: str) -> bool:
    """True when `name` begins with a known family name."""
    words = vocabulary.toml("body")
    return (len(name) >= 3 and name[:2] in words["compound_surnames"]) or name[:1] in words["surnames"]


def _compound(name: str) -> bool:
    return name[:2] in vocabulary.toml("body")["compound_surnames"]


def known_names(cells: Iterable[str], roster: Iterable[str]) -> set[str]:
    """Names that stand alone in a cell of two or three characters, and those of the notice's roster."""
    names = {squeeze(n) for n in roster}
    for cell in cells:
        solid = squeeze(cell)
        if _NAME.fullmatch(solid) and (len(solid) <= 3 or _compound(solid)):
            names.add(solid)
    return names


def _unpad(text: str) -> str:
    """Two-character names padded to three: 于  昉 → 于昉 (single characters on both sides of the blanks)."""
    return _PADDED.sub(r"\1\2", text)


def _cut(solid: str, names: set[str]) -> list[str]:
    """Cut names glued together, known ones first, three characters before two."""
    if not solid or len(solid) <= 3:
        return [solid] if solid else []
    best: list[tuple[float, int]] = [(0.0, 0)] + [(1e9, 0)] * len(solid)
    for end in range(2, len(solid) + 1):
        for size in (2, 3, 4):
            start = end - size
            if start < 0:
                continue
            piece = solid[start:end]
            usual = 1.0 if size == 3 else 1.3 if size == 2 else (1.1 if _compound(piece) else 2.5)
            cost = best[start][0] + (0.2 if piece in names else usual + (0.0 if has_surname(piece) else 1.0))
            if cost < best[end][0]:
                best[end] = (cost, start)
    cuts, end = [], len(solid)
    if best[end][0] >= 1e9:
        return [solid]
    while end:
        start = best[end][1]
        cuts.append(solid[start:end])
        end = start
    return cuts[::-1]


def split_persons(text: str, names: set[str]) -> list[str]:
    """The persons of a cell in order. `names` are known names of the notice, for cells without separators."""
    text = _unpad(_BRACKET.sub(" ", strip_artefacts(text.replace(HIDDEN, " "))).strip())
    if says_nobody(text) or not text:
        return []
    if _ANYBODY.search(squeeze(text)):
        return [squeeze(text)]
    parts = [_without_post(p, names) for p in _SEPARATORS.split(text) if p]
    readings = [[q for p in parts for q in _cut_part(p, names)]]
    whole = "".join(parts)
    if len(parts) > 1 and _IDEOGRAPHS.fullmatch(whole):
        readings.append(_cut(whole, names))
    best = max(readings, key=lambda r: sum(p in names for p in r) - 2 * sum(len(p) not in (2, 3, 4) for p in r))
    return list(dict.fromkeys(best))


def _without_post(part: str, names: set[str]) -> str:
    """The name at the end of 副局长某某, where the notice knows the name; else the part as it is."""
    if not _HAS_POST.search(part):
        return part
    known = [n for n in names if part.endswith(n) and len(part) > len(n) + 1]
    return max(known, key=len) if known and _POST.search(part[: -len(max(known, key=len))]) else part


def _cut_part(part: str, names: set[str]) -> list[str]:
    return [part] if part in names or not _IDEOGRAPHS.fullmatch(part) else _cut(part, names)
