"""Text normalization shared by all parsers: whitespace, invisible characters, repeats, offsets, decimals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import add
from typing import NamedTuple

CJK = r"\u2e80-\u303f\u31c0-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’—…·①-⒛Ⅰ-ⅿ"
"""Body of a character class: ideographs, CJK punctuation, full-width forms, circled and Roman numerals."""

INVISIBLE = r"\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f"
"""Body of a character class: control and zero-width characters."""

HIDDEN = "〔已隐去〕"
"""Replacement for redacted contact data."""

_ARTEFACT = re.compile(
    r"\[bookmark: [^\]\n]*\]|</?(?:ol|ul|li|b|i|u|del|br|p|sup|sub|span|font)\b[^>\n]{0,80}>", re.IGNORECASE
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_WHITESPACE = re.compile(r"[\s\u3000]+")
_GAP_BESIDE_CJK = re.compile(rf"(?<=[{CJK}])[\s\u3000]+|(?<![\s\u3000])[\s\u3000]++(?=[{CJK}])")
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")
_PLACEHOLDER = re.compile(r"[-—－–_/\\·.。、…~～ ]+|无|略")
_PAGE_NUMBER = re.compile(r"[—–\-－·~]*(?:\d{1,3}(?:/\d{1,3})?|第\d{1,3}页[/,，]?(?:共\d{1,3}页)?)[—–\-－·~]*")


class OffsetText(NamedTuple):
    """A normalized text that maps back to its source.

    Attributes:
        source: The text as written.
        text: The normalized text.
        offsets: For each character of `text` its index in `source`.
    """

    source: str
    text: str
    offsets: Sequence[int]

    def source_of(self, start: int, end: int) -> str:
        """Return the exact piece of the source behind `text[start:end]`, "" for an empty range."""
        return self.source[self.offsets[start] : self.offsets[end - 1] + 1] if end > start else ""

    def substitute(self, pattern: re.Pattern[str], replacement: str) -> OffsetText:
        """Return a copy in which each match of `pattern` is replaced by the template `replacement`."""
        pieces: list[str] = []
        offsets: list[int] = []
        last = 0
        for match in pattern.finditer(self.text):
            pieces.append(self.text[last : match.start()])
            offsets += self.offsets[last : match.start()]
            piece = match.expand(replacement)
            if piece:
                pieces.append(piece)
                first, final = self.offsets[match.start()], self.offsets[match.end() - 1]
                offsets += [first] * (len(piece) - 1) + [final]
            last = match.end()
        if not last:
            return self
        pieces.append(self.text[last:])
        offsets += self.offsets[last:]
        return OffsetText(self.source, "".join(pieces), tuple(offsets))


@lru_cache(maxsize=1024)
def clean(text: str) -> str:
    """Return a cell or paragraph in the form stored in the warehouse.

    Artefacts and invisible characters are removed, repeated lines folded and whitespace collapsed. Cached: of 4,900
    texts of 13 notices a half stands in its notice again, or is asked for again.
    """
    if _is_compact(text) and "<" not in text and "[" not in text:
        return text
    return collapse_whitespace(fold_repeat(strip_artefacts(text)))


def strip_artefacts(text: str) -> str:
    """Remove word-processor artefacts and invisible characters; line feeds stay."""
    marked = "<" in text or "[" in text
    if not marked and text.isprintable():
        # No invisible character and no carriage return is printable.
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if marked:
        text = _ARTEFACT.sub("", text)
    return _INVISIBLE.sub("", text)


def collapse_whitespace(text: str) -> str:
    """Remove whitespace beside CJK characters and leave one space between Latin words."""
    if _is_compact(text):
        return text
    return _WHITESPACE.sub(" ", _GAP_BESIDE_CJK.sub("", text.strip()))


def fold_repeat(text: str) -> str:
    """Return the text once if its lines are repeated two to four times, as after a table cut at a page edge.

    Only whole lines (or blank-separated words of a one-line cell) count as repeats, so 人人 and 11 stay.
    """
    if len(text.split(None, 1)) < 2:
        return text
    compact = strip_whitespace(text)
    sizes = [len(compact) // times for times in (2, 3, 4) if compact == compact[: len(compact) // times] * times]
    if not sizes or not compact:
        return text
    parts = [p for p in text.split("\n") if p.strip()]
    if len(parts) == 1:
        parts = parts[0].split()
    for size in sizes:
        length = 0
        for i, part in enumerate(parts):
            length += len(strip_whitespace(part))
            if length == size:
                return "\n".join(parts[: i + 1])
    return text


@lru_cache(maxsize=2048)
def strip_whitespace(text: str) -> str:
    """Remove all whitespace, artefacts and invisible characters, for comparison."""
    if text.isprintable() and "<" not in text and "[" not in text:
        # The only whitespace that is printable.
        return text.replace(" ", "")
    return "".join(strip_artefacts(text).split())


def drop_with_offsets(text: str, dropped: re.Pattern[str]) -> tuple[str, Sequence[int]]:
    """Remove the matches of `dropped` and return the rest with the index of each remaining character in `text`.

    Args:
        text: Any text.
        dropped: A pattern of whitespace and invisible characters only.
    """
    if _is_compact(text):
        return text, range(len(text))
    pieces: list[str] = []
    offsets: list[int] = []
    last = 0
    for gap in dropped.finditer(text):
        pieces.append(text[last : gap.start()])
        offsets.extend(range(last, gap.start()))
        last = gap.end()
    if not last:
        return text, range(len(text))
    return "".join([*pieces, text[last:]]), (*offsets, *range(last, len(text)))


def find_matches(pattern: re.Pattern[str], starts: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of `pattern.finditer(text)`, trying only positions where `starts` matches.

    Faster than `finditer` for a long alternation whose matches all begin with a few known characters or words.
    """
    position = 0
    while start := starts.search(text, position):
        match = pattern.match(text, start.start())
        position = match.end() if match else start.start() + 1
        if match:
            yield match


