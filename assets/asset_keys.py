"""Keys, groups and column schemas of the assets."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import dagster as dg

import schemas
from assets.ingest import validation_rules
from assets.ingest.merge_results import SOURCES
from assets.ingest.run_history import RUN_TABLES
from warehouse.store.staging_files import Parts

OWNERS = ("team:wenming_data",)
STAGING = "staging"
RAW_FILES = dg.AssetKey(["raw", "files"])
WAREHOUSE = dg.AssetKey("warehouse")
STAGED = (*validation_rules.CORE, SOURCES, *RUN_TABLES)

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "files_and_notices": ("core.files", "core.notices", SOURCES),
        "tables_and_cells": ("core.tables", "core.cells"),
        "indicators_and_tasks": ("core.indicators", "core.tasks"),
        "task_details": (
            "core.parties",
            "core.task_parties",
            "core.task_deadlines",
            "core.task_evidence",
            "core.task_thresholds",
            "core.scoring_rules",
        ),
        "body_text": ("core.stages", "core.members", "core.clauses", "core.footnotes", "core.rules", "core.passages"),
        "findings": ("core.findings",),
        "runs": RUN_TABLES,
    }
)
GROUP_OF = {table: group for group, tables in GROUPS.items() for table in tables}


def asset_key(table: str) -> dg.AssetKey:
    """Return the key of the asset that stages the rows of a table: `core.tasks` -> core/tasks."""
    return dg.AssetKey(table.split("."))


def output_name(table: str) -> str:
    """Return the name of a table as Dagster accepts it for outputs and inputs."""
    return table.replace(".", "_")


def make_column_schema(table: str) -> dg.TableSchema:
    """Return columns, types, Chinese descriptions and constraints of a table, as shown on the Dagster pages."""
    spec = schemas.TABLES[table]
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.type,
                description=column.comment,
                constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=spec.key == (column.name,)),
            )
            for column in spec.columns
        ],
        constraints=dg.TableConstraints(other=[f"主键：{'、'.join(spec.key)}"]),
    )


def make_staged_out(table: str) -> dg.AssetOut:
    """Return the output of the asset that stages the rows of a table."""
    spec = schemas.TABLES[table]
    return dg.AssetOut(
        key=asset_key(table),
        dagster_type=Parts,
        description=f"{spec.label}：{spec.comment}（本次构建新读或变化的行）",
        group_name=GROUP_OF[table],
        owners=OWNERS,
        kinds={"polars", "parquet"},
        io_manager_key=STAGING,
        metadata={"dagster/column_schema": make_column_schema(table)},
    )
