"""Rules that rows must satisfy before they are published.

The same rules quarantine single notices in the workers and guard the whole batch as asset checks. Each rule takes the
frames of a batch by table name (`core.tasks`) and returns the breaches it finds, in Chinese.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

import schemas

Frames = Mapping[str, pl.DataFrame]

TASKS = "core.tasks"
NOTICES = "core.notices"
FINDINGS = "core.findings"
UNACCOUNTED = "text_unaccounted"
DROPPED = "finding_dropped"
"""Rule of the findings that replace one that could not be published."""
QUARANTINED = "validation"
"""Rule of the findings about notices in quarantine."""
UNIQUE = "unique"
MAX_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken rule: the table, and a Chinese message that names column and value."""

    table: str
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and the tables it applies to; `description` is shown beside the check."""

    name: str
    description: str
    tables: tuple[str, ...]
    find_breaches: Callable[[Frames, str], list[Breach]]


def find_schema_breaches(frames: Frames, table: str) -> list[Breach]:
    """Find wrong types, missing columns and values out of range."""
    frame = frames[table]
    if frame.is_empty() and dict(frame.schema) == schemas.TABLES[table].dtypes:
        return []
    return [_to_breach(failure) for failure in schemas.check(table, frame) if failure.check != UNIQUE]


def find_key_breaches(frames: Frames, table: str) -> list[Breach]:
    """Find rows whose key is missing or repeated."""
    key = list(schemas.TABLES[table].key)
    frame = frames[table]
    if frame.is_empty():
        return []
    missing, doubled = frame.select(
        pl.any_horizontal(pl.col(key).is_null()).sum(), doubled=pl.struct(key).is_duplicated().any()
    ).row(0)
    breaches = [Breach(table, f"{table} 的主键 {'、'.join(key)} 有 {missing} 行为空")] if missing else []
    if doubled:
        twice = frame.group_by(key, maintain_order=True).len().filter(pl.col("len") > 1).select(key)
        breaches.append(Breach(table, f"{table} 的主键 {'、'.join(key)} 重复：{_format_keys(twice)}"))
    return breaches


def find_link_breaches(frames: Frames, table: str) -> list[Breach]:
    """Find rows with a foreign key that refers to no row."""
    targets = {link.table: frames[link.table] for link in schemas.TABLES[table].foreign_keys}
    failures = schemas.check_links({**targets, table: frames[table]})
    return [_to_breach(failure) for failure in failures if failure.table == table]


def find_shared_points_breaches(frames: Frames, table: str) -> list[Breach]:
    """Find score cells that span k rows of a table and were counted for more than one of them."""
    counted = (
        frames[table]
        .filter(pl.col("points_rows") > 1)
        .group_by("notice_id", "table_id", "points_rows", maintain_order=True)
        .agg(rows=pl.len(), given=pl.col("points").is_not_null().sum())
        .filter(pl.col("given") * pl.col("points_rows") > pl.col("rows"))
    )
    return [
        Breach(
            table,
            f"{table} 的 points_rows={row['points_rows']}：{row['rows']} 行中有 {row['given']} 行带分值，合计会重复",
        )
        for row in counted.head(MAX_EXAMPLES).to_dicts()
    ]


def find_text_breaches(frames: Frames, table: str) -> list[Breach]:
    """Find notices that lost text of a table without a finding about it."""
    reported = frames[FINDINGS].filter(pl.col("rule") == UNACCOUNTED).select("notice_id")
    short = (
        frames[table]
        .filter(pl.col("accounted_chars") != pl.col("table_chars"))
        .join(reported, on="notice_id", how="anti")
    )
    return [
        Breach(
            table,
            f"{table} 的 accounted_chars={row['accounted_chars']}，table_chars={row['table_chars']}，差额未列为问题",
        )
        for row in short.head(MAX_EXAMPLES).to_dicts()
    ]


CORE = tuple(name for name in schemas.TABLES if name.startswith("core."))

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule("schema_valid", "列名、类型、取值范围符合表结构", CORE, find_schema_breaches),
            Rule("key_unique", "主键不为空、不重复", CORE, find_key_breaches),
            Rule(
                "links_resolve",
                "外键所指的行都存在",
                tuple(name for name in CORE if schemas.TABLES[name].foreign_keys),
                find_link_breaches,
            ),
            Rule("points_conserved", "共用分值只计一次，合计不重复", (TASKS,), find_shared_points_breaches),
            Rule("text_accounted", "表内文字全部落入字段，差额列入问题清单", (NOTICES,), find_text_breaches),
        )
    }
)


ALL_CHECKS = tuple((rule.name, table) for rule in RULES.values() for table in rule.tables)
"""Every rule with every table it applies to."""


def find_breaches(frames: Frames, pairs: Iterable[tuple[str, str]] = ALL_CHECKS) -> dict[tuple[str, str], list[Breach]]:
    """Return the breaches by rule and table, without pairs that have none."""
    breaches = {(rule, table): RULES[rule].find_breaches(frames, table) for rule, table in pairs}
    return {pair: listed for pair, listed in breaches.items() if listed}


def _to_breach(failure: schemas.Failure) -> Breach:
    return Breach(failure.table, failure.message)


def _format_keys(values: pl.DataFrame) -> str:
    rows = ["/".join(map(str, row)) for row in values.head(MAX_EXAMPLES).rows()]
    return "、".join(rows) + (f" 等 {values.height} 个" if values.height > MAX_EXAMPLES else "")
