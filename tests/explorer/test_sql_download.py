"""The SQL box, which reads the warehouse and nothing else, and results as workbooks."""

from __future__ import annotations

import contextlib
import csv
import html
import io
import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import anyio
import httpx
import psutil
import pytest
from openpyxl import load_workbook

from tests.explorer.conftest import Ask
from tests.explorer.sample_site import serving
from tests.warehouse.lock_holders import held
from warehouse.errors import WarehouseLockedError
from warehouse.explorer import create_app, sql_runner
from warehouse.explorer.connections import Limits
from warehouse.explorer.sql_runner import MAX_CONCURRENT
from warehouse.printing import HEADER_ROW


def sheet(response: httpx.Response) -> list[tuple[Any, ...]]:
    assert response.status_code == 200, response.text[:1500]
    assert response.headers["content-disposition"].startswith(
        "attachment; filename=\"wenming.xlsx\"; filename*=UTF-8''"
    )
    active = load_workbook(io.BytesIO(response.content)).active
    assert active is not None
    return list(active.iter_rows(min_row=HEADER_ROW, values_only=True))


def run(web: httpx.Client, sql: str) -> httpx.Response:
    return web.get("/sql", params={"q": sql})


def test_a_question_is_answered(web: httpx.Client, ask: Ask) -> None:
    page = html.unescape(run(web, "SELECT 单位, count(*) AS 任务数 FROM 任务清单 GROUP BY 单位 ORDER BY 2 DESC").text)
    assert '<th scope="col" class="n">任务数</th>' in page
    for unit, tasks in ask("SELECT 单位, count(*) FROM cn.任务清单 GROUP BY 单位"):
        assert f">{unit or '—'}</td>" in page
        assert f'<td class="n">{tasks}</td>' in page


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM core.tasks", "仓库只供查询"),
        ("CREATE TABLE t AS SELECT 1", "仓库只供查询"),
        ("ATTACH 'other.duckdb'", "仓库只供查询"),
        ("SET memory_limit = '9GB'", "仓库只供查询"),
        ("COPY core.tasks TO 'out.csv'", "仓库只供查询"),
        ("SELECT 1; SELECT 2", "一次只能执行一条语句"),
        ("SELECT * FROM read_text('pyproject.toml')", "不允许读写仓库以外的文件"),
        ("SELECT * FROM glob('*')", "不允许读写仓库以外的文件"),
        ("FROM 'pyproject.toml'", ""),
        ("FROM statement", "没有这个表"),
        ("SELECT * FROM core.taks", "您是不是要写"),
        ("SELECT list(range) FROM range(1000000000)", ""),
    ],
)
def test_everything_else_is_refused(web: httpx.Client, warehouse: Path, sql: str, words: str) -> None:
    before = warehouse.read_bytes()
    response = run(web, sql)
    assert response.status_code in (400, 503)
    assert words in html.unescape(response.text)
    assert 'class="list result"' not in response.text
    assert warehouse.read_bytes() == before


def test_columns_of_a_result_are_named_in_chinese_beside_the_names_of_the_query(web: httpx.Client) -> None:
    page = web.get("/sql", params={"q": "SELECT requirement, points AS p FROM core.tasks LIMIT 1"}).text
    assert ">requirement<br><small>任务要求</small></th>" in page
    # What a query calls otherwise is not a column of a table.
    assert ">p</th>" in page


def test_nothing_that_a_statement_does_outlives_it(web: httpx.Client) -> None:
    assert run(web, "EXPLAIN ANALYZE CREATE TABLE memory.main.kept AS SELECT 1 AS a").status_code == 200
    assert run(web, "SELECT * FROM memory.main.kept").status_code == 400


def test_time_and_rows_are_limited(warehouse: Path) -> None:
    app = create_app(warehouse, limits=Limits(seconds=0.5, rows=7))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
        page = run(web, "SELECT range FROM range(100)").text
        assert "7 行（未完，只取了前面这些行）" in page
        slow = run(
            web, "SELECT count(*) FROM range(1000000) AS a, range(1000000) AS b WHERE (a.range * b.range) % 7 = 3"
        )
        assert slow.status_code == 400
        assert "查询超过 0.5 秒，已停止" in slow.text
        assert run(web, "SELECT 1 AS 一").status_code == 200


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('a', 2000000000) AS a",
        "SELECT length(repeat('a', 2000000000)) AS a",
        "SELECT repeat('a', 300000000) AS a FROM range(9)",
        "SELECT list(range) FROM range(1000000000)",
    ],
)
def test_memory_is_limited(web: httpx.Client, sql: str) -> None:
    response = run(web, sql)
    assert response.status_code == 400
    assert "内存" in html.unescape(response.text)
    assert psutil.Process().memory_info().rss < 2 << 30


