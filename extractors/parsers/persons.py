"""Names of persons in leader and person columns."""

from __future__ import annotations

import re
from collections.abc import Iterable

from extractors import vocabulary
from extractors.normalize import HIDDEN, is_placeholder, strip_artefacts, strip_whitespace

_SEPARATORS = re.compile(r"[、，,；;/／|]+|\n+|[ \t\u3000]+")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_COLLECTIVE = re.compile(r"^(?:各|全体|有关|相关|所有).*(?:人|员|长|任)$|主要负责人|分管负责人|主要领导|分管领导")
_HAS_POST = re.compile("[长任记员管师监席理干]")
_POST_AT_END = re.compile(f"{_HAS_POST.pattern}$")
_PADDED = re.compile(
    r"(?:(?<=^)|(?<=[\s、，,；;/]))([\u4e00-\u9fff])[ \t\u3000]+([\u4e00-\u9fff])(?=$|[\s、，,；;/（(])"
)
_BLANK = re.compile(r"[ \t\u3000]")
_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]+")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]")


def has_surname(name: str) -> bool:
    """Return whether `name` begins with a known surname."""
    words = vocabulary.load_toml("body")
    return (len(name) >= 3 and name[:2] in words["compound_surnames"]) or name[:1] in words["surnames"]


def has_post(text: str) -> bool:
    """Return whether a text ends like a post: 副主任, 书记."""
    return _POST_AT_END.search(text) is not None


def collect_names(cells: Iterable[str], roster: Iterable[str]) -> set[str]:
    """Return the names that are a whole cell of two or three characters, and those of the roster."""
    names = {strip_whitespace(n) for n in roster}
    for cell in cells:
        compact = strip_whitespace(cell)
        if _NAME.fullmatch(compact) and (len(compact) <= 3 or _has_compound_surname(compact)):
            names.add(compact)
    return names


_LONGEST_LIST = 24
"""A cell of six names; a longer one is a sentence."""


def is_person_list(text: str) -> bool:
    """Return whether a text consists of names of two or three characters with a surname: 李明、王小红（兼）."""
    if len(text) > _LONGEST_LIST or not has_surname(text.lstrip()):
        return False
    parts = [_remove_padding(part) for part in _SEPARATORS.split(_BRACKET.sub("", text).strip()) if part]
    names = [name for part in parts for name in _split_glued_names(strip_whitespace(part), set())]
    return bool(names) and all(_NAME.fullmatch(name) and len(name) <= 3 and has_surname(name) for name in names)


def split_persons(text: str, names: set[str]) -> list[str]:
    """Return the persons of a cell in order.

    Args:
        text: The cell.
        names: Known names of the notice, for cells without separators.
    """
    text = _remove_padding(_BRACKET.sub(" ", strip_artefacts(text.replace(HIDDEN, " "))).strip())
    if is_placeholder(text) or not text:
        return []
    if _COLLECTIVE.search(strip_whitespace(text)):
        return [strip_whitespace(text)]
    parts = [_strip_post(p, names) for p in _SEPARATORS.split(text) if p]
    readings = [[q for p in parts for q in _split_part(p, names)]]
    joined = "".join(parts)
    if len(parts) > 1 and _IDEOGRAPHS.fullmatch(joined):
        readings.append(_split_glued_names(joined, names))
    best = max(readings, key=lambda r: sum(p in names for p in r) - 2 * sum(len(p) not in (2, 3, 4) for p in r))
    return list(dict.fromkeys(best))


def _has_compound_surname(name: str) -> bool:
    return name[:2] in vocabulary.load_toml("body")["compound_surnames"]


def _remove_padding(text: str) -> str:
    """Close two-character names padded to three: 于  昉 → 于昉."""
    return _PADDED.sub(r"\1\2", text) if _BLANK.search(text) else text


def _split_glued_names(compact: str, names: set[str]) -> list[str]:
    """Split names written without separators by least cost: known names, then three characters, then two."""
    if not compact or len(compact) <= 3:
        return [compact] if compact else []
    cheapest: list[tuple[float, int]] = [(0.0, 0)] + [(1e9, 0)] * len(compact)
    for end in range(2, len(compact) + 1):
        for size in range(2, min(end, 4) + 1):
            start = end - size
            piece = compact[start:end]
            length_cost = 1.0 if size == 3 else 1.3 if size == 2 else (1.1 if _has_compound_surname(piece) else 2.5)
            cost = cheapest[start][0] + (0.2 if piece in names else length_cost + (0.0 if has_surname(piece) else 1.0))
            if cost < cheapest[end][0]:
                cheapest[end] = (cost, start)
    cuts, end = [], len(compact)
    if cheapest[end][0] >= 1e9:
        return [compact]
    while end:
        start = cheapest[end][1]
        cuts.append(compact[start:end])
        end = start
    return cuts[::-1]


def _strip_post(part: str, names: set[str]) -> str:
    """Return the name at the end of 副局长某某 if it is a name of the notice, else the part unchanged."""
    if not _HAS_POST.search(part):
        return part
    known = [n for n in names if part.endswith(n) and len(part) > len(n) + 1]
    return max(known, key=len) if known and _POST_AT_END.search(part[: -len(max(known, key=len))]) else part


def _split_part(part: str, names: set[str]) -> list[str]:
    if part in names or not _IDEOGRAPHS.fullmatch(part):
        return [part]
    glued = _split_glued_names(part, names)
    # 宣传办值班室 in a place for persons is no three names.
    named = sum(piece in names or has_surname(piece) for piece in glued)
    return glued if named * 2 > len(glued) else [part]
