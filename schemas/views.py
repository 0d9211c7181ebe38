"""Views as files: the SQL of a view, and the documentation in its head comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

COLUMNS_MARK: Final = "列："
VIEW_FOLDERS: Final[Mapping[str, str]] = MappingProxyType({"mart": "marts", "cn": "cn"})
"""Schema of the views -> folder of their files below warehouse/, in the order in which they are made."""


@dataclass(frozen=True)
class ViewSpec:
    """A view: `sql` is its CREATE statement, `comment` its purpose and reading rules, `columns` name -> meaning."""

    schema: str
    name: str
    sql: str
    comment: str
    columns: Mapping[str, str]

    @property
    def full_name(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"


def read_view(schema: str, name: str, source: str) -> ViewSpec:
    """The view that a file of `schema` declares.

    The file begins with `--` lines: the purpose and the reading rules, then a line `-- 列：` and one line
    `--   name：meaning` per column; the SELECT follows. Raises ValueError where a part is missing.
    """
    lines = source.strip().splitlines()
    body = next((index for index, line in enumerate(lines) if not line.startswith("--")), len(lines))
    head = [line.removeprefix("--").strip() for line in lines[:body]]
    query = "\n".join(lines[body:]).strip().rstrip(";")
    if COLUMNS_MARK not in head or not query:
        raise ValueError(f"{schema}.{name}: wants a head comment with a line '-- {COLUMNS_MARK}' and a query below it")
    mark = head.index(COLUMNS_MARK)
    columns: dict[str, str] = {}
    for line in head[mark + 1 :]:
        column, separator, meaning = line.partition("：")
        if not separator or not meaning:
            raise ValueError(f"{schema}.{name}: column line without '：': {line}")
        columns[column.strip()] = meaning.strip()
    comment = "\n".join(line for line in head[:mark] if line)
    sql = f'CREATE OR REPLACE VIEW "{schema}"."{name}" AS\n{query}'
    return ViewSpec(schema, name, sql, comment, columns)
