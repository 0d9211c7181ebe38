"""The part of a title that its editions share."""

from __future__ import annotations

import pytest

from extractors.parsers.title_key import subject


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("关于印发《甲市2023年度文明单位测评细则（试行）》的通知", "关于印发《甲市2024年度文明单位测评细则》的通知"),
        ("关于开展2022年度文明单位创建测评工作的通知", "关于做好2023年度文明单位创建测评工作的通知"),
        ("乙县文明单位测评细则（2021年版）", "乙县文明单位测评细则（2024年修订版）"),
        ("丙局2021—2023年创建规划", "丙局2024-2026年度创建规划"),
        ("关于印发《丁区二〇二三年创城任务清单》的通知", "关于印发《丁区2024年创城任务清单》的通知"),
        ("戊市第六届文明村镇测评标准", "戊市第七届文明村镇测评标准"),
    ],
)
def test_editions_share_their_subject(one: str, other: str) -> None:
    assert subject(one) == subject(other)
    assert subject(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("关于印发《甲市2023年度文明单位测评细则》的通知", "关于印发《甲市2023年度文明校园测评细则》的通知"),
        ("2023年文明单位创建任务分解表", "2023年文明单位创建实施方案"),
    ],
)
def test_other_matters_do_not(one: str, other: str) -> None:
    assert subject(one) != subject(other)


@pytest.mark.parametrize("title", [None, "", "2023年度", "关于印发《2023年》的通知"])
def test_a_title_that_says_nothing_has_none(title: str | None) -> None:
    assert subject(title) is None


def test_the_formula_of_sending_is_left_out() -> None:
    assert subject("关于印发《甲市2023年度文明单位测评细则（试行）》的通知") == "甲市文明单位测评细则"
