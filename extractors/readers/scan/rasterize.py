"""Pages as pixels: images decoded by Pillow, pages of a pdf rendered by pdfium, both within limits."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from extractors.document import ReadError
from extractors.layout.model import Box
from extractors.limits import Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MIN_DPI, _MAX_DPI = 150.0, 200.0
"""Type of 9 points is 19 pixels high at 150; beyond 200 nothing more is recognised and everything takes longer."""
_POINTS_PER_INCH: Final = 72.0
_MIN_STATED_DPI, _MAX_STATED_DPI = 100.0, 1_200.0
"""Resolutions stated by an image that are plausible for a scan."""
_MIN_SHEET_SIDE, _MAX_SHEET_SIDE = 200.0, 3_000.0
"""Points: long sides of a sheet that are plausible for a stated resolution."""
A4_LONG_SIDE: Final = 842.0
"""Points: an image that does not state its size is taken to show a sheet of A4."""
MIN_SCALE: Final = 0.05
"""Pixels per point of the smallest image."""
_MAX_PIXELS: Final = 160_000_000
"""Of an image file; a sheet of A3 at 600 dpi has 70 million."""
_MAX_RENDERED_PIXELS: Final = 24_000_000
"""Of a page as it is recognised."""
_DRAFT_SIDE: Final = 2_400
"""Pixels: the long side of A4 at 200 dpi; jpg files are decoded no larger than needed."""
_DRAFT_RATIO: Final = 0.6
"""Target over stated scale below which a jpg file is decoded smaller."""
_RESIZE_TOLERANCE: Final = 0.02
"""Differences of scale that are not worth resizing."""
_SCAN_AGAIN: Final = "请重新扫描或获取该文件后放入"


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page: `pixels` has shape (height, width, 3), red first; `scale` is pixels per point."""

    number: int
    pixels: NDArray[np.uint8]
    scale: float


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image file, its box on a page (points from the upper left corner), and its clockwise quarter turns."""

    data: bytes
    box: Box
    quarter_turns: int = 0


def render_pdf_page(page: pdfium.PdfPage, number: int) -> PageImage:
    """Render a page of a pdf at the resolution of its largest picture, within 150 to 200 dpi and 24 million pixels."""
    width, height = page.get_size()
    dpi = min(max(_find_native_dpi(page, width, height), _MIN_DPI), _MAX_DPI)
    scale = min(dpi / _POINTS_PER_INCH, (_MAX_RENDERED_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
    try:
        array = bitmap.to_numpy()
        channels = array if array.ndim == 3 else array[:, :, None]
        pixels = np.repeat(channels, 3, axis=2) if channels.shape[2] == 1 else channels[:, :, :3].copy()
    finally:
        bitmap.close()
    return PageImage(number, pixels, scale)


def rotate_image(image: PageImage, quarter_turns: int) -> PageImage:
    """Rotate a page counter-clockwise by quarter turns."""
    if quarter_turns % 4 == 0:
        return image
    return PageImage(image.number, np.ascontiguousarray(np.rot90(image.pixels, quarter_turns % 4)), image.scale)


def crop_image(image: PageImage, box: Box) -> PageImage:
    """Cut a rectangle, given in points, out of a page."""
    x0, top, x1, bottom = (round(value * image.scale) for value in (box.x0, box.top, box.x1, box.bottom))
    pixels = np.ascontiguousarray(image.pixels[max(top, 0) : bottom, max(x0, 0) : x1])
    return PageImage(image.number, pixels, image.scale)


def compose_page(number: int, width: float, height: float, images: Iterable[PlacedImage]) -> PageImage:
    """Compose a page of a size in points from the images on it; those that cannot be decoded leave it white."""
    scale = min(_MAX_DPI / _POINTS_PER_INCH, (_MAX_RENDERED_PIXELS / max(width * height, 1.0)) ** 0.5)
    paper = Image.new("RGB", (max(round(width * scale), 1), max(round(height * scale), 1)), "white")
    for image in images:
        b = image.box
        left, right = (round(max(min(v, 2 * width), -width) * scale) for v in (b.x0, b.x1))
        top, bottom = (round(max(min(v, 2 * height), -height) * scale) for v in (b.top, b.bottom))
        decoded = _decode_placed_image(image) if right > left and bottom > top else None
        if decoded is not None:
            paper.paste(decoded.resize((right - left, bottom - top), Image.Resampling.LANCZOS), (left, top))
    return PageImage(number, np.asarray(paper, dtype=np.uint8), scale)


def decode_images(data: bytes, limits: Limits) -> Iterator[PageImage]:
    """Yield the pages of an image file, several for tiff, rotated as the camera stated.

    Raises:
        ReadError: If the image is damaged, or exceeds 160 million pixels or `limits.max_pages` pages.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as image:
                for index, frame in enumerate(ImageSequence.Iterator(image)):
                    if index >= limits.max_pages:
                        raise ReadError(f"图片超过上限 {limits.max_pages} 页", "请拆分后放入")
                    yield _frame_to_page_image(frame, index + 1)
        except UnidentifiedImageError as error:
            raise ReadError("图片损坏或不是完整的图片文件", _SCAN_AGAIN) from error
        except Image.DecompressionBombError as error:
            raise ReadError("图片像素过多，超过上限", "请以 200 dpi 重新扫描或缩小后放入") from error
        except (OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, EOFError, OverflowError) as error:
            # What Pillow raises on broken data depends on the format's decoder.
            raise ReadError("图片损坏或不完整，无法读取", _SCAN_AGAIN) from error


