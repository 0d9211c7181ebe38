"""Clean pages of notices, drawn from the files with a text layer."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NOTICES: Final = Path(__file__).resolve().parent.parent / "notices"
DPI: Final = 200


@dataclass(frozen=True, slots=True)
class CleanPage:
    """A page of a notice that is mostly table; `number` counts from 1."""

    slug: str
    number: int

    @property
    def name(self) -> str:
        """What it is called in the report."""
        return f"{self.slug} p{self.number}"

    @property
    def _path(self) -> Path:
        return NOTICES / "pdf" / f"{self.slug}.pdf"

    def extract(self) -> bytes:
        """Return the page alone as a pdf with its text."""
        source, alone, buffer = pdfium.PdfDocument(self._path), pdfium.PdfDocument.new(), io.BytesIO()
        alone.import_pages(source, [self.number - 1])
        alone.save(buffer)
        source.close()
        alone.close()
        return buffer.getvalue()

    def draw(self) -> NDArray[np.uint8]:
        """Return its pixels at 200 dpi: height, width, and red, green, blue."""
        document = pdfium.PdfDocument(self._path)
        try:
            pixels: NDArray[np.uint8] = document[self.number - 1].render(scale=DPI / 72, rev_byteorder=True).to_numpy()
            return pixels[:, :, :3].copy()
        finally:
            document.close()


PAGES: Final = (CleanPage("tongchuan", 2), CleanPage("zj-anji-2013", 3), CleanPage("hb-honghu-township-2019", 2))
"""Upright and sideways sheets, rows of one line and of many, merged cells, columns of single figures."""


def encode(pixels: NDArray[np.uint8], image_format: str = "png", *, dpi: int | None = DPI, quality: int = 90) -> bytes:
    """Return the file of a picture; without `dpi` it does not say how large the sheet is."""
    buffer = io.BytesIO()
    options: dict[str, object] = {"quality": quality} if image_format == "jpeg" else {}
    if dpi is not None:
        options["dpi"] = (dpi, dpi)
    Image.fromarray(pixels).save(buffer, image_format, **options)
    return buffer.getvalue()
