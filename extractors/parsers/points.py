"""Points: in score cells, behind the text of a standard, in the headings of indicators."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from extractors.normalize import squeeze

_NUMBER = r"\d{1,4}(?:\.\d{1,3})?"
_CELL = re.compile(rf"[（(]?(?:满分|权重|共|计|占)?[:：]?({_NUMBER})(分|%|％)?[）)]?")
_BRACKET = re.compile(r"[（(【\[]([^（）()【】\[\]]*)[）)】\]]")
_AWARD = re.compile(
    rf"(?<![\d.\-—－~～至到第])(得|计|各|每项|共|共计|满分|合计|总计|总分)?[:：]?({_NUMBER})分(?![\d之钟])"
)
_DEDUCT = re.compile(r"扣|减|倒|最多|最高|不超过|上限|封顶|加|以上得|每")
_TIER = re.compile(r"优秀|优良|良好|一般|合格|较好|较差|达标|[国省市县]级|等次|名次|以[上下]的?得|第[一二三]名")
_TOTAL = ("共", "共计", "满分", "合计", "总计", "总分")


def decimal(text: str) -> Decimal:
    """The number without superfluous zeros: 3.40 → 3.4."""
    value = Decimal(text).normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


@lru_cache(maxsize=1024)
def cell_points(text: str) -> Decimal | None:
    """The points of a score cell: 2, 0.6, 5分, 3.40, 3%, （2分）; None where the cell holds no single number."""
    match = _CELL.fullmatch(squeeze(text))
    return decimal(match.group(1)) if match else None


def brackets(text: str) -> list[re.Match[str]]:
    """Every innermost bracket of `text`, in order; group 1 is what stands inside."""
    return list(_BRACKET.finditer(text))


def bracket_points(inside: str) -> list[Decimal]:
    """The awards written inside one bracket: 1分, 各0.5分, 至少3处，1分; a total where one is written.

    Deductions, caps, tiers and ranges are no awards.
    """
    if "分" not in inside or _TIER.search(inside):
        return []
    found = [m for m in _AWARD.finditer(inside) if not _DEDUCT.search(inside[max(0, m.start() - 4) : m.start()])]
    total = next((m for m in found if m.group(1) in _TOTAL), None)
    return [decimal(m.group(2)) for m in ([total] if total else found)]


def inline_points(text: str) -> list[Decimal]:
    """Every award written in brackets inside a standard, in order: （1分） （ 1 分） （各0.5分） （至少3处，1分）.

    Deductions, caps, tiers and ranges are no awards.
    """
    if "分" not in text:
        return []
    return [award for bracket in brackets(squeeze(text)) for award in bracket_points(bracket.group(1))]
