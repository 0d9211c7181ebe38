"""Validate frames against the declarations; every failure has its row and a Chinese message."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from schemas.registry import TABLES
from schemas.specs import ForeignKey, TableSpec

if TYPE_CHECKING:
    import polars as pl
    from pandera.errors import SchemaErrors


@dataclass(frozen=True, slots=True)
class Failure:
    """One value, row or column that violates the declaration of a table.

    Attributes:
        table: Name of the table (`schema.name`).
        column: Name of the column, empty for a check of several columns.
        check: Name of the violated check.
        value: The value as text.
        row: Zero-based index in the checked frame, None where a whole column is wrong.
        key: The row by its key columns (`task_id=…`), None where there is no row.
        message: Complete Chinese message.
    """

    table: str
    column: str
    check: str
    value: str | None
    row: int | None
    key: str | None
    message: str


UNKNOWN_COLUMN: Final = "column_in_schema"
MISSING_COLUMN: Final = "column_in_dataframe"
STRUCTURE: Final = {
    UNKNOWN_COLUMN: "多出了没有声明的列",
    MISSING_COLUMN: "缺少这一列",
    "column_ordered": "列的次序不对",
}
"""Names of pandera for checks of the columns -> Chinese message."""


def check(name: str, frame: pl.DataFrame) -> list[Failure]:
    """Return all failures of `frame` as rows of table `name` (`core.tasks`); an empty list means it may be loaded.

    Where columns are missing or unknown, only this is reported: the values cannot be checked then.

    Raises:
        KeyError: The table is unknown.
        TypeError: `frame` is not an eager frame; pandera would skip the values of a LazyFrame.
    """
    import polars as pl

    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"check wants an eager polars DataFrame, not {type(frame).__name__}")
    table = TABLES[name]
    if failures := _column_failures(table, frame):
        return failures
    from pandera.errors import SchemaError, SchemaErrors

    if list(frame.schema.items()) == list(table.dtypes.items()):
        with suppress(SchemaError):
            table.quick_model.validate(frame)
            return []
    try:
        table.model.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return _collect_failures(table, frame, errors)
    return []


def _column_failures(table: TableSpec, frame: pl.DataFrame) -> list[Failure]:
    missing = [(name, MISSING_COLUMN) for name in table.column if name not in frame.columns]
    unknown = [(name, UNKNOWN_COLUMN) for name in frame.columns if name not in table.column]
    return [make_failure(table, name, rule, STRUCTURE[rule]) for name, rule in missing + unknown]


def _collect_failures(table: TableSpec, frame: pl.DataFrame, errors: SchemaErrors) -> list[Failure]:
    cases = errors.failure_cases.to_dicts()
    has_wrong_types = any(_is_structural(str(case["check"])) for case in cases)
    failures = []
    for case in cases:
        rule, row = str(case["check"]), case["index"]
        # A value check crashes on a column of the wrong type; the type is the failure to report.
        if has_wrong_types and row is None and not _is_structural(rule):
            continue
        failures.append(_translate_failure(table, frame, case, rule, row))
    return sorted(failures, key=lambda f: (f.row is not None, f.row or 0))


def _is_structural(rule: str) -> bool:
    return rule in STRUCTURE or rule.startswith("dtype(")


def _translate_failure(
    table: TableSpec, frame: pl.DataFrame, case: Mapping[str, Any], rule: str, row: int | None
) -> Failure:
    column, value = str(case["column"]), case["failure_case"]
    key = format_key(table, frame, row)
    if rule in STRUCTURE:
        return make_failure(table, str(value), rule, STRUCTURE[rule])
    if rule.startswith("dtype("):
        return make_failure(table, column, "dtype", f"列类型应为 {table.column[column].type}，实为 {value}")
    if rule == "multiple_fields_uniqueness":
        return make_failure(table, "、".join(table.key), "unique", "主键重复", row=row, key=key)
    if rule == "not_nullable":
        return make_failure(table, column, rule, "不得为空", row=row, key=key)
    if column not in table.column:
        # A check over several columns: its message names them.
        return make_failure(table, "", rule, rule, row=row, key=key)
    return make_failure(table, column, rule, rule, value=value, row=row, key=key)


def make_failure(
    table: TableSpec,
    column: str,
    rule: str,
    problem: str,
    *,
    value: str | None = None,
    row: int | None = None,
    key: str | None = None,
) -> Failure:
    """Build a failure with its Chinese message: the place, the value, and what was expected (`problem`)."""
    label = f"（{table.column[column].label}）" if column in table.column else ""
    where = f"{table.full_name}（{table.label}）"
    if row is not None:
        where += f"第 {row + 1} 行" + (f"（{key}）" if key else "")
    what = f"的 {column}{label}" if column else ""
    found = f"“{_shorten(value)}”" if value is not None else ""
    return Failure(table.full_name, column, rule, value, row, key, f"{where}{what}：{found}{problem}")


def _shorten(value: str, width: int = 60) -> str:
    return value if len(value) <= width else value[: width - 1] + "…"


def format_key(table: TableSpec, frame: pl.DataFrame, row: int | None) -> str | None:
    """Return `task_id=…，ordinal=…` of a row, for the key columns that the frame has."""
    if row is None or row >= frame.height:
        return None
    names = [name for name in table.key if name in frame.columns]
    return "，".join(f"{name}={frame[row, name]}" for name in names) or None


def check_links(frames: Mapping[str, pl.DataFrame]) -> list[Failure]:
    """Return a failure for each row that refers to a missing row of another given table.

    References to tables that are not given are not checked. The frames must have passed `check`.
    """
    failures: list[Failure] = []
    for name, frame in frames.items():
        table = TABLES[name]
        for link in table.foreign_keys:
            if link.table in frames and not _has_all_targets(frame, link, frames[link.table]):
                failures.extend(_orphan_failures(table, frame, link, frames[link.table]))
    return failures


def _has_all_targets(frame: pl.DataFrame, link: ForeignKey, target: pl.DataFrame) -> bool:
    """Return True if a link over one column has all its targets; much faster than listing the orphans."""
    if len(link.columns) > 1:
        return False
    known = {None, *target.get_column(link.references[0]).to_list()}
    return known.issuperset(frame.get_column(link.columns[0]).unique().to_list())


def _orphan_failures(table: TableSpec, frame: pl.DataFrame, link: ForeignKey, target: pl.DataFrame) -> list[Failure]:
    columns, references = list(link.columns), list(link.references)
    rows = frame.lazy().select(columns).with_row_index("__row").drop_nulls(columns)
    orphans = rows.join(target.lazy().select(references), left_on=columns, right_on=references, how="anti")
    failures = []
    for case in orphans.sort("__row").collect().to_dicts():
        row, value = int(case["__row"]), "、".join(str(case[name]) for name in link.columns)
        problem, key = f"在 {link.table} 中没有对应的行", format_key(table, frame, row)
        failures.append(
            make_failure(table, "、".join(link.columns), "foreign_key", problem, value=value, row=row, key=key)
        )
    return failures
