"""Findings of one notice, and the guard that turns a parser error into a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from extractors.document import ReadNote
from extractors.records import FindingRow, Rule, Severity

INFORMATIONAL_RULES = frozenset(
    {
        Rule.PUBLICATION,
        Rule.ATTACHMENT_LINK,
        Rule.HIDDEN_ROWS,
        Rule.HIDDEN_COLUMNS,
        Rule.HIDDEN_SHEET,
        Rule.INFERRED_ROWS,
        Rule.TRADITIONAL_CHARACTERS,
    }
)
"""Rules of reader notes that require no action."""
_TABLE_WARNINGS = frozenset({Rule.FORM_TEXT, Rule.LAYOUT_DOUBT})
_MAX_QUOTE = 200
_MAX_LISTED = 12
_T = TypeVar("_T")


@dataclass(slots=True)
class Findings:
    """Collects the findings of one notice in the order they arise."""

    notice_id: str
    rows: list[FindingRow] = field(default_factory=list)

    @property
    def has_warning(self) -> bool:
        """Whether a finding is a warning."""
        return any(row.severity == Severity.WARNING for row in self.rows)

    def add(
        self,
        rule: str,
        severity: Severity,
        message: str,
        *,
        table_id: str | None = None,
        task_id: str | None = None,
        declared: Decimal | None = None,
        computed: Decimal | None = None,
        locator: str | None = None,
    ) -> None:
        """Add one finding; its id follows from the order.

        Args:
            rule: a `Rule`, or the rule of a reader note.
            severity: the severity.
            message: the Chinese message.
            table_id: the table concerned.
            task_id: the task concerned.
            declared: the number stated in the notice.
            computed: the number computed from its rows.
            locator: the place in the file.
        """
        self.rows.append(
            FindingRow(
                f"{self.notice_id}-f{len(self.rows) + 1:04d}",
                self.notice_id,
                table_id,
                task_id,
                str(rule),
                severity.value,
                message,
                declared,
                computed,
                locator,
            )
        )

    def demote_table_warnings(self) -> None:
        """Make warnings about tables remarks: what is no notice has no tasks that could be lost."""
        for row in self.rows:
            if row.rule in _TABLE_WARNINGS and row.severity == Severity.WARNING:
                row.severity = Severity.INFO.value

    def add_reader_notes(self, notes: Iterable[ReadNote]) -> None:
        """Add what the reader could not hand on as text."""
        for note in notes:
            severity = Severity.INFO if note.rule in INFORMATIONAL_RULES else Severity.WARNING
            self.add(note.rule, severity, note.message, locator=note.locator)


@dataclass(frozen=True, slots=True)
class Guard:
    """Calls the parsers of one notice, one call per field, so that an error costs only this field."""

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
        """Return `read()`; if it raises, add an error finding and return `empty`.

        MemoryError is re-raised, because it depends on the machine and not on the text.

        Args:
            field: the Chinese name of the field.
            read: parses the field.
            empty: the value if parsing fails.
            text: the text that is parsed, quoted in the finding.
            locator: the place in the file.
            table_id: the table concerned.
            task_id: the task concerned.
        """
        try:
            return read()
        except MemoryError:
            raise
        except Exception:
            quoted = "：" + quote(" ".join(text.split())) if text else ""
            place = f"（{locator}）" if locator else ""
            self.findings.add(
                Rule.FIELD_UNREADABLE,
                Severity.ERROR,
                f"“{field}”无法解析{quoted}{place}。此项留空，其余内容照常读入，请对照原文核实",
                table_id=table_id,
                task_id=task_id,
                locator=locator,
            )
            return empty


def quote(text: str, max_length: int = _MAX_QUOTE) -> str:
    """Return a text in quotation marks for a message, shortened in the middle if longer than `max_length`."""
    if len(text) <= max_length:
        return f"“{text}”"
    return f"“{text[: max_length // 2]}……{text[-(max_length // 2) :]}”"


def join_listed(items: Sequence[str], max_items: int = _MAX_LISTED) -> str:
    """Return the first `max_items` items joined by 、 for a message, with 等 if there are more."""
    return "、".join(items[:max_items]) + ("等" if len(items) > max_items else "")


def format_points(value: Decimal | None) -> str:
    """Return points for a message, without trailing zeros."""
    return "无" if value is None else f"{value.normalize():f}"
