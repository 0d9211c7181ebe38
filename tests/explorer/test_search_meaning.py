"""The search page lists tasks in other words below those with all words, and asks what may be meant."""

from __future__ import annotations

import html
from collections.abc import Mapping

import httpx
import pytest

from tests.explorer.conftest import Ask
from warehouse.explorer.pages import similar_tasks

BAND = "以下任务没有写全这些词语，意思相近"


def page_of(web: httpx.Client, **parameters: str) -> str:
    response = web.get("/", params=parameters)
    assert response.status_code == 200
    return html.unescape(response.text)


def test_other_words_are_found_below(web: httpx.Client, labels: Mapping[str, str]) -> None:
    page = page_of(web, q="志愿者服务时间")
    assert "共 0 条" in page
    assert BAND in page
    assert "<mark>时长</mark>" in page
    assert '<a href="/?q=' in html.unescape(web.get("/", params={"q": "志原服务"}).text).partition("您是不是要找：")[2]
    narrowed = page_of(web, q="志愿者服务时间", notice=labels["丙州"])
    assert "时长</mark>" not in narrowed


def test_words_with_enough_hits_and_filters_on_tasks_stay_as_they_were(web: httpx.Client) -> None:
    assert BAND not in page_of(web, q="学习")
    assert BAND not in page_of(web, q="志愿者服务时间", bonus="no")
    assert BAND not in page_of(web, q="志愿者服务时间", kind="indicators")
    assert BAND not in page_of(web, q="没有这样的词xyz")


def test_a_task_with_all_words_is_not_listed_twice(web: httpx.Client) -> None:
    page = page_of(web, q="无偿献血")
    above, _, below = page.partition(BAND)
    assert "献血" in above
    for address in {part.split('"')[0] for part in above.split('href="/task/')[1:]}:
        assert f'/task/{address}"' not in below


def test_more_tasks_than_are_searched_by_meaning(
    web: httpx.Client, ask: Ask, labels: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = next(one for one in labels.values() if BAND in page_of(web, q="志愿者服务时间", notice=one))
    [(tasks,)] = ask("SELECT count(*) FROM core.tasks WHERE notice_id = ?", notice)
    for limit, is_searched in ((tasks, True), (tasks - 1, False)):
        monkeypatch.setattr(similar_tasks, "MAX_TASKS", limit)
        assert (BAND in page_of(web, q="志愿者服务时间", notice=notice)) is is_searched
