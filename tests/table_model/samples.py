"""Labelled tables: variants of the gold notices with the true role of each column and the true kind of each row."""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from extractors import vocabulary
from extractors.attachments import read
from extractors.document import Document
from extractors.normalize import strip_whitespace
from extractors.parsers.responsible_units import unit_words
from extractors.tables.grid import Grid, GridCell, build_grid, concat, take_rows
from extractors.tables.header_ngrams import OPEN_ROLES
from tests.bench.formats import render as write
from tests.layouts.layout import FORMATS, LEVEL_WORDS, draw
from tests.layouts.render import Variant, render
from tests.layouts.truth import truths

WORDS: Final = Path(__file__).with_name("header_words.toml")
LABELS: Final = Path(__file__).with_name("labels.jsonl")
"""Headers, roles and row kinds of the tables of tests/gold as published, checked against their truth."""
NOTICES: Final = Path(__file__).parents[1] / "notices"
MISLEADING: Final = 0.08
"""Share of columns whose header word says something else."""
SHORT_TABLES: Final = 0.25
SHORT_LENGTH: Final = 16
LONG_CRITERIA: Final = 0.6
CRITERIA_ITEMS: Final = 3
"""Items whose wording makes up a criterion."""
BLANKED_TABLES: Final = 0.35
BLANKED_ROLES: Final = ("party", "lead", "method", "deadline", "person", "leader", "points", "evidence")
PLACE_TABLES: Final = 0.08
PROGRESS_TABLES: Final = 0.15
STRANGE: Final = 0.12
"""Share of unknown header words that resemble those of another column."""
KEPT_HEADERS: Final = ("matrix", "unit", "method_mark", "other")


@dataclass(frozen=True, slots=True)
class LabelledTable:
    """A table as a reader gives it, with the truth about its columns and rows."""

    slug: str
    grid: Grid
    marked_rows: int | None
    roles: tuple[str, ...]
    """The role of each column; "matrix" for ticks below a unit."""
    row_kinds: tuple[str, ...]

    @property
    def is_other(self) -> bool:
        """Whether the table lists no tasks."""
        return "other" in self.row_kinds


@cache
def training_words() -> dict[str, dict[str, list[str]]]:
    """Return the header words of training: unknown and misleading → role → words."""
    return tomllib.loads(WORDS.read_text("utf-8"))


@cache
def vocabulary_words() -> dict[str, list[tuple[str, float]]]:
    """Return the words of the vocabulary with their weights: role → words."""
    data = vocabulary.load_toml("headers")
    out: dict[str, list[tuple[str, float]]] = {}
    for entry in data["fixed"]:
        listed = (*entry.get("exact", ()), *unit_words(entry["role"]))
        out.setdefault(entry["role"], []).extend((word, 1.0) for word in listed)
    for open_entry in data["open"]:
        for role in OPEN_ROLES:
            weight = float(open_entry.get(role, 0.0))
            out.setdefault(role, []).extend((word, weight**2) for word in open_entry.get("exact", ()) if weight)
    return out


def labelled_variants(slug: str, seed: int, count: int) -> Iterator[LabelledTable]:
    """Yield `count` variants of each table of a gold notice, without those whose rows a reader changes."""
    for truth in truths(slug):
        for number in range(count):
            rng = random.Random(f"train/{seed}/{slug}/{truth.title}/{number}")
            layout = draw(rng, truth, kind=FORMATS[number % len(FORMATS)])
            variant = render(truth, layout, rng.randrange(2**31))
            if (table := labelled(slug, variant)) is not None:
                table = with_long_criteria(with_places(with_other_words(table, rng), rng), rng)
                yield with_progress(with_blank_repeats(with_short_texts(table, rng), rng), rng)


def published_tables(slug: str, seed: int, count: int) -> Iterator[LabelledTable]:
    """Yield the labelled tables of the files of a gold notice as published, and `count` times with other headers."""
    for line in LABELS.read_text("utf-8").splitlines():
        label = json.loads(line)
        if label["notice"] != slug:
            continue
        table = _published(label)
        yield table
        for number in range(count):
            rng = random.Random(f"train/{seed}/{label['file']}/{sorted(label['headers'])}/{number}")
            yield with_other_words(table, rng)


