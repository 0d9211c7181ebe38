"""Views as SQL files, with their documentation in the head comment."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import Final

COLUMNS_MARK: Final = "列："
STORED_MARK: Final = "存放：表"
SCOPE_MARK: Final = "更新："
_VIEW_NAME: Final = re.compile(r"\b(?:mart|cn)\.\w+")
VIEW_FOLDERS: Final[Mapping[str, str]] = MappingProxyType({"mart": "marts", "cn": "cn"})
"""Schema of the views -> folder of their files below warehouse/transform/, in the order of creation."""


class Scope(enum.Enum):
    """What the rows of a stored mart depend on: a change elsewhere leaves them unchanged."""

    NOTICE = "notice"
    """One notice and its other versions."""
    LISTED_TASK = "listed_task"
    """The similar tasks of one task, in mart.task_pairs and in the reviewed matches."""
    LISTED_NOTICE = "listed_notice"
    """The similar notices of one notice in mart.notice_pairs, and the similar tasks of its tasks."""


SCOPE_WORDS: Final[Mapping[str, Scope]] = MappingProxyType(
    {"按通知": Scope.NOTICE, "按任务的对应": Scope.LISTED_TASK, "按通知的对应": Scope.LISTED_NOTICE}
)
"""The words for the scopes in the head comment of a file."""


@dataclass(frozen=True)
class ViewSpec:
    """A view, or a mart that is stored as a table.

    Attributes:
        schema: `mart` or `cn`.
        name: Name of the view.
        query: Its SELECT.
        comment: Chinese purpose and reading rules.
        columns: Column -> Chinese meaning.
        stored: Whether it is stored as a table when a warehouse is published.
        scope: What its rows depend on; None where a change can affect all of them.
        scope_column: The column of the key of the scope.
    """

    schema: str
    name: str
    query: str
    comment: str
    columns: Mapping[str, str]
    stored: bool = False
    scope: Scope | None = None
    scope_column: str = ""

    @property
    def full_name(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"

    @property
    def kind(self) -> str:
        """TABLE or VIEW."""
        return "TABLE" if self.stored else "VIEW"

    @property
    def sql(self) -> str:
        """The CREATE statement."""
        return f'CREATE OR REPLACE {self.kind} "{self.schema}"."{self.name}" AS\n{self.query}'

    @cached_property
    def dependencies(self) -> frozenset[str]:
        """The marts and Chinese views that the query reads, by `schema.name`."""
        return frozenset(_VIEW_NAME.findall(self.query))


def sort_views(views: Iterable[ViewSpec]) -> list[ViewSpec]:
    """Return the views in dependency order. Raises graphlib.CycleError."""
    by_name = {view.full_name: view for view in views}
    graph = {name: sorted(view.dependencies & by_name.keys()) for name, view in sorted(by_name.items())}
    return [by_name[name] for name in TopologicalSorter(graph).static_order()]


def read_view(schema: str, name: str, source: str) -> ViewSpec:
    """Parse the file of one view.

    The head comment has the purpose and the reading rules; `-- 存放：表` for a stored mart; `-- 更新：按通知 notice_id`
    (a key of `SCOPE_WORDS` and the column of the key) if it can be updated row by row; then `-- 列：` and one line
    `--   name：meaning` per column. The SELECT follows.

    Raises:
        ValueError: A part is missing.
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
    comment = "\n".join(
        line for line in head[:mark] if line and line != STORED_MARK and not line.startswith(SCOPE_MARK)
    )
    scope, column = _parse_scope(f"{schema}.{name}", head[:mark], columns)
    return ViewSpec(schema, name, query, comment, columns, STORED_MARK in head[:mark], scope, column)


def _parse_scope(name: str, head: Iterable[str], columns: Mapping[str, str]) -> tuple[Scope | None, str]:
    scopes = [line.removeprefix(SCOPE_MARK) for line in head if line.startswith(SCOPE_MARK)]
    if not scopes:
        return None, ""
    word, _, column = scopes[0].partition(" ")
    if word not in SCOPE_WORDS or column not in columns:
        raise ValueError(f"{name}: wants '-- {SCOPE_MARK}' with one of {'、'.join(SCOPE_WORDS)} and a column")
    return SCOPE_WORDS[word], column
