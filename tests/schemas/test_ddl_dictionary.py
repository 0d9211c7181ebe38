"""What is derived from the declarations: the DDL with its comments, the fingerprint, the data dictionary."""

from __future__ import annotations

import dataclasses
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import schemas
from schemas import dictionary
from schemas.macros import MACROS

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for statement in schemas.build_ddl():
            connection.execute(statement)
        yield connection


@pytest.mark.parametrize("name", schemas.TABLES)
def test_tables_have_the_declared_columns_types_and_chinese_comments(
    warehouse: duckdb.DuckDBPyConnection, name: str
) -> None:
    table = schemas.TABLES[name]
    found = warehouse.execute(
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() "
        "WHERE schema_name = ? AND table_name = ? ORDER BY column_index",
        [table.schema, table.name],
    ).fetchall()
    assert found == [(spec.name, spec.type, spec.nullable, spec.comment) for spec in table.columns]
    for spec in table.columns:
        assert CHINESE.search(spec.label)
        assert CHINESE.search(spec.description)
        assert spec.unit is None or f"单位：{spec.unit}" in spec.comment
        for value, meaning in spec.values.items():
            assert f"{value}={meaning}" in spec.comment
    [(comment,)] = warehouse.execute(
        "SELECT comment FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", [table.schema, table.name]
    ).fetchall()
    assert CHINESE.search(comment)
    assert table.comment in comment


def test_numbers_that_are_measured_have_a_unit() -> None:
    for name in ("core.tasks.points", "core.files.bytes", "core.notices.table_chars"):
        table, _, column = name.rpartition(".")
        assert schemas.TABLES[table].column[column].unit


def test_schemas_are_explained_in_the_warehouse_itself(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = dict(warehouse.execute("SELECT key, value FROM ops.meta").fetchall())
    assert found == {f"schema:{name}": comment for name, comment in schemas.SCHEMAS.items()}


def test_functions_are_explained_in_the_warehouse_and_in_the_dictionary(
    warehouse: duckdb.DuckDBPyConnection, markdown: str
) -> None:
    found = warehouse.execute(
        "SELECT function_name, parameters, comment FROM duckdb_functions() WHERE NOT internal ORDER BY ALL"
    ).fetchall()
    assert found == sorted((macro.name, list(macro.parameters), macro.comment) for macro in MACROS)
    for macro in MACROS:
        assert CHINESE.search(macro.comment)
        assert f"| `{macro.signature}` | {macro.comment} |" in markdown


def test_a_file_without_a_function_that_queries_call_has_another_structure(monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("schemas.ddl")
    before = schemas.fingerprint()
    monkeypatch.setattr(module, "MACROS", (dataclasses.replace(MACROS[0], comment="另一种说法"), *MACROS[1:]))
    assert schemas.fingerprint() == before
    monkeypatch.setattr(module, "MACROS", MACROS[1:])
    assert schemas.fingerprint() != before


def test_the_fingerprint_follows_the_structure_and_not_the_wording(monkeypatch: pytest.MonkeyPatch) -> None:
    # The function `ddl` of the package hides the module of that name.
    module = importlib.import_module("schemas.ddl")
    before = schemas.fingerprint()
    files = schemas.TABLES["core.files"]
    first = files.columns[0]

    def with_first(**changes: object) -> dict[str, schemas.TableSpec]:
        columns = (dataclasses.replace(first, **changes), *files.columns[1:])  # type: ignore[arg-type]
        return {**schemas.TABLES, "core.files": dataclasses.replace(files, columns=columns)}

    monkeypatch.setattr(module, "TABLES", with_first(description="另一种说法"))
    assert schemas.fingerprint() == before
    monkeypatch.setattr(module, "TABLES", with_first(type="BIGINT"))
    assert schemas.fingerprint() != before


@pytest.fixture(scope="module")
def markdown() -> str:
    """The dictionary, which takes a second to make."""
    return dictionary.dictionary_markdown()


def test_the_dictionary_is_fresh(markdown: str) -> None:
    assert dictionary.DICTIONARY.read_text("utf-8") == markdown


def test_the_dictionary_names_every_column_and_view(markdown: str) -> None:
    sections = {part.split(maxsplit=1)[0]: part for part in markdown.split("\n## ")[1:]}
    for name, table in schemas.TABLES.items():
        for spec in table.columns:
            assert f"| `{spec.name}` | {spec.label} | {spec.type} |" in sections[name]
    assert "| `分值` | DECIMAL(9,3) |" in sections["cn.任务清单"]


def test_check_tells_a_stale_dictionary_from_a_fresh_one(
    markdown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dictionary, "dictionary_markdown", lambda: markdown)
    monkeypatch.setattr(dictionary, "DICTIONARY", tmp_path / "DICTIONARY.md")
    assert dictionary.main(["--check"]) == 1
    assert "已过时" in capsys.readouterr().err
    assert dictionary.main([]) == 0
    assert dictionary.main(["--check"]) == 0
    assert dictionary.main(["--wrong"]) == 2
    assert "用法" in capsys.readouterr().err


def test_the_command_runs(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "schemas.dictionary", "--check"], cwd=repository, check=False
    )
    assert done.returncode == 0


def test_a_view_without_its_documentation_is_refused() -> None:
    good = "-- 用途：甲\n-- 列：\n--   城市：市名\nSELECT 1 AS 城市;\n"
    view = schemas.read_view("cn", "甲", good)
    assert (view.comment, dict(view.columns)) == ("用途：甲", {"城市": "市名"})
    assert view.sql.endswith("SELECT 1 AS 城市")
    for bad in (
        "SELECT 1",
        "-- 用途：甲\nSELECT 1",
        "-- 用途：甲\n-- 列：\n--   城市：市名\n",
        good.replace("：市名", ""),
    ):
        with pytest.raises(ValueError, match="甲"):
            schemas.read_view("cn", "甲", bad)
