"""The tables that list: thresholds, parties, tasks of one notice alone, and tasks that ask for the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import schemas
from schemas.code_labels import BASES, RELATIONS
from warehouse.export.comparison.load import Comparison, Row
from warehouse.export.comparison.table_model import Column, Grid
from warehouse.formatting import format_value

OPERATORS: Final = dict(schemas.TABLES["core.task_thresholds"].column["operator"].values)
CONCENTRATED: Final = ((0.25, "高度集中"), (0.15, "中等"), (0.0, "分散"))
"""Bounds of the index from which on the load counts as concentrated."""


def side_by_side(found: Comparison) -> Grid:
    """One row per theme and unit that several notices set a number in; a column per notice."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in found.thresholds:
        if row["shared"]:
            grouped.setdefault((row["name"], row["unit"] or ""), []).append(row)
    rows = [
        [
            name,
            unit,
            "不同" if parts[0]["differs"] else "相同",
            *(_thresholds(parts, one.notice_id) for one in found.notices),
        ]
        for (name, unit), parts in grouped.items()
    ]
    return Grid(
        name="量化对照",
        title="同一主题的数量要求各是多少",
        note="只列至少两份通知都有数量要求的主题和单位，数值不全相同的排在前面。对象照原文，是否同一件事请对照原文判断。",
        source="量化指标对照表（mart.threshold_comparison）",
        columns=[
            Column("主题", width=16),
            Column("单位", width=7),
            Column("数值", width=7),
            *(Column(one.label, "long", max(18, 108 / len(found.notices))) for one in found.notices),
        ],
        rows=rows,
        empty="所选通知之间没有可比的数量要求。",
        key=2,
    )


def thresholds(found: Comparison) -> Grid:
    """One row per threshold, with its source."""
    return Grid(
        name="量化指标",
        title="量化指标清单",
        note="每行是原文中的一个数量要求；一个区间（如 1 至 2 次）写成两行。“可比”指至少两份所选通知在同一主题、"
        "同一单位上都有要求。单位不同的数值不能直接比大小。",
        source="量化指标对照表（mart.threshold_comparison）",
        columns=[
            Column("主题", width=13),
            Column("通知", width=14),
            Column("对象", "long", 28),
            Column("比较", width=8),
            Column("数值", "number", 8),
            Column("单位", width=6),
            Column("可比", width=9),
            Column("原文", "long", 30),
            *_source_columns(),
        ],
        rows=[
            [
                row["name"],
                found.labels[row["notice_id"]],
                row["subject"],
                OPERATORS.get(row["operator"], row["operator"]),
                row["value"],
                row["unit"],
                "数值不同" if row["differs"] else "数值相同" if row["shared"] else None,
                row["raw"],
                row["source_path"],
                row["locator"],
            ]
            for row in found.thresholds
        ],
        empty="所选通知没有写明数量要求。",
    )


def concentration(found: Comparison) -> Grid:
    """One row per notice that names parties."""
    heaviest: dict[str, str] = {}
    for row in found.parties:
        heaviest.setdefault(row["notice_id"], row["party"])
    bases = {row["notice_id"]: row["share_basis"] for row in found.parties}
    return Grid(
        name="责任集中度",
        title="责任压在少数单位，还是分得均匀",
        note="比重按分值计算，几个单位共同负责的平分；没有分值的通知按任务条数。集中指数（赫芬达尔指数）是各单位比重的"
        "平方和：0.25 以上为高度集中，0.15 至 0.25 为中等，以下为分散。基尼系数 0 为一样多，越接近 1 越悬殊。",
        source="责任集中度表（mart.responsibility_concentration）",
        columns=[
            Column("通知", width=26),
            Column("责任单位（个）", "count", 11),
            Column("最重的单位", width=18),
            Column("最重一家", "share", 10),
            Column("最重三家合计", "share", 12),
            Column("集中指数", "index", 10),
            Column("基尼系数", "index", 10),
            Column("判断", width=11),
            Column("比重依据", width=11),
        ],
        rows=[
            [
                found.labels[row["notice_id"]],
                row["parties"],
                heaviest.get(row["notice_id"]),
                row["top1_share"],
                row["top3_share"],
                row["hhi"],
                row["gini"],
                next(word for bound, word in CONCENTRATED if row["hhi"] >= bound),
                "分值" if bases.get(row["notice_id"]) == "points" else "任务条数",
            ]
            for row in found.concentration
        ],
        empty="所选通知都没有写明责任单位。",
    )


