"""The picture of one page of a pdf with a place framed, drawn in a process of its own: a file may be hostile.

Run as `python -m warehouse.page_picture FILE PAGE X0 TOP X1 BOTTOM`; the picture goes to the standard output.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

Box = tuple[float, float, float, float]
PLACE: Final = re.compile(r"第(\d{1,5})页 \((\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})\)")
"""The place of a cell or paragraph of a fixed page: `第3页 (72,100,520,180)`, in points from the upper left corner."""
MAX_BYTES: Final = 200_000_000
MAX_SIDE: Final = 1_400
"""Pixels of the longer side."""
SECONDS: Final = 20
_MEMORY: Final = 2 << 30
_RESOLUTION: Final = 110.0
"""Dots per inch of an ordinary page."""
_POINTS_PER_INCH: Final = 72.0
_COLOR: Final = (214, 40, 40)
_MARGIN: Final = 1.0
"""Points around the place."""


def parse_place(locator: str) -> tuple[int, Box] | None:
    """Return page and box that a locator names; None if it names no place on a fixed page."""
    found = PLACE.search(locator)
    if found is None:
        return None
    number, x0, top, x1, bottom = map(int, found.groups())
    return number, (x0, top, x1, bottom)


def draw_in_process(file: Path, number: int, box: Box) -> bytes | None:
    """Return the picture as PNG; None if the page cannot be drawn within time and memory."""
    if not file.is_file() or file.stat().st_size > MAX_BYTES:
        return None
    command = [sys.executable, "-m", "warehouse.page_picture", str(file), str(number), *map(str, box)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def draw_page(file: Path, number: int, box: Box) -> bytes:
    """Draw a page with a frame around a box.

    Raises:
        IndexError: The file has no such page.
    """
    import io

    import pdfplumber

    with pdfplumber.open(file, pages=[number]) as document:
        page = document.pages[0]
        longest = float(max(page.width, page.height))
        resolution = min(_RESOLUTION, MAX_SIDE * _POINTS_PER_INCH / longest)
        picture = page.to_image(resolution=resolution)
        left, top = page.bbox[0], page.bbox[1]
        x0, y0, x1, y1 = box
        frame = (left + x0 - _MARGIN, top + y0 - _MARGIN, left + x1 + _MARGIN, top + y1 + _MARGIN)
        picture.draw_rect(frame, stroke=_COLOR, stroke_width=3, fill=(*_COLOR, 24))
        out = io.BytesIO()
        picture.annotated.convert("RGB").save(out, "PNG")
        return out.getvalue()


def _limit_memory() -> None:
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def main() -> None:
    """Draw the page that the arguments name."""
    file, number, *box = sys.argv[1:]
    x0, top, x1, bottom = map(float, box)
    _limit_memory()
    sys.stdout.buffer.write(draw_page(Path(file), int(number), (x0, top, x1, bottom)))


if __name__ == "__main__":
    main()
