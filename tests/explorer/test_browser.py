"""The explorer in headless Chromium: what a person does with mouse, keyboard and a narrow screen.

pytest -n 0 -m browser tests/explorer
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.explorer import test_whole_pages as whole_pages
from tests.explorer.browser import artefacts, browsing, chromium, watched_page
from tests.explorer.conftest import Ask
from warehouse.printing import HEADER_ROW

pytestmark = pytest.mark.browser

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 375, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine; bash .ci/browser installs it")
    with browsing(program) as opened:
        yield opened


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return artefacts(tmp_path_factory.mktemp("pictures"))


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that fails its test on anything wrong."""
    with watched_page(browser, site, WIDE) as opened:
        yield opened


def test_search_filter_and_clear(page: Page, pictures: Path) -> None:
    page.goto("/")
    page.get_by_label("搜索任务和指标").fill("志愿服务")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("mark").first).to_have_text("志愿服务")
    everything = page.get_by_role("status").inner_text()
    page.get_by_label("地区", exact=True).fill("淄博")
    page.get_by_label("主题", exact=True).select_option(label="志愿服务")
    page.get_by_role("button", name="搜索").click()
    assert page.get_by_role("status").inner_text() != everything
    assert "month=" not in page.url
    expect(page.locator(".group h2")).to_have_text(["淄博市国防动员办公室 2023"])
    page.screenshot(path=pictures / "搜索.png")
    page.get_by_role("link", name="去掉条件 地区：淄博").click()
    page.get_by_role("link", name=re.compile("去掉条件 主题")).click()
    assert page.get_by_role("status").inner_text() == everything


def test_click_back_to_the_lit_cell(page: Page, ask: Ask, labels: Mapping[str, str], pictures: Path) -> None:
    task, text, row = ask(
        'SELECT task_id, requirement, "row" FROM core.tasks WHERE notice_id = ? AND label IS NULL AND "row" > 40 '
        "ORDER BY ordinal LIMIT 1",
        labels["zibo"],
    )[0]
    page.goto(f"/task/{task}")
    page.get_by_role("link", name="查看原文").click()
    cell = page.locator("#lit")
    expect(cell).to_have_text(text)
    expect(cell).to_be_in_viewport()
    assert cell.evaluate("cell => getComputedStyle(cell).backgroundColor") == "rgb(255, 224, 138)"
    assert row > 40
    page.screenshot(path=pictures / "原文.png")
    page.go_back()
    page.get_by_role("link", name="看分值的原文").click()
    expect(page.locator("td.lit")).to_have_count(1)
    ((locator,),) = ask("SELECT locator FROM core.tasks WHERE task_id = ?", task)
    number = re.findall(r"第(\d+)行", locator)[0]
    assert int(number) == row + 2
    page.get_by_role("link", name=f"第 {number} 行的任务", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def test_compare_two_notices(page: Page, pictures: Path) -> None:
    page.goto("/notices")
    button = page.get_by_role("button", name="比较所选通知")
    expect(button).to_be_disabled()
    page.get_by_label("选“淄博市国防动员办公室 2023”来比较").check()
    expect(button).to_be_disabled()
    page.get_by_label("选“中共益阳市委党校 2021”来比较").check()
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("按主题比较 2 份通知")
    cells = page.locator("td.chart:has(svg)")
    boxes = cells.evaluate_all(
        """cells => cells.map(cell => {
          const width = name => cell.querySelector(name).getBoundingClientRect().width;
          return [width("rect.fill") / width("rect.track"), parseFloat(cell.nextElementSibling.textContent)];
        })"""
    )
    largest = max(share for _, share in boxes)
    assert len(boxes) > 40
    assert all(part == pytest.approx(share / largest, abs=0.02) for part, share in boxes)
    page.locator("summary").first.click()
    opened = page.locator("details[open]")
    expect(opened).to_have_count(1)
    expect(opened.locator("li").first).to_be_visible()
    page.screenshot(path=pictures / "比较.png")
    page.get_by_role("link", name="按差距大小").click()
    assert "sort=diff" in page.url


def test_no_more_than_four_can_be_chosen(page: Page) -> None:
    page.goto("/notices")
    boxes = page.locator("input[name=n]")
    assert boxes.count() > 4
    for index in range(4):
        boxes.nth(index).check()
    expect(boxes.nth(4)).to_be_disabled()
    boxes.nth(0).uncheck()
    expect(boxes.nth(4)).to_be_enabled()


def test_download_a_workbook(page: Page, tmp_path: Path) -> None:
    page.goto("/?q=志愿服务&place=淄博")
    count = int(re.findall(r"共 (\d+) 条", page.get_by_role("status").inner_text())[0])
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载 Excel").click()
    waiting.value.save_as(tmp_path / "got.xlsx")
    assert waiting.value.suggested_filename == "任务.xlsx"
    sheet = load_workbook(tmp_path / "got.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=HEADER_ROW, values_only=True))
    assert len(rows) == count + 1
    assert "任务要求" in rows[0]


def test_chinese_glyphs_are_drawn(page: Page) -> None:
    """Each character is drawn differently: where a font lacks them, all show the same box."""
    page.goto("/")
    glyphs = page.evaluate(
        """text => {
          const canvas = document.createElement("canvas");
          canvas.width = canvas.height = 48;
          const pen = canvas.getContext("2d", { willReadFrequently: true });
          pen.font = "40px " + getComputedStyle(document.body).fontFamily;
          return [...text].map(letter => {
            pen.fillStyle = "#fff"; pen.fillRect(0, 0, 48, 48);
            pen.fillStyle = "#000"; pen.fillText(letter, 2, 40);
            const dots = pen.getImageData(0, 0, 48, 48).data.filter((_, index) => index % 4 === 0);
            return { ink: dots.filter(dot => dot < 128).length, shape: dots.join("") };
          });
        }""",
        "文明测评指标责任单位志愿服务" + chr(0x10FFFD),
    )
    *letters, box = glyphs
    assert len({item["shape"] for item in letters}) == len(set("文明测评指标责任单位志愿服务"))
    assert all(item["ink"] > 100 for item in letters)
    assert box["shape"] not in {item["shape"] for item in letters}


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.goto("/findings")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("跳到正文")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("志愿服务")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("document.activeElement.closest('.hits') !== null"):
            break
    else:
        pytest.fail("the hits were not reached")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="查看原文")).to_be_visible()


