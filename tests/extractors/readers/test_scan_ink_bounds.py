"""Bounds at which red is a seal, a page a fax and gray ink, each met exactly and just missed; how far pages turn."""

from __future__ import annotations

import os

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("cv2")

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.readers.scan.binarize import binarize, measure_skew, remove_seals, rotate, soften_bilevel

Color = tuple[int, int, int]
RED: Color = (200, 40, 40)
PAPER = 250


def page(height: int = 400, width: int = 400) -> NDArray[np.uint8]:
    return np.full((height, width, 3), PAPER, dtype=np.uint8)


def draw(image: NDArray[np.uint8], width: int, height: int, color: Color = RED, *, x: int = 50, y: int = 50) -> None:
    """Draw a rim of 8 pixels."""
    cv2.rectangle(image, (x, y), (x + width - 1, y + height - 1), color, -1)
    cv2.rectangle(image, (x + 8, y + 8), (x + width - 9, y + height - 9), (PAPER,) * 3, -1)


def is_removed(image: NDArray[np.uint8], x: int = 52, y: int = 52) -> bool:
    return bool(remove_seals(image, 1.0)[y, x] > 230)


@pytest.mark.parametrize(("other", "removed"), [(159, True), (160, False)])
def test_red_exceeds_green_and_blue_by_more_than_forty(other: int, removed: bool) -> None:
    for color in ((200, other, 100), (200, 100, other)):
        image = page()
        draw(image, 100, 100, color)
        assert is_removed(image) is removed


@pytest.mark.parametrize(("width", "removed"), [(842, True), (843, False)])
def test_a_page_with_less_red_has_no_seal(width: int, removed: bool) -> None:
    """A rim of 236 pixels: of 10,000 pixels of the page just four, or just less."""
    image = page(700, width)
    cv2.rectangle(image, (50, 50), (109, 109), RED, 1)
    assert bool(remove_seals(image, 1.0)[50, 80] > 230) is removed


@pytest.mark.parametrize(
    ("width", "height", "removed"),
    [
        (47, 47, True),
        (47, 46, False),
        (46, 47, False),
        (157, 157, True),
        (158, 157, False),
        (157, 158, False),
        (97, 157, True),
        (157, 97, True),
        (96, 157, False),
        (157, 96, False),
    ],
)
def test_a_seal_is_as_large_and_as_round_as_seals_are(width: int, height: int, removed: bool) -> None:
    """The joined parts are three pixels wider than what is drawn."""
    image = page()
    draw(image, width, height)
    assert is_removed(image) is removed


