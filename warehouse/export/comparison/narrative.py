"""Findings of a comparison as Chinese sentences, used by the workbook and the report.

What a question concludes is told in its words; the rest is about these notices alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from warehouse.comparability import NoticeKind, describe_mixture
from warehouse.export.comparison.load import (
    BONUS_ONLY,
    CONCENTRATION,
    DEADLINES,
    MATERIALS,
    METHODS,
    THRESHOLDS,
    WEIGHTS,
    Comparison,
    Notice,
    Topic,
)
from warehouse.formatting import format_number, format_percent
from warehouse.questions.conclusions.sentences import Scope
from warehouse.questions.conclusions.weights import conclude_similarity

MAX_LISTED: Final = 5
"""Maximum number of names listed in a sentence."""
RARE_SHARE: Final = 0.1
"""Share of tasks below which an item counts as mostly missing."""
OTHER_TOPIC: Final = "other"
"""Topic of tasks without a specific topic; left out of the findings."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Finding with heading and sentences."""

    heading: str
    text: str


def build_findings(comparison: Comparison) -> list[Finding]:
    """Return the main findings in the order of the report; those without data are left out."""
    texts = {
        "比较范围": _describe_scope(comparison),
        "权重最大的主题": comparison.conclusions.get(WEIGHTS, ""),
        "权重差别最大的主题": _describe_differences(comparison),
        "有没有这个主题": _describe_coverage(comparison),
        "相近程度": _describe_similarity(comparison),
        "量化指标": comparison.conclusions.get(THRESHOLDS, ""),
        "责任分布": comparison.conclusions.get(CONCENTRATION, ""),
        "未见相近要求的事项": _describe_unique_tasks(comparison),
        "测评方法": comparison.conclusions.get(METHODS, ""),
        "材料负担": comparison.conclusions.get(MATERIALS, ""),
        "时限": comparison.conclusions.get(DEADLINES, ""),
    }
    return [Finding(heading, text) for heading, text in texts.items() if text]


def find_gaps(comparison: Comparison) -> list[Finding]:
    """Return per notice what it does not state or hardly states; complete notices are left out."""
    texts = ((notice, _describe_gaps(notice)) for notice in comparison.notices)
    return [Finding(notice.label, text) for notice, text in texts if text]


def format_source(notice: Notice) -> str:
    """Return title, document number, date of issue and file of a notice, as far as known."""
    issued = f"{notice.issued_on:%Y-%m-%d} 印发" if notice.issued_on else None
    return "　".join(part for part in (notice.title, notice.doc_number, issued, f"文件：{notice.source_path}") if part)


def _describe_gaps(notice: Notice) -> str:
    if not notice.tasks:
        return "没有读出任务，只列入通知情况。"
    stated = {
        "分值": notice.with_points,
        "责任单位": notice.with_party,
        "时限": notice.with_deadline,
        "材料": notice.with_evidence,
        "测评方法": notice.with_method,
    }
    parts = []
    if none := [name for name, count in stated.items() if not count]:
        parts.append(f"没有写明{'、'.join(none)}")
    parts += [
        f"只有 {count} 条任务写明{name}（共 {notice.tasks} 条）"
        for name, count in stated.items()
        if 0 < count < RARE_SHARE * notice.tasks
    ]
    if not notice.thresholds:
        parts.append("没有写明数量要求")
    if not notice.is_current:
        parts.append("不是最新版，只与它的前后版比较有无")
    if notice.open_findings:
        parts.append(f"读取时有 {notice.open_findings} 处疑点待核")
    if notice.doubtful_tables:
        parts.append(f"其中 {notice.doubtful_tables} 张表的版式存疑，引用前请对照印发件")
    return "；".join(parts) + "。" if parts else ""


def _describe_scope(comparison: Comparison) -> str:
    counts = "、".join(f"{notice.label}（{notice.tasks} 条）" for notice in comparison.notices)
    total = sum(notice.tasks for notice in comparison.notices)
    text = f"比较 {len(comparison.notices)} 份通知，共 {total} 条任务：{counts}。"
    unscored = [notice.label for notice in comparison.notices if notice.tasks and not notice.points]
    if unscored:
        text += f"{_pad_year('、'.join(unscored))}没有写明分值，比重按任务条数计算。"
    kinds = [NoticeKind(notice.campaign, notice.award_level) for notice in comparison.notices]
    if mixture := describe_mixture(kinds, filters=None):
        text += f"{mixture}。"
    return text


