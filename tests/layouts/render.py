"""Facts and a layout → the page, and the rows that a reader has to find on it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from tests.bench.notices import Cell, Notice, Table
from tests.layouts.layout import LEVEL_WORDS, Layout, header_words
from tests.layouts.truth import Heading, Item, Truth, runs

CHINESE: Final = "一二三四五六七八九十"
ROMAN: Final = "ⅠⅡⅢ"
MARKS: Final = (("★", "√"), ("牵头", "配合"), ("主办", "协办"), ("▲", "△"), ("●", "○"))
"""Marks of leading and supporting units."""
LETTER: Final = (
    "甲州市精神文明建设指导委员会办公室文件",
    "甲文明办〔2024〕6号",
    "关于印发《甲州市文明单位创建工作安排》的通知",
    "各县（市、区）文明办，市直各单位：",
    "现将《甲州市文明单位创建工作安排》印发给你们，请认真贯彻执行。",
    "甲州市精神文明建设指导委员会办公室",
    "2024年3月5日",
)
NOTES: Final = (
    ("注：本表由市文明办负责解释。",),
    ("备注：加★的为牵头单位。",),
    ("说明：1.本表自印发之日起执行。2.未尽事宜由市文明办负责解释。",),
    (
        "①“各有关单位”指市直各部门、各人民团体和中央、省属驻市各单位。",
        "②“各县（市、区）”指全市所有县、市、区和功能区。",
    ),
    ("填报单位（盖章）：", "填表说明：本表一式两份，由各单位填写后报市文明办。"),
)
"""Rows below a table, in the wordings of such tables."""
FORM_LINES: Final = (
    ("填报单位（盖章）：", "填报人：", "填报日期：    年  月  日"),
    ("填表单位：甲州市文明办",),
    ("单位：分",),
    ("被考核单位：", "考核日期："),
    ("填报部门：甲州市文明办综合科", "2024年3月"),
)
"""Rows above a header that no task is in."""
TOTALS: Final = ("合计", "总分", "以上各项合计", "全部合计", "总计（满分）")
SUBTOTALS: Final = ("小计", "本项合计", "该类小计", "分项小计")


@dataclass(slots=True)
class Column:
    """A column: what it holds, its header, a cell text for each item, spans where cells are merged."""

    role: str
    header: str
    texts: list[str]
    spans: list[int] = field(default_factory=list)
    """Rows that the cell of an item covers; 0 = covered by one above. Empty = 1 everywhere."""
    group: str | None = None
    """The header above it where the header has two rows."""
    joined: bool = False
    """Whether its header goes over the next column too."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A page and what is true of it."""

    notice: Notice
    items: tuple[Item, ...]
    layout: Layout
    roles: tuple[str, ...]
    """What each column of its table holds."""
    row_kinds: tuple[str, ...]
    """What each row is: title, header, task, band, total or note."""


def number(value: float) -> str:
    """Return points as they are written: no superfluous zeros."""
    return f"{value:g}"


def render(truth: Truth, layout: Layout, seed: int) -> Variant:
    """Return the page of a layout, and the items with what that page shows of them."""
    rng = random.Random(seed)
    items = [_shown(item, layout) for item in _coded(truth.items, layout)]
    columns = _columns(items, layout, truth, rng)
    if layout.heading_points == "cell" and columns[0].role == "points":
        # A section row over all columns has no cell for its points.
        layout = replace(layout, heading_points="bracket")
    table, kinds = _table(truth, items, columns, layout)
    notice = Notice(LETTER[2], LETTER[1], LETTER[5], LETTER, (table,), ())
    roles = tuple(column.role for column in columns)
    return Variant(notice, tuple(_expected(item, layout) for item in items), layout, roles, kinds)


