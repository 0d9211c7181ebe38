"""Methods of checking: a cell such as 材料审核问卷调查 → its methods."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from extractors import vocabulary
from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.ticked_options import keep_ticked

_SEPARATOR = re.compile(r"[、，,；;/／+＋和与及。|]+")
_SENTENCE_MARK = re.compile(r"[。；;：:\n]")
_ONLY_METHODS = 0.99
"""实地察看、查阅资料: nothing but known methods; 随机抽查台账 is the beginning of a rule."""
_ITEM_MARK = re.compile(r"(?:(?<=[^\d])|^)[（(]?\d{1,2}[)）.．、]|[①-⑳]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Z]")
_FOREIGN_WORDS = re.compile(r"(?<![A-Za-z])[A-Za-z]{1,30}(?:[ \n][A-Za-z]{1,30}){2,30}")
"""A sentence of Latin words is debris of text recognition; an abbreviation (APP测评) is part of a method."""
_VERB_LENGTH, _MAX_OBJECT = 2, 4
"""走访 may have an object such as 群众 or 服务对象; 材料审核 has its own."""


def method_share(text: str) -> float:
    """Return the share of the characters of `text` that belong to known methods, 0 to 1."""
    compact = _SEPARATOR.sub("", strip_whitespace(text))
    return sum(len(m) for m in _method_pattern().findall(compact)) / len(compact) if compact else 0.0


def split_methods(text: str) -> list[str]:
    """Return the distinct methods of a cell in order.

    Known methods are cut out of text without separators; a part without a known method stays whole. Item marks such as
    1) are dropped; of options with boxes those that are ticked remain.
    """
    return list(_split_methods(keep_ticked(text)))


def leading_methods(text: str) -> list[str]:
    """Return the methods that a text begins with, if nothing else stands before a mark: 实地察看。缺一项扣1分."""
    first, *others = _SENTENCE_MARK.split(text.strip(), maxsplit=1)
    return split_methods(first) if others and method_share(first) >= _ONLY_METHODS else []


@cache
def _method_pattern() -> re.Pattern[str]:
    return re.compile(vocabulary.alternation(vocabulary.load_toml("methods")["words"]))


@lru_cache(maxsize=1024)
def _split_methods(text: str) -> tuple[str, ...]:
    if is_placeholder(text):
        return ()
    methods: list[str] = []
    for part in _SEPARATOR.split(_ITEM_MARK.sub("、", strip_whitespace(_FOREIGN_WORDS.sub("、", text)))):
        if not _IDEOGRAPH.search(part) and not _LETTER.fullmatch(part):
            continue
        last = 0
        pieces: list[str] = []
        for match in _method_pattern().finditer(part):
            pieces.append(part[last : match.start()])
            pieces.append(match.group())
            last = match.end()
        pieces.append(part[last:])
        if any(len(p) == 1 or not _method_pattern().fullmatch(p) for p in pieces if p):
            pieces = _join_unknown_pieces(pieces) if method_share(part) >= 0.5 else [part]
        methods.extend(p for p in pieces if p and p not in methods)
    return tuple(methods)


def _join_unknown_pieces(pieces: list[str]) -> list[str]:
    """Append unknown pieces to the method before them (实地考察点位)."""
    joined: list[str] = []
    endings = tuple(vocabulary.load_toml("methods")["endings"])
    for piece in pieces:
        if not piece:
            continue
        if len(piece) >= 4 and piece.endswith(endings):
            joined.append(piece)
        elif joined and _joins_previous(joined[-1], piece):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _joins_previous(before: str, piece: str) -> bool:
    """Return whether an unknown piece continues the one before.

    Examples are 现场|测试, the object of a verb (走访|群众), and a bracket after any method.
    """
    if not _method_pattern().fullmatch(before):
        return len(before) <= 3 and len(piece) <= 2
    if _method_pattern().fullmatch(piece):
        return False
    return piece[0] in "（(" or (len(before) == _VERB_LENGTH and len(piece) <= _MAX_OBJECT)
