"""The page on progress: totals, every list, filters, downloads, and what it says where nothing was reported."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

import schemas
from tests.explorer.sample_site import serving
from tests.warehouse.progress_frames import Duty, Report, frames, notice_rows, reports
from warehouse import store
from warehouse.clock import today
from warehouse.explorer import create_app, queries_progress
from warehouse.explorer.pages import progress
from warehouse.printing import HEADER_ROW

TODAY = today()
OPEN = date(2099, 12, 31)
AGO = TODAY - timedelta(40)
BOTH = (("甲科", "lead"), ("乙科", "support"))
HOSTILE = '<script>alert("x")</script>'
FIRST = (
    Duty("按时报送创建总结", BOTH, (AGO,), (("report", 2, None),)),
    Duty("整理志愿服务台账", (), (TODAY - timedelta(400),)),
    Duty("更新公益广告", (("甲科", "lead"),), (TODAY + timedelta(9),)),
    Duty("开展道德讲堂", (("丙科", "lead"),), (TODAY,)),
)
SECOND = (Duty("建设职工书屋", (("甲科", "lead"),), (AGO,)), Duty(f"设置宣传栏{HOSTILE}", (("丁科", "lead"),)))
OLDER = (Duty("旧版中的任务", (("甲科", "lead"),), (AGO,)),)
GIVEN = (
    Report("notice-1-k1", "甲科", "in_progress", note=HOSTILE, materials=(("report", 1),)),
    Report("notice-1-k1", "甲科", "blocked", at=2, note=f"请协调{HOSTILE}", materials=(("report", 1),)),
    Report("notice-1-k3", "甲科", "not_started", at=2),
    Report("notice-2-k2", None, "done", at=2, note="=1+1", wording="改写前"),
)


def refused(line: int, kind: str, message: str, task: str | None, at: int) -> dict[str, Any]:
    moment = datetime(2026, 1, at, 9)
    place = {"import_id": f"{moment:%Y%m%dT%H%M%S%f}Z", "line": line, "kind": kind, "message": message}
    where = {"file": "乙科.xlsx", "sheet": "任务清单", "row": 7, "sha256": None, "imported_at": moment}
    return place | where | {"task_id": task, "party": "乙科", "content": "{}"}


ISSUES = (
    refused(90, "status", "早先一批的问题", "notice-1-k1", 1),
    refused(90, "date", f"完成日期无法辨认{HOSTILE}", "notice-1-k1", 2),
    refused(91, "unknown_task", "库中没有这条任务，请重新导出清单", "notice-9-k9", 2),
)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An explorer over two current notices and an older edition of the second."""
    created = (
        notice_rows(1, FIRST, issuer="第一市文明办", period_end=OPEN),
        notice_rows(2, SECOND, issuer="第二市文明办", period_end=OPEN),
        notice_rows(3, OLDER, issuer="第二市文明办", year=2020),
    )
    file = tmp_path_factory.mktemp("progress") / "w.duckdb"
    issues = {"ops.progress_issues": schemas.frame("ops.progress_issues", list(ISSUES))}
    store.publish(file, add=frames(*created), replace=reports(GIVEN, *created) | issues)
    with serving(create_app(file)) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        yield client


def get(web: httpx.Client, path: str = "/progress", status: int = 200, **parameters: str) -> str:
    response = web.get(path, params=parameters)
    assert response.status_code == status, response.text[:2000]
    assert HOSTILE not in response.text
    return html.unescape(response.text)


def cells(row: str) -> list[str]:
    return [
        " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[dh][ >].*?</t[dh]>", row, re.DOTALL)
    ]


def table(page: str, title: str) -> list[list[str]]:
    """The body rows of the table of this name, as texts."""
    result = re.search(f'aria-label="{title}">(.*?)</table>', page, re.DOTALL)
    if result is None:
        return []
    return [cells(row) for row in re.findall("<tr>(.*?)</tr>", result[1].partition("<tbody>")[2], re.DOTALL)]


