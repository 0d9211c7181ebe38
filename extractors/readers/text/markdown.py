"""Pipe tables (markdown) and tables drawn with box characters."""

from __future__ import annotations

import re

from extractors.document import Table
from extractors.readers.text.lines import RawCell, build_table

_RULE = re.compile(r"\s*(?:\|\s*)?:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*(?:\|\s*)?$")
_BORDER = re.compile(r"\s*[┌┐├┤└┘╔╗╠╣╚╝=\-|│┃║]*[┬┼┴─━═╦╬╩+][┌┬┐├┼┤└┴┘─━╔╦╗╠╬╣╚╩╝═+=\-|│┃║]*\s*$")
_BOX = re.compile(r"[│┃║]")
_PIPE = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def _cells(line: str, bar: re.Pattern[str], number: int) -> list[RawCell]:
    body = line.strip()
    parts = bar.split(body)
    if parts and not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return [RawCell(_BREAK.sub("\n", p.replace("\\|", "|")).strip(), number) for p in parts]


def _pipe_table(lines: list[str], at: int, name: str) -> tuple[Table, int] | None:
    if "|" not in lines[at] or at + 1 >= len(lines) or not _RULE.match(lines[at + 1]) or "|" not in lines[at + 1]:
        return None
    rows = [_cells(lines[at], _PIPE, at)]
    end = at + 2
    while (
        end < len(lines)
        and "|" in lines[end]
        and lines[end].strip().startswith("|") == lines[at].strip().startswith("|")
    ):
        if not _RULE.match(lines[end]):
            rows.append(_cells(lines[end], _PIPE, end))
        end += 1
    return build_table(rows, name, header_rows=1), end


def _merge(parts: list[list[RawCell]]) -> list[RawCell]:
    """The printed lines between two rules are one row."""
    width = max(len(p) for p in parts)
    columns = [[p[i] for p in parts if i < len(p)] for i in range(width)]
    return [RawCell("\n".join(c.text for c in column if c.text), column[0].line) for column in columns]


def _box_table(lines: list[str], at: int, name: str) -> tuple[Table, int] | None:
    if not (_BORDER.match(lines[at]) and at + 1 < len(lines) and _BOX.search(lines[at + 1])):
        return None
    rows: list[list[RawCell]] = []
    pending: list[list[RawCell]] = []
    end = at
    while end < len(lines) and (_BORDER.match(lines[end]) or _BOX.search(lines[end])):
        if _BORDER.match(lines[end]):
            if pending:
                rows.append(_merge(pending))
            pending = []
        else:
            pending.append(_cells(lines[end], _BOX, end))
        end += 1
    if pending:
        rows.append(_merge(pending))
    return (build_table(rows, name), end) if rows else None


def table_at(lines: list[str], at: int, name: str) -> tuple[Table, int] | None:
    """The table that begins on line `at`, with the number of the line after it; None when there is none."""
    return _pipe_table(lines, at, name) or _box_table(lines, at, name)
