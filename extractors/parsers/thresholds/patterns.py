"""The words of `vocabulary/thresholds.toml` as patterns, built once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from extractors.parsers.thresholds.numerals import ARABIC, CHINESE, NUMBER
from extractors.vocabulary import toml

_DATA: Final[dict[str, Any]] = toml("thresholds")
CONTEXT: Final[dict[str, list[str]]] = _DATA["context"]


def either(words: Iterable[str]) -> str:
    """One of the words, the longest first, as a pattern."""
    return "(?:" + "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w))) + ")"


_GUARDS: Final[dict[str, str]] = _DATA["guards"]
_UNITS: Final[list[str]] = [u for group in ("measures", "events", "things", "spans") for u in _DATA["units"][group]]


def _unit(word: str) -> str:
    guard = _GUARDS.get(word)
    return re.escape(word) + (f"(?![{guard}])" if guard else "")


UNIT: Final = "(?:" + "|".join(_unit(u) for u in sorted(_UNITS, key=len, reverse=True)) + ")"
DASH: Final = r"(?:[-—–－―~～〜]{1,4}|至|到)"
SPANS: Final[frozenset[str]] = frozenset(_DATA["units"]["spans"])
THINGS: Final[frozenset[str]] = frozenset(_DATA["units"]["things"])
EVENTS: Final[frozenset[str]] = frozenset(_DATA["units"]["events"])

QUANTITY: Final = re.compile(
    rf"(?P<hundred>百分(?:之)?百)"
    rf"|百分之(?P<percent>{NUMBER}?)(?:{DASH}百分之(?P<percent2>{NUMBER}?))?"
    rf"|(?P<whole>[二三四五六七八九十]|\d{{1,2}})分之(?P<part>[一二两三四五六七八九]|\d{{1,2}})"
    rf"|(?<![\d/])(?P<part2>\d{{1,2}})/(?P<whole2>\d{{1,2}})(?=以上|的|以下)"
    rf"|(?P<half>半数|一半)(?=以上|的)"
    rf"|(?P<tenth>[一二三四五六七八九]|\d)成(?=以上|的|以下|左右)"
    rf"|(?<![\dA-Za-zⅠ-ⅿ.])(?P<low>{NUMBER})(?P<low_unit>{UNIT})?{DASH}(?P<high>{NUMBER})(?:多)?(?:个(?=小时|学时|课时|百分点))?(?P<range_unit>{UNIT})"
    rf"|(?<![\dA-Za-zⅠ-ⅿ.-])(?P<value>{ARABIC}|{CHINESE})(?P<myriad>万(?!元))?(?:个(?=小时|学时|课时|百分点))?(?:余|多)?(?P<unit>{UNIT})"
)
BEFORE: Final = [
    (op, re.compile(f"{either(words)}(?:了|到|为|在|约|近)?$"))
    for op, words in _DATA["before"].items()
    if op not in ("missed", "apart")
]
OPERATOR_ENDS: Final = tuple({word[-1] for op, _ in BEFORE for word in _DATA["before"][op]} | set("了到为在约近\n"))
"""What stands right before a number ends with one of these where `BEFORE` finds an operator."""
MISSED: Final = re.compile(f"{either(_DATA['before']['missed'])}$")
APART: Final = re.compile(rf"(?P<op>{either(_DATA['before']['apart'])})[^，,。；;：:（）!！\d]{{1,12}}$")
AFTER: Final = [
    (op, re.compile(rf"(?:（含[^（）]{{0,8}}）|（包括[^（）]{{0,8}}）)?{either(words)}"))
    for op, words in _DATA["after"].items()
]
AFTER_NOUN: Final = re.compile(r"[\u3400-\u9fff]{1,4}?(?<![级岁职科以及或])以上")
_OPERATOR: Final = either(w for op in (">=", ">", "<=", "<") for w in _DATA["before"][op])
BARE_NUMBER: Final = re.compile(rf"(?P<op>{_OPERATOR})(?P<value>{ARABIC})(?![\d.%‰]|\D?[分月日号级年天周岁]|个|{UNIT})")
SAYING: Final = re.compile(either(CONTEXT["sayings"]))
RATE: Final = re.compile(f'{either(CONTEXT["rates"])}[”"’」』）]?')
SCORED: Final = re.compile(
    r"(?:得|加|扣|减|计|记|奖|按|降)[^，。；;（）]{0,6}?\d+(?:\.\d+)?(?:[-—–~～至]+\d+(?:\.\d+)?)?(?:个)?分"
    r"|不得分|不计分|不给分|扣分|加分|减分|倍扣|[为是](?:[A-D]|优秀|良好|合格)"
)
NO_PENALTY: Final = re.compile(r"扣|减|降|取消|否决|不得")
RANK: Final = re.compile(
    rf"(?:排名|位居|位列|进入|名列|跻身|居)[^，。；;]{{0,6}}?前(?P<rank>{NUMBER})(?P<rank_unit>[名位])"
)
FULL: Final = re.compile(
    r"(?:实现|达到|做到|确保)(?P<of>[^，,。；;：:（）]{0,24})全覆盖(?=$|[，,。；;（）！])|(?P<who>[^，,。；;：:（）]{0,24})全员(?:注册|签订|登记)(?=$|[，,。；;（）！])"
)
CONSEQUENCE: Final = re.compile(either(_DATA["consequence"]["words"]) + r"|[得计记加]\d")
WEIGHT: Final = re.compile(either(CONTEXT["weights"]))
COUNTED: Final = re.compile(either(CONTEXT["counted"]))
EVIDENCE: Final = re.compile(either(CONTEXT["evidence"]))
MADE: Final = re.compile(either(CONTEXT["made"]))
ASKS: Final = re.compile(either(w for w in CONTEXT["asks"] if len(w) > 1))
ASKS_LAST: Final = tuple(w for w in CONTEXT["asks"] if len(w) == 1)
"""A verb of one character asks only for what follows at once."""
NAMED: Final = tuple(CONTEXT["named"])
RATE_VERBS: Final = tuple(CONTEXT["rate_verbs"])
FORMATS: Final = frozenset(CONTEXT["formats"])
EVIDENCE_UNITS: Final = frozenset(CONTEXT["evidence_units"])
