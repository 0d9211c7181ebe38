"""Tables of a comparison, independent of where they are shown: a sheet of the workbook or a table of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal

import schemas
from warehouse.export.comparison.load import BONUS_ONLY, Comparison, Notice, Row, Topic
from warehouse.formatting import format_number, format_value

TITLE: Final = "文明测评通知比较"
ColumnKind = Literal["text", "long", "count", "number", "index", "share", "change", "day"]
"""Short text, long text, integer, points, index with three decimals, share of 1, difference of shares, date."""
NUMERIC_KINDS: Final[frozenset[ColumnKind]] = frozenset({"count", "number", "index", "share", "change"})
FILTER_ROWS: Final = 30
"""Tables with more rows than this get a filter."""
BY_COUNT_SUFFIX: Final = "（按条数）"
"""Suffix of the label of a notice without points."""
ORDER_NOTE: Final = "按各通知比重之和从大到小排列。"
EVIDENCE_LABELS: Final = dict(schemas.TABLES["core.task_evidence"].column["kind"].values)
DEADLINE_CLASSES: Final = ("有日期", "定期", "随活动或节日", "长期", "无法判断", "没有写")
OPERATOR_LABELS: Final = dict(schemas.TABLES["core.task_thresholds"].column["operator"].values)
CONCENTRATION_LEVELS: Final = ((0.25, "高度集中"), (0.15, "中等集中"), (0.0, "较为分散"))
"""Lower bounds of the Herfindahl index and their levels."""


@dataclass(frozen=True, slots=True)
class Column:
    """Column; `group` is a common header of adjacent columns, `width` is in half-width characters."""

    name: str
    kind: ColumnKind = "text"
    width: float = 10
    group: str = ""


PLACE: Final = Column("位置", width=18)
"""Column of the place of a row in the file of its notice."""


@dataclass(frozen=True, slots=True)
class Table:
    """Table of a comparison.

    Attributes:
        name: Sheet name.
        title: Title.
        note: How to read the table.
        source: Marts and tables that the figures are taken from.
        columns: The columns.
        rows: One value or None per column.
        empty: Text shown if there are no rows.
        key_columns: Number of leading columns that identify a row.
        is_shaded: Whether shares are shaded by size.
    """

    name: str
    title: str
    note: str
    source: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    empty: str
    key_columns: int = 1
    is_shaded: bool = False

    @property
    def has_groups(self) -> bool:
        """Whether the header has a second row above the column names."""
        return any(column.group for column in self.columns)


def format_cell(value: Any, kind: ColumnKind) -> str:
    """Format a value for the report: shares and indexes with fixed decimals, a dash for None."""
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        return value
    if kind == "share":
        return f"{_format_fixed(value * 100, 1)}%"
    if kind == "change":
        return f"{'+' if value > 0 else ''}{_format_fixed(value * 100, 1)}"
    if kind == "index":
        return _format_fixed(value, 3)
    return format_number(value) if kind in NUMERIC_KINDS else format_value(value)


def notices_table(comparison: Comparison) -> Table:
    """Return one row per notice: what it is, and how much it states."""
    items: dict[str, int] = {}
    for row in comparison.materials:
        items[row["notice_id"]] = items.get(row["notice_id"], 0) + row["items"]
    stated = ("with_points", "with_party", "with_deadline", "with_evidence", "with_method")
    return Table(
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
                notice.label,
                None if notice.year is None else str(notice.year),
                notice.campaign,
                notice.award_level,
                notice.tasks,
                notice.points,
                notice.bonus_points,
                *(getattr(notice, name) for name in stated),
                items.get(notice.notice_id),
                notice.thresholds,
                notice.open_findings,
                notice.is_current,
            ]
            for notice in comparison.notices
        ],
        empty="没有通知。",
    )


def topic_weights_table(comparison: Comparison) -> Table:
    """Return one row per topic: its weight in each notice and the difference, largest total first."""
    two = len(comparison.notices) == 2
    first, last = comparison.notices[0].notice_id, comparison.notices[-1].notice_id
    rows = []
    for topic in comparison.topics_by_weight:
        difference = topic.weight(first) - topic.weight(last) if two else comparison.weight_spread(topic)
        shares = [_weight_cell(topic, notice) for notice in comparison.notices]
        rows.append([topic.name, *shares, difference, len(topic.tasks)])
    difference_header = "相差（前一份减后一份）" if two else "最大相差"
    return Table(
        name="主题权重",
        title="各主题占多大比重",
        note="比重为该主题的基础分占本通知全部基础分的比例，每列合计 100%；标明“按条数”的通知没有写明分值，"
        "改用任务条数计算，与其他列只能大致比较。“仅加分项”指只有加分项涉及，没有数字的没有这个主题。" + ORDER_NOTE,
        source="主题权重表（mart.topic_weights）",
        columns=[
            Column("主题", width=22),
            *(
                Column(_weight_header(notice), "share", _notice_column_width(comparison, 13), "比重")
                for notice in comparison.notices
            ),
            Column(difference_header, "change" if two else "share", 11),
            Column("有此主题（份）", "count", 13),
        ],
        rows=rows,
        empty="所选通知中没有任务，无法比较主题。",
        is_shaded=True,
    )


def _weight_cell(topic: Topic, notice: Notice) -> float | str | None:
    """Return the weight of a topic; the words for one that the notice has among bonus items only."""
    weight = topic.weights.get(notice.notice_id)
    return BONUS_ONLY if weight is None and notice.notice_id in topic.bonus_only else weight


def topic_points_table(comparison: Comparison) -> Table:
    """Return one row per topic: points and tasks in each notice, ordered as in `topic_weights_table`."""
    width = _notice_column_width(comparison, 11)
    return Table(
        name="主题分值",
        title="各主题有多少分、多少条任务",
        note="只算基础分，不含加分项；几条任务共用一个分值的，平均分摊到各条。没有写明分值的没有数字。",
        source="主题权重表（mart.topic_weights）",
        columns=[
            Column("主题", width=22),
            *(Column(notice.label, "number", width, "基础分（分）") for notice in comparison.notices),
            *(Column(notice.label, "count", width, "任务数（条）") for notice in comparison.notices),
        ],
        rows=[
            [
                topic.name,
                *(topic.points.get(notice.notice_id) for notice in comparison.notices),
                *(topic.tasks.get(notice.notice_id) for notice in comparison.notices),
            ]
            for topic in comparison.topics_by_weight
        ],
        empty="所选通知中没有任务，无法比较主题。",
    )


def similarity_table(comparison: Comparison) -> Table:
    """Return one row per pair of compared notices."""
    by_pair = {(row["notice_a"], row["notice_b"]): row for row in comparison.similarity}
    order = [notice.notice_id for notice in comparison.notices]
    rows = []
    for index, a in enumerate(order):
        for b in order[index + 1 :]:
            forward, backward = by_pair.get((a, b)), by_pair.get((b, a))
            if (either := forward or backward) is None:
                continue
            overlaps = [row and row["text_overlap"] for row in (forward, backward)]
            same = [comparison.labels[a], comparison.labels[b], either["weight_cosine"], either["topic_jaccard"]]
            rows.append([*same, *overlaps])
    return Table(
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
        key_columns=2,
    )


def methods_table(comparison: Comparison) -> Table:
    """Return one row per method: its share in each notice."""
    return Table(
        name="测评方法",
        title="各测评方法占多大比重",
        note="一条任务用几种方法的，分值在几种方法之间平分，每列合计 100%；没有分值的通知按任务条数。"
        "没有数字的通知没有写明测评方法。",
        source="测评方法表（mart.method_mix）",
        columns=[Column("测评方法", width=22), *_notice_columns(comparison, "share")],
        rows=_pivot_by_notice(
            comparison, [(row["method"], row["notice_id"], row["share"]) for row in comparison.methods]
        ),
        empty="所选通知都没有写明测评方法。",
        is_shaded=True,
    )


def evidence_table(comparison: Comparison) -> Table:
    """Return one row per kind of material: items in each notice."""
    rows = _pivot_by_notice(comparison, [(row["kind"], row["notice_id"], row["items"]) for row in comparison.materials])
    return Table(
        name="材料负担",
        title="要交多少材料",
        note="件数为写明的最少数量，没有写明的计 1 件；任选其一的几种材料只计一种。没有数字的没有要求这类材料。",
        source="材料负担表（mart.evidence_burden）",
        columns=[Column("材料", width=22), *_notice_columns(comparison, "count")],
        rows=[[EVIDENCE_LABELS.get(kind, kind), *items] for kind, *items in rows],
        empty="所选通知都没有写明要交什么材料。",
    )


def due_months_table(comparison: Comparison) -> Table:
    """Return one row per month of the year: tasks due in each notice."""
    due = {(row["notice_id"], row["month"]): row["tasks"] for row in comparison.months}
    return Table(
        name="到期月份",
        title="几月到期的任务最多",
        note="按到期日所在的月份合计，不分年度；每月、每季度等定期任务在每个到期日各计一次。"
        "没有数字的通知没有能推定日期的时限。",
        source="到期日历表（mart.deadline_calendar）",
        columns=[Column("月份", width=12), *_notice_columns(comparison, "count")],
        rows=[
            [f"{month} 月", *(due.get((notice.notice_id, month)) for notice in comparison.notices)]
            for month in (range(1, 13) if due else ())
        ],
        empty="所选通知没有能推定日期的时限。",
    )


def deadlines_table(comparison: Comparison) -> Table:
    """Return one row per notice with tasks: its deadlines by class."""
    by_label = {row["通知"]: row for row in comparison.deadlines}
    rows = [by_label[notice.label] for notice in comparison.notices if notice.label in by_label]
    return Table(
        name="时限",
        title="时限写得明不明确",
        note="每条任务按最确定的一种时限归类。",
        source="任务时限表（core.task_deadlines）",
        columns=[
            Column("通知", width=28),
            Column("任务数（条）", "count", 11),
            *(Column(name, "count", 12, "时限（条）") for name in DEADLINE_CLASSES),
        ],
        rows=[[row["通知"], row["任务数"], *(row[name] for name in DEADLINE_CLASSES)] for row in rows],
        empty="所选通知中没有任务。",
    )


def threshold_comparison_table(comparison: Comparison) -> Table:
    """Return one row per topic and unit with thresholds in several notices, one column per notice."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in comparison.thresholds:
        if row["shared"]:
            grouped.setdefault((row["name"], row["unit"] or ""), []).append(row)
    rows = [
        [
            name,
            unit,
            "不同" if parts[0]["differs"] else "相同",
            *(_join_thresholds(parts, notice.notice_id) for notice in comparison.notices),
        ]
        for (name, unit), parts in grouped.items()
    ]
    return Table(
        name="量化对照",
        title="同一主题的数量要求各是多少",
        note="只列至少两份通知都有数量要求的主题和单位，数值不全相同的排在前面。对象照原文，是否同一件事请对照原文判断。",
        source="量化指标对照表（mart.threshold_comparison）",
        columns=[
            Column("主题", width=16),
            Column("单位", width=7),
            Column("数值", width=7),
            *(Column(notice.label, "long", max(18, 108 / len(comparison.notices))) for notice in comparison.notices),
        ],
        rows=rows,
        empty="所选通知之间没有可比的数量要求。",
        key_columns=2,
    )


