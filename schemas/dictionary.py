"""The Chinese data dictionary: `python -m schemas.dictionary` writes it, `--check` tests whether it is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from schemas.ddl import build_ddl, literal
from schemas.generated_pages import escape_cell, write_or_check
from schemas.macros import MACROS
from schemas.registry import SCHEMAS, TABLES
from schemas.specs import TableSpec
from schemas.view_files import VIEW_FOLDERS, ViewSpec, read_view, sort_views

DICTIONARY: Final = Path(__file__).with_name("DICTIONARY.md")
# A path, not an import: this package does not depend on the warehouse, it only reads the comments of its SQL files.
SQL_FOLDER: Final = Path(__file__).parents[1] / "warehouse" / "transform"


def dictionary_markdown() -> str:
    """Return the data dictionary of all tables and views as Markdown in Chinese."""
    views = [
        read_view(schema, path.stem, path.read_text("utf-8"))
        for schema, folder in VIEW_FOLDERS.items()
        for path in sorted((SQL_FOLDER / folder).glob("*.sql"))
    ]
    lines = [
        "# 数据字典",
        "",
        "本文件由 `python -m schemas.dictionary` 生成，请勿手工修改。",
        "要改动，请改 `schemas/` 中的声明或 `warehouse/transform/marts/`、`warehouse/transform/cn/` 中的视图。",
        "",
        "| 层 | 说明 |",
        "|---|---|",
        *(f"| `{name}` | {escape_cell(comment)} |" for name, comment in SCHEMAS.items()),
        "",
        "## 函数",
        "",
        "查询中可以直接使用的函数，存放在仓库文件中。",
        "",
        "| 函数 | 含义 |",
        "|---|---|",
        *(f"| `{macro.signature}` | {escape_cell(macro.comment)} |" for macro in MACROS),
        "",
    ]
    for table in TABLES.values():
        lines.extend(_table_lines(table))
    types = _view_types(views)
    for view in views:
        lines.extend(_view_lines(view, types[view.full_name]))
    return "\n".join(lines).rstrip() + "\n"


def _table_lines(table: TableSpec) -> Iterator[str]:
    yield f"## {table.full_name} {table.label}"
    yield ""
    yield table.comment
    yield ""
    yield f"主键：{'、'.join(f'`{name}`' for name in table.key)}"
    for link in table.foreign_keys:
        yield ""
        yield f"引用：`{'、'.join(link.columns)}` → `{link.table}` 的 `{'、'.join(link.references)}`"
    yield ""
    yield "| 列 | 中文名 | 类型 | 单位 | 可空 | 含义 |"
    yield "|---|---|---|---|---|---|"
    for spec in table.columns:
        meaning = spec.description
        if spec.values:
            meaning += "。取值：" + "，".join(f"`{value}` {label}" for value, label in spec.values.items())
        cells = (f"`{spec.name}`", spec.label, spec.type, spec.unit or "", "是" if spec.nullable else "否", meaning)
        yield "| " + " | ".join(escape_cell(cell) for cell in cells) + " |"
    yield ""


def _view_lines(view: ViewSpec, types: dict[str, str]) -> Iterator[str]:
    yield f"## {view.full_name}"
    yield ""
    for line in view.comment.splitlines():
        yield f"{line}  "
    yield ""
    yield "| 列 | 类型 | 含义 |"
    yield "|---|---|---|"
    for name, meaning in view.columns.items():
        yield f"| `{escape_cell(name)}` | {types[name]} | {escape_cell(meaning)} |"
    yield ""


def _view_types(views: Sequence[ViewSpec]) -> dict[str, dict[str, str]]:
    """Return view -> column -> DuckDB type, read from an empty warehouse."""
    if not views:
        return {}
    import duckdb

    with duckdb.connect() as connection:
        for statement in (*build_ddl(), *(view.sql for view in sort_views(views))):
            connection.execute(statement)
        types: dict[str, dict[str, str]] = {}
        for view in views:
            rows = connection.execute(
                "SELECT column_name, data_type FROM duckdb_columns() "
                f"WHERE schema_name = {literal(view.schema)} AND table_name = {literal(view.name)}"
            ).fetchall()
            types[view.full_name] = {str(name): str(type_) for name, type_ in rows}
    return types


def main(arguments: Sequence[str]) -> int:
    """Write the dictionary, or compare it with `--check`; the exit code is that of `write_or_check`."""
    return write_or_check(DICTIONARY, dictionary_markdown, "schemas.dictionary", arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
