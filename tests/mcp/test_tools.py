"""What programs may ask: every number has the file and the place it was read from, and nothing can be changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.warehouse.conftest import five, rows
from warehouse.errors import WarehouseError
from warehouse.mcp.tools import MAX_ROWS, NO_SOURCES, WarehouseTools

__all__ = ["five"]


@pytest.fixture
def tools(five: Path) -> WarehouseTools:
    return WarehouseTools(five, lambda: date(2021, 3, 1))


def run_sql(tools: WarehouseTools, sql: str, limit: int = 50) -> dict[str, Any]:
    return anyio.run(partial(tools.run_sql, sql, limit))


def numbers_without_place(value: object, placed: bool = False) -> Iterator[object]:
    """Numbers of facts (points, values, counts) that stand in no object with a file and a locator."""
    if isinstance(value, dict):
        placed = placed or {"file", "locator"} <= value.keys()
        for name, item in value.items():
            if name not in ("score", "ordinal"):
                yield from numbers_without_place(item, placed)
    elif isinstance(value, list):
        for item in value:
            yield from numbers_without_place(item, placed)
    elif isinstance(value, int | float) and not isinstance(value, bool) and not placed:
        yield value


def test_notices_with_their_files(tools: WarehouseTools) -> None:
    assert len(tools.list_notices()["notices"]) == 5
    (zibo,) = tools.list_notices("淄博")["notices"]
    assert zibo["file"] == "370300-淄博市/zibo-2023.txt"
    assert tools.list_notices("没有这份")["notices"] == []


def test_tasks_are_found_by_meaning_with_the_cell_of_their_points(tools: WarehouseTools) -> None:
    found = tools.find_tasks("志愿者服务时间", "益阳")
    task = found["tasks"][0]
    assert "时长" in "".join(task["matched"])
    assert task["points"] is None or "表" in task["points"]["locator"]
    assert list(numbers_without_place(found["tasks"])) == []
    assert len(tools.find_tasks("学习", limit=10_000)["tasks"]) == 50
    json.dumps(found, ensure_ascii=False)


def test_every_number_of_a_task_has_its_cell(tools: WarehouseTools, five: Path) -> None:
    ((task_id, points),) = rows(five)(
        "SELECT task_id, t.points FROM core.tasks AS t JOIN mart.notice_labels USING (notice_id) "
        "WHERE source_path LIKE '%zibo%' AND t.points IS NOT NULL AND len(inline_points) > 0 ORDER BY task_id LIMIT 1"
    )
    task = tools.get_task(task_id)
    assert task["points"]["value"] == pytest.approx(float(points))
    assert list(numbers_without_place(task)) == []
    ((text,),) = rows(five)(
        "SELECT c.text FROM core.cells AS c JOIN core.tables USING (table_id) JOIN core.tasks AS t USING (table_id) "
        "WHERE t.task_id = ? AND c.locator = ? LIMIT 1",
        task_id,
        task["points"]["locator"],
    )
    assert str(int(points)) in text
    json.dumps(task, ensure_ascii=False)


def test_an_unknown_task_is_told(tools: WarehouseTools) -> None:
    with pytest.raises(WarehouseError, match="没有这条任务"):
        tools.get_task("x")


def test_an_answer_names_its_files_and_its_statement(tools: WarehouseTools) -> None:
    assert [one["number"] for one in tools.list_questions()["questions"]][:3] == [1, 2, 3]
    found = tools.ask_question(11, notice="淄博")
    assert found["rows"]
    assert found["sources"]["notices"] == [
        {"label": "淄博市国防动员办公室 2023", "file": "370300-淄博市/zibo-2023.txt"}
    ]
    assert "SELECT" in found["sources"]["sql"]
    assert len(tools.ask_question(25)["rows"]) <= MAX_ROWS
    with pytest.raises(WarehouseError, match="没有第 99 题"):
        tools.ask_question(99)


def test_a_statement_is_answered_with_the_places_of_what_it_names(tools: WarehouseTools) -> None:
    found = run_sql(tools, "SELECT task_id, points FROM core.tasks WHERE points > 0 ORDER BY task_id")
    assert len(found["rows"]) == 50
    assert found["truncated"] is True
    assert set(found["sources"]) == {row[0] for row in found["rows"]}
    assert all("表" in place or "行" in place for place in found["sources"].values())
    assert run_sql(tools, "SELECT sum(points) FROM core.tasks")["note"] == NO_SOURCES
    assert len(run_sql(tools, "SELECT * FROM core.cells", 10**9)["rows"]) == MAX_ROWS


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM core.tasks",
        "CREATE TABLE x AS SELECT 1",
        "SELECT * FROM read_text('/etc/passwd')",
        "ATTACH '/tmp/x.duckdb'",
        "SET memory_limit = '100GB'",
        "COPY core.tasks TO '/tmp/x.csv'",
        "SELECT 1; DROP TABLE core.tasks",
    ],
)
def test_nothing_can_be_changed_or_reached(tools: WarehouseTools, five: Path, sql: str) -> None:
    before = hashlib.sha256(five.read_bytes()).hexdigest()
    with pytest.raises(WarehouseError):
        run_sql(tools, sql)
    assert hashlib.sha256(five.read_bytes()).hexdigest() == before


def test_tables_and_columns_are_described(tools: WarehouseTools) -> None:
    names = {table["name"] for table in tools.describe_tables()["tables"]}
    assert {"core.tasks", "mart.burden", "cn.任务清单"} <= names
    columns = {column["name"]: column["comment"] for column in tools.describe_tables("core.tasks")["columns"]}
    assert "locator" in columns
    with pytest.raises(WarehouseError, match="没有这张表"):
        tools.describe_tables("core.x; DROP")


def test_statements_at_the_same_time_are_bounded_and_give_their_turn_back(tools: WarehouseTools) -> None:
    with pytest.raises(WarehouseError):
        run_sql(tools, "SELECT * FROM nothing")
    assert run_sql(tools, "SELECT 1")["rows"] == [[1]]
    assert tools.turns.acquire(blocking=False)
    assert tools.turns.acquire(blocking=False)
    with pytest.raises(WarehouseError, match="太多"):
        run_sql(tools, "SELECT 1")
