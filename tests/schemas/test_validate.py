"""A bad row of every kind is refused, with its place and a Chinese message; a good one passes."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

import schemas
from tests.schemas.samples import notice

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def frame_with(table: str, **values: Any) -> pl.DataFrame:
    first, *others = notice()[table]
    return schemas.frame(table, [first | values, *others])


def failures_at(table: str, frame: pl.DataFrame, column: str) -> list[schemas.Failure]:
    found = [failure for failure in schemas.check(table, frame) if failure.column == column]
    for failure in found:
        assert failure.table == table
        assert CHINESE.search(failure.message)
        assert table in failure.message
    return found


@pytest.mark.parametrize("table", schemas.TABLES)
def test_good_rows_and_no_rows_pass(table: str) -> None:
    frame = schemas.frame(table, notice()[table])
    assert schemas.check(table, frame) == []
    assert dict(frame.schema) == schemas.TABLES[table].dtypes
    assert schemas.frame(table, []).schema == schemas.empty(table).schema == frame.schema
    assert schemas.check(table, schemas.empty(table)) == []


@pytest.mark.parametrize("table", schemas.TABLES)
def test_a_value_of_another_type_is_refused(table: str) -> None:
    first, *others = notice()[table]
    for column in schemas.TABLES[table].column:
        with pytest.raises(schemas.RowsRefusedError) as refused:
            schemas.frame(table, [*others, first | {column: object()}])
        [failure] = refused.value.failures
        assert (failure.table, failure.column, failure.row, failure.check) == (table, column, len(others), "dtype")
        assert CHINESE.search(failure.message)


@pytest.mark.parametrize("table", schemas.TABLES)
def test_a_column_of_another_type_is_refused(table: str) -> None:
    frame = schemas.frame(table, notice()[table])
    columns = schemas.TABLES[table].column
    wrong = frame.with_columns(pl.lit(1.5, dtype=pl.Float32).alias(name) for name in columns)
    found = {failure.column: failure for failure in schemas.check(table, wrong) if failure.check == "dtype"}
    assert set(found) == set(columns)
    for name, failure in found.items():
        assert failure.row is None
        assert columns[name].type in failure.message


@pytest.mark.parametrize("table", schemas.TABLES)
def test_a_wrong_type_does_not_hide_the_other_failures(table: str) -> None:
    spec = schemas.TABLES[table]
    frame = schemas.frame(table, notice()[table][:1])
    required = [column.name for column in spec.columns if not column.nullable]
    frame = frame.with_columns(
        pl.lit(None, dtype=spec.column[required[0]].dtype).alias(required[0]),
        pl.lit(1.5, dtype=pl.Float32).alias(required[-1]),
    )
    found = {(failure.column, failure.check, failure.row) for failure in schemas.check(table, frame)}
    assert found == {(required[0], "not_nullable", 0), (required[-1], "dtype", None)}


@pytest.mark.parametrize("table", schemas.TABLES)
def test_a_missing_value_is_refused(table: str) -> None:
    required = [column.name for column in schemas.TABLES[table].columns if not column.nullable]
    failures = schemas.check(table, frame_with(table, **dict.fromkeys(required)))
    assert [(f.column, f.row) for f in failures if f.check == "not_nullable"] == [(name, 0) for name in required]


@pytest.mark.parametrize("table", schemas.TABLES)
def test_a_key_that_comes_twice_is_refused(table: str) -> None:
    row = notice()[table][0]
    found = [failure for failure in schemas.check(table, schemas.frame(table, [row, row])) if failure.check == "unique"]
    assert [failure.row for failure in found] == [0, 1]
    assert all(str(row[schemas.TABLES[table].key[0]]) in failure.message for failure in found)


@pytest.mark.parametrize("table", schemas.TABLES)
def test_missing_and_unknown_columns_are_refused(table: str) -> None:
    frame = schemas.frame(table, notice()[table])
    key = schemas.TABLES[table].key[0]
    failures = schemas.check(table, frame.drop(key).with_columns(pl.lit(1).alias("nobody")))
    assert [(f.column, f.check) for f in failures] == [(key, "column_in_dataframe"), ("nobody", "column_in_schema")]
    assert all(CHINESE.search(failure.message) for failure in failures)
    shuffled = schemas.check(table, frame.select(reversed(frame.columns)))
    assert {failure.check for failure in shuffled} == {"column_ordered"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        # ids
        ("core.files.file_id", "文件1"),
        ("core.notices.notice_id", "a b c"),
        ("core.tables.table_id", "x"),
        ("core.indicators.indicator_id", "-abc"),
        ("core.indicators.parent_id", "abc\n"),
        ("core.tasks.task_id", ""),
        ("core.task_parties.task_id", "任务"),
        ("core.clauses.clause_id", "条款1"),
        ("core.findings.finding_id", "a/b/c"),
        ("core.files.sha256", "AB" * 32),
        ("core.notices.division_code", "3701"),
        # closed lists
        ("core.files.format", "exe"),
        ("core.files.status", "ok"),
        ("core.notices.award_level", "乡级"),
        ("core.tables.kind", "matrix"),
        ("core.task_parties.role", "牵头"),
        ("core.task_deadlines.kind", "soon"),
        ("core.task_evidence.kind", "video"),
        ("core.task_thresholds.operator", "≥"),
        ("core.scoring_rules.effect", "bonus"),
        ("core.findings.severity", "fatal"),
        ("core.task_deadlines.recurrence", "每月25日"),
        ("core.tasks.topic", "诚信建设"),
        # ranges
        ("core.files.bytes", -1),
        ("core.notices.year", 223),
        ("core.notices.issued_on", date(1023, 1, 1)),
        ("core.notices.version", 0),
        ("core.notices.accounted_chars", -1),
        ("core.tables.ordinal", 0),
        ("core.cells.row", -1000),
        ("core.cells.col", -1),
        ("core.cells.row_span", 0),
        ("core.indicators.level", 0),
        ("core.indicators.level", 10),
        ("core.tasks.row", -1),
        ("core.tasks.points_rows", 0),
        ("core.tasks.topic_score", 1.5),
        ("core.task_evidence.min_words", -1),
        # points
        ("core.indicators.points", Decimal("-1")),
        ("core.tasks.points", Decimal("-0.01")),
        ("core.tasks.inline_points", [Decimal("1"), Decimal("-1")]),
        ("core.clauses.points", [Decimal("-2")]),
        ("core.task_evidence.points", Decimal("-1")),
        ("core.scoring_rules.points", Decimal("-3")),
        ("core.scoring_rules.cap", Decimal("-3")),
        # text that says nothing
        ("core.files.source_path", " "),
        ("core.task_parties.party", "　"),
        ("core.members.person", ""),
        ("core.findings.message", "\n"),
        ("core.tasks.methods", ["材料审核", ""]),
        ("core.tasks.persons", ["李四", None]),
    ],
)
def test_a_value_out_of_bounds_is_refused(column: str, value: Any) -> None:
    table, _, name = column.rpartition(".")
    found = failures_at(table, frame_with(table, **{name: value}), name)
    assert [failure.row for failure in found] == [0]
    assert found[0].check in found[0].message


@pytest.mark.parametrize(
    ("table", "first", "second"),
    [
        ("core.notices", "period_start", "period_end"),
        ("core.stages", "starts_on", "ends_on"),
        ("core.task_deadlines", "starts_on", "ends_on"),
        ("core.tables", "first_page", "last_page"),
    ],
)
def test_a_reversed_pair_is_refused_and_an_open_one_is_not(table: str, first: str, second: str) -> None:
    row = notice()[table][0]
    [failure] = schemas.check(table, frame_with(table, **{first: row[second], second: row[first]}))
    assert failure.row == 0
    assert first in failure.message
    assert second in failure.message
    open_ended = second if schemas.TABLES[table].column[second].nullable else first
    assert schemas.check(table, frame_with(table, **{open_ended: None})) == []


def test_all_failures_of_a_frame_come_at_once_with_row_and_key() -> None:
    rows = notice()["core.tasks"]
    bad = rows[0] | {"task_id": "notice-1-k2", "points": Decimal("-1"), "points_rows": 0, "requirement": None}
    failures = schemas.check("core.tasks", schemas.frame("core.tasks", [*rows, bad]))
    assert {(f.column, f.row, f.key, f.value) for f in failures} == {
        ("points", 1, "task_id=notice-1-k2", "-1.000"),
        ("points_rows", 1, "task_id=notice-1-k2", "0"),
    }
    [points] = [f.message for f in failures if f.column == "points"]
    assert points == "core.tasks（任务）第 2 行（task_id=notice-1-k2）的 points（分值）：“-1.000”不得小于 0"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("points", Decimal("1.2395")),
        ("points", Decimal("12345678.9")),
        ("points", Decimal("NaN")),
        ("points", 1.5),
        ("points", True),
        ("ordinal", True),
        ("ordinal", 2**31),
        ("ordinal", "1"),
        ("bonus", 1),
        ("methods", "材料审核"),
        ("methods", ["材料审核", 1]),
        ("requirement", "断\ud800字"),
        ("topic_score", "0.9"),
    ],
)
def test_nothing_is_rounded_cut_or_turned_into_another_type(column: str, value: Any) -> None:
    with pytest.raises(schemas.RowsRefusedError, match=column):
        frame_with("core.tasks", **{column: value})


@pytest.mark.parametrize("value", [datetime(2023, 1, 1), "2023-01-01"])
def test_a_day_is_a_date_and_nothing_else(value: Any) -> None:
    with pytest.raises(schemas.RowsRefusedError, match="issued_on"):
        frame_with("core.notices", issued_on=value)


def test_a_moment_with_a_zone_is_stored_in_utc() -> None:
    moment = datetime.fromisoformat("2026-01-01T08:00:00+08:00")
    assert frame_with("core.files", ingested_at=moment)["ingested_at"].to_list() == [datetime(2026, 1, 1)]


def test_a_field_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(schemas.RowsRefusedError, match="phone"):
        frame_with("core.members", phone="12345")


def test_a_lazy_frame_is_no_frame_to_check() -> None:
    with pytest.raises(TypeError, match="eager"):
        schemas.check("core.files", schemas.empty("core.files").lazy())  # type: ignore[arg-type]


def test_links_to_rows_that_are_not_there_are_found() -> None:
    frames = {name: schemas.frame(name, rows) for name, rows in notice().items()}
    assert schemas.check_links(frames) == []
    frames["core.tasks"] = frame_with("core.tasks", indicator_id="notice-9-i9", table_id=None)
    [failure] = schemas.check_links(frames)
    assert (failure.table, failure.column, failure.value, failure.row) == (
        "core.tasks",
        "indicator_id",
        "notice-9-i9",
        0,
    )
    assert "core.indicators" in failure.message
    assert schemas.check_links({"core.tasks": frames["core.tasks"]}) == []
