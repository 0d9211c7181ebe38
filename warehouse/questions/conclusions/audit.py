"""Conclusions of the questions that hold a notice against itself and its sources."""

from __future__ import annotations

from collections import Counter

from warehouse.questions.conclusions.sentences import Rows, Scope, group_by, number, pad, say_each, say_first, say_names


def conclude_points(rows: Rows, scope: Scope) -> str:
    """Say how many points agree, and where they differ most."""
    wrong = [row for row in rows if row["结果"] != "一致"]
    if not wrong:
        return f"核对 {len(rows)} 处，全部一致。"
    largest = max(abs(row["差值"]) for row in wrong)
    worst = [row for row in wrong if abs(row["差值"]) == largest]
    first = worst[0]
    return (
        f"核对 {len(rows)} 处，{len(rows) - len(wrong)} 处一致，{len(wrong)} 处不一致；"
        f"{say_first('相差最大', len(worst), '处')}{pad(first['通知'])}“{first['核对对象']}”："
        f"标注 {number(first['标注分'])} 分，核算 {number(first['核算分'])} 分。"
    )


def conclude_totals(rows: Rows, scope: Scope) -> str:
    """Say of each notice whether its total and headings add up."""
    texts, weights = {}, {}
    for label, listed in group_by(rows).items():
        wrong = [row for row in listed if row["结果"] != "一致"]
        totals = [row for row in wrong if row["核对"] in ("总分", "整表")]
        weights[label] = len(wrong)
        if not wrong:
            texts[label] = f"{len(listed)} 处核对全部一致"
        elif totals:
            first = totals[0]
            what = "各项之和与写明的总分" if first["核对"] == "总分" else "任务分值之和与一级指标合计"
            figures = f"标注 {number(first['标注分'])} 分，核算 {number(first['核算分'])} 分"
            texts[label] = f"{what}不符，{figures}，共 {len(wrong)} 处不一致"
        else:
            texts[label] = f"{len(listed)} 处核对中 {len(wrong)} 处不一致"
    return say_each(texts, "不一致最多", weights)


def conclude_trust(rows: Rows, scope: Scope) -> str:
    """Count the tasks by how far they can be trusted."""
    counts = Counter(row["可信度"] for row in rows)
    levels = "、".join(f"{level} {counts[level]} 条" for level in ("高", "中", "低") if counts[level])
    sentence = f"{len(rows)} 条任务的可信度：{levels}"
    low = Counter(row["通知"] for row in rows if row["可信度"] == "低")
    if not low:
        return f"{sentence}。"
    largest = [label for label, count in low.items() if count == max(low.values())]
    where = ""
    if len(low) > 1:
        each = "各 " if len(largest) > 1 else ""
        where = f"以{pad(say_names(largest, '份'))}最多（{each}{low[largest[0]]} 条），"
    elif len(group_by(rows)) > 1:
        where = f"都在{pad(largest[0])}中，"
    return f"{sentence}；可信度低的{where}引用前请对照原件。"
