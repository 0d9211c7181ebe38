"""What the figures say, in sentences: the same at the head of the workbook and of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from warehouse.export.comparison.load import Comparison, Notice, Theme
from warehouse.formatting import format_number, format_percent

NAMED: Final = 3
"""Themes named of each notice."""
SHOWN: Final = 5
"""Themes or parties that a sentence lists at most."""
RARE: Final = 0.1
"""Part of the tasks below which what they state is said to be missing mostly."""
UNTOLD: Final = "other"
"""Code of the theme of what fits no theme; it says nothing about a notice."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know: its heading and its sentences."""

    heading: str
    text: str


def findings(found: Comparison) -> list[Finding]:
    """The main things, in the order of the report; those that have no figures are left out."""
    parts = {
        "比较范围": _scope(found),
        "权重最大的主题": _heaviest(found),
        "权重差别最大的主题": _apart(found),
        "有没有这个主题": _coverage(found),
        "相近程度": _likeness(found),
        "量化指标": _thresholds(found),
        "责任分布": _load(found),
        "独有事项": _unique(found),
        "材料负担": _materials(found),
        "时限": _deadlines(found),
    }
    return [Finding(heading, text) for heading, text in parts.items() if text]


def gaps(found: Comparison) -> list[Finding]:
    """By notice, what it does not state, or hardly; notices without a gap are left out."""
    said = ((one, _gaps(one)) for one in found.notices)
    return [Finding(one.label, text) for one, text in said if text]


def origin(one: Notice) -> str:
    """Title, number, day of issue and file of a notice, as far as it states them."""
    issued = f"{one.issued_on:%Y-%m-%d} 印发" if one.issued_on else None
    return "　".join(part for part in (one.title, one.doc_number, issued, f"文件：{one.source_path}") if part)


def _gaps(one: Notice) -> str:
    if not one.tasks:
        return "没有读出任务，只列入通知情况。"
    stated = {
        "分值": one.with_points,
        "责任单位": one.with_party,
        "时限": one.with_deadline,
        "材料": one.with_evidence,
        "测评方法": one.with_method,
    }
    parts = []
    if none := [name for name, count in stated.items() if not count]:
        parts.append(f"没有写明{'、'.join(none)}")
    parts += [
        f"只有 {count} 条任务写明{name}（共 {one.tasks} 条）"
        for name, count in stated.items()
        if 0 < count < RARE * one.tasks
    ]
    if not one.thresholds:
        parts.append("没有写明数量要求")
    if not one.is_current:
        parts.append("不是最新版，只与它的前后版比较有无")
    if one.doubts:
        parts.append(f"读取时有 {one.doubts} 处疑点待核")
    return "；".join(parts) + "。" if parts else ""


def _scope(found: Comparison) -> str:
    counts = "、".join(f"{one.label}（{one.tasks} 条）" for one in found.notices)
    total = sum(one.tasks for one in found.notices)
    text = f"比较 {len(found.notices)} 份通知，共 {total} 条任务：{counts}。"
    unscored = [one.label for one in found.notices if one.tasks and not one.points]
    if unscored:
        text += f"{_spaced('、'.join(unscored))}没有写明分值，比重按任务条数计算。"
    return text


def _told(found: Comparison) -> list[Theme]:
    return [theme for theme in found.by_spread if theme.topic != UNTOLD]


def _heaviest(found: Comparison) -> str:
    said = []
    for one in found.notices:
        has = [theme for theme in found.themes if theme.weight(one.notice_id) > 0 and theme.topic != UNTOLD]
        top = sorted(has, key=lambda theme: -round(theme.weight(one.notice_id), 9))[:NAMED]
        if top:
            said.append(
                f"{one.label}：" + "、".join(f"{t.name}（{format_percent(t.weight(one.notice_id))}）" for t in top)
            )
    return "；".join(said) + "。" if said else ""


def _apart(found: Comparison) -> str:
    themes = [theme for theme in _told(found) if found.spread(theme) > 0]
    if not themes:
        return ""
    first = themes[0]
    heavy = max(found.notices, key=lambda one: first.weight(one.notice_id))
    light = min(found.notices, key=lambda one: first.weight(one.notice_id))
    text = (
        f"“{first.name}”在{heavy.label}占 {format_percent(first.weight(heavy.notice_id))}，在{light.label}"
        f"{_part(first, light)}，相差 {format_number(found.spread(first) * 100, 1)} 个百分点"
    )
    rest = "、".join(
        f"“{theme.name}”（相差 {format_number(found.spread(theme) * 100, 1)} 个百分点）" for theme in themes[1:SHOWN]
    )
    return text + (f"；其次是{rest}。" if rest else "。")


def _part(theme: Theme, one: Notice) -> str:
    if one.notice_id not in theme.tasks:
        return "没有"
    return f"占 {format_percent(theme.weight(one.notice_id))}{'' if one.points else '（按任务条数）'}"


