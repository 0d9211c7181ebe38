"""Rows that are not tasks, and sections outside of the base points (vocabulary: rows.toml)."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from extractors import vocabulary
from extractors.normalize import strip_whitespace

_FIGURE = re.compile(r"[\d.．%分（）()：:、，+\-—=A-Za-z满共计为得总不含加减以上各项之和基础本表]*")
_DEFINITION = re.compile(r"[①-⑳*＊]?(?:[“\"「『][^“”\"」』]{2,20}[”\"」』]、?)+[是系]?指")
_DITTO = re.compile("[（(]?(?:同[上前]|[〃″])[）)]?[。.]?")
_BRACKET = re.compile(r"[（(][^（）()]*[）)]")
_NOT_ALONE = re.compile("[及和与暨、含设另]$|[，,。；;]")
"""Before 加分项: 测评标准及加分项; 满分100分，另设加分项 is a sentence."""
_OTHER_WORD = re.compile(r"[参增更]加分|加分[类工配析享布]")


@lru_cache(maxsize=2048)
def is_total(text: str) -> bool:
    """Return whether the text is a total: 合计, 小计（20分）, 总计：."""
    compact = strip_whitespace(text)
    match = _word_pattern("total").match(compact, 1 if compact.startswith(("（", "(")) else 0)
    return bool(match and _FIGURE.fullmatch(compact, match.end()))


def is_ditto(text: str) -> bool:
    """Return whether a cell says that it holds what the cell above it does: 同上, （同上）, 〃."""
    return _DITTO.fullmatch(strip_whitespace(text)) is not None


def is_note(text: str) -> bool:
    """Return whether the text begins like a note: 注：…, 备注…, 填表说明：…, or defines a term: ①“各单位”是指…."""
    compact = strip_whitespace(text)
    if _DEFINITION.match(compact):
        return True
    match = _word_pattern("note").match(compact)
    if not match:
        return False
    rest = compact[match.end() :]
    return not rest or rest[0] in "：:（(12１1、." or compact.startswith(("填报", "填表", "备注", "注意"))


def is_bonus(text: str) -> bool:
    """Return whether the text heads points outside of the base points: 加分项, 加减分项目, 特色加分项目."""
    return any(
        not _OTHER_WORD.search(match.string, match.start() - 1 if match.start() else 0, match.end() + 1)
        for match in _word_pattern("bonus").finditer(strip_whitespace(text))
    )


def says_bonus(clause: str) -> bool:
    """Return whether a clause says of the item beside it that it is a bonus: 加分项, 此项为加分; 不设加分 does not."""
    return _bonus_clause().fullmatch(strip_whitespace(clause).strip("（()）。")) is not None


def is_penalty(text: str) -> bool:
    """Return whether the text heads points that are taken away: 第三部分 扣分, 处罚扣分（10分）, but not 加扣分."""
    compact = _BRACKET.sub("", strip_whitespace(text))
    words = vocabulary.load_toml("rows")
    tail = rf"(?:{vocabulary.alternation(words['penalty'])})(?:{vocabulary.alternation(words['bonus_title_ends'])})*$"
    return not is_bonus(compact) and re.search(tail, compact) is not None


def names_bonus_list(title: str) -> bool:
    """Return whether a title is that of a list of nothing but bonus: C表加减分项目, but not 测评标准及加分项目."""
    words = vocabulary.load_toml("rows")
    tail = re.split("[:：]", _BRACKET.sub("", strip_whitespace(title)))[-1]
    ends = vocabulary.alternation([*words["bonus_title_ends"], *words["bonus"]])
    match = re.search(rf"(?:{vocabulary.alternation(words['bonus'])})(?:{ends})*$", tail)
    return match is not None and not _NOT_ALONE.search(tail, 0, match.start())


@cache
def _word_pattern(kind: str) -> re.Pattern[str]:
    return re.compile(vocabulary.alternation(vocabulary.load_toml("rows")[kind]))


@cache
def _bonus_clause() -> re.Pattern[str]:
    words = vocabulary.load_toml("rows")
    bonus, ends = vocabulary.alternation(words["bonus"]), vocabulary.alternation(words["bonus_title_ends"])
    return re.compile(rf"(?:[此本该]\w{{0,2}})?(?:[为是属作]于?)?{bonus}{ends}?")