def _published(label: dict[str, Any]) -> LabelledTable:
    path = NOTICES / label["file"]
    tables = list(read(path.read_bytes(), path.name).tables())
    grid: Grid | None = None
    for ordinal, (start, stop) in label["headers"].items():
        part = build_grid(tables[int(ordinal)])
        if grid is None:
            grid = take_rows(part, range(part.n_rows))
            kinds = ["title"] * start + ["header"] * (stop - start)
            head = [[strip_whitespace(cell.text) for cell in row] for row in part.cells[start:stop]]
            marked = tables[int(ordinal)].header_rows
        else:
            grid = concat(grid, take_rows(part, range(stop, part.n_rows)))
    assert grid is not None
    repeated = {
        r for r in range(len(kinds), grid.n_rows) if [strip_whitespace(cell.text) for cell in grid.cells[r]] in head
    }
    grid = take_rows(grid, [r for r in range(grid.n_rows) if r not in repeated])
    kinds += [label["rows"].get(str(i), "task") for i in range(label["n_rows"])]
    assert len(kinds) == grid.n_rows, label
    return LabelledTable(label["notice"], grid, marked, tuple(label["roles"]), tuple(kinds))


def with_other_words(table: LabelledTable, rng: random.Random) -> LabelledTable:
    """Exchange header words: for unknown ones, for others of the vocabulary, seldom for misleading ones."""
    stop = last_header_row(table) + 1
    first = next((i for i, role in enumerate(table.roles) if role == "level"), 0)
    grid = take_rows(table.grid, range(table.grid.n_rows))
    unknown_share = rng.choice((0.0, 0.5, 1.0))
    for c, role in enumerate(table.roles):
        cell = grid.cell(stop - 1, c)
        if role in KEPT_HEADERS or cell.cols > 1 or not cell.text:
            continue
        depth = sum(other == "level" for other in table.roles[first:c])
        word = _other_word(role, depth, unknown_share, rng)
        other = replace(cell, text=word, raw=word)
        for r in range(cell.row, cell.row + cell.rows):
            grid.cells[r][c] = other
    return replace(table, grid=grid)


def with_long_criteria(table: LabelledTable, rng: random.Random) -> LabelledTable:
    """Word the criteria of some tables as the sum of what they ask for, and their requirements as short items."""
    if rng.random() >= LONG_CRITERIA or not {"criteria", "requirement"} <= set(table.roles):
        return table
    grid = take_rows(table.grid, range(table.grid.n_rows))
    broad, fine = table.roles.index("criteria"), table.roles.index("requirement")
    groups: list[list[int]] = []
    for r, kind in enumerate(table.row_kinds):
        if kind != "task":
            continue
        cell = grid.cell(r, broad)
        if not groups or (cell.row == r and cell.text and cell.text != grid.cell(groups[-1][0], broad).text):
            groups.append([])
        groups[-1].append(r)
    for rows in groups:
        wording = "".join(dict.fromkeys(grid.cell(r, fine).text for r in rows[:CRITERIA_ITEMS]))
        said = grid.cell(rows[0], broad).text
        for r in rows:
            if grid.cell(r, broad).text == said:
                grid.cells[r][broad] = replace(grid.cell(r, broad), text=wording, raw=wording)
            item = grid.cell(r, fine)
            if item.row == r and item.rows == 1:
                text = re.split(r"[，。；,;]", item.text)[0][:SHORT_LENGTH]
                grid.cells[r][fine] = replace(item, text=text, raw=text)
    return replace(table, grid=grid)


def with_short_texts(table: LabelledTable, rng: random.Random) -> LabelledTable:
    """Cut the requirements of some tables to their first clause, as short lists word them: 开展道德讲堂活动."""
    if rng.random() < SHORT_TABLES:
        kept = rng.randint(3, 9) + last_header_row(table)
        grid = take_rows(table.grid, range(min(kept, table.grid.n_rows)))
        table = replace(table, grid=grid, row_kinds=table.row_kinds[: grid.n_rows])
    if rng.random() >= SHORT_TABLES or "requirement" not in table.roles:
        return table
    grid = take_rows(table.grid, range(table.grid.n_rows))
    c = table.roles.index("requirement")
    for r, kind in enumerate(table.row_kinds):
        cell = grid.cell(r, c)
        if kind == "task" and cell.row == r and cell.rows == 1 and cell.cols == 1 and cell.text:
            text = re.split(r"[，。；,;]", cell.text)[0][:SHORT_LENGTH]
            grid.cells[r][c] = replace(cell, text=text, raw=text)
    return replace(table, grid=grid)


