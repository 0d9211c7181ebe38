"""The sheet in a photograph, and the sheet alone."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

if os.environ.get("CI") != "true":
    pytest.importorskip("cv2")
import cv2

from extractors.readers.scan.find_sheet import cut_out_sheet, find_corners
from extractors.readers.scan.rasterize import PageImage

WIDTH, HEIGHT = 900, 1270
CORNERS = [[80, 70], [960, 120], [900, 1380], [140, 1330]]


def _sheet() -> NDArray[np.uint8]:
    """White paper with lines of type and a frame."""
    paper = np.full((HEIGHT, WIDTH, 3), 248, dtype=np.uint8)
    for y in range(100, 1170, 40):
        for x in range(90, 800, 24):
            cv2.rectangle(paper, (x, y), (x + 17, y + 17), (30, 30, 30), 2)
    cv2.rectangle(paper, (70, 80), (830, 1190), (20, 20, 20), 3)
    return paper


def _lay_on(ground: int, corners: Any = CORNERS, sheet: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """A picture of the sheet on a table of some brightness."""
    paper = _sheet() if sheet is None else sheet
    source = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    photo = np.full((1450, 1050, 3), ground, dtype=np.uint8)
    cv2.warpPerspective(paper, matrix, (1050, 1450), photo, borderMode=cv2.BORDER_TRANSPARENT)
    return photo


def test_corners_of_a_sheet_on_a_dark_table() -> None:
    corners = find_corners(_lay_on(60))
    assert corners is not None
    assert np.abs(corners - np.array(CORNERS)).max() < 8


@pytest.mark.parametrize(
    "corners",
    [
        [[30, 30], [1010, 30], [1010, 1420], [30, 1420]],
        [[200, 90], [1000, 40], [1020, 1300], [60, 1400]],
        [[60, 200], [900, 60], [1000, 1250], [160, 1400]],
    ],
    ids=["level", "seen from below", "turned"],
)
def test_a_sheet_alone_has_its_lines_level_and_its_sides_in_ratio(corners: list[list[int]]) -> None:
    sheet = cut_out_sheet(PageImage(1, _lay_on(45, corners), 2.0))
    gray = cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY)
    rows = (gray < 110).mean(axis=1)
    # The upper and the lower line of the frame each fill rows of pixels over most of the sheet.
    tenth = len(rows) // 10
    assert min(rows[:tenth].max(), rows[-tenth:].max()) > 0.8
    assert sheet.pixels.shape[0] / sheet.pixels.shape[1] == pytest.approx(HEIGHT / WIDTH, rel=0.03)


def test_a_photographed_sheet_is_taken_for_a4_and_keeps_its_resolution() -> None:
    sheet = cut_out_sheet(PageImage(1, _lay_on(60), 2.0))
    assert sheet.scale == pytest.approx(2.0, abs=0.01)
    assert max(sheet.pixels.shape[:2]) == pytest.approx(842 * 2.0, abs=3)


def test_a_level_sheet_on_a_black_glass_keeps_its_scale() -> None:
    photo = np.full((1450, 1050, 3), 15, dtype=np.uint8)
    photo[60 : 60 + HEIGHT, 90 : 90 + WIDTH] = _sheet()
    sheet = cut_out_sheet(PageImage(1, photo, 1.5))
    assert sheet.scale == 1.5
    assert sheet.pixels.shape[:2] == pytest.approx((HEIGHT, WIDTH), abs=12)


def _with_shaded_half() -> NDArray[np.uint8]:
    paper = _sheet()
    paper[:, : WIDTH // 3] //= 3
    return paper


def _round_table() -> NDArray[np.uint8]:
    photo = np.full((1000, 1000, 3), 40, dtype=np.uint8)
    cv2.circle(photo, (500, 500), 420, (240, 240, 240), -1)
    return photo


@pytest.mark.parametrize(
    "picture",
    [
        _sheet(),
        _with_shaded_half(),
        _round_table(),
        _lay_on(225),
        _lay_on(60, [[-40, -30], [1090, -20], [900, 1380], [140, 1330]]),
        _lay_on(60, [[400, 500], [600, 500], [600, 800], [400, 800]]),
        np.full((300, 200, 3), 90, dtype=np.uint8),
    ],
    ids=["the sheet itself", "half in shadow", "no sheet", "on white", "cut off above", "a slip of paper", "nothing"],
)
def test_a_picture_without_four_sides_of_a_sheet_stays(picture: NDArray[np.uint8]) -> None:
    assert find_corners(picture) is None
    image = PageImage(3, picture, 2.0)
    assert cut_out_sheet(image) is image
