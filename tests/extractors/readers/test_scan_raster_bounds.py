"""How large pictures are drawn: stated and assumed resolutions, bounds of pixels, places on a page, quarter turns."""

from __future__ import annotations

import io
import os

import pytest

if os.environ.get("CI") != "true":
    pytest.importorskip("cv2")

import numpy as np
from PIL import Image

from extractors.document import Paragraph
from extractors.layout import Layout
from extractors.layout.model import Box
from extractors.limits import DEFAULT_LIMITS
from extractors.readers.scan import PictureBudget, low_confidence_notes
from extractors.readers.scan.ocr_engine import RecognisedText, correct_full_stop
from extractors.readers.scan.rasterize import (
    PageImage,
    PlacedImage,
    compose_page,
    crop_image,
    decode_images,
    rotate_image,
)

Size = tuple[int, int]


def picture(size: Size, dpi: float | None = None, *, mode: str = "L", color: int | tuple[int, ...] = 255) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, "png", **({} if dpi is None else {"dpi": (dpi, dpi)}))
    return out.getvalue()


def decoded(data: bytes) -> PageImage:
    (image,) = decode_images(data, DEFAULT_LIMITS)
    return image


@pytest.mark.parametrize(
    ("size", "dpi", "scale", "found"),
    [
        ((1240, 1754), 150.0, 150 / 72, (1240, 1754)),
        ((1240, 1754), None, 1754 / 842, (1240, 1754)),
        ((2480, 3508), 300.0, 200 / 72, (1653, 2339)),
        ((827, 1169), 99.0, 150 / 72, (1241, 1754)),
        ((827, 1169), 101.0, 150 / 72, (1228, 1736)),
        ((827, 1169), 1300.0, 150 / 72, (1241, 1754)),
        ((1654, 2339), 200.0, 200 / 72, (1654, 2339)),
        ((290, 417), 150.0, 150 / 72, (290, 417)),
        ((290, 415), 150.0, 150 / 72, (1226, 1754)),
        ((100, 6240), 150.0, 150 / 72, (100, 6240)),
        ((100, 6260), 150.0, 200 / 72, (37, 2339)),
        ((1240, 1754), 147.5, 147.5 / 72, (1240, 1754)),
        ((1240, 1754), 146.5, 150 / 72, (1270, 1796)),
    ],
)
def test_a_picture_is_as_large_as_it_says_or_shows_a_sheet_of_a4(
    size: Size, dpi: float | None, scale: float, found: Size
) -> None:
    """It is drawn at 150 to 200 dpi, unless it is nearly so."""
    image = decoded(picture(size, dpi))
    assert image.pixels.shape == (found[1], found[0], 3)
    assert image.scale == pytest.approx(scale, rel=0.01)


def test_what_is_seen_through_is_white() -> None:
    image = decoded(picture((300, 500), 150.0, mode="RGBA", color=(200, 0, 0, 0)))
    assert image.pixels[10, 10].tolist() == [255, 255, 255]
    image = decoded(picture((300, 500), 150.0, mode="RGBA", color=(200, 0, 0, 255)))
    assert image.pixels[10, 10].tolist() == [200, 0, 0]


@pytest.mark.parametrize(
    ("turns", "rows"),
    [(0, [[1, 2], [3, 4]]), (1, [[2, 4], [1, 3]]), (2, [[4, 3], [2, 1]]), (3, [[3, 1], [4, 2]]), (4, [[1, 2], [3, 4]])],
)
def test_a_page_turns_counter_clockwise(turns: int, rows: list[list[int]]) -> None:
    pixels = np.repeat(np.array([[[1], [2]], [[3], [4]]], dtype=np.uint8), 3, axis=2)
    assert rotate_image(PageImage(1, pixels, 1.0), turns).pixels[:, :, 0].tolist() == rows


@pytest.mark.parametrize(
    ("box", "shape"), [(Box(1, 2, 4, 6), (8, 6)), (Box(-3, -5, 4, 6), (12, 8)), (Box(4, 6, 99, 99), (8, 12))]
)
def test_a_rectangle_of_a_page(box: Box, shape: Size) -> None:
    image = PageImage(3, np.zeros((20, 20, 3), dtype=np.uint8), 2.0)
    assert crop_image(image, box).pixels.shape[:2] == shape


@pytest.mark.parametrize(
    ("width", "height", "shape"), [(72.0, 36.0, (100, 200)), (6000.0, 3000.0, (3464, 6928)), (0.1, 0.1, (1, 1))]
)
def test_a_page_of_pictures_has_200_dpi_unless_it_is_huge(width: float, height: float, shape: Size) -> None:
    assert compose_page(1, width, height, []).pixels.shape[:2] == shape


