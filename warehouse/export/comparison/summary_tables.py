"""The tables that sum up: a row per notice, theme, method, kind of material or month, mostly a column per notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import schemas
from warehouse.export.comparison.load import Comparison, Notice
from warehouse.export.comparison.table_model import Column, Grid, Kind

BY_COUNT: Final = "（按条数）"
"""Behind the name of a notice without points."""
BY_SUM: Final = "按各通知比重之和从大到小排列。"
MATERIALS: Final = dict(schemas.TABLES["core.task_evidence"].column["kind"].values)
DEFINITE: Final = ("有日期", "定期", "随活动或节日", "长期", "无法判断", "没有写")


def notices(found: Comparison) -> Grid:
    """One row per notice: what it is, and how much of it is stated."""
    items: dict[str, int] = {}
    for row in found.materials:
        items[row["notice_id"]] = items.get(row["notice_id"], 0) + row["items"]
    stated = ("with_points", "with_party", "with_deadline", "with_evidence", "with_method")
    return Grid(
        name="通知情况",
        title="通知情况",
        note="写明各项内容的任务数越接近任务总数，这份通知的比较越可靠。待核问题是读取时发现的疑点（如合计不符），"
        "可用 wenming review 逐条查看。基础分不含加分项。",
        source="通知简称表（mart.notice_labels）、问题清单（core.findings）",
        columns=[
            Column("通知", width=24),
            Column("年度", width=7),
            Column("创建类型", width=10),
            Column("级别", width=7),
            Column("任务数", "count", 8),
            Column("基础分", "number", 8),
            Column("加分", "number", 7),
            *(
                Column(name, "count", 8, "写明下列内容的任务数")
                for name in ("分值", "责任单位", "时限", "材料", "测评方法")
            ),
            Column("材料（件）", "count", 8),
            Column("量化指标", "count", 8),
            Column("待核问题", "count", 8),
            Column("是否最新版", width=8),
        ],
        rows=[
            [
                one.label,
                None if one.year is None else str(one.year),
                one.campaign,
                one.award_level,
                one.tasks,
                one.points,
                one.bonus_points,
                *(getattr(one, name) for name in stated),
                items.get(one.notice_id),
                one.thresholds,
                one.doubts,
                one.is_current,
            ]
            for one in found.notices
        ],
        empty="没有通知。",
    )


def weights(found: Comparison) -> Grid:
    """One row per theme: its weight in each notice and the difference; the heaviest theme first."""
    two = len(found.notices) == 2
    first, last = found.notices[0].notice_id, found.notices[-1].notice_id
    rows = []
    for theme in found.by_weight:
        apart = theme.weight(first) - theme.weight(last) if two else found.spread(theme)
        shares = [theme.weights.get(one.notice_id) for one in found.notices]
        rows.append([theme.name, *shares, apart, len(theme.tasks)])
    apart_name = "相差（前一份减后一份）" if two else "最大相差"
    return Grid(
        name="主题权重",
        title="各主题占多大比重",
        note="比重为该主题的基础分占本通知全部基础分的比例，每列合计 100%；标明“按条数”的通知没有写明分值，"
        "改用任务条数计算，与其他列只能大致比较。没有数字的没有这个主题。" + BY_SUM,
        source="主题权重表（mart.topic_weights）",
        columns=[
            Column("主题", width=22),
            *(Column(_by_what(one), "share", _beside(found, 13), "比重") for one in found.notices),
            Column(apart_name, "change" if two else "share", 11),
            Column("有此主题（份）", "count", 13),
        ],
        rows=rows,
        empty="所选通知中没有任务，无法比较主题。",
        shaded=True,
    )


def amounts(found: Comparison) -> Grid:
    """One row per theme: points and tasks in each notice; the same order as `weights`."""
    width = _beside(found, 11)
    return Grid(
        name="主题分值",
        title="各主题有多少分、多少条任务",
        note="只算基础分，不含加分项；几条任务共用一个分值的，平均摊到各条。没有写明分值的没有数字。",
        source="主题权重表（mart.topic_weights）",
        columns=[
            Column("主题", width=22),
            *(Column(one.label, "number", width, "基础分（分）") for one in found.notices),
            *(Column(one.label, "count", width, "任务数（条）") for one in found.notices),
        ],
        rows=[
            [
                theme.name,
                *(theme.points.get(one.notice_id) for one in found.notices),
                *(theme.tasks.get(one.notice_id) for one in found.notices),
            ]
            for theme in found.by_weight
        ],
        empty="所选通知中没有任务，无法比较主题。",
    )


def likeness(found: Comparison) -> Grid:
    """One row per two notices that were compared."""
    by_pair = {(row["notice_a"], row["notice_b"]): row for row in found.similarity}
    order = [one.notice_id for one in found.notices]
    rows = []
    for place, a in enumerate(order):
        for b in order[place + 1 :]:
            there, back = by_pair.get((a, b)), by_pair.get((b, a))
            if (either := there or back) is None:
                continue
            overlaps = [row and row["text_overlap"] for row in (there, back)]
            same = [found.labels[a], found.labels[b], either["weight_cosine"], either["topic_jaccard"]]
            rows.append([*same, *overlaps])
    return Grid(
        name="相似程度",
        title="通知两两之间有多相近",
        note="比重相似度比较各主题的比重，1 为完全一样，0 为没有共同主题；主题重合为共有主题占两者全部主题的比例；"
        "后两列为一方的任务中，在另一方能找到相近要求的比例。只比较各通知的最新版。",
        source="通知相似度表（mart.rubric_similarity）",
        columns=[
            Column("甲通知", width=26),
            Column("乙通知", width=26),
            Column("比重相似度", "index", 12),
            Column("主题重合", "share", 12),
            Column("甲的任务在乙中有对应", "share", 16),
            Column("乙的任务在甲中有对应", "share", 16),
        ],
        rows=sorted(rows, key=lambda row: -(row[2] or 0)),
        empty="所选通知之间没有可比的评分体系：旧版通知、没有任务的通知不参加比较。",
        key=2,
    )


def methods(found: Comparison) -> Grid:
    """One row per method: its share in each notice."""
    return Grid(
        name="测评方法",
        title="各测评方法占多大比重",
        note="一条任务用几种方法的，分值在几种方法之间平分，每列合计 100%；没有分值的通知按任务条数。"
        "没有数字的通知没有写明测评方法。",
        source="测评方法表（mart.method_mix）",
        columns=[Column("测评方法", width=22), *_by_notice(found, "share")],
        rows=_crossed(found, [(row["method"], row["notice_id"], row["share"]) for row in found.methods]),
        empty="所选通知都没有写明测评方法。",
        shaded=True,
    )


def materials(found: Comparison) -> Grid:
    """One row per kind of material: items in each notice."""
    rows = _crossed(found, [(row["kind"], row["notice_id"], row["items"]) for row in found.materials])
    return Grid(
        name="材料负担",
        title="要交多少材料",
        note="件数为写明的最少数量，没有写明的计 1 件；任选其一的几种材料只计一种。没有数字的没有要求这类材料。",
        source="材料负担表（mart.evidence_burden）",
        columns=[Column("材料", width=22), *_by_notice(found, "count")],
        rows=[[MATERIALS.get(kind, kind), *items] for kind, *items in rows],
        empty="所选通知都没有写明要交什么材料。",
    )


def months(found: Comparison) -> Grid:
    """Twelve rows: how many tasks fall due in each month of the year."""
    due = {(row["notice_id"], row["month"]): row["tasks"] for row in found.months}
    return Grid(
        name="到期月份",
        title="几月到期的任务最多",
        note="按到期日所在的月份合计，不分年度；每月、每季度等定期任务在每个到期日各计一次。"
        "没有数字的通知没有能推定日期的时限。",
        source="到期日历表（mart.deadline_calendar）",
        columns=[Column("月份", width=12), *_by_notice(found, "count")],
        rows=[
            [f"{month} 月", *(due.get((one.notice_id, month)) for one in found.notices)]
            for month in (range(1, 13) if due else ())
        ],
        empty="所选通知没有能推定日期的时限。",
    )


def deadlines(found: Comparison) -> Grid:
    """One row per notice with tasks: how definite its deadlines are."""
    by_label = {row["通知"]: row for row in found.deadlines}
    rows = [by_label[one.label] for one in found.notices if one.label in by_label]
    return Grid(
        name="时限",
        title="时限写得明不明确",
        note="每条任务按最确定的一种时限归类。",
        source="任务时限表（core.task_deadlines）",
        columns=[
            Column("通知", width=28),
            Column("任务数（条）", "count", 11),
            *(Column(name, "count", 12, "时限（条）") for name in DEFINITE),
        ],
        rows=[[row["通知"], row["任务数"], *(row[name] for name in DEFINITE)] for row in rows],
        empty="所选通知中没有任务。",
    )


def _crossed(found: Comparison, cells: Sequence[tuple[str, str, float | None]]) -> list[list[Any]]:
    """A row per name with a value per notice from (name, notice, value); the largest over all notices first."""
    values: dict[str, dict[str, float | None]] = {}
    for name, notice_id, value in cells:
        values.setdefault(name, {})[notice_id] = value
    order = sorted(values, key=lambda one: (-round(sum(value or 0 for value in values[one].values()), 9), one))
    return [[name, *(values[name].get(one.notice_id) for one in found.notices)] for name in order]


def _by_notice(found: Comparison, kind: Kind) -> list[Column]:
    return [Column(one.label, kind, _beside(found, 16)) for one in found.notices]


def _by_what(notice: Notice) -> str:
    return notice.label if notice.points else f"{notice.label}{BY_COUNT}"


def _beside(found: Comparison, width: float) -> float:
    """Width of a column of which there is one per notice."""
    return max(8.5, min(width, 84 / len(found.notices)))
