"""What is a sheet in a picture of more than it, at and beyond each bound: brightness, size, corners, frame, ratio."""

from __future__ import annotations

import os

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("cv2")

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.readers.scan.find_sheet import cut_out_sheet, find_corners
from extractors.readers.scan.rasterize import PageImage

Corners = tuple[tuple[int, int], ...]
PLAIN: Corners = ((100, 60), (500, 60), (500, 580), (100, 580))


def photo(
    corners: Corners = PLAIN, *, ground: int = 60, paper: int = 240, size: tuple[int, int] = (640, 600)
) -> NDArray[np.uint8]:
    """A bright sheet on a darker ground, in the size in which sheets are looked for."""
    pixels = np.full((*size, 3), ground, dtype=np.uint8)
    cv2.fillConvexPoly(pixels, np.array(corners, np.int32), (paper,) * 3)
    return pixels


def is_found(pixels: NDArray[np.uint8]) -> bool:
    return find_corners(pixels) is not None


@pytest.mark.parametrize(("ground", "found"), [(205, True), (206, False)])
def test_paper_is_brighter_than_its_ground(ground: int, found: bool) -> None:
    assert is_found(photo(ground=ground)) is found


@pytest.mark.parametrize(
    ("width", "height", "found"),
    [(300, 388, True), (300, 380, False), (584, 626, True), (588, 626, False)],
)
def test_a_sheet_takes_three_tenths_of_the_picture_and_not_nearly_all(width: int, height: int, found: bool) -> None:
    left, top = (600 - width) // 2, (640 - height) // 2
    right, bottom = left + width - 1, top + height - 1
    assert is_found(photo(((left, top), (right, top), (right, bottom), (left, bottom)))) is found


@pytest.mark.parametrize(("x", "found"), [(8, True), (7, False)])
def test_a_side_at_the_border_of_the_picture_is_none(x: int, found: bool) -> None:
    assert is_found(photo(((x, 60), (500, 60), (500, 580), (x, 580)))) is found


@pytest.mark.parametrize(("lean", "found"), [(220, True), (230, False)])
def test_corners_are_nearly_right_angles(lean: int, found: bool) -> None:
    """By how many points the upper side lies further right than the lower one, five hundred below it."""
    shift = lean // 2
    corners = ((120 + shift, 80), (420 + shift, 80), (420 - shift, 560), (120 - shift, 560))
    assert is_found(photo(corners)) is found


@pytest.mark.parametrize(("cut", "found"), [(80, True), (90, False)])
def test_a_sheet_has_four_straight_sides(cut: int, found: bool) -> None:
    pixels = photo()
    cv2.fillConvexPoly(pixels, np.array([(500 - cut, 580), (500, 580), (500, 580 - cut)], np.int32), (60,) * 3)
    assert is_found(pixels) is found


def test_a_rim_of_the_sheet_is_cut_off() -> None:
    corners = find_corners(photo())
    assert corners is not None
    assert corners[0] == pytest.approx((100.8, 61.0), abs=0.8)
    assert corners[2] == pytest.approx((499.2, 579.0), abs=0.8)


@pytest.mark.parametrize(
    ("corners", "ratio", "scale"),
    [
        (PLAIN, 520 / 400, 2.0),
        (((110, 60), (490, 60), (500, 580), (100, 580)), 2**0.5, 1.0),
        (((110, 60), (540, 60), (560, 540), (90, 540)), 484 / 470, 1.0),
    ],
)
def test_a_sheet_seen_at_an_angle_has_the_ratio_of_paper_if_it_is_near(
    corners: Corners, ratio: float, scale: float
) -> None:
    """One that lies straight keeps its scale; the resolution of another is that of a sheet of A4."""
    sheet = cut_out_sheet(PageImage(1, photo(corners), 2.0))
    height, width = sheet.pixels.shape[:2]
    assert height / width == pytest.approx(ratio, rel=0.02)
    assert sheet.scale == pytest.approx(2.0)
    assert max(height, width) == pytest.approx(520 if scale == 2.0 else 842 * 2.0, rel=0.02)
