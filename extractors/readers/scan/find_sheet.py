"""The sheet in a picture of more than it: its four corners, and the sheet alone as if seen from straight above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from extractors.readers.scan.rasterize import A4_LONG_SIDE, MIN_SCALE, PageImage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from extractors.readers.scan.binarize import GrayImage

    Corners = NDArray[np.float32]
    """Upper left, upper right, lower right, lower left: x and y of each."""

_SMALL_SIDE: Final = 640
"""Pixels: the long side of the copy on which the sheet is looked for."""
_TYPE_REACH: Final = 15
"""Pixels of that copy: type and rulings are filled up with the paper around them."""
_MIN_SHEET, _MAX_SHEET = 0.3, 0.97
"""Of the picture: a smaller patch is no page, a larger one is the picture itself."""
_MIN_STEP: Final = 35.0
"""Of 255: by how much paper is brighter than what it lies on."""
_MAX_SHARE_OFF: Final = 0.06
"""Of the sheet: by how much its patch may differ from four straight sides."""
_MAX_CORNER_COSINE: Final = 0.42
"""A corner of 65 to 115 degrees; a sheet is not photographed from further aside."""
_SIDE_MARGIN: Final = 0.12
"""Of a side: its ends, where corners are bent or covered, do not say where it runs."""
_MAX_SIDE_OFF: Final = 0.02
"""Of the long side of the copy: points of the outline that belong to a side."""
_FRAME: Final = 3.0
"""Pixels of that copy: a side this close to the border of the picture is where the picture ends, not the sheet."""
_INSET: Final = 0.004
"""Of the sheet: the rim of paper that is cut off with the table around it."""
_SHEET_RATIO: Final = 2.0**0.5
"""Long over short side of every sheet of the series A."""
_MAX_RATIO_OFF: Final = 0.13
"""Of that ratio: by how much the sides seem longer or shorter than they are when a sheet is seen at an angle."""
_MIN_LEAN: Final = 0.012
"""Cosine of a corner from which the picture was taken at an angle: a sheet on a glass keeps its corners."""


def cut_out_sheet(image: PageImage) -> PageImage:
    """Return the sheet alone where a picture shows it on something darker, its perspective undone; else the picture."""
    corners = find_corners(image.pixels)
    if corners is None:
        return image
    sides = [float(np.linalg.norm(corners[(i + 1) % 4] - corners[i])) for i in range(4)]
    width, height = max(sides[0], sides[2]), max(sides[1], sides[3])
    scale = image.scale
    if max(_corner_cosines(corners)) > _MIN_LEAN:
        width, height = _restore_ratio(width, height)
        # A photograph does not say how large the sheet is; the resolution was taken for that of the whole picture.
        scale = max(max(width, height) / A4_LONG_SIDE, MIN_SCALE)
    enlarge = max(image.scale / scale, 1.0)
    size = max(round(width * enlarge), 1), max(round(height * enlarge), 1)
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    sheet = cv2.warpPerspective(image.pixels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return PageImage(image.number, np.asarray(sheet, dtype=np.uint8), scale * enlarge)


def _restore_ratio(width: float, height: float) -> tuple[float, float]:
    """Return the sides of a sheet seen at an angle, in the ratio of the series A if they are near to it."""
    ratio = max(width, height) / (min(width, height) or 1.0)
    if abs(ratio / _SHEET_RATIO - 1) > _MAX_RATIO_OFF:
        return width, height
    return (height / _SHEET_RATIO, height) if height > width else (width, width / _SHEET_RATIO)


def find_corners(pixels: NDArray[np.uint8]) -> Corners | None:
    """Return the corners of a bright sheet with something darker on all four sides of it."""
    shrink = min(1.0, _SMALL_SIDE / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    gray = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (5, 5), 0)
    reach = np.ones((_TYPE_REACH, _TYPE_REACH), np.uint8)
    filled = np.asarray(cv2.morphologyEx(gray, cv2.MORPH_CLOSE, reach), dtype=np.uint8)
    _, bright = cv2.threshold(filled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    patch = _largest_patch(np.asarray(bright, dtype=np.uint8))
    if patch is None or not _stands_out(filled, patch):
        return None
    outline = max(cv2.findContours(patch, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=cv2.contourArea)
    corners = _fit_sides(outline[:, 0].astype(np.float32), patch.shape)
    if corners is None or not _is_sheet(corners, patch):
        return None
    middle = corners.mean(axis=0)
    return np.asarray((middle + (corners - middle) * (1 - _INSET)) / shrink, dtype=np.float32)


def _largest_patch(bright: GrayImage) -> GrayImage | None:
    """Return the largest bright patch with its holes filled, if it may be a sheet."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bright)
    if count < 2:
        return None
    label = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    patch = np.where(labels == label, np.uint8(255), np.uint8(0))
    filled = np.zeros_like(patch)
    cv2.drawContours(filled, cv2.findContours(patch, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], -1, (255,), -1)
    return filled if _MIN_SHEET <= float((filled > 0).mean()) <= _MAX_SHEET else None


