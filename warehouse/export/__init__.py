"""Files made from the warehouse: task lists for units, reminders, and comparisons for the leadership."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ExportFormat(StrEnum):
    """File format of a task list; the value is the file suffix."""

    XLSX = "xlsx"
    DOCX = "docx"
    ICS = "ics"
    CSV = "csv"
    JSON = "json"


SINGLE_FILE_FORMATS: Final = frozenset({ExportFormat.CSV, ExportFormat.JSON})
"""Formats for other programs; all lists are written to one file."""
