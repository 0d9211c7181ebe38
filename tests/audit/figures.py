"""The page of precision per table, counted from the worksheets in `tests/gold/audits`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import schemas
from tests.audit.drawing import FACTS
from tests.audit.sheets import UNSIGNED, JudgedFact, read_sheet

AUDITS = Path(__file__).parents[1] / "gold" / "audits"
PAGE = "README.md"
HEAD = f"""# Audits: facts drawn by lot and judged against the source

`python -m tests.audit --seed N --rows 20` draws rows of every table of facts into a worksheet, each with its source
text; whoever judges ticks 对 or 错, says what would be right, and signs. `python -m tests.audit --figures` writes this
page from the worksheets in this folder.

A fact is right if all that its row says stands in the notice and means that; one wrong column makes the row wrong. What
is not there (recall) no draw shows. Where {UNSIGNED} stands in place of a name, the judgement was made by reading the
source, and no person has signed yet.
"""


def figures(folder: Path = AUDITS) -> str:
    """The page: precision of each table, the worksheets, and what was judged wrong.

    Raises:
        SheetError: A worksheet cannot be counted.
    """
    sheets = {path.name: read_sheet(path) for path in sorted(folder.glob("*.xlsx"))}
    judged = [row for rows in sheets.values() for row in rows if row.right is not None]
    parts = [
        HEAD,
        "| table | | judged | right | wrong | precision | signed by a person |\n|---|---|---|---|---|---|---|",
        *(_count(table, [row for row in judged if row.table == table]) for table in FACTS),
        _count("all", judged),
        "\n## Worksheets\n\n| worksheet | rows | judged | notices | judged by | day |\n|---|---|---|---|---|---|",
        *(_sheet(name, rows) for name, rows in sheets.items()),
        "\n## Judged wrong\n\n| worksheet | row | table | notice | place | why |\n|---|---|---|---|---|---|",
        *(_wrong(name, row) for name, rows in sheets.items() for row in rows if row.right is False),
    ]
    return "\n".join(parts) + "\n"


def _count(table: str, rows: Sequence[JudgedFact]) -> str:
    right = sum(row.right is True for row in rows)
    precision = f"{right / len(rows):.3f}" if rows else "–"
    label = "" if table == "all" else schemas.TABLES[f"core.{table}"].label
    signed = sum(row.is_signed for row in rows)
    return f"| {table} | {label} | {len(rows)} | {right} | {len(rows) - right} | {precision} | {signed} |"


def _sheet(name: str, rows: Sequence[JudgedFact]) -> str:
    judged = sum(row.right is not None for row in rows)
    columns = ({row.slug for row in rows}, {row.reviewer for row in rows}, {row.day for row in rows})
    slugs, reviewers, days = (", ".join(sorted(column - {""})) for column in columns)
    return f"| {name} | {len(rows)} | {judged} | {slugs} | {reviewers} | {days} |"


def _wrong(name: str, row: JudgedFact) -> str:
    why = row.note.replace("|", "\\|").replace("\n", " ")
    return f"| {name} | {row.number} | {row.table} | {row.slug} | {row.locator} | {why} |"
