"""The layout of a table in `wenming review`: show how it was read and what else it could be, record a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.ingest.confirmed_layouts import append_layout_lines
from extractors.layouts import (
    HEADER_SEPARATOR,
    LAYOUTS_FILE,
    Kind,
    find_code,
    find_column,
    is_row,
    list_names,
    show_name,
)
from pipelines.commands.review_common import ReviewError, explain_unwritten, require_reason, split_choice
from warehouse import store

MAX_ROWS_SHOWN: Final = 4
MAX_CELL_TEXT: Final = 24
"""Longer texts of cells are shortened: the question is what the column is, not what it says."""
TABLE_SQL: Final = """
SELECT f.source_path, n.issuer, t.ordinal, t.title, t.columns, t.roles, t.reading, t.alternative, t.alternative_roles,
       (SELECT count(*) FROM core.tasks AS k WHERE k.notice_id = t.notice_id AND k.table_id = t.table_id) AS tasks
FROM core.tables AS t JOIN core.notices AS n USING (notice_id) JOIN core.files AS f USING (file_id)
WHERE t.table_id = ?
"""
CELLS_SQL: Final = 'SELECT "row", col, col_span, text FROM core.cells WHERE table_id = ? AND "row" >= 0 ORDER BY ALL'


@dataclass(frozen=True, slots=True)
class TablePlace:
    """A table as it was read: its columns with their roles, both readings, and the texts of its rows by column."""

    source_path: str
    issuer: str | None
    ordinal: int
    title: str | None
    columns: Sequence[str]
    roles: Sequence[str]
    reading: str | None
    alternative: str | None
    alternative_roles: Sequence[str]
    tasks: int
    rows: Sequence[Mapping[int, str]]

    @property
    def has_usable_header(self) -> bool:
        """Whether the header can name the table in other files: it has texts, none with the separator in it."""
        return any(self.columns) and not any(mark in text for text in self.columns for mark in (HEADER_SEPARATOR, "|"))

    def column_name(self, column: int) -> str:
        """Return the name by which a line calls a column: its header text, or its number where that is not its own."""
        text = self.columns[column]
        return text if text and find_column(self.columns, text) == column else f"第{column + 1}列"


@dataclass(frozen=True, slots=True)
class LayoutChoice:
    """What the user decided: `列=含义`, `行=类别`, or that the reading is right."""

    columns: Sequence[str] = ()
    rows: Sequence[str] = ()
    accept: bool = False

    @property
    def is_given(self) -> bool:
        """Whether anything was decided."""
        return bool(self.columns or self.rows or self.accept)


def read_table_place(warehouse: Path, table_id: str) -> TablePlace:
    """Read a table with the texts of its rows."""
    with store.reading(warehouse) as connection:
        (found,) = connection.execute(TABLE_SQL, [table_id]).fetchall()
        cells = connection.execute(CELLS_SQL, [table_id]).fetchall()
    rows: dict[int, dict[int, str]] = {}
    for row, column, _, text in cells:
        rows.setdefault(row, {})[column] = text
    return TablePlace(*(*found, [rows[row] for row in sorted(rows)]))


def make_layout_lines(
    place: TablePlace, choice: LayoutChoice, *, reason: str, who: str, today: date
) -> list[dict[str, str]]:
    """Return the lines of `版式.csv` that record a decision about a table.

    An accepted reading is written out column by column, so that it stays what it was; where it gave no task, no column
    is one of requirements.

    Args:
        place: The table.
        choice: What was decided.
        reason: Why.
        who: The person who decides.
        today: The day of the decision.

    Raises:
        ReviewError: A column, row, role or class is unknown, or reason or person are missing.
    """
    require_reason(reason, who)
    settled = [_parse_column(place, text) for text in choice.columns]
    settled += [_parse_row(place, text) for text in choice.rows]
    if choice.accept:
        named = {line["column"] for line in settled if "column" in line}
        for column, role in enumerate(place.roles):
            if (name := place.column_name(column)) not in named:
                pinned = role if place.tasks or role != "requirement" else "other"
                settled.append({"column": name, "role": show_name("columns", pinned)})
        settled.append({})
    table = {
        "file": place.source_path,
        "issuer": place.issuer or "",
        "header": HEADER_SEPARATOR.join(place.columns) if place.has_usable_header else "",
        "ordinal": "" if place.has_usable_header else str(place.ordinal),
        "reason": reason.strip(),
        "who": who.strip(),
        "when": today.isoformat(),
    }
    return [table | line for line in settled]


def record_layout(folder: Path, lines: Sequence[Mapping[str, str]]) -> Path:
    """Append the lines of one decision to `版式.csv`, all or none. Raises ReviewError."""
    with explain_unwritten(folder / LAYOUTS_FILE):
        return append_layout_lines(folder, lines)


def describe_next_step(place: TablePlace, path: Path, lines: Sequence[Mapping[str, str]]) -> str:
    """Return in Chinese what was written and what it will change, also where a name holds for several rows."""
    others = f"，“{place.issuer}”今后印发的同样表头的表也照此读取" if place.issuer and place.has_usable_header else ""
    repeated = [
        f"；表中有 {count} 行的行首文字是“{line['row']}”，都照此认定，只认定其中一行的请写 第2行 这样的行号"
        for line in lines
        if "row" in line and (count := len(_find_rows(place, line["row"]))) > 1
    ]
    done = f"已记入 {path}（{len(lines)} 行）。下次运行 wenming build 时重新读取 {place.source_path}{others}"
    return done + "".join(repeated)


def print_table_place(console: Console, place: TablePlace, which: str) -> None:
    """Print both readings side by side and the first rows with the role above each column.

    Args:
        console: Where to print.
        place: The table.
        which: The number or id by which the user chose the finding, for the commands that follow.
    """
    readings = Table(title=f"表{place.ordinal}　{escape(place.title or '')}", title_justify="left", show_lines=True)
    for header in ("现读作", "另一种可能"):
        readings.add_column(header, overflow="fold", ratio=1)
    default = "各列的含义见下表" + ("" if place.tasks else "；没有读出任务")
    readings.add_row(escape(place.reading or default), escape(place.alternative or "—"))
    console.print(readings)
    rows = Table(
        title=f"前 {min(MAX_ROWS_SHOWN, len(place.rows))} 行（每列上方是现在理解的含义，“或”后是另一种可能的含义）",
        title_justify="left",
    )
    for column, role in enumerate(place.roles):
        text = place.columns[column] or f"第{column + 1}列"
        other = place.alternative_roles[column] if place.alternative_roles else role
        also = "" if other == role else f"\n或：{show_name('columns', other)}"
        rows.add_column(f"{escape(show_name('columns', role))}{escape(also)}\n{escape(text)}", overflow="fold")
    for row in place.rows[:MAX_ROWS_SHOWN]:
        rows.add_row(*(escape(_shorten(row.get(column, ""))) for column in range(len(place.roles))))
    console.print(rows)
    why = "--reason 理由 --who 经办人"
    for line in (
        f"读得对：wenming review {which} --accept {why}",
        f"某列另有含义：wenming review {which} --column 列名=含义 {why}（含义：{list_names('columns')}）",
        f"某行另有类别：wenming review {which} --row 行首文字=类别 {why}（类别：{list_names('rows')}）",
    ):
        console.print(line, soft_wrap=True, markup=False, highlight=False)


def _parse_column(place: TablePlace, text: str) -> dict[str, str]:
    name, code = _split_choice(text, "columns")
    column = find_column(place.columns, name)
    if column is None:
        known = "、".join(place.column_name(position) for position in range(len(place.columns)))
        raise ReviewError(f"这张表没有“{name}”这一列。可写的有：{known}")
    return {"column": place.column_name(column), "role": show_name("columns", code)}


def _parse_row(place: TablePlace, text: str) -> dict[str, str]:
    name, code = _split_choice(text, "rows")
    if not _find_rows(place, name):
        raise ReviewError(f"这张表没有“{name}”这一行。请写该行的第一格文字，或写 第2行（从表头下第一行数起）")
    return {"row": name, "row_class": show_name("rows", code)}


def _find_rows(place: TablePlace, name: str) -> list[int]:
    return [number for number, row in enumerate(place.rows) if is_row(name, list(row.values()), number)]


def _split_choice(text: str, kind: Kind) -> tuple[str, str]:
    """Return the name and the code of `名称=含义`."""
    example = "--column 评分标准=任务要求" if kind == "columns" else "--row 一=分节行"
    name, value = split_choice(text, example)
    code = find_code(kind, value)
    if code is None:
        raise ReviewError(f"不认识“{value}”。可写的有：{list_names(kind)}")
    return name, code


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_CELL_TEXT else line[: MAX_CELL_TEXT - 1] + "…"
