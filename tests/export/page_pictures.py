"""First pages as coarse pictures: how much ink each field of a page has, kept as text and compared with a tolerance.

A picture of every point would differ with every font. A field is a sixth of an inch: it tells where text, rules, shaded
cells and charts stand, and how dense they are, and not which letters they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pypdfium2  # type: ignore[import-untyped]

FOLDER: Final = Path(__file__).parent / "pictures"
UPDATE: Final = (
    ".venv/bin/pytest -n 0 -m export --update-golden tests/export/test_printed_pages.py tests/notebooks/test_export.py"
)
FIELD: Final = 12
"""Points of a field."""
FULL: Final = 0.45
"""Share of ink of the darkest level: that of bold Chinese text."""
LEVELS: Final = 9
MEAN: Final = 0.45
"""Levels that pages may differ on average: another font gives up to 0.41, a column less or another margin 0.55."""
FAR: Final = 1.5
"""A field that differs by more levels than this is another one."""
MOST: Final = 0.08
"""Share of fields that may be others."""
Grid = npt.NDArray[np.float64]


def draw_grid(pdf: Path) -> Grid:
    """The ink of the fields of the first page, as levels from 0 to 9."""
    document = pypdfium2.PdfDocument(pdf)
    points = 255.0 - np.asarray(document[0].render(scale=1, grayscale=True).to_pil(), dtype=float)
    document.close()
    height, width = (side // FIELD for side in points.shape)
    fields = points[: height * FIELD, : width * FIELD].reshape(height, FIELD, width, FIELD).mean(axis=(1, 3))
    grid: Grid = np.minimum(np.round(fields / 255 / FULL * LEVELS), LEVELS)
    return grid


def compare_picture(pdf: Path, name: str, update: bool) -> str:
    """What the first page of a pdf has other than the approved picture of this name; "" where nothing."""
    now, path = draw_grid(pdf), FOLDER / f"{name}.txt"
    if update:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(to_text(now), "utf-8", newline="\n")
    difference = describe_difference(read_text(path.read_text("utf-8")), now)
    return difference and f"{name}: {difference}; if this is meant: {UPDATE}\n{to_text(now)}"


def describe_difference(approved: Grid, now: Grid) -> str:
    """How two pages differ; "" where they look the same."""
    if approved.shape != now.shape:
        return f"the page has {now.shape} fields, not {approved.shape}"
    # Text that stands a little higher or further right is in the fields beside.
    differences = np.abs(_blur(approved) - _blur(now))
    others = float((differences > FAR).mean())
    if differences.mean() > MEAN or others > MOST:
        rows = sorted({int(row) for row in np.argwhere(differences > FAR)[:, 0]})
        return f"{differences.mean():.2f} levels on average, {others:.1%} of the fields are others, in rows {rows}"
    return ""


def to_text(grid: Grid) -> str:
    """A grid as lines of digits, a point for a field without ink."""
    return "".join("".join(str(int(level) or ".") for level in row) + "\n" for row in grid)


def read_text(text: str) -> Grid:
    """The grid that `to_text` wrote."""
    return np.array([[0 if mark == "." else int(mark) for mark in line] for line in text.splitlines()], dtype=float)


def _blur(grid: Grid) -> Grid:
    padded = np.pad(grid, 1, mode="edge")
    height, width = grid.shape
    parts = [padded[row : row + height, column : column + width] for row in range(3) for column in range(3)]
    blurred: Grid = np.mean(parts, axis=0)
    return blurred