def totals(page: str) -> dict[str, str]:
    """What stands at the top, name -> number."""
    result = re.search('<dl class="totals">(.*?)</dl>', page, re.DOTALL)
    assert result is not None
    names = [re.sub("<[^>]+>", "", name) for name in re.findall("<dt>(.*?)</dt>", result[1])]
    return dict(zip(names, re.findall("<dd[^>]*>([0-9,]+)", result[1]), strict=True))


def test_totals_count_every_current_place(web: httpx.Client) -> None:
    page = get(web)
    assert totals(page) == {
        "任务（按单位计）": "7",
        "责任单位": "4",
        "已完成": "0",
        "进行中": "0",
        "需协调": "1",
        "未开始": "1",
        "未填报": "5",
        "不适用": "0",
        "已逾期": "4",
        "30 天内到期": "2",
    }
    assert "还没有导入过进展" not in page
    assert f"逾期按今天（{TODAY}）计算" in page


def test_parties_with_the_most_overdue_come_first(web: httpx.Client) -> None:
    rows = table(get(web), "各单位进展")
    # Party, bar, tasks, done, in progress, blocked, not started, unreported, not applicable, overdue, soon, share, …
    assert [[row[0], *row[2:12]] for row in rows] == [
        ["甲科", "2", "0", "0", "1", "1", "0", "0", "1", "1", "0%"],
        ["（未写明）", "1", "0", "0", "0", "0", "1", "0", "1", "0", "0%"],
        ["乙科", "1", "0", "0", "0", "0", "1", "0", "1", "0", "0%"],
        ["甲科", "1", "0", "0", "0", "0", "1", "0", "1", "0", "0%"],
        ["丙科", "1", "0", "0", "0", "0", "1", "0", "0", "1", "0%"],
        ["丁科", "1", "0", "0", "0", "0", "1", "0", "0", "0", "0%"],
    ]
    assert {row[13] for row in rows} == {"第一市文明办 2023", "第二市文明办 2023"}
    assert 'aria-label="需协调 1，未开始 1"' in get(web)


def test_overdue_soon_missing_and_refused(web: httpx.Client) -> None:
    page = get(web)
    overdue = table(page, "逾期任务")
    assert [row[0] for row in overdue] == ["400 天", "40 天", "40 天", "40 天"]
    assert "整理志愿服务台账" in overdue[0][2]
    assert "需协调" in overdue[1][4]
    assert 'href="/task/notice-1-k2"' in page
    soon = table(page, "30 天内到期")
    assert [(row[0], row[2]) for row in soon] == [("今天", "1） 开展道德讲堂"), ("9 天", "1） 更新公益广告")]
    assert [row[1:4] for row in table(page, "材料缺口")] == [["1", "2", "1"]]
    issues = table(page, "未导入的填报")
    assert [(row[1], row[2], row[3]) for row in issues] == [
        ("任务清单", "7", "日期无法辨认"),
        ("任务清单", "7", "库中没有这条任务"),
    ]
    assert "早先一批的问题" not in page
    assert "wenming progress import 文件" in page


def test_filters_narrow_everything(web: httpx.Client) -> None:
    item = get(web, notice="notice-1")
    assert totals(item)["任务（按单位计）"] == "5"
    assert "建设职工书屋" not in item
    assert '<th scope="col">通知</th>' not in item
    both = get(web, notice="notice-1", party="甲科")
    assert (totals(both)["任务（按单位计）"], totals(both)["已逾期"], totals(both)["30 天内到期"]) == ("2", "1", "1")
    assert 'aria-label="去掉条件 责任单位"' in both
    assert totals(get(web, party="科"))["任务（按单位计）"] == "6"
    nobody = get(web, party=queries_progress.NO_PARTY)
    assert [row[2] for row in table(nobody, "逾期任务")] == ["1） 整理志愿服务台账"]
    assert [row[3] for row in table(get(web, party="乙科"), "未导入的填报")] == ["日期无法辨认", "库中没有这条任务"]
    assert table(get(web, party="甲科"), "未导入的填报") == []


