"""What a reader collects from a page: the share its pictures cover, and text recognised in them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from extractors.layout.model import Box, Page, PageFrame, Word
from extractors.layout.page_content import Drawing, merge_recognised

A4 = PageFrame(0.0, 0.0, 595.0, 842.0)


def _strips(kind: str) -> list[tuple[float, float, float, float]]:
    edges = [i * 842 / 400 for i in range(401)]
    kinds: dict[str, list[tuple[float, float, float, float]]] = {
        "rows": [(0, i * 84.2, 595, (i + 1) * 84.2) for i in range(10)],
        "columns": [(i * 119.0, 0, (i + 1) * 119.0, 842) for i in range(5)],
        "overlapping": [(0, i * 80.0, 595, i * 80.0 + 160) for i in range(10)],
        "thin": [(0, low, 595, high) for low, high in pairwise(edges)],
        "beyond": [(-300, -300, 900, 1200)],
    }
    return kinds[kind]


@pytest.mark.parametrize("kind", ["rows", "columns", "overlapping", "thin", "beyond"])
def test_strips_cover_the_page_together(kind: str) -> None:
    drawing = Drawing()
    for box in _strips(kind):
        drawing.add_picture(*box)
    assert drawing.picture_share(A4) > 0.95


def test_one_picture_laid_twice_counts_once() -> None:
    drawing = Drawing()
    for _ in range(2):
        drawing.add_picture(0, 0, 595, 842 * 0.4)
    assert drawing.picture_share(A4) == pytest.approx(0.4, abs=0.01)


def test_what_pictures_say_joins_the_page_at_its_place() -> None:
    box = Box(100, 200, 400, 300)
    around = Page(1, 595, 842, (Word("附表", 110, 210, 134, 222),))
    found = Page(1, 300, 100, (Word("附表", 10, 10, 34, 22, 0.9), Word("宣传科", 50, 50, 86, 62, 0.9)))
    assert [(w.text, w.x0, w.top) for w in merge_recognised(around, box, found).words] == [
        ("附表", 110, 210), ("宣传科", 150, 250),
    ]  # fmt: skip