def with_places(table: LabelledTable, rng: random.Random) -> LabelledTable:
    """Exchange the names of the last level of some tables for kinds of places, which read like units."""
    levels = [c for c, role in enumerate(table.roles) if role == "level"]
    if rng.random() >= PLACE_TABLES or not levels:
        return table
    grid = take_rows(table.grid, range(table.grid.n_rows))
    places = rng.sample(training_words()["places"]["words"], len(training_words()["places"]["words"]))
    names: dict[str, str] = {}
    for r, kind in enumerate(table.row_kinds):
        cell = grid.cell(r, levels[-1])
        if kind == "task" and cell.row == r and cell.cols == 1 and cell.text:
            name = names.setdefault(cell.text, places[len(names) % len(places)])
            other = replace(cell, text=name, raw=name)
            for row in range(cell.row, cell.row + cell.rows):
                grid.cells[row][levels[-1]] = other
    return replace(table, grid=grid)


def with_progress(table: LabelledTable, rng: random.Random) -> LabelledTable:
    """Append to some tables a column that says how far each task is, in states or per cent, as trackers do."""
    if rng.random() >= PROGRESS_TABLES:
        return table
    words = training_words()["progress"]
    values = rng.choice((words["states"], words["shares"], words["ranks"]))
    filled = rng.choice((0.4, 1.0))
    grid = take_rows(table.grid, range(table.grid.n_rows))
    column = grid.n_cols
    for r, kind in enumerate(table.row_kinds):
        text = rng.choice(values) if kind == "task" and rng.random() < filled else ""
        if kind == "header" and "header" not in table.row_kinds[:r]:
            text = rng.choice(words["headers"])
        grid.cells[r].append(GridCell(r, column, text, text, "", 1, 1))
    grid = replace(grid, n_cols=column + 1)
    return replace(table, grid=grid, roles=(*table.roles, "remark"))


def with_blank_repeats(table: LabelledTable, rng: random.Random) -> LabelledTable:
    """Blank what some tables would say again below itself, as texts do that draw no merged cells."""
    if rng.random() >= BLANKED_TABLES:
        return table
    grid = take_rows(table.grid, range(table.grid.n_rows))
    for c, role in enumerate(table.roles):
        said = ""
        for r, kind in enumerate(table.row_kinds):
            cell = grid.cell(r, c)
            if kind != "task" or role not in BLANKED_ROLES or cell.rows > 1 or cell.cols > 1:
                said = ""
            elif cell.text and cell.text == said:
                grid.cells[r][c] = replace(cell, text="", raw="")
            else:
                said = cell.text
    return replace(table, grid=grid)


def _other_word(role: str, depth: int, unknown_share: float, rng: random.Random) -> str:
    words = training_words()
    if role in words["misleading"] and rng.random() < MISLEADING:
        return rng.choice(words["misleading"][role])
    if rng.random() < unknown_share:
        if rng.random() < STRANGE:
            return rng.choice(words["unknown"][rng.choice(list(words["unknown"]))])
        return rng.choice(words["unknown"][LEVEL_WORDS[min(depth, 2)] if role == "level" else role])
    listed = vocabulary_words()[role]
    return rng.choices([word for word, _ in listed], [weight for _, weight in listed])[0]


def last_header_row(table: LabelledTable) -> int:
    """Return the last row of the header at the top of a table."""
    start = table.row_kinds.index("header")
    return next(r for r in range(start, len(table.row_kinds)) if table.row_kinds[r] != "header") - 1


def labelled(slug: str, variant: Variant) -> LabelledTable | None:
    """Return the table of a variant as a reader gives it, None if its size differs from what was drawn."""
    document = read_variant(variant)
    tables = list(document.tables())
    (drawn,) = variant.notice.tables
    if len(tables) != 1 or (tables[0].n_rows, tables[0].n_cols) != (drawn.n_rows, drawn.n_cols):
        return None
    return LabelledTable(slug, build_grid(tables[0]), tables[0].header_rows, variant.roles, variant.row_kinds)


def read_variant(variant: Variant) -> Document:
    """Write a variant in its format and read it back."""
    kind = variant.layout.format
    return read(write(variant.notice, kind), f"通知.{kind}")


def sizes(tables: Sequence[LabelledTable]) -> str:
    """Return how many tables, columns and rows there are."""
    columns = sum(len(table.roles) for table in tables)
    return f"{len(tables)} tables, {columns} columns, {sum(len(table.row_kinds) for table in tables)} rows"
