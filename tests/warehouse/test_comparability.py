"""What a comparison says about notices of different kinds, and the filter that parts them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import schemas
from pipelines.commands.ask import select_kinds
from tests.warehouse.progress_frames import Duty, frames, notice_rows
from warehouse import store
from warehouse.comparability import BY_FIELD, BY_OPTION, NoticeKind, describe_mixture, read_comparability
from warehouse.errors import QueryError
from warehouse.export.comparison.load import find_notice_ids
from warehouse.questions import QuestionFilters, answer, get_question
from warehouse.questions.context import STATES_SQL

UNIT, CITY = "文明单位", "文明城市"


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ([], None),
        ([(UNIT, "省级", "unit")], None),
        ([(UNIT, "省级", "unit"), (UNIT, "省级", "unit")], None),
        # What is not stated differs from nothing.
        ([(UNIT, "省级", None), (None, None, None)], None),
        (
            [(UNIT, "省级", "office"), (CITY, "省级", "office"), (CITY, "省级", "government")],
            "所比的通知创建类别不同（文明单位 1 份、文明城市 2 份），分值和任务不宜直接相比；"
            "只比同一类的请加 --campaign 文明城市",
        ),
        (
            [(UNIT, "省级", None), (UNIT, "市级", None), (UNIT, None, None)],
            "所比的通知荣誉级别不同（省级 1 份、市级 1 份、未写明 1 份），分值和任务不宜直接相比；"
            "只比同一类的请加 --level 省级",
        ),
        (
            [(UNIT, "省级", "unit"), (CITY, "全国", "office")],
            "所比的通知创建类别不同（文明单位 1 份、文明城市 1 份），荣誉级别不同（省级 1 份、全国 1 份），"
            "分值和任务不宜直接相比；所比的通知中有 1 份是部门、单位自己的，不能代表当地；"
            "只比同一类的请加 --campaign 文明单位、加 --level 省级",
        ),
        (
            [(UNIT, "省级", "unit"), (UNIT, "省级", "office")],
            "所比的通知中有 1 份是部门、单位自己的，不能代表当地",
        ),
    ],
)
def test_what_differs_is_counted_and_the_filter_named(
    kinds: list[tuple[str | None, str | None, str | None]], message: str | None
) -> None:
    assert describe_mixture(NoticeKind(*kind) for kind in kinds) == message


def test_without_a_filter_none_is_named() -> None:
    kinds = [NoticeKind(UNIT, "省级"), NoticeKind(CITY, "省级")]
    assert describe_mixture(kinds, filters=None) == (
        "所比的通知创建类别不同（文明单位 1 份、文明城市 1 份），分值和任务不宜直接相比"
    )
    assert str(describe_mixture(kinds, BY_FIELD)).endswith("；只比同一类的请在“创建类别”选文明单位")


def made(number: int, campaign: str, level: str, **columns: Any) -> Any:
    rows = notice_rows(number, (Duty("报送总结"),), issuer=f"第{number}市文明办", **columns)
    rows["core.notices"][0] |= {"campaign": campaign, "award_level": level}
    return rows


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two notices of units, of two levels, and one of cities."""
    path = tmp_path_factory.mktemp("mixed") / "w.duckdb"
    store.publish(path, add=frames(made(1, UNIT, "省级"), made(2, UNIT, "市级"), made(3, CITY, "省级")))
    return path


def test_notices_of_one_kind_are_selected(mixed: Path) -> None:
    ids = ["notice-1", "notice-2", "notice-3"]
    with closing(store.connect(mixed)) as connection:
        found = read_comparability(connection)
    assert found.select(ids, None, None) == ids
    assert found.select(ids, UNIT, None) == ["notice-1", "notice-2"]
    assert found.select(ids, None, "省级") == ["notice-1", "notice-3"]
    assert found.select(ids, CITY, "省级") == ["notice-3"]
    assert found.select([], UNIT, None) == []
    with pytest.raises(QueryError, match="没有“文明城市、市级”的，写明的有：文明单位、省级、市级、文明城市"):
        found.select(ids, CITY, "市级")
    assert found.describe(["notice-1", "notice-1"]) is None
    assert find_notice_ids(mixed, ["市文明办"], campaign=UNIT) == ["notice-1", "notice-2"]
    with pytest.raises(QueryError):
        find_notice_ids(mixed, ["市文明办"], campaign=CITY)