def thresholds_table(comparison: Comparison) -> Table:
    """Return one row per threshold, with its source."""
    return Table(
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
            PLACE,
        ],
        rows=[
            [
                row["name"],
                comparison.labels[row["notice_id"]],
                row["subject"],
                OPERATOR_LABELS.get(row["operator"], row["operator"]),
                row["value"],
                row["unit"],
                "数值不同" if row["differs"] else "数值相同" if row["shared"] else None,
                row["raw"],
                row["locator"],
            ]
            for row in comparison.thresholds
        ],
        empty="所选通知没有写明数量要求。",
    )


def concentration_table(comparison: Comparison) -> Table:
    """Return one row per notice that names parties: concentration of responsibility."""
    heaviest: dict[str, str] = {}
    for row in comparison.parties:
        heaviest.setdefault(row["notice_id"], row["party"])
    bases = {row["notice_id"]: row["share_basis"] for row in comparison.parties}
    return Table(
        name="责任集中度",
        title="责任集中在少数单位，还是分得均匀",
        note="比重按分值计算，几个单位共同负责的平分；没有分值的通知按任务条数。集中指数（赫芬达尔指数）是各单位比重的"
        "平方和：0.25 以上为高度集中，0.15 至 0.25 为中等集中，以下为较为分散。基尼系数 0 为一样多，越接近 1 越悬殊。",
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
                comparison.labels[row["notice_id"]],
                row["parties"],
                heaviest.get(row["notice_id"]),
                row["top1_share"],
                row["top3_share"],
                row["hhi"],
                row["gini"],
                next(word for bound, word in CONCENTRATION_LEVELS if row["hhi"] >= bound),
                "分值" if bases.get(row["notice_id"]) == "points" else "任务条数",
            ]
            for row in comparison.concentration
        ],
        empty="所选通知都没有写明责任单位。",
    )


