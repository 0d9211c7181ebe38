"""Pages of pixels: pictures decoded by Pillow, pages of a pdf drawn by pdfium, both within limits."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from extractors.document import ReadError
from extractors.layout.model import Box
from extractors.limits import Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST_DPI, _MOST_DPI = 150.0, 200.0
"""Type of 9 points is 19 pixels high at 150; beyond 200 nothing more is recognised and everything takes longer."""
_LONG_SIDE = 842.0
"""Points: a picture that does not say its size is taken to show a sheet of A4."""
_SIDES = (200.0, 3_000.0)
_MOST_PIXELS = 160_000_000
"""A sheet of A3 at 600 dpi has 70 million."""
_DRAWN_PIXELS = 24_000_000
_DRAFT = 2_400
"""Pixels: the long side of A4 at 200 dpi; jpg files are decoded no larger than needed."""
_AGAIN = "请重新扫描或获取该文件后放入"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of pixels: `image` has shape (height, width, 3), red first; `scale` is pixels per point."""

    number: int
    image: NDArray[np.uint8]
    scale: float


def draw(page: pdfium.PdfPage, number: int) -> Sheet:
    """A page of a pdf at the resolution of its largest picture, within 150 to 200 dpi and 24 million pixels."""
    width, height = page.get_size()
    dpi = min(max(_native(page, width, height), _LEAST_DPI), _MOST_DPI)
    scale = min(dpi / 72.0, (_DRAWN_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
    try:
        found = bitmap.to_numpy()
        colour = found if found.ndim == 3 else found[:, :, None]
        image = np.repeat(colour, 3, axis=2) if colour.shape[2] == 1 else colour[:, :, :3].copy()
    finally:
        bitmap.close()
    return Sheet(number, image, scale)


def turned(sheet: Sheet, quarters: int) -> Sheet:
    """A page turned by quarters against the clock."""
    if quarters % 4 == 0:
        return sheet
    return Sheet(sheet.number, np.ascontiguousarray(np.rot90(sheet.image, quarters % 4)), sheet.scale)


def part(sheet: Sheet, box: Box) -> Sheet:
    """A rectangle of a page, given in points."""
    x0, top, x1, bottom = (round(value * sheet.scale) for value in (box.x0, box.top, box.x1, box.bottom))
    return Sheet(sheet.number, np.ascontiguousarray(sheet.image[max(top, 0) : bottom, max(x0, 0) : x1]), sheet.scale)


def _native(page: pdfium.PdfPage, width: float, height: float) -> float:
    """Dots per inch of the largest picture of a page; 0 when there is none."""
    best = 0
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        across, down = item.get_px_size()
        best = max(best, across * down)
    return float((best / max(width * height, 1.0)) ** 0.5 * 72.0)


def sheets(data: bytes, limits: Limits) -> Iterator[Sheet]:
    """The pages of a picture file, several for tiff, turned as the camera said.

    Raises `ReadError` for a damaged picture and for one beyond 160 million pixels or `limits.max_pages` pages.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as picture:
                for index, frame in enumerate(ImageSequence.Iterator(picture)):
                    if index >= limits.max_pages:
                        raise ReadError(f"图片超过上限 {limits.max_pages} 页", "请拆分后放入")
                    yield _sheet(frame, index + 1)
        except UnidentifiedImageError as error:
            raise ReadError("图片损坏或不是完整的图片文件", _AGAIN) from error
        except Image.DecompressionBombError as error:
            raise ReadError("图片像素过多，超过上限", "请以 200 dpi 重新扫描或缩小后放入") from error
        except (OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, EOFError, OverflowError) as error:
            # What Pillow raises on broken data depends on the format's decoder.
            raise ReadError("图片损坏或不完整，无法读取", _AGAIN) from error


@dataclass(frozen=True, slots=True)
class Placement:
    """A picture file, where it lies on its page (points from the upper left corner), turned clockwise by quarters."""

    data: bytes
    box: Box
    quarters: int = 0


def compose(number: int, width: float, height: float, pictures: Iterable[Placement]) -> Sheet:
    """A page of a size in points on which pictures lie; those that cannot be decoded leave it white."""
    scale = min(_MOST_DPI / 72.0, (_DRAWN_PIXELS / max(width * height, 1.0)) ** 0.5)
    paper = Image.new("RGB", (max(round(width * scale), 1), max(round(height * scale), 1)), "white")
    for item in pictures:
        b = item.box
        left, right = (round(max(min(v, 2 * width), -width) * scale) for v in (b.x0, b.x1))
        top, bottom = (round(max(min(v, 2 * height), -height) * scale) for v in (b.top, b.bottom))
        drawn = _decoded(item) if right > left and bottom > top else None
        if drawn is not None:
            paper.paste(drawn.resize((right - left, bottom - top), Image.Resampling.LANCZOS), (left, top))
    return Sheet(number, np.asarray(paper, dtype=np.uint8), scale)


def _decoded(item: Placement) -> Image.Image | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(item.data)) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    return None
                picture.draft("RGB", (_DRAFT, _DRAFT))
                shown = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
        except Image.DecompressionBombError:
            return None
        except (OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, EOFError, OverflowError):
            # What Pillow raises on broken data depends on the format's decoder.
            return None
    if shown.mode == "RGBA":
        shown = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown).convert("RGB")
    return shown.rotate(-90 * item.quarters, expand=True) if item.quarters % 4 else shown


def _sheet(frame: Image.Image, number: int) -> Sheet:
    width, height = frame.size
    if width * height > _MOST_PIXELS:
        raise ReadError(f"图片有 {width}×{height} 像素，超过上限", "请以 200 dpi 重新扫描或缩小后放入")
    scale = _scale(frame)
    target = min(scale, _MOST_DPI / 72.0, scale * (_DRAWN_PIXELS / max(width * height, 1)) ** 0.5)
    if target < 0.6 * scale:
        frame.draft("RGB", (int(width * target / scale), int(height * target / scale)))
    turned = ImageOps.exif_transpose(frame)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        turned = turned.convert("RGBA")
        white = Image.new("RGBA", turned.size, "white")
        turned = Image.alpha_composite(white, turned)
    if turned.mode.startswith(("I", "F")):
        turned = _eight_bits(turned)
    rgb = turned.convert("RGB")
    factor = max(target, _LEAST_DPI / 72.0) / scale * (max(width, height) / max(rgb.size))
    if abs(factor - 1.0) > 0.02:
        size = (max(round(rgb.width * factor), 1), max(round(rgb.height * factor), 1))
        if size[0] * size[1] <= _DRAWN_PIXELS:
            rgb = rgb.resize(size, Image.Resampling.LANCZOS if factor < 1 else Image.Resampling.BICUBIC)
    return Sheet(number, np.asarray(rgb, dtype=np.uint8), scale * max(rgb.size) / max(width, height))


def _eight_bits(picture: Image.Image) -> Image.Image:
    """A picture of 16 bits or more a dot, its range brought down to 8."""
    values = np.asarray(picture, dtype=np.float64)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    spread = (np.nan_to_num(values, nan=high) - low) / ((high - low) or 1.0)
    return Image.fromarray((spread * 255).astype(np.uint8))


def _scale(frame: Image.Image) -> float:
    """Pixels per point: as the file states where that makes a plausible sheet, else as if it showed A4."""
    longest = max(frame.size)
    stated = frame.info.get("dpi", (0, 0))
    dpi = float(stated[0] or 0) if isinstance(stated, tuple) and stated else 0.0
    if 100.0 <= dpi <= 1_200.0 and _SIDES[0] <= longest / dpi * 72.0 <= _SIDES[1]:
        return dpi / 72.0
    return max(longest / _LONG_SIDE, 0.05)
