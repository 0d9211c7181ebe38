"""Points: in score cells, after the text of a standard, in the headings of indicators."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from extractors.normalize import strip_whitespace
from extractors.parsers.numerals import parse_decimal

_NUMBER = r"\d{1,4}(?:\.\d{1,3})?"
_CELL = re.compile(rf"[（(]?(?:满分|权重|共|计|占)?[:：]?({_NUMBER})(分|%|％)?[）)]?")
_BRACKET = re.compile(r"[（(【\[]([^（）()【】\[\]]*)[）)】\]]")
_AWARD = re.compile(
    rf"(?<![\d.\-—－~～至到第])(得|计|各|每项|共|共计|满分|合计|总计|总分)?[:：]?({_NUMBER})分(?![\d之钟])"
)
_DEDUCT = re.compile(r"扣|减|倒|最多|最高|不超过|上限|封顶|加|以上得|每")
_TIER = re.compile(r"优秀|优良|良好|一般|合格|较好|较差|达标|[国省市县]级|等次|名次|以[上下]的?得|第[一二三]名")
_TOTAL = ("共", "共计", "满分", "合计", "总计", "总分")


@lru_cache(maxsize=1024)
def cell_points(text: str) -> Decimal | None:
    """Return the points of a score cell (2, 0.6, 5分, 3.40, 3%, （2分）), None if it is not a single number."""
    match = _CELL.fullmatch(strip_whitespace(text))
    return parse_decimal(match.group(1)) if match else None


def find_brackets(text: str) -> list[re.Match[str]]:
    """Return every innermost bracket in order; group 1 is its content."""
    return list(_BRACKET.finditer(text))


def bracket_points(content: str) -> list[Decimal]:
    """Return the awards in the content of one bracket: 1分, 各0.5分, 至少3处，1分.

    If a total is given, only the total is returned. Deductions, caps, tiers and ranges are not awards.
    """
    if "分" not in content or _TIER.search(content):
        return []
    awards = [m for m in _AWARD.finditer(content) if not _DEDUCT.search(content[max(0, m.start() - 4) : m.start()])]
    total = next((m for m in awards if m.group(1) in _TOTAL), None)
    return [parse_decimal(m.group(2)) for m in ([total] if total else awards)]


def inline_points(text: str) -> list[Decimal]:
    """Return every award in brackets inside a standard, in order: （1分） （ 1 分） （各0.5分） （至少3处，1分）.

    Deductions, caps, tiers and ranges are not awards.
    """
    if "分" not in text:
        return []
    return [award for bracket in find_brackets(strip_whitespace(text)) for award in bracket_points(bracket.group(1))]
