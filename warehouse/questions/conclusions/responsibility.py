"""Conclusions of the questions about who is responsible."""

from __future__ import annotations

from collections import Counter

from warehouse.questions.conclusions.sentences import (
    MAX_NAMES,
    MAX_NOTICES,
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
    say_names,
    say_tied,
    say_unit,
)


def conclude_load(rows: Rows, scope: Scope) -> str:
    """Say which unit has most in each notice; of some units, their place."""
    if scope.party is not None:
        parts = [
            f"{pad(row['通知'])}的{row['责任单位']}排第 {row['名次']}，{_say_share(row)}"
            f"（牵头 {row['牵头任务']} 条、配合 {row['配合任务']} 条）"
            for row in rows
        ]
        left = len(parts) - MAX_NAMES
        return "；".join(parts[:MAX_NAMES]) + (f"；其余 {left} 行见表" if left > 0 else "") + "。"
    texts, weights = {}, {}
    for label, listed in group_by(rows).items():
        first = [row for row in listed if row["名次"] == 1]
        points = f"（{number(first[0]['平分分值'])} 分）" if first[0]["占比依据"] == "按分值" else ""
        each = "各" if len(first) > 1 else ""
        names = say_tied([row["责任单位"] for row in first])
        texts[label] = f"{len(listed)} 个单位中{names}承担最多，{_say_share(first[0], each)}{points}"
        weights[label] = first[0]["占比（%）"]
    return say_each(texts, "最重一家占比最大", weights)


def _say_share(row: Row, each: str = "") -> str:
    # Neither a share of the whole notice nor of the tasks that the unit is named for.
    what = "分值" if row["占比依据"] == "按分值" else "任务"
    return f"平分后{each}占全部单位{what}合计的 {percent(row['占比（%）'])}"


def conclude_concentration(rows: Rows, scope: Scope) -> str:
    """Say how much the heaviest unit has, and whether responsibility is concentrated."""
    texts = {}
    for row in rows:
        names = row["最重的单位"].split("、")
        share_text = "最重，各占" if len(names) > 1 else "一家占"
        texts[row["通知"]] = f"{say_tied(names)}{share_text} {percent(row['最重一家（%）'])}，责任{row['判断']}"
    if len(texts) <= MAX_NAMES:
        return say_each(texts)
    counts = Counter(row["判断"] for row in rows)
    levels = "、".join(f"{level} {counts[level]} 份" for level in ("高度集中", "中等集中", "较为分散") if counts[level])
    by_index = list(group_by(rows, "赫芬达尔指数").values())
    ends = [
        f"{say_first(which, len(same), '份')}{same[0]['通知']}：{texts[same[0]['通知']]}"
        for which, same in (("最集中", by_index[0]), ("最不集中", by_index[-1]))
    ]
    if len(by_index) == 1:
        ends = [f"集中程度相同，如{rows[0]['通知']}：{texts[rows[0]['通知']]}"]
    return f"{len(rows)} 份通知中，{levels}。{'；'.join(ends)}。"


def conclude_orphans(rows: Rows, scope: Scope) -> str:
    """Say how many tasks name nobody, and which notices name nobody at all."""
    parts = []
    tasks = [row for row in rows if row["情形"] == "无责任单位"]
    if tasks:
        by_notice = sorted(group_by(tasks).items(), key=lambda found: -len(found[1]))
        sentence = "、".join(f"{label}（{len(listed)} 条）" for label, listed in by_notice[:MAX_NOTICES])
        more = f"等 {len(by_notice)} 份通知" if len(by_notice) > MAX_NOTICES else ""
        points = sum(row["分值"] or 0 for row in tasks)
        parts.append(
            f"{len(tasks)} 条任务没有写明责任单位：{sentence}{more}" + (f"，合 {number(points)} 分" if points else "")
        )
    silent = group_by([row for row in rows if row["情形"] != "无责任单位"])
    if silent:
        parts.append(f"{len(silent)} 份通知整份不列责任单位：{join_names(silent)}")
    return "；".join(parts) + "。"


def conclude_unstated_lead(rows: Rows, scope: Scope) -> str:
    """Say how many tasks of several units name no lead."""
    counts = {label: len(listed) for label, listed in group_by(rows).items()}
    if len(counts) == 1:
        return f"{pad(rows[0]['通知'])}有 {len(rows)} 条任务由几个单位负责而没有写明谁牵头。"
    by_notice = say_each({label: f"{count} 条" for label, count in counts.items()}, "条数最多", counts)
    return f"{len(rows)} 条任务由几个单位负责而没有写明谁牵头。{by_notice}"


