"""What a sentence lays down about files to hand in: format, size, pixels, words, number and words to leave out.

照片要JPG格式,容量小于2M大于1.5M; 说明报告500字以内; 像素不低于1920×1080; 不能用“近年来”等表述.
Only what is said with a bound or in quotes is read: 像素1920×1080 gives no bound, and words that are only described
(空洞的表述) are no words to look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from extractors.normalize import find_matches
from extractors.vocabulary import alternation, load_toml

_WORDS: Final = load_toml("material_forms")
_BOUNDS: Final = _WORDS["bounds"]
KIB: Final = 1024
_BYTES: Final = {"k": KIB, "m": KIB * KIB, "g": KIB**3, "兆": KIB * KIB}
MEGA: Final = 10_000
"""800万像素: 万 times as many."""
ABOUT_LEAST, ABOUT_MOST = 0.8, 1.2
"""500字左右 is 400 to 600 words."""
_DIGIT = re.compile(r"\d")
_BOUND = rf"(?:(?P<most>{alternation(_BOUNDS['most'])})|(?P<least>{alternation(_BOUNDS['least'])}))"
_BEFORE = re.compile(rf"{_BOUND}(?:到|为|在|约|每张|单张|单个|每份|为每张)?\s{{0,2}}$")
_BOUND_LENGTH: Final = 12
"""Characters before a number in which its bound stands."""
_BEHIND = re.compile(
    rf"\s?(?:(?P<most>{alternation(_BOUNDS['most_behind'])})|(?P<least>{alternation(_BOUNDS['least_behind'])})"
    rf"|(?P<about>{alternation(_BOUNDS['about'])}))"
)
_DASH: Final = r"\s?[-—－–~～至到]{1,2}\s?"
_NUMBER: Final = r"\d{1,6}(?:\.\d{1,2})?"
_SIZE = re.compile(
    rf"(?<![\d.A-Za-z])(?P<low>{_NUMBER})\s?(?:(?P<low_unit>[KMGkmg][Bb]?|兆)?{_DASH}(?P<high>{_NUMBER})\s?)?"
    r"(?P<unit>[KMG][Bb]?|[kmg][Bb]|兆)(?![A-Za-z0-9]|画质|分辨率|清晰|像素|宽带|网络)"
)
_PIXELS = re.compile(
    r"(?<![\d.])(?P<width>\d{2,5})\s?(?:像素|px)?\s?[×xX*＊✕]\s?(?P<height>\d{2,5})(?!\d)(?:\s?(?:像素|px|dpi))?"
    r"|(?<![\d.])(?P<total>\d{1,5})(?P<myriad>万)像素"
)
_WORD_COUNT = re.compile(rf"(?<![\d.])(?P<low>\d{{2,6}})字?(?:{_DASH}(?P<high>\d{{2,6}}))?个?字(?!节|体|号|幅|迹)")
_PIECES = re.compile(rf"(?<![\d.])(?P<low>\d{{1,3}})(?:{_DASH}(?P<high>\d{{1,3}}))?[张幅]")
_PER_OCCASION = re.compile("[每各]|一次|单次|一场")
_CLAUSE_END: Final = "，,。；;！!（）()\n"


@dataclass(frozen=True, slots=True)
class MaterialForm:
    """The form that files of one material must have; None and () where nothing is said.

    Attributes:
        extensions: Extensions of the formats that are asked for.
        min_bytes: The least size of a file.
        max_bytes: The greatest size of a file.
        min_pixels: The least (longer side, shorter side) of a picture.
        min_area: The least number of pixels of a picture.
        min_words: The least number of words of a text.
        max_words: The greatest number of words of a text.
        is_about: Whether the bounds of words are those of 500字左右.
        max_count: The greatest number of pictures of a task.
        banned: Words that must not stand in a text.
    """

    extensions: tuple[str, ...] = ()
    min_bytes: int | None = None
    max_bytes: int | None = None
    min_pixels: tuple[int, int] | None = None
    min_area: int | None = None
    min_words: int | None = None
    max_words: int | None = None
    is_about: bool = False
    max_count: int | None = None
    banned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Bounds:
    lower: float | None = None
    upper: float | None = None
    is_about: bool = False


def read_material_form(text: str) -> MaterialForm:
    """Return the form that a text lays down; of several bounds of one kind the strictest."""
    sizes = _read_sizes(text)
    words = _read_words(text)
    pixels = [match for match in find_matches(_PIXELS, _DIGIT, text) if _bounds(text, match, 1, None).lower is not None]
    sides = [sorted((int(m["width"]), int(m["height"])), reverse=True) for m in pixels if m["width"]]
    areas = [int(m["total"]) * MEGA for m in pixels if m["total"]]
    return MaterialForm(
        extensions=_read_extensions(text),
        min_bytes=_largest(sizes),
        max_bytes=_smallest(sizes),
        min_pixels=(max(side[0] for side in sides), max(side[1] for side in sides)) if sides else None,
        min_area=max(areas, default=None),
        min_words=_largest(words),
        max_words=_smallest(words),
        is_about=any(bounds.is_about for bounds in words),
        max_count=_smallest(_read_counts(text)),
        banned=tuple(dict.fromkeys(_find_banned(text))),
    )


def _largest(bounds: list[_Bounds]) -> int | None:
    return max((int(one.lower) for one in bounds if one.lower is not None), default=None)


def _smallest(bounds: list[_Bounds]) -> int | None:
    return min((int(one.upper) for one in bounds if one.upper is not None), default=None)


def _read_sizes(text: str) -> list[_Bounds]:
    found = []
    for match in find_matches(_SIZE, _DIGIT, text):
        unit = _BYTES[match["unit"][0].lower()]
        low_unit = _BYTES[match["low_unit"][0].lower()] if match["low_unit"] else unit
        high = float(match["high"]) * unit if match["high"] else None
        found.append(_bounds(text, match, float(match["low"]) * low_unit, high))
    return found


def _read_words(text: str) -> list[_Bounds]:
    found = []
    for match in find_matches(_WORD_COUNT, _DIGIT, text):
        high = float(match["high"]) if match["high"] else None
        found.append(_bounds(text, match, float(match["low"]), high))
    return found


def _read_counts(text: str) -> list[_Bounds]:
    """Return the bounds on all pictures of a task; those of each occasion bind no task that has several."""
    found = []
    for match in find_matches(_PIECES, _DIGIT, text):
        if not _PER_OCCASION.search(_clause_before(text, match.start())):
            found.append(_bounds(text, match, int(match["low"]), float(match["high"]) if match["high"] else None))
    return found


def _bounds(text: str, match: re.Match[str], low: float, high: float | None) -> _Bounds:
    """Return the bounds that a range, or the words around a number, set; none without such words."""
    if high is not None:
        return _Bounds(low, high) if low < high else _Bounds()
    before = _BEFORE.search(text[max(match.start() - _BOUND_LENGTH, 0) : match.start()])
    if before is not None:
        return _Bounds(upper=low) if before["most"] else _Bounds(lower=low)
    behind = _BEHIND.match(text, match.end())
    if behind is None:
        return _Bounds()
    if behind["about"]:
        return _Bounds(ABOUT_LEAST * low, ABOUT_MOST * low, is_about=True)
    return _Bounds(upper=low) if behind["most"] else _Bounds(lower=low)


@cache
def _extension_by_name() -> dict[str, tuple[str, ...]]:
    return {name: tuple(_WORDS["extensions"][key]) for key, names in _WORDS["formats"].items() for name in names}


@cache
def _format_pattern() -> re.Pattern[str]:
    name = rf"(?:{alternation(_extension_by_name())})(?![A-Za-z0-9])"
    names = rf"(?P<names>(?<![A-Za-z0-9]){name}(?:[、/，或和及与]{{1,2}}{name}){{0,5}})"
    behind, before = (alternation(_WORDS["format_words"][key]) for key in ("behind", "before"))
    return re.compile(rf"(?P<before>{before})?{names}(?P<behind>{behind})?", re.IGNORECASE)


def _read_extensions(text: str) -> tuple[str, ...]:
    """Return the extensions of the formats asked for; a format that is refused is none of them."""
    found: list[str] = []
    for match in _format_pattern().finditer(text):
        if not match["before"] and not match["behind"]:
            continue
        clause = _clause_before(text, match.start())
        if any(word in clause[-_BOUND_LENGTH:] for word in _WORDS["format_words"]["refused"]):
            continue
        for name in re.findall(r"[A-Za-z0-9]+", match["names"]):
            found += _extension_by_name()[name.lower()]
    return tuple(dict.fromkeys(found))


def _clause_before(text: str, position: int) -> str:
    return text[max(text.rfind(mark, 0, position) for mark in _CLAUSE_END) + 1 : position]


@cache
def _banned_pattern() -> re.Pattern[str]:
    verbs, uses = (alternation(_WORDS["banned"][key]) for key in ("verbs", "uses"))
    word = r"[“\"「『‘][^“”\"「」『』‘’。；;]{1,12}[”\"」』’]"
    return re.compile(
        rf"{verbs}(?:再)?(?:{uses})[^，,。；;“\"「『‘]{{0,6}}(?P<list>{word}(?:[、，,或和及与]{{0,2}}{word}){{0,11}})"
    )


def _find_banned(text: str) -> Iterator[str]:
    for match in _banned_pattern().finditer(text):
        if any(name in _clause_before(text, match.start()) for name in _WORDS["banned"]["names"]):
            continue
        for word in re.split('[“”"「」『』‘’]', match["list"])[1::2]:
            if len(word.strip()) > 1:
                yield word.strip()
