"""Read and extend CSV files that people edit by hand: Chinese or English headers, as Excel or WPS saves them."""

from __future__ import annotations

import codecs
import csv
import io
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock

from warehouse.formatting import escape_formula, strip_formula_guard

LOCK_SECONDS: Final = 30.0
"""How long one review waits for another that writes; filelock.Timeout is an OSError."""


@dataclass(frozen=True, slots=True)
class CsvLine:
    """One line: its number in the file, and its value for every column, "" where it is empty."""

    number: int
    values: Mapping[str, str]


def read_lines(path: Path, headers: Mapping[str, str], needed: Collection[str]) -> tuple[list[CsvLine], str | None]:
    """Read the non-empty lines of a file.

    Args:
        path: The file.
        headers: Column -> its Chinese name; the file may use either.
        needed: Required columns; no line is read if one is missing.

    Returns:
        The lines, and in Chinese why the file or the rest of it could not be read (None if it could).
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        return [], f"无法打开（{error.strerror}），其中各条未生效，请检查该文件"
    return parse_lines(data, headers, needed)


def parse_lines(data: bytes, headers: Mapping[str, str], needed: Collection[str]) -> tuple[list[CsvLine], str | None]:
    """Parse the content of a file as `read_lines` does."""
    rows = csv.reader(io.StringIO(decode_text(data), newline=""))
    lines: list[CsvLine] = []
    try:
        header = _match_columns(next(rows, []), headers)
        missing = [headers[column] for column in headers if column in needed and column not in header]
        if missing:
            return [], f"第 1 行缺少列：{'、'.join(missing)}，其中各条未生效，请补上表头"
        for row in rows:
            if any(cell.strip() for cell in row):
                cells = {
                    name: strip_formula_guard(cell.strip()) for name, cell in zip(header, row, strict=False) if name
                }
                lines.append(CsvLine(rows.line_num, {column: cells.get(column, "") for column in headers}))
    except csv.Error as error:
        return lines, f"第 {rows.line_num} 行无法读取（{error}），该行起未生效，请用 WPS/Excel 重新另存为 CSV"
    return lines, None


def append_decisions(
    path: Path, headers: Mapping[str, str], needed: Collection[str], lines: Sequence[Mapping[str, str]]
) -> Path:
    """Append lines as `append_lines` does, guarded against formulas, while no other review writes the file.

    A missing folder is created; what a line has no value for is empty.

    Returns:
        The path of the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _lock(path):
        guarded = [{name: escape_formula(line.get(name, "")) for name in headers} for line in lines]
        append_lines(path, headers, needed, guarded)
    return path


def remove_decisions(
    path: Path, headers: Mapping[str, str], needed: Collection[str], lines: Sequence[Mapping[str, str]]
) -> None:
    """Remove lines from a file, each where it stands last, while no other review writes the file.

    Everything else in the file stays as it is, byte by byte.

    Args:
        path: The file.
        headers: Column -> its Chinese name; the file may use either.
        needed: Required columns.
        lines: The values of each line by column, as they were appended; a missing one is empty.

    Raises:
        NotRemovedError: A line is no longer in the file, or cannot be told from another.
        OSError: The file cannot be read or written.
    """
    path = path.resolve()
    with _lock(path):
        data = path.read_bytes() if path.exists() else b""
        encoding, mark = detect_encoding(data), codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        before, fault = parse_lines(data, headers, needed)
        wanted = [{name: line.get(name, "").strip() for name in headers} for line in lines]
        removed = _find_last([dict(line.values) for line in before], wanted)
        if fault or removed is None:
            raise NotRemovedError(fault or "所要撤销的内容已不在文件中，可能已由他人改动")
        physical = list(io.StringIO(decode_text(data), newline=""))
        numbers = {before[position].number for position in removed}
        remaining = "".join(text for number, text in _split_records(physical) if number not in numbers)
        new_data = mark + remaining.encode(encoding)
        after, fault = parse_lines(new_data, headers, needed)
        rest = [line.values for position, line in enumerate(before) if position not in removed]
        is_exact = mark + "".join(physical).encode(encoding) == data
        if fault or not is_exact or [line.values for line in after] != rest:
            raise NotRemovedError(fault or "文件的写法特殊，请用 WPS/Excel 打开，手工删去这几行")
        _write_atomically(path, new_data)


def _lock(path: Path) -> FileLock:
    """Return the lock of a file; one that several links lead to has one lock."""
    real = path.resolve()
    return FileLock(real.with_name(f".{real.name}.lock"), timeout=LOCK_SECONDS)