def _topics_by_spread(comparison: Comparison) -> list[Topic]:
    return [topic for topic in comparison.topics_by_spread if topic.topic != OTHER_TOPIC]


def _describe_differences(comparison: Comparison) -> str:
    topics = [topic for topic in _topics_by_spread(comparison) if comparison.weight_spread(topic) > 0]
    if not topics:
        return ""
    first = topics[0]
    heavy = max(comparison.notices, key=lambda notice: first.weight(notice.notice_id))
    light = min(comparison.notices, key=lambda notice: first.weight(notice.notice_id))
    text = (
        f"“{first.name}”在{heavy.label}占 {format_percent(first.weight(heavy.notice_id))}，在{light.label}"
        f"{_format_weight(first, light)}，相差 {format_number(comparison.weight_spread(first) * 100, 1)} 个百分点"
    )
    rest = "、".join(
        f"“{topic.name}”（相差 {format_number(comparison.weight_spread(topic) * 100, 1)} 个百分点）"
        for topic in topics[1:MAX_LISTED]
    )
    return text + (f"；其次是{rest}。" if rest else "。")


def _format_weight(topic: Topic, notice: Notice) -> str:
    if notice.notice_id not in topic.tasks:
        return f"{BONUS_ONLY}涉及" if notice.notice_id in topic.bonus_only else "没有"
    return f"占 {format_percent(topic.weight(notice.notice_id))}{'' if notice.points else '（按任务条数）'}"


def _describe_coverage(comparison: Comparison) -> str:
    topics = [topic for topic in comparison.topics if topic.topic != OTHER_TOPIC]
    if not topics:
        return ""
    common = [topic for topic in topics if len(topic.tasks) == len(comparison.notices)]
    # A topic that another notice has among bonus items is not found in one notice alone.
    single = [topic for topic in topics if len(topic.tasks) == 1 and not topic.bonus_only]
    shared = f"其中 {len(common)} 个各份通知都有" if common else "没有一个各份通知都有"
    text = f"共涉及 {len(topics)} 个主题，{shared}"
    if not single:
        return text + "，没有只见于一份通知的主题。"
    names_by_notice = {
        notice.label: [t.name for t in single if notice.notice_id in t.tasks] for notice in comparison.notices
    }
    joined = "；".join(f"{label}：{_join_first(names)}" for label, names in names_by_notice.items() if names)
    return f"{text}，{len(single)} 个只有一份通知有（{joined}）。"


def _describe_similarity(comparison: Comparison) -> str:
    scored = {
        (row["notice_a"], row["notice_b"]): row["weight_cosine"]
        for row in comparison.similarity
        if row["weight_cosine"] is not None
    }
    pairs = []
    for a, b in combinations([notice.notice_id for notice in comparison.notices], 2):
        cosine = scored.get((a, b), scored.get((b, a)))
        if cosine is not None:
            pairs.append((cosine, comparison.labels[a], comparison.labels[b]))
    if not pairs:
        return ""
    ranked = sorted(pairs, key=lambda pair: -round(pair[0], 9))
    rows = [{"权重相似度": cosine, "甲通知": first, "乙通知": second} for cosine, first, second in ranked]
    return conclude_similarity(rows, Scope())


def _describe_unique_tasks(comparison: Comparison) -> str:
    counts: dict[str, int] = {}
    for row in comparison.unique_tasks:
        counts[row["notice_id"]] = counts.get(row["notice_id"], 0) + 1
    if not counts:
        return ""
    joined = "、".join(
        f"{notice.label}（{counts[notice.notice_id]} 条，"
        f"占其任务的 {format_percent(counts[notice.notice_id] / notice.tasks)}）"
        for notice in comparison.notices
        if notice.notice_id in counts
    )
    return f"在其他所选通知中找不到相近要求的任务：{joined}。由程序比对得出，请对照原文。"


def _pad_year(label: str) -> str:
    """Append a space to a label that ends in its year."""
    return f"{label} " if label[-1:].isascii() else label


def _join_first(names: Sequence[str]) -> str:
    """Join the first names, with the total number if some are left out."""
    more = f"等 {len(names)} 个" if len(names) > MAX_LISTED else ""
    return "、".join(names[:MAX_LISTED]) + more
