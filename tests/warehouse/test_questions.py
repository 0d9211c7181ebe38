"""The analyst's questions: complete, narrowed by what they say, answered with figures from the published notices."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import schemas
from extractors.notice.apply_corrections import TASK_FIELDS
from tests.schemas.samples import frames
from tests.warehouse.conftest import Ask
from warehouse import store
from warehouse.errors import QueryError
from warehouse.questions import Answer, QuestionFilters, answer, get_question, list_questions, read_question

TODAY = date(2026, 1, 1)
NUMBERS = [one.number for one in list_questions()]
HEAD = """-- 标题：甲
-- 问题：乙？
-- 分组：责任
-- 词语：丙
-- 参数：notice
-- 需要：分值
-- 说明：丁
-- 无结果：戊
-- 未列：己
-- 交叉：主题 × 通知 = 分值
-- 图：分值 按 主题
SELECT $notice"""
TITLES = [
    "各市各主题分值占比",
    "只在一城见到的指标",
    "未涉及的主题",
    "同一指标各市分值最大差",
    "标准相似度排名",
    "新旧版本增删改",
    "标题分、括注分、分值栏是否一致",
    "一级指标合计是否等于总分",
    "加减分和一票否决",
    "换用乙市权重后排名",
    "各科室承担几项多少分",
    "责任是否集中",
    "无责任单位的指标",
    "多单位未写牵头",
    "“各科室”展开后负担",
    "同一职能各市交给谁",
    "每月到期任务",
    "三十天内到期",
    "不定期时限占比",
    "图片报告文件各需多少",
    "一次活动可支撑哪些指标",
    "每分需要多少份材料",
    "各测评方法占分",
    "量化门槛各市不同",
    "出处与可信度",
    "哪些要求可以减负",
    "谁被重复要求",
    "一份材料能用几处",
    "合并后能少交多少",
]


def ask_question(warehouse: Path, number: int, **filters: Any) -> Answer:
    return answer(warehouse, number, QuestionFilters(**filters), today=TODAY)


def column(found: Answer, name: str) -> list[Any]:
    return [row[found.result.columns.index(name)] for row in found.result.rows]


def records(found: Answer, *names: str) -> list[tuple[Any, ...]]:
    return list(zip(*(column(found, name) for name in names), strict=True))


def test_the_questions_keep_their_numbers() -> None:
    """People write the numbers down; a new question comes after these."""
    titles = [one.title for one in list_questions()]
    assert list(range(1, len(titles) + 1)) == NUMBERS
    assert titles[: len(TITLES)] == TITLES
    assert len(set(titles)) == len(titles)
    for one in list_questions():
        assert one.question.endswith("？")
        assert "notice" in one.parameters
        assert all(re.search("[一-龥]", text) for text in (*one.words, one.explanation, one.empty, one.left_out))


@pytest.mark.parametrize("number", NUMBERS)
def test_every_question_is_answered_in_chinese(five: Path, number: int) -> None:
    filters = {"date": date(2021, 3, 1)} if number == 18 else {}
    found = ask_question(five, number, **filters)
    assert all(re.search("[一-龥]", name) for name in found.result.columns)
    assert len(found.notices) == 5
    if number == 6:
        assert found.result.rows == ()
        assert found.message.startswith("没有结果：所选通知在库中没有上一版")
    elif number in (27, 28):
        # The five notices are of five offices in five places.
        assert found.result.rows == ()
        assert get_question(number).empty in found.message
    else:
        assert found.result.rows
        assert found.message == get_question(number).explanation
    shown = {value for row in found.result.rows for value in row if isinstance(value, str)}
    assert not shown & {"lead", "support", "heading", "other", "no_party", "same_text", "photo", "equal", "overlap"}


@pytest.mark.parametrize("number", NUMBERS)
def test_a_question_is_narrowed_to_the_notices_named(five: Path, number: int) -> None:
    found = ask_question(five, number, notice=("汕尾",))
    assert found.notices == ("汕尾市经济和信息化局 2016",)
    for name in ("通知", "甲通知", "新版"):
        if name in found.result.columns and number not in (4, 5):
            assert set(column(found, name)) <= set(found.notices)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "w.duckdb"
    store.publish(path, add={})
    return path


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("alone") / "w.duckdb"
    store.publish(path, add=frames(1))
    return path


@pytest.mark.parametrize("number", NUMBERS)
def test_an_empty_warehouse_says_so(empty: Path, number: int) -> None:
    found = ask_question(empty, number)
    assert found.result.rows == ()
    assert found.message.startswith("仓库里还没有通知")


@pytest.mark.parametrize("number", NUMBERS)
def test_one_notice_alone_is_answered_or_the_reason_given(alone: Path, number: int) -> None:
    found = ask_question(alone, number)
    assert found.result.rows or found.message == f"没有结果：{get_question(number).empty}"
    if number in (2, 4, 5, 6, 10, 24):
        assert found.result.rows == ()


@pytest.mark.parametrize("filters", [{"topic": "public_ads"}, {"topic": "公益广告"}])
def test_an_empty_answer_about_a_theme_says_nothing_of_the_notices(five: Path, filters: dict[str, str]) -> None:
    assert ask_question(five, 13, notice=("益阳",)).result.rows
    assert ask_question(five, 13, notice=("益阳",), **filters).message == "没有结果：没有符合所选条件的内容。"
    assert ask_question(five, 14, notice=("华容",), party="没有这个科").message == "没有结果：没有符合所选条件的内容。"


def test_load_of_a_notice(five: Path) -> None:
    found = ask_question(five, 11, notice=("汕尾",))
    assert records(found, "名次", "责任单位", "牵头任务", "平分分值")[:2] == [
        (1, "人教科", 21, 10.0),
        (2, "办公室", 12, 5.5),
    ]
    assert sum(column(found, "占比（%）")) == pytest.approx(100, abs=0.5)
    assert column(ask_question(five, 11, party="政务"), "责任单位") == ["电子政务科"]
    assert column(ask_question(five, 12, notice=("汕尾",)), "判断") == ["高度集中"]


def test_weights_and_audit_of_a_notice(five: Path) -> None:
    weights = ask_question(five, 1, notice=("淄博",), topic="理想信念教育")
    assert records(weights, "分值", "分值占比（%）", "任务数") == [(11.0, 10.6, 6)]
    sums = ask_question(five, 8, notice=("淄博",))
    assert ("整表", 100, 104, "不一致") in records(sums, "核对", "标注分", "核算分", "结果")
    wrong = [
        row for row in records(ask_question(five, 7, notice=("淄博",)), "核对", "差值", "结果") if row[0] == "指标标题"
    ]
    assert [difference for _, difference, result in wrong if result == "不一致"] == [5, 5, -1, -1]


def test_dates_and_materials_of_a_notice(five: Path, ask: Ask) -> None:
    due = ask_question(five, 18, notice=("华容",), date=date(2021, 3, 1), days=30)
    days = column(due, "到期日")
    assert days == sorted(days)
    assert days[0] >= date(2021, 3, 1)
    assert days[-1] <= date(2021, 3, 31)
    fewer = ask_question(five, 18, notice=("华容",), date=date(2021, 3, 1), days=0)
    assert set(column(fewer, "到期日")) <= {date(2021, 3, 1)}
    assert "请指定起算日期" in ask_question(five, 18).message
    photos = dict(records(ask_question(five, 20, notice=("淄博",)), "材料类型", "件数"))
    (wanted,) = ask(
        "SELECT sum(coalesce(min_count, 1)) FROM core.task_evidence AS e JOIN core.tasks USING (task_id) "
        "JOIN core.notices USING (notice_id) WHERE city = '淄博市' AND e.kind = 'photo' AND choice IS NULL"
    )
    assert photos["图片"] >= wanted[0] > 50
    total, *topics = records(ask_question(five, 22, notice=("淄博",)), "主题", "材料件数", "分值", "每分件数")
    assert total[0] == "全部"
    assert total[1] == sum(row[1] for row in topics) == sum(photos.values())
    assert total[2] == 124.0


def test_what_several_notices_are_compared_by(five: Path) -> None:
    near = ask_question(five, 5)
    assert column(near, "名次") == list(range(1, 11))
    likeness = column(near, "权重相似度")
    assert likeness == sorted(likeness, reverse=True)
    apart = column(ask_question(five, 4), "分差")
    assert apart == sorted(apart, reverse=True)
    pair = ask_question(five, 10, notice=("淄博",), other=("汕尾",))
    assert set(records(pair, "甲通知", "乙通知")) == {("淄博市国防动员办公室 2023", "汕尾市经济和信息化局 2016")}
    assert records(pair, "主题", "换用后名次")[0] == ("社会主义核心价值观", 1)
    missing = column(ask_question(five, 3, notice=("铜川",)), "主题")
    assert "业务工作实绩" in missing
    assert "疫情防控" in missing
    unique = ask_question(five, 2, notice=("淄博",))
    assert ("Ⅱ-32", "省对市考核", "主题仅此城有") in records(unique, "指标编号", "指标名称", "判断")


def test_filters_that_fit_nothing_are_refused_with_the_way_out(five: Path) -> None:
    with pytest.raises(QueryError, match=f"没有第 {len(NUMBERS) + 1} 题。题号为 1 到 {len(NUMBERS)}"):
        ask_question(five, len(NUMBERS) + 1)
    with pytest.raises(QueryError, match=r"没有通知含有“乌有”。库中有：.*淄博市国防动员办公室 2023"):
        ask_question(five, 1, notice=("乌有",))
    with pytest.raises(QueryError, match="没有主题含有“天文”，请写明其中一个：理想信念教育、"):
        ask_question(five, 1, topic="天文")
    with pytest.raises(QueryError, match="“教育”对应几个主题，请写明其中一个：理想信念教育、"):
        ask_question(five, 1, topic="教育")
    with pytest.raises(QueryError, match=r"第 1 题（各市各主题分值占比）不用参数 --party，可用的有：--notice、--topic"):
        ask_question(five, 1, party="科")


def test_rows_can_be_limited(five: Path) -> None:
    found = answer(five, 1, QuestionFilters(), today=TODAY, limit=3)
    assert (len(found.result.rows), found.result.truncated) == (3, True)


@pytest.mark.parametrize(
    ("line", "replacement"),
    [
        ("SELECT $notice", ""),
        ("-- 问题：乙？", ""),
        ("-- 分组：责任", "-- 分组：杂项"),
        ("-- 需要：分值", "-- 需要：天气"),
        ("-- 参数：notice", "-- 参数：notice、topic"),
        ("SELECT $notice", "SELECT $notice, $other"),
        ("-- 未列：己", ""),
        ("-- 交叉：主题 × 通知 = 分值", "-- 交叉：主题、通知"),
        ("-- 图：分值 按 主题", "-- 图：分值 按 主题，倒序"),
    ],
)
def test_a_file_without_its_head_is_refused(line: str, replacement: str) -> None:
    assert read_question(7, HEAD).title == "甲"
    with pytest.raises(ValueError, match=r"question 7|layout"):
        read_question(7, HEAD.replace(line, replacement))


def test_the_fields_of_a_task_are_called_as_in_the_dictionary(five: Path) -> None:
    columns = schemas.TABLES["core.tasks"].column
    named = dict(re.findall(r"'(\w+)': '([^']+)'", get_question(25).sql))
    assert named.pop("path") == "所属指标"
    assert named.pop("parties") == "责任单位"
    assert named == {name: columns[name].label for name in named}
    assert named.keys() >= set(TASK_FIELDS)
    assert "任务要求" in {name for names in column(ask_question(five, 25), "已补正内容") for name in names}