def _coded(items: Sequence[Item], layout: Layout) -> list[Item]:
    """Number the headings in the style of the layout."""
    out = list(items)
    depth = len(items[0].path)
    for level in range(depth):
        inside = 0
        above: tuple[Heading, ...] | None = None
        for first, last in runs(items, level):
            outer = items[first].path[:level]
            inside = inside + 1 if outer == above else 1
            above = outer
            code = _code(layout.codes, level, depth, inside)
            for i in range(first, last + 1):
                path = list(out[i].path)
                path[level] = replace(path[level], code=code)
                out[i] = replace(out[i], path=tuple(path))
    return out


def _code(style: str, level: int, depth: int, count: int) -> str | None:
    if style == "none":
        return None
    if style == "roman":
        return f"{ROMAN[level]}-{count}"
    if style == "digits":
        return str(count)
    chinese = _chinese(count)
    return (chinese, f"（{chinese}）", str(count))[level + (style == "bracket" and depth < len(ROMAN))]


def _chinese(count: int) -> str:
    if count <= 10:
        return CHINESE[count - 1]
    tens, ones = divmod(count, 10)
    return ("" if tens == 1 else CHINESE[tens - 1]) + "十" + (CHINESE[ones - 1] if ones else "")


def _shown(item: Item, layout: Layout) -> Item:
    """Drop what the layout has no place for."""
    label = item.label if layout.labels else None
    keeps_units = layout.parties != "none"
    return replace(
        item,
        label=label,
        criteria=item.criteria if layout.criteria else None,
        evidence=item.evidence if layout.evidence else None,
        methods=item.methods if layout.methods else (),
        deadline=item.deadline if layout.deadline else None,
        leader=item.leader if layout.leaders else None,
        persons=item.persons if layout.people else (),
        lead=item.lead if keeps_units else (),
        support=item.support if keeps_units else (),
        points=item.points if layout.points != "none" else None,
    )


def _expected(item: Item, layout: Layout) -> Item:
    """Return the item as it is to be read from the page."""
    lead, support = item.lead, item.support
    if layout.parties == "column" and len(lead) > 1:
        # Without a word about the lead the first unit named leads.
        lead, support = lead[:1], (*lead[1:], *support)
    path = tuple(
        replace(heading, points=heading.points if layout.heading_points in _shows_points(layout, level) else None)
        for level, heading in enumerate(item.path)
    )
    requirement, inline = item.requirement, item.inline_points
    if layout.points == "inline" and item.points is not None:
        requirement, inline = _with_points(item), (item.points,)
    return replace(item, path=path, lead=lead, support=support, requirement=requirement, inline_points=inline)


def _shows_points(layout: Layout, level: int) -> tuple[str, ...]:
    """Return the choices of `heading_points` under which the level shows its points."""
    is_band = layout.levels == "bands" or (layout.levels == "band_and_columns" and level == 0)
    return ("bracket", "colon", "cell") if is_band else ("bracket", "colon")


def _with_points(item: Item) -> str:
    assert item.points is not None
    text = re.sub(r"[。；;.]$", "", item.requirement)
    return f"{text}（{number(item.points)}分）。"


def _heading(heading: Heading, layout: Layout) -> str:
    code, name = heading.code, heading.name
    text = name
    if code is not None:
        text = f"{code}{'' if code[0] in '（' + ROMAN else '、' if code[0] in CHINESE else '.'}{name}"
    if heading.points is None or layout.heading_points in ("none", "cell"):
        return text
    points = number(heading.points)
    return f"{text}（{points}分）" if layout.heading_points == "bracket" else f"{text}（分值：{points}分）"


