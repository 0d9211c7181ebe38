"""Findings of one notice, their rules, and the guard that turns a parser error into a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from extractors.document import ReadNote
from extractors.records import FindingRow

INFO, WARNING, ERROR = "info", "warning", "error"
INFORMATIONAL_RULES = frozenset({"publication", "attachment_link", "hidden_rows", "hidden_columns", "hidden_sheet"})
"""Notes of readers that say what was seen and ask for nothing."""
_MAX_QUOTE = 200


def quote(text: str, most: int = _MAX_QUOTE) -> str:
    """A text inside a message, shortened in the middle when it is longer than `most`."""
    return f"“{text}”" if len(text) <= most else f"“{text[: most // 2]}……{text[-(most // 2) :]}”"


def format_points(value: Decimal | None) -> str:
    """Points in a message: without superfluous zeros."""
    return "无" if value is None else f"{value.normalize():f}"


@dataclass(slots=True)
class Findings:
    """Collects the findings of one notice in the order they arise."""

    notice_id: str
    rows: list[FindingRow] = field(default_factory=list)

    def add(
        self,
        rule: str,
        severity: str,
        message: str,
        *,
        table_id: str | None = None,
        task_id: str | None = None,
        declared: Decimal | None = None,
        computed: Decimal | None = None,
        locator: str | None = None,
    ) -> None:
        """Add one finding; the id follows from the order."""
        self.rows.append(
            FindingRow(
                f"{self.notice_id}-f{len(self.rows) + 1:04d}",
                self.notice_id,
                table_id,
                task_id,
                rule,
                severity,
                message,
                declared,
                computed,
                locator,
            )
        )

    def reader_notes(self, notes: Iterable[ReadNote]) -> None:
        """What the reader saw and could not hand on."""
        for note in notes:
            severity = INFO if note.rule in INFORMATIONAL_RULES else WARNING
            self.add(note.rule, severity, note.message, locator=note.locator)


# Error isolation: an exception in a parser becomes a finding on one field; the rest of the notice is read.


UNREADABLE = "field_unreadable"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Guard:
    """Calls the parsers of one notice, one call per field."""

    findings: Findings

    def __call__(
        self,
        field: str,
        read: Callable[[], _T],
        empty: _T,
        *,
        text: str | None = None,
        locator: str | None = None,
        table_id: str | None = None,
        task_id: str | None = None,
    ) -> _T:
        """Return `read()`; if it raises, add an error finding with field, text and place and return `empty`.

        `field` is the Chinese name of the field. MemoryError is re-raised: it says nothing about the text.
        """
        try:
            return read()
        except MemoryError:
            raise
        except Exception:
            said = "：" + quote(" ".join(text.split())) if text else ""
            place = f"（{locator}）" if locator else ""
            self.findings.add(
                UNREADABLE,
                ERROR,
                f"“{field}”无法解析{said}{place}。此项留空，其余内容照常读入，请对照原文核实",
                table_id=table_id,
                task_id=task_id,
                locator=locator,
            )
            return empty
