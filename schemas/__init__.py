"""The one place where the tables of the warehouse are declared.

`TABLES` maps `schema.name` to its declaration. `frame` turns rows into a frame of exact types, `check` lists what is
"""

from schemas.ddl import ddl, fingerprint
from schemas.frames import RowsRefusedError, empty, frame
from schemas.registry import SCHEMAS, TABLES
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
    "check",
    "check_links",
    "ddl",
    "empty",
    "fingerprint",
    "frame",
    "read_view",
    "sort_views",
]
