"""What was typed into the fields of a pdf: laid out in a size that fits, in each direction of a page."""

from __future__ import annotations

import pytest

from extractors.layout.model import PageFrame
from extractors.layout.page_content import CharBox, GlyphRuns, runs_to_words
from extractors.readers.pdf.page_objects import TypedText


def boxes(text: str, box: CharBox, turns: int = 0) -> list[CharBox]:
    return [(run.x0, run.y0, run.x1, run.y1) for run in TypedText(text, box).to_runs(turns)]


@pytest.mark.parametrize(
    ("text", "box", "size"),
    [
        ("工作", (0.0, 0.0, 100.0, 40.0), 10.5),
        ("工作", (0.0, 0.0, 100.0, 8.0), 8.0),
        ("工作", (0.0, 0.0, 16.0, 40.0), 8.0),
        ("工作\n任务", (0.0, 0.0, 100.0, 12.0), 6.0),
        ("工作\n\n 任务 ", (0.0, 0.0, 100.0, 12.0), 6.0),
        ("工作任务\n工作", (0.0, 0.0, 20.0, 40.0), 5.0),
    ],
)
def test_the_size_fits_the_lines_into_the_field(text: str, box: CharBox, size: float) -> None:
    for x0, y0, x1, y1 in boxes(text, box):
        assert y1 - y0 == size
        assert (x1 - x0) % size == 0.0


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_field_has_no_text(text: str) -> None:
    assert boxes(text, (0.0, 0.0, 100.0, 40.0)) == []


@pytest.mark.parametrize(
    ("turns", "first", "second"),
    [
        (0, (10.0, 41.0, 20.0, 46.0), (10.0, 36.0, 20.0, 41.0)),
        (1, (27.0, 20.0, 32.0, 30.0), (32.0, 20.0, 37.0, 30.0)),
        (2, (44.0, 36.0, 54.0, 41.0), (44.0, 41.0, 54.0, 46.0)),
        (3, (32.0, 52.0, 37.0, 62.0), (27.0, 52.0, 32.0, 62.0)),
        (4, (10.0, 41.0, 20.0, 46.0), (10.0, 36.0, 20.0, 41.0)),
    ],
)
def test_lines_are_in_the_middle_and_follow_each_other_as_the_page_is_read(
    turns: int, first: CharBox, second: CharBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractors.readers.pdf.page_objects._DEFAULT_SIZE", 5.0)
    assert boxes("工作\n任务", (10.0, 20.0, 54.0, 62.0), turns) == [first, second]


def test_typed_text_is_visible_text_of_its_own_size() -> None:
    runs = TypedText("工作", (0.0, 0.0, 100.0, 40.0)).to_runs(0)
    (word,) = runs_to_words(GlyphRuns(runs), PageFrame(0.0, 0.0, 100.0, 40.0))
    assert (word.text, word.top, word.bottom, word.rotation) == ("工作", 14.75, 25.25, 0)
