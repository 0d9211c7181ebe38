"""Findings: what a person should look at, each with rule, severity, message and place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from extractors.document import ReadNote
from extractors.records import FindingRow

INFO, WARNING, ERROR = "info", "warning", "error"
TOLD_ONLY = frozenset({"publication", "attachment_link", "hidden_rows", "hidden_columns", "hidden_sheet"})
"""Notes of readers that say what was seen and ask for nothing."""
_QUOTE = 200


def quote(text: str, most: int = _QUOTE) -> str:
    """A text inside a message, shortened in the middle when it is longer than `most`."""
    return f"“{text}”" if len(text) <= most else f"“{text[: most // 2]}……{text[-(most // 2) :]}”"


def number(value: Decimal | None) -> str:
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
            severity = INFO if note.rule in TOLD_ONLY else WARNING
            self.add(note.rule, severity, note.message, locator=note.locator)
