"""What stands in the report, chapter by chapter, as plain data for its template.

A section is a dict of `title`, `findings` (heading, text), `pictures` (title, svg, note) and `tables` (title, note,
empty, `columns` of name, width and number, `rows` of texts).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from warehouse.export.comparison import detail_tables, narrative, summary_tables, svg_charts
from warehouse.export.comparison.load import Comparison, Row
from warehouse.export.comparison.table_model import NUMERIC, Column, Grid, said

THEMES: Final = 15
THRESHOLDS: Final = 30
PARTIES: Final = 5
"""Parties of each notice that are named."""
UNIQUE: Final = 6
"""Items of each notice that are named."""
CLIPPED: Final = 90
"""Characters of a requirement that a table shows."""
NAMED: Final = 4
"""Notices up to which a table names them at the head of its columns; more have numbers."""
FILES: Final = "文件见“比较的通知”。"
NUMBERS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"

Section = dict[str, Any]


def sections(found: Comparison, font: str) -> list[Section]:
    """The whole report; `font` is a family that this machine has."""
    return [
        _section("主要情况", findings=narrative.findings(found)),
        _section("比较的通知", tables=[_notices(found)]),
        _weights(found, font),
        _section("量化指标", tables=[_thresholds(found)]),
        _load(found, font),
        _section("独有事项", tables=[_unique(found)]),
        _work(found, font),
    ]


def _section(
    title: str,
    *,
    findings: Sequence[narrative.Finding] = (),
    pictures: Sequence[Section | None] = (),
    tables: Sequence[Section] = (),
) -> Section:
    return {
        "title": title,
        "findings": [{"heading": one.heading, "text": one.text} for one in findings],
        "pictures": [one for one in pictures if one is not None],
        "tables": list(tables),
    }


def _notices(found: Comparison) -> Section:
    gaps = {one.heading: one.text for one in narrative.gaps(found)}
    grid = Grid(
        name="",
        title="通知、出处和没有写明的内容",
        note="基础分不含加分项。",
        source="通知简称表（mart.notice_labels）、任务表（core.tasks）",
        columns=[
            Column("序号", width=4),
            Column("通知", width=13),
            Column("标题、文号、印发日期、文件", width=30),
            Column("任务数", "count", 6),
            Column("基础分", "number", 6),
            Column("没有写明的内容", width=22),
        ],
        rows=[
            [NUMBERS[place], one.label, narrative.origin(one), one.tasks, one.points, gaps.get(one.label)]
            for place, one in enumerate(found.notices)
        ],
        empty="没有通知。",
    )
    return _table(found, grid)


def _weights(found: Comparison, font: str) -> Section:
    grid = summary_tables.weights(found)
    order = {theme.name: place for place, theme in enumerate(found.by_spread)}
    differing = sorted(grid.rows, key=lambda row: order[row[0]])
    title = f"权重相差最大的 {min(THEMES, len(differing))} 个主题"
    note = grid.note.replace(summary_tables.BY_SUM, "按相差从大到小排列。")
    grid = replace(grid, title=title, note=note, rows=differing)
    drawn = svg_charts.weights(found, font)
    picture = _picture("相差最大的主题在各通知中的比重", drawn, "没有写明分值的通知按任务条数计算。", grid)
    tables = [_table(found, grid, THEMES), _table(found, summary_tables.likeness(found))]
    return _section("主题权重", pictures=[picture], tables=tables)


def _thresholds(found: Comparison) -> Section:
    full = detail_tables.thresholds(found)
    rows = [
        [
            row["name"],
            found.labels[row["notice_id"]],
            detail_tables.requirement(row),
            row["raw"],
            row["locator"],
        ]
        for row in found.thresholds
        if row["differs"]
    ]
    columns = [
        Column("主题", width=11),
        Column("通知", width=13),
        Column("要求", width=20),
        Column("原文", width=22),
        Column("位置", width=14),
    ]
    note = (
        "只列至少两份通知在同一主题、同一单位上都有要求而数值不全相同的；是否同一件事请对照原文。文件见“比较的通知”。"
    )
    grid = replace(full, title="各通知不同的数量要求", note=note, columns=columns, rows=rows)
    return _table(found, replace(grid, empty="所选通知之间没有可比而不同的数量要求。"), THRESHOLDS)


def _load(found: Comparison, font: str) -> Section:
    concentration = detail_tables.concentration(found)
    every = detail_tables.parties(found)
    named: dict[str, int] = {}
    rows = []
    for row in every.rows:
        named[row[0]] = named.get(row[0], 0) + 1
        if named[row[0]] <= PARTIES:
            rows.append(row)
    heaviest = replace(every, title=f"各通知中担子最重的 {PARTIES} 个单位", rows=rows)
    picture = _picture("最重一家、最重三家占多少", svg_charts.load(found, font), "", concentration)
    return _section("责任分布", pictures=[picture], tables=[_table(found, concentration), _table(found, heaviest)])


def _unique(found: Comparison) -> Section:
    full = detail_tables.unique(found)
    counted = {one.notice_id: 0 for one in found.notices}
    order = {one.notice_id: place for place, one in enumerate(found.notices)}
    rows = []

    def place(row: Row) -> tuple[int, bool, float]:
        return order[row["notice_id"]], not row["topic_alone"], -(row["points"] or 0)

    for row in sorted(found.unique, key=place):
        counted[row["notice_id"]] += 1
        if counted[row["notice_id"]] <= UNIQUE:
            text = _clipped(row["requirement"])
            rows.append([found.labels[row["notice_id"]], row["name"], text, row["points"], row["locator"]])
    columns = [
        Column("通知", width=13),
        Column("主题", width=12),
        Column("任务要求", width=40),
        Column("分值", "number", 5),
        Column("位置", width=14),
    ]
    title = f"各通知独有的事项（每份最多列 {UNIQUE} 条，主题也独有的、分值大的在前）"
    counts = "、".join(f"{one.label} {counted[one.notice_id]} 条" for one in found.notices if counted[one.notice_id])
    note = f"{full.note}{FILES}共有：{counts}；全部见比较工作簿的“{full.name}”表。" if counts else full.note
    return _table(found, replace(full, title=title, note=note, columns=columns, rows=rows))


def _work(found: Comparison, font: str) -> Section:
    drawn: Sequence[tuple[str, Callable[[Comparison, str], str | None], Grid]] = (
        ("各测评方法的比重", svg_charts.methods, summary_tables.methods(found)),
        ("各类材料的件数", svg_charts.materials, summary_tables.materials(found)),
        ("各月到期的任务（次，不分年度）", svg_charts.months, summary_tables.months(found)),
    )
    pictures = [_picture(title, draw(found, font), grid.note, grid) for title, draw, grid in drawn]
    silent = [_table(found, grid) for (_, _, grid) in drawn if not grid.rows]
    return _section(
        "测评方法、材料和时限", pictures=pictures, tables=[_table(found, summary_tables.deadlines(found)), *silent]
    )


def _picture(title: str, svg: str | None, note: str, grid: Grid) -> Section | None:
    return None if svg is None else {"title": title, "svg": svg, "note": f"{note}来源：{grid.source}。"}


def _table(found: Comparison, grid: Grid, most: int | None = None) -> Section:
    """The grid as texts, at most `most` rows of it; many notices at the head of columns become their numbers."""
    shown = grid.rows[:most]
    short = {one.label: NUMBERS[place] for place, one in enumerate(found.notices)} if len(found.notices) > NAMED else {}
    names = [_headed(column.name, short) for column in grid.columns]
    note = grid.note
    if any(name.startswith(tuple(NUMBERS)) for name in names):
        note += "列名中的①、②等是“比较的通知”中的序号，带 * 的按任务条数计算。"
    if len(shown) < len(grid.rows):
        note += f"另有 {len(grid.rows) - len(shown)} 行，见比较工作簿的“{grid.name}”表。"
    return {
        "title": grid.title,
        "note": f"{note}来源：{grid.source}。",
        "empty": grid.empty,
        "columns": [
            {"name": name, "width": column.width, "number": column.kind in NUMERIC}
            for name, column in zip(names, grid.columns, strict=True)
        ],
        "rows": [[said(value, column.kind) for value, column in zip(row, grid.columns, strict=True)] for row in shown],
    }


def _headed(name: str, short: dict[str, str]) -> str:
    for label, number in short.items():
        if name.startswith(label):
            return number + name.removeprefix(label).replace(summary_tables.BY_COUNT, "*")
    return name


def _clipped(text: str | None) -> str | None:
    return text if text is None or len(text) <= CLIPPED else text[: CLIPPED - 1] + "…"
