"""What a comparison of notices says, read from the marts once: workbook and report show the same figures."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final

import duckdb

from warehouse import questions
from warehouse.errors import QueryError
from warehouse.store import connect
from warehouse.transform import task_similarity

LEAST: Final = 2
MOST: Final = 12
"""Notices that stand side by side on a page that can still be read."""
DEADLINES: Final = 19
"""The analyst's question that says how definite the deadlines of a notice are."""

LIMITS: Final[Mapping[str, float]] = {
    "kept": task_similarity.MAX_MATCHES,
    "least": task_similarity.MIN_COSINE,
    "shortest": task_similarity.MIN_CHARACTERS,
    "longest": task_similarity.MAX_CHARACTERS,
}
"""What holds for counterparts in the marts holds for those that are sought here."""
_USED: Final = re.compile(r"\$(\w+)")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    """One of the compared notices; `with_…` are counts of tasks, `doubts` open findings that are no mere hints.

    `points` are base points, None where the notice gives none.
    """

    notice_id: str
    label: str
    title: str | None
    unit: str | None
    place: str | None
    year: int | None
    campaign: str | None
    award_level: str | None
    doc_number: str | None
    issued_on: date | None
    source_path: str
    is_current: bool
    tasks: int
    points: float | None
    bonus_points: float | None
    with_points: int
    with_party: int
    with_deadline: int
    with_evidence: int
    with_method: int
    thresholds: int
    doubts: int


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: weight (a share of 1), points and tasks by notice_id; a notice without it is in none of them."""

    topic: str
    name: str
    weights: Mapping[str, float]
    points: Mapping[str, float]
    tasks: Mapping[str, int]

    def weight(self, notice_id: str) -> float:
        """The weight in this notice, 0 where it lacks the theme."""
        return self.weights.get(notice_id, 0.0)


@dataclass(frozen=True)
class Comparison:
    """Rows of the files in `sql/`, named as their columns; `deadlines` is the answer to the question `DEADLINES`."""

    notices: tuple[Notice, ...]
    themes: tuple[Theme, ...]
    similarity: Sequence[Row]
    thresholds: Sequence[Row]
    parties: Sequence[Row]
    concentration: Sequence[Row]
    unique: Sequence[Row]
    counterparts: Sequence[Row]
    methods: Sequence[Row]
    materials: Sequence[Row]
    months: Sequence[Row]
    deadlines: Sequence[Row]

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The short name of each notice."""
        return {notice.notice_id: notice.label for notice in self.notices}

    def spread(self, theme: Theme) -> float:
        """The largest weight less the smallest; a notice without the theme counts 0."""
        weights = [theme.weight(notice.notice_id) for notice in self.notices]
        return max(weights) - min(weights)

    @cached_property
    def by_weight(self) -> tuple[Theme, ...]:
        """The themes, the heaviest over all notices first."""
        return tuple(sorted(self.themes, key=lambda theme: -round(sum(theme.weights.values()), 9)))

    @cached_property
    def by_spread(self) -> tuple[Theme, ...]:
        """The themes, the one that is weighted most differently first."""
        return tuple(sorted(self.themes, key=lambda theme: -round(self.spread(theme), 9)))


def chosen(warehouse: Path, parts: Sequence[str]) -> list[str]:
    """Ids of the notices one of whose names holds a part, in the order of `parts`; every current one without parts.

    Raises QueryError for a part that fits nothing, and for fewer than `LEAST` or more than `MOST` notices; the errors
    of `warehouse.store.connect`.
    """
    with contextlib.closing(connect(warehouse)) as connection:
        found = questions.find_notices(connection, parts)
        _require_number(len(found))
        return found


def read(warehouse: Path, notice_ids: Sequence[str]) -> Comparison:
    """The comparison of these notices, in their order, each once. Raises as `chosen`, and for an unknown id."""
    ids = list(dict.fromkeys(notice_ids))
    _require_number(len(ids))
    with contextlib.closing(connect(warehouse)) as connection:
        try:
            return _read(connection, ids)
        except duckdb.Error as error:
            raise QueryError(
                f"比较所需的表查询失败。仓库可能由其他版本的程序生成，请运行 wenming build。（{error}）"
            ) from error


def _read(connection: duckdb.DuckDBPyConnection, ids: list[str]) -> Comparison:
    notices = tuple(Notice(**row) for row in _rows(connection, _sql("notices"), ids))
    if missing := sorted(set(ids) - {notice.notice_id for notice in notices}):
        raise QueryError(f"仓库中没有编号为 {missing[0]} 的通知。")
    _run(connection, _sql("pairs"), ids)
    lists = {
        name: _rows(connection, _sql(name), ids)
        for name in (
            "similarity",
            "thresholds",
            "parties",
            "concentration",
            "unique",
            "counterparts",
            "methods",
            "materials",
            "months",
        )
    }
    deadlines = _rows(connection, questions.get_question(DEADLINES).sql, ids)
    return Comparison(notices, _themes(_rows(connection, _sql("weights"), ids)), deadlines=deadlines, **lists)


def _themes(rows: Sequence[Row]) -> tuple[Theme, ...]:
    topics: dict[str, list[Row]] = {}
    for row in rows:
        topics.setdefault(row["topic"], []).append(row)
    return tuple(
        Theme(
            topic=topic,
            name=parts[0]["name"],
            weights={row["notice_id"]: row["weight"] for row in parts if row["weight"] is not None},
            points={row["notice_id"]: row["points"] for row in parts if row["points"] is not None},
            tasks={row["notice_id"]: row["tasks"] for row in parts},
        )
        for topic, parts in topics.items()
    )


def _run(connection: duckdb.DuckDBPyConnection, sql: str, ids: list[str]) -> duckdb.DuckDBPyConnection:
    """Run a query with those parameters that it names."""
    given = {"notice": ids, **LIMITS}
    return connection.execute(sql, {name: given[name] for name in set(_USED.findall(sql))})


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, ids: list[str]) -> list[Row]:
    cursor = _run(connection, sql, ids)
    names = [str(column[0]) for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _sql(name: str) -> str:
    return (resources.files("warehouse.export.comparison") / "sql" / f"{name}.sql").read_text("utf-8")


def _require_number(count: int) -> None:
    if count < LEAST:
        found = "只选中了 1 份通知" if count else "没有选中通知"
        raise QueryError(f"{found}，比较至少要 {LEAST} 份。请写明几个地名、单位或通知标题中的字样。")
    if count > MOST:
        raise QueryError(f"选中了 {count} 份通知，一次最多比较 {MOST} 份。请写明其中几份的地名、单位或标题中的字样。")