def test_a_notice_by_part_of_its_name(web: httpx.Client) -> None:
    page = get(web, notice="第二市")
    assert set(re.findall(r'href="/task/(notice-\d)', page)) == {"notice-2"}
    assert '<th scope="col">通知</th>' in page
    assert totals(get(web, notice="notice-3"))["已逾期"] == "0"
    wrong = get(web, status=400, notice="没有的通知")
    assert "没有通知含有“没有的通知”" in wrong
    assert "没有符合条件的任务" in get(web, party="没有的单位")


def test_one_list_page_by_page(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PAGE_SIZE", 3)
    seen = []
    for page in ("1", "2"):
        displayed = get(web, list="overdue", page=page)
        assert table(displayed, "各单位进展") == []
        assert f"第 {page} / 2 页" in displayed
        seen += [(row[0], row[3]) for row in table(displayed, "逾期任务")]
    assert len(seen) == len(set(seen)) + 1 == 4
    monkeypatch.setattr(progress, "PREVIEW_ROWS", 2)
    first = get(web, notice="notice-1")
    assert len(table(first, "逾期任务")) == 2
    assert 'href="/progress?notice=notice-1&list=overdue">看全部' in first
    monkeypatch.setattr(queries_progress, "MAX_ROWS", 2)
    assert "超过 2 条，只列出前面这些" in get(web, list="overdue")


def test_the_history_of_a_task(web: httpx.Client) -> None:
    page = get(web, "/task/notice-1-k1")
    rows = table(page, "历次填报")
    assert [(row[0], row[1], row[2], row[4]) for row in rows] == [
        ("2026-01-02", "甲科", "需协调", "report1份"),
        ("2026-01-01", "甲科", "进行中", "report1份"),
    ]
    assert f"请协调{HOSTILE}" in page
    assert f"已逾期，{AGO} 到期" in page
    assert "任务改写前，不再算数" in get(web, "/task/notice-2-k2")
    assert 'aria-labelledby="progress"' not in get(web, "/task/notice-2-k1")


def sheet(response: httpx.Response) -> list[tuple[Any, ...]]:
    assert response.status_code == 200, response.text[:1500]
    active = load_workbook(io.BytesIO(response.content)).active
    assert active is not None
    return list(active.iter_rows(min_row=HEADER_ROW, values_only=True))


def test_downloads(web: httpx.Client) -> None:
    header, *rows = sheet(web.get("/download", params={"what": "progress", "party": "甲科"}))
    at = {name: header.index(name) for name in ("责任单位", "任务数", "需协调", "未填报", "已逾期", "30天内到期")}
    assert [tuple(row[place] for place in at.values()) for row in rows] == [
        ("甲科", 2, 1, 0, 1, 1),
        ("甲科", 1, 0, 1, 1, 0),
    ]
    header, *rows = sheet(web.get("/download", params={"what": "overdue", "notice": "notice-1"}))
    assert [row[header.index("任务编号")] for row in rows] == ["notice-1-k2", "notice-1-k1", "notice-1-k1"]
    assert [row[header.index("状态")] for row in rows] == ["未填报", "需协调", "未填报"]
    assert rows[1][header.index("说明")] == f"请协调{HOSTILE}"
    assert web.get("/download", params={"what": "overdue", "notice": "没有的"}).status_code == 400


@pytest.mark.parametrize("value", [HOSTILE, "' OR 1=1 --", '"><img src=x>', "\x00\x01", "志" * 500])
def test_strange_input_is_text_and_nothing_else(web: httpx.Client, value: str) -> None:
    for values in ({"party": value, "list": value, "page": value}, {"notice": value}):
        response = web.get("/progress", params=values)
        assert response.status_code in (200, 400)
        assert HOSTILE not in response.text
        assert "<img" not in response.text


@pytest.mark.parametrize("tasks", [True, False])
def test_nothing_reported_yet_says_how_to_begin(tmp_path: Path, tasks: bool) -> None:
    file = tmp_path / "w.duckdb"
    store.publish(file, add=frames(notice_rows(1, FIRST)) if tasks else {})
    with serving(create_app(file)) as address, httpx.Client(base_url=address, trust_env=False) as web:
        page = get(web)
    for words in ("还没有导入过进展", "wenming export tasks", "wenming progress import 文件"):
        assert (words in page) is tasks
    assert ("运行 wenming build" in re.sub("<[^>]+>", "", page)) is not tasks


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An explorer over a notice of ours, one whose cycle is over, and one of another city; each has a late task."""
    created = (
        notice_rows(1, FIRST, issuer="第一市文明办", period_end=OPEN),
        notice_rows(2, (), issuer="第一市文明办", subject="往年", year=2016, period_end=date(2016, 12, 31)),
        notice_rows(3, SECOND, issuer="第三市文明办", period_end=OPEN),
    )
    decided = {"line": 2, "issuer": "第一市文明办", "scope": "ours", "reason": "印发", "who": "甲", "when": "1"}
    file = tmp_path_factory.mktemp("ours") / "w.duckdb"
    replace = {"ops.ownership": schemas.frame("ops.ownership", [decided])}
    store.publish(file, add=frames(*created), replace=replace)
    with serving(create_app(file)) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        yield client


def test_only_open_notices_of_ours_are_listed_and_the_page_says_so(ours: httpx.Client) -> None:
    page = get(ours)
    assert totals(page)["任务（按单位计）"] == "5"
    late = [row[2].removeprefix("1） ") for row in table(page, "逾期任务")]
    assert late == ["整理志愿服务台账", "按时报送创建总结", "按时报送创建总结"]
    assert "第三市文明办 2023</a>" not in page
    assert (
        "只计周期没有结束的本级通知 1 份；没有列入：参考通知 1 份、周期已结束的 1 份"
        "（第一市文明办 2016 到 2016-12-31），要全部列出请选“全部通知”。"
    ) in page
    assert "建设职工书屋" not in get(ours, list="overdue")
    assert "设置宣传栏" not in get(ours, list="gaps")


def test_all_notices_are_listed_when_asked_for(ours: httpx.Client) -> None:
    page = get(ours, whose="all")
    assert totals(page)["任务（按单位计）"] == "7"
    assert "建设职工书屋" in page
    assert "已全部列出：本级通知 2 份、参考通知 1 份，其中周期已结束的 1 份。" in page
    # Every link of the page keeps the filter, and a chip takes it off.
    assert "/progress?party=%E7%94%B2%E7%A7%91&whose=all" in page
    assert '<option value="all" selected>' in page
    assert "去掉条件 归属和周期" in page
    assert (
        len(sheet(ours.get("/download?what=overdue&whose=all"))) == len(sheet(ours.get("/download?what=overdue"))) + 1
    )


def test_a_download_says_what_it_counts(ours: httpx.Client) -> None:
    for what in ("overdue", "progress"):
        book = load_workbook(io.BytesIO(ours.get(f"/download?what={what}").content))
        texts = [str(cell.value) for page in book.worksheets for row in page.iter_rows() for cell in row if cell.value]
        assert any("没有列入：参考通知 1 份、周期已结束的 1 份" in text for text in texts), what


def test_a_notice_of_others_is_named_as_left_out(ours: httpx.Client) -> None:
    page = get(ours, notice="notice-3")
    assert "没有周期未结束的本级通知；没有列入：参考通知 1 份，要全部列出请选“全部通知”。" in page
    assert "建设职工书屋" in get(ours, notice="notice-3", whose="all")


def test_a_page_of_nobodys_notices_lists_all_and_says_how_to_decide(tmp_path: Path) -> None:
    file = tmp_path / "w.duckdb"
    store.publish(file, add=frames(notice_rows(1, FIRST, issuer="第一市文明办", year=2016)))
    with serving(create_app(file)) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        page = get(client)
    assert "还没有认定哪些通知是本级的，各份通知不论归属、周期是否结束，都已列入" in page
    assert "整理志愿服务台账" in page


def test_whose_a_notice_is_stands_on_its_page_and_filters_the_list(ours: httpx.Client) -> None:
    assert "<dt>归属</dt><dd>本级，周期到 2016-12-31</dd>" in get(ours, "/notice/notice-2")
    page = get(ours, "/notices", scope="reference")
    assert "第三市文明办 2023" in page
    assert "第一市文明办 2023" not in page
