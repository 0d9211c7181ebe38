"""What an answer says about doubtful tables that it rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

SEE_REVIEW: Final = "见 wenming review"
"""The remedy for the people who run the program."""
SEE_ORIGINAL: Final = "请对照原件核实"
"""The remedy for readers of pages and files."""
TABLES_SQL: Final = """
SELECT table_id, notice_id FROM core.findings
WHERE rule = 'layout_doubt' AND dismissed IS NULL AND table_id IS NOT NULL
"""
"""Tables whose layout is in doubt, with their notices."""
UNREAD_SQL: Final = """
SELECT n.notice_id FROM core.notices AS n JOIN core.files AS f USING (file_id) WHERE f.status = 'needs_review'
"""
"""Notices with a table of sentences that gave no task, or with doubtful tables only."""


@dataclass(frozen=True, slots=True)
class DoubtfulTables:
    """The doubtful tables of a warehouse.

    Attributes:
        tables: Table whose layout is in doubt -> its notice.
        unread: Notices that lack tasks until a person settles a layout.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()

    def describe_notices(self, notice_ids: Collection[str], remedy: str) -> str | None:
        """Return in Chinese how much of these notices is in doubt, with the remedy; None if nothing is."""
        wanted = set(notice_ids)
        count = sum(notice_id in wanted for notice_id in self.tables.values())
        return describe_doubtful(count, len(self.unread & wanted), remedy)

    def describe_tables(self, table_ids: Collection[str | None], remedy: str) -> str | None:
        """Return in Chinese how many of these tables are in doubt, with the remedy; None if none is."""
        return describe_doubtful(len(self.tables.keys() & set(table_ids)), 0, remedy)


def read_doubtful_tables(connection: duckdb.DuckDBPyConnection) -> DoubtfulTables:
    """Read the doubtful tables of a warehouse."""
    unread = connection.execute(UNREAD_SQL).fetchall()
    return DoubtfulTables(
        dict(connection.execute(TABLES_SQL).fetchall()), frozenset(notice_id for (notice_id,) in unread)
    )


def describe_doubtful(tables: int, unread: int, remedy: str) -> str | None:
    """Return the line that an answer carries, None if nothing is in doubt.

    Args:
        tables: Number of tables whose layout is in doubt.
        unread: Number of notices that lack tasks.
        remedy: `SEE_REVIEW` or `SEE_ORIGINAL`.
    """
    parts = []
    if tables:
        parts.append(f"其中 {tables} 张表的版式存疑")
    if unread:
        parts.append(f"有 {unread} 份通知的表格没有读全")
    return f"{'，'.join(parts)}，{remedy}" if parts else None
