"""Body and annex held against each other (filled in below)."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.body.clauses import Clause
from extractors.notice.findings import Findings
from extractors.notice.indicators import Indicators
from extractors.notice.lexicon import Lexicon
from extractors.notice.tasks import TableTasks
from extractors.tables.clean import CleanTable


def repair(
    table: CleanTable,
    done: TableTasks,
    clauses: Sequence[Clause],
    lexicon: Lexicon,
    indicators: Indicators,
    findings: Findings,
) -> None:
    return None