@lru_cache(maxsize=2048)
def is_placeholder(text: str) -> bool:
    """Return whether the cell means "none" (`----`, ——, 无) or holds nothing but redacted data."""
    stripped = text.strip()
    if HIDDEN in stripped:
        stripped = stripped.replace(HIDDEN, "").strip(" \n、，,；;/（()）:：")
        return not stripped or bool(_PLACEHOLDER.fullmatch(stripped))
    return bool(_PLACEHOLDER.fullmatch(stripped))


def is_page_number(text: str) -> bool:
    """Return whether a line holds nothing but a page number: 3, - 12 -, — 1 —, 第1页 共3页, 1/3."""
    return bool(_PAGE_NUMBER.fullmatch(strip_whitespace(text)))


def cjk_share(text: str) -> float:
    """Return the share of ideographs among the non-blank characters, 0 for an empty text."""
    compact = strip_whitespace(text)
    return sum(map(len, _IDEOGRAPHS.findall(compact))) / len(compact) if compact else 0.0


def pair_pattern(pairs: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of the first character of one of `pairs` before the second of one of them.

    It rules out nearly every position of a text faster than a look-up.
    """
    firsts, seconds = ("".join(sorted({re.escape(pair[i]) for pair in pairs if len(pair) > i})) for i in (0, 1))
    return re.compile(f"[{firsts}](?=[{seconds}])")


def bigrams(text: str) -> list[str]:
    """Return every pair of adjacent characters in order."""
    return list(map(add, text, text[1:]))


def count_bigrams(text: str) -> Counter[str]:
    """Count the character bigrams of a text without its whitespace."""
    return Counter(bigrams(strip_whitespace(text)))


def strip_trailing_zeros(value: Decimal) -> Decimal:
    """Return the number without trailing zeros and without exponent: 3.40 → 3.4, 1E+2 → 100."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _is_compact(text: str) -> bool:
    # Of whitespace, line feeds and invisible characters only the space is printable.
    return " " not in text and text.isprintable()
