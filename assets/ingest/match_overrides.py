"""What people decided about counterparts: `对应关系.csv` among the corrections, read whole for every publication."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

import schemas
from assets.ingest.csv_input import read_lines
from schemas.ops import REVIEW_RELATIONS
from warehouse import store

FILE: Final = "对应关系.csv"
TABLE: Final = "ops.counterpart_reviews"

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "file_a": "甲文件",
        "locator_a": "甲位置",
        "file_b": "乙文件",
        "locator_b": "乙位置",
        "relation": "关系",
        "reason": "理由",
        "who": "经办人",
        "when": "日期",
    }
)
"""Column -> its Chinese name; the file may use either."""

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"相同": "equal", "含于": "subset", "包含": "superset", "部分相同": "overlap", "无关": "unrelated"}
)
"""What a person writes for a relation, besides its code."""

_PLACES: Final = """
WITH place AS (
    SELECT f.source_path, t.locator, t.notice_id
    FROM core.tasks AS t JOIN core.notices AS n USING (notice_id) JOIN core.files AS f USING (file_id)
)
"""
UNPLACED_SQL: Final = f"""{_PLACES}
SELECT r.line, r.file_a || ' ' || r.locator_a FROM ops.counterpart_reviews AS r
WHERE NOT EXISTS (SELECT 1 FROM place AS p WHERE p.source_path = r.file_a AND p.locator = r.locator_a)
UNION ALL
SELECT r.line, r.file_b || ' ' || r.locator_b FROM ops.counterpart_reviews AS r
WHERE NOT EXISTS (SELECT 1 FROM place AS p WHERE p.source_path = r.file_b AND p.locator = r.locator_b)
ORDER BY ALL
"""
ONE_NOTICE_SQL: Final = f"""{_PLACES}
SELECT DISTINCT r.line FROM ops.counterpart_reviews AS r
JOIN place AS a ON a.source_path = r.file_a AND a.locator = r.locator_a
JOIN place AS b ON b.source_path = r.file_b AND b.locator = r.locator_b
WHERE a.notice_id = b.notice_id
ORDER BY ALL
"""


def read_counterparts(folder: Path) -> tuple[pl.DataFrame, list[str]]:
    """The rows of `ops.counterpart_reviews`, and the lines that cannot be used (Chinese, with place and remedy)."""
    path = folder / FILE
    if not path.is_file():
        return schemas.empty(TABLE), []
    lines, broken = read_lines(path, HEADERS, HEADERS)
    rows: list[Mapping[str, object]] = []
    problems: list[str] = []
    for line in lines:
        fault = _fault(line.values)
        if fault:
            problems.append(f"{FILE} 第 {line.number} 行{fault}，该条认定未生效")
        else:
            relation = WORDS.get(line.values["relation"], line.values["relation"])
            rows.append({**line.values, "line": line.number, "relation": relation})
    if broken:
        problems.append(f"{FILE} {broken}")
    return schemas.frame(TABLE, rows), problems


def _fault(values: Mapping[str, str]) -> str | None:
    blank = [HEADERS[column] for column in HEADERS if not values[column]]
    if blank:
        return f"未填：{'、'.join(blank)}"
    if WORDS.get(values["relation"], values["relation"]) not in REVIEW_RELATIONS:
        return f"的关系“{values['relation']}”不认识，可填：{'、'.join(WORDS)}"
    return None


def without_effect(warehouse: Path) -> list[str]:
    """Decisions that nothing of the published warehouse follows: no such task, or two tasks of one notice (Chinese)."""
    with closing(store.connect(warehouse)) as connection:
        unplaced = connection.execute(UNPLACED_SQL).fetchall()
        alike = connection.execute(ONE_NOTICE_SQL).fetchall()
    return [
        *(
            f"{FILE} 第 {line} 行所指的任务不存在（{place}），请按 cn.任务清单 的出处核对文件和位置"
            for line, place in unplaced
        ),
        *(
            f"{FILE} 第 {line} 行的两条任务同属一份通知，对应关系只在不同通知之间认定，该条认定未生效"
            for (line,) in alike
        ),
    ]
