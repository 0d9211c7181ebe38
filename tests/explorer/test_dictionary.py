"""The data dictionary: every table and column with its meaning, sources and rows; the list beside the SQL box."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.explorer.conftest import Ask
from warehouse.column_lineage import trace_views

SHOWN = ("cn", "mart", "core", "ops")


def page(web: httpx.Client, address: str, status: int = 200) -> str:
    answer = web.get(address)
    assert answer.status_code == status, answer.text[:1500]
    return html.unescape(answer.text)


def row_of(text: str, column: str) -> str:
    """The row of a column on the page of its table."""
    found = re.search(rf'<tr id="c-{re.escape(column)}">.*?</tr>', text, re.DOTALL)
    assert found, column
    return found[0]


def test_every_table_is_listed_with_its_rows_and_has_a_page(web: httpx.Client, ask: Ask) -> None:
    text = page(web, "/dictionary")
    tables = ask(
        "SELECT schema_name, table_name, true FROM duckdb_tables() UNION ALL "
        "SELECT schema_name, view_name, false FROM duckdb_views() WHERE NOT internal"
    )
    assert len(tables) > 90
    for schema, name, is_stored in tables:
        address = f"/dictionary/{quote(f'{schema}.{name}', safe='')}"
        row = re.search(rf'<tr><th scope="row"><a href="{address}">.*?</tr>', text)
        assert row, (schema, name)
        if is_stored:
            ((rows,),) = ask(f'SELECT count(*) FROM "{schema}"."{name}"')
            assert row[0].endswith(f'<td class="n">{rows:,}</td></tr>')
        else:
            assert row[0].endswith('<td class="n">视图</td></tr>')
    assert [text.index(f'id="s-{schema}"') for schema in SHOWN] == sorted(text.index(f'id="s-{one}"') for one in SHOWN)


def test_a_table_shows_columns_keys_and_rows(web: httpx.Client, ask: Ask) -> None:
    text = page(web, "/dictionary/core.tasks")
    for name, type_, comment in ask(
        "SELECT column_name, data_type, comment FROM duckdb_columns() "
        "WHERE schema_name = 'core' AND table_name = 'tasks'"
    ):
        assert f"<td>{type_}</td>" in row_of(text, name)
        assert comment in row_of(text, name)
    assert '<a href="/dictionary/core.notices">core.notices</a> 的 notice_id' in text
    ((tasks,),) = ask("SELECT count(*) FROM core.tasks")
    assert f"共 {tasks:,} 行" in text
    # Read from the notices, so there is nothing that it is computed of.
    assert ">取自</th>" not in text
    assert text.partition('id="sample"')[2].count("<tr>") == 1 + 5
    assert "cn.任务清单.分值" in row_of(text, "points")


def test_a_view_says_which_columns_each_of_its_columns_comes_from(web: httpx.Client) -> None:
    text = page(web, "/dictionary/cn.责任负担")
    direct, _, origins = row_of(text, "责任单位").partition("最终出处")
    assert '<a href="/dictionary/mart.responsibility_load#c-party">mart.responsibility_load.party</a>' in direct
    assert '<a href="/dictionary/core.task_parties#c-party">core.task_parties.party</a>' in origins
    assert "固定取值" in row_of(page(web, "/dictionary/mart.rubric_audit"), "kind")


def test_every_source_has_its_place_on_a_page(web: httpx.Client) -> None:
    pages: dict[str, str] = {}
    for columns in trace_views().values():
        for source in {source for sources in columns.values() for source in sources}:
            if source.table not in pages:
                pages[source.table] = page(web, f"/dictionary/{source.table}")
            assert not source.column or f'id="c-{source.column}"' in pages[source.table]


def test_words_find_tables_and_columns(web: httpx.Client) -> None:
    text = page(web, "/dictionary?q=责任角色")
    assert "/dictionary/core.task_parties#c-role" in text
    assert "core.footnotes" not in text
    # All words in one column, whatever its table says.
    text = page(web, "/dictionary?q=分值 共用")
    assert "#c-points_rows" in text
    assert "没有这样的表或列" in page(web, "/dictionary?q=没有这样的词")
    assert "没有这样的表或列" in page(web, "/dictionary?q=%25x")


def test_what_is_not_there_is_not_found(web: httpx.Client) -> None:
    for name in ("core.none", "tasks", "information_schema.tables", "core.tasks; DROP TABLE core.tasks"):
        assert "没有这张表" in page(web, f"/dictionary/{quote(name)}", 404)


def test_the_statement_of_a_page_runs(web: httpx.Client) -> None:
    for name in ("cn.任务清单", "core.cells", "mart.burden_rules"):
        found = re.search(r'class="button" href="(/sql\?[^"]+)"', web.get(f"/dictionary/{quote(name)}").text)
        assert found, name
        assert 'class="list result"' in page(web, html.unescape(found[1]))


def test_the_list_beside_the_statement_has_every_column_as_a_statement_writes_it(web: httpx.Client, ask: Ask) -> None:
    listed: list[dict[str, Any]] = web.get("/sql/tables").json()
    ((columns,),) = ask("SELECT count(*) FROM duckdb_columns() WHERE NOT internal")
    assert sum(len(table["columns"]) for table in listed) == columns
    written = {(table["name"], column["name"]): column["written"] for table in listed for column in table["columns"]}
    assert written["core.cells", "row"] == '"row"'
    assert written["cn.任务清单", "任务要求"] == "任务要求"
    labels = {(table["name"], column["name"]): column["label"] for table in listed for column in table["columns"]}
    assert labels["core.tasks", "requirement"] == "任务要求"
    for table in listed:
        # Every name as it is inserted is one that the database reads.
        names = ", ".join(column["written"] for column in table["columns"])
        ask(f"SELECT {names} FROM {table['name']} LIMIT 0")


@pytest.mark.parametrize("address", ["/dictionary", "/dictionary/cn.任务清单", "/sql/tables"])
def test_the_dictionary_of_an_empty_warehouse(address: str, empty_web: httpx.Client) -> None:
    assert empty_web.get(address).status_code == 200
