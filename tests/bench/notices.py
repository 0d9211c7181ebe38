"""Notices as offices write them, before any format: paragraphs, tables with spans, and what they truly say.

`compose(index)` makes the notice of that number; the same index, seed and size give the same notice.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tests.bench.wording import TopicWords, Writer, divisions, pick, shuffled, topics, words

CHINESE: Final = "一二三四五六七八九十"
FIRST_ROLES: Final = ("serial", "level1", "level2")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: first row and column, spans, text with line breaks."""

    row: int
    col: int
    text: str
    row_span: int = 1
    col_span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its title line, size, cells in reading order, and how many rows are header."""

    title: str
    n_rows: int
    n_cols: int
    header_rows: int
    cells: tuple[Cell, ...]

    def grid(self) -> list[list[str]]:
        """The texts square by square; what a merged cell covers beside its first square is blank."""
        out = [[""] * self.n_cols for _ in range(self.n_rows)]
        for cell in self.cells:
            out[cell.row][cell.col] = cell.text
        return out


@dataclass(frozen=True, slots=True)
class Task:
    """What a row truly says: requirement without its label, points (of a merged cell on its first
    row), over how many rows their cell goes, units, deadline as written."""

    requirement: str
    points: Decimal | None
    points_rows: int
    parties: tuple[str, ...]
    deadline: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """A whole notice."""

    title: str
    doc_number: str
    issuer: str
    letter: tuple[str, ...]
    tables: tuple[Table, ...]
    tasks: tuple[Task, ...]


@dataclass(slots=True)
class _Row:
    """A row in the making: texts by role, and the span of each merged cell that begins here (0 = inside of one)."""

    task: Task
    texts: dict[str, str]
    spans: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Roles of the columns in order, with their header words, and how the table writes labels and points."""

    roles: tuple[str, ...]
    headers: tuple[str, ...]
    group: str
    points: str
    label: str
    subtotal: bool
    heading_points: bool
    merged_parties: bool


