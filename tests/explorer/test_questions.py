"""The analyst's questions in the browser: the same answers as the catalogue gives."""

from __future__ import annotations

import html
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook

from tests.explorer.sample_site import serving
from warehouse.clock import today
from warehouse.explorer import create_app
from warehouse.explorer.connections import Limits
from warehouse.explorer.pages import questions as questions_page
from warehouse.explorer.rendering import format_text
from warehouse.printing import HEADER_ROW
from warehouse.questions import QuestionFilters, answer, list_questions

pytestmark = pytest.mark.browser


def page_of(web: httpx.Client, number: int, **parameters: str) -> str:
    response = web.get(f"/questions/{number}", params=parameters)
    assert response.status_code == 200, response.text[:1500]
    return html.unescape(response.text)


def test_all_are_listed(web: httpx.Client) -> None:
    page = html.unescape(web.get("/questions").text)
    for one in list_questions():
        assert f'href="/questions/{one.number}">{one.title}</a>' in page
        assert one.question in page


@pytest.mark.parametrize("number", [one.number for one in list_questions()])
def test_each_is_answered_as_by_the_catalogue(web: httpx.Client, warehouse: Path, number: int) -> None:
    page = page_of(web, number)
    expected = answer(warehouse, number, QuestionFilters(), today=today(), limit=1_000)
    assert f"共 {len(expected.result.rows):,} 行" in page or not expected.result.rows
    for column in expected.result.columns if expected.result.rows else ():
        # The number of a task is the address that its place leads to.
        assert (f">{column}</th>" in page) == (column != "任务编号")
    for row in expected.result.rows[:5]:
        for value in row:
            assert format_text(value) in page
    assert expected.message in page


def test_it_is_narrowed_by_its_form(web: httpx.Client, warehouse: Path, labels: Mapping[str, str]) -> None:
    expected = answer(warehouse, 11, QuestionFilters(notice=("淄博",)), today=today())
    page = page_of(web, 11, notice="淄博")
    assert f"共 {len(expected.result.rows)} 行" in page
    assert "所看通知：淄博市国防动员办公室 2023" in page
    assert f'href="/notice/{labels["zibo"]}"' in page
    assert page_of(web, 11, notice=labels["zibo"]).count("<tr>") == page.count("<tr>")
    due = answer(warehouse, 18, QuestionFilters(date=date(2021, 3, 1), days=31), today=today())
    assert f"共 {len(due.result.rows)} 行" in page_of(web, 18, date="2021-03-01", days="31")


def test_what_is_wrong_with_the_form_is_reported(web: httpx.Client) -> None:
    for parameters, words in (({"notice": "不会有的"}, "没有通知含有“不会有的”"), ({"date": "昨天"}, "不是日期")):
        response = web.get("/questions/18", params=parameters)
        assert response.status_code == 400
        assert words in response.text
        assert "<form" in response.text
    assert web.get("/questions/99").status_code == web.get("/questions/x").status_code == 404


def test_no_option_of_the_command_line_is_named(web: httpx.Client) -> None:
    page = page_of(web, 18, date="1999-01-01")
    assert "没有结果" in page
    assert "请指定起算日期" in page
    assert not any(f"--{name}" in page for name in ("notice", "other", "topic", "party", "date", "days"))


def test_an_answer_as_a_workbook(web: httpx.Client, warehouse: Path) -> None:
    expected = answer(warehouse, 11, QuestionFilters(notice=("淄博",)), today=today())
    response = web.get("/download", params={"what": "question", "number": "11", "notice": "淄博"})
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    header, *rows = sheet.iter_rows(min_row=HEADER_ROW, values_only=True)
    assert tuple(header) == expected.result.columns
    assert len(rows) == len(expected.result.rows)


def test_with_very_many_notices_it_waits_for_the_form(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions_page, "FORM_FIRST_NOTICES", 3)
    page = page_of(web, 11)
    assert "仓库中有 7 份通知，全部算完较慢" in page
    assert "下载 Excel" not in page
    assert "下载 Excel" in page_of(web, 11, run="1")
    assert "下载 Excel" in page_of(web, 11, notice="淄博")


def test_rows_are_limited(warehouse: Path) -> None:
    app = create_app(warehouse, limits=Limits(rows=2))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
        assert "共 2 行（未完，只列出前面这些）" in page_of(web, 11)


def test_an_empty_warehouse_answers_in_words(empty: Path) -> None:
    with serving(create_app(empty)) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
        for one in list_questions():
            assert "还没有通知" in page_of(web, one.number)
