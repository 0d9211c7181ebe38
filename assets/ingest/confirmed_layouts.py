"""The layouts of tables that people confirmed: `版式.csv` in the folder of corrections.

What a line means and what may be wrong with it is decided in `extractors.layouts`; here the file is read and extended,
and its lines are held against what is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from assets.ingest.csv_input import append_decisions, read_lines
from extractors.layouts import (
    HEADER_SEPARATOR,
    LAYOUT_HEADERS,
    LAYOUTS_FILE,
    REQUIRED_COLUMNS,
    ConfirmedLayout,
    LayoutDecision,
    combine_lines,
    select_layouts,
)
from warehouse import store

_TABLES_SQL: Final = """
SELECT f.source_path, n.issuer, t.ordinal, t.columns
FROM core.files AS f LEFT JOIN core.notices AS n USING (file_id) LEFT JOIN core.tables AS t USING (notice_id)
WHERE f.status <> 'duplicate'
"""


def read_layouts(folder: Path) -> tuple[list[LayoutDecision], list[str]]:
    """Return the confirmed layouts of a folder, and messages about unusable lines (Chinese, with remedy)."""
    path = folder / LAYOUTS_FILE
    if not path.is_file():
        return [], []
    lines, fault = read_lines(path, LAYOUT_HEADERS, REQUIRED_COLUMNS)
    decisions, problems = combine_lines((line.number, line.values) for line in lines)
    return decisions, [*problems, *([f"{LAYOUTS_FILE} {fault}"] if fault else [])]


def append_layout_lines(folder: Path, lines: Sequence[Mapping[str, str]]) -> Path:
    """Append lines to `版式.csv`, all of them or none; the other lines stay as they are.

    Args:
        folder: The folder of corrections.
        lines: Values by the columns of `LAYOUT_HEADERS`; a missing one is empty.

    Returns:
        The path of the file.

    Raises:
        NotAppendedError: The file is damaged.
        OSError: The file cannot be written.
    """
    return append_decisions(folder / LAYOUTS_FILE, LAYOUT_HEADERS, REQUIRED_COLUMNS, lines)


def select_fitting(
    layouts: Iterable[ConfirmedLayout], file: str, issuer: str | None, headers: Iterable[Sequence[str]]
) -> list[ConfirmedLayout]:
    """Return the layouts with which a file is read: those of the file, and those that fit a table of its notice.

    Args:
        layouts: All confirmed layouts.
        file: The source path of the file.
        issuer: The issuer of its notice; None if it holds none.
        headers: The header texts of each table of the notice.
    """
    tables = list(headers)
    return [
        layout
        for layout in select_layouts(layouts, file, issuer)
        if layout.is_of_file(file) or any(layout.fits(header, 0) for header in tables)
    ]


def list_ineffective_layouts(warehouse: Path, decisions: Sequence[LayoutDecision]) -> list[str]:
    """Return Chinese messages about confirmed layouts that name no published file or fit no table of any notice.

    Where a layout no longer fits a table of its own file, an error of the notice says so.
    """
    if not decisions:
        return []
    with store.reading(warehouse) as connection:
        rows = connection.execute(_TABLES_SQL).fetchall()
    paths = {path for path, *_ in rows}
    messages = []
    for decision in decisions:
        layout = decision.layout
        place = f"{LAYOUTS_FILE} 第 {'、'.join(map(str, decision.lines))} 行"
        if layout.file is not None:
            if layout.file not in paths:
                messages.append(f"{place}所指的文件不在 raw 文件夹中（{layout.file}），请核对文件名")
        elif not any(
            columns is not None and layout.concerns(path, issuer) and layout.fits(columns, ordinal)
            for path, issuer, ordinal, columns in rows
        ):
            header = HEADER_SEPARATOR.join(layout.header)
            whose = f"“{layout.issuer}”的通知" if layout.issuer else "各通知"
            messages.append(f"{place}所列的表头（{header}）在{whose}中没有找到，该条认定未生效，请照原表核对表头")
    return messages
