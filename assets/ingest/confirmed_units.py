"""What people decided about printed forms of units: `单位.csv` in the folder of corrections.

What a line means and what may be wrong with it is decided in `extractors.unit_decisions`; here the file is read and
extended, and its lines are held against what is published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from assets.ingest.csv_input import append_decisions, read_lines
from extractors.normalize import strip_whitespace
from extractors.unit_decisions import REQUIRED_COLUMNS, UNIT_HEADERS, UNITS_FILE, UnitDecision, combine_lines
from warehouse import store

FORMS_SQL: Final = """
SELECT f.source_path, list_distinct(flatten(list(list_append(p.printed, p.name))))
FROM core.parties AS p JOIN core.notices AS n USING (notice_id) JOIN core.files AS f USING (file_id)
GROUP BY f.source_path ORDER BY f.source_path
"""
"""Each file with the names and printed forms of the units of its notice."""
_UNITS_SQL: Final = "SELECT name, printed, defined_at = 'decision' FROM core.parties"


def read_units(folder: Path) -> tuple[dict[int, UnitDecision], list[str]]:
    """Return the decisions of a folder by line, and messages about unusable lines (Chinese, with remedy)."""
    path = folder / UNITS_FILE
    if not path.is_file():
        return {}, []
    lines, fault = read_lines(path, UNIT_HEADERS, REQUIRED_COLUMNS)
    decisions, problems = combine_lines((line.number, line.values) for line in lines)
    return decisions, [*problems, *([f"{UNITS_FILE} {fault}"] if fault else [])]


def append_unit_line(folder: Path, line: Mapping[str, str]) -> Path:
    """Append a line to `单位.csv`; the other lines stay as they are.

    Args:
        folder: The folder of corrections.
        line: Values by the columns of `UNIT_HEADERS`.

    Returns:
        The path of the file.

    Raises:
        NotAppendedError: The file is damaged.
        OSError: The file cannot be written.
    """
    return append_decisions(folder / UNITS_FILE, UNIT_HEADERS, REQUIRED_COLUMNS, [line])


def join_forms(forms: Iterable[str | None]) -> frozenset[str]:
    """Return names and printed forms of units as decisions write them, without whitespace."""
    return frozenset(strip_whitespace(form) for form in forms if form)


def select_fitting_units(decisions: Iterable[UnitDecision], forms: Collection[str]) -> list[UnitDecision]:
    """Return the decisions that concern a notice in which units have these names and printed forms."""
    return [decision for decision in decisions if decision.concerns(forms)]


def list_ineffective_units(warehouse: Path, decisions: Mapping[int, UnitDecision]) -> list[str]:
    """Return Chinese messages about decisions, by line, whose printed form is in no published notice."""
    if not decisions:
        return []
    with store.reading(warehouse) as connection:
        units = connection.execute(_UNITS_SQL).fetchall()
    settled = {decision.printed for decision in decisions.values()}
    printed = join_forms(form for _, forms, _ in units for form in forms)
    # Named by a decision about none of the printed forms: about a form that the notice makes of them.
    named = join_forms(name for name, forms, decided in units if decided and settled.isdisjoint(join_forms(forms)))
    return [
        f"{UNITS_FILE} 第 {number} 行的打印名“{decision.printed}”在各通知的责任单位中没有找到，该条认定没有用上，"
        "请照 core.parties 的 printed 一列核对写法"
        for number, decision in decisions.items()
        if decision.printed not in printed and named.isdisjoint(decision.names)
    ]