def _stands_out(gray: GrayImage, patch: GrayImage) -> bool:
    """Return whether a patch is brighter than what is around it."""
    around = gray[patch == 0]
    return float(np.median(gray[patch > 0])) - float(np.median(around)) >= _MIN_STEP


def _fit_sides(outline: Corners, shape: tuple[int, ...]) -> Corners | None:
    """Return where the four sides of an outline meet; each is fitted to the points along it."""
    rough = _four_points(outline)
    if rough is None:
        return None
    near = _MAX_SIDE_OFF * max(shape)
    sides: list[tuple[Any, Any]] = []
    for i in range(4):
        start, end = rough[i], rough[(i + 1) % 4]
        along = (end - start) / (float(np.linalg.norm(end - start)) or 1.0)
        offset = outline - start
        place = offset @ along / (float(np.linalg.norm(end - start)) or 1.0)
        distance = np.abs(offset @ np.array([-along[1], along[0]]))
        points = outline[(place > _SIDE_MARGIN) & (place < 1 - _SIDE_MARGIN) & (distance < near)]
        if len(points) < 8 or _is_at_frame(points, shape):
            return None
        vx, vy, x, y = cv2.fitLine(points, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        sides.append((np.array([x, y]), np.array([vx, vy])))
    return _intersect_sides(sides)


def _four_points(outline: Corners) -> Corners | None:
    """Return the four points that an outline is nearest to, from the upper left one clockwise."""
    hull = cv2.convexHull(outline)
    length = cv2.arcLength(hull, True)
    for share in (0.01, 0.02, 0.03, 0.05, 0.08):
        points = cv2.approxPolyDP(hull, share * length, True)[:, 0]
        if len(points) == 4:
            middle = points.mean(axis=0)
            turned = points[np.argsort(np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0]))]
            return np.asarray(np.roll(turned, -int(turned.sum(axis=1).argmin()), axis=0), dtype=np.float32)
    return None


def _is_at_frame(points: Corners, shape: tuple[int, ...]) -> bool:
    """Return whether a side runs along the border of the picture."""
    height, width = shape[:2]
    x, y = points[:, 0], points[:, 1]
    distance = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    return float(np.median(distance)) < _FRAME


def _intersect_sides(sides: list[tuple[Any, Any]]) -> Corners | None:
    corners: list[Any] = []
    for i in range(4):
        (p, u), (q, v) = sides[i - 1], sides[i]
        cross = float(u[0] * v[1] - u[1] * v[0])
        if abs(cross) < 0.5:
            return None
        d = q - p
        corners.append(p + u * float((d[0] * v[1] - d[1] * v[0]) / cross))
    return np.asarray(corners, dtype=np.float32)


def _is_sheet(corners: Corners, patch: GrayImage) -> bool:
    """Return whether four corners are those of a sheet and describe the patch."""
    if max(_corner_cosines(corners)) > _MAX_CORNER_COSINE:
        return False
    drawn = np.zeros_like(patch)
    cv2.fillConvexPoly(drawn, np.rint(corners).astype(np.int32), (255,))
    return float((drawn != patch).sum()) <= _MAX_SHARE_OFF * float((patch > 0).sum())


def _corner_cosines(corners: Corners) -> list[float]:
    """Return the cosine of each corner, without its sign: 0 for a right angle."""
    cosines: list[float] = []
    for i in range(4):
        a, b = corners[i - 1] - corners[i], corners[(i + 1) % 4] - corners[i]
        cosines.append(abs(float(a @ b)) / (float(np.linalg.norm(a) * np.linalg.norm(b)) or 1.0))
    return cosines