@pytest.mark.parametrize(
    ("gap", "scale", "removed"), [(3, 1.0, True), (4, 1.0, False), (2, 0.5, True), (3, 0.5, False)]
)
def test_parts_of_a_seal_are_close_together(gap: int, scale: float, removed: bool) -> None:
    side = round(60 * scale)
    image = page()
    for x in (50, 50 + side // 2 + gap):
        cv2.rectangle(image, (x, 50), (x + side // 2 - 1, 50 + side - 1), RED, -1)
        cv2.rectangle(image, (x + 4, 54), (x + side // 2 - 5, 50 + side - 5), (PAPER,) * 3, -1)
    assert bool(remove_seals(image, scale)[52, 52] > 230) is removed


@pytest.mark.parametrize(
    ("color", "left"), [((200, 40, 40), 250), ((126, 20, 20), 250), ((100, 20, 20), 200), ((250, 20, 20), 250)]
)
def test_red_ink_lets_at_least_half_of_the_red_light_pass(color: Color, left: int) -> None:
    image = page()
    draw(image, 100, 100, color)
    assert remove_seals(image, 1.0)[54, 100] == left


@pytest.mark.parametrize(("side", "left"), [(50, 250), (58, 200)])
def test_the_paper_of_a_seal_is_the_palest_tenth_of_it(side: int, left: int) -> None:
    image = page()
    cv2.rectangle(image, (50, 50), (49 + side, 49 + side), RED, -1)
    assert remove_seals(image, 1.0)[70, 70] == left


@pytest.mark.parametrize(("n_rows", "left"), [(9, 250), (11, 243)])
def test_full_red_is_that_of_the_reddest_tenth(n_rows: int, left: int) -> None:
    """Of a hundred rows of red ink the upper ones are redder than the others."""
    image = page()
    image[50:150, 60:140:2] = (200, 40, 40)
    image[50 : 50 + n_rows, 60:140:2] = (200, 20, 20)
    assert remove_seals(image, 1.0)[140, 80] == left


@pytest.mark.parametrize(
    ("n_gray", "value", "is_softened"),
    [(20, 100, True), (21, 100, False), (21, 8, True), (21, 247, True), (21, 9, False), (21, 246, False)],
)
def test_a_fax_has_hardly_a_gray_pixel(n_gray: int, value: int, is_softened: bool) -> None:
    """Of ten thousand pixels."""
    gray = np.full((100, 100), 255, dtype=np.uint8)
    gray[10, :50] = 0
    gray[50, :n_gray] = value
    assert (soften_bilevel(gray, 1.0) is not gray) is is_softened


def test_the_rims_of_a_fax_are_as_wide_as_those_of_a_scan() -> None:
    gray = np.full((9, 60), 255, dtype=np.uint8)
    gray[:, :30] = 0
    assert soften_bilevel(gray, 2.0)[4, 26:34].tolist() == [0, 0, 8, 69, 186, 247, 255, 255]
    assert soften_bilevel(gray, 1.0)[4, 26:34].tolist() == [0, 0, 0, 15, 240, 255, 255, 255]


@pytest.mark.parametrize(
    ("paper", "ink", "is_ink"), [(250, 190, True), (250, 194, False), (120, 101, True), (120, 103, False)]
)
def test_ink_is_darker_than_its_surroundings_by_a_share_of_the_range(paper: int, ink: int, is_ink: bool) -> None:
    """A quarter of it, less a bit; on a page as pale as the second one by eighteen of 255."""
    gray = np.full((400, 400), paper, dtype=np.uint8)
    if paper == PAPER:
        gray[:40, :400] = 10
    gray[200:208, 100:300] = ink
    assert bool(binarize(gray, 2.0)[203, 200]) is is_ink


@pytest.mark.parametrize(("thickness", "is_ink"), [(20, True), (40, False)])
def test_what_is_wider_than_the_window_is_paper(thickness: int, is_ink: bool) -> None:
    gray = np.full((400, 400), PAPER, dtype=np.uint8)
    gray[150 : 150 + thickness, 50:350] = 100
    assert bool(binarize(gray, 2.0)[150 + thickness // 2, 200]) is is_ink


@pytest.mark.parametrize(("degrees", "is_turned"), [(0.039, False), (0.04, True), (-0.039, False), (-0.04, True)])
def test_a_page_hardly_askew_stays(degrees: float, is_turned: bool) -> None:
    gray = np.full((60, 80), PAPER, dtype=np.uint8)
    assert (rotate(gray, degrees) is not gray) is is_turned


@pytest.mark.parametrize(
    ("degrees", "shape"), [(4.49, (600, 800)), (-4.49, (600, 800)), (4.5, (661, 845)), (-4.5, (661, 845))]
)
def test_a_page_far_askew_is_made_larger(degrees: float, shape: tuple[int, int]) -> None:
    gray = np.full((600, 800), PAPER, dtype=np.uint8)
    gray[290:310, 390:410] = 0
    turned = rotate(gray, degrees)
    assert turned.shape == shape
    rows, columns = np.nonzero(turned < 100)
    assert (rows.mean(), columns.mean()) == pytest.approx(((shape[0] - 1) / 2, (shape[1] - 1) / 2), abs=1.0)


@pytest.mark.parametrize("degrees", [-9.0, -6.25, -4.0, -3.3, 0.3, 2.85, 4.0, 5.4, 9.0])
def test_skew_is_measured_to_a_twentieth_of_a_degree(degrees: float) -> None:
    ink = np.zeros((1000, 1000), dtype=np.uint8)
    for y in range(60, 960, 24):
        ink[y : y + 8, 60:940] = 255
    turned = cv2.warpAffine(ink, cv2.getRotationMatrix2D((500, 500), degrees, 1.0), (1000, 1000))
    assert measure_skew(np.asarray(turned, np.uint8), 2.0) == pytest.approx(-degrees, abs=0.051)


@pytest.mark.parametrize("shape", [(3, 40), (40, 3), (1, 1)])
def test_a_picture_of_hardly_a_pixel_is_paper(shape: tuple[int, int]) -> None:
    assert not binarize(np.full(shape, PAPER, dtype=np.uint8), 2.0).any()
