"""Run one read-only SQL query on the published warehouse, with errors in Chinese, and render the result."""

from __future__ import annotations

import contextlib
import csv
import difflib
import io
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import duckdb
from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from warehouse.errors import QueryError
from warehouse.formatting import Result, escape_formula, format_value, to_json_value
from warehouse.heading import Heading
from warehouse.store import connect

__all__ = ["QueryError", "Result", "ask", "read_column_labels", "render", "run"]


ALLOWED_STATEMENTS: Final = frozenset({"SELECT", "EXPLAIN", "MULTI"})
"""Read-only statement types (DESCRIBE, SHOW and SUMMARIZE are SELECT, PIVOT is MULTI)."""

ERROR_LABELS: Final[Mapping[type[duckdb.Error], str]] = MappingProxyType(
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
_QUOTED_OR_COMMENT: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*")
_FULL_WIDTH: Final = re.compile(r"[，；（）‘’“”＝＞＜＊．　]")

Format = Literal["table", "csv", "json", "xlsx"]

FORMATS: Final[tuple[Format, ...]] = ("table", "csv", "json", "xlsx")
MAX_UNCLIPPED_COLUMNS: Final = 2
"""With more columns than this, values are clipped to one line of the terminal."""
MIN_COLUMN_WIDTH: Final = 8
"""Terminal columns that a table column needs to be readable."""
FALLBACK_WIDTH: Final = 120
EMPTY_NOTE: Final = "（空的栏目未列）"
LABELS_SQL: Final = """
SELECT column_name, min(split_part(comment, '：', 1)) FROM duckdb_columns()
WHERE NOT internal AND contains(comment, '：') AND list_contains(?, lower(table_name))
GROUP BY column_name
HAVING count(DISTINCT split_part(comment, '：', 1)) = 1 AND column_name <> min(split_part(comment, '：', 1))
"""
_WORD: Final = re.compile(r"\w+")
_NUMERIC: Final = ("DECIMAL", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT")


def run(path: Path | str, sql: str, limit: int | None = None) -> Result:
    """Run one query on the warehouse at `path`.

    The query can read the published file only: no other file, no network, and it cannot change settings.

    Args:
        path: The warehouse file.
        sql: The query.
        limit: Maximum number of rows.

    Raises:
        QueryError: The text is not a single query, or the query fails.
        WarehouseError: The file cannot be opened (see `warehouse.store.connect`).
    """
    with contextlib.closing(connect(path)) as connection:
        return ask(connection, sql, limit)


def ask(connection: duckdb.DuckDBPyConnection, sql: str, limit: int | None = None) -> Result:
    """Run one query on a connection of `store.connect`, whose settings stay locked afterwards.

    Raises:
        QueryError: The text is not a single query, or the query fails.
    """
    try:
        _require_single_query(sql)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return Result.fetch(connection.execute(sql), limit)
    except duckdb.Error as error:
        raise QueryError(_explain_error(connection, sql, error)) from error


def read_column_labels(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    """Return the Chinese name of the columns of the tables that a query names, by column.

    A column that two of these tables call differently has none.
    """
    words = sorted({word.lower() for word in _WORD.findall(sql)})
    return dict(connection.execute(LABELS_SQL, [words]).fetchall())


def render(
    result: Result,
    format: str = "table",  # noqa: A002  the name of the command-line option
    target: Path | str | None = None,
    *,
    width: int | None = None,
    heading: Heading | None = None,
    labels: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Render a result as a table, CSV, JSON or Excel workbook.

    A CSV file starts with a byte-order mark, so that Excel reads it as UTF-8, and has a leading ' before text that
    looks like a formula; CSV on the terminal is unchanged.

    Args:
        result: The rows.
        format: One of `FORMATS`.
        target: The file to write; without it the text is returned.
        width: Width of the terminal in columns; detected if None.
        heading: What stands above the rows of a workbook.
        labels: Chinese names by column, shown where a table prints a row value by value.

    Returns:
        The text to print: the result itself, or what was written where.

    Raises:
        QueryError: The format is unknown, xlsx has no target, or the target cannot be written.
    """
    if format not in FORMATS:
        raise QueryError(f"不认识的格式：{format}。可用的格式有：{'、'.join(FORMATS)}")
    if target is None:
        if format == "xlsx":
            raise QueryError("xlsx 格式须指定输出文件。")
        return _to_text(result, format, width, labels)
    target = Path(target)
    try:
        if format == "xlsx":
            from warehouse.xlsx import RESULT, write_sheet

            write_sheet(target, result.columns, result.rows, heading or Heading(RESULT))
        elif format == "csv":
            target.write_text(_to_csv(result, guarded=True), "utf-8-sig", newline="")
        else:
            target.write_text(_to_text(result, format, width, labels), "utf-8")
    except OSError as error:
        raise QueryError(f"无法写入 {target}。请检查文件夹是否存在、文件是否正被打开。（{error}）") from error
    return f"已写入 {len(result.rows)} 行：{target}" + _truncation_note(result)


def _require_single_query(sql: str) -> None:
    statements = duckdb.extract_statements(sql)
    if not statements:
        raise QueryError("没有要执行的 SQL 语句。例如：SELECT * FROM cn.任务清单 LIMIT 10")
    if len(statements) > 1:
        raise QueryError(f"一次只能执行一条语句，这里有 {len(statements)} 条。请去掉多余的分号，分次执行。")
    kind = statements[0].type.name
    if kind not in ALLOWED_STATEMENTS:
        raise QueryError(f"仓库只供查询，不能执行 {kind} 语句。请用 SELECT 查询；数据的改动要通过 wenming build。")


def _explain_error(connection: duckdb.DuckDBPyConnection, sql: str, error: duckdb.Error) -> str:
    text = str(error).strip()
    kind = next((label for class_, label in ERROR_LABELS.items() if isinstance(error, class_)), "查询失败")
    if "read-only mode" in text:
        kind = "仓库只供查询，不能修改数据"
    parts = [f"{kind}。", *_hints(connection, sql, text), f"DuckDB 的说明：{text}"]
    return "\n".join(parts)


def _hints(connection: duckdb.DuckDBPyConnection, sql: str, text: str) -> Iterable[str]:
    if match := _MISSING_TABLE.search(text):
        tables = [
            f"{schema}.{name}"
            for schema, name in connection.execute(
                "SELECT table_schema, table_name FROM information_schema.tables "
                "WHERE table_catalog = 'warehouse' ORDER BY ALL"
            ).fetchall()
        ]
        yield from _suggest(match["name"].rpartition(".")[2], {name.rpartition(".")[2]: name for name in tables})
    elif match := _MISSING_COLUMN.search(text):
        candidates = _CANDIDATES.search(text)
        names = re.findall(r'"([^"]+)"', candidates["names"]) if candidates else []
        yield from _suggest(match["name"], {name: name for name in names})
    if marks := sorted(set(_FULL_WIDTH.findall(_QUOTED_OR_COMMENT.sub("", sql)))):
        yield f"SQL 中有全角符号 {' '.join(marks)}，请改成半角。"


def _suggest(wrong: str, names: Mapping[str, str]) -> Iterable[str]:
    close = difflib.get_close_matches(wrong, names, n=3, cutoff=0.4)
    if close:
        yield "您是不是要写：" + "、".join(names[name] for name in close) + "？"
    elif names:
        yield "可用的名称有：" + "、".join(names.values())


def _to_text(result: Result, output_format: str, width: int | None, labels: Mapping[str, str]) -> str:
    if output_format == "csv":
        return _to_csv(result, guarded=False)
    if output_format == "json":
        names = _number_duplicates(result.columns)
        rows = [dict(zip(names, (to_json_value(value) for value in row), strict=True)) for row in result.rows]
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    return _to_table(result, width or shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns, labels)


def _truncation_note(result: Result) -> str:
    return "（结果未完，只取了前面这些行）" if result.truncated else ""


def _number_duplicates(names: Sequence[str]) -> list[str]:
    """Return the names, repeated ones with a number, so that no value of a JSON object is lost."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct


def _to_csv(result: Result, *, guarded: bool) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([escape_formula(name) if guarded else name for name in result.columns])
    for row in result.rows:
        writer.writerow(
            [
                escape_formula(format_value(value))
                if guarded and isinstance(value, str | list)
                else format_value(value)
                for value in row
            ]
        )
    return buffer.getvalue()


def _to_table(result: Result, width: int, labels: Mapping[str, str]) -> str:
    if not result.columns:
        return "（没有结果）\n"
    rows = [[format_value(value) for value in row] for row in result.rows]
    # Not a terminal: rich must not guess its width, colors or legacy Windows limits.
    buffer = io.StringIO()
    console = Console(file=buffer, width=width, color_system=None, legacy_windows=False, highlight=False)
    left_out = ""
    if _fits_side_by_side(result.columns, rows, width):
        if len(result.columns) > MAX_UNCLIPPED_COLUMNS:
            rows = [[_clip(cell, width) for cell in row] for row in rows]
        console.print(_build_table(result, rows))
    else:
        for number, row in enumerate(rows, start=1):
            console.print(_build_record(result.columns, row, number, labels))
        left_out = EMPTY_NOTE if any("" in row for row in rows) else ""
    console.print(f"{len(rows)} 行{_truncation_note(result)}{left_out}")
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _clip(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def _fits_side_by_side(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    """Return whether all columns are wide enough side by side."""
    needed = 1
    for index, name in enumerate(columns):
        longest = max((cell_len(row[index]) for row in rows), default=0)
        needed += 3 + max(min(longest, MIN_COLUMN_WIDTH), min(cell_len(name), MIN_COLUMN_WIDTH))
    return needed <= width


def _build_table(result: Result, rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=box.SQUARE, show_lines=any("\n" in cell or cell_len(cell) > 40 for row in rows for cell in row))
    for name, type_ in zip(result.columns, result.types, strict=True):
        is_numeric = type_.startswith(_NUMERIC) and not type_.endswith("]")
        table.add_column(Text(name), justify="right" if is_numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _build_record(columns: Sequence[str], row: Sequence[str], number: int, labels: Mapping[str, str]) -> Table:
    """Return one row as lines of name, Chinese name and value, for wide results; empty values are left out."""
    table = Table(box=box.SIMPLE_HEAD, title=Text(f"第 {number} 行"), title_justify="left", show_header=False)
    has_labels = any(name in labels for name in columns)
    for _ in range(1 + has_labels):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, cell in zip(columns, row, strict=True):
        if cell:
            texts = (name, labels.get(name, ""), cell) if has_labels else (name, cell)
            table.add_row(*map(Text, texts))
    return table
