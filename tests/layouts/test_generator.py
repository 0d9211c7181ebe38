"""The generator of layouts is fair: everything that is asked for is on the page."""

from __future__ import annotations

import random
import re
from itertools import chain

import pytest

from extractors.parsers.column_headers import header_word
from tests.bench.formats import render as write
from tests.layouts.__main__ import variants
from tests.layouts.layout import FORMATS, draw, header_words
from tests.layouts.render import Variant, number
from tests.layouts.score import wanted
from tests.layouts.shapes import SHAPES
from tests.layouts.truth import runs, slugs, truths

TABLES = list(chain.from_iterable(map(truths, slugs())))
SEED = 5


def page(variant: Variant) -> str:
    return re.sub(r"\s+", "", "".join(cell.text for cell in variant.notice.tables[0].cells))


def some(shape: str = "table") -> list[Variant]:
    return [variant for truth in TABLES for variant in variants(truth, SEED, 6, shape=shape)]


def test_every_gold_notice_but_those_of_mixed_depth_is_laid_out() -> None:
    assert len({truth.slug for truth in TABLES}) >= 18


@pytest.mark.parametrize("kind", ["known", "unknown"])
def test_words_are_known_or_unknown_to_the_vocabulary_as_they_say(kind: str) -> None:
    words = [word for roles in header_words().values() for word in roles[kind]]
    assert {word for word in words if header_word(word).known} == (set(words) if kind == "known" else set())


@pytest.mark.parametrize("shape", SHAPES)
def test_every_text_that_is_asked_for_is_on_the_page(shape: str) -> None:
    for variant in some(shape):
        text = page(variant)
        for item in variant.items:
            expected = [item.requirement, item.evidence, item.deadline, item.label, *item.methods, *item.persons]
            expected += [*item.lead, *item.support, *(heading.name for heading in item.path)]
            expected += [number(heading.points) for heading in item.path if heading.points is not None]
            if item.points is not None:
                expected.append(number(item.points))
            missing = [one for one in expected if one and re.sub(r"\s+", "", one) not in text]
            assert missing == [], variant.layout.describe()


@pytest.mark.parametrize("shape", SHAPES)
def test_cells_fill_the_table_without_overlap(shape: str) -> None:
    for variant in some(shape):
        (table,) = variant.notice.tables
        with_text = [
            (row, col)
            for cell in table.cells
            for row in range(cell.row, cell.row + cell.row_span)
            for col in range(cell.col, cell.col + cell.col_span)
        ]
        assert sorted(with_text) == [(r, c) for r in range(table.n_rows) for c in range(table.n_cols)], (
            variant.layout.describe()
        )


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, two = (
        [write(variant.notice, variant.layout.format) for variant in variants(TABLES[0], SEED, 5)] for _ in range(2)
    )
    assert one == two
    assert one != [write(variant.notice, variant.layout.format) for variant in variants(TABLES[0], SEED + 1, 5)]


def test_headings_have_the_sums_of_their_items() -> None:
    for truth in TABLES:
        for level in range(truth.depth):
            for first, last in runs(truth.items, level):
                points = [item.points for item in truth.items[first : last + 1] if item.points is not None]
                expected = round(sum(points), 4) if points else None
                assert truth.items[first].path[level].points == expected


def test_points_written_behind_the_text_are_asked_for_there() -> None:
    drawn = next(v for v in some() if v.layout.points == "inline")
    fields = wanted(next(item for item in drawn.items if item.points is not None))
    assert fields["inline"] == [fields["points"]]
    assert "分)" in fields["requirement"]


def test_formats_are_drawn_alike_often() -> None:
    rng = random.Random(SEED)
    drawn = [draw(rng, TABLES[0]).format for _ in range(500)]
    assert min(drawn.count(kind) for kind in FORMATS) > 60


def test_every_page_is_a_table() -> None:
    assert min(variant.notice.tables[0].n_cols for variant in some()) >= 2
