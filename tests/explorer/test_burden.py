"""The page on the burden of the grassroots: its figures are those of the mart, its hits lead to their cells."""

from __future__ import annotations

import html
import io
from collections.abc import Mapping

import httpx
from openpyxl import load_workbook

from tests.explorer.conftest import Ask
from warehouse.printing import HEADER_ROW
from warehouse.transform.burden_rules import list_rules


def page_of(web: httpx.Client, **parameters: str) -> str:
    response = web.get("/burden", params=parameters)
    assert response.status_code == 200
    return html.unescape(response.text)


def test_every_rule_is_shown_with_its_figures_and_its_source(web: httpx.Client, ask: Ask) -> None:
    page = page_of(web)
    current = "SELECT DISTINCT rule FROM mart.burden JOIN core.notices USING (notice_id) WHERE is_current"
    counted = {rule for (rule,) in ask(current)}
    for rule in list_rules():
        assert rule["name"] in page
        assert rule["advice"] in page
        assert rule["source"] in page
        assert (f'rule={rule["rule"]}"' in page) == (rule["rule"] in counted)
    assert "《整治形式主义为基层减负若干规定》" in page
    assert "只是提示，不是错误" in page
    assert '<a href="/burden">减负对照</a>' in web.get("/questions").text


def test_it_is_narrowed_to_a_notice_a_unit_and_a_rule(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    zibo = labels["zibo"]
    ((hits,),) = ask("SELECT count(*) FROM mart.burden WHERE notice_id = ?", zibo)
    assert f"共 {hits} 处" in page_of(web, notice=zibo)
    assert f"共 {hits} 处" in page_of(web, notice="淄博")
    ((lengths,),) = ask("SELECT count(*) FROM mart.burden WHERE notice_id = ? AND rule = 'report_length'", zibo)
    page = page_of(web, notice=zibo, rule="report_length", party="法宣科")
    assert f"共 {lengths - 1} 处" in page
    assert "800 字" in page
    assert "只看：定材料的字数" in page
    assert f"共 {hits} 处" in page_of(web, notice=zibo, rule="nothing")


def test_a_hit_leads_to_its_cell(web: httpx.Client, labels: Mapping[str, str]) -> None:
    page = web.get("/burden", params={"notice": labels["shanwei"], "rule": "monthly"}).text
    _, _, rest = page.partition('id="hits"')
    place = rest.index("第9行第3列")
    start = rest.rindex('href="', 0, place) + len('href="')
    address = html.unescape(rest[start : rest.index('"', start)])
    assert "role=deadline" in address
    assert web.get(address).status_code == 200


def test_what_is_wrong_is_told_and_what_is_not_there_too(web: httpx.Client) -> None:
    response = web.get("/burden", params={"notice": "没有这样的通知"})
    assert response.status_code == 400
    assert "没有通知含有" in response.text
    assert "所选通知没有这几类要求" in page_of(web, party="没有这样的单位")


def test_the_hits_as_a_workbook(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    response = web.get("/download", params={"what": "burden", "notice": labels["shanwei"], "rule": "report_length"})
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    header, *rows = sheet.iter_rows(min_row=HEADER_ROW, values_only=True)
    assert header[:5] == ("通知", "责任单位", "要求", "数量", "单位")
    assert sorted(str(row[3]) for row in rows) == ["200"] * 2 + ["300"] * 7
    assert {row[4] for row in rows} == {"字"}
