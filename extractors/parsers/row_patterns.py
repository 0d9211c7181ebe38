"""Words that tell rows which are no tasks, and sections outside the base points (vocabulary: rows.toml)."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from extractors import vocabulary
from extractors.normalize import squeeze

_FIGURE = re.compile(r"[\d.．%分（）()：:、，+\-—=A-Za-z满共计为得总不含加减以上各项之和基础本表]*")
_OTHER_WORD = re.compile(r"[参增更]加分|加分[类工配析享布]")


@cache
def _words(kind: str) -> re.Pattern[str]:
    words = sorted(vocabulary.toml("rows")[kind], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


@lru_cache(maxsize=2048)
def is_total(text: str) -> bool:
    """True for 合计, 小计（20分）, 总计： and the like."""
    solid = squeeze(text)
    found = _words("total").match(solid, 1 if solid.startswith(("（", "(")) else 0)
    return bool(found and _FIGURE.fullmatch(solid, found.end()))


def is_note(text: str) -> bool:
    """True for a text that begins like a note: 注：…, 备注…, 填表说明：…."""
    solid = squeeze(text)
    found = _words("note").match(solid)
    if not found:
        return False
    rest = solid[found.end() :]
    return not rest or rest[0] in "：:（(12１1、." or solid.startswith(("填报", "填表", "备注", "注意"))


def is_bonus(text: str) -> bool:
    """True for a heading of points outside the base: 加分项, 加减分项目, 特色加分项目."""
    return any(
        not _OTHER_WORD.search(found.string, found.start() - 1 if found.start() else 0, found.end() + 1)
        for found in _words("bonus").finditer(squeeze(text))
    )


def is_penalty(text: str) -> bool:
    """True for a heading of deductions or vetoes."""
    return bool(_words("penalty").search(squeeze(text))) and not is_bonus(text)
