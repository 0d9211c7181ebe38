"""The words of `vocabulary/scoring.toml` as patterns, built once."""

from __future__ import annotations

import re
from typing import Any, Final

from extractors.parsers.thresholds.patterns import either
from extractors.vocabulary import toml

_DATA: Final[dict[str, Any]] = toml("scoring")

_NUMBER: Final = r"\d{1,4}(?:\.\d{1,3})?"
_CHINESE: Final = r"[一二两三四五六七八九十]{1,3}"
_DASH: Final = r"[-—–－~～至到]{1,4}"
AWARDS: Final[frozenset[str]] = frozenset(_DATA["verbs"]["award"])
DEDUCTS: Final[frozenset[str]] = frozenset(_DATA["verbs"]["deduct"])
LEANING: Final[tuple[str, ...]] = tuple(_DATA["condition"]["leaning"])

POINTS: Final = re.compile(
    rf"(?P<cap>{either(_DATA['verbs']['cap'])}[^，,。；;：（）\d、一二两三四五六七八九十]{{0,6}}?)?"
    rf"(?P<verb>{either([*AWARDS, *DEDUCTS])})?(?:{_DASH})?"
    rf"(?<![\d.])(?:(?P<low>{_NUMBER})分?{_DASH}(?P<high>{_NUMBER})|(?P<value>{_NUMBER})|(?P<spelled>{_CHINESE}))"
    r"个?分(?P<tail>封顶|为限|为止|以内|计算)?(?![钟之类工解享析管步期级局院校公制米布]|值)"
)
WORDLESS: Final = re.compile(
    r"(?P<times>(?<!\d)\d{1,3}(?:[-—–~～至]\d{1,3})?倍)扣分|(?:酌情|视情况|视情|相应|适当|予以|给予|根据具体情况|双倍|加倍)扣(?:除一定分值|分)"
)
CLOSING: Final = re.compile(r"扣除一定分值|扣除相应分值|扣除全部分值")
GRADE: Final = re.compile(
    r"(?:为|得|评为|定为|计|是)(?P<letter>[A-E])(?:级|等|档)?(?![A-Za-z0-9]|级以上)"
    r"|(?<![A-Za-z0-9])(?P<key>[A-E])(?:级|等|档)?(?:=|为|得|计|按|：|:|得分率)+(?P<share>\d{1,3}(?:\.\d+)?)%"
)
GRADES: Final = re.compile(
    r"(?P<keys>[A-E](?:[/、][A-E]){1,4})(?:级|等|档)?(?:四档|三档)?(?:分别|依次|各)?(?:=|为|得|计|按|：|:)+(?P<shares>\d{1,3}%?(?:[/、]\d{1,3}%?){1,4})"
)
_NAMES: Final = either(_DATA["grades"]["words"])
NAMED: Final = re.compile(
    rf"(?:[“\"'‘]?{_NAMES}|(?<![A-Za-z])[A-E])(?:等次|等级|档次|档|级|者|的)?[”\"'’]?(?:或同等[^，,。；;]{{0,8}})?(?:的|为|者|单位)?[，,：:]?$"
)
STEP: Final = re.compile(
    r"(?<!\d)\d+(?:\.\d+)?(?:%|分)?(?:[-—–~～至]\d+(?:\.\d+)?)?[^\d，,。；;]{0,3}(?:以上|以下|以内|及以上)|(?<!\d)\d+[-—–~～至]\d+[^\d分]|[≥≤<>＞＜]"
)
LOWERED: Final = re.compile(either(_DATA["grades"]["lowered"]))
ZERO: Final = re.compile(either(_DATA["zero"]["words"]))
VETO: Final = re.compile("|".join(_DATA["veto"]["patterns"]))
_SIGNS: Final = ["分", "[A-E]", LOWERED.pattern, ZERO.pattern, VETO.pattern]
ANY: Final = re.compile("|".join(_SIGNS))
"""Every rule is written with one of these."""
EXCLUSIVE: Final = re.compile(either(_DATA["exclusive"]["words"]))
UNTIL: Final = re.compile(rf"[，,]?{either(_DATA['until']['words'])}")