def _columns(items: Sequence[Item], layout: Layout, truth: Truth, rng: random.Random) -> list[Column]:
    level_columns = _level_columns(items, layout, truth, rng)
    body: list[Column] = [Column("requirement", "", [_requirement(item, layout) for item in items])]
    criteria = [_criteria_column(items, layout)] if layout.criteria else []
    if layout.points == "column":
        body.append(_points_column(items))
    if layout.methods:
        body.append(Column("method", "", ["、".join(item.methods) for item in items]))
    if layout.evidence:
        body.append(Column("evidence", "", [item.evidence or "" for item in items]))
    if layout.deadline:
        body.append(Column("deadline", "", [item.deadline or "" for item in items]))
    body += _party_columns(items, layout, truth)
    if layout.leaders:
        body.append(Column("leader", "", [item.leader or "" for item in items]))
    if layout.scoring:
        body.append(Column("scoring", "", [_scoring(item, i) for i, item in enumerate(items)]))
    if layout.people:
        body.append(Column("person", "", ["、".join(item.persons) for item in items]))
    if layout.order:
        random.Random(layout.order).shuffle(body)
    if layout.scorebox:
        body.append(Column("scorebox", "", [""] * len(items)))
    if layout.remark:
        body.append(Column("remark", "", [""] * len(items)))
    serial = [Column("serial", "", [str(i) for i in range(1, len(items) + 1)])] if layout.serial else []
    columns = [*serial, *level_columns, *criteria, *body]
    for column in columns:
        if not column.header:
            column.header = _word(column.role, layout, rng)
    return columns


def _word(role: str, layout: Layout, rng: random.Random) -> str:
    kind = layout.headers if layout.headers != "mixed" else rng.choice(("known", "unknown"))
    return rng.choice(header_words()[role][kind])


def _requirement(item: Item, layout: Layout) -> str:
    text = _with_points(item) if layout.points == "inline" and item.points is not None else item.requirement
    return f"{item.label or ''}{text}"


def _scoring(item: Item, i: int) -> str:
    """Return how points are deducted, in one of the usual wordings."""
    points = number(item.points if item.points is not None else 1)
    half = number((item.points if item.points is not None else 2) / 2)
    return (
        f"未落实的扣{points}分，落实不到位的酌情扣分。",
        f"每少一项扣{half}分，扣完为止。",
        f"全部完成得{points}分；部分完成得{half}分；未完成不得分。",
        f"达到要求得{points}分，每有一处不符合扣0.5分。",
    )[i % 4]


def _points_column(items: Sequence[Item]) -> Column:
    texts = ["" if item.points is None else number(item.points) for item in items]
    spans, left = [], 0
    for item in items:
        if left:
            spans.append(0)
        else:
            left = item.points_rows
            spans.append(left)
        left -= 1
    return Column("points", "", texts, spans if any(span != 1 for span in spans) else [])


def _level_columns(items: Sequence[Item], layout: Layout, truth: Truth, rng: random.Random) -> list[Column]:
    first = {"columns": 0, "band_and_columns": 1, "bands": truth.depth}[layout.levels]
    out = []
    for level in range(first, truth.depth):
        texts = [_heading(item.path[level], layout) for item in items]
        spans: list[int] = []
        for start, end in runs(items, level):
            if layout.level_cells == "merged":
                spans += [end - start + 1, *([0] * (end - start))]
            elif layout.level_cells == "blank":
                texts[start + 1 : end + 1] = [""] * (end - start)
        word = _word(LEVEL_WORDS[level], layout, rng)
        if layout.code_column and level == 0:
            codes = [(items[i].path[0].code or "") if text else "" for i, text in enumerate(texts)]
            out.append(Column("serial", word, codes, spans, joined=True))
            texts = [text.removeprefix(code).lstrip("、.") for code, text in zip(codes, texts, strict=True)]
        out.append(Column("level", word, texts, spans))
    return out


def _criteria_column(items: Sequence[Item], layout: Layout) -> Column:
    texts = [item.criteria or "" for item in items]
    if layout.level_cells == "repeated":
        return Column("criteria", "", texts)
    spans: list[int] = []
    for _, group in groupby(range(len(items)), key=lambda i: (items[i].path, items[i].criteria)):
        rows = list(group)
        spans += [len(rows), *([0] * (len(rows) - 1))]
        if layout.level_cells == "blank":
            for i in rows[1:]:
                texts[i] = ""
    return Column("criteria", "", texts, spans if layout.level_cells == "merged" else [])


