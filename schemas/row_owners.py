"""Which rows of a table belong to a file or a notice: what the foreign keys say, as SQL conditions."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.registry import TABLES
from schemas.specs import TableSpec


def belongs_to(table: TableSpec, owners: Mapping[str, str], database: str = "") -> str | None:
    """Return an SQL condition for the rows of a table that belong to the given owners.

    A row belongs to the owner of the row that its mandatory foreign key refers to; where all its keys are optional, to
    that of any of them.

    Args:
        table: The table whose rows are asked for.
        owners: Full name of a table -> query for its keys, such as `core.files` -> `SELECT file_id FROM dropped`.
        database: Database in which the tables between the two are looked up, such as `old`.

    Returns:
        The condition, which is never NULL; None where no key of the table leads to an owner.
    """
    if table.full_name in owners:
        return f"{table.key[0]} IN ({owners[table.full_name]})"
    mandatory: list[str] = []
    optional: list[str] = []
    for link in table.foreign_keys:
        target = TABLES[link.table]
        if target is table or len(link.columns) > 1:
            continue
        if (target_rows := belongs_to(target, owners, database)) is None:
            continue
        prefix = f"{database}." if database else ""
        keys = owners.get(link.table) or f"SELECT {link.references[0]} FROM {prefix}{link.table} WHERE {target_rows}"
        column = table.column[link.columns[0]]
        (optional if column.nullable else mandatory).append(f"{column.name} IN ({keys})")
    if mandatory:
        return mandatory[0]
    return " OR ".join(f"coalesce({test}, false)" for test in optional) or None
