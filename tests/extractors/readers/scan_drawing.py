"""Draws the scan of a page from lines of text, and reads it with a recogniser that only looks at the ink.

page 700 600 245             height, width and grey of the paper (first)
line 40 50 560 50 60 2       from, to, grey, thickness
box 40 50 80 90 30           filled
type 60 70 8 18 30           characters from x, y: count, size, grey; heavier at the top than at the foot
down 60 70 4 18 30           the same, below each other
seal 300 300 70              a red ring: middle, radius
noise 5 9                    seed, deviation
turn 1.3                     degrees
flip 1                       quarter turns
scale 2.0833                 pixels per point
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.layout import Page
from extractors.limits import DEFAULT_LIMITS
from extractors.readers.scan.binarize import rotate
from extractors.readers.scan.ocr_engine import RecognisedText
from extractors.readers.scan.rasterize import PageImage
from extractors.readers.scan.recognise_page import recognise_page_image

CHARS = "一（二）。三,四0五；六:七《八》"
MIN_DETECTED = 9
"""Pixels: the detector overlooks what is narrower."""


class InkRecogniser:
    """Finds patches of ink; the text of a line tells how wide it is and where its ink lies."""

    def detect(self, gray: NDArray[np.uint8]) -> list[tuple[float, float, float, float]]:
        """Return the boxes of patches of ink that lie close beside each other."""
        ink = cv2.dilate((gray < 150).astype(np.uint8), np.ones((1, 7), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
        return [
            (float(x), top - 1.0, float(x + w), top + h + 1.0)
            for x, top, w, h, _ in stats[1:].tolist()
            if w >= MIN_DETECTED and min(w, h) < 40 and max(w, h) < 400
        ]

    def recognise(self, crops: Sequence[NDArray[np.uint8]]) -> list[RecognisedText]:
        """Return a text for each image: sure of it where more of the ink is in the upper half."""
        return [self._recognise(crop) for crop in crops]

    @staticmethod
    def _recognise(crop: NDArray[np.uint8]) -> RecognisedText:
        height, width = crop.shape
        dark = 255 - crop.astype(np.int64)
        dark = np.where(dark > 60, dark, 0)
        upper, lower = int(dark[: height // 2].sum()), int(dark[height // 2 :].sum())
        count = max(round(width / height), 1)
        first = round(float(dark.mean()))
        text = "".join(CHARS[(first + i) % len(CHARS)] for i in range(count))
        certainty = upper / (upper + lower) if upper + lower else 0.0
        return RecognisedText(text, (min(round(certainty + 0.35, 2), 1.0),) * count)


def draw(text: str) -> tuple[NDArray[np.uint8], float]:
    """The pixels (red, green, blue) of a page, and pixels per point."""
    scale = 100 / 72
    paper: Any = None
    for kind, *rest in (line.split() for line in text.splitlines()):
        given = [float(one) for one in rest]
        whole = [int(one) for one in given]
        if kind == "page":
            paper = np.full((whole[0], whole[1], 3), whole[2], dtype=np.uint8)
        elif kind == "line":
            cv2.line(paper, (whole[0], whole[1]), (whole[2], whole[3]), (whole[4],) * 3, whole[5])
        elif kind == "box":
            paper[whole[1] : whole[3], whole[0] : whole[2]] = whole[4]
        elif kind in ("type", "down"):
            x, y, count, size, grey = whole
            for i in range(count):
                step = i * (size + 2)
                _character(paper, (x + step, y) if kind == "type" else (x, y + step), size, grey, i)
        elif kind == "seal":
            cv2.circle(paper, (whole[0], whole[1]), whole[2], (215, 35, 40), 5)
        elif kind == "noise":
            noise = np.random.RandomState(whole[0]).normal(0, given[1], paper.shape[:2])
            paper = np.clip(paper + noise[:, :, None], 0, 255).astype(np.uint8)
        elif kind == "turn":
            paper = np.ascontiguousarray(np.dstack([rotate(paper[:, :, i].copy(), given[0]) for i in range(3)]))
        elif kind == "flip":
            paper = np.ascontiguousarray(np.rot90(paper, whole[0]))
        elif kind == "scale":
            scale = given[0]
    return paper, scale


def _character(paper: NDArray[np.uint8], at: tuple[int, int], size: int, grey: int, number: int) -> None:
    x, y = at
    inner = size - 2 * (number % 3)
    for level in (0, size // 3, size - 2):
        cv2.line(paper, (x, y + level), (x + inner - 1, y + level), (grey,) * 3, 2 if level < size // 2 else 1)
    middle = x + size // 2 - number % 2 * 3
    cv2.line(paper, (middle, y), (middle, y + size - 2), (grey,) * 3, 2)


def read_drawn(text: str) -> list[Any]:
    """Size, lines and words of a drawn page, in tenths of points."""
    pixels, scale = draw(text)
    page: Page = recognise_page_image(PageImage(1, pixels, scale), InkRecogniser(), DEFAULT_LIMITS)
    return [
        [round(page.width, 1), round(page.height, 1)],
        [[round(v, 1) for v in (r.x0, r.top, r.x1, r.bottom)] for r in page.rulings],
        [
            [w.text, *(round(v, 1) for v in (w.x0, w.top, w.x1, w.bottom)), round(w.confidence or 0, 2)]
            for w in page.words
        ],
    ]
