"""Golden files: what the program writes today, compared exactly, and rewritten by `--update-golden` alone."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Final

SHOWN: Final = 20
_LONG_NUMBER: Final = re.compile(r"\b\d+\.\d{9,}\b")


def difference_from_golden(golden: Path, now: str, update: bool) -> str:
    """Return the difference between a golden file and the text of today, empty if there is none.

    Args:
        golden: the file; one that is missing counts as empty.
        now: the text of today.
        update: write the file first.
    """
    if update:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(now, "utf-8", newline="\n")
    kept = golden.read_text("utf-8") if golden.exists() else ""
    return "" if kept == now else first_differences(kept, now) or "the files end differently"


def first_differences(kept: str, now: str) -> str:
    """Return the first lines of the difference, and how many more there are."""
    changes = list(difflib.unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", n=0, lineterm=""))
    left = len(changes) - SHOWN
    return "\n".join([*changes[:SHOWN], *([f"... and {left} lines more"] if left > 0 else [])])


def shorten_numbers(text: str) -> str:
    """Round long numbers to eight digits: the last ones of a share depend on how DuckDB's threads add."""
    return _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.8g}", text)
