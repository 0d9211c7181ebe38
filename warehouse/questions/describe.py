"""An answer in words: the lines that stand beside its rows on the terminal, in a workbook and in a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from warehouse.questions.answers import Answer
from warehouse.questions.context import LeftOut

MAX_NAMED: Final = 8
"""Notices that a line names."""
CONCLUSION: Final = "结论"
WARNINGS: Final = "注意"
OPEN_FINDINGS: Final = "疑点"


def describe(answer: Answer, max_notices: int = MAX_NAMED, warnings: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return name and text of each line: conclusion, warnings, notices, notices left out, method, sources, doubts.

    Args:
        answer: The answer.
        max_notices: Number of notices that a line names.
        warnings: What its surface says of the notices: which are counted, how those compared differ in kind.
    """
    lines = [(CONCLUSION, answer.conclusion), (WARNINGS, "".join(f"{text}。" for text in warnings))]
    if answer.notices:
        lines.append(("所看通知", _name(answer.notices, max_notices)))
    lines.append(("未列入的通知", describe_left_out(answer.left_out, max_notices)))
    lines.append(("说明", answer.message))
    sources = [f"{source.label}：{source.text}" for source in answer.sources]
    lines.append(
        ("来源", "；".join(sources[:max_notices]) + (f"等 {len(sources)} 份" if len(sources) > max_notices else ""))
    )
    lines.append((OPEN_FINDINGS, f"{answer.caveat}。" if answer.caveat else ""))
    return [(name, text) for name, text in lines if text]


def describe_left_out(left_out: Sequence[LeftOut], max_notices: int = MAX_NAMED) -> str:
    """Return the notices left out by reason: 甲、乙（没有写明分值）；丙（没有读出任务）."""
    by_reason: dict[str, list[str]] = {}
    for one in left_out:
        by_reason.setdefault(one.reason, []).append(one.label)
    return "；".join(f"{_name(labels, max_notices)}（{reason}）" for reason, labels in by_reason.items())


def _name(labels: Sequence[str], max_notices: int) -> str:
    more = f"等 {len(labels)} 份" if len(labels) > max_notices else ""
    return "、".join(labels[:max_notices]) + more
