"""Header words: settled and open roles, whole header rows."""

from __future__ import annotations

import pytest

from extractors.parsers.column_headers import (
    counts_things,
    header_word,
    is_header,
    names_end,
    names_start,
    normalize_header,
    speaks_of_points,
)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("分值\n（分）", "points"),
        ("权重", "points"),
        ("标准得分", "points"),
        ("自评分", "scorebox"),
        ("测评结果", "scorebox"),
        ("计分办法", "scoring"),
        ("测评方法", "method"),
        ("考评办法", "method"),
        ("责任\n领导", "leader"),
        ("分管领导", "leader"),
        ("责任人", "person"),
        ("责任科室", "party"),
        ("承办处室", "party"),
        ("实施主体", "party"),
        ("牵头单位", "lead"),
        ("协办单位", "support"),
        ("参与股室", "support"),
        ("主要协作处室", "support"),
        ("报送科室", "party"),
        ("完成时限", "deadline"),
        ("报送时间", "deadline"),
        ("材料报送要求", "evidence"),
        ("佐证材料", "evidence"),
        ("序号", "serial"),
        ("备注", "remark"),
        ("督导组", "remark"),
        ("督查责任单位", "remark"),
    ],
)
def test_settled_words(text: str, role: str) -> None:
    assert header_word(text).role == role


@pytest.mark.parametrize(
    ("text", "first"), [("项目及分值", "项目"), ("测评内容和分数", "测评内容"), ("指标/权重", "指标")]
)
def test_a_column_of_names_with_points_inside_is_one_of_names(text: str, first: str) -> None:
    assert header_word(text) == header_word(first) != header_word("分值")


@pytest.mark.parametrize(
    ("text", "likeliest"),
    [
        ("测评项目", "level"),
        ("一级指标", "level"),
        ("测评标准", "requirement"),
        ("主要任务", "requirement"),
        ("评判尺度", "requirement"),
        ("网上申报具体要求", "requirement"),
    ],
)
def test_open_words(text: str, likeliest: str) -> None:
    word = header_word(text)
    assert word.role is None
    assert max(word.weights, key=lambda r: word.weights[r]) == likeliest


def test_unknown_word() -> None:
    assert not header_word("天气").known
    assert normalize_header("分 值（分）") == "分值"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["测评项目", "测评内容", "测评标准", "计分", "责任科室"], True),
        (["序号", "个性任务", "县教育局", "县公安局", "完成时限"], True),
        (["职务", "姓名", "单位职务"], True),
        (["1", "组织领导", "成立领导机构，有专人负责。", "办公室"], False),
        (["办公室", "人事科"], False),
        (["测评标准"], False),
    ],
)
def test_is_header(texts: list[str], expected: bool) -> None:
    assert is_header(texts) is expected


@pytest.mark.parametrize(
    ("column", "counts"),
    [
        ("经费（万元）", True), ("任务数（处）", True), ("服务时长（小时）", True), ("目标/数量(个)", True),
        ("分值（分）", False), ("权重（%）", False), ("分值", False), ("加减（+/-）", False),
        ("分值（满分100分）", False), ("分值（上限）", False), ("权重（值）", False), ("序号（号）", False),
    ],
)  # fmt: skip
def test_a_measure_that_is_no_point(column: str, counts: bool) -> None:
    assert counts_things(column) is counts


@pytest.mark.parametrize("column", ["分值", "计几分", "权重", "得分/自评", "标准分（分）"])
def test_headers_of_points(column: str) -> None:
    assert speaks_of_points(column)


@pytest.mark.parametrize("column", ["责任分工", "任务分解", "分类", "组成部分", "目标值", "权属单位"])
def test_headers_that_only_have_the_character(column: str) -> None:
    assert not speaks_of_points(column)


@pytest.mark.parametrize(
    ("header", "starts", "ends"),
    [
        ("开始时间", True, False),
        ("计划启动日期", True, False),
        ("完成时限", False, True),
        ("时间/截止", False, True),
        ("起止时间", False, False),
        ("报送时间", False, False),
    ],
)
def test_headers_of_the_first_and_the_last_day(header: str, starts: bool, ends: bool) -> None:
    assert (names_start(header), names_end(header)) == (starts, ends)
