"""Text as the warehouse keeps it: the contract's normalization, and what all phrase grammars share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

CJK = r"\u2e80-\u303f\u31c0-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’—…·①-⒛Ⅰ-ⅿ"
"""Inside of a character class: ideographs, CJK punctuation, full-width forms, circled and Roman numerals."""

_ARTEFACT = re.compile(
    r"\[bookmark: [^\]\n]*\]|</?(?:ol|ul|li|b|i|u|del|br|p|sup|sub|span|font)\b[^>\n]{0,80}>", re.IGNORECASE
)
INVISIBLE = r"\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f"
"""Inside of a character class: what no reader sees."""

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_BLANKS = re.compile(r"[\s\u3000]+")
_CJK_CHAR = re.compile(f"[{CJK}]")
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")
HIDDEN = "〔已隐去〕"
"""The mark in the place of contact data: it says that something was there, and nothing else."""

_NOBODY = re.compile(r"[-—－–_/\\·.。、…~～ ]+|无|略")


def strip_artefacts(text: str) -> str:
    """`text` without word-processor artefacts and invisible characters; line feeds stay."""
    marked = "<" in text or "[" in text
    if not marked and text.isprintable():
        # No invisible character and no carriage return is printable.
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if marked:
        text = _ARTEFACT.sub("", text)
    return _INVISIBLE.sub("", text)


def _is_solid(text: str) -> bool:
    """True for a text without blanks, line feeds and invisible characters: of these only the space is printable."""
    return " " not in text and text.isprintable()


def join_blanks(text: str) -> str:
    """Blanks and line feeds beside a CJK character go, one blank stays between Latin words."""
    if _is_solid(text):
        return text
    out: list[str] = []
    last = 0
    text = text.strip()
    for gap in _BLANKS.finditer(text):
        out.append(text[last : gap.start()])
        before, after = text[gap.start() - 1 : gap.start()], text[gap.end() : gap.end() + 1]
        if not (_CJK_CHAR.match(before) or _CJK_CHAR.match(after)):
            out.append(" ")
        last = gap.end()
    out.append(text[last:])
    return "".join(out)


def fold_repeat(text: str) -> str:
    """A cell whose lines stand two or more times over (the table was cut at a page edge) is written once.

    Only whole lines (or blank-separated words of a one-line cell) count as repeats, so 人人 and 11 stay.
    """
    if len(text.split(None, 1)) < 2:
        return text
    parts = [p for p in text.split("\n") if p.strip()]
    if len(parts) == 1:
        parts = parts[0].split()
    squeezed = [squeeze(p) for p in parts]
    whole = "".join(squeezed)
    for times in (2, 3, 4):
        size, rest = divmod(len(whole), times)
        if rest or not size or whole != whole[:size] * times:
            continue
        taken = 0
        for i, part in enumerate(squeezed):
            taken += len(part)
            if taken == size:
                return "\n".join(parts[: i + 1])
    return text


def clean(text: str) -> str:
    """A cell or paragraph as the warehouse keeps it (contract, Text normalization)."""
    if _is_solid(text) and "<" not in text and "[" not in text:
        return text
    return join_blanks(fold_repeat(strip_artefacts(text)))


@lru_cache(maxsize=2048)
def squeeze(text: str) -> str:
    """`text` without any blank: for comparing."""
    return "".join(strip_artefacts(text).split())


def without(text: str, dropped: re.Pattern[str]) -> tuple[str, Sequence[int]]:
    """`text` without what `dropped` finds, blanks and invisible characters only, and where each other one stood."""
    if _is_solid(text):
        return text, range(len(text))
    kept: list[str] = []
    places: list[int] = []
    last = 0
    for gap in dropped.finditer(text):
        kept.append(text[last : gap.start()])
        places.extend(range(last, gap.start()))
        last = gap.end()
    if not last:
        return text, range(len(text))
    return "".join([*kept, text[last:]]), (*places, *range(last, len(text)))


def matches_at(pattern: re.Pattern[str], begins: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What `pattern.finditer(text)` gives, for a pattern whose matches all begin with a character that `begins` finds.

    A long alternation is then tried at a few places only.
    """
    at = 0
    while begun := begins.search(text, at):
        found = pattern.match(text, begun.start())
        at = max(found.end() if found else 0, begun.end())
        if found:
            yield found


@lru_cache(maxsize=2048)
def says_nobody(text: str) -> bool:
    """True for `----`, ——, 无 and the like: a cell that says there is none, or none that may be told."""
    bare = text.strip()
    if HIDDEN in bare:
        bare = bare.replace(HIDDEN, "").strip(" \n、，,；;/（()）:：")
        return not bare or bool(_NOBODY.fullmatch(bare))
    return bool(_NOBODY.fullmatch(bare))


def cjk_share(text: str) -> float:
    """Share of ideographs among the non-blank characters, 0 for an empty text."""
    solid = squeeze(text)
    return sum(map(len, _IDEOGRAPHS.findall(solid))) / len(solid) if solid else 0.0


_PAGE_NUMBER = re.compile(r"[—–\-－·~]*(?:\d{1,3}(?:/\d{1,3})?|第\d{1,3}页[/,，]?(?:共\d{1,3}页)?)[—–\-－·~]*")


def is_page_number(text: str) -> bool:
    """Return whether a line holds nothing but a page number: 3, - 12 -, — 1 —, 第1页 共3页, 1/3."""
    return bool(_PAGE_NUMBER.fullmatch(squeeze(text)))
