"""What a reader asked for: the parameters of the search page, tidied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import urlencode

MAX_LENGTH: Final = 100
"""Characters of one parameter that are looked at."""
MAX_WORDS: Final = 8
BONUS_LABELS: Final[Mapping[str, str]] = {"no": "基础项目", "yes": "加分项目"}
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_WHITESPACE: Final = re.compile(r"\s+")
FILTER_LABELS: Final[Mapping[str, str]] = {
    "place": "地区",
    "unit": "发文单位",
    "department": "责任单位",
    "person": "责任人",
    "theme": "主题",
    "month": "到期月份",
    "method": "测评方法",
    "evidence": "材料类型",
    "bonus": "基础或加分",
    "notice": "通知",
    "indicator": "指标",
    "editions": "版本",
}
"""Chinese name of each filter, in the order of the form."""
TASK_FILTERS: Final = ("department", "person", "month", "method", "evidence")
"""Filters that say something about tasks alone."""


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Words that all must occur, and conditions that all must hold; an empty text is no condition.

    `editions` is "all" where older editions of a notice count too.
    """

    words: tuple[str, ...] = ()
    place: str = ""
    unit: str = ""
    department: str = ""
    person: str = ""
    theme: str = ""
    month: str = ""
    method: str = ""
    evidence: str = ""
    bonus: str = ""
    notice: str = ""
    indicator: str = ""
    editions: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> SearchFilter:
        """From the parameters of a request; what cannot be meant is left out."""
        given = {name: clean_text(parameters.get(name, "")) for name in FILTER_LABELS}
        given["month"] = given["month"] if _MONTH.fullmatch(given["month"]) else ""
        given["bonus"] = given["bonus"] if given["bonus"] in BONUS_LABELS else ""
        given["editions"] = "all" if given["editions"] == "all" else ""
        return cls(words=split_words(parameters.get("q", "")), **given)

    def __bool__(self) -> bool:
        """True where anything is asked for."""
        return any(getattr(self, one.name) for one in fields(self))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Name and value of every parameter that is set, as in an address."""
        if self.words:
            yield "q", " ".join(self.words)
        for name in FILTER_LABELS:
            if value := getattr(self, name):
                yield name, value

    def address(self, **changes: str) -> str:
        """The query string of this filter with `changes`; an empty value removes a parameter."""
        return urlencode({name: value for name, value in {**dict(self.pairs()), **changes}.items() if value})


def split_words(text: str) -> tuple[str, ...]:
    """The words of a search box: parted by blanks, Chinese commas or 、, each once."""
    parts = _WHITESPACE.split(re.sub(r"[，,、；;]", " ", text.strip()[: MAX_LENGTH * 2]))
    return tuple(dict.fromkeys(part[:MAX_LENGTH] for part in parts if part))[:MAX_WORDS]


def clean_text(text: str) -> str:
    """One parameter without control characters and blanks around it."""
    kept = "".join(letter for letter in text[:MAX_LENGTH] if unicodedata.category(letter) != "Cc")
    return kept.strip()


def parse_number(text: str | None, *, default: int, least: int, most: int) -> int:
    """A whole number between bounds; `default` where the text is none."""
    if text is None or not re.fullmatch(r"-?\d{1,9}", text.strip()):
        return default
    return min(max(int(text), least), most)