def test_both_sides_of_a_question_are_of_the_kind_that_was_asked_for(mixed: Path) -> None:
    units, named = ["notice-1", "notice-2"], (["市文明办"], ["第2市"])
    with closing(store.connect(mixed)) as connection:

        def select(number: int, campaign: str | None, level: str | None) -> tuple[list[str], list[str]]:
            return select_kinds(connection, get_question(number), named, campaign, level)

        assert select(5, None, None) == named
        assert select(5, UNIT, None) == (units, ["notice-2"])
        assert select(5, None, "市级") == (["notice-2"], ["notice-2"])
        # This one compares nothing.
        assert select(11, UNIT, None) == (units, [])
        with pytest.raises(QueryError, match="没有“文明城市”的"):
            select(5, CITY, None)


def test_a_question_that_compares_says_so_and_another_does_not(mixed: Path) -> None:
    with closing(store.connect(mixed)) as connection:
        found = read_comparability(connection)
    for number, is_said in ((1, True), (5, True), (11, False), (18, False)):
        parameters = answer(mixed, number, QuestionFilters(), today=date(2023, 1, 1)).parameters
        assert bool(found.describe_question(number, parameters, BY_OPTION)) is is_said
    alone = answer(mixed, 5, QuestionFilters(notice=("第1市",), other=("第1市",)), today=date(2023, 1, 1)).parameters
    assert found.describe_question(5, alone, BY_OPTION) is None
    against = answer(mixed, 5, QuestionFilters(notice=("第1市",), other=("第3市",)), today=date(2023, 1, 1)).parameters
    assert "创建类别不同" in str(found.describe_question(5, against, BY_OPTION))


def test_due_tasks_are_those_of_ours_whose_cycle_is_open_on_the_day_asked_about(
    tmp_path: Path, few_views: Callable[..., None]
) -> None:
    few_views(*re.findall(r"(?:mart|cn)\.\w+", get_question(18).sql + STATES_SQL))
    path = tmp_path / "w.duckdb"
    duties = (Duty("报送总结", days=(date(2021, 8, 20),)),)
    store.publish(
        path,
        add=frames(
            notice_rows(1, duties, issuer="某县文明办", year=2021, period_end=date(2021, 12, 31)),
            notice_rows(2, duties, issuer="某县文明办", subject="往年", year=2021, period_end=date(2021, 12, 31)),
            notice_rows(3, duties, issuer="他县文明办", year=2021, period_end=date(2021, 12, 31)),
        ),
        replace={
            "ops.ownership": schemas.frame(
                "ops.ownership",
                [
                    {"line": 2, "issuer": "某县文明办", "scope": "ours", "reason": "印发", "who": "甲", "when": "1"},
                    {"line": 3, "file": "370000/某市/通知2.docx", "scope": "superior", "reason": "印发"}
                    | {"who": "甲", "when": "1"},
                ],
            )
        },
    )

    def due(day: date, *, everything: bool = False) -> set[str]:
        filters = QuestionFilters(date=day, days=40, everything=everything)
        found = answer(path, 18, filters, today=day)
        return {row[found.result.columns.index("通知")] for row in found.result.rows}

    # 甲科, which does the duty of notice 2, is a unit of the superior.
    assert due(date(2021, 8, 1)) == {"某县文明办 2021（1）"}
    assert len(due(date(2021, 8, 1), everything=True)) == 3
    with pytest.raises(QueryError, match="不用参数 --all"):
        answer(path, 17, QuestionFilters(everything=True), today=date(2021, 8, 1))
