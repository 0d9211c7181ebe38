"""Whole notices made up in code, and what was read in them in a form that tests can compare."""

from __future__ import annotations

from typing import Any

from extractors.document import Block, Document, Paragraph, Table
from extractors.notice import build_extraction
from extractors.records import Extraction, IndicatorRow
from tests.extractors.tables.build import Row, table

HEAD = ("甲州市乙局文件", "甲乙发〔2022〕3号", "关于印发《2022年文明单位创建方案》的通知", "各科室：")


def notice(*blocks: Block | str, head: tuple[str, ...] = HEAD) -> Extraction:
    """The reading of a notice of these tables and paragraphs below a usual letter head."""
    given = [*head, *blocks]
    made = tuple(Paragraph(b, f"第{i}段") if isinstance(b, str) else b for i, b in enumerate(given, 1))
    return build_extraction(Document("docx", made), repr(given).encode())


def drawn(*rows: Row) -> Table:
    """A table whose carrier draws merged cells."""
    return table(*rows, spans=True)


def path_rows(found: Extraction, indicator: str | None) -> list[IndicatorRow]:
    """The indicators above a task, outermost first."""
    nodes = {i.indicator_id: i for i in found.indicators}
    path: list[IndicatorRow] = []
    while indicator in nodes:
        path.insert(0, nodes[indicator])
        indicator = nodes[indicator].parent_id
    return path


def paths(found: Extraction) -> list[list[str]]:
    """The path of every task as code and name: Ⅰ-1 环境."""
    return [
        [f"{i.code} {i.name}" if i.code else i.name for i in path_rows(found, task.indicator_id)]
        for task in found.tasks
    ]


def parties(found: Extraction) -> list[str]:
    """The parties of every task as `lead+support/support`, scopes in front; '' for nobody."""
    out = []
    for task in found.tasks:
        rows = [p for p in found.task_parties if p.task_id == task.task_id]
        assert [p.ordinal for p in rows] == list(range(1, len(rows) + 1))
        leads = "+".join((p.scope or "") + p.party for p in rows if p.role == "lead")
        supports = "/".join((p.scope or "") + p.party for p in rows if p.role == "support")
        out.append(leads + (f"|{supports}" if supports else ""))
    return out


def values(found: Extraction, field: str) -> list[Any]:
    """One field of every task."""
    return [getattr(t, field) for t in found.tasks]


def points(found: Extraction) -> list[str | None]:
    """The points of every task as text."""
    return [None if t.points is None else f"{t.points:f}" for t in found.tasks]


def rules(found: Extraction) -> list[str]:
    """The rules of the findings in order."""
    return [f.rule for f in found.findings]