def _coverage(found: Comparison) -> str:
    themes = [theme for theme in found.themes if theme.topic != UNTOLD]
    if not themes:
        return ""
    common = [theme for theme in themes if len(theme.tasks) == len(found.notices)]
    alone = [theme for theme in themes if len(theme.tasks) == 1]
    shared = f"其中 {len(common)} 个各份通知都有" if common else "没有一个各份通知都有"
    text = f"共涉及 {len(themes)} 个主题，{shared}"
    if not alone:
        return text + "，没有只见于一份通知的主题。"
    owned = {one.label: [t.name for t in alone if one.notice_id in t.tasks] for one in found.notices}
    said = "；".join(f"{label}：{_listed(names)}" for label, names in owned.items() if names)
    return f"{text}，{len(alone)} 个只有一份通知有（{said}）。"


def _likeness(found: Comparison) -> str:
    scored = {
        (row["notice_a"], row["notice_b"]): row["weight_cosine"]
        for row in found.similarity
        if row["weight_cosine"] is not None
    }
    pairs = []
    for a, b in combinations([one.notice_id for one in found.notices], 2):
        cosine = scored.get((a, b), scored.get((b, a)))
        if cosine is not None:
            pairs.append((cosine, found.labels[a], found.labels[b]))
    if not pairs:
        return ""
    pairs.sort(key=lambda pair: -round(pair[0], 9))
    (most, a, b), (least, c, d) = pairs[0], pairs[-1]
    if len(pairs) == 1:
        return (
            f"{_spaced(a)}和{_spaced(b)}的比重相似度为 {format_number(most)}"
            "（1 为各主题比重完全一样，0 为没有共同主题）。"
        )
    return (
        f"各主题比重最相近的是{_spaced(a)}和{b}（相似度 {format_number(most)}），"
        f"差别最大的是{_spaced(c)}和{d}（{format_number(least)}）；"
        "1 为完全一样，0 为没有共同主题。"
    )


def _thresholds(found: Comparison) -> str:
    if not found.thresholds:
        return ""
    shared = {(row["name"], row["unit"]): row["differs"] for row in found.thresholds if row["shared"]}
    text = f"共有 {len(found.thresholds)} 个数量要求"
    if not shared:
        return text + "，各通知之间没有同一主题、同一单位的要求可以对照。"
    differing = [name for (name, _), differs in shared.items() if differs]
    text += f"；同一主题、同一单位至少两份通知都有要求的有 {len(shared)} 组，其中 {len(differing)} 组数值不全相同"
    return text + (f"，涉及{_listed(list(dict.fromkeys(differing)))}。" if differing else "。")


def _load(found: Comparison) -> str:
    rows = sorted(found.concentration, key=lambda row: -round(row["hhi"], 9))
    if not rows:
        return ""
    heaviest: dict[str, str] = {}
    for row in found.parties:
        heaviest.setdefault(row["notice_id"], row["party"])

    def one(row: Mapping[str, object]) -> str:
        notice_id = str(row["notice_id"])
        return (
            f"{found.labels[notice_id]}：{heaviest[notice_id]}一家占 {format_percent(row['top1_share'])}，"
            f"最重的三家合计 {format_percent(row['top3_share'])}"
        )

    if len(rows) == 1:
        return f"只有{one(rows[0])}；其余通知没有写明责任单位。"
    return f"责任最集中的是{one(rows[0])}；最分散的是{one(rows[-1])}。"


def _unique(found: Comparison) -> str:
    counts: dict[str, int] = {}
    for row in found.unique:
        counts[row["notice_id"]] = counts.get(row["notice_id"], 0) + 1
    if not counts:
        return ""
    said = "、".join(
        f"{one.label}（{counts[one.notice_id]} 条，占其任务的 {format_percent(counts[one.notice_id] / one.tasks)}）"
        for one in found.notices
        if one.notice_id in counts
    )
    return f"在其他所选通知中找不到相近要求的任务：{said}。按文字判断，请对照原文。"


def _materials(found: Comparison) -> str:
    items: dict[str, int] = {}
    for row in found.materials:
        items[row["notice_id"]] = items.get(row["notice_id"], 0) + row["items"]
    said = "；".join(
        f"{one.label}：至少 {items[one.notice_id]} 件，"
        f"平均每条任务 {format_number(items[one.notice_id] / one.tasks, 1)} 件"
        for one in found.notices
        if items.get(one.notice_id) and one.tasks
    )
    return said + "。" if said else ""


def _deadlines(found: Comparison) -> str:
    stated = [row for row in found.deadlines if row["任务数"] > row["没有写"]]
    if not stated:
        return "所选通知都没有写明任务时限。"
    said = [f"{row['通知']}：{row['有日期'] + row['定期']} 条有日期或定期（共 {row['任务数']} 条）" for row in stated]
    silent = [row["通知"] for row in found.deadlines if row["任务数"] == row["没有写"]]
    return "；".join([*said, *([f"{_spaced('、'.join(silent))}没有写明时限"] if silent else [])]) + "。"


def _spaced(label: str) -> str:
    """A short name with a blank after it where it ends in its year."""
    return f"{label} " if label[-1:].isascii() else label


def _listed(names: Sequence[str]) -> str:
    """The first names, and how many there are where some are left out."""
    more = f"等 {len(names)} 个" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + more
