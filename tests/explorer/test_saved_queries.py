"""Saved queries: kept beside the warehouse as files, run by every reader, saved and removed by editors alone."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from urllib.parse import quote_plus

import httpx
import pytest

from assets.ingest.change_log import read_changes
from pipelines.settings import Settings
from tests.explorer.editing_site import EditingSite, Visitor, editing, refusal
from tests.explorer.sample_site import serving
from warehouse.explorer import create_app
from warehouse.saved_queries import (
    MAX_QUERIES,
    SavedQuery,
    SavedQueryError,
    list_queries,
    remove_query,
    save_query,
)

READER, EDITOR = "口令给查看的各位", "口令给编辑的各位"
STATEMENT = "SELECT 单位, count(*) AS 任务数\nFROM cn.任务清单\nGROUP BY 单位"
QUERY = {"name": "各单位任务数", "statement": STATEMENT, "reason": "按单位数", "who": "经办甲"}


@pytest.fixture
def site(warehouse: Path, tmp_path: Path) -> EditingSite:
    """The shared warehouse, copied; nothing is built."""
    shutil.copyfile(warehouse, tmp_path / "wenming.duckdb")
    return EditingSite(Settings(raw=tmp_path / "raw", warehouse=tmp_path / "wenming.duckdb"))


def serving_queries(visitor: Visitor, site: EditingSite) -> str:
    """The SQL page after a query was run, for the form that saves it."""
    assert site.settings.queries == site.settings.warehouse.parent / "queries"
    return visitor.page("/sql?q=" + quote_plus(STATEMENT))


def test_an_editor_saves_a_query_and_everybody_runs_it(site: EditingSite) -> None:
    with editing(site, token=READER, editor_token=EDITOR) as visitor:
        visitor.web.post("/signin", data={"token": EDITOR})
        assert 'action="/sql/save"' in serving_queries(visitor, site)
        answer = visitor.send("/sql/save", QUERY | {"next": "/sql"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sql")
        visitor.web.post("/signout")
        visitor.web.post("/signin", data={"token": READER})
        page = visitor.page("/sql")
        assert "按单位数" in page
        found = re.search(r'<a href="(/sql\?q=[^"]+)">各单位任务数</a>', page)
        assert found
        assert 'class="list result"' in visitor.page(html.unescape(found[1]))
        assert 'action="/sql/save"' not in serving_queries(visitor, site)
        assert 'action="/sql/remove"' not in page
        for path in ("/sql/save", "/sql/remove"):
            assert visitor.send(path, QUERY, seal="").status_code == 403
    (file,) = site.settings.queries.glob("*.sql")
    assert file.name == "各单位任务数.sql"
    # The file runs as it is.
    assert site.ask(file.read_text("utf-8")) == site.ask(STATEMENT)
    assert [(one.action, one.who, one.what) for one in read_changes(site.settings.corrections)] == [
        ("保存查询", "经办甲", "各单位任务数")
    ]


def test_a_name_is_taken_until_it_is_replaced_or_removed(site: EditingSite) -> None:
    with editing(site) as visitor:
        visitor.send("/sql/save", QUERY)
        answer = visitor.send("/sql/save", QUERY | {"statement": "SELECT 1"})
        assert (answer.status_code, "已有名为“各单位任务数”的查询" in refusal(answer)) == (422, True)
        assert visitor.send("/sql/save", QUERY | {"statement": "SELECT 2", "replace": "yes"}).status_code == 303
        assert [query.statement for query in list_queries(site.settings.queries)] == ["SELECT 2"]
        assert visitor.send("/sql/remove", {"name": "各单位任务数"}).status_code == 303
        assert list_queries(site.settings.queries) == []
        assert visitor.send("/sql/remove", {"name": "各单位任务数"}).status_code == 422
        # The log keeps what was removed.
        page = visitor.page("/changes")
        assert "删除查询" in page
        assert "SELECT 2" in page


def test_who_saved_it_must_be_said_and_why_may(site: EditingSite) -> None:
    with editing(site) as visitor:
        assert "经办人" in refusal(visitor.send("/sql/save", QUERY | {"who": ""}))
        assert "名称" in refusal(visitor.send("/sql/save", QUERY | {"name": " "}))
        assert visitor.send("/sql/save", QUERY | {"reason": ""}).status_code == 303
        assert "供今后查询" in visitor.page("/changes")


def test_two_warehouses_do_not_share_their_queries(tmp_path: Path) -> None:
    (tmp_path / "甲.duckdb").touch()
    assert Settings(warehouse=tmp_path / "甲.duckdb").queries == tmp_path / "queries"
    assert Settings(warehouse=tmp_path / "乙.duckdb").queries == tmp_path / "乙.files" / "queries"


def test_without_a_folder_nothing_is_offered(warehouse: Path) -> None:
    with serving(create_app(warehouse)) as address, httpx.Client(base_url=address, trust_env=False) as web:
        assert "保存" not in web.get("/sql", params={"q": "SELECT 1"}).text


@pytest.mark.parametrize(
    "name",
    ["../../外面", "/etc/passwd", "a\\b", "CON", '：*?"<>|', ".", "..", "=1+1", "名" * 40, "<script>alert(1)</script>"],
)
def test_any_name_becomes_a_file_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "queries"
    save_query(folder, SavedQuery(name, "SELECT 1"))
    assert list_queries(folder) == [SavedQuery(name, "SELECT 1")]
    assert {path.parent for path in tmp_path.rglob("*.sql")} == {folder}
    remove_query(folder, name)
    assert list(folder.iterdir()) == []


def test_what_a_query_says_is_text_on_the_page(site: EditingSite) -> None:
    save_query(site.settings.queries, SavedQuery("<b>甲</b>", "SELECT '<i>'", "说明 <u>", "乙<s>"))
    with editing(site) as visitor:
        page = visitor.page("/sql")
    assert not re.search(r"<(?:b|i|u|s)>", page)
    assert "&lt;b&gt;甲&lt;/b&gt;" in page


def test_files_that_people_put_there_are_read(tmp_path: Path) -> None:
    (tmp_path / "手写的.sql").write_text("-- 按分值\nSELECT 1", "utf-8-sig")
    (tmp_path / "半个头.sql").write_text("-- 名称：甲\n-- 说明：乙\n-- 名称：语句自己的注释\nSELECT 2\n", "utf-8")
    (tmp_path / "太大.sql").write_text("SELECT 1 --" + "x" * 70_000, "utf-8")
    (tmp_path / "别的.txt").write_text("SELECT 3", "utf-8")
    assert list_queries(tmp_path) == [
        SavedQuery("手写的", "-- 按分值\nSELECT 1"),
        SavedQuery("甲", "-- 名称：语句自己的注释\nSELECT 2", "乙"),
    ]
    assert list_queries(tmp_path / "没有") == []


def test_two_names_that_a_file_system_takes_for_one_are_two_queries(tmp_path: Path) -> None:
    save_query(tmp_path, SavedQuery("A", "SELECT 1"))
    save_query(tmp_path, SavedQuery("a", "SELECT 2"))
    assert {query.name: query.statement for query in list_queries(tmp_path)} == {"A": "SELECT 1", "a": "SELECT 2"}
    assert len({path.name.casefold() for path in tmp_path.iterdir()}) == 2


def test_what_is_too_long_or_too_many_is_refused(tmp_path: Path) -> None:
    for query in (
        SavedQuery("名" * 41, "SELECT 1"),
        SavedQuery("甲", "SELECT 1" + " " * 10_000),
        SavedQuery("甲", "SELECT 1", "说" * 201),
        SavedQuery("甲", ""),
    ):
        with pytest.raises(SavedQueryError):
            save_query(tmp_path, query)
    for number in range(MAX_QUERIES):
        (tmp_path / f"{number}.sql").write_text("SELECT 1", "utf-8")
    with pytest.raises(SavedQueryError, match="请先删除"):
        save_query(tmp_path, SavedQuery("甲", "SELECT 1"))


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "queries").write_text("a file", "utf-8")
    with pytest.raises(SavedQueryError, match="无法写入文件夹"):
        save_query(tmp_path / "queries", SavedQuery("甲", "SELECT 1"))
