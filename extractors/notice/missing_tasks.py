"""A document whose title names a list of tasks or a rubric, and of which no task was read, is told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from extractors.layouts import LAYOUTS_FILE
from extractors.normalize import strip_whitespace
from extractors.notice.findings import Findings, quote
from extractors.records import Rule, Severity
from extractors.vocabulary import alternation, load_toml


def report_missing_tasks(titles: Iterable[str | None], findings: Findings) -> None:
    """Report a document without a task one of whose titles is that of a list of tasks, unless a warning is out.

    Args:
        titles: its title and those of its attachments and tables.
        findings: collects the findings.
    """
    if any(row.severity == Severity.WARNING for row in findings.rows):
        return
    named = find_list_title(titles)
    if named is not None:
        message = f"题为{quote(named)}，没有读出一项任务，请对照原文；确无任务的，请在 {LAYOUTS_FILE} 中写明文件类别"
        findings.add(Rule.NO_TASKS, Severity.WARNING, message, locator="整个文件")


def find_list_title(titles: Iterable[str | None]) -> str | None:
    """Return the first title that names a list of tasks or a rubric: 任务分解表, 考评细则; not 测评结果统计表."""
    return next((title for title in titles if title and _pattern().search(strip_whitespace(title))), None)


@cache
def _pattern() -> re.Pattern[str]:
    words = load_toml("demands")
    subjects = alternation([*words["assigning"], *words["asking"], *words["scoring"], *words["list_subjects"]])
    results = alternation([*words["results"], *words["list_results"]])
    named = rf"(?:{subjects})[^，,。；;：:]{{0,8}}(?:{alternation(words['list_endings'])})"
    return re.compile(
        rf"^(?!.*(?:{results})).*(?:{named}|{alternation(words['list_titles'])})(?:[》”]?[（(][^（）()]{{1,20}}[）)])*$"
    )
