"""The home page of today: what is due, what has to be checked, what was read last; and light and dark."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.explorer.conftest import Ask
from tests.explorer.editing_site import EditingSite
from tests.explorer.sample_site import serving
from warehouse.clock import today
from warehouse.explorer import create_app
from warehouse.explorer.connections import Limits

DUE = today() + timedelta(days=10)
LATER = today() + timedelta(days=60)
NOTICE = f"""关于印发《甲州市文明单位创建工作任务清单》的通知

甲州市精神文明建设指导委员会办公室

{today().year}年{today().month}月1日

| 序号 | 工作任务 | 责任科室 | 完成时限 |
|---|---|---|---|
| 1 | 制定年度创建工作方案。 | 办公室 | {DUE.year}年{DUE.month}月{DUE.day}日前 |
| 2 | 组织开展志愿服务活动。 | 宣传科 | {LATER.year}年{LATER.month}月{LATER.day}日前 |
"""


def section(text: str, name: str) -> str:
    """One of the lists of the home page, as text of the page."""
    return html.unescape(text).partition(f'<section aria-labelledby="{name}">')[2].partition("</section>")[0]


def test_what_is_due_next_is_on_the_home_page(tmp_path: Path) -> None:
    site = EditingSite.create(tmp_path, {"甲.md": NOTICE})
    app = create_app(site.settings.warehouse)
    with serving(app) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
        due = section(web.get("/").text, "due")
    assert "制定年度创建工作方案。" in due
    assert f"{DUE}，还有 10 天" in due
    assert "志愿服务" not in due
    assert "30 天内到期 1" in due
    # Nobody said yet whose the notice is: nothing is called overdue.
    assert "已逾期" not in due


def test_what_has_to_be_checked_is_what_the_inbox_begins_with(web: httpx.Client, ask: Ask) -> None:
    shown = section(web.get("/").text, "doubtful")
    ((count,),) = ask("SELECT count(*) FROM core.findings WHERE dismissed IS NULL AND severity <> 'info'")
    assert f"全部 {count} 条" in shown
    pattern = r'<a href="(/notice/[^"]+finding=[^"]+)">'
    inbox = re.findall(pattern, html.unescape(web.get("/inbox").text))
    assert re.findall(pattern, shown) == inbox[: shown.count("<li>")]
    assert shown.count("<li>") == 5


def test_what_was_read_last_comes_first(web: httpx.Client, ask: Ask) -> None:
    shown = section(web.get("/").text, "added")
    labels = [row[0] for row in ask("SELECT label FROM mart.notice_labels WHERE is_current ORDER BY label LIMIT 5")]
    assert re.findall(r'<a href="/notice/[^"]+">([^<]+)</a>', shown) == labels


def test_lists_that_take_too_long_do_not_take_the_search_with_them(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = "SELECT count(*) AS overdue FROM range(100000000000) AS a WHERE hash(a.range) = 1"
    monkeypatch.setattr("warehouse.explorer.queries_progress.totals", lambda _: (endless, []))
    app = create_app(warehouse, limits=Limits(seconds=2))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
        answer = web.get("/")
    assert answer.status_code == 200
    assert "一时算不出" in answer.text
    assert 'role="search"' in answer.text
    assert "按主题看任务" in answer.text


def test_an_empty_warehouse_has_no_lists(empty_web: httpx.Client) -> None:
    assert 'id="due"' not in empty_web.get("/").text


@pytest.mark.parametrize(
    ("cookie", "media"),
    [
        ("", "screen and (prefers-color-scheme: dark)"),
        ("dark", "screen"),
        ("light", "not all"),
        ("x", "screen and (prefers-color-scheme: dark)"),
    ],
)
def test_the_colours_are_those_of_the_system_until_the_visitor_chooses(
    web: httpx.Client, cookie: str, media: str
) -> None:
    page = web.get("/notices", headers={"cookie": f"wenming_colors={cookie}"} if cookie else {}).text
    assert re.findall(r'href="/static/dark\.css\?[^"]+" media="([^"]+)"', page) == [media]


def test_every_colour_has_a_dark_one(web: httpx.Client) -> None:
    light, dark = web.get("/static/style.css").text, web.get("/static/dark.css").text
    names = set(re.findall(r"^  (--[a-z0-9-]+): #", light, re.MULTILINE))
    assert set(re.findall(r"^  (--[a-z0-9-]+): #", dark, re.MULTILINE)) == names
    assert set(re.findall(r"var\((--[a-z0-9-]+)\)", light)) <= names | {"--mono"}
