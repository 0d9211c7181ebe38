"""Pixels → level pages, ruling lines and boxes of text; drawn images, no recogniser."""

from __future__ import annotations

import io
import os
from dataclasses import replace

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("cv2")

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractors.document import ReadError
from extractors.layout import Page
from extractors.layout.model import Box
from extractors.layout.page_layout import find_ruled_tables
from extractors.limits import DEFAULT_LIMITS
from extractors.readers.scan import rasterize
from extractors.readers.scan.binarize import binarize, measure_skew, prepare_page, remove_seals, rotate, soften_bilevel
from extractors.readers.scan.detect_rulings import detect_rulings
from extractors.readers.scan.text_regions import drop_specks, find_lines, find_rows, find_true_runs

SCALE = 150 / 72
"""Pixels per point."""
XS = [100, 300, 700, 1000]
YS = [200, 300, 330, 500, 800]


def _paper(height: int = 1200, width: int = 1200) -> NDArray[np.uint8]:
    return np.full((height, width), 245, dtype=np.uint8)


def _form(paper: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A grid of three columns and four rows, the first column merged over its last two rows."""
    for x in XS:
        cv2.line(paper, (x, YS[0]), (x, YS[-1]), (60,), 2)
    for y in YS:
        cv2.line(paper, (XS[1] if y == 500 else XS[0], y), (XS[-1], y), (60,), 2)
    return paper


def _type(paper: NDArray[np.uint8], x: int, y: int, count: int, size: int = 20) -> None:
    """Blocks of strokes as large as characters, a few pixels apart, as dense as type is."""
    for i in range(count):
        left = x + i * (size + 3)
        for k in range(0, size, 6):
            level = y + k + (0, 3, 1, 4, 2)[i % 5]
            cv2.line(paper, (left, level), (left + size - 3 * (k % 4), level), (30,), 2)
        cv2.line(paper, (left + size // 2, y), (left + size // 2, y + size), (30,), 2)


def _grid(paper: NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
    inked = prepare_page(paper, SCALE)
    height, width = paper.shape
    page = Page(1, width / SCALE, height / SCALE, (), detect_rulings(inked).rulings)
    (table,) = find_ruled_tables(page, 1000)
    return [(c.row, c.col, c.row_span, c.col_span) for c in table.cells]


PLAIN = [(r, c, 2 if (r, c) == (2, 0) else 1, 1) for r in range(4) for c in range(3) if (r, c) != (3, 0)]


def test_lines_give_the_cells_with_their_spans() -> None:
    assert _grid(_form(_paper())) == PLAIN


def test_a_page_askew_in_noise_gives_the_same_cells() -> None:
    paper = rotate(_form(_paper()), 1.3)
    noise = np.random.default_rng(5).normal(0, 9, paper.shape)
    assert _grid(np.clip(paper + noise, 0, 255).astype(np.uint8)) == PLAIN


def test_type_that_fills_the_cells_and_touches_lines_is_no_line() -> None:
    paper = _form(_paper())
    for y in (303, 334, 360, 386, 412, 438, 464, 476):
        _type(paper, 310, y, 16)
    _type(paper, 110, 305, 8)
    assert _grid(paper) == PLAIN


def test_broken_lines_are_joined() -> None:
    paper = _form(_paper())
    for x in range(120, 980, 130):
        paper[195:305, x : x + 9] = 245
    assert _grid(paper) == PLAIN


@pytest.mark.parametrize("degrees", [-3.1, -0.7, 0.0, 0.3, 2.4])
def test_skew_is_measured_to_a_tenth_of_a_degree(degrees: float) -> None:
    paper = _paper()
    for y in range(100, 1100, 40):
        _type(paper, 150, y, 36)
    assert measure_skew(binarize(rotate(paper, degrees), SCALE), SCALE) == pytest.approx(-degrees, abs=0.11)


@pytest.mark.parametrize("degrees", [-8.0, -5.5, 4.7, 8.3])
def test_a_sheet_laid_on_the_glass_askew_is_levelled_and_nothing_of_it_is_cut_off(degrees: float) -> None:
    paper = _form(_paper())
    cv2.rectangle(paper, (30, 30), (60, 60), (30,), -1)
    turned = rotate(paper, degrees)
    assert measure_skew(binarize(turned, SCALE), SCALE) == pytest.approx(-degrees, abs=0.11)
    assert min(turned.shape) > 1250
    assert (245 - turned.astype(int)).sum() == pytest.approx((245 - paper.astype(int)).sum(), rel=0.02)


def test_a_page_on_its_side_has_no_skew_of_its_own() -> None:
    paper = _paper()
    for x in range(120, 1000, 60):
        _type(paper, x, 100, 40)
    assert abs(measure_skew(binarize(np.ascontiguousarray(np.rot90(paper)), SCALE), SCALE)) <= 4.25


def test_an_empty_page_lies_straight() -> None:
    assert measure_skew(binarize(_paper(), SCALE), SCALE) == 0.0
    assert detect_rulings(prepare_page(_paper(), SCALE)).rulings == ()


def test_a_red_seal_goes_and_the_black_below_it_stays() -> None:
    image = np.full((600, 600, 3), 250, dtype=np.uint8)
    cv2.circle(image, (300, 300), 110, (220, 30, 40), 8)
    cv2.rectangle(image, (200, 290), (400, 296), (20, 20, 20), -1)
    grey = remove_seals(image, SCALE)
    assert grey[300 - 110, 300] > 200
    assert grey[293, 300] < 60
    ink = binarize(grey, SCALE)
    assert ink[293, 250] == 255
    assert not ink[180:200, 250:350].any()


@pytest.mark.parametrize("strength", [0.9, 0.6])
def test_type_below_a_seal_keeps_its_gray_and_the_seal_leaves_none(strength: float) -> None:
    image = np.full((600, 600, 3), 250, dtype=np.float64)
    cv2.rectangle(image, (200, 290), (400, 296), (20, 20, 20), -1)
    # The rim of a stroke is gray; red ink above it makes it a dark red.
    cv2.rectangle(image, (200, 297), (400, 298), (130, 130, 130), -1)
    stamp = np.zeros((600, 600), np.uint8)
    cv2.circle(stamp, (300, 300), 110, 255, 30)
    amount = (strength * cv2.GaussianBlur(stamp, (0, 0), 1.0) / 255)[:, :, None]
    image *= 1 - amount * (1 - np.array([210, 35, 45]) / 255)
    grey = remove_seals(np.asarray(image, np.uint8), SCALE)
    assert grey[180:280, 200:400].min() > 225
    assert np.ptp(grey[297, 205:395]) < 40
    assert grey[293, 205:395].max() < 40


def test_only_a_page_of_black_and_white_alone_is_softened() -> None:
    paper = np.full((400, 400), 255, dtype=np.uint8)
    _type(paper, 50, 100, 10)
    fax = np.where(paper < 128, np.uint8(0), np.uint8(255))
    soft = soften_bilevel(fax, SCALE)
    assert ((soft > 8) & (soft < 247)).mean() > 0.01
    assert abs(int(soft.astype(np.int64).sum()) - int(fax.astype(np.int64).sum())) < 0.01 * fax.sum(dtype=np.int64)
    scan = cv2.GaussianBlur(fax, (3, 3), 0)
    assert soften_bilevel(np.asarray(scan, np.uint8), SCALE) is scan
    assert soften_bilevel(_paper(), SCALE).max() == 245


def test_a_red_heading_stays() -> None:
    image = np.full((400, 1200, 3), 250, dtype=np.uint8)
    for x in range(100, 1100, 60):
        cv2.rectangle(image, (x, 150), (x + 45, 195), (210, 20, 30), 6)
    assert binarize(remove_seals(image, SCALE), SCALE)[153, 120] == 255


def test_true_runs() -> None:
    assert find_true_runs(np.array([False, True, True, False, True])) == [(1, 3), (4, 5)]
    assert find_true_runs(np.array([], dtype=bool)) == []


def test_lines_of_a_cell_and_far_stretches_of_a_line() -> None:
    ink = np.zeros((120, 400), np.uint8)
    for x, y in ((10, 10), (35, 10), (60, 10), (200, 10), (10, 40), (10, 70)):
        ink[y : y + 20, x : x + 20] = 255
    found = find_lines(ink, 21.0)
    assert [(s.x0, s.top, s.x1, s.bottom) for s in found] == [
        (10, 10, 80, 30), (200, 10, 220, 30), (10, 40, 30, 60), (10, 70, 30, 90),
    ]  # fmt: skip


def test_strokes_of_one_character_are_one_line_and_touching_lines_are_two() -> None:
    two = np.zeros((60, 60), np.uint8)
    two[20:23, 22:38] = two[35:38, 18:42] = 255
    assert find_rows(two, 21.0) == [(20, 38)]
    touching = np.zeros((60, 200), np.uint8)
    touching[5:25, 10:180] = touching[28:48, 10:180] = 255
    touching[25:28, 50:53] = 255
    assert len(find_rows(touching, 21.0)) == 2


def test_dirt_goes_and_a_point_stays() -> None:
    ink = np.zeros((40, 80), np.uint8)
    ink[10, 10] = 255
    ink[20:24, 40:44] = 255
    clean = drop_specks(ink, 21.0)
    assert not clean[10, 10]
    assert clean[21, 41]


def test_a_low_row_alone_at_the_foot_of_a_page_has_its_walls() -> None:
    paper = _paper()
    for y in (1000, 1030):
        cv2.line(paper, (XS[0], y), (XS[-1], y), (60,), 2)
    for x in XS:
        cv2.line(paper, (x, 1000), (x, 1030), (60,), 2)
    for x in XS[:-1]:
        _type(paper, x + 12, 1005, 4)
    assert _grid(paper) == [(0, c, 1, 1) for c in range(3)]


@pytest.mark.parametrize(
    ("values", "eight_bits"),
    [([[0, 32768, 65535]], [[0, 127, 255]]), ([[1000, 1500, 2000]], [[0, 127, 255]]), ([[7, 7, 7]], [[0, 0, 0]])],
)
def test_deep_pixels_fill_the_range_of_eight_bits(values: list[list[int]], eight_bits: list[list[int]]) -> None:
    image = Image.fromarray(np.asarray(values, dtype=np.int32))
    assert np.asarray(rasterize._to_eight_bits(image)).tolist() == eight_bits


@pytest.mark.parametrize(("most", "is_taken"), [(599, False), (600, True), (601, True)])
def test_a_picture_has_as_many_pixels_as_the_limit(monkeypatch: pytest.MonkeyPatch, most: int, is_taken: bool) -> None:
    monkeypatch.setattr(rasterize, "_MAX_PIXELS", most)
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "black").save(out, "png")
    placed = rasterize.PlacedImage(out.getvalue(), Box(0, 0, 30, 20))
    assert bool((rasterize.compose_page(1, 30, 20, [placed]).pixels == 0).any()) is is_taken
    if is_taken:
        assert len(list(rasterize.decode_images(out.getvalue(), DEFAULT_LIMITS))) == 1
        return
    with pytest.raises(ReadError, match="图片有 30×20 像素，超过上限"):
        list(rasterize.decode_images(out.getvalue(), DEFAULT_LIMITS))


@pytest.mark.parametrize(("most", "is_read"), [(1, False), (2, True), (3, True)])
def test_a_tiff_has_as_many_pages_as_the_limit(most: int, is_read: bool) -> None:
    out = io.BytesIO()
    pages = [Image.new("RGB", (30, 20), "white") for _ in range(2)]
    pages[0].save(out, "tiff", save_all=True, append_images=pages[1:])
    limits = replace(DEFAULT_LIMITS, max_pages=most)
    if is_read:
        assert [page.number for page in rasterize.decode_images(out.getvalue(), limits)] == [1, 2]
        return
    with pytest.raises(ReadError):
        list(rasterize.decode_images(out.getvalue(), limits))