def test_every_control_and_table_says_what_it_is(page: Page, ask: Ask, labels: Mapping[str, str]) -> None:
    zibo, yiyang = labels["zibo"], labels["yiyang"]
    for address in (
        "/",
        "/notices",
        "/findings",
        "/progress",
        "/sql",
        "/questions",
        "/questions/18",
        f"/notice/{zibo}",
        f"/compare?n={zibo}&n={yiyang}",
    ):
        page.goto(address)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
              .filter(one => !one.labels?.length && !one.ariaLabel).map(one => one.outerHTML)"""
        )
        assert nameless == []
        assert page.evaluate("[...document.querySelectorAll('th')].filter(one => !one.scope).length") == 0
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_a_narrow_screen_never_scrolls_sideways(
    page: Page, ask: Ask, labels: Mapping[str, str], pictures: Path
) -> None:
    page.set_viewport_size(NARROW)
    zibo, yiyang, shanwei = labels["zibo"], labels["yiyang"], labels["shanwei"]
    ((table, task),) = ask('SELECT table_id, task_id FROM core.tasks WHERE notice_id = ? AND "row" = 30', shanwei)
    addresses = {
        "首页": "/",
        "搜索": "/?q=志愿服务",
        "通知": f"/notice/{zibo}",
        "原文": f"/notice/{shanwei}/table/{table}?task={task}&role=person#lit",
        "任务": f"/task/{task}",
        "比较": f"/compare?n={zibo}&n={yiyang}&n={shanwei}",
        "问题": "/findings",
        "进度": "/progress",
        "SQL": "/sql?q=FROM+任务清单+LIMIT+3",
        "目录": "/notices",
        "分析": "/questions",
        "答案": "/questions/11?notice=淄博",
    }
    for name, address in addresses.items():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], name
        page.screenshot(path=pictures / f"窄屏-{name}.png")
        if name == "原文":
            expect(page.locator("#lit")).to_be_in_viewport()


def test_sql_runs_with_ctrl_enter(page: Page, pictures: Path) -> None:
    page.goto("/sql")
    page.get_by_role("textbox").fill("SELECT label AS 通知, tasks AS 任务数 FROM mart.notice_labels ORDER BY 2 DESC")
    page.keyboard.press("Control+Enter")
    expect(page.locator("table.result tbody tr")).to_have_count(7)
    assert page.locator("table.result thead th").all_inner_texts() == ["通知", "任务数"]
    page.screenshot(path=pictures / "SQL.png")


def test_a_statement_is_put_together_from_the_list_beside_it(page: Page, pictures: Path) -> None:
    page.goto("/sql")
    box = page.get_by_label("一条查询语句")
    words = page.get_by_role("searchbox", name="找表和列")
    words.fill("任务要求")
    tables = page.locator(".list-of-tables > details:visible")
    # Tables with such a column are open and show it alone.
    task_list = tables.filter(has_text="任务清单").first
    expect(task_list.get_by_role("button", name="任务要求", exact=True)).to_be_visible()
    expect(task_list.get_by_role("button", name="分值", exact=True)).to_be_hidden()
    task_list.get_by_role("button", name="插入表名 cn.任务清单").click()
    assert box.input_value() == "SELECT *\nFROM cn.任务清单\nLIMIT 100"
    box.press("Control+z")
    assert box.input_value() == ""
    box.fill("SELECT ")
    task_list.get_by_role("button", name="任务要求", exact=True).click()
    words.fill("")
    page.locator(".list-of-tables > details", has_text="任务清单").first.locator("summary").click()
    task_list = page.locator(".list-of-tables > details[open]")
    task_list.get_by_role("button", name="分值", exact=True).click()
    page.keyboard.type(" FROM ")
    task_list.get_by_role("button", name="插入表名 cn.任务清单").click()
    page.keyboard.type(" LIMIT 3")
    assert box.input_value() == "SELECT 任务要求, 分值 FROM cn.任务清单 LIMIT 3"
    page.screenshot(path=pictures / "SQL-表和列.png")
    page.keyboard.press("Control+Enter")
    expect(page.locator("table.result tbody tr")).to_have_count(3)
    page.get_by_role("searchbox", name="找表和列").fill("没有这样的词")
    expect(page.get_by_text("没有这样的表或列")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert waiting.value.suggested_filename == "查询结果.csv"


def test_a_column_is_followed_to_where_it_comes_from(page: Page, pictures: Path) -> None:
    page.goto("/dictionary")
    page.get_by_label("找表和列").fill("责任单位 占比")
    page.get_by_label("找表和列").fill("展开后占比")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="展开后占比").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("责任负担")
    row = page.locator("tr:target")
    expect(row).to_be_in_viewport()
    row.get_by_role("link", name="mart.collective_expansion.share_after").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("collective_expansion")
    row = page.locator("tr:target")
    expect(row).to_be_in_viewport()
    page.screenshot(path=pictures / "字典.png")
    assert page.url.endswith("/dictionary/mart.collective_expansion#c-share_after")
    assert row.locator("th").inner_text() == "share_after"


# The colour of the text and of what is behind it, of everything that is drawn, with their contrast.
CONTRASTS = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const linear = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = color.slice(0, 3).map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const wrong = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest("[hidden], :disabled, .unseen, .skip, .sep") || !element.checkVisibility()) continue;
    const value = contrast(parse(getComputedStyle(element).color), behind(element));
    if (value < 4.5) wrong.push(`${element.outerHTML.slice(0, 120)} ${value.toFixed(2)}`);
  }
  for (const element of document.querySelectorAll("svg .fill, svg.stack .unreported")) {
    const value = contrast(parse(getComputedStyle(element).fill), behind(element.closest("td, th, figure, main")));
    if (value < (element.matches(".fill") ? 3 : 1.2)) wrong.push(`${element.outerHTML} ${value.toFixed(2)}`);
  }
  return wrong;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_in_light_and_dark(
    page: Page, labels: Mapping[str, str], ask: Ask, pictures: Path, scheme: Literal["light", "dark"]
) -> None:
    zibo, yiyang = labels["zibo"], labels["yiyang"]
    ((task, table),) = ask(
        "SELECT task_id, table_id FROM core.tasks WHERE notice_id = ? AND points > 0 ORDER BY ordinal LIMIT 1", zibo
    )
    page.emulate_media(color_scheme=scheme)
    for name, address in {
        "首页": "/",
        "搜索": "/?q=志愿服务",
        "通知": f"/notice/{zibo}",
        "原文": f"/notice/{zibo}/table/{table}?task={task}&role=points#lit",
        "任务": f"/task/{task}",
        "比较": f"/compare?n={zibo}&n={yiyang}",
        "答案": "/questions/11?notice=淄博",
        "进度": "/progress?notice=汕尾",
        "问题": "/findings",
        "待核对": "/inbox",
        "SQL": "/sql?q=SELECT+1+AS+a",
        "字典": "/dictionary/cn.责任负担",
        "减负": "/burden",
    }.items():
        page.goto(address)
        assert page.evaluate(CONTRASTS) == [], name
        page.screenshot(path=pictures / f"{scheme}-{name}.png")


def test_dark_is_what_the_system_asks_for_or_the_visitor_chooses(page: Page) -> None:
    back = "getComputedStyle(document.body).backgroundColor"
    page.goto("/notices")
    light = page.evaluate(back)
    page.get_by_role("button", name="深色").click()
    dark = page.evaluate(back)
    assert dark != light
    # The choice is kept, and the next page is dark from its first line on.
    page.goto("/sql")
    assert page.evaluate(back) == dark
    assert page.locator("link[data-dark]").get_attribute("media") == "screen"
    page.emulate_media(media="print")
    assert page.evaluate(back) == "rgb(255, 255, 255)"
    page.emulate_media(media="screen")
    page.get_by_role("button", name="浅色").click()
    assert page.evaluate(back) == light
    # A choice that agrees with the system is none: the page follows it again.
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert page.evaluate(back) == dark
    page.get_by_role("button", name="浅色").click()
    page.reload()
    assert page.evaluate(back) == light


def test_no_page_is_wider_than_a_phone(browser: Browser, site: str, labels: dict[str, str], pictures: Path) -> None:
    # Not watched: pages that say that something is not there are among them, of which the console tells.
    page = browser.new_page(base_url=site, viewport={"width": 390, "height": 844})
    kept = [whole_pages.address(pattern, labels) for pattern in whole_pages.PAGES.values()]
    more = ["/inbox", "/files", "/burden", "/units", "/units?unit=办公室", "/dictionary", "/dictionary/core.tasks"]
    for address in [*kept, *more, "/dictionary/cn.任务清单", "/sql?q=FROM+cn.任务清单+LIMIT+3", "/progress"]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        outside = page.evaluate(
            """() => [...document.querySelectorAll("table")].filter((table) => table.scrollWidth > innerWidth)
              .filter((table) => !table.closest(".box")).map((table) => table.outerHTML.slice(0, 200))"""
        )
        assert outside == [], address
    page.goto("/")
    page.screenshot(path=pictures / "390-首页.png", full_page=True)
    page.close()


def test_a_result_of_many_columns_scrolls_in_a_box_below_its_header(browser: Browser, site: str) -> None:
    page = browser.new_page(base_url=site, viewport={"width": 390, "height": 844})
    page.goto("/sql?q=FROM+core.tasks")
    box = page.locator(".tall .box")
    size = box.evaluate("box => [box.clientWidth, box.scrollWidth, box.clientHeight, box.scrollHeight]")
    assert size[0] <= 390
    assert size[1] > 2000
    assert size[2] < 844 < size[3]
    box.evaluate("box => box.scrollTo(900, 2000)")
    top, head = box.bounding_box(), box.locator("th").first.bounding_box()
    assert top
    assert head
    assert abs(head["y"] - top["y"]) < 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_a_question_is_answered_and_leads_to_the_notice(page: Page, pictures: Path) -> None:
    page.goto("/questions")
    page.get_by_role("textbox", name="找问题").fill("各科室")
    page.get_by_role("button", name="找问题").click()
    page.get_by_role("link", name="各科室承担几项多少分").click()
    page.get_by_text("默认全部现行通知").click()
    page.get_by_label("淄博市国防动员办公室 2023").check()
    page.get_by_role("button", name="回答").click()
    assert "party=" not in page.url
    expect(page.get_by_text("11 个单位中法宣科承担最多，平分后占全部单位分值合计的 54.5%（63 分）")).to_be_visible()
    expect(page.locator("table.result tbody tr").first).to_contain_text("法宣科")
    page.screenshot(path=pictures / "分析.png")
    page.locator("table.result a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("淄博市国防动员办公室")


def test_progress_narrows_to_a_party(page: Page, ask: Ask, labels: Mapping[str, str], pictures: Path) -> None:
    page.goto("/")
    page.get_by_role("link", name="进度").click()
    expect(page.get_by_text("还没有导入过进展")).to_be_visible()
    page.get_by_label("通知", exact=True).fill("汕尾")
    page.get_by_role("button", name="筛选").click()
    parties = page.get_by_role("region", name="各单位进展")
    first = parties.locator("tbody tr").first
    bar = first.locator("svg.stack")
    # Nothing was reported: the whole bar is 未填报.
    widths = bar.evaluate(
        "bar => ['svg', '.unreported'].map(one => (bar.querySelector(one) ?? bar).getBoundingClientRect().width)"
    )
    assert widths[0] == pytest.approx(widths[1], abs=1)
    party, tasks = first.locator("th").inner_text(), first.locator("td.n").first.inner_text()
    ((expected,),) = ask(
        "SELECT count(DISTINCT task_id) FROM core.task_parties JOIN core.tasks USING (task_id) "
        "WHERE notice_id = ? AND party = ?",
        labels["shanwei"],
        party,
    )
    assert tasks == str(expected)
    page.screenshot(path=pictures / "进度.png")
    first.get_by_role("link", name=party).click()
    expect(parties.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="看全部").first.click()
    assert "list=" in page.url
    page.get_by_role("link", name="去掉条件 责任单位").click()
    expect(parties.locator("tbody tr").nth(1)).to_be_visible()


def test_printing_leaves_out_menus_and_forms(page: Page, labels: Mapping[str, str]) -> None:
    page.goto(f"/notice/{labels['zibo']}")
    page.emulate_media(media="print")
    displayed = page.locator("body *:visible")
    for left_out in ("nav", "form", "button", ".top", ".foot", ".get"):
        assert displayed.and_(page.locator(left_out)).count() == 0, left_out
    for selector in ("h1", "table", "table td"):
        assert displayed.and_(page.locator(selector)).count() > 0, selector


def test_without_scripts_everything_still_works(browser: Browser, site: str, labels: Mapping[str, str]) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/notices")
    page.get_by_label("选“淄博市国防动员办公室 2023”来比较").check()
    page.get_by_label("选“华容县审计局 2021”来比较").check()
    page.get_by_role("button", name="比较所选通知").click()
    heading, compared = page.get_by_role("heading", level=1).inner_text(), parse_qs(urlsplit(page.url).query)["n"]
    context.close()
    assert heading == "按主题比较 2 份通知"
    assert set(compared) == {labels["zibo"], labels["huarong"]}


def test_the_policy_holds_in_the_browser(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.goto("/")
    blocked = page.evaluate(
        """() => new Promise(done => {
          document.addEventListener("securitypolicyviolation", event => done(event.violatedDirective));
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          setTimeout(() => done("nothing"), 1000);
        })"""
    )
    assert blocked.startswith("script-src")
    assert page.evaluate("window.ran === undefined")
    context.close()
