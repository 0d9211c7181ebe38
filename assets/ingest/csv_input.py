"""CSV files that people keep by hand: Chinese or English headers, as Excel or WPS saves them."""

from __future__ import annotations

import codecs
import csv
import io
import os
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.formatting import FORMULA_STARTS


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
        data = path.read_bytes()
    except OSError as error:
        return [], f"无法打开（{error.strerror}），其中各条未生效，请检查该文件"
    return lines_in(data, headers, needed)


def lines_in(data: bytes, headers: Mapping[str, str], needed: Collection[str]) -> tuple[list[Line], str | None]:
    """As `read_lines`, of the content of a file."""
    rows = csv.reader(io.StringIO(decoded(data), newline=""))
    lines: list[Line] = []
    try:
        header = _columns(next(rows, []), headers)
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


def append_line(path: Path, headers: Mapping[str, str], needed: Collection[str], values: Mapping[str, str]) -> None:
    """Add a line to a file that people keep, by the names of its columns, and leave all else in it as it is.

    Encoding, byte order mark, line ends, the order of the columns and further columns stay. A file that is not there or
    empty gets the headers. The whole file is written aside and renamed; the caller sees to it that nobody else does so
    at the same time. Raises NotAppendedError where the line would not be read again just so, OSError.
    """
    path = path.resolve()
    data = path.read_bytes() if path.exists() else b""
    encoding = encoding_of(data)
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        data, encoding = codecs.BOM_UTF8, "utf-8"
        text = _line(headers.values(), "\r\n") + _line((values[column] for column in headers), "\r\n")
    else:
        end = "\r\n" if b"\r\n" in data or b"\n" not in data else "\n"
        header = _header(data, headers)
        text = "" if data.endswith((b"\n", b"\r")) else end
        text += _line((values.get(column, "") for column in header), end)
    whole = data + text.encode(encoding)
    before, _ = lines_in(data, headers, needed)
    after, fault = lines_in(whole, headers, needed)
    added = [dict(line.values) for line in after[len(before) :]]
    if fault or [dict(line.values) for line in before] != [dict(line.values) for line in after[: len(before)]]:
        raise NotAppendedError(fault or "最后一行的引号没有配对，请用 WPS/Excel 打开改正")
    if added != [{column: unguarded(values[column].strip()) for column in headers}]:
        raise NotAppendedError("最后一行的引号没有配对，或表头与内容的列数不同，请用 WPS/Excel 打开改正")
    _replace(path, whole)


class NotAppendedError(Exception):
    """A file that a line cannot be added to; nothing was changed. The text is Chinese and says why."""


def header_of(path: Path, headers: Mapping[str, str]) -> list[str]:
    """The columns of a file in their order, "" for those that are none of ours; none where there is no file yet."""
    return _header(path.read_bytes(), headers) if path.exists() else []


def _header(data: bytes, headers: Mapping[str, str]) -> list[str]:
    try:
        return _columns(next(csv.reader(io.StringIO(decoded(data), newline="")), []), headers)
    except csv.Error:
        return []


def _columns(row: Iterable[str], headers: Mapping[str, str]) -> list[str]:
    """The column of each cell of a header; "" where it is none of ours."""
    meanings = {chinese: column for column, chinese in headers.items()} | {column: column for column in headers}
    return [meanings.get(cell.strip(), "") for cell in row]


def _line(values: Iterable[str], end: str) -> str:
    stream = io.StringIO(newline="")
    # With other line ends the writer would leave a \r within a value unquoted.
    csv.writer(stream, lineterminator="\r\n").writerow(values)
    return stream.getvalue().removesuffix("\r\n") + end


def _replace(path: Path, data: bytes) -> None:
    aside = path.with_name(f".{path.name}.writing")
    try:
        with aside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def encoding_of(data: bytes) -> str:
    """The encoding of a CSV that a person saved: UTF-8, else what Chinese Excel writes."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def decoded(data: bytes) -> str:
    """The text of a CSV that a person saved, without a byte order mark."""
    return data.decode(encoding_of(data), errors="replace").removeprefix("\ufeff")


def unguarded(value: str) -> str:
    """Return a value without the apostrophe that `warehouse.formatting.escape_formula` puts before formulas."""
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA_STARTS) else value
