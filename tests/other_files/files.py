"""Files that are no notices: kinds, headers, formats and lengths drawn by lot; a seed gives the same bytes.

python -m tests.other_files --seed 7
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.formats import WRITERS, suffix
from tests.bench.notices import Cell, Notice, Table

WORDS: Final[Mapping[str, Any]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
TEXTS: Final[Mapping[str, list[str]]] = WORDS["texts"]
FORMATS: Final = ("xlsx", "docx", "html", "txt", "md", "csv", "pdf")
PLAIN: Final = ("html", "txt", "md", "csv", "xlsx")
"""Formats that are written and read in milliseconds."""
SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明"
CHINESE: Final = "一二三四五六七八九十"
FEWEST, MOST = 5, 24


@dataclass(frozen=True, slots=True)
class OtherFile:
    """A file that is no notice, and the kind of document that it is."""

    kind: str
    name: str
    data: bytes


def _person(rng: random.Random, _: int) -> str:
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))


def _date(rng: random.Random, row: int) -> str:
    month, day = rng.randint(1, 12), row % 28 + 1
    return rng.choice((f"{month}月{day}日", f"2024-{month:02d}-{day:02d}", f"2024.{month}.{day}", f"{month}月"))


def _money(rng: random.Random, _: int) -> str:
    return rng.choice((f"{rng.uniform(1, 9999):.2f}", f"{rng.randint(1, 99999):,}", str(rng.randint(10, 900))))


FIGURES: Final[Mapping[str, Callable[[random.Random, int], str]]] = {
    "serial": lambda _, row: str(row + 1),
    "person": _person,
    "date": _date,
    "clock": lambda rng, _: f"{rng.randint(6, 20):02d}:{rng.randint(0, 59):02d}",
    "money": _money,
    "small": lambda rng, _: str(rng.randint(1, 100)),
    "percent": lambda rng, _: f"{rng.randint(1, 100)}%",
    "phone": lambda rng, row: f"{rng.randint(2, 8)}{100 + row}{rng.randint(1000, 9999)}",
    "mobile": lambda rng, row: f"1380000{row:04d}",
    "code": lambda rng, row: rng.choice((f"T-{row + 101}", f"{5001 + row}", f"K{row + 12}")),
    "week": lambda rng, _: "星期" + rng.choice("一二三四五六日"),
    "page": lambda rng, row: str(row * 3 + rng.randint(1, 3)),
}
"""What stands below a header that names no list of texts."""


def _draw(kind: str, rng: random.Random, row: int) -> str:
    return rng.choice(TEXTS[kind]) if kind in TEXTS else FIGURES[kind](rng, row)


def _table(spec: Mapping[str, Any], rng: random.Random) -> Notice:
    """Return a page with one table, and lines above it."""
    columns = [column.rsplit(":", 1) for column in spec["columns"] if rng.random() < 0.93]
    title, n_rows = rng.choice(spec["titles"]), rng.randint(FEWEST, MOST)
    rows = [[rng.choice(names.split("|")) for names, _ in columns]]
    rows += [[_draw(kind, rng, row) for _, kind in columns] for row in range(n_rows)]
    if spec.get("total"):
        rows.append(["合计", *(FIGURES["money"](rng, 0) if kind == "money" else "" for _, kind in columns[1:])])
    cells = tuple(Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    lines = tuple(spec.get("lines", ())) if rng.random() < 0.7 else ()
    return Notice(title, "", "", (title, *lines), (Table(title, len(rows), len(columns), 1, cells),), ())


def _prose(spec: Mapping[str, Any], rng: random.Random) -> Notice:
    """Return a page of numbered lines or paragraphs."""
    title, mark, lines = rng.choice(spec["titles"]), rng.choice(spec["numbered"]), []
    for number in range(rng.randint(FEWEST, len(CHINESE))):
        text = rng.choice(TEXTS[spec["texts"]])
        if len(text) > 20 and rng.random() < 0.5:
            text += rng.choice(TEXTS[spec["texts"]])
        tail = spec.get("tail", "").format(page=number * 4 + 1, money=rng.randint(20, 9000))
        lines.append(mark.format(zh=CHINESE[number], n=number + 1) + text + tail)
    return Notice(title, "", "", (title, *lines), (), ())


def _csv(page: Notice) -> bytes:
    lines = [page.title, *page.letter[1:]] if not page.tables else []
    lines += [",".join(f'"{text}"' if "," in text else text for text in row) for t in page.tables for row in t.grid()]
    return ("\n".join(lines) + "\n").encode("utf-8-sig")


def _write(page: Notice, file_format: str) -> bytes:
    return _csv(page) if file_format == "csv" else WRITERS[file_format](page)


def other_files(seed: int, count: int, formats: tuple[str, ...] = FORMATS) -> Iterator[OtherFile]:
    """Yield `count` files, of every kind as often as of the others."""
    specs = [*((_table, spec) for spec in WORDS["tables"]), *((_prose, spec) for spec in WORDS["proses"])]
    for number in range(count):
        rng = random.Random(f"other files/{seed}/{number}")
        make, spec = specs[number % len(specs)]
        file_format = rng.choice(formats)
        data = _write(make(spec, rng), file_format)
        ending = ".csv" if file_format == "csv" else suffix(file_format)
        yield OtherFile(spec["name"], f"{number:03d}-{spec['name']}{ending}", data)
