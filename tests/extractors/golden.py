"""A whole extraction as text that a person reads line by line, for the files of `tests/golden`.

One line is one row of one table of core: the name of the table, then what the row says as JSON. What is not said (null,
an empty list, `false`, a span of one) is left out. No line names the notice: its id is made of the bytes of the file,
and every line would change with one of them. Ids and ordinals that only count the lines are left out too, so that a row
that comes or goes is one line of the difference, and not all that follow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractors.records import Extraction

ROOT = Path(__file__).parents[2]
NOTICES = ROOT / "tests" / "notices"
GOLDEN = ROOT / "tests" / "golden"
UPDATE = '.venv/bin/pytest -m "" --update-golden tests/extractors/test_golden.py'
ONES = frozenset({"row_span", "col_span", "points_rows"})
COUNTING = frozenset({"clause_id", "finding_id"})
KEYS = frozenset({"notice_id", "party_id"})
"""Keys of other rows that say no more than the name beside them does."""


def notices() -> list[Path]:
    """Every published notice in every format."""
    return sorted(path for path in NOTICES.glob("*/*") if path.is_file())


def golden_of(notice: Path) -> Path:
    """The file that says what is read from a notice: `<slug>/<format>.txt`."""
    return GOLDEN / notice.name.split(".", 1)[0] / f"{notice.parent.name}.txt"


def text_of(found: Extraction) -> str:
    """All that was read, one line for each row of each table."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Extraction) -> Iterator[str]:
    prefix = f"{found.notice.notice_id}-"
    for table in fields(found):
        value = getattr(found, table.name)
        if table.name == "notice":
            yield _line(table.name, _non_null(value, prefix))
        elif isinstance(value, list):
            last: tuple[str | None, int] = (None, 0)
            for number, row in enumerate(value, start=1):
                record = _non_null(row, prefix)
                last = _without_counting(record, number, last)
                yield _line(table.name, record)
        elif value is not None:
            yield _line(table.name, value)


def _without_counting(record: dict[str, Any], number: int, last: tuple[str | None, int]) -> tuple[str | None, int]:
    """Drop the id and the ordinal that the line before implies; answer group and ordinal for the next line."""
    for name in COUNTING & record.keys():
        if record[name][1:] == f"{number:0{len(record[name]) - 1}d}":
            del record[name]
    if "ordinal" not in record:
        return last
    group, ordinal = record.get("task_id", record.get("table_id")), record["ordinal"]
    if ordinal == (last[1] + 1 if group == last[0] else 1) or (group != last[0] and ordinal == last[1] + 1):
        del record["ordinal"]
    return group, ordinal


def _non_null(row: Any, prefix: str) -> dict[str, Any]:
    """The columns of a row that say something."""
    record = {}
    for column in fields(row):
        value = getattr(row, column.name)
        nothing = value is None or value is False or value == [] or (value == 1 and column.name in ONES)
        if column.name not in KEYS and not nothing:
            record[column.name] = value.removeprefix(prefix) if isinstance(value, str) else value
    return record


def _line(table: str, value: Any) -> str:
    return f"{table} {json.dumps(value, ensure_ascii=False, default=_plain)}"


def _plain(value: object) -> int | float | str:
    """Numbers and dates as JSON writes them; digits behind the point that say nothing are dropped."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no text form for {type(value).__name__}")
