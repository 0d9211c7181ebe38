"""The first hour of an analyst in Chromium: from an empty folder to a settled, exported and reported notice.

No terminal is used: notices are dropped on the page, a doubtful table and a unit are settled, a list goes out and comes
back, and the progress shows it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, expect

from assets.ingest.change_log import read_changes
from tests.explorer.browser import artefacts, browsing, chromium, watched_page
from tests.explorer.editing_site import DOUBTFUL, NOTICE, EditingSite, editing
from tests.progress.conftest import fill
from warehouse.export.columns import STATUS
from warehouse.saved_queries import list_queries

pytestmark = pytest.mark.browser

WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 800}
MAX_SECONDS = 180
JOB_TIMEOUT = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine; bash .ci/browser installs it")
    with browsing(program) as opened:
        yield opened


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return artefacts(tmp_path_factory.mktemp("pictures"))


@pytest.fixture
def site(tmp_path: Path) -> EditingSite:
    return EditingSite.create(tmp_path, {})


@pytest.fixture
def page(browser: Browser, site: EditingSite) -> Iterator[Page]:
    with editing(site) as visitor, watched_page(browser, str(visitor.web.base_url), WIDE) as opened:
        yield opened


def markdown(name: str, text: str) -> FilePayload:
    """A file as the dialog of the browser gives it."""
    return {"name": name, "mimeType": "text/markdown", "buffer": text.encode()}


def photograph(page: Page, pictures: Path, name: str) -> None:
    """Keep a picture at both widths; no page may be wider than the narrow one."""
    page.screenshot(path=pictures / f"{name}_1440.png", full_page=True)
    page.set_viewport_size(NARROW)
    page.screenshot(path=pictures / f"{name}_390.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], name
    page.set_viewport_size(WIDE)


def finish(page: Page) -> None:
    """Wait until the page itself says that its change is read, then see the result."""
    expect(page.locator("[data-job-state]")).to_have_text("完成", timeout=JOB_TIMEOUT)
    page.get_by_role("link", name="刷新本页").click()


def test_the_first_hour(page: Page, site: EditingSite, pictures: Path, tmp_path: Path) -> None:
    started = time.monotonic()
    page.goto("/")
    page.get_by_role("link", name="上传导出").first.click()
    upload = page.locator("form[action='/files/notices']")
    upload.locator("input[type=file]").set_input_files(
        [
            markdown("甲州.md", NOTICE),
            markdown("丁州.md", DOUBTFUL),
        ]
    )
    expect(upload.locator("[data-chosen] li")).to_have_count(2)
    upload.get_by_label("经办人").fill("经办甲")
    photograph(page, pictures, "editing_upload")
    upload.get_by_role("button", name="上传并读取").click()
    expect(page.locator("[data-job-state]")).to_have_text("完成", timeout=JOB_TIMEOUT)
    expect(page.locator("[data-job-lines]")).to_contain_text("甲州.md：已入库")

    page.get_by_role("link", name="待核对").first.click()
    photograph(page, pictures, "editing_inbox")
    page.get_by_role("link", name="对照原文处理").first.click()
    photograph(page, pictures, "editing_table")

    # A unit that text recognition spoiled is another one, in all notices.
    page.goto("/?q=志愿服务活动")
    page.get_by_role("link", name="做好活动记录。").click()
    page.get_by_role("link", name="综公室").first.click()
    page.goto(page.url) if "/table/" in page.url else page.get_by_role("link", name="看原文").first.click()
    page.get_by_text("认定责任单位（综公室）").click()
    unit = page.locator("form[action='/settle/unit']")
    unit.get_by_label("规范名").fill("办公室")
    unit.get_by_label("理由").fill("识别有误")
    photograph(page, pictures, "editing_unit")
    unit.get_by_role("button", name="认定单位").click()
    finish(page)
    assert site.ask("SELECT DISTINCT party FROM core.task_parties WHERE raw = '综公室'") == [("办公室",)]
    photograph(page, pictures, "editing_done")
    assert time.monotonic() - started < MAX_SECONDS


def test_a_table_is_settled_by_hand(page: Page, site: EditingSite, pictures: Path) -> None:
    page.goto("/files")
    upload = page.locator("form[action='/files/notices']")
    upload.locator("input[type=file]").set_input_files([markdown("丁州.md", DOUBTFUL)])
    upload.get_by_label("经办人").fill("经办甲")
    upload.get_by_role("button", name="上传并读取").click()
    expect(page.locator("[data-job-state]")).to_have_text("完成", timeout=JOB_TIMEOUT)
    [(notice, table)] = site.ask("SELECT notice_id, table_id FROM core.tables")
    page.goto(f"/notice/{notice}/table/{table}")
    page.get_by_role("cell", name="20", exact=True).dblclick()
    expect(page.locator("#lit")).to_have_text("20")
    layout = page.locator("details", has_text="认定这张表的版式")
    if not layout.get_by_label("第 3 列“丙”的含义").is_visible():
        layout.locator("summary").click()
    layout.get_by_label("第 3 列“丙”的含义").select_option("备注")
    layout.get_by_role("button", name="先看会改变什么").last.click()
    expect(page.get_by_role("heading", name="这样认定会改变什么")).to_be_visible()
    photograph(page, pictures, "editing_preview")
    page.get_by_label("理由").fill("对照原件")
    page.get_by_role("button", name="照此认定").click()
    finish(page)
    assert site.ask("SELECT points FROM core.tasks ORDER BY ordinal") == [(None,), (None,)]
    page.get_by_role("link", name="操作记录").click()
    photograph(page, pictures, "editing_changes")
    page.locator("summary", has_text="撤销").first.click()
    page.locator("form[action='/changes/undo']").first.get_by_label("理由").fill("看错了")
    page.get_by_role("button", name="撤销这一条").first.click()
    finish(page)
    assert site.ask("SELECT points FROM core.tasks ORDER BY ordinal") == [(10,), (20,)]


def test_a_list_goes_out_and_comes_back(page: Page, site: EditingSite, pictures: Path, tmp_path: Path) -> None:
    page.goto("/files")
    upload = page.locator("form[action='/files/notices']")
    upload.locator("input[type=file]").set_input_files([markdown("甲州.md", NOTICE)])
    upload.get_by_label("经办人").fill("经办甲")
    upload.get_by_role("button", name="上传并读取").click()
    expect(page.locator("[data-job-state]")).to_have_text("完成", timeout=JOB_TIMEOUT)
    page.goto("/files")
    page.get_by_label("责任单位").fill("办公室")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出").click()
    path = tmp_path / "办公室.xlsx"
    download.value.save_as(path)
    fill(path, {0: {STATUS: "已完成"}})
    back = page.locator("form[action='/files/progress']")
    back.locator("input[type=file]").set_input_files(path)
    assert back.get_by_label("经办人").input_value() == "经办甲"
    back.get_by_role("button", name="导入").click()
    expect(page.locator("[data-job-lines]")).to_contain_text("采用 1 条", timeout=JOB_TIMEOUT)
    page.get_by_role("link", name="进度", exact=True).first.click()
    # The cycle of 2021 is closed.
    page.get_by_label("归属和周期").select_option(label="全部通知")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_text("已完成").first).to_be_visible()


def test_a_query_is_saved_found_and_removed(page: Page, site: EditingSite, pictures: Path) -> None:
    page.goto("/sql?q=SELECT+count(*)+AS+任务数+FROM+cn.任务清单")
    page.get_by_text("保存这条查询，供大家使用").click()
    page.get_by_label("名称").fill("任务一共几条")
    page.get_by_label("说明").fill("每月报送用")
    page.get_by_label("经办人").fill("经办甲")
    page.get_by_role("button", name="保存", exact=True).click()
    page.goto("/sql")
    page.get_by_role("link", name="任务一共几条").click()
    expect(page.locator("table.result thead th")).to_have_text(["任务数"])
    photograph(page, pictures, "保存的查询")
    assert [query.name for query in list_queries(site.settings.queries)] == ["任务一共几条"]
    saved = page.locator(".saved li", has_text="每月报送用")
    saved.locator("summary").click()
    # The name of the person is remembered from the last change.
    expect(saved.get_by_label("经办人")).to_have_value("经办甲")
    saved.get_by_role("button", name="删除“任务一共几条”").click()
    expect(page.get_by_role("heading", name="保存的查询")).to_have_count(0)
    assert list(site.settings.queries.iterdir()) == []
    assert [(one.action, one.who, one.what) for one in read_changes(site.settings.corrections)] == [
        ("保存查询", "经办甲", "任务一共几条"),
        # The log keeps what was removed.
        ("删除查询", "经办甲", "任务一共几条：SELECT count(*) AS 任务数 FROM cn.任务清单"),
    ]
