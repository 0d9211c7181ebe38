"""Whether a text asks something of somebody: a duty, a limit, a prohibition (vocabulary: demands.toml, rows.toml)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from extractors import vocabulary
from extractors.normalize import strip_whitespace

LIMIT: Final = re.compile(r"不[少低高多]于|不超过|不得|达到|以上|[≥≤]|每[半一两]?[年季月周日人个]|\d[%％]")
"""How much, how often or not at all: 每季度研究一次, 不少于10人. Duties say it, reports of faults or sums do not."""
_OBJECT: Final = 3
"""组织志愿者: what is to be done has an object; 组织领导 and 宣传制作 are names of things."""
_WELL: Final = r"[\u4e00-\u9fff]好(?![的人看奇友])"
"""建好志愿服务站, 管好用好阵地"""
_MARK: Final = r"[\d.．、（()）①-⑳一二三四五六七八九十]{0,8}"
_TIME: Final = r"(?:[\d年月日—\-至、]{2,14}[底前初日月内末]{1,2})?"
"""2021年底前完成整改, 3月开展清理: a time may stand before the verb."""


@lru_cache(maxsize=4096)
def asks_action(text: str) -> bool:
    """Return whether a text asks for something to be done: a part of it begins with the verb of a duty, or must be."""
    compact = strip_whitespace(text)
    return bool(_duty_pattern().search(compact) or _modal_pattern().search(compact))


def asks_something(text: str) -> bool:
    """Return whether a cell asks for something to be done, or states a limit; news and questions state some too."""
    return asks_action(text) or LIMIT.search(text) is not None


@cache
def _duty_pattern() -> re.Pattern[str]:
    verbs = vocabulary.alternation(vocabulary.load_toml("rows")["duty_verbs"])
    return re.compile(rf"(?:\A|[，。；：、,;]){_MARK}{_TIME}(?!{_things()})(?:{verbs}|{_WELL})\w{{{_OBJECT},}}")


@cache
def _modal_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?!{_things()}){vocabulary.alternation(vocabulary.load_toml('demands')['modals'])}")


def _things() -> str:
    return vocabulary.alternation(vocabulary.load_toml("demands")["things"])