@pytest.mark.parametrize(
    ("box", "dark"),
    [
        (Box(0, 0, 36, 18), (0, 100, 0, 50)),
        (Box(36, 18, 72, 36), (100, 200, 50, 100)),
        (Box(-36, 0, 36, 36), (0, 100, 0, 100)),
        (Box(18, 9, 18, 36), None),
        (Box(18, 36, 36, 9), None),
    ],
)
def test_a_picture_lies_in_its_box(box: Box, dark: tuple[int, int, int, int] | None) -> None:
    pixels = compose_page(1, 72.0, 36.0, [PlacedImage(picture((20, 10), color=0), box)]).pixels
    rows, columns = np.nonzero(pixels[:, :, 0] < 128)
    found = (columns.min(), columns.max() + 1, rows.min(), rows.max() + 1) if len(rows) else None
    assert found == dark


@pytest.mark.parametrize(("turns", "corner"), [(0, (0, 0)), (1, (0, -1)), (2, (-1, -1)), (3, (-1, 0)), (4, (0, 0))])
def test_a_placed_picture_turns_clockwise(turns: int, corner: Size) -> None:
    """Of a picture whose upper left quarter is dark."""
    out = io.BytesIO()
    image = Image.new("L", (20, 20), 255)
    image.paste(0, (0, 0, 10, 10))
    image.save(out, "png")
    pixels = compose_page(1, 72.0, 72.0, [PlacedImage(out.getvalue(), Box(0, 0, 72, 72), turns)]).pixels[:, :, 0]
    assert [place for place in ((0, 0), (0, -1), (-1, -1), (-1, 0)) if pixels[place] < 128] == [corner]


def test_a_picture_that_cannot_be_decoded_leaves_the_page_white() -> None:
    assert compose_page(1, 72.0, 36.0, [PlacedImage(b"no picture", Box(0, 0, 72, 36))]).pixels.min() == 255


@pytest.mark.parametrize(
    ("text", "width", "height", "found"),
    [
        ("0", 0.44, 0.44, "。"),
        ("0", 0.45, 0.3, "0"),
        ("0", 0.3, 0.45, "0"),
        ("O", 0.2, 0.2, "。"),
        ("°", 0.2, 0.2, "。"),
        ("00", 0.2, 0.2, "00"),
        ("一", 0.2, 0.2, "一"),
    ],
)
def test_a_small_ring_is_a_full_stop(text: str, width: float, height: float, found: str) -> None:
    assert correct_full_stop(text, width, height) == found


@pytest.mark.parametrize(
    ("text", "sure", "mean", "doubtful"),
    [
        ("工作", (0.8, 0.79), 0.795, "作"),
        ("工、", (0.9, 0.5), 0.7, ""),
        ("工作", (0.9, 0.7, 0.8), 0.8, "工作"),
        ("工作", (0.9, 0.8, 0.8), 2.5 / 3, ""),
        ("", (), 0.0, ""),
    ],
)
def test_doubtful_characters_of_a_line(text: str, sure: tuple[float, ...], mean: float, doubtful: str) -> None:
    line = RecognisedText(text, sure)
    assert line.confidence == pytest.approx(mean)
    assert line.doubtful == doubtful


@pytest.mark.parametrize(
    ("sure", "doubtful", "length", "message"),
    [
        (0.79, "工", 2, "文字识别把握低（0.79），请对照原件核实：“工作”"),
        (0.8, "工作工", 2, "个别字辨认没有把握（工、作），请对照原件核实：“工作”"),
        (0.8, "", 2, None),
        (0.5, "", 60, f"文字识别把握低（0.50），请对照原件核实：“{'工作' * 30}”"),
        (0.5, "", 62, f"文字识别把握低（0.50），请对照原件核实：“{'工作' * 30}…”"),
    ],
)
def test_what_a_note_says_of_doubtful_text(sure: float, doubtful: str, length: int, message: str | None) -> None:
    layout = Layout(
        (Paragraph("工作" * (length // 2), "甲"),), {"甲": sure}, doubtful={"甲": doubtful} if doubtful else {}
    )
    assert [note.message for note in low_confidence_notes(layout)] == ([message] if message else [])


def test_a_budget_is_spent_picture_by_picture() -> None:
    budget = PictureBudget(2)
    assert [budget.spend() for _ in range(4)] == [True, True, False, False]