def parties(found: Comparison) -> Grid:
    """One row per party of a notice."""
    return Grid(
        name="责任单位",
        title="各责任单位承担多少",
        note="分摊分值把每条任务的分值在其全部责任单位之间平分，可以相加；牵头分值不能相加（共同牵头的各计一次）。"
        "单位名称照原文，不同通知的同名单位不是同一个单位。",
        source="责任负担表（mart.responsibility_load）",
        columns=[
            Column("通知", width=26),
            Column("名次", "count", 7),
            Column("责任单位", width=24),
            Column("牵头（条）", "count", 10),
            Column("配合（条）", "count", 10),
            Column("合计（条）", "count", 10),
            Column("牵头分值", "number", 10),
            Column("分摊分值", "number", 10),
            Column("比重", "share", 10),
        ],
        rows=[
            [
                found.labels[row["notice_id"]],
                *(row[name] for name in ("rank", "party", "lead_tasks", "support_tasks", "tasks", "points_lead")),
                row["points_shared"],
                row["share"],
            ]
            for row in found.parties
        ],
        empty="所选通知都没有写明责任单位。",
    )


def unique(found: Comparison) -> Grid:
    """One row per task that no other of the notices asks for."""
    return Grid(
        name="独有事项",
        title="只有一份通知要求的事项",
        note="这些任务在其他所选通知中没有文字相近的同主题任务。文字差别大而意思相同的可能误列，请对照原文；"
        "“主题也只此一份”为是的最可靠。旧版通知只与它的前后版比较。",
        source="任务对应表（mart.topic_crosswalk）、任务表（core.tasks）",
        columns=[
            Column("通知", width=14),
            Column("主题", width=14),
            Column("主题也只此一份", width=8),
            Column("指标", width=15),
            Column("任务要求", "long", 52),
            Column("分值", "number", 7),
            Column("加分项", width=7),
            *_source_columns(),
        ],
        rows=[
            [
                found.labels[row["notice_id"]],
                row["name"],
                row["topic_alone"],
                row["indicator"],
                row["requirement"],
                row["points"],
                row["bonus"],
                row["source_path"],
                row["locator"],
            ]
            for row in found.unique
        ],
        empty="没有找到只有一份通知要求的事项，或所选通知之间无法比较（旧版通知只与它的前后版比较）。",
    )


def counterparts(found: Comparison) -> Grid:
    """One row per two tasks that ask for the same."""
    files = {one.notice_id: one.source_path for one in found.notices}
    rows = []
    for row in found.counterparts:
        a, b = row["points_a"], row["points_b"]
        rows.append(
            [
                row["name"],
                found.labels[row["notice_a"]],
                row["requirement_a"],
                a,
                found.labels[row["notice_b"]],
                row["requirement_b"],
                b,
                None if a is None or b is None else a - b,
                RELATIONS[row["relation"]] + (f"（{BASES['review']}）" if row["basis"] == "review" else ""),
                row["similarity"],
                f"{files[row['notice_a']]} {row['locator_a'] or ''}".rstrip(),
                f"{files[row['notice_b']]} {row['locator_b'] or ''}".rstrip(),
            ]
        )
    return Grid(
        name="对应事项",
        title="同一件事各通知怎样要求",
        note="每行是两份通知中要求相近的两条任务。相似度按文字计算，1 为文字相同，0.2 以上才列出；"
        "是否同一件事请对照原文。分差为甲减乙；满分不同的通知，分差只供参考。",
        source="任务对应表（mart.topic_crosswalk）",
        columns=[
            Column("主题", width=12),
            Column("甲通知", width=13),
            Column("甲的要求", "long", 35),
            Column("甲分值", "number", 7),
            Column("乙通知", width=13),
            Column("乙的要求", "long", 35),
            Column("乙分值", "number", 7),
            Column("分差", "number", 7),
            Column("关系", width=10),
            Column("相似度", "index", 8),
            Column("甲出处", width=15),
            Column("乙出处", width=15),
        ],
        rows=rows,
        empty="所选通知之间没有要求相近的任务。",
    )


def _source_columns() -> tuple[Column, Column]:
    return Column("文件", width=16), Column("位置", width=16)


def requirement(row: Row) -> str:
    """One threshold in words: what, compared how, value and unit."""
    value = f"{format_value(row['value'])}{row['unit'] or ''}"
    return f"{row['subject'] or ''} {OPERATORS.get(row['operator'], row['operator'])} {value}".strip()


def _thresholds(parts: Sequence[Row], notice_id: str) -> str | None:
    """What one notice asks for, a line per threshold."""
    lines = [requirement(row) for row in parts if row["notice_id"] == notice_id]
    return "\n".join(dict.fromkeys(lines)) or None
