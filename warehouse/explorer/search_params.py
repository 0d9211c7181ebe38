"""Parse and validate query parameters, and the filter of the search page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import urlencode

MAX_LENGTH: Final = 100
"""Maximum characters of a parameter; the rest is ignored."""
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
"""Chinese label of each filter, in the order of the form."""
TASK_FILTERS: Final = ("department", "person", "month", "method", "evidence")
"""Filters that apply to tasks only."""


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Words that must all occur, and conditions that must all hold; an empty text is no condition.

    The fields are named as the query parameters. `theme` is a topic code; `editions` is "all" to include older
    versions of notices.
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
    def from_parameters(cls, parameters: Mapping[str, str]) -> SearchFilter:
        """Parse the parameters of a request; invalid values are ignored."""
        values = {name: clean_text(parameters.get(name, "")) for name in FILTER_LABELS}
        values["month"] = values["month"] if _MONTH.fullmatch(values["month"]) else ""
        values["bonus"] = values["bonus"] if values["bonus"] in BONUS_LABELS else ""
        values["editions"] = "all" if values["editions"] == "all" else ""
        return cls(words=split_words(parameters.get("q", "")), **values)

    def __bool__(self) -> bool:
        """Return True if any word or filter is set."""
        return any(getattr(self, field.name) for field in fields(self))

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of every parameter that is set."""
        if self.words:
            yield "q", " ".join(self.words)
        for name in FILTER_LABELS:
            if value := getattr(self, name):
                yield name, value

    def query_string(self, **changes: str) -> str:
        """Return the query string of this filter with `changes`; an empty value removes a parameter."""
        return urlencode({name: value for name, value in {**dict(self.items()), **changes}.items() if value})


def split_words(text: str) -> tuple[str, ...]:
    """Split a search text into distinct words, at whitespace, commas and semicolons."""
    parts = _WHITESPACE.split(re.sub(r"[，,、；;]", " ", text.strip()[: MAX_LENGTH * 2]))
    return tuple(dict.fromkeys(part[:MAX_LENGTH] for part in parts if part))[:MAX_WORDS]


def clean_text(text: str) -> str:
    """Return a parameter without control characters and surrounding whitespace."""
    printable = "".join(letter for letter in text[:MAX_LENGTH] if unicodedata.category(letter) != "Cc")
    return printable.strip()


def parse_number(text: str | None, *, default: int, minimum: int, maximum: int) -> int:
    """Parse an integer and clamp it to the bounds; return `default` if the text is not an integer."""
    if text is None or not re.fullmatch(r"-?\d{1,9}", text.strip()):
        return default
    return min(max(int(text), minimum), maximum)


def parse_serial(text: str) -> int:
    """Return the number of a job or of an entry of the log; 0, which none has, for any other text."""
    return parse_number(text, default=0, minimum=0, maximum=10**9)
