"""Notices side by side, with the figures of the marts."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import httpx
import pytest

from tests.explorer.conftest import Ask
from warehouse.explorer import queries
from warehouse.formatting import format_number, format_percent


def page_of(web: httpx.Client, *notices: str, **more: str) -> str:
    response = web.get("/compare", params=[*(("n", item) for item in notices), *more.items()])
    assert response.status_code == 200, response.text[:1500]
    return html.unescape(response.text)


def row_of(page: str, topic: str) -> str:
    result = re.search(rf'<th scope="row">{re.escape(topic)}</th>(.*?)</tr>', page, re.DOTALL)
    assert result is not None
    return result[1]


def test_every_topic_with_its_points_share_and_tasks(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    ids = (labels["zibo"], labels["yiyang"])
    page = page_of(web, *ids)
    rows = ask(
        "SELECT p.name, w.notice_id, w.points, w.share, w.tasks FROM mart.topic_weights AS w JOIN mart.topics AS p "
        "USING (topic) WHERE w.notice_id IN (?, ?)",
        *ids,
    )
    assert len(rows) > 40
    for name, _, points, share, tasks in rows:
        row = row_of(page, name)
        for text in (format_number(points), format_percent(share), f">{tasks}</a>"):
            assert text in row
    assert row_of(page, "志愿服务").count("<svg") == 2


def test_a_topic_that_one_lacks_is_reported(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    ids = (labels["zibo"], labels["yiyang"])
    (name,) = ask(
        "SELECT p.name FROM mart.topic_weights AS w JOIN mart.topics AS p USING (topic) WHERE w.notice_id = ? "
        "AND topic NOT IN (SELECT topic FROM mart.topic_weights WHERE notice_id = ?) LIMIT 1",
        *ids,
    )[0]
    assert "未设" in row_of(page_of(web, *ids), name)


def test_a_topic_among_bonus_items_alone_is_not_called_missing(web: httpx.Client, labels: Mapping[str, str]) -> None:
    ids = (labels["zibo"], labels["yiyang"])
    assert "仅加分项" in row_of(page_of(web, *ids), "意识形态工作")
    assert "未设" not in row_of(page_of(web, *ids), "意识形态工作")


def test_tasks_and_their_counterparts_can_be_opened(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    ids = (labels["zibo"], labels["yiyang"])
    page = page_of(web, *ids)
    pairs = ask(
        "SELECT task_a, task_b FROM mart.topic_crosswalk JOIN core.tasks ON task_id = task_a "
        "WHERE notice_a = ? AND notice_b = ? AND NOT bonus",
        *ids,
    )
    assert pairs
    for task_a, task_b in pairs:
        assert f'href="/task/{task_a}"' in page
        assert f'class="match" href="/task/{task_b}"' in page


def test_without_points_by_tasks_with_a_note(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    ids = (labels["zibo"], labels["huarong"])
    page = page_of(web, *ids)
    assert "华容县审计局 2021没有分值，占比改按任务条数计算" in page
    share, name = ask(
        "SELECT w.task_share, p.name FROM mart.topic_weights AS w JOIN mart.topics AS p USING (topic) "
        "WHERE notice_id = ? ORDER BY task_share DESC LIMIT 1",
        labels["huarong"],
    )[0]
    assert format_percent(share) in row_of(page, name)


def test_the_largest_difference_first(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    ids = (labels["zibo"], labels["yiyang"])
    page = page_of(web, *ids, sort="diff")
    first = re.findall(r'<th scope="row">([^<]+)</th>', page)[0]
    (expected,) = ask(
        "SELECT p.name FROM mart.topics AS p "
        "LEFT JOIN mart.topic_weights AS a ON a.topic = p.topic AND a.notice_id = ? "
        "LEFT JOIN mart.topic_weights AS b ON b.topic = p.topic AND b.notice_id = ? "
        "ORDER BY abs(coalesce(a.share, 0) - coalesce(b.share, 0)) DESC, p.ordinal LIMIT 1",
        *ids,
    )[0]
    assert first == expected


def test_four_at_most_and_two_at_least(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    everything = [item for (item,) in ask("SELECT notice_id FROM core.notices ORDER BY ALL")]
    assert len(everything) > 4
    assert page_of(web, *everything[:4]).count('scope="colgroup"') == 4
    refused = web.get("/compare", params=[("n", item) for item in everything[:5]])
    assert refused.status_code == 400
    assert "一次最多比较 4 份" in refused.text
    item = page_of(web, labels["zibo"])
    assert "请再选一至三份" in item
    assert "与它最相近的" in item
    assert page_of(web).count('name="n"') == len(ask("FROM core.notices WHERE is_current"))
    assert "请再选一至三份" in page_of(web, labels["zibo"], labels["zibo"])


def test_pairs_with_their_similarity(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    ids = (labels["zibo"], labels["yiyang"])
    ((cosine, matched),) = ask(
        "SELECT weight_cosine, matched_tasks FROM mart.rubric_similarity WHERE notice_a = ? AND notice_b = ?", *ids
    )
    page = page_of(web, *ids).partition("相近程度")[2]
    assert format_percent(cosine) in page
    assert f"（{matched} 条）" in page


def test_the_heaviest_findings_come_first_and_none_is_lost_beyond_the_cap(
    web: httpx.Client, ask: Ask, labels: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = ["error", "warning", "info"]
    ((notice, count),) = ask(
        "SELECT notice_id, count(*) FROM core.findings GROUP BY notice_id HAVING count(DISTINCT severity) > 1 "
        "ORDER BY 2 DESC LIMIT 1"
    )
    page = web.get(f"/notice/{notice}").text
    displayed = re.findall(r'<span class="severity (\w+)"', page)
    assert len(displayed) == count
    assert displayed == sorted(displayed, key=order.index)
    monkeypatch.setattr("warehouse.explorer.pages.notice.MAX_ROWS", 1)
    page = html.unescape(web.get(f"/notice/{notice}").text)
    assert f"问题 {count} 条" in page
    assert f"{count} 条，列出最重的 1 条" in page
    monkeypatch.setattr(queries, "MAX_FINDINGS", 2)
    query, parameters = queries.findings(severity="", rule="", notice="", state="all", words=())
    severities = [row[0] for row in ask(f"SELECT severity FROM ({query})", *parameters)]
    heaviest = sorted((row[0] for row in ask("SELECT severity FROM core.findings")), key=order.index)
    assert severities == heaviest[:3]


def test_findings_are_filtered(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    for parameters, condition in (
        ({}, "dismissed IS NULL"),
        ({"severity": "warning"}, "severity = 'warning'"),
        ({"rule": "repaired"}, "rule = 'repaired'"),
        ({"q": "分值 括注"}, "contains(message, '分值') AND contains(message, '括注')"),
        ({"notice": labels["zibo"]}, f"notice_id = '{labels['zibo']}'"),
        ({"state": "settled"}, "dismissed IS NOT NULL"),
    ):
        ((expected,),) = ask(f"SELECT count(*) FROM core.findings WHERE {condition}")
        page = html.unescape(web.get("/findings", params=parameters).text)
        assert f"共 {expected} 条" in page
    assert "没有符合条件的问题" in page


def test_what_is_not_listed_is_one_search_for_base_tasks_away(
    web: httpx.Client, labels: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.explorer.pages.compare.MAX_TASKS", 1)
    links = re.findall(r'<a href="([^"]*)">其余任务</a>', page_of(web, labels["zibo"], labels["yiyang"]))
    assert links
    assert all("bonus=no" in link for link in links)


def test_notices_of_different_kinds_are_told_apart(web: httpx.Client, labels: Mapping[str, str]) -> None:
    ids = (labels["zibo"], labels["yiyang"], labels["shanwei"])
    page = page_of(web, *ids)
    assert "所比的通知创建类别不同（文明单位 2 份、文明城市 1 份）" in page
    assert f'<a href="/compare?n={ids[0]}&n={ids[1]}">只比类别为文明单位的</a>' in page
    assert "创建类别不同" not in page_of(web, *ids[:2])
    assert "荣誉级别不同（全国 1 份、市级 1 份）" in page_of(web, *ids[:2])


def test_a_question_is_restricted_to_one_kind(web: httpx.Client, labels: Mapping[str, str]) -> None:
    mixed = html.unescape(web.get("/questions/5").text)
    assert "所比的通知创建类别不同" in mixed
    assert "只比同一类的请在“创建类别”选" in mixed
    assert '<option value="文明城市">文明城市</option>' in mixed
    cities = html.unescape(web.get("/questions/5", params={"campaign": "文明城市"}).text)
    assert '<option value="文明城市" selected>' in cities
    assert "创建类别不同" not in cities
    assert "淄博市国防动员办公室" not in cities.partition("所看通知")[2]
    assert web.get("/questions/5", params={"campaign": "文明乡镇"}).status_code == 400
    # Duties and dates of one notice are no comparison.
    assert 'name="campaign"' not in web.get("/questions/18").text


def test_the_list_of_notices_is_filtered_by_kind(web: httpx.Client) -> None:
    page = html.unescape(web.get("/notices", params={"campaign": "文明城市", "level": "省级"}).text)
    assert "汕尾市经济和信息化局 2016" in page
    assert "淄博市国防动员办公室 2023" not in page
    # Nobody decided whose the notices are.
    assert 'name="scope"' not in page
