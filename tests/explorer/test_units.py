"""The page on units: who is bound by what, and the merged list of one unit with its sources."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook

from tests.explorer.sample_site import serving
from tests.warehouse.conftest import rows
from tests.warehouse.test_unit_obligations import PUPILS, STUDENTS, office, publish_lists
from warehouse.explorer.app import create_app
from warehouse.printing import HEADER_ROW

__all__ = ["office"]


@pytest.fixture(scope="module")
def client(office: Path) -> Iterator[httpx.Client]:
    with serving(create_app(office)) as address, httpx.Client(base_url=address) as made:
        yield made


@pytest.fixture(scope="module")
def unit(office: Path) -> str:
    ((unit_id,),) = rows(office)("SELECT DISTINCT unit_id FROM mart.unit_tasks WHERE unit = '教育局'")
    return str(unit_id)


def test_units_are_listed_those_bound_most_first(client: httpx.Client, unit: str) -> None:
    page = html.unescape(client.get("/units").text)
    assert page.index(f"/units?unit={unit}") < page.index("城市管理局</a>")
    assert "教育局</a>" not in html.unescape(client.get("/units", params={"party": "妇女"}).text)
    assert "没有符合条件的单位" in client.get("/units", params={"party": "没有这个单位"}).text
    assert '<a href="/units">' in client.get("/questions").text


def test_the_merged_list_leads_to_every_source(client: httpx.Client, unit: str) -> None:
    page = html.unescape(client.get("/units", params={"unit": unit}).text)
    assert "任务 10 条，要求相同的合并后 6 项" in page
    assert "2024-05-20" in page
    assert "一份材料能用几处" in page
    for source in ("桃源县公安局 2024 表1 第2行第2列", "桃源县妇女联合会 2024 表1 第2行第2列"):
        address = page[: page.index(source)].rpartition('href="')[2].partition('"')[0]
        assert client.get(address).status_code == 200


def test_what_is_only_taken_to_be_the_same_is_a_row_of_its_own(tmp_path: Path) -> None:
    publish_lists(tmp_path, [PUPILS], [STUDENTS])
    with (
        serving(create_app(tmp_path / "wenming.duckdb")) as address,
        httpx.Client(base_url=address) as client,
    ):
        unit = client.get("/units").text.partition("/units?unit=")[2].partition('"')[0]
        page = html.unescape(client.get("/units", params={"unit": unit}).text)
        assert "任务 2 条，要求相同的合并后 2 项" in page
        assert page.count("疑似相同，请核对：<a") == 2
        link = page.partition('疑似相同，请核对：<a href="')[2].partition('"')[0]
        assert STUDENTS[:8] in client.get(link).text or PUPILS[:8] in client.get(link).text
        sheet = load_workbook(
            io.BytesIO(client.get("/download", params={"what": "units", "unit": unit}).content)
        ).active
        assert sheet is not None
        header, *lines = sheet.iter_rows(min_row=HEADER_ROW, values_only=True)
        place = header.index("疑似相同，请核对")
        assert all("表1 第2行第2列" in str(line[place]) for line in lines)


def test_an_unknown_unit_is_told(client: httpx.Client) -> None:
    assert client.get("/units", params={"unit": "x"}).status_code == 404


def test_the_list_as_a_workbook(client: httpx.Client, unit: str) -> None:
    response = client.get("/download", params={"what": "units", "unit": unit})
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    header, *lines = sheet.iter_rows(min_row=HEADER_ROW, values_only=True)
    assert header[:3] == ("单位", "所属", "要求")
    assert sum(int(str(line[4])) for line in lines) == 10
