"""How values look on a page: Chinese names of codes, numbers, shares, marked words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup, escape

import schemas
from schemas.code_labels import AUDITS, BASES, CHANGES, RELATIONS
from warehouse.formatting import format_value

EXCERPT: Final = 180
"""Characters of a long text that a list of hits shows."""
LEAD: Final = 40
"""Of these, before the first hit."""

NUMERIC: Final = ("DECIMAL", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT")
"""How the names of DuckDB's types of numbers begin."""
CODES: Final[dict[str, dict[str, str]]] = {
    name: dict(schemas.TABLES[table].column[column].values)
    for name, table, column in (
        ("severity", "core.findings", "severity"),
        ("role", "core.task_parties", "role"),
        ("deadline", "core.task_deadlines", "kind"),
        ("evidence", "core.task_evidence", "kind"),
        ("operator", "core.task_thresholds", "operator"),
        ("effect", "core.scoring_rules", "effect"),
        ("table", "core.tables", "kind"),
        ("format", "core.files", "format"),
        ("progress", "ops.progress", "status"),
        ("problem", "ops.progress_issues", "kind"),
    )
} | {
    "relation": dict(RELATIONS),
    "basis": dict(BASES),
    "audit": dict(AUDITS),
    "change": dict(CHANGES),
    "column": {
        "serial": "序号",
        "level": "指标",
        "requirement": "任务要求",
        "criteria": "评价标准",
        "evidence": "材料要求",
        "deadline": "完成时限",
        "method": "测评方法",
        "party": "责任单位",
        "lead": "牵头单位",
        "support": "配合单位",
        "points": "分值",
        "scoring": "评分标准",
        "leader": "责任领导",
        "person": "责任人",
        "remark": "备注",
    },
}
"""Chinese meaning of each code, by the kind of code."""


def code(value: str | None, kind: str) -> str:
    """The Chinese name of a code; the code itself where it has none."""
    return CODES[kind].get(value, value) if value is not None else ""


def text(value: Any) -> str:
    """Any value as a person reads it; a dash for nothing."""
    return format_value(value) or "—"


def look(type_: str, value: Any = None) -> str:
    """How a column of this DuckDB type is set: n for numbers, keep for days; long text gets room (wide, middle)."""
    if type_.endswith("]"):
        return "middle"
    if type_.startswith(NUMERIC):
        return "n"
    if type_ in ("DATE", "TIMESTAMP", "BOOLEAN"):
        return "keep"
    length = len(value) if isinstance(value, str) else 0
    return "wide" if length > 24 else "middle" if length > 8 else ""


def marked(value: str | None, words: Sequence[str]) -> Markup:
    """Text with every hit of every word in <mark>."""
    if not value:
        return Markup("")
    if not words:
        return escape(value)
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    parts, end = [], 0
    for found in pattern.finditer(value):
        parts += [escape(value[end : found.start()]), Markup("<mark>{}</mark>").format(found[0])]
        end = found.end()
    return Markup("").join([*parts, escape(value[end:])])


def excerpt(value: str | None, words: Sequence[str], length: int = EXCERPT) -> Markup:
    """The part of a long text around its first hit, and a few letters around the others, with the hits marked."""
    if not value or len(value) <= length:
        return marked(value, words)
    places = sorted(place for word in words if (place := value.lower().find(word.lower())) >= 0) or [0]
    pieces: list[tuple[int, int]] = []
    for place in places:
        if not pieces:
            start = max(min(place - LEAD, len(value) - length), 0)
            pieces.append((start, start + length))
        elif place >= pieces[-1][1] - 1:
            pieces.append((max(place - LEAD // 2, pieces[-1][1]), min(place + LEAD, len(value))))
    parts = [Markup("…" if pieces[0][0] else "")]
    for index, (start, end) in enumerate(pieces):
        if index and start > pieces[index - 1][1]:
            parts.append(Markup("…"))
        parts.append(marked(value[start:end], words))
    return Markup("").join([*parts, "…" if pieces[-1][1] < len(value) else ""])


def hit_fields(task: dict[str, Any], words: Sequence[str]) -> list[tuple[str, str]]:
    """Name and text of the fields beside the requirement that a word was found in and the requirement lacks."""
    requirement = (task["requirement"] or "").lower()
    missing = [word for word in words if word.lower() not in requirement]
    columns = schemas.TABLES["core.tasks"].column
    return [
        (columns[name].label, task[name])
        for name in ("criteria", "scoring", "evidence", "deadline", "remark")
        if task[name] and any(word.lower() in task[name].lower() for word in missing)
    ]