def conclude_expansion(rows: Rows, scope: Scope) -> str:
    """Say whose load grows most once collective names are spread, and who has most then."""
    texts, weights = {}, {}
    unchanged = []
    for label, listed in group_by(rows).items():
        growth = {row["责任单位"]: row["展开后任务"] - row["点名任务"] for row in listed}
        growth_max = max(growth.values())
        if growth_max == 0:
            unchanged.append(label)
            continue
        rising = [row for row in listed if growth[row["责任单位"]] == growth_max]
        tasks = f"各增加 {growth_max} 条"
        if len(rising) == 1:
            tasks = f"由 {rising[0]['点名任务']} 条增至 {rising[0]['展开后任务']} 条"
        weights[label] = growth_max
        texts[label] = f"展开后任务增加最多的是{say_names([row['责任单位'] for row in rising], '个单位')}，{tasks}"
        heaviest = [row for row in listed if row["展开后名次"] == 1]
        if scope.party is None and heaviest:
            names = say_names([row["责任单位"] for row in heaviest], "个单位")
            each = "各占" if len(heaviest) > 1 else "占"
            texts[label] += f"；承担最多的是{names}（{each} {percent(heaviest[0]['展开后占比（%）'])}）"
    if not unchanged:
        return say_each(texts, "任务增加最多", weights)
    same = "展开前后各单位的任务数不变。"
    if not texts and len(unchanged) == 1:
        return f"{unchanged[0]}：{same}"
    return f"{say_each(texts, '任务增加最多', weights)}{f'另有 {len(unchanged)} 份通知' if texts else '所选通知'}{same}"


def conclude_functions(rows: Rows, scope: Scope) -> str:
    """Say how many themes have a stated lead, and how many themes several notices can be compared on."""
    if scope.topic is not None:
        return f"“{scope.topic}”由谁牵头：{say_each({row['通知']: row['牵头单位'] for row in rows})}"
    labels = {row["通知"] for row in rows}
    named = [row for row in rows if row["主题"] != OTHER_TOPIC]
    if not named:
        return f"{len(labels)} 份通知写明了牵头单位的任务都没有归入具体主题。"
    topics = group_by(named, "主题")
    if len(labels) == 1:
        several = sum("、" in row["牵头单位"] for row in named)
        sentence = f"；其中 {several} 个主题由不止一家牵头" if several else "，每个主题只由一家牵头"
        return f"{rows[0]['通知']}：{len(topics)} 个主题写明了牵头单位{sentence}。"
    shared = sum(len(listed) > 1 for listed in topics.values())
    every = sum(len(listed) == len(labels) for listed in topics.values())
    sentence = f"{len(labels)} 份通知共有 {len(topics)} 个主题写明了牵头单位"
    if not shared:
        return f"{sentence}，没有一个主题有两份以上通知可以对照。"
    common = f"{every} 个主题各份通知都有" if every else "没有一个主题各份通知都有"
    return f"{sentence}，其中 {shared} 个主题有两份以上通知可以对照，{common}。"


def conclude_repeated(rows: Rows, scope: Scope) -> str:
    """Say how many matters units are asked for more than once, and which unit for most."""
    matters = {row["第几件"]: row for row in rows}
    units = Counter((row["所属"], row["单位"]) for row in matters.values())
    several = sum(row["通知数"] > 1 for row in matters.values())
    who = say_unit(*next(iter(units))) if len(units) == 1 else f"{len(units)} 个单位"
    sources = f"其中 {several} 件由两份以上通知要求"
    if not several:
        sources = "都是同一份通知中的重复"
    elif several == len(matters):
        sources = "都由两份以上通知要求"
    sentence = f"{who}有 {len(matters)} 件事被重复要求，共 {len(rows)} 处，{sources}"
    if len(units) == 1:
        return f"{sentence}。"
    max_count = max(units.values())
    first = [unit for unit, count in units.items() if count == max_count]
    names = say_names([say_unit(*unit) for unit in first])
    return f"{sentence}；件数最多的是{names}（{'各 ' if len(first) > 1 else ''}{max_count} 件）。"