def _find_native_dpi(page: pdfium.PdfPage, width: float, height: float) -> float:
    """Return the resolution of the largest picture of a page; 0 when there is none."""
    max_pixels = 0
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        pixel_width, pixel_height = item.get_px_size()
        max_pixels = max(max_pixels, pixel_width * pixel_height)
    return float((max_pixels / max(width * height, 1.0)) ** 0.5 * _POINTS_PER_INCH)


def _decode_placed_image(placed: PlacedImage) -> Image.Image | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(placed.data)) as image:
                if image.width * image.height > _MAX_PIXELS:
                    return None
                image.draft("RGB", (_DRAFT_SIDE, _DRAFT_SIDE))
                decoded = image.convert("RGBA" if "A" in image.getbands() else "RGB")
        except Image.DecompressionBombError:
            return None
        except (OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, EOFError, OverflowError):
            # What Pillow raises on broken data depends on the format's decoder.
            return None
    if decoded.mode == "RGBA":
        decoded = Image.alpha_composite(Image.new("RGBA", decoded.size, "white"), decoded).convert("RGB")
    return decoded.rotate(-90 * placed.quarter_turns, expand=True) if placed.quarter_turns % 4 else decoded


def _frame_to_page_image(frame: Image.Image, number: int) -> PageImage:
    width, height = frame.size
    if width * height > _MAX_PIXELS:
        raise ReadError(f"图片有 {width}×{height} 像素，超过上限", "请以 200 dpi 重新扫描或缩小后放入")
    scale = _find_scale(frame)
    max_scale = scale * (_MAX_RENDERED_PIXELS / max(width * height, 1)) ** 0.5
    target = min(scale, _MAX_DPI / _POINTS_PER_INCH, max_scale)
    if target < _DRAFT_RATIO * scale:
        frame.draft("RGB", (int(width * target / scale), int(height * target / scale)))
    image = ImageOps.exif_transpose(frame)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    if image.mode.startswith(("I", "F")):
        image = _to_eight_bits(image)
    rgb = image.convert("RGB")
    factor = max(target, _MIN_DPI / _POINTS_PER_INCH) / scale * (max(width, height) / max(rgb.size))
    if abs(factor - 1.0) > _RESIZE_TOLERANCE:
        size = (max(round(rgb.width * factor), 1), max(round(rgb.height * factor), 1))
        if size[0] * size[1] <= _MAX_RENDERED_PIXELS:
            rgb = rgb.resize(size, Image.Resampling.LANCZOS if factor < 1 else Image.Resampling.BICUBIC)
    return PageImage(number, np.asarray(rgb, dtype=np.uint8), scale * max(rgb.size) / max(width, height))


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Return an image of 16 bits or more per pixel with its range scaled to 8."""
    values = np.asarray(image, dtype=np.float64)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    relative = (np.nan_to_num(values, nan=high) - low) / ((high - low) or 1.0)
    return Image.fromarray((relative * 255).astype(np.uint8))


def _find_scale(frame: Image.Image) -> float:
    """Return pixels per point: as the file states if that makes a plausible sheet, else as if it showed A4."""
    longest = max(frame.size)
    stated = frame.info.get("dpi", (0, 0))
    dpi = float(stated[0] or 0) if isinstance(stated, tuple) and stated else 0.0
    if (
        _MIN_STATED_DPI <= dpi <= _MAX_STATED_DPI
        and _MIN_SHEET_SIDE <= longest / dpi * _POINTS_PER_INCH <= _MAX_SHEET_SIDE
    ):  # fmt: skip
        return dpi / _POINTS_PER_INCH
    return max(longest / A4_LONG_SIDE, MIN_SCALE)
