"""A warehouse of one notice, without points and parties, whose text is hostile to a browser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from pipelines.settings import Settings
from tests.explorer.editing_site import EditingSite, editing
from tests.explorer.sample_site import publish, serving
from warehouse import store
from warehouse.explorer import create_app

pytestmark = pytest.mark.browser

EVIL = '<img src=x onerror="alert(1)">'
NOTICE = f"""关于印发《乙州市文明单位创建任务清单》的通知

各有关单位：

乙州市精神文明建设指导委员会办公室

2023年3月1日

| 测评项目 | 测评标准 | 完成时限 |
| --- | --- | --- |
| 一、组织领导{EVIL} | 1）成立创建工作领导小组{EVIL} | 3月底前 |
| 一、组织领导{EVIL} | 2）制定年度方案 <script>alert(2)</script> | 长期 |
"""


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("single")
    (folder / "raw").mkdir()
    (folder / "raw" / "乙州.md").write_text(NOTICE, "utf-8")
    return publish(folder)


@pytest.fixture(scope="module")
def web(single: Path) -> Iterator[httpx.Client]:
    with serving(create_app(single)) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def ids(single: Path) -> dict[str, str]:
    """Ids of the notice, its table and its first task."""
    with closing(store.connect(single)) as connection:
        result = connection.execute("SELECT notice_id, table_id, task_id FROM core.tasks ORDER BY ordinal").fetchall()
    assert len(result) == 2
    return dict(zip(("notice", "table", "task"), result[0], strict=True))


def test_nothing_to_compare_with_is_reported(web: httpx.Client, ids: dict[str, str]) -> None:
    assert "仓库中只有一份现行的通知" in web.get("/compare").text
    page = web.get("/compare", params={"n": ids["notice"]})
    assert page.status_code == 200
    assert "没有其他现行的通知可以比较" in page.text


def test_what_the_notice_lacks_is_reported(web: httpx.Client, ids: dict[str, str]) -> None:
    notice = web.get(f"/notice/{ids['notice']}").text
    assert "这份通知没有分值" in notice
    assert "这份通知没有写明责任单位" in notice
    task = web.get(f"/task/{ids['task']}").text
    assert "没有写明责任单位" in task
    assert "没有找到要求同一件事的任务" in task


def test_text_of_a_notice_is_never_markup(web: httpx.Client, ids: dict[str, str]) -> None:
    pages = {
        "/": "",
        "/?q=创建工作": EVIL,
        "/?q=img+src": "src",
        "/?q=组织&kind=indicators": EVIL,
        "/notices": "",
        f"/notice/{ids['notice']}": EVIL,
        f"/notice/{ids['notice']}/table/{ids['table']}?task={ids['task']}": EVIL,
        f"/task/{ids['task']}": EVIL,
        "/findings?state=all": "",
        "/inbox": "",
        "/sql?q=SELECT requirement, text FROM core.tasks, core.cells LIMIT 20": EVIL,
    }
    for path, text in pages.items():
        page = web.get(path)
        assert page.status_code == 200
        assert "<img" not in page.text, path
        assert "<script>alert" not in page.text, path
        assert text in html.unescape(re.sub(r"</?mark>", "", page.text)), path


def test_neither_is_it_on_the_pages_of_editors(single: Path, ids: dict[str, str], tmp_path: Path) -> None:
    """Nor what an editor writes: names of units, reasons and persons."""
    site = EditingSite(
        Settings(
            raw=single.parent / "raw",
            warehouse=single,
            corrections=tmp_path / "corrections",
            progress=tmp_path / "progress",
        )
    )
    table = f"/notice/{ids['notice']}/table/{ids['table']}?task={ids['task']}"
    with editing(site, work=lambda *_: [EVIL]) as visitor:
        fields = {"notice": ids["notice"], "task": ids["task"], "locator": "x", "reason": EVIL, "who": EVIL[:40]}
        fields |= {"seen.tasks.remark": "", "field.tasks.remark": EVIL, "next": table}
        answer = visitor.send("/settle/row", fields)
        assert answer.status_code == 303
        visitor.finish(answer)
        for path in (table, f"/notice/{ids['notice']}", "/inbox", "/changes", "/files", answer.headers["location"]):
            page = visitor.page(path)
            assert "<img" not in page, path
            assert "<script>alert" not in page, path
        assert EVIL in html.unescape(visitor.page("/changes"))
