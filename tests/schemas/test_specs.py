"""The declared columns against the contract and against the records that the extractors yield."""

from __future__ import annotations

from dataclasses import fields

import pytest

import schemas
from extractors import records
from schemas.specs import polars_types

CONTRACT = {
    "files": "file_id source_path sha256 format bytes status reason ingested_at extractor_version",
    "notices": "notice_id file_id title doc_number issuer province city county division_code issued_on period_start "
    "period_end year campaign award_level award version is_current",
    "tables": "table_id notice_id ordinal title kind n_rows n_cols columns roles first_page last_page",
    "cells": "table_id row col row_span col_span text locator",
    "indicators": "indicator_id notice_id table_id parent_id level ordinal code name points bonus topic",
    "tasks": "task_id notice_id table_id indicator_id ordinal row label requirement criteria points points_rows "
    "inline_points evidence methods deadline leader persons bonus topic topic_score repaired locator",
    "parties": "party_id notice_id name kind printed defined_at illegible function",
    "task_parties": "task_id ordinal party raw role scope basis",
    "task_deadlines": "task_id ordinal kind starts_on ends_on recurrence anchor raw",
    "task_evidence": "task_id ordinal kind min_count unit min_words points raw",
    "task_thresholds": "task_id ordinal subject operator value unit raw",
    "scoring_rules": "task_id ordinal effect condition points cap raw",
    "stages": "notice_id ordinal name starts_on ends_on raw",
    "members": "notice_id group_name role person",
    "clauses": "clause_id notice_id section label text points",
    "footnotes": "notice_id mark text orgs",
    "rules": "rule_id notice_id table_id kind text applies_to locator",
    "passages": "notice_id ordinal text locator",
    "findings": "finding_id notice_id table_id task_id rule severity message declared computed locator",
}

RECORDS = {
    "notices": records.NoticeRow,
    "tables": records.TableRow,
    "cells": records.CellRow,
    "indicators": records.IndicatorRow,
    "tasks": records.TaskRow,
    "parties": records.UnitRow,
    "task_parties": records.PartyRow,
    "task_deadlines": records.DeadlineRow,
    "task_evidence": records.EvidenceRow,
    "task_thresholds": records.ThresholdRow,
    "scoring_rules": records.ScoringRow,
    "stages": records.StageRow,
    "members": records.MemberRow,
    "clauses": records.ClauseRow,
    "footnotes": records.FootnoteRow,
    "rules": records.RuleRow,
    "passages": records.PassageRow,
    "findings": records.FindingRow,
}

ADDED_WHILE_LOADING = {
    "notices": {"file_id", "version", "is_current", "supersedes", "scope"}
    | {"table_chars", "accounted_chars", "text_chars", "accounted_text_chars"},
    "findings": {"file_id"},
}


def names(table: str) -> list[str]:
    return [column.name for column in schemas.TABLES[f"core.{table}"].columns]


def test_every_table_of_the_contract_is_declared() -> None:
    assert {f"core.{name}" for name in CONTRACT} == {name for name in schemas.TABLES if name.startswith("core.")}


@pytest.mark.parametrize("table", CONTRACT)
def test_columns_stand_in_the_order_of_the_contract(table: str) -> None:
    wanted = CONTRACT[table].split()
    assert [name for name in names(table) if name in wanted] == wanted


@pytest.mark.parametrize("table", RECORDS)
def test_records_and_columns_are_the_same(table: str) -> None:
    added = ADDED_WHILE_LOADING.get(table, set())
    assert [field.name for field in fields(RECORDS[table])] == [name for name in names(table) if name not in added]


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        ("core.tasks.points", "DECIMAL(9,3)"),
        ("core.tasks.inline_points", "DECIMAL(9,3)[]"),
        ("core.tasks.methods", "VARCHAR[]"),
        ("core.clauses.points", "DECIMAL(9,3)[]"),
        ("core.notices.issued_on", "DATE"),
        ("core.notices.table_chars", "BIGINT"),
        ("core.files.ingested_at", "TIMESTAMP"),
        ("core.files.bytes", "BIGINT"),
        ("ops.sources.mtime_ns", "BIGINT"),
    ],
)
def test_types(column: str, type_: str) -> None:
    table, _, name = column.rpartition(".")
    assert schemas.TABLES[table].column[name].type == type_


def test_keys_links_and_order_name_columns_that_exist() -> None:
    for name, table in schemas.TABLES.items():
        assert name == table.full_name
        assert table.key
        assert {*table.key, *table.order} <= set(table.column)
        assert not any(table.column[column].nullable for column in table.key)
        for link in table.foreign_keys:
            assert set(link.columns) <= set(table.column)
            assert link.references == schemas.TABLES[link.table].key
        for pair in table.ordered:
            assert table.column[pair.first].type == table.column[pair.second].type
        assert len(table.column) == len(table.columns)
        assert {column.type for column in table.columns} <= set(polars_types())


@pytest.mark.parametrize(
    ("table", "condition"),
    [
        ("core.files", "file_id IN (F)"),
        ("core.notices", "file_id IN (F)"),
        ("core.cells", "table_id IN (SELECT table_id FROM old.core.tables WHERE notice_id IN (N))"),
        ("core.task_parties", "task_id IN (SELECT task_id FROM old.core.tasks WHERE notice_id IN (N))"),
        ("core.findings", "coalesce(notice_id IN (N), false)"),
        ("core.findings", "OR coalesce(file_id IN (F), false)"),
    ],
)
def test_rows_belong_to_a_file_by_their_foreign_keys(table: str, condition: str) -> None:
    found = schemas.belongs_to(schemas.TABLES[table], {"core.files": "F"}, "old")
    assert found is not None
    assert condition.replace("(N)", "(SELECT notice_id FROM old.core.notices WHERE file_id IN (F))") in found


def test_rows_of_the_program_belong_to_no_file() -> None:
    assert [
        name
        for name, table in schemas.TABLES.items()
        if name.startswith("ops.") and schemas.belongs_to(table, {"core.files": "F"})
    ] == []
    assert schemas.belongs_to(schemas.TABLES["core.tasks"], {"core.files": "F"}) is not None


def test_each_row_of_a_notice_belongs_to_its_file() -> None:
    without_owner = {
        name for name, table in schemas.TABLES.items() if schemas.belongs_to(table, {"core.files": "F"}) is None
    }
    assert {name for name in without_owner if name.startswith("core.")} == set()
