"""What a task list can be written as."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Form(StrEnum):
    """File formats of a task list; the value is the ending of the file."""

    XLSX = "xlsx"
    DOCX = "docx"
    ICS = "ics"
    CSV = "csv"
    JSON = "json"


WHOLE: Final = frozenset({Form.CSV, Form.JSON})
"""Forms that are for programs and always one file."""