def compose(index: int, tasks: int = 60, seed: int = 0) -> Notice:
    """The notice of number `index` with so many tasks, in one or two tables."""
    rng = random.Random(f"{seed}/{index}/{tasks}")
    place = divisions()[int(rng.random() * len(divisions()))]
    year = 2015 + int(rng.random() * 10)
    office, mark = pick(rng, sorted(words()["offices"].items()))
    titles = words()["titles"]
    issuer = place.name + office
    subject = f"{year}年度{pick(rng, titles['campaigns'])}{pick(rng, titles['kinds'])}"
    title = f"{issuer}关于印发《{subject}》的通知"
    number = f"{place.short}{mark}〔{year}〕{1 + index}号"
    writer = Writer(rng, {"year": str(year), "topic": pick(rng, topics()).name})
    halves = [tasks] if rng.random() < 0.5 or tasks < 8 else [tasks - tasks // 3, tasks // 3]
    made = [_table(writer, size, first=at == 0) for at, size in enumerate(halves)]
    names = [table.title for table, _ in made]
    letter = _letter(writer, (title, number, issuer, subject), year, names)
    listed_tasks = tuple(task for _, listed in made for task in listed)
    return Notice(title, number, issuer, letter, tuple(table for table, _ in made), listed_tasks)


def _letter(writer: Writer, heading: tuple[str, str, str, str], year: int, attached: Sequence[str]) -> tuple[str, ...]:
    title, number, issuer, subject = heading
    body, rng = words()["body"], writer.rng
    start = 1 + int(rng.random() * 4)
    months = [start, start + 1, start + 4, start + 6, start + 7]
    stages = [
        f"（{CHINESE[at]}）{name}（{year}年{months[at]}月至{months[at + 1]}月）。{writer.fill(pick(rng, body['aims']))}"
        for at, name in enumerate(body["stages"])
    ]
    demands = shuffled(rng, body["demands"])[: 2 + int(rng.random() * 3)]
    return (
        title,
        number,
        "各科室、所属各单位：",
        f"现将《{subject}》印发给你们，请认真贯彻落实。",
        "一、指导思想",
        writer.fill(pick(rng, body["aims"])),
        "二、工作目标",
        writer.fill(pick(rng, body["goals"])),
        "三、实施步骤",
        *stages,
        "四、工作要求",
        *(f"（{CHINESE[at]}）{writer.fill(text)}" for at, text in enumerate(demands)),
        "附件：" + "".join(f"{at}.{name}" for at, name in enumerate(attached, 1)),
        issuer,
        f"{year}年{start}月{1 + int(rng.random() * 28)}日",
    )


def _layout(rng: random.Random, writer: Writer, *, rubric: bool) -> _Layout:
    """A rubric has points and method and perhaps units; a list of duties has units and perhaps points."""

    def maybe(share: float, *roles: str) -> tuple[str, ...]:
        return roles if rng.random() < share else ()

    named = pick(rng, words()["headers"]["sets"])
    levels = FIRST_ROLES[1 : len(named)]
    units = pick(rng, [("party",), ("lead", "support")])
    duty = (*maybe(0.4, "leader"), *units, *maybe(0.4, "person"))
    if rubric:
        back = [("points",), ("method",), *([duty] if rng.random() < 0.5 else [])]
    else:
        back = [*([("points",)] if rng.random() < 0.4 else []), duty, ("deadline",)]
    back += [("evidence",)] if rng.random() < 0.6 else []
    order = shuffled(rng, back)
    roles = (*maybe(0.4, "serial"), *levels, "requirement", *(role for part in order for role in part))
    heads = dict(zip((*levels, "requirement"), named, strict=True))
    return _Layout(
        roles=roles,
        headers=tuple(heads.get(role) or writer.header(role) for role in roles),
        group=writer.header("group") if len(duty) > 1 and set(duty) <= set(roles) and rng.random() < 0.5 else "",
        points=pick(rng, ("plain", "unit", "merged")) if "points" in roles else "",
        label=pick(rng, ("{}）", "（{}）", "{}.", "")),
        subtotal="points" in roles and rng.random() < 0.4,
        heading_points="points" in roles and rng.random() < 0.5,
        merged_parties=rng.random() < 0.3,
    )


def _table(writer: Writer, tasks: int, *, first: bool) -> tuple[Table, list[Task]]:
    rng = writer.rng
    rubric = first and rng.random() < 0.7
    layout = _layout(rng, writer, rubric=rubric)
    title = writer.given["year"] + "年" + pick(rng, words()["titles"]["rubrics" if rubric else "duties"])
    rows: list[_Row | Decimal] = []
    left, number = tasks, 0
    for at, topic in enumerate(shuffled(rng, topics())):
        if not left:
            break
        size = min(left, 3 + int(rng.random() * 8))
        group = _group(writer, layout, topic, size, (at, number))
        rows += group
        number, left = number + size, left - size
        if layout.subtotal:
            rows.append(_sum(group))
    listed = [row.task for row in rows if isinstance(row, _Row)]
    return _draw(title, layout, rows), listed


def _sum(rows: Sequence[_Row]) -> Decimal:
    """The points of the rows, merged cells counted once."""
    return sum((row.task.points or Decimal() for row in rows if row.texts.get("points")), Decimal())


def _group(writer: Writer, layout: _Layout, topic: TopicWords, size: int, place: tuple[int, int]) -> list[_Row]:
    """The rows of one first-level indicator, cut into second-level ones where the layout has them."""
    rng = writer.rng
    at, number = place
    rows: list[_Row] = []
    parts = 0
    while len(rows) < size:
        part = min(size - len(rows), 1 + int(rng.random() * 4))
        if "level2" not in layout.roles:
            part = size
        rows += _part(writer, layout, topic, part, number + len(rows))
        if "level2" in layout.roles:
            name = topic.parts[parts % len(topic.parts)] if topic.parts else topic.name
            parts += 1
            rows[-part].texts["level2"] = f"{parts}.{name}"
            _merge(rows[-part:], "level2")
    points = f"（{_sum(rows).normalize():f}分）" if layout.heading_points else ""
    ordinal = CHINESE[at] if at < len(CHINESE) else f"十{CHINESE[at - 10]}" if at < 19 else f"二十{CHINESE[at - 20]}"
    rows[0].texts["level1"] = f"{ordinal}、{topic.name}{points}"
    _merge(rows, "level1")
    return rows


def _merge(rows: Sequence[_Row], role: str) -> None:
    """One cell over all rows: the first holds the text, the others stand inside of it."""
    rows[0].spans[role] = len(rows)
    for row in rows[1:]:
        row.spans[role] = 0


def _part(writer: Writer, layout: _Layout, topic: TopicWords, size: int, number: int) -> list[_Row]:
    """Rows that share a merged cell of points or units."""
    rng = writer.rng
    score = Decimal(pick(rng, ("0.5", "1", "1.5", "2", "3", "4", "5")))
    merged = layout.points == "merged" and size > 1
    shared = _units(writer, layout)
    rows = []
    for at in range(size):
        if at and not merged and layout.points:
            score = Decimal(pick(rng, ("0.5", "1", "1.5", "2", "3")))
        units = shared if layout.merged_parties else _units(writer, layout)
        texts = _texts(writer, layout, units)
        requirement = writer.requirement(pick(rng, (topic.name, *topic.parts))) + pick(rng, ("。", "；"))
        label = layout.label.format(at + 1) if layout.label else ""
        texts |= {"serial": str(number + at + 1), "requirement": label + requirement}
        if layout.points and not (merged and at):
            texts["points"] = f"{score:f}" + ("分" if layout.points == "unit" else "")
        task = Task(
            requirement,
            score if layout.points and not (merged and at) else None,
            size if merged else 1,
            tuple(units),
            texts.get("deadline"),
        )
        rows.append(_Row(task, texts))
    if merged:
        _merge(rows, "points")
    if layout.merged_parties and size > 1:
        for role in ("party", "lead", "support"):
            _merge(rows, role)
    return rows


def _units(writer: Writer, layout: _Layout) -> list[str]:
    if "party" not in layout.roles and "lead" not in layout.roles:
        return []
    return writer.units(3)


def _texts(writer: Writer, layout: _Layout, units: Sequence[str]) -> dict[str, str]:
    """What stands in the columns behind the requirement."""
    rng = writer.rng
    found: dict[str, str] = {}
    separator = pick(rng, ("、", "，", "\n"))
    for role in layout.roles:
        if role in ("evidence", "deadline"):
            found[role] = writer.phrase({"evidence": "evidence", "deadline": "deadlines"}[role])
        elif role == "method":
            found[role] = "、".join(shuffled(rng, words()["sentences"]["methods"])[: 1 + int(rng.random() * 2)])
        elif role == "party":
            found[role] = separator.join(units)
        elif role in ("leader", "person"):
            found[role] = writer.person()
        elif role in ("lead", "support"):
            found[role] = separator.join(units[:1] if role == "lead" else units[1:])
    return found


def _draw(title: str, layout: _Layout, rows: Sequence[_Row | Decimal]) -> Table:
    cells = _header(layout)
    top = 2 if layout.group else 1
    for at, row in enumerate(rows, top):
        if isinstance(row, Decimal):
            cells += _subtotal(layout, at, row)
            continue
        for col, role in enumerate(layout.roles):
            span = row.spans.get(role, 1)
            if span:
                cells.append(Cell(at, col, row.texts.get(role, ""), span))
    return Table(title, top + len(rows), len(layout.roles), top, tuple(cells))


def _header(layout: _Layout) -> list[Cell]:
    """One row, or two where the columns of units stand below a common word."""
    if not layout.group:
        return [Cell(0, col, word) for col, word in enumerate(layout.headers)]
    below = [col for col, role in enumerate(layout.roles) if role in ("leader", "party", "lead", "support", "person")]
    cells = [Cell(0, col, word, 2) for col, word in enumerate(layout.headers) if col not in below] + [
        Cell(0, below[0], layout.group, 1, len(below))
    ]
    cells.sort(key=lambda cell: cell.col)
    return cells + [Cell(1, col, layout.headers[col]) for col in below]


def _subtotal(layout: _Layout, at: int, points: Decimal) -> list[Cell]:
    """小计 across everything before the requirement's end, and the sum in the column of points."""
    width = layout.roles.index("requirement") + 1
    rest = [
        Cell(at, col, f"{points:f}" if layout.roles[col] == "points" else "") for col in range(width, len(layout.roles))
    ]
    return [Cell(at, 0, "小计", 1, width), *rest]
