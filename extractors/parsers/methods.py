"""Methods of checking: a cell such as 材料审核问卷调查 → its methods."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from extractors import vocabulary
from extractors.normalize import says_nobody, squeeze

_SEPARATOR = re.compile(r"[、，,；;/／+＋和与及。|]+")
_KEYS = re.compile(r"(?:(?<=[^\d])|^)[（(]?\d{1,2}[)）.．、]|[①-⑳]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Z]")
SAME_AS_ABOVE = re.compile(r"^[（(]?同上[）)]?[。.]?$")


@cache
def _words() -> re.Pattern[str]:
    words = sorted(vocabulary.toml("methods")["words"], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def method_share(text: str) -> float:
    """Share of the characters of `text` that belong to known method words, 0 to 1."""
    solid = _SEPARATOR.sub("", squeeze(text))
    return sum(len(m) for m in _words().findall(solid)) / len(solid) if solid else 0.0


def split_methods(text: str) -> list[str]:
    """The methods of a cell in order, each once.

    Known words are cut out of glued text; a piece with no known word stays as it is. Keys such as 1) fall away.
    """
    return list(_methods_of(text))


@lru_cache(maxsize=1024)
def _methods_of(text: str) -> tuple[str, ...]:
    if says_nobody(text):
        return ()
    found: list[str] = []
    for part in _SEPARATOR.split(_KEYS.sub("、", squeeze(text))):
        if not _IDEOGRAPH.search(part) and not _LETTER.fullmatch(part):
            continue
        last = 0
        pieces: list[str] = []
        for match in _words().finditer(part):
            pieces.append(part[last : match.start()])
            pieces.append(match.group())
            last = match.end()
        pieces.append(part[last:])
        if any(len(p) == 1 or not _words().fullmatch(p) for p in pieces if p):
            pieces = _mend(pieces) if method_share(part) >= 0.5 else [part]
        found.extend(p for p in pieces if p and p not in found)
    return tuple(found)


def _mend(pieces: list[str]) -> list[str]:
    """Unknown bits between known words join the word before them (实地考察点位)."""
    mended: list[str] = []
    endings = tuple(vocabulary.toml("methods")["endings"])
    for piece in pieces:
        if not piece:
            continue
        if len(piece) >= 4 and piece.endswith(endings):
            mended.append(piece)
        elif mended and _belongs_before(mended[-1], piece):
            mended[-1] += piece
        else:
            mended.append(piece)
    return mended


def _belongs_before(before: str, piece: str) -> bool:
    """A short unknown word takes the short known one behind it (现场|测试), any word a bracket behind it."""
    if not _words().fullmatch(before):
        return len(before) <= 3 and len(piece) <= 2
    return not _words().fullmatch(piece) and piece[0] in "（("
