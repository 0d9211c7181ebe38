"""Errors of the warehouse; every message is Chinese and names the remedy."""

from __future__ import annotations


class WarehouseError(Exception):
    """Base class of all errors of this package; `str(error)` is shown to the user unchanged."""


class WarehouseMissingError(WarehouseError):
    """There is no warehouse file yet."""


class WarehouseDamagedError(WarehouseError):
    """The file exists but DuckDB cannot read it."""


class WarehouseForeignError(WarehouseError):
    """A valid DuckDB file that is not a warehouse of this program: it is neither read nor overwritten."""


class WarehouseBusyError(WarehouseError):
    """Another writer is at work, or (on Windows) an open reader prevents the replacement of the file."""


class WarehouseLockedError(WarehouseBusyError):
    """Another program has the file open for writing; the file may be valid, and nothing was changed."""


class WarehouseUnreadableError(WarehouseError):
    """The system refuses to open the file (permissions, a lost network share); the file may be valid."""


class FewerDecisionsError(WarehouseError):
    """A publication would contain fewer decisions or reports of people than the published file."""


class WarehouseChangedError(WarehouseError):
    """The file is no longer the one that the caller's plan was made for."""


class PublishError(WarehouseError):
    """The new file could not be built; the old one is unchanged."""


class SnapshotError(WarehouseError):
    """There is no such snapshot, or it cannot be used; the published file is unchanged."""


class QueryError(WarehouseError):
    """A query cannot be run, or a result cannot be rendered."""


class ExportError(WarehouseError):
    """A file cannot be written, or must not be replaced."""
