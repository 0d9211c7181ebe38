"""What a page asks of the recogniser, and what it makes of the answers; a recogniser that answers as it is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("cv2")

import numpy as np
from numpy.typing import NDArray

from extractors.layout import Page
from extractors.limits import DEFAULT_LIMITS
from extractors.readers.scan.ocr_engine import RecognisedText
from extractors.readers.scan.rasterize import PageImage
from extractors.readers.scan.recognise_page import recognise_page_image

Gray = NDArray[np.uint8]
Places = tuple[tuple[int, int, int, int], ...]


@dataclass
class Answers:
    """Finds boxes where it is told to, and reads what it is told of the crops."""

    boxes: Places
    read: Callable[[Sequence[Gray]], list[RecognisedText]]
    asked: list[int] = field(default_factory=list)

    def detect(self, gray: Gray) -> list[tuple[float, float, float, float]]:
        self.height = gray.shape[0]
        return [(float(a), float(b), float(c), float(d)) for a, b, c, d in self.boxes]

    def recognise(self, crops: Sequence[Gray]) -> list[RecognisedText]:
        self.asked.append(len(crops))
        return self.read(crops)


def sure(text: str, confidence: float) -> RecognisedText:
    return RecognisedText(text, (confidence,) * len(text))


def drawn(lines: Places, *, width: int = 600, height: int = 800, scale: float = 1.0) -> PageImage:
    """A page with blocks of ink."""
    pixels = np.full((height, width, 3), 250, dtype=np.uint8)
    for x0, top, x1, bottom in lines:
        for x in range(x0, x1, 4):
            pixels[top:bottom, x : x + 2] = 20
    return PageImage(4, pixels, scale)


LINES: Places = tuple((100, 100 + 40 * n, 300 - 10 * n, 112 + 40 * n) for n in range(8))


def recognised(
    confidences: tuple[float, float], boxes: Places = LINES, text: str = "落实任务"
) -> tuple[Page, list[int]]:
    """A page whose lines are read with the first confidence, and upside down with the second; how many were asked.

    Turned round there is no ink where the boxes are, so that nothing is asked of the page a third time.
    """
    state = {"calls": 0}

    def read(crops: Sequence[Gray]) -> list[RecognisedText]:
        state["calls"] += 1
        return [sure(text, confidences[min(state["calls"], 2) - 1]) for _ in crops]

    answers = Answers(boxes, read)
    return recognise_page_image(drawn(LINES), answers, DEFAULT_LIMITS), answers.asked


@pytest.mark.parametrize(
    ("confidences", "asked"),
    [((0.75, 1.0), [8]), ((0.74, 0.8), [8, 6]), ((0.5, 0.59), [8, 6]), ((0.5, 0.61), [8, 6, 0])],
)
def test_a_badly_read_page_is_tried_upside_down_by_its_six_longest_lines(
    confidences: tuple[float, float], asked: list[int]
) -> None:
    page, found = recognised(confidences)
    assert found == asked
    assert page.number == 4


def test_words_have_the_room_that_their_characters_take() -> None:
    plain, _ = recognised((0.9, 0.9), text="落实任务")
    marked, _ = recognised((0.9, 0.9), text="（落实任务。")
    first, second = plain.words[0], marked.words[0]
    assert (first.text, second.text) == ("落实任务", "（落实任务。")
    em = first.size
    assert (first.x0 - second.x0) / em == pytest.approx(0.46, abs=0.01)
    assert (second.x1 - first.x1) / em == pytest.approx(0.46, abs=0.01)
    assert first.x0 == pytest.approx(100 - 0.04 * em, abs=1.0)
    assert first.confidence == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("confidence", "is_found", "is_kept"), [(0.6, False, True), (0.59, False, False), (0.59, True, True)]
)
def test_ink_in_a_cell_that_was_not_found_to_be_text_counts_when_it_is_surely_read(
    confidence: float, is_found: bool, is_kept: bool
) -> None:
    text: Places = ((140, 140, 240, 160),)
    image = drawn(text, scale=2.0)
    for at in (100, 400):
        image.pixels[at : at + 3, 100:403] = 20
        image.pixels[100:403, at : at + 3] = 20
    answers = Answers(
        ((91, 91, 156, 104),) if is_found else (), lambda crops: [sure("落实任务", confidence) for _ in crops]
    )
    page = recognise_page_image(image, answers, DEFAULT_LIMITS)
    assert len(page.rulings) == 4
    assert [word.text for word in page.words] == ["落实任务"] * is_kept


def test_a_line_of_nothing_is_no_word() -> None:
    assert recognised((0.9, 0.9), text="")[0].words == ()


@pytest.mark.parametrize(("n_tall", "size"), [(3, (600.0, 800.0)), (4, (800.0, 600.0))])
def test_a_page_with_more_tall_text_than_wide_lies_on_its_side(n_tall: int, size: tuple[float, float]) -> None:
    """Half as much again: three stretches of a hundred points beside one of two hundred are not more."""
    boxes = (*((50 + 40 * n, 200, 62 + 40 * n, 300) for n in range(n_tall)), (100, 100, 300, 112))
    answers = Answers(boxes, lambda crops: [sure("工", 0.9) for _ in crops])
    page = recognise_page_image(drawn(boxes), answers, DEFAULT_LIMITS)
    assert (page.width, page.height) == size