def parties_table(comparison: Comparison) -> Table:
    """Return one row per party of a notice: its tasks and points."""
    return Table(
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
                comparison.labels[row["notice_id"]],
                *(row[name] for name in ("rank", "party", "lead_tasks", "support_tasks", "tasks", "points_lead")),
                row["points_shared"],
                row["share"],
            ]
            for row in comparison.parties
        ],
        empty="所选通知都没有写明责任单位。",
    )


def unique_tasks_table(comparison: Comparison) -> Table:
    """Return one row per task that is similar to no task of the other notices."""
    return Table(
        name="独有事项",
        title="别的通知未见相近要求的事项",
        note="这些任务在其他所选通知中没有要求同一件事的任务，也没有待认定的候选。说法很不相同的仍可能误列，请对照原文；"
        "“主题也只此一份”指别的所选通知连加分项中也没有这个主题，最可靠。旧版通知只与它的前后版比较。",
        source="任务对应表（mart.topic_crosswalk）、任务表（core.tasks）",
        columns=[
            Column("通知", width=14),
            Column("主题", width=14),
            Column("主题也只此一份", width=8),
            Column("指标", width=15),
            Column("任务要求", "long", 52),
            Column("分值", "number", 7),
            Column("加分项", width=7),
            PLACE,
        ],
        rows=[
            [
                comparison.labels[row["notice_id"]],
                row["name"],
                row["topic_alone"],
                row["indicator"],
                row["requirement"],
                row["points"],
                row["bonus"],
                row["locator"],
            ]
            for row in comparison.unique_tasks
        ],
        empty="每条任务在别的通知中都有相近表述，或所选通知之间无法比较（旧版通知只与它的前后版比较）。",
    )


