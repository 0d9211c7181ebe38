"""Pages whose lines are bent, and pages whose lines only seem so."""

from __future__ import annotations

import os

import numpy as np
import pytest
from numpy.typing import NDArray

if os.environ.get("CI") != "true":
    pytest.importorskip("cv2")
import cv2

from extractors.readers.scan.binarize import binarize, prepare_page
from extractors.readers.scan.straighten import measure_bend, straighten

SCALE = 2.0
WIDTH, HEIGHT = 1190, 1600


def _page() -> NDArray[np.uint8]:
    """Lines of type from margin to margin."""
    paper = np.full((HEIGHT, WIDTH), 245, dtype=np.uint8)
    lot = np.random.default_rng(3)
    for y in range(120, 1480, 38):
        for x in range(110, 1080, 23):
            for _ in range(4):
                a, b = lot.integers(0, 19, 2), lot.integers(0, 19, 2)
                cv2.line(paper, (x + int(a[0]), y + int(a[1])), (x + int(b[0]), y + int(b[1])), (30,), 2)
    cv2.line(paper, (100, 105), (1090, 105), (30,), 2)
    cv2.line(paper, (100, 1495), (1090, 1495), (30,), 2)
    return paper


def _bend(paper: NDArray[np.uint8], lift: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The page with each place raised by so many pixels."""
    columns = np.repeat(np.arange(WIDTH, dtype=np.float32)[None], HEIGHT, axis=0)
    rows = (np.arange(HEIGHT, dtype=np.float32)[:, None] + lift).astype(np.float32)
    return np.asarray(cv2.remap(paper, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _height_of_line(gray: NDArray[np.uint8]) -> int:
    """Rows of pixels that the ruling at the foot is spread over."""
    dark = np.flatnonzero((gray[1420:] < 120).any(axis=1))
    alone = np.split(dark, np.flatnonzero(np.diff(dark) > 3) + 1)[-1]
    return len(alone)


X = np.linspace(0, 1, WIDTH, dtype=np.float32)[None]
Y = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
BENDS = {
    "up to the fold at the left": 26 * (1 - X) ** 2.2 * (0.5 + Y),
    "up to the fold at the right": 24 * X**3 * (0.7 + 0.5 * Y),
    "sinking in the middle": -22 * np.sin(np.pi * X) + 0 * Y,
    "wavy": 14 * np.sin(2 * np.pi * X) + 0 * Y,
    "leaning more below than above": 40 * (X - 0.5) * (Y - 0.5),
}


@pytest.mark.parametrize("lift", BENDS.values(), ids=BENDS.keys())
def test_bent_lines_are_straightened(lift: NDArray[np.float32]) -> None:
    bent = _bend(_page(), lift)
    assert _height_of_line(bent) > 9
    straight = straighten(bent, binarize(bent, SCALE), SCALE)
    assert straight is not None
    assert _height_of_line(straight) < 0.45 * _height_of_line(bent)


def test_a_bent_page_is_prepared_straight() -> None:
    inked = prepare_page(_bend(_page(), BENDS["up to the fold at the left"]), SCALE)
    assert _height_of_line(inked.gray) < 8
    assert np.array_equal(inked.ink, binarize(inked.gray, SCALE))


def _two_columns() -> NDArray[np.uint8]:
    """The lines of one column lie lower than those of the other one by a third of a line."""
    paper = _page()
    paper[:, WIDTH // 2 :] = np.roll(paper[:, WIDTH // 2 :], 12, axis=0)
    paper[:, WIDTH // 2 - 30 : WIDTH // 2 + 30] = 245
    return paper


def _few_words() -> NDArray[np.uint8]:
    paper = _page()
    paper[300:] = 245
    return paper


@pytest.mark.parametrize(
    "paper",
    [_page(), _two_columns(), _few_words(), np.full((HEIGHT, WIDTH), 245, np.uint8), _page()[:300, :240].copy()],
    ids=["straight", "two columns", "a few lines", "empty", "a small picture"],
)
def test_straight_lines_stay(paper: NDArray[np.uint8]) -> None:
    ink = binarize(paper, SCALE)
    assert measure_bend(ink, SCALE) is None
    assert straighten(paper, ink, SCALE) is None
