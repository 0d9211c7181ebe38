"""Units and persons in one cell, and the headers that name both."""

from __future__ import annotations

import pytest

from extractors.normalize import HIDDEN
from extractors.parsers.unit_persons import (
    are_paired_with_persons,
    split_header_of_both,
    split_units_and_persons,
)


@pytest.mark.parametrize(
    ("text", "units", "persons"),
    [
        ("县城管局 于昉", "县城管局", "于昉"),
        ("县城管局 于 昉", "县城管局", "于昉"),
        ("县城管局（于昉、徐恺）", "县城管局", "于昉、徐恺"),
        ("县城管局于昉", "县城管局", "于昉"),
        ("县委宣传部副部长于昉", "县委宣传部", "于昉"),
        ("县城管局—于昉", "县城管局", "于昉"),
        ("县城管局（市容科） 于昉", "县城管局（市容科）", "于昉"),
        ("县城管局（牵头） 于昉；县妇联：徐恺", "县城管局（牵头）、县妇联", "于昉、徐恺"),
        ("市公安局 交警支队 于昉", "市公安局 交警支队", "于昉"),
        ("县文明办公室", "县文明办公室", ""),
        ("县住建局房管科", "县住建局房管科", ""),
        ("副局长于昉", "", "于昉"),
    ],
)
def test_units_and_persons(text: str, units: str, persons: str) -> None:
    assert split_units_and_persons(text) == (units, persons, True)


@pytest.mark.parametrize("text", ["各街道 分管领导", "县城管局 每周巡查", f"按  {HIDDEN} 报送", ""])
def test_a_cell_of_other_words_is_left_whole(text: str) -> None:
    assert split_units_and_persons(text) == (text, "", False)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("责任单位及责任人", ("责任单位", "责任人")),
        ("牵头单位（责任人）", ("牵头单位", "责任人")),
        ("承办科室\n负责人", ("承办科室", "负责人")),
        ("单位和联系人", ("单位", "联系人")),
        ("牵头部门与分管领导", ("牵头部门", "分管领导")),
        ("责任人", None),
        ("责任单位", None),
        ("工作任务", None),
    ],
)
def test_headers_of_both(header: str, words: tuple[str, str] | None) -> None:
    assert split_header_of_both(header) == words


@pytest.mark.parametrize(
    ("texts", "are_persons"),
    [
        (["办公室（赵恺）", "政工科 徐琳", "工会：王彤"], True),
        (["办公室（崔克辉）", "政工科（戴芳乐）", "工会（于昉）"], True),
        (["办公室（赵恺）", "政工科 徐琳"], False),
        (["办公室（平时）", "政工科（党建）", "工会（常年）"], False),
        (["办公室（赵恺）", "政工科（赵恺）", "工会（赵恺）", "团委（赵恺）"], False),
    ],
)
def test_whether_units_are_paired_with_persons(texts: list[str], are_persons: bool) -> None:
    assert are_paired_with_persons([(text, split_units_and_persons(text)) for text in texts]) is are_persons
