"""What stands beside an answer: which notices were left out and why, where the figures come from, what is doubtful."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from warehouse.questions.definitions import Question

if TYPE_CHECKING:
    import duckdb

NOTICE_COLUMNS: Final = ("通知", "甲通知", "乙通知", "新版", "上一版")
"""Columns of answers that hold the label of a notice."""
NOTICES_COLUMN: Final = "各通知"
"""Column of answers whose rows sum up several notices: the list of their labels."""
MAX_SOURCES: Final = 20
"""Notices whose sources an answer lists."""
LACKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "任务": "没有读出任务",
        "现行版": "不是最新版，只比较各通知的最新版",
        "分值": "没有写明分值",
        "责任单位": "没有写明责任单位",
        "时限": "没有写明时限",
        "材料": "没有写明要交的材料",
        "测评方法": "没有写明测评方法",
        "量化指标": "没有量化的数量要求",
        "上一版": "库中没有上一版",
    }
)
"""What is said of a notice that lacks what a question needs."""
FILTERED: Final = "没有符合所选条件的内容"
"""Said of a notice that a filter leaves without a row."""
STATES_SQL: Final = """
SELECT l.notice_id, l.tasks > 0 AS 任务, l.is_current AS 现行版,
       l.tasks_with_points > 0 OR coalesce(l.points, 0) > 0 AS 分值,
       l.tasks_with_party > 0 AS 责任单位, l.tasks_with_deadline > 0 AS 时限, l.tasks_with_evidence > 0 AS 材料,
       EXISTS (SELECT 1 FROM mart.method_mix AS m WHERE m.notice_id = l.notice_id) AS 测评方法,
       EXISTS (SELECT 1 FROM mart.threshold_comparison AS h WHERE h.notice_id = l.notice_id) AS 量化指标,
       n.supersedes IS NOT NULL AS 上一版
FROM mart.notice_labels AS l JOIN core.notices AS n USING (notice_id)
WHERE l.notice_id IN (SELECT unnest($ids))
"""
SOURCES_SQL: Final = """
SELECT l.label, l.title, n.doc_number, l.source_path,
       (SELECT list(b.ordinal ORDER BY b.ordinal) FROM core.tables AS b
        WHERE b.notice_id = l.notice_id
          AND EXISTS (SELECT 1 FROM core.tasks AS t WHERE t.table_id = b.table_id)) AS tables
FROM mart.notice_labels AS l JOIN core.notices AS n USING (notice_id)
WHERE l.notice_id IN (SELECT unnest($ids))
ORDER BY list_position($ids, l.notice_id)
"""
DOUBT_RULES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "权重": (
            "heading_vs_parts",
            "heading_vs_tasks",
            "heading_without_points",
            "headings_vs_tasks",
            "total_vs_stated",
            "total_vs_tasks",
            "no_points",
            "doubtful_figure",
            "topic_other",
        ),
        "责任": ("no_party", "no_lead", "debris", "body_differs"),
        "时限": ("no_deadline", "deadline_unread", "stale_year"),
        "材料": ("evidence_repeated", "field_unreadable"),
        "核对": (
            "heading_vs_parts",
            "heading_vs_tasks",
            "headings_vs_tasks",
            "inline_vs_points",
            "total_vs_stated",
            "total_vs_tasks",
            "doubtful_figure",
            "repaired",
        ),
    }
)
"""The rules of findings that touch the figures of a group of questions."""
DOUBTS_SQL: Final = """
SELECT count(*) FROM core.findings
WHERE dismissed IS NULL AND notice_id IN (SELECT unnest($ids)) AND rule IN (SELECT unnest($rules))
"""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A notice that was asked about and has no row, and why (Chinese)."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures of a notice come from: what it is, its file and its tables."""

    label: str
    title: str | None
    doc_number: str | None
    path: str
    tables: tuple[int, ...]

    @property
    def text(self) -> str:
        """The source as a line: title, number, file and tables."""
        tables = f"表{'、'.join(map(str, self.tables))}" if self.tables else "正文"
        inner = self.title.replace("《", "〈").replace("》", "〉") if self.title else ""
        named = [f"《{inner}》" if inner else None, self.doc_number, f"{self.path} {tables}"]
        return "　".join(part for part in named if part)


def find_shown(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the labels of the notices that have a row."""
    named = [column for column in NOTICE_COLUMNS if column in columns]
    listed = rows if NOTICES_COLUMN in columns else ()
    return {row[column] for row in rows for column in named} | {
        label for row in listed for label in row[NOTICES_COLUMN]
    }


def explain_left_out(
    connection: duckdb.DuckDBPyConnection, question: Question, missing: Mapping[str, str], *, is_filtered: bool
) -> tuple[LeftOut, ...]:
    """Return why each of the notices without a row has none.

    Args:
        connection: The warehouse.
        question: The question.
        missing: Id and label of the notices without a row.
        is_filtered: Whether a theme, a unit or days were asked for.
    """
    if not missing:
        return ()
    cursor = connection.execute(STATES_SQL, {"ids": list(missing)})
    names = [str(column[0]) for column in cursor.description or []]
    states = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    found = []
    for notice_id, label in missing.items():
        state = states[notice_id]
        lack = next((LACKS[need] for need in ("任务", *question.needs) if not state[need]), None)
        found.append(LeftOut(label, lack or (FILTERED if is_filtered else question.left_out.rstrip("。"))))
    return tuple(found)


def read_sources(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> tuple[Source, ...]:
    """Return the sources of the first `MAX_SOURCES` of these notices."""
    rows = connection.execute(SOURCES_SQL, {"ids": list(ids[:MAX_SOURCES])}).fetchall()
    return tuple(Source(label, title, number, path, tuple(tables or ())) for label, title, number, path, tables in rows)


def count_doubts(connection: duckdb.DuckDBPyConnection, group: str, ids: Collection[str]) -> int:
    """Return how many open findings of these notices touch the questions of a group."""
    ((found,),) = connection.execute(DOUBTS_SQL, {"ids": list(ids), "rules": list(DOUBT_RULES[group])}).fetchall()
    return int(found)