def format_threshold(row: Row) -> str:
    """Format a threshold: subject, operator, value and unit."""
    value = f"{format_value(row['value'])}{row['unit'] or ''}"
    return f"{row['subject'] or ''} {OPERATOR_LABELS.get(row['operator'], row['operator'])} {value}".strip()


def _format_fixed(value: float, places: int) -> str:
    return f"{Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


def _pivot_by_notice(comparison: Comparison, cells: Sequence[tuple[str, str, float | None]]) -> list[list[Any]]:
    """Pivot (name, notice, value) to one row per name with one value per notice, largest sum first."""
    values: dict[str, dict[str, float | None]] = {}
    for name, notice_id, value in cells:
        values.setdefault(name, {})[notice_id] = value
    order = sorted(values, key=lambda name: (-round(sum(value or 0 for value in values[name].values()), 9), name))
    return [[name, *(values[name].get(notice.notice_id) for notice in comparison.notices)] for name in order]


def _notice_columns(comparison: Comparison, kind: ColumnKind) -> list[Column]:
    return [Column(notice.label, kind, _notice_column_width(comparison, 16)) for notice in comparison.notices]


def _weight_header(notice: Notice) -> str:
    return notice.label if notice.points else f"{notice.label}{BY_COUNT_SUFFIX}"


def _notice_column_width(comparison: Comparison, width: float) -> float:
    """Return the width of a column that is repeated per notice."""
    return max(8.5, min(width, 84 / len(comparison.notices)))


def _join_thresholds(parts: Sequence[Row], notice_id: str) -> str | None:
    """Return the thresholds of one notice, one per line."""
    lines = [format_threshold(row) for row in parts if row["notice_id"] == notice_id]
    return "\n".join(dict.fromkeys(lines)) or None
