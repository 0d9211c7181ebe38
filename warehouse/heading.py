"""What stands above the rows of every file that is handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

_DATA_DAY: Final = "SELECT china_time(max(ingested_at))::DATE FROM core.files"
"""The last day (Beijing time) on which a file was read."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Heading of a printed table; what is empty is left out.

    Attributes:
        title: Title.
        question: What the rows answer, and the answer in words.
        note: How to read the rows, and what is doubtful about them.
        source: Where they come from.
        day: Day on which the data were read.
    """

    title: str
    question: str = ""
    note: str = ""
    source: str = ""
    day: date | None = None

    @property
    def lines(self) -> tuple[str, str, str]:
        """The three rows above the header: title, question, and the rest in one."""
        parts = (
            ("", self.note),
            ("来源：", self.source),
            ("数据日期：", self.day.isoformat() if self.day else ""),
        )
        return self.title, self.question, "　　".join(f"{head}{text}" for head, text in parts if text)


def read_data_day(connection: duckdb.DuckDBPyConnection) -> date | None:
    """Return the day on which the newest data of a warehouse were read; None without a file."""
    # A result that is not fetched to its end would block the connection.
    ((day,),) = connection.execute(_DATA_DAY).fetchall()
    found: date | None = day
    return found
