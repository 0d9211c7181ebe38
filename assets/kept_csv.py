"""CSV files that people keep by hand: Chinese or English headers, as Excel or WPS saves them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.values import FORMULA_STARTS


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file, and its value for every column, "" where the line says nothing."""

    number: int
    values: Mapping[str, str]


def read_lines(path: Path, headers: Mapping[str, str], needed: Collection[str]) -> tuple[list[Line], str | None]:
    """The lines of a file that hold anything, and what kept it or the rest of it from being read (Chinese, or None).

    `headers` maps each column to its Chinese name, and the file may use either; without the columns `needed` no line
    is read.
    """
    try:
        rows = csv.reader(io.StringIO(decoded(path.read_bytes()), newline=""))
    except OSError as error:
        return [], f"无法打开（{error.strerror}），其中各条未生效，请检查该文件"
    meanings = {chinese: column for column, chinese in headers.items()} | {column: column for column in headers}
    lines: list[Line] = []
    try:
        header = [meanings.get(cell.strip(), "") for cell in next(rows, [])]
        missing = [headers[column] for column in headers if column in needed and column not in header]
        if missing:
            return [], f"第 1 行缺少列：{'、'.join(missing)}，其中各条未生效，请补上表头"
        for row in rows:
            if any(cell.strip() for cell in row):
                found = {name: unguarded(cell.strip()) for name, cell in zip(header, row, strict=False) if name}
                lines.append(Line(rows.line_num, {column: found.get(column, "") for column in headers}))
    except csv.Error as error:
        return lines, f"第 {rows.line_num} 行无法读取（{error}），该行起未生效，请用 WPS/Excel 重新另存为 CSV"
    return lines, None


def decoded(data: bytes) -> str:
    """The text of a CSV that a person saved: UTF-8, else what Chinese Excel writes."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def unguarded(value: str) -> str:
    """A value without the apostrophe that `warehouse.values.as_text` puts before what looks like a formula."""
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA_STARTS) else value
