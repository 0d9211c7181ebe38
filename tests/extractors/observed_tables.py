"""Everything that is observed of a table before it is read: what the models of `extractors/tables` weigh.

A value moves the roles and kinds of a table only near the edge of a decision; here each one shows as it is. A table is
a line for each row with cells divided by `|`. A cell over several rows or columns ends in `{rows,columns}` and the
positions that it covers are left out. A first line `#drawn` says that the format draws merged cells, `#marked 2` that
it marks two rows as header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from extractors.document import Table
from extractors.tables import confidence, header, role_assignment, row_kinds
from extractors.tables.body_columns import body_features
from extractors.tables.card_tables import PlacedTable
from extractors.tables.clean_table import read_parts, split_header
from extractors.tables.column_features import column_values
from extractors.tables.grid import build_grid
from extractors.tables.table_structure import TableStructure
from tests.extractors.tables.build import Row, table

_CELL = re.compile(r"(?P<text>.*?)(?:\{(?P<rows>[1-9]),(?P<columns>[1-9])\})?", re.DOTALL)
_OPTION = re.compile(r"#(?P<drawn>drawn)? ?(?:marked (?P<rows>\d))?")
_HEADER_ROWS: Final = 4
_READINGS: Final = 3
TITLE: Final = "附件2 任务分解表"


def parse_table(text: str) -> Table:
    """Return the table that is written as described above."""
    lines = text.split("\n")
    option = _OPTION.fullmatch(lines[0])
    rows: list[Row] = []
    for line in lines[1 if option else 0 :]:
        cells = [_CELL.fullmatch(one) for one in line.split("|")]
        rows.append([(m["text"], int(m["rows"] or 1), int(m["columns"] or 1)) for m in cells if m])
    marked = int(option["rows"]) if option and option["rows"] else None
    return table(*rows, spans=bool(option and option["drawn"]), header_rows=marked)


def observe(text: str) -> Any:
    """Return what is observed of the rows and columns of a table, and how it is read."""
    given = parse_table(text)
    grid = build_grid(given)
    part = split_header(PlacedTable(1, given, TITLE))
    names, body = part.header.columns, part.body
    read = role_assignment.read_columns(names, body)
    rows = read.rows
    kinds, margins = row_kinds.classify_rows(rows)
    features = body_features(body)
    structure = TableStructure(read.columns, features)
    header_rows = range(min(_HEADER_ROWS, grid.n_rows))
    observed = {
        "header": [part.header.start, part.header.stop, names, part.header.margin],
        "header rows": [_sparse(header.header_row_values(grid, r, given.header_rows)) for r in header_rows],
        "columns": [_sparse(one) for one in column_values(read.columns, features)],
        "table": _sparse(role_assignment.observe_columns(names, body).values),
        "tasks": [read.task_log_odds, [structure.score_tasks(one.roles) for one in read.assignments[:_READINGS]]],
        "roles": [[one.score, structure.score(one.roles)] for one in read.assignments[:_READINGS]],
        "rows": [_sparse(rows.values(r, after_task=r > 0)) for r in range(body.n_rows)],
        "sums": rows.by_sums,
        "kinds": margins,
        "posterior": confidence.posterior(part.header, read, margins),
        "confidence": _sparse(confidence.confidence_values(part.header, read, body, kinds, margins)),
    }
    (found,) = read_parts([part])
    read_as = [found.kind, found.confidence, found.reading, found.alternative, *found.alternative_roles]
    filled = [[square.rows, square.cols] for square in found.grid.unique_cells() if square.rows > 1 or square.cols > 1]
    return observed | {"read": read_as, "filled": filled}


def _sparse(values: Sequence[float]) -> str:
    """Return the values that are not 0 with their places, for most are 0."""
    return " ".join(f"{place}:{value:.4g}" for place, value in enumerate(values) if value)
