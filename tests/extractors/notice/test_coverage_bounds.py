"""What is told of tables without tasks, at and beyond each bound: sentences, rows, samples, sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors.notice.findings import Findings
from extractors.notice.tasks import TableReading, TableTasks
from extractors.notice.text_coverage import measure_coverage
from extractors.tables.clean_table import TableKind
from tests.extractors.tables.build import Row, cleaned

SENTENCE, WORD = "各部门按时完成。", "河畔"


def told(rows: Sequence[Row], kind: TableKind = TableKind.OTHER, *, is_accepted: bool = False) -> tuple[str, str]:
    """Severity and message of the only finding on a table without tasks."""
    table = replace(cleaned(*rows), kind=kind)
    findings = Findings("n")
    measure_coverage([TableReading("t", table, TableTasks())], [], [], ["t"] if is_accepted else [], findings)
    (found,) = [row for row in findings.rows if row.rule == "form_text"]
    return found.severity, found.message


@pytest.mark.parametrize(
    ("text", "is_sentence"),
    [
        ("完成好。", True),
        ("好了。", False),
        ("完成好；", True),
        ("完成好，", False),
        ("河畔的风景，两岸的树木各处都在", True),
        ("河畔的风景，两岸的树木各处都", False),
        ("不少于20小时A1。", True),
        ("少于20小时A。", False),
    ],
)
def test_what_is_a_sentence(text: str, is_sentence: bool) -> None:
    """In one of two rows, so that one sentence makes the difference."""
    severity, _ = told([[text, WORD], [WORD, WORD]])
    assert (severity == "warning") is is_sentence


@pytest.mark.parametrize(
    ("n_sentences", "n_rows", "n_columns", "is_warning"),
    [(3, 9, 2, True), (2, 9, 2, False), (2, 5, 2, True), (2, 6, 2, False), (1, 1, 2, False), (2, 3, 1, False)],
)
def test_three_sentences_or_one_in_every_other_row_may_require_something(
    n_sentences: int, n_rows: int, n_columns: int, is_warning: bool
) -> None:
    """The first row of each is taken for a header."""
    rows = [
        [f"{SENTENCE if n >= n_rows - n_sentences else WORD}"] + [f"{WORD}{n}甲"] * (n_columns - 1)
        for n in range(n_rows)
    ]
    assert (told(rows)[0] == "warning") is is_warning


def test_a_roster_and_what_a_person_accepted_are_no_warning() -> None:
    rows = [[SENTENCE, WORD]] * 4
    assert told(rows)[0] == "warning"
    assert told(rows, TableKind.ROSTER)[0] == "info"
    severity, message = told(rows, is_accepted=True)
    assert severity == "info"
    assert message.startswith("经人工认定，这张表不含任务；有 8 格文字（40 字）不作任务：")


@pytest.mark.parametrize(("length", "quoted"), [(20, "甲" * 20), (21, f"{'甲' * 10}……{'甲' * 10}")])
def test_long_texts_are_quoted_in_part(length: int, quoted: str) -> None:
    message = told([["甲" * length, WORD], [WORD, WORD], [WORD, WORD]])[1]
    assert f"“{quoted}”" in message


@pytest.mark.parametrize(("n_texts", "n_quoted"), [(3, 3), (5, 3)])
def test_three_texts_are_quoted(n_texts: int, n_quoted: int) -> None:
    rows = [[f"河{chr(0x4E00 + n)}畔", ""] for n in range(n_texts)]
    message = told([*rows, ["", ""]])[1]
    assert sum(f"河{chr(0x4E00 + n)}畔" in message for n in range(n_texts)) == n_quoted
    assert f"有 {n_texts} 格文字（{3 * n_texts} 字）不作任务" in message
