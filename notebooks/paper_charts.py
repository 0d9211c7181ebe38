"""Draw charts for a page of paper: the drawing becomes as small as the page, the text keeps its size.

A chart is made for a screen. Made smaller as a picture, its text could not be read on A4; here the areas of data become
smaller instead.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal

Side = Literal["width", "height"]
Draw = Callable[[dict[str, Any]], str]

LIMITS: Final[dict[Side, float]] = {"width": 560.0, "height": 680.0}
"""Size in pixels of a drawing that fills a page of `report.typ`, where 12 pixels print as 10 points."""
LEAST_SHARES: Final[dict[Side, float]] = {"width": 0.7, "height": 0.6}
"""Share of its screen size that a column or row keeps: names above columns were folded for that size."""
LEAST_COLUMN: Final = 50.0
"""Pixels that a column keeps in any case: the text of a cell, or a month, has room."""
LEAST_PLOT: Final = 0.5
"""Share of its screen size that an area of data without columns keeps."""
_SIZES: Final[dict[Side, re.Pattern[str]]] = {side: re.compile(rf'<svg [^>]*?\b{side}="([\d.]+)"') for side in LIMITS}


def draw_for_paper(spec: dict[str, Any], font: str) -> str:
    """Return the SVG of a chart in this font, fitted to a page. No external data is loaded."""
    import vl_convert

    spec = spec | {"config": spec.get("config", {}) | {"font": font}}
    return fit_page(spec, lambda one: vl_convert.vegalite_to_svg(json.dumps(one), allowed_base_urls=[]))


def fit_page(spec: dict[str, Any], draw: Draw) -> str:
    """Return the drawing of a chart, its areas of data made smaller as far as it exceeds `LIMITS`."""
    drawn = draw(spec)
    for side, limit in LIMITS.items():
        excess = measure_side(drawn, side) - limit
        if excess > 0:
            # A second drawing tells how much of the whole is areas of data: names and legends keep their size.
            halved = draw(shrink(spec, side, 0.5, is_limited=False))
            areas = (measure_side(drawn, side) - measure_side(halved, side)) * 2
            if areas > 0:
                spec = shrink(spec, side, max(0.0, 1 - excess / areas))
                drawn = draw(spec)
    return drawn


def measure_side(svg: str, side: Side) -> float:
    """Return the width or height of a drawing in pixels."""
    found = _SIZES[side].search(svg)
    return float(found[1]) if found else 0.0


def shrink(spec: dict[str, Any], side: Side, share: float, *, is_limited: bool = True) -> dict[str, Any]:
    """Return a chart whose areas of data have this share of their size, but at least what their text needs."""
    shrunk = copy.deepcopy(spec)
    for view in _find_sized(shrunk, side):
        size = view[side]
        if isinstance(size, dict):
            least = max(LEAST_SHARES[side] * size["step"], LEAST_COLUMN if side == "width" else 0.0)
            size["step"] = max(size["step"] * share, min(least, size["step"]) if is_limited else 0.0)
        else:
            view[side] = size * max(share, LEAST_PLOT if is_limited else 0.0)
    return shrunk


def _find_sized(view: dict[str, Any], side: Side) -> Iterator[dict[str, Any]]:
    """Yield a chart and the charts that it is made of, as far as they state the size of their area of data."""
    size = view.get(side)
    if isinstance(size, int | float) or (isinstance(size, dict) and "step" in size):
        yield view
    for key in ("layer", "hconcat", "vconcat", "concat"):
        for part in view.get(key, ()):
            yield from _find_sized(part, side)
    if isinstance(view.get("spec"), dict):
        yield from _find_sized(view["spec"], side)
