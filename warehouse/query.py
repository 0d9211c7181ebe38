"""Ask the published warehouse one question in SQL: read-only, with errors in Chinese."""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import duckdb

from warehouse.errors import QueryError
from warehouse.render import render
from warehouse.store import connect

__all__ = ["QueryError", "Result", "ask", "render", "run"]

ALLOWED: Final = frozenset({"SELECT", "EXPLAIN", "MULTI"})
"""Statement types that ask and change nothing (DESCRIBE, SHOW and SUMMARIZE are SELECT, PIVOT is MULTI)."""

KINDS: Final[Mapping[type[duckdb.Error], str]] = MappingProxyType(
    {
        duckdb.ParserException: "SQL 语法有误",
        duckdb.CatalogException: "没有这个表、视图或函数",
        duckdb.BinderException: "列名或用法有误",
        duckdb.ConversionException: "数据类型转换失败",
        duckdb.OutOfRangeException: "数值超出范围",
        duckdb.PermissionException: "不允许读写仓库以外的文件",
        duckdb.OutOfMemoryException: "内存不足，请缩小查询范围",
        duckdb.InterruptException: "查询被中断",
    }
)

_MISSING_TABLE: Final = re.compile(r'Table with name "?(?P<name>[^"\s]+)"? does not exist')
_MISSING_COLUMN: Final = re.compile(r'(?:Referenced column|does not have a column named) "(?P<name>[^"]+)"')
_CANDIDATES: Final = re.compile(r"Candidate bindings: :?(?P<names>.*)")
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*")
_FULL_WIDTH: Final = re.compile(r"[，；（）‘’“”＝＞＜＊．　]")


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of one query.

    `types` are DuckDB type names, one per column. `truncated` is True where `limit` cut off further rows.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool = False


def run(path: Path | str, sql: str, limit: int | None = None) -> Result:
    """Run one query on the warehouse at `path` and return its rows, at most `limit`.

    The query sees the published file alone: no other file, no network, no setting can be reached from it.
    Raises QueryError for anything but a single query that works, WarehouseMissingError, WarehouseDamagedError.
    """
    with contextlib.closing(connect(path)) as connection:
        return ask(connection, sql, limit)


def ask(connection: duckdb.DuckDBPyConnection, sql: str, limit: int | None = None) -> Result:
    """Run one query on a connection of `store.connect` that serves nothing else; its settings stay locked.

    Raises QueryError for anything but a single query that works.
    """
    try:
        _refuse_all_but_one_query(sql)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        cursor = connection.execute(sql)
        description = cursor.description or []
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
    except duckdb.Error as error:
        raise QueryError(_explained(connection, sql, error)) from error
    truncated = limit is not None and len(rows) > limit
    return Result(
        tuple(str(column[0]) for column in description),
        tuple(str(column[1]) for column in description),
        tuple(rows[:limit] if truncated else rows),
        truncated,
    )


def _refuse_all_but_one_query(sql: str) -> None:
    statements = duckdb.extract_statements(sql)
    if not statements:
        raise QueryError("没有要执行的 SQL 语句。例如：SELECT * FROM cn.任务清单 LIMIT 10")
    if len(statements) > 1:
        raise QueryError(f"一次只能执行一条语句，这里有 {len(statements)} 条。请去掉多余的分号，分次执行。")
    kind = statements[0].type.name
    if kind not in ALLOWED:
        raise QueryError(f"仓库只供查询，不能执行 {kind} 语句。请用 SELECT 查询；数据的改动要通过 wenming build。")


def _explained(connection: duckdb.DuckDBPyConnection, sql: str, error: duckdb.Error) -> str:
    text = str(error).strip()
    kind = next((label for class_, label in KINDS.items() if isinstance(error, class_)), "查询失败")
    if "read-only mode" in text:
        kind = "仓库只供查询，不能修改数据"
    parts = [f"{kind}。", *_hints(connection, sql, text), f"DuckDB 的说明：{text}"]
    return "\n".join(parts)


def _hints(connection: duckdb.DuckDBPyConnection, sql: str, text: str) -> Iterable[str]:
    if found := _MISSING_TABLE.search(text):
        tables = [
            f"{schema}.{name}"
            for schema, name in connection.execute(
                "SELECT table_schema, table_name FROM information_schema.tables "
                "WHERE table_catalog = 'warehouse' ORDER BY ALL"
            ).fetchall()
        ]
        yield from _suggestion(found["name"].rpartition(".")[2], {name.rpartition(".")[2]: name for name in tables})
    elif found := _MISSING_COLUMN.search(text):
        candidates = _CANDIDATES.search(text)
        names = re.findall(r'"([^"]+)"', candidates["names"]) if candidates else []
        yield from _suggestion(found["name"], {name: name for name in names})
    if marks := sorted(set(_FULL_WIDTH.findall(_QUOTED.sub("", sql)))):
        yield f"SQL 中有全角符号 {' '.join(marks)}，请改成半角。"


def _suggestion(wrong: str, names: Mapping[str, str]) -> Iterable[str]:
    close = difflib.get_close_matches(wrong, names, n=3, cutoff=0.4)
    if close:
        yield "您是不是要写：" + "、".join(names[name] for name in close) + "？"
    elif names:
        yield "可用的名称有：" + "、".join(names.values())
