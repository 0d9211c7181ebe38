"""Conclusions of the questions about points and themes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from warehouse.questions.conclusions.sentences import (
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
    top,
)


def conclude_weights(rows: Rows, scope: Scope) -> str:
    """Say which theme weighs most in each notice; of one theme, where it weighs most and least."""
    if scope.topic is not None:
        return _conclude_topic(rows, scope.topic)
    texts, weights = {}, {}
    for label, listed in group_by(rows).items():
        named = [row for row in listed if row["主题"] != OTHER_TOPIC]
        column = "分值占比（%）" if listed[0]["分值占比（%）"] is not None else "任务占比（%）"
        first = [row for row in top(named, column) if row[column]]
        weights[label] = first[0][column] if first else 0
        if not first:
            texts[label] = f"{'有分值的' if named else ''}任务都没有归入具体主题"
            continue
        share = percent(first[0][column])
        basis = f"{number(first[0]['分值'])} 分" if column == "分值占比（%）" else "按任务条数，通知没有分值"
        names = say_tied([f"“{row['主题']}”" for row in first])
        texts[label] = f"{names}最重，{'各' if len(first) > 1 else ''}占 {share}（{basis}）"
    return say_each(texts, "最重的主题占比最大", weights)


def _conclude_topic(rows: Rows, topic: str) -> str:
    # A theme whose tasks have no points has no place among those that have.
    scored = [row for row in rows if row["分值占比（%）"]]
    if not scored:
        parts = {row["通知"]: f"占任务的 {percent(row['任务占比（%）'])}（{row['任务数']} 条）" for row in rows}
        return f"“{topic}”：{say_each(parts)}"
    if len(scored) == 1:
        return f"“{topic}”在{_say_share(scored)}。"
    by_share = group_by(sorted(scored, key=lambda row: -row["分值占比（%）"]), "分值占比（%）")
    begun = f"给“{topic}”赋分的 {len(scored)} 份通知中，"
    if len(by_share) == 1:
        return f"{begun}它都占 {percent(scored[0]['分值占比（%）'])}。"
    highest, *_, lowest = by_share.values()
    return f"{begun}{_say_share(highest)}，占比最高；{_say_share(lowest)}，占比最低。"


def _say_share(rows: Rows) -> str:
    """Say what a theme has in a notice, or in several of which it has the same share."""
    share = percent(rows[0]["分值占比（%）"])
    if len(rows) > 1:
        return f"{pad(say_names([row['通知'] for row in rows], '份'))}各占 {share}"
    return f"{pad(rows[0]['通知'])}占 {share}（{number(rows[0]['分值'])} 分）"


def conclude_unique(rows: Rows, scope: Scope) -> str:
    """Say how many indicators have a theme of one place, and how many lack a like demand elsewhere."""
    alone = [row for row in rows if row["判断"].startswith("主题仅此城有")]
    wording = _count_indicators([row for row in rows if not row["判断"].startswith("主题仅此城有")])
    sentence = []
    if alone:
        topics = dict.fromkeys(f"“{row['主题']}”（{row['城市'] or row['通知']}）" for row in alone)
        sentence.append(f"{_count_indicators(alone)} 个指标的主题仅此城有：{join_names(topics)}")
    else:
        sentence.append("没有主题仅此城有的指标")
    if wording:
        sentence.append(f"{'另有 ' if alone else ''}{wording} 个指标只是在别的城市未见相近要求，不能据此断定别处没有")
    return "；".join(sentence) + "。"


def _count_indicators(rows: Rows) -> int:
    """Count the indicators, each of which has a row per theme; tasks without an indicator are told apart by it."""
    return len(
        {
            (row["通知"], row["指标编号"], row["指标名称"])
            if row["指标编号"] or row["指标名称"]
            else (row["通知"], row["主题"])
            for row in rows
        }
    )


def conclude_missing_topics(rows: Rows, scope: Scope) -> str:
    """Say how many themes each notice lacks, how many it has among bonus items only, and which most others have."""
    texts, weights = {}, {}
    for label, listed in group_by(rows).items():
        counts = Counter(row["情形"] for row in listed)
        missing = [row for row in listed if row["情形"] == "未涉及"]
        text = f"未涉及 {counts['未涉及']} 个主题" if missing else "没有完全未涉及的主题"
        common = [row for row in top(missing, "有此主题的其他通知数") if row["有此主题的其他通知数"] > 0]
        if common:
            names = join_names(f"“{row['主题']}”" for row in common)
            each = "各 " if len(common) > 1 else ""
            text += f"，其中别的通知涉及最多的是{names}（{each}{common[0]['有此主题的其他通知数']} 份）"
        texts[label] = text + (f"，另有 {counts['仅加分项']} 个仅加分项涉及" if counts["仅加分项"] else "")
        weights[label] = len(missing)
    return say_each(texts, "未涉及主题最多", weights)


def conclude_differences(rows: Rows, scope: Scope) -> str:
    """Say for which counterparts the points differ most."""
    compared = f"口径相同、都写明分值的对应任务有 {len(rows)} 对"
    largest = top(rows, "分差")
    first = largest[0]
    if first["分差"] == 0:
        return f"{compared}，分值都一样。"
    # Of totals that differ, many points more may be no greater share.
    share = first["占比差（%）"]
    shares = "" if share is None else f"，占比相差 {number(share, 1)} 个百分点"
    return (
        f"{compared}；{say_first('相差最多', len(largest), '对')}“{first['主题']}”："
        f"{pad(first['甲通知'])}为 {number(first['甲分值'], 3)} 分，"
        f"{pad(first['乙通知'])}为 {number(first['乙分值'], 3)} 分，相差 {number(first['分差'], 3)} 分{shares}。"
    )


def conclude_similarity(rows: Rows, scope: Scope) -> str:
    """Say which two rubrics are nearest, and which are farthest apart."""
    scored = [row for row in rows if row["权重相似度"] is not None]
    if not scored:
        return ""
    by_likeness: dict[str, list[str]] = {}
    for row in scored:
        pair = f"{pad(row['甲通知'])}与{pad(row['乙通知'])}"
        by_likeness.setdefault(number(row["权重相似度"], 3), []).append(pair)
    likenesses = list(by_likeness.items())
    (highest, nearest), (lowest, farthest) = likenesses[0], likenesses[-1]
    if len(scored) == 1:
        return f"{nearest[0]}的权重相似度为 {highest}（1 为完全一样）。"
    if len(by_likeness) == 1:
        return f"{len(scored)} 对通知的权重相似度都是 {highest}（1 为完全一样）。"
    return (
        f"{len(scored)} 对通知中，{_say_pairs(nearest)}的评分体系最相近（权重相似度 {highest}，1 为完全一样），"
        f"{_say_pairs(farthest)}差别最大（{lowest}）。"
    )


def _say_pairs(pairs: Sequence[str]) -> str:
    return pairs[0] if len(pairs) == 1 else f"{pairs[0]}等 {len(pairs)} 对"


def conclude_scoring(rows: Rows, scope: Scope) -> str:
    """Count the rules by kind, and say for how many no points are stated."""
    counts = Counter(row["类型"] for row in rows)
    kinds = [kind for kind in ("加分", "扣分", "一票否决", "封顶", "加分项目") if counts[kind]]
    sentence = f"共 {len(rows)} 处：" + "、".join(f"{kind} {counts[kind]} 处" for kind in kinds)
    rules = [row for row in rows if row["类型"] in ("加分", "扣分")]
    unstated = sum(row["分值"] is None for row in rules)
    if unstated:
        sentence += f"；{len(rules)} 处加分、扣分中有 {unstated} 处没有写明确定的分值"
    return sentence + "。"


def conclude_exchange(rows: Rows, scope: Scope) -> str:
    """Say which theme rises and falls most under the other weights, and how many are left without points."""
    moved = [row for row in rows if row["名次变化"] is not None]
    pairs = {(row["甲通知"], row["乙通知"]) for row in rows}
    subject = "" if len(pairs) == 1 else f"{len(pairs)} 种换法中，"
    if len(pairs) == 1:
        ((own, other),) = pairs
        subject = f"{pad(own)}换用{pad(other)}的权重后，"
    parts = [
        say_first(f"名次{verb}最多", len(found), "个") + _say_move(found[0], with_pair=len(pairs) > 1)
        for verb, found in (("上升", _farthest(moved, 1)), ("下降", _farthest(moved, -1)))
        if found
    ]
    lost = sum(row["换用后名次"] is None for row in rows)
    if not parts:
        parts.append("各主题名次不变" if moved else "没有两边都有分值的主题，名次无从比较")
    if lost:
        # A theme is counted once for each exchange.
        where = f"{lost} 个主题" if len(pairs) == 1 else f"{lost} 处主题"
        parts.append(f"另有 {where}换用后没有分值，不排名次")
    return subject + "；".join(parts) + "。"


def _farthest(rows: Rows, sign: int) -> list[Row]:
    """Return the rows that rise (sign 1) or fall (-1) most; none if none does."""
    largest = max((row["名次变化"] * sign for row in rows), default=0)
    return [row for row in rows if row["名次变化"] * sign == largest > 0]


def _say_move(row: Row, *, with_pair: bool) -> str:
    pair = f"（{pad(row['甲通知'])}换用{pad(row['乙通知'])}的权重）" if with_pair else ""
    return f"“{row['主题']}”{pair}，由第 {row['原名次']} 名到第 {row['换用后名次']} 名"


def conclude_methods(rows: Rows, scope: Scope) -> str:
    """Say the share of the methods of each notice, the largest first."""
    texts = {}
    for label, listed in group_by(rows).items():
        first = listed[:3]
        sentence = "、".join(f"{row['测评方法']}占 {percent(row['占比（%）'])}" for row in first)
        texts[label] = sentence + ("" if len(listed) == len(first) else f"等 {len(listed)} 种方法")
        if not any(row["分值"] for row in listed):
            texts[label] += "（按任务条数，没有分值）"
    return say_each(texts)
