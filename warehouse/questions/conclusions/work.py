"""Conclusions of the questions about deadlines and materials."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from warehouse.questions.conclusions.sentences import (
    ALL,
    OTHER_TOPIC,
    Row,
    Rows,
    Scope,
    group_by,
    join_names,
    number,
    pad,
    percent,
    say_each,
    say_first,
    say_month,
    say_names,
    say_tied,
    say_unit,
    top,
)


def conclude_calendar(rows: Rows, scope: Scope) -> str:
    """Say how often tasks of each notice fall due, and in which month most."""
    texts, weights = {}, {}
    for label, listed in group_by(rows).items():
        weights[label] = sum(row["合计"] for row in listed)
        busiest = top(listed, "合计")
        if len(busiest) == len(listed) > 1:
            texts[label] = f"共到期 {weights[label]} 次，{len(listed)} 个月各 {busiest[0]['合计']} 次"
            continue
        months = say_tied([say_month(row["月份"]) for row in busiest], "个月")
        each = "各 " if len(busiest) > 1 else ""
        texts[label] = f"共到期 {weights[label]} 次，{months}最多，{each}{busiest[0]['合计']} 次"
    return say_each(texts, "到期最多", weights)


def conclude_due(rows: Rows, scope: Scope) -> str:
    """Say how many tasks fall due in the days asked about, and when the first and the most do."""
    days = Counter(row["到期日"] for row in rows)
    first = min(days)
    busiest = sorted(day for day in days if days[day] == max(days.values()))
    period = ""
    if scope.day is not None and scope.days is not None:
        period = f"{scope.day} 至 {scope.day + timedelta(days=scope.days)}" if scope.days else f"{scope.day} 当天"
        period = f"{period}，"
    sentence = f"{period}到期 {len(rows)} 次，最早的是 {first}（{days[first]} 条）"
    if len(busiest) == len(days) or busiest == [first]:
        return f"{sentence}。"
    return f"{sentence}，{say_first('最集中', len(busiest), '天')} {busiest[0]}（{days[busiest[0]]} 条）。"


def conclude_vague_deadlines(rows: Rows, scope: Scope) -> str:
    """Say how many of the stated deadlines are no dates, and which notices state hardly any."""
    texts, weights = {}, {}
    for row in rows:
        stated = row["任务数"] - row["没有写"]
        if not stated:
            texts[row["通知"]] = f"{row['任务数']} 条任务都没有写时限"
            continue
        vague = row["随活动或节日"] + row["长期"] + row["无法判断"]
        text = f"写明时限的 {stated} 条都有日期或周期"
        if vague:
            share = percent(row["不定期占写明时限的（%）"])
            text = f"写明时限的 {stated} 条中 {vague} 条没有确定日期（{share}）"
        texts[row["通知"]] = text + (f"，{row['没有写']} 条没有写时限" if row["没有写"] else "")
        weights[row["通知"]] = row["不定期占写明时限的（%）"]
    return say_each(texts, "不定期占比最高", weights)


def conclude_materials(rows: Rows, scope: Scope) -> str:
    """Say how many items each notice wants, and of which kind most."""
    texts, weights = {}, {}
    for label, listed in group_by(rows).items():
        first = top(listed, "件数")
        names = say_tied([row["材料类型"] for row in first])
        each = "各 " if len(first) > 1 else ""
        weights[label] = sum(row["件数"] for row in listed)
        share = percent(first[0]["占比（%）"])
        texts[label] = f"至少 {weights[label]} 件，{names}最多，{each}{first[0]['件数']} 件，占 {share}"
    return say_each(texts, "件数最多", weights)


def conclude_reuse(rows: Rows, scope: Scope) -> str:
    """Say how many groups of tasks can share an activity or a material, and which group is the largest."""
    counts = Counter(row["依据"] for row in rows)
    kinds = "、".join(f"{kind} {counts[kind]} 组" for kind in ("同一活动", "同一材料") if counts[kind])
    largest = top(rows, "任务数")
    first = largest[0]
    party = first["牵头单位"] or "（未写明牵头单位）"
    what = f"{pad(first['通知'])}{party}的“{first['活动主题或材料']}”"
    return (
        f"可以合并准备的有 {len(rows)} 组（{kinds}）；{say_first('任务最多', len(largest), '组')}{what}，"
        f"可支撑 {first['任务数']} 条任务，件数合计 {first['件数合计']} 件。"
    )


def conclude_cost(rows: Rows, scope: Scope) -> str:
    """Say how many items a point costs in each notice, and in which theme most."""
    texts, weights = {}, {}
    for label, listed in group_by(rows).items():
        total = next(row for row in listed if row["主题"] == ALL)
        if total["每分件数"] is None:
            lacking = "要材料的任务都没有分值" if total["分值"] else "通知没有分值"
            texts[label] = f"共 {total['材料件数']} 件，{lacking}"
            continue
        counted = "" if total["计分件数"] == total["材料件数"] else "有分值的任务 "
        figures = f"{counted}{total['计分件数']} 件，{number(total['分值'])} 分"
        text = f"每分平均 {number(total['每分件数'])} 件（{figures}）"
        dearest = top([row for row in listed if row["主题"] not in (ALL, OTHER_TOPIC)], "每分件数")
        if dearest:
            names = say_names([f"“{row['主题']}”" for row in dearest])
            each = "都是每分" if len(dearest) > 1 else "每分"
            text += f"，最费材料的主题是{names}（{each} {number(dearest[0]['每分件数'])} 件）"
        texts[label] = text
        weights[label] = total["每分件数"]
    return say_each(texts, "每分件数最多", weights)


def conclude_burden(rows: Rows, scope: Scope) -> str:
    """Say how many places fall under the rules of relief, and under which most."""
    texts, weights = {}, {}
    for label, listed in group_by([row for row in rows if row["责任单位"] == ALL]).items():
        first = top(listed, "处数")
        names = say_tied([f"“{row['提示']}”" for row in first])
        each = "各 " if len(first) > 1 else ""
        weights[label] = sum(row["处数"] for row in listed)
        texts[label] = f"{weights[label]} 处可对照减负，{names}最多，{each}{first[0]['处数']} 处"
    return say_each(texts, "处数最多", weights)


def conclude_changes(rows: Rows, scope: Scope) -> str:
    """Count the changes of each edition by kind."""
    texts, weights = {}, {}
    for label, listed in group_by(rows, "新版").items():
        counts = Counter(row["变化"] for row in listed)
        kinds = "、".join(f"{kind} {count} 处" for kind, count in counts.items())
        texts[label] = f"比{pad(listed[0]['上一版'])}{kinds}"
        weights[label] = len(listed)
    return say_each(texts, "变化最多", weights)


def conclude_thresholds(rows: Rows, scope: Scope) -> str:
    """Say on how many themes and units the notices set different numbers."""
    groups: dict[tuple[str, str | None], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["主题"], row["单位"]), []).append(row)
    topics = dict.fromkeys(f"“{topic}”" for topic, _ in groups)
    notices = {row["通知"] for row in rows}
    matched = {(row["主题"], row["单位"]) for row in rows if row["出自对应任务"] == "是"}
    likely = f"其中 {len(matched)} 组出自对应任务，可比性较高，其余不一定是同一件事"
    if not matched:
        likely = "都不出自对应任务，不一定是同一件事"
    elif len(matched) == len(groups):
        likely = "都出自对应任务，可比性较高"
    return (
        f"{len(notices)} 份通知在 {len(groups)} 组（同一主题、同一计量单位）上的数量要求不全相同，"
        f"涉及{join_names(topics, 5, '个主题')}；{likely}，请对照原文。"
    )


def conclude_shared_files(rows: Rows, scope: Scope) -> str:
    """Say how many materials serve several tasks, and which of them saves most."""
    saved = sum(row["可少交"] for row in rows)
    first = top(rows, "可少交")
    text = f"{len(rows)} 种材料各能用在两条以上任务上，按最严的一处准备，合计可少交 {saved} 件（不分计量单位）"
    names = [f"{say_unit(row['所属'], row['单位'])}的“{row['材料']}”" for row in first]
    row = first[0]
    measure = row["计量单位"]
    each = f"各少交 {row['可少交']}"
    if len(first) == 1:
        each = (
            f"能用在 {row['能用几条任务']} 条任务上，交 {row['按最严要交']} {measure}，少交 {row['可少交']} {measure}"
        )
    elif len({row["计量单位"] for row in first}) == 1:
        each += f" {measure}"
    return f"{text}；可少交最多的是{say_names(names, '种')}（{each}）。"


def conclude_merging(rows: Rows, scope: Scope) -> str:
    """Say how many tasks and materials the units save by merging, and which unit saves most."""
    tasks, merged, fewer = (sum(row[name] for row in rows) for name in ("任务数", "合并后", "少办几条"))
    wanted, needed, saved = (sum(row[name] for row in rows) for name in ("要求的件数", "合并后件数", "少交几件"))
    who = say_unit(rows[0]["所属"], rows[0]["单位"]) + "共 " if len(rows) == 1 else f"{len(rows)} 个单位合计 "
    text = f"{who}{tasks} 条任务" + (f"，合并后 {merged} 条，少办 {fewer} 条" if fewer else "，没有可以合并的")
    if wanted:
        text += f"；要求的材料 {wanted} 件" + (
            f"，合并后 {needed} 件，少交 {saved} 件" if saved else "，没有可以少交的"
        )
    if len(rows) == 1 or not fewer:
        return f"{text}。"
    first = top(rows, "少办几条")
    names = say_names([say_unit(row["所属"], row["单位"]) for row in first])
    return f"{text}；少办最多的是{names}（{'各 ' if len(first) > 1 else ''}{first[0]['少办几条']} 条）。"
