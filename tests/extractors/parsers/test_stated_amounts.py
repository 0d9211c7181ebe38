"""Figures by which a notice speaks of itself."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from extractors.parsers.stated_amounts import StatedAmount, find_bonus, find_counts, find_results, find_totals


def shown(found: list[StatedAmount]) -> list[str]:
    """Subject, lower and upper end, unit: 优秀 90- 分."""
    return [f"{a.subject} {a.low if a.low is not None else ''}-{a.high or ''} {a.unit or ''}".strip() for a in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("本细则满分为120分", ["120"]),
        ("总分值：200分", ["200"]),
        ("基础分100分，另有附加分20分", ["100"]),
        ("总分180分以上为先进", []),
        ("满分100分（含加分10分）", []),
        ("加分项（满分8分）", []),
        ("力争得分不低于95分", []),
        ("考评细则满分70分；现场评议满分30分", ["70", "30"]),
    ],
)
def test_totals(text: str, found: list[str]) -> None:
    assert [str(a.low) for a in find_totals(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("另设加分项目，最高加8分", "8"),
        ("附加分20分", "20"),
        ("奖励分不超过5分", "5"),
        ("加分项（满分10分）", "10"),
        ("特色加分累计最多加15分", "15"),
        ("每项加分2分", None),
        ("参加分会场活动5分", None),
        ("获奖的加分5分以上", None),
        ("各类评比不得加分", None),
    ],
)
def test_bonus(text: str, found: str | None) -> None:
    assert [str(a.low) for a in find_bonus(text)] == ([found] if found else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("95分以上为优秀，80至94分为良好，80分以下为不合格", ["优秀 95- 分", "良好 80-94 分", "不合格 -80 分"]),
        ("得分率达到85%以上的评为先进", ["先进 85- %"]),
        ("90分（含）以上的为优秀，75分（含）至90分的为良好", ["优秀 90- 分", "良好 75-90 分"]),
        ("优秀（90分及以上）、合格（60—89分）", ["优秀 90- 分", "合格 60-89 分"]),
        ("合格线为60分", ["合格 60- 分"]),
        ("评为优秀的须达到92分以上", ["优秀 92- 分"]),
        ("不满600分的为不合格", ["不合格 -600 分"]),
        ("得分不低于90分的为优秀", ["优秀 90- 分"]),
        ("满意度低于60%的，视为不合格", ["不合格 -60 %"]),
        ("A=100%，B=75%，C=50%，D=0", ["A 100- %", "B 75- %", "C 50- %", "D 0-"]),
        ("A、B、C三档分别为该项分值的100%、70%、40%", ["A 100- %", "B 70- %", "C 40- %"]),
        ("考评为优秀的加5分", []),
        ("按照90分以上的要求推进创建", []),
        ("全年得分保持在90分以上，力争先进", []),
        ("评选优秀志愿者20名", []),
    ],
)
def test_lines_of_results(text: str, found: list[str]) -> None:
    assert shown(find_results(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025年重点任务清单（6大类42项）", ["大类 6- 大类", "项 42- 项"]),
        ("指标体系分为五个方面二十八条", ["个方面 5- 个方面", "条 28- 条"]),
        ("任务共35项", ["项 35- 项"]),
        ("围绕9个测评项目、51条测评标准开展自查", ["测评项目 9- 个", "测评标准 51- 条"]),
        ("共获得荣誉15项", []),
        ("完成整改项目共12个", []),
        ("测评细则共5页", []),
        ("任务自第3类起", []),
    ],
)
def test_counts(text: str, found: list[str]) -> None:
    assert shown(find_counts(text)) == found


@pytest.mark.parametrize("find", [find_totals, find_bonus, find_results, find_counts])
def test_blanks_do_not_matter_and_the_piece_is_kept(find: Callable[[str], list[StatedAmount]]) -> None:
    text = "任务 共 35 项，满 分 100 分，附加分 5 分，90 分以上 为 优秀"
    (amount,) = find(text)
    assert amount.low in {Decimal(35), Decimal(100), Decimal(5), Decimal(90)}
    assert amount.raw in text.replace(" ", "")