def _find_last(present: Sequence[Mapping[str, str]], wanted: Sequence[Mapping[str, str]]) -> set[int] | None:
    """Return the positions of the wanted lines, the last ones that are equal; None if one is missing."""
    found: set[int] = set()
    for line in wanted:
        places = (place for place in range(len(present) - 1, -1, -1) if place not in found and present[place] == line)
        place = next(places, None)
        if place is None:
            return None
        found.add(place)
    return found


def _split_records(physical: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield each record of a CSV file with the number of its last physical line, as `CsvLine` counts."""
    rows = csv.reader(physical)
    before = 0
    for _ in rows:
        yield rows.line_num, "".join(physical[before : rows.line_num])
        before = rows.line_num


def append_lines(
    path: Path, headers: Mapping[str, str], needed: Collection[str], lines: Sequence[Mapping[str, str]]
) -> None:
    """Append lines to a file, by the names of its columns, without changing anything else in it.

    Encoding, byte order mark, line ends, the order of the columns and further columns are kept. A missing or empty
    file gets the headers. The file is replaced atomically; the caller makes sure that no other process does so at the
    same time.

    Args:
        path: The file.
        headers: Column -> its Chinese name; the file may use either.
        needed: Required columns.
        lines: The values of each line by column.

    Raises:
        NotAppendedError: A line would not be read back as it was written.
        OSError: The file cannot be written.
    """
    path = path.resolve()
    data = path.read_bytes() if path.exists() else b""
    encoding = detect_encoding(data)
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        data, encoding = codecs.BOM_UTF8, "utf-8"
        text = _format_line(headers.values(), "\r\n")
        text += "".join(_format_line((values[column] for column in headers), "\r\n") for values in lines)
    else:
        end = "\r\n" if b"\r\n" in data or b"\n" not in data else "\n"
        header = _parse_header(data, headers)
        text = "" if data.endswith((b"\n", b"\r")) else end
        text += "".join(_format_line((values.get(column, "") for column in header), end) for values in lines)
    new_data = data + text.encode(encoding)
    before, _ = parse_lines(data, headers, needed)
    after, fault = parse_lines(new_data, headers, needed)
    added = [dict(line.values) for line in after[len(before) :]]
    if fault or [dict(line.values) for line in before] != [dict(line.values) for line in after[: len(before)]]:
        raise NotAppendedError(fault or "最后一行的引号没有配对，请用 WPS/Excel 打开改正")
    if added != [{column: strip_formula_guard(values[column].strip()) for column in headers} for values in lines]:
        raise NotAppendedError("最后一行的引号没有配对，或表头与内容的列数不同，请用 WPS/Excel 打开改正")
    _write_atomically(path, new_data)


class NotRemovedError(Exception):
    """A line cannot be removed from a file; nothing was changed. The text is Chinese and names the cause."""


class NotAppendedError(Exception):
    """A line cannot be appended to a file; nothing was changed. The text is Chinese and names the cause."""


def read_header(path: Path, headers: Mapping[str, str]) -> list[str]:
    """Return the columns of a file in order, "" for unknown ones; empty if the file does not exist."""
    return _parse_header(path.read_bytes(), headers) if path.exists() else []


def _parse_header(data: bytes, headers: Mapping[str, str]) -> list[str]:
    try:
        return _match_columns(next(csv.reader(io.StringIO(decode_text(data), newline="")), []), headers)
    except csv.Error:
        return []


def _match_columns(row: Iterable[str], headers: Mapping[str, str]) -> list[str]:
    """Return the column of each cell of a header, "" for unknown ones."""
    meanings = {chinese: column for column, chinese in headers.items()} | {column: column for column in headers}
    return [meanings.get(cell.strip(), "") for cell in row]


def _format_line(values: Iterable[str], end: str) -> str:
    stream = io.StringIO(newline="")
    # With other line ends the writer would leave a \r within a value unquoted.
    csv.writer(stream, lineterminator="\r\n").writerow(values)
    return stream.getvalue().removesuffix("\r\n") + end


def _write_atomically(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.writing")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def detect_encoding(data: bytes) -> str:
    """Return the encoding of a CSV file: UTF-8, else GB18030, which Chinese Excel writes."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def decode_text(data: bytes) -> str:
    """Decode a CSV file, without its byte order mark."""
    return data.decode(detect_encoding(data), errors="replace").removeprefix("\ufeff")
