"""A result as a table on the terminal, as CSV, JSON or an Excel workbook."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from warehouse.errors import QueryError
from warehouse.formatting import as_text, plain_data, shown

if TYPE_CHECKING:
    from warehouse.query import Result

Format = Literal["table", "csv", "json", "xlsx"]

FORMATS: Final[tuple[Format, ...]] = ("table", "csv", "json", "xlsx")
BESIDE_OTHERS: Final = 2
"""Columns up to which a value is shown in full; beside more of them it is cut at one line of the terminal."""
NARROWEST: Final = 8
"""Terminal columns below which a table column cannot be read."""
FALLBACK_WIDTH: Final = 120
_NUMERIC: Final = ("DECIMAL", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT")


def render(
    result: Result,
    format: str = "table",  # noqa: A002  the word that the command line uses
    target: Path | str | None = None,
    *,
    width: int | None = None,
) -> str:
    """`result` in `format` (table, csv, json, xlsx); with a `target`, written there.

    Returns the text to print: the result itself, or what was written where. A CSV file begins with a byte-order
    mark, so that Excel reads it as UTF-8, and a leading ' keeps Excel from running text that looks like a formula;
    CSV on the terminal is unchanged. `width` is the terminal width in columns, asked of the terminal if None.
    Raises QueryError for an unknown format, xlsx without a target, or a target that cannot be written.
    """
    if format not in FORMATS:
        raise QueryError(f"不认识的格式：{format}。可用的格式有：{'、'.join(FORMATS)}")
    if target is None:
        if format == "xlsx":
            raise QueryError("xlsx 格式须指定输出文件。")
        return _text(result, format, width)
    target = Path(target)
    try:
        if format == "xlsx":
            from warehouse.xlsx import write_sheet

            write_sheet(target, result.columns, result.rows)
        elif format == "csv":
            target.write_text(_csv(result, guarded=True), "utf-8-sig", newline="")
        else:
            target.write_text(_text(result, format, width), "utf-8")
    except OSError as error:
        raise QueryError(f"无法写入 {target}。请检查文件夹是否存在、文件是否正被打开。（{error}）") from error
    return f"已写入 {len(result.rows)} 行：{target}" + _truncation(result)


def _text(result: Result, form: str, width: int | None) -> str:
    if form == "csv":
        return _csv(result, guarded=False)
    if form == "json":
        names = _distinct(result.columns)
        rows = [dict(zip(names, (plain_data(value) for value in row), strict=True)) for row in result.rows]
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    return _table(result, width or shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns)


def _truncation(result: Result) -> str:
    return "（结果未完，只取了前面这些行）" if result.truncated else ""


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, a repeated one with its number, so that no value of a JSON object is lost."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct


def _csv(result: Result, *, guarded: bool) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([as_text(name) if guarded else name for name in result.columns])
    for row in result.rows:
        writer.writerow(
            [as_text(shown(value)) if guarded and isinstance(value, str | list) else shown(value) for value in row]
        )
    return buffer.getvalue()


def _table(result: Result, width: int) -> str:
    if not result.columns:
        return "（没有结果）\n"
    rows = [[shown(value) for value in row] for row in result.rows]
    # The file has no terminal: rich must not guess its width, colours or legacy Windows limits.
    buffer = io.StringIO()
    console = Console(file=buffer, width=width, color_system=None, legacy_windows=False, highlight=False)
    if _fits(result.columns, rows, width):
        if len(result.columns) > BESIDE_OTHERS:
            rows = [[_clipped(cell, width) for cell in row] for row in rows]
        console.print(_grid(result, rows))
    else:
        for number, row in enumerate(rows, start=1):
            console.print(_record(result.columns, row, number))
    console.print(f"{len(rows)} 行{_truncation(result)}")
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _clipped(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def _fits(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    """True where every column gets enough room to be read side by side."""
    needed = 1
    for index, name in enumerate(columns):
        longest = max((cell_len(row[index]) for row in rows), default=0)
        needed += 3 + max(min(longest, NARROWEST), min(cell_len(name), NARROWEST))
    return needed <= width


def _grid(result: Result, rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=box.SQUARE, show_lines=any("\n" in cell or cell_len(cell) > 40 for row in rows for cell in row))
    for name, type_ in zip(result.columns, result.types, strict=True):
        numeric = type_.startswith(_NUMERIC) and not type_.endswith("]")
        table.add_column(Text(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _record(columns: Sequence[str], row: Sequence[str], number: int) -> Table:
    """One row as lines of name and value, for results too wide to stand side by side; empty values are left out."""
    table = Table(box=box.SIMPLE_HEAD, title=Text(f"第 {number} 行"), title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, cell in zip(columns, row, strict=True):
        if cell:
            table.add_row(Text(name), Text(cell))
    return table