def _party_columns(items: Sequence[Item], layout: Layout, truth: Truth) -> list[Column]:
    join = layout.separator.join
    if layout.parties == "column":
        units = [(*item.lead, *item.support) for item in items]
        if layout.split_units:
            # The last one stands in a row of its own.
            units = [names[:-1] if len(names) > 1 else names for names in units]
        return [Column("party", "", [join(names) for names in units])]
    if layout.parties == "lead_support":
        lead = Column("lead", "", [join(item.lead) for item in items], group="责任分工")
        return [lead, Column("support", "", [join(item.support) for item in items], group="责任分工")]
    if layout.parties == "labelled":
        return [Column("party", "", [_labelled(item, join) for item in items])]
    if layout.parties == "matrix":
        marks = MARKS[layout.marks]
        return [
            Column("matrix", unit, [_mark(item, unit, marks) for item in items], group="责任分工")
            for unit in truth.units
        ]
    return []


def _labelled(item: Item, join: Callable[[Iterable[str]], str]) -> str:
    lead = "牵头单位：" + join(item.lead) if item.lead else ""
    support = "配合单位：" + join(item.support) if item.support else ""
    return "；".join(filter(None, (lead, support)))


def _mark(item: Item, unit: str, marks: tuple[str, str]) -> str:
    return marks[0] if unit in item.lead else marks[1] if unit in item.support else ""


