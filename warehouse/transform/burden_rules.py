"""`mart.burden_rules`: what the burden audit looks for and by which document, read from a TOML file."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any, Final

import duckdb

import schemas
from warehouse.transform.incremental import UpdateMode

BURDEN_RULES: Final = "mart.burden_rules"


def fill_burden_rules(connection: duckdb.DuckDBPyConnection, *, mode: UpdateMode) -> None:
    """Fill `mart.burden_rules`; a file updated in mode INCREMENTAL already has these rows."""
    if mode is UpdateMode.INCREMENTAL:
        return
    connection.register("rules_read", schemas.frame(BURDEN_RULES, list_rules()))
    connection.execute(f"INSERT INTO {BURDEN_RULES} BY NAME SELECT * FROM rules_read")
    connection.unregister("rules_read")


def list_rules() -> list[dict[str, Any]]:
    """Return the rules in their order, with None or an empty list for what a rule does not need.

    Raises:
        ValueError: A rule has a key that is no column.
    """
    source = (resources.files("warehouse.transform") / "burden_rules.toml").read_text("utf-8")
    columns = schemas.TABLES[BURDEN_RULES].columns
    empty: dict[str, Any] = {column.name: [] if column.is_list else None for column in columns}
    rows = [empty | rule | {"ordinal": ordinal} for ordinal, rule in enumerate(tomllib.loads(source)["rule"], 1)]
    if unknown := {name for row in rows for name in row} - empty.keys():
        raise ValueError(f"burden_rules.toml: unknown keys {sorted(unknown)}")
    return rows
