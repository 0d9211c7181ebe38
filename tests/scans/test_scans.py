"""Damaged pages beside clean ones; `python -m tests.scans` measures all of them."""

from __future__ import annotations

import os

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("rapidocr")

from tests.scans.__main__ import report, rows_right, silently_wrong
from tests.scans.damages import DAMAGES
from tests.scans.measure import Reading, Score, Wanted, compare, damage_page, fold, measure
from tests.scans.pages import PAGES

SHORT = ("photograph", "seal")
SMALL_PAGE = PAGES[2]
SEED = 7
LEAST_ROWS, MOST_SILENT = 0.9, 0.02
LEAST_GOOD, MOST_SILENT_OF_ALL = 10, 0.01
"""Of the twelve damages, and of the cells of all of them."""


def _reading(*rows: str, doubted: frozenset[tuple[int, int]] = frozenset()) -> Reading:
    """A reading of rows as `a|b|c`."""
    return Reading(tuple(tuple(enumerate(row.split("|"))) for row in rows), doubted, 1.0)


CLEAN = Wanted(_reading("序号|内容|分值", "1|建好志愿服务站|20", "2|开展活动|10"), ({}, {1: "建好志愿服务点"}, {}))


@pytest.mark.parametrize(
    ("damaged", "right", "wrong", "silent"),
    [
        (_reading("序号|内容|分值", "1|建好志愿服务站|20", "2|开展活动|10"), 3, 0, 0),
        (_reading("序号|内容|分值", "1|建好志愿服务点|20", "2|开展活动|10"), 3, 0, 0),
        (_reading("序号|内容|分值", "1|建好志愿服务站|26", "2|开展活动|10"), 2, 1, 1),
        (_reading("序号|内容|分值", "1|建好志愿服务站|26", "2|开展活动|10", doubted=frozenset({(1, 2)})), 2, 1, 0),
        (_reading("序号|内容|分值", "2|开展活动|10"), 2, 3, 3),
        (_reading("序号|内容|分值", "1|建好志愿服务站|20|多", "2|开展活动|10"), 2, 0, 0),
        (_reading(), 0, 9, 9),
    ],
    ids=["the same", "as printed", "a digit", "a doubted digit", "a lost row", "a cell too many", "nothing"],
)
def test_what_counts_as_right_and_as_silently_wrong(damaged: Reading, right: int, wrong: int, silent: int) -> None:
    score = compare("seal", "page", CLEAN, damaged)
    assert (score.rows, score.right, score.cells, score.wrong, len(score.silent)) == (3, right, 9, wrong, silent)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("１０ 分；", "10分"), ("0.5分", "0.5分"), ("“创建”，巩固", "创建巩固"), ("≧80％", "≥80%"), ("Ⅱ-1", "ii-1")],
)
def test_blanks_and_marks_do_not_count_but_between_digits(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_the_same_seed_damages_a_page_in_the_same_way() -> None:
    pixels = SMALL_PAGE.draw()[:700, :900].copy()
    for name in DAMAGES:
        data = damage_page(pixels, SMALL_PAGE, name, 3)
        assert data == damage_page(pixels, SMALL_PAGE, name, 3), name
        assert data != damage_page(pixels, SMALL_PAGE, name, 4), name


def _assert_read(found: list[Score], name: str) -> None:
    group = [one for one in found if one.damage == name]
    assert rows_right(group) >= LEAST_ROWS, report(found)
    assert silently_wrong(group) <= MOST_SILENT, report(found)


@pytest.mark.scans
def test_a_photograph_and_a_seal_cost_nearly_nothing() -> None:
    found = measure([SMALL_PAGE], SHORT, SEED)
    for name in SHORT:
        _assert_read(found, name)


@pytest.mark.scans
def test_every_damage_to_every_page() -> None:
    # In CI each page is damaged in every third way, so that all are tried once.
    share = int(os.environ.get("WENMING_SCAN_SHARE", "1"))
    names = list(DAMAGES)
    found = [score for n, page in enumerate(PAGES) for score in measure([page], names[n % share :: share], SEED)]
    good = [name for name in DAMAGES if rows_right([one for one in found if one.damage == name]) >= LEAST_ROWS]
    assert len(good) >= LEAST_GOOD, report(found)
    assert silently_wrong(found) <= MOST_SILENT_OF_ALL, report(found)