class _Rows:
    """Collects the cells of a table, row by row."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.cells: list[Cell] = []
        self.kinds: list[str] = []

    @property
    def n_rows(self) -> int:
        """The number of rows so far."""
        return len(self.kinds)

    def wide(self, text: str, kind: str) -> None:
        """Add a row of one cell over the whole width."""
        self.cells.append(Cell(self.n_rows, 0, text, 1, len(self.columns)))
        self.kinds.append(kind)

    def spread(self, texts: Sequence[str]) -> None:
        """Add a title row of some cells, spread over the width."""
        texts = texts[: max(len(self.columns) // 2, 1)]
        width, rest = divmod(len(self.columns), len(texts))
        col = 0
        for i, text in enumerate(texts):
            span = width + (i < rest)
            self.cells.append(Cell(self.n_rows, col, text, 1, span))
            col += span
        self.kinds.append("title")

    def header(self, rows: int) -> None:
        grouped = rows > 1
        col = 0
        for group, members in groupby(self.columns, key=lambda column: column.group if grouped else None):
            for column in (found := list(members)):
                top = self.n_rows + (group is not None)
                if not (col and self.columns[col - 1].joined):
                    self.cells.append(Cell(top, col, column.header, rows - (group is not None), 1 + column.joined))
                col += 1
            if group is not None:
                self.cells.append(Cell(self.n_rows, col - len(found), group, 1, len(found)))
        self.kinds += ["header"] * rows

    def band(self, code: str | None, text: str, points: str, style: str) -> None:
        """Add a section row.

        Args:
            code: its number alone.
            text: its text with its number.
            points: its points, "" for none.
            style: wide (over all columns, or up to the column of points), pair (over the first two columns) or cells
                (in the first column, or its number in the column of serial numbers and its name in the next one).
        """
        at = next((i for i, column in enumerate(self.columns) if column.role == "points"), None)
        if style == "wide" and (not points or not at):
            self.wide(text, "band")
            return
        if style == "cells" and at == 1 and self.columns[0].role == "serial":
            # The points would stand where the name of the section does.
            style = "pair"
        texts = [""] * len(self.columns)
        spans = [1] * len(self.columns)
        widths = {"wide": at or 1, "pair": 1 if at == 1 else 2, "cells": 1}
        width = widths[style]
        if style == "cells" and self.columns[0].role == "serial" and code:
            texts[0], texts[1] = code, text.removeprefix(code).lstrip("、.")
        else:
            texts[0], spans[0] = text, width
        if points and at is not None:
            texts[at] = points
        covered = 0
        for col, cell in enumerate(texts):
            if covered:
                covered -= 1
                continue
            self.cells.append(Cell(self.n_rows, col, cell, 1, spans[col]))
            covered = spans[col] - 1
        self.kinds.append("band")

    def item(self, index: int, rows_until_cut: int) -> None:
        """Add the row of an item; spans end where the rows do, `rows_until_cut` below."""
        for col, column in enumerate(self.columns):
            span = column.spans[index] if column.spans else 1
            if span:
                self.cells.append(Cell(self.n_rows, col, column.texts[index], min(span, rows_until_cut)))
        self.kinds.append("task")

    def rest(self, text: str) -> None:
        """Add a row that holds one more unit of the task above and nothing else."""
        self.cells += [Cell(self.n_rows, c, text if col.role == "party" else "") for c, col in enumerate(self.columns)]
        self.kinds.append("rest")


def _table(
    truth: Truth, items: Sequence[Item], columns: Sequence[Column], layout: Layout
) -> tuple[Table, tuple[str, ...]]:
    """Return the table, and what each of its rows is."""
    rows = _Rows(columns)
    header_rows = layout.header_rows if any(column.group for column in columns) else min(layout.header_rows, 1)
    if layout.title_row:
        rows.wide(truth.title, "title")
    if layout.form_row:
        rows.spread(FORM_LINES[len(items) % len(FORM_LINES)])
    rows.header(header_rows)
    if layout.total == "first":
        _total(rows, items, TOTALS[len(items) % len(TOTALS)])
    n_bands = {"columns": 0, "band_and_columns": 1, "bands": truth.depth}[layout.levels]
    cut = _cut(items, columns) if layout.repeat_header else None
    for i, item in enumerate(items):
        if i == cut:
            rows.header(header_rows)
        for level in range(n_bands):
            if i == 0 or items[i - 1].path[: level + 1] != item.path[: level + 1]:
                heading = item.path[level]
                has_cell = layout.heading_points == "cell" and heading.points is not None
                points = number(heading.points or 0) if has_cell else ""
                rows.band(heading.code, _heading(heading, layout), points, layout.band_style)
        rows.item(i, len(items) - i)
        if layout.split_units and len(units := (*item.lead, *item.support)) > 1:
            rows.rest(units[-1])
        if layout.subtotals and (i + 1 == len(items) or items[i + 1].path[:1] != item.path[:1]):
            group = [other for other in items if other.path[:1] == item.path[:1]]
            _total(rows, group, SUBTOTALS[len(items) % len(SUBTOTALS)])
    if layout.total == "last":
        _total(rows, items, TOTALS[len(items) % len(TOTALS)])
    if layout.note_row:
        for text in NOTES[layout.order % len(NOTES) if layout.order else len(items) % len(NOTES)]:
            rows.wide(text, "note")
    table = Table(truth.title, rows.n_rows, len(columns), header_rows, tuple(rows.cells))
    return table, tuple(rows.kinds)


def _cut(items: Sequence[Item], columns: Sequence[Column]) -> int | None:
    """Return an item near the middle at which no merged cell is cut."""
    middle = len(items) // 2
    fitting = [i for i in range(1, len(items)) if all(not c.spans or c.spans[i] for c in columns)]
    # A header between the cells of one heading would be a page cut; here every cell is whole.
    fitting = [i for i in fitting if items[i].path != items[i - 1].path] or []
    return min(fitting, key=lambda i: abs(i - middle), default=None)


def _total(rows: _Rows, items: Sequence[Item], word: str) -> None:
    total = sum(item.points or 0 for item in items)
    at = next(i for i, column in enumerate(rows.columns) if column.role == "points")
    if at == 0:
        return
    rows.cells += [Cell(rows.n_rows, 0, word, 1, at), Cell(rows.n_rows, at, number(round(total, 4)))]
    rows.cells += [Cell(rows.n_rows, col, "") for col in range(at + 1, len(rows.columns))]
    rows.kinds.append("total")
