"""Tables written one row per line with TABs between the cells."""

from __future__ import annotations

import re

from extractors.document import Table
from extractors.readers.text.lines import RawCell, build_table

_RULE_CELL = re.compile(r"\s*:?-{2,}:?\s*")


def _is_row(line: str) -> bool:
    return "\t" in line.strip(" \n") and bool(line.strip())


def table_at(lines: list[str], at: int, name: str) -> tuple[Table, int] | None:
    """The table that begins on line `at`, with the number of the line after it; None when there is none.

    A single line of text with TABs is no table; a line without TAB between two rows continues the last cell.
    """
    if not _is_row(lines[at]):
        return None
    rows: list[list[RawCell]] = []
    end = at
    while end < len(lines):
        if _is_row(lines[end]):
            rows.append([RawCell(text, end) for text in lines[end].split("\t")])
        elif lines[end].strip() and end + 1 < len(lines) and _is_row(lines[end + 1]):
            last = rows[-1][-1]
            rows[-1][-1] = RawCell(f"{last.text}\n{lines[end]}", last.line)
        else:
            break
        end += 1
    rows = [r for r in rows if not all(_RULE_CELL.fullmatch(c.text) for c in r)]
    if all(len(r) == 2 and not r[0].text.strip() for r in rows):
        return None  # paragraphs indented by a TAB
    if len(rows) < 2:
        return None if rows and max(len(r) for r in rows) < 3 else (build_table(rows, name), end)
    return build_table(rows, name), end
