"""The data dictionary: the tables and views, and a page for each with its columns, where they come from, and rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import schemas
from warehouse.column_lineage import Source, trace_origins, trace_views
from warehouse.explorer import queries_dictionary
from warehouse.explorer.connections import Session, TooSlowError
from warehouse.explorer.lookups import Lookups
from warehouse.explorer.rendering import NotFoundError, Page, get_parameter, get_path_id
from warehouse.explorer.search_params import split_words
from warehouse.explorer.warehouse_tables import SCHEMA_ORDER, TableInfo, find_tables, load_tables
from warehouse.formatting import Result
from warehouse.transform.view_files import all_views

_TABLE_NAME: Final = re.compile(rf"\b(?:{'|'.join(SCHEMA_ORDER)})\.\w+")


@dataclass(frozen=True, slots=True)
class ColumnOrigin:
    """Where a column comes from: the columns its query reads, those it is computed from in the end, and its readers."""

    direct: list[Source]
    origins: list[Source]
    readers: list[Source]


def dictionary(request: Request, session: Session, _: Lookups) -> Page:
    """List the tables and views by schema; with words, those in which all occur, with their columns."""
    question = get_parameter(request, "q")
    found = find_tables(load_tables(session), split_words(question))
    groups = [(schema, list(group)) for schema, group in groupby(found, key=lambda pair: pair[0].schema)]
    return Page("dictionary.html", {"q": question, "groups": groups, "schemas": schemas.SCHEMAS})


def dictionary_table(request: Request, session: Session, _: Lookups) -> Page:
    """Show one table or view."""
    tables = load_tables(session)
    table = tables.get(get_path_id(request, "table"))
    if table is None:
        raise NotFoundError("仓库中没有这张表。")
    declared = schemas.TABLES.get(table.full_name)
    origins = {column.name: find_origin(table.full_name, column.name) for column in table.columns}
    # Last, as a large view may use up the time of the request.
    rows = _read_sample(session, table)
    return Page(
        "dictionary_table.html",
        {
            "table": table,
            "declared": declared,
            "origins": origins,
            "is_traced": table.full_name in trace_views(),
            "readers": sorted(name for name in _list_readers().get(table.full_name, ()) if name in tables),
            "sample": rows,
            "statement": f"SELECT {', '.join(column.written for column in table.columns)}\n"
            f"FROM {table.full_name}\nLIMIT 100",
        },
    )


def schema_panel(_: Request, session: Session, __: Lookups) -> Response:
    """Return the tables and columns as JSON, for the list beside the statement."""
    return JSONResponse(
        [
            {
                "name": table.full_name,
                "label": table.label,
                "columns": [
                    {"name": column.name, "written": column.written, "label": column.label, "comment": column.comment}
                    for column in table.columns
                ],
            }
            for table in load_tables(session).values()
        ]
    )


def find_origin(table: str, column: str) -> ColumnOrigin:
    """Return where a column comes from and what is computed from it."""
    direct = trace_views().get(table, {}).get(column, frozenset())
    origins = trace_origins(table, column) if direct else frozenset()
    return ColumnOrigin(
        sorted(direct),
        sorted(origins - direct),
        sorted(_readers_of_columns().get(Source(table, column), ())),
    )


@cache
def _readers_of_columns() -> Mapping[Source, list[Source]]:
    """Return column -> the columns of views whose queries read it for their value."""
    readers: dict[Source, list[Source]] = defaultdict(list)
    for view, columns in trace_views().items():
        for name, sources in columns.items():
            for source in sources:
                readers[source].append(Source(view, name))
    return readers


@cache
def _list_readers() -> Mapping[str, list[str]]:
    """Return table -> the views that name it in their query."""
    readers: dict[str, list[str]] = defaultdict(list)
    for view in all_views():
        for name in _unique(_TABLE_NAME.findall(view.query)):
            readers[name].append(view.full_name)
    return readers


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _read_sample(session: Session, table: TableInfo) -> Result | None:
    """Return the first rows; None where they take too long."""
    try:
        rows = session.rows(queries_dictionary.sample(table.schema, table.name))
    except TooSlowError:
        return None
    types = tuple(column.type for column in table.columns)
    return Result(tuple(column.name for column in table.columns), types, tuple(tuple(row.values()) for row in rows))