def test_a_file_that_another_program_holds_is_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "held.duckdb"
    runner = sql_runner.SqlRunner(path, Limits(seconds=5))
    with held(path, "CREATE TABLE one AS SELECT 1"), pytest.raises(WarehouseLockedError, match="进程号"):
        anyio.run(runner.run, "SELECT 1", 10)


def statements() -> list[psutil.Process]:
    """Processes of this one that answer a statement."""
    result = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if "warehouse.sql_process" in child.cmdline():
                result.append(child)
    return result


def until(what: Callable[[], bool]) -> bool:
    """True once `what` is; False where it does not become so."""
    for _ in range(600):
        if what():
            return True
        time.sleep(0.05)
    return False


ENDLESS = "SELECT count(*) FROM range(1000000) AS a, range(1000000) AS b WHERE (a.range * b.range) % 7 = 3"


def test_who_leaves_ends_the_statement_and_pages_never_wait_for_one(warehouse: Path) -> None:
    app = create_app(warehouse, limits=Limits(seconds=120))
    with serving(app) as address, ThreadPoolExecutor(8) as pool:
        port = int(address.rpartition(":")[2])
        lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(6)]
        for line in lines:
            query = urlencode({"q": ENDLESS})
            line.sendall(f"GET /sql?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert until(lambda: len(statements()) == MAX_CONCURRENT)
        got = list(pool.map(lambda path: httpx.get(address + path, trust_env=False).status_code, ["/", "/notices"] * 4))
        assert got == [200] * 8
        assert len(statements()) == MAX_CONCURRENT
        for line in lines:
            line.close()
        assert until(lambda: not statements())


def test_a_statement_sees_no_setting_of_ours(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENMING_TOKEN", "correct horse")
    assert "WENMING_TOKEN" not in sql_runner._environment()
    assert run(web, "SELECT * FROM read_text('/proc/self/environ')").status_code == 400


def test_a_cut_answer_says_so_in_the_page_and_in_the_file(warehouse: Path) -> None:
    app = create_app(warehouse, limits=Limits(rows=3, download_rows=5))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
        page = run(web, "SELECT range FROM range(100)").text
        response = web.get("/download", params={"what": "sql", "q": "SELECT range FROM range(100)"})
        uncut = web.get("/download", params={"what": "sql", "q": "SELECT range FROM range(5)"})
    assert "3 行（未完，只取了前面这些行）" in page
    assert "下载最多 5 行" in page
    assert len(sheet(response)) == 1 + 5
    assert "查询结果（前5行）.xlsx" in unquote(response.headers["content-disposition"])
    cut, whole = (load_workbook(io.BytesIO(one.content))["查询结果"] for one in (response, uncut))
    assert cut["A2"].value == "查询：SELECT range FROM range(100)"
    assert "没有取全：这里只有前 5 行" in str(cut["A3"].value)
    assert "没有取全" not in str(whole["A3"].value)
    assert "数据日期：" in str(whole["A3"].value)


def test_an_answer_is_cut_where_it_takes_too_much(warehouse: Path) -> None:
    app = create_app(warehouse, limits=Limits(answer_bytes=10_000))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
        page = run(web, "SELECT repeat('长', 1000) AS a FROM range(100)").text
    assert "3 行（未完" in page


def test_the_statement_is_shown_as_text(web: httpx.Client) -> None:
    page = run(web, "SELECT '<script>alert(1)</script>' AS \"<b>\"").text
    assert "<script>alert" not in page
    assert "<b>" not in page


def test_tasks_as_a_workbook(web: httpx.Client, ask: Ask) -> None:
    header, *rows = sheet(web.get("/download", params={"what": "tasks", "q": "志愿服务", "place": "淄博"}))
    expected = ask(
        "SELECT task_id, requirement, points FROM core.tasks JOIN core.notices USING (notice_id) WHERE city = '淄博市' "
        "AND contains(concat_ws('|', requirement, criteria, scoring, evidence, deadline, remark), '志愿服务')"
    )
    at = {name: header.index(name) for name in ("任务编号", "任务要求", "分值")}
    assert sorted((row[at["任务编号"]], row[at["任务要求"]]) for row in rows) == sorted(row[:2] for row in expected)
    assert sum(row[at["分值"]] or 0 for row in rows) == float(sum(row[2] or 0 for row in expected))


def test_every_list_can_be_had(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    zibo, yiyang = labels["zibo"], labels["yiyang"]
    indicators = sheet(web.get("/download", params={"what": "indicators", "notice": zibo}))
    assert len(indicators) - 1 == len(ask("FROM core.indicators WHERE notice_id = ?", zibo))
    findings = sheet(web.get("/download", params={"what": "findings", "state": "all"}))
    assert len(findings) - 1 == len(ask("FROM core.findings"))
    compared = sheet(web.get("/download", params=[("what", "compare"), ("n", zibo), ("n", yiyang)]))
    shares = compared[0].index("淄博市国防动员办公室 2023 分值占比")
    assert sum(row[shares] or 0 for row in compared[1:]) == pytest.approx(1)
    (first,) = sheet(web.get("/download", params={"what": "sql", "q": "SELECT 42 AS 数"}))[1]
    assert first == 42


def test_a_table_as_a_workbook(web: httpx.Client, ask: Ask, labels: Mapping[str, str]) -> None:
    ((table_id, columns, rows),) = ask(
        "SELECT table_id, n_cols, n_rows FROM core.tables WHERE notice_id = ?", labels["zibo"]
    )
    result = sheet(web.get("/download", params={"what": "table", "notice": labels["zibo"], "table": table_id}))
    assert len(result[0]) == columns
    assert len(result) == rows + 1
    stored = {text for (text,) in ask("SELECT text FROM core.cells WHERE table_id = ? AND text <> ''", table_id)}
    assert {cell for row in result for cell in row if cell} == stored


def test_a_long_download_is_cut_and_says_so(warehouse: Path, labels: Mapping[str, str]) -> None:
    app = create_app(warehouse, limits=Limits(download_rows=3))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
        response = web.get("/download", params={"what": "tasks", "notice": labels["zibo"]})
    assert len(sheet(response)) == 1 + 3
    assert "任务（前3行）.xlsx" in unquote(response.headers["content-disposition"])


def test_a_long_value_is_cut_on_the_page(web: httpx.Client) -> None:
    assert run(web, "SELECT repeat('长', 100000) AS a").text.count("长") < 2_010


@pytest.mark.parametrize("what", ["", "none", "compare", "sql"])
def test_a_download_of_nothing_is_refused(web: httpx.Client, what: str) -> None:
    response = web.get("/download", params={"what": what})
    assert response.status_code == 400
    assert "请" in response.text


def test_a_result_is_taken_as_csv_and_json(web: httpx.Client, ask: Ask) -> None:
    sql = "SELECT 任务要求, 分值, '=1+1' AS 公式 FROM cn.任务清单 WHERE 分值 IS NOT NULL ORDER BY 任务编号 LIMIT 3"
    page = html.unescape(run(web, sql).text)
    for form, name in (("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON")):
        assert f'/download?{urlencode({"what": "sql", "format": form, "q": sql})}" download>{name}</a>' in page
    answer = web.get("/download", params={"what": "sql", "format": "csv", "q": sql})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert unquote(answer.headers["content-disposition"]).endswith("查询结果.csv")
    # For spreadsheets: a byte-order mark, and no text that would run as a formula.
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[2] for line in lines] == ["公式", "'=1+1", "'=1+1", "'=1+1"]
    answer = web.get("/download", params={"what": "sql", "format": "json", "q": sql})
    assert answer.headers["content-type"] == "application/json"
    expected = [{"任务要求": text, "分值": float(points), "公式": "=1+1"} for text, points, _ in ask(sql)]
    assert answer.json() == expected


def test_a_result_that_is_cut_off_says_so_in_the_name_of_any_format(warehouse: Path) -> None:
    limits = Limits(download_rows=5)
    with serving(create_app(warehouse, limits=limits)) as address, httpx.Client(base_url=address) as web:
        for form in ("csv", "json"):
            answer = web.get("/download", params={"what": "sql", "format": form, "q": "SELECT * FROM range(9)"})
            assert f"查询结果（前5行）.{form}" in unquote(answer.headers["content-disposition"])
