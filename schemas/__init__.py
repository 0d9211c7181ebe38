"""The single declaration of all tables of the warehouse.

`TABLES` maps `schema.name` to its declaration. `frame` converts rows to a frame of exact types, `check` lists the
failures of a frame, `build_ddl` returns the SQL of an empty warehouse. The Chinese data dictionary is made by
`python -m schemas.dictionary`.
"""

from schemas.ddl import build_ddl, fingerprint, macro_statements
from schemas.frames import RowsRefusedError, empty, frame
from schemas.registry import SCHEMAS, TABLES
from schemas.row_owners import belongs_to
from schemas.specs import ColumnSpec, ForeignKey, TableSpec
from schemas.validate import Failure, check, check_links
from schemas.view_files import VIEW_FOLDERS, Scope, ViewSpec, read_view, sort_views

__all__ = [
    "SCHEMAS",
    "TABLES",
    "VIEW_FOLDERS",
    "ColumnSpec",
    "Failure",
    "ForeignKey",
    "RowsRefusedError",
    "Scope",
    "TableSpec",
    "ViewSpec",
    "belongs_to",
    "build_ddl",
    "check",
    "check_links",
    "empty",
    "fingerprint",
    "frame",
    "macro_statements",
    "read_view",
    "sort_views",
]
