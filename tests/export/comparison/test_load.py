"""What a comparison reads: which notices, which items are unique, and what the sentences say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.export.comparison.conftest import Ask, Spoil
from warehouse.errors import QueryError, WarehouseMissingError
from warehouse.export.comparison import narrative
from warehouse.export.comparison.load import Comparison, find_notice_ids, load_comparison
from warehouse.export.comparison.tables import concentration_table
from warehouse.formatting import format_number, format_percent
from warehouse.questions import QuestionFilters, answer

HEADINGS = {"权重最大的主题": 1, "责任分布": 12, "时限": 19, "材料负担": 20, "测评方法": 23, "量化指标": 24}
"""Findings that a question concludes, with its number."""


def test_notices_are_chosen_by_parts_of_names_in_the_order_of_the_parts(five: Path, ask: Ask) -> None:
    (zibo,), (yiyang,) = (
        ask("SELECT notice_id FROM core.notices WHERE city = ?", city)[0] for city in ("淄博市", "益阳市")
    )
    assert find_notice_ids(five, ["益阳", "淄博"]) == [yiyang, zibo]
    assert len(find_notice_ids(five, [])) == 5


@pytest.mark.parametrize(
    ("parts", "message"),
    [(["淄博"], "只选中了 1 份通知"), (["淄博", "无此地"], "没有通知含有“无此地”")],
)
def test_too_few_or_unknown_notices_are_refused_in_chinese(five: Path, parts: list[str], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        find_notice_ids(five, parts)


def test_more_notices_than_a_page_holds_are_refused(five: Path) -> None:
    with pytest.raises(QueryError, match="一次最多比较 12 份"):
        load_comparison(five, [f"n{number}" for number in range(13)])


def test_an_unknown_id_and_a_missing_warehouse_are_reported(five: Path, all_ids: list[str], tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="没有编号为 n-unknown 的通知"):
        load_comparison(five, [all_ids[0], "n-unknown"])
    with pytest.raises(WarehouseMissingError):
        load_comparison(tmp_path / "none.duckdb", all_ids)


def test_unique_tasks_have_no_counterpart_among_the_others(
    comparison: Comparison, ask: Ask, all_ids: list[str]
) -> None:
    linked = {task for pair in ask("SELECT task_a, task_b FROM mart.task_pairs") for task in pair}
    tasks = ask("SELECT task_id, notice_id, coalesce(requirement, criteria) FROM core.tasks")
    expected = [
        (notice, text)
        for task, notice, text in tasks
        if task not in linked and text and sum(letter >= "一" or letter.isalpha() for letter in text) >= 4
    ]
    assert sorted((row["notice_id"], row["requirement"]) for row in comparison.unique_tasks) == sorted(expected)
    assert len({row["notice_id"] for row in comparison.unique_tasks}) > 2
    assert all(row["locator"] for row in comparison.unique_tasks)


def test_a_counterpart_in_a_notice_that_is_not_compared_does_not_count(
    five: Path, all_ids: list[str], ask: Ask
) -> None:
    a, b = all_ids[:2]
    pair = load_comparison(five, [a, b])
    linked = {
        task
        for row in ask("SELECT task_a, task_b, notice_a, notice_b FROM mart.task_pairs")
        if set(row[2:]) == {a, b}
        for task in row[:2]
    }
    count = ask("SELECT count(*) FROM core.tasks WHERE notice_id = ?", a)[0][0]
    linked_here = {row[0] for row in ask("SELECT task_id FROM core.tasks WHERE notice_id = ?", a)} & linked
    assert len([row for row in pair.unique_tasks if row["notice_id"] == a]) == count - len(linked_here)


def test_a_former_edition_is_compared_with_its_successor_alone(spoil: Spoil, all_ids: list[str]) -> None:
    a, b, c, *_ = all_ids
    spoilt = spoil(
        f"UPDATE core.notices SET is_current = false WHERE notice_id = '{a}'",
        f"UPDATE mart.notice_labels SET is_current = false WHERE notice_id = '{a}'",
        f"UPDATE core.notices SET supersedes = '{a}' WHERE notice_id = '{b}'",
        "INSERT INTO mart.task_versions SELECT min(task_id) FILTER (WHERE notice_id = "
        f"'{b}'), min(task_id) FILTER (WHERE notice_id = '{a}'), 0.9 FROM core.tasks",
        "DELETE FROM mart.task_pairs",
    )
    assert not [row for row in load_comparison(spoilt, [a, c]).unique_tasks if row["notice_id"] == a]
    both = load_comparison(spoilt, [a, b])
    tasks = {item.notice_id: item.tasks for item in both.notices}
    for notice_id in (a, b):
        assert len([row for row in both.unique_tasks if row["notice_id"] == notice_id]) == tasks[notice_id] - 1
    assert "不是最新版" in narrative.find_gaps(both)[0].text


def test_likeness_is_that_of_the_mart_also_where_the_mart_had_no_room_for_it(
    comparison: Comparison, spoil: Spoil, ask: Ask, all_ids: list[str]
) -> None:
    columns = ("notice_a", "notice_b", "weight_cosine", "topic_jaccard", "text_overlap")
    expected = {row[:2]: row[2:] for row in ask(f"SELECT {', '.join(columns)} FROM mart.rubric_similarity")}
    assert len(expected) == 20
    alone = load_comparison(spoil("DELETE FROM mart.rubric_similarity"), all_ids)
    for item in (comparison, alone):
        displayed = {(row["notice_a"], row["notice_b"]): [row[name] for name in columns[2:]] for row in item.similarity}
        assert displayed.keys() == expected.keys()
        for pair, figures in displayed.items():
            assert figures == pytest.approx(expected[pair], abs=1e-6)


def test_a_counterpart_that_the_mart_had_no_room_for_is_found(spoil: Spoil, ask: Ask) -> None:
    task_a, task_b, notice_a, notice_b, similarity, relation = ask(
        "SELECT task_a, task_b, notice_a, notice_b, similarity, relation FROM mart.topic_crosswalk "
        "ORDER BY similarity DESC, task_a LIMIT 1"
    )[0]
    spoilt = spoil(
        "CREATE TABLE room AS SELECT * FROM mart.task_pairs LIMIT 1",
        "DELETE FROM mart.task_pairs",
        "INSERT INTO mart.task_pairs BY NAME SELECT * EXCLUDE i REPLACE "
        f"('{task_a}' AS task_a, '{notice_a}' AS notice_a, 'n' || i AS notice_b, 't' || i AS task_b) "
        "FROM (SELECT * FROM room, range(12) AS r(i))",
        "DROP TABLE room",
    )
    comparison = load_comparison(spoilt, [notice_a, notice_b])
    (pair,) = comparison.similar_tasks
    assert (pair["notice_a"], pair["notice_b"]) == (notice_a, notice_b)
    assert (pair["similarity"], pair["relation"]) == (pytest.approx(similarity, abs=1e-6), relation)
    texts = ask("SELECT requirement FROM core.tasks WHERE task_id IN (?, ?)", task_a, task_b)
    assert {pair["requirement_a"], pair["requirement_b"]} == {text for (text,) in texts}
    assert not {pair["requirement_a"], pair["requirement_b"]} & {row["requirement"] for row in comparison.unique_tasks}


def test_counterparts_stand_once_the_earlier_notice_first(comparison: Comparison, ask: Ask, all_ids: list[str]) -> None:
    pairs = {frozenset(pair) for pair in ask("SELECT task_a, task_b FROM mart.topic_crosswalk")}
    assert len(comparison.similar_tasks) == len(pairs) > 0
    place = {notice_id: number for number, notice_id in enumerate(all_ids)}
    assert all(place[row["notice_a"]] < place[row["notice_b"]] for row in comparison.similar_tasks)


def test_the_sentences_tell_the_figures_of_the_marts(comparison: Comparison, ask: Ask) -> None:
    message = {item.heading: item.text for item in narrative.build_findings(comparison)}
    name, low, high, highest = ask(
        """
        WITH shares AS (
            SELECT t.name, n.label, coalesce(w.share, w.task_share, 0) AS share
            FROM mart.topics AS t CROSS JOIN mart.notice_labels AS n
            LEFT JOIN mart.topic_weights AS w ON w.topic = t.topic AND w.notice_id = n.notice_id
            WHERE t.topic <> 'other'
        )
        SELECT name, min(share), max(share), arg_max(label, share) FROM shares GROUP BY name
        ORDER BY max(share) - min(share) DESC LIMIT 1
        """
    )[0]
    first = message["权重差别最大的主题"].split("；")[0]
    assert first.startswith(f"“{name}”在{highest}占 {format_percent(high)}")
    assert first.endswith(f"相差 {format_number((high - low) * 100, 1)} 个百分点")
    label, top = ask(
        "SELECT label, top1_share FROM mart.responsibility_concentration JOIN mart.notice_labels USING (notice_id) "
        "ORDER BY hhi DESC LIMIT 1"
    )[0]
    assert f"最集中的是{label}：" in message["责任分布"]
    assert format_percent(top) in message["责任分布"]


@pytest.mark.parametrize("places", [("淄博", "益阳"), ("汕尾", "华容", "铜川"), ()])
def test_what_a_question_concludes_is_told_in_its_words(five: Path, places: tuple[str, ...]) -> None:
    compared = load_comparison(five, find_notice_ids(five, places))
    told = {item.heading: item.text for item in narrative.build_findings(compared)}
    for heading, number in HEADINGS.items():
        found = answer(five, number, QuestionFilters(notice=places), today=date.min)
        assert told.get(heading, "") == found.conclusion
    levels = {row[0]: row[7] for row in concentration_table(compared).rows}
    asked = answer(five, 12, QuestionFilters(notice=places), today=date.min).result
    assert levels == {row[0]: row[asked.columns.index("判断")] for row in asked.rows}
    near = answer(five, 5, QuestionFilters(notice=places, other=places), today=date.min).result.rows
    assert all(format_number(near[place][3], 3) in told["相近程度"] for place in (0, -1))


def test_what_a_notice_does_not_state_is_reported(comparison: Comparison, ask: Ask) -> None:
    message = {item.heading: item.text for item in narrative.find_gaps(comparison)}
    without = {label for (label,) in ask("SELECT label FROM mart.notice_labels WHERE points IS NULL")}
    assert without
    assert {label for label, text in message.items() if "没有写明分值" in text} == without
