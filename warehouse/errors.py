"""What can go wrong with the warehouse file; every message is Chinese and says what to do."""

from __future__ import annotations


class WarehouseError(Exception):
    """Base of all errors of this room; `str(error)` is shown to the user as it stands."""


class WarehouseMissingError(WarehouseError):
    """There is no warehouse file yet."""


class WarehouseDamagedError(WarehouseError):
    """The file is there but DuckDB cannot read it."""


class WarehouseForeignError(WarehouseError):
    """A sound DuckDB file that is no warehouse of ours: it is neither read nor overwritten."""


class WarehouseBusyError(WarehouseError):
    """Another writer is at work, or (on Windows) a reader keeps the file from being replaced."""


class WarehouseLockedError(WarehouseBusyError):
    """Another program has the file open for writing; the file may be whole, and nothing was changed."""


class WarehouseUnreadableError(WarehouseError):
    """The system refuses to open the file (rights, a share that is gone); the file may be whole."""


class FewerDecisionsError(WarehouseError):
    """A publication would hold fewer decisions or reports of people than stand published."""


class WarehouseChangedError(WarehouseError):
    """The file is not the one that the caller's plan was made for."""


class PublishError(WarehouseError):
    """The new file could not be built; the old one stands unchanged."""


class SnapshotError(WarehouseError):
    """There is no such edition, or it cannot be used; the published file stands unchanged."""


class QueryError(WarehouseError):
    """A query that cannot be run, or a result that cannot be shown as asked."""


class ExportError(WarehouseError):
    """A file that cannot be written, or that must not be replaced."""
