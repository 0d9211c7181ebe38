"""Warnings of the gold notices against those that people found true by reading: none is false, none is missing."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from extractors.records import FindingRow, Severity
from tests.extractors.golden import notices
from tests.extractors.published import extraction_of
from tests.extractors.test_golden import MARKS

WARNINGS = Path(__file__).parents[2] / "gold" / "warnings.csv"


@cache
def true_warnings() -> list[dict[str, str]]:
    """The warnings that are true, with the notice, its formats (all if blank) and the reason."""
    with WARNINGS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def warnings_of(notice: Path) -> list[dict[str, str]]:
    """The true warnings of a notice in the format of this file."""
    slug, file_format = notice.name.split(".", 1)[0], notice.parent.name
    return [
        row
        for row in true_warnings()
        if row["notice"] == slug and (not row["formats"] or file_format in row["formats"].split())
    ]


def is_of(row: dict[str, str], finding: FindingRow) -> bool:
    """Whether a line of the list speaks of a finding."""
    amounts = [Decimal(row[name]) if row[name] else None for name in ("declared", "computed")]
    table = int((finding.table_id or "t0").rsplit("t", 1)[-1])
    return (
        (row["rule"], int(row["table"])) == (finding.rule, table)
        and amounts == [finding.declared, finding.computed]
        and row["quoted"] in finding.message
    )


@pytest.mark.parametrize(
    "notice", [pytest.param(path, id=path.name, marks=MARKS.get(path.parent.name, [])) for path in notices()]
)
def test_every_warning_is_true_and_every_true_one_is_found(notice: Path) -> None:
    missing = warnings_of(notice)
    false = []
    for finding in extraction_of(notice).findings:
        if finding.severity == Severity.INFO:
            continue
        row = next((row for row in missing if is_of(row, finding)), None)
        if row is None:
            false.append((finding.rule, finding.message))
        else:
            missing.remove(row)
    assert not false, "look at the page; what is true there is a line of tests/gold/warnings.csv"
    assert not missing


def test_every_line_has_a_reason_and_a_notice() -> None:
    slugs = {path.name.split(".", 1)[0] for path in notices()}
    assert {row["notice"] for row in true_warnings()} <= slugs
    assert all(row["reason"] for row in true_warnings())
