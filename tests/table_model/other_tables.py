"""Tables that list no tasks, as they stand beside those that do: rosters, statistics, budgets, forms, results."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from extractors.document import Cell, Table
from extractors.tables.grid import build_grid
from tests.table_model.samples import LabelledTable

SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英建国文辉志玲红"
WORDS: Final = tomllib.loads(Path(__file__).with_name("other_tables.toml").read_text("utf-8"))

Draw = Callable[[random.Random, int], str]


def _person(rng: random.Random, _: int) -> str:
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))


def _date(rng: random.Random, row: int) -> str:
    month, day = rng.randint(1, 12), row % 28 + 1
    return rng.choice((f"{month}月{day}日", f"2024-{month:02d}-{day:02d}", f"2024.{month}.{day}"))


def _number(rng: random.Random, _: int) -> str:
    small, large = rng.randint(0, 99), rng.randint(100, 99999)
    return rng.choice((str(small), str(large), f"{rng.uniform(0, 999):.2f}", f"{small}%"))


def _small(rng: random.Random, _: int) -> str:
    return str(rng.randint(0, 100))


def _phone(rng: random.Random, row: int) -> str:
    return rng.choice((f"1390000{row:04d}", f"0536-81{row:05d}", f"81{row:05d}"))


def _clock(rng: random.Random, _: int) -> str:
    return f"{rng.randint(7, 18):02d}:{rng.randint(0, 59):02d}"


def _one_of(kind: str) -> Draw:
    words: list[str] = WORDS["cells"][kind]
    return lambda rng, _: rng.choice(words)


def _week(rng: random.Random, _: int) -> str:
    return rng.choice("一二三四五六日")


def _serial(_: random.Random, row: int) -> str:
    return str(row + 1)


def _code(rng: random.Random, row: int) -> str:
    return rng.choice((f"A{500 + row}", f"{7100 + row}", f"{row + 1:02d}"))


def _blank(_: random.Random, __: int) -> str:
    return ""


COLUMNS: Final[dict[str, Draw]] = {
    "serial": _serial,
    "person": _person,
    "unit": _one_of("units"),
    "post": _one_of("posts"),
    "date": _date,
    "week": _week,
    "number": _number,
    "small": _small,
    "phone": _phone,
    "clock": _clock,
    "thing": _one_of("things"),
    "place": _one_of("places"),
    "state": _one_of("states"),
    "title": _one_of("titles"),
    "code": _code,
    "blank": _blank,
    "problem": _one_of("problems"),
    "use": _one_of("uses"),
    "summary": _one_of("summaries"),
}
"""What is drawn below a header, by the kind of column."""
KINDS: Final[list[list[str]]] = WORDS["kinds"]["tables"]
HEADERS: Final[dict[str, list[str]]] = WORDS["headers"]
MOST_ROWS: Final = 30
STRANGE_HEADER: Final = 0.2
"""Share of columns whose header word belongs to another column."""
SPARSE: Final = 0.15
"""Share of tables of which half of the cells is still to be filled in."""


def other_tables(slug: str, seed: int, count: int) -> Iterator[LabelledTable]:
    """Yield tables without tasks; the kind of each row is "other"."""
    for number in range(count):
        rng = random.Random(f"other/{seed}/{slug}/{number}")
        yield _compose(slug, rng)


def _compose(slug: str, rng: random.Random) -> LabelledTable:
    kind = [name for name in rng.choice(KINDS) if rng.random() < 0.9]
    while len(kind) < 2:
        kind.append(rng.choice(list(COLUMNS)))
    if rng.random() < 0.2:
        kind.insert(rng.randrange(len(kind)), rng.choice(list(COLUMNS)))
    rows = rng.randint(3, MOST_ROWS)
    headers = [
        rng.choice(HEADERS[rng.choice(list(COLUMNS)) if rng.random() < STRANGE_HEADER else name]) for name in kind
    ]
    sparse = rng.random() < SPARSE
    cells = [Cell(0, c, text, f"第1行第{c + 1}列") for c, text in enumerate(headers)]
    for r in range(rows):
        for c, name in enumerate(kind):
            text = COLUMNS[name](rng, r)
            if sparse and name != "serial" and rng.random() < 0.6:
                text = ""
            cells.append(Cell(r + 1, c, text, f"第{r + 2}行第{c + 1}列"))
    marked = rng.choice((None, 1))
    table = Table(tuple(cells), rows + 1, len(kind), "第1个表格", rng.random() < 0.5, marked)
    return LabelledTable(slug, build_grid(table), marked, tuple(["other"] * len(kind)), ("header", *["other"] * rows))
